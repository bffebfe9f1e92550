"""Prose that decides together with a table: 'Two checks come before the table.'

In: the rules of the paragraphs before a table of cases, and the rules of its rows. Out: one
sequence: the checks in their order, and the rows for what they leave; and where prose behind it
speaks of what is not in it, kinds that no row has. Only prose that names the table belongs to it;
other rules of the section may be about another matter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers.conditions.lexicon import Lexicon
from parsers.spec import Membership, atoms
from parsers.statements.drafts import Draft
from parsers.workflows.relations import exhausts
from parsers.workflows.rules import Rule

_TABLE = r"(?:the |this |that )?(?:following |whole |entire )?(?:table|rows?|chart|grid)"
_BEFORE = re.compile(rf"\bbefore (?:you (?:turn|go|look|come) (?:to|at) )?{_TABLE}\b", re.I)
_ON = re.compile(
    rf"(?:go|carry|move|continue|proceed|pass|read|turn)\b[^,;]*\b(?:to|with|at) {_TABLE}|"
    rf"(?:use|follow|apply|see|consult) {_TABLE}|{_TABLE} (?:decides|applies|says)|"
    r"(?:find|look(?: it)? up|check|read off|locate|identify|pick|choose|take|compare|match)\b"
    rf"[^;]*\b(?:in|from|against|on|to|with|by) {_TABLE}(?: below| above)?$",
    re.IGNORECASE,
)


def leads_on(rule: Rule) -> bool:
    """Whether all that a rule says is that the table decides."""
    return rule.outcome is not None and _ON.match(rule.outcome.text) is not None


def checked_first(before: Sequence[Rule], rows: list[Rule], drafts: Sequence[Draft]) -> list[Rule]:
    """The rows of a table, behind the checks before it if it has any.

    Args:
        before: the rules of the paragraphs before it in its section, behind another table.
        drafts: the statements of those paragraphs.
    """
    told = [draft.index for draft in drafts if _BEFORE.search(draft.said)]
    told += [part.statement for top in before for part in top.walk() if leads_on(part)]
    opening = next((draft.block for draft in drafts if draft.index in told), None)
    begin = next((draft.index for draft in drafts if draft.block is opening), 0)
    checks = [rule for rule in before if told and rule.statement >= begin]
    if not checks or not rows:
        return rows
    for rule in (part for top in checks for part in top.walk()):
        if leads_on(rule):
            rule.outcome = None
    rest = Rule(drafts[-1].index, None, connective="otherwise", children=rows)
    rest.group = checks[-1].group
    for rule in checks:
        rule.group = rest.group
    return [rest]


def widen(rows: Sequence[Rule], lexicon: Lexicon) -> None:
    """'Anything that isn't in the table' is something: the kinds in its rows are not all there are.

    Only where the rows would leave nothing over; a default that can never apply is not meant.
    """
    if not rows or not exhausts(list(rows), None, lexicon.lookup()):
        return
    tests = (p.condition for row in rows for p in row.walk() if p.condition is not None)
    kinds = (a.variable for test in tests for a in atoms(test) if isinstance(a, Membership))
    if name := next(kinds, None):
        lexicon.atoms[name].values.append("other")
