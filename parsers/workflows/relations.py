"""How the cases of two rules lie to each other; `parsers.solving` decides it exactly."""

from __future__ import annotations

from parsers.solving import Asked, Space
from parsers.spec import Condition, Variable, variables_of
from parsers.workflows.rules import Rule


def excludes(one: Condition, other: Condition, variables: dict[str, Variable]) -> bool:
    """Whether two conditions on one circumstance cannot both hold."""
    if not set(variables_of(one)) & set(variables_of(other)):
        return False
    return not Space(variables, (one, other)).possible(((one, True), (other, True)))


def exhausts(rules: list[Rule], given: Condition | None, variables: dict[str, Variable]) -> bool:
    """Whether some rule applies to every case in which `given` holds."""
    asked: list[Asked] = [] if given is None else [(given, True)]
    for rule in rules:
        if rule.condition is None and (rule.outcome is not None or rule.children):
            return True
        if rule.condition is not None and rule.connective != "exception":
            asked.append((rule.condition, False))
    return not Space(variables, (condition for condition, _ in asked)).possible(asked)


def relation(one: tuple[Asked, ...], other: tuple[Asked, ...], space: Space) -> str:
    """How the cases of two rules lie to each other: apart, same, inside, around or across."""
    if not space.possible((*one, *other)):
        return "apart"
    inside, around = within(one, other, space), within(other, one, space)
    return ("same" if around else "inside") if inside else ("around" if around else "across")


def within(one: tuple[Asked, ...], other: tuple[Asked, ...], space: Space) -> bool:
    """Whether every case of one rule is a case of the other."""
    return not any(space.possible((*one, (c, not result))) for c, result in other)


def relation_of_rules(one: Rule, other: Rule, space: Space) -> str:
    """How two conditions lie to each other: apart, same, inside, around or across."""
    if one.condition is None or other.condition is None:
        return "apart"
    if not set(variables_of(one.condition)) & set(variables_of(other.condition)):
        return "apart"
    return relation(((one.condition, True),), ((other.condition, True),), space)
