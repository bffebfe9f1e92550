"""Rules on outcomes: 'where anyone else would get nothing, a member gets half'.

In: a sentence, and the rules it speaks of. Out: what others get, whom the sentence favours, and
those rules with an exception for them wherever they give what others get.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from parsers.spec import Outcome
from parsers.workflows.rules import Rule, outcome_key

_SOFTENS = re.compile(
    r"\b(?:where|when) (?:anyone|anybody|everyone|everybody|others?|another [\w-]+|other [\w-]+)"
    r"(?: else)?(?: would)? (?:gets?|haves?|receives?|pays?|leaves?|be charged) "
    r"(?P<what>[^,;:]+), ",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"\b(?:nothing|none|no (?:refund|money|credits?|fee|charge|return|compensation)|gone|lost|"
    r"forfeited|forfeits?|not (?:refunded|returned|given back)|we keep)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Softening:
    """What others get, and where the sentence on those it favours begins."""

    what: str
    rest: int


def softening(text: str) -> Softening | None:
    match = _SOFTENS.search(text)
    return Softening(match["what"], match.end()) if match is not None else None


def gives(outcome: Outcome, what: str) -> bool:
    """Whether an outcome is what others get."""
    if _NOTHING.search(what):
        return bool(_NOTHING.search(outcome.text))
    return outcome_key(what) <= outcome_key(outcome.text)


def softened(rules: list[Rule], favoured: Rule, what: str) -> bool:
    """Except those whom `favoured` names from every rule that gives `what`; whether one does."""
    given = [
        part
        for top in rules
        for part in top.walk()
        if part.outcome is not None and gives(part.outcome, what)
    ]
    for part in given:
        part.exceptions.append(favoured)
    return bool(given)
