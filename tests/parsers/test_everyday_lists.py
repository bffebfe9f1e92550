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
}


@pytest.mark.parametrize("name", CASES)
def test_decides(name: str) -> None:
    text, decisions = CASES[name]
    assert not mistakes(text, decisions)
