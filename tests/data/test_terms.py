"""What a question's words are called in the rule that a chain goes on to cite."""

from __future__ import annotations

from pathlib import Path

from data.phrasing import Swap
from data.terms import readings
from parsers import parse

_POLICY = """# Desk

- If a parent brings a pushchair, tag it for delivery at the aircraft door.
- Never promise a date for the return of a missing bag.
- If a customer is late, print a new tag.
"""


def _lines(tmp_path: Path, opening: str, question: str, *swaps: Swap) -> list[str]:
    path = tmp_path / "desk.md"
    path.write_text(_POLICY)
    spec = parse(path)
    (statement,) = (s for s in spec.statements if s.text.startswith(opening))
    return readings(question, statement, spec, swaps)


def test_everyday_words_are_quoted_as_they_stand_and_given_the_documents_term(
    tmp_path: Path,
) -> None:
    swap = Swap("pushchair", "buggy")
    question = "Buggy with me. What now?"
    assert _lines(tmp_path, "If a parent", question, swap) == ['"Buggy": pushchair.']


def test_words_that_both_have_are_read_too_in_the_questions_order(tmp_path: Path) -> None:
    question = "Would you guarantee a date for a missing bag?"
    lines = _lines(tmp_path, "Never", question, Swap("promise", "guarantee"))
    assert lines[0] == '"guarantee": promise.' and len(lines) == 2
    assert lines[1] in ('"date": date.', '"missing bag": missing bag.')


def test_who_is_spoken_of_tells_nothing(tmp_path: Path) -> None:
    swaps = [Swap("if a customer", "if someone"), Swap("customer", "client")]
    assert _lines(tmp_path, "If a customer", "What if someone, a client, is late?", *swaps) == []
