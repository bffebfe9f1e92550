"""What a sentence is taken apart into: `Clause`, with character ranges into its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Connective = Literal[
    "", "otherwise", "that case", "exception", "same", "instead", "exempt", "override", "failing"
]
Range = tuple[int, int]


@dataclass
class Piece:
    """A stretch of text that is a circumstance; `form` says how to read it."""

    start: int
    end: int
    form: Literal["clause", "phrase", "inverted", "case", "person", "lacking"]
    negative: bool = False
    trailing: bool = False


@dataclass
class Except:
    piece: Piece
    outcome: Range | None = None


@dataclass
class Clause:
    """One sentence's analysis. `outcome` is the consequence's range, None when there is none.

    `likewise` is who else it holds for: '…, and so do students'; `another` says that it tells
    for some what the clause before it tells for all.
    """

    text: str
    connective: Connective = ""
    pieces: list[Piece] = field(default_factory=list)
    outcome: Range | None = None
    exceptions: list[Except] = field(default_factory=list)
    imperative: bool = False
    instruction: bool = False
    router: bool = False
    inquiry: bool = False
    topic: str = ""
    scope: bool = False
    only: bool = False
    inverted: bool = False
    then: bool = False
    also: bool = False
    any: bool = False
    whole: bool = False
    fallback: Range | None = None
    likewise: Piece | None = None
    another: bool = False

    def said(self, where: Range | Piece) -> str:
        start, end = (where.start, where.end) if isinstance(where, Piece) else where
        return self.text[start:end].strip(" ,;:.–—")
