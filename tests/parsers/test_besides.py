"""Subjects that measure and say something besides: 'Guests over 60 with a pass pay 5 euros'.

Each text is of a trade of its own, decides one matter, and is read without a diagnostic.
"""

from __future__ import annotations

import pytest

from tests.parsers.test_wordings import mistakes

CASES = {
    "who, before a colon": (
        "- Anyone under sixteen who is alone: call a parent.\n- Anyone else: open the gate.\n",
        {"15 years, alone": "parent", "15 years, not alone": "gate", "16 years, alone": "gate"},
    ),
    "with, before a colon": (
        "- Tins over 5 kg with a dent: send them back.\n- Tins over 5 kg: use the lower shelf.\n"
        "- Other tins: use the upper shelf.\n",
        {"6 kg, dent": "back", "6 kg, not dent": "lower", "5 kg, dent": "upper"},
    ),
    "with, in a paragraph": (
        "Guests over 60 with a pass: 5 euros. Guests over 60: 8 euros. Everyone else: 10 euros.",
        {"61 years, pass": "5", "61 years, not pass": "8", "60 years, pass": "10"},
    ),
    "without": (
        "Children under 12 without an adult: call a parent. Everyone else: open the gate.",
        {"11 years, not adult": "parent", "11 years, adult": "gate", "12 years, not adult": "gate"},
    ),
    "with, before a verb": (
        "Skiers over 70 with a pass pay nothing. Everyone else pays 30 euros.",
        {"71 years, pass": "nothing", "71 years, not pass": "30", "70 years, pass": "30"},
    ),
    "that, and other ones": (
        "Vans longer than 6 metres that carry fuel: park them outside. Other vans: park them "
        "inside.",
        {"7 metres, fuel": "outside", "7 metres, not fuel": "inside", "6 metres, fuel": "inside"},
    ),
    "whose": (
        "Orders over 50 euros whose buyer is a member: ship them for free. All other orders: "
        "charge 4 euros.",
        {"51 euros, buyer": "free", "50 euros, buyer": "charge", "51 euros, not buyer": "charge"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_besides(name: str) -> None:
    assert not mistakes(*CASES[name])
