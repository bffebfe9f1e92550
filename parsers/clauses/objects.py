"""Objects that are circumstances: 'Refuse any claim that comes late'.

In: an imperative main clause without a circumstance. Out: the words of its object that say which
cases are meant, and where what is done ends.
"""

from __future__ import annotations

import re

from parsers.clauses.structure import Clause, Piece
from parsers.clauses.verbs import is_imperative
from parsers.language import tokens_of
from parsers.restrictions import restriction

_RELATIVE = re.compile(r"\b(?:who|whom|whose|that|which)\b", re.IGNORECASE)


def restricted_object(clause: Clause, start: int, end: int) -> int:
    """'Refuse any claim that comes late' as a circumstance; where what is done ends."""
    text = clause.text
    if clause.pieces or clause.connective or not _RELATIVE.search(text, start, end):
        return end
    if not is_imperative(tokens_of(text[start:end])):
        return end
    told = restriction(text, start, end)
    if told is None or told.subject or told.words != told.cut or not _takes_all(text, told.cut):
        return end
    first, last = told.words
    if text[last:end].strip(" ,") or not text[start:first].strip():
        return end
    clause.pieces.append(Piece(first, last, "phrase"))
    return first


def _takes_all(text: str, where: tuple[int, int]) -> bool:
    """Whether the object is any of its kind that is such: 'any claim that', not 'the claim that'.

    Without a relative clause what is narrowed down may be the thing itself: 'a letter of apology'.
    """
    said = text[slice(*where)]
    return bool(_RELATIVE.search(said)) and not re.match(r"(?:all )?(?:the|this|that)\b", said)
