"""Units of measure: which are the same, which convert, and what is counted in whole numbers."""

from __future__ import annotations

from parsers.language import singular

MONEY = {"€", "$", "£", "euro", "dollar", "pound", "franc", "crown", "cent"}
TIME = {"minute": 1.0, "min": 1.0, "hour": 60.0, "hr": 60.0, "day": 1440.0, "week": 10080.0}
CONTINUOUS = {
    "kg", "g", "lb", "pound", "kilogram", "kilo", "cm", "m", "km", "mile", "metre", "meter", "€",
    "$", "£", "euro", "dollar", "%", "percent", "gb", "mb", "inch", "litre", "hour", "minute",
    "°", "°c", "°f", "°k", "degree", "celsius", "fahrenheit",
}  # fmt: skip


def unit_noun(unit: str) -> str:
    """A unit's noun in the singular, without what qualifies it: 'working days' -> 'day'."""
    return singular(unit.lower().split()[-1]) if unit else ""


def same_unit(one: str, other: str) -> bool:
    """Whether two units measure one thing: the same noun, two units of time, '€' and 'euro'."""
    a, b = unit_noun(one), unit_noun(other)
    money = ({"€", "euro"}, {"$", "dollar"}, {"£", "pound"}, {"%", "percent"})
    return a == b or (a in TIME and b in TIME) or any({a, b} <= pair for pair in money)


def convert(value: float, unit: str, target: str) -> float:
    """A value in another unit, where both are units of time."""
    a, b = unit_noun(unit), unit_noun(target)
    if a != b and a in TIME and b in TIME:
        return round(value * TIME[a] / TIME[b], 6)
    return value
