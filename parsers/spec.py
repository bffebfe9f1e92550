"""The specification a policy document is parsed into: the contract of all four rooms.

Out of `parsers.parse`, into `data`, the evaluation and the report. Every model is frozen and goes
to JSON and back (`PolicySpec.model_dump_json`, `PolicySpec.model_validate_json`). The categories
are CAP-CPT's (arXiv 2510.11588): factual, behavioral, conditional; conditional statements are
simple or complex. Spans are pairs of character offsets into `Document.text`, the normalized
Markdown text, so that `document.text[span.start:span.end]` is always the verbatim source.
"""

from __future__ import annotations

import hashlib
import operator
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION = 1

Category = Literal["factual", "behavioral", "conditional"]
Complexity = Literal["simple", "complex"]
Value = bool | float | str
Case = Mapping[str, Value]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(Frozen):
    """Half-open character range [start, end) into `Document.text`."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Section(Frozen):
    """A heading and what stands under it, up to the next heading of its level or higher."""

    title: str
    level: int = Field(ge=1, description="1 for the document's title")
    path: tuple[str, ...] = Field(description="titles from the outermost section to this one")
    span: Span


class Image(Frozen):
    """An image or figure, and where it stands in the text."""

    source: str
    alt: str
    span: Span


class Document(Frozen):
    """A policy document after reading: what every span points into."""

    name: str
    sha256: str = Field(description="of the original file's bytes")
    text: str = Field(description="normalized Markdown")
    sections: tuple[Section, ...] = ()
    images: tuple[Image, ...] = ()

    def quote(self, span: Span) -> str:
        return self.text[span.start : span.end]

    def line(self, span: Span) -> int:
        """The 1-based line of `text` that the span begins on."""
        return self.text.count("\n", 0, span.start) + 1

    def find(self, words: str, inside: Span) -> Span | None:
        """Where these words stand first, whatever blanks are between them."""
        pattern = r"\s+".join(map(re.escape, words.split()))
        if not pattern:
            return None
        whole = re.compile(rf"(?<!\w){pattern}(?!\w)" if words.strip()[0].isalnum() else pattern)
        match = whole.search(self.text, inside.start, inside.end)
        return Span(start=match.start(), end=match.end()) if match else None


# --- conditions -----------------------------------------------------------------------------


class Comparison(Frozen):
    """`variable op value`, in the variable's unit."""

    kind: Literal["comparison"] = "comparison"
    variable: str
    op: Literal["<", "<=", ">", ">=", "==", "!="]
    value: float


class Membership(Frozen):
    """The categorical variable has one of these values."""

    kind: Literal["membership"] = "membership"
    variable: str
    values: tuple[str, ...]


class Truth(Frozen):
    """The boolean variable holds."""

    kind: Literal["truth"] = "truth"
    variable: str


class Not(Frozen):
    """The operand does not hold."""

    kind: Literal["not"] = "not"
    operand: Condition


class And(Frozen):
    """All operands hold."""

    kind: Literal["and"] = "and"
    operands: tuple[Condition, ...]


class Or(Frozen):
    """At least one operand holds."""

    kind: Literal["or"] = "or"
    operands: tuple[Condition, ...]


Condition = Annotated[Comparison | Membership | Truth | Not | And | Or, Field(discriminator="kind")]

_COMPARE = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


def holds(condition: Condition, case: Case) -> bool:
    """Whether the condition is true of the case.

    Raises:
        KeyError: the case lacks a variable that the condition asks about.
    """
    match condition:
        case Comparison(variable=name, op=op, value=value):
            return _COMPARE[op](float(case[name]), value)
        case Membership(variable=name, values=values):
            return case[name] in values
        case Truth(variable=name):
            return bool(case[name])
        case Not(operand=operand):
            return not holds(operand, case)
        case And(operands=operands):
            return all(holds(operand, case) for operand in operands)
        case Or(operands=operands):
            return any(holds(operand, case) for operand in operands)


Atom = Comparison | Membership | Truth
"""A condition on one variable."""


def atoms(condition: Condition) -> Iterator[Atom]:
    """The conditions on one variable that a condition is made of, in order."""
    match condition:
        case Not(operand=operand):
            yield from atoms(operand)
        case And(operands=operands) | Or(operands=operands):
            for operand in operands:
                yield from atoms(operand)
        case _:
            yield condition


def variables_of(condition: Condition) -> tuple[str, ...]:
    """Names of the variables a condition asks about, in order, each once."""
    return tuple(dict.fromkeys(atom.variable for atom in atoms(condition)))


class Variable(Frozen):
    """A circumstance that conditions ask about.

    The texts let it be spoken of: for a boolean, `label` is an affirmative clause ("the passenger
    is a Gold member") and `negated` its negation; for a number or a category, `label` is a noun
    phrase ("the bag's weight", "the fare type") and `clause` a sentence to put a value into
    ("the bag weighs {value} kg", "the flight is {value}").
    """

    name: str
    type: Literal["boolean", "number", "category"]
    label: str
    negated: str = ""
    clause: str = Field(default="", description="of a number or category, with {value} in it")
    unit: str = Field(default="", description="as the document says it: 'kg', 'hours', '€', '%'")
    values: tuple[str, ...] = Field(default=(), description="domain of a category")
    thresholds: tuple[float, ...] = Field(default=(), description="sorted; of a number")
    integer: bool = Field(default=False, description="a number that only counts whole things")


# --- statements -----------------------------------------------------------------------------


class Outcome(Frozen):
    """What is to be done: a verbatim clause, e.g. 'charge 75 euros'."""

    text: str
    span: Span | None = None


class Carveout(Frozen):
    """An exception inside a statement ('unless …', 'except …'), with its own outcome if any."""

    condition: Condition
    span: Span
    outcome: Outcome | None = None


class Statement(Frozen):
    """One rule or fact of the document.

    `lead` is the text that a bullet or a table row needs to be understood alone (its lead-in, the
    table's header row): `Statement.full_text` puts the two together. `condition` is the
    statement's own condition, without that of the bullets it is nested in.
    """

    id: str = Field(description="stable across edits elsewhere in the document")
    category: Category
    complexity: Complexity | None = None
    text: str = Field(description="verbatim: document.text[span]")
    span: Span
    section: tuple[str, ...] = ()
    lead: str = ""
    condition: Condition | None = None
    condition_spans: tuple[Span, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    exceptions: tuple[Carveout, ...] = ()
    references: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    workflow: str | None = Field(default=None, description="id of the workflow it is part of")
    assisted: str | None = Field(
        default=None, description="name of the model that proposed this reading, if one did"
    )

    @property
    def full_text(self) -> str:
        """The statement as one plain-text line, understandable on its own."""
        return " ".join(f"{self.lead} {self.text}".split())


# --- workflows ------------------------------------------------------------------------------


class Leaf(Frozen):
    """`outcome` indexes `Workflow.outcomes`; None is a gap: no rule covers the case."""

    kind: Literal["leaf"] = "leaf"
    outcome: int | None
    statements: tuple[str, ...] = ()


class Branch(Frozen):
    """A test that `statement` makes; `text` is how the document words it."""

    kind: Literal["branch"] = "branch"
    condition: Condition
    statement: str
    text: str
    yes: Node
    no: Node


Node = Annotated[Branch | Leaf, Field(discriminator="kind")]


class Test(Frozen):
    """A branch that was passed on the way to a leaf, and how it turned out."""

    __test__ = False  # not a pytest class

    condition: Condition
    statement: str
    text: str
    result: bool


class Decision(Frozen):
    """What a workflow decides for a case.

    `statements` are the ids that led to the outcome, in order: those of the tests that came out
    true, then those of the leaf. `tests` are all the tests made, true or not.
    """

    outcome: str | None
    index: int | None
    statements: tuple[str, ...]
    tests: tuple[Test, ...]


class Workflow(Frozen):
    """Rules that decide one matter together, compiled to a decision tree: the oracle."""

    id: str
    title: str
    section: tuple[str, ...] = ()
    variables: tuple[Variable, ...]
    outcomes: tuple[Outcome, ...]
    root: Node

    def variable(self, name: str) -> Variable:
        return next(v for v in self.variables if v.name == name)

    def decide(self, case: Case) -> Decision:
        """Run the case through the tree.

        Raises:
            KeyError: the case lacks a variable that is asked about on its path.
        """
        node, tests = self.root, []
        while isinstance(node, Branch):
            result = holds(node.condition, case)
            tests.append(
                Test(
                    condition=node.condition,
                    statement=node.statement,
                    text=node.text,
                    result=result,
                )
            )
            node = node.yes if result else node.no
        return self._decision(node, tuple(tests))

    def paths(self) -> Iterator[Decision]:
        """Every way from the root to a leaf, left (yes) to right, as the decision it makes.

        A path may be impossible (its tests contradict each other); callers that need a case sample
        one and check it with `decide`.
        """

        def walk(node: Node, tests: tuple[Test, ...]) -> Iterator[Decision]:
            if isinstance(node, Leaf):
                yield self._decision(node, tests)
                return
            for result, child in ((True, node.yes), (False, node.no)):
                test = Test(
                    condition=node.condition,
                    statement=node.statement,
                    text=node.text,
                    result=result,
                )
                yield from walk(child, (*tests, test))

        return walk(self.root, ())

    def _decision(self, leaf: Leaf, tests: tuple[Test, ...]) -> Decision:
        ids = [test.statement for test in tests if test.result] + list(leaf.statements)
        return Decision(
            outcome=None if leaf.outcome is None else self.outcomes[leaf.outcome].text,
            index=leaf.outcome,
            statements=tuple(dict.fromkeys(ids)),
            tests=tests,
        )


# --- diagnostics and the whole --------------------------------------------------------------


class Diagnostic(Frozen):
    """Something a person should look at; never an error.

    Parsing and corrections find the first six kinds, `parsers.lint` the next five. `assisted` tells
    what became of a model's proposal (`parsers.assist`).
    """

    kind: Literal[
        "gap", "conflict", "unreachable", "ambiguous", "unparsed", "stale",
        "undefined", "unused", "dangling", "vague", "duplicate", "assisted",
    ]  # fmt: skip
    message: str
    spans: tuple[Span, ...] = ()
    statements: tuple[str, ...] = ()
    workflow: str | None = Field(default=None, description="id of the one whose tree it is about")
    suggestion: str = ""


class PolicySpec(Frozen):
    """A parsed policy document."""

    schema_version: Literal[1] = SCHEMA_VERSION
    document: Document
    statements: tuple[Statement, ...]
    variables: tuple[Variable, ...] = Field(
        default=(), description="every circumstance any condition asks about, workflows' included"
    )
    workflows: tuple[Workflow, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def identifier(self) -> str:
        """The tag the weights tie the policy to, e.g. `<#Policy-1356X>` (CAP-CPT).

        Derived from the document's name, so that it outlives edits of the document.
        """
        digest = hashlib.sha256(self.document.name.encode()).hexdigest()
        return f"<#Policy-{int(digest[:8], 16) % 10000:04d}{chr(65 + int(digest[8:10], 16) % 26)}>"

    @property
    def doubtful(self) -> tuple[str, ...]:
        """Ids of workflows whose tree may not decide what the document says: a rule of theirs is
        unreachable, or something that bears on them could not be read."""
        kinds = ("unreachable", "ambiguous", "unparsed")
        told = {d.workflow for d in self.diagnostics if d.kind in kinds}
        return tuple(w.id for w in self.workflows if w.id in told)

    def trusted(self) -> PolicySpec:
        """The same without the doubtful workflows; their statements stand for themselves."""
        doubtful = self.doubtful
        return self.model_copy(
            update={
                "workflows": tuple(w for w in self.workflows if w.id not in doubtful),
                "statements": tuple(
                    s.model_copy(update={"workflow": None}) if s.workflow in doubtful else s
                    for s in self.statements
                ),
            }
        )

    def statement(self, statement_id: str) -> Statement:
        return next(s for s in self.statements if s.id == statement_id)

    def variable(self, name: str) -> Variable:
        return next(v for v in self.variables if v.name == name)

    def workflow(self, workflow_id: str) -> Workflow:
        return next(w for w in self.workflows if w.id == workflow_id)


for _model in (Not, And, Or, Comparison, Carveout, Statement, Branch, Workflow, PolicySpec):
    _model.model_rebuild()
