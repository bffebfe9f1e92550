"""The pieces a document is put together from, and their rendering as Markdown, text or HTML.

In: headings, paragraphs, lists and tables, whose text may hold marks. Out: the text of the file
and where in it each rule stands. A mark (`mark(id, text)`) says which rule a stretch of text
states; a reference (`refer(label)`) becomes the number of the clause or step with that label.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

Format = Literal["md", "txt", "html"]
SUFFIXES: dict[Format, str] = {"md": ".md", "txt": ".txt", "html": ".html"}

_OPEN, _NAMED, _CLOSE, _REF = "\ue000", "\ue001", "\ue002", "\ue003"
MARK = f"{_OPEN}[^{_NAMED}]*{_NAMED}"
"""The pattern of what `mark` puts before a text."""
_MARKS = re.compile(f"{_OPEN}([^{_NAMED}]*){_NAMED}|{_CLOSE}")
_REFS = re.compile(f"{_REF}([^{_REF}]*){_REF}")


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Paragraph:
    """`label` lets clauses refer to it where paragraphs are numbered."""

    text: str
    label: str = ""


@dataclass(frozen=True)
class Item:
    text: str
    below: tuple[Item, ...] = ()
    label: str = ""


@dataclass(frozen=True)
class Listing:
    """`style`: bullets, or numbers that steps refer to, or letters under a clause."""

    items: tuple[Item, ...]
    style: Literal["bullets", "numbers", "letters"] = "bullets"


@dataclass(frozen=True)
class Table:
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Listing | Table


def mark(rule: str, text: str) -> str:
    """The text, as what states a rule."""
    return f"{_OPEN}{rule}{_NAMED}{text}{_CLOSE}"


def refer(label: str) -> str:
    """The number of what has the label, once it is known."""
    return f"{_REF}{label}{_REF}"


@dataclass
class Rendered:
    """A document's text; `spans` are character offsets into it, by rule."""

    text: str
    spans: dict[str, list[tuple[int, int]]] = field(default_factory=dict)


def render(title: str, blocks: Sequence[Block], format: Format, numbered: bool) -> Rendered:
    """Write the document; `numbered` gives sections, and paragraphs in them, numbers."""
    parts = list(_numbered(blocks) if numbered else _plain(blocks))
    numbers = {label: number for _, number, label in parts if label}
    for block, _, _ in parts:
        if isinstance(block, Listing):
            numbers |= {i.label: str(n) for n, i in enumerate(block.items, 1) if i.label}
    write = {"md": _markdown, "txt": _text, "html": _html}[format]
    text = write(title, [(block, number) for block, number, _ in parts])
    return _unmarked(_REFS.sub(lambda m: numbers[m[1]], text))


def _plain(blocks: Sequence[Block]) -> Iterator[tuple[Block, str, str]]:
    for block in blocks:
        yield block, "", ""


def _numbered(blocks: Sequence[Block]) -> Iterator[tuple[Block, str, str]]:
    """Each block with its number ('4' of a section, '4.2' of a paragraph) and its label."""
    section = paragraph = 0
    for block in blocks:
        if isinstance(block, Heading):
            section, paragraph = section + 1, 0
            yield block, f"{section}", ""
        elif isinstance(block, Paragraph) and section:
            paragraph += 1
            yield block, f"{section}.{paragraph}", block.label
        else:
            yield block, "", ""


def _unmarked(text: str) -> Rendered:
    """Take the marks out and note where what they mark stands."""
    result, spans, open_, length = [], {}, [], 0
    place = 0
    for match in _MARKS.finditer(text):
        result.append(text[place : match.start()])
        length += match.start() - place
        place = match.end()
        if match[0] == _CLOSE:
            rule, start = open_.pop()
            spans.setdefault(rule, []).append((start, length))
        else:
            open_.append((match[1], length))
    return Rendered("".join([*result, text[place:]]), spans)


def _markdown(title: str, parts: Sequence[tuple[Block, str]]) -> str:
    lines = [f"# {title}", ""]
    for block, number in parts:
        match block:
            case Heading(text):
                lines.append(f"## {number + '. ' if number else ''}{text}")
            case Paragraph(text):
                lines.append(f"{number + ' ' if number else ''}{text}")
            case Listing(items, style):
                lines += _listed(items, style, "")
            case Table(head, rows):
                lines += [f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows)]
        lines.append("")
    return "\n".join(lines)


def _text(title: str, parts: Sequence[tuple[Block, str]]) -> str:
    lines = [title.upper(), ""]
    for block, number in parts:
        match block:
            case Heading(text):
                lines.append(f"{number}. {text.upper()}" if number else text.upper())
            case Paragraph(text):
                lines.append(f"{number} {text}" if number else text)
            case Listing(items, style):
                lines += _listed(items, style, "")
            case Table():
                raise ValueError("plain text has no tables")
        lines.append("")
    return "\n".join(lines)


def _listed(items: Sequence[Item], style: str, indent: str) -> Iterator[str]:
    for number, item in enumerate(items, 1):
        point = {"bullets": "-", "numbers": f"{number}.", "letters": f"({chr(96 + number)})"}[style]
        yield f"{indent}{point} {item.text}"
        if item.below:
            yield from _listed(item.below, "bullets", indent + " " * (len(point) + 1))


def _html(title: str, parts: Sequence[tuple[Block, str]]) -> str:
    lines = ["<!DOCTYPE html>", '<html lang="en">', '<head><meta charset="utf-8">']
    lines += [f"<title>{_escaped(title)}</title></head>", "<body>", f"<h1>{_escaped(title)}</h1>"]
    for block, number in parts:
        before = f"{number} " if number else ""
        match block:
            case Heading(text):
                lines.append(f"<h2>{before}{_escaped(text)}</h2>")
            case Paragraph(text):
                lines.append(f"<p>{before}{_escaped(text)}</p>")
            case Listing(items, style):
                lines += _html_list(items, style)
            case Table(head, rows):
                lines += ["<table>", _html_row(head, "th")]
                lines += [*(_html_row(row, "td") for row in rows), "</table>"]
    return "\n".join([*lines, "</body>", "</html>", ""])


def _html_list(items: Sequence[Item], style: str) -> Iterator[str]:
    tag = {"bullets": "ul", "numbers": "ol", "letters": 'ol type="a"'}[style]
    yield f"<{tag}>"
    for item in items:
        yield f"<li>{_escaped(item.text)}"
        if item.below:
            yield from _html_list(item.below, "bullets")
        yield "</li>"
    yield f"</{tag.split()[0]}>"


def _html_row(cells: Sequence[str], tag: str) -> str:
    return "<tr>" + "".join(f"<{tag}>{_escaped(cell)}</{tag}>" for cell in cells) + "</tr>"


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)
