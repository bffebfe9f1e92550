"""Where the ends of a journey lie.

In: words of a message; or whether a journey leaves its country. Out: the countries of the places
that the words name; or messages that tell such a journey by its ends. "Lisbon to Nairobi" says that
a flight is international only to who knows where the two are. Small models know it of most cities
but do not see it at once: a chain names the countries first (`data.chains`).
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

import yaml

_EACH = 2
"""Journeys for each way to tell one."""
_BY_COUNTRY = 0.1
"""How often an end that is abroad is told by its country alone."""


class _Gazetteer(NamedTuple):
    country: Mapping[str, str]
    """Of each name of a place, in lower case."""
    name: re.Pattern[str]
    cities: Sequence[str]
    journeys: Sequence[str]
    """Ways to tell one, with `{from}` and `{to}`."""


@lru_cache(maxsize=1)
def _gazetteer() -> _Gazetteer:
    file = resources.files("data").joinpath("places.yaml")
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    country = {
        name.lower(): place["country"]
        for place in content["places"]
        for name in (place["country"].removeprefix("the "), *place["names"], *place["cities"])
    }
    longest_first = sorted(country, key=lambda name: -len(name))
    name = re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", re.IGNORECASE)
    cities = [city for place in content["places"] for city in place["cities"]]
    return _Gazetteer(country, name, cities, content["journeys"])


def countries(words: str) -> tuple[str, ...]:
    """The country of each place that the words name, in their order: ('Portugal', 'Kenya')."""
    known = _gazetteer()
    return tuple(known.country[match.group().lower()] for match in known.name.finditer(words))


@lru_cache(maxsize=8)
def journeys(abroad: bool, seed: str) -> tuple[str, ...]:
    """Messages that tell of a journey to another country, or of one within a country."""
    known = _gazetteer()
    rng = random.Random(f"journeys:{abroad}:{seed}")

    def ends() -> Iterator[str]:
        while True:
            start, goal = rng.sample(known.cities, 2)
            lie = [known.country[city.lower()] for city in (start, goal)]
            if (lie[0] != lie[1]) is abroad:
                break
        for city, country in zip((start, goal), lie, strict=True):
            yield country if abroad and rng.random() < _BY_COUNTRY else city

    told = []
    for words in known.journeys:
        for _ in range(_EACH):
            start, goal = ends()
            told.append(words.replace("{from}", start).replace("{to}", goal))
    return tuple(told)
