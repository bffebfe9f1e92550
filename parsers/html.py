"""HTML to Markdown: headings, paragraphs, nested lists, tables, images, emphasis.

In: an HTML page. Out: Markdown that says the same. Scripts, styles and navigation are dropped.
"""

from __future__ import annotations

import re

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

_DROPPED = {"script", "style", "head", "nav", "template", "noscript", "svg", "button", "form"}
_BLOCKS = {
    "p", "div", "section", "article", "main", "header", "footer", "ul", "ol", "dl", "table",
    "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dt", "dd", "figure", "body",
    "html", "hr", "aside", "details", "summary", "figcaption", "address", "center", "fieldset",
}  # fmt: skip


def to_markdown(html: str) -> str:
    """The page as Markdown blocks separated by blank lines."""
    return "\n\n".join(_blocks(BeautifulSoup(html, "html.parser"))) + "\n"


def _blocks(parent: Tag) -> list[str]:
    blocks: list[str] = []
    inline = ""
    for child in parent.children:
        if isinstance(child, Tag) and child.name in _DROPPED:
            continue
        if isinstance(child, Tag) and (child.name in _BLOCKS or child.find(_BLOCKS)):
            blocks += [inline.strip()] if inline.strip() else []
            inline = ""
            blocks += _block(child)
        else:
            inline += _inline(child)
    return blocks + ([inline.strip()] if inline.strip() else [])


def _block(tag: Tag) -> list[str]:
    name = tag.name
    if re.fullmatch(r"h[1-6]", name):
        title = _flat(tag)
        return ["#" * int(name[1]) + " " + title] if title else []
    if name in {"ul", "ol"}:
        return ["\n".join(_list(tag))]
    if name == "table":
        rows = _table(tag)
        return ["\n".join(rows)] if rows else []
    if name == "blockquote":
        return ["\n".join("> " + line for line in block.split("\n")) for block in _blocks(tag)]
    if name == "dl":
        return _definitions(tag)
    return _blocks(tag)


def _list(tag: Tag, depth: int = 0) -> list[str]:
    lines: list[str] = []
    for number, item in enumerate(tag.find_all("li", recursive=False), 1):
        marker = f"{number}. " if tag.name == "ol" else "- "
        indent = " " * len(marker)
        body = "\n".join(
            line for block in _blocks(item) for line in block.split("\n") if line.strip()
        ).split("\n")
        lines.append(marker + body[0])
        lines += [indent + line for line in body[1:]]
    return lines


def _definitions(tag: Tag) -> list[str]:
    lines, term = [], ""
    for child in tag.find_all(["dt", "dd"]):
        if child.name == "dt":
            term = _flat(child)
        else:
            lines.append(f"- {term}: {_flat(child)}" if term else f"- {_flat(child)}")
    return ["\n".join(lines)]


def _table(tag: Tag) -> list[str]:
    rows = [
        [_flat(cell).replace("|", "\\|") for cell in row.find_all(["td", "th"])]
        for row in tag.find_all("tr")
    ]
    rows = [row for row in rows if row]
    if not rows:
        return []
    width = max(map(len, rows))
    rows = [row + [""] * (width - len(row)) for row in rows]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return [lines[0], "|" + " --- |" * width, *lines[1:]]


def _flat(tag: Tag) -> str:
    return " ".join("".join(_inline(child) for child in tag.children).split())


def _inline(node: PageElement) -> str:
    if isinstance(node, PreformattedString):  # comments, doctype, processing instructions
        return ""
    if isinstance(node, NavigableString):
        return re.sub(r"\s+", " ", str(node))
    if not isinstance(node, Tag) or node.name in _DROPPED:
        return ""
    if node.name == "br":
        return " "
    if node.name == "img":
        return f"![{node.get('alt') or ''}]({node.get('src') or ''})" if node.get("src") else ""
    body = "".join(_inline(child) for child in node.children)
    if node.name in {"strong", "b"} and body.strip():
        return f"**{body.strip()}**" + (" " if body.endswith(" ") else "")
    return body
