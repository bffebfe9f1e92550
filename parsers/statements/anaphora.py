"""Whether a sentence cannot stand without the statement before it."""

from __future__ import annotations

import re

from parsers.clauses.analysis import AGENT
from parsers.clauses.structure import Clause
from parsers.statements.drafts import Draft
from parsers.workflows.rules import Rule, outcome_key

ANAPHOR = re.compile(r"\b(?:them|it|they|those|these|this|that|him|her|such|then)\b", re.I)
_DIRECTIVE = re.compile(
    r"\b(?:must|should|shall|need to|needs to|has to|have to|never|always|do not|don['’]t|"
    r"must not|may not|are required to|is to be|are to be|is not allowed|"
    r"are not allowed|no \w+ (?:may|should|must))\b",
    re.IGNORECASE,
)
_POINTS = re.compile(r"(?:please )?(?:see|refer to|visit|consult|read)\b", re.IGNORECASE)
_OF_ITS_OWN = re.compile(
    r"(?:in particular|so|also|in addition|additionally|furthermore|finally)\b", re.IGNORECASE
)


def depends(head: Clause, last: Draft, previous: Clause | None) -> bool:
    """Whether a sentence cannot stand without the statement before it."""
    if head.connective in {"that case", "exception", "same"}:
        return bool(last.rules) or head.connective == "same"
    rule = last.rules[-1] if last.rules else None
    if head.connective == "override" and not head.pieces and head.outcome is None:
        return rule is not None and rule.outcome is not None  # 'Nothing below changes that.'
    if rule is None or _OF_ITS_OWN.match(head.text) or _POINTS.match(head.text):
        return False
    if rule.connective == "override" and rule.outcome is None and not rule.children:
        return not head.pieces and not head.connective and head.outcome is not None
    open_exception = bool(rule.exceptions) and rule.exceptions[-1].outcome is None
    if open_exception and _follows_exception(head, rule.exceptions[-1]):
        return True
    said = head.said(head.outcome) if head.outcome else ""
    if open_exception and not head.pieces and ANAPHOR.search(said):
        return True
    if open_exception and head.pieces and re.search(r"\bthen\b", said):
        return True
    unconditional = not head.pieces and not head.connective
    if unconditional and head.imperative and rule.condition is not None:
        if re.match(r"(?:do not|don['’]t|never|always)\b", said, re.IGNORECASE):
            return bool(re.search(r"\b(?:them|it|those \w+|these \w+)\b", said))
        instructed = (
            previous is not None
            and previous.outcome is not None
            and (
                previous.imperative
                or (
                    bool(AGENT.match(previous.said(previous.outcome)))
                    and bool(_DIRECTIVE.search(previous.said(previous.outcome)))
                )
            )
        )
        declared = not instructed
        return declared or bool(re.search(r"\b(?:them|those \w+|these \w+)\b", said))
    return False


def _follows_exception(head: Clause, exception: Rule) -> bool:
    """Whether a sentence says what is done in the case just excepted: it is 'that case'."""
    about = outcome_key(exception.text)
    told = (
        bool(head.pieces)
        and len(head.pieces) == 1
        and not head.exceptions
        and (outcome_key(head.said(head.pieces[0])) <= about)
    )
    said = head.said(head.outcome) if head.outcome else ""
    so = bool(re.search(r",\s+so\s+\w", said))
    plain = not head.pieces and not head.connective and bool(said)
    forbids = re.match(r"(?:do not|don['’]t|never|always)\b", said, re.IGNORECASE)
    again = head.imperative and not forbids and bool(outcome_key(said) & about)
    theirs = re.match(r"(?:its|their|his|her)\b", said, re.IGNORECASE)
    if told or (plain and (head.then or so or again or theirs)):
        head.connective, head.pieces = "that case", []
        return True
    return False
