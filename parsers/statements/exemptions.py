"""'Gold members are exempt from the fee': an exception of the rules that set the fee."""

from __future__ import annotations

import re

from parsers.workflows.rules import Rule

EXEMPT = re.compile(
    r"\b(?:exempt from|waived|not charged|does not apply|do not apply|not apply to|"
    r"(?:do|does) not (?:have to )?pay|pay no|no (?:\w+ )*(?:fee|charge|surcharge|cost|fine) "
    r"(?:is|are|applies))\b",
    re.IGNORECASE,
)
_MONEY_WORD = re.compile(
    r"\b(?:fee|charge|surcharge|cost|fine|penalty|deposit|price|rate)s?\b", re.I
)


def exempted(rules: list[Rule]) -> list[Rule]:
    """'Gold members are exempt from the fee' is an exception of the rules that set the fee."""
    kept: list[Rule] = []
    for rule in rules:
        exempt = (
            rule.outcome is not None
            and rule.condition is not None
            and rule.connective != "override"  # it goes before the exceptions of those rules, too
            and (EXEMPT.search(rule.outcome.text))
        )
        charged = [
            part
            for top in kept
            for part in top.walk()
            if exempt
            and part.outcome is not None
            and not part.children
            and re.search(r"\d", part.outcome.text)
            and (
                _MONEY_WORD.search(part.outcome.text) or re.search(r"\bpays?\b", part.outcome.text)
            )
        ]
        for part in charged:
            part.exceptions.append(rule)
        if not charged:
            kept.append(rule)
    return kept
