"""Cases of a workflow: along every path, on both sides of every threshold, near and far.

In: a `Workflow`. Out: `Sample`s, each a case whose `decide` takes the path aimed at, for one of the
splits train, rl and eval. CAP-CPT (arXiv 2510.11588) asks for scenarios along the workflow's
branches but does not state how cases are drawn. Candidates and their split are a function of the
workflow alone, not of the seed, so that whatever is drawn in whatever order, no assignment of the
variables asked about on a path is in two splits. A path that has hardly any assignments (two
booleans) tells them apart by a further circumstance that does not matter; one that has a single
assignment and no such circumstance is only trained, never evaluated.
"""

from __future__ import annotations

import hashlib
import itertools
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from parsers.spec import (
    And,
    Branch,
    Comparison,
    Condition,
    Decision,
    Node,
    Not,
    Or,
    Test,
    Value,
    Variable,
    Workflow,
    atoms,
    holds,
    variables_of,
)

Split = Literal["train", "rl", "eval"]
_PATTERN: tuple[Split, ...] = (
    "train", "eval", "train", "rl", "train", "train", "eval", "train", "rl", "train",
)  # fmt: skip
_FEW = 4
_MANY = 3000
_NEAR = (1, 2, 3, 5)
_FAR = 200
_GAP = 0.25
"""Weight of a path that no rule covers, next to the others."""


@dataclass(frozen=True)
class Sample:
    """`case` holds the path's variables, and `extras` names further ones it holds besides."""

    case: dict[str, Value] = field(hash=False)
    decision: Decision
    path: int
    extras: tuple[str, ...] = ()

    @property
    def asked(self) -> tuple[str, ...]:
        """Variables that the tests on the path ask about, in order."""
        return asked_on(self.decision.tests)

    @property
    def assignment(self) -> tuple[tuple[str, Value], ...]:
        """What no two splits share."""
        return tuple((name, self.case[name]) for name in sorted(self.case))


def asked_on(tests: tuple[Test, ...]) -> tuple[str, ...]:
    names = (name for test in tests for name in variables_of(test.condition))
    return tuple(dict.fromkeys(names))


def thresholds(workflow: Workflow, name: str) -> tuple[float, ...]:
    """Every number the variable is compared with, sorted."""
    found = {
        atom.value
        for condition in _conditions(workflow.root)
        for atom in atoms(condition)
        if isinstance(atom, Comparison) and atom.variable == name
    }
    return tuple(sorted(found | set(workflow.variable(name).thresholds)))


def step(workflow: Workflow, variable: Variable) -> float:
    """Smallest difference between two values: 1 unless the document has decimals."""
    limits = thresholds(workflow, variable.name)
    return 1.0 if all(limit == int(limit) for limit in limits) else 0.5


def around(limit: float, unit: float, n: int, rng: random.Random) -> list[float]:
    """The limit and n other numbers, as many below it as above, most near, all above zero."""
    below = [limit - k * unit for k in range(1, _FAR) if limit - k * unit > 0]
    above = [limit + k * unit for k in range(1, max(len(below), n) + 1)]
    found = [limit]
    for side in (below, above):
        left = dict(enumerate(side, 1))
        for _ in range(min(n // 2, max(len(below), _FEW), len(side))):
            (k,) = rng.choices(list(left), [1 / k for k in left])
            found.append(left.pop(k))
    return rng.sample(found, len(found))


def compared(number: float, limit: float) -> str:
    """'26 > 23'"""
    relation = "=" if number == limit else ">" if number > limit else "<"
    return f"{number:g} {relation} {limit:g}"


def values(workflow: Workflow, variable: Variable) -> tuple[Value, ...]:
    """The values that cases give the variable; sorted, for a number on and around thresholds."""
    match variable.type:
        case "boolean":
            return (True, False)
        case "category":
            return variable.values
        case "number":
            return _numbers(workflow, variable)


def partition(workflow: Workflow, split: Split) -> tuple[tuple[Sample, ...], ...]:
    """All candidates of the split, one tuple for each path that some case takes."""
    paths = (
        tuple(
            s for s, where in zip(group, itertools.cycle(_PATTERN), strict=False) if where == split
        )
        for group in _candidates(workflow.model_dump_json())
    )
    return tuple(path for path in paths if path)


def sample(workflow: Workflow, n: int, seed: int, split: Split = "train") -> list[Sample]:
    """Draw n cases of a split, balanced over outcomes, with more for deep paths.

    Half of them lie next to a threshold. Fewer than n are never returned unless the split is
    empty; candidates repeat only when a path has run out of new ones.
    """
    rng = random.Random(f"{workflow.id}/{split}/{seed}")
    groups = partition(workflow, split)
    if not groups:
        return []
    sharing = Counter(group[0].decision.index for group in groups)
    weights = [
        (1 + 0.3 * len(g[0].decision.tests))
        / sharing[g[0].decision.index] ** 0.5
        * (_GAP if g[0].decision.index is None else 1)
        for g in groups
    ]
    drawn: list[Sample] = []
    for group, count in zip(groups, _shares(n, weights), strict=True):
        near = [s for s in group if _is_near(workflow, s)]
        far = [s for s in group if not _is_near(workflow, s)]
        streams = [_endless(rng, part) for part in (near, far) if part]
        drawn += [next(streams[k % len(streams)]) for k in range(count)]
    rng.shuffle(drawn)
    return drawn


def outcomes_left(workflow: Workflow, stated: dict[str, Value]) -> set[int | None]:
    """Outcomes that are possible when only these circumstances are known."""

    def walk(node: Node) -> Iterator[int | None]:
        if not isinstance(node, Branch):
            yield node.outcome
            return
        truth = _known(node.condition, stated)
        if truth is not False:
            yield from walk(node.yes)
        if truth is not True:
            yield from walk(node.no)

    return set(walk(workflow.root))


def _known(condition: Condition, stated: dict[str, Value]) -> bool | None:
    """Kleene's three-valued truth: None where unstated circumstances decide."""
    match condition:
        case Not(operand=operand):
            truth = _known(operand, stated)
            return None if truth is None else not truth
        case And(operands=operands):
            truths = [_known(operand, stated) for operand in operands]
            return False if False in truths else None if None in truths else True
        case Or(operands=operands):
            truths = [_known(operand, stated) for operand in operands]
            return True if True in truths else None if None in truths else False
        case _:
            return holds(condition, stated) if condition.variable in stated else None


# --- candidates -----------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _candidates(serialized: str) -> tuple[tuple[Sample, ...], ...]:
    """For each path, its candidates in the order that deals them out to the splits."""
    workflow = Workflow.model_validate_json(serialized)
    return tuple(_of_path(workflow, n, path) for n, path in enumerate(workflow.paths()))


def _of_path(workflow: Workflow, number: int, path: Decision) -> tuple[Sample, ...]:
    names = asked_on(path.tests)
    found = list(_along(workflow, path, names))
    extras: tuple[str, ...] = ()
    spare = [v for v in workflow.variables if v.name not in names]
    while found and len(found) < _FEW and spare:
        extra = spare.pop(0)
        extras += (extra.name,)
        found = [{**case, extra.name: value} for case in found for value in values(workflow, extra)]

    def order(case: dict[str, Value]) -> tuple[bool, str]:
        edges = [
            case[name] in thresholds(workflow, name)
            for name in names
            if workflow.variable(name).type == "number"
        ]
        # A rule's own limit is always trained where a single number tells the cases apart.
        first = len(edges) == 1 and edges[0] and not extras
        return not first, _hash(workflow.id, number, sorted(case.items()))

    return tuple(
        Sample(case=case, decision=workflow.decide(case), path=number, extras=extras)
        for case in sorted(found, key=order)
    )


def _along(
    workflow: Workflow, path: Decision, names: tuple[str, ...]
) -> Iterator[dict[str, Value]]:
    domains = []
    for name in names:
        own = [t for t in path.tests if variables_of(t.condition) == (name,)]
        domains.append(
            [
                value
                for value in values(workflow, workflow.variable(name))
                if all(holds(t.condition, {name: value}) == t.result for t in own)
            ]
        )
    size = 1
    for domain in domains:
        size *= len(domain)
    if size <= _MANY:
        tuples: Iterator[tuple[Value, ...]] = itertools.product(*domains)
    else:
        rng = random.Random(_hash(workflow.id, names))
        drawn = (tuple(rng.choice(domain) for domain in domains) for _ in range(_MANY))
        tuples = iter(dict.fromkeys(drawn))
    for chosen in tuples:
        case = dict(zip(names, chosen, strict=True))
        if all(holds(test.condition, case) == test.result for test in path.tests):
            yield case


def _numbers(workflow: Workflow, variable: Variable) -> tuple[float, ...]:
    limits = thresholds(workflow, variable.name) or (10.0,)
    by = step(workflow, variable)
    low, high = limits[0], limits[-1]
    least = 1.0 if variable.integer or low > by else 0.0
    found = {limit + sign * k * by for limit in limits for sign in (1, -1) for k in (0, *_NEAR)}
    if high - low <= 60 * by and high <= 60:
        found |= {float(n) for n in range(int(least), int(high * 1.6) + 2)}
    found |= {low * part for part in (0.2, 0.35, 0.5, 0.65, 0.8)}
    found |= {high * part for part in (1.2, 1.4, 1.7, 2, 2.5, 3, 4)}
    for below, above in itertools.pairwise(limits):
        found |= {below + (above - below) * part for part in (0.2, 0.4, 0.6, 0.8)}
    most = 100.0 if is_percent(variable.unit) else float("inf")
    kept = {_round(v, by, limits) for v in found}
    return tuple(sorted(v for v in kept if least <= v <= most))


def _round(value: float, by: float, limits: tuple[float, ...]) -> float:
    if value in limits:
        return value
    if value > 200:  # people's numbers are round where they are large
        close = min(abs(value - limit) for limit in limits) <= 5 * by
        return value if close else float(round(value / 10) * 10)
    return round(value / by) * by


def is_percent(unit: str) -> bool:
    return unit.strip().lower() in ("%", "percent", "per cent", "percentage")


def _is_near(workflow: Workflow, drawn: Sample) -> bool:
    for name in drawn.asked:
        variable = workflow.variable(name)
        if variable.type != "number":
            continue
        reach = 2 * step(workflow, variable)
        number = float(drawn.case[name])
        if any(abs(number - limit) <= reach for limit in thresholds(workflow, name)):
            return True
    return False


# --- drawing ----------------------------------------------------------------------------------


def _shares(n: int, weights: list[float]) -> list[int]:
    """Split n in proportion to the weights, by largest remainder."""
    exact = [n * weight / sum(weights) for weight in weights]
    counts = [int(share) for share in exact]
    rest = sorted(range(len(weights)), key=lambda k: counts[k] - exact[k])
    for k in rest[: n - sum(counts)]:
        counts[k] += 1
    return counts


def _endless(rng: random.Random, samples: list[Sample]) -> Iterator[Sample]:
    while True:
        yield from rng.sample(samples, len(samples))


def _conditions(node: Node) -> Iterator[Condition]:
    if isinstance(node, Branch):
        yield node.condition
        yield from _conditions(node.yes)
        yield from _conditions(node.no)


def _hash(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()
