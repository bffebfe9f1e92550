"""Rules as a document nests them, and what makes two of their outcomes the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from parsers.conditions.units import CONTINUOUS, MONEY, TIME
from parsers.language import analyse
from parsers.spec import Condition, Outcome

MOST_RULES = 100
"""Rules that one tree is made of; more would make it deeper than JSON and Python can nest."""
_WEIGHTY = frozenset(
    "not no never n't nothing everything none half twice thrice double triple".split()
)
"""Words that make another outcome, whatever part of speech they are tagged as."""


@dataclass
class Split:
    """'When A, do it if B.': what is in force for the sentences that follow, and what is not."""

    outer: Condition
    outer_text: str
    inner: Condition
    inner_text: str
    nested: bool = False
    loose: Outcome | None = None


@dataclass
class Rule:
    """One rule: circumstance, consequence, exceptions, and the finer rules under it.

    `table` is the table of circumstances of which it is a row.
    """

    statement: int
    condition: Condition | None
    text: str = ""
    outcome: Outcome | None = None
    connective: str = ""
    router: bool = False
    exceptions: list[Rule] = field(default_factory=list)
    children: list[Rule] = field(default_factory=list)
    reference: str = ""
    group: int = -1
    table: int = -1
    split: Split | None = None
    implied: Outcome | None = None
    lifts: Outcome | None = None
    about: frozenset[str] = frozenset()
    whole: bool = False

    def walk(self) -> Iterable[Rule]:
        yield self
        for rule in (*self.exceptions, *self.children):
            yield from rule.walk()


@lru_cache(maxsize=1024)
def outcome_key(text: str) -> frozenset[str]:
    """What makes two outcomes the same: their content words and numbers."""
    words = frozenset(
        token.lemma_.lower()
        for token in analyse(text)
        if token.pos_ in {"NOUN", "PROPN", "VERB", "ADJ", "NUM", "SYM", "ADV"}
        or token.lower_ in _WEIGHTY
    ) - {"then", "also", "instead", "therefore"}
    return words or frozenset(re.findall(r"\w+", text.lower()))


def akin(one: str, other: str) -> bool:
    """Whether two outcomes are of one kind: the same, or half of their words, with a thing."""
    first, second = outcome_key(one), outcome_key(other)
    shared = first & second
    enough = len(shared) > 1 and len(shared) * 2 >= max(len(first), len(second))
    return first == second or (enough and bool(shared & _things(one)))


def any_akin(ones: Iterable[Outcome], others: Iterable[Outcome]) -> bool:
    """Whether some outcome of the one side is of one kind with some of the other."""
    told = {other.text for other in others}
    return any(akin(one, other) for one in {it.text for it in ones} for other in told)


@lru_cache(maxsize=1024)
def _things(text: str) -> frozenset[str]:
    """The nouns of an outcome, without units of measure."""
    nouns = {t.lemma_.lower() for t in analyse(text) if t.pos_ in {"NOUN", "PROPN"}}
    return frozenset(nouns - MONEY - CONTINUOUS - TIME.keys())


def decides(rule: Rule) -> bool:
    """Whether a rule itself says what is done."""
    return rule.outcome is not None and not rule.children and not rule.router
