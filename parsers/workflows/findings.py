"""What is wrong with rules that decide one matter: conflicts, gaps, rules that never apply."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from parsers.clauses.verbs import is_imperative
from parsers.language import analyse
from parsers.solving import Asked, Space, told
from parsers.spec import And, Diagnostic, Outcome, Span, Variable, Workflow, variables_of
from parsers.workflows.relations import relation
from parsers.workflows.rules import Rule, decides, outcome_key

SHOWN = 2
"""So many witnesses a finding tells; the others are counted."""


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
        if decides(rule):
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


def conflicts(
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


def _shared(rules: list[Rule]) -> list[Asked]:
    """What every rule hangs on: of the cases where that is not so, none of them means to speak."""
    conditions = [rule.condition for rule in rules]
    parts = [c.operands if isinstance(c, And) else (c,) for c in conditions if c is not None]
    if len(parts) < len(conditions):
        return []
    return [(part, True) for part in parts[0] if all(part in others for others in parts)]


def gaps(
    workflow: Workflow, rules: list[Rule], space: Space, ids: list[str], spans: list[Span]
) -> list[Diagnostic]:
    """One finding a workflow, with a witness for each way to fall through it."""
    variables = {variable.name: variable for variable in workflow.variables}
    shared = _shared(rules)
    left, witnesses = [], dict[str, None]()
    for tests in (path.tests for path in workflow.paths() if path.index is None):
        case = space.case([*((t.condition, t.result) for t in tests), *shared])
        if case is not None or not shared:
            left.append(tests)
            tested = {name: value for name, value in (case or {}).items() if name in variables}
            witnesses[told(tested, variables)] = None
    if not left:
        return []
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


def unreached(
    rules: list[Rule], used: list[Outcome], ids: list[str], spans: list[Span], workflow: Workflow
) -> list[Diagnostic]:
    """Rules whose cases earlier ones have taken; `used` are the outcomes that leaves have."""
    found = []
    for rule in (part for top in rules for part in top.walk()):
        if rule.outcome is None or rule.children or rule.outcome in used:
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
