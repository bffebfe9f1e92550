"""Clauses that open with a conjunction of circumstance and name none.

In: the tokens of a 'while' clause, or the conjunction that opens any other. Out: whether it only
concedes ('While changes are discouraged, they are possible'), or says what a judgement, a question
or a purpose is about ('it is best if you ask', 'what to do if it fails', 'so they know when …').
"""

from __future__ import annotations

from collections.abc import Sequence

from spacy.tokens import Token

from parsers.language import is_finite

_JUDGED = {"best", "better", "good", "nice", "great", "ideal", "helpful", "useful", "preferable",
           "desirable", "advisable", "wise", "appreciated", "preferred", "welcome"}  # fmt: skip
_STANCE = {"discourage", "encourage", "recommend", "prefer", "appreciate", "understand",
           "recognise", "recognize", "acknowledge", "realize", "believe", "think", "value", "seem",
           "appear", "want", "hope", "strive", "aim", "try", "expect", "possible", "important",
           "necessary", "ideal", "true", "common", "easy", "difficult", "rare"}  # fmt: skip
_POSSIBLY = {"can", "may", "might", "could", "would", "should", "must"}


def concedes(clause: Sequence[Token]) -> bool:
    """Whether a 'while' clause grants something rather than lasts: denied, possible, or judged."""
    verbs = [t for t in clause if is_finite(t)]
    if not verbs:
        return False
    owner = verbs[0].head if verbs[0].dep_ in {"aux", "auxpass"} else verbs[0]
    told = (owner, *owner.children)
    return (
        any(t.dep_ == "neg" or (t.dep_ == "aux" and t.lower_ in {"do", "does"}) for t in told)
        or verbs[0].lower_ in _POSSIBLY
        or any(t.lemma_.lower() in _STANCE or t.lower_ in _STANCE for t in told)
    )


def beside(opener: Token, word: str) -> bool:
    """Whether the clause that a conjunction opens belongs to a judgement, question or purpose."""
    verb = opener.head.head
    if opener.head.dep_ != "advcl" or word not in {"if", "when", "whenever", "once"}:
        return False
    expletive = any(t.lower_ == "it" for t in verb.lefts)
    if expletive and any(t.lower_ in _JUDGED for t in (verb, *verb.rights)):
        return True
    owners = (verb, *verb.ancestors)
    for owner in owners:
        if owner.dep_ == "ROOT":
            return False
        if owner.dep_ == "pcomp" and owner.head.lower_ == "by":
            return True
        lefts = [t.lower_ for t in owner.lefts if t.i < opener.i]
        asked = any(t.tag_ in {"WP", "WRB", "WDT"} and t.i < opener.i for t in owner.lefts)
        if asked and "to" in lefts:
            return True
        purpose = any(t.lower_ == "that" and t.i and t.nbor(-1).lower_ == "so" for t in owner.lefts)
        if owner.dep_ == "advcl" and purpose:
            return True
    return False
