"""Procedures in prose: paragraphs in order, objects that are cases, 'and so is …', in many words.

Each text is of a trade of its own, decides one matter, and is read without a diagnostic.
"""

from __future__ import annotations

import pytest

from tests.parsers.test_wordings import mistakes, spec_of

CASES = {
    "any object with a bound": (
        "Reject any parcel that weighs more than 20 kg. In all other cases, accept it.",
        {"21 kg": "Reject", "20 kg": "accept"},
    ),
    "however, behind one of two cases": (
        "If a tool comes back up to 2 days late, charge one extra day. However, if the customer is "
        "a trade account holder, charge nothing. If it comes back more than 2 days late, charge "
        "the full rate.",
        {
            "2 days, holder": "nothing", "2 days, not holder": "one extra day",
            "3 days, holder": "the full rate", "3 days": "the full rate",
        },
    ),
    "however, behind what is left": (
        "Parcels of up to 5 kg cost 4 euros. Heavier parcels cost 9 euros. However, if the parcel "
        "is fragile, charge 12 euros.",
        {
            "5 kg, fragile": "12", "5 kg, not fragile": "4", "6 kg, fragile": "12",
            "6 kg, not fragile": "9",
        },
    ),
    "but if, of the same number": (
        "If a book is up to 7 days overdue, charge nothing. But if it is more than 7 days overdue, "
        "charge 2 euros.",
        {"7 days": "nothing", "8 days": "2 euros"},
    ),
    "no, one, two or more": (
        "If a booking has one error, correct it for free. If a booking has two or more errors, "
        "charge 5 euros. If the booking has no errors, send it on.",
        {"0 errors": "send it on", "1 error": "for free", "2 errors": "5 euros"},
    ),
    "with one of them": (
        "Guests with no pets pay nothing. Guests with one pet pay 10 euros. Guests with more than "
        "one pet are sent to the annex.",
        {"0 pets": "nothing", "1 pet": "10 euros", "2 pets": "annex"},
    ),
    "one or two of them": (
        "If the customer has no earlier complaints, send a voucher. If the customer has one or two "
        "earlier complaints, call them. If the customer has at least three earlier complaints, "
        "pass the case to the manager.",
        {"0 complaints": "voucher", "2 complaints": "call", "3 complaints": "manager"},
    ),
    "one of them or none": (
        "Where the test showed two or more serious faults, postpone it. Where it showed one "
        "serious fault or none, book a lesson.",
        {"0 faults": "lesson", "1 fault": "lesson", "2 faults": "postpone"},
    ),
    "clauses line by line": (
        "5.1 A customer who cancels 7 or more days before the hire starts gets a full refund.\n"
        "5.2 A customer who cancels 2 to 6 days before the hire starts gets half of the price "
        "back.\n5.3 A customer who cancels later than that gets nothing back.\n",
        {"7 days": "full refund", "6 days": "half", "1 day": "nothing"},
    ),
    "objects of a kind": (
        "If the film is dubbed, show it at noon. Refuse films that have no rating. Otherwise, "
        "show it at night.",
        {"dubbed": "at noon", "not rating": "Refuse", "rating": "at night"},
    ),
    "whose object it is": (
        "Take these paragraphs in order.\n\nDecline any order from a customer who has an unpaid "
        "bill, whatever its size.\n\nIf the order weighs less than 5 kg, send it by bicycle.\n\n"
        "In all other cases, send it by van.\n",
        {
            "bill, 2 kg": "Decline", "not bill, 4 kg": "by bicycle", "not bill, 5 kg": "by van",
        },
    ),
    "paragraphs in order": (
        "Work through these paragraphs in order, and stop at the first that applies.\n\n"
        "Turn away any dog that has no collar.\n\nIf the owner is late, call the owner.\n\n"
        "If the dog weighs more than 40 kg, use the large cage.\n\nIn all other cases, use the "
        "small cage.\n",
        {
            "not collar, late, 50 kg": "Turn away", "collar, late, 50 kg": "call",
            "collar, not late, 41 kg": "large", "collar, not late, 40 kg": "small",
        },
    ),
    "what is left is a question": (
        "If the parcel weighs more than 40 kg, use the van.\n\nIn all other cases we carry it by "
        "hand, and only the route remains to be chosen. A parcel that is fragile goes by the "
        "stairs. Every other parcel goes by the lift.\n",
        {"41 kg": "van", "40 kg, fragile": "stairs", "40 kg, not fragile": "lift"},
    ),
    "and so do": (
        "If the guest is a member, charge 5 euros. Guests over 60 pay 3 euros, and so do "
        "students. Everyone else pays 9 euros.",
        {
            "member": "5", "not member, 61 years": "3", "not member, 60 years, student": "3",
            "not member, 60 years, not student": "9",
        },
    ),
    "and so is": (
        "A boat that is longer than 12 metres is moored outside, and so is a boat that carries "
        "fuel. All other boats are moored inside.",
        {"13 metres, not fuel": "outside", "12 metres, fuel": "outside", "9 metres, not fuel":
         "inside"},
    ),
    "as must": (
        "A claim that was made twice must be refused, as must a claim without a receipt. In all "
        "other cases, send an assessor.",
        {"twice": "refused", "not twice, not receipt": "refused", "not twice, receipt": "assessor"},
    ),
    "a lead broken off before its predicates": (
        "Waive the mooring fee if the boat:\n- carries a pilot; or\n- is shorter than 4 metres; "
        "or\n- was built by the club.\n\nIn all other cases, collect the fee.\n",
        {
            "pilot, 9 metres": "Waive", "3 metres": "Waive", "4 metres, club": "Waive",
            "4 metres, not pilot": "collect",
        },
    ),
    "all predicates of a lead": (
        "The plumber is sent at once if the leak:\n- is above a ceiling, and\n- has lasted more "
        "than 2 hours.\n\nOtherwise, send the plumber in the morning.\n",
        {"ceiling, 3 hours": "at once", "ceiling, 2 hours": "morning", "3 hours": "morning"},
    ),
    "whom a lead is restricted to": (
        "Lend skates without a deposit to a skater who:\n\n- is under 12; or\n- has a season "
        "ticket.\n\nIn all other cases, take a deposit of 20 euros.\n",
        {"11 years": "without", "12 years, ticket": "without", "12 years, not ticket": "take"},
    ),
    "lettered predicates": (
        "2.1 No fee is due from an owner "
        "who:\n    (a) is over 70; or\n    (b) has a guide dog.\n\n2.2 In all other cases, take 6 "
        "euros.\n",
        {"71 years": "No fee", "70 years, guide": "No fee", "70 years, not guide": "6 euros"},
    ),
    "predicates in the sentence": (
        "No deposit is taken from a diver who (a) is under 16; or (b) has an own mask.\n\n"
        "In all other cases, take 9 euros.\n",
        {"15 years": "No deposit", "16 years, mask": "No deposit", "16 years, not mask": "9"},
    ),
    "what a lead is restricted to": (
        "Pay no postage on any parcel that:\n- weighs less than 2 kg; or\n- contains a book.\n\n"
        "In all other cases, pay 7 euros.\n",
        {"1 kg": "no postage", "2 kg, book": "no postage", "2 kg, not book": "7 euros"},
    ),
    "a remark behind a kind": (
        "What to do depends on the parcel:\n- letter: put it in the box. The driver is not asked."
        "\n- crate: call the driver. The box is too small.\n- tube: send it back.\n",
        {"letter": "=put it in the box", "crate": "=call the driver", "tube": "send it back"},
    ),
}  # fmt: skip


def test_neighbours_are_a_range_among_ranges() -> None:
    """The rows of a table of two dimensions may be '1 or 2' beside '3 to 5' and '6 or later'."""
    spec = spec_of(
        "# Lift\n\n## Passes\n\n| Day | Skier | Walker |\n|---|---|---|\n| 1 or 2 | Full price | "
        "Half price |\n| 3 to 5 | Half price | No charge |\n| 6 or later | No charge | No charge "
        "|\n"
    )
    (workflow,) = spec.workflows
    wanted = {
        (2, "Skier"): "Full price", (2, "Walker"): "Half price", (3, "Skier"): "Half price",
        (5, "Walker"): "No charge", (6, "Skier"): "No charge",
    }  # fmt: skip
    for (day, who), price in wanted.items():
        assert workflow.decide({"day": day, "column_question": who}).outcome == price


@pytest.mark.parametrize("name", CASES)
def test_prose(name: str) -> None:
    assert not mistakes(*CASES[name])
