"""What is run: arms, sweeps and probes as cells, for two CPU cores or for a GPU.

In: a `Grid` (sizes) and what is done already. Out: `Entry`s, each a cell with its place in a table
or plot, in the order in which they are worth most. A cell is a trained recipe and one measure of
it; cells that several tables show are run once. All trained arms of a table see equal tokens; the
part `time` gives each as many tokens as it gets through in the reference arm's seconds.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from benchmarks.ccgen.measures import Measure
from benchmarks.ccgen.recipes import (
    Context,
    Distill,
    FineTune,
    Frozen,
    Pretrain,
    Recipe,
    Reinforce,
    Step,
)
from data.ccgen.policy import Setting, make
from stages.models import DEFAULT

PRETRAINING, REINFORCEMENT = 0.25, 0.2
"""Shares of an arm's tokens."""

UNTRAINED, IN_CONTEXT, COT = "untrained", "policy in context, untrained", "CoT-SFT"
CAP, CAP_CPT = "CAP-CPT + CoT-SFT", "CAP-CPT"
DAPO = "CAP-CPT + CoT-SFT + PolicyRollout (DAPO)"
CHANGED = "CAP-CPT + CoT-SFT, a fifth under changed rules"
CHANGED_SHARE = 0.2
REFERENCE = CAP
"""Whose seconds the others get in the part `time`."""


@dataclass(frozen=True)
class Grid:
    """Sizes. `budget`: tokens of an arm; `queries`: trained on; `items`: tested, on tasks."""

    name: str
    budget: int
    seeds: tuple[int, ...]
    queries: int
    items: int
    sizes: tuple[int, ...]
    setting: Setting
    depths: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
    tasks: tuple[int, ...] = (1, 2, 4)
    policies: tuple[int, ...] = (1, 4)
    misread: tuple[float, ...] = (0, 0.05, 0.1, 0.2)
    model: str = DEFAULT
    preset: str = "cpu"

    def policy(self, seed: int, **axes: Any) -> Setting:
        most = max(self.queries, *self.sizes)
        return replace(self.setting, seed=seed, train=most, test=self.items, **axes)


GRIDS = {
    "cpu": Grid(
        "cpu", 120_000, (0, 1, 2), queries=100, items=60, sizes=(25, 50, 100, 200),
        setting=Setting(environment=2, tasks=2, arguments=5, workflow=3, query=1),
    ),
    "full": Grid(
        "full", 3_000_000, (0, 1, 2), queries=1000, items=200, sizes=(50, 200, 1000, 4000),
        setting=Setting(environment=3, tasks=4, arguments=7, workflow=3, query=2),
        tasks=(1, 2, 4, 8, 12), policies=(1, 4, 16),
    ),
}  # fmt: skip


class Cell(Frozen):
    """Something to run, with everything that its result depends on but code and machine."""

    model: str
    preset: str
    recipe: Recipe
    measure: Measure = "tasks"
    context: Context = "none"
    items: int


@dataclass(frozen=True)
class Entry:
    """A cell's place: in a table, its row; in a plot, its line and x."""

    part: str
    arm: str
    x: float | int | str
    cell: Cell

    @property
    def name(self) -> str:
        """Of the file with the result."""
        digest = hashlib.sha256(self.cell.model_dump_json().encode()).hexdigest()[:10]
        # The steps tell the arm, so that a cell has one name in all parts.
        steps = [*(step.kind for step in self.cell.recipe.steps), self.cell.context]
        return re.sub(r"\W+", "-", "-".join([self.cell.measure, *steps, digest]))


Arm = tuple[tuple[Step, ...], Context]


def arms(budget: int) -> dict[str, Arm]:
    """Every arm of the main table at so many tokens: its training, and what is in its prompt."""
    first, last = round(PRETRAINING * budget), round(REINFORCEMENT * budget)
    rest = budget - first
    cap, tuned = Pretrain(tokens=first), FineTune(tokens=rest)
    before = FineTune(tokens=rest - last)
    grpo = Reinforce(tokens=last, variant="grpo", policy_rollout=False)
    rollout = grpo.model_copy(update={"policy_rollout": True})
    return {
        UNTRAINED: ((), "none"),
        IN_CONTEXT: ((), "policy"),
        "policy in context, SFT": ((FineTune(tokens=budget, context="policy"),), "policy"),
        "retrieval, untrained": ((), "rules"),
        "retrieval, SFT": ((FineTune(tokens=budget, context="rules"),), "rules"),
        "Direct SFT": ((FineTune(tokens=budget, chains=False),), "none"),
        COT: ((FineTune(tokens=budget),), "none"),
        "CPT on the document + CoT-SFT": (
            (Pretrain(tokens=first, texts="document"), tuned),
            "none",
        ),
        "CPT, categories mixed up + CoT-SFT": (
            (Pretrain(tokens=first, texts="mixed"), tuned),
            "none",
        ),
        CAP: ((cap, tuned), "none"),
        "CoT-SFT + GRPO": ((FineTune(tokens=budget - last), grpo), "none"),
        "CoT-SFT + SDFT": ((FineTune(tokens=budget - last), Distill(tokens=last)), "none"),
        "CAP-CPT + CoT-SFT + GRPO": ((cap, before, grpo), "none"),
        "CAP-CPT + CoT-SFT + PolicyRollout (GRPO)": ((cap, before, rollout), "none"),
        DAPO: ((cap, before, rollout.model_copy(update={"variant": "dapo"})), "none"),
    }


Done = Callable[[Entry], Mapping[str, Any] | None]
"""The result of a cell that has been run."""


def entries(grid: Grid, done: Done) -> list[Entry]:
    """All cells of a grid; those of `time` once the cells they depend on are done."""
    first = grid.seeds[0]
    return [
        *_main(grid, (first,)),
        *_sweeps(grid, first),
        *_probes(grid, first),
        *_main(grid, grid.seeds[1:]),
        *_time(grid, first, done),
    ]


def _entry(
    grid: Grid, part: str, arm: str, x: Any, seed: int, build: Arm, measure: Measure = "tasks",
    settings: tuple[Setting, ...] = (), queries: int | None = None, **recipe: Any,
) -> Entry:  # fmt: skip
    steps, context = build
    cooked = Recipe(
        settings=settings or (grid.policy(seed),),
        queries=queries or grid.queries,
        seed=seed,
        steps=steps,
        **recipe,
    )
    cell = Cell(
        model=grid.model, preset=grid.preset, recipe=cooked, measure=measure, context=context,
        items=grid.items,
    )  # fmt: skip
    return Entry(part, arm, x, cell)


def _main(grid: Grid, seeds: Iterable[int]) -> Iterator[Entry]:
    for seed in seeds:
        for arm, build in arms(grid.budget).items():
            yield _entry(grid, "main", arm, seed, seed, build)


def _sweeps(grid: Grid, seed: int) -> Iterator[Entry]:
    every = arms(grid.budget)
    for size in grid.sizes:
        for arm in (COT, CAP):
            yield _entry(grid, "data", arm, size, seed, every[arm], queries=size)
    for depth in grid.depths:
        for arm in (IN_CONTEXT, COT, CAP):
            setting = grid.policy(seed, workflow=depth)
            yield _entry(grid, "depth", arm, depth, seed, every[arm], settings=(setting,))
    for tasks in grid.tasks:
        for arm in (IN_CONTEXT, COT, CAP):
            setting = grid.policy(seed, tasks=tasks)
            yield _entry(grid, "tasks", arm, tasks, seed, every[arm], settings=(setting,))
    steps, context = every[DAPO]
    for way in ("pooled", "truncated", "separate"):
        last = steps[-1].model_copy(update={"off_policy": way})
        yield _entry(grid, "off-policy", DAPO, way, seed, ((*steps[:-1], last), context))
    for method in ("lora", "full"):
        for arm in (COT, CAP):
            yield _entry(grid, "method", arm, method, seed, every[arm], method=method)


def _probes(grid: Grid, seed: int) -> Iterator[Entry]:
    every = arms(grid.budget)
    steps, _ = every[DAPO]
    stages = {UNTRAINED: (), CAP_CPT: steps[:1], CAP: every[CAP][0], DAPO: steps}
    for arm, some in stages.items():
        yield _entry(grid, "forgetting", arm, arm, seed, (some, "none"), "general")
    yield _entry(grid, "forgetting", COT, COT, seed, every[COT], "general")
    for arm, some in ({COT: every[COT][0]} | stages).items():
        yield _entry(grid, "referral", arm, arm, seed, (some, "none"), "referral")
    first, second = every[CAP][0]
    changed = (first, second.model_copy(update={"overridden": CHANGED_SHARE}))
    for arm, some in {
        COT: every[COT][0],
        CAP: every[CAP][0],
        DAPO: steps,
        CHANGED: changed,
    }.items():
        yield _entry(grid, "override", arm, arm, seed, (some, "none"), "override")
    yield _entry(grid, "override", CHANGED, f"{CHANGED}, policy as it is", seed, (changed, "none"))
    for share in grid.misread:
        wrong = (first.model_copy(update={"misread": share}), second)
        for measure in ("tasks", "referral"):
            part = {"tasks": "misread", "referral": "misread-referral"}[measure]
            yield _entry(grid, part, CAP, share, seed, (wrong, "none"), measure)
    for count in grid.policies:
        settings = tuple(grid.policy(seed + i) for i in range(count))
        many = arms(count * grid.budget)
        for arm in (COT, CAP):
            yield _entry(grid, "policies", arm, count, seed, many[arm], settings=settings)
    pair, two = _pair(grid, seed), arms(2 * grid.budget)
    for arm in (COT, CAP):
        yield _entry(
            grid, "substitution", arm, arm, seed, two[arm], "substitution", settings=pair
        )  # fmt: skip


@cache
def _pair(grid: Grid, seed: int) -> tuple[Setting, Setting]:
    """Two policies of one business with half of their tasks in common, all facts told."""
    one = grid.policy(seed, query=1)
    policy = make(one)
    one = replace(one, domain=policy.domain.name)
    names = {task.matter.name for task in make(one).tasks}
    for other in range(seed + 100, seed + 10_000):
        two = replace(one, seed=other)
        if 2 * len(names & {task.matter.name for task in make(two).tasks}) >= len(names):
            return one, two
    raise ValueError(f"no two policies of {policy.domain.name} have half of their tasks in common")


def _time(grid: Grid, seed: int, done: Done) -> Iterator[Entry]:
    """The trained arms again, with the tokens that the reference arm's seconds are worth."""
    every = {entry.arm: (entry, done(entry)) for entry in _main(grid, (seed,))}
    trained = {arm: found for arm, (entry, found) in every.items() if entry.cell.recipe.steps}
    if not all(trained.values()):
        return
    seconds = {arm: found["seconds"] for arm, found in trained.items() if found}
    for arm, spent in seconds.items():
        ratio = seconds[REFERENCE] / spent
        budget = round(grid.budget * ratio, -2) if abs(ratio - 1) > 0.1 else grid.budget
        yield _entry(grid, "time", arm, seed, seed, arms(budget)[arm])
