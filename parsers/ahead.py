"""The texts that parsing a document will ask the language pipeline about, guessed beforehand.

In: the sections' blocks. Out: the same sections, one by one, after their sentences, and the parts
of them before and after a comma or an 'if', have been analysed in batches. A wrong guess costs a
millisecond and changes nothing; what was not guessed is analysed when it is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from parsers.blocks import Block
from parsers.language import BATCH, prepare, sentences

_PART = re.compile(r";\s+|:\s+(?=[a-z])|,?\s+(?=(?:and |or |but )?otherwise\b)")
_CONJUNCTION = re.compile(
    r"\b(?:only |and |but |or )?(?:if|when|where|unless|once|in case|as long as)\s+", re.IGNORECASE
)

Sections = Iterable[tuple[tuple[str, ...], list[Block]]]


def analysed_ahead(sections: Sections) -> Iterator[tuple[tuple[str, ...], list[Block]]]:
    """The sections in order, each after its likely texts have been analysed."""
    waiting: list[tuple[tuple[str, ...], list[Block]]] = []
    texts: list[str] = []
    for path, members in sections:
        waiting.append((path, members))
        texts += [text for block in members for text in _likely(block)]
        if len(texts) >= BATCH:
            prepare(texts)
            yield from waiting
            waiting, texts = [], []
    prepare(texts)
    yield from waiting


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
