"""What a sentence of a step is by its words: an order or a remark, a case, an end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsers.clauses.analysis import analyse_clause
from parsers.clauses.structure import Clause
from parsers.periods import PERIOD
from parsers.steps import GO, Act

CASE = re.compile(
    r"(?:(?:and|but|then|only|next),?\s+)*(?:if|when|whenever|where|should|unless|once|after|"
    r"as soon as|in case|provided|for|with|without|in all|in any|all other|any other|otherwise|"
    rf"else|until)\b|{PERIOD.pattern}",
    re.IGNORECASE,
)
END = re.compile(
    r"\b(?:stop|that(?: is|['’]s) all|(?:are|is) (?:done|finished|complete|over)|nothing "
    r"(?:more|else|further)|no (?:further|more) (?:steps?|actions?)|not facing|hang up|"
    r"(?:close|end|finish|conclude|resolve|complete) (?:the|this|that|your|it)\s?(?:\w+ )?(?:ticket"
    r"|case|call|incident|claim|request|chat|conversation|check|flow|procedure|process|visit)?\b|"
    r"escalate|transfer|hand (?:\w+ ){1,3}over|the end(?! of\b)|"
    r"(?:leave|keep|put) (?:the|this|that|your|it)\s?(?:\w+ )?(?:open|pending|on hold))\b",
    re.IGNORECASE,
)
ASKS = re.compile(
    r"\b(?:ask|check|verify|confirm|see|find out|determine|establish|test|make sure|ensure|find|"
    r"look|clarify|examine)\b[^.]*?\b(?:if|whether|that)\s+(?P<what>.+)",
    re.IGNORECASE,
)
_PART = re.compile(
    r";\s+(?:and |but )?|,?\s+(?=(?:and |or |but )?otherwise\b,?\s)|"
    r",\s+(?:and |but )?(?=if (?:not|so|yes|no)\b)"
)
_HELPED = re.compile(
    r"(?:please |then |also |first |now |next |and )*(?:(?:ask|tell|instruct|get|guide|advise|"
    r"request) (?:(?!to\b|if\b|whether\b|for\b)[\w']+ ){1,4}to |(?:have|let|help) (?:(?:the|your|"
    r"this) )?\w+ )(?:try (?:and|to) )?(?=[a-z])",
    re.IGNORECASE,
)
INQUIRE = set(
    "ask check look verify see confirm find measure compare test run rerun print try search "
    "examine inspect review determine identify listen read observe wait note record establish "
    "clarify tell inform explain write".split()
)
OFFER = {"offer", "propose", "suggest", "recommend", "invite", "request"}
_REPAIR = set(
    "restart reboot replace reset reinstall install turn switch plug clean open remove insert "
    "reinsert re change set enable disable renew delete clear toggle connect disconnect reconnect "
    "update upgrade adjust tighten loosen empty refill pull push press unplug reseat attach detach "
    "warm cool repair fix start".split()
)
_PAIRED = re.compile(r"[\w-]+,? (?:and|or)\b", re.IGNORECASE)


def analysed(said: str) -> Clause:
    """A sentence's analysis; behind a comma, an order is what is done, not part of the case.

    'if the disk is 95 % full, delete old logs', 'if it is red, repeat step 1'.
    """
    clause = analyse_clause(said)
    for piece in clause.pieces if CASE.match(said) else ():
        for comma in re.finditer(r",\s+(?:then )?", said[piece.start : piece.end]):
            cut, behind = piece.start + comma.start(), piece.start + comma.end()
            orders = kind_of_act(said[behind:]) != "state" and not _PAIRED.match(said, behind)
            if GO.match(said, behind) or orders:
                clause = analyse_clause(said[:cut] + ":")
                clause.text, clause.outcome = said, (behind, len(said))
                return clause
    return clause


def parts_of(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence's parts that may be cases of their own."""
    position = start
    for match in _PART.finditer(text, start, end):
        if match.start() > position:
            yield position, match.start()
            position = match.end()
    yield position, end


def bare_order(said: str) -> str:
    """What is to be done, without whom to ask for it: 'Ask the user to restart' -> 'restart'."""
    return _HELPED.sub("", said, count=1)


def kind_of_act(said: str) -> str:
    """'ask' for what only finds out, 'do' for what is done, 'state' for what is merely so."""
    bare = bare_order(said)
    verb = first_verb(bare)
    if verb in INQUIRE or re.search(r"\b(?:again|once more)\b", bare) or (
        re.match(r"(?:do not|don['’]t|never)\b", bare, re.IGNORECASE)
    ):  # fmt: skip
        return "ask"
    if verb in _REPAIR or bare != said or analyse_clause(said).imperative:
        return "do"
    return "ask" if said.endswith("?") else "state"


def first_verb(said: str) -> str:
    """The word that says what is to be done, in lower case."""
    match = re.match(r"(?:(?:please|then|also|first|now|next|and|to|just|simply|once) )*([\w-]+)",
                     said, re.IGNORECASE)  # fmt: skip
    return re.split("-", match[1].lower())[0] if match else ""


def continues(act: Act) -> bool:
    """Whether the flow goes on behind an act: a repair or a question, no disposal."""
    verb = first_verb(bare_order(act.outcome.text))
    return verb in INQUIRE or verb in _REPAIR or act.kind == "ask"
