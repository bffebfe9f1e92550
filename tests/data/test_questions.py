"""Questions made from sentences: grammatical, answered rightly, for any policy."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from data import behaviors, conditionals, facts
from data.asks import Ask, items
from data.instructions import gerund, instructions
from data.phrasing import Core, phrase
from data.questions import wh_questions
from data.rewording import first_person, negated
from data.syntax import clauses
from parsers import parse
from parsers.spec import PolicySpec, Statement


def spec_of(tmp_path: Path, *lines: str) -> PolicySpec:
    path = tmp_path / "policy.md"
    path.write_text("# Rules\n\n" + "\n".join(f"- {line}" for line in lines) + "\n")
    return parse(path)


def asked(source, spec: PolicySpec) -> dict[str, Ask]:
    return {a.core.direct: a for s in spec.statements for a in source.asks(s, spec)}


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("The cabin allowance is 8 kg.", "What is the cabin allowance?"),
        ("Bag drop closes 45 minutes before departure.", "When does bag drop close?"),
        ("Loans run for 21 days.", "How long do loans run?"),
        ("The clinic is in Mill Street.", "Where is the clinic?"),
        ("The garage costs 4 euros per hour.", "How much does the garage cost per hour?"),
        ("The office is open from 9 am to 5 pm.", "When is the office open?"),
        ("The network is called Birch.", "What is the network called?"),
        ("Members can borrow 12 books.", "How many books can members borrow?"),
    ],
)
def test_wh_questions(text: str, question: str) -> None:
    assert question in [wh.direct for clause in clauses(text) for wh in wh_questions(clause)]


def test_yes_no_questions_have_both_polarities(tmp_path: Path) -> None:
    asks = asked(facts, spec_of(tmp_path, "The cabin allowance is 8 kg.", "The hold takes 20 kg."))
    assert asks["Is the cabin allowance 8 kg?"].answer == "Yes. The cabin allowance is 8 kg."
    about = {q: a for q, a in asks.items() if q.startswith("Is the cabin allowance")}
    wrong = [a for q, a in about.items() if "8 kg" not in q]
    assert wrong
    for ask in wrong:
        assert ask.answer == "No. The cabin allowance is 8 kg."
        assert ask.accept == (("8 kg",),) and ask.reject == ("yes",)


def test_nobody_is_examined_on_what_two_statements_answer(tmp_path: Path) -> None:
    spec = spec_of(tmp_path, "The kiosk opens at 9 am.", "The kiosk sells tea.")

    def asks(statement: Statement, _: PolicySpec) -> list[Ask]:
        own = Ask(Core("own", f"Is it so that {statement.text}"), "Yes.")
        return [own, Ask(Core("shared", "What of the kiosk?"), "Much.")]

    made = items(spec.statements, asks, spec, 10, 0, "eval")
    assert {it.template.split("/")[0] for it in made} == {"own"}


def test_messages_keep_their_words_and_questions_change_some() -> None:
    words = "A guest at the hotel has lost the key. What does the customer pay?"
    rng = random.Random(0)
    told = [phrase(Core("m", words, spoken=True), "train", rng).question for _ in range(40)]
    assert all(words[1:-1].lower() in question.lower() for question in told)
    asked = [phrase(Core("q", words), "train", rng).question for _ in range(40)]
    assert sum(words[1:-1].lower() in question.lower() for question in asked) < 20


@pytest.mark.parametrize(
    ("text", "phrase", "forbidden"),
    [
        ("Never accept cash.", "accept cash", True),
        ("Do not promise a date.", "promise a date", True),
        ("Agents must not share passwords.", "share passwords", True),
        ("You should always greet the caller.", "greet the caller", False),
        ("End every call with a case number.", "end every call with a case number", False),
        ("Staff may never lend a key.", "lend a key", True),
    ],
)
def test_instructions(text: str, phrase: str, forbidden: bool) -> None:
    (found,) = instructions(text)
    assert (found.verb_phrase, found.forbidden) == (phrase, forbidden)


def test_facts_are_no_instructions() -> None:
    assert not instructions("The desk is in Hall B.")


def test_forbidden_acts_are_refused_and_duties_confirmed(tmp_path: Path) -> None:
    spec = spec_of(
        tmp_path, "Never disclose a guest's room number.", "Always check the patient's card."
    )
    asks = asked(behaviors, spec)
    assert asks["Can you disclose another guest's room number?"].answer.startswith("No. Never")
    assert asks["Are you allowed to disclose a guest's room number?"].answer.startswith("No.")
    assert asks["Do you always check the patient's card?"].answer.startswith("Yes.")
    assert asks["Is checking the patient's card optional?"].answer.startswith("No.")


def test_conditions_hold_fail_and_meet_other_outcomes(tmp_path: Path) -> None:
    spec = spec_of(
        tmp_path,
        "If a guest has lost the key, issue a new key.",
        "If a guest smells gas, call the engineer.",
    )
    asks = asked(conditionals, spec)
    assert asks["I have lost the key. What now?"].answer == "Issue a new key."
    assert asks["If I have lost the key, do you issue a new key?"].answer.startswith("Yes.")
    assert asks["If I have lost the key, do you call the engineer?"].answer.startswith("No.")
    failing = asks["If I have not lost the key, do you issue a new key?"]
    assert failing.answer == "No. That applies only if a guest has lost the key."


def test_numbers_on_both_sides_of_a_threshold(tmp_path: Path) -> None:
    spec = spec_of(tmp_path, "If a parcel weighs more than 20 kg, send it to the depot.")
    (statement,) = spec.statements
    numbered = [a for a in conditionals.asks(statement, spec) if a.case]
    assert numbered
    for ask in numbered:
        assert ask.case is not None
        (weight,) = ask.case.values()
        assert (ask.answer == "Send it to the depot.") == (float(weight) > 20)
        assert f"{weight:g} kg" in ask.core.direct


@pytest.mark.parametrize(
    ("text", "mine"),
    [
        ("a guest has lost the key", "I have lost the key"),
        ("the customer's card is stolen", "my card is stolen"),
        ("a parcel arrives for a guest", "a parcel arrives for me"),
        ("a customer was charged twice", "I was charged twice"),
        ("a tag is torn", None),
    ],
)
def test_first_person(text: str, mine: str | None) -> None:
    assert first_person(text) == mine


@pytest.mark.parametrize(
    ("text", "not_so"),
    [
        ("I have lost the key", "I have not lost the key"),
        ("a bag arrives damaged", "a bag does not arrive damaged"),
        ("the desk is open", "the desk is not open"),
    ],
)
def test_negation(text: str, not_so: str) -> None:
    assert negated(text) == not_so


@pytest.mark.parametrize(
    ("verb", "doing"), [("give", "giving"), ("put", "putting"), ("see", "seeing"), ("lie", "lying")]
)
def test_gerund(verb: str, doing: str) -> None:
    assert gerund(verb) == doing
