"""Exercises in reading: what a message says of a circumstance, told in anybody's words.

In: the lexicon. Out: `Text` of kind replay: a message, then tests of the kind that workflows make,
each with the words that settle it and the verdict. They belong to no policy. A small model that
is trained on one policy's wordings alone learns those and forgets what other words mean; these
keep the skill that every chain of thought rests on (data.chains) as broad as the lexicon is.
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
_UNSAID = 0.25
"""How often a test is of something the message does not tell."""
_OPS = (("more than {}", True), ("less than {}", False))


def texts(n: int, seed: int) -> list[Text]:
    """n exercises; every entry has its turn before any comes again."""
    rng = random.Random(f"reading:{seed}")
    deck: list[Entry] = []
    made = []
    while len(made) < n:
        count = rng.randint(*_TOLD)
        if len(deck) <= count:
            deck = rng.sample(_pool(), len(_pool()))
        told, deck = deck[:count], deck[count:]
        silent = [deck[-1]] if rng.random() < _UNSAID else []
        made.append(Text(text=_exercise(told, silent, rng), kind="replay", form="reading"))
    return made


def _exercise(told: list[Entry], silent: list[Entry], rng: random.Random) -> str:
    said, lines = [], []
    for entry in told:
        words, line = _numeric(entry, rng) if NUMBER in entry.means else _plain(entry, rng)
        said.append(words)
        lines.append(line)
    lines += [f"{_test(entry)}? not said: no." for entry in silent if NUMBER not in entry.means]
    rng.shuffle(lines)
    message = " ".join(map(sentence, said)) if rng.random() < 0.5 else sentence(", ".join(said))
    return "\n".join([message, *lines])


def _plain(entry: Entry, rng: random.Random) -> tuple[str, str]:
    holds = not entry.denies or rng.random() < 0.5
    words = rng.choice(entry.train(holds))
    words = filled(words, entry.match.search(entry.means))
    return words, f'{_test(entry)}? "{words}": {"yes" if holds else "no"}.'


def _numeric(entry: Entry, rng: random.Random) -> tuple[str, str]:
    limit, number = rng.choice((2, 3, 5, 7, 10, 14, 20, 24, 30, 48, 50, 60, 90, 100)), 0
    while number < 1:
        number = limit + round(rng.choice((-1, 1)) * limit * rng.choice((0, 0.1, 0.3, 0.5, 0.9)))
    unit = entry.unit
    op, above = rng.choice(_OPS)
    holds = number > limit if above else number < limit
    forms = number_forms(float(number), unit)
    words = rng.choice(entry.train(True)).replace(NUMBER, rng.choice(sorted(forms.values())))
    bound = op.format(number_forms(float(limit), unit)["plain"])
    test = predicate(entry.means.replace(NUMBER, SLOT)).replace(SLOT, bound)
    verdict = "yes" if holds else "no"
    return words, f'{test}? "{words}", {compared(number, limit)}: {verdict}.'


def _test(entry: Entry) -> str:
    return predicate(entry.means)


@lru_cache(maxsize=1)
def _pool() -> tuple[Entry, ...]:
    """What can be exercised: entries whose number, if they have one, has a unit."""
    return tuple(e for e in entries() if NUMBER not in e.means or e.unit)
