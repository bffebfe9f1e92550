"""Rules that decide one matter together, compiled to an executable decision tree.

In: the rules of a section (`Rule`), in the document's order, nested as the document nests them.
Out: `Workflow`s and diagnostics. The first rule whose circumstance holds decides; its exceptions
are asked before it; a rule without circumstance ('otherwise') takes what is left. Tests whose
result is already certain are left out, found by enumerating the regions between thresholds times
booleans times categories, up to `LIMIT` combinations.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from parsers.language import analyse
from parsers.spec import (
    Branch,
    Case,
    Comparison,
    Condition,
    Diagnostic,
    Leaf,
    Node,
    Or,
    Outcome,
    Span,
    Value,
    Variable,
    Workflow,
    atoms,
    holds,
    variables_of,
)

LIMIT = 20_000


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
class Facts:
    """Every case that is still possible, over the variables asked about so far."""

    cases: tuple[Case, ...] | None = ({},)

    def given(self, condition: Condition, variables: dict[str, Variable]) -> Facts:
        if self.cases is None:
            return self
        cases: list[Case] = list(self.cases)
        for name in variables_of(condition):
            if cases and name in cases[0]:
                continue
            values = domain(variables[name])
            if len(cases) * len(values) > LIMIT:
                return Facts(None)
            cases = [{**case, name: value} for case in cases for value in values]
        return Facts(tuple(cases))

    def where(self, condition: Condition, result: bool) -> Facts:
        if self.cases is None:
            return self
        return Facts(tuple(c for c in self.cases if holds(condition, c) is result))


def domain(variable: Variable) -> tuple[Value, ...]:
    """One value for each region that the thresholds make; all values of the others."""
    if variable.type == "boolean":
        return (True, False)
    if variable.type == "category":
        return variable.values
    points = sorted(set(variable.thresholds))
    if not points:
        return (0.0,)
    step = 1.0 if variable.integer and all(p == int(p) for p in points) else 0.0
    values: list[float] = []
    previous: float | None = None
    for point in points:
        if previous is None:
            values.append(point - (step or 1.0))
        elif not step:
            values.append((previous + point) / 2)
        elif point - previous > step:
            values.append(previous + step)
        values.append(point)
        previous = point
    return (*values, points[-1] + (step or 1.0))


def groups(
    rules: list[Rule], variables: dict[str, Variable], single: bool = False
) -> list[list[Rule]]:
    """Rules of one section that decide one matter: joined by a variable, or by 'otherwise'.

    With `single` the section says of itself that it decides one matter.
    """
    if single:
        return [rules] if rules else []
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
            if c[1] & names or any(relation(r, rule, variables) != "apart" for r in c[0])
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

    def __init__(self, variables: dict[str, Variable], ids: list[str]) -> None:
        self.variables = variables
        self.ids = ids
        self.outcomes: list[Outcome] = []
        self.keys: list[frozenset[str]] = []
        self.used: list[Outcome] = []

    def build(self, rules: list[Rule]) -> Node:
        return self._sequence(rules, Facts(), lambda facts, ids: Leaf(outcome=None), ())

    def _sequence(
        self,
        rules: list[Rule],
        facts: Facts,
        tail: Callable[[Facts, tuple[str, ...]], Node],
        ids: tuple[str, ...],
    ) -> Node:
        if not rules:
            return tail(facts, ids)
        rule, rest = rules[0], rules[1:]
        if rule.router and not rule.children and not rule.exceptions and rule.outcome is None:
            return self._sequence(rest, facts, tail, ids)  # it only announced what follows

        def onward(facts: Facts) -> Node:
            return self._sequence(rest, facts, tail, ids)

        return self._rule(rule, facts, onward, ids)

    def _rule(
        self, rule: Rule, facts: Facts, onward: Callable[[Facts], Node], ids: tuple[str, ...]
    ) -> Node:
        own = self.ids[rule.statement]

        def body(facts: Facts, ids: tuple[str, ...]) -> Node:
            def plain(facts: Facts, _: tuple[str, ...] = ()) -> Node:
                if rule.outcome is None:
                    return onward(facts)
                self.used.append(rule.outcome)
                return Leaf(
                    outcome=self._outcome(rule.outcome),
                    statements=tuple(dict.fromkeys((*ids, own))),
                )

            def inner(facts: Facts) -> Node:
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
        facts: Facts,
        inner: Callable[[Facts], Node],
        onward: Callable[[Facts], Node],
        ids: tuple[str, ...],
    ) -> Node:
        if not exceptions:
            return inner(facts)
        first, rest = exceptions[0], exceptions[1:]
        if first.condition is None:
            return inner(facts)

        def yes(facts: Facts, ids: tuple[str, ...]) -> Node:
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
        facts: Facts,
        ids: tuple[str, ...],
        yes: Callable[[Facts, tuple[str, ...]], Node],
        no: Callable[[Facts], Node],
    ) -> Node:
        known = facts.given(condition, self.variables)
        true, false = known.where(condition, True), known.where(condition, False)
        if true.cases == ():
            return no(facts)
        if false.cases == ():
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
    facts = Facts().given(one, variables).given(other, variables)
    return facts.where(one, True).where(other, True).cases == ()


def exhausts(rules: list[Rule], given: Condition | None, variables: dict[str, Variable]) -> bool:
    """Whether some rule applies to every case in which `given` holds."""
    facts = Facts()
    if given is not None:
        facts = facts.given(given, variables).where(given, True)
    for rule in rules:
        if rule.condition is None and (rule.outcome is not None or rule.children):
            return True
        if rule.condition is not None and rule.connective != "exception":
            facts = facts.given(rule.condition, variables).where(rule.condition, False)
    return facts.cases == ()


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
) -> tuple[Workflow | None, list[Diagnostic]]:
    """One group of rules as a workflow; None when it decides nothing between outcomes."""
    compiler = Compiler(variables, ids)
    imply(rules)
    clashes = _conflicts(rules, variables, ids, spans, title)
    root = compiler.build(_specific_first(rules, variables))
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
    return workflow, _gaps(workflow, ids, spans) + _unreached(
        rules, compiler, ids, spans, workflow
    ) + clashes


def relation(one: Rule, other: Rule, variables: dict[str, Variable]) -> str:
    """How two conditions lie to each other: apart, same, inside, around or across."""
    if one.condition is None or other.condition is None:
        return "apart"
    if not set(variables_of(one.condition)) & set(variables_of(other.condition)):
        return "apart"
    facts = Facts().given(one.condition, variables).given(other.condition, variables)
    if facts.cases is None:
        return "apart"
    pairs = {(holds(one.condition, c), holds(other.condition, c)) for c in facts.cases}
    if (True, True) not in pairs:
        return "apart"
    if (True, False) not in pairs and (False, True) not in pairs:
        return "same"
    return (
        "inside"
        if (True, False) not in pairs
        else ("around" if (False, True) not in pairs else "across")
    )


def _decides(rule: Rule) -> bool:
    return rule.outcome is not None and not rule.children and not rule.router


def _specific_first(rules: list[Rule], variables: dict[str, Variable]) -> list[Rule]:
    """Rules in the document's order, but a narrower one before the wider one it is carved from."""
    ordered: list[Rule] = []
    overriding = [rule for rule in rules if rule.connective == "override"]
    always = [rule for rule in rules if rule.connective == "always"]
    rest = [rule for rule in rules if rule.connective not in {"override", "always"}]
    for rule in [*reversed(overriding), *always, *rest]:  # the last word lifts those before it
        rule.children = _specific_first(rule.children, variables)
        place = next(
            (
                i
                for i, earlier in enumerate(ordered)
                if _decides(earlier)
                and (_decides(rule) or rule.children)
                and relation(rule, earlier, variables) == "inside"
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


def _conflicts(
    rules: list[Rule],
    variables: dict[str, Variable],
    ids: list[str],
    spans: list[Span],
    title: str,
) -> list[Diagnostic]:
    found = []
    deciding = [rule for rule in rules if _decides(rule)]
    for i, one in enumerate(deciding):
        for other in deciding[i + 1 :]:
            if one.outcome is None or other.outcome is None or one.statement == other.statement:
                continue
            if "override" in {one.connective, other.connective}:
                continue  # it says of itself that it goes first
            if outcome_key(one.outcome.text) == outcome_key(other.outcome.text):
                continue
            if relation(one, other, variables) in {"same", "across"}:
                both = (ids[one.statement], ids[other.statement])
                found.append(
                    Diagnostic(
                        kind="conflict",
                        message=(
                            f"{title}: [{both[0]}] and [{both[1]}] cover the same case with "
                            f"different outcomes; the first one wins"
                        ),
                        spans=(spans[one.statement], spans[other.statement]),
                        statements=both,
                        suggestion="say which one goes first, or narrow one of them",
                    )
                )
    for rule in rules:
        found += _conflicts(rule.children, variables, ids, spans, title)
    return found


def _gaps(workflow: Workflow, ids: list[str], spans: list[Span]) -> list[Diagnostic]:
    found = []
    for decision in workflow.paths():
        if decision.index is not None:
            continue
        last = decision.tests[-3:]
        said = "; ".join(f"{'' if t.result else 'not: '}{t.text}" for t in last)
        where = tuple(dict.fromkeys(test.statement for test in decision.tests))
        found.append(
            Diagnostic(
                kind="gap",
                message=f"{workflow.title}: no rule says what to do in this case ({said})",
                spans=tuple(spans[ids.index(i)] for i in where),
                statements=where,
                workflow=workflow.id,
                suggestion="add a rule for it, or a sentence that begins with 'In all other cases'",
            )
        )
    return found


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
