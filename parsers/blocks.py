"""A document's blocks: paragraphs, list items with their nesting, table rows, with exact offsets.

In: `Document`. Out: `Block`s in reading order. Each carries its running text without markup
(`Prose`), and for each character of it where that stands in the document. Structure comes from
markdown-it-py.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from parsers import footnotes, pictures
from parsers.enumerations import (
    CAPITAL,
    FIRST,
    capitals,
    closes_list,
    enumerated,
    follows,
)
from parsers.spec import Document, Span

_LABEL = re.compile(
    r"(?:(?:\d+(?:\.\d+)+[.)]?(?:\([a-z]{1,4}\))*|\(?(?:[a-z]|[ivx]{2,5})[.)]|"
    r"\(?\d+[.)]|§\s?\d[\d.]*|[•–—])\s+)"
)
_JOINT = re.compile(r"[;,]\s*(and|or)\s*$")
_REFERENCE = re.compile(r" {0,3}\[[^\]\n]{1,200}\]:\s*\S")
_STEP = re.compile(r"(?:step|rule|case|condition)\s+(\d+(?:\.\d+)*[a-z]?)\s*[:.)\-–—]\s*", re.I)


@dataclass(frozen=True)
class Prose:
    """Running text without markup; `offsets[i]` is where character i stands in the document."""

    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Where text[start:end], stripped of blanks, stands in the document."""
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        if start == end:
            where = self.offsets[start] if start < len(self.offsets) else self.offsets[-1]
            return Span(start=where, end=where)
        return Span(start=self.offsets[start], end=self.offsets[end - 1] + 1)

    def cut(self, start: int, end: int) -> Prose:
        return Prose(self.text[start:end], self.offsets[start:end])


@dataclass
class Block:
    kind: Literal["paragraph", "item", "row"]
    prose: Prose
    section: tuple[str, ...]
    depth: int = 0
    label: str = ""
    header: tuple[str, ...] = ()
    cells: tuple[Prose, ...] = ()
    table: int = -1
    joint: str = ""
    children: list[Block] = field(default_factory=list)
    matter: str = ""
    head: str = ""
    kinds: tuple[str, ...] = ()
    topic: str = ""
    case: bool = False
    note: str = ""
    matched: bool = False  # it is one of a list of states that one thing may be in
    led: bool = False  # its first sentence is what is done in a case that it opens with
    marked: int = 0  # how much of its text it opens with stands in bold or italics


def blocks(document: Document) -> list[Block]:
    """The document's blocks, items nested in their parents, in reading order."""
    walker = _Walker(document)
    return footnotes.placed(walker.walk(), document.text, walker.section_at)


class _Walker:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.text = document.text
        self.lines = [0]
        for line in self.text.split("\n"):
            self.lines.append(self.lines[-1] + len(line) + 1)
        self.starts = [section.span.start for section in document.sections]
        self.pictures = pictures.words(document)
        self.roots: list[Block] = []
        self.items: list[Block | None] = []
        self.numbers: list[str] = []
        self.tables = 0

    def walk(self) -> list[Block]:
        reader = MarkdownIt("commonmark").enable("table")
        reader.disable(["reference", "inline", "text_join"])  # blocks are all that is wanted
        reader.disable("code")  # what stands four blanks deep is a list sooner than code
        tokens = reader.parse(self.text)
        header: tuple[str, ...] = ()
        cells: list[Prose] = []
        cursor, in_head, in_heading, in_cell = 0, False, False, False
        for token in tokens:
            match token.type:
                case "heading_open":
                    in_heading = True
                case "heading_close":
                    in_heading = False
                case "list_item_open":
                    self.items.append(None)
                    self.numbers.append(token.info)
                case "list_item_close":
                    self.items.pop()
                    self.numbers.pop()
                case "table_open":
                    self.tables += 1
                    header = ()
                case "thead_open":
                    in_head = True
                case "thead_close":
                    in_head = False
                case "tr_open":
                    cells = []
                    cursor = self.lines[token.map[0]] if token.map else 0
                case "tr_close":
                    if in_head:
                        header = tuple(cell.text.strip() for cell in cells)
                    elif any(cell.text.strip() for cell in cells):
                        self._row(cells, header)
                case "td_open" | "th_open":
                    in_cell = True
                case "td_close" | "th_close":
                    in_cell = False
                case "inline" if token.map and in_cell:
                    cell, cursor = self._locate(token.content, cursor)
                    cells.append(cell)
                case "inline" if token.map and not in_heading:
                    self._paragraphs(token, self.lines[token.map[0]])
                case "fence" | "code_block" | "html_block" if token.map:
                    start, end = self.lines[token.map[0]], self.lines[token.map[1]] - 1
                    self._paragraph(self._clean(start, min(end, len(self.text))))
                case _:
                    pass
        _capitalized(self.roots)
        return self.roots

    def _locate(self, content: str, cursor: int) -> tuple[Prose, int]:
        """A cell's content, found again in its line."""
        line_end = self.text.find("\n", cursor)
        start = self.text.find(content, cursor, line_end)
        if start < 0:
            content = content.replace("|", "\\|")
            start = self.text.find(content, cursor, line_end)
        if start < 0:
            return Prose("", ()), cursor
        return self._clean(start, start + len(content)), start + len(content)

    def _paragraphs(self, token: Token, cursor: int) -> None:
        """The inline content, line by line, found again in the document; each note by itself."""
        pieces: list[list[tuple[int, int]]] = [[]]
        lines = token.content.split("\n")
        openings = enumerated(lines)
        outside: list[tuple[int, int]] = []
        for number, line in enumerate(lines):
            start = self.text.find(line, cursor, cursor + len(line) + 1000)
            if start < 0:
                continue
            if number in openings or _REFERENCE.match(line):
                pieces.append([])
            listed = self.items or any(opening < number for opening in openings)
            if number and listed and closes_list(line) and self.text[start - 1] == "\n":
                pieces.append(outside)  # it stands where the list does, not within its last item
            pieces[-1].append((start, start + len(line)))
            cursor = start + len(line)
        for places in pieces:
            if not places:
                continue
            start, end = places[0][0], places[-1][1]
            note = footnotes.OPENING.match(self.text, start, end)
            if note or not _REFERENCE.match(self.text, start, end):  # no address of a link
                prose = self._clean(note.end() if note else start, end)
                within, self.items = self.items, [] if places is outside else self.items
                self._paragraph(prose, note[1] if note else "")
                self.items = within

    def section_at(self, offset: int) -> tuple[str, ...]:
        """The path of the section that this place is in."""
        at = bisect_right(self.starts, offset) - 1
        return self.document.sections[at].path if at >= 0 else ()

    def _paragraph(self, prose: Prose, note: str = "") -> None:
        if self._lettered(prose):
            return
        label = ""
        if match := _STEP.match(prose.text) or _LABEL.match(prose.text):
            label = re.sub(r"[^\w.]", "", match[0].split()[-1] if match.re is _LABEL else match[1])
            label = label.rstrip(".")
            prose = prose.cut(match.end(), len(prose.text))
        if not any(c.isalnum() for c in prose.text):
            return
        section = self.section_at(prose.offsets[0])
        depth = len(self.items)
        marked = self._marked(prose)
        if note:
            self.roots.append(Block("paragraph", prose, section, note=note))
            return
        if not depth and (over := self._led_by(label, section)):
            joint = _JOINT.search(prose.text)
            item = Block("item", prose, section, over.depth + 1, label)
            if joint is not None:
                item.prose, item.joint = prose.cut(0, joint.start()), joint[1]
            over.children.append(item)
            return
        kind: Literal["item", "paragraph"] = "item" if depth else "paragraph"
        block = Block(kind, prose, section, depth, label, marked=marked)
        parent = next((item for item in reversed(self.items[:-1]) if item is not None), None)
        if depth and self.items[-1] is None:
            block.label = label or self.numbers[-1]
            self.items[-1] = block
        elif depth:
            parent = self.items[-1]  # a second paragraph of the same item
        _split_lettered(block)
        (parent.children if parent else self.roots).append(block)

    def _marked(self, prose: Prose) -> int:
        """How much of a text stands in the bold or italics that it opens with."""
        begin = prose.offsets[0]
        mark = _EMPHASIS.search(self.text, max(0, begin - 3), begin)
        if mark is None:
            return 0
        end = self.text.find(mark[0], begin, prose.offsets[-1] + 1 + len(mark[0]))
        return bisect_left(prose.offsets, end) if end > 0 else 0

    def _lettered(self, prose: Prose) -> bool:
        """Take a paragraph of lettered parts for the items of the paragraph that leads into it."""
        lead = self.roots[-1] if self.roots and not self.items else None
        if lead is None or lead.kind != "paragraph" or not re.match(r"\(?a\)\s", prose.text):
            return False
        if lead.section != self.section_at(prose.offsets[0]) or not lead.prose.text.endswith(":"):
            return False
        # Letters are looked for behind a blank; what is before the first part is then empty.
        whole = Prose(f" {prose.text}", (prose.offsets[0], *prose.offsets))
        parts = Block("paragraph", whole, lead.section, lead.depth)
        _split_lettered(parts)
        lead.children += parts.children
        return bool(parts.children)

    def _led_by(self, label: str, section: tuple[str, ...]) -> Block | None:
        """The paragraph before, if it leads into one with this letter: 'No fee is due:'."""
        over = self.roots[-1] if self.roots else None
        if over is None or over.kind != "paragraph" or over.section != section:
            return None
        chain = [over]
        while chain[-1].children:
            chain.append(chain[-1].children[-1])
        for part in reversed(chain):  # the innermost list goes on first
            if part.children and follows(label, part.children[-1].label):
                return part
            opens = label in FIRST and not part.children
            if opens and part.prose.text.endswith((":", "–", "—")):
                return part
        return None

    def _clean(self, start: int, end: int) -> Prose:
        """text[start:end] without markup, line ends and runs of blanks as one blank."""
        said: list[str] = []
        offsets: list[int] = []
        for piece in self._pieces(start, end):
            for run in _RUN.finditer(self.text, *piece):
                if not run[0].isspace():
                    said.append(run[0])
                    offsets.extend(range(*run.span()))
                elif said and said[-1] != " ":
                    said.append(" ")
                    offsets.append(run.start())
        if said and said[-1] == " ":
            said.pop()
            offsets.pop()
        return Prose("".join(said), tuple(offsets))

    def _pieces(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """What of text[start:end] is no markup."""
        at = start
        for match in _MARKUP.finditer(self.text, start, end):
            yield at, match.start() + match[0].startswith("\n")
            if words := pictures.said(self.pictures, match.start(), self.text, start, end):
                yield words.start, words.end
            at = match.end()
        yield at, end

    def _row(self, cells: list[Prose], header: tuple[str, ...]) -> None:
        filled = [cell for cell in cells if cell.offsets]
        if not filled:
            return
        start, end = filled[0].offsets[0], filled[-1].offsets[-1] + 1
        self.roots.append(
            Block(
                "row",
                self._clean(start, end),
                self.section_at(start),
                header=header,
                cells=tuple(cells),
                table=self.tables,
            )
        )


def _capitalized(roots: Sequence[Block]) -> None:
    """Cut the capitals off that a section's paragraphs are lettered with: 'A. …', 'B. …'."""
    for _, run in groupby(roots, key=lambda block: block.section):
        some = [block for block in run if block.kind == "paragraph" and not block.label]
        for number in capitals([block.prose.text for block in some]):
            block = some[number]
            mark = CAPITAL.match(block.prose.text)
            if mark is not None:
                block.label = mark[1].lower()
                block.prose = block.prose.cut(mark.end(), len(block.prose.text))


_LETTER = re.compile(r"(?<=\s)\(?([a-z])\)\s")


def _split_lettered(block: Block) -> None:
    """'We refund (a) half where …; (b) nothing where …': the lettered parts become its items."""
    text = block.prose.text
    marks: list[re.Match[str]] = []
    for match in _LETTER.finditer(text):
        if match[1] == "abcdefghijklmnopqrstuvwxyz"[len(marks) % 26]:
            marks.append(match)
    if len(marks) < 2:
        return
    for number, mark in enumerate(marks):
        end = marks[number + 1].start() if number + 1 < len(marks) else len(text)
        joint = re.search(r"[;,.]?\s*(?:\b(and|or))?\s*$", text[mark.end() : end])
        stop = mark.end() + joint.start() if joint else end
        if text[mark.end() : stop]:
            item = Block(
                "item",
                block.prose.cut(mark.end(), stop),
                block.section,
                block.depth + 1,
                mark[1],
                joint=(joint and joint[1]) or "",
            )
            block.children.append(item)
    block.prose = block.prose.cut(0, len(text[: marks[0].start()].rstrip()))


_MARKUP = re.compile(
    r"!\[[^\]]{0,500}\]\([^)]{0,2000}\)|" + footnotes.MARK + r"|"
    r"\[(?=[^\]]{0,500}\]\([^)]{0,2000}\))|\]\([^)]{0,2000}\)|"
    r"</?[A-Za-z!][^>\n]{0,80}>|\*\*|__|`+|"
    r"(?<!\w)[*_](?=\w)|(?<=[\w.,!?])[*_](?!\w)|\\(?=[|*_#])|\n[ ]*>[ ]?"
)


_EMPHASIS = re.compile(r"(?:\*{1,3}|_{1,2})$")
_RUN = re.compile(r"\s+|\S+")
