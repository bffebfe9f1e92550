"""Circumstances and exceptions behind the main clause: '…, unless the seal is broken'."""

from __future__ import annotations

import re
from collections.abc import Callable

from parsers.clauses.structure import Clause, Except, Piece
from parsers.conditions.comparisons import NUMBER

_TRAILING = re.compile(
    r"(?P<cut>\s*[,;–—-]?\s*(?:\b(?:and|but|or) )?)\b(?P<word>(?:but )?(?:if and )?"
    r"only (?:if|when|where|"
    r"after|for|with)|even if|unless|except(?:ing)?(?: for| to| in| when| if| where| that| with)?|"
    r"save (?:that|where|when|if)|provided always(?: that)?|if|"
    r"whenever|when|provided(?! (?:by|in|for|to|with|at|on)\b)(?: that)?|providing that|"
    r"on condition that|as long as|so long as|until(?= [\w.]+ \w+ before)|"
    r"in case(?! of)|in the event that|other than|with the exception of|excluding|apart from|"
    r"save for|assuming(?: that)?|(?<=\w )where(?= [^,;]*\d[^,;]* )|"
    rf"once(?= \d+ |(?= [^,;]*\b{NUMBER}\b) (?:the|an?|it|they|this|that) [^,;]*?"
    r"(?:has|have|is|are|had) ))\s",
    re.IGNORECASE,
)
EXCEPTIONAL = re.compile(
    r"unless|except|other than|with the exception|excluding|apart from|save\b", re.IGNORECASE
)
# '…, except for canvas, which costs more', '…, unless it is Sunday, when we are closed',
# '…, except for pensioners, for whom we waive the fee'
_OF_EXCEPTION = re.compile(
    r",\s+(?P<word>which|who|when|where|(?:for|to|from|of|with) whom|(?:for|to|on|with) which)\s+"
    r"(?:(?:you|we) (?=[a-z]+ ))?"
    r"(?P<aside>(?:is|are) (?:described|explained|defined|listed|set out|specified|shown) "
    r"(?:in|on|at|below|above)\b)?(?!.*,\s+(?:and|or|nor)\s)",
    re.IGNORECASE,
)

# '…, except where the client rang before noon: charge half instead'
_COLON = re.compile(r"(?<=\w):\s+(?=[a-z])")


def trailing(clause: Clause, start: int, end: int, analyse_clause: Callable[[str], Clause]) -> int:
    """Circumstances and exceptions after the main clause; where the main clause ends.

    `analyse_clause` takes apart a proviso ('…, save that …'), which is a sentence of its own.
    """
    text = clause.text
    matches = []
    for match in _TRAILING.finditer(text, start, end):
        if match.start() <= start or text[start : match.start()].count("(") > text[
            start : match.start()
        ].count(")"):
            continue
        word = match["word"].lower().strip()
        before = text[start : match.start()].rstrip().lower()
        if word == "when" and re.fullmatch(r"\w+\W*", text[match.end() : end]):
            continue  # 'ill when sold'
        if before.endswith(("save that", "except that", "save", "except")):
            continue
        if word.startswith("provided") and re.search(r"\b(?:have|has|had|be|been|not|or)$", before):
            continue
        loose = "," not in match["cut"]  # 'check if …' asks; 'book a check, unless …' does not
        if word == "even if" or (loose and re.search(
            r"\b(?:even|whatever|ask|asked|check|see|know|sure|matter|as|at|on|of|about|"
            r"to)$", before
        )):  # fmt: skip
            continue
        if (
            word in {"if"}
            and re.search(
                r"\b(?:ask|asks|checks?(?! (?:in|out)\b)|verify|see|confirm)\b[^,]*$", before
            )
            and not re.match(r".*,\s*$", match["cut"])
        ):
            continue
        if word == "when" and "," in match["cut"] and matches and (
            EXCEPTIONAL.search(matches[-1]["word"])
        ):  # fmt: skip
            continue  # what holds in the exception
        matches.append(match)
    if not matches:
        return end
    for i, match in enumerate(matches):
        stop = matches[i + 1].start() if i + 1 < len(matches) else end
        begin = match.start("word") if match["word"] == "until" else match.end()
        word = match["word"].lower().strip()
        exceptional = bool(EXCEPTIONAL.search(word))
        phrase = bool(
            re.search(r"(?:for|to|in|with|than|of|from|excluding|except|excepting)$", word)
        )
        outcome = None
        if inner := re.search(
            r"[,;]?\s*(?:in which (?:case|event)|and in that (?:case|event)|then)\s*,?\s*|"
            r",\s+who\s+(?=(?:pay|get|receive|may|must|can|are)\b)",
            text[begin:stop],
        ):
            outcome = (begin + inner.end(), stop)
            stop = begin + inner.start()
        elif exceptional and not (phrase or word.endswith(" that")) and (
            (colon := _COLON.search(text, begin, stop))
            and analyse_clause(text[colon.end() : stop]).imperative
        ):  # fmt: skip
            outcome, stop = (colon.end(), stop), colon.start()
        elif exceptional and (told := _OF_EXCEPTION.search(text, begin, stop)):
            outcome = None if told["aside"] else (told.end(), stop)
            stop = told.start()
        if "only" in word:
            clause.only = True
        piece = Piece(begin, stop, "phrase" if phrase else "clause")
        if word in {"save that", "except that"} and (
            told := _proviso(analyse_clause(text[begin:stop]), begin)
        ):
            clause.exceptions.append(told)
            if i + 1 < len(matches):
                continue
            return matches[0].start()
        if exceptional:
            clause.exceptions.append(Except(piece, outcome))
            continue
        choice = re.search(r",? or ([^,;]+)$", text[start : match.start()])
        if choice and i == 0 and word == "if" and re.match(r"\d|[€$£]|no\b", choice[1]):
            where = (start + choice.start(1), match.start())
            clause.exceptions.append(Except(piece, where))
            return start + choice.start()
        if loose := re.search(r"[,;]?\s+or$", text[begin:stop].rstrip()):
            piece.end = begin + loose.start()
            clause.any = True
        elif re.search(r"\bor\s*$", match["cut"]):
            clause.any = True
        piece.trailing = True
        clause.pieces.append(piece)
    return matches[0].start()


def _proviso(inner: Clause, begin: int) -> Except | None:
    """'…, save that no fee is due from a member': an exception with its own circumstance."""
    if len(inner.pieces) != 1 or inner.outcome is None or inner.exceptions:
        return None
    piece = inner.pieces[0]
    piece.start, piece.end = piece.start + begin, piece.end + begin
    return Except(piece, (inner.outcome[0] + begin, inner.outcome[1] + begin))
