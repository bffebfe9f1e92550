"""Footnotes: the lines that open them, and the raised marks in the text that call for them."""

from __future__ import annotations

import re

from parsers.layout.geometry import Line, Run


def notes_of(lines: list[Line], body: float) -> dict:
    """The label of each line that opens a footnote, and of each mark that a page's text has."""
    marks = {
        (line.page, " ".join(run.text.split())) for line in lines for run in line.runs[1:]
        if raised(run, line)
    }  # fmt: skip
    found: dict = {}
    used: set[str] = set()
    for line in lines:
        match = re.match(r"(\d{1,3}|[*†‡])[.)]?\s*(?=\w)", line.plain)
        small = line.size < 0.95 * body
        if match is None or not small or (line.page, match[1]) not in marks:
            continue
        label = match[1] if match[1] not in used else f"{line.page}-{match[1]}"
        used.add(label)
        found[id(line)] = found[line.page, match[1]] = label
    return found


def raised(run: Run, line: Line) -> bool:
    """Whether a run is a superscript of its line."""
    return run.box.height < 0.85 * line.size and bool(
        re.fullmatch(r"\s*(?:\d{1,3}|[*†‡])\s*", run.text)
    )
