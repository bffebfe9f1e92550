"""Rules of a section that decide one matter together."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from parsers.solving import Space
from parsers.spec import Comparison, Condition, Variable, atoms
from parsers.workflows.relations import relation_of_rules
from parsers.workflows.rules import Rule


def groups(
    rules: list[Rule], variables: dict[str, Variable], single: bool = False
) -> list[list[Rule]]:
    """Rules of one section that decide one matter: joined by a variable, or by 'otherwise'.

    With `single` the section says of itself that it decides one matter.
    """
    if single:
        return [rules] if rules else []
    space = space_of(rules, variables)
    components: list[tuple[list[Rule], set[str]]] = []
    for rule in rules:
        names = {
            name
            for part in rule.walk()
            if part.condition is not None
            for name in _matters(part.condition)
        }
        linked = [
            c for c in components
            if c[1] & names or any(relation_of_rules(r, rule, space) != "apart" for r in c[0])
        ]  # fmt: skip
        if rule.connective == "override":  # it lifts what the rules before it say
            beside = [c for c in components if _beside(c[0], rule)]
            linked += [c for c in (components if rule.whole else beside or components[-1:])
                       if c not in linked]  # fmt: skip
        if rule.connective in {"otherwise", "always"} and components:
            own = [c for c in components if any(r.statement == rule.statement for r in c[0])]
            last = [components[-1]] if rule.connective == "otherwise" else []
            near = own or last + [c for c in components if c not in last and _beside(c[0], rule)]
            near += [c for c in components if _indifferent(rule, c[1])]  # 'whichever room it was'
            linked += [c for c in near if c not in linked]
        if rule.whole and rule.connective == "otherwise":
            linked = list(components)
        place = {id(r): i for i, r in enumerate(rules)}
        merged = sorted(
            [r for part, _ in linked for r in part] + [rule], key=lambda r: place[id(r)]
        )
        union = names.union(*(n for _, n in linked)) if linked else names
        components = [c for c in components if c not in linked] + [(merged, union)]
    return [part for part, _ in components]


def _matters(condition: Condition) -> Iterable[str]:
    """What ties a condition to others: its variables, a number together with its threshold.

    Two rules about ages under 16 and over 65 do not decide one matter; under 16 and from 16 do.
    """
    for atom in atoms(condition):
        if not isinstance(atom, Comparison):
            yield atom.variable
            continue
        name, value = atom.variable, atom.value
        yield from (f"{name} {math.floor(value)}", f"{name} {math.ceil(value)}")
        if value == math.floor(value):
            yield f"{name} {value + (1 if atom.op == '<=' else -1):.0f}"


def _indifferent(rule: Rule, names: set[str]) -> bool:
    """Whether a rule says that what other rules turn on makes no difference to it."""
    words = {word[:5] for name in names for word in re.split(r"[_ ]", name) if len(word) > 3}
    return bool(words & {word[:5] for word in rule.about})


def _beside(rules: list[Rule], other: Rule) -> bool:
    """Whether a rule stands in the same paragraph or list as the 'otherwise'."""
    return other.group >= 0 and any(rule.group == other.group for rule in rules)


def space_of(rules: Iterable[Rule], variables: dict[str, Variable]) -> Space:
    """The cases that these rules tell apart."""
    return Space(variables, (part.condition for rule in rules for part in rule.walk()))
