"""Rules in order of precedence to a decision tree.

The first rule whose circumstance holds decides; its exceptions are asked before it; a rule without
circumstance ('otherwise') takes what is left. Tests whose result is already certain are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from parsers.solving import Asked, Space
from parsers.spec import Branch, Condition, Leaf, Node, Outcome
from parsers.workflows.rules import Rule, outcome_key


@dataclass(frozen=True)
class _Facts:
    """What the tests passed so far came to; `possible` while some case fits them all."""

    space: Space
    asked: tuple[Asked, ...] = ()

    def where(self, condition: Condition, result: bool) -> _Facts:
        return _Facts(self.space, (*self.asked, (condition, result)))

    @property
    def possible(self) -> bool:
        return self.space.possible(self.asked)


class Compiler:
    """Builds the tree of one group of rules."""

    def __init__(self, space: Space, ids: list[str]) -> None:
        self.space = space
        self.ids = ids
        self.outcomes: list[Outcome] = []
        self.keys: list[frozenset[str]] = []
        self.used: list[Outcome] = []

    def build(self, rules: list[Rule]) -> Node:
        return self._sequence(rules, _Facts(self.space), lambda facts, ids: Leaf(outcome=None), ())

    def _sequence(
        self,
        rules: list[Rule],
        facts: _Facts,
        tail: Callable[[_Facts, tuple[str, ...]], Node],
        ids: tuple[str, ...],
    ) -> Node:
        if not rules:
            return tail(facts, ids)
        rule, rest = rules[0], rules[1:]
        if rule.router and not rule.children and not rule.exceptions and rule.outcome is None:
            return self._sequence(rest, facts, tail, ids)  # it only announced what follows

        def onward(facts: _Facts) -> Node:
            return self._sequence(rest, facts, tail, ids)

        return self._rule(rule, facts, onward, ids)

    def _rule(
        self, rule: Rule, facts: _Facts, onward: Callable[[_Facts], Node], ids: tuple[str, ...]
    ) -> Node:
        own = self.ids[rule.statement]

        def body(facts: _Facts, ids: tuple[str, ...]) -> Node:
            def plain(facts: _Facts, _: tuple[str, ...] = ()) -> Node:
                if rule.outcome is None:
                    return onward(facts)
                self.used.append(rule.outcome)
                return Leaf(
                    outcome=self._outcome(rule.outcome),
                    statements=tuple(dict.fromkeys((*ids, own))),
                )

            def inner(facts: _Facts) -> Node:
                return self._sequence(rule.children, facts, plain, ids)

            return self._exceptions(rule.exceptions, facts, inner, onward, ids)

        if rule.condition is None:
            carried = ids if rule.outcome is not None else (*ids, own)
            return body(facts, carried)
        return self._branch(
            rule.condition, own, rule.text, facts, ids, body, lambda facts: onward(facts)
        )

    def _exceptions(
        self,
        exceptions: list[Rule],
        facts: _Facts,
        inner: Callable[[_Facts], Node],
        onward: Callable[[_Facts], Node],
        ids: tuple[str, ...],
    ) -> Node:
        if not exceptions:
            return inner(facts)
        first, rest = exceptions[0], exceptions[1:]
        if first.condition is None:
            return inner(facts)

        def yes(facts: _Facts, ids: tuple[str, ...]) -> Node:
            if first.outcome is None and not first.children:
                left = onward(facts)
                if isinstance(left, Branch) or first.implied is None or not (
                    left.outcome is None or left.outcome == self._known(first.lifts)
                ):  # fmt: skip
                    return left
                self.used.append(first.implied)
                own = self.ids[first.statement]
                return Leaf(
                    outcome=self._outcome(first.implied),
                    statements=tuple(dict.fromkeys((*ids, own))),
                )
            return self._rule(replace(first, condition=None), facts, onward, ids)

        return self._branch(
            first.condition, self.ids[first.statement], first.text, facts, ids, yes,
            lambda facts: self._exceptions(rest, facts, inner, onward, ids),
        )  # fmt: skip

    def _branch(
        self,
        condition: Condition,
        statement: str,
        text: str,
        facts: _Facts,
        ids: tuple[str, ...],
        yes: Callable[[_Facts, tuple[str, ...]], Node],
        no: Callable[[_Facts], Node],
    ) -> Node:
        true, false = facts.where(condition, True), facts.where(condition, False)
        if not true.possible:
            return no(facts)
        if not false.possible:
            return yes(facts, (*ids, statement))
        return Branch(
            condition=condition,
            statement=statement,
            text=text,
            yes=yes(true, ids),
            no=no(false),
        )

    def _known(self, outcome: Outcome | None) -> int | None:
        """The index of an outcome that some leaf has already."""
        key = outcome_key(outcome.text) if outcome is not None else None
        return self.keys.index(key) if key in self.keys else None

    def _outcome(self, outcome: Outcome) -> int:
        key = outcome_key(outcome.text)
        for index, other in enumerate(self.keys):
            if key == other:
                return index
        self.outcomes.append(outcome)
        self.keys.append(key)
        return len(self.keys) - 1


def imply(rules: list[Rule]) -> None:
    """Of two outcomes, the one that an exception lifts leaves the other.

    'Rebook, unless the doctor agrees' beside 'Seen if the chair is free, otherwise rebook'.
    """
    for rule in rules:
        imply(rule.children)
    told = {outcome_key(o.text): o for r in rules for p in r.walk() if (o := p.outcome) is not None}
    if len(told) != 2:
        return
    for rule in rules:
        if rule.outcome is None:
            continue
        (other,) = (o for key, o in told.items() if key != outcome_key(rule.outcome.text))
        for exception in rule.exceptions:
            if exception.connective != "exempt" and exception.implied is None:
                exception.implied, exception.lifts = other, rule.outcome


def leaves(node: Node) -> Iterable[Leaf]:
    """The leaves of a tree, what holds first."""
    if isinstance(node, Leaf):
        yield node
    else:
        yield from leaves(node.yes)
        yield from leaves(node.no)


def conditions(node: Node) -> Iterable[Condition]:
    """The tests of a tree, from the root down."""
    if isinstance(node, Branch):
        yield node.condition
        yield from conditions(node.yes)
        yield from conditions(node.no)
