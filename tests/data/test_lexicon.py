"""The lexicon fits what it is used for, and reading exercises are right."""

from __future__ import annotations

import re

from data.lexicon import NUMBER, entries, wordings
from data.numerals import multiplied
from data.places import countries, journeys
from data.reading import texts


def test_every_entry_finds_its_own_clause_and_keeps_some_wordings_for_evaluation() -> None:
    assert len(entries()) > 150
    for entry in entries():
        assert entry.match.search(entry.means), entry.means
        groups = entry.match.groups
        for holds in (True, False):
            said = entry.train(holds) + entry.held(holds)
            assert len(set(said)) == len(said), entry.means
            assert not said or (entry.train(holds) and entry.held(holds)), entry.means
            for words in said:
                assert words.count(NUMBER) == (NUMBER in entry.means), words
                assert all(int(n) <= groups for n in re.findall(r"\{(\d)\}", words)), words
                assert not words.endswith("."), words


def test_wordings_carry_the_name_that_the_document_has() -> None:
    train, held = wordings("the customer holds Platinum status", True)
    assert train and held and not set(train) & set(held)
    assert any("Platinum" in words for words in train)
    assert not any("{" in words for words in train + held)
    assert wordings("the moon is made of cheese", True) == ((), ())


def test_a_flight_abroad_is_not_told_as_one_at_home() -> None:
    abroad, _ = wordings("the flight is international", True)
    inland, _ = wordings("the flight is domestic", True)
    assert abroad and inland and not set(abroad) & set(inland)


def test_journeys_are_told_by_their_ends() -> None:
    for abroad in (True, False):
        told = journeys(abroad, "a flight")
        assert told == journeys(abroad, "a flight") != journeys(abroad, "a parcel")
        assert len(set(told)) > 30
        for words in told:
            start, goal = countries(words)
            assert (start != goal) is abroad, words
    assert countries("it's lisbon to Nairobi") == ("Portugal", "Kenya")
    assert countries("the flight to Turkey, we're Dutch") == ("Turkey", "the Netherlands")
    assert countries("Londoners eat Dutch cheese") == ("the Netherlands",)


def test_longer_units_are_multiplied() -> None:
    assert multiplied("I've been here five years", "months") == "5 x 12"
    assert multiplied("it's been 2 days now", "hours") == "2 x 24"
    assert multiplied("it's been 2 days now", "days") == multiplied("two bags", "kg") == ""


def test_exercises_read_the_message_in_order_and_test_rightly() -> None:
    made = texts(60, 1)
    assert made == texts(60, 1) != texts(60, 2)
    for text in made:
        assert text.kind == "replay"
        message, *lines = text.text.split("\n")
        at = 0
        said = {}
        for line in (line for line in lines if line.startswith('"')):
            quote, _, means = line[1:].removesuffix(".").partition('": ')
            at = message.lower().index(quote.lower(), at)
            if len(lie := countries(quote)) > 1:
                assert means.startswith(f"{', '.join(lie)}: "), line
                means = means.partition(": ")[2]
            if product := re.match(r"(\d+) x (\d+): (?=.*?(\d+))", means):
                assert int(product[1]) * int(product[2]) == int(product[3]), line
                means = means.partition(": ")[2]
            said[means.partition(":")[0]] = means.rpartition(" ")[2]
        assert said
        for line in (line for line in lines if not line.startswith('"')):
            if compared := re.search(r"\? (\d+) ([<=>]) (\d+): (?:yes|no)\.$", line):
                one, how, other = int(compared[1]), compared[2], int(compared[3])
                assert how == ("=" if one == other else ">" if one > other else "<")
                above = "more than" in line.split("?")[0]
                holds = one > other if above else one < other
                assert line.endswith("yes." if holds else "no."), line
                assert any(re.search(rf"\b{one}\b", means) for means in said), text.text
            else:
                means, _, verdict = line.removesuffix(".").rpartition("? ")
                assert verdict == said.get(means, "not said: no"), text.text


def test_wordings_are_of_the_unit_and_of_the_nearest_matter() -> None:
    days, _ = wordings("the payment is overdue by {n}", True, "days")
    assert days and not any("cost" in words or "got there" in words for words in days)
    assert not set(wordings("the item cost {n}", True, "euros")[0]) & set(days)
    assert wordings("the item cost {n}", True, "days") == ((), ())
    assert wordings("the customer is not a Gold member", True) == ((), ())
    assert all("Gold" in words for words in wordings("the customer is a Gold member", True)[0])


def test_a_journey_is_read_as_what_it_is() -> None:
    """Read as 'international: no', words for a flight at home come to mean an international one."""
    read = "\n".join(text.text for text in texts(1000, 0))
    assert "flight is international: yes." in read and "flight is domestic: yes." in read
    assert "flight is international: no." not in read and "flight is domestic: no." not in read
