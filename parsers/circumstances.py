"""Where a sentence names its circumstances, and where what holds under them.

In: the text of one sentence (or of an item that completes a lead-in). Out: `Marks`: the ranges of
its conditions and outcomes in that text, how many of each there are, and whether it instructs.
This reads words and grammar only, so it finds circumstances that cannot be compiled, too; which
variable a circumstance tests is `conditions`' matter. What counts as a circumstance follows
`benchmarks/gold/GUIDELINES.md`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from spacy.tokens import Token

from parsers.clauses.boundaries import main_start, seam_of
from parsers.clauses.structure import Range
from parsers.clauses.verbs import is_imperative
from parsers.concessions import beside, concedes
from parsers.duties import instructs
from parsers.labels import label
from parsers.language import analyse, is_finite
from parsers.leads import FRAME
from parsers.restrictions import AGENT, DEFINITE, OTHERS, restriction
from parsers.segments import (
    SUBORDINATOR,
    depths_of,
    joined,
    main_verb,
    masked,
    opened,
    segments,
    words,
)


@dataclass
class Marks:
    """Ranges into the sentence; `parts` counts conditions and `acts` outcomes.

    `rest` says that it is about what other rules leave: 'Other bags are refused'.
    """

    conditions: list[Range] = field(default_factory=list)
    outcomes: list[Range] = field(default_factory=list)
    parts: int = 0
    acts: int = 0
    exception: bool = False
    rest: bool = False
    directive: bool = False


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


_EVENT = (
    r"(?:requests?|receipt|payment|presentation|production|proof|completion|approval|termination|"
    r"cancellation|expiry|arrival|death|demand|sight|application|return|showing|presenting|"
    r"producing|"
    r"receiving|signing|paying)"
)
_LEAVE = r"(?:permission|consent|approval|agreement|authori[sz]ation)"
_EXCEPTS = re.compile(
    r"with the exception|except|apart|other than|excluding|failing", re.IGNORECASE
)
_CASE_PHRASE = re.compile(
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


_ELSE = re.compile(
    r"(?:(?:yes|no)(?=\s*:)|otherwise|(?:if|where|when) not|if no|if so|if yes|"
    r"in (?:that|this|such(?: an?)?|those|"
    r"these|which) (?:case|event|situation)s?|in (?:all |any |every )?(?:the )?other (?:cases?|"
    r"circumstances|situations?)|in all others?)(?=[\s,:]|$)"
    r"(?! (?:where|when|in which|that)\b)",
    re.IGNORECASE,
)


_SOFT = re.compile(
    r"(?:any|at all|possible|feasible|practical|practicable|necessary|needed|need be|required|"
    r"applicable|appropriate|relevant|useful|desired|present|available)\s*(?:[,;.)]|$)|"
    r"[^,;.]*\bor (?:not|otherwise)\b",
    re.IGNORECASE,
)


_SAME_CASE = re.compile(
    r"(?:yes|if so|if yes|in (?:that|this|such|those|these|which))\b", re.IGNORECASE
)


_SOFT_FRONT = re.compile(
    r"(?:if|when|where|wherever|as far as|whenever|unless) (?:possible|feasible|practical|"
    r"practicable|necessary|needed|applicable|appropriate|relevant)(?=\s*(?:[,;:.)]|$))",
    re.IGNORECASE,
)


_ASKS = {"check", "see", "ask", "know", "determine", "verify", "decide", "tell", "confirm",
         "wonder", "find", "out", "understand", "show", "say", "indicate", "establish"}  # fmt: skip


_ELLIPSIS = re.compile(
    r"(?:(?:then|please|just(?= [a-z])|and|or|but|also|however)\b|,|;|:)\s*", re.IGNORECASE
)


_ASIDES = (
    r"because|as (?:such|it|they|this|these|those|there)(?= )|which is why |e\.g\. |"
    r"for (?:example|instance)\b|(?<=, )since |so that|"
    r"in order (?:to|that)|as (?:most|many|some) do|as (?:described|explained|defined|listed|"
    r"set out|specified) (?:in|below|above)|see (?:also )?(?:section|§)|- see"
)
_ASIDE = re.compile(rf",?\s+(?:{_ASIDES})\b[^;]*", re.IGNORECASE)
_WHY = re.compile(r"\b(?:because|so that|as (?:such|it|they|this|these|those|there))\b[^,]*$", re.I)
_REASON = re.compile(
    rf",?\s+(?:{_ASIDES}|due to |for (?!any |no |whatever |some |other )[\w-]+(?: [\w-]+)? "
    r"(?:purposes?|reasons?))\b[^;]*",
    re.IGNORECASE,
)
"""What no outcome has. A circumstance has its reasons ('absent due to illness')."""


_EXPLAINS = re.compile(
    r"(?:this|that|it) (?:is|will be) (?:only |mainly |also )?(?:needed|necessary|useful|helpful|"
    r"required|important|why|because|so)\b",
    re.IGNORECASE,
)


_ALTHOUGH = re.compile(
    r",\s+(?:although|though|whereas|even though)\s[^,;]*(?=[;.]|$)", re.IGNORECASE
)


_SETTING = re.compile(
    r"(?:(?:in|at|on|by|for|with|under|from|during|as|to) [^,;:\0]{1,60}, "
    r"(?=(?:you|we|please|(?:the |an? )?agents?|this|that)\b))?"
    r"(?:(?:this|that|which) (?:\w+ly )?means (?:that )?)?",
    re.IGNORECASE,
)
"""What comes before an outcome's subject and says neither when nor what."""


_PARENTHESIS = re.compile(r"(?:\s+|(?<!\w))\((?:[^()]|\([^()]*+\))*+(?:\)|$)")


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


_TIMES = {"second", "minute", "hour", "day", "week", "month", "year", "time", "moment", "beginning",
          "dark", "night", "midnight", "noon", "sunset", "dinner", "lunch",
          "end", "start", "period"}  # fmt: skip


_CLOCK = {"am", "pm", "a.m.", "p.m.", "o'clock", "o’clock"}


_NO_CASE = {"example", "instance", "clarity", "information", "detail", "details", "purpose",
            "purposes", "reason", "reasons", "sake", "question", "questions", "safety", "security",
            "convenience", "now", "help", "assistance", "simplicity"}  # fmt: skip


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


@dataclass
class _Part:
    """A segment being read: `taken` are circumstances, `cut` what no outcome has."""

    text: str
    start: int
    stop: int
    marks: Marks
    depths: list[int]
    taken: list[Range] = field(default_factory=list)
    cut: list[Range] = field(default_factory=list)

    def take(self, words: Range, cut: Range) -> None:
        """Count a stretch as circumstances."""
        self.taken += _pieces(self.text, *words)
        self.cut.append(cut)
        self.marks.parts += joined(self.text, *words)


def _segment(marks: Marks, text: str, begin: int, stop: int) -> None:
    """Add one segment's circumstances and outcomes."""
    start = begin + len(text[begin:stop]) - len(opened(text[begin:stop]))
    if granted := _ALTHOUGH.search(text, start + 1, stop):
        stop = granted.start()
    part = _Part(text, start, stop, marks, depths_of(text))
    if other := _ELSE.match(text, start, stop):
        part.take(other.span(), other.span())
        marks.exception |= not _SAME_CASE.match(other[0])
        part.start = _past_blanks(text, other.end(), stop)
    part.start = _front(part)
    subject = _trail(part)
    aside: list[Range] = []
    for match in _PARENTHESIS.finditer(text, begin, stop):
        inner = match[0].strip(" ()")
        sub = SUBORDINATOR.match(inner)
        where = match.start() + match[0].index(inner)
        if sub and not _SOFT.match(inner[sub.end() :]) and not sub["even"]:
            part.take((where + sub.end(), where + len(inner)), match.span())
            marks.exception |= text[match.start() - 3 : match.start()].strip(" ,").endswith("or")
        elif not sub and _CASE_PHRASE.match(inner):
            part.take((where, where + len(inner)), match.span())
        elif other := _OR_IF.match(inner):
            part.take((where + other.start("case"), where + len(inner)), match.span())
            marks.exception = True
            what = tuple(where + place for place in other.span("what"))
            aside.append((what[0], what[1]))
        part.cut.append(match.span())
    marks.conditions += part.taken
    _outcome(part, subject)
    marks.outcomes += aside
    marks.acts += len(aside)


_OR_IF = re.compile(
    r"(?:or|and|but) (?P<what>[^,;]+?) (?:if|when|unless|where) (?P<case>.+)", re.IGNORECASE
)


def _past_blanks(text: str, start: int, stop: int) -> int:
    return start + len(text[start:stop]) - len(text[start:stop].lstrip(" ,:"))


# --- circumstances --------------------------------------------------------------------------


def _front(part: _Part) -> int:
    """Take the circumstance before the main clause; where that begins."""
    text, start, stop = part.text, part.start, part.stop
    tokens = words(text, start, stop)
    if not tokens:
        return start
    match = SUBORDINATOR.match(text, start, stop)
    phrase = None if match else _CASE_PHRASE.match(text, start, stop)
    inverted = re.match(r"should(?= \w+ )", text[start:stop], re.I) if len(tokens) > 4 else None
    if tokens[0].tag_ == "VBG" and tokens[0].dep_ in {"csubj", "csubjpass", "nsubj"}:
        return start  # 'Providing a copy is not enough'
    if not (match or phrase or inverted or fronted_phrase(tokens)):
        return start
    if soft := _SOFT_FRONT.match(text, start, stop):
        part.cut.append(soft.span())
        return _past_blanks(text, soft.end(), stop)
    word = (match["word"] or match["except"] or match["even"]).lower() if match else ""
    past = sum(t.idx < match.end() for t in tokens) if match and "," in match[0] else 1
    at = _main_begins(tokens, bool(match or phrase), past)
    if at is None and tokens[0].lower_ == "for" and tokens[1].tag_ == "NNS":
        at = next((i + 1 for i, t in enumerate(tokens[:3]) if t.text == ","), None)
        at = at if at and at < len(tokens) else None  # 'For guests, the number of the room'
    if at is None:
        if match is None or len(tokens) < 3 or word in _WITH_MAIN or match["even"]:
            return start
        part.take((match.end(), stop), (start, stop))  # a circumstance without a main clause
        return stop
    end = tokens[at].idx
    close = start + len(text[start:end].rstrip(" ,:–-").removesuffix(" then").rstrip(" ,"))
    if text[start:close].endswith((" since", " by", " until", " from")):
        close += len(" then")
    if match and word == "while" and concedes(words(text, match.end(), close)):
        part.cut.append((start, end))
        return end
    if match and (match["even"] or not _counts(word, text, start, match.end(), close, True)):
        return start
    first = match.end() if match and not _prepositional(match, text, close) else start
    first += len(inverted[0]) + 1 if inverted else 0
    part.take((first, close), (start, end))
    return end


_WITH_MAIN = {"once", "until", "where", "while", "after"}


def _main_begins(tokens: list[Token], told: bool, past: int) -> int | None:
    """Where the main clause begins behind what a sentence opens with, `past` tokens or more."""
    at = main_start(tokens, past)
    at = seam_of(tokens, past) if at is None else at
    if at is not None or not told:
        return at
    root = next((t for t in tokens if t.dep_ == "ROOT"), None)
    if root is not None and any(is_finite(t) for t in (root, *root.lefts)):
        subject = next((t for t in root.lefts if t.dep_ in {"nsubj", "nsubjpass", "expl"}), None)
        if subject is not None and subject.left_edge.i > tokens[0].i + 1:
            return next((i for i, t in enumerate(tokens) if t.i == subject.left_edge.i), None)
    comma = next((i for i, t in enumerate(tokens[:-2]) if t.text == "," and i > 1), None)
    return comma + 1 if comma is not None else None


def _prepositional(match: re.Match[str], text: str, close: int) -> bool:
    """Whether 'after' opens a phrase ('after user confirmation'), which keeps it."""
    word = (match["word"] or match["except"] or "").lower()
    return word in {"after", "until", "except", "save"} and not any(
        is_finite(t) for t in words(text, match.end(), close)
    )


_AND_IF = re.compile(r",?\s+(?:and|or|but)\s+(?:if|when|unless|where)\s+", re.IGNORECASE)


def _pieces(text: str, first: int, end: int) -> list[Range]:
    """A circumstance cut where another conjunction opens the next: 'if A, or if B'."""
    marks = list(_AND_IF.finditer(text, first, end))
    starts = [first, *(match.end() for match in marks)]
    return list(zip(starts, [*(match.start() for match in marks), end], strict=True))


def _counts(word: str, text: str, at: int, first: int, close: int, fronted: bool = False) -> bool:
    """Whether what a subordinator opens is a circumstance."""
    tokens = words(text, first, close)
    if not tokens or _SOFT.match(text[first : min(close + 1, len(text))]):
        return False
    verb = any(is_finite(t) or t.tag_ == "VBN" for t in tokens)
    before = [t for t in analyse(text) if t.idx < at and not t.is_space]
    last = before[-1] if before else None
    if last is not None and word in {"if", "when", "where"} and last.lemma_.lower() in _ASKS:
        return False
    if last is not None and last.lower_ == "as":
        return False  # as if
    opener = next((t for t in analyse(text) if t.idx == at), None)
    besides = text[:at].rstrip().endswith(",") and tokens[0].tag_ == "VBG"
    if (word == "while" and (concedes(tokens) or besides)) or (
        opener is not None and beside(opener, word)
    ):
        return False
    if tokens[0].lower_ == "then" or (word == "after" and tokens[0].lower_ in {"that", "this"}):
        return False
    if word == "after" and last is not None and last.lemma_.lower() in {"look", "name"}:
        return False
    if word in {"when", "where", "while", "once"} and last is not None and not fronted:
        noun = last.pos_ in {"NOUN", "PROPN"} and last.lower_ not in {
            "case", "cases", "circumstances", "situations", "only", "except"}  # fmt: skip
        clause = opener.head.dep_ if opener is not None else ""
        if word == "where" and (noun or last.text == ","):
            return False
        if word == "when" and noun and clause == "relcl" and last.lemma_.lower() in _TIMES:
            return False
        if word == "while" and not verb and tokens[0].tag_ != "VBG":
            return False
        if word == "once":
            return verb and tokens[0].pos_ in {"DET", "PRON", "PROPN", "NOUN", "ADJ", "VERB"}
    if word == "after":
        if any(is_finite(t) for t in tokens):
            return True
        if last is not None and not fronted and last.lemma_.lower() in _TIMES:
            return False  # 'within 30 days after cancellation': how long, not when
        head = next((t for t in tokens if t.dep_ == "pobj" and t.head.idx == at), tokens[0])
        if not fronted and len(tokens) == 1 and is_imperative(before):
            return False  # 'Wipe it after use': a step of a routine
        clock = any(t.lower_ in _CLOCK for t in tokens) or head.pos_ == "NUM"
        timed = clock or (
            head.lemma_.lower() in _TIMES and not any(t.lower_ == "of" for t in head.rights)
        )
        return (
            (tokens[0].pos_ in {"NOUN", "PROPN", "ADJ", "NUM"} or tokens[0].tag_ == "VBN")
            and tokens[0].tag_ != "VBG"
            and not timed
        )
    if word == "until":
        return any(is_finite(t) for t in tokens)
    if word.startswith("provid"):
        return any(is_finite(t) for t in tokens) and not (last is not None and last.pos_ == "AUX")
    return not (word in {"when", "where"} and last is not None
                and last.pos_ == "ADP" and last.dep_ != "prt")  # fmt: skip


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
    timed = any(t.lemma_.lower() in _TIMES for t in nouns)
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


class _Found(NamedTuple):
    """A circumstance behind the main clause: where its conjunction is, and where its words."""

    at: int
    first: int
    end: int
    word: str
    excepts: bool


def _trail(part: _Part) -> bool:
    """Take the circumstances in and behind the main clause; whether its subject is one."""
    text, start, stop = part.text, part.start, part.stop
    found = _found(part)
    if other := _OTHERWISE.search(text, start, stop):
        part.take(other.span("word"), other.span())
        part.marks.exception = True
        part.marks.acts += 1
    stops = [*(one.at for one in found), *([other.start()] if other else [])]
    kept: list[_Found] = []
    for one in found:
        end = min([one.end, *(at for at in stops if at > one.at)])
        end = _close(text, one.first, end, part.depths)
        if kept and one.at < kept[-1].end:
            continue
        end = _shared(text, one.first, end)
        if one.word.startswith("even"):
            if not (kept or part.taken):
                continue
        elif one.word != "phrase" and not _counts(
            one.word, text, one.at,
            one.at + len(one.word) + 1 if one.first == one.at else one.first, end,
        ):  # fmt: skip
            continue
        kept.append(one._replace(end=end))
    for one in kept:
        opening = start + len(text[start : one.at].rstrip(" ,"))
        joiner = re.search(
            r"\s(?:and|or|but|only|if and only|especially|particularly)$", text[start:opening]
        )
        part.marks.exception |= one.excepts and part.marks.parts > 0
        part.take((one.first, one.end), (start + joiner.start() if joiner else opening, one.end))
    if kept and (only := re.compile(r"only\s+", re.IGNORECASE).match(text, start, stop)):
        part.cut.append(only.span())
    single = restriction(text, start, min([one.at for one in kept], default=stop))
    if single is not None:
        part.marks.rest |= bool(OTHERS.match(text, *single.words))
        part.take(single.words, single.cut)
    return single is not None and single.subject


_OTHERWISE = re.compile(r"(?<!\bor),?\s+(?P<word>otherwise)\b", re.IGNORECASE)
_TRAILING = re.compile(f"{SUBORDINATOR.pattern}|(?P<case>{_CASE_PHRASE.pattern})", re.IGNORECASE)


_DENIED = re.compile(
    r"\b(?:no|not|never|cannot|nobody|nothing|only|may|can|could|allowed|permitted|valid|possible|"
    r"refused?|rejected|invalid|incomplete|unable|impossible|prohibited|forbidden)\b|n['’]t\b",
    re.IGNORECASE,
)  # fmt: skip


def _found(part: _Part) -> list[_Found]:
    """Where circumstances may stand in and behind the main clause."""
    text, start, stop = part.text, part.start, part.stop
    main = main_verb(words(text, start, stop))
    found = []
    for match in _TRAILING.finditer(text, start, stop):
        at = match.start()
        if part.depths[at] or at == start or re.search(r"\bwhether\b", text[start:at]):
            continue
        if re.search(r"\b(?:no matter|regardless of|irrespective of|such as)\s*$", text[start:at]):
            continue
        if _WHY.search(text, start, at):
            continue  # a circumstance of the reason
        of_subject = main is not None and at < main.idx
        last = stop
        if of_subject and main is not None and _roots(main):
            inside = words(text, match.end(), main.idx)
            last = main.idx if any(is_finite(t) or t.tag_ == "VBG" for t in inside) else stop
        if of_subject and (match["case"] or re.search(r"\b(?:and|or)\s*$", text[start:at])):
            continue
        if match["case"] is not None:
            without = match["case"].lower().startswith("without")
            if without and (not _DENIED.search(text, start, at) or text[start:at].endswith(" or ")):
                continue  # how, not when
            excepts = bool(_EXCEPTS.match(match["case"]))
            found.append(_Found(at, at, last, "phrase", excepts))
            continue
        word = (match["word"] or match["except"] or match["even"]).lower()
        if word == "save" or (
            word in {"after", "where"} and re.match(r"\w+ing\b", text[match.end() :])
        ):
            continue
        first = at if _prepositional(match, text, stop) else match.end()
        found.append(_Found(at, first, last, word, bool(match["except"])))
    return found


_RESUMES = re.compile(
    r"(?:and|or) (?:you|we|they|it|he|she) (?:can|may|must|will|should)\b", re.IGNORECASE
)


def _roots(verb: Token) -> bool:
    """Whether a finite verb is that of the whole sentence."""
    owner = verb.head if verb.dep_ in {"aux", "auxpass"} else verb
    return owner.dep_ == "ROOT"


def _close(text: str, first: int, end: int, depths: list[int]) -> int:
    """Where a circumstance behind the main clause ends."""
    for match in re.finditer(r",\s+|\s+-\s+", text[first:end]):
        at = first + match.start()
        if depths[at]:
            continue
        rest = text[first + match.end() : end]
        if re.match(r"(?:and|or|nor)\b", rest, re.I) and not _RESUMES.match(rest):
            continue
        if _RESUMES.match(rest):
            end = at
            break
        if re.match(r"(?:as|to|even|because|since|so|but|which|who|where|not|in which|plus|then|"
                    r"particularly|especially|including)\b",
                    rest, re.I):  # fmt: skip
            end = at
            break
    end = first + len(text[first:end].rstrip(" ,"))
    closing = re.search(r",?\s(?:and|or|but)$", text[first:end])
    if aside := _ASIDE.search(text, first, end):
        end = aside.start()
    return first + closing.start() if closing else end


def _shared(text: str, first: int, end: int) -> int:
    """Where a participle's clause ends: 'sign up when booking it | and check who comes'."""
    tokens = words(text, first, end)
    if not tokens or tokens[0].tag_ != "VBG":
        return end
    for joint, verb in pairwise(tokens):
        if joint.lower_ in {"and", "or"} and verb.tag_ in {"VB", "VBP"}:
            return first + len(text[first : joint.idx].rstrip(" ,"))
    return end


def _outcome(part: _Part, subject_taken: bool) -> None:
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
