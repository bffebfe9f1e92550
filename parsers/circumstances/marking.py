"""Where a sentence names its circumstances, and where what holds under them.

In: the text of one sentence (or of an item that completes a lead-in). Out: `Marks`: the ranges of
its conditions and outcomes in that text, how many of each there are, and whether it instructs.
This reads words and grammar only, so it finds circumstances that cannot be compiled, too; which
variable a circumstance tests is `conditions`' matter. What counts as a circumstance follows
`benchmarks/gold/GUIDELINES.md`.
"""

from __future__ import annotations

import re

from parsers.circumstances.conjunctions import SOFT
from parsers.circumstances.fronted import front
from parsers.circumstances.outcomes import outcome
from parsers.circumstances.phrases import CASE_PHRASE
from parsers.circumstances.structure import Marks, Part, past_blanks
from parsers.circumstances.trailing import trail
from parsers.clauses.structure import Range
from parsers.duties import instructs
from parsers.labels import label
from parsers.leads import FRAME
from parsers.leftovers import leftover
from parsers.overrides import OVERRIDES, OVERRIDES_BEHIND
from parsers.segments import SUBORDINATOR, depths_of, masked, opened, segments

_EXAMPLE = re.compile(r"(?:for (?:example|instance)|e\.g\.)", re.IGNORECASE)


_OF_DOCUMENT = re.compile(
    r"(?:this|the) (?:section|policy|document|page|part|chapter|procedure|manual|guide|table)"
    r"(?: [\w-]+)? (?:is used|applies|tells|says|describes|covers|decides|explains|sets out|is for|"
    r"is about)\b",
    re.IGNORECASE,
)


_AIM = re.compile(
    r"(?:the|your|our|its|this|my|their)(?: [\w-]+){0,2} "
    r"(?:goal|purpose|aim|objective|intention|intent|mission)s?(?: [^,;:]{1,40})? (?:is|are) to\b",
    re.IGNORECASE,
)


_DEFINES = re.compile(
    r"(?:when|where|if) (?:we|you|this [\w-]+) (?:say|use|write|speak of|"
    r"refer to)s?\b[^,]*, (?:we|it) (?:mean|"
    r"are referring)|(?!(?:this|that|it|which|what|if|when|in|we|you|they)\b)(?:(?:an?|the) )?"
    r"(?:[\"“][^\"”]+[\"”]|'[^']+'|[\w-]+(?: [\w-]+){0,3}) "
    r"(?:means?|refers? to|denotes?|(?:is|are) defined as)\b",
    re.IGNORECASE,
)


_POINTER = re.compile(
    r"\W*(?:for (?:more|further|complete|full|details?)\b[^,]*, )?(?:please )?"
    r"(?:see|cf\.|compare|refer to)\s(?!that\b|to\b)|"
    r"\W*for (?:more|further|complete|full|additional|details?|information|an?|the)\b[^,]*"
    r"\b(?:information|details?|guidance|list|explanation|overview|about|on)\b[^,]*, (?:please )?"
    r"(?:visit|consult|read|check|view|go to)\b|"
    r"\W*(?:please )?(?:visit|consult|read) (?:https?:|www\.|(?:our|the) [^,;.]*\b(?:page|site|"
    r"website)\b)",
    re.IGNORECASE,
)


_ELSE = re.compile(
    r"(?:(?:yes|no)(?=\s*:)|otherwise|(?:if|where|when) not|if no(?=\s*[,:])|if so|if yes|"
    r"in (?:that|this|such(?: an?)?|those|"
    r"these|which) (?:case|event|situation)s?|in (?:all |any |every )?(?:the )?other (?:cases?|"
    r"circumstances|situations?)|in all others?)(?=[\s,:]|$)"
    r"(?! (?:where|when|in which|that)\b)",
    re.IGNORECASE,
)


_SAME_CASE = re.compile(
    r"(?:yes|if so|if yes|in (?:that|this|such|those|these|which))\b", re.IGNORECASE
)


_EXPLAINS = re.compile(
    r"(?:this|that|it) (?:is|will be) (?:only |mainly |also )?(?:needed|necessary|useful|helpful|"
    r"required|important|why|because|so)\b",
    re.IGNORECASE,
)


_ALTHOUGH = re.compile(
    r",\s+(?:although|though|whereas|even though)\s[^,;]*(?=[;.]|$)", re.IGNORECASE
)


_PARENTHESIS = re.compile(r"(?:\s+|(?<!\w))\((?:[^()]|\([^()]*+\))*+(?:\)|$)")


def mark(text: str, commanded: bool = False) -> Marks:
    """Circumstances and outcomes of one sentence.

    Args:
        commanded: the text completes a lead-in that instructs, such as 'The agent must:'.
    """
    named = label(text)
    if named is not None:
        return _labelled(text, *named, commanded)
    marks = Marks()
    text = masked(text)
    end = len(text.rstrip(" .;:!,"))
    marks.directive = commanded or instructs(text[:end])
    frame = FRAME.match(opened(text)) and not re.match(r"(?:this|these) (?:is|are)\b", text, re.I)
    told = (
        frame
        or _AIM.match(text)
        or _OF_DOCUMENT.match(text)
        or _EXAMPLE.match(text)
        or _POINTER.match(text)
    )
    if told or _DEFINES.match(text):
        marks.directive = commanded
        return marks
    if lifting := OVERRIDES_BEHIND.search(text, 1, end):
        end = lifting.start()
    for begin, stop, joiner in segments(text[:end]):
        if _POINTER.match(text, begin, stop):
            continue
        if begin and marks.directive and _EXPLAINS.match(text, begin, stop):
            continue
        told, marks.outcomes, acts, marks.acts = marks.outcomes, [], marks.acts, 0
        parts = marks.parts
        closed = bool(parts and told) and min(told) < min(marks.conditions)
        _segment(marks, text, begin, stop)
        if closed and not joiner and marks.parts == parts:
            marks.outcomes, marks.acts = told, acts  # 'come in if you are ready; tea is free'
        elif parts or joiner == "and" or not (joiner == "so" or marks.parts):
            marks.outcomes, marks.acts = told + marks.outcomes, acts + marks.acts
    marks.conditions.sort()
    marks.outcomes.sort()
    return marks


def _labelled(text: str, end: int, case: bool, commanded: bool) -> Marks:
    """The marks of what follows a label, and of the label where it names a case."""
    rest = text[end + 1 :]
    begin = len(text) - len(rest.lstrip())
    marks = mark(text[begin:], commanded)
    for ranges in (marks.conditions, marks.outcomes):
        ranges[:] = [(first + begin, last + begin) for first, last in ranges]
    if case:
        marks.conditions.insert(0, (0, end))
        marks.parts += 1
    return marks


def _segment(marks: Marks, text: str, begin: int, stop: int) -> None:
    """Add one segment's circumstances and outcomes."""
    start = begin + len(text[begin:stop]) - len(opened(text[begin:stop]))
    if granted := _ALTHOUGH.search(text, start + 1, stop):
        stop = granted.start()
    part = Part(text, start, stop, marks, depths_of(text))
    if lifting := OVERRIDES.match(text, start, stop):
        part.cut.append(lifting.span())
        start = part.start = lifting.end()
    if other := _ELSE.match(text, start, stop):
        part.take(other.span(), other.span())
        marks.exception |= not _SAME_CASE.match(other[0])
        part.start = past_blanks(text, other.end(), stop)
    elif left := leftover(text[start:]):
        named = (start, start + len(text[start : start + left].rstrip(" ,:")))
        part.take(named, named)
        marks.rest, part.start = True, min(start + left, stop)
    part.start = front(part)
    subject = trail(part)
    aside: list[Range] = []
    for match in _PARENTHESIS.finditer(text, begin, stop):
        inner = match[0].strip(" ()")
        sub = SUBORDINATOR.match(inner)
        where = match.start() + match[0].index(inner)
        if sub and not SOFT.match(inner[sub.end() :]) and not sub["even"]:
            part.take((where + sub.end(), where + len(inner)), match.span())
            marks.exception |= text[match.start() - 3 : match.start()].strip(" ,").endswith("or")
        elif not sub and CASE_PHRASE.match(inner):
            part.take((where, where + len(inner)), match.span())
        elif other := _OR_IF.match(inner):
            part.take((where + other.start("case"), where + len(inner)), match.span())
            marks.exception = True
            what = tuple(where + place for place in other.span("what"))
            aside.append((what[0], what[1]))
        part.cut.append(match.span())
    marks.conditions += part.taken
    outcome(part, subject)
    marks.outcomes += aside
    marks.acts += len(aside)


_OR_IF = re.compile(
    r"(?:or|and|but) (?P<what>[^,;]+?) (?:if|when|unless|where) (?P<case>.+)", re.IGNORECASE
)
