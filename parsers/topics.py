"""Paragraphs that each speak of one kind: 'Small rooms are easy. …' beside 'Big rooms are …'.

In: the blocks of a section. Out: for a paragraph whose first sentence only names its kind, the
words for that kind; what follows in the paragraph holds for it alone. Only where two paragraphs
name kinds of the same thing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers.blocks import Block
from parsers.conditions.comparisons import measures
from parsers.language import sentences

_TOPIC = re.compile(
    r"(?P<kind>[A-Z][a-z-]+ (?P<noun>[a-z]+s)) "
    r"(?:are|have|need|work|come|go|cost|take|get) [^.;:?]*[.]"
)


def topics(blocks: Sequence[Block]) -> dict[int, str]:
    """The kind that a paragraph speaks of, by the paragraph's place among the blocks."""
    found: dict[int, re.Match[str]] = {}
    for place, block in enumerate(blocks):
        if block.kind == "row" or len(sentences(block.prose.text)) < 2:
            continue
        start, end = sentences(block.prose.text)[0]
        match = _TOPIC.fullmatch(block.prose.text[start:end])
        told = match is not None and re.search(r"\b(?:if|when|unless|only|except)\b", match[0])
        if match is not None and not told and not measures(match[0]):
            found[place] = match
    nouns = [match["noun"] for match in found.values()]
    kinds = {match["kind"] for match in found.values()}
    return {
        place: match["kind"]
        for place, match in found.items()
        if nouns.count(match["noun"]) > 1 and len(kinds) > 1
    }
