"""What belongs to the print and not to the text: headers, footers, page numbers, contents lists."""

from __future__ import annotations

import re
from collections import Counter
from statistics import median

from parsers.layout.geometry import Line, Page
from parsers.layout.lines import down

_PAGE_NUMBER = re.compile(
    r"\W*(?:page|p\.?)?\s*(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:of|/)\s*\d{1,4})?\W*", re.IGNORECASE
)
_OF_CONTENTS = re.compile(r"(?:[.…·_] ?){5,}\s*(?:\d{1,4}|[ivxl]{1,6})$", re.IGNORECASE)


def drop_running(pages: list[Page], lines: dict[int, list[Line]]) -> None:
    """Take out headers, footers, page numbers (what recurs at pages' edges) and contents lists."""
    edges: dict[int, list[Line]] = {}
    for number, found in lines.items():
        ordered = sorted(found, key=down)
        edges[number] = list({id(line): line for line in [*ordered[:3], *ordered[-3:]]}.values())
    seen = Counter(
        key for found in edges.values() for key in {k for line in found for k in _recurring(line)}
    )
    wanted = max(2, 0.4 * len(pages))
    counting = _counting(lines)
    for number, found in edges.items():
        ordered = sorted(lines[number], key=down)
        ends = [ordered[0], ordered[-1]] if len(ordered) > 2 else []
        gone = {id(x) for x in ends if _PAGE_NUMBER.fullmatch(x.plain) or id(x) in counting}
        gone |= {id(x) for x in found if any(seen[key] >= wanted for key in _recurring(x))}
        lines[number] = [
            line
            for line in lines[number]
            if id(line) not in gone and not _OF_CONTENTS.search(line.plain)
        ]


def _recurring(line: Line) -> list[tuple]:
    """What running lines have in common: their words, with a number that counts with the pages."""
    height, plain = round(line.box.y0 / 4), line.plain
    keys: list[tuple] = [(plain, height)]
    masked = re.sub(r"\d+", "#", plain)
    keys += [(masked, int(n) - line.page, height) for n in re.findall(r"\b\d{1,4}\b", plain)]
    return keys


def _counting(lines: dict[int, list[Line]]) -> set[int]:
    """Small last or first lines that begin or end with the page's number: '6  Chapter 2. Fees'."""
    found: dict[tuple[int, int], list[Line]] = {}
    sizes = [line.size for page in lines.values() for line in page]
    for page in lines.values():
        for line in (min(page, key=down), max(page, key=down)) if len(page) > 2 else ():
            match = re.match(r"(\d{1,4})\b(?![.)])|.{0,120}\b(\d{1,4})$", line.plain)
            if match and not line.bold and line.size <= median(sizes):
                key = int(match[1] or match[2]) - line.page, round(line.box.y0 / 4)
                found.setdefault(key, []).append(line)
    wanted = max(4, 0.4 * len(lines))
    return {id(line) for same in found.values() if len(same) >= wanted for line in same}
