"""Which rule goes first: a narrower one before the wider one that it is carved from."""

from __future__ import annotations

from parsers.solving import Space
from parsers.spec import Variable, variables_of
from parsers.workflows.relations import exhausts, relation_of_rules
from parsers.workflows.rules import MOST_RULES, Rule, decides


def specific_first(rules: list[Rule], space: Space) -> list[Rule]:
    """Rules in the document's order, but a narrower one before the wider one it is carved from."""
    ordered: list[Rule] = []
    overriding = [rule for rule in rules if rule.connective == "override"]
    always = [rule for rule in rules if rule.connective == "always"]
    rest = [rule for rule in rules if rule.connective not in {"override", "always"}]
    for rule in [*reversed(overriding), *always, *rest]:  # the last word lifts those before it
        rule.children = specific_first(rule.children, space)
        place = next(
            (
                i
                for i, earlier in enumerate(ordered)
                if decides(earlier)
                and (decides(rule) or rule.children)
                and relation_of_rules(rule, earlier, space) == "inside"
            ),
            len(ordered),
        )
        ordered.insert(place, rule)
    return ordered


def overriding_first(rules: list[Rule]) -> list[Rule]:
    """Rules in the document's order, but one that says it goes before them does."""
    overriding = [rule for rule in rules if rule.connective == "override"]
    return [*reversed(overriding), *(rule for rule in rules if rule.connective != "override")]


def general_last(rules: list[Rule], variables: dict[str, Variable]) -> None:
    """Where cases that leave nothing over are followed by a special one, that one goes first.

    'Up to 2 kg: 4 euros. Above: 9 euros. Fragile parcels have a price of their own: 20 euros.'
    """
    names: set[str] = set()
    for place, rule in enumerate(rules[:MOST_RULES]):
        own = set() if rule.condition is None else set(variables_of(rule.condition))
        apart = own and names and not own & names
        if place and apart and not rule.connective and decides(rule):
            if exhausts(rules[:place], None, variables):
                rule.connective = "override"
        names |= own
        measured = all(variables[name].type == "number" for name in own)
        if not measured or not decides(rule) or rule.exceptions:
            return


def default_last(rules: list[Rule]) -> list[Rule]:
    """'By default, ship by post' at the head of a list takes what the cases behind it leave."""
    head, rest = rules[:1], rules[1:]
    opens = bool(head and rest) and head[0].connective == "otherwise" and not head[0].condition
    cases = opens and all(rule.condition is not None and not rule.connective for rule in rest)
    return [*rest, *head] if cases else rules
