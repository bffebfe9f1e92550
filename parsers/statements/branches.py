"""Items that name a case for the items nested in them: 'Bikes we hired out', 'Under 7 days before'.

In: the items of one list. Out: which of them are such names. A title over a list of its own names
a matter ('Opening hours'), so two of them at least must name kinds of one thing, or amounts.
"""

from __future__ import annotations

import re

from parsers.blocks import Block
from parsers.clauses.analysis import analyse_clause
from parsers.conditions.comparisons import comparisons
from parsers.conditions.syntax import noun_and_restriction
from parsers.language import is_finite, singular, tokens_of

_MOST_WORDS = 12


def branches(items: list[Block], routed: bool) -> list[str]:
    """For each item the case that it names, or ''.

    Args:
        routed: the sentence above them says that it depends on what they name.
    """
    names = [_name(item) for item in items]
    named = [name for name in names if name]
    alike = len({_head(name) for name in named}) == 1
    measured = all(comparisons(name) for name in named)
    return names if len(named) > 1 and (alike or measured or routed) else [""] * len(items)


def _name(item: Block) -> str:
    """What an item with a list of its own says, if that is a phrase."""
    said = item.prose.text.strip().rstrip(":").rstrip()
    if not item.children or len(said.split()) > _MOST_WORDS or re.search(r"[.!?:;]", said):
        return ""
    clause = analyse_clause(said)
    tokens = tokens_of(said)
    bare = tokens[0].pos_ not in {"DET", "PRON"}  # 'Bikes hired from us' has a participle
    if any(piece.form == "clause" for piece in clause.pieces):
        return ""
    finite = any(is_finite(token) and not (bare and token.tag_ == "VBD") for token in tokens)
    return "" if finite or clause.imperative or clause.connective else said


def _head(name: str) -> str:
    """The noun of a phrase, or what it opens with where it is none: 'on foot' and 'on a bike'."""
    if comparisons(name):
        return "#"
    noun, _ = noun_and_restriction(name)
    words = noun.split() or name.split()
    return singular(words[-1].lower())
