"""Chains of thought along a workflow's path, and the answers they end in.

In: a case, the words it was told in, and the oracle's decision on it. Out: a compact chain for the
`<think>` block, in four parts. The matter, as policies have several, each with terms of its own;
what the question says, clause by clause, in its own words and then in the document's terms, or that
it is nothing to them; the tests of the path, each with its verdict; the outcome and the rule that
decides, as TriMPI's chains recite the rules that apply (arXiv 2510.09474, CoT-SFT).

Reading comes before testing because a small model can follow a message from piece to piece, but
hardly searches it for each test anew: it then takes any words that stand out for an answer. The
words are quoted because copying comes easily to a language model, and small talk and questions are
quoted too: what a clause is good for is told more easily from its copy than before it is copied.
Every test keeps its words and its verdict: without them, a small model takes wrong branches.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from data.cases import asked_on, compared
from data.circumstances import Teller, teller_of
from data.numerals import multiplied
from data.places import countries
from data.prompts import CONCLUDES
from data.syntax import sentence
from data.tellings import Piece, bare
from parsers.spec import (
    And,
    Case,
    Comparison,
    Condition,
    Decision,
    Not,
    Or,
    PolicySpec,
    Test,
    Truth,
    Value,
    Workflow,
    atoms,
    holds,
    variables_of,
)

NOTHING = "nothing."
NO_RULE = "The policy has no rule for this; ask a supervisor."
_NUMBERED = re.compile(r"^\d+(?:\.\d+)*[.)]\s*(?=\D)|^\d+(?:\.\d+)+\s+")
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
    told: Sequence[Piece] | None = None,
) -> str:
    """The chain of thought for a case; it cites the rule that decides, and no other.

    Args:
        told: the clauses of the question, in its order; a boolean that none of them tells was left
            out as false. None if the case was told in the document's terms (`situation`), where
            there is nothing to read.

    Raises:
        KeyError: a statement the decision rests on is not in the specification.
    """
    teller = teller_of(workflow)
    read = told or ()
    known = asked_on(decision.tests) if told is None else {piece.tells for piece in read}
    lines = [] if told is None else [f"{matter(workflow)}."]
    lines += [read_out(teller, piece, case) for piece in read]
    lines += [_line(teller, test, case, known) for test in decision.tests]
    # A rule is cited behind the verdict: before it, the citation would give the verdict away, and
    # a model would have to know the result before it compares.
    cited = "".join(f" [{rule}]" for rule in decisive(spec, decision))
    lines.append(f"{CONCLUDES}{_outcome(decision).rstrip('.')}.{cited}")
    return "\n".join(lines)


def matter(workflow: Workflow) -> str:
    """What the workflow is about, as the document's heading says it: 'Delayed bags'."""
    return _NUMBERED.sub("", workflow.title).strip(" .:")


def drill(workflow: Workflow, test: Test, numbers: Iterable[float]) -> str:
    """A test of one number, asked once and made on several: a line for each."""
    teller = teller_of(workflow)
    (name,) = variables_of(test.condition)
    asked = f"{_asked(teller, test)}?"
    lines = [asked]
    for number in numbers:
        case: dict[str, Value] = {name: number}
        tried = test.model_copy(update={"result": holds(test.condition, case)})
        lines.append(_line(teller, tried, case, {name}).removeprefix(f"{asked} "))
    return "\n".join(lines)


def decisive(spec: PolicySpec, decision: Decision) -> tuple[str, ...]:
    """The id of the rule that decides: of those on the path, the one that words the outcome.

    None where the policy has no rule.

    Raises:
        KeyError: a statement the decision rests on is not in the specification.
    """
    if decision.outcome is None or not decision.statements:
        return ()
    texts = {s.id: s.text for s in spec.statements}
    outcome = _words(decision.outcome)
    return (max(decision.statements, key=lambda rule: len(outcome & _words(texts[rule]))),)


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower()))


def situation(workflow: Workflow, case: Case, decision: Decision) -> str:
    """The case in the document's terms, as one line."""
    teller = teller_of(workflow)
    facts = "; ".join(teller.fact(name, case[name]) for name in asked_on(decision.tests))
    return sentence(facts) if facts else ""


def answer(decision: Decision) -> str:
    """What the customer is told: the outcome as a short sentence."""
    return sentence(_outcome(decision))


def _outcome(decision: Decision) -> str:
    return NO_RULE if decision.outcome is None else decision.outcome


def read_out(teller: Teller, piece: Piece, case: Mapping[str, Value]) -> str:
    """A line of a chain: a clause of the question, and what it says."""
    if piece.tells is None:
        return f'"{piece.words}": {NOTHING}'
    unit = teller.workflow.variable(piece.tells).unit
    means = reading(teller, piece.tells, case[piece.tells])
    return f'"{piece.words}": {worked_out(piece.words, unit)}{means}'


def worked_out(words: str, unit: str = "") -> str:
    """What goes before a reading that is not seen at once: 'Portugal, Kenya: ', '5 x 12: '."""
    lie, product = countries(words), multiplied(words, unit)
    return f"{', '.join(lie)}: " if len(lie) > 1 else f"{product}: " if product else ""


def reading(teller: Teller, name: str, value: Value) -> str:
    """What a piece of the question says, in the document's terms: 'bag weighs 26 kg.'"""
    if isinstance(value, bool):
        return f"{teller.key(name)}: {teller.value(name, value)}."
    return f"{teller.fact(name, value)}."


def _line(teller: Teller, test: Test, case: Case, told: Collection[str | None]) -> str:
    """One test: its words, what it looks at where that is not the verdict itself, the verdict."""
    condition = test.condition
    plain = isinstance(condition, Truth) or (
        isinstance(condition, Not) and isinstance(condition.operand, Truth)
    )
    found = []
    for atom in atoms(condition):
        value = case[atom.variable]
        if atom.variable not in told:
            found.append("not said")
        elif isinstance(atom, Comparison):
            found.append(compared(float(value), atom.value))
        elif not plain:
            found.append(teller.value(atom.variable, value))
    seen = f"{', '.join(dict.fromkeys(found))}: " if found else ""
    return f"{_asked(teller, test)}? {seen}{'yes' if test.result else 'no'}."


def _asked(teller: Teller, test: Test) -> str:
    """The test as the document words it, or in fewer words by its variables."""
    structured = _worded(teller, test.condition)
    words = bare(_LEAD.sub("", " ".join(test.text.split())).strip(" .,:;?"))
    short = words and (isinstance(test.condition, Not) or len(words) <= len(structured))
    return words if short else structured


def _worded(teller: Teller, condition: Condition) -> str:
    match condition:
        case Not(operand=Truth(variable=name)):
            return teller.fact(name, False)
        case Not(operand=operand):
            return f"not: {_worded(teller, operand)}"
        case And(operands=operands):
            return " and ".join(_worded(teller, operand) for operand in operands)
        case Or(operands=operands):
            return " or ".join(_worded(teller, operand) for operand in operands)
        case _:
            return teller.test(condition)
