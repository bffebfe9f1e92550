"""Cases that only go on: 'in that case carry on with the next paragraph', 'go on to 5.3 or 5.4'.

In: the rules of a section, and those of its labelled paragraphs. Out: the same, where such a case
passes over what is left of its paragraph, and over the paragraphs before the one that it names: it
is no outcome. What it names may be one of several; their own circumstances tell which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsers.statements.guards import passing
from parsers.workflows.rules import Rule

_PART = r"(?:paragraph|clause|rule|section|point|item|bullet|line|row|case|question|step|test)s?"
_LABEL = r"\d+(?:\.\d+)+"
_ON = re.compile(
    r"(?:(?:you|they|we|please|then|simply|just|staff|the clerk)(?: may| can| should)? )*"
    r"(?:go(?:es)?|carr(?:y|ies)|moves?|continues?|proceeds?|skips?|read)"
    r"(?: (?:straight|directly|right|on|over|down|ahead))*(?: (?:to|with|at))? "
    rf"(?:(?:the )?(?P<next>next|following) {_PART}|"
    rf"(?:{_PART} )?(?P<label>{_LABEL})(?:(?:,| or| and)+ {_LABEL})*)$",
    re.IGNORECASE,
)


def goes_on(labels: dict[str, list[Rule]]) -> bool:
    """Whether the paragraphs of a section are taken one after the other: one names the next."""
    order = list(labels)
    return any(
        _onward(part, order, place) is not None
        for place, label in enumerate(order) for top in labels[label] for part in top.walk()
    )  # fmt: skip


def passed_on(rules: list[Rule], labels: dict[str, list[Rule]]) -> list[Rule]:
    """The rules of a section without those that only go on; the others pass over their cases."""
    order = list(labels)
    gone: set[int] = set()
    for place, label in enumerate(order):
        own = labels[label]
        for number, rule in enumerate(own):
            onward = _onward(rule, order, place)
            if onward is not None and rule.condition is not None and not rule.children:
                passed = passing(rule.statement, rule.condition, rule.text)
                behind = [own[number + 1 :], *(labels[name] for name in onward)]
                for part in (part for group in behind for part in group):
                    part.exceptions.insert(0, passed)
                gone.add(id(rule))
                continue
            for exception in _exceptions(rule):
                onward = _onward(exception, order, place)
                if onward is None or exception.condition is None:
                    continue
                exception.outcome, exception.connective = None, "exempt"
                for part in (part for name in onward for part in labels[name]):
                    part.exceptions.insert(0, exception)
    for label, own in labels.items():
        labels[label] = [rule for rule in own if id(rule) not in gone]
    return [rule for rule in rules if id(rule) not in gone]


def _exceptions(rule: Rule) -> Iterator[Rule]:
    return (e for part in list(rule.walk()) for e in part.exceptions)


def _onward(rule: Rule, order: list[str], place: int) -> list[str] | None:
    """The labels that a rule passes over before it goes on; None when it does something else."""
    match = _ON.match(rule.outcome.text.strip()) if rule.outcome is not None else None
    if match is None:
        return None
    if match["next"]:
        return []
    to = order.index(match["label"]) if match["label"] in order else -1
    return order[place + 1 : to] if to > place else None
