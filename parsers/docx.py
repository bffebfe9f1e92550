"""A Word file to Markdown: headings, numbered clauses, nested lists, tables, images, footnotes.

In: the bytes of a .docx. Out: Markdown. python-docx opens the package; the walk is over its XML,
as what Word numbers by itself ('3.2', '(a)'), notes and text boxes are not in python-docx's own
model. Labels are counted as Word counts them, so that 'see clause 3.2' finds its clause.
Simplified: deleted text, hidden text, tables of contents, comments, headers and footers are left
out; the number formats known are decimal, letters and roman.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsmap

from parsers import markdown
from parsers.reading import PolicyError

LARGEST = 256 << 20
LARGEST_XML = 32 << 20
DENSEST = 200
MOST_FILES = 5000

_W = f"{{{nsmap['w']}}}"
_R = f"{{{nsmap['r']}}}"
_VML = "{urn:schemas-microsoft-com:vml}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SKIPPED = {
    _W + name for name in ("del", "moveFrom", "pPr", "rPr", "instrText", "delText", "sdtPr")
} | {_FALLBACK}
_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)


def to_markdown(data: bytes, path: Path) -> str:
    """The document's text as Markdown.

    Raises:
        PolicyError: not a Word document, broken, or one that unpacks to more than is safe.
    """
    _check_package(data, path)
    try:
        return _Reader(docx.Document(io.BytesIO(data))).read()
    except RecursionError:
        raise PolicyError(f"{path}: nested too deeply; flatten its tables and text boxes") from None
    except Exception as error:  # python-docx and lxml name a broken file in a dozen ways
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise PolicyError(
            f"{path}: cannot be read as a Word document ({reason}); open it in a word processor "
            "and save it as .docx again"
        ) from error


def _check_package(data: bytes, path: Path) -> None:
    """Refuse what is no Word document and what would fill the memory, before unpacking it."""
    try:
        files = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise PolicyError(
            f"{path}: a broken or cut-off zip file, no Word document; save it as .docx again"
        ) from error
    if not any(file.filename == "[Content_Types].xml" for file in files):
        raise PolicyError(f"{path}: a zip file but no Word document; save it as .docx")
    total = sum(file.file_size for file in files)
    xml = sum(file.file_size for file in files if file.filename.endswith((".xml", ".rels")))
    dense = any(
        file.file_size > 1 << 20 and file.file_size > DENSEST * max(file.compress_size, 1)
        for file in files
    )
    if total > LARGEST or xml > LARGEST_XML or dense or len(files) > MOST_FILES:
        raise PolicyError(
            f"{path}: unpacks to {total >> 20} MB in {len(files)} files, which no policy needs and "
            "a zip bomb does; save its text as a new .docx"
        )


_FORMATS = {"lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I"}

Piece = tuple[str, bool]
"""A block of Markdown, and whether it is part of a list."""


@dataclass
class _Level:
    """One level of a numbered list: how its label looks and where its text stands."""

    format: str = "bullet"
    text: str = ""
    start: int = 1
    left: int = 0


@dataclass
class _Style:
    """What a paragraph style says, its parents' words included."""

    name: str = ""
    outline: int | None = None
    numbering: tuple[str, int] | None = None
    left: int | None = None
    bold: bool = False


@dataclass
class _Reader:
    document: object
    styles: dict[str, _Style] = field(default_factory=dict)
    lists: dict[str, dict[int, _Level]] = field(default_factory=dict)
    counted_with: dict[str, str] = field(default_factory=dict)
    counters: dict[str, list[int | None]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    open: list[tuple[int, int]] = field(default_factory=list)

    def read(self) -> str:
        part = self.document.part  # pyright: ignore[reportAttributeAccessIssue]
        self.part = part
        parts = {rel.reltype: rel.target_part for rel in part.rels.values() if not rel.is_external}
        if (styles := parts.get(RELATIONSHIP_TYPE.STYLES)) is not None:
            self._read_styles(parse_xml(styles.blob))
        if (numbering := parts.get(RELATIONSHIP_TYPE.NUMBERING)) is not None:
            self._read_numbering(parse_xml(numbering.blob))
        body = part.element.find(_W + "body")
        self.headed = any(self._level(paragraph) > 1 for paragraph in body.iter(_W + "p"))
        blocks = list(self._blocks(body))
        found = {
            "f": parts.get(RELATIONSHIP_TYPE.FOOTNOTES),
            "e": parts.get(RELATIONSHIP_TYPE.ENDNOTES),
        }
        for kind, notes in found.items():
            for note in parse_xml(notes.blob) if notes is not None else ():
                label = self.notes.get(kind + note.get(_W + "id", ""))
                said = " ".join(self._text(p) for p in note.iter(_W + "p")).strip()
                if label and said:
                    blocks.append((f"[^{label}]: {said}", False))
        return markdown.joined(blocks)

    # --- what the other parts say ------------------------------------------------------------

    def _read_styles(self, root) -> None:
        elements = {s.get(_W + "styleId"): s for s in root.iter(_W + "style")}
        for style_id, element in elements.items():
            style = _Style(name=_value(element, "name"))
            seen: set[str] = set()
            while element is not None and (key := element.get(_W + "styleId")) not in seen:
                seen.add(key)
                properties = element.find(_W + "pPr")
                if properties is not None:
                    style.numbering = style.numbering or _numbering(properties, style_id)
                    style.left = _left(properties) if style.left is None else style.left
                    outline = _value(properties, "outlineLvl")
                    if style.outline is None and outline.isdigit():
                        style.outline = int(outline)
                style.bold = style.bold or _is_on(element.find(_W + "rPr"), "b")
                element = elements.get(_value(element, "basedOn"))
            self.styles[style_id] = style

    def _read_numbering(self, root) -> None:
        abstract: dict[str, dict[int, _Level]] = {}
        for element in root.findall(_W + "abstractNum"):
            levels = {
                int(level.get(_W + "ilvl", "0")): _Level(
                    format=_value(level, "numFmt") or "decimal",
                    text=_value(level, "lvlText"),
                    start=_number(_value(level, "start"), 1),
                    left=_left(level.find(_W + "pPr")) or 0,
                )
                for level in element.findall(_W + "lvl")
            }
            abstract[element.get(_W + "abstractNumId", "")] = levels
        for element in root.findall(_W + "num"):
            key, base = element.get(_W + "numId", ""), _value(element, "abstractNumId")
            levels = dict(abstract.get(base, {}))
            overrides = element.findall(_W + "lvlOverride")
            for override in overrides:
                at = int(override.get(_W + "ilvl", "0"))
                level = levels.get(at, _Level())
                start = _number(_value(override, "startOverride"), level.start)
                levels[at] = _Level(level.format, level.text, start, level.left)
            self.lists[key] = levels
            # lists of one definition count on together, unless one is told to start anew
            self.counted_with[key] = key if overrides else "abstract " + base

    # --- blocks ------------------------------------------------------------------------------

    def _blocks(self, parent) -> Iterator[Piece]:
        for element in parent:
            if element.tag == _W + "p":
                yield from self._paragraph(element)
            elif element.tag == _W + "tbl":
                self.open.clear()
                yield from self._table(element)
            elif element.tag == _W + "sdt":
                gallery = element.find(f"{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery")
                content = element.find(_W + "sdtContent")
                contents = gallery is not None and "Contents" in gallery.get(_W + "val", "")
                if content is not None and not contents:
                    yield from self._blocks(content)
            elif element.tag in {_W + "ins", _W + "moveTo", _W + "customXml", _W + "smartTag"}:
                yield from self._blocks(element)

    def _paragraph(self, paragraph) -> Iterator[Piece]:
        style = self._style(paragraph)
        text = self._text(paragraph, bold=style.bold)
        boxes = [box for box in paragraph.iter(_W + "txbxContent") if not _in_fallback(box)]
        if text.strip() and not style.name.lower().startswith("toc "):
            yield self._placed(paragraph, style, text.strip())
        for box in boxes:
            yield from self._blocks(box)

    def _placed(self, paragraph, style: _Style, text: str) -> Piece:
        """The paragraph's text as a heading, an item at its depth, or a paragraph."""
        level = self._level(paragraph)
        properties = paragraph.find(_W + "pPr")
        direct = _numbering(properties, "") if properties is not None else None
        numbering = direct or style.numbering
        label, where = "", None
        if numbering is not None and numbering[0] != "0":
            where = self.lists.get(numbering[0], {}).get(numbering[1])
            label = self._label(*numbering)
        if level or self._is_bold_title(text):
            self.open.clear()
            title = re.sub(r"\*\*", "", text)
            return "#" * min(level or 2, 6) + " " + f"{label} {title}".strip(), False
        left = _left(properties) if properties is not None else None
        if left is None and where is not None and direct is not None:
            left = where.left
        if left is None:
            left = style.left if style.left is not None else where.left if where else 0
        if where is None or markdown.CLAUSE.match(label):
            if where is None and self.open and left >= max(self.open[-1][0], 1):
                return "\n" + "    " * len(self.open) + text, True  # goes on with the item above
            self.open.clear()
            return markdown.plain(f"{label} {text}".strip()), False
        key = (left, numbering[1] if numbering else 0)
        while self.open and self.open[-1] > key:
            self.open.pop()
        if not self.open or self.open[-1] < key:
            self.open.append(key)
        return markdown.item(label, text, len(self.open) - 1), True

    def _label(self, list_id: str, level: int) -> str:
        """The label that Word shows at this paragraph, counted on; '' for a bullet."""
        levels = self.lists.get(list_id, {})
        where = levels.get(level)
        if where is None:
            return ""
        counters = self.counters.setdefault(self.counted_with[list_id], [None] * 10)
        before = counters[level]
        counters[level] = where.start if before is None else before + 1
        counters[level + 1 :] = [None] * (9 - level)
        if where.format in {"bullet", "none"}:
            return ""

        def shown(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            other = levels.get(at, _Level("decimal"))
            count = counters[at]
            return markdown.counted(
                other.start if count is None else count, _FORMATS.get(other.format, "1")
            )

        return re.sub(r"%(\d)", shown, where.text).strip()

    def _is_bold_title(self, text: str) -> bool:
        """'**Refunds**' alone, in a document without heading styles."""
        return (
            not self.headed
            and bool(re.fullmatch(r"\*\*[^*]{2,80}\*\*", text))
            and text[-3] not in ".,;:!?"
            and len(text.split()) <= 10
        )

    def _table(self, table) -> Iterator[Piece]:
        rows: list[list[str]] = []
        heads = 0
        for row in table.iter(_W + "tr"):
            if next(row.iterancestors(_W + "tbl")) is not table:
                continue  # of a table inside a cell, whose text is the cell's
            cells: list[str] = []
            for cell in row.iter(_W + "tc"):
                if next(cell.iterancestors(_W + "tr")) is not row:
                    continue
                properties = cell.find(_W + "tcPr")
                span, merged = 1, None
                if properties is not None:
                    span = min(_number(_value(properties, "gridSpan"), 1), 64)
                    merged = properties.find(_W + "vMerge")
                said = " ".join(self._text(p) for p in cell.iter(_W + "p"))
                if merged is not None and merged.get(_W + "val") != "restart" and rows:
                    above = rows[-1]
                    said = above[len(cells)] if len(cells) < len(above) else said
                cells += [said] * span
            rows.append(cells)
            heads += heads == len(rows) - 1 and row.find(f"{_W}trPr/{_W}tblHeader") is not None
        if rows and max(map(len, rows)) == 1:  # a box around text
            for cell in table.iter(_W + "tc"):
                yield from self._blocks(cell)
                self.open.clear()
            return
        bare = [[cell.replace("**", "") for cell in row] for row in rows]
        yield markdown.table(bare, heads or 1), False

    # --- text --------------------------------------------------------------------------------

    def _style(self, paragraph) -> _Style:
        name = _value(paragraph.find(_W + "pPr"), "pStyle")
        return self.styles.get(name, _Style())

    def _level(self, paragraph) -> int:
        """The heading level of a paragraph; 0 for text."""
        style = self._style(paragraph)
        if match := _HEADING.fullmatch(style.name):
            return int(match[1]) + 1 if self._titled else int(match[1])
        if style.name.lower() == "title":
            return 1
        outline = _value(paragraph.find(_W + "pPr"), "outlineLvl")
        level = int(outline) if outline.isdigit() else style.outline
        return 0 if level is None or level > 8 else min(level + 1 + self._titled, 6)

    @property
    def _titled(self) -> bool:
        if not hasattr(self, "_has_title"):
            ids = {key for key, style in self.styles.items() if style.name.lower() == "title"}
            body = self.part.element.find(_W + "body")
            self._has_title = any(s.get(_W + "val") in ids for s in body.iter(_W + "pStyle"))
        return self._has_title

    def _text(self, paragraph, bold: bool = False) -> str:
        """A paragraph's text, bold runs in `**`, with its images and marks of notes."""
        runs: list[tuple[str, bool]] = []
        for element, run in _leaves(paragraph, None):
            piece = self._piece(element)
            strong = False
            if run is not None and (properties := run.find(_W + "rPr")) is not None:
                if _is_on(properties, "vanish"):
                    continue
                strong = _is_on(properties, "b") and not bold
            if piece:
                runs.append((piece, strong))
        text = ""
        for piece, strong in _merged(runs):
            bare = piece.strip()
            if strong and bare and not bare.startswith(("![", "[^")):
                before, after = (
                    piece[: len(piece) - len(piece.lstrip())],
                    piece[len(piece.rstrip()) :],
                )
                piece = f"{before}**{bare}**{after}"
            text += piece
        return re.sub(r"\s+", " ", text)

    def _piece(self, element) -> str:
        match element.tag.removeprefix(_W):
            case "t":
                return element.text or ""
            case "tab" | "br" | "cr" | "ptab":
                return " "
            case "noBreakHyphen":
                return "-"
            case "footnoteReference" | "endnoteReference" as name:
                key = name[0] + element.get(_W + "id", "")
                return f"[^{self.notes.setdefault(key, str(len(self.notes) + 1))}]"
            case "drawing" | "pict" | "object":
                return self._image(element)
        return (element.text or "") if element.tag.endswith("/math}t") else ""

    def _image(self, drawing) -> str:
        said = ""
        for element in drawing.iter():
            name = str(element.tag).rpartition("}")[2]
            if name == "docPr":
                said = element.get("descr") or element.get("title") or ""
            elif name in {"blip", "imagedata"}:
                relation = self.part.rels.get(
                    element.get(_R + "embed") or element.get(_R + "link") or element.get(_R + "id")
                )
                said = said or element.get("title") or ""
                return markdown.image(said, relation.target_ref) if relation is not None else ""
        return ""


def _leaves(element, run) -> Iterator[tuple]:
    """What a paragraph says piece by piece, each with its run; without what is struck out."""
    for child in element:
        if child.tag in _SKIPPED or not isinstance(child.tag, str):
            continue
        if child.tag in {_W + "drawing", _W + "pict", _W + "object"}:
            yield child, run
        elif len(child):
            yield from _leaves(child, child if child.tag == _W + "r" else run)
        else:
            yield child, run


def _merged(runs: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    merged: list[tuple[str, bool]] = []
    for piece, strong in runs:
        if merged and (merged[-1][1] == strong or not piece.strip()):
            merged[-1] = (merged[-1][0] + piece, merged[-1][1])
        else:
            merged.append((piece, strong))
    return merged


def _in_fallback(element) -> bool:
    return any(ancestor.tag == _FALLBACK for ancestor in element.iterancestors())


def _value(parent, name: str) -> str:
    found = parent.find(_W + name) if parent is not None else None
    return found.get(_W + "val", "") if found is not None else ""


def _is_on(parent, name: str) -> bool:
    found = parent.find(_W + name) if parent is not None else None
    return found is not None and found.get(_W + "val", "1") not in {"0", "false", "off"}


def _number(text: str, default: int) -> int:
    return int(text) if re.fullmatch(r"\d{1,6}", text) else default


def _left(properties) -> int | None:
    indent = properties.find(_W + "ind") if properties is not None else None
    if indent is None:
        return None
    said = indent.get(_W + "left") or indent.get(_W + "start") or ""
    return int(said) if re.fullmatch(r"-?\d{1,6}", said) else None


def _numbering(properties, style_id: str) -> tuple[str, int] | None:
    """The list and the level that a paragraph or a style is numbered with."""
    found = properties.find(_W + "numPr")
    if found is None or not _value(found, "numId"):
        return None
    return _value(found, "numId"), min(_number(_value(found, "ilvl"), 0), 8)
