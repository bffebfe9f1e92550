"""Rules that stretch other rules: 'for vans each of these periods shall be doubled', 'double it'.

In: a sentence, and the rules it speaks of. Out: those rules, with the limits multiplied in the
cases it names, or with an exception whose outcome is theirs, multiplied ('30 pounds; double it').
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from parsers.language import NUMBER_WORDS
from parsers.spec import And, Comparison, Condition, Not, Or, Outcome, Span
from parsers.workflows.rules import Rule

_FACTORS = {"doubl": 2.0, "tripl": 3.0, "trebl": 3.0, "halv": 0.5}
_LIMITS = r"(?:periods?|deadlines?|limits?|times?|terms?|notice(?: periods?)?)"
_STRETCH = re.compile(
    rf"(?:in respect of|in the case of|for|with|on) (?P<who>[^,;:]+?),? (?:each of |all )?"
    rf"(?:the|these|this|those) (?:[\w-]+ )?{_LIMITS}(?: of (?P<values>[\d][^;:]*?))?"
    rf"(?: (?:in|of|under) (?:clause|section|paragraph|rule)s? (?P<where>\d[\d.]*))? "
    rf"(?:(?:shall be|are|is|must be|will be) (?P<factor>doubl|tripl|trebl|halv)ed|"
    rf"(?P<active>doubl|tripl|trebl|halv)es?)",
    re.IGNORECASE,
)
_COUNT = r"[€$£]?(?:\d[\d,]*(?:\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve)"
_UNIT = r"%|(?:(?:working|business|calendar) )?[a-z]+"
_KIND = r"(?:[\w-]+ ){0,3}[\w-]*s"
# 'for vans the limit is 48 hours instead of 24', 'Gold members have 60 days rather than 30'
_REPLACED = re.compile(
    rf"(?:(?:in respect of|in the case of|for|with|on) (?P<for>[^,;:]+?),? (?:the|this|that|these) "
    rf"(?:[\w-]+ )?(?:{_LIMITS}|maximum|minimum|allowance|threshold) (?:is|are|shall be|will be)|"
    rf"(?P<have>{_KIND}) (?:have|get|are given|are allowed)) "
    rf"(?P<new>{_COUNT}) ?(?P<unit>(?!instead|rather|not)(?:{_UNIT}))?,? "
    rf"(?:instead of|rather than|in place of|and not|not) (?:the usual )?(?P<old>{_COUNT})"
    rf"(?: ?(?P<other>(?!and|or|but)(?:{_UNIT})))?(?P<rest>.*)",
    re.IGNORECASE,
)
_MULTIPLY = re.compile(
    r"(?:(?:we|you) )?(?:double|triple|treble|halve) (?:it|that|this|them|the [\w ]+)|"
    r"(?:it|that|this|they|the [\w ]+?) (?:doubles|triples|trebles|halves|double|"
    r"(?:is|are|shall be) (?:doubled|tripled|trebled|halved))",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Stretch:
    """Whose limits are multiplied: which limits (all if none is named), and of which clause.

    `more` says that the sentence goes on behind that.
    """

    who: tuple[int, int]
    factor: float
    values: tuple[tuple[float, str], ...]
    where: str
    more: bool = False


def stretch(text: str) -> Stretch | None:
    """What a sentence stretches; None when it stretches nothing."""
    match = _STRETCH.search(text)
    if match is None:
        return _replaced(text)
    said = match["values"] or ""
    units = re.findall(r"[a-z]+(?=\W*$)", said) or [""]
    values = tuple((float(v), units[0]) for v in re.findall(r"\d+(?:\.\d+)?", said))
    factor = _FACTORS[(match["factor"] or match["active"]).lower()]
    return Stretch(match.span("who"), factor, values, (match["where"] or "").rstrip("."))


def _replaced(text: str) -> Stretch | None:
    """'For vans the limit is 48 hours instead of 24': the limits of 24 hours, times two."""
    match = _REPLACED.match(text)
    if match is None:
        return None
    new, old = (_number(match[name]) for name in ("new", "old"))
    unit = match["other"] or match["unit"] or ""
    who = match.span("for" if match["for"] else "have")
    more = bool(match["rest"].strip(" .;"))
    return Stretch(who, new / old, ((old, unit),), "", more) if old else None


def _number(said: str) -> float:
    said = said.lower().lstrip("€$£").replace(",", "")
    return NUMBER_WORDS[said] if said in NUMBER_WORDS else float(said)


def stretched(
    condition: Condition, who: Condition, factor: float, concerns: Callable[[Comparison], bool]
) -> Condition:
    """The condition with the limits it concerns multiplied where `who` holds."""
    match condition:
        case Comparison() if concerns(condition):
            wider = condition.model_copy(update={"value": round(condition.value * factor, 6)})
            return Or(
                operands=(And(operands=(who, wider)), And(operands=(Not(operand=who), condition)))
            )
        case Not(operand=operand):
            return Not(operand=stretched(operand, who, factor, concerns))
        case And(operands=operands):
            return And(operands=tuple(stretched(o, who, factor, concerns) for o in operands))
        case Or(operands=operands):
            return Or(operands=tuple(stretched(o, who, factor, concerns) for o in operands))
        case _:
            return condition


def multiplies(outcome: Outcome | None) -> bool:
    """'double it': an outcome that only multiplies another."""
    return outcome is not None and bool(_MULTIPLY.fullmatch(outcome.text))


def multiplied(rules: list[Rule]) -> list[Rule]:
    """'If …, double it' is an exception of the rules before it that name an amount."""
    kept: list[Rule] = []
    for rule in rules:
        charged = [
            part
            for top in kept
            for part in top.walk()
            if part.outcome is not None and re.search(r"\d", part.outcome.text)
        ]
        if rule.condition is None or not multiplies(rule.outcome) or not charged:
            kept.append(rule)
            continue
        for part in charged:
            twice = Rule(rule.statement, rule.condition, rule.text, _of(part.outcome, rule.outcome))
            part.exceptions.append(twice)
    return kept


def _of(amount: Outcome | None, by: Outcome | None) -> Outcome | None:
    if amount is None or by is None or amount.span is None or by.span is None:
        return amount
    start, end = sorted((amount.span, by.span), key=lambda span: span.start)
    return Outcome(text=f"{amount.text}; {by.text}", span=Span(start=start.start, end=end.end))
