"""What 'yes', 'no', 'if it is' and 'if it isn't' stand for behind a question.

In: a sentence that may ask ('Is it open?', 'Check whether it is open.'), and the clauses behind it.
Out: the question's clause; and for a clause that answers, that it is the case asked about or the
rest of it, in whichever order yes and no come.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers.clauses.structure import Clause, Connective
from parsers.conditions.logic import negate
from parsers.conditions.rewording import negate_clause
from parsers.spec import Condition, Not
from parsers.workflows.rules import Rule

_YES_NO = re.compile(
    r"(?:is|are|was|were|has|have|had|does|do|did|can|will|should)\b.*\?", re.IGNORECASE
)
_WHETHER = re.compile(
    r"(?:first,? |then,? |next,? |now,? )?(?:please )?(?:check|see|look|ask(?: them| (?:the|an?) "
    r"\w+)?|find out|verify|determine|establish|confirm|make sure) (?:first )?(?:whether|if) "
    r"(?P<clause>[^,;:]+?)[.]?",
    re.IGNORECASE,
)
_IT = r"(?:but )?if (?:it|they|he|she) (?:is|are|was|were|does|do|did|has|have)"
_IT_IS = re.compile(rf"{_IT},", re.IGNORECASE)
_IT_IS_NOT = re.compile(rf"{_IT}(?: not|n['’]t),", re.IGNORECASE)
_NO = re.compile(r"(?:(?:if )?no|if not)\b[,:]", re.IGNORECASE)
_YES = re.compile(r"(?:if )?(?:yes|so)\b[,:]", re.IGNORECASE)

Asked = tuple[Condition, str]
"""What was asked, as a condition and in words."""


def asks(sentence: str) -> bool:
    """Whether a sentence is a question that yes or no answers."""
    return _YES_NO.fullmatch(sentence) is not None


def whether(sentence: str) -> str:
    """The clause of 'Check whether it is open.', or ''."""
    told = _WHETHER.fullmatch(sentence)
    return told["clause"] if told else ""


def denies_back(head: Clause, rules: Sequence[Rule]) -> bool:
    """'If it is not open, … If it is, …': whether a clause affirms what was denied last."""
    denied = bool(rules) and isinstance(rules[-1].condition, Not)
    return denied and head.connective == "that case" and _IT_IS.match(head.text) is not None


class Replies:
    """The answers to a question so far."""

    def __init__(self) -> None:
        self._denied = self._affirmed = False

    def take(self, head: Clause, asked: Asked | None) -> Asked | None:
        """Make a clause that answers the case, or the rest of it.

        Args:
            asked: what the sentence before asked, if it did.

        Returns:
            What 'that case' is.
        """
        isnt = _IT_IS_NOT.match(head.text) is not None
        denial = negate(asked[0]) if asked and (_NO.match(head.text) or isnt) else None
        if asked is not None and denial is not None:
            self._denied = True
            _answer(head, "that case")
            return denial, negate_clause(asked[1])
        if asked is not None and head.connective == "that case":
            self._affirmed = True
        elif self._affirmed and isnt:
            _answer(head, "otherwise")
        elif self._denied and (_YES.match(head.text) or _IT_IS.match(head.text)):
            head.connective = "otherwise"
        return asked


def _answer(head: Clause, connective: Connective) -> None:
    """Its opening is an answer and no circumstance; what stands behind it may be one."""
    head.connective = connective
    head.pieces = [piece for piece in head.pieces if piece.trailing]
