"""What stands where on printed pages, to Markdown: headings, paragraphs, lists, tables, notes.

In: pages of runs (pieces of text with their boxes), ruled lines and pictures. Out: Markdown. All
from geometry. Simplified: columns are read in the order in which they were written into the file.
"""

from __future__ import annotations

from parsers.layout.furniture import drop_running
from parsers.layout.geometry import NEAR, Line, Page, Picture, Thing
from parsers.layout.lines import across, in_columns, lines_of
from parsers.layout.tables import aligned_tables, ruled_tables
from parsers.layout.writer import Writer


def markdown_of(pages: list[Page]) -> str:
    """The pages' text in reading order, as Markdown."""
    lines = {page.number: lines_of(page) for page in pages}
    drop_running(pages, lines)
    flow: list[Thing] = []
    for page in pages:
        flow += _ordered(page, lines[page.number])
    return Writer(flow).write()


def _ordered(page: Page, lines: list[Line]) -> list[Thing]:
    """Lines, tables and pictures of a page in reading order."""
    tables, lines = ruled_tables(page, lines)
    if not in_columns(lines):
        lines = across(lines)
    things: list[Thing] = [*aligned_tables(lines)]
    pictures = [
        Picture(box, page.number, number)
        for number, box in enumerate(page.images, 1)
        if box.width > 24 and box.height > 24
    ]
    for thing in [*tables, *pictures]:
        at = next(
            (i for i, x in enumerate(things) if x.box.y1 <= thing.box.y1 - NEAR
             and x.box.x1 > thing.box.x0 and x.box.x0 < thing.box.x1),
            len(things),
        )  # fmt: skip
        things.insert(at, thing)
    return things
