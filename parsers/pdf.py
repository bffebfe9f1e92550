"""A PDF with a text layer to Markdown: what stands on its pages, for `parsers.layout` to order.

In: the bytes of a PDF. Out: Markdown. pdfium gives each character's box, font and angle, the ruled
lines and the pictures. Here characters become runs: pieces of one line in one type.
Simplified: text at an angle to the page's (watermarks) is left out; a scanned page has no text.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from parsers.layout.geometry import Box, Page, Run
from parsers.layout.pages import markdown_of
from parsers.reading import PolicyError

MOST_PAGES = 1000
MOST_CHARACTERS = 3_000_000
MOST_RUNS = 10_000
"""Pieces of text on one page; a page of a book has some hundred."""
MOST_OBJECTS = 100_000
"""Drawn things in a document that are looked at; tables beyond them are read as if not ruled."""

_BOLD = re.compile(r"bold|black|heavy|semibd|demi", re.IGNORECASE)
# ligatures, and the marks that pdfium puts for a hyphen at a line's end
_LETTERS = str.maketrans(
    {"ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl", "\x02": "-", "\ufffe": "-"}
)


@dataclass(frozen=True)
class _Type:
    """What the characters of one text object have in common: angle in degrees, size in points."""

    angle: int
    size: float
    bold: bool


def to_markdown(data: bytes, path: Path) -> str:
    """The text of the pages as Markdown.

    Raises:
        PolicyError: a broken, encrypted or scanned PDF, or one too long.
    """
    try:
        document = pdfium.PdfDocument(data)
        count = len(document)
    except pdfium.PdfiumError as error:
        if raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD or "assword" in str(error):
            raise PolicyError(
                f"{path}: the PDF asks for a password; save it without one"
            ) from error
        raise PolicyError(
            f"{path}: a broken or cut-off PDF; export it again or save its text as a .docx"
        ) from error
    try:
        if count > MOST_PAGES:
            raise PolicyError(f"{path}: {count} pages; split it into parts of {MOST_PAGES}")
        pages: list[Page] = []
        left, objects, pictures = MOST_CHARACTERS, MOST_OBJECTS, 0
        for number in range(count):
            page, looked_at = _page(document, number, objects)
            objects -= looked_at
            left -= sum(len(run.text) for run in page.runs)
            if left < 0 or len(page.runs) > MOST_RUNS:
                raise PolicyError(f"{path}: page {number + 1}: too much text; split the document")
            pictures += len(page.images)
            pages.append(page)
        if not any(run.text.strip() for page in pages for run in page.runs):
            raise PolicyError(
                f"{path}: the PDF has no text layer"
                + (", only pictures of pages" if pictures else "")
                + "; recognise its text first (for example with `ocrmypdf`), or write it anew"
            )
        return markdown_of(pages)
    finally:
        document.close()


def _page(document: pdfium.PdfDocument, number: int, most: int) -> tuple[Page, int]:
    """One page, and how many of its drawn things were looked at: `most` at most."""
    try:
        page = document[number]
        text = page.get_textpage()
    except pdfium.PdfiumError:
        return Page(number + 1), 0  # a broken page among good ones
    runs, turn = _runs(text)
    found = Page(number + 1, runs)
    looked_at = 0
    for thing in islice(page.get_objects(max_depth=3), most):
        looked_at += 1
        try:
            x0, y0, x1, y1 = thing.get_bounds()
        except pdfium.PdfiumError:
            continue
        box = Box(x0, y0, x1, y1)
        kind = raw.FPDFPageObj_GetType(thing.raw)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            found.rules += _rules(box)
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            found.images.append(box)
    if turn:
        found.turn(turn)
    text.close()
    page.close()
    return found, looked_at


def _rules(box: Box) -> list[Box]:
    """The ruled lines of a path: itself when thin, else the four sides of its box."""
    if box.width < 3 or box.height < 3:
        return [box] if max(box.width, box.height) > 6 else []
    if box.width < 12 or box.height < 8:
        return []
    return [
        Box(box.x0, box.y0, box.x1, box.y0), Box(box.x0, box.y1, box.x1, box.y1),
        Box(box.x0, box.y0, box.x0, box.y1), Box(box.x1, box.y0, box.x1, box.y1),
    ]  # fmt: skip


def _runs(text: pdfium.PdfTextPage) -> tuple[list[Run], int]:
    """The page's characters as runs, in the order they were written; the angle they stand at."""
    handle = text.raw
    types: dict[int, _Type] = {}  # of each text object
    glyphs: list[tuple[str, _Type, Box, Box]] = []
    loose, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    for i in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(handle, i)
        if raw.FPDFText_IsGenerated(handle, i) == 1:  # a gap that pdfium takes for a space
            if code == 32 and glyphs:
                glyphs.append((" ", *glyphs[-1][1:]))
            continue
        if code in {0, 10, 13}:
            continue
        key = ctypes.addressof(raw.FPDFText_GetTextObject(handle, i).contents)
        if key not in types:
            angle = round(raw.FPDFText_GetCharAngle(handle, i) * 180 / math.pi) % 360
            raw.FPDFText_GetMatrix(handle, i, matrix)
            size = raw.FPDFText_GetFontSize(handle, i) * math.hypot(matrix.c, matrix.d)
            types[key] = _Type(angle, abs(size) or 1.0, _is_bold(handle, i))
        raw.FPDFText_GetLooseCharBox(handle, i, loose)
        raw.FPDFText_GetCharOrigin(handle, i, x, y)
        character = chr(code)
        character = " " if character.isspace() else character.translate(_LETTERS)
        box = Box(loose.left, loose.bottom, loose.right, loose.top)
        glyphs.append((character, types[key], box, Box(x.value, y.value, x.value, y.value)))
    turn = Counter(kind.angle for character, kind, *_ in glyphs if character != " ").most_common(1)
    upright = turn[0][0] if turn else 0
    if upright % 90:
        upright = 0
    runs: list[Run] = []
    for character, kind, box, origin in glyphs:
        if kind.angle != upright:
            continue
        # the height is that of the type, not of the letter: lines and sizes can be compared
        box, base = box.turned(upright), origin.turned(upright).y0
        box = Box(box.x0, base - 0.2 * kind.size, box.x1, base + 0.8 * kind.size)
        last = runs[-1] if runs else None
        if last is not None and last.takes(character, box, kind.bold):
            last.add(character, box)
        elif character != " ":
            runs.append(Run(character, box, kind.bold))
    return [run for run in runs if run.text.strip()], upright


def _is_bold(handle, i: int) -> bool:
    if raw.FPDFText_GetFontWeight(handle, i) >= 600:
        return True
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    raw.FPDFText_GetFontInfo(handle, i, name, 128, flags)
    return bool(_BOLD.search(name.value.decode("utf-8", "replace")))
