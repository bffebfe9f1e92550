"""A statement's reading that comes from elsewhere, entered before the trees are compiled.

In: how a statement is to be read, its drafts, and the rules of its section as the parser read them.
Out: the rules with the reading's in the place of those that the statement had, so that grouping,
trees and diagnostics come out as if the parser had read it so. Where other rules hang on how it was
read, or it stands under a circumstance that was not understood, it cannot be entered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from parsers.bounds import Unit
from parsers.categories import Reading
from parsers.complexity import complexity
from parsers.corrections.variables import limited
from parsers.expressions import in_words
from parsers.spec import Category, Complexity, Condition, Outcome, Span, Variable, variables_of
from parsers.statements.drafts import Draft
from parsers.workflows.rules import Rule


@dataclass(frozen=True)
class Given:
    """How a statement is read; `variables` are circumstances that the document has not named yet.

    A condition with one outcome or more is a rule; with none it is only kept with the statement.
    """

    model: str
    category: Category
    complexity: Complexity | None = None
    condition: Condition | None = None
    conditions: tuple[Span, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    variables: tuple[Variable, ...] = ()

    def as_read(self, workflow: str | None) -> Reading:
        """Complex if it was said to be so, or if its structure is."""
        if self.category != "conditional":
            return Reading(self.category)
        told = complexity(self.condition, self.outcomes, (), workflow)
        told = "complex" if self.complexity == "complex" else told
        return Reading("conditional", told, list(self.conditions), list(self.outcomes))


def enter(
    given: Given, unit: Unit, rules: list[Rule], drafts: Sequence[Draft],
    variables: dict[str, Variable],
) -> bool:  # fmt: skip
    """Put the reading in; False, and nothing is changed, when it does not fit in."""
    own = {draft.index for draft in unit.drafts}
    lead = unit.leads[-1] if unit.leads else None
    told = [part for top in rules for part in top.walk()]
    hung = any(
        part.statement in own and any(below.statement not in own for below in part.walk())
        for part in told
    )
    if hung or any(draft.owner in own and draft.index not in own for draft in drafts):
        return False
    if lead is not None and lead.category == "conditional" and not any(
        rule.statement == lead.index for rule in told
    ):  # fmt: skip
        return False
    if any(v.name in variables and variables[v.name].type != v.type for v in given.variables):
        return False
    place = _removed(rules, own)
    for draft in unit.drafts:
        draft.category, draft.condition, draft.unparsed = given.category, None, ""
        draft.condition_spans, draft.rules, draft.exceptions, draft.more = [], [], [], []
    if given.condition is None:
        return True
    first = unit.first
    for variable in given.variables:
        variables.setdefault(variable.name, variable)
    for name in variables_of(given.condition):
        variables[name] = limited(variables[name], [given.condition])
    first.condition, first.condition_spans = given.condition, list(given.conditions)
    if not given.outcomes:
        return True
    text = in_words(given.condition, variables)
    rule = Rule(first.index, given.condition, text, given.outcomes[0])
    first.rules, first.more = [rule], list(given.outcomes[1:])
    if place is None:
        under = next((r for r in told if lead is not None and r.statement == lead.index), None)
        among = rules if under is None else under.children
        place = among, sum(1 for other in among if other.statement < first.index)
    place[0].insert(place[1], rule)
    return True


def _removed(rules: list[Rule], own: set[int]) -> tuple[list[Rule], int] | None:
    """Take the rules of some drafts out; where the first of them stood."""
    place = None
    for index in range(len(rules) - 1, -1, -1):
        rule = rules[index]
        if rule.statement in own:
            del rules[index]
            place = rules, index
        else:
            for nested in (rule.children, rule.exceptions):
                place = _removed(nested, own) or place
    return place
