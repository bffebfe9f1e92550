"""The texts that parsing a document will ask the language pipeline about, guessed beforehand.

In: sections, and what they will ask about. Out: the same sections, one by one, after those texts
have been analysed in batches: of blocks the sentences, and the parts of them before and after a
comma or an 'if'. A wrong guess costs a millisecond and changes nothing; what was not guessed is
analysed when it is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from parsers.blocks import Block
from parsers.language import BATCH, prepare, sentences

T = TypeVar("T")

_PART = re.compile(r";\s+|:\s+(?=[a-z])|,?\s+(?=(?:and |or |but )?otherwise\b)")
_CONJUNCTION = re.compile(
    r"\b(?:only |and |but |or )?(?:if|when|where|unless|once|in case|as long as)\s+", re.IGNORECASE
)


def analysed_ahead(items: Iterable[T], texts: Callable[[T], Iterable[str]]) -> Iterator[T]:
    """The items in order, each after the texts that it will ask about have been analysed."""
    waiting: list[T] = []
    wanted: list[str] = []
    for item in items:
        waiting.append(item)
        wanted += texts(item)
        if len(wanted) >= BATCH:
            prepare(wanted)
            yield from waiting
            waiting, wanted = [], []
    prepare(wanted)
    yield from waiting


def likely(blocks: Iterable[Block]) -> Iterator[str]:
    """The texts that reading these blocks will ask about, or most of them."""
    return (text for block in blocks for text in _likely(block))


def _likely(block: Block) -> Iterator[str]:
    for start, end in sentences(block.prose.text):
        parts = _PART.split(block.prose.text[start:end])
        if len(parts) > 1:
            yield block.prose.text[start:end].rstrip(" .;!")
        for part in parts:
            segment = part.rstrip(" .;!").lstrip()
            yield segment
            first, comma, rest = segment.partition(",")
            opened = _CONJUNCTION.match(first)
            if comma:
                yield rest.strip()
            if comma and opened:
                yield first[opened.end() :]
            elif later := _CONJUNCTION.search(segment, 1):
                yield segment[later.end() :]
                yield segment[: later.start()].rstrip(" ,")
    for child in block.children:
        yield from _likely(child)
