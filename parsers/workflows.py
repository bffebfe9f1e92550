"""Rules that decide one matter together, compiled to an executable decision tree.

In: the rules of a section (`Rule`), in the document's order, nested as the document nests them.
Out: `Workflow`s and diagnostics. The first rule whose circumstance holds decides; its exceptions
are asked before it; a rule without circumstance ('otherwise') takes what is left. Tests whose
result is already certain are left out. What is certain, which cases no rule covers, which rules
never apply and which two disagree is exact: `parsers.solving` decides it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations

from parsers.clauses.verbs import is_imperative
from parsers.language import analyse
from parsers.solving import Asked, Space, told
from parsers.spec import (
    Branch,
    Comparison,
    Condition,
    Diagnostic,
    Leaf,
    Node,
    Or,
    Outcome,
    Span,
    Variable,
    Workflow,
    atoms,
    variables_of,
)

LIMIT = 20_000
MOST_RULES = 100
"""Rules that one tree is made of; more would make it deeper than JSON and Python can nest."""
SHOWN = 2
"""So many witnesses a finding tells; the others are counted."""


@dataclass
class Split:
    """'When A, do it if B.': what is in force for the sentences that follow, and what is not."""

    outer: Condition
    outer_text: str
    inner: Condition
    inner_text: str
    nested: bool = False
    loose: Outcome | None = None


@dataclass
class Rule:
    """One rule: circumstance, consequence, exceptions, and the finer rules under it."""

    statement: int
    condition: Condition | None
    text: str = ""
    outcome: Outcome | None = None
    connective: str = ""
    router: bool = False
    exceptions: list[Rule] = field(default_factory=list)
    children: list[Rule] = field(default_factory=list)
    reference: str = ""
    group: int = -1
    split: Split | None = None
    implied: Outcome | None = None
    lifts: Outcome | None = None
    about: frozenset[str] = frozenset()
    whole: bool = False

    def walk(self) -> Iterable[Rule]:
        yield self
        for rule in (*self.exceptions, *self.children):
            yield from rule.walk()


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


def _space(rules: Iterable[Rule], variables: dict[str, Variable]) -> Space:
    return Space(variables, (part.condition for rule in rules for part in rule.walk()))


def groups(
    rules: list[Rule], variables: dict[str, Variable], single: bool = False
) -> list[list[Rule]]:
    """Rules of one section that decide one matter: joined by a variable, or by 'otherwise'.

    With `single` the section says of itself that it decides one matter.
    """
    if single:
        return [rules] if rules else []
    space = _space(rules, variables)
    components: list[tuple[list[Rule], set[str]]] = []
    for rule in rules:
        names = {
            name
            for part in rule.walk()
            if part.condition is not None
            for name in _matters(part.condition)
        }
        linked = [
            c for c in components
            if c[1] & names or any(_relation(r, rule, space) != "apart" for r in c[0])
        ]  # fmt: skip
        if rule.connective == "override":  # it lifts what the rules before it say
            beside = [c for c in components if _beside(c[0], rule)]
            linked += [c for c in (components if rule.whole else beside or components[-1:])
                       if c not in linked]  # fmt: skip
        if rule.connective in {"otherwise", "always"} and components:
            own = [c for c in components if any(r.statement == rule.statement for r in c[0])]
            last = [components[-1]] if rule.connective == "otherwise" else []
            near = own or last + [c for c in components if c not in last and _beside(c[0], rule)]
            near += [c for c in components if _indifferent(rule, c[1])]  # 'whichever room it was'
            linked += [c for c in near if c not in linked]
        if rule.whole and rule.connective == "otherwise":
            linked = list(components)
        place = {id(r): i for i, r in enumerate(rules)}
        merged = sorted(
            [r for part, _ in linked for r in part] + [rule], key=lambda r: place[id(r)]
        )
        union = names.union(*(n for _, n in linked)) if linked else names
        components = [c for c in components if c not in linked] + [(merged, union)]
    return [part for part, _ in components]


def _matters(condition: Condition) -> Iterable[str]:
    """What ties a condition to others: its variables, a number together with its threshold.

    Two rules about ages under 16 and over 65 do not decide one matter; under 16 and from 16 do.
    """
    for atom in atoms(condition):
        if not isinstance(atom, Comparison):
            yield atom.variable
            continue
        name, value = atom.variable, atom.value
        yield from (f"{name} {math.floor(value)}", f"{name} {math.ceil(value)}")
        if value == math.floor(value):
            yield f"{name} {value + (1 if atom.op == '<=' else -1):.0f}"


def _indifferent(rule: Rule, names: set[str]) -> bool:
    """Whether a rule says that what other rules turn on makes no difference to it."""
    words = {word[:5] for name in names for word in re.split(r"[_ ]", name) if len(word) > 3}
    return bool(words & {word[:5] for word in rule.about})


def _beside(rules: list[Rule], other: Rule) -> bool:
    """Whether a rule stands in the same paragraph or list as the 'otherwise'."""
    return other.group >= 0 and any(rule.group == other.group for rule in rules)


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


def outcome_key(text: str) -> frozenset[str]:
    """What makes two outcomes the same: their content words and numbers."""
    words = frozenset(
        token.lemma_.lower()
        for token in analyse(text)
        if token.pos_ in {"NOUN", "PROPN", "VERB", "ADJ", "NUM", "SYM", "ADV"}
        or token.lower_ in {"not", "no", "never", "n't", "nothing", "everything", "none"}
    ) - {"then", "also", "instead", "therefore"}
    return words or frozenset(re.findall(r"\w+", text.lower()))


def excludes(one: Condition, other: Condition, variables: dict[str, Variable]) -> bool:
    """Whether two conditions on one circumstance cannot both hold."""
    if not set(variables_of(one)) & set(variables_of(other)):
        return False
    return not Space(variables, (one, other)).possible(((one, True), (other, True)))


def exhausts(rules: list[Rule], given: Condition | None, variables: dict[str, Variable]) -> bool:
    """Whether some rule applies to every case in which `given` holds."""
    asked: list[Asked] = [] if given is None else [(given, True)]
    for rule in rules:
        if rule.condition is None and (rule.outcome is not None or rule.children):
            return True
        if rule.condition is not None and rule.connective != "exception":
            asked.append((rule.condition, False))
    return not Space(variables, (condition for condition, _ in asked)).possible(asked)


def leaves(node: Node) -> Iterable[Leaf]:
    if isinstance(node, Leaf):
        yield node
    else:
        yield from leaves(node.yes)
        yield from leaves(node.no)


def conditions(node: Node) -> Iterable[Condition]:
    if isinstance(node, Branch):
        yield node.condition
        yield from conditions(node.yes)
        yield from conditions(node.no)


def compile_group(
    rules: list[Rule],
    ids: list[str],
    spans: list[Span],
    variables: dict[str, Variable],
    section: tuple[str, ...],
    title: str,
    slug: str,
    in_order: bool = False,
) -> tuple[Workflow | None, list[Diagnostic]]:
    """One group of rules as a workflow; None when it decides nothing between outcomes.

    With `in_order` the document says that the first rule that applies decides.
    """
    members = dict.fromkeys(part.statement for top in rules for part in top.walk())
    if sum(1 for top in rules for _ in top.walk()) > MOST_RULES:
        return None, [
            Diagnostic(
                kind="ambiguous",
                message=f"{title}: more than {MOST_RULES} rules decide one matter: no tree is made",
                spans=(spans[rules[0].statement],),
                statements=tuple(ids[statement] for statement in members),
                suggestion="split the section, one matter a section",
            )
        ]
    space = _space(rules, variables)
    compiler = Compiler(space, ids)
    imply(rules)
    clashes = [] if in_order else _conflicts(rules, space, variables, ids, spans, title)
    root = compiler.build(_specific_first(rules, space))
    if len({leaf.outcome for leaf in leaves(root) if leaf.outcome is not None}) < 2:
        return None, []
    names = dict.fromkeys(n for c in conditions(root) for n in variables_of(c))
    workflow = Workflow(
        id=slug,
        title=title,
        section=section,
        variables=tuple(variables[name] for name in names),
        outcomes=tuple(compiler.outcomes),
        root=root,
    )
    return workflow, [
        *_gaps(workflow, space, ids, spans),
        *_unreached(rules, compiler, ids, spans, workflow),
        *clashes,
    ]


def _relation(one: Rule, other: Rule, space: Space) -> str:
    """How two conditions lie to each other: apart, same, inside, around or across."""
    if one.condition is None or other.condition is None:
        return "apart"
    if not set(variables_of(one.condition)) & set(variables_of(other.condition)):
        return "apart"
    return relation(((one.condition, True),), ((other.condition, True),), space)


def relation(one: tuple[Asked, ...], other: tuple[Asked, ...], space: Space) -> str:
    """How the cases of two rules lie to each other: apart, same, inside, around or across."""
    if not space.possible((*one, *other)):
        return "apart"
    inside, around = within(one, other, space), within(other, one, space)
    return ("same" if around else "inside") if inside else ("around" if around else "across")


def within(one: tuple[Asked, ...], other: tuple[Asked, ...], space: Space) -> bool:
    """Whether every case of one rule is a case of the other."""
    return not any(space.possible((*one, (c, not result))) for c, result in other)


def _decides(rule: Rule) -> bool:
    return rule.outcome is not None and not rule.children and not rule.router


def _specific_first(rules: list[Rule], space: Space) -> list[Rule]:
    """Rules in the document's order, but a narrower one before the wider one it is carved from."""
    ordered: list[Rule] = []
    overriding = [rule for rule in rules if rule.connective == "override"]
    always = [rule for rule in rules if rule.connective == "always"]
    rest = [rule for rule in rules if rule.connective not in {"override", "always"}]
    for rule in [*reversed(overriding), *always, *rest]:  # the last word lifts those before it
        rule.children = _specific_first(rule.children, space)
        place = next(
            (
                i
                for i, earlier in enumerate(ordered)
                if _decides(earlier)
                and (_decides(rule) or rule.children)
                and _relation(rule, earlier, space) == "inside"
            ),
            len(ordered),
        )
        ordered.insert(place, rule)
    return ordered


def general_last(rules: list[Rule], variables: dict[str, Variable]) -> None:
    """Where cases that leave nothing over are followed by a special one, that one goes first.

    'Up to 2 kg: 4 euros. Above: 9 euros. Fragile parcels have a price of their own: 20 euros.'
    """
    for place, rule in enumerate(rules):
        before = rules[:place]
        names = {n for r in before if r.condition is not None for n in variables_of(r.condition)}
        told = [r for r in before if _decides(r) and not r.exceptions]
        measured = bool(told) and len(told) == len(before) and all(
            r.condition is not None and variables[n].type == "number"
            for r in told for n in variables_of(r.condition or Or(operands=()))
        )  # fmt: skip
        if not measured or rule.condition is None or not _decides(rule) or rule.connective:
            continue
        if not names & set(variables_of(rule.condition)) and exhausts(told, None, variables):
            rule.connective = "override"


@dataclass(frozen=True)
class _Case:
    """A rule that decides, the tests that it and its exceptions hang on, the rules it stands in."""

    rule: Rule
    asked: tuple[Asked, ...]
    excepted: tuple[Asked, ...]
    chain: tuple[Rule, ...]


def _cases(
    rules: list[Rule],
    asked: tuple[Asked, ...] = (),
    excepted: tuple[Asked, ...] = (),
    chain: tuple[Rule, ...] = (),
) -> Iterator[_Case]:
    """The deciding rules with all that they hang on."""
    for rule in rules:
        own = asked if rule.condition is None else (*asked, (rule.condition, True))
        spared = (*excepted, *(
            (e.condition, False) for e in rule.exceptions if e.condition is not None
        ))  # fmt: skip
        if _decides(rule):
            yield _Case(rule, own, spared, (*chain, rule))
        yield from _cases(rule.children, own, spared, (*chain, rule))


def _ordered(one: _Case, other: _Case) -> bool:
    """Whether the document says which of two rules goes first: 'otherwise', 'in any case', …"""
    ways = zip(one.chain, other.chain, strict=False)
    parting = next(((a, b) for a, b in ways if a is not b), None)
    return parting is None or any(part.connective or part.condition is None for part in parting)


def _acts(outcome: Outcome) -> bool:
    """Whether an outcome is an instruction or a figure, rather than what else is so."""
    return is_imperative(list(analyse(outcome.text))) or bool(
        re.match(r"(?:you |we |they )?(?:must|should|shall|have to|need to|pays?|gets?)\b|"
                 r".*\d", outcome.text, re.IGNORECASE)
    )  # fmt: skip


def _own(one: _Case, other: _Case) -> set[str]:
    """What a rule hangs on beside what it shares with another."""
    return {n for test in one.asked if test not in other.asked for n in variables_of(test[0])}


def _conflicts(
    rules: list[Rule],
    space: Space,
    variables: dict[str, Variable],
    ids: list[str],
    spans: list[Span],
    title: str,
) -> list[Diagnostic]:
    """Two rules for one case with different outcomes; a narrower one is carved from the wider."""
    found = []
    for one, other in combinations(_cases(rules), 2):
        first, second = one.rule, other.rule
        if first.outcome is None or second.outcome is None or first.statement == second.statement:
            continue
        if _ordered(one, other) or outcome_key(first.outcome.text) == outcome_key(
            second.outcome.text
        ):
            continue
        same = set(one.asked) == set(other.asked)
        if not same and not _own(one, other) & _own(other, one):
            continue
        lie = relation(one.asked, other.asked, space)
        if lie == "same" and not (_acts(first.outcome) and _acts(second.outcome)):
            continue  # what is so in that case, and what to do about it
        witness = space.case((*one.asked, *one.excepted, *other.asked, *other.excepted))
        if lie not in {"same", "across"} or witness is None:
            continue
        found.append(
            clash(title, (ids[first.statement], ids[second.statement]),
                  (spans[first.statement], spans[second.statement]),
                  (first.outcome.text, second.outcome.text), told(witness, variables))
        )  # fmt: skip
    return found


def clash(
    title: str,
    statements: tuple[str, str],
    spans: tuple[Span, Span],
    outcomes: tuple[str, str],
    witness: str,
) -> Diagnostic:
    """Two rules disagree in a case; `witness` tells it, '' when they do in every case."""
    return Diagnostic(
        kind="conflict",
        message=(
            f"{title}: [{statements[0]}] says '{outcomes[0]}' and [{statements[1]}] says "
            f"'{outcomes[1]}'" + (f", e.g. when {witness}" if witness else "")
        ),
        spans=spans,
        statements=statements,
        suggestion="say which one goes first, or narrow one of them",
    )


def _gaps(workflow: Workflow, space: Space, ids: list[str], spans: list[Span]) -> list[Diagnostic]:
    """One finding a workflow, with a witness for each way to fall through it."""
    left = [decision.tests for decision in workflow.paths() if decision.index is None]
    if not left:
        return []
    variables = {variable.name: variable for variable in workflow.variables}
    witnesses = dict.fromkeys(
        told(space.case((t.condition, t.result) for t in tests) or {}, variables) for tests in left
    )
    shown = list(witnesses)[:SHOWN]
    more = f" (and {len(left) - len(shown)} more cases)" if len(left) > len(shown) else ""
    where = tuple(dict.fromkeys(test.statement for tests in left for test in tests))
    return [
        Diagnostic(
            kind="gap",
            message=(
                f"{workflow.title}: no rule says what to do, e.g. when "
                f"{'; or when '.join(shown)}{more}"
            ),
            spans=tuple(spans[ids.index(i)] for i in where),
            statements=where,
            workflow=workflow.id,
            suggestion="add a rule for it, or a sentence that begins with 'In all other cases'",
        )
    ]


def _unreached(
    rules: list[Rule], compiler: Compiler, ids: list[str], spans: list[Span], workflow: Workflow
) -> list[Diagnostic]:
    found = []
    for rule in (part for top in rules for part in top.walk()):
        if rule.outcome is None or rule.children or rule.outcome in compiler.used:
            continue
        if any(rule in parent.exceptions for top in rules for parent in top.walk()):
            continue
        found.append(
            Diagnostic(
                kind="unreachable",
                message=(
                    f"{workflow.title}: [{ids[rule.statement]}] never applies; "
                    "earlier rules cover all its cases"
                ),
                spans=(spans[rule.statement],),
                statements=(ids[rule.statement],),
                workflow=workflow.id,
                suggestion="narrow an earlier rule, or remove this one",
            )
        )
    return found
