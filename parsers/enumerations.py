"""Lists that Markdown does not know: lines that open with 'a)', '(b)', 'iii)', '3.2', 'Step 2:'.

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

_MARK = re.compile(
    r"\s*(?:(\(?)([a-z]|[A-Z]|[ivx]{2,5}|\d{1,2})([.)])|()(\d{1,3}(?:\.\d{1,3})+)([.)]?))\s+\S"
)
_STEP = re.compile(
    r"\s*\W{0,3}((?:step|rule|case|condition)\s+)(\d{1,2})([:.)]|\s?[-–—])\W*\w", re.IGNORECASE
)
_BEFORE = {
    "a": {counted(n + 1, "a"): counted(n, "a") for n in range(1, 26)},
    "i": {counted(n + 1, "i"): counted(n, "i") for n in range(1, 40)},
    "1": {counted(n + 1, "1"): counted(n, "1") for n in range(1, 100)},
}


def follows(label: str, other: str) -> bool:
    """Whether a label is the next one after another: 'b' after 'a', 'iv' after 'iii'."""
    return other in _before(label)


def _before(label: str) -> list[str]:
    """The labels that this one counts on from: 'b' from 'a', '3.2' from '3.1'."""
    clause, _, last = label.rpartition(".")
    if clause and last.isdigit():
        return [f"{clause}.{int(last) - 1}"]
    return [before[label] for before in _BEFORE.values() if label in before]


def _before_capital(label: str) -> list[str]:
    """The capital that this one counts on from."""
    return [chr(ord(label) - 1)] if re.fullmatch("[B-Z]", label) else []


def capitals(openings: Sequence[str]) -> set[int]:
    """Which of the texts in a row open with 'A.', 'B.', 'C.' and so on, at least two of them.

    One capital alone may be an initial; what stands between two of them goes on with the first.
    """
    found: list[int] = []
    for number, text in enumerate(openings):
        match = CAPITAL.match(text)
        if match and match[1] == chr(ord("A") + len(found)):
            found.append(number)
    return set(found) if len(found) > 1 else set()


CAPITAL = re.compile(r"\(?([A-Z])[.)]\s+(?=\S)")


def enumerated(lines: Sequence[str]) -> set[int]:
    """The numbers of the lines that open an item; a list may stand within another.

    The list opens the paragraph or follows a colon: behind other words it goes on with their
    sentence, unless it names its steps.
    """
    found: set[int] = set()
    at: dict[tuple[str, str, str], int] = {}
    for number, line in enumerate(lines):
        if match := _MARK.match(line) or _STEP.match(line):
            opened, label, closed = (part for part in match.groups() if part is not None)
            for before in _before(label) or _before_capital(label):
                if (place := at.get((opened, before, closed))) is not None:
                    found |= {place, number}
            at[opened, label, closed] = number
    first = min(found, default=0)
    opens = not first or lines[first - 1].endswith(":") or _STEP.match(lines[first])
    return found if opens else set()


_CLOSES = re.compile(
    r"(?:otherwise|in (?:all|any|every) (?:the )?other (?:cases?|circumstances)|(?:any|every)one "
    r"else|(?:the (?:only )?|one )?exceptions?(?=:| is\b| are\b))\b",
    re.IGNORECASE,
)


def closes_list(line: str) -> bool:
    """Whether a line speaks of what the items above it leave: 'Otherwise, …', 'Exception: …'."""
    return line[:1].isupper() and bool(_CLOSES.match(line))
