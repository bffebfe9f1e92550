"""Lists that Markdown does not know: lines that open with 'a)', '(b)', 'c.' or 'iii)'.

In: the lines of a paragraph, or two labels. Out: which lines open an item, and whether one label
counts on from another. One letter alone may be a word or an initial; only lines that count on
from one to the other are items.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers.markdown import counted

FIRST = frozenset({"a", "i", "1"})
"""The labels that a list opens with."""

_MARK = re.compile(r"\s*(\(?)([a-z]|[ivx]{2,5}|\d{1,2})([.)])\s+\S")
_BEFORE: dict[str, list[str]] = {}
for _kind, _most in (("a", 26), ("i", 40), ("1", 100)):
    for _n in range(1, _most):
        _BEFORE.setdefault(counted(_n + 1, _kind), []).append(counted(_n, _kind))


def follows(label: str, other: str) -> bool:
    """Whether a label is the next one after another: 'b' after 'a', 'iv' after 'iii'."""
    return other in _BEFORE.get(label, ())


def enumerated(lines: Sequence[str]) -> set[int]:
    """The numbers of the lines that open an item; a list may stand within another.

    The list opens the paragraph or follows a colon: behind other words it goes on with their
    sentence.
    """
    found: set[int] = set()
    at: dict[tuple[str, str, str], int] = {}
    for number, line in enumerate(lines):
        if match := _MARK.match(line):
            opened, label, closed = match.groups()
            for other in _BEFORE.get(label, ()):
                if (before := at.get((opened, other, closed))) is not None:
                    found |= {before, number}
            at[opened, label, closed] = number
    first = min(found, default=0)
    return set() if first and not lines[first - 1].endswith(":") else found
