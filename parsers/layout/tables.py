"""Tables of a page: grids that rules draw, and lines whose pieces stand in the same columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from parsers.layout.geometry import NEAR, Box, Line, Page, Run, Table, text_of
from parsers.layout.hyphenation import continued
from parsers.layout.lines import is_label

MOST_GRIDS = 200


def ruled_tables(page: Page, lines: list[Line]) -> tuple[list[Table], list[Line]]:
    """Tables drawn with lines: the grid that horizontal and vertical rules make."""
    across = [rule for rule in page.rules if rule.width > rule.height]
    upright = [rule for rule in page.rules if rule.height >= rule.width]
    tables: list[Table] = []
    for box in _grids(across, upright):
        xs = _edges([r.x0 for r in upright if _touches(box, r)])
        ys = _edges([r.y0 for r in across if _touches(box, r)])[::-1]
        if len(xs) < 3 or len(ys) < 3:
            continue
        cells: dict[tuple[int, int], list[Line]] = {}
        rest: list[Line] = []
        for line in lines:
            outside: list[Run] = []
            for run in line.runs:
                if not box.holds(run.box):
                    outside.append(run)
                    continue
                x, y = (
                    (run.box.x0 + min(run.box.x1, run.box.x0 + 8)) / 2,
                    (run.box.y0 + run.box.y1) / 2,
                )
                column = max(sum(edge <= x for edge in xs) - 1, 0)
                row = max(sum(edge >= y for edge in ys) - 1, 0)
                cells.setdefault((row, column), []).append(Line([run], page.number))
            if outside:
                rest.append(Line(outside, page.number))
        rows = [
            [_cell_text(cells.get((row, column), [])) for column in range(len(xs) - 1)]
            for row in range(len(ys) - 1)
        ]
        _spread(rows, xs, ys, across)
        tables.append(Table([row for row in rows if any(row)], xs, box, page.number))
        lines = rest
    return [table for table in tables if table.rows], lines


def _grids(across: list[Box], upright: list[Box]) -> list[Box]:
    """Boxes around rules that cross each other; none where there are so many as in a drawing."""
    boxes: list[Box] = []
    for rule in sorted([*across, *upright], key=lambda rule: -rule.y1):
        near = [box for box in boxes if _touches(box, rule)]
        for box in near:
            boxes.remove(box)
            rule = rule.joined(box)
        boxes.append(rule)
        if len(boxes) > MOST_GRIDS:
            return []
    return [box for box in boxes if box.height > 12 and box.width > 40]


def _touches(box: Box, rule: Box) -> bool:
    return (
        rule.x0 <= box.x1 + NEAR and rule.x1 >= box.x0 - NEAR
        and rule.y0 <= box.y1 + NEAR and rule.y1 >= box.y0 - NEAR
    )  # fmt: skip


def _edges(values: Iterable[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > NEAR:
            edges.append(value)
    return edges


def _cell_text(lines: list[Line]) -> str:
    said = ""
    for line in sorted(lines, key=lambda line: (-round(line.box.y1 / 3), line.box.x0)):
        said = continued(said, line.plain, frozenset())
    return said


def _spread(rows: list[list[str]], xs: list[float], ys: list[float], across: list[Box]) -> None:
    """A cell that reaches over several rows holds for each: no rule parts it from the one above."""
    for row in range(1, len(rows)):
        for column in range(len(xs) - 1):
            middle = (xs[column] + xs[column + 1]) / 2
            parted = any(
                abs(rule.y0 - ys[row]) <= NEAR and rule.x0 <= middle <= rule.x1 for rule in across
            )
            if not parted and not rows[row][column]:
                rows[row][column] = rows[row - 1][column]


def aligned_tables(lines: list[Line]) -> Iterator[Line | Table]:
    """Tables without rules: lines in succession whose pieces stand in the same columns."""
    i = 0
    while i < len(lines):
        columns = _starts(lines[i])
        j = i + 1
        while columns and j < len(lines):
            starts = _starts(lines[j], least=1)
            distance = lines[j - 1].box.y0 - lines[j].box.y0
            known = [start for start in starts if _place(columns, start) is not None]
            if not known or not 0 < distance < 4 * lines[j].size:
                break
            if len(known) < len(starts) and len(known) < len(columns):
                break  # something else stands there too
            if len(starts) == 1 and any(lines[j].box.x0 < x < lines[j].box.x1 for x in columns):
                break  # text that runs on through the columns
            columns = sorted({*columns, *(start for start in starts if start not in known)})
            j += 1
        rows = _table_rows(lines[i:j], columns)
        whole = sum(all(row) for row in rows)
        if whole >= 3 or (whole >= 2 and len(columns) >= 3):
            box = lines[i].box
            for line in lines[i:j]:
                box = box.joined(line.box)
            yield Table(rows, columns, box, lines[i].page)
            i = j
        else:
            yield lines[i]
            i += 1


def _table_rows(lines: list[Line], columns: list[float]) -> list[list[str]]:
    """A row begins where its first cell does; a header may stand on the bottom of its row."""
    rows: list[list[str]] = []
    for line in lines if columns else []:
        cells = [""] * len(columns)
        for group in line.columns():
            at = _place(columns, group[0].box.x0) or 0
            cells[at] = f"{cells[at]} {text_of(group)}".strip()
        if rows and (not cells[0] or not rows[-1][0]):
            pairs = zip(rows[-1], cells, strict=True)
            rows[-1] = [continued(above, cell, frozenset()) for above, cell in pairs]
        else:
            rows.append(cells)
    return rows


def _starts(line: Line, least: int = 2) -> list[float]:
    """Where the columns of a line begin; none when its first piece is a label."""
    groups = line.columns()
    if len(groups) < least or is_label(text_of(groups[0])):
        return []
    return [group[0].box.x0 for group in groups]


def _place(columns: list[float], start: float) -> int | None:
    return next((i for i, column in enumerate(columns) if abs(column - start) < 2 * NEAR), None)
