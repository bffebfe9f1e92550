"""Who or what a phrase names: two kinds that a comma parts, and capitals of a sentence's start."""

from __future__ import annotations

import pytest

from parsers.conditions.lexicon import Lexicon
from parsers.spec import And, Comparison, Or, variables_of


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ("Flexible members, and Annual members who have completed twelve months or more", 2),
        ("members over 60, and students with a card", 2),
        ("a van over 3 tonnes, or a van that carries gas", 2),
        ("trees in pots, and shrubs that are over 2 metres", 2),
        ("residents, and visitors staying 3 nights or more", 2),
        ("bags that weigh over 20 kg, and cost more than 5 euros", 0),
        ("customers who paid by card, and who live abroad", 0),
    ],
)
def test_what_follows_the_comma_is_told_of_the_last_kind(said: str, kinds: int) -> None:
    condition = Lexicon("member member").phrase(said)
    assert isinstance(condition, Or) == bool(kinds), condition
    assert isinstance(condition, Or | And)


@pytest.mark.parametrize(
    "aside",
    ["on either plan and for whatever reason", "by whichever road", "for any reason"],
)
def test_what_makes_no_difference_is_no_circumstance(aside: str) -> None:
    said = f"anyone who cancels no more than 14 days after joining, {aside}"
    assert isinstance(Lexicon("member member").phrase(said), Comparison)


def test_a_capital_at_the_start_of_a_sentence_names_nothing() -> None:
    text = "New members pay 5 euros. Tell us the new address. Gold members pay 3 euros."
    lexicon = Lexicon(text)
    new, gold = lexicon.phrase("New members"), lexicon.phrase("Gold members")
    proof = lexicon.clause("the member has sent proof of the new address")
    assert new and gold and proof
    assert set(variables_of(proof)).isdisjoint({*variables_of(new), *variables_of(gold)})
    assert lexicon.clause("the member is a Gold member") == gold
