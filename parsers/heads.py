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
from parsers.clauses import analyse_clause
from parsers.language import analyse, is_finite

_HEAD = re.compile(r"(?P<head>[A-Z][\w'’-]*(?: [\w'’-]+){0,4})[.] (?=[\"“(]?[A-Z\d€£$])")
FEWEST = 3


def under_heads(found: list[Block]) -> list[Block]:
    """The blocks, those with a run-in head knowing it."""
    heads = [_head(block) for block in found]
    counts = Counter(block.section for block, head in zip(found, heads, strict=True) if head)
    result = []
    for block, head in zip(found, heads, strict=True):
        if head and counts[block.section] >= FEWEST:
            namer = next((b for b in found if head in _names(b, heads)), None)
            kinds = tuple(_names(namer, heads)) if namer is not None else ()
            matter = heads[found.index(namer)] if namer is not None else head
            block = replace(block, head=head, matter=matter or head, kinds=kinds)
        result.append(block)
    return result


def _names(block: Block, heads: Sequence[str]) -> list[str]:
    """The heads of other paragraphs that a paragraph lists: 'Three kinds. Ours: … Yours: …'."""
    named = [head for head in dict.fromkeys(heads) if head and f" {head}: " in block.prose.text]
    return named if len(named) > 1 else []


def _head(block: Block) -> str:
    """The head a block opens with: a name, neither a clause nor an instruction."""
    match = None if block.kind == "row" else _HEAD.match(block.prose.text)
    if match is None:
        return ""
    head = match["head"]
    asks = re.match(r"(?:who|what|when|where|how|why)\b", head, re.IGNORECASE)
    clause = analyse_clause(head)
    verbal = any(is_finite(token) for token in analyse(head))
    if (verbal and not asks) or clause.imperative or clause.pieces or clause.connective:
        return ""
    return head
