"""A model's reading of one statement: what it is asked, and whether what it says can be so.

In: a statement with its surroundings, and the model's reply. Out: the prompt, and from the reply a
`Given` reading, or the reason why it is refused. Nothing is believed: quotes must stand in the
statement word for word, conditions are expressions over circumstances of known type and domain,
their quotes must speak of every circumstance and say every figure, and of nothing else, and what
the parser read without doubt must not be contradicted. Where the two readings can be compared, they
are so in every case and not in a sample (`parsers.solving`): a reading that is in doubt may be
narrowed, as far as it asks about what others ask about too; any other must be the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from parsers.corrections.variables import worded
from parsers.endpoint import Message
from parsers.expressions import ConditionError, condition_of, nearest, number, written
from parsers.language import NUMBER_WORDS
from parsers.readings import Given
from parsers.solving import Space, told
from parsers.spec import (
    And,
    Category,
    Comparison,
    Complexity,
    Condition,
    Not,
    Outcome,
    PolicySpec,
    Span,
    Statement,
    Variable,
    atoms,
    variables_of,
)

MOST_VARIABLES = 40
"""Circumstances that a prompt lists: those of the section first, then those that share a word."""
AROUND = 2
"""Statements before and behind it that a prompt quotes."""
STEM = 4
"""Letters by which a circumstance's word is found again in the statement: 'weighs', 'weight'."""


_COMMON = frozenset(
    "a an the of to in on at for with by from and or not no if when while unless where is are be "
    "was were has have had do does it its this that these those they them more less than other any "
    "all only".split()
)


class ProposalError(ValueError):
    """A proposal that is not taken; the message says why, to people and to the model."""


class Circumstance(BaseModel):
    """One that the document's own do not have."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,59}$", description="in snake_case")
    type: Literal["boolean", "number", "category"]
    label: str = Field(description="of a boolean a clause: 'the parcel is fragile'; else a noun "
                       "phrase: 'the weight of the parcel'")  # fmt: skip
    unit: str = Field(default="", description="of a number: 'kg', 'days'")
    values: tuple[str, ...] = Field(default=(), description="of a category, two at least")


class Proposal(BaseModel):
    """A model's reading, in the form that it is asked for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    category: Category
    complexity: Complexity | None = None
    condition: str | None = Field(
        default=None, description="e.g. weight > 23 and not fragile, or fare in ['basic', 'saver']"
    )
    variables: tuple[Circumstance, ...] = Field(default=(), description="new circumstances only")
    condition_quotes: tuple[str, ...] = Field(
        default=(), description="the statement's words that say when, letter by letter"
    )
    outcomes: tuple[str, ...] = Field(
        default=(), description="the statement's words that say what is to be done, without those "
        "of the condition, letter by letter"
    )  # fmt: skip


def schema() -> dict[str, Any]:
    """The JSON Schema of a proposal; every key is to be given, as strict servers want it."""
    result = Proposal.model_json_schema()
    for part in (result, *result["$defs"].values()):
        part["required"] = list(part["properties"])
        for field in part["properties"].values():
            field.pop("default", None)
    return result


# --- what is asked --------------------------------------------------------------------------

_TASK = """You read policies. Of one statement of a policy you say in JSON how it is to be read:

- category: "factual" (what is so), "behavioral" (what is always or never to be done) or
  "conditional" (what is to be done depends on a circumstance)
- complexity: "simple" (one circumstance, one outcome) or "complex"; null if not conditional
- condition: when it applies, an expression over circumstances, with <, <=, >, >=, ==, in, and, or,
  not: `weight > 23 and not fragile`, `fare in ["basic", "saver"]`; null if not conditional
- variables: circumstances that the condition needs and the list lacks, each with name, type
  (boolean, number or category), label, unit and values
- condition_quotes: the words of the statement that say when, copied letter by letter
- outcomes: the words of the statement that say what is to be done, copied letter by letter, without
  the words of the condition

Use the circumstances that are listed wherever they fit. Reply with the JSON object alone."""

_EXAMPLE = (
    """Section: Hiring a bike
Circumstances:
- customer_age (number, years): the customer's age
Statement: Never hand out a bike to a customer under 16 unless a parent is there.""",
    Proposal(
        category="conditional",
        complexity="complex",
        condition="customer_age < 16 and not parent_there",
        variables=(Circumstance(name="parent_there", type="boolean", label="a parent is there"),),
        condition_quotes=("to a customer under 16", "unless a parent is there"),
        outcomes=("Never hand out a bike",),
    ),
)


def prompt(statement: Statement, spec: PolicySpec) -> list[Message]:
    """The chat that asks for a statement's reading; it changes only with what is near to it."""
    asked, answer = _EXAMPLE
    return [
        {"role": "system", "content": _TASK},
        {"role": "user", "content": asked},
        {"role": "assistant", "content": answer.model_dump_json()},
        {"role": "user", "content": _asked(statement, spec)},
    ]


def again(reply: str, reason: str) -> list[Message]:
    """What follows a reply that was refused."""
    return [
        {"role": "assistant", "content": reply},
        {"role": "user", "content": f"That cannot be: {reason}. Reply with the mended JSON alone."},
    ]


def _asked(statement: Statement, spec: PolicySpec) -> str:
    place = spec.statements.index(statement)
    near = spec.statements[max(place - AROUND, 0) : place + AROUND + 1]
    near = [s for s in near if s.section == statement.section]
    lines = [f"Section: {' / '.join(statement.section) or spec.document.name}"]
    if len(near) > 1:
        lines.append(f"Around it: {' '.join(' '.join(s.text.split()) for s in near)}")
    if variables := _near(statement, spec):
        lines += ["Circumstances:", *map(_listed, variables)]
    if statement.lead:
        lines.append(f"It stands under: {statement.lead}")
    lines.append(f"Statement: {' '.join(statement.text.split())}")
    return "\n".join(lines)


def _asked_by(statement: Statement) -> Iterable[str]:
    own = [statement.condition] if statement.condition is not None else []
    exceptions = (exception.condition for exception in statement.exceptions)
    return (name for condition in (*own, *exceptions) for name in variables_of(condition))


def _near(statement: Statement, spec: PolicySpec) -> list[Variable]:
    beside = [s for s in spec.statements if s.section == statement.section]
    names = {name for s in beside for name in _asked_by(s)}
    said = _stems(_surroundings(statement))
    like = [v for v in spec.variables if v.name not in names and _stems(_words_of(v)) & said]
    return [*(v for v in spec.variables if v.name in names), *like][:MOST_VARIABLES]


def _listed(variable: Variable) -> str:
    kind = variable.type
    if variable.unit:
        kind += f", {variable.unit}"
    if variable.values:
        kind += f": {', '.join(variable.values)}"
    return f"- {variable.name} ({kind}): {variable.label}"


# --- whether it can be so -------------------------------------------------------------------


def proposal_of(reply: str) -> Proposal:
    """The proposal in a reply; what stands around the JSON is left.

    Raises:
        ProposalError: there is no JSON object in it, or not one of the form asked for.
    """
    start = max(reply.rfind("</think>"), 0)
    start = reply.find("{", start)
    if start < 0:
        raise ProposalError("there is no JSON object in the reply")
    try:
        found, _ = json.JSONDecoder().raw_decode(reply, start)
        return Proposal.model_validate(found)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(map(str, fault["loc"]))
        raise ProposalError(f"{where}: {fault['msg'].lower()}") from error
    except (ValueError, RecursionError) as error:
        raise ProposalError(f"the reply is not JSON: {error}") from error


def verified(
    proposal: Proposal, statement: Statement, spec: PolicySpec, model: str, doubted: bool
) -> Given | None:
    """The reading that is proposed; None where the parser's, which is not in doubt, is the same.

    Args:
        doubted: whether the parser's own reading of the statement is in doubt.

    Raises:
        ProposalError: it cannot be so, or contradicts what the parser read without doubt.
    """
    if proposal.category != "conditional":
        for name in ("condition", "outcomes", "condition_quotes"):
            if getattr(proposal, name):
                raise ProposalError(f"a {proposal.category} statement has no {name}")
    if proposal.category != statement.category and not (
        doubted and proposal.category == "conditional"
    ):
        said = [f"'{' '.join(spec.document.quote(s).split())}'" for s in statement.condition_spans]
        why = f", as it depends on {' and '.join(said)}" if said else ""
        raise ProposalError(
            f"{proposal.category} it is not: for the parser it is {statement.category}{why}"
        )
    if proposal.category != "conditional":
        if doubted:
            raise ProposalError("it says no more than the parser read")
        return None
    conditions = _places("condition_quotes", proposal.condition_quotes, statement, spec)
    outcomes = _places("outcomes", proposal.outcomes, statement, spec)
    for one in conditions:
        for other in outcomes:
            if one.start < other.end and other.start < one.end:
                raise ProposalError(
                    f"'{spec.document.quote(one)}' is in a condition and in an outcome"
                )
    variables = _declared(proposal, spec)
    condition = _condition(proposal.condition, proposal.condition_quotes, variables)
    _agrees(condition, statement, spec, variables, doubted)
    if not doubted:
        return None
    if condition == statement.condition and not statement.exceptions:
        if [o.span for o in statement.outcomes] == outcomes:
            raise ProposalError("it says no more than the parser read")
    known = {v.name for v in spec.variables}
    return Given(
        model,
        "conditional",
        proposal.complexity,
        condition,
        tuple(conditions),
        tuple(Outcome(text=spec.document.quote(span), span=span) for span in outcomes),
        tuple(v for v in variables.values() if v.name not in known),
    )


def _places(name: str, quotes: Iterable[str], statement: Statement, spec: PolicySpec) -> list[Span]:
    found = []
    for quote in quotes:
        span = spec.document.find(quote, statement.span)
        if span is None:
            raise ProposalError(f"{name}: '{quote}' does not stand in the statement word for word")
        found.append(span)
    if not found:
        raise ProposalError(f"a conditional statement needs {name}")
    return found


def _declared(proposal: Proposal, spec: PolicySpec) -> dict[str, Variable]:
    """The document's circumstances and the proposal's, by name."""
    known = {variable.name: variable for variable in spec.variables}
    for new in proposal.variables:
        if new.name in known:
            if known[new.name].type != new.type:
                raise ProposalError(f"{new.name} is a {known[new.name].type}, not a {new.type}")
            continue
        if new.type == "category" and len(set(new.values)) < 2:
            raise ProposalError(f"{new.name}: a category needs two values at least")
        if not new.label.strip():
            raise ProposalError(f"{new.name}: its label is empty")
        known[new.name] = worded(Variable.model_validate(new.model_dump()))
    return known


def _condition(
    text: str | None, quotes: Sequence[str], variables: Mapping[str, Variable]
) -> Condition:
    """The condition, if it is one on what its quotes speak of, and on all of that."""
    if text is None:
        raise ProposalError("a conditional statement needs a condition")
    try:
        condition = condition_of(text, variables)
    except ConditionError as error:
        raise ProposalError(str(error)) from error
    said = " ".join(quotes)
    asked = [variables[name] for name in variables_of(condition)]
    for variable in asked:
        if not _stems(_words_of(variable)) & _stems(said):
            raise ProposalError(
                f"'{said}' does not speak of {variable.name} ({variable.label}); quote what does"
            )
    spoken = _stems(" ".join(map(_words_of, asked)))
    if left := [quote for quote in quotes if not _stems(quote) & spoken]:
        raise ProposalError(f"the condition leaves out '{left[0]}'")
    figures = _figures(said)
    for atom in atoms(condition):
        if isinstance(atom, Comparison) and atom.value not in figures:
            hint = nearest(number(atom.value), map(number, figures))
            raise ProposalError(
                f"{written(atom)}: '{said}' does not say {number(atom.value)}{hint}"
            )
    space = Space(variables, [condition])
    for result, reason in ((True, "can never hold"), (False, "always holds")):
        if not space.possible([(condition, result)]):
            raise ProposalError(f"{text!r} {reason}")
    return condition


def _agrees(
    condition: Condition,
    statement: Statement,
    spec: PolicySpec,
    variables: Mapping[str, Variable],
    doubted: bool,
) -> None:
    """Refuse what the parser's own reading of the statement contradicts."""
    if any(exception.outcome is not None for exception in statement.exceptions):
        raise ProposalError("it leaves out an exception that has an outcome of its own")
    parts: list[Condition] = [Not(operand=e.condition) for e in statement.exceptions]
    if statement.condition is not None:
        # what only a doubtful reading asks about may be one of the others, not recognised
        others = {n for s in spec.statements if s is not statement for n in _asked_by(s)}
        known = others | set(variables_of(condition))
        if not doubted or set(variables_of(statement.condition)) <= known:
            parts.append(statement.condition)
    if not parts:
        return
    read = And(operands=tuple(parts))
    space = Space(variables, [condition, read])
    case = space.case([(condition, True), (read, False)])
    if case is not None:
        raise ProposalError(f"it applies when {told(case, variables)}; for the parser it does not")
    case = None if doubted else space.case([(condition, False), (read, True)])
    if case is not None:
        raise ProposalError(f"it does not when {told(case, variables)}; for the parser it does")


def _surroundings(statement: Statement) -> str:
    return " ".join((*statement.section, statement.full_text))


def _words_of(variable: Variable) -> str:
    return " ".join((variable.name.replace("_", " "), variable.label, variable.unit,
                     *variable.values))  # fmt: skip


def _stems(text: str) -> frozenset[str]:
    words = re.findall(r"[^\W\d_]+", text.lower())
    return frozenset(word[:STEM] for word in words if word not in _COMMON)


def _figures(text: str) -> set[float]:
    """The numbers that a text says, in figures or in words."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    figures = [f.replace(",", "") for f in re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text)]
    return {NUMBER_WORDS[w] for w in words if w in NUMBER_WORDS} | {float(f) for f in figures}
