"""What a conjunction opens: a circumstance, or a time, a question or an empty 'if possible'.

In: the conjunction, its sentence, and where the clause or phrase behind it stands. Out: yes or no.
"""

from __future__ import annotations

import re

from spacy.tokens import Token

from parsers.circumstances.phrases import TIMES
from parsers.clauses.verbs import is_imperative
from parsers.concessions import beside, concedes
from parsers.language import analyse, is_finite
from parsers.segments import words

SOFT = re.compile(
    r"(?:any|at all|possible|feasible|practical|practicable|necessary|needed|need be|required|"
    r"applicable|appropriate|relevant|useful|desired|present|available)\s*(?:[,;.)]|$)|"
    r"[^,;.]*\bor (?:not|otherwise)\b",
    re.IGNORECASE,
)


_ASKS = {"check", "see", "ask", "know", "determine", "verify", "decide", "tell", "confirm",
         "wonder", "find", "out", "understand", "show", "say", "indicate", "establish"}  # fmt: skip


_CLOCK = {"am", "pm", "a.m.", "p.m.", "o'clock", "o’clock"}


def counts(word: str, text: str, at: int, first: int, close: int, fronted: bool = False) -> bool:
    """Whether what a subordinator opens is a circumstance."""
    tokens = words(text, first, close)
    if not tokens or SOFT.match(text[first : min(close + 1, len(text))]):
        return False
    verb = any(is_finite(t) or t.tag_ == "VBN" for t in tokens)
    before = [t for t in analyse(text) if t.idx < at and not t.is_space]
    last = before[-1] if before else None
    if last is not None and word in {"if", "when", "where"} and last.lemma_.lower() in _ASKS:
        return False
    if last is not None and last.lower_ == "as":
        return False  # as if
    opener = next((t for t in analyse(text) if t.idx == at), None)
    besides = text[:at].rstrip().endswith(",") and tokens[0].tag_ == "VBG"
    if (word == "while" and (concedes(tokens) or besides)) or (
        opener is not None and beside(opener, word)
    ):
        return False
    if tokens[0].lower_ == "then" or (word == "after" and tokens[0].lower_ in {"that", "this"}):
        return False
    if word == "after" and last is not None and last.lemma_.lower() in {"look", "name"}:
        return False
    if word in {"when", "where", "while", "once"} and last is not None and not fronted:
        noun = last.pos_ in {"NOUN", "PROPN"} and last.lower_ not in {
            "case", "cases", "circumstances", "situations", "only", "except"}  # fmt: skip
        clause = opener.head.dep_ if opener is not None else ""
        if word == "where" and (noun or last.text == ","):
            return False
        if word == "when" and noun and clause == "relcl" and last.lemma_.lower() in TIMES:
            return False
        if word == "while" and not verb and tokens[0].tag_ != "VBG":
            return False
        if word == "once":
            return verb and tokens[0].pos_ in {"DET", "PRON", "PROPN", "NOUN", "ADJ", "VERB"}
    if word == "after":
        if any(is_finite(t) for t in tokens):
            return fronted or not _scheduled(before)
        if last is not None and not fronted and last.lemma_.lower() in TIMES:
            return False  # 'within 30 days after cancellation': how long, not when
        head = next((t for t in tokens if t.dep_ == "pobj" and t.head.idx == at), tokens[0])
        if not fronted and len(tokens) == 1 and is_imperative(before):
            return False  # 'Wipe it after use': a step of a routine
        clock = any(t.lower_ in _CLOCK for t in tokens) or head.pos_ == "NUM"
        timed = clock or (
            head.lemma_.lower() in TIMES and not any(t.lower_ == "of" for t in head.rights)
        )
        return (
            (tokens[0].pos_ in {"NOUN", "PROPN", "ADJ", "NUM"} or tokens[0].tag_ == "VBN")
            and tokens[0].tag_ != "VBG"
            and not timed
        )
    if word == "until":
        return any(is_finite(t) for t in tokens)
    if word.startswith("provid"):
        return any(is_finite(t) for t in tokens) and not (last is not None and last.pos_ == "AUX")
    return not (word in {"when", "where"} and last is not None
                and last.pos_ == "ADP" and last.dep_ != "prt")  # fmt: skip


def _scheduled(before: list[Token]) -> bool:
    """Whether a bare measure tells the time of what goes on: 'It shuts two hours (after …)'."""
    verb, number, unit = ([None] * 3 + before)[-3:]
    return bool(
        verb is not None and number is not None and unit is not None
        and unit.lemma_.lower() in TIMES and number.like_num
        and verb.tag_ == "VBZ" and verb.pos_ == "VERB"
    )  # fmt: skip


def prepositional(match: re.Match[str], text: str, close: int) -> bool:
    """Whether 'after' opens a phrase ('after user confirmation'), which keeps it."""
    word = (match["word"] or match["except"] or "").lower()
    return word in {"after", "until", "except", "save"} and not any(
        is_finite(t) for t in words(text, match.end(), close)
    )
