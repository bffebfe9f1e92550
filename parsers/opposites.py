"""Words that deny each other, and clauses that only make sense with the one before them.

In: a clause. Out: the poles it names ('broken' against 'intact'), or how it refers to the condition
before it: 'it does not' denies it, 'it is younger' denies the comparison in it.
"""

from __future__ import annotations

import re

_PAIRS = (
    (r"missing|absent|lost",
     r"at hand|there|present|attached|available|enclosed|in order|complete"),
    (r"broken|damaged|torn|faulty|defective", r"intact|whole|undamaged|in one piece"),
    (r"(?:is|was|been) broken", r"(?:is|was|been) kept"),
    (r"open|opened", r"closed|shut|sealed|intact"),
    (r"on", r"off|past|over|through|out of|beyond"),
    (r"inside|within|in|at|during", r"outside(?: of)?|out of|away from|beyond"),
    (r"before", r"after"),
    (r"above|over", r"below|under"),
    (r"down", r"up"),
    (r"at night|by night", r"by day|during the day"),
    (r"early|on time|in time|punctual", r"late"),
    (r"(?:is|are) (?:still )?(?:running|going on|valid)",
     r"(?:has|have) (?:ended|expired|run out)|is over"),
    (r"works?|(?:is|are) working", r"(?:has|have) failed|fails?|(?:is|are) out of order"),
    (r"full", r"empty"),
    (r"high", r"low"),
    (r"alive", r"dead"),
    (r"alone", r"accompanied|with (?:an? )?\w+"),
    (r"(?:comes?|came) from us", r"(?:comes?|came) from (?:another|other|some) [\w ]+"),
)  # fmt: skip
PAIRS = tuple(
    (re.compile(rf"\b(?:still |already )?(?:{one})\b", re.IGNORECASE),
     re.compile(rf"\b(?:still |already )?(?:{other})\b", re.IGNORECASE))
    for one, other in _PAIRS
)  # fmt: skip
_COMPLEMENTS = {
    frozenset(pair.split("/"))
    for pair in (
        "big/small large/small long/short new/used new/old indoor/outdoor domestic/international "
        "internal/external public/private full-time/part-time temporary/permanent major/minor"
    ).split()
}
"""Kinds that leave no third between them."""
_ECHO = re.compile(
    r"(?:but )?(?:it|they|there|he|she|this|that|these|you|we|one|(?:the|any|an?) [\w-]+)\s"
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|may)"
    r"(?P<no>\s?not|n?['’]t)?(?: so| the case| yet| either)?",
    re.IGNORECASE,
)
_HAS_NONE = re.compile(
    r"(?:but )?(?:there (?:is|are|was|were)|(?:it|they|he|she|you|we|(?:the|any|an?) [\w-]+) "
    r"(?:has|have|had|shows?|brings?|sends?|gives?|makes?)) (?P<none>none|one)|"
    r"(?P<no>none) (?:is|are|was|were|has been|have been|can be) [a-z]+",
    re.IGNORECASE,
)
"""'If there is none', behind 'if there is a letter'."""
_COMPARED = re.compile(
    r"\b(?:less|more|fewer|longer|shorter|older|younger|newer|higher|lower|heavier|lighter|bigger|"
    r"larger|smaller|cheaper|dearer|taller|wider|later|earlier|sooner)(?: than (?:that|this))?$",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\b(?:elsewhere|somewhere else|anywhere else|earlier|sooner|later|before that|after that|"
    r"(?:in )?(?:some |any |an)other way)$",
    re.IGNORECASE,
)


def complements(*kinds: str) -> bool:
    """Whether two kinds are all there are of a thing: 'small' and 'big'."""
    return frozenset(kind.lower() for kind in kinds) in _COMPLEMENTS


def echo(text: str) -> bool | None:
    """Whether a clause only affirms (True) or denies (False) what was said before; else None."""
    if has := _HAS_NONE.fullmatch(text.strip()):
        return (has["none"] or has["no"]).lower() == "one"
    match = _ECHO.fullmatch(text.strip())
    return None if match is None else not match["no"]


def compared(text: str) -> bool:
    """'it cost less', 'the bill is younger': a comparison with what was said before."""
    measured = re.search(r"\d|\bor \w+$", text.strip())  # 'two orders or more'
    return bool(_COMPARED.search(text.strip())) and not measured


def elsewhere(text: str) -> bool:
    """'they sit elsewhere', 'the client asks earlier': the other side of a place or time."""
    return bool(_ELSEWHERE.search(text.strip()))
