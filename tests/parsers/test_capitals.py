"""Paragraphs lettered with capitals: 'A. If the tree is dead, …', 'B. If it leans, …'."""

from __future__ import annotations

import pytest

from parsers.enumerations import capitals
from tests.parsers.test_wordings import mistakes, spec_of

CASES = {
    "paragraphs": (
        "A. If the tree is dead, remove it.\n\nB. If the tree is leaning, prop it up.\n\n"
        "C. Otherwise, leave it.\n",
        {"dead": "remove", "not dead, leaning": "prop", "not dead, not leaning": "leave"},
    ),
    "lines": (
        "A) If the loaf is burnt, throw it away.\nB) If the loaf is small, sell it for 1 euro.\n"
        "C) Otherwise, sell it for 3 euros.\n",
        {"burnt": "throw", "not burnt, small": "1 euro", "not burnt, not small": "3 euros"},
    ),
    "kinds of people": (
        "A. Anyone under sixteen who travels alone: fetch the duty manager.\n\n"
        "B. Anyone who no longer wants the seat gets a full refund.\n\nC. Everyone else keeps the "
        "seat.\n",
        {
            "15 years, alone, not wants": "manager", "16 years, alone, not wants": "refund",
            "16 years, alone, wants": "keeps", "15 years, not alone, wants": "keeps",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_lettered_with_capitals(name: str) -> None:
    assert not mistakes(*CASES[name])


def test_the_letter_is_none_of_what_is_said() -> None:
    spec = spec_of("A. If the lamp is out, change it.\n\nB. If the lamp flickers, tell the porter.")
    assert not any(o.text in {"A", "B"} for s in spec.statements for o in s.outcomes)


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (["A. One.", "B. Two.", "Between.", "C. Three."], {0, 1, 3}),
        (["A. Miller looks after the trees.", "If one is dead, call her."], set()),
        (["A boat is moored.", "B. Two."], set()),
        (["B. Two.", "C. Three."], set()),
    ],
)
def test_only_letters_that_count_on(texts: list[str], wanted: set[int]) -> None:
    assert capitals(texts) == wanted
