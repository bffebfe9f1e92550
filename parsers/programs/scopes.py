"""What stands open while a step is read: the last question, repairs, the case one is in."""

from __future__ import annotations

from dataclasses import dataclass

from parsers.spec import Condition
from parsers.steps import Case, Item


@dataclass
class Scope:
    """What a list of items may refer to: the last thing asked, and whether something was done.

    moment: number of the last repair before, 0 for none; what is asked at another moment is
    another circumstance, for a repair may have changed it.
    """

    parent: Scope | None = None
    last: Condition | Asked | None = None
    check: Asked | None = None
    pending: bool = False
    held: bool = False
    over: bool = False
    moment: int = 0

    def inner(self) -> Scope:
        return Scope(self, check=None, moment=self.moment)

    def asked(self) -> Asked | None:
        scope: Scope | None = self
        while scope is not None:
            if scope.check is not None:
                return scope.check
            scope = scope.parent
        return None


@dataclass
class Asked:
    """A question; it is a circumstance once something refers to it. `what` is its proposition."""

    what: str
    text: str
    statement: int
    solved: bool
    moment: int
    condition: Condition | None = None


@dataclass
class Level:
    items: list[Item]
    scope: Scope
    case: Case | None = None
