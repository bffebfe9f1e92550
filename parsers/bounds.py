"""Where a statement begins and ends: drafts gathered into statements.

In: the drafts of a document, one a sentence or so, in reading order. Out: `Unit`s, and for each
draft the unit that speaks for it. A lead-in ('Each bill contains:') belongs to the items under it
and is no statement of its own; a sentence that would be false without the one before it
('Otherwise …', 'If it is not, …', 'This does not apply to …') joins that one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from parsers.clauses.analysis import analyse_clause
from parsers.duties import instructs
from parsers.spec import Span
from parsers.statements.drafts import Draft

_CLOSED = re.compile(r"[.!;][\"'”’)\]]*$")
_JOINER = re.compile(r"[;,]\s+(?:and|or|and/or)\s*$", re.IGNORECASE)
_LABEL_WORDS = 3
_HANGS = re.compile(
    r"(?:but |and |or )?(?:otherwise|if not|if so|if (?:it|this|that|he|she|they|not)"
    r"(?: (?:is|are|does|do|has|have|was|can|will|cannot)(?: not|n['’]t)?)?,|"
    r"if (?:this|that) (?:does|do|did|is|has|was|can|will)(?: not|n['’]t)\b[^,]{0,30},|"
    r"in (?:that|this|such(?: an?)?|these|those|which) (?:case|event|situation)s?\b|"
    r"(?:this|that|these|those|it|the (?:above|foregoing|rules?|limit))(?: [\w-]+)? (?:does|"
    r"do) not apply|"
    r"(?:the|an|one) (?:only |sole )?exceptions? (?:is|are|to this)|"
    r"in (?:all )?other cases\b)",
    re.IGNORECASE,
)
_THEN = re.compile(
    r"(?:they|it|he|she|you|we|the [\w-]+)(?: \w+)? then\b|"
    r"then,? (?:they|it|he|she|you|we|the|an?|this|that|their|your|our)\b",
    re.IGNORECASE,
)
_WH = re.compile(
    r"(?:(?:any |more |further )?(?:questions?|comments?|concerns?)\b|what|who|whom|whose|which|"
    r"when|where|why|how)\b",
    re.IGNORECASE,
)
_REFERS = re.compile(r"\((?:see|cf\.?|compare)\b[^()]*\)\W*$", re.IGNORECASE)
_OF_ITS_OWN = re.compile(
    r"(?:never|always|do not|don['’]t|remember|note|be sure|make sure|in particular|so|also|"
    r"in addition|additionally|furthermore|finally)\b",
    re.IGNORECASE,
)
# what is done at a time of its own is done whatever the case before it was
_OWN_TIME = re.compile(
    r"\b(?:(?:every|each) (?:time|hour|day|morning|afternoon|evening|night|shift|week|month)|"
    r"(?:at|before|after) the (?:start|beginning|end) of (?:the|an?|each|every|your)|"
    r"in the (?:morning|afternoon|evening)s?|hourly|daily|weekly|monthly)\b",
    re.IGNORECASE,
)


@dataclass
class Unit:
    """The drafts of one statement; `leads` are the lead-ins above it, outermost first."""

    drafts: list[Draft]
    leads: tuple[Draft, ...] = ()

    @property
    def first(self) -> Draft:
        return self.drafts[0]

    @property
    def span(self) -> Span:
        """From the first to the last word; what joins an item to the next is not in it."""
        last = self.drafts[-1]
        end = last.start + len(unjoined(last))
        where = last.prose.span(last.start, end)
        return Span(start=self.first.span.start, end=where.end)


def unjoined(draft: Draft) -> str:
    """A draft's text without the 'and' that joins an item to the next."""
    said = draft.prose.text[draft.start : draft.end]
    return _JOINER.sub("", said) if draft.block.kind == "item" else said


def units(drafts: list[Draft]) -> tuple[list[Unit], list[int]]:
    """The statements that drafts make; result[1][i] is the index of draft i's unit."""
    introduced = {draft.over for draft in drafts}
    result: list[Unit] = []
    at: list[int] = []
    waiting: list[int] = []
    for draft in drafts:
        if _leads(draft, introduced) and draft is not drafts[-1]:
            waiting.append(draft.index)
            at.append(-1)
            continue
        previous = result[-1] if result and not waiting else None
        bare = draft.block.kind != "row" and not re.search(r"[^\W\d_]", draft.said)
        if previous is not None and bare:
            pass  # a footnote's mark
        elif previous is not None and (_REFERS.match(draft.said) or _joins(draft, previous)):
            previous.drafts.append(draft)
        else:
            result.append(Unit([draft], _leads_of(draft, drafts)))
        at.append(len(result) - 1)
        for index in waiting:
            at[index] = len(result) - 1
        waiting = []
    return result, at


def _leads(draft: Draft, introduced: set[int]) -> bool:
    """Whether a draft only leads into what follows it."""
    said = draft.said
    if draft.index in introduced:
        return not _CLOSED.search(said)
    label = len(said.split()) <= _LABEL_WORDS and said.endswith(":")
    return label and draft.block.kind != "row"


def _leads_of(draft: Draft, drafts: list[Draft]) -> tuple[Draft, ...]:
    leads: list[Draft] = []
    while draft.over >= 0:
        draft = drafts[draft.over]
        leads.append(draft)
    return tuple(reversed(leads))


def _joins(draft: Draft, previous: Unit) -> bool:
    """Whether a draft hangs on the statement before it."""
    last = previous.drafts[-1]
    same = draft.block is last.block
    if not same and not (draft.block.kind == "item" and draft.over == last.over
                         and draft.block in last.block.children):  # fmt: skip
        return False
    if draft.block.kind == "row":
        return False
    said = draft.said
    if _HANGS.match(said):
        return same or bool(re.match(r"\w+ does not apply|(?:the|an) exception", said, re.I))
    if not same:
        return False
    before, now = analyse_clause(last.said), analyse_clause(said)
    if before.pieces and _THEN.match(said):
        return True
    if last.said.endswith("?") and len(previous.drafts) == 1 and not _WH.match(last.said):
        return now.imperative or bool(_THEN.match(said))
    return (
        bool(before.pieces) and before.imperative and not before.pieces[0].trailing
        and instructs(last.said)
        and now.imperative and not now.pieces and not now.connective
        and not _OF_ITS_OWN.match(said) and not _OWN_TIME.search(said)
    )  # fmt: skip
