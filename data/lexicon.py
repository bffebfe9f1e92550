"""What customers say for the circumstances that business rules turn on.

In: a clause in a document's terms, and whether it holds. Out: wordings from `everyday/*.yaml`, in
the first person, by people as different as may be; some are kept for evaluation. Small models do
not learn what words mean from a policy's own wording: a question by another hand is understood as
far as training has shown many ways to tell the same thing. The entries are general English for
common matters of travel, shops, services and offices, and know no policy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TypeVar

import yaml

from data.places import journeys

T = TypeVar("T")

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, in C where it was built
NUMBER = "{n}"
"""Stands for a quantity with its unit, in clauses and in wordings."""
_HELD_EVERY = 5


@dataclass(frozen=True)
class Entry:
    """`says` and `denies` tell that a clause like `means`, which `match` finds, holds
    or does not hold."""

    means: str
    match: re.Pattern[str]
    says: tuple[str, ...]
    denies: tuple[str, ...]
    abroad: bool | None = None
    """Whether it holds of a journey to another country, and of no other; None: of neither."""

    @property
    def unit(self) -> str:
        """A unit that the clause's number may have; '' where its words do not tell."""
        fitting = (unit for pattern, unit in _UNITS if re.search(pattern, self.means))
        return next(fitting, "") if NUMBER in self.means else ""

    def train(self, holds: bool) -> tuple[str, ...]:
        """The wordings but for every fifth, and for those that another entry keeps."""
        said, _ = dealt(self.says if holds else self.denies)
        if self.abroad is not None:
            said += journeys(self.abroad is holds, self.means)
        return tuple(words for words in said if words not in _kept())

    def held(self, holds: bool) -> tuple[str, ...]:
        """The wordings that are kept for evaluation."""
        _, kept = dealt(self.says if holds else self.denies)
        return kept


def dealt(said: Sequence[T]) -> tuple[tuple[T, ...], tuple[T, ...]]:
    """(for training, for evaluation), which keeps every fifth."""
    train = tuple(words for n, words in enumerate(said, 1) if n % _HELD_EVERY)
    return train, tuple(said[_HELD_EVERY - 1 :: _HELD_EVERY])


@lru_cache(maxsize=1)
def entries() -> tuple[Entry, ...]:
    """All entries, in the order of the files."""
    folder = resources.files("data") / "everyday"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return tuple(
        Entry(
            means=row["means"],
            match=re.compile(row["match"], re.IGNORECASE),
            says=tuple(row["says"]),
            denies=tuple(row.get("denies") or ()),
            abroad={"abroad": True, "inland": False}.get(row.get("journeys")),
        )
        for file in files
        for row in yaml.load(file.read_text(encoding="utf-8"), LOADER)
    )


@lru_cache(maxsize=1)
def _kept() -> frozenset[str]:
    """All wordings that are kept for evaluation."""
    return frozenset(
        words for entry in entries() for holds in (True, False) for words in entry.held(holds)
    )


_UNITS = (
    (r"\bweighs?\b", "kg"),
    (
        r"\b(?:costs?|worth|owes?|income|balance|difference|rent is|salary)\b|"
        r"\b(?:charge|expense|fee|price|bill) was\b",
        "dollars",
    ),
    (r"\{n\} old\b", "years"),
    (r"\b(?:company|member|employed|tenure|service|lived?)\b.*\bfor \{n\}", "months"),
    (r"\b(?:missing|delayed|late|notice|layover|stays?)\b", "hours"),
    (r"\{n\} (?:after|before|ago|overdue)\b|\bfor \{n\}$|\bin \{n\}$", "days"),
)
_KINDS = {
    "weight": "kg kilograms lb pounds g",
    "money": "dollars dollar euros euro pounds pound € $ £ usd eur gbp",
    "time": "minutes hours days nights weeks months years working business calendar",
}


def _kind(unit: str) -> str:
    """What a unit measures; a unit of another kind is its own, and '' is unknown."""
    word = unit.lower().partition(" ")[0]
    return next((kind for kind, units in _KINDS.items() if word in units.split()), word)


DENIAL = re.compile(r"\b(?:not|never|no|nobody|none|neither|nor)\b|n't\b", re.IGNORECASE)


@lru_cache(maxsize=4096)
def wordings(clause: str, holds: bool, unit: str = "") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(for training, for evaluation): ways to say that the clause holds, or that it does not.

    `unit` is that of the clause's number, if it has one: 'it took {n}' fits days, not euros.
    Both are empty where no entry is about the clause, and for clauses that deny something: the
    entries' patterns find what is spoken of, not what is said of it.
    """
    if DENIAL.search(clause):
        return (), ()
    found = [
        (entry, match)
        for entry in entries()
        if (match := entry.match.search(clause))
        and (NUMBER in entry.means) == (NUMBER in clause)
        and _kind(entry.unit) in ("", _kind(unit))
    ]
    # What has a name in the document is told by its name: 'a Gold member' is not just a member.
    found = [pair for pair in found if any(pair[1].groups())] or found
    # Patterns are generous; an entry that speaks of other things than the nearest does is left out.
    nearness = [_nearness(entry.means, clause) for entry, _ in found]
    near = [pair for pair, n in zip(found, nearness, strict=True) if n >= 0.5 * max(nearness)]
    train = (filled(words, match) for entry, match in near for words in entry.train(holds))
    held = (filled(words, match) for entry, match in near for words in entry.held(holds))
    return tuple(dict.fromkeys(train)), tuple(dict.fromkeys(held))


@lru_cache(maxsize=4)
def unrelated(statements: tuple[str, ...]) -> tuple[str, ...]:
    """Training wordings of entries that none of a policy's statements speaks of.

    Said in passing they decide nothing: who only ever reads what matters learns to make something
    of every word.
    """
    texts = [" ".join(text.split()) for text in statements]
    return tuple(
        words
        for entry in entries()
        if NUMBER not in entry.means and not any(entry.match.search(text) for text in texts)
        for words in entry.train(True)
        if "{" not in words
    )


_COMMON = frozenset("the a an is are was were has have had been be of to in for at by on n".split())


def _nearness(one: str, other: str) -> float:
    """The share of words that two clauses have in common."""
    first, second = (set(re.findall(r"\w+", text.lower())) - _COMMON for text in (one, other))
    return len(first & second) / max(len(first | second), 1)


def filled(text: str, match: re.Match[str] | None) -> str:
    """`{1}` is the first group of the match: a name, as the document writes it."""
    if match is None:
        return text
    return re.sub(r"\{(\d)\}", lambda group: match.group(int(group.group(1))) or "", text)
