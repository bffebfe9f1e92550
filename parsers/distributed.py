"""One sentence that sets an amount for each of several kinds.

In: 'We take 30 pounds on a green tool, 100 on a yellow one and 250 on a red one.' Out: for each
kind the phrase that names it and the whole outcome, 'We take 100 pounds', with its amount's place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

_AMOUNT = r"(?:[€£$]\s?)?\d[\d.,]*\d|(?:[€£$]\s?)?\d|nothing|half|none"
_PART = re.compile(
    rf"(?P<amount>{_AMOUNT})(?P<unit> ?(?:%|(?!on\b|for\b)[a-z]+(?: (?!on\b|for\b)[a-z]+)?))? "
    r"(?P<kind>(?:on|for) (?:an?|the) [a-z-]+ (?P<head>[a-z-]+))(?P<gap>,? and |, |\W*$)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Share:
    """What one kind is dealt: 'on a yellow tool', 'We take 100 pounds', and the amount's range."""

    kind: str
    outcome: str
    where: tuple[int, int]


def shares(text: str) -> list[Share]:
    """What a sentence deals to each kind; empty when it deals to none or one."""
    parts = list(_PART.finditer(text))
    if len(parts) < 2 or any(a.end() != b.start() for a, b in pairwise(parts)):
        return []
    if not (parts[0]["unit"] or re.match("[€£$]", parts[0]["amount"])):
        return []  # a bare number measures, it is not dealt
    noun, unit = parts[0]["head"], parts[0]["unit"] or ""
    if parts[-1].end() != len(text) or any(p["head"] not in {"one", noun} for p in parts[1:]):
        return []
    lead = text[: parts[0].start()]
    result = []
    for part in parts:
        kind = part["kind"][: -len(part["head"])] + noun
        amount = part["amount"] + (part["unit"] or (unit if part["amount"][-1].isdigit() else ""))
        result.append(Share(kind, lead + amount, (part.start(), part.end("kind"))))
    return result
