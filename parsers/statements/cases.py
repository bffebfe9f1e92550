"""The sentences of a block, and which of them open a case or lead to cases.

A case has a circumstance or takes what is left. What leads to cases is a question, a router ('The
fee depends on the vehicle:') or an inquiry ('Look at the label.') that the next sentences answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from parsers.blocks import Block
from parsers.clauses.analysis import analyse_clause
from parsers.clauses.structure import Clause, Range
from parsers.conditions.people import ACTORS
from parsers.language import is_finite, sentences, tokens_of
from parsers.leads import asks, fetches, recorded
from parsers.overrides import EXCEPTION_TO
from parsers.workflows.rules import Rule, outcome_key

_SEMICOLON = re.compile(
    r";\s+|,\s+(?:and|but)\s+(?=(?:if|when|unless)\b)|"
    r",\s+(?:and|but)\s+(?=in (?:all|any|every) (?:the )?other cases?\b)|"
    r"(?<!\band)(?<!\bor)(?<!\bbut),?\s+(?=(?:and |or |but )?otherwise\b,?\s)|"
    r",\s+(?=(?:in that case|if not|if so),)"
)
_AND = re.compile(r",\s+(?:and|but)\s+(?!(?:if|when|unless)\b)")
_IF = re.compile(r"\s(?:if|when|where|unless)\s")
_COLON = re.compile(r":\s+(?=[a-z])")
# 'send it to the office for guests who …, and refuse it for everyone else'
_AND_ELSE = re.compile(
    r",?\s+and\s+(?=[^,;:]{3,80} (?:for|to|from) (?:(?:every|any)(?:one|body|thing) else|"
    r"(?:all )?(?:the )?others?)\s*[.!]?$)",
    re.IGNORECASE,
)
MOST_CUTS = 8
"""At so many of a sentence's colons, and of its 'and's, cases or an instruction are looked for:
each time, all that follows is analysed."""
LEAD_DIRECTIVE = re.compile(
    r"\b(?:must|should|shall|need to|have to|do not|don['’]t|never|always|required to|"
    r"follow these|as follows|these steps|steps)\b.*:\s*$|"
    r"^(?:steps?|do|don['’]ts?|always|never)\s*:",
    re.IGNORECASE,
)
KIND = re.compile(r"(?!if|when|where|for )[^:.;,]{2,70}:\s+\S|[^:.;,]{2,70}:\s+\S", re.IGNORECASE)


def ranges_of(text: str) -> list[Range]:
    """The sentences' ranges; a label such as 'Scope.' belongs to the sentence it opens."""
    result: list[Range] = []
    label: int | None = None
    for start, end in sentences(text):
        if len(text[start:end].split()) <= 2 and text[start:end].endswith((".", ":")) and (
            end < len(text.rstrip()) and not behaves(text[start:end])
            and not re.match(r"(?:nothing|none|free|no|yes|full|half)\b", text[start:end], re.I)
        ):  # fmt: skip
            label = start if label is None else label
            continue
        result.append((start if label is None else label, end))
        label = None
    return result or [(0, len(text))]


def segments(text: str, start: int, end: int) -> list[Range]:
    """A sentence's parts between semicolons, and behind a colon that leads to cases."""
    result, position = [], start
    colons = islice(_COLON.finditer(text, start, end), MOST_CUTS)
    cuts = [*_SEMICOLON.finditer(text, start, end), *colons]
    cuts += (
        m
        for m in islice(_AND.finditer(text, start, end), MOST_CUTS)
        if _each_has_a_case(text[start : m.start()], text[m.end() : end])
    )
    if (other := _AND_ELSE.search(text, start, end)) and _deals(text[start : other.start()]):
        cuts.append(other)
    for match in sorted(cuts, key=lambda match: match.start()):
        if text[match.start()] == ":":
            if EXCEPTION_TO.match(text, position):
                continue
            head = analyse_clause(text[position : match.start()])
            case = analyse_clause(text[match.end() : end])
            lifts = head.connective == "override" and head.outcome is None
            told = (head.router or head.inquiry or lifts) and is_case(case)
            if not told and not _remarks(head, case):
                continue
        if match.start() > position:
            result.append((position, match.start()))
            position = match.end()
    return [*result, (position, end)]


def _deals(said: str) -> bool:
    """Whether what stands before 'and … for everyone else' is done for some only."""
    clause = analyse_clause(said)
    return any(piece.trailing for piece in clause.pieces)


def _remarks(head: Clause, case: Clause) -> bool:
    """Whether a colon parts a mere remark from a rule: 'Clubs are different: if …, charge …'."""
    remark = not (head.pieces or head.imperative or head.instruction or head.connective)
    opens = bool(case.pieces) and not case.pieces[0].trailing and case.outcome is not None
    told = any(is_finite(token) for token in tokens_of(head.text))
    return remark and told and opens and case.pieces[0].form == "clause"


def _each_has_a_case(before: str, after: str) -> bool:
    """Whether what 'and' joins are two rules: 'charge 5 euros if …, and refuse it if …'."""
    if not (_IF.search(before) and _IF.search(after)):
        return False
    one, other = analyse_clause(before), analyse_clause(after)
    return all(
        clause.outcome is not None and any(piece.trailing for piece in clause.pieces)
        for clause in (one, other)
    )


_SUMS = re.compile(
    r"\W*(?:first |then |next )?(?:add|subtract|deduct|take|sum|multiply|divide|count|total|"
    r"work out|calculate|compute)\b",
    re.IGNORECASE,
)
_THE_SUM = re.compile(
    r"\W*(?:if|when|where|as long as|with|for) (?:the|this|that|their|its|a) (?:\w+ )?(?:total|sum|"
    r"result|difference|figure|product|remainder|number|amount)\b",
    re.IGNORECASE,
)
_LOOKS_FOR = re.compile(r"\W*(?:first |then |next )?(?:check|look|search) (?:for|at|into)\b", re.I)


def is_case(clause: Clause) -> bool:
    """Whether a clause tells cases apart: it has a circumstance, or takes what is left."""
    return bool(clause.pieces) or clause.connective == "otherwise"


def opens_case(text: str) -> bool:
    """Whether a text begins with a case, or with the name of a kind."""
    start, end = ranges_of(text)[0]
    return is_case(analyse_clause(text[start:end])) or bool(KIND.match(text[start:end]))


def leads_to(block: Block, following: Block) -> bool:
    """Whether the cases that a paragraph leads to stand in the next block."""
    if following.kind == "row":
        return True
    if following.kind == "item":
        return opens_case(following.prose.text)
    said = block.prose.text.rstrip()
    last = said[slice(*ranges_of(said)[-1])]
    clause = analyse_clause(last)
    said = clause.said(clause.outcome) if clause.outcome else ""
    return (
        clause.inquiry
        and opens_case(following.prose.text)
        and (
            asks(said) or recorded(said) or (clause.connective == "otherwise" and not fetches(said))
        )
    )


def answered(clause: Clause, following: list[str]) -> bool:
    """Whether the sentences behind an inquiry take up its words or each other's: its cases.

    'Look at the label. If the label is red, …' against 'Count the money. If food is handed in, …'.
    """
    if not opens_case(following[0]):
        return False
    said = clause.said(clause.outcome) if clause.outcome else ""
    if asks(said) or clause.text.rstrip().endswith(":"):
        return True
    first = _case_words(following[0])
    if first & outcome_key(said):
        return True
    if fetches(said):
        return False
    if clause.connective == "otherwise" or _looks_for(clause, said):
        return True
    if len(following) < 2:
        return False
    second = analyse_clause(following[1])
    return second.connective == "otherwise" or bool(first & _case_words(following[1]))


def worked_out(clause: Clause, following: list[str]) -> bool:
    """'Add the weeks asked for to those taken. If the total is …': how a number is come by.

    What is added is no outcome then; what comes of it decides.
    """
    said = clause.said(clause.outcome) if clause.outcome else ""
    return bool(
        clause.imperative and following and _SUMS.match(said) and _THE_SUM.match(following[0])
    )


def _looks_for(clause: Clause, said: str) -> bool:
    """'After those 14 days, check for debts. A member who owes …': only what is found decides.

    Behind 'if' to check something may be all that is done.
    """
    phrases = bool(clause.pieces) and all(piece.form == "phrase" for piece in clause.pieces)
    return phrases and bool(_LOOKS_FOR.match(said))


def _case_words(text: str) -> frozenset[str]:
    """The content words of a sentence's circumstances."""
    clause = analyse_clause(text)
    words = frozenset(w for piece in clause.pieces for w in outcome_key(clause.said(piece)))
    return words - set(ACTORS) - {"if", "when", "where"}


def behaves(text: str) -> bool:
    """Whether a sentence says by itself how to act."""
    clause = analyse_clause(text)
    if clause.imperative or clause.instruction:
        return True
    return bool(
        re.match(r"(?:never|always|do not|don['’]t|no\s+\w+\s+(?:may|should|must))\b", text, re.I)
    )


def closes(before: Block, found: Sequence[Rule]) -> bool:
    """Whether a paragraph behind a list opens with what all the items of the list leave."""
    listed = before.kind == "item" or bool(before.children)
    return listed and bool(found) and found[0].connective == "otherwise"
