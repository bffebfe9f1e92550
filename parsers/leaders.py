"""Rows of dots to lists: 'Under 2 kg ........... 4 euros' is an item 'Under 2 kg: 4 euros'.

In: the lines of a text. Out: the same lines, a row whose label and value leader dots join written
as a list item, the line over such rows as the item that they stand under. A label may go over two
lines ('Told on the same day,' / 'or not at all ..... 30 euros'). A table of contents, whose dots
lead to numbers of pages, stays as it is.
"""

from __future__ import annotations

import re

_ROW = re.compile(r"(?P<label>\S.*?)\s*(?:\.{4,}|(?:\. ){4,}\.?|…{2,})\s*(?P<value>\S.*)")
_PAGE = re.compile(r"(?:\d{1,4}|[ivxlc]+)\.?", re.IGNORECASE)
_ENDS = (".", ":", ";", "?", "!")


def listed(lines: list[str]) -> list[str]:
    """The lines with rows of leader dots as list items."""
    result: list[str] = []
    begin = 0
    while begin < len(lines):
        end = begin
        while end < len(lines) and lines[end].strip():
            end += 1
        part = lines[begin:end]
        result += _items(part) if _leads(part) else part
        result += lines[end : end + 1]
        begin = end + 1
    return result


def _leads(part: list[str]) -> bool:
    """Whether lines without a blank one between are rows of dots, which lead to no pages."""
    rows = [row for line in part if (row := _ROW.fullmatch(line.strip()))]
    marked = any(re.match(r"\s*(?:[#>|*+-]|\d+[.)]) ", line) for line in part)
    return len(rows) > 1 and not marked and not all(_PAGE.fullmatch(r["value"]) for r in rows)


def _items(part: list[str]) -> list[str]:
    rows = [_ROW.fullmatch(line.strip()) for line in part]
    first = rows.index(next(row for row in rows if row))
    begins = next(n for n in range(first, -1, -1) if n == 0 or _opens(part, rows, n))
    result = [f"- {part[0].strip()}"] if begins else []
    result += [f"  {line.strip()}" for line in part[1:begins]]
    margin = "  " if begins else ""
    goes_on = False
    for line, row in zip(part[begins:], rows[begins:], strict=True):
        said = f"{row['label']}: {row['value']}" if row else line.strip()
        result.append(f"{margin}{'  ' if goes_on else '- '}{said}")
        goes_on = row is None and not said.endswith(_ENDS)
    return result


def _opens(part: list[str], rows: list[re.Match[str] | None], n: int) -> bool:
    """Whether what stands before line n does not go on in it."""
    indent = [len(line) - len(line.lstrip()) for line in part[n - 1 : n + 1]]
    return rows[n - 1] is None and (indent[0] < indent[1] or part[n - 1].endswith(_ENDS))
