"""Findings point at the line of the user's file, also when reading it moved the lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from parsers.places import NORMALIZED, Places
from parsers.reading import read
from parsers.spec import Span


def place(tmp_path: Path, name: str, text: str, words: str) -> tuple[str, int]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    document = read(path)
    start = document.text.index(words)
    file, line = Places(document, path).find(Span(start=start, end=start + len(words)))
    return Path(file).name, line


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.md", "# Bags\n\nThe desk opens at 6.\n\nNever shout.\n", 5),
        ("a.md", "\n\n# Bags\n\n\n\nThe desk opens.\n\n\nNever shout.\n", 10),
        ("a.txt", "BAGS\nThe desk opens.\n1. Manners\nNever shout.\n", 4),
        ("a.txt", "The same.\nThe same.\nNever shout.\nThe same.\n", 3),
        ("a.html", "<h1>Bags</h1>\n<p>The desk\nopens.</p>\n\n<p>Never\nshout.</p>", 5),
    ],
)
def test_the_line_of_the_file(tmp_path: Path, name: str, text: str, line: int) -> None:
    assert place(tmp_path, name, text, "Never") == (name, line)


def test_words_torn_apart_by_markup_are_placed_in_the_normalized_text(tmp_path: Path) -> None:
    html = "<p>A <b>desk</b> here.</p>\n\n\n\n<p>Never <b>discuss</b> it.</p>"
    assert place(tmp_path, "a.html", html, "Never") == (NORMALIZED, 3)
