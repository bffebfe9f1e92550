"""What people write who have a matter: found by the rule it is about, and by no other."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from data.facts import scene_asks
from data.matters import matters, messages
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
