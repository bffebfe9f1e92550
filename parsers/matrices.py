"""Tables of two dimensions: rows and columns are circumstances, the cells say what is done.

In: the header and the columns of a table. Out: whether it is one (its columns but the first are
kinds of one thing: cells of one sort, no column named as the outcome), and for its rows, ranges of
numbers or names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_NOT_KINDS = {"yes", "no", "y", "n", "✓", "✗", "true", "false", "", "-", "–"}


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


def meeting(cells: Sequence[str]) -> bool:
    """Whether ranges meet at neighbours ('4 to 7', '8 to 11'): then only whole numbers occur."""
    ends = {int(n) for cell in cells for n in re.findall(r"(?:to|–|-)\s?(\d+)\b", cell)}
    starts = {int(n) for cell in cells for n in re.findall(r"\b(\d+)\s?(?:to|–|-)\s?\d", cell)}
    starts |= {
        int(n)
        for cell in cells
        for n in re.findall(r"\b(\d+)(?:\+| (?:and|or) (?:over|more|older|up|above)\b)", cell)
    }
    return any(end + 1 in starts for end in ends)
