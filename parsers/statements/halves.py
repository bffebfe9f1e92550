"""Leads broken off before the predicate that each item ends: 'Charge nothing if the rider: …'.

Or before the clause: 'Charge nothing if: (a) the bag is wet; or (b) …'.
In: a lead-in and the texts of its items. Out: the condition's words for each item, how they are
joined, and where what is done under them ends. 'To a rider who: (a) is under 18; or (b) …' is the
same. Items that no 'and' or 'or' joins are no such conditions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.clauses.verbs import is_imperative
from parsers.language import is_finite, tokens_of

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
_BROKEN_OFF = re.compile(
    r"(?P<cut>[,;]? (?:but )?(?:only )?"
    r"(?:if|when|where|provided(?: that)?|as long as|unless))\s*:$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"(?!(?:if|when|unless|otherwise)\b)(?:the|an?|any|no|their|his|her|its|your|they|he|she|it|"
    r"you|there|more|less|fewer|both|[\w-]+s)\b",
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
    denied: bool = False


def halves(lead: str, items: Sequence[tuple[str, str]]) -> Halves | None:
    """What a lead and its items say together; None where the items are no predicates.

    Args:
        items: their texts, and the 'and' or 'or' behind each if it is no longer in its text.
    """
    whole = _BROKEN_OFF.search(lead)
    match = whole or _IF.search(lead) or _WHO.search(lead)
    said = [text.rstrip(" .,;") for text, _ in items]
    joiners = {m[1].lower() for text in said[:-1] if (m := _JOINED.search(text))}
    joiners |= {joint for _, joint in items[:-1] if joint}
    if match is None or len(joiners) != 1 or len(said) < 2:
        return None
    said = [_JOINED.sub("", text) for text in said]
    if whole:
        told = all(map(_plain_clause, said))
        unless = match["cut"].lower().endswith("unless")
        return (
            Halves(tuple(said), False, joiners == {"and"}, match.start("cut"), unless)
            if told
            else None
        )
    if not all(_PREDICATE.match(text) and not re.search(r"[.!?]\s", text) for text in said):
        return None
    clauses = tuple(f"{match['who']} {text}" for text in said)
    return Halves(clauses, match.re is _WHO, joiners == {"and"}, match.start("cut"))


def _plain_clause(text: str) -> bool:
    """Whether a text is one clause that says how things are: 'the seal is broken'."""
    if not _CLAUSE.match(text) or re.search(r"[.!?:;]\s", text):
        return False
    verb = next((token for token in tokens_of(text) if is_finite(token)), None)
    return verb is not None and verb.i > 0 and not is_imperative(tokens_of(text))
