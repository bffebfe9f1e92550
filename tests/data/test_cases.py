"""Cases: right paths, both sides of thresholds, no assignment in two splits."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from data.cases import Split, asked_on, outcomes_left, partition, sample
from parsers.spec import Workflow, holds
from tests.data.handmade import BAGGAGE, PAYMENTS, leaf, outcomes, test, workflows, yes

SPLITS: tuple[Split, ...] = ("train", "rl", "eval")
quick = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@quick
@given(workflows())
def test_a_case_takes_the_path_it_was_made_for(workflow: Workflow) -> None:
    paths = list(workflow.paths())
    for split in SPLITS:
        for drawn in sample(workflow, 20, 1, split):
            assert workflow.decide(drawn.case) == drawn.decision == paths[drawn.path]


@quick
@given(workflows())
def test_no_assignment_is_in_two_splits(workflow: Workflow) -> None:
    seen = [
        {(s.path, s.assignment) for group in partition(workflow, split) for s in group}
        for split in SPLITS
    ]
    assert not seen[0] & seen[1] and not seen[0] & seen[2] and not seen[1] & seen[2]


@pytest.mark.parametrize("workflow", [BAGGAGE, PAYMENTS], ids=lambda w: w.id)
def test_every_outcome_is_trained_and_evaluated(workflow: Workflow) -> None:
    wanted = {path.index for path in workflow.paths()}
    for split in ("train", "eval"):
        assert {s.decision.index for s in sample(workflow, 40, 3, split)} == wanted


def test_both_sides_of_each_threshold_and_the_threshold_itself_are_trained() -> None:
    weights = {float(s.case["weight"]) for s in sample(BAGGAGE, 400, 0) if "weight" in s.case}
    assert {23.0, 32.0} <= weights
    for low, high in ((21, 23), (23.5, 25), (30, 32), (32.5, 34)):
        assert any(low <= weight <= high for weight in weights)
    assert min(weights) < 12 and max(weights) > 45


def test_deep_paths_get_more_than_shallow_ones() -> None:
    drawn = sample(BAGGAGE, 300, 0)
    shallow = sum(len(s.decision.tests) == 3 for s in drawn)
    deep = sum(s.decision.index == 3 for s in drawn)
    assert deep > shallow > 0


def test_the_same_seed_draws_the_same_cases_and_another_seed_others() -> None:
    assert sample(BAGGAGE, 30, 5) == sample(BAGGAGE, 30, 5)
    assert sample(BAGGAGE, 30, 5) != sample(BAGGAGE, 30, 6)


def test_a_path_with_one_assignment_is_trained_and_never_evaluated() -> None:
    lonely = Workflow(
        id="lonely",
        title="Lonely",
        variables=(BAGGAGE.variables[0],),
        outcomes=outcomes("do this", "do that"),
        root=test(yes("aid"), "s", "aid", leaf(0), leaf(1)),
    )
    assert {s.decision.index for s in sample(lonely, 10, 0)} == {0, 1}
    assert sample(lonely, 10, 0, "eval") == []


def test_stated_circumstances_settle_what_the_others_cannot_change() -> None:
    assert outcomes_left(BAGGAGE, {"weight": 20.0}) == {0}
    assert outcomes_left(BAGGAGE, {"weight": 27.0, "aid": False, "gold": False}) == {2, 3}


def test_variables_are_asked_in_the_order_of_the_path() -> None:
    drawn = sample(BAGGAGE, 60, 0)
    deepest = max(drawn, key=lambda s: len(s.decision.tests))
    assert asked_on(deepest.decision.tests) == ("aid", "weight", "gold", "flight")
    assert all(holds(t.condition, deepest.case) == t.result for t in deepest.decision.tests)
