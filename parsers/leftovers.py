"""What the rules before leave over, named as such: 'A parcel that fits none of the rows …'.

In: a main clause. Out: where what is said of the rest begins. The rest is told by the text's own
parts (steps, rows, the table, the above), so it names no circumstance and takes what is left.
"""

from __future__ import annotations

import re

_PARTS = (
    r"(?:steps|rows|bullets|paragraphs|clauses|rules|cases|categories|points|lines|conditions|"
    r"checks)"
)
_COUNT = r"(?:\d+(?:\.\d+)*[a-z]?|\(?[a-z]\))"
_PLACE = (
    rf"(?: {_COUNT}(?:(?:,| to| and| or|,? and| ?[–-]) ?{_COUNT})*(?: above)?| above| before| here)"
)
# 'the cases' and 'the lines' may be things; only where the wording points at the text are they not
_HERE = (
    rf"(?:(?:these|those|the (?:above|preceding|previous|foregoing)) {_PARTS}|"
    rf"(?:the )?{_PARTS}{_PLACE}|the (?:steps|rows|bullets|paragraphs|clauses)|"
    r"(?:the|this) (?:table|chart|grid)|this list|the list above|the above|the foregoing)"
)
_NONE = rf"(?:none|neither|not one) of (?:{_HERE}|the {_PARTS}|these|those|them)"
_FIT = r"(?:fit|match|meet|suit|satisfy|(?:fall|come) (?:under|into|within)|belong to|appear in)"
_FITS = (
    r"(?:fits?|match(?:es)?|meets?|suits?|satisf(?:y|ies)|(?:falls?|comes?) (?:under|into|within)|"
    r"belongs? to|appears? in|(?:is|are) (?:in|on|covered by|named in|settled by))"
)
_TOLD = (
    r"(?:settled|covered|caught|listed|named|mentioned|described|decided|dealt with|met|shown|"
    r"included|provided for|addressed|specified)"
)
_NOT_TOLD = rf"{_TOLD} (?:(?:by|in|under|among) (?:any of )?{_HERE}|above|here|before)"
_IS_NOT = r"(?:(?:is|are|was|were) not|(?:is|are|was|were)n['’]t|has not been|have not been)"
_DOES_NOT = r"(?:do(?:es)? not|do(?:es)?n['’]t)"
_LACKS = (
    rf"(?:{_FITS} {_NONE}|{_DOES_NOT} {_FIT} (?:any of )?{_HERE}|"
    rf"{_IS_NOT} (?:{_NOT_TOLD}|(?:in|among) {_HERE}|on this list))"
)
_WHAT = r"(?:(?:an?|any|all|every|each|the|those) )?(?:[\w-]+ ){0,3}?[\w-]+"
_LEFT = re.compile(
    rf"(?:(?:(?:for|with|in|on|to|at) )?{_WHAT} (?:(?:that|which|who) {_LACKS}|not {_NOT_TOLD})|"
    rf"(?:if|where|when) (?:{_WHAT} {_LACKS}|(?:none|neither) of {_HERE}(?: \w+)?(?=,))|"
    r"(?:for |with |in )?(?:any|every)(?:thing|one|body) else(?: (?:in|on|at|among|from|with) "
    r"[^,;:]{1,40})?(?:,? or (?:nothing|nobody|none)(?: at all)?)?(?=:))"
    r"(?:, (?:such as|like|for example|e\.g\.) [^,;:]+(?=,)| \([^()]*\))?[,:]?\s+"
    r"(?!(?:and|or|nor|but|who|which|that)\b)(?=\S)",
    re.IGNORECASE,
)


def leftover(text: str) -> int | None:
    """Where a clause about what is left says what becomes of it; None when it is about else."""
    match = _LEFT.match(text)
    return match.end() if match else None


_OTHER_KIND = re.compile(
    r"if (?P<who>[^,;:]{2,50}) (?:any other|some other|another) "
    r"(?:kind|type|sort|class|make|brand|model)s?(?: of (?:[a-z-]+ )?(?P<what>[a-z-]+))?,",
    re.IGNORECASE,
)


def other_kind(text: str, before: str) -> bool:
    """Whether 'If the lamp has any other kind of bulb, …' is what the case before it left.

    That case spoke of a kind of the same: 'the lamp has a halogen bulb'.
    """
    match = _OTHER_KIND.match(text)
    if match is None or not before:
        return False
    about = match["what"] or match["who"]
    return re.search(rf"\b{re.escape(about.lower())}", before.lower()) is not None
