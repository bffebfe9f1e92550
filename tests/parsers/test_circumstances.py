"""Which words of a sentence are its circumstances and its outcomes, whether or not they compile."""

from __future__ import annotations

import pytest

from parsers.circumstances import mark
from parsers.policy import specify
from parsers.reading import document, normalize
from parsers.spec import PolicySpec


def spec_of(text: str) -> PolicySpec:
    return specify(document(normalize(text), "test"))


@pytest.mark.parametrize(
    ("sentence", "conditions", "outcomes"),
    [
        ("If a tag is torn, print a new tag.", ["a tag is torn"], ["print a new tag"]),
        ("You should print a tag when it is torn.", ["it is torn"], ["print a tag"]),
        ("After written approval, ship it.", ["After written approval"], ["ship it"]),
        ("In case of fire, call the brigade.", ["In case of fire"], ["call the brigade"]),
        ("For a late order, waive the fee.", ["For a late order"], ["waive the fee"]),
        ("If A is open, or if B is shut, wait.", ["A is open", "B is shut"], ["wait"]),
        ("Refuse parcels that leak.", ["parcels that leak"], ["Refuse"]),
        (
            "Bags that weigh more than 32 kg are refused.",
            ["Bags that weigh more than 32 kg"],
            ["refused"],
        ),
        ("The gate opens at six.", [], ["The gate opens at six"]),
        ("Ask whether the bag is wet.", [], ["Ask whether the bag is wet"]),
        ("Check if the bag is wet.", [], ["Check if the bag is wet"]),
        ("Dry the bag if possible.", [], ["Dry the bag if possible"]),
        ("Before opening a file, check the pass.", [], ["Before opening a file, check the pass"]),
        ("For example, if the bag is wet, dry it.", [], []),
    ],
)
def test_words_of_a_sentence(sentence: str, conditions: list[str], outcomes: list[str]) -> None:
    marks = mark(sentence)
    assert [sentence[a:b] for a, b in marks.conditions] == conditions
    assert [sentence[a:b] for a, b in marks.outcomes] == outcomes


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("behavioral", "The guest must sign the form."),
        ("behavioral", "No more than two bags may be checked; guests should label them."),
        ("behavioral", "A voucher can only be used once."),
        ("factual", "There is no need to sign the form."),
        ("factual", "You can help guests find a taxi."),
        ("factual", "They may not arrive in time due to the weather."),
        ("factual", "A deposit covers anything that the guest must pay."),
        ("simple", "Unless the room is free, decline."),
        ("complex", "Decline if the room is taken, unless the guest is a member."),
        ("complex", "If the lift fails, close the doors and call the engineer."),
    ],
)
def test_kind_of_a_sentence(kind: str, sentence: str) -> None:
    (statement,) = spec_of(sentence).statements
    assert (statement.complexity or statement.category) == kind


def test_names_under_a_lead_in_are_facts_and_the_lead_in_is_none() -> None:
    spec = spec_of("Each booking contains:\n\n- address\n- status (if applicable)\n- price\n")
    assert [s.text for s in spec.statements] == ["address", "status (if applicable)", "price"]
    assert {s.category for s in spec.statements} == {"factual"}


def test_items_that_are_the_circumstances() -> None:
    spec = spec_of(
        "# Refunds\n\nWe refund a ticket if\n\n- the show was cancelled, or\n- the seat broke.\n"
    )
    assert [s.text for s in spec.statements] == ["the show was cancelled", "the seat broke."]
    assert {s.complexity for s in spec.statements} == {"complex"}


def test_powers_are_facts_and_duties_are_not() -> None:
    powers = spec_of("The chair may:\n\n1. Appoint a clerk;\n2. Call a vote when members ask.\n")
    assert [s.complexity or s.category for s in powers.statements] == ["factual", "simple"]
    duties = spec_of("The chair must:\n\n1. Appoint a clerk;\n2. Call a vote.\n")
    assert {s.category for s in duties.statements} == {"behavioral"}


def test_a_sentence_that_hangs_on_the_one_before_joins_it() -> None:
    spec = spec_of("If a guest arrives late, check the room. If it is not, call us. We open at 9.")
    assert [s.text for s in spec.statements] == [
        "If a guest arrives late, check the room. If it is not, call us.",
        "We open at 9.",
    ]
