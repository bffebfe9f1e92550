"""Where a chain chooses: rules, readings, verdicts, outcomes, and nothing that is copied."""

from __future__ import annotations

from data.choices import choices
from data.prompts import completion


def chosen(chain: str, answer: str) -> list[str]:
    turn = completion(chain, answer)
    return [turn[start:end] for start, end in choices(turn)]


def test_a_single_rule() -> None:
    chain = (
        "[loader-over-32kg] If a bag weighs more than 32 kg, refuse it.\n"
        "Here: 26 kg: no. Asked: refuse it: yes."
    )
    assert chosen(chain, "Yes. Refuse it.") == ["loader", "yes"]


def test_a_case() -> None:
    chain = (
        '"the wife: a Gold card": holds Gold level: yes.\n'
        '"it\'s 26 kilos": bag weighs 26 kg.\n'
        "bag weighs 23 kg or less? 26 > 23: no.\n"
        "holds Gold level? yes.\n"
        "domestic flight? not said: no.\n"
        "So: accepted free of charge. [gold-free-charge]"
    )
    assert chosen(chain, "Accepted free of charge.") == [
        "holds",
        "yes",
        "bag",
        "no",
        "yes",
        "no",
        "accepted free of charge",
        "gold",
    ]


def test_an_outcome_without_a_rule_and_words_that_only_look_like_choices() -> None:
    assert chosen("So: ask a supervisor.", "Ask: yes, please. [sic]") == ["ask a supervisor", "sic"]
    assert chosen("[a] Say no more, or yes. And so: nothing.", "No. Say no more.") == ["a"]
