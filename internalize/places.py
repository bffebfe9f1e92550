"""Where a span stands in the file that the user wrote.

In: a document, the original file's text, a span into the normalized text. Out: `NAME:LINE`.
Reading a document (HTML most of all) moves lines, so a span is found in the original by its words;
where markup stands between them, the line of the normalized `policy.md` is given instead.
"""

from __future__ import annotations

import re

from parsers.spec import Document, Span

PROBE_WORDS = 6
"""So many words of a span are looked up: enough to be unique, few enough to stand on one line."""


def line_number(text: str, offset: int) -> int:
    """The 1-based line of a character offset."""
    return text.count("\n", 0, offset) + 1


def place(document: Document, name: str, original: str, span: Span) -> str:
    """`NAME:LINE` in the original, or `policy.md:LINE` where its words are not found there once."""
    if document.text.strip() == original.strip():
        lead = len(original) - len(original.lstrip())
        lead -= len(document.text) - len(document.text.lstrip())
        return f"{name}:{line_number(original, max(0, span.start + lead))}"
    words = document.quote(span).split()[:PROBE_WORDS]
    found = list(re.finditer(r"\s+".join(map(re.escape, words)), original)) if words else []
    if len(found) == 1:
        return f"{name}:{line_number(original, found[0].start())}"
    return f"policy.md:{line_number(document.text, span.start)}"
