"""Cells that say what is done, and for whom something else: 'Refuse it, except for guests: …'.

In: a cell of the last column of a table of cases. Out: what is done, and its exceptions, each with
what is done then ('Charge 9 euros, unless it rains: then nothing', '9 euros (4 for children)',
'9 euros if it is wet, otherwise nothing'). A cell that says 'if' without telling what is done
otherwise stays whole, and is told by a diagnostic.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from parsers.blocks import Prose
from parsers.clauses.analysis import analyse_clause
from parsers.clauses.structure import Range
from parsers.conditions.people import PEOPLE
from parsers.language import singular
from parsers.spec import Outcome
from parsers.statements.drafts import Draft
from parsers.statements.folding import Folder
from parsers.workflows.rules import Rule

_IF = r"(?P<word>if|when|where|for|to)"
# '9 euros (4 euros for children)'
_ASIDE = re.compile(rf"(?P<usual>[^()]+?) \((?P<other>[^()]+?) {_IF} (?P<case>[^()]+)\)\W*")
# 'Send a voucher, or a refund if it cost more than 50 euros'
_OR = re.compile(
    rf"(?P<usual>[^,;()]+)[,;] (?:or|but) (?P<other>[^,;()]+?) {_IF} (?P<case>[^;()]+)"
)
# 'Nothing for members, otherwise 9 euros'
_ELSE = re.compile(
    rf"(?P<other>[^,;()]+?) {_IF} (?P<case>[^,;()]+)[,;] (?:otherwise|if not|else),? "
    r"(?P<usual>[^,;()]+)"
)


@dataclass(frozen=True)
class Told:
    """Where a cell says what is done, in which case something else, and what."""

    usual: Range
    other: Range
    case: Range
    clause: bool


def told_apart(text: str) -> Told | None:
    """What 'Nothing for members, otherwise 9 euros' tells; None for a cell that is of one piece."""
    for pattern in (_ELSE, _OR, _ASIDE):
        match = pattern.fullmatch(text)
        if match is None:
            continue
        clause = match["word"] in {"if", "when", "where"}
        if clause or singular(match["case"].split()[-1].lower().strip(".")) in PEOPLE:
            return Told(match.span("usual"), match.span("other"), match.span("case"), clause)
    return None


class Cells(Folder):
    """Folds what cells say is done."""

    def done(self, draft: Draft, cell: Prose) -> tuple[Outcome, list[Rule]]:
        """What a cell says is done, and the exceptions to it."""
        whole = Outcome(text=cell.text.strip(" ."), span=cell.span(0, len(cell.text.rstrip(" ."))))
        said = cell.text.rstrip(" .")
        offset = draft.prose.offsets.index(cell.offsets[0]) if cell.offsets else -1
        if offset < 0 or not draft.prose.text.startswith(said, offset):
            return whole, []
        if told := told_apart(said):
            found = self._apart(draft, told, offset)
        else:
            found = self._but(draft, said, offset)
        return found or (whole, [])

    def _apart(self, draft: Draft, told: Told, offset: int) -> tuple[Outcome, list[Rule]] | None:
        usual, other = (self.outcome_of(draft, where, offset) for where in (told.usual, told.other))
        start, end = (place + offset for place in told.case)
        text = draft.prose.text[start:end]
        read = self.lexicon.clause if told.clause else self.lexicon.phrase
        condition = read(text)
        if usual is None or other is None or condition is None:
            return None
        rule = Rule(draft.index, condition, text, other)
        draft.exceptions.append((condition, draft.prose.span(start, end), rule))
        return usual, [rule]

    def _but(self, draft: Draft, said: str, offset: int) -> tuple[Outcome, list[Rule]] | None:
        """'Refuse it, unless …, in which case …', where each exception says what is done."""
        clause = analyse_clause(said)
        usual = self.outcome_of(draft, clause.outcome, offset)
        told = clause.exceptions and all(item.outcome for item in clause.exceptions)
        if usual is None or not told or clause.pieces or clause.fallback:
            return None
        kept = list(draft.exceptions)
        found = self._exceptions(draft, clause, offset)
        if len(found) < len(clause.exceptions) or any(rule.outcome is None for rule in found):
            draft.exceptions = kept
            return None
        return usual, found
