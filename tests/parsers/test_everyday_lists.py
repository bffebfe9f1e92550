"""Bullets and steps as everyday policies have them: items that go on, steps by name, what is left.

Each text is of a trade of its own, decides one matter, and is read without a diagnostic.
"""

from __future__ import annotations

import pytest

from tests.parsers.test_wordings import mistakes

CASES = {
    "steps on lines of their own": (
        "Step 1: If the gate is jammed because of the snow, clear it.\n"
        "Step 2: If the motor is hot, let it cool.\n"
        "Step 3: Otherwise, call the fitter.\n",
        {"gate": "clear", "not gate, motor": "cool", "not gate, not motor": "fitter"},
    ),
    "steps on lines of their own, below a sentence": (
        "We go about it in steps.\n"
        "Step 1 – If the horse is lame, call the vet.\n"
        "Step 2 – Otherwise, saddle it.\n",
        {"lame": "vet", "not lame": "saddle"},
    ),
    "what all the items leave, right below them": (
        "- If the lens is scratched, polish it.\n"
        "- If the frame is bent, straighten it.\n"
        "Otherwise, clean the glasses.\n",
        {
            "scratched, bent": "polish",
            "not scratched, bent": "straighten",
            "not scratched, not bent": "clean",
        },
    ),
    "what all the items leave, below a blank line": (
        "- If the lens is scratched, polish it.\n"
        "- If the frame is bent, straighten it.\n\n"
        "In all other cases, clean the glasses.\n",
        {"scratched, not bent": "polish", "not scratched, not bent": "clean"},
    ),
    "conditions joined by and, what is left right below them": (
        "A boat may leave the harbour when all of the following apply:\n"
        "- the wind is below 30 knots, and\n"
        "- the skipper has a licence.\n"
        "Otherwise keep it on the berth.\n",
        {"29 knots, licence": "leave", "30 knots, licence": "berth", "29 knots": "berth"},
    ),
    "items that go on with and": (
        "- If the bike is back:\n"
        "  - and it is within 3 hours of the start, give the deposit back.\n"
        "  - and more than 3 hours have passed, keep 10 euros.\n"
        "- If the bike is not back, call the renter.\n",
        {
            "back, 3 hours": "give",
            "back, 4 hours": "keep",
            "not back": "call",
        },
    ),
    "items that go on with but, and without a word": (
        "- When the kiln is full:\n"
        "  - but the clay is still wet, wait a day;\n"
        "  - the clay is not wet, fire it.\n"
        "- When the kiln is not full, add the next batch.\n",
        {"full, wet": "wait", "full, not wet": "fire", "not full": "add"},
    ),
    "after that, behind paragraphs and a list": (
        "From week 1 to week 4 a pupil trains for free.\n\n"
        "From week 5 to week 12 the trial price applies as follows:\n\n"
        "- If the pupil is under 14, charge 5 euros.\n"
        "- If the pupil is 14 or older, charge 9 euros.\n\n"
        "After that, charge 30 euros.\n",
        {"4 weeks": "free", "5 weeks, 13 years": "5 euros", "13 weeks": "30 euros"},
    ),
    "after that, as a step": (
        "Step 1: Within 10 days of delivery, swap the sofa.\n"
        "Step 2: After that, send the upholsterer.\n",
        {"10 days": "swap", "11 days": "upholsterer"},
    ),
    "an exception whose subject is a kind": (
        "A customer gets money back like this:\n\n"
        "- Within 14 days of purchase, give a full refund.\n"
        "- After 14 days, give store credit.\n\n"
        "Exception: custom cakes are never refunded.\n",
        {"14 days, not cake": "full", "15 days, not cake": "credit", "14 days, cake": "never"},
    ),
    "an exception for a kind": (
        "What a customer pays to send a parcel:\n\n"
        "- Below 5 kg, charge 3 euros.\n"
        "- From 5 kg on, charge 6 euros.\n"
        "Exception: for members, charge nothing.\n",
        {"4 kg, not member": "3 euros", "5 kg, not member": "6 euros", "5 kg, member": "nothing"},
    ),
    "whole conditions joined by or": (
        "Turn a diver away where:\n"
        "1. the diver has no logbook; or\n"
        "2. the last dive is more than 24 months ago; or\n"
        "3. the diver has a cold.\n"
        "In any other case hand out the bottles.\n",
        {
            "logbook, 25 months": "away",
            "logbook, 24 months, not cold": "bottles",
            "logbook, 24 months, cold": "away",
        },
    ),
    "whole conditions joined by and, by letters": (
        "We tow a car free of charge provided that:\n"
        "(a) the car is under 10 years old; and\n"
        "(b) the driver is a member.\n"
        "Otherwise we charge 80 euros.\n",
        {"9 years, member": "free", "10 years, member": "80 euros", "9 years": "80 euros"},
    ),
    "unless, and whole conditions": (
        "Bake the bread at noon unless:\n"
        "- the oven is cold; or\n"
        "- the flour weighs less than 2 kg.\n\n"
        "In all other cases, bake it at night.\n",
        {"not cold, 2 kg": "noon", "cold": "night", "not cold, 1 kg": "night"},
    ),
    "what is done by default, as the first item": (
        "- By default, park the car on the roof.\n"
        "- If the car runs on gas, park it in the yard.\n"
        "- If the guest stays more than 7 nights, park it in the garage.\n",
        {"gas, 8 nights": "yard", "not gas, 8 nights": "garage", "not gas, 7 nights": "roof"},
    ),
    "what is done normally, as the last item": (
        "- When the tank is empty, order oil.\n"
        "- When the burner is dirty, sweep it.\n"
        "- Normally, we only read the meter.\n",
        {"empty": "order", "not empty, dirty": "sweep", "not empty, not dirty": "meter"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_decides(name: str) -> None:
    text, decisions = CASES[name]
    assert not mistakes(text, decisions)
