"""Tricks are told from answers; no right answer of the training data is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.guards import trick
from data.samples import Item, read
from data.synthesize import SynthConfig, synthesize
from parsers import parse

POLICIES = Path(__file__).parents[2] / "data" / "policies"
FEE = Item(
    id="fee",
    kind="complex",
    question="My bag is 26 kg?",
    statements=("over-23kg",),
    template="",
    answer="Charge 75 euros.",
    options=("Charge 75 euros.", "Charge 40 euros.", "Refuse the bag."),
)
HALL = FEE.model_copy(
    update={
        "question": "Where is the desk?",
        "answer": "The desk is in Hall B.",
        "options": (),
        "accept": (("Hall B",),),
    }
)
OPEN = HALL.model_copy(
    update={
        "question": "Is the desk open at 8 am?",
        "answer": "Yes. The desk opens at 6 am.",
        "accept": (("yes",),),
    }
)


@pytest.mark.parametrize(
    ("item", "answer", "expected"),
    [
        (FEE, "Charge 75 euros.", None),
        (FEE, "For 26 kg we charge 75 euros [over-23kg].", None),
        (FEE, "Charge 75 euros. Charge 75 euros.", "repetition"),
        (FEE, "Charge 75 euros. " + "It is so because it must be. " * 4, "length"),
        (HALL, "It is in Hall B.", None),
        (HALL, "Airport, station, harbour, museum, Hall B.", "list"),
        (OPEN, "Yes, from 6 am.", None),
        (OPEN, "Yes. No.", "both"),
        (OPEN, "Yes, from 5 am, 6 am, 7 am.", "figures"),
    ],
)
def test_tricks(item: Item, answer: str, expected: str | None) -> None:
    assert trick(item, answer) == expected


def test_right_answers_of_the_training_data_are_none(tmp_path: Path) -> None:
    spec = parse(POLICIES / "airline-baggage.md")
    synthesize(spec, SynthConfig(cpt=20, sft=20, rl=300), 0, tmp_path, lambda *_: None)
    items = read(tmp_path / "rl.jsonl", Item)
    assert len(items) >= 200
    assert [
        (it.question, it.answer, trick(it, it.answer)) for it in items if trick(it, it.answer)
    ] == []
