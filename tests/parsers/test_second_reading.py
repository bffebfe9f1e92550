"""Sentences by strangers that were misread once, in wordings of our own."""

from parsers.language import sentences
from tests.parsers.test_wordings import spec_of


def test_no_ends_a_sentence_unless_a_number_follows() -> None:
    text = "Say so when the answer is no. Most people want to know. See no. 7 for the rest."
    assert [text[a:b] for a, b in sentences(text)] == [
        "Say so when the answer is no.", "Most people want to know.", "See no. 7 for the rest."
    ]  # fmt: skip


def test_what_has_a_time_of_its_own_is_a_rule_of_its_own() -> None:
    spec = spec_of(
        "If a rider asks for a slip, print two and keep one. Grease the chains in the morning."
    )
    assert [s.category for s in spec.statements] == ["conditional", "behavioral"]
