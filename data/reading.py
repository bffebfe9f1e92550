"""Exercises in reading: what a message says of a circumstance, told in anybody's words.

In: the lexicon. Out: `Text` of kind replay: a message, what each of its pieces says in plain terms,
then tests of the kind that workflows make, with their verdicts. They belong to no policy. A small
model that is trained on one policy's wordings alone learns those and forgets what other words mean;
these keep the skill that every chain of thought rests on (data.chains) as broad as the lexicon is.
"""

from __future__ import annotations

import random
from functools import lru_cache

from data.chains import compared
from data.circumstances import SLOT, number_forms, predicate
from data.lexicon import NUMBER, Entry, entries, filled
from data.samples import Text
from data.syntax import sentence

_TOLD = (2, 5)
_SILENT = (0, 1)
"""How many circumstances are tested that the message does not tell."""
_OPS = (("more than {}", True), ("less than {}", False))


def texts(n: int, seed: int) -> list[Text]:
    """n exercises; every entry has its turn before any comes again."""
    rng = random.Random(f"reading:{seed}")
    deck: list[Entry] = []
    made = []
    while len(made) < n:
        count = rng.randint(*_TOLD)
        if len(deck) < count + _SILENT[1]:
            deck = rng.sample(_pool(), len(_pool()))
        told, deck = deck[:count], deck[count:]
        silent = deck[: rng.randint(*_SILENT)]
        made.append(Text(text=_exercise(told, silent, rng), kind="replay", form="reading"))
    return made


def _exercise(told: list[Entry], silent: list[Entry], rng: random.Random) -> str:
    said, readings, tests = [], [], []
    for entry in told:
        words, reading, test = _numeric(entry, rng) if NUMBER in entry.means else _plain(entry, rng)
        said.append(words)
        readings.append(f'"{words}": {reading}.')
        tests.append(test)
    tests += [
        f"{predicate(entry.means)}? not said: no." for entry in silent if NUMBER not in entry.means
    ]
    rng.shuffle(tests)
    message = " ".join(map(sentence, said)) if rng.random() < 0.5 else sentence(", ".join(said))
    return "\n".join([message, *readings, *tests])


def _plain(entry: Entry, rng: random.Random) -> tuple[str, str, str]:
    """(words of the message, what they say, a test of it)"""
    holds = not entry.denies or rng.random() < 0.5
    words = rng.choice(entry.train(holds))
    words = filled(words, entry.match.search(entry.means))
    means, verdict = predicate(entry.means), "yes" if holds else "no"
    return words, f"{means}: {verdict}", f"{means}? {verdict}."


def _numeric(entry: Entry, rng: random.Random) -> tuple[str, str, str]:
    limit, number = rng.choice((2, 3, 5, 7, 10, 14, 20, 24, 30, 48, 50, 60, 90, 100)), 0
    while number < 1:
        number = limit + round(rng.choice((-1, 1)) * limit * rng.choice((0, 0.1, 0.3, 0.5, 0.9)))
    op, above = rng.choice(_OPS)
    verdict = "yes" if (number > limit if above else number < limit) else "no"
    forms = number_forms(float(number), entry.unit)
    words = rng.choice(entry.train(True)).replace(NUMBER, rng.choice(sorted(forms.values())))
    means = predicate(entry.means.replace(NUMBER, SLOT))
    bound = op.format(number_forms(float(limit), entry.unit)["plain"])
    test = f"{means.replace(SLOT, bound)}? {compared(number, limit)}: {verdict}."
    return words, means.replace(SLOT, forms["plain"]), test


@lru_cache(maxsize=1)
def _pool() -> tuple[Entry, ...]:
    """What can be exercised: entries whose number, if they have one, has a unit."""
    return tuple(e for e in entries() if NUMBER not in e.means or e.unit)
