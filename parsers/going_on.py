"""Items that go on with what is above or before them: 'and it is late, refund it', 'After that, …'.

In: the blocks of a document. Out: the same blocks, an item under 'If it has shipped:' with 'If' in
the place of its 'and', or before it, where what it opens with is a clause and not what is done; and
what goes on from a stretch of time that the item or paragraph before it opens with as later than
that. Words put in stand where the item begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from parsers.blocks import Block
from parsers.clauses.analysis import analyse_clause
from parsers.fragments import OPENS
from parsers.language import tokens_of
from parsers.periods import PERIOD
from parsers.shorthand import inserted, spliced

_JOINT = re.compile(r"(?:and|but) (?:also |then )?(?:if |when )?(?=\w)", re.IGNORECASE)
_LEADS = re.compile(r"(?P<joint>,? and|,? but|,)?\s*:$", re.IGNORECASE)
_AFTER_THAT = re.compile(r"(?:after|beyond|past) that(?: (?:point|time|date|period))?(?=,)", re.I)
_FROM_NOTHING = re.compile(
    r"(?:within|during|up to|under|from (?:day|week|month|year) (?:one|1)\b|"
    r"(?:for )?(?:less|fewer) than|(?:between|from) 0\b)",
    re.IGNORECASE,
)
_BY_DEFAULT = re.compile(
    r"(?:by default|as a (?:general )?rule|normally|usually|ordinarily)(?=,)", re.I
)
_CASE = re.compile(r"(?:if|when|where|unless|should|in case)\b", re.IGNORECASE)
_NO_CLAUSE = re.compile(
    r"(?:otherwise|else|then|yes|no|not|only|in|for|with|without|within|after|before|please|"
    r"always|never|do|don['’]t)\b",
    re.IGNORECASE,
)


def gone_on(found: Sequence[Block]) -> list[Block]:
    """The blocks, the items that go on with a case written out."""
    result: list[Block] = []
    lead = ""
    for number, block in enumerate(found):
        if block.kind != "item":
            lead = block.prose.text
        before = [other for other in found[:number] if other.section == block.section]
        among = [other for other in found if other.section == block.section]
        result.append(_item(block, lead, before, among))
    return result


def _item(block: Block, lead: str, before: Sequence[Block], among: Sequence[Block]) -> Block:
    """A block, and the items in it; `among` are the blocks it stands among."""
    over = block.prose.text
    children = [
        _item(child, over, block.children[:number], block.children)
        for number, child in enumerate(block.children)
    ]
    beside = [other for other in among if other is not block and other.kind == "item"]
    if (usual := _BY_DEFAULT.match(over)) and block.kind == "item" and _cases(beside):
        block = replace(block, prose=spliced(block.prose, 0, usual.end(), "Otherwise"))
    if (later := _AFTER_THAT.match(over)) and _stretches(block, before):
        block = replace(block, prose=spliced(block.prose, 0, later.end(), "Later than that"))
    whole = replace(block, children=children) if children else block
    if block.kind != "item" or not (OPENS.match(lead) and _LEADS.search(lead)):
        return whole
    text = block.prose.text
    joint = _JOINT.match(text)
    if not _tells(text[joint.end() :] if joint else text):
        return whole
    if joint is None:
        return replace(whole, prose=inserted(block.prose, "If "))
    return replace(whole, prose=spliced(block.prose, 0, joint.end(), "If "))


def _cases(beside: Sequence[Block]) -> bool:
    """Whether the items beside a default are cases, none of which takes what is left."""
    texts = [block.prose.text for block in beside]
    return bool(texts) and all(_CASE.match(text) for text in texts)


def _stretches(block: Block, before: Sequence[Block]) -> bool:
    """Whether what stands right before a block opens with a stretch of time.

    And the first of such stretches begins with nothing, so that 'after that' is all that is left.
    """
    texts = [other.prose.text for other in before if other.kind == block.kind]
    stretches = [text for text in texts if PERIOD.match(text)]
    told = bool(texts) and bool(stretches) and texts[-1] == stretches[-1]
    return told and _FROM_NOTHING.match(stretches[0]) is not None


def _tells(text: str) -> bool:
    """Whether a text opens with a clause that says how things are, and then what is done."""
    if OPENS.match(text) or _NO_CLAUSE.match(text) or "," not in text:
        return False
    if analyse_clause(text[: text.index(",")]).imperative:
        return False
    clause = analyse_clause(f"If {text}")
    fronted = [piece for piece in clause.pieces if not piece.trailing]
    if len(fronted) != 1 or clause.outcome is None or not clause.imperative:
        return False
    return any(token.dep_ in {"nsubj", "nsubjpass", "expl"} for token in tokens_of(
        clause.said(fronted[0])))  # fmt: skip
