"""Run-in heads: '7. Deposits. We take …' names its matter as a heading would.

In: the blocks of a document. Out: the same blocks, each knowing the head it opens with. Only where
at least three blocks of a section have one: a memo's or a sheet's way of writing, not a sentence
that happens to be short.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from parsers.blocks import Block
from parsers.clauses.analysis import analyse_clause
from parsers.language import analyse, is_finite, prepare

_HEAD = re.compile(r"(?P<head>[A-Z][\w'’-]*(?: [\w'’-]+){0,4})[.] (?=[\"“(]?[A-Z\d€£$])")
FEWEST = 3


def under_heads(found: list[Block]) -> list[Block]:
    """The blocks, those with a run-in head knowing it."""
    openings = ["" if b.kind == "row" or b.case else _opening(b.prose.text) for b in found]
    prepare(opening for opening in openings if opening)
    heads = [opening if opening and _names(opening) else "" for opening in openings]
    counts = Counter(block.section for block, head in zip(found, heads, strict=True) if head)
    namers = _namers(found, heads)
    result = []
    for block, head in zip(found, heads, strict=True):
        if head and counts[block.section] >= FEWEST:
            matter, kinds = namers.get(head, (head, ()))
            block = replace(block, head=head, matter=matter or head, kinds=kinds)
        result.append(block)
    return result


def _namers(found: Sequence[Block], heads: Sequence[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """For a head that a paragraph lists, 'Three kinds. Ours: … Yours: …', its head and its list."""
    namers: dict[str, tuple[str, tuple[str, ...]]] = {}
    distinct = [head for head in dict.fromkeys(heads) if head]
    for block, own in zip(found, heads, strict=True):
        text = block.prose.text
        named = tuple(head for head in distinct if f" {head}: " in text) if ": " in text else ()
        for head in named if len(named) > 1 else ():
            namers.setdefault(head, (own, named))
    return namers


def _opening(text: str) -> str:
    """What a text opens with, if it may be a head."""
    match = _HEAD.match(text)
    return match["head"] if match else ""


def _names(head: str) -> bool:
    """Whether it is a name, neither a clause nor an instruction."""
    asks = re.match(r"(?:who|what|when|where|how|why)\b", head, re.IGNORECASE)
    clause = analyse_clause(head)
    verbal = any(is_finite(token) for token in analyse(head))
    told = clause.imperative or clause.pieces or clause.connective
    return not ((verbal and not asks) or told)
