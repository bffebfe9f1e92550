"""Statements that contradict each other across a document, apart from its workflows.

In: a parsed policy. Out: a conflict for two statements that cannot both be followed: another figure
for the same thing ('the deposit is 50 euros', 'the deposit is 60 euros'), 'must' against 'must not'
for the same act, or two conditions that a case can meet at once with such outcomes; then with the
case. Only what is certain: the same words but for the figure or the negation, no exception on
either side, and neither rule a narrower one carved from the other.
Simplified: paraphrases are not seen.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from parsers.language import analyse
from parsers.solving import Space, told
from parsers.spec import Diagnostic, PolicySpec, Statement, Variable
from parsers.workflows.findings import clash
from parsers.workflows.relations import relation

_FIGURE = re.compile(
    r"(?P<cur>[€$£]\s?)?(?P<number>\d{1,2}:\d\d|\d+(?:[.,]\d+)*)\s?(?P<unit>%|[ap]\.?m\b|[a-z]+)?",
    re.I,
)
_BOUND = re.compile(
    r"\b(?:at least|at most|up to|over|under|more|less|fewer|from|until|between|above|below|about|"
    r"minimum|maximum|first|second|third|another|additional|extra|further|next|per|each|every|"
    r"then|also|before|after|within|otherwise|instead|except|unless|only|if|when|where)\b",
    re.IGNORECASE,
)
_NEGATIONS = {"not", "no", "never", "n't", "nothing", "none", "without", "cannot"}
_LIGHT = {
    "be", "have", "do", "will", "must", "shall", "should", "may", "can", "need", "require", "take",
    "please", "always", "we", "you", "it", "currently", "due", "to",
}  # fmt: skip
_PAID = {"cost", "amount", "charge", "pay"}
_MODAL = re.compile(
    r"\b(?:must|shall|should|may|can|cannot|never|always|do not|don['’]t|need)\b", re.I
)


@dataclass(frozen=True)
class _Claim:
    """What a text says: the words it is about, whether it denies them, and its one figure."""

    about: frozenset[str]
    denied: bool
    figure: tuple[float, str] | None

    def contradicts(self, other: _Claim) -> bool:
        if self.about != other.about or not self.about:
            return False
        if self.figure is not None and other.figure is not None:
            return (
                self.denied == other.denied
                and self.figure != other.figure
                and self.figure[1] == other.figure[1]
            )
        return self.figure == other.figure and self.denied != other.denied


def contradictions(spec: PolicySpec) -> Iterator[Diagnostic]:
    """Pairs of statements that cannot both be followed."""
    yield from _unconditional(spec)
    yield from _conditional(spec)


def _unconditional(spec: PolicySpec) -> Iterator[Diagnostic]:
    plain = [
        s for s in spec.statements
        if s.condition is None and not s.exceptions and not s.lead and s.workflow is None
        and s.category != "conditional"
    ]  # fmt: skip
    alike: dict[frozenset[str], list[tuple[Statement, _Claim]]] = defaultdict(list)
    for statement in plain:
        claim = _claim(statement.text)
        if (
            claim is not None
            and not claim.about <= _PAID
            and (claim.figure or _MODAL.search(statement.text))
        ):
            alike[claim.about].append((statement, claim))
    pairs = [
        (one, other) for group in alike.values() for (one, a), (other, b) in combinations(group, 2)
        if a.contradicts(b)
    ]  # fmt: skip
    # sections that differ in several figures speak of different things each: rooms, tariffs
    parallel = Counter(frozenset({one.section, other.section}) for one, other in pairs)
    for one, other in pairs:
        if one.section != other.section and parallel[frozenset({one.section, other.section})] > 1:
            continue
        yield _clash(one, other, "")


def _conditional(spec: PolicySpec) -> Iterator[Diagnostic]:
    variables = {variable.name: variable for variable in spec.variables}
    told_before = {frozenset(d.statements) for d in spec.diagnostics if d.kind == "conflict"}
    alike: dict[frozenset[str], list[_Rule]] = defaultdict(list)
    for statement in spec.statements:
        rule = _Rule(statement, variables)
        if rule.claim is not None:
            alike[rule.claim.about].append(rule)
    for group in alike.values():
        for one, other in combinations(group, 2):
            first, second = one.statement, other.statement
            same = first.workflow is not None and first.workflow == second.workflow
            if same or {first.id, second.id} in told_before or one.claim is None or (
                other.claim is None or not one.claim.contradicts(other.claim)
            ):  # fmt: skip
                continue
            condition, opposite = first.condition, second.condition
            if condition is None or opposite is None:
                continue
            space = Space(variables, (condition, opposite))
            ways = ((condition, True),), ((opposite, True),)
            if relation(*ways, space) in {"same", "across"}:
                case = space.case((*ways[0], *ways[1])) or {}
                yield _clash(first, second, told(case, variables))


@dataclass(frozen=True)
class _Rule:
    statement: Statement
    variables: dict[str, Variable]

    @cached_property
    def claim(self) -> _Claim | None:
        """What the statement's one outcome says; None when more hangs on it than its condition."""
        s = self.statement
        if s.condition is None or s.exceptions or len(s.outcomes) != 1 or s.lead:
            return None
        if re.search(
            r"\b(?:otherwise|instead|unless|except|also|additional\w*|extra)\b", s.text, re.I
        ):
            return None
        return _claim(s.outcomes[0].text)


def _claim(text: str) -> _Claim | None:
    """What a text says, or None when it holds several figures or bounds one."""
    figures = list(_FIGURE.finditer(text))
    if len(figures) > 1 or _BOUND.search(text):
        return None
    figure = None
    rest = text
    if figures:
        found = figures[0]
        unit = (found["cur"] or found["unit"] or "").strip().lower().rstrip("s")
        number = found["number"].replace(":", ".")
        value = float(number.replace(",", "") if number.count(".") < 2 else number.split(".")[0])
        figure = (value, "clock" if ":" in found["number"] else unit)
        rest = text[: found.start()] + " " + text[found.end() :]
    doc = analyse(rest)
    denied = sum(token.lower_ in _NEGATIONS for token in doc) % 2 == 1
    about = frozenset(
        token.lemma_.lower() for token in doc
        if token.pos_ in {"NOUN", "PROPN", "VERB", "ADJ", "ADV", "ADP", "AUX", "PRON", "NUM"}
        and token.lemma_.lower() not in _LIGHT and token.lower_ not in _NEGATIONS
    )  # fmt: skip
    about = about - _PAID or about & _PAID  # 'the deposit costs' is about the deposit
    if any(token.lower_ in {"it", "this", "that", "they", "these", "those"} for token in doc):
        return None
    return _Claim(about, denied, figure)


def _clash(one: Statement, other: Statement, witness: str) -> Diagnostic:
    texts = (" ".join(one.text.split()), " ".join(other.text.split()))
    where = one.section[-1] if one.section and one.section == other.section else "two sections"
    title = where if one.section == other.section else "in " + where
    return clash(title, (one.id, other.id), (one.span, other.span), texts, witness)
