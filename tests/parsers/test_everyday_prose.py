"""Everyday rules in running prose: measures without a comma behind them, and what they leave.

Each text is of a trade of its own, decides one matter, and is read without a diagnostic.
"""

from __future__ import annotations

import pytest

from tests.parsers.test_wordings import mistakes

CASES = {
    "after a time there is": (
        "After 21 days there is no exchange. Within 21 days the boots are swapped.",
        {"21 days": "swapped", "22 days": "no exchange"},
    ),
    "a measure before its article": (
        "Above 30 kg the crate needs two porters. Up to 30 kg one porter is enough.",
        {"30 kg": "one porter", "31 kg": "two porters"},
    ),
    "a measure before a bare noun": (
        "Over 3 hours parking costs 8 euros. Up to 3 hours parking is free.",
        {"3 hours": "free", "4 hours": "8 euros"},
    ),
    "what is measured, and the smaller ones": (
        "For invoices over 400 euros we need a signature. For smaller invoices a stamp will do.",
        {"400 euros": "stamp", "401 euros": "signature"},
    ),
    "from a number on, without a comma": (
        "From 8 rides you get a free one. Below 8 rides there is no bonus.",
        {"8 rides": "free", "7 rides": "no bonus"},
    ),
    "with fewer than": (
        "With fewer than 6 rowers the trip is cancelled. With 6 rowers or more it goes ahead.",
        {"5 rowers": "cancelled", "6 rowers": "ahead"},
    ),
    "once those days are over": (
        "Repair the watch for free within 90 days of the sale. Once those 90 days are over, charge "
        "25 euros.",
        {"90 days": "free", "91 days": "25 euros"},
    ),
    "when the period has expired": (
        "You can return the drill within 10 days. When that period has expired, we keep the "
        "deposit.",
        {"10 days": "return", "11 days": "deposit"},
    ),
    "or less for a kind": (
        "Charge 12 euros for the sauna, or 8 euros for residents.",
        {"resident": "8 euros", "not resident": "12 euros"},
    ),
    "two kinds, and a comma": (
        "The rink costs 10 euros, 6 euros for children and nothing for staff.",
        {"child, not staff": "6 euros", "staff, not child": "nothing",
         "not child, not staff": "10 euros"},
    ),
    "more off for a kind": (
        "Readers get 10% off, but 30% for Patron members.",
        {"patron": "30%", "not patron": "10%"},
    ),
    "a semicolon, and for a kind it is": (
        "The reminder fee is 4 euros; for corporate accounts it is 25 euros.",
        {"corporate": "25 euros", "not corporate": "4 euros"},
    ),
    "a sentence, and for a kind it takes": (
        "A repair takes 6 days. For urgent orders it takes 2 days.",
        {"urgent": "2 days", "not urgent": "6 days"},
    ),
    "a kind pays": (
        "A massage costs 50 euros. Pensioners pay 35 euros. Children pay 40 euros.",
        {"pensioner, not child": "35 euros", "child, not pensioner": "40 euros",
         "not child, not pensioner": "50 euros"},
    ),
    "a kind may for longer": (
        "You may keep a film for up to 3 days. Club members may keep it for up to 9 days.",
        {"club": "9 days", "not club": "3 days"},
    ),
    "a kind always, whatever else": (
        "Cats up to 5 kg board for 9 euros. Cats over 5 kg board for 14 euros. Rescue cats always "
        "board free, whatever their weight.",
        {"rescue, 6 kg": "free", "not rescue, 6 kg": "14 euros", "not rescue, 5 kg": "9 euros"},
    ),
    "a kind, whatever the weight": (
        "Parcels under 2 kg cost 4 euros. Parcels of 2 kg or more cost 7 euros. Express parcels "
        "cost 12 euros, whatever the weight.",
        {"express, 1 kg": "12 euros", "not express, 1 kg": "4 euros",
         "not express, 2 kg": "7 euros"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_everyday_prose(name: str) -> None:
    assert not mistakes(*CASES[name])
