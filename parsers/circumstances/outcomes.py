"""What is left of a segment when its circumstances are taken out: its outcomes.

In: a `Part` with all its circumstances taken. Out: the ranges of its outcomes, without the agent,
the modal verb and the reasons, and how many acts they tell.
"""

from __future__ import annotations

import re

from parsers.circumstances.structure import Part
from parsers.circumstances.trailing import ASIDES
from parsers.restrictions import AGENT
from parsers.segments import words

_ELLIPSIS = re.compile(
    r"(?:(?:then|please|just(?= [a-z])|and|or|but|also|however)\b|,|;|:)\s*", re.IGNORECASE
)


_REASON = re.compile(
    rf",?\s+(?:{ASIDES}|due to |for (?!any |no |whatever |some |other )[\w-]+(?: [\w-]+)? "
    r"(?:purposes?|reasons?))\b[^;]*",
    re.IGNORECASE,
)
"""What no outcome has. A circumstance has its reasons ('absent due to illness')."""


_SETTING = re.compile(
    r"(?:(?:in|at|on|by|for|with|under|from|during|as|to) [^,;:\0]{1,60}, "
    r"(?=(?:you|we|please|(?:the |an? )?agents?|this|that)\b))?"
    r"(?:(?:this|that|which) (?:\w+ly )?means (?:that )?)?",
    re.IGNORECASE,
)
"""What comes before an outcome's subject and says neither when nor what."""


_MODAL = (
    r"(?:must|should|shall|may|can|will|would|['’]ll|['’]d|need to|needs to|ha(?:ve|s) to|ought to|"
    r"(?:is|are) to|"
    r"(?:is|are) (?:allowed|required|expected|supposed|permitted|able) to)"
)


_AGENT_MODAL = re.compile(rf"(?:{_MODAL}\s+)?(?:(?:also|then|always|please|generally)\s+)*"
                          rf"(?:{_MODAL}\s+)?", re.IGNORECASE)  # fmt: skip


_AFTER_SUBJECT = re.compile(
    r"(?:(?:(?:is|are) to|is|are|was|were|will be|will|must|"
    r"should|shall|may|can|would|(?:ha(?:s|ve)|needs?) to)\b"
    r"(?:\s+(?:be|also|then|therefore|always))*\s+)(?=(?P<not>not\b|never\b)?)",
    re.IGNORECASE,
)


def outcome(part: Part, subject_taken: bool) -> None:
    """What is left of a segment when its circumstances are taken out."""
    text, start, stop, marks = part.text, part.start, part.stop, part.marks
    blanked = list(text)
    for first, last in part.cut:
        for i in range(first, last):
            blanked[i] = "\0"
    for reason in _REASON.finditer("".join(blanked), start, stop):
        for i in range(*reason.span()):
            blanked[i] = "\0"
    said = "".join(blanked)
    at = start
    while at < stop and (said[at] in "\0 ,;:–-."):
        at += 1
    if passed := _SETTING.match(said, at, stop):
        at = passed.end()
    first = True
    for match in re.finditer(r"[^\0]+", said[at:stop]):
        begin, end = at + match.start(), at + match.end()
        begin += len(said[begin:end]) - len(said[begin:end].lstrip(" ,;:."))
        while opening := _ELLIPSIS.match(said, begin, end):
            begin = opening.end()
        if first and subject_taken:
            if aux := _AFTER_SUBJECT.match(said, begin, end):
                begin = aux.end()
        elif first and (agent := AGENT.match(said[begin:end])):
            rest = said[begin + agent.end() : end]
            begin += agent.end() + len(rest) - len(rest.lstrip())
            begin = _past_modal(said, begin, end)
        elif first:
            begin = _past_modal(said, begin, end)
        end = begin + len(said[begin:end].rstrip(" ,;:.-"))
        if begin < end and re.search(r"\w", said[begin:end]):
            marks.outcomes.append((begin, end))
            if first:
                marks.acts += _acts(text, begin, end)
            elif re.match(r"[\0 ,]*(?:and|or)\s", said[at + match.start() : end]):
                verb = next(iter(words(text, begin, end)), None)
                marks.acts += verb is not None and verb.tag_ in {"VB", "VBP", "VBZ"}
            first = False


_NEGATED = re.compile(
    r"(?:is|are) (?=not\b)|(?=(?:cannot|do not|don['’]t|never|may not)\b)", re.IGNORECASE
)


def _past_modal(said: str, begin: int, end: int) -> int:
    if match := _NEGATED.match(said, begin, end):
        return match.end()
    modal = _AGENT_MODAL.match(said, begin, end)
    return modal.end() if modal else begin


def _acts(text: str, begin: int, end: int) -> int:
    """How many acts or effects a stretch tells: its verbs joined by and/or/but."""
    tokens = words(text, begin, end)
    count = 1
    depth = 0
    for i, token in enumerate(tokens[:-1]):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth or not i or token.lower_ not in {"and", "but", "then", "or"}:
            continue
        if token.lower_ == "or" and tokens[i + 1].tag_ != "MD":
            continue
        after = tokens[i + 1 :]
        while after and after[0].lower_ in {"then", "also", "must", "should"} and len(after) > 1:
            after = after[1:]
        verb = next((t for t in after if t.pos_ in {"VERB", "AUX"}), None)
        if verb is None or verb.i - token.i > 8:
            continue
        owner = verb.head if verb.dep_ in {"aux", "auxpass"} else verb
        joined = (
            owner.dep_ == "conj"
            and owner.head.pos_ in {"VERB", "AUX"}
            and (owner.head.dep_ in {"ROOT", "conj", "ccomp"} or owner.head.i < tokens[0].i)
        )
        if joined and owner.tag_ not in {"VBG"} and not (
            owner.head.dep_ == "conj" and owner.tag_ == "VB" and any(
                t.dep_ == "aux" and t.lower_ == "to" for t in owner.lefts)
        ):  # fmt: skip
            count += 1
    return count
