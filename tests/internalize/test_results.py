"""The numbers of the evaluation against values worked out elsewhere."""

from __future__ import annotations

import pytest
from example import Answered, make_spec, prediction

from internalize.results import adherence, branching, break_even, scores, stage_lines, wilson


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [  # Newcombe (1998), table I, method 3; the last by hand
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0000),
    ],
)
def test_wilson(hits: int, n: int, low: float, high: float) -> None:
    assert wilson(hits, n) == pytest.approx((low, high), abs=5e-5)


def test_wilson_of_nothing_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def answers(*skills: float, source: str = "generated", kind: str = "complex") -> list[Answered]:
    return [Answered(prediction(kind, source, i, skill)) for i, skill in enumerate(skills)]


def test_scores_keep_sources_and_kinds_apart() -> None:
    mixed = answers(1, 1, 0) + answers(0, source="hand-written") + answers(0, kind="factual")
    found = {(s.source, s.kind): (s.accuracy.hits, s.accuracy.n) for s in scores({"rl": mixed})}
    assert found == {
        ("generated", "factual"): (0, 1),
        ("generated", "complex"): (2, 3),
        ("generated", "all"): (2, 4),
        ("hand-written", "complex"): (0, 1),
        ("hand-written", "all"): (0, 1),
    }


def test_adherence_counts_training_answers_and_citations_of_each_rule() -> None:
    trained = {"cpt": [("heavy",), ("heavy", "gold"), ()], "sft": [("gold",)]}
    heavy, gold = adherence(make_spec(), trained, answers(1, 1, 0))[2:]
    assert heavy.trained == {"cpt": 2, "sft": 0} and gold.trained == {"cpt": 1, "sft": 1}
    # Right answers cite both rules, the wrong one only the second (and one that does not exist).
    assert (heavy.evaluated, heavy.correct, heavy.cited) == (3, 2, 2)
    assert (gold.evaluated, gold.correct, gold.cited) == (3, 2, 3)


def test_branching_errors_are_wrong_or_missing_citations_on_complex_items() -> None:
    line = branching("rl", answers(1, 1, 0) + answers(0, kind="factual"))
    assert (line.errors.hits, line.errors.n, line.extra, line.missed) == (1, 3, 1, 1)


def test_items_without_known_rules_have_no_branching_error() -> None:
    assert branching("rl", answers(0, source="hand-written")).errors.n == 0


def test_break_even_counts_seconds_saved_a_request() -> None:
    even = break_even(600.0, with_policy=1.5, cached=0.75, without=0.5)
    assert (even.requests, even.requests_uncached) == (2400, 600)


def test_break_even_is_never_when_caching_is_as_fast() -> None:
    even = break_even(600.0, with_policy=1.5, cached=0.5, without=0.5)
    assert (even.requests, even.requests_uncached) == (None, 600)


def test_stages_are_compared_on_what_was_asked_after_each() -> None:
    def answers(*marks: tuple[str, str, bool]) -> list[Answered]:
        fields = {"cited": (), "statements": ()}
        return [
            Answered({"item": item, "source": source, "correct": right, **fields})
            for item, source, right in marks
        ]

    few = answers(("a", "pictured", True), ("b", "generated", True))
    all_ = answers(("a", "pictured", False), ("b", "generated", True), ("c", "pictured", True))
    summaries = {"cpt": {"tokens": 5, "seconds": 2.0, "steps": 1}, "sft": {}}
    cpt, sft = stage_lines(summaries, {"cpt": few, "sft": all_}, "pictured")
    assert (cpt.tokens, cpt.accuracy.hits, cpt.accuracy.n) == (5, 1, 1)
    assert (sft.tokens, sft.accuracy.hits, sft.accuracy.n) == (0, 0, 1)
