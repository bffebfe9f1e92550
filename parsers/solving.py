"""Which cases a document's circumstances allow: exact answers, each with a witness.

In: variables and the conditions asked about them. Out: a case in which given conditions turn out as
asked, or None when there is none. A boolean has two values and a category its own; of a number only
the regions between the thresholds matter, so one value stands for each ('more than 3 bags' and
'fewer than 4' leave none between them, as bags are counted; kilograms leave some). That is a finite
problem, given to a SAT solver (PySAT's MiniSat): the values in a row, with a literal for 'up to
this one' (the order encoding: Tamura et al., Compiling Finite Linear CSP into SAT, 2009), and one
for each condition (Tseitin 1968), so that the cost grows neither with the number of combinations
nor with the square of the number of values.

Simplified: circumstances are independent of each other; a number is not negative unless the
document measures degrees, or speaks of less than nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

from pysat.solvers import Minisat22

from parsers.spec import (
    And,
    Case,
    Comparison,
    Condition,
    Not,
    Or,
    Value,
    Variable,
    atoms,
    holds,
    variables_of,
)

Asked = tuple[Condition, bool]
"""A condition, and how it is to turn out."""


def domain(variable: Variable, asked: Iterable[Comparison] = ()) -> tuple[Value, ...]:
    """One value for each region that the thresholds make; all values of the others.

    Args:
        asked: comparisons with the variable, beside the thresholds that it knows of.
    """
    if variable.type == "boolean":
        return (True, False)
    if variable.type == "category":
        return variable.values
    asked = tuple(asked)
    points = sorted({*variable.thresholds, *(comparison.value for comparison in asked)})
    if not points:
        return (0.0,)
    # a document that speaks of half a thing does not count whole ones
    step = 1.0 if variable.integer and all(p == int(p) for p in points) else 0.0
    values: list[float] = []
    first = points[0]
    if first < 0 or "degree" in variable.unit or "°" in variable.unit or _below_zero(asked):
        values.append(first - (step or 1.0))
    elif first > 0:
        values.append(first - 1.0 if step or first > 1 else first / 2)
    previous: float | None = None
    for point in points:
        if previous is not None and not step:
            values.append((previous + point) / 2)
        elif previous is not None and point - previous > step:
            values.append(previous + step)
        values.append(point)
        previous = point
    return (*values, points[-1] + (step or 1.0))


def _below_zero(asked: Iterable[Comparison]) -> bool:
    return any(c.op == "<" and c.value <= 0 for c in asked)


class Space:
    """All cases over some variables, and whether conditions can turn out a certain way in one."""

    def __init__(
        self, variables: Mapping[str, Variable], conditions: Iterable[Condition | None]
    ) -> None:
        """
        Args:
            variables: by name, at least those that the conditions ask about.
            conditions: all that will be asked; None stands for a rule without one.
        """
        self._solver = Minisat22()
        self._count = 0
        self._true = self._fresh()
        self._solver.add_clause([self._true])
        self._known: dict[Condition, int] = {}
        self._asked = tuple(condition for condition in conditions if condition is not None)
        compared: dict[str, list[Comparison]] = defaultdict(list)
        for condition in self._asked:
            for atom in atoms(condition):
                compared[atom.variable] += [atom] if isinstance(atom, Comparison) else []
        self._values = {name: domain(variables[name], found) for name, found in compared.items()}
        self._ladders = {name: self._ladder(len(row)) for name, row in self._values.items()}

    def case(self, asked: Iterable[Asked]) -> Case | None:
        """A case in which every condition turns out as asked, over the variables they name.

        Raises:
            KeyError: a condition asks about a variable that the space was not made for.
        """
        asked = tuple(asked)
        if not self.possible(asked):
            return None
        model = self._solver.get_model() or ()  # the literals 1, 2, …, each with its sign
        return {
            name: next(
                value
                for value, literal in zip(self._values[name], self._ladders[name], strict=True)
                if model[literal - 1] > 0
            )
            for name in dict.fromkeys(n for c, _ in asked for n in variables_of(c))
        }

    def possible(self, asked: Iterable[Asked]) -> bool:
        """Whether there is such a case."""
        literals = [self._literal(c) if result else -self._literal(c) for c, result in asked]
        return bool(self._solver.solve(assumptions=literals))

    def _fresh(self) -> int:
        self._count += 1
        return self._count

    def _ladder(self, size: int) -> list[int]:
        """A literal for each place in a row of values: true where the value is up to that one."""
        ladder = [*(self._fresh() for _ in range(size - 1)), self._true]
        for lower, higher in pairwise(ladder):
            self._solver.add_clause([-lower, higher])
        return ladder

    def _run(self, ladder: list[int], start: int, end: int) -> int:
        """A literal that is true for the values from one place of the row to before another."""
        if start == 0:
            return ladder[end - 1]
        return -self._either([ladder[start - 1], -ladder[end - 1]])

    def _literal(self, condition: Condition) -> int:
        """A literal that is true in the cases where the condition holds, and only there."""
        if condition in self._known:
            return self._known[condition]
        match condition:
            case Not(operand=operand):
                found = -self._literal(operand)
            case And(operands=operands):
                found = -self._either([-self._literal(operand) for operand in operands])
            case Or(operands=operands):
                found = self._either([self._literal(operand) for operand in operands])
            case atom:
                name, ladder = atom.variable, self._ladders[atom.variable]
                held = [holds(atom, {name: value}) for value in self._values[name]]
                changes = [i for i, h in enumerate(held) if h != (held[i - 1] if i else False)]
                changes += [len(held)] if held and held[-1] else []
                runs = zip(changes[::2], changes[1::2], strict=True)
                found = self._either([self._run(ladder, start, end) for start, end in runs])
        self._known[condition] = found
        return found

    def _either(self, literals: list[int]) -> int:
        """A literal that is true when one of these is."""
        whole = self._fresh()
        self._solver.add_clause([*literals, -whole])
        for literal in literals:
            self._solver.add_clause([-literal, whole])
        return whole


def told(case: Case, variables: Mapping[str, Variable]) -> str:
    """A case in the document's words: 'the bag weighs 24 kg and the flight is domestic'."""
    said = [_told(variables[name], value) for name, value in case.items()]
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def _told(variable: Variable, value: Value) -> str:
    if variable.type == "boolean":
        return variable.label if value else variable.negated or f"not: {variable.label}"
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    if variable.clause:
        return variable.clause.replace("{value}", shown)
    return f"{variable.label} is {shown} {variable.unit}".strip()
