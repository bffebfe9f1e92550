"""Counts that are told by a bare number: 'one serious fault' beside 'two or more serious faults'.

In: the document, then a circumstance. Out: the circumstance as a comparison where the document
compares how many there are of that thing; 'no', 'one' and 'a single' are then counts as well.
"""

from __future__ import annotations

import re

from parsers.conditions.comparisons import LESS, MORE, NUMBER
from parsers.conditions.units import CONTINUOUS, MONEY, TIME
from parsers.language import singular

_WORDS = (
    r"(?P<words>(?:(?!(?:of|or|and|but|not|in|on|at|to|for|from|with|by|than|more|less|fewer|is|are|"
    r"was|were|has|have|must|may|can|will)\b)[a-z-]+\b ?){1,3})"
)
_SEVERAL = rf"(?!(?:zero|one|[01])\b){NUMBER}"  # 'at least one' is only not 'no'
_COMPARED = (
    re.compile(rf"\b{_SEVERAL} or (?:{MORE}|{LESS}) {_WORDS}", re.IGNORECASE),
    re.compile(rf"\b(?:(?:{LESS}) than|at least|at most) {_SEVERAL} {_WORDS}", re.IGNORECASE),
    re.compile(rf"\b(?:{MORE}) than {NUMBER} {_WORDS}", re.IGNORECASE),
)
_COMPARES = re.compile(
    r"\b(?:than|least|most|to|exactly|between|over|above|under|below|within|every|each|per|a)\s+$",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"\b(?:(?P<low>one|1) or (?P<high>{NUMBER})|(?P<many>no|a single|one|1)) {_WORDS}",
    re.IGNORECASE,
)
_BESIDE = re.compile(
    r"(?<!than )(?<!least )(?<!most )\b(?:no|one|a single)(?= ([a-z-]+)(?: ([a-z-]+))?)",
    re.IGNORECASE,
)
_OR_NONE = re.compile(r"or none(?: at all)?\b ?", re.IGNORECASE)
_UNITS = MONEY | CONTINUOUS | TIME.keys()


def counted_things(text: str) -> frozenset[str]:
    """The things, in the singular, whose number the document compares with another."""
    beside = {word for told in _BESIDE.findall(text) for word in told}
    alone = {word.lower().removesuffix("s") for word in beside} | {word.lower() for word in beside}
    found: set[str] = set()
    for pattern in _COMPARED:
        for match in pattern.finditer(text):
            words = match["words"].lower().split()
            found |= {singular(word) for word in words if singular(word) != word}
            found |= alone & {*words}  # 'more than one pet'
    return frozenset(found - _UNITS)


def exactly(text: str, things: frozenset[str]) -> str:
    """The circumstance with the number of such a thing told as a comparison: 'exactly one'."""
    for match in _BARE.finditer(text) if things else ():
        named = {singular(word) for word in match["words"].lower().split()}
        if not things & named or _UNITS & named or _COMPARES.search(text[: match.start()]):
            continue
        many, rest = match["many"] or match["high"], text[match.end() :]
        if none := _OR_NONE.match(rest):
            told, rest = f"at most {many}", rest[none.end() :]
        elif match["many"]:
            told = "exactly " + {"no": "zero", "a single": "one"}.get(many.lower(), many)
        else:
            told = f"between {match['low']} and {many}"
        return f"{text[: match.start()]}{told} {match['words'].rstrip()} {rest}".rstrip()
    return text
