"""What a sentence is marked with: `Marks`, and `Part`, a segment while it is being read.

In: ranges of a sentence's text, one after the other. Out: its circumstances, cut where another
conjunction opens the next, and how many they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from parsers.clauses.structure import Range
from parsers.segments import joined


@dataclass
class Marks:
    """Ranges into the sentence; `parts` counts conditions and `acts` outcomes.

    `rest` says that it is about what other rules leave: 'Other bags are refused'.
    """

    conditions: list[Range] = field(default_factory=list)
    outcomes: list[Range] = field(default_factory=list)
    parts: int = 0
    acts: int = 0
    exception: bool = False
    rest: bool = False
    directive: bool = False


@dataclass
class Part:
    """A segment being read: `taken` are circumstances, `cut` what no outcome has."""

    text: str
    start: int
    stop: int
    marks: Marks
    depths: list[int]
    taken: list[Range] = field(default_factory=list)
    cut: list[Range] = field(default_factory=list)

    def take(self, words: Range, cut: Range) -> None:
        """Count a stretch as circumstances."""
        self.taken += _pieces(self.text, *words)
        self.cut.append(cut)
        self.marks.parts += joined(self.text, *words)


_AND_IF = re.compile(r",?\s+(?:and|or|but)\s+(?:if|when|unless|where)\s+", re.IGNORECASE)


def _pieces(text: str, first: int, end: int) -> list[Range]:
    """A circumstance cut where another conjunction opens the next: 'if A, or if B'."""
    marks = list(_AND_IF.finditer(text, first, end))
    starts = [first, *(match.end() for match in marks)]
    return list(zip(starts, [*(match.start() for match in marks), end], strict=True))


def past_blanks(text: str, start: int, stop: int) -> int:
    """Where the next word begins, behind blanks, commas and colons."""
    return start + len(text[start:stop]) - len(text[start:stop].lstrip(" ,:"))
