"""The Markdown that the readers of other formats write: tables, images, list items.

In: cells, a picture's words, an item's label and depth. Out: Markdown that `parsers.blocks` reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

BULLETS = "•‣⁃∙●○◦▪▫■□◆◇➢➤✓✔❖\uf0b7\uf0a7\uf0d8\uf0fc\uf076\u00b7"
ORDINAL = re.compile(r"\d{1,3}[.)]$")
LETTER = re.compile(r"\(?(?:[A-Za-z]|[ivxIVX]{1,6}|\d{1,3})\)$|[A-Za-z]\.$|[ivxIVX]{2,6}\.$")
CLAUSE = re.compile(r"(?:§\s?)?\d{1,3}(?:\.\d{1,3})+[.)]?(?:\([a-z]{1,4}\))*$")


def table(rows: Sequence[Sequence[str]], heads: int = 1) -> str:
    """A Markdown table; the first `heads` rows are its header, joined column by column."""
    rows = [
        [_cell(cell) for cell in row]
        for number, row in enumerate(rows)
        if number < heads or any(cell.strip() for cell in row)
    ]
    if not rows:
        return ""
    width = max(map(len, rows))
    rows = [row + [""] * (width - len(row)) for row in rows]
    header = [" ".join(dict.fromkeys(filter(None, names))) for names in zip(*rows[:heads])]  # noqa: B905
    lines = [header or [""] * width, ["---"] * width, *rows[heads:]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(text: str) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", " ".join(text.split()))


def plain(text: str) -> str:
    """A paragraph whose first sign would make it a heading, kept a paragraph."""
    return "\\" + text if re.match(r"#{1,6}(?:\s|$)", text) else text


def image(alt: str, source: str) -> str:
    """A picture in its place; what would end the Markdown early is taken out."""
    alt = " ".join(re.sub(r"[\[\]]", " ", alt).split())
    source = re.sub(r"[\s<>()]", "_", source)
    return f"![{alt}]({source})" if source else ""


def item(label: str, text: str, depth: int) -> str:
    """A list item at a depth; a label that Markdown does not know stays behind a bullet."""
    marker = label + " " if ORDINAL.match(label) else "- "
    said = text if marker != "- " or not label or label in BULLETS else f"{label} {text}"
    return "    " * depth + marker + said


def joined(pieces: Iterable[tuple[str, bool]]) -> str:
    """Blocks apart by blank lines, the items of one list (marked True) by line ends alone."""
    text, before = "", False
    for piece, listed in pieces:
        text += ("\n" if listed and before else "\n\n") + piece
        before = listed
    return text.strip("\n") + "\n"


def counted(number: int, kind: str) -> str:
    """A number as `kind` writes it: '1', 'a', 'A', 'i' or 'I'."""
    if kind in {"a", "A"} and number > 0:
        letter = chr(ord(kind) + (number - 1) % 26)
        return letter * ((number - 1) // 26 % 9 + 1)
    if kind not in {"i", "I"} or not 0 < number < 4000:
        return str(number)
    roman = ""
    for value, sign in _ROMAN:
        roman += sign * (number // value)
        number %= value
    return roman.upper() if kind == "I" else roman


_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
    (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
