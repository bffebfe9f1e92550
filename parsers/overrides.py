"""Sentences that lift rules stated elsewhere: 'None of this goes for …', 'This does not apply …'.

In: a sentence. Out: whom it exempts, from the rule just stated or from everything before it, and
where the rest of what it says begins. Wording that does the same ('notwithstanding the foregoing',
'whatever the steps above say', 'and none of this applies') is told by the patterns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_APPLY = r"(?:appl(?:y|ies)|goes|go|holds?|counts?)"
_RULES = r"(?:rules?|fees?|charges?|deadlines?|limits?|conditions?|terms?|section|paragraph)"
_NOT = r"(?:do(?:es)? not|do(?:es)?n['’]t)"
_ABOVE = r"the (?:above|foregoing|preceding|rest)"
_NONE = rf"none of (?:this|these|that|it|{_ABOVE}|(?:the|these|those) (?:above )?[a-z]+s)"
_ALL = rf"(?:these|{_ABOVE}|the(?:se)? (?:above )?{_RULES}|all (?:of )?this)"
_THIS = rf"(?:this|that|it|this {_RULES}|the latter)"
_WHOM_FIRST = re.compile(
    rf"(?:for|with|to|in|on|during) (?P<who>[^,;:]+?),? (?:(?P<none>{_NONE}) {_APPLY}|"
    rf"(?:(?P<all>{_ALL})|{_THIS}) {_NOT} {_APPLY})\b",
    re.IGNORECASE,
)
_WHOM_LAST = re.compile(
    rf"(?:(?P<none>{_NONE}) {_APPLY}|(?:(?P<all>{_ALL})|{_THIS}) {_NOT} {_APPLY}) "
    r"(?:to|for|in|on|with|if|when|where) (?P<who>[^,;:]+)",
    re.IGNORECASE,
)
_NOT_COVERED = re.compile(
    r"(?P<who>(?:the |our |an? )?[\w' -]+?) (?:is|are) not (?:covered|affected|meant) by "
    r"(?:this|that|it)\b|"
    r"(?:for|with) (?P<whom>[^,;:]+?),? (?:this|that|it|an? [\w-]+) makes no difference\b",
    re.IGNORECASE,
)
# what a document calls its own parts, or all of what it says
_OWN = (
    r"(?:above|below|foregoing|preceding|else|(?:rule|step|table|row|column|bullet|list|line|"
    r"section|paragraph|clause|point|case)s?)"
)
_LONGER = r"(?: any (?:more|longer))?"
_DONT = r"(?:do not|don['’]t|never)"
_WHATEVER = r"(?:whatever|whichever|no matter (?:what|which)|regardless of|irrespective of)"
OVERRIDES = re.compile(
    r"notwithstanding (?:the (?:foregoing|above)|anything[^,]*|"
    r"(?:clause|section|paragraph)s?[^,]*),\s*|"
    rf"(?:{_WHATEVER}|in spite of|despite) [^,;:]*\b{_OWN}\b[^,;:]*,\s*",
    re.IGNORECASE,
)
OVERRIDES_BEHIND = re.compile(
    rf",?\s+{_WHATEVER} (?:[^,;:]* )?{_OWN}\b[^,;:]*$|"
    r"(?:^|,?\s+)(?:and )?(?:none|neither|nothing) of (?:the |this |these |those |what )[^,;:]*"
    r"(?:appl(?:y|ies)|holds?|counts?|matters?|follows?)$|"
    r"(?:^|,?\s+)(?:and )?nothing (?:else )?(?:in|of|from|under) (?:the |this |these |what )?"
    rf"[^,;:]*\b(?:{_OWN}|part|rest|follows?)\b[^,;:]* (?:changes|alters|affects|overrides) "
    r"(?:that|this|it)$|"
    rf"(?:^|,\s+)neither (?:of )?(?:the |this )?[^,;:]* nor [^,;:]* {_APPLY}{_LONGER}$|"
    rf",\s+{_DONT} (?:use|apply|follow|consult|look at) (?:the|this) {_OWN}(?: above| below)?"
    rf"(?: at all)?$|"
    rf"(?:^|,?\s+)(?:and )?no (?:other )?{_RULES}[^,;:]* (?:appl(?:y|ies)|holds?|counts?)$",
    re.IGNORECASE,
)
# 'There is one exception, and it beats every line above.': the rule that follows
ANNOUNCES = re.compile(
    r"(?:but |however, )?there(?:['’]s| is)(?: only| just)? (?:one|an|a single) exception"
    r"(?P<whole>[^.:;?]*\b(?:above|all|any|every|everything|whole)\b)?[^.:;?]*\.?\s*$",
    re.IGNORECASE,
)
# 'There is one exception to the table: if …', 'One exception goes before all of it: if …'
EXCEPTION_TO = re.compile(
    r"(?:the|one|an) (?:only )?exception (?:goes|comes|stands|ranks) (?:before|over|above) "
    r"[^,;:]{2,60}:\s+(?=(?:if|when|where|for)\b)|"
    r"there(?: is| are|['’]s) (?:only )?(?:one|an?|two|some|\w+) (?:[a-z]+ )?exceptions? "
    r"(?:to|from) (?:the|this|these|those|all) [^,;:]{3,60}:\s+(?=(?:if|when|where|for)\b)",
    re.IGNORECASE,
)
# 'The clerk of a court is the exception: …'
EXCEPTED = re.compile(
    r"(?P<who>(?!(?:this|that|it|there|here|what)\b)[^,;:]{3,70}?) (?:is|are) "
    r"(?:the (?:only |one )?|an )exceptions?:\s+(?=\S)",
    re.IGNORECASE,
)
FAILING = re.compile(
    r"(?:failing|in the absence of|without) (?:such(?: an?)?|that|this|the) (?P<what>[\w-]+),?\s+"
    r"(?=(?:no|the|an?|they|it|we)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Exemption:
    """Who is exempt (a range), from everything or the last rule only, and where the rest begins."""

    whom: tuple[int, int]
    everything: bool
    rest: int


def exemption(text: str) -> Exemption | None:
    """What a sentence lifts; None when it lifts nothing."""
    if match := _NOT_COVERED.match(text):
        return Exemption(match.span("who" if match["who"] else "whom"), False, match.end())
    match = _WHOM_FIRST.match(text) or _WHOM_LAST.match(text)
    if match is None:
        return None
    return Exemption(match.span("who"), bool(match["none"] or match["all"]), match.end())
