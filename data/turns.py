"""Drawing by turns: all of a set before any of it comes again."""

from __future__ import annotations

import random
from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Turns(Generic[T]):
    """Draws from sets that have names."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._left: dict[Hashable, list[T]] = {}

    def draw(self, name: Hashable, options: Sequence[T]) -> T:
        """One of the set, which is the same in every call with that name and not empty."""
        if not self._left.get(name):
            self._left[name] = self._rng.sample(options, len(options))
        return self._left[name].pop()
