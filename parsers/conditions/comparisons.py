"""Comparisons in a phrase: 'more than 23 kg', 'between 2 and 5 days', 'no later than …'.

In: a phrase as the document words it. Out: where its comparisons stand, and (operator, value, unit)
of each. Time that is counted back from an event turns 'later' and 'earlier' round.
"""

from __future__ import annotations

import re

from parsers.conditions.units import TIME, convert, unit_noun
from parsers.language import NUMBER_WORDS

_NUMBER_WORD = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_NOT_UNIT = (
    "or|and|but|from|before|after|of|on|in|at|to|is|are|was|were|for|if|when|who|that|which|with|"
    "without|by|per|than|since|ago|as|into|away|old|more|less|fewer|above|below|over|under|later|"
    "earlier|apart|out|up|full|long|high|wide|deep|overdue|late|must|may|can|should|will|has|have"
)
# a number, but no time of day: '14:00'
_COUNT = (
    rf"(?<![\d:])\d[\d,]*(?:\.\d+)?(?!\d*:\d)|\b(?:{_NUMBER_WORD})\b|"
    r"\ban?\b(?= (?:minute|hour|day|week|fortnight|month|year)\b)"
)
NUMBER = rf"(?:\d+|{_NUMBER_WORD})"
_COUNTED = re.compile(_COUNT, re.IGNORECASE)
_N = (
    rf"(?:about |around |approximately )?(?:(?P<cur{{0}}>[€$£])\s?)?(?P<num{{0}}>{_COUNT})"
    rf"(?:\s?(?P<pct{{0}}>%)|[\s-]?(?P<unit{{0}}>°(?:\s?[CFK]\b)?|(?:(?:working|business|calendar|full|consecutive|"
    rf"whole|square|cubic)\s)?(?!(?:{_NOT_UNIT})\b)[^\W\d_]+))?(?:\s(?:old|of age))?"
)
MORE = (
    "more|greater|longer|heavier|older|larger|later|higher|bigger|better|further|farther|taller|"
    "wider"
)
LESS = "newer|less|fewer|shorter|lighter|younger|smaller|lower|earlier|cheaper|nearer|worse"


def _n(tag: str = "") -> str:
    return _N.replace("{0}", tag)


_TIMED = _n().replace("(?P<unit>", "(?P<unit>(?=second|minute|hour|day|week|month|year)")


# 'from 18 upwards'
FROM = re.compile(
    rf"from (?:{_n()})(?: up(?:wards?)?| on(?:wards?)?| and (?:over|above|up))?", re.IGNORECASE
)
ONWARD = re.compile(
    rf"from {_n()} (?:up(?:wards?)?|on(?:wards?)?|and (?:over|above|up))(?=,\s)", re.IGNORECASE
)
"""'From 60 pounds upwards, …': where it opens a sentence, a case."""
_PLAIN = r"(?<!\bno )(?<!\bnot )\b"
# ordered: the longer wording first
_COMPARATORS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), op)
    for pattern, op in (
        (rf"\b(?:anywhere )?(?:between|from) {_n('a')} "
         rf"(?:and|to|through|(?:up )?(?:to|until)(?: and including)?) {_n('b')}", "between"),
        (rf"\b{_n('a')}\s?(?:–|-|to)\s?{_n('b')}(?: inclusive)?", "between"),
        (rf"\b(?:no|not) (?:{MORE}) than {_n()}", "<="),
        (rf"\b(?:no|not) (?:{LESS}) than {_n()}", ">="),
        (rf"\b(?:does|do|did) not exceed {_n()}", "<="),
        (rf"\b(?:not (?:exceeding|over|above)|up to(?: and including)?|at most|"
         rf"a maximum of|maximum) {_n()}", "<="),
        (rf"\buntil {_n()}(?= before\b)", "<="),
        (rf"\b(?:at least|a minimum of|minimum|not (?:under|below)) {_n()}", ">="),
        (rf"{_n()} or (?:{LESS}|under|below|within|before)\b", "<="),
        (rf"{_n()} (?:or|and) (?:{MORE}|over|above|upwards?|up|beyond)\b", ">="),
        (rf"{_n()}\s?\+", ">="),
        (rf"\b(?:(?:{MORE}) than|over|above|exceeds?|exceeded|exceeding|beyond|in excess of|"
         rf"upwards? of|outside(?: of)?) {_n()}", ">"),
        (rf"\b(?:(?:{LESS}) than|under|below) {_n()}", "<"),
        (rf"\bnot within (?:the (?:last|first|past) )?{_n()}", ">"),
        (rf"\bwithin (?:the (?:last|first|past) )?{_n()}", "<="),
        (rf"\b(?:in the (?:last|past)|(?:for|in|during|over) the first) {_n()}", "<="),
        (rf"\b(?:after|past|later than) {_TIMED}", ">"),
        # what is slow takes more minutes, and makes fewer miles
        (rf"{_PLAIN}slower than {_TIMED}", ">"),
        (rf"{_PLAIN}(?:faster|quicker) than {_TIMED}", "<"),
        (rf"{_PLAIN}(?:slower|thinner|colder|cooler|narrower|weaker|shallower) than {_n()}", "<"),
        (rf"{_PLAIN}(?!(?:oth|rath|eith|wheth)er\b)[a-z]{{2,}}er than {_n()}", ">"),
        (rf"\b{_n()}(?= (?:have|has|had) (?:already )?(?:passed|elapsed|gone by))", ">="),
        (rf"[≥] ?{_n()}|>= ?{_n('x')}", ">="),
        (rf"[≤] ?{_n()}|<= ?{_n('x')}", "<="),
        (rf"> ?{_n()}", ">"),
        (rf"< ?{_n()}", "<"),
        (rf"\b(?:exactly|equal to) {_n()}", "=="),
    )
)  # fmt: skip
_SPLIT_COMPARATOR = re.compile(
    rf"((?:\d[\d.,]*|\b(?:{_NUMBER_WORD})\b)\s?"
    rf"(?:%|(?:square |cubic |working |business |calendar )?"
    rf"(?!(?:square|cubic)\b)[a-z]+)) ((?!or\b|but\b|"
    rf"and\b|old\b)[a-z]+"
    rf"(?: (?!or\b|but\b|and\b)[a-z]+){{0,4}}) or ((?:{MORE}|{LESS}|over|under)\b)",
    re.IGNORECASE,
)
_COUNTED_LAST = re.compile(
    rf"((?:\d[\d,]*|\b(?:{_NUMBER_WORD})\b)) (or (?:{MORE}|{LESS})) "
    rf"((?!(?:{_NOT_UNIT})\b)[a-z]+s|people|children)\b(?! (?:{LESS}|{MORE})\b)",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    rf"(?P<lower>(?>{_n('a')}(?: or (?:{MORE}|{LESS}|over|under)\b)?)) "
    rf"(?P<aside>(?!(?:or|but|and)\b)[a-z]+(?: (?!(?:or|but|and)\b)[\w'’-]+){{0,5}}),? but "
    rf"(?P<upper>(?:(?:is|was|are|were) )?"
    rf"(?:(?:no|not) (?:{MORE}|{LESS}) than|(?:{MORE}|{LESS}) than|not (?:exceeding|over|above|"
    rf"under|below)|at most|at least|up to|within|over|above|under|below) {_n('b')})"
    rf"(?: (?:after|before|since|from|of) (?:it|that|this)\b)?(?=[\s,.;:)]|$)",
    re.IGNORECASE,
)
_LASTING = re.compile(r"(?:second|minute|hour|day|week|month)s?\b", re.IGNORECASE)
_WINDOW = re.compile(r"(?:within|in the (?:last|past)) ", re.IGNORECASE)
Tests = list[tuple[str, float, str]]
_REVERSED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def comparisons(text: str) -> tuple[list[tuple[int, int]], Tests] | None:
    """The comparisons in a phrase: their ranges and (operator, value, unit) triples."""
    if not _COUNTED.search(text):
        return None
    found: list[tuple[int, int, Tests]] = []
    for pattern, op in _COMPARATORS:
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end, _ in found):
                continue
            if op == "between":
                own, unit = _unit(match, "a"), _unit(match, "b") or _unit(match, "a")
                one, other = _value(match["numa"]), _value(match["numb"])
                if {unit_noun(own), unit_noun(unit)} <= TIME.keys():  # '30 minutes to 2 hours'
                    other, unit = convert(other, unit, own), own
                low, high = sorted((one, other))
                tests = [(">=", low, unit), ("<=", high, unit)]  # 'from 13 to 7 days before it'
            else:
                tag = "" if match["num"] else "x"
                tests = [(op, _value(match[f"num{tag}"]), _unit(match, tag))]
            if _counts_back(match[0], text[match.end() :]):
                tests = [(_REVERSED.get(op, op), value, unit) for op, value, unit in tests]
            found.append((match.start(), match.end(), tests))
    if not found:
        return None
    found = _without_window(sorted(found), text)
    kept = found[:1]
    for item in found[1:]:
        gap = text[kept[-1][1] : item[0]].lower().strip(" ,")
        if gap not in {"", "but", "and", "and is", "but is", "yet"}:
            break
        kept.append(item)
    tests = [test for *_, group in kept for test in group]
    unit = next((u for *_, u in tests if u), "")
    return [(s, e) for s, e, _ in kept], [(op, value, u or unit) for op, value, u in tests]


def _without_window(found: list[tuple[int, int, Tests]], text: str) -> list[tuple[int, int, Tests]]:
    """What is counted, without the time it is counted over: 'two claims or more in the past year'.

    That time is part of what is counted, no bound of it.
    """
    counted = [item for item in found if item[2][0][2] and not _lasts(item[2][0][2])]
    return [
        item for item in found
        if not (counted and _WINDOW.match(text, item[0]) and _lasts(item[2][0][2]))
    ]  # fmt: skip


def _lasts(unit: str) -> bool:
    return unit_noun(unit) in {*TIME, "month", "year"}


def measures(text: str) -> tuple[int, ...]:
    """Where the comparisons in a phrase begin."""
    found = comparisons(unsplit(text))
    return tuple(start for start, _ in found[0]) if found else ()


def compares(text: str) -> bool:
    """Whether there is a comparison in a phrase."""
    return any(pattern.search(text) for pattern, _ in _COMPARATORS)


def unsplit(text: str) -> str:
    """'2 kg in weight or more' with its comparison in one piece: '2 kg or more in weight'.

    So are two bounds: 'over 5 days after it, but not over 9 days' is 'over 5 days but … after it';
    and '10 or more people' is '10 people or more'.
    """
    text = _COUNTED_LAST.sub(r"\1 \3 \2", text)
    text = _SPLIT_COMPARATOR.sub(r"\1 or \3 \2", text)
    return _ASIDE.sub(r"\g<lower> but \g<upper> \g<aside>", text)


def only_compares(text: str) -> bool:
    """'6 months or less', 'up to 80 cups a day': nothing but a comparison."""
    found = comparisons(text)
    if not found:
        return False
    (start, _), (_, end) = found[0][0], found[0][-1]
    return not text[:start].strip() and not re.sub(r"^an? \w+$", "", text[end:].strip())


def plain_number(cell: str) -> tuple[str, float, str] | None:
    """A cell that is only a number, as the test for it."""
    match = re.fullmatch(_n(), cell.strip(), re.IGNORECASE)
    return ("==", _value(match["num"]), _unit(match, "")) if match else None


def _counts_back(comparison: str, after: str) -> bool:
    """Whether a measure is counted back from an event: 'no later than 48 hours before it'.

    Earlier is then more, later less, and 'up to' at least. A better time is a shorter one.
    """
    if re.search(r"\b(?:better|worse)\b", comparison, re.IGNORECASE):
        return bool(_LASTING.search(comparison))
    return bool(
        re.search(r"\b(?:later|earlier|up to|until)\b", comparison, re.IGNORECASE)
        and re.match(r"['’]?\s(?:before|ahead|in advance|prior|notice)\b", after, re.IGNORECASE)
    )


def _value(text: str) -> float:
    low = text.lower().strip()
    if low in {"a", "an"}:
        return 1.0
    return NUMBER_WORDS[low] if low in NUMBER_WORDS else float(low.replace(",", ""))


def _unit(match: re.Match[str], tag: str) -> str:
    groups = match.groupdict()
    if groups.get(f"cur{tag}"):
        return groups[f"cur{tag}"]
    return "%" if groups.get(f"pct{tag}") else (groups.get(f"unit{tag}") or "").strip()
