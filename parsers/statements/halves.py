"""Leads broken off before the predicate that each item ends: 'Charge nothing if the rider: …'.

In: a lead-in and the texts of its items. Out: the condition's words for each item, how they are
joined, and where what is done under them ends. 'To a rider who: (a) is under 18; or (b) …' is the
same. Items that no 'and' or 'or' joins are no such conditions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_IF = re.compile(
    r"(?P<cut>[,;]? (?:only )?(?:if|when|where|provided that|as long as)) "
    r"(?P<who>(?:(?:the|an?|any|every|each|their|his|her|its) (?:[\w-]+ ){0,3}?[\w-]+|he or she|"
    r"they|he|she|it))\s*(?:either|both)?:?$",
    re.IGNORECASE,
)
_WHO = re.compile(
    r"(?P<cut> (?:to|for|from|on|of)) (?P<who>(?:(?:an?|any|every) (?:[\w-]+ ){0,2}?[\w-]+|"
    r"anyone|anybody|everyone|those) (?:who|that|which))\s*(?:either|both)?:?$",
    re.IGNORECASE,
)
_JOINED = re.compile(r"[,;]?\s+(and|or)$", re.IGNORECASE)
_PREDICATE = re.compile(
    r"(?!(?:if|when|the|an?|any|no)\b)(?:(?:still|already|also|now) )?[a-z]+\s", re.IGNORECASE
)


@dataclass(frozen=True)
class Halves:
    """The items' conditions in words, whether all must hold, and where what is done ends."""

    conditions: tuple[str, ...]
    relative: bool
    every: bool
    cut: int


def halves(lead: str, items: Sequence[tuple[str, str]]) -> Halves | None:
    """What a lead and its items say together; None where the items are no predicates.

    Args:
        items: their texts, and the 'and' or 'or' behind each if it is no longer in its text.
    """
    match = _IF.search(lead) or _WHO.search(lead)
    said = [text.rstrip(" .,;") for text, _ in items]
    joiners = {m[1].lower() for text in said[:-1] if (m := _JOINED.search(text))}
    joiners |= {joint for _, joint in items[:-1] if joint}
    if match is None or len(joiners) != 1 or len(said) < 2:
        return None
    said = [_JOINED.sub("", text) for text in said]
    if not all(_PREDICATE.match(text) and not re.search(r"[.!?]\s", text) for text in said):
        return None
    whole = tuple(f"{match['who']} {text}" for text in said)
    return Halves(whole, match.re is _WHO, joiners == {"and"}, match.start("cut"))
