"""Lint finds what is planted in a document, and leaves a document alone in which nothing is.

In: `planted/faulty/`, ten policies with faults that `planted/faults.yaml` tells by kind and by
words of their line, and `planted/clean/`, ten without; written before lint was run on them.
"""

from pathlib import Path

import pytest
import yaml

from parsers.lint.output import Finding, findings

HOME = Path(__file__).parent / "planted"
FAULTS = yaml.safe_load((HOME / "faults.yaml").read_text("utf-8"))
MISSED = {("museum", "dangling")}
"""A title in quotation marks that the document has nowhere is not taken for a reference."""


def lines(finding: Finding) -> set[int]:
    """All lines a finding names: a missing rule is missing between two."""
    return {finding.line, *(int(place.rpartition(":")[2]) for place in finding.also)}


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_planted_is_found_in_its_line(name: str) -> None:
    path = HOME / "faulty" / f"{name}.md"
    text = path.read_text("utf-8").splitlines()
    found = findings(path)
    for fault in FAULTS[name]:
        (line,) = (i for i, said in enumerate(text, 1) if fault["line"] in said)
        told = any(one.kind == fault["kind"] and line in lines(one) for one in found)
        assert told is ((name, fault["kind"]) not in MISSED), fault


def test_where_nothing_is_planted_little_is_found() -> None:
    """One of the ten: 'after that the room is free for others' changes no other rule."""
    found = [one for path in sorted((HOME / "clean").iterdir()) for one in findings(path)]
    assert [(Path(one.file).stem, one.kind) for one in found] == [("meeting-rooms", "unparsed")]
