"""The one number that a rule turns on, and numbers on both sides of it.

In: a `Rule` and its statement. Out: its `Limit`: the condition with any number in the place of its
own, whether it holds, and how a chain of thought checks it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from data.cases import compared
from data.rules import Rule
from data.syntax import tidy
from parsers.spec import Comparison, Statement, holds

_LIMIT = re.compile(
    r"(?P<words>(?:not\s+|no\s+)?(?:more|less|fewer|longer|later|greater|higher|lower|earlier|older|"
    r"younger|heavier)\s+than|at least|at most|up to|over|under|above|below|exceeding|within|"
    r"beyond|older than)\s+(?:(?P<sign>[€$£])\s?)?(?P<number>\d[\d,]*(?:\.\d+)?)"
    r"|(?:(?P<sign2>[€$£])\s?)?(?P<number2>\d[\d,]*(?:\.\d+)?)(?P<unit>(?:\s?[\w%]+){0,2}?)\s+or\s+"
    r"(?P<words2>more|less|fewer|longer|later|older|younger|over|under)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Limit:
    """The one number of a rule's condition."""

    words: str
    """The condition."""
    start: int
    end: int
    """Of the comparison in it: 'more than 158'."""
    sign: str
    unit: str
    condition: Comparison

    @property
    def by(self) -> float:
        value = self.condition.value
        return 1.0 if value < 30 else 5.0 if value < 200 else 50.0

    def number(self, step: int) -> float:
        """The number so many steps from the threshold, a whole one if that is one."""
        return self.condition.value + step * self.by

    def holds(self, number: float) -> bool:
        return holds(self.condition, {self.condition.variable: number})

    def told(self, number: float) -> str:
        """The condition with the number in it."""
        amount = f"{self.sign}{number:g}{self.unit}"
        return tidy(self.words[: self.start] + amount + self.words[self.end :])

    def check(self, number: float) -> str:
        unit = self.unit or _unit_after(self.words, self.end)
        verdict = "yes" if self.holds(number) else "no"
        compares = compared(number, self.condition.value)
        return f"Here: {self.sign}{number:g}{unit}, {compares}: {verdict}."


def limit_of(rule: Rule, statement: Statement) -> Limit | None:
    """None where the condition is not one comparison, or does not write it plainly."""
    condition = statement.condition
    match = _LIMIT.search(rule.condition)
    if not isinstance(condition, Comparison) or match is None:
        return None
    written = match.group("number") or match.group("number2")
    if float(written.replace(",", "")) != condition.value:
        return None
    return Limit(
        rule.condition,
        match.start(),
        match.end(),
        match.group("sign") or match.group("sign2") or "",
        match.group("unit") or "",
        condition,
    )


def _unit_after(condition: str, end: int) -> str:
    rest = re.match(r"\s?(?:%|[\w-]+)", condition[end:])
    return rest.group() if rest else ""
