"""The stretch of time that a rule opens with: 'From day 31 to day 60', 'Up to 30 days after it'.

In: the text of a sentence. Out: where such a stretch stands at its beginning; and the days that a
text numbers ('day 31') as a number of days.
"""

from __future__ import annotations

import re

from parsers.clauses.verbs import BASE_VERBS

_UNIT = r"(?:(?:working|business|calendar|full|whole) )?(?:minute|hour|day|week|month|year)s?"
_NUMBER = r"(?:\d[\d.,]*|one|two|three|four|five|six|seven|ten|twelve|twenty|thirty)"
_TIME = (
    rf"(?:(?:(?:the|those|these|that|this)(?: (?:first|last|same))? )?{_NUMBER} {_UNIT}|"
    r"(?:day|week|month|year) \d+)"
)
_ORDER = rf"(?:{'|'.join(sorted(BASE_VERBS))}) (?:an?|the|it|them|him|her|half|full|no|[£$€\d])"
_NOT_PER = r"(?!(?:day|week|month|year|quarter|night|season)\b)"  # 'over 3 days a week'
PERIOD = re.compile(
    rf"(?P<said>(?:(?:after|from|between) (?:{_TIME}|\d+) (?:to|until|up to|and|–) {_TIME}|"
    rf"(?:after|within|during|up to(?: and including)?|over|under|from|"
    rf"(?:after |for )?(?:more|less|fewer) than) {_TIME}(?: on(?:wards?)?)?)"
    r"(?: (?:of|after|from|before|since) (?:the )?[\w-]+(?: date)?)?)"
    rf"(?:[,:]\s*|\s*$|\s+(?=the |we |you |they |it |there |no (?!later)|nothing |"
    rf"an? {_NOT_PER}|{_ORDER}))",
    re.IGNORECASE,
)
SAID_BEFORE = re.compile(
    r"(?P<past>after|beyond|past|over)?(?(past)|(?:within|during|in|inside)) "
    rf"(?:those|these|that|this|the(?: same)?) (?P<number>{_NUMBER}) (?P<unit>{_UNIT})"
    r"(?:(?: are| is)? (?:up|over)| have passed| period)?",
    re.IGNORECASE,
)
"""'After those 14 days': what a limit before it leaves."""
RUN_OUT = (
    rf"(?:those|these|that|this|the) (?:{_NUMBER} )?"
    r"(?:(?:working |business |trial |grace )?(?:minute|hour|day|week|fortnight|month|year)s?|"
    r"period|time|date|limit|window|deadline|term) (?:are|is|have|has) "
    r"(?:over|up|passed|gone(?: by)?|run out|expired|elapsed|ended|lapsed)"
)
"""'those 30 days are over', 'the period has run out': a limit before it no longer holds."""
_NUMBERED = re.compile(
    r"\b(?P<unit>day|week|month|year) (?P<first>\d+)"
    r"(?:(?P<to> (?:to|until|and|–) )(?:(?P=unit) )?(?P<last>\d+))?\b",
    re.IGNORECASE,
)


def counted(text: str) -> str:
    """'from day 31 to day 60' as 'from 31 to 60 days'."""
    return _NUMBERED.sub(_as_count, text)


def _as_count(match: re.Match[str]) -> str:
    last = f" to {match['last']}" if match["to"] else ""
    return f"{match['first']}{last} {match['unit'].lower()}s"
