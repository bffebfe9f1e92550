"""Rules as a document nests them, and what makes two of their outcomes the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from parsers.language import analyse
from parsers.spec import Condition, Outcome


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
    """One rule: circumstance, consequence, exceptions, and the finer rules under it."""

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
    split: Split | None = None
    implied: Outcome | None = None
    lifts: Outcome | None = None
    about: frozenset[str] = frozenset()
    whole: bool = False

    def walk(self) -> Iterable[Rule]:
        yield self
        for rule in (*self.exceptions, *self.children):
            yield from rule.walk()


def outcome_key(text: str) -> frozenset[str]:
    """What makes two outcomes the same: their content words and numbers."""
    words = frozenset(
        token.lemma_.lower()
        for token in analyse(text)
        if token.pos_ in {"NOUN", "PROPN", "VERB", "ADJ", "NUM", "SYM", "ADV"}
        or token.lower_ in {"not", "no", "never", "n't", "nothing", "everything", "none"}
    ) - {"then", "also", "instead", "therefore"}
    return words or frozenset(re.findall(r"\w+", text.lower()))


def decides(rule: Rule) -> bool:
    """Whether a rule itself says what is done."""
    return rule.outcome is not None and not rule.children and not rule.router
