"""What people write who have a matter: found by the rule it is about, and by no other."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from data.facts import scene_asks
from data.matters import about, matters, messages
from data.recitations import recite
from data.trades import TRADES, trades
from parsers import parse
from parsers.spec import PolicySpec

DESK = """# Lantern Airlines

- Our desk is on Pier 4.
- When a suitcase arrives damaged, fill in a damage form.
- Never tell one passenger about another.
- Always greet people.
"""


def parsed(text: str, folder: Path) -> PolicySpec:
    file = folder / "desk.md"
    file.write_text(text)
    return parse(file)


def test_every_matter_finds_its_examples() -> None:
    missed = [(m.about, text) for m in matters() for text in m.fits if not m.match.search(text)]
    assert missed == []


def test_no_message_is_of_two_matters_and_all_are_texts() -> None:
    said = Counter(message.words.lower() for matter in matters() for message in matter.says)
    assert [text for text, count in said.items() if count > 1] == []


def test_a_rule_has_the_messages_of_its_matter_some_kept_for_evaluation(tmp_path: Path) -> None:
    spec = parsed(DESK, tmp_path)
    (damaged,) = (s for s in spec.statements if "damaged" in s.text)
    (greeting,) = (s for s in spec.statements if "greet" in s.text)
    said = messages(damaged, spec)
    assert len(said.train) >= 15 and len(said.held) >= 4
    assert not set(said.train) & set(said.held)
    held = {ask.core.direct for ask in scene_asks(damaged, spec) if ask.core.held}
    assert held == set(said.held)
    assert not messages(greeting, spec).train
    assert all("matter" not in ask.core.form for ask in scene_asks(greeting, spec))


def test_messages_name_trades_that_there_are_and_every_trade_has_some() -> None:
    named = {trade for matter in matters() for message in matter.says for trade in message.trades}
    assert named == TRADES


def test_what_only_other_trades_are_sent_is_not_said(tmp_path: Path) -> None:
    said = {}
    for name, trade in {"Airlines": "flight", "Theatre": "show"}.items():
        spec = parsed(DESK.replace("Airlines", name), tmp_path)
        assert trades(spec.document.text) == {trade}
        (damaged,) = (s for s in spec.statements if "damaged" in s.text)
        (matter,) = (m for m in matters() if m.match.search(damaged.text))
        said[trade] = {*messages(damaged, spec).train, *messages(damaged, spec).held}
        fit = {m.words for m in matter.says if not m.trades or trade in m.trades}
        assert said[trade] == fit
    assert said["flight"] - said["show"]


def test_a_matter_of_two_rules_is_nobodys(tmp_path: Path) -> None:
    twice = DESK + "- A suitcase that arrives damaged twice is replaced.\n"
    spec = parsed(twice, tmp_path)
    for statement in spec.statements:
        if "damaged" in statement.text:
            assert not messages(statement, spec).train


STRANGERS = {
    "The front desk is staffed around the clock.": (
        "leaving the desk or post",
        "where a counter, office or entrance is",
    ),
    "If a visitor smells smoke, ring the duty engineer.": (
        "eating, drinking, chewing or smoking on duty",
        "where one may smoke",
    ),
    "Always look at a traveller's boarding pass before opening the booking.": (
        "online check-in and boarding pass",
    ),
    "If a crate arrives broken, take a photo of it.": ("taking photos or filming",),
    "When the fire door jams, fetch the duty manager.": ("who is responsible for something",),
    "If the cabin is not ready when a guest arrives after check-in, offer lunch.": (
        "arriving late, after the desk has closed",
    ),
    "If a tenant has forgotten the password, text them a new one.": (
        "asking for PINs or passwords",
    ),
    "Always confirm the e-mail address on the order.": ("postal address or mailbox to write to",),
    "Learners who send proof of enrolment get 15 percent off.": (
        "transcripts and certificates of study",
    ),
    "Always quote prices in dollars.": ("which currencies are taken and changed",),
    "When a train is cancelled, offer a seat on the next coach.": (
        "offering a seat, water or coffee",
    ),
    "Take the spare keys from the box beside the lift.": ("lifts, ramps and step-free ways",),
    "Do not take sides when two neighbours quarrel.": (
        "arguing with customers or raising the voice",
    ),
    "This section decides what is charged when a client cancels an order.": (
        "cancelling an order",
    ),
    "The lamp shop is next to the lost property hatch.": (
        "things found or left behind, lost property",
    ),
    "Programmes cost 4 pounds each.": ("how big or heavy something may be",),
}
"""Statements, and matters that have a word of theirs in passing."""

MEETING = {
    "The front desk is open from 7 am to 10 pm.": "opening hours of a desk, shop or office",
    "The ticket office is behind the fountain.": "where a counter, office or entrance is",
    "Never leave the till unattended.": "leaving the desk or post",
    "Do not chew gum at the counter.": "eating, drinking, chewing or smoking on duty",
    "Never ask a tenant for a password.": "asking for PINs or passwords",
    "If a runner has forgotten the password, send a link.": "the password is forgotten",
    "Spaniels and other dogs are welcome on the terrace.": "bringing a dog",
    "Children under 7 are admitted free of charge.": (
        "up to what age children are free or reduced"
    ),
    "Skippers must be at least 24 years old.": "minimum age",
    "A transcript costs 9 francs.": "transcripts and certificates of study",
    "The duty manager for the east wing is Ms Ode.": "who is responsible for something",
    "Lost property is kept for 40 days in the tower.": "how long found things are kept",
}


def test_a_matter_meets_what_answers_it_and_not_what_has_a_word_of_it(tmp_path: Path) -> None:
    spec = parsed("# Lantern House\n\n" + "\n\n".join((*STRANGERS, *MEETING)) + "\n", tmp_path)
    met = {recite(s, spec): {m.about for m in about(s, spec)} for s in spec.statements}
    assert {*STRANGERS, *MEETING} <= met.keys()
    assert {text: met[text] & {*strange} for text, strange in STRANGERS.items()} == {
        text: set() for text in STRANGERS
    }
    assert {text for text, fit in MEETING.items() if fit not in met[text]} == set()


def test_tables_name_matters_that_there_are() -> None:
    named = {*MEETING.values()} | {name for strange in STRANGERS.values() for name in strange}
    assert named <= {m.about for m in matters()}
