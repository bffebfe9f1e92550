"""What customers say for the circumstances that business rules turn on.

In: a clause in a document's terms, and whether it holds. Out: wordings from `everyday/*.yaml`, in
the first person, by people as different as may be; some are kept for evaluation. Small models do
not learn what words mean from a policy's own wording: a question by another hand is understood as
far as training has shown many ways to tell the same thing. The entries are general English for
common matters of travel, shops, services and offices, and know no policy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, in C where it was built
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

    def train(self, holds: bool) -> tuple[str, ...]:
        """The wordings but for every fifth."""
        said = self.says if holds else self.denies
        return tuple(words for n, words in enumerate(said, 1) if n % _HELD_EVERY)

    def held(self, holds: bool) -> tuple[str, ...]:
        """The wordings that are kept for evaluation."""
        return (self.says if holds else self.denies)[_HELD_EVERY - 1 :: _HELD_EVERY]


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
        )
        for file in files
        for row in yaml.load(file.read_text(encoding="utf-8"), _LOADER)
    )


_DENIAL = re.compile(r"\b(?:not|never|no|nobody|none|neither|nor)\b|n't\b", re.IGNORECASE)


@lru_cache(maxsize=4096)
def wordings(clause: str, holds: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(for training, for evaluation): ways to say that the clause holds, or that it does not.

    Both are empty where no entry is about the clause, and for clauses that deny something: the
    entries' patterns find what is spoken of, not what is said of it.
    """
    if _DENIAL.search(clause):
        return (), ()
    train: list[str] = []
    held: list[str] = []
    for entry in entries():
        match = entry.match.search(clause)
        if match is not None and (NUMBER in entry.means) == (NUMBER in clause):
            train += [filled(text, match) for text in entry.train(holds)]
            held += [filled(text, match) for text in entry.held(holds)]
    return tuple(dict.fromkeys(train)), tuple(dict.fromkeys(held))


def filled(text: str, match: re.Match[str] | None) -> str:
    """`{1}` is the first group of the match: a name, as the document writes it."""
    if match is None:
        return text
    return re.sub(r"\{(\d)\}", lambda group: match.group(int(group.group(1))) or "", text)
