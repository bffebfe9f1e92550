"""Rules on outcomes: 'where anyone else would get nothing, a member gets half'.

In: a sentence, and the rules it speaks of. Out: what others get, whom the sentence favours, and
those rules with an exception for them wherever they give what others get. So too 'wherever the
table says to refund it and the price is under 9 euros, give a voucher instead'.
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
_SHARE = re.compile(r"\b(?:half|whole|full|all|double|twice|quarter|third|most|part)\b", re.I)
_RULES = r"(?:table|rows?|chart|grid|list|steps?|rules?|result|outcome|answer)"
_SAYS = (
    r"(?:says?|tells? (?:us|you)|gives?|shows?|provides? for|leads? to|calls? for|would be|is|are)"
)
_WHEREVER = re.compile(
    rf"(?:wherever|whenever|where|when|if) (?:the|this|that|these|those|any) {_RULES}"
    rf"(?: (?:above|below|here))? {_SAYS} (?:to )?(?P<what>[^,;:]+?),? (?:and|but) "
    r"(?P<case>[^,;:]+), (?=\S)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Softening:
    """What others get, in which case if it is told, and where the rest of the sentence begins.

    Where no case is told, the rest says whom it favours.
    """

    what: str
    rest: int
    case: tuple[int, int] | None = None


def softening(text: str) -> Softening | None:
    if told := _WHEREVER.match(text):
        return Softening(told["what"], told.end(), told.span("case"))
    match = _SOFTENS.search(text)
    return Softening(match["what"], match.end()) if match is not None else None


def gives(outcome: Outcome, what: str) -> bool:
    """Whether an outcome is what others get."""
    if _NOTHING.search(what):
        return bool(_NOTHING.search(outcome.text))
    shares = [{*map(str.lower, _SHARE.findall(text))} for text in (what, outcome.text)]
    return outcome_key(what) <= outcome_key(outcome.text) and shares[0] <= shares[1]


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
