"""Exercises in reading: what a message says of a circumstance, told in anybody's words.

In: the lexicon. Out: `Text` of kind replay: a message, what each of its pieces says in plain terms,
then tests of the kind that workflows make, with their verdicts. They belong to no policy. A small
model that is trained on one policy's wordings alone learns those and forgets what other words mean;
these keep the skill that every chain of thought rests on (data.chains) as broad as the lexicon is.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from data.chains import compared
from data.circumstances import SLOT, number_forms, predicate
from data.lexicon import NUMBER, Entry, entries, filled
from data.samples import Text
from data.syntax import sentence

_TOLD = (2, 5)
_SILENT = (0, 1)
"""How many circumstances are tested that the message does not tell."""
_OPS = (("more than {}", True), ("less than {}", False))
_LIMITS = (2, 3, 5, 7, 10, 14, 20, 24, 30, 48, 50, 60, 90, 100)
_DISTANCES = (-0.9, -0.5, -0.3, -0.1, 0, 0.1, 0.3, 0.5, 0.9)
"""Of a number from its limit, as a share of the limit."""


@dataclass(frozen=True)
class Said:
    """A circumstance as somebody tells it, and as a chain of thought reads and tests it."""

    words: str
    reading: str
    """In the document's terms: 'bag weighs 26 kg'; 'Gold member: yes'."""
    clause: str
    """The condition as a document puts it: 'the bag weighs more than 23 kg'."""
    asked: str
    """The test of it: 'bag weighs more than 23 kg'."""
    verdict: str
    """'26 > 23: yes'"""
    holds: bool

    @property
    def test(self) -> str:
        return f"{self.asked}? {self.verdict}."

    @property
    def untold(self) -> str:
        """The test where nobody has told."""
        return f"{self.asked}? not said: no."


T = TypeVar("T")


class Deck(Generic[T]):
    """Draws such that everything has its turn before anything comes again."""

    def __init__(self, cards: Iterable[T], rng: random.Random) -> None:
        self._cards, self._rng, self._left = list(cards), rng, list[T]()

    def draw(self, count: int) -> list[T]:
        """`count` different cards; all of them if there are fewer."""
        drawn: list[T] = []
        while len(drawn) < min(count, len(self._cards)):
            if not self._left:
                self._left = self._rng.sample(self._cards, len(self._cards))
            card = self._left.pop()
            if card not in drawn:
                drawn.append(card)
        return drawn


def texts(n: int, seed: int) -> list[Text]:
    """n exercises; every entry has its turn before any comes again."""
    rng = random.Random(f"reading:{seed}")
    deck = Deck(readable(), rng)
    return [Text(text=_exercise(deck, rng), kind="replay", form="reading") for _ in range(n)]


def _exercise(deck: Deck[Entry], rng: random.Random) -> str:
    said, tests = exercise(deck, rng)
    told = [it.words for it in said]
    message = " ".join(map(sentence, told)) if rng.random() < 0.5 else sentence(", ".join(told))
    return "\n".join([message, *(read_out(it, message) for it in said), *tests])


def exercise(deck: Deck[Entry], rng: random.Random) -> tuple[list[Said], list[str]]:
    """(what a message tells, tests of it and perhaps of something else, in any order)"""
    said = [say(entry, rng) for entry in deck.draw(rng.randint(*_TOLD))]
    silent = [say(entry, rng) for entry in deck.draw(rng.randint(*_SILENT))]
    tests = [it.test for it in said] + [it.untold for it in silent]
    rng.shuffle(tests)
    return said, tests


def read_out(said: Said, message: str) -> str:
    """A line of a chain: the message's words, as they stand in it, then what they say."""
    at = message.lower().find(said.words.lower())
    return f'"{message[at : at + len(said.words)]}": {said.reading}.'


def say(entry: Entry, rng: random.Random, holds: bool | None = None) -> Said:
    """The entry's circumstance in words of its training wordings, so that it holds if wanted.

    One that nobody would deny holds, whatever is wanted.
    """
    return _figure(entry, rng, holds) if NUMBER in entry.means else _plain(entry, rng, holds)


def _plain(entry: Entry, rng: random.Random, holds: bool | None) -> Said:
    if holds is None:
        holds = rng.random() < 0.5
    holds = holds or not entry.denies
    words = filled(rng.choice(entry.train(holds)), entry.match.search(entry.means))
    means, verdict = predicate(entry.means), "yes" if holds else "no"
    return Said(words, f"{means}: {verdict}", entry.means, means, verdict, holds)


def _figure(entry: Entry, rng: random.Random, holds: bool | None) -> Said:
    limit = rng.choice(_LIMITS)
    op, above = rng.choice(_OPS)
    numbers = [limit + round(limit * share) for share in _DISTANCES]
    fitting = [
        number
        for number in numbers
        if number > 0 and (holds is None or holds == (number > limit if above else number < limit))
    ]
    number = rng.choice(fitting)
    holds = number > limit if above else number < limit
    forms = number_forms(float(number), entry.unit)
    words = rng.choice(entry.train(True)).replace(NUMBER, rng.choice(sorted(forms.values())))
    bound = op.format(number_forms(float(limit), entry.unit)["plain"])
    clause = entry.means.replace(NUMBER, SLOT)
    means = predicate(clause)
    return Said(
        words,
        means.replace(SLOT, forms["plain"]),
        clause.replace(SLOT, bound),
        means.replace(SLOT, bound),
        f"{compared(number, limit)}: {'yes' if holds else 'no'}",
        holds,
    )


@lru_cache(maxsize=1)
def readable() -> tuple[Entry, ...]:
    """What can be exercised: entries whose number, if they have one, has a unit."""
    return tuple(e for e in entries() if NUMBER not in e.means or e.unit)
