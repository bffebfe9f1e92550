"""Kinds that a step sends elsewhere: 'Business customers go to step 3', 'A torn form skips step 4'.

In: a sentence without a circumstance. Out: the kinds that its jump is for. What is said of everyone
('You go to step 2', 'The call then moves to step 4', 'All forms go to step 5') names no kind.
"""

from __future__ import annotations

import re

from parsers.clauses.analysis import AGENT
from parsers.conditions.people import PEOPLE
from parsers.language import is_finite, tokens_of
from parsers.steps import GO

_INCLUDED = re.compile(r",\s+[^,]+ included,?\s*$", re.IGNORECASE)
_HELPS = re.compile(r"(?:\s+(?:always|then|directly|straight|must|should|can|may|will|,))+$", re.I)
_JOINT = re.compile(r",?\s+(?:and|or)\s+|,\s+", re.IGNORECASE)
_MOST_WORDS = 10


def sent(said: str) -> list[str]:
    """The kinds that a sentence sends to a step; empty where it names none."""
    jump = GO.search(said)
    if jump is None:
        return []
    who = _INCLUDED.sub("", _HELPS.sub("", said[: jump.start()].rstrip())).strip()
    tokens = tokens_of(who)
    if not tokens or len(tokens) > _MOST_WORDS or AGENT.match(who):
        return []
    if re.search(r"[:;.?]|,$", who) or not tokens[0].is_alpha:
        return []
    if any(is_finite(t) and t.tag_ != "VBD" for t in tokens):  # 'Tickets bought online'
        return []
    parts = _with_head(_JOINT.split(who))
    return parts if all(map(_kind, parts)) else []


def _with_head(parts: list[str]) -> list[str]:
    """'Gold', 'Silver' and 'Bronze members': each with the noun that they share."""
    *before, last = parts
    words = last.split()
    if len(words) != 2 or any(len(part.split()) > 1 for part in before):
        return parts
    return [*(f"{part} {words[1]}" for part in before), last]


def _kind(name: str) -> bool:
    """Whether a phrase names things of a kind: no article, 'a' or 'any', and a noun at its head."""
    tokens = tokens_of(name)
    first, head = tokens[0], next((t for t in tokens if t.dep_ == "ROOT"), tokens[-1])
    if head.tag_ in {"VBD", "VBN"} and head.i > first.i:
        head = head.nbor(-1)  # 'Tickets bought online'
    if head.pos_ not in {"NOUN", "PROPN"}:
        return False
    several = head.tag_ in {"NNS", "NNPS"} or first.lower_ in {"a", "an", "any"}
    mass = first.pos_ in {"NOUN", "PROPN", "ADJ"} and first.text[:1].isupper()
    everyone = first.lower_ in _ALL or (len(tokens) == 1 and head.lemma_.lower() in PEOPLE)
    return (several or mass) and first.pos_ in _OPENS and not everyone


_ALL = {"all", "both", "these", "those", "every", "each"}
_OPENS = {"NOUN", "PROPN", "ADJ", "VERB", "DET"}
