"""Which words of a message are read at once.

In: a message as it was typed, and the clauses that it was put together from. Out: `Piece`s, words
of the message in its order, each with the circumstances that it tells. Customers tell two in one
breath ('three rooms on Saver'), so neighbours are read at once at times: where a quote ends is then
no matter to a reader, who reads two things out of it as well as one.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import NamedTuple

from data.typed import hasty, polish

RUN_ON = 0.3
"""How often two clauses of a sentence that only a comma or an 'and' parts are read at once."""
_SAYS = 3
"""Words that make more than a greeting."""
_JOINED = re.compile(r"(?:,| [-/])?(?: (?:and|but|also))? ", re.IGNORECASE)
_AT_ONCE = 2
"""Circumstances that are read at once, at most."""


class Piece(NamedTuple):
    """Words of a message that are read at once, as they stand there: a clause, or two of them."""

    words: str
    tells: tuple[str, ...]
    """The variables, in its order; none if it is said besides and tells no circumstance."""


def quoted(text: str, pieces: Sequence[Piece], rng: random.Random) -> tuple[Piece, ...]:
    """The pieces as they were typed in the text, in its order; some are read at once."""
    found = []
    for words, tells in pieces:
        if (not tells and len(words.split()) < _SAYS) or words.endswith("? "):
            continue
        polished = re.sub("^(?:yes|no), ", "", polish(words, keep=True)).rstrip(" .:!,")
        for form in (polished, hasty(polished)):
            at = text.lower().find(form.lower())
            if at >= 0:
                found.append((at, Piece(text[at : at + len(form)], tells)))
                break
        else:
            if tells:
                found.append((-1, Piece(polished, tells)))
    return _run_on(text, sorted(found, key=lambda it: it[0]), rng)


def _run_on(
    text: str, placed: Sequence[tuple[int, Piece]], rng: random.Random
) -> tuple[Piece, ...]:
    """The pieces, of which some that only a comma or an 'and' parts are one."""
    runs: list[tuple[int, Piece]] = []
    for at, piece in placed:
        start, before = runs[-1] if runs else (-1, piece)
        end = start + len(before.words)
        told = before.tells + piece.tells
        joined = start >= 0 and end <= at and _JOINED.fullmatch(text, end, at)
        if joined and len(told) <= _AT_ONCE and rng.random() < RUN_ON:
            runs[-1] = (start, Piece(text[start : at + len(piece.words)], told))
        else:
            runs.append((at, piece))
    return tuple(piece for _, piece in runs)
