"""A limit that is another for a kind: 'within 30 minutes, or 60 minutes for members'.

In: a phrase with a comparison. Out: the phrase with the one limit, how many times that the other
is, and whom it is for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from parsers.conditions.comparisons import comparisons, plain_number
from parsers.conditions.units import convert, same_unit

_OTHER = re.compile(
    r",? or (?P<limit>(?:within |up to |at most |under |over )?[€$£]?[\w.]+(?: [a-z]+)?) "
    r"(?:for|in the case of|if (?:it is|they are|you are)) (?P<who>[^,;:]+?)(?=,|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class OtherLimit:
    """What is left of the phrase, whom another limit is for, and that limit as a multiple."""

    rest: str
    who: str
    factor: float


def other_limit(text: str) -> OtherLimit | None:
    """The limit that a kind has; None where a phrase has but one."""
    match = _OTHER.search(text)
    if match is None:
        return None
    before = comparisons(text[: match.start()])
    said = re.sub(r"^(?:within|up to|at most|under|over) ", "", match["limit"])
    told = plain_number(said)
    if before is None or told is None or len(before[1]) != 1:
        return None
    (_, value, unit), (_, other, other_unit) = before[1][0], told
    if not value or (other_unit and not same_unit(unit, other_unit)):
        return None
    other = convert(other, other_unit, unit) if other_unit else other
    return OtherLimit(text[: match.start()] + text[match.end() :], match["who"], other / value)
