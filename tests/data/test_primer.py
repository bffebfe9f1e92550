"""The primer's exercises: solvable from what stands in them, and fair to evaluation."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from data.lexicon import NUMBER, entries
from data.primer import Exercise, exercises
from data.prompts import citations, split_completion

_KINDS = ("reading", "policy", "rule", "terms")


@pytest.fixture(scope="module")
def made() -> list[Exercise]:
    return exercises(600, seed=1)


def test_the_same_seed_gives_the_same_exercises(made: list[Exercise]) -> None:
    assert made == exercises(600, seed=1) != exercises(600, seed=2)
    assert set(Counter(it.kind for it in made)) == set(_KINDS)


def test_a_question_about_one_rule_is_answered_with_it(made: list[Exercise]) -> None:
    for it in (it for it in made if it.kind == "rule"):
        thought, answer = split_completion(it.turn)
        rules = dict(re.findall(r"^\[(\S+)\] (.+)$", it.messages[0]["content"], re.MULTILINE))
        assert 3 <= len(rules) <= 7
        assert rules[citations(thought)[0]] == answer


def test_what_is_quoted_stands_in_the_message(made: list[Exercise]) -> None:
    for it in made:
        quoted = re.findall(r'^"(.+)": ', it.turn, re.MULTILINE)
        assert quoted or it.kind in ("policy", "rule")
        for words in quoted:
            assert words in it.messages[1]["content"]


def test_a_small_policy_is_decided_by_the_first_rule_that_applies(made: list[Exercise]) -> None:
    decided = Counter[bool]()
    for it in (it for it in made if it.kind == "policy"):
        thought, answer = split_completion(it.turn)
        rules = dict(re.findall(r"^\[(\S+)\] (.+)$", it.messages[0]["content"], re.MULTILINE))
        tests = re.findall(r"^(.+)\? (?:(.+): )?(yes|no)\.$", thought, re.MULTILINE)
        assert len(rules) == len(set(rules))
        (cited,) = citations(thought)
        place = list(rules).index(cited)
        last = place == len(rules) - 1
        # One test for each rule down to the one that decides, and only that one's is met.
        assert [verdict for *_, verdict in tests] == ["no"] * place + ["yes"] * (not last)
        outcome = answer.rstrip(".").lower()
        assert outcome in rules[cited].lower()
        for _, seen, verdict in tests:
            if numbers := re.fullmatch(r"(\d+) ([<>=]) (\d+)", seen):
                left, relation, right = int(numbers[1]), numbers[2], int(numbers[3])
                assert relation == ("=" if left == right else ">" if left > right else "<")
            else:
                assert seen in ("", "not said")
                assert seen == "" or verdict == "no"
        decided[last] += 1
    assert decided[True] > 10 and decided[False] > 10


def test_no_wording_of_evaluation_is_exercised(made: list[Exercise]) -> None:
    both = [(entry, holds) for entry in entries() for holds in (True, False)]
    kept = {words.lower() for entry, holds in both for words in entry.held(holds)}
    told = {words.lower() for entry, holds in both for words in entry.train(holds)}
    for it in made:
        for words in re.findall(r'^"(.+)": ', it.turn, re.MULTILINE):
            assert words.lower() not in kept - told or NUMBER in words
