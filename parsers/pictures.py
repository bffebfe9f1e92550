"""Pictures that a sentence needs: 'of the color shown in ![picture 1](crops/1.png), go to …'.

In: a document, and where a picture stands in a block. Out: the words that stand for it in the
running text, as a span of the document: its alternative text, as a reader hears it who does not
see it. Where pictures share theirs, or have none and the sentence cannot do without, it is their
source, so that conditions on different pictures stay different. A picture that a paragraph begins
or ends with, or that stands behind a full stop or a colon, is a figure and no part of a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from parsers.spec import Document, Span

_NEEDS = re.compile(r"\b(?:in|like|as|of|by|with|to|on|from|than|match(?:es|ing)?)\s*$", re.I)
_NEAR = 40
"""Characters around a picture that tell whether it is part of a sentence."""


def words(document: Document) -> dict[int, Span]:
    """Where each picture begins → the words that name it."""
    sources: dict[str, set[str]] = {}
    for image in document.images:
        sources.setdefault(image.alt.strip(), set()).add(image.source)
    result = {}
    for image in document.images:
        name, start = image.alt, image.span.start + len("![")
        if not name.strip() or len(sources[name.strip()]) > 1:
            name = image.source
            start = document.text.index(name, start + len(image.alt))
        result[image.span.start] = Span(start=start, end=start + len(name))
    return result


def said(words: Mapping[int, Span], at: int, text: str, start: int, end: int) -> Span | None:
    """The words of the picture at `at`, if the sentence around it in text[start:end] needs them."""
    if (name := words.get(at)) is None:
        return None
    before = text[max(start, at - _NEAR) : at].rstrip()
    behind = text.index(")", name.end) + 1
    after = text[behind : min(end, behind + _NEAR)].strip()
    if not before or before[-1] in ".:;!?" or not after:
        return None
    named = text[at + len("![")] != "]"
    return name if named or _NEEDS.search(before) else None
