"""What a table's columns are: kinds across which its cells are read, or mere names of its rows.

In: the header and the columns of a table. Out: whether it has two dimensions (its columns but the
first are kinds of one thing: cells of one sort, no column named as the outcome), whether its first
column only counts the rows, and for its rows, ranges of numbers or names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby, pairwise

from parsers.conditions.comparisons import comparisons
from parsers.conditions.units import unit_noun
from parsers.enumerations import FIRST, follows

_NOT_KINDS = {"yes", "no", "y", "n", "✓", "✗", "true", "false", "", "-", "–"}
_NOTHING = {"", "-", "–"}


def is_matrix(columns: Sequence[Sequence[str]], named: Sequence[int], ranged: bool) -> bool:
    """Whether all columns but the first hold outcomes.

    Args:
        columns: the cells, column by column.
        named: indices of columns whose name says that they hold the outcome.
        ranged: the first column holds comparisons.
    """
    if len(columns) < 3 or len(columns[0]) < 2 or named:
        return False
    body = [[cell.lower() for cell in column] for column in columns[1:]]
    if any(
        cell in _NOT_KINDS or re.match(r"(?:any|all|either)\b", cell)
        for column in body
        for cell in column
    ):
        return False
    shared = [count > 1 for count in Counter(cell for c in body for cell in set(c)).values()]
    worded = all(re.search(r"[a-z]{3}", cell) for column in body for cell in column)
    return ranged and worded and any(shared)


def measured_heads(header: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Whether all columns but the first are ranges of one measure: 'Up to 5 kg', 'Heavier'.

    The last may take what the ranges before it leave. What stands below is what comes of a row
    there; marks such as 'yes' tell whether it has something, and come of nothing.
    """
    heads = [head.strip() for head in header[1:]]
    if len(heads) < 2 or len(columns[0]) < 2:
        return False
    ranges = heads[:-1] if past_those(heads[-1]) else heads
    if not all(map(comparisons, ranges)) or len({measure_of(head) for head in ranges}) != 1:
        return False
    cells = [cell.strip().lower() for column in columns[1:] for cell in column]
    return not any(cell in _NOT_KINDS - _NOTHING for cell in cells)


def past_those(head: str) -> bool:
    """Whether a column's name only says that it is past those before it: 'Later', 'More'."""
    return bool(_PAST.fullmatch(head.strip()))


def measure_of(head: str) -> tuple[str, str, str]:
    """What a range measures: the word before it, its unit, and the words behind it."""
    spans, tests = comparisons(head) or ([(0, 0)], [("", 0.0, "")])
    unit = next((unit for *_, unit in tests if unit), "")
    return head[: spans[0][0]].strip(" €£$"), unit_noun(unit), head[spans[-1][1] :].strip()


_PAST = re.compile(
    r"(?:any(?:thing)? |all |everything )?(?:above|beyond|over|later|more|longer|heavier|larger|"
    r"bigger|older|higher|further|after|dearer)(?: (?:than )?(?:that|this))?|the rest",
    re.IGNORECASE,
)


def names_rows(header: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Whether the first column only counts the rows: 'Case' over A, B, C, '#' over 1, 2, 3.

    A number or letter under any other head ('Zone', 'Bags') may be a circumstance.
    """
    cells = [_ROW.sub("", cell).strip("().# ").lower() for cell in columns[0]]
    marks = [name for name, _ in groupby(cells)]  # one that reaches over several rows is repeated
    counts = len(marks) > 1 and cells[0] in FIRST and all(follows(b, a) for a, b in pairwise(marks))
    named = all(_ROW.match(cell) for cell in columns[0])
    return counts and (named or bool(_ROWS.fullmatch(header[0].strip())))


_ROW = re.compile(r"(?:row|case|line|rule|no\.?|entry|item)\s+(?=\S)", re.IGNORECASE)
_ROWS = re.compile(
    r"|\W+|(?:row|case|line|rule|entry|item|position|ref(?:erence)?|id|no|nr|num(?:ber)?)\.?",
    re.IGNORECASE,
)


def neighbours(cell: str) -> tuple[float, float] | None:
    """The two numbers of '1 or 2', a range among ranges; None where others lie between them."""
    match = re.fullmatch(r"\s*(\d{1,6})(?: (?:or|and|&) | ?[/&] ?)(\d{1,6})\s*", cell)
    if match is None or int(match[2]) != int(match[1]) + 1:
        return None
    return float(match[1]), float(match[2])


def meeting(cells: Sequence[str]) -> bool:
    """Whether ranges meet at neighbours ('4 to 7', '8 to 11'): then only whole numbers occur."""
    ends = {int(n) for cell in cells for n in re.findall(r"(?:to|–|-)\s?(\d+)\b", cell)}
    ends |= {int(both[1]) for both in map(neighbours, cells) if both}
    starts = {int(n) for cell in cells for n in re.findall(r"\b(\d+)\s?(?:to|–|-)\s?\d", cell)}
    starts |= {
        int(n)
        for cell in cells
        for n in re.findall(r"\b(\d+)(?:\+| (?:and|or) (?:over|more|older|later|up|above)\b)", cell)
    }
    return any(end + 1 in starts for end in ends)
