"""Vague words where a threshold is due: 'large bags', 'promptly', 'excessive', 'several times'.

In: a parsed policy. Out: a diagnostic for each word that leaves open where the line is, in a place
where it decides what happens: an obligation's deadline, a condition, the measure of a rule. A word
is harmless where a figure says what it means ('large (over 30 kg)', here or elsewhere), where it
names a kind ('Large locker', 'high season') and where nothing hangs on it ('a large selection of
teas').
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from parsers.language import analyse, singular
from parsers.spec import Diagnostic, PolicySpec, Span, Statement

_DEADLINE = re.compile(
    r"\b(?:as (?:soon|quickly|early) as (?:reasonably )?(?:possible|practicable|practical)|asap|"
    r"promptly|without (?:undue |unreasonable )?delay|in (?:a )?timely (?:manner|fashion)|"
    r"in good time|in due (?:course|time)|within (?:an? )?(?:reasonable|short|acceptable)"
    r"(?: \w+ of)? (?:time|period|timeframe|delay|notice))\b",
    re.IGNORECASE,
)
_SOON = re.compile(
    r"\b(?:(?<!as )(?<!how )(?:soon|quickly|speedily)(?! as)|shortly(?! (?:before|after) \d)|"
    r"well in advance|well before|(?:for|after) (?:an? )?(?:long|short) (?:time|while|period)|"
    r"(?:at|with|on|gives?|given) (?:very )?short notice)\b",
    re.IGNORECASE,
)
_FREQUENCY = re.compile(
    r"\b(?:(?<!how )(?:regularly|frequently|periodically|occasionally|repeatedly)|"
    r"from time to time|at regular intervals|frequent(?= \w)|several (?:times|attempts|failed|"
    r"occasions|warnings)|too (?:many|much|often|long|late|early))\b",
    re.IGNORECASE,
)
_JUDGEMENT = re.compile(
    r"\b(?:(?:un)?reasonabl[ey]|excessive(?:ly)?|undue|unduly|substantial|"
    r"considerable|significant|prolonged|"
    r"(?:sufficient|adequate|appropriate)(?= (?:notice|time|evidence|proof|period|amount)))\b",
    re.IGNORECASE,
)
_SIZE = re.compile(
    r"\b(?:large|big|small|heavy|bulky|long|short|high|low|recent|expensive|valuable|minor|"
    r"major|serious|severe|slight|extreme|oversized)\b",
    re.IGNORECASE,
)
_KINDS = re.compile(
    r"(?:(?:high|low|peak) (?:season|school|chair|street|tide|water)|long(?:er)? weekend|"
    r"short (?:course|story|film|message|break|stay)|small (?:claims|print|change|"
    r"ads?|talk)|heavy (?:goods|machinery)|minor (?:child|children)|large print|long (?:run|term|"
    r"distance)|short (?:term|cut|circuit)|high (?:court|street|risk|speed|priority|quality)|"
    r"low (?:risk|priority|cost)|big (?:toe|end))\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|half)\b")
_MEASURED = re.compile(
    r"\s*(?:\(|,)?\s*(?:(?:of|i\.e\.|that is|which is|meaning|always|and always|within|over|under|"
    r"above|below|at|more|less|not|no|but|up|by|until|before|the same|to|in|from|on) ?)+"
    r"[^.;]{0,30}?\d|[^.;]{0,25}\(?[^.;]{0,10}\d",
    re.IGNORECASE,
)
_SUGGESTIONS = (
    (_DEADLINE, "give a deadline, e.g. 'within 2 days'"),
    (_SOON, "give a time, e.g. 'within 2 days'"),
    (_FREQUENCY, "give a number, e.g. 'once a week' or 'more than 3 times'"),
    (_JUDGEMENT, "give the amount, time or test from which it is so"),
)


def vague(spec: PolicySpec) -> Iterator[Diagnostic]:
    """Vague words that decide something, in order."""
    named = _named(spec)
    for statement in spec.statements:
        start, last = statement.span.start, 0
        told: list[range] = []
        for pattern, suggestion in _SUGGESTIONS:
            if statement.category == "factual" and pattern is not _DEADLINE:
                continue  # a fact hangs on nothing, but a deadline is a promise
            for match in pattern.finditer(statement.text):
                if match.start() >= last and not _measured(statement.text, match):
                    last = match.end()
                    told.append(range(start + match.start(), start + last))
                    yield _finding(statement, match, start, suggestion)
        for span in statement.condition_spans:
            condition = spec.document.quote(span)
            for match in _SIZE.finditer(condition):
                if any(span.start + match.start() in one for one in told):
                    continue  # 'for a long time'
                if _decides(condition, match) and not _settled(spec, condition, match, named):
                    yield _finding(
                        statement, match, span.start, "give the measure from which it is so"
                    )


def _finding(statement: Statement, match: re.Match[str], base: int, suggestion: str) -> Diagnostic:
    word = " ".join(match[0].split())
    return Diagnostic(
        kind="vague",
        message=f"'{word}' leaves open where the line is",
        spans=(Span(start=base + match.start(), end=base + match.end()),),
        statements=(statement.id,),
        suggestion=suggestion,
    )


def _measured(text: str, match: re.Match[str]) -> bool:
    """Whether a figure close by says what the word means."""
    return bool(_MEASURED.match(text, match.end()))


def _decides(condition: str, match: re.Match[str]) -> bool:
    """Whether the word says of something in the condition how it is, rather than what it is."""
    before = condition[: match.start()].rstrip().lower()
    if re.search(
        r"(?:\b(?:as|so|how|no|too|years?|months?|weeks?|days?|hours?|minutes?|met(?:er|re)s?|"
        r"feet|inch(?:es)?|[ckm]?m)|-|\d\w*)$", before
    ):  # fmt: skip
        return False
    if condition[match.end() : match.end() + 1] == "-" or _KINDS.match(condition, match.start()):
        return False
    if match[0][0].isupper() and match.start() > 0:
        return False  # a name: 'a Large locker'
    doc = analyse(condition)
    token = next((t for t in doc if t.idx == match.start()), None)
    return token is not None and token.pos_ == "ADJ"


def _settled(spec: PolicySpec, condition: str, match: re.Match[str], named: set[str]) -> bool:
    """Whether the document says what it means, or only tells kinds apart by it."""
    word = match[0].lower()
    after = re.match(r"\s+(?:\w+\s)?([\w-]+)", condition[match.end() :])
    noun = singular(after[1].lower()) if after else ""
    if word in named or f"{word} {noun}" in named or _measured(condition, match):
        return True
    said = rf"\b{word}\b[^.\n]{{0,30}}\b{re.escape(noun)}" if noun else rf"\b{word}\b"
    return any(
        _FIGURE.search(line) for line in re.findall(rf"[^.\n]*{said}[^.\n]*", spec.document.text,
                                                    re.IGNORECASE)
        if condition not in line
    )  # fmt: skip


def _named(spec: PolicySpec) -> set[str]:
    """Words that name a kind: values of categories, and words of headings and heads of tables."""
    named = {value.lower() for variable in spec.variables for value in variable.values}
    named |= {word for value in named for word in value.split()}
    titles = [section.title for section in spec.document.sections]
    titles += re.findall(r"^\s*(?:[-*+]\s+)?(?:\*\*|__|\|)\s*([^|*_\n]+)", spec.document.text, re.M)
    for title in titles:
        words = [singular(word) for word in re.findall(r"[\w-]+", title.lower())]
        named |= {" ".join(pair) for pair in itertools.pairwise(words)}
    return named
