"""Lines, tables and pictures in reading order to Markdown blocks.

A heading is larger or bolder than the body, an item stands behind its label, a paragraph goes on
where the next word had no room on the line before.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import quantiles

from parsers import markdown
from parsers.layout.geometry import NEAR, Line, Picture, Run, Table, Thing
from parsers.layout.hyphenation import continued
from parsers.layout.lines import is_label
from parsers.layout.notes import notes_of, raised

_LABEL = re.compile(r"(\S{1,12})\s+(?=\S)")
_TERMINAL = re.compile(r"[.:;!?][\"'”’)\]*]*$")


@dataclass
class _Open:
    """The block that lines are being added to."""

    kind: str
    text: str
    lines: list[Line]
    label: str = ""
    label_x: float = 0
    text_x: float = 0
    level: int = 0


class Writer:
    """Turns things in reading order into Markdown blocks."""

    def __init__(self, flow: list[Thing]) -> None:
        self.flow = flow
        lines = [thing for thing in flow if isinstance(thing, Line)]
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
        self.notes = notes_of(lines, self.body)
        self.pieces: list[tuple[str, bool]] = []
        self.stack: list[tuple[float, float]] = []
        self.now: _Open | None = None
        self.footnotes: list[tuple[str, bool]] = []
        self.table: Table | None = None

    def write(self) -> str:
        for thing in self.flow:
            if isinstance(thing, Line):
                self._line(thing)
                continue
            if isinstance(thing, Picture) and self.now is not None and (
                not _TERMINAL.search(self.now.text) and self.now.kind != "heading"
            ):  # fmt: skip
                self._picture_inside(thing)
                continue
            self._close()
            if isinstance(thing, Picture):
                self.pieces.append((_image(thing), False))
            else:
                self._table(thing)
        self._close()
        return markdown.joined([*self.pieces, *self.footnotes])

    def _picture_inside(self, picture: Picture) -> None:
        assert self.now is not None
        self.now.text += " " + _image(picture)

    def _table(self, table: Table) -> None:
        """A table; one that goes on from the page before is joined to its first part."""
        before = self.table
        last = self.pieces[-1][0] if self.pieces else ""
        if before is not None and last.startswith("| ") and table.page == before.page + 1 and (
            len(before.edges) == len(table.edges)
            and all(abs(a - b) < 2 * NEAR
                    for a, b in zip(before.edges, table.edges, strict=True))
        ):  # fmt: skip
            rows = table.rows[1:] if table.rows[0] == before.rows[0] else table.rows
            table = Table(before.rows + rows, table.edges, table.box, table.page)
            self.pieces.pop()
        self.table = table
        self.stack.clear()
        self.pieces.append((markdown.table(table.rows), False))

    def _line(self, line: Line) -> None:
        if (note := self.notes.get(id(line))) is not None:
            self._close()
            self.now = _Open("note", "", [line], label=note, text_x=line.box.x0)
            self.now.text = re.sub(r"^(?:\d+|\W)[.)]?\s*", "", line.plain)
            return
        label, text, label_x, text_x = self._parts(line)
        if self._goes_on(line, label):
            now = self.now
            assert now is not None
            now.text = continued(now.text, self._text(line), self.words)
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

    def _goes_on(self, line: Line, label: str) -> bool:
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
        hanging = abs(x - now.text_x) <= 2 * NEAR
        outdented = len(now.lines) == 1 and now.kind == "paragraph" and 0 < now.text_x - x < 48
        placed = hanging or outdented or (now.kind == "item" and abs(x - now.label_x) <= NEAR)
        if line.page != last.page:
            opens = bool(label) or bool(_TERMINAL.search(now.text))
            return placed and not opens and (not short or line.plain[0].islower())
        distance = last.box.y0 - line.box.y0
        if label and (short or _TERMINAL.search(now.text) or label in markdown.BULLETS or (
            label[:-1].isdigit() and not hanging
        )):  # fmt: skip
            return False
        return placed and not short and -1 < distance <= 1.3 * self.pitch

    def _parts(self, line: Line) -> tuple[str, str, float, float]:
        """The line's label, the text behind it, and where each begins."""
        text, x = self._text(line), line.box.x0
        plain = re.sub(r"^\*\*", "", text)
        match = _LABEL.match(plain)
        bare = match[1].strip("*") if match else ""
        dash = bare in {"-", "–", "—"} or (bare == "o" and line.runs[0].text.strip() == "o")
        if match is None or not (is_label(bare) or dash):
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
            while self.stack and self.stack[-1][0] > now.label_x + NEAR:
                self.stack.pop()
            if not self.stack or self.stack[-1][0] < now.label_x - NEAR:
                self.stack.append((now.label_x, now.text_x))
            text = markdown.item(now.label, now.text, len(self.stack) - 1)
            self.pieces.append((text, True))
        elif self.stack and now.kind == "paragraph" and (
            now.label_x >= self.stack[-1][1] - NEAR and now.label_x > self.stack[0][0] + NEAR
        ):  # fmt: skip
            self.pieces.append(("\n" + "    " * len(self.stack) + now.text, True))
        else:
            self.stack.clear()
            self.pieces.append((markdown.plain(f"{now.label} {now.text}".strip()), False))

    def _text(self, line: Line) -> str:
        """The line's text, bold pieces in `**`, marks of notes as `[^1]`."""
        text, whole = "", line.bold
        for bold, runs in _by_weight(line.runs):
            said = ""
            for run in runs:
                word = " ".join(run.text.split())
                mark = self.notes.get((line.page, word)) if raised(run, line) else None
                gap = run.box.x0 - runs[0].box.x0 if run is runs[0] else 1
                said += f"[^{mark}]" if mark else (" " if gap and said else "") + word
            opened = f"**{said}**" if bold and not whole else said
            close = text and not text.endswith(" ") and not said.startswith("[^")
            text += (" " if close and said[:1] not in ".,;:)" else "") + opened
        return text

    def _is_heading(self, line: Line) -> bool:
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


def _style(line: Line) -> tuple[float, bool]:
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


def _image(picture: Picture) -> str:
    return markdown.image("", f"page-{picture.page}-image-{picture.number}")
