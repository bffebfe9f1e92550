"""The reference decision procedure: trees of nested if-else, grown at random and evaluated.

In: circumstances and a depth. Out: a `Tree`; `decide` runs a case through it, `case_for` makes a
case that ends at a given leaf. Nothing here knows the document's words or the parser: this is what
both are judged against. As in ClevrPolicy (arXiv 2510.09474) each leaf's outcome is unique.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from data.ccgen.domains import Case, Circumstance, Value

LEAVES_PER_LEVEL = 3
"""A tree of depth W has at most W times so many leaves, and one more: binary trees of depth 6 have
64, which nobody would write down as a policy."""
BUSHY = 0.45
"""How often a branch beside the longest way is itself a tree."""
SEVERAL = 0.25
"""How often a number or kind is split three ways."""
REPEATED = 0.25
"""How readily a number that was tested higher up is tested again, against one that was not."""


@dataclass(frozen=True)
class Guard:
    """One circumstance is among `values`, or from `low` to `high` (None: no bound).

    A bound that is `open` is not itself included: 'more than', 'less than'.
    """

    circumstance: str
    values: tuple[Value, ...] = ()
    low: int | None = None
    low_open: bool = False
    high: int | None = None
    high_open: bool = False

    def holds(self, value: Value) -> bool:
        if self.values:
            return value in self.values
        number = float(value)
        above = self.low is None or number > self.low or (number == self.low and not self.low_open)
        below = (
            self.high is None or number < self.high or (number == self.high and not self.high_open)
        )
        return above and below

    @property
    def bounds(self) -> tuple[int, ...]:
        return tuple(bound for bound in (self.low, self.high) if bound is not None)


@dataclass(frozen=True)
class Outcome:
    """What is decided. `kind` is grant, decline, charge, refund, voucher, extend or refer; `value`
    the amount, percentage or number of days, `team` whom a case is referred to."""

    kind: str
    value: int = 0
    team: str = ""

    @property
    def decision(self) -> str:
        """What the tool's argument of that name is."""
        return f"refer_{self.team.replace(' ', '_')}" if self.kind == "refer" else self.kind


@dataclass(frozen=True)
class Leaf:
    id: str
    outcome: Outcome


@dataclass(frozen=True)
class Node:
    """A test; exactly one guard of `branches` holds of any case."""

    id: str
    circumstance: str
    branches: tuple[tuple[Guard, Tree], ...]

    @property
    def bounds(self) -> tuple[int, ...]:
        """What a number is compared with, least first; nothing for other circumstances."""
        return tuple(sorted({bound for guard, _ in self.branches for bound in guard.bounds}))


Tree = Leaf | Node


def decide(tree: Tree, case: Case) -> tuple[list[tuple[Node, Guard]], Leaf]:
    """The tests on a case's way, each with the guard that held, and the leaf it ends at.

    Raises:
        KeyError: the case lacks a circumstance that is asked about on its way.
    """
    way = []
    while isinstance(tree, Node):
        value = case[tree.circumstance]
        guard, child = next((g, t) for g, t in tree.branches if g.holds(value))
        way.append((tree, guard))
        tree = child
    return way, tree


def leaves(tree: Tree, way: tuple[Guard, ...] = ()) -> Iterator[tuple[tuple[Guard, ...], Leaf]]:
    """Every leaf with the guards that lead to it, left to right."""
    if isinstance(tree, Leaf):
        yield way, tree
        return
    for guard, child in tree.branches:
        yield from leaves(child, (*way, guard))


def depth(tree: Tree) -> int:
    return 0 if isinstance(tree, Leaf) else 1 + max(depth(child) for _, child in tree.branches)


def asked(tree: Tree) -> list[str]:
    """The circumstances a tree asks about, in order, each once."""
    if isinstance(tree, Leaf):
        return []
    rest = [name for _, child in tree.branches for name in asked(child)]
    return list(dict.fromkeys([tree.circumstance, *rest]))


def case_for(
    way: Sequence[Guard], every: dict[str, Circumstance], rng: random.Random, fixed: Case
) -> Case | None:
    """Values for all circumstances such that the guards hold; None if `fixed` forbids it.

    Every other number that a guard asks about lies on a threshold or next to one.
    """
    case = dict(fixed)
    for name, circumstance in every.items():
        guards = [guard for guard in way if guard.circumstance == name]
        fit = [v for v in circumstance.domain if all(guard.holds(v) for guard in guards)]
        if name in case:
            if case[name] not in fit:
                return None
            continue
        bounds = {bound for guard in guards for bound in guard.bounds}
        close = [v for v in fit if any(abs(int(v) - bound) <= 1 for bound in bounds)]
        case[name] = rng.choice(close if close and rng.random() < 0.5 else fit)
    return case


# --- growing --------------------------------------------------------------------------------


@dataclass
class _Grower:
    rng: random.Random
    circumstances: dict[str, Circumstance]
    task: str
    outcomes: list[Outcome]
    budget: int
    numbers: dict[str, int] = field(default_factory=lambda: {"node": 0, "leaf": 0})

    def tree(self, depth: int, open_: dict[str, tuple[Value, ...]], parent: str) -> Tree:
        if depth == 0:
            return Leaf(self._id("leaf"), self.outcomes.pop())
        node = self._id("node")
        name = self._choose(open_, parent)
        guards = self._split(self.circumstances[name], open_[name], depth)
        self.budget -= len(guards) - 1
        longest = self.rng.randrange(len(guards))
        depths = []
        for place in range(len(guards)):
            spare = self.budget - (depth - 1 if place < longest else 0)
            bushy = depth > 1 and spare > depth and self.rng.random() < BUSHY
            depths.append(self.rng.randint(1, depth - 1) if bushy else 0)
        depths[longest] = depth - 1
        branches = []
        for guard, below in zip(guards, depths, strict=True):
            left = {**open_, name: tuple(v for v in open_[name] if guard.holds(v))}
            branches.append((guard, self.tree(below, left, name)))
        return Node(node, name, tuple(branches))

    def _id(self, kind: str) -> str:
        self.numbers[kind] += 1
        return f"{self.task}.{'' if kind == 'leaf' else 'test-'}{self.numbers[kind]}"

    def _thresholds(self, circumstance: Circumstance, left: tuple[Value, ...]) -> list[int]:
        assert circumstance.range is not None
        _, _, step = circumstance.range
        numbers = [int(v) for v in left]
        return [n for n in numbers[1:-1] if n % step == 0 and n > 1]

    def _choose(self, open_: dict[str, tuple[Value, ...]], parent: str) -> str:
        weights = {}
        for name, left in open_.items():
            circumstance = self.circumstances[name]
            if len(left) < 2 or name == parent:
                continue
            if circumstance.kind == "number" and not self._thresholds(circumstance, left):
                continue
            weights[name] = 1.0 if left == circumstance.domain else REPEATED
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def _split(
        self, circumstance: Circumstance, left: tuple[Value, ...], depth: int
    ) -> list[Guard]:
        name = circumstance.name
        several = depth < 5 and self.rng.random() < SEVERAL
        if circumstance.kind == "number":
            bounds = self._thresholds(circumstance, left)
            count = 2 if several and len(bounds) > 3 else 1
            # Two bounds may not stand next to each other: nothing would lie between them.
            cuts = sorted(self.rng.sample(bounds[::2], count))
            upper = self.rng.random() < 0.5  # whether a threshold belongs to what lies above it
            guards = [Guard(name, high=cuts[0], high_open=upper)]
            for low, high in itertools.pairwise(cuts):
                guards.append(Guard(name, (), low, not upper, high, upper))
            guards.append(Guard(name, low=cuts[-1], low_open=not upper))
            return guards if self.rng.random() < 0.5 else guards[::-1]
        values = list(left)
        self.rng.shuffle(values)
        if circumstance.kind == "boolean" or not several:
            return [Guard(name, (values[0],)), Guard(name, tuple(values[1:]))]
        return [Guard(name, (value,)) for value in values]


def grow(
    rng: random.Random,
    circumstances: Sequence[Circumstance],
    depth: int,
    task: str,
    teams: Sequence[str],
) -> Tree:
    """A tree whose longest way has exactly `depth` tests, every leaf of it reachable."""
    most = LEAVES_PER_LEVEL * depth + 1
    grower = _Grower(
        rng, {c.name: c for c in circumstances}, task, _outcomes(rng, teams, most), most - 1
    )
    return grower.tree(depth, {c.name: c.domain for c in circumstances}, "")


def _outcomes(rng: random.Random, teams: Sequence[str], count: int) -> list[Outcome]:
    """More different outcomes than a tree of `count` leaves uses up, the plain ones among them."""
    plain = [Outcome("grant"), Outcome("decline")]
    plain += [Outcome("refer", team=team) for team in rng.sample(list(teams), min(3, len(teams)))]
    amounts = rng.sample(range(10, 96), 2 * count)
    valued = [
        Outcome("charge" if i % 2 else rng.choice(["refund", "voucher", "extend"]), value=amount)
        for i, amount in enumerate(amounts)
    ]
    head = plain + valued[: max(0, count - len(plain))]
    rng.shuffle(head)
    return [*valued[len(head) :], *head]
