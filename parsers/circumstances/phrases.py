"""Phrases that name a case: 'in case of fire', 'except for …', 'For a pending order, …'.

In: the text of a sentence, or the tokens that it opens with. Out: where a set phrase stands, and
whether a preposition at the front names a case, not a time or a purpose.
"""

from __future__ import annotations

import re

from spacy.tokens import Token

from parsers.language import is_finite
from parsers.restrictions import DEFINITE

_EVENT = (
    r"(?:requests?|receipt|payment|presentation|production|proof|completion|approval|termination|"
    r"cancellation|expiry|arrival|death|demand|sight|application|return|showing|presenting|"
    r"producing|"
    r"receiving|signing|paying)"
)
_LEAVE = r"(?:permission|consent|approval|agreement|authori[sz]ation)"
CASE_PHRASE = re.compile(
    r"\b(?:in (?:(?:the|those|all|any|some|certain) )?"
    r"(?:case|event|situation|circumstance|instance)s?"
    r"(?: of| where| when| in which| that|(?= (?:you|we|they|he|she|it|the|an?)\b))|"
    r"with the exception of|except (?:for|in|on|to|with|at)|"
    r"apart from|other than|depending (?:up)?on|excluding|failing|"
    r"in the absence of|(?:(?<=, )|^)subject to(?= (?!clause|section|paragraph|article|"
    r"the (?:terms|provisions)))|"
    rf"(?:up)?on (?:(?:the|an?|your|their|his|our|prior|written|proof of) )*{_EVENT}|"
    rf"with (?:(?:the|an?|your|their|our|prior|written|express) )*{_LEAVE}|"
    r"without(?! (?:notice|delay|exception|charge|warning|penalty|(?:further|prior|"
    r"any) notice))(?= (?:an?|any|the|prior|express|written|your|our|their|his|her|"
    r"\w+(?:er|ion|al|nt|ce|sent))\b)|when in)(?!\w)",
    re.IGNORECASE,
)


TIMES = {"second", "minute", "hour", "day", "week", "month", "year", "time", "moment", "beginning",
         "dark", "night", "midnight", "noon", "sunset", "dinner", "lunch",
         "end", "start", "period"}  # fmt: skip


_NO_CASE = {"example", "instance", "clarity", "information", "detail", "details", "purpose",
            "purposes", "reason", "reasons", "sake", "question", "questions", "safety", "security",
            "convenience", "now", "help", "assistance", "simplicity"}  # fmt: skip


def fronted_phrase(tokens: list[Token]) -> bool:
    """'For a pending order, …', 'On a domestic flight, …': a phrase that names a case."""
    if tokens[0].lower_ not in {"for", "on", "with", "without", "under", "within", "outside",
                                "over", "above", "below", "upon", "in"}:  # fmt: skip
        return False
    phrase = []
    for token in tokens[1:]:
        if token.text in {",", ":"} or is_finite(token):
            break
        phrase.append(token)
    if not phrase:
        return False
    if tokens[0].lower_ == "for" and any(t.tag_ == "TO" for t in phrase):
        return False  # 'For a claim to be valid': what for
    relative = any(t.lower_ in {"who", "that", "which", "whose"} for t in phrase)
    nouns = [t for t in phrase if t.pos_ in {"NOUN", "PROPN", "NUM", "SYM"}]
    if tokens[0].lower_ in {"on", "upon"} and phrase[0].tag_ == "VBG":
        return True
    if not nouns or phrase[0].lower_ in {"more", "some", "further"} or phrase[0].tag_ == "VBG":
        return False
    if phrase[0].lower_ in DEFINITE | {"every"} and not relative:
        return False
    limited = relative or any(t.pos_ == "ADP" or t.like_num for t in phrase)
    if phrase[0].lower_ in {"all", "any"} and not limited:
        return False
    head = next((t for t in nouns if t.i + 1 >= phrase[-1].i or t.nbor().pos_ not in
                 {"NOUN", "PROPN"}), nouns[-1])  # fmt: skip
    timed = any(t.lemma_.lower() in TIMES for t in nouns)
    if tokens[0].lower_ in {"within", "over", "above", "below"}:
        dated = tokens[0].lower_ != "within" or any(
            t.lower_ in {"of", "after", "from"} for t in phrase
        )
        return any(t.like_num for t in phrase) and (dated or not timed)
    if timed or head.lower_ in _NO_CASE or any(t.lower_ in _NO_CASE for t in nouns[-1:]):
        return False
    if tokens[0].lower_ == "in":
        return phrase[0].lower_ in {"a", "an"} or phrase[0].tag_ == "VBG"
    if tokens[0].lower_ == "with":
        return phrase[0].lower_ in {"a", "an", "no"}
    if tokens[0].lower_ == "under":
        return any(t.like_num for t in phrase)
    return True
