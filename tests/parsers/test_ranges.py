"""Tables of two dimensions whose columns are ranges of one measure: 'Up to 5 kg', 'Heavier'.

Each text is of a trade of its own, decides one matter, and is read without a diagnostic.
"""

from __future__ import annotations

import pytest

from tests.parsers.test_wordings import mistakes, spec_of

CASES = {
    "the last takes the rest": (
        "| Room | Under 7 days | 7 to 14 days | Longer |\n|---|---|---|---|\n"
        "| Hall | no refund | half the fee | full refund |\n"
        "| Studio | no refund | full refund | full refund |\n",
        {
            "hall, 6 days": "no refund", "hall, 7 days": "half the fee", "hall, 14 days": "half",
            "hall, 15 days": "full refund", "studio, 7 days": "full refund",
        },
    ),
    "a word before the ranges": (
        "| What was sent | Week 1 to 2 | Week 3 to 6 | Later |\n|---|---|---|---|\n"
        "| Seeds | send again | give credit | refuse |\n| Bulbs | send again | refuse | refuse |\n",
        {
            "seeds, 2 week": "send again", "seeds, 3 week": "give credit", "seeds, 7 week":
            "refuse", "bulbs, 3 week": "refuse", "bulbs, 1 week": "send again",
        },
    ),
    "words behind the ranges": (
        "| Seat | Up to 10 minutes late | 11 to 30 minutes late | More than 30 minutes late |\n"
        "|---|---|---|---|\n| Stalls | seat kept | seat kept | standing room |\n"
        "| Gallery | seat kept | standing room | turned away |\n",
        {
            "stalls, 30 late": "seat kept", "stalls, 31 late": "standing", "gallery, 10 late":
            "seat kept", "gallery, 11 late": "standing", "gallery, 31 late": "turned away",
        },
    ),
    "acts by weight": (
        "| Crate | Up to 5 kg | More than 5 kg |\n|---|---|---|\n"
        "| Fragile | carry it by hand | use the trolley |\n"
        "| Sturdy | use the belt | use the trolley |\n",
        {
            "fragile, 5 kg": "by hand", "fragile, 6 kg": "trolley", "sturdy, 5 kg": "belt",
            "sturdy, 6 kg": "trolley",
        },
    ),
    "both ways ranges": (
        "| Stay | Under €50 | €50 to €200 | Over €200 |\n|---|---|---|---|\n"
        "| Up to 2 nights | no deposit | 20 euros | 60 euros |\n"
        "| More than 2 nights | 10 euros | 40 euros | 90 euros |\n",
        {
            "2 nights, 49 amount": "no deposit", "2 nights, 50 amount": "20 euros",
            "3 nights, 49 amount": "10 euros", "3 nights, 201 amount": "90 euros",
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_ranges_across(name: str) -> None:
    assert not mistakes(*CASES[name])


def test_a_dash_comes_of_nothing() -> None:
    """A cell that is not filled leaves its case open, and is no circumstance of its neighbour's."""
    spec = spec_of(
        "| Boat | Up to 4 persons | 5 to 8 persons |\n|---|---|---|\n"
        "| Canoe | 20 euros | – |\n| Raft | 30 euros | 50 euros |\n"
    )
    (workflow,) = spec.workflows
    (boat, persons) = (v.name for v in workflow.variables)
    assert workflow.decide({boat: "Canoe", persons: 4}).outcome == "20 euros"
    assert workflow.decide({boat: "Canoe", persons: 5}).outcome is None
    assert workflow.decide({boat: "Raft", persons: 5}).outcome == "50 euros"
    assert {d.kind for d in spec.diagnostics} == {"gap"}


def test_marks_below_ranges_are_no_outcomes() -> None:
    """'yes' under a range tells that a row has something, not what is done."""
    spec = spec_of(
        "| Permit | Up to 5 kg | More than 5 kg |\n|---|---|---|\n| Rod | yes | no |\n"
        "| Net | no | no |\n"
    )
    assert not any(o.text in {"yes", "no"} and len(w.variables) == 2
                   for w in spec.workflows for o in w.outcomes)  # fmt: skip
