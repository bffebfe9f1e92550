"""Footnotes: a note is a statement of the section that refers to it, and its mark is no text.

In: the blocks of a document in which notes are written as Markdown writes them, `[^1]` and
`[^1]: text`; the readers of HTML, Word and PDF write them so too. Out: the blocks with each note
behind those of the section where its mark first stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parsers.blocks import Block

MARK = r"\[\^[^\]\s]{1,40}\]"
OPENING = re.compile(r"[ ]{0,3}\[\^([^\]\s]{1,40})\]:[ \t]*")
_MARK = re.compile(r"\[\^([^\]\s]{1,40})\](?!:)")


def placed(
    found: list[Block], text: str, section_at: Callable[[int], tuple[str, ...]]
) -> list[Block]:
    """The blocks, each note moved behind the last block of the section that refers to it."""
    notes = [block for block in found if block.note]
    if not notes:
        return found
    first: dict[str, int] = {}
    for match in _MARK.finditer(text):
        first.setdefault(match[1], match.start())
    result = [block for block in found if not block.note]
    last = {block.section: i for i, block in enumerate(result)}
    behind: dict[int, list[Block]] = {}
    for note in notes:
        if note.note in first:
            note.section = section_at(first[note.note])
        behind.setdefault(last.get(note.section, len(result) - 1), []).append(note)
    merged: list[Block] = behind.get(-1, [])
    for i, block in enumerate(result):
        merged += [block, *behind.get(i, [])]
    return merged
