"""Quantities as people write them: '26 kilos', 'twenty-six kg', '€45', 'two weeks'.

In: a number and its unit. Out: its forms by name, of which one is the document's own.
"""

from __future__ import annotations

import re

from parsers.language import singular

MONEY = {
    "€": ("euro", "€"), "eur": ("euro", "€"), "euro": ("euro", "€"), "euros": ("euro", "€"),
    "$": ("dollar", "$"), "usd": ("dollar", "$"), "dollar": ("dollar", "$"),
    "dollars": ("dollar", "$"), "£": ("pound", "£"), "gbp": ("pound", "£"),
    "pound": ("pound", "£"), "pounds": ("pound", "£"),
}  # fmt: skip
_LONGER = {"hours": (24, "day"), "days": (7, "week"), "months": (12, "year")}
_MOST_LONGER = 12
"""Longer units in a quantity, at most: 'twelve weeks'."""
_UP_TO_TWENTY = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SPOKEN = {
    "kg": ("kilos", "kilograms"),
    "kilograms": ("kg", "kilos"),
    "km": ("kilometres",),
    "cm": ("centimetres",),
    "gb": ("gigs",),
    "hours": ("hrs",),
    "minutes": ("mins",),
}


def number_forms(value: float, unit: str) -> dict[str, str]:
    """Ways to write a quantity, by name; 'plain' is always there and is the document's own."""
    digits = f"{value:g}" if value < 1e6 else f"{value:.0f}"
    low = unit.lower()
    if money := MONEY.get(low):
        name, sign = money
        ending = "" if value == 1 else "s"
        return {"plain": f"{digits} {name}{ending}", "sign": f"{sign}{digits}"}
    if low in ("%", "percent", "per cent"):
        return {"plain": f"{digits} percent", "sign": f"{digits}%"}
    forms = {"plain": f"{digits} {_unit(unit, value)}".strip()}
    for spoken in _SPOKEN.get(low, ()):
        forms[spoken] = f"{digits} {_unit(spoken, value)}"
    if low in ("kg", "km", "cm", "gb", "lb"):
        forms["tight"] = f"{digits}{unit}"
    if value == int(value) and 2 <= value < 100:
        forms["word"] = f"{in_words(int(value))} {_unit(unit, value)}".strip()
    size, longer = _LONGER.get(low, (0, ""))
    if size and value % size == 0 and 1 <= value / size <= _MOST_LONGER:
        count = int(value / size)
        forms["longer"] = f"{in_words(count)} {_unit(longer + 's', count)}"
    return forms


def multiples(unit: str) -> list[float]:
    """Quantities that people tell in a longer unit: 12, 24, 36 … of months."""
    size, _ = _LONGER.get(unit.lower(), (0, ""))
    return [float(size * n) for n in range(1, _MOST_LONGER + 1)] if size else []


def multiplied(words: str, unit: str) -> str:
    """How a quantity in a longer unit comes to be one in `unit`: '5 x 12' for 'five years' as
    months; '' where the words have none."""
    size, longer = _LONGER.get(unit.lower(), (0, ""))
    if not size:
        return ""
    counts = {in_words(n): n for n in range(1, _MOST_LONGER + 1)}
    match = re.search(rf"\b({'|'.join(counts)}|\d+) {longer}s?\b", words, re.IGNORECASE)
    return f"{counts.get(match[1].lower(), match[1])} x {size}" if match else ""


def in_words(number: int) -> str:
    """0 to 99 as a word."""
    if number < len(_UP_TO_TWENTY):
        return _UP_TO_TWENTY[number]
    ten, one = divmod(number, 10)
    return _TENS[ten - 2] + (f"-{_UP_TO_TWENTY[one]}" if one else "")


def _unit(unit: str, value: float) -> str:
    return singular(unit) if value == 1 and (len(unit) > 3 or unit == "hrs") else unit


def names_of(unit: str) -> list[str]:
    """How a clause may write the unit, the longest first."""
    names = {unit, singular(unit)}
    if money := MONEY.get(unit.lower()):
        names |= {money[0], f"{money[0]}s", money[1]}
    if unit.lower() in ("%", "percent", "per cent"):
        names |= {"percent", "per cent", "%"}
    return sorted(names, key=len, reverse=True)
