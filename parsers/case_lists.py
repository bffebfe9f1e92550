"""Lists whose items open with a case: '**A pane is broken.** Board it up.', 'Not paid yet: wait.'

In: the blocks of a document. Out: the same blocks, an item's or paragraph's opening written out as
the circumstance of what follows: 'If a pane is broken: Board it up.' An opening may as well be a
title ('**Deposits.** We take 50 euros.'), so only these are cases: the openings of a list of which
the text says that the first one that fits decides; those of a list that stands under a case, if one
of them can be nothing else; and openings in bold or italics that say how things are, or measure
something. What opens with 'If' stays; words that are put in stand where the opening stands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from parsers.blocks import Block
from parsers.clauses.analysis import analyse_clause
from parsers.fragments import OPENS, OTHERS, Told, kind_noun, told
from parsers.language import is_finite, sentences, tokens_of
from parsers.leads import routes
from parsers.shorthand import inserted, spliced
from parsers.statements.cases import KIND
from parsers.statements.ordered import FIRST_FITS
from parsers.statements.ordered import head as stated

_LABEL = re.compile(r"(?P<label>[^:;?]{3,200}?):(?=\s|$)")
_BEHIND = re.compile(r"(?:\s*\([^()]*\))?\s*(?:[.:]|\s[–—-])(?=\s|$)")
_ELSE = re.compile(
    r"(?:otherwise|if not|in (?:all|any) other cases?|(?:any|every)one else)\b", re.I
)
# 'no charge on a junior card;'
_TRAILING = re.compile(
    r"(?P<what>[^,:;.]+?) (?P<case>(?:on|for|with|without|in|at|from|by|under|over) "
    r"(?:(?:an?|the|any|no) )?[\w-]+(?: [\w-]+){0,4})[;,.]?(?: and| or| but)?",
    re.IGNORECASE,
)
# 'Deposit:', 'The notice:' over cases of its own: what they are about, and no case
_MATTER = re.compile(
    r"\b(?:fee|charge|deposit|balance|refund|payment|price|cost|rate|deadline|time|hours|period|"
    r"notice|form|address|contact|rule|note|reason|document|proof|limit|amount|allowance|date|"
    r"duration|place|procedure|exception|reply|letter)s?$",
    re.IGNORECASE,
)
_STOPS = re.compile(r"[.!?]\s")


@dataclass(frozen=True)
class Opening:
    """The words that an item opens with, and where they and what parts them off end."""

    said: str
    end: int
    marked: bool


def with_cases(found: Sequence[Block]) -> list[Block]:
    """The blocks, the openings that name cases written out."""
    result: list[Block] = []
    for _, run in groupby(found, key=lambda block: block.section):
        blocks = list(run)
        blocks = _paragraphs(blocks)
        first_fits, leads, before = False, False, ""
        for item, some in groupby(blocks, key=lambda block: block.kind == "item"):
            members = list(some)
            if item:
                members = _listed(members, leads, first_fits, lead=before)
            else:
                first_fits |= any(FIRST_FITS.search(block.prose.text) for block in members)
                before = members[-1].prose.text
                leads = _leads(members[-1])
            result += members
    return result


def _leads(block: Block) -> bool:
    """Whether a block is a case that only what follows it completes: 'If it is late:'"""
    text = block.prose.text.rstrip()
    return text.endswith(":") and bool(OPENS.match(text))


def _paragraphs(blocks: list[Block]) -> list[Block]:
    """A section's paragraphs that open in bold or italics, those that name cases written out."""
    places = [i for i, block in enumerate(blocks) if block.kind == "paragraph" and block.marked]
    some = [blocks[i] for i in places]
    first_fits = any(FIRST_FITS.search(block.prose.text) for block in blocks)
    leading = [i + 1 < len(blocks) and blocks[i + 1].kind == "item" for i in places]
    written = _listed(some, False, first_fits, leading) if len(some) > 1 else some
    result = list(blocks)
    for place, block in zip(places, written, strict=True):
        result[place] = block
    return result


def _listed(
    items: list[Block], within: bool, first_fits: bool, leading: Sequence[bool] = (),
    lead: str = "",
) -> list[Block]:  # fmt: skip
    """The items of one list, their openings written out if they are cases.

    Args:
        within: the list stands under a case.
        first_fits: the text says that the first item that fits decides.
        leading: of paragraphs, which have a list behind them.
        lead: the text above the list.
    """
    items = _with_trailing(items) if items and within else items
    over = leading or [bool(item.children) for item in items]
    openings = [opening(item, led) for item, led in zip(items, over, strict=True)]
    labels = [found.said if found else "" for found in openings]
    each = [
        Told("opened") if found is None and OPENS.match(item.prose.text)
        else told(found.said, labels) if found else Told("")
        for item, found in zip(items, openings, strict=True)
    ]  # fmt: skip
    named = {what.sort for what in each} <= {"name", "rest"} and lead.rstrip().endswith(":")
    kinds = named and all(KIND.match(item.prose.text) for item in items) and routes(lead)
    cases = not (kinds or any(item.case for item in items)) and _are_cases(
        items, openings, each, within, first_fits
    )  # 'The cause decides:' over names is a list of kinds
    sorts = {what.sort for what in each}
    closes = "rest" in sorts or any(OTHERS.match(item.prose.text) for item in items)
    matched = "case" in sorts or first_fits or (bool(leading) and closes)
    result = []
    for item, found, what in zip(items, openings, each, strict=True):
        inside = cases or item.case or bool(OPENS.match(item.prose.text))
        text = item.prose.text
        children = _listed(item.children, inside, False, lead=text) if item.children else []
        whole = replace(item, children=children)
        if cases and found and not (first_fits and not found.marked and stated(whole)):
            whole = _written(whole, found, what)
        if cases and matched:
            whole.matched = True
        result.append(whole)
    return result


def opening(item: Block, leads: bool) -> Opening | None:
    """What an item opens with that may be a case, or a title; None if it has no such opening."""
    text, marked = item.prose.text, item.marked
    if item.kind == "row":
        return None
    if marked:
        head = text[:marked]
        if head.rstrip().endswith((".", ":")):
            return Opening(head.rstrip(" .:"), marked, True)
        if behind := _BEHIND.match(text, marked):
            return Opening(head, behind.end(), True)
        if not text[marked:].strip():
            return Opening(head, len(text), True) if leads else None
    label = _LABEL.match(text)
    if label and not _STOPS.search(label["label"]):
        return Opening(label["label"], label.end(), bool(marked))
    if leads and not marked and len(sentences(text)) == 1 and not text.rstrip().endswith("."):
        return Opening(text.rstrip(" :"), len(text), False)
    return None


def _are_cases(
    items: list[Block], openings: list[Opening | None], each: list[Told], within: bool,
    first_fits: bool,
) -> bool:  # fmt: skip
    """Whether the openings of a list are cases."""
    sorts = [what.sort for what in each]
    if "" in sorts or not {"rest", "clause", "case", "name"} & {*sorts}:
        return False
    if first_fits:  # a mere name among statements is no case beyond doubt
        bare = any(
            found and not found.marked and sort == "name"
            for found, sort in zip(openings, sorts, strict=True)
        )
        return not (bare and "clause" in sorts)
    sure = {"rest", "clause", "case"} & {*sorts}
    if within:
        titles = any(found and _MATTER.search(found.said) for found in openings)
        return bool(sure) or _one_kind(openings) or (not titles and any(map(_has_cases, items)))
    own = [found for found, sort in zip(openings, sorts, strict=True) if sort != "opened"]
    if not all(found and found.marked for found in own) or len(items) < 2:
        return False
    told_so = sorts.count("clause") + sorts.count("case")
    names = sorts.count("name")
    plain = [what.words for what in each if what.sort == "clause"]
    closes = any(OTHERS.match(item.prose.text) for item in items)
    return (
        told_so > names
        and all(map(_does, items, openings, each))
        and (closes or bool({"rest", "case"} & {*sorts}) or any(map(_has_happened, plain)))
    )


def _one_kind(openings: list[Opening | None]) -> bool:
    """'Milk tooth', 'Adult tooth': kinds of one noun."""
    nouns = {kind_noun(found.said) for found in openings if found}
    return len(openings) > 1 and len(nouns) == 1 and "" not in nouns


def _has_cases(item: Block) -> bool:
    """Whether what stands under an item are cases beyond doubt."""
    found = [opening(child, bool(child.children)) for child in item.children]
    labels = [o.said if o else "" for o in found]
    sorts = {told(o.said, labels).sort if o else "" for o in found}
    return bool(sorts) and sorts <= {"rest", "clause", "case", "opened"} and sorts != {"opened"}


def _does(item: Block, found: Opening | None, what: Told) -> bool:
    """Whether behind its opening an item says what is done: no mere remark about a title."""
    if what.sort != "clause":
        return True
    rest = item.prose.text[found.end if found else 0 :].strip()
    if not rest:
        return True
    clause = analyse_clause(rest)
    verbal = any(map(is_finite, tokens_of(rest)))
    return clause.imperative or clause.instruction or bool(clause.pieces) or not verbal


def _has_happened(clause: str) -> bool:
    """Whether a clause tells of what has happened, as no rule's title does."""
    return any(token.tag_ in {"VBD", "VBN"} for token in tokens_of(clause))


def _written(item: Block, found: Opening, what: Told) -> Block:
    """An item with its opening as the circumstance of a sentence."""
    words = (what.words or found.said) + ":"
    return replace(item, prose=spliced(item.prose, 0, found.end, words), led=True)


def _with_trailing(items: list[Block]) -> list[Block]:
    """'- free for members; - otherwise, 5 euros': a case behind what is done in it put before it.

    Only in front of an item that takes what the others leave, so that each of them is a case.
    """
    last = items[-1].prose.text
    if len(items) < 2 or not _ELSE.match(last):
        return items
    matches = [_TRAILING.fullmatch(item.prose.text) for item in items[:-1]]
    result = list(items)
    for place, match in enumerate(matches):
        if match is None or items[place].children or _verbal(match["what"]):
            continue
        case = match["case"]
        words = case if case.startswith("for ") else f"if it is {case}"
        prose = items[place].prose
        prose = spliced(prose, match.start("case") - 1, len(prose.text), "")
        words = f"{words[0].upper()}{words[1:]}: "
        result[place] = replace(items[place], prose=inserted(prose, words), led=True)
    return result


def _verbal(text: str) -> bool:
    """Whether a text has a verb that says by itself what is done, and what hangs on it."""
    return analyse_clause(text).imperative or any(map(is_finite, tokens_of(text)))
