"""Where a span stands in the file that the user wrote.

In: a document and the path of its file. Out: line numbers. Reading a document moves lines: plain
text gets headings and blank lines, so its lines are found again in order, by their letters; in HTML
a span is found by its first words. Where that fails, the line is that of the normalized text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from pathlib import Path

from parsers.reading import is_html, source
from parsers.spec import Document, Span

PROBE_WORDS = 6
"""So many words of a span are looked up: enough to be unique, few enough to stand on one line."""
NORMALIZED = "policy.md"
"""What the normalized text is called where a line of it is given."""


def line_number(text: str, offset: int) -> int:
    """The 1-based line of a character offset."""
    return text.count("\n", 0, offset) + 1


class Places:
    """Looks up spans of one document in its file.

    Raises:
        PolicyError: the file cannot be read.
    """

    def __init__(self, document: Document, path: Path) -> None:
        self.document = document
        self.path = path
        self.original = unicodedata.normalize("NFC", source(path))
        self.html = is_html(self.original, path)
        self.lines = {} if self.html else _aligned(document.text, self.original)

    def find(self, span: Span) -> tuple[str, int]:
        """The file (or `NORMALIZED`) and the line in it."""
        line = line_number(self.document.text, span.start)
        if not self.html:
            known = self.lines.get(line)
            return (str(self.path), known) if known else (NORMALIZED, line)
        end = self.document.text.find("\n", span.start)
        words = self.document.text[span.start : end].split()[:PROBE_WORDS]
        words = words or self.document.quote(span).split()[:1]
        found = list(re.finditer(r"\s+".join(map(re.escape, words)), self.original))
        if len(found) == 1:
            return str(self.path), line_number(self.original, found[0].start())
        return NORMALIZED, line


def _aligned(text: str, original: str) -> dict[int, int]:
    """Lines of the normalized text that are lines of the original, in order."""
    where: dict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(re.split(r"\r\n|[\n\r\u2028]", original), 1):
        where[_letters(line)].append(number)
    found: dict[int, int] = {}
    least = 1
    for number, line in enumerate(text.split("\n"), 1):
        if not _letters(line):
            continue
        lines = where.get(_letters(line)) or where.get(_letters(line.split(": ")[0]), [])
        place = bisect_left(lines, least)
        if place < len(lines):
            least = found[number] = lines[place]
    return found


def _letters(line: str) -> str:
    return re.sub(r"[\W_]+", "", line).lower()
