"""HTML to Markdown: headings, paragraphs, lists, tables, images, emphasis, footnotes, links.

In: an HTML page. Out: Markdown that says the same. Scripts, styles, navigation and what is hidden
or struck out are dropped. Cells that reach over rows or columns are repeated in each; notes become
Markdown's `[^1]`. A link to a place in the page stays one, and its place keeps its anchor; other
links are their words. Simplified: below a hundred levels of tags only the text is read.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, XMLParsedAsHTMLWarning
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from parsers import markdown

DEEPEST = 100

_DROPPED = {
    "script", "style", "head", "nav", "template", "noscript", "svg", "button", "input", "select",
    "textarea", "del", "s", "strike", "iframe", "object", "audio", "video", "canvas",
}  # fmt: skip
_ROLES = {"navigation", "search", "menu", "menubar", "toolbar"}
"""ARIA's names for what is no part of the text, where a page has no element of the kind."""
_BLOCKS = {
    "p", "div", "section", "article", "main", "header", "footer", "ul", "ol", "dl", "table",
    "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dt", "dd", "figure", "body",
    "html", "hr", "aside", "details", "summary", "figcaption", "address", "center", "fieldset",
    "form", "td", "th", "tr", "thead", "tbody", "tfoot", "caption",
}  # fmt: skip
_TITLES = {"h1", "h2", "h3", "h4", "h5", "h6"}
_NAME = re.compile(r"[^\s\"'()<>\[\]]{1,60}")
_NOTE_MARK = re.compile(r"\s*\[?(\d{1,3}|[a-z]|[ivx]{1,5}|[*†‡§]{1,3})\]?\s*")
_BACK = re.compile(r"[\s↩↑⤴^︎]*(?:\[?(?:\d{1,3}|[a-z])\]?[.)]?)?[\s↩↑⤴^︎]*")


def to_markdown(html: str) -> str:
    """The page as Markdown blocks separated by blank lines."""
    with warnings.catch_warnings():
        # what it holds is for the parser to find out; what kind of file it is has been decided
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        page = BeautifulSoup(html, "lxml")  # closes what the page leaves open, as browsers do
    notes = _take_notes(page)
    _write_links(page)
    return "\n\n".join([*_Converter(page).blocks(page, 0), *notes]) + "\n"


class _Converter:
    def __init__(self, page: BeautifulSoup) -> None:
        self.holders: set[int] = set()  # tags with a block somewhere inside
        for block in page.find_all(_BLOCKS):
            parent = block.parent
            while parent is not None and id(parent) not in self.holders:
                self.holders.add(id(parent))
                parent = parent.parent

    def blocks(self, parent: Tag, depth: int) -> list[str]:
        if depth > DEEPEST:
            text = " ".join(parent.get_text(" ").split())
            return [text] if text else []
        found: list[str] = []
        inline: list[str] = []
        for child in parent.children:
            if isinstance(child, Tag) and _is_dropped(child):
                continue
            if isinstance(child, Tag) and (child.name in _BLOCKS or id(child) in self.holders):
                found += _paragraph(inline)
                inline = []
                found += self._block(child, depth + 1)
            else:
                inline.append(_inline(child, depth + 1))
        return found + _paragraph(inline)

    def _block(self, tag: Tag, depth: int) -> list[str]:
        name = tag.name
        if re.fullmatch(r"h[1-6]", name):
            title = _flat(tag, depth).replace("**", "")
            return ["#" * int(name[1]) + " " + title] if title else []
        if name in {"ul", "ol"}:
            lines = self._list(tag, depth)
            return ["\n".join(lines)] if lines else []
        if name == "table":
            return self._table(tag, depth)
        if name == "blockquote":
            inner = self.blocks(tag, depth)
            return ["\n".join("> " + line for line in block.split("\n")) for block in inner]
        if name == "dl":
            return self._definitions(tag, depth)
        if name == "pre":
            return ["\n".join(line.rstrip() for line in tag.get_text().strip("\n").split("\n"))]
        return self.blocks(tag, depth)

    def _list(self, tag: Tag, depth: int) -> list[str]:
        lines: list[str] = []
        number = _whole(tag.get("start"), 1)
        for item in tag.find_all(["li", "ul", "ol"], recursive=False):
            if item.name != "li":  # a list in a list, outside any item
                lines += ["    " + line for line in self._list(item, depth + 1)]
                continue
            number = _whole(item.get("value"), number)
            label = _numbered(number, str(tag.get("type") or "1")) if tag.name == "ol" else ""
            number += 1
            body = [
                line
                for block in self.blocks(item, depth + 1)
                for line in block.split("\n")
                if line.strip()
            ]
            if body:
                first = markdown.item(label, body[0], 0)
                indent = " " * (len(label) + 1 if markdown.ORDINAL.match(label) else 2)
                lines += [first, *(indent + line for line in body[1:])]
        return lines

    def _definitions(self, tag: Tag, depth: int) -> list[str]:
        lines, term = [], ""
        for child in _own(tag, {"dt", "dd"}, {"div"}):
            if child.name == "dt":
                term = _flat(child, depth).replace("**", "").rstrip(":")
                continue
            inner = self.blocks(child, depth + 1)
            body = [line for block in inner for line in block.split("\n") if line.strip()]
            if body:
                lines.append(f"- {term}: {body[0]}" if term else f"- {body[0]}")
                lines += ["  " + line for line in body[1:]]
        return ["\n".join(lines)] if lines else []

    def _table(self, tag: Tag, depth: int) -> list[str]:
        """A grid in which every cell is written out; a table of one column is only a frame."""
        grid: list[list[str]] = []
        hanging: dict[int, tuple[int, str]] = {}  # column: rows left, and the text
        heads, titled = 0, False
        rows = list(_own(tag, {"tr"}, {"thead", "tbody", "tfoot"}))
        cells = [row.find_all(["td", "th"], recursive=False) for row in rows]
        if max(map(len, cells), default=0) <= 1:
            return [block for row in cells for cell in row for block in self.blocks(cell, depth)]
        for row, found in zip(rows, cells, strict=True):
            line: list[str] = []
            waiting = list(found)
            while waiting or len(line) in hanging:
                column = len(line)
                if column in hanging:
                    left, text = hanging.pop(column)
                    if left > 1:
                        hanging[column] = left - 1, text
                    line.append(text)
                    continue
                cell = waiting.pop(0)
                text = _flat(cell, depth)
                across = min(max(_whole(cell.get("colspan"), 1), 1), 64)
                down = min(max(_whole(cell.get("rowspan"), 1), 1), 1000)
                for _ in range(across):
                    if down > 1:
                        hanging[len(line)] = down - 1, text
                    line.append(text)
            whole = all(cell.name == "th" for cell in found) or row.parent.name == "thead"  # pyright: ignore[reportOptionalMemberAccess]
            titled = titled or any(cell.name == "th" for cell in found)
            heads += heads == len(grid) and whole and bool(found)
            grid.append([text.replace("**", "") for text in line])
        if not heads and titled:  # only the rows have heads
            grid.insert(0, [""] * max(map(len, grid)))
        caption = tag.find("caption", recursive=False)
        title = _flat(caption, depth) if isinstance(caption, Tag) else ""
        return [*([title] if title else []), markdown.table(grid, heads or 1)]


def _own(tag: Tag, names: set[str], within: set[str]) -> Iterator[Tag]:
    """The children of these names, also those that only these others stand around."""
    for child in tag.find_all([*names, *within], recursive=False):
        yield from (child,) if child.name in names else _own(child, names, within - {child.name})


def _is_dropped(tag: Tag) -> bool:
    style = str(tag.get("style") or "").replace(" ", "").lower()
    return (
        tag.name in _DROPPED
        or str(tag.get("role") or "").lower() in _ROLES
        or tag.has_attr("hidden")
        or "display:none" in style
    )


def _paragraph(inline: list[str]) -> list[str]:
    text = re.sub(r" {2,}", " ", "".join(inline)).strip()
    return [markdown.plain(text)] if text else []


def _flat(tag: Tag, depth: int) -> str:
    return " ".join("".join(_inline(child, depth + 1) for child in tag.children).split())


def _inline(node: PageElement, depth: int) -> str:
    if isinstance(node, PreformattedString):  # comments, doctype, processing instructions
        return ""
    if isinstance(node, NavigableString):
        return re.sub(r"\s+", " ", str(node))
    if not isinstance(node, Tag) or _is_dropped(node):
        return ""
    if depth > DEEPEST:
        return " ".join(node.get_text(" ").split())
    if node.name == "br":
        return " "
    if node.name == "img":
        source = str(node.get("src") or node.get("data-src") or "")
        return markdown.image(str(node.get("alt") or node.get("title") or ""), source)
    body = "".join(_inline(child, depth + 1) for child in node.children)
    if node.name in _BLOCKS and body.strip():  # blocks inside a cell
        return f" {body.strip()} "
    if node.name in {"strong", "b"} and body.strip() and "**" not in body:
        before = " " if body[0].isspace() else ""
        return f"{before}**{body.strip()}**" + (" " if body[-1].isspace() else "")
    return body


def _whole(said: object, default: int) -> int:
    return int(str(said)) if re.fullmatch(r"\d{1,6}", str(said or "").strip()) else default


def _numbered(number: int, kind: str) -> str:
    """An item's label as the browser shows it: '3.', or for letters and roman '(c)'."""
    if kind in {"a", "A", "i", "I"}:
        return f"({markdown.counted(number, kind)})"
    return f"{number}."


# --- links ----------------------------------------------------------------------------------


def _write_links(page: BeautifulSoup) -> None:
    """Links within the page become Markdown's; the block that one leads to gets its anchor."""
    targets = {str(tag["name"]): tag for tag in page.find_all("a", attrs={"name": True})}
    targets |= {str(tag["id"]): tag for tag in page.find_all(id=True)}
    anchored: set[str] = set()
    for link in page.find_all("a", href=re.compile("^#.")):
        name = str(link["href"])[1:]
        target = targets.get(name)
        around = {id(tag): tag.name for tag in link.parents}
        titled = not _TITLES.isdisjoint(around.values())
        if not any(c.isalnum() for c in link.get_text()):
            if titled:
                link.clear()  # a heading's own address: '¶'
            continue
        if not _NAME.fullmatch(name) or id(target) in around or link.find(_BLOCKS):
            continue
        if not titled:
            link.insert(0, "[")
            link.append(f"](#{name})")
        if target is not None and name not in anchored:
            anchored.add(name)
            _anchor(target, f'<a id="{name}"></a>')


def _anchor(target: Tag, anchor: str) -> None:
    """Write an anchor behind the first words of a target: of its heading, of its first item."""
    block = target
    while True:
        said = [c for c in block.children if isinstance(c, Tag) or str(c).strip()]
        first = next((c for c in said if isinstance(c, Tag) and c.name in _BLOCKS), None)
        if first is None:
            block.append(anchor)
            return
        if first is not said[0]:
            first.insert_before(anchor)
            return
        block = first


# --- footnotes ------------------------------------------------------------------------------


def _take_notes(page: BeautifulSoup) -> list[str]:
    """Marks of notes become `[^1]`; the notes are taken out and given back as `[^1]: …`."""
    notes: list[str] = []
    targets = {str(tag["id"]): tag for tag in page.find_all(id=True)}
    targets |= {str(tag["name"]): tag for tag in page.find_all("a", attrs={"name": True})}
    order = {id(tag): place for place, tag in enumerate(page.find_all(True))}
    labels: dict[int, str] = {}
    holders: list[Tag] = []
    for link in page.find_all("a", href=re.compile("^#.")):
        mark = _NOTE_MARK.fullmatch(link.get_text())
        target = targets.get(str(link["href"])[1:])
        raised = link.find_parent("sup") or link.find("sup")
        named = re.search(r"note", f"{link.get('class')} {link.get('role')} {link['href']}")
        if mark is None or target is None or not (raised or named):
            continue
        holder = target if target.name in {"li", "p", "div", "aside", "dd", "tr"} else (
            target.find_parent(["li", "p", "div", "aside", "dd", "td"])
        )  # fmt: skip
        if holder is None or order[id(holder)] < order[id(link)]:
            continue  # a link back to the mark
        if id(holder) not in labels:
            labels[id(holder)] = str(len(labels) + 1)
            holders.append(holder)
        whole = link.find_parent("sup") or link
        whole.replace_with(f"[^{labels[id(holder)]}]")
    for holder in holders:
        for link in holder.find_all("a", href=re.compile("^#")):
            if _BACK.fullmatch(link.get_text()):
                (link.find_parent("sup") or link).decompose()
        text = re.sub(r"^\s*\[?\d{1,3}[\].)]?\s+|[↩↑⤴︎]+", "", _flat(holder, 0)).strip()
        if text:
            notes.append(f"[^{labels[id(holder)]}]: {text}")
        holder.extract()
    return notes + _raised_notes(page, len(labels))


def _raised_notes(page: BeautifulSoup, count: int) -> list[str]:
    """Notes without links: `<sup>1</sup>` in the text, and a paragraph that opens with one."""
    notes: list[str] = []
    raised = [sup for sup in page.find_all("sup") if _NOTE_MARK.fullmatch(sup.get_text())]
    openers: dict[str, Tag] = {}
    for sup in raised:
        holder = sup.find_parent(["p", "li", "div", "td", "dd"])
        if holder is not None and not _text_before(sup, holder):
            openers.setdefault(sup.get_text().strip(), sup)
    for said, opener in openers.items():
        marks = [sup for sup in raised if sup is not opener and sup.get_text().strip() == said]
        holder = opener.find_parent(["p", "li", "div", "td", "dd"])
        if not marks or holder is None:
            continue
        count += 1
        for mark in marks:
            mark.replace_with(f"[^{count}]")
        opener.decompose()
        notes.append(f"[^{count}]: {_flat(holder, 0)}")
        holder.extract()
    return notes


def _text_before(tag: Tag, holder: Tag) -> bool:
    for sibling in tag.previous_elements:
        if sibling is holder:
            return False
        if isinstance(sibling, NavigableString) and sibling.strip():
            return True
    return False
