"""Procedures in prose: paragraphs in order, objects that are cases, 'and so is …', in many words.

Each text is of a trade of its own, decides one matter, and is read without a diagnostic.
"""

from __future__ import annotations

import pytest

from tests.parsers.test_wordings import mistakes

CASES = {
    "any object with a bound": (
        "Reject any parcel that weighs more than 20 kg. In all other cases, accept it.",
        {"21 kg": "Reject", "20 kg": "accept"},
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
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_prose(name: str) -> None:
    assert not mistakes(*CASES[name])
