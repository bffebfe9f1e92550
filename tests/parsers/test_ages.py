"""How old someone is who does something, and measures in degrees or on a scale."""

from __future__ import annotations

import pytest

from tests.parsers.test_wordings import mistakes


@pytest.mark.parametrize(
    ("text", "decisions"),
    [
        ("If a guest under 18 wants to dive, ask for a letter. If someone over 70 books a dive, "
         "ask for a note. Otherwise, let them dive.",
         {"want, 17 age": "a letter", "want, 18 age": "let them", "book, 71 age": "a note",
          "71 age": "let them"}),
        ("If a swimmer under 8 comes alone, call home. Otherwise, open the gate.",
         {"alone, 7 age": "call home", "alone, 8 age": "open the gate", "7 age": "open the gate"}),
        ("If the rider is a child under 6, fetch a pony. Otherwise, fetch a horse.",
         {"5 age": "a pony", "6 age": "a horse"}),
        ("Sell the ticket for half the price, except for a baby under 2, who travels free.",
         {"1 age": "free"}),
        ("If the fever is 39.0 °C or higher, call a doctor. If it is below 39.0 °C, give tea.",
         {"39 fever": "a doctor", "38 fever": "tea"}),
        ("If the pain is 7 or more on a scale from 0 to 10, call a nurse. If the pain is below 7, "
         "wait.", {"7 pain": "a nurse", "6 pain": "wait"}),
    ],
)  # fmt: skip
def test_decided(text: str, decisions: dict[str, str]) -> None:
    wrong = mistakes(text, decisions)
    assert not [w for w in wrong if w != "0 workflows"]
