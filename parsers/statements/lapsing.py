"""Stretches of time that end: 'Refunds are paid within 14 days. After that, …', 'Until then, …'.

In: a clause that opens so, and the rules before it. Out: whether it is what is done otherwise than
within the stretch that the rules before it name; and that stretch, as a circumstance.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from parsers.atoms import Atom
from parsers.clauses.structure import Clause, Piece
from parsers.conditions.units import TIME, unit_noun
from parsers.periods import RUN_OUT
from parsers.spec import Comparison, atoms
from parsers.workflows.rules import Rule

AFTER_THAT = re.compile(
    r"(?:after|beyond|past|later than) (?:that|this)"
    r"(?: (?:point|time|date|period|limit|window|deadline))?,?\s+|"
    rf"(?:once|when|after|as soon as) {RUN_OUT},?\s+",
    re.IGNORECASE,
)
_UNTIL_THEN = re.compile(r"(?:until|till|before|up to) then,? (?=[a-z])", re.IGNORECASE)
_STRETCH = re.compile(
    r"\s(?:within|up to|until|(?:for|in|during) the first|(?:no|not) later than)"
    r"(?: and including)? [^,;.:]*?\b(?:minute|hour|day|week|month|year)s?"
    r"(?: (?:of|after|before|from|since|following) [^,;:.]+)?$",
    re.IGNORECASE,
)


def bounded(clause: Clause) -> None:
    """Make a stretch of time that ends what a clause says a circumstance of it."""
    if clause.pieces or clause.connective or clause.outcome is None:
        return
    start, end = clause.outcome
    if told := _STRETCH.search(clause.text[:end].rstrip(" .;"), start):
        clause.pieces.append(Piece(told.start() + 1, told.end(), "phrase", trailing=True))
        clause.outcome = (start, told.start())


def lapse(clause: Clause, rules: Sequence[Rule], known: Mapping[str, Atom]) -> bool:
    """Make 'after that, …' and 'until then, …' what is done otherwise; whether they were.

    Args:
        known: the circumstances of the rules.
    """
    last = rules[-1] if rules else None
    match = AFTER_THAT.match(clause.text) or _UNTIL_THEN.match(clause.text)
    if match is None or last is None or clause.connective or clause.outcome is None:
        return False
    inner = [piece for piece in clause.pieces if piece.start >= match.end()]
    later = match.re is _UNTIL_THEN or (last.text and re.search(r"\bbefore\b", last.text))
    ops = (
        {">", ">="} if match.re is _UNTIL_THEN else {"<", "<="} | ({">", ">="} if later else set())
    )
    if not _timed(last, ops, known) or any(not piece.trailing for piece in inner):
        return False
    clause.connective, clause.pieces = "otherwise", inner
    clause.outcome = (match.end(), clause.outcome[1])
    return True


def _timed(rule: Rule, ops: set[str], known: Mapping[str, Atom]) -> bool:
    """Whether a rule hangs on a time that is so compared."""
    return rule.condition is not None and any(
        isinstance(part, Comparison)
        and part.op in ops
        and unit_noun(known[part.variable].unit) in {*TIME, "month", "year"}
        for part in atoms(rule.condition)
    )
