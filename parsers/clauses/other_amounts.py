"""Another amount for a kind: '8 euros, or 5 euros for residents', 'Students pay 5 euros.'

In: a clause, or a clause and the one before it. Out: the exceptions that the clause ends with, or
whether the clause says for some what the one before it says for all.
"""

from __future__ import annotations

import re

from parsers.clauses.structure import Clause, Except, Piece
from parsers.conditions.people import ACTORS, ROLES
from parsers.language import article, singular
from parsers.workflows.rules import outcome_key

_AMOUNT = (
    r"(?:(?:[€£$]\s?)?\d[\d.,]*(?:\s?%|\s(?!for\b)[a-z]+)?(?: (?:an?|per) [a-z]+)?|"
    r"half(?: price| of (?:it|that))?|nothing|none|(?:is |are )?free(?: of charge)?)"
)
_PEOPLE = (
    "|".join([f"{who}s" for who in [*ACTORS, *sorted(ROLES)]])
    + "|children|pensioners|seniors|locals|retirees|families|staff"
)
_KIND = (
    r"(?!(?:the|this|that|these|those|each|every|all|it|them|up|more|less|one)\b)[a-z]"
    r"(?:(?! and (?:nothing|half|free)\b)[^,;:()\d]){2,50}?"
)
_ALSO = re.compile(
    rf"(?:,?\s+(?P<or>or|but)\s+(?:only |just )?|(?P<and>,?\s+and\s+)(?:only |just )?|"
    rf",\s+(?:only |just )?)(?P<what>{_AMOUNT}) for (?P<who>{_KIND})$",
    re.IGNORECASE,
)
_ANYONE = re.compile(rf"(?:[\w-]+ ){{0,3}}(?:{_PEOPLE})\b|an? ", re.IGNORECASE)
_LIMIT = re.compile(r"\b(?:within|later than|after|before|between|more than|at least)\b[^,;]*$")
"""'within 30 days, or 60 days for members' is a limit, read as one."""
_PAY = re.compile(
    rf"(?P<who>(?:[\w-]+ ){{0,2}}(?:{_PEOPLE})) (?P<does>(?:only )?(?:pay|get|receive|have|need)"
    rf" (?:only |just )?{_AMOUNT})$",
    re.IGNORECASE,
)
_LIGHT = {"pay", "get", "receive", "have", "need", "cost", "charge", "take", "it", "they", "only",
          "just", "can", "may", "instead"}  # fmt: skip
_AFTER = re.compile(r"(?:after|beyond|past|later|earlier|before)(?: than)? (?:that|this)\b", re.I)
_FOR_LATER = re.compile(r"\b(?:notice|warning|deadline|asks? for|period)\b", re.IGNORECASE)
"""'We ask for 48 hours' notice' is a limit that the rules behind it turn on."""
_PRICE = re.compile(r"[€£$%]|\b(?:euro|dollar|pound|franc|crown|percent)", re.IGNORECASE)
_NUMBER = re.compile(r"\d[\d.,]*|half|nothing|free|none")


def other_amounts(clause: Clause, start: int, end: int) -> int:
    """Take the amounts for kinds that a clause ends with as exceptions; where it ends then."""
    found: list[Except] = []
    while told := _ALSO.search(clause.text, start, end):
        before = clause.text[start : told.start()]
        if not re.search(r"\d", before) or _LIMIT.search(before):
            break
        if not told["or"] and not _ANYONE.match(told["who"]):
            break
        found.insert(0, Except(people(clause, *told.span("who")), told.span("what")))
        end = told.start()
    clause.exceptions += found
    return end


def one_of(said: str) -> str:
    """'members' as 'a member': a kind that a sentence names by itself."""
    return said if " " in said else f"{article(one := singular(said.lower()))} {one}"


def people(clause: Clause, start: int, end: int) -> Piece:
    """Whom another amount is for; 'members' alone would otherwise be everyone."""
    alone = singular(clause.text[start:end].lower()) in {*ACTORS, *ROLES}
    return Piece(start, end, "person" if alone else "phrase")


def other_for(clause: Clause, before: Clause | None) -> bool:
    """Whether a clause says for some another amount of what the one before it says for all.

    'The fee is 15 euros. For members it is 10 euros.' The clause is then an exception to it.
    """
    if before is None or before.outcome is None or clause.outcome is None:
        return False
    again = before.another
    if any(it.router or it.scope for it in (before, clause)) or clause.exceptions:
        return False
    if clause.connective or ((before.connective or before.pieces) and not again):
        return False
    who = _PAY.match(clause.text[clause.outcome[0] : clause.outcome[1]])
    if not clause.pieces and not who:
        return False
    usual, own = before.said(before.outcome), clause.said(clause.outcome)
    if not clause.pieces and who:
        own = who["does"]
    if not (_NUMBER.search(usual) and _NUMBER.search(own)) or _AFTER.match(clause.text):
        return False
    if _FOR_LATER.search(usual):
        return False
    if not re.search(r"\d", own) and not _PRICE.search(usual):
        return False
    if not outcome_key(_NUMBER.sub("", own)) <= outcome_key(usual) | _LIGHT:
        return False
    if _NUMBER.findall(usual) == _NUMBER.findall(own):
        return False
    if not clause.pieces and who:
        first, last = (place + clause.outcome[0] for place in who.span("who"))
        clause.pieces.append(people(clause, first, last))
        clause.outcome = (clause.outcome[0] + who.start("does"), clause.outcome[1])
    clause.connective, clause.another = "override" if again else "exception", True
    return True
