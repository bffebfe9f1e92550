"""Cells of a table of cases to conditions; a column is a variable."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import takewhile

from parsers.atoms import Atom
from parsers.conditions.comparisons import Tests, comparisons, plain_number, unsplit
from parsers.conditions.logic import negate
from parsers.conditions.propositions import Propositions
from parsers.conditions.quantities import compared
from parsers.conditions.units import CONTINUOUS, unit_noun
from parsers.conditions.words import content, variable_name, words_in_order
from parsers.language import analyse, article
from parsers.matrices import meeting, neighbours
from parsers.spec import Condition, Membership
from parsers.worded_cells import are_circumstances, kind_in, names_circumstances, takes_rest


class Columns(Propositions):
    """A table's columns among the circumstances."""

    def column(self, header: str, values: list[str], numeric: bool, unit: str = "") -> Atom:
        """The variable of a table's column."""
        words = content(header)
        label = (
            header
            if re.match(r"(?:the|an?|how|what)\b", header, re.I)
            else (f"the {header[:1].lower() + header[1:] if not header.isupper() else header}")
        )
        kind = "number" if numeric else "category"
        for atom in self.atoms.of(self.section):
            if atom.type == kind and atom.words == words:
                atom.values += [value for value in values if value not in atom.values]
                return atom
        name = variable_name(words_in_order(header), self.atoms)
        atom = Atom(
            name=name,
            type=kind,
            words=words,
            subject=label,
            label=label,
            clause=f"{label} is {{value}}" + (f" {unit}" if unit and kind == "number" else ""),
            unit=unit,
            values=list(values),
            integer=bool(unit) and unit_noun(unit) not in CONTINUOUS,
            section=self.section,
        )
        self.atoms[name] = atom
        return atom

    def cell(self, text: str, column: Column) -> Condition | None:
        """One cell of a table of cases; None when it matches anything."""
        if is_any(text):
            return None
        if column.polar:
            clause = column.header.rstrip("?")
            if not re.search(r"\b(?:is|are|has|have|was|did|does)\b", clause, re.IGNORECASE):
                low = clause[:1].lower() + clause[1:]
                noun = analyse(low)[-1].pos_ in {"NOUN", "PROPN"}
                clause = f"there is {article(low)} {low}" if noun else f"it is {low}"
            elif match := re.match(
                r"(is|are|has|have|was|were)\s+((?:the|an?)?\s*\w+)\s+(.*)", clause, re.IGNORECASE
            ):
                clause = f"{match[2]} {match[1].lower()} {match[3]}"
            condition = self.boolean(clause)
            return condition if text.lower() in {"yes", "y", "✓", "true"} else negate(condition)
        text = unsplit(text)
        if column.numeric and takes_rest(text):
            return None
        if column.numeric:
            tests = _tests(text)
            unit = next((u for *_, u in tests if u), "") or column.unit
            atom = column.atom or self.column(column.header, [], True, unit)
            atom.integer |= column.counted
            column.atom = atom
            return compared(atom, tests)
        column.atom = column.atom or self.column(column.header, column.domain, False)
        return Membership(variable=column.atom.name, values=tuple(_alternatives(text)))


class Column:
    """A table's column as a whole: its kind and its values, found out once for all of its cells."""

    def __init__(self, header: str, cells: list[str]) -> None:
        self.header = header
        told = [cell.strip() for cell in cells if not is_any(cell)]
        last = len(told) - sum(1 for _ in takewhile(takes_rest, reversed(told)))
        self.rest_last = not any(map(takes_rest, told[:last]))
        self.cells = [unsplit(cell) for cell in told]
        self.atom: Atom | None = None
        self.above: Condition | None = None

    @cached_property
    def worded(self) -> bool:
        """Whether the cells say circumstances in words, rather than name kinds of one thing."""
        return not self.polar and not self.numeric and are_circumstances(self.header, self.cells)

    @cached_property
    def thing(self) -> str:
        """What the cells speak of, '' where the head only announces circumstances."""
        return "" if names_circumstances(self.header) else f"the {self.header.strip().lower()}"

    @cached_property
    def named(self) -> list[str]:
        """The kinds of the thing that cells name, each with what else they say: none beside 'When'.

        Where only some of the cells name one, there are others besides.
        """
        firsts = [kind_in(cell) for cell in self.cells] if self.thing else []
        kinds = list(dict.fromkeys(kind for first in firsts for kind in _alternatives(first)))
        rest = any(kind.lower().startswith("other") for kind in kinds)
        return kinds + ["other"] * (bool(kinds) and not rest and ("" in firsts or len(kinds) == 1))

    @cached_property
    def polar(self) -> bool:
        said = {"yes", "no", "y", "n", "✓", "✗", "true", "false"}
        return all(cell.lower() in said for cell in self.cells)

    @cached_property
    def numeric(self) -> bool:
        named = any(neighbours(cell) for cell in self.cells)  # '1 or 2' may be two names
        ranged = not named or any(comparisons(cell) for cell in self.cells)
        ranges = [cell for cell in self.cells if not (self.rest_last and takes_rest(cell))]
        return ranged and all(map(_tests, ranges or self.cells))

    @cached_property
    def unit(self) -> str:
        return next((u for c in self.cells for *_, u in (comparisons(c) or ([], []))[1] if u), "")

    @cached_property
    def counted(self) -> bool:
        """Whether the column's ranges leave no room for parts of a thing."""
        return meeting(self.cells)

    def alternatives(self, kind: str) -> list[str]:
        """The kinds that 'Sofa or bed' names, in lower case."""
        return [name.lower() for name in _alternatives(kind)]

    @cached_property
    def domain(self) -> list[str]:
        return list(dict.fromkeys(value for cell in self.cells for value in _alternatives(cell)))


def _tests(cell: str) -> Tests:
    """The comparisons of a cell; a number alone is one."""
    found, plain = comparisons(cell), plain_number(cell)
    if both := neighbours(cell):
        return [(">=", both[0], ""), ("<=", both[1], "")]
    return found[1] if found else [plain] if plain else []


def is_any(cell: str) -> bool:
    """Whether a cell matches anything."""
    return bool(
        re.fullmatch(
            r"\s*(?:(?:(?:at|in|on) )?any(?:thing| \w+)?|all|[-–—*]*|n/?a|either|does not matter|"
            r"not relevant|no matter|"
            r"irrelevant|everything|everyone)\.?\s*",
            cell,
            re.IGNORECASE,
        )
    )


def _alternatives(cell: str) -> list[str]:
    return [p for p in re.split(r"\s*(?:,|/|\bor\b)\s*", cell.strip()) if p]
