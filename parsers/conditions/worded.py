"""Cells that say circumstances to conditions: 'Sofa, unpacked', 'The holder has died', 'none'.

In: a cell of a column whose cells are such (`parsers.worded_cells`). Out: its condition, over
circumstances that it shares with the prose and with the cells beside it. What cells name first of
a thing ('Sofa', 'Bed') are kinds of it, the rest is said of it; 'Everyone else' is what is left.
"""

from __future__ import annotations

from parsers.conditions.columns import Column, Columns
from parsers.conditions.logic import conjoin, disjoin, negate
from parsers.conditions.phrases import Phrases
from parsers.spec import Condition, Membership
from parsers.worded_cells import introduced, kind_in, parts, said, sets_nothing, takes_rest


class Worded(Phrases, Columns):
    """Tables' columns, of values and of circumstances."""

    def cell(self, text: str, column: Column) -> Condition | None:
        """One cell of a table of cases; None when it matches anything."""
        if not column.worded:
            return super().cell(text, column)
        if sets_nothing(text):
            return None
        if takes_rest(text):
            return None if column.rest_last else self._left_by(column)
        kinds = column.named
        self.previous = column.above  # it may say 'later than that'
        operands: list[Condition | None] = []
        for place, part in enumerate(parts(text)):
            if place == 0 and kinds and kind_in(text):
                operands.append(self._of_kind(part, column))
            elif not takes_rest(part):
                operands.append(self._said(part, column.thing))
        if brought_up := introduced(text):
            self.mention(brought_up)  # a fault, of which the next cell may say 'reported today'
        column.above = conjoin(operands)
        return column.above

    def _of_kind(self, kind: str, column: Column) -> Condition:
        column.atom = column.atom or self.column(column.header, column.named, False)
        values = [v for v in column.named if v.lower() in column.alternatives(kind)]
        return Membership(variable=column.atom.name, values=tuple(values))

    def _left_by(self, column: Column) -> Condition | None:
        """What the other cells of a column leave, above and below."""
        others = [self.cell(cell, column) for cell in column.cells if not takes_rest(cell)]
        return negate(disjoin(others)) if None not in others else None

    def _said(self, part: str, thing: str) -> Condition | None:
        form, text = said(part, thing, self.actor)
        if form == "clause":
            return self.clause(text)
        return (self.number(text) if form == "number" else None) or self.phrase(text)
