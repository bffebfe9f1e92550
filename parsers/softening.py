"""Rules on outcomes: 'where anyone else would get nothing, a member gets half'.

In: a sentence, and the rules it speaks of. Out: what others get, whom the sentence favours, and
those rules with an exception for them wherever they give what others get. So too 'wherever the
table says to refund it and the price is under 9 euros, give a voucher instead', and 'Members never
pay: where the table says half or full fee, let them off', 'Members get it free where it says …'.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.clauses.analysis import analyse_clause
from parsers.clauses.structure import Range
from parsers.conditions.people import ANYONE, PEOPLE
from parsers.conditions.syntax import noun_and_restriction, subject_and_verb
from parsers.language import analyse, singular
from parsers.spec import Outcome
from parsers.workflows.rules import Rule, outcome_key

_SOFTENS = re.compile(
    r"\b(?:where|when) (?:anyone|anybody|everyone|everybody|others?|another [\w-]+|other [\w-]+)"
    r"(?: else)?(?: would)? (?:gets?|haves?|receives?|pays?|leaves?|be charged) "
    r"(?P<what>[^,;:]+), ",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"\b(?:nothing|none|no (?:refund|money|credits?|fee|charge|return|compensation)|gone|lost|"
    r"forfeited|forfeits?|not (?:refunded|returned|given back)|we keep)\b",
    re.IGNORECASE,
)
_SHARE = re.compile(r"\b(?:half|whole|full|all|double|twice|quarter|third|most|part)\b", re.I)
_RULES = r"(?:table|rows?|chart|grid|list|steps?|rules?|result|outcome|answer)"
_SAYS = (
    r"(?:says?|tells? (?:us|you)|gives?|shows?|provides? for|leads? to|calls? for|would be|is|are)"
)
_WHEREVER = re.compile(
    rf"(?:wherever|whenever|where|when|if) (?:the|this|that|these|those|any) {_RULES}"
    rf"(?: (?:above|below|here))? {_SAYS} (?:to )?(?P<what>[^,;:]+?),? (?:and|but) "
    r"(?P<case>[^,;:]+), (?=\S)",
    re.IGNORECASE,
)


# what the rules say: one thing, or several in a row; then what is done instead
_TABLE = (
    rf"(?:wherever|whenever|where|when|if) (?:the|this|that|these|those|any) {_RULES}"
    rf"(?: (?:above|below|here))? {_SAYS} (?:to )?"
)
_ROW = r"(?P<what>[^,;:]+(?:, [^,;:]+)*?,? or [^,;:]+)"
_ONE = r"(?P<what>[^,;:]+?)"
_LEAD = r"(?:(?P<lead>[^:;]+)[:;] |(?:for|with) (?P<who>[^,;:]+), )?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for what in (_ROW, _ONE)
    for form in (
        rf"{_LEAD}{_TABLE}{what}, (?P<main>\S[^;:]*)",
        rf"(?P<main>[^,;:]+?),? {_TABLE}{what}(?:,? instead)?\.?",
        rf"(?:if|when|where|wherever) (?P<case>[^,;:]+?),? and (?:the|this|that) {_RULES} {_SAYS} "
        rf"(?:to )?{what}, (?P<main>\S[^;:]*)",
    )
)
_INSTEAD = re.compile(
    r"\b(?:instead|gets?|pays?|receives?|(?:is|are) (?:only )?(?:charged|given|refunded))\b",
    re.IGNORECASE,
)
_VERB_END = re.compile(r"(?: (?:never|always|also|still|only|do|does|will|need|can))+$")


@dataclass(frozen=True)
class Softening:
    """What others get, what is done instead, and where it is told in which case, or for whom.

    Where neither is told, what is done says whom it favours.
    """

    what: tuple[str, ...]
    main: Range
    case: Range | None = None
    who: Range | None = None


def softening(text: str) -> Softening | None:
    if told := _WHEREVER.match(text):
        return Softening((told["what"],), (told.end(), len(text)), told.span("case"))
    if found := _SOFTENS.search(text):
        return Softening((found["what"],), (found.end(), len(text)))
    return next(filter(None, (_told(form.fullmatch(text)) for form in _FORMS)), None)


def _told(match: re.Match[str] | None) -> Softening | None:
    """What one of the forms tells, if it tells whom it favours, or in which case."""
    if match is None:
        return None
    groups = match.groupdict()
    what = [re.sub(r"[\"'“”‘’]$|^[\"'“”‘’]", "", part)
            for part in re.split(r",? or |, ", match["what"].rstrip(" ."))]  # fmt: skip
    if len({analyse_clause(part).imperative for part in what}) > 1:
        return None  # 'where it says to refuse it, give a voucher or credit, …'
    if groups.get("case"):
        return Softening(tuple(what), match.span("main"), match.span("case"))
    named = "who" if groups.get("who") else "lead" if groups.get("lead") else "main"
    if named == "main" and not _INSTEAD.search(match["main"]):
        return None  # 'where the table says "admitted", a parent must sign' explains it
    who = match.span("who") if named == "who" else _favoured(match[named], match.start(named))
    return Softening(tuple(what), match.span("main"), who=who) if who else None


def _favoured(text: str, offset: int) -> Range | None:
    """Whom 'Members on a trial never pay', 'give members a voucher', 'it is free for …' favour."""
    subject = _VERB_END.sub("", subject_and_verb(text)[0])
    if subject and _people(subject):
        return offset, offset + len(subject)
    for chunk in analyse(text).noun_chunks:
        first = chunk.start and chunk.root.lower_ != "them" and _people(chunk.text)
        if first:
            return offset + chunk.start_char, offset + chunk.end_char
    return None


def _people(phrase: str) -> bool:
    """Whether a phrase names people of some kind: 'members on a trial', not 'you' or 'the member'.

    A definite person may be anyone.
    """
    core, _ = noun_and_restriction(re.split(r" (?:who|whose|with|that)\b", phrase)[0])
    words = core.split()
    known = bool(words) and singular(words[-1].lower()) in {*PEOPLE, *ANYONE}
    return (
        known
        and not re.match(r"(?:the|our|that|this|no)\b", phrase, re.IGNORECASE)
        and (phrase.lower() not in {"customers", "everyone", "anyone", "them", "people", "those"})
    )


def gives(outcome: Outcome, what: str) -> bool:
    """Whether an outcome is what others get."""
    if _NOTHING.search(what):
        return bool(_NOTHING.search(outcome.text))
    shares = [{*map(str.lower, _SHARE.findall(text))} for text in (what, outcome.text)]
    return outcome_key(what) <= outcome_key(outcome.text) and shares[0] <= shares[1]


def softened(rules: list[Rule], favoured: Rule, what: Sequence[str]) -> bool:
    """Except those whom `favoured` names from the rules that give it; whether some give each."""
    told = [part for top in rules for part in top.walk() if part.outcome is not None]
    given = [[part for part in told if part.outcome and gives(part.outcome, one)] for one in what]
    for part in {id(part): part for parts in given for part in parts}.values():
        part.exceptions.append(favoured)
    return all(given)
