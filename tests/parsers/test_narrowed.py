"""Exceptions in a sentence or bullet of their own, results, and what makes no difference."""

from __future__ import annotations

import pytest

from parsers.leads import INDIFFERENT
from tests.parsers.test_wordings import mistakes


@pytest.mark.parametrize(
    ("text", "decisions"),
    [
        ("- If the order is late: refund half. Only if it is a gift do we refund it in full.\n"
         "- If the order is on time: refund nothing.",
         {"late": "refund half", "late, gift": "in full", "": "nothing"}),
        ("Charge the fee. Only if it is a trade account with no unpaid bill in the past 6 months "
         "do we waive the fee.",
         {"trade": "waive the fee", "trade, unpaid": "Charge the fee", "": "Charge the fee"}),
        ("If the hall is full, refuse it, except that Gold members may have up to five rooms. So "
         "for them, open the annex as long as the heating works. If the hall is not full, book it.",
         {"full": "refuse it", "full, gold, heat": "open the annex", "full, gold": "refuse it",
          "": "book it"}),
        ("- If the frame is bent: straighten it.\n"
         "  - The exception is a racing bike whose warranty has not run out: send it back, so "
         "that the maker can check it.\n- Otherwise: oil the chain.",
         {"bent": "straighten", "bent, race": "send it back", "bent, race, run": "straighten",
          "": "oil"}),
        ("If the tile is so worn that it can't be cleaned, replace it. Otherwise, clean it.",
         {"worn": "replace it", "": "clean it"}),
        ("If the case is without a lock, refuse it. If the case is with a lock, store it.",
         {"lock": "store it", "": "refuse it"}),
        ("If it is urgent: within two days, except for a pony, which is seen at once. Otherwise: "
         "within a week.",
         {"urgent": "two days", "urgent, pony": "at once", "": "a week"}),
    ],
)  # fmt: skip
def test_decided(text: str, decisions: dict[str, str]) -> None:
    assert not mistakes(text, decisions)


@pytest.mark.parametrize(
    "said",
    [
        "Whether someone is a member matters only where it is mentioned",
        "The age of the dog counts only where the rule names it",
        "The season plays a role only if it is stated here",
    ],
)
def test_matters_only_where_it_is_mentioned(said: str) -> None:
    assert INDIFFERENT.match(said)
    text = f"{said}.\n\n- If the pool is shut: refund it.\n- Otherwise: sell a ticket."
    assert not mistakes(text, {"shut": "refund it", "": "sell a ticket"})
