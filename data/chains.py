"""Chains of thought along a workflow's path, and the answers they end in.

In: a case and the oracle's decision on it. Out: a compact chain for the `<think>` block. Each line
is a test of the path, with the fact of the case and how it turns out, the last is the outcome. The
rules that apply are cited, and no others, as TriMPI's chains recite them (arXiv 2510.09474,
CoT-SFT) and as the reward for citations wants it; a line a test keeps chains short enough for
small models. Numbers are compared in words, since that is where small models slip.
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
    Not,
    PolicySpec,
    Test,
    Workflow,
    variables_of,
)

NO_RULE = "The policy has no rule for this; ask a supervisor."
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

    Cites the statements of the decision, and no others.

    Raises:
        ValueError: a statement the decision rests on is not in the specification.
    """
    known = {statement.id for statement in spec.statements}
    if strange := [s for s in decision.statements if s not in known]:
        raise ValueError(f"{workflow.id}: cites {strange[0]!r}, which the policy does not contain")
    teller = _teller(workflow.model_dump_json())
    # A rule is cited behind the verdict: before it, the citation would give the verdict away, and
    # a model would have to know the result before it compares.
    lines = [
        _line(teller, test, case, unsaid) + (f" [{test.statement}]" if test.result else "")
        for test in decision.tests
    ]
    tested = {test.statement for test in decision.tests if test.result}
    ids = [s for s in decision.statements if s not in tested] or decision.statements[-1:]
    cited = "".join(f" [{s}]" for s in ids)
    lines.append(f"So: {_outcome(decision).rstrip('.')}.{cited}")
    return "\n".join(lines)


def situation(
    workflow: Workflow,
    case: Case,
    decision: Decision,
    unsaid: frozenset[str] = frozenset(),
) -> str:
    """The case in the document's terms, as one line: what was asked about and said."""
    teller = _teller(workflow.model_dump_json())
    told = [name for name in asked_on(decision.tests) if name not in unsaid]
    facts = "; ".join(teller.fact(name, case[name]) for name in told)
    return sentence(facts) if facts else ""


def answer(decision: Decision) -> str:
    """What the customer is told: the outcome as a short sentence."""
    return sentence(_outcome(decision))


def _outcome(decision: Decision) -> str:
    return NO_RULE if decision.outcome is None else decision.outcome


def _line(teller: Teller, test: Test, case: Case, unsaid: frozenset[str]) -> str:
    found = []
    for atom in atoms(test.condition):
        name = atom.variable
        if isinstance(atom, Comparison):
            found.append(_compared(atom, float(case[name])))
        elif isinstance(atom, Membership):
            found.append(str(case[name]))
        elif name in unsaid:
            found.append("not said")
        elif len(variables_of(test.condition)) > 1:
            found.append(teller.fact(name, case[name]))
    seen = ", ".join(dict.fromkeys(found))
    result = "yes" if test.result else "no"
    return f"{_asked(teller, test)}? {f'{seen}: ' if seen else ''}{result}."


def _asked(teller: Teller, test: Test) -> str:
    """The test as the document words it, or in fewer words by its variables."""
    joint = " or " if test.condition.kind == "or" else " and "
    structured = joint.join(teller.test(atom) for atom in atoms(test.condition))
    negated = isinstance(test.condition, Not)
    worded = bare(_LEAD.sub("", " ".join(test.text.split())).strip(" .,:;?"))
    if worded and (negated or len(worded) <= len(structured)):
        return worded
    return f"not: {structured}" if negated else structured


def _compared(atom: Comparison, number: float) -> str:
    how = (
        "equals"
        if number == atom.value
        else ("is more than" if number > atom.value else "is less than")
    )
    return f"{number:g} {how} {atom.value:g}"


@lru_cache(maxsize=64)
def _teller(serialized: str) -> Teller:
    return Teller(Workflow.model_validate_json(serialized))
