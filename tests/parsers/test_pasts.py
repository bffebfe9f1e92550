"""What did not happen is told affirmed where a circumstance is named: 'rang', not 'ringed'."""

from __future__ import annotations

import pytest

from parsers.conditions.rewording import without_negation


@pytest.mark.parametrize(
    ("said", "affirmed"),
    [
        ("the renter did not ring ahead", "the renter rang ahead"),
        ("the buyer did not choose a colour", "the buyer chose a colour"),
        ("the cook did not wear gloves", "the cook wore gloves"),
        ("the bus did not stop", "the bus stopped"),
        ("the guest did not cancel the room", "the guest cancelled the room"),
        ("the shop did not sell it", "the shop sold it"),
        ("the pupil didn't read it", "the pupil read it"),
    ],
)
def test_irregular_pasts(said: str, affirmed: str) -> None:
    assert without_negation(said) == (affirmed, True)
