"""The grader: forms of the same answer are right, evasions and lists are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.grading import grade, load_questions, normalize, says
from data.prompts import completion
from data.samples import Item

OPTIONS = (
    "Accept it free of charge.",
    "Refuse the bag and refer the customer to Larkwing Cargo.",
    "Charge 45 euros.",
    "Charge 75 euros.",
    "Decline the claim.",
    "Offer a 2 pm check-out free of charge.",
    "Offer a 4 pm check-out free of charge.",
)


def item(answer: str, **changes: object) -> Item:
    fields: dict[str, object] = {
        "id": "x", "kind": "complex", "question": "My bag is 27 kg?", "statements": (),
        "template": "", "answer": answer, "options": OPTIONS,
    }  # fmt: skip
    return Item.model_validate(fields | changes)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("€75", "75 euros"),
        ("EUR 75", "seventy-five Euros"),
        ("$1,000.00", "1000 dollars"),
        ("40 percent", "40%"),
        ("9 p.m.", "21:00"),
        ("9pm", "9 PM"),
        ("4:30 am", "04:30"),
        ("noon", "12 pm"),
        ("can't", "cannot"),
        ("don't accept", "do not accept"),
        ("working days", "working day"),
        ("pauses the account", "pause the accounts"),
        ("26kg", "26 kilos"),
    ],
)
def test_forms_of_the_same_are_the_same(one: str, other: str) -> None:
    assert normalize(one) == normalize(other)


def test_an_answer_may_repeat_the_case_before_the_outcome() -> None:
    gold = item("Charge 45 euros.")
    assert grade(gold, "If the bag does not fit, charge 45 euros.")
    assert not grade(gold, "If the bag does not fit, do not charge 45 euros.")
    assert not grade(item("Decline the claim."), "If it is not in time, do not decline the claim.")


def test_says_keeps_to_whole_words() -> None:
    assert says("It costs 75 euros.", "€75")
    assert not says("It costs 175 euros.", "75 euros")
    assert not says("At 11 pm.", "1 pm")
    assert not says("anything", "")


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        ("Charge 75 euros.", "Charge 75 euros."),
        ("Charge 75 euros.", "The charge is €75."),
        ("Charge 75 euros.", "We charge seventy-five euros for 27 kg."),
        ("Accept it free of charge.", "It is accepted free of charge."),
        ("Accept it free of charge.", "Accept the bag at no charge."),
        ("Decline the claim.", "The claim is declined."),
        ("Offer a 2 pm check-out free of charge.", "A 14:00 check-out is offered free of charge."),
    ],
)
def test_right_answers(gold: str, answer: str) -> None:
    assert grade(item(gold), completion("[b-1] x", answer))


@pytest.mark.parametrize(
    ("gold", "answer"),
    [
        ("Charge 75 euros.", "Charge 45 euros."),
        ("Charge 75 euros.", "Charge 75 euros or charge 45 euros."),
        ("Charge 75 euros.", "Do not charge 75 euros."),
        ("Charge 75 euros.", " ".join(OPTIONS)),
        ("Charge 75 euros.", "Charge 75 euros. " + "The customer is always right. " * 20),
        ("Charge 75 euros.", "Charge 80 euros."),
        ("Charge 75 euros.", "75 80 85"),
        ("Charge 75 euros.", ""),
        ("Charge 75 euros.", "Yes."),
        ("Decline the claim.", "Do not decline the claim, accept it."),
        ("Accept it free of charge.", "Decline the claim. Accept it free of charge."),
        ("Offer a 2 pm check-out free of charge.", "Offer a 4 pm check-out free of charge."),
        ("Offer a 2 pm check-out free of charge.", "Offer a check-out free of charge."),
    ],
)
def test_wrong_answers(gold: str, answer: str) -> None:
    assert not grade(item(gold), completion("[b-1] So: charge 75 euros.", answer))


def test_a_right_chain_does_not_help_an_answer_that_is_missing() -> None:
    assert not grade(item("Charge 75 euros."), "<think>\nSo: charge 75 euros.")


def test_accept_wants_all_phrases_of_one_alternative_and_reject_none() -> None:
    asked = item(
        "voucher", options=(), accept=(("drink", "voucher"), ("free drink",)), reject=("refund",)
    )
    assert grade(asked, "You get a voucher for a drink.")
    assert grade(asked, "A free drink!")
    assert not grade(asked, "You get a voucher.")
    assert not grade(asked, "A drink voucher and a refund.")
    assert not grade(asked, "A drink voucher. " + "And so on. " * 30)


@pytest.mark.parametrize(
    ("gold", "answer", "right"),
    [
        (
            "No. Always check the pass before opening a file.",
            "No. Never check the pass before opening a file.",
            False,
        ),
        ("No. Never promise a date.", "No. Promise a date.", False),
        ("No. Never promise a date.", "No. Never promise a date.", True),
        ("No. Never promise a date.", "No.", True),
        ("No. Nobody opens a bag.", "No. A bag is not opened by anybody.", True),
        (
            "No. If an instrument does not fit, charge 50 euros.",
            "No. If an instrument is too large, charge 50 euros.",
            True,
        ),
        ("No. Write the room on the sleeve.", "No. Write the room on it; do not say it.", True),
    ],
)
def test_a_right_no_does_not_hide_a_rule_turned_around(gold: str, answer: str, right: bool) -> None:
    assert grade(item(gold, options=(), accept=(("no",),)), answer) is right


def test_questions_are_read_with_everything_they_say(tmp_path: Path) -> None:
    file = tmp_path / "q.yaml"
    file.write_text(
        "- id: a\n  category: complex\n  question: Fee?\n  accept: [75 euros, [charge, '75']]\n"
        "  reject: [free]\n  case: {workflow: bags, weight: 27, gold: false}\n"
    )
    (asked,) = load_questions(file)
    assert asked.accept == (("75 euros",), ("charge", "75"))
    assert (asked.kind, asked.workflow, asked.case) == (
        "complex", "bags", {"weight": 27, "gold": False},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- id: a\n  category: complex\n  accept: [x]\n", r":1: lacks 'question'"),
        ("- id: a\n  category: hard\n  question: q\n  accept: [x]\n", r":1: category is 'hard'"),
        ("# c\n\n- {id: a, category: simple, question: q, accept: x}\n", r":3: 'accept' must be"),
        ("- {id: a, category: simple, question: q, accept: [x], why: 1}\n", r":1: unknown key"),
        ("- {id: a, category: simple, question: q, accept: [x]}\n" * 2, r":2: the id 'a' is used"),
        ("a: [\n", r":2: not valid YAML"),
        ("a: 1\n", r":1: must be a list"),
    ],
)
def test_faulty_questions_are_named_with_their_line(
    tmp_path: Path, text: str, message: str
) -> None:
    file = tmp_path / "q.yaml"
    file.write_text(text)
    with pytest.raises(ValueError, match=message):
        load_questions(file)


POLICIES = Path(__file__).parents[2] / "data" / "policies"


@pytest.mark.parametrize("file", sorted(POLICIES.glob("*.questions.yaml")), ids=lambda p: p.name)
def test_questions_by_hand_are_read_and_accept_what_they_name(file: Path) -> None:
    asked = load_questions(file)
    assert len(asked) == 60
    assert [i.id for i in asked if not grade(i, " ".join(i.accept[0]))] == []
