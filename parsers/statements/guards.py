"""Rules that a sentence names by their labels and lifts: 'Steps 2 to 4 do not apply if …'.

In: a sentence, and the labelled rules of its section. Out: which labels it lifts and in which
case; those rules are passed over in that case, and the ones behind them are tested.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from parsers.spec import Condition
from parsers.workflows.rules import Rule

_KIND = r"(?:step|paragraph|rule|line|item|point|case|condition|clause|bullet|number)s?"
_LABEL = r"\(?(?:\d+|[a-z](?=\)))\)?"
_JOINER = r"(?:,? (?:and|or|to)|,| ?[-–])"
_NAMED = rf"(?P<labels>{_LABEL}(?:{_JOINER} ?{_LABEL})*)"
_NOT = r"(?:do(?:es)? not|do(?:es)?n['’]t|cannot|can ?not|can['’]t|must not|is not|are not)"
_LIFTED = (
    rf"(?:(?P<none>(?:none|neither) of (?:the )?)?{_KIND} {_NAMED} "
    rf"(?(none)(?:can be|is|are|may be)? ?|{_NOT} )"
    r"(?:be )?(?:appl(?:y|ies|ied)|taken|followed|used|counts?|holds?))"
)
_WHOM = re.compile(
    rf"{_LIFTED} (?:to|for|if|when|where|in the case of) (?P<who>[^;:]+)", re.IGNORECASE
)
_IN_CASE = re.compile(
    rf"(?:if|when|where) (?P<who>[^;:]+?), (?:then )?{_LIFTED}(?=[;,.]|$| and\b)", re.IGNORECASE
)


@dataclass(frozen=True)
class Guard:
    """The labels that are lifted, where the case is told, and where the rest begins."""

    labels: tuple[str, ...]
    who: tuple[int, int]
    clause: bool
    rest: int


def guard(text: str) -> Guard | None:
    """What a sentence lifts by name; None when it lifts nothing."""
    match = _IN_CASE.match(text) or _WHOM.match(text)
    if match is None:
        return None
    clause = match.re is _IN_CASE or bool(re.search(r"\b(?:if|when|where) $", _before(match), re.I))
    return Guard(tuple(_spread(match["labels"])), match.span("who"), clause, match.end())


def _before(match: re.Match[str]) -> str:
    return match.string[match.start() : match.start("who")]


def _spread(said: str) -> list[str]:
    """The labels that '2 to 4' and 'c) and d)' name."""
    found: list[str] = []
    joiner = ""
    for part in re.findall(r"\bto\b|[-–]|\d+|\b[a-z]\b(?=\))", said.lower()):
        if part in {"to", "-", "–"}:
            joiner = part
        elif joiner and found and part.isdigit() == found[-1].isdigit():
            first, last = (int(p) if p.isdigit() else ord(p) for p in (found[-1], part))
            spread = range(first + 1, min(last, first + 100) + 1)
            found += [str(n) if part.isdigit() else chr(n) for n in spread]
            joiner = ""
        else:
            found.append(part)
    return found


def guarded(labels: dict[str, list[Rule]], lifted: tuple[str, ...], rule: Rule) -> bool:
    """Let the rules with these labels pass over the case of `rule`; False when one is missing."""
    if not lifted or any(label not in labels for label in lifted):
        return False
    for label in lifted:
        for part in labels[label]:
            part.exceptions.append(rule)
    return True


def passing(statement: int, condition: Condition, text: str) -> Rule:
    """The exception of the rules that are passed over: it has no outcome of its own."""
    return Rule(statement, condition, text, connective="exempt")
