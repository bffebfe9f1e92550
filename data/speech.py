"""What people say for the common words of policies, on both sides of the split."""

from __future__ import annotations

import random
import re

from data.arrangements import Side

_SPEECH: dict[str, tuple[str, ...]] = {
    "flight is domestic": ("flight stays in the country", "flight is within the country"),
    "flight is international": ("flight goes abroad", "flight leaves the country"),
    "a domestic flight": ("a flight inside the country", "a flight within the country"),
    "an international flight": ("a flight abroad", "a flight to another country"),
    "online": ("on the internet", "on your website", "over the web"),
    "before arrival": ("before I arrive", "before I get there", "ahead of my arrival"),
    "directly": ("direct", "straight"),
    "overdue": ("late", "behind"),
    "been missing": ("been lost", "been gone", "not turned up"),
    "missing": ("lost", "gone"),
    "come home": ("got home", "arrived home", "returned home"),
    "away from home": ("not at home", "still travelling", "far from home"),
    "in hospital": ("in the hospital", "in a clinic"),
    "a child under two": ("a baby under two", "a one-year-old", "a baby not yet two"),
    "medical certificate": ("doctor's note", "note from a doctor", "paper from the doctor"),
    "during those days": ("at that time", "then", "in those days"),
    "travelling with": ("here with", "going with"),
    "Monthly": ("monthly", "month-to-month"),
    "Annual": ("yearly", "twelve-month"),
    "suspended": ("blocked", "locked", "frozen"),
    "defective": ("broken", "faulty"),
    "unopened": ("still sealed", "never opened"),
    "original packaging": ("original box", "box it came in"),
    "pregnant": ("expecting", "having a baby"),
    "has expired": ("has run out", "is no longer valid"),
    "received": ("got", "had"),
    "purchased": ("bought", "got"),
    "the purchase": ("the day I bought it", "the day I got it"),
    "after the flight": ("after my flight", "after I flew", "after we landed"),
    "employed": ("working here", "on the payroll"),
    "insured": ("covered", "under insurance"),
    "full-time": ("full time", "forty hours a week"),
    "refundable": ("with refund", "one I can give back"),
    "reservation": ("booking",),
    "consecutive": ("in a row", "running"),
    "express": ("fast", "rush"),
    "valid": ("good", "in order"),
    "a receipt": ("the receipt", "a proof of purchase", "the slip"),
}
"""What people say for common words of policies; the last of several is for evaluation only."""


def spoken(text: str, side: Side, rng: random.Random) -> str:
    """Swap one common word of policies for what people say, if there is one in the text."""
    found = [word for word in _SPEECH if re.search(rf"(?<![\w-]){word}(?![\w-])", text)]
    if not found:
        return text
    word = rng.choice(found)
    choices = _SPEECH[word]
    pool = choices if len(choices) == 1 else choices[-1:] if side == "eval" else choices[:-1]
    return re.sub(rf"(?<![\w-]){word}(?![\w-])", rng.choice(pool), text)
