"""Labels before a colon: 'Lost cards: 2 pounds to replace', 'Deposits: you pay 20 % at once'.

In: the text of a sentence or an item. Out: where its label ends, and whether the label names a case
('Notice of 7 to 13 days', 'Adults', 'Lost cards') or is a title that only says what follows.
"""

from __future__ import annotations

import re

from spacy.tokens import Token

from parsers.conditions.people import PEOPLE
from parsers.language import is_finite, tokens_of

NAMED = re.compile(r"(?P<name>[^:.;,?!()]{2,60}):\s+(?=\S)")
_AMOUNT = re.compile(
    r"\b(?:under|over|below|above|less than|more than|fewer than|at least|up to|within)\b|"
    r"\d+(?:\.\d+)? ?(?:to|or|–|-|and) ?(?:\d|more|less|over|under|above|below|older|younger)",
    re.IGNORECASE,
)


def label(text: str) -> tuple[int, bool] | None:
    """The length of a label's name, and whether it is a case; None where there is no label."""
    match = NAMED.match(text)
    if match is None:
        return None
    tokens = tokens_of(match["name"])
    if not tokens or len(tokens) > 8 or any(is_finite(t) for t in tokens):
        return None
    if _AMOUNT.search(match["name"]) and any(t.like_num for t in tokens):
        return match.end("name"), True
    if tokens[0].pos_ in {"ADP", "SCONJ", "ADV"} or tokens[0].tag_ in {"WRB", "WP"}:
        return None
    root = next((t for t in tokens if t.dep_ == "ROOT"), tokens[-1])
    if root.pos_ in {"NOUN", "PROPN"}:
        return match.end("name"), _case(root)
    if root.tag_ == "VBN" and any(t.dep_ in {"nsubj", "nsubjpass"} for t in root.lefts):
        return match.end("name"), True  # 'Card not recognised'
    titled = text[match.end()].isupper() and len(tokens) > 1
    return (match.end("name"), False) if titled else None


def _case(noun: Token) -> bool:
    """Whether a name without article is of people, or of things in some state."""
    if any(t.pos_ == "DET" for t in noun.lefts) or noun.tag_ not in {"NNS", "NNPS"}:
        return False
    state = any(t.dep_ == "amod" and t.tag_ == "VBN" for t in noun.lefts)
    return state or noun.lemma_.lower() in PEOPLE
