"""A statement in the making, and which category it is of."""

from __future__ import annotations

from dataclasses import dataclass, field

from parsers.blocks import Block, Prose
from parsers.clauses.structure import Clause
from parsers.spec import Category, Condition, Outcome, Span
from parsers.statements.cases import LEAD_DIRECTIVE, behaves
from parsers.workflows.rules import Rule


@dataclass
class Draft:
    """A statement in the making; ranges are into `prose`.

    `owner` is the draft whose rule it belongs to, `over` the one that leads into it; a `branch`
    only names a case for the items nested in it, a `definition` says what rules mean by a term.
    """

    prose: Prose
    start: int
    end: int
    block: Block
    index: int
    lead: str = ""
    category: Category = "factual"
    condition: Condition | None = None
    condition_spans: list[Span] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    exceptions: list[tuple[Condition, Span, Rule]] = field(default_factory=list)
    unparsed: str = ""
    more: list[Outcome | None] = field(default_factory=list)
    owner: int = -1
    over: int = -1
    branch: bool = False
    definition: bool = False
    references: tuple[str, ...] = ()

    @property
    def span(self) -> Span:
        return self.prose.span(self.start, self.end)

    @property
    def said(self) -> str:
        return self.prose.text[self.start : self.end].strip()


def categorize(draft: Draft, head: Clause, instruct: bool) -> None:
    """Set the category by the rules it has made, its first clause and whether it instructs."""
    label = draft.said.endswith(":") and len(draft.said.split()) <= 3
    label = label and not LEAD_DIRECTIVE.search(draft.said)
    if (head.scope or label) and not draft.rules:
        draft.category = "factual"
    elif any(r.condition is not None or r.exceptions or r.connective == "otherwise"
             for r in draft.rules) or head.pieces or head.exceptions:  # fmt: skip
        draft.category = "conditional"
    elif head.instruction or instruct or behaves(draft.said):
        draft.category = "behavioral"
