"""Paragraphs that divide one measure between them: '4.4 Up to 3 hours late, …', '4.5 After that'.

In: the rules of the labelled paragraphs of a section. Out: the same, where what such a paragraph
says behind its own stretch holds within it: '4.6 From 24 hours on, we charge nothing. If the
renter rang, ask the manager. Otherwise, call the police.' Whatever is said behind a case that no
other paragraph is the counterpart of stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from parsers.spec import Comparison, Variable, atoms
from parsers.workflows.relations import excludes
from parsers.workflows.rules import Rule


def within_stretches(
    rules: list[Rule],
    labels: dict[str, list[Rule]],
    variables: dict[str, Variable],
    said: Callable[[Rule], str],
) -> list[Rule]:
    """The rules of a section, what is said behind a paragraph's stretch nested in it.

    Args:
        said: the statement of a rule.
    """
    first = {label: own[0] for label, own in labels.items() if own and _measures(own[0])}
    gone: set[int] = set()
    for label, head in first.items():
        behind = labels[label][1:]
        divided = any(
            other is not head and excludes(head.condition, other.condition, variables)
            for other in first.values() if head.condition and other.condition
        )  # fmt: skip
        if (
            not behind or not divided or head.children or head.outcome is None
            or not all(_under(rule, head, said(rule)) for rule in behind)
        ):  # fmt: skip
            continue
        head.children = behind
        gone |= {id(rule) for rule in behind}
        labels[label] = [head]
    return [rule for rule in rules if id(rule) not in gone]


def _measures(rule: Rule) -> bool:
    """Whether a rule is about a stretch of something measured."""
    if rule.condition is None or rule.connective:
        return False
    return any(isinstance(part, Comparison) for part in atoms(rule.condition))


def _under(rule: Rule, head: Rule, said: str) -> bool:
    """Whether a rule tells something else apart than the stretch that it stands in, by 'if'.

    What names a kind by itself ('A postponement is …') may be about any.
    """
    if rule.connective not in {"", "otherwise"} or head.condition is None:
        return False
    told = {part.variable for r in rule.walk() if r.condition for part in atoms(r.condition)}
    clause = rf"\b(?:if|when|where|unless|provided(?: that)?) {re.escape(rule.text)}"
    opens = rule.condition is None or re.search(clause, said, re.IGNORECASE) is not None
    return opens and not told & {part.variable for part in atoms(head.condition)}
