"""Figures in a text: money, times, weights, counts; and others that could stand in their place.

In: a text. Out: `Value`s from left to right; for one of them, another of its kind, preferably one
that the document has elsewhere, as what a question wrongly supposes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from data.syntax import CLOCK, LENGTH_UNITS, MONEY_UNITS, TIME_UNITS, WEIGHT_UNITS


@dataclass(frozen=True)
class Value:
    """A number with its unit, a clock time or a range of them, as the text says it."""

    text: str
    kind: str
    start: int
    end: int


_NUMBER = (
    r"(?:\d[\d.,]*\d|\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|"
    r"twenty|thirty|forty|fifty|sixty|ninety|hundred)\b)"
)
_UNITS = {
    "money": "|".join(re.escape(u) for u in MONEY_UNITS if u.isalpha()) + "|€|£",
    "time": r"(?:(?:working|business|calendar|full|consecutive)\s)?(?:"
    + "|".join(TIME_UNITS)
    + ")",
    "weight": "|".join(WEIGHT_UNITS),
    "length": "|".join(LENGTH_UNITS),
    "percent": r"%|percent\b|per cent\b",
}
_VALUE = re.compile(
    rf"(?P<clock>(?:{CLOCK}))|(?P<sign>[€$£]\s?\d[\d.,]*\d|[€$£]\s?\d)|"
    + "|".join(
        rf"(?P<{kind}>{_NUMBER}\s?(?:{units}){'' if kind == 'percent' else '(?![A-Za-z])'})"
        for kind, units in _UNITS.items()
    )
    + rf"|(?P<count>{_NUMBER}(?=\s[A-Za-z]|[,.;]|$))",
    re.IGNORECASE,
)


def values(text: str) -> list[Value]:
    """Numbers with units, money, clock times and counts in a text, from left to right."""
    found = []
    for match in _VALUE.finditer(text):
        kind = "money" if match.lastgroup == "sign" else str(match.lastgroup)
        if kind == "count" and match.group().lower() in ("one", "hundred"):
            continue
        found.append(Value(match.group().strip(), kind, *match.span()))
    return found


_NUMERAL = re.compile(r"\d[\d.,]*\d|\d")


def another(value: Value, rivals: Iterable[Value], seed: int) -> str | None:
    """A different value of the same kind: preferably one that the document has elsewhere."""
    unit = _unit(value)
    same = sorted(
        {
            r.text
            for r in rivals
            if r.kind == value.kind and r.text.lower() != value.text.lower() and _unit(r) == unit
        }
    )
    if same and seed % 3:
        return same[seed % len(same)]
    match = _NUMERAL.search(value.text)
    if not match or ":" in value.text:
        return same[seed % len(same)] if same else None
    number = float(match.group().replace(",", ""))
    if value.kind == "clock":
        other = number % 12 + 1 if seed % 2 else (number - 2) % 12 + 1
    else:
        step = 1 if number < 5 else 2 if number < 20 else 5 if number < 100 else 50
        other = [number + step, number * 2, number + 2 * step, max(number - step, 1)][seed % 4]
    if number == int(number):
        other = float(int(other))
    if other == number:
        other += 1
    text = f"{other:g}" if other < 10000 else f"{other:,.0f}"
    return value.text[: match.start()] + text + value.text[match.end() :]


def _unit(value: Value) -> str:
    return re.sub(r"s\b", "", _NUMERAL.sub("", value.text).lower()).strip()
