"""Runs of a page to lines, each behind its bullet or number."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import pairwise

from parsers import markdown
from parsers.layout.geometry import NEAR, Line, Page


def lines_of(page: Page) -> list[Line]:
    """Runs on lines, in the order in which they were written."""
    lines: list[Line] = []
    for run in page.runs:
        last = lines[-1] if lines else None
        if last is not None and last.runs[-1].box.level_with(run.box) and (
            run.box.x0 > last.runs[-1].box.x1 - NEAR
        ):  # fmt: skip
            last.runs.append(run)
        else:
            lines.append(Line([run], page.number))
    return _with_labels(lines)


def _with_labels(lines: list[Line]) -> list[Line]:
    """Bullets and numbers that were written apart from what they label, put before it."""
    alone = [line for line in lines if is_label(line.plain)]
    kept = [line for line in lines if not is_label(line.plain)]
    gone: set[int] = set()
    by_height = sorted(kept, key=_middle)
    heights = [_middle(line) for line in by_height]
    for label in alone:
        box = label.box
        near = by_height[
            bisect_left(heights, box.y0 - box.height) : bisect_right(heights, box.y1 + box.height)
        ]
        right = [k for k in near if k.box.level_with(box) and 0 < k.box.x0 - box.x1 < 60]
        if right:
            nearest = min(right, key=lambda k: k.box.x0)
            nearest.runs = [*label.runs, *nearest.runs]
            gone.add(id(label))
    return [line for line in lines if id(line) not in gone]


def _middle(line: Line) -> float:
    return (line.box.y0 + line.box.y1) / 2


def is_label(text: str) -> bool:
    """Whether a text is a bullet, a number or a letter that labels an item."""
    return bool(
        (len(text) == 1 and text in markdown.BULLETS + "-–—")
        or markdown.ORDINAL.match(text)
        or markdown.LETTER.match(text)
        or markdown.CLAUSE.match(text)
    )


def in_columns(lines: list[Line]) -> bool:
    """Whether running text stands beside running text, rather than cells beside cells."""
    beside = 0
    for one, other in pairwise(sorted(lines, key=down)):
        if one.box.level_with(other.box) and min(len(one.plain), len(other.plain)) > 30:
            beside += 1
    return beside > 2


def across(lines: list[Line]) -> list[Line]:
    """Lines from the top down; what stands on one level is one line."""
    merged: list[Line] = []
    for line in sorted(lines, key=down):
        if merged and merged[-1].box.level_with(line.box):
            runs = sorted([*merged[-1].runs, *line.runs], key=lambda run: run.box.x0)
            merged[-1] = Line(runs, line.page)
        else:
            merged.append(line)
    return merged


def down(line: Line) -> tuple[float, float]:
    """Sorts lines from the top down, then from the left."""
    return (-line.box.y1, line.box.x0)
