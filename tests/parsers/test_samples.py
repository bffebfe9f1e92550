"""The parsed workflows of the sample policies decide every case as the references do.

In: the sample policies and the pure-Python references, which are not the parser. Arguments are
mapped to variables by the phrases that the references quote from the documents.
"""

import re
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from parsers import PolicySpec, Variable, Workflow, parse
from parsers.spec import Value
from tests.reference import airline_baggage, hotel_front_desk, subscription_billing
from tests.reference.forms import Argument, Reference

POLICIES = Path(__file__).parents[2] / "data" / "policies"
SAMPLES = {
    "airline-baggage.md": airline_baggage.WORKFLOWS,
    "hotel-front-desk.txt": hotel_front_desk.WORKFLOWS,
    "subscription-billing.html": subscription_billing.WORKFLOWS,
}
CASES = [
    pytest.param(document, reference, id=f"{document}-{name}")
    for document, workflows in SAMPLES.items()
    for name, reference in workflows.items()
]


@cache
def spec_of(document: str) -> PolicySpec:
    return parse(POLICIES / document)


def stems(text: str) -> set[str]:
    return {word[:5].rstrip("s") for word in re.findall(r"\w+", text.lower())}


def likeness(phrase: str, text: str) -> float:
    one, other = stems(phrase), stems(text)
    return len(one & other) + len(one & other) / len(one | other)


def poles(workflow: Workflow) -> dict[str, tuple[Variable, Value]]:
    """What can be said of a case, and the variable and value it means."""
    said: dict[str, tuple[Variable, Value]] = {}
    for variable in workflow.variables:
        if variable.type == "boolean":
            said |= {variable.label: (variable, True), variable.negated: (variable, False)}
        for value in variable.values:
            said[variable.clause.format(value=value)] = (variable, value)
    return said


def translate(workflow: Workflow, argument: Argument, value: Value) -> tuple[str, Value]:
    """The workflow's variable and value for a reference's argument and value."""
    if "*" in argument.phrases:
        phrase = f"{argument.phrases['*']} {argument.unit}"
        numbers = [v for v in workflow.variables if v.type == "number"]
        best = max(numbers, key=lambda v: likeness(phrase, f"{v.label} {v.clause} {v.unit}"))
        return best.name, value
    said = poles(workflow)
    phrase = argument.phrases[True if isinstance(value, bool) else value]
    variable, meant = said[max(said, key=lambda text: likeness(phrase, text))]
    return variable.name, (not meant if value is False else meant)


def workflow_of(spec: PolicySpec, reference: Reference) -> Workflow:
    return next(w for w in spec.workflows if w.title.lower() == reference.heading.lower())


@pytest.mark.parametrize(("document", "reference"), CASES)
def test_workflow_agrees_with_the_reference_on_every_case(
    document: str, reference: Reference
) -> None:
    spec = spec_of(document)
    workflow = workflow_of(spec, reference)
    ids = {statement.id for statement in spec.statements}
    names = list(reference.arguments)
    asked = set()
    for values in product(*(a.values for a in reference.arguments.values())):
        stated = dict(zip(names, values, strict=True))
        case = dict(translate(workflow, reference.arguments[n], v) for n, v in stated.items())
        assert len(case) == len(names), "two arguments were mapped to one variable"
        asked |= set(case)
        decision = workflow.decide(case)
        wanted = reference.outcomes[reference.function(**stated)]
        assert decision.outcome is not None
        assert wanted.lower() in decision.outcome.lower(), f"{stated}: {decision.outcome}"
        assert decision.statements and set(decision.statements) <= ids
    assert asked == {v.name for v in workflow.variables}


@pytest.mark.parametrize("document", SAMPLES)
def test_two_workflows_no_gap_no_conflict(document: str) -> None:
    spec = spec_of(document)
    assert len(spec.workflows) == 2
    assert spec.diagnostics == ()


@pytest.mark.parametrize("document", SAMPLES)
def test_every_category_is_there(document: str) -> None:
    kinds = [s.complexity or s.category for s in spec_of(document).statements]
    assert kinds.count("factual") >= 8
    assert kinds.count("behavioral") >= 6
    assert kinds.count("simple") >= 6
    assert kinds.count("complex") >= 6


@pytest.mark.parametrize("document", SAMPLES)
def test_simple_rules_stand_alone(document: str) -> None:
    for statement in spec_of(document).statements:
        if statement.complexity == "simple":
            assert statement.workflow is None
            assert statement.condition is not None
            assert len(statement.outcomes) == 1


@pytest.mark.parametrize("document", SAMPLES)
def test_spans_are_verbatim_and_ids_well_formed(document: str) -> None:
    spec = spec_of(document)
    ids = [statement.id for statement in spec.statements]
    assert len(set(ids)) == len(ids)
    for statement in spec.statements:
        assert re.fullmatch(r"[a-z0-9][a-z0-9.\-]*", statement.id)
        assert spec.document.quote(statement.span) == statement.text
        for outcome in statement.outcomes:
            assert outcome.span is not None
            assert statement.span.start <= outcome.span.start < outcome.span.end
        for span in statement.condition_spans:
            assert statement.span.start <= span.start < span.end <= statement.span.end


@pytest.mark.parametrize("document", SAMPLES)
def test_every_word_outside_headings_is_in_a_statement_or_its_lead(document: str) -> None:
    spec = spec_of(document)
    covered = set()
    for statement in spec.statements:
        covered |= set(range(statement.span.start, statement.span.end))
        if (lead := spec.document.text.find(statement.lead)) >= 0:
            covered |= set(range(lead, lead + len(statement.lead)))
    position = 0
    for line in spec.document.text.splitlines(keepends=True):
        rest = re.sub(r"^\s*(?:[-*] |\d+(?:\.\d+)+ )", lambda m: " " * len(m[0]), line)
        if not line.startswith(("#", "| Plan |", "| ---")):
            missed = [i for i, c in enumerate(rest) if c.isalnum() and position + i not in covered]
            assert not missed, line
        position += len(line)
