"""Exercises in reading: what a message says of a circumstance, told in anybody's words.

In: the lexicon. Out: `Text` of kind replay: a message, what each of its pieces says in plain terms,
then tests of the kind that workflows make, with their verdicts. They belong to no policy. A small
model that is trained on one policy's wordings alone learns those and forgets what other words mean;
these keep the skill that every chain of thought rests on (data.chains) as broad as the lexicon is.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

from data.cases import compared
from data.chains import worked_out
from data.lexicon import NUMBER, Entry, entries, filled
from data.numerals import number_forms
from data.samples import Text
from data.syntax import sentence
from data.tellings import SLOT, predicate
from data.turns import Turns

_TOLD = (2, 5)
_SILENT = (0, 1)
"""How many circumstances are tested that the message does not tell."""
_OPS = (("more than {}", True), ("less than {}", False))
_LIMITS = (2, 3, 5, 7, 10, 14, 20, 24, 30, 48, 50, 60, 90, 100)
_DISTANCES = (-0.9, -0.5, -0.3, -0.1, 0, 0.1, 0.3, 0.5, 0.9)
"""Of a number from its limit, as a share of the limit."""


@dataclass(frozen=True)
class _Said:
    """A circumstance as somebody tells it, and as a chain of thought reads and tests it."""

    words: str
    reading: str
    """In the document's terms: 'bag weighs 26 kg'; 'Gold member: yes'."""
    asked: str
    """The test of it: 'bag weighs more than 23 kg'."""
    verdict: str
    """'26 > 23: yes'"""
    unit: str = ""


def texts(n: int, seed: int) -> list[Text]:
    """n exercises; every entry has its turn before any comes again."""
    rng = random.Random(f"reading:{seed}")
    turns = Turns[Entry](rng)
    return [Text(text=_exercise(turns, rng), kind="replay", form="reading") for _ in range(n)]


def _exercise(turns: Turns[Entry], rng: random.Random) -> str:
    said = [_say(entry, rng) for entry in _different(turns, rng.randint(*_TOLD))]
    silent = [_say(entry, rng) for entry in _different(turns, rng.randint(*_SILENT))]
    tests = [f"{it.asked}? {it.verdict}." for it in said]
    tests += [f"{it.asked}? not said: no." for it in silent]
    rng.shuffle(tests)
    told = [it.words for it in said]
    message = " ".join(map(sentence, told)) if rng.random() < 0.5 else sentence(", ".join(told))
    return "\n".join([message, *(_read_out(it, message) for it in said), *tests])


def _different(turns: Turns[Entry], count: int) -> list[Entry]:
    drawn: list[Entry] = []
    while len(drawn) < count:
        entry = turns.draw("entries", _pool())
        if entry not in drawn:
            drawn.append(entry)
    return drawn


def _read_out(said: _Said, message: str) -> str:
    """A line of a chain: the message's words, as they stand in it, then what they say."""
    at = message.lower().find(said.words.lower())
    means = f"{worked_out(said.words, said.unit)}{said.reading}"
    return f'"{message[at : at + len(said.words)]}": {means}.'


def _say(entry: Entry, rng: random.Random) -> _Said:
    """The entry's circumstance in words of its training wordings."""
    return _figure(entry, rng) if NUMBER in entry.means else _plain(entry, rng)


def _plain(entry: Entry, rng: random.Random) -> _Said:
    # A journey is read as what it is: 'international: no' would make inland words 'international'.
    holds = rng.random() < 0.5 or not entry.denies or entry.abroad is not None
    words = filled(rng.choice(entry.train(holds)), entry.match.search(entry.means))
    means, verdict = predicate(entry.means), "yes" if holds else "no"
    return _Said(words, f"{means}: {verdict}", means, verdict)


def _figure(entry: Entry, rng: random.Random) -> _Said:
    limit = rng.choice(_LIMITS)
    op, above = rng.choice(_OPS)
    numbers = [limit + round(limit * share) for share in _DISTANCES]
    number = rng.choice([number for number in numbers if number > 0])
    holds = number > limit if above else number < limit
    forms = number_forms(float(number), entry.unit)
    words = rng.choice(entry.train(True)).replace(NUMBER, rng.choice(sorted(forms.values())))
    bound = op.format(number_forms(float(limit), entry.unit)["plain"])
    means = predicate(entry.means.replace(NUMBER, SLOT))
    return _Said(
        words,
        means.replace(SLOT, forms["plain"]),
        means.replace(SLOT, bound),
        f"{compared(number, limit)}: {'yes' if holds else 'no'}",
        entry.unit,
    )


@lru_cache(maxsize=1)
def _pool() -> tuple[Entry, ...]:
    """What can be exercised: entries whose number, if they have one, has a unit."""
    return tuple(e for e in entries() if NUMBER not in e.means or e.unit)
