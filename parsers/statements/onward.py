"""Cases that only go on: 'in that case carry on with the next paragraph', 'go on to 5.3 or 5.4'.

In: the rules of a section, and those of its labelled paragraphs. Out: the same, where such a case
passes over what is left of its paragraph, and over the paragraphs before the one that it names: it
is no outcome. What it names may be one of several; their own circumstances tell which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsers.conditions.logic import conjoin, negate
from parsers.statements.guards import passing
from parsers.workflows.rules import Rule

_PART = r"(?:paragraph|clause|rule|section|point|item|bullet|line|row|case|question|step|test)s?"
_LABEL = r"\d+(?:\.\d+)+"
_TREATED = re.compile(
    r"(?:(?:the|an?|it|they|this|that|such|we|you)\b[^.;:,]*? )?(?:(?:is|are|be) )?(?:then )?"
    r"(?:treat(?:ed)?|handled?|deal(?:t)? with|regard(?:ed)?|process(?:ed)?|decided?|judged?)\b"
    r"[^.;:]*? (?:under|by|according to|as in|as (?:described|set out) (?:in|under)) "
    rf"(?:{_PART} )?\(?(?P<label>{_LABEL}|(?<=\()[a-z](?=\)))\)?(?: below)?$",
    re.IGNORECASE,
)
"""'treat the move as an ordinary reason under (c)': what is said there goes for it."""
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
            if onward is not None and not rule.children:
                if rule.condition is not None:
                    passed = passing(rule.statement, rule.condition, rule.text)
                    _pass(passed, [*own[number + 1 :], *_all(labels, onward)])
                gone.add(id(rule))
                continue
            for exception in _exceptions(rule):
                onward = _onward(exception, order, place)
                if onward is not None and exception.condition is not None:
                    exception.outcome, exception.connective = None, "exempt"
                    _pass(exception, _all(labels, onward))
            _children_passed(rule, labels, place)
    for label, own in labels.items():
        labels[label] = [rule for rule in own if id(rule) not in gone]
    return [rule for rule in rules if id(rule) not in gone]


def _children_passed(rule: Rule, labels: dict[str, list[Rule]], place: int) -> None:
    """'For a move, pay it only if …. In any other case, go on': the rule holds but for that."""
    kept: list[Rule] = []
    for child in rule.children:
        onward = _onward(child, list(labels), place)
        earlier = [negate(part.condition) for part in kept if part.condition is not None]
        own = conjoin([*earlier, child.condition])
        if onward is None or own is None or child.children:
            kept.append(child)
            continue
        told = child.text or ", ".join(f"not: {part.text}" for part in kept)
        passed = passing(child.statement, own, told)
        rule.exceptions.append(passed)
        _pass(passed, _all(labels, onward))
    rule.children = kept


def _all(labels: dict[str, list[Rule]], named: list[str]) -> list[Rule]:
    return [rule for name in named for rule in labels[name]]


def _pass(passed: Rule, over: list[Rule]) -> None:
    for rule in over:
        rule.exceptions.insert(0, passed)


def _exceptions(rule: Rule) -> Iterator[Rule]:
    return (e for part in list(rule.walk()) for e in part.exceptions)


def _onward(rule: Rule, order: list[str], place: int) -> list[str] | None:
    """The labels that a rule passes over before it goes on; None when it does something else."""
    said = rule.outcome.text.strip() if rule.outcome is not None else ""
    match = _ON.match(said) or _TREATED.match(said)
    if match is None:
        return None
    if match.re is _ON and match["next"]:
        return []
    to = order.index(match["label"]) if match["label"] in order else -1
    return order[place + 1 : to] if to > place else None
