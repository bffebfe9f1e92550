"""Word and PDF files with the content of a Markdown text, made with python-docx and reportlab.

In: normalized Markdown. Out: the bytes of a file as a word processor would write it: styles for
headings and lists in Word; sizes, hanging indents, ruled tables and page furniture in the PDF.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import docx
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from reportlab.lib import colors
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table


@dataclass
class Piece:
    """A block of a document: what kind, its text with `**bold**`, how deep, which list label."""

    kind: str
    text: str = ""
    depth: int = 0
    label: str = ""
    rows: list[list[str]] = field(default_factory=list)


def pieces(markdown: str) -> list[Piece]:
    tree = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(markdown))
    return list(_pieces(tree, 0))


def _pieces(node: SyntaxTreeNode, depth: int) -> Iterator[Piece]:
    for child in node.children:
        if child.type == "heading":
            yield Piece("heading", _inline(child), int(child.tag[1]))
        elif child.type == "paragraph":
            yield Piece("paragraph", _inline(child), depth)
        elif child.type == "table":
            rows = [[_inline(cell) for cell in row.children] for part in child.children
                    for row in part.children]  # fmt: skip
            yield Piece("table", rows=rows)
        elif child.type in {"bullet_list", "ordered_list"}:
            for number, item in enumerate(child.children, 1):
                label = f"{number}." if child.type == "ordered_list" else ""
                inner = list(_pieces(item, depth + 1))
                yield Piece("item", inner[0].text, depth, label)
                yield from inner[1:]


def _inline(node: SyntaxTreeNode) -> str:
    return " ".join(node.children[0].content.split()) if node.children else ""


def docx_of(markdown: str) -> bytes:
    document = docx.Document()
    for piece in pieces(markdown):
        if piece.kind == "heading":
            document.add_heading(piece.text, piece.depth)
        elif piece.kind == "table":
            table = document.add_table(len(piece.rows), len(piece.rows[0]), style="Table Grid")
            for row, cells in zip(table.rows, piece.rows, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
        else:
            kind = "List Number" if piece.label else "List Bullet"
            depth = min(piece.depth, 2)  # the template has styles for three levels
            suffix = f" {depth + 1}" if depth else ""
            style = kind + suffix if piece.kind == "item" else "Normal"
            paragraph = document.add_paragraph(style=style)
            for number, text in enumerate(re.split(r"\*\*", piece.text)):
                paragraph.add_run(text).bold = bool(number % 2) or None
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def pdf_of(markdown: str, size: tuple[float, float] = A5, justified: bool = False) -> bytes:
    """A small page, so that paragraphs, lists and tables run over lines and pages."""
    sheet = getSampleStyleSheet()
    body = ParagraphStyle("body", sheet["BodyText"], alignment=4 if justified else 0)
    flow: list = []
    for piece in pieces(markdown):
        text = _tagged(piece.text)
        if piece.kind == "heading":
            flow.append(Paragraph(text, sheet[f"Heading{piece.depth}"]))
        elif piece.kind == "table":
            rows = [[Paragraph(_tagged(cell), body) for cell in row] for row in piece.rows]
            grid = ("GRID", (0, 0), (-1, -1), 0.5, colors.black)
            flow += [Spacer(1, 6), Table(rows, style=[grid], repeatRows=1), Spacer(1, 6)]
        else:
            left = 18 * (piece.depth + (piece.kind == "item"))
            style = ParagraphStyle("item", body, leftIndent=left, bulletIndent=max(left - 14, 0))
            bullet = (piece.label or "•") if piece.kind == "item" else None
            flow.append(Paragraph(text, style, bulletText=bullet))
    stream = io.BytesIO()
    template = SimpleDocTemplate(
        stream, pagesize=size, topMargin=60, bottomMargin=60, pageCompression=0
    )
    furniture = _furniture(size)
    template.build(flow, onFirstPage=furniture, onLaterPages=furniture)
    return stream.getvalue()


def _furniture(size: tuple[float, float]) -> Callable:
    def draw(canvas, template) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(72, size[1] - 36, "Internal – do not copy")
        canvas.drawCentredString(size[0] / 2, 30, f"Page {template.page}")

    return draw


def _tagged(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)
