"""Where a main clause begins behind a measure that no comma closes: 'Above 9 kg | the fee is …'.

In: the words of a sentence that opens with a measure, or with what is measured ('For orders over
90 euros | we pay the postage'). Out: the first word of what is said of such cases.
"""

from __future__ import annotations

import re

from spacy.tokens import Token

from parsers.clauses.boundaries import starts_main
from parsers.conditions.comparisons import FROM, comparisons
from parsers.conditions.units import CONTINUOUS, TIME, unit_noun
from parsers.language import is_finite

_OPENS = re.compile(
    r"(?:after|until|up to|within|from|over|under|above|below|beyond|past|(?:more|less|fewer|later|"
    r"earlier|longer|older|younger) than|at least|at most|for|on|in|with)\s",
    re.IGNORECASE,
)
_MEASURES = re.compile(r"(?:for|on|in|with)\s", re.IGNORECASE)
_PRONOUNS = {"there", "we", "you", "they", "it", "he", "she", "nothing", "nobody"}
_DETERMINERS = {"the", "a", "an", "no", "your", "our", "each", "every", "all", "any", "one", "both",
                "half"}  # fmt: skip
_HOLDS_ON = {"that", "which", "who", "whom", "if", "when", "and", "or", "than", "of", "as"}
"""Behind these a subject is still part of the measure."""
_BACK = re.compile(
    r"\b(?:above|before|earlier|usual|normal|standard)(?: [a-z]+)? appl(?:y|ies)\b|"
    r"\bappl(?:y|ies) as (?:above|before|usual)\b",
    re.IGNORECASE,
)
"""'With less notice the charges above apply': no rule of its own."""
_WHOLE = {"night", "guest", "person", "people", "year", "month", "mile"}
_FARTHEST = 30
"""Characters that what is measured may take before its measure."""


def measured_seam(text: str, tokens: list[Token]) -> int | None:
    """Index of the token at which a main clause begins behind a measure and no comma."""
    if not _OPENS.match(text):
        return None
    if onward := FROM.match(text):
        (first, last), unit = onward.span(), onward["unit"] or ""
    elif found := comparisons(text):
        (first, last), (_, _, unit) = found[0][0], found[1][0]
    else:
        return None
    names = _MEASURES.match(text) is not None
    if first > (_FARTHEST if names else 0):
        return None
    begin = next((i for i, t in enumerate(tokens) if t.idx >= last), len(tokens))
    if _BACK.search(text) or any(
        t.text in {",", ";", ":"} or (is_finite(t) and t.idx < first) for t in tokens[:begin]
    ):
        return None
    if _bare_subject(tokens, begin, unit):
        return begin
    for i in range(begin, len(tokens) - 1):
        token = tokens[i]
        if token.text in {",", ";", ":", "("} or is_finite(token):
            return None
        if _subject(tokens, i, i == begin) and starts_main(tokens[i:]):
            return i
    return None


def _subject(tokens: list[Token], place: int, behind_unit: bool) -> bool:
    """Whether a subject begins here: a pronoun, or an article that no preposition governs."""
    before = tokens[place - 1]
    if before.lower_ in _HOLDS_ON:
        return False
    if tokens[place].lower_ in _PRONOUNS:
        return before.pos_ != "ADP"
    return tokens[place].lower_ in _DETERMINERS and (
        behind_unit or before.pos_ not in {"ADP", "VERB", "SCONJ"}
    )


def _bare_subject(tokens: list[Token], begin: int, unit: str) -> bool:
    """'Over 50 euros | delivery is free': a noun right behind a unit of measure, and its verb."""
    known = unit_noun(unit) in {*CONTINUOUS, *TIME, *_WHOLE}
    if not known or begin + 1 >= len(tokens):
        return False
    subject, verb = tokens[begin : begin + 2]
    return subject.pos_ in {"NOUN", "PROPN"} and is_finite(verb) and verb.tag_ != "VBN"
