"""What stands where on printed pages, to Markdown: headings, paragraphs, lists, tables, notes.

In: pages of runs (pieces of text with their boxes), ruled lines and pictures. Out: Markdown. All
from geometry: a heading is larger or bolder than the body, an item stands behind its label, a
paragraph goes on where the next word had no room on the line before.
Simplified: columns are read in the order in which they were written into the file.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median, quantiles

from parsers import markdown

MOST_GRIDS = 200

_NEAR = 3.0  # points within which two edges are one
_PAGE_NUMBER = re.compile(
    r"\W*(?:page|p\.?)?\s*(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:of|/)\s*\d{1,4})?\W*", re.IGNORECASE
)
_KEPT_HYPHEN = re.compile(
    r"\b(?:non|self|co|pre|re|well|check|ex|anti|half|multi|semi|long|short|full|part|one|two|"
    r"three|four|five|six|ten|in|on|off|up)-$",
    re.IGNORECASE,
)
_OF_CONTENTS = re.compile(r"(?:[.…·_] ?){5,}\s*(?:\d{1,4}|[ivxl]{1,6})$", re.IGNORECASE)
_LABEL = re.compile(r"(\S{1,12})\s+(?=\S)")
_TERMINAL = re.compile(r"[.:;!?][\"'”’)\]*]*$")


@dataclass(frozen=True)
class Box:
    """Left, bottom, right, top in points; y grows upwards."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    def turned(self, angle: int) -> Box:
        """Where the box stands when what is written at this angle is made upright."""
        x0, y0, x1, y1 = self.x0, self.y0, self.x1, self.y1
        match angle:
            case 90:
                return Box(-y1, x0, -y0, x1)
            case 180:
                return Box(-x1, -y1, -x0, -y0)
            case 270:
                return Box(y0, -x1, y1, -x0)
        return self

    def joined(self, other: Box) -> Box:
        return Box(min(self.x0, other.x0), min(self.y0, other.y0),
                   max(self.x1, other.x1), max(self.y1, other.y1))  # fmt: skip

    def level_with(self, other: Box) -> bool:
        """Whether the two stand on one line."""
        shared = min(self.y1, other.y1) - max(self.y0, other.y0)
        return shared > 0.5 * min(self.height, other.height)

    def holds(self, other: Box) -> bool:
        x, y = (other.x0 + other.x1) / 2, (other.y0 + other.y1) / 2
        return self.x0 - 1 <= x <= self.x1 + 1 and self.y0 - 1 <= y <= self.y1 + 1


@dataclass
class Run:
    """Characters of one line in one type without a wide gap."""

    text: str
    box: Box
    bold: bool = False
    first: float = 0
    """Width of the first word."""

    def __post_init__(self) -> None:
        self.first, self.last = self.box.width, self.box

    def takes(self, character: str, box: Box, bold: bool) -> bool:
        size = self.box.height
        return (
            self.box.level_with(box)
            and (-0.5 * size < box.x0 - self.box.x1 < 0.9 * size or box == self.last)
            and (character == " " or (bold == self.bold and abs(box.height - size) < 0.15 * size))
        )

    def add(self, character: str, box: Box) -> None:
        if character == " ":
            self.text += " " if not self.text.endswith(" ") else ""
            return
        if box.x0 - self.box.x1 > 0.18 * self.box.height and not self.text.endswith(" "):
            self.text += " "
        self.text += character
        self.box, self.last = self.box.joined(box), box  # letters of one ligature share a box
        if " " not in self.text:
            self.first = self.box.width


@dataclass
class Page:
    number: int
    runs: list[Run] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)
    images: list[Box] = field(default_factory=list)

    def turn(self, angle: int) -> None:
        """Make the rules and pictures of a turned page upright, as its runs already are."""
        self.rules = [rule.turned(angle) for rule in self.rules]
        self.images = [image.turned(angle) for image in self.images]


@dataclass
class _Line:
    """Runs on one line, from left to right."""

    runs: list[Run]
    page: int

    @property
    def box(self) -> Box:
        box = self.runs[0].box
        for run in self.runs[1:]:
            box = box.joined(run.box)
        return box

    @property
    def size(self) -> float:
        """The height of the type that most of the line is in."""
        sizes: Counter[float] = Counter()
        for run in self.runs:
            sizes[round(run.box.height, 1)] += len(run.text.strip())
        return sizes.most_common(1)[0][0]

    @property
    def plain(self) -> str:
        return " ".join(" ".join(run.text for run in self.runs).split())

    @property
    def bold(self) -> bool:
        return all(run.bold for run in self.runs if any(c.isalpha() for c in run.text))

    def columns(self) -> list[list[Run]]:
        """The runs in groups with wide gaps between them."""
        groups = [[self.runs[0]]]
        for before, run in pairwise(self.runs):
            if run.box.x0 - before.box.x1 > 0.85 * self.size:
                groups.append([])
            groups[-1].append(run)
        return groups


@dataclass
class _Table:
    rows: list[list[str]]
    edges: list[float]
    box: Box
    page: int


@dataclass
class _Picture:
    box: Box
    page: int
    number: int


_Thing = _Line | _Table | _Picture


def markdown_of(pages: list[Page]) -> str:
    """The pages' text in reading order, as Markdown."""
    lines = {page.number: _lines(page) for page in pages}
    _drop_running(pages, lines)
    flow: list[_Thing] = []
    for page in pages:
        flow += _ordered(page, lines[page.number])
    return _Writer(flow).write()


# --- a page ---------------------------------------------------------------------------------


def _lines(page: Page) -> list[_Line]:
    """Runs on lines, in the order in which they were written."""
    lines: list[_Line] = []
    for run in page.runs:
        last = lines[-1] if lines else None
        if last is not None and last.runs[-1].box.level_with(run.box) and (
            run.box.x0 > last.runs[-1].box.x1 - _NEAR
        ):  # fmt: skip
            last.runs.append(run)
        else:
            lines.append(_Line([run], page.number))
    return _with_labels(lines)


def _with_labels(lines: list[_Line]) -> list[_Line]:
    """Bullets and numbers that were written apart from what they label, put before it."""
    alone = [line for line in lines if _is_label(line.plain)]
    kept = [line for line in lines if not _is_label(line.plain)]
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


def _middle(line: _Line) -> float:
    return (line.box.y0 + line.box.y1) / 2


def _is_label(text: str) -> bool:
    return bool(
        (len(text) == 1 and text in markdown.BULLETS + "-–—")
        or markdown.ORDINAL.match(text)
        or markdown.LETTER.match(text)
        or markdown.CLAUSE.match(text)
    )


def _drop_running(pages: list[Page], lines: dict[int, list[_Line]]) -> None:
    """Take out headers, footers, page numbers (what recurs at pages' edges) and contents lists."""
    edges: dict[int, list[_Line]] = {}
    for number, found in lines.items():
        ordered = sorted(found, key=_down)
        edges[number] = list({id(line): line for line in [*ordered[:3], *ordered[-3:]]}.values())
    seen = Counter(
        key for found in edges.values() for key in {k for line in found for k in _recurring(line)}
    )
    wanted = max(2, 0.4 * len(pages))
    counting = _counting(lines)
    for number, found in edges.items():
        ordered = sorted(lines[number], key=_down)
        ends = [ordered[0], ordered[-1]] if len(ordered) > 2 else []
        gone = {id(x) for x in ends if _PAGE_NUMBER.fullmatch(x.plain) or id(x) in counting}
        gone |= {id(x) for x in found if any(seen[key] >= wanted for key in _recurring(x))}
        lines[number] = [
            line
            for line in lines[number]
            if id(line) not in gone and not _OF_CONTENTS.search(line.plain)
        ]


def _recurring(line: _Line) -> list[tuple]:
    """What running lines have in common: their words, with a number that counts with the pages."""
    height, plain = round(line.box.y0 / 4), line.plain
    keys: list[tuple] = [(plain, height)]
    masked = re.sub(r"\d+", "#", plain)
    keys += [(masked, int(n) - line.page, height) for n in re.findall(r"\b\d{1,4}\b", plain)]
    return keys


def _counting(lines: dict[int, list[_Line]]) -> set[int]:
    """Small last or first lines that begin or end with the page's number: '6  Chapter 2. Fees'."""
    found: dict[tuple[int, int], list[_Line]] = {}
    sizes = [line.size for page in lines.values() for line in page]
    for page in lines.values():
        for line in (min(page, key=_down), max(page, key=_down)) if len(page) > 2 else ():
            match = re.match(r"(\d{1,4})\b(?![.)])|.{0,120}\b(\d{1,4})$", line.plain)
            if match and not line.bold and line.size <= median(sizes):
                key = int(match[1] or match[2]) - line.page, round(line.box.y0 / 4)
                found.setdefault(key, []).append(line)
    wanted = max(4, 0.4 * len(lines))
    return {id(line) for same in found.values() if len(same) >= wanted for line in same}


def _ordered(page: Page, lines: list[_Line]) -> list[_Thing]:
    """Lines, tables and pictures of a page in reading order."""
    tables, lines = _ruled_tables(page, lines)
    if not _in_columns(lines):
        lines = _across(lines)
    things: list[_Thing] = [*_aligned_tables(lines)]
    pictures = [
        _Picture(box, page.number, number)
        for number, box in enumerate(page.images, 1)
        if box.width > 24 and box.height > 24
    ]
    for thing in [*tables, *pictures]:
        at = next(
            (i for i, x in enumerate(things) if x.box.y1 <= thing.box.y1 - _NEAR
             and x.box.x1 > thing.box.x0 and x.box.x0 < thing.box.x1),
            len(things),
        )  # fmt: skip
        things.insert(at, thing)
    return things


def _in_columns(lines: list[_Line]) -> bool:
    """Whether running text stands beside running text, rather than cells beside cells."""
    beside = 0
    for one, other in pairwise(sorted(lines, key=_down)):
        if one.box.level_with(other.box) and min(len(one.plain), len(other.plain)) > 30:
            beside += 1
    return beside > 2


def _across(lines: list[_Line]) -> list[_Line]:
    """Lines from the top down; what stands on one level is one line."""
    merged: list[_Line] = []
    for line in sorted(lines, key=_down):
        if merged and merged[-1].box.level_with(line.box):
            runs = sorted([*merged[-1].runs, *line.runs], key=lambda run: run.box.x0)
            merged[-1] = _Line(runs, line.page)
        else:
            merged.append(line)
    return merged


def _down(line: _Line) -> tuple[float, float]:
    return (-line.box.y1, line.box.x0)


def _ruled_tables(page: Page, lines: list[_Line]) -> tuple[list[_Table], list[_Line]]:
    """Tables drawn with lines: the grid that horizontal and vertical rules make."""
    across = [rule for rule in page.rules if rule.width > rule.height]
    upright = [rule for rule in page.rules if rule.height >= rule.width]
    tables: list[_Table] = []
    for box in _grids(across, upright):
        xs = _edges([r.x0 for r in upright if _touches(box, r)])
        ys = _edges([r.y0 for r in across if _touches(box, r)])[::-1]
        if len(xs) < 3 or len(ys) < 3:
            continue
        cells: dict[tuple[int, int], list[_Line]] = {}
        rest: list[_Line] = []
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
                cells.setdefault((row, column), []).append(_Line([run], page.number))
            if outside:
                rest.append(_Line(outside, page.number))
        rows = [
            [_cell_text(cells.get((row, column), [])) for column in range(len(xs) - 1)]
            for row in range(len(ys) - 1)
        ]
        _spread(rows, xs, ys, across)
        tables.append(_Table([row for row in rows if any(row)], xs, box, page.number))
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
        rule.x0 <= box.x1 + _NEAR and rule.x1 >= box.x0 - _NEAR
        and rule.y0 <= box.y1 + _NEAR and rule.y1 >= box.y0 - _NEAR
    )  # fmt: skip


def _edges(values: Iterable[float]) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _NEAR:
            edges.append(value)
    return edges


def _cell_text(lines: list[_Line]) -> str:
    said = ""
    for line in sorted(lines, key=lambda line: (-round(line.box.y1 / 3), line.box.x0)):
        said = _continued(said, line.plain, frozenset())
    return said


def _spread(rows: list[list[str]], xs: list[float], ys: list[float], across: list[Box]) -> None:
    """A cell that reaches over several rows holds for each: no rule parts it from the one above."""
    for row in range(1, len(rows)):
        for column in range(len(xs) - 1):
            middle = (xs[column] + xs[column + 1]) / 2
            parted = any(
                abs(rule.y0 - ys[row]) <= _NEAR and rule.x0 <= middle <= rule.x1 for rule in across
            )
            if not parted and not rows[row][column]:
                rows[row][column] = rows[row - 1][column]


def _aligned_tables(lines: list[_Line]) -> Iterator[_Line | _Table]:
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
            yield _Table(rows, columns, box, lines[i].page)
            i = j
        else:
            yield lines[i]
            i += 1


def _table_rows(lines: list[_Line], columns: list[float]) -> list[list[str]]:
    """A row begins where its first cell does; a header may stand on the bottom of its row."""
    rows: list[list[str]] = []
    for line in lines if columns else []:
        cells = [""] * len(columns)
        for group in line.columns():
            at = _place(columns, group[0].box.x0) or 0
            cells[at] = f"{cells[at]} {_said(group)}".strip()
        if rows and (not cells[0] or not rows[-1][0]):
            pairs = zip(rows[-1], cells, strict=True)
            rows[-1] = [_continued(above, cell, frozenset()) for above, cell in pairs]
        else:
            rows.append(cells)
    return rows


def _starts(line: _Line, least: int = 2) -> list[float]:
    """Where the columns of a line begin; none when its first piece is a label."""
    groups = line.columns()
    if len(groups) < least or _is_label(_said(groups[0])):
        return []
    return [group[0].box.x0 for group in groups]


def _place(columns: list[float], start: float) -> int | None:
    return next((i for i, column in enumerate(columns) if abs(column - start) < 2 * _NEAR), None)


def _said(runs: list[Run]) -> str:
    return " ".join(" ".join(run.text for run in runs).split())


# --- from lines to blocks -------------------------------------------------------------------


@dataclass
class _Open:
    """The block that lines are being added to."""

    kind: str
    text: str
    lines: list[_Line]
    label: str = ""
    label_x: float = 0
    text_x: float = 0
    level: int = 0


class _Writer:
    """Turns things in reading order into Markdown blocks."""

    def __init__(self, flow: list[_Thing]) -> None:
        self.flow = flow
        lines = [thing for thing in flow if isinstance(thing, _Line)]
        sizes: Counter[float] = Counter()
        for line in lines:
            sizes[_rounded(line.size)] += len(line.plain)
        self.body = sizes.most_common(1)[0][0] if sizes else 10.0
        inside = [line for line in lines if abs(_rounded(line.size) - self.body) < 0.6]
        self.right = max((line.box.x1 for line in inside), default=0.0)
        steps = [
            one.box.y0 - other.box.y0
            for one, other in pairwise(inside)
            if one.page == other.page
            and 0.5 * self.body < one.box.y0 - other.box.y0 < 4 * self.body
        ]
        self.pitch = quantiles(steps, n=5)[0] if len(steps) > 1 else 1.2 * self.body
        self.words = frozenset(
            w for line in lines for w in re.findall(r"[\w-]+", line.plain.lower())
        )
        self.levels = _levels({_style(line) for line in lines if self._is_heading(line)})
        self.notes = _notes(lines, self.body)
        self.pieces: list[tuple[str, bool]] = []
        self.stack: list[tuple[float, float]] = []
        self.now: _Open | None = None
        self.footnotes: list[tuple[str, bool]] = []

    def write(self) -> str:
        for thing in self.flow:
            if isinstance(thing, _Line):
                self._line(thing)
                continue
            if isinstance(thing, _Picture) and self.now is not None and (
                not _TERMINAL.search(self.now.text) and self.now.kind != "heading"
            ):  # fmt: skip
                self._picture_inside(thing)
                continue
            self._close()
            if isinstance(thing, _Picture):
                self.pieces.append((_image(thing), False))
            else:
                self._table(thing)
        self._close()
        return markdown.joined([*self.pieces, *self.footnotes])

    def _picture_inside(self, picture: _Picture) -> None:
        assert self.now is not None
        self.now.text += " " + _image(picture)

    def _table(self, table: _Table) -> None:
        """A table; one that goes on from the page before is joined to its first part."""
        before = getattr(self, "_before", None)
        last = self.pieces[-1][0] if self.pieces else ""
        if before is not None and last.startswith("| ") and table.page == before.page + 1 and (
            len(before.edges) == len(table.edges)
            and all(abs(a - b) < 2 * _NEAR
                    for a, b in zip(before.edges, table.edges, strict=True))
        ):  # fmt: skip
            rows = table.rows[1:] if table.rows[0] == before.rows[0] else table.rows
            table = _Table(before.rows + rows, table.edges, table.box, table.page)
            self.pieces.pop()
        self._before = table
        self.stack.clear()
        self.pieces.append((markdown.table(table.rows), False))

    def _line(self, line: _Line) -> None:
        if (note := self.notes.get(id(line))) is not None:
            self._close()
            self.now = _Open("note", "", [line], label=note, text_x=line.box.x0)
            self.now.text = re.sub(r"^(?:\d+|\W)[.)]?\s*", "", line.plain)
            return
        label, text, label_x, text_x = self._parts(line)
        if self._goes_on(line, label):
            now = self.now
            assert now is not None
            now.text = _continued(now.text, self._text(line), self.words)
            if len(now.lines) == 1 and now.kind == "paragraph":
                now.text_x = line.box.x0
            now.lines.append(line)
            return
        self._close()
        if self._is_heading(line):
            said = line.plain
            self.now = _Open("heading", said, [line], level=self.levels[_style(line)])
        elif label:
            self.now = _Open("item", text, [line], label, label_x, text_x)
        else:
            self.now = _Open("paragraph", text, [line], "", line.box.x0, line.box.x0)

    def _goes_on(self, line: _Line, label: str) -> bool:
        """Whether a line continues the open block."""
        now = self.now
        if now is None:
            return False
        last = now.lines[-1]
        if now.kind == "heading":
            return (
                self._is_heading(line) and self.levels[_style(line)] == now.level
                and line.page == last.page and not markdown.ORDINAL.match(line.plain.split()[0])
                and last.box.y0 - line.box.y0 < 1.45 * line.size
            )  # fmt: skip
        if self._is_heading(line) or abs(line.size - last.size) > 0.12 * last.size:
            return False
        if now.kind == "note":
            return line.page == last.page and last.box.y0 - line.box.y0 < 2 * line.size
        # the line before ends early, where the next word would have had room
        short = last.box.x1 + line.runs[0].first + 0.2 * line.size < self.right - 1
        short = short and (bool(_TERMINAL.search(now.text)) or not line.plain[0].islower())
        x = line.box.x0
        hanging = abs(x - now.text_x) <= 2 * _NEAR
        outdented = len(now.lines) == 1 and now.kind == "paragraph" and 0 < now.text_x - x < 48
        placed = hanging or outdented or (now.kind == "item" and abs(x - now.label_x) <= _NEAR)
        if line.page != last.page:
            opens = bool(label) or bool(_TERMINAL.search(now.text))
            return placed and not opens and (not short or line.plain[0].islower())
        distance = last.box.y0 - line.box.y0
        if label and (short or _TERMINAL.search(now.text) or label in markdown.BULLETS or (
            label[:-1].isdigit() and not hanging
        )):  # fmt: skip
            return False
        return placed and not short and -1 < distance <= 1.3 * self.pitch

    def _parts(self, line: _Line) -> tuple[str, str, float, float]:
        """The line's label, the text behind it, and where each begins."""
        text, x = self._text(line), line.box.x0
        plain = re.sub(r"^\*\*", "", text)
        match = _LABEL.match(plain)
        bare = match[1].strip("*") if match else ""
        dash = bare in {"-", "–", "—"} or (bare == "o" and line.runs[0].text.strip() == "o")
        if match is None or not (_is_label(bare) or dash):
            return "", text, x, x
        bullet = dash or (len(bare) == 1 and bare in markdown.BULLETS)
        rest = plain[match.end() :]
        bold = text.startswith("**") and not match[1].endswith("*")
        behind = [run for run in line.runs if run.text.strip() != bare]
        within = line.runs[0].text.strip() != bare
        text_x = behind[0].box.x0 if behind and not within else x
        if within:
            first = line.runs[0]
            share = len(match[0]) / max(len(first.text), 1)
            text_x = first.box.x0 + share * first.box.width
        return (markdown.BULLETS[0] if bullet else bare), ("**" if bold else "") + rest, x, text_x

    def _close(self) -> None:
        now, self.now = self.now, None
        if now is None:
            return
        if now.kind == "note":
            self.footnotes.append((f"[^{now.label}]: {now.text}", False))
        elif now.kind == "heading":
            self.stack.clear()
            self.pieces.append(("#" * now.level + " " + now.text, False))
        elif now.kind == "item" and not markdown.CLAUSE.match(now.label):
            while self.stack and self.stack[-1][0] > now.label_x + _NEAR:
                self.stack.pop()
            if not self.stack or self.stack[-1][0] < now.label_x - _NEAR:
                self.stack.append((now.label_x, now.text_x))
            text = markdown.item(now.label, now.text, len(self.stack) - 1)
            self.pieces.append((text, True))
        elif self.stack and now.kind == "paragraph" and (
            now.label_x >= self.stack[-1][1] - _NEAR and now.label_x > self.stack[0][0] + _NEAR
        ):  # fmt: skip
            self.pieces.append(("\n" + "    " * len(self.stack) + now.text, True))
        else:
            self.stack.clear()
            self.pieces.append((markdown.plain(f"{now.label} {now.text}".strip()), False))

    def _text(self, line: _Line) -> str:
        """The line's text, bold pieces in `**`, marks of notes as `[^1]`."""
        text, whole = "", line.bold
        for bold, runs in _by_weight(line.runs):
            said = ""
            for run in runs:
                word = " ".join(run.text.split())
                mark = self.notes.get((line.page, word)) if _raised(run, line) else None
                gap = run.box.x0 - runs[0].box.x0 if run is runs[0] else 1
                said += f"[^{mark}]" if mark else (" " if gap and said else "") + word
            opened = f"**{said}**" if bold and not whole else said
            close = text and not text.endswith(" ") and not said.startswith("[^")
            text += (" " if close and said[:1] not in ".,;:)" else "") + opened
        return text

    def _is_heading(self, line: _Line) -> bool:
        size = _rounded(line.size)
        plain = line.plain
        if not any(c.isalpha() for c in plain) or len(plain.split()) > 16:
            return False
        if size > 1.12 * self.body:
            return True
        return (
            line.bold and size > 0.94 * self.body and len(plain.split()) <= 12
            and not plain.endswith((".", ",", ";", ":")) and line.box.x1 < self.right - 10
            and plain[0] not in markdown.BULLETS
        )  # fmt: skip


def _style(line: _Line) -> tuple[float, bool]:
    return line.size, line.bold


def _levels(styles: set[tuple[float, bool]]) -> dict[tuple[float, bool], int]:
    """The level of each style of heading: the larger the higher, bold before plain."""
    levels: dict[tuple[float, bool], int] = {}
    level, before = 0, (0.0, False)
    for size, bold in sorted(styles, reverse=True):
        if bold != before[1] or before[0] - size > 0.04 * before[0] or not level:
            level, before = level + 1, (size, bold)
        levels[size, bold] = min(level, 6)
    return levels


def _rounded(size: float) -> float:
    return round(size * 2) / 2


def _by_weight(runs: list[Run]) -> list[tuple[bool, list[Run]]]:
    groups: list[tuple[bool, list[Run]]] = []
    for run in runs:
        if groups and groups[-1][0] == run.bold:
            groups[-1][1].append(run)
        else:
            groups.append((run.bold, [run]))
    return groups


def _raised(run: Run, line: _Line) -> bool:
    """Whether a run is a superscript of its line."""
    return run.box.height < 0.85 * line.size and bool(
        re.fullmatch(r"\s*(?:\d{1,3}|[*†‡])\s*", run.text)
    )


def _notes(lines: list[_Line], body: float) -> dict:
    """The label of each line that opens a footnote, and of each mark that a page's text has."""
    marks = {
        (line.page, " ".join(run.text.split())) for line in lines for run in line.runs[1:]
        if _raised(run, line)
    }  # fmt: skip
    found: dict = {}
    used: set[str] = set()
    for line in lines:
        match = re.match(r"(\d{1,3}|[*†‡])[.)]?\s*(?=\w)", line.plain)
        small = line.size < 0.95 * body
        if match is None or not small or (line.page, match[1]) not in marks:
            continue
        label = match[1] if match[1] not in used else f"{line.page}-{match[1]}"
        used.add(label)
        found[id(line)] = found[line.page, match[1]] = label
    return found


def _continued(text: str, more: str, words: frozenset[str]) -> str:
    """The text with the next line's; a word that was divided between the two is mended."""
    if not text or not more:
        return text or more
    if text.endswith("\u00ad"):
        return text[:-1] + more
    match = re.search(r"([\w-]*\w)-$", text)
    after = re.match(r"\w+", more)
    if match is None or after is None or not more[0].islower():
        return text + ("" if match and after else " ") + more
    whole = (match[1] + after[0]).lower()
    hyphenated = f"{match[1]}-{after[0]}".lower()
    kept = hyphenated in words or (_KEPT_HYPHEN.search(text) and whole not in words)
    return (text if kept else text[:-1]) + more


def _image(picture: _Picture) -> str:
    return markdown.image("", f"page-{picture.page}-image-{picture.number}")
