"""Rules that stand in one series: the siblings of a list, the steps of a procedure.

In: the groups of a section's rules that share a circumstance, and which series each rule is in.
Out: the groups, those joined that one series makes one matter. Steps are tested in their order
whatever they share, and so are the rows of a table of circumstances; so is the line of a list that
comes to what the lines beside it come to.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from parsers.blocks import Block
from parsers.workflows.rules import MOST_RULES, Rule, any_akin


@dataclass(frozen=True)
class Series:
    """A list (`group`), the labelled paragraphs of a section, or a table.

    `stepwise` tells whether they are steps, `matched` whether they are states of one thing.
    """

    group: int
    stepwise: bool
    matched: bool = False
    table: bool = False


def series_of(rule: Rule, block: Block, in_order: bool, prose: bool = False) -> Series | None:
    """The series that a rule stands in; None for running text and for rows that kinds tell apart.

    Args:
        in_order: the section says that the first of its rules that applies decides.
        prose: the section has neither lists nor tables, so what is taken in order are paragraphs.
    """
    if rule.table >= 0:
        return Series(rule.table, True, table=True)
    if block.kind == "row" or (block.matter and not in_order):
        return None  # clauses with heads of their own are no siblings
    if block.kind == "paragraph" and block.matched:
        return Series(-2, in_order, True)
    numbered = bool(re.fullmatch(r"\d+[a-z]?", block.label))
    if block.kind == "item":
        return Series(rule.group, in_order or numbered, block.matched)
    if numbered or (in_order and (prose or block.label.isalpha())):
        return Series(-1, True)
    return None


def joined(
    components: list[list[Rule]], series: Mapping[int, Series | None], in_order: bool
) -> list[list[Rule]]:
    """The groups of a section, with those that one series makes one matter as one.

    Args:
        series: the series of each rule, by its `id`.
    """
    members: dict[Series, list[list[Rule]]] = defaultdict(list)
    for component in components:
        for told in dict.fromkeys(series[id(rule)] for rule in component):
            if told is not None:
                members[told].append(component)
    gone: set[int] = set()
    for told, parts in members.items():
        parts = [part for part in parts if id(part) not in gone]
        own = {id(part): sum(series[id(rule)] == told for rule in part) for part in parts}
        main = max(parts, key=lambda part: own[id(part)], default=[])
        decides = parts and own[id(main)] > 1 and own[id(main)] * 2 >= sum(own.values())
        if not (decides or told.matched or told.table or (told.stepwise and in_order)):
            continue
        if sum(1 for rule in main for _ in rule.walk()) > MOST_RULES:
            continue  # no tree is made of so many
        for part in parts:
            if part is not main and (told.stepwise or told.matched or _kin(part, main)):
                main[:] = sorted([*main, *part], key=lambda rule: rule.statement)
                gone.add(id(part))
    return [component for component in components if id(component) not in gone]


def _kin(one: list[Rule], other: list[Rule]) -> bool:
    """Whether what some rules come to is what others come to."""
    ends, others = (
        [part.outcome for rule in rules for part in rule.walk() if part.outcome is not None]
        for rules in (one, other)
    )
    return any_akin(ends, others)
