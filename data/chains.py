"""Chains of thought along a workflow's path, and the answers they end in.

In: a case and the oracle's decision on it. Out: a compact chain for the `<think>` block. Its first
line puts what the question says into the document's terms, each further line is a test of the
path with its rule's id and how it turns out, the last is the outcome. TriMPI's chains recite the
rules that apply (arXiv 2510.09474, CoT-SFT); a line a test keeps them short enough for small
models. Numbers are compared in words, since that is where small models slip.
"""

from __future__ import annotations

import re
from functools import lru_cache

from data.cases import asked_on, atoms
from data.circumstances import Teller, bare
from data.syntax import sentence
from parsers.spec import (
    Case,
    Comparison,
    Decision,
    Membership,
    PolicySpec,
    Test,
    Workflow,
    variables_of,
)

NO_RULE = "The policy has no rule for this; ask a supervisor."
_LONGEST = 9
"""Words of a test's wording that are repeated; a longer one is named by its variables."""
_LEAD = re.compile(
    r"^(?:\d[\d.]*\s+(?=[A-Z]))?(?:(?:but|and|only|otherwise|if|when|where|whenever|in case|unless|"
    r"except(?: for| to)?|for|on|at)\b,?\s+)*",
    re.IGNORECASE,
)


def chain(
    spec: PolicySpec,
    workflow: Workflow,
    case: Case,
    decision: Decision,
    unsaid: frozenset[str] = frozenset(),
) -> str:
    """The chain of thought for a case; `unsaid` names false booleans that the question left out.

    Cites the statements of the tests made and of the decision, and no others.

    Raises:
        ValueError: a statement the decision rests on is not in the specification.
    """
    known = {statement.id for statement in spec.statements}
    if strange := [s for s in _cited(decision) if s not in known]:
        raise ValueError(f"{workflow.id}: cites {strange[0]!r}, which the policy does not contain")
    teller = _teller(workflow.model_dump_json())
    told = [n for n in asked_on(decision.tests) if n not in unsaid]
    lines = ["; ".join(teller.fact(name, case[name]) for name in told) + "."]
    lines += [_line(teller, test, case, unsaid) for test in decision.tests]
    tested = {test.statement for test in decision.tests if test.result}
    ids = [s for s in decision.statements if s not in tested]
    ids = ids or list(decision.statements[-1:])
    lines.append("".join(f"[{s}] " for s in ids) + f"So: {_outcome(decision).rstrip('.')}.")
    return "\n".join(line for line in lines if line != ".")


def answer(decision: Decision) -> str:
    """What the customer is told: the outcome as a short sentence."""
    return sentence(_outcome(decision))


def _cited(decision: Decision) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*(t.statement for t in decision.tests), *decision.statements]))


def _outcome(decision: Decision) -> str:
    return NO_RULE if decision.outcome is None else decision.outcome


def _line(teller: Teller, test: Test, case: Case, unsaid: frozenset[str]) -> str:
    found = []
    for atom in atoms(test.condition):
        name = atom.variable
        if isinstance(atom, Comparison):
            found.append(_compared(teller, atom, float(case[name])))
        elif isinstance(atom, Membership):
            found.append(str(case[name]))
        elif name in unsaid:
            found.append("not said")
        elif len(variables_of(test.condition)) > 1:
            found.append(teller.fact(name, case[name]))
    seen = ", ".join(dict.fromkeys(found))
    result = "yes" if test.result else "no"
    return f"[{test.statement}] {_asked(teller, test)}? {seen}: {result}." if seen else (
        f"[{test.statement}] {_asked(teller, test)}? {result}."
    )


def _asked(teller: Teller, test: Test) -> str:
    worded = bare(_LEAD.sub("", " ".join(test.text.split())).strip(" .,:;?"))
    if worded and len(worded.split()) <= _LONGEST:
        return worded
    parts = []
    for atom in atoms(test.condition):
        key = teller.key(atom.variable)
        if isinstance(atom, Comparison):
            words = {
                "<": "less than {}", "<=": "{} or less", ">": "more than {}",
                ">=": "{} or more", "==": "exactly {}", "!=": "not {}",
            }[atom.op]  # fmt: skip
            parts.append(f"{key} {words.format(teller.value(atom.variable, atom.value))}")
        elif isinstance(atom, Membership):
            parts.append(f"{key} {' or '.join(atom.values)}")
        else:
            parts.append(key)
    joint = " or " if test.condition.kind == "or" else ", "
    return joint.join(parts)


def _compared(teller: Teller, atom: Comparison, number: float) -> str:
    how = "equals" if number == atom.value else (
        "is more than" if number > atom.value else "is less than"
    )
    return f"{teller.value(atom.variable, number)} {how} {atom.value:g}"


@lru_cache(maxsize=64)
def _teller(serialized: str) -> Teller:
    return Teller(Workflow.model_validate_json(serialized))
