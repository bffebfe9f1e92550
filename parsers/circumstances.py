"""Where a sentence names its circumstances, and where what holds under them.

In: the text of one sentence (or of an item that completes a lead-in). Out: `Marks`: the ranges of
its conditions and outcomes in that text, how many of each there are, and whether it instructs.
This reads words and grammar only, so it finds circumstances that cannot be compiled, too; which
variable a circumstance tests is `conditions.py`'s matter. What counts as a circumstance follows
`benchmarks/gold/GUIDELINES.md`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from spacy.tokens import Token

from parsers.clauses import _boundary, _main_verb, _seam, _starts_main, is_imperative
from parsers.language import analyse, is_finite
from parsers.leads import FRAME

Range = tuple[int, int]


@dataclass
class Marks:
    """Ranges into the sentence; `parts` counts conditions and `acts` outcomes."""

    conditions: list[Range] = field(default_factory=list)
    outcomes: list[Range] = field(default_factory=list)
    parts: int = 0
    acts: int = 0
    exception: bool = False
    directive: bool = False


_OPENERS = re.compile(
    r"(?:[\w-]+: )?(?:(?:however|also|and|but|or|so|thus|therefore|hence|in addition|"
    r"additionally|furthermore|"
    r"similarly|likewise|moreover|generally|in general|normally|usually|first|then|next|finally|"
    r"note(?: that)?|important|as a rule|by default|in particular|instead|at present|"
    r"please note(?: that)?)\b[,:]?\s+)*",
    re.IGNORECASE,
)
_AGENT = re.compile(
    r"(?:you|we|(?:the |all |every |each |an? )?(?:[\w-]+ )?"
    r"(?:agents?|staff|clerks?|assistants?))\b",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(r"(?:for (?:example|instance)|e\.g\.)", re.IGNORECASE)
_OF_DOCUMENT = re.compile(
    r"(?:this|the) (?:section|policy|document|page|part|chapter|procedure|manual|guide|table)"
    r"(?: [\w-]+)? (?:is used|applies|tells|says|describes|covers|decides|explains|sets out|is for|"
    r"is about)\b",
    re.IGNORECASE,
)
_POINTER = re.compile(r"\W*(?:see|cf\.|compare)\s", re.IGNORECASE)
_SUBORDINATOR = re.compile(
    r"\b(?:(?P<except>(?:except|unless|save)(?: (?:if|when|where|that))?)|"
    r"(?P<even>even (?:if|when|though))|"
    r"(?P<word>(?:if and )?only (?:if|when|where|after|once)|"
    r"if|when|whenever|wherever|as long as|so long as|as soon as|"
    r"in case(?! of)|in the event(?! of)(?: that)?|on condition that|provid(?:ed|ing)(?: always)?"
    r"(?: that)?|assuming(?: that)?|once|until|while|where|after))\s+",
    re.IGNORECASE,
)
_CASE_PHRASE = re.compile(
    r"\b(?:in (?:the )?(?:case|event)s? of|with the exception of|except (?:for|in|on|to|with|at)|"
    r"apart from|other than|excluding|failing|in the absence of|without(?= (?:an?|any|the|prior|"
    r"\w+(?:er|ion|al|nt|ce|sent))\b)|when in)\s",
    re.IGNORECASE,
)
_ELSE = re.compile(
    r"(?:(?:yes|no)(?=\s*:)|otherwise|(?:if|where|when) not|if no|if so|if yes|"
    r"in (?:that|this|such(?: an?)?|those|"
    r"these|which) (?:case|event|situation)s?|in (?:all |any |every )?(?:the )?other (?:cases?|"
    r"circumstances|situations?)|in all others?)(?=[\s,:]|$)",
    re.IGNORECASE,
)
_SOFT = re.compile(
    r"(?:any|at all|possible|feasible|practical|practicable|necessary|needed|need be|required|"
    r"applicable|appropriate|relevant|useful|desired|present|available|in doubt)\s*(?:[,;.)]|$)|"
    r"[^,;.]*\bor (?:not|otherwise)\b",
    re.IGNORECASE,
)
_SOFT_FRONT = re.compile(
    r"(?:if|when|where|wherever|as far as|whenever|unless) (?:possible|feasible|practical|"
    r"practicable|necessary|needed|applicable|appropriate|relevant|in doubt(?=,))\b",
    re.IGNORECASE,
)
_ASKS = {"check", "see", "ask", "know", "determine", "verify", "decide", "tell", "confirm",
         "wonder", "find", "out", "understand", "show", "say", "indicate", "establish"}  # fmt: skip
_ELLIPSIS = re.compile(r"(?:then|please|,|;|:|and|but|also)\s*", re.IGNORECASE)
_REASON = re.compile(
    r",?\s+(?:because|(?<=, )since |so that|in order (?:to|that)|as (?:most|many|some) do|"
    r"for [\w-]+(?: [\w-]+)? (?:purposes?|reasons?)|as (?:described|explained|defined|listed|"
    r"set out|specified) (?:in|below|above)|see (?:also )?(?:section|§)|- see)\b[^;]*",
    re.IGNORECASE,
)
_PARENTHESIS = re.compile(r"\s*\([^()]*\)")
_MODAL = (
    r"(?:must|should|shall|may|can|will|would|need to|needs to|ha(?:ve|s) to|ought to|"
    r"(?:is|are) to|"
    r"(?:is|are) (?:allowed|required|expected|supposed|permitted|able) to)"
)
_AGENT_MODAL = re.compile(rf"(?:{_MODAL}\s+)?(?:(?:also|then|always|please|generally)\s+)*"
                          rf"(?:{_MODAL}\s+)?", re.IGNORECASE)  # fmt: skip
_AFTER_SUBJECT = re.compile(
    r"(?:(?:is|are|was|were|will be|will|must|should|shall|may|can|would|ha(?:s|ve) to)\b"
    r"(?:\s+(?:be|also|then|therefore|always))*\s+)(?=(?P<not>not\b|never\b)?)",
    re.IGNORECASE,
)

_DIRECTIVE = re.compile(
    r"(?:must|should|shall|(?:do |does )?(?:have|has) to(?= \w)|needs? to(?= \w)|ought to|"
    r"(?:is|are) (?:always |not |never |also )*(?:required|expected|supposed|obliged|forbidden|"
    r"prohibited|not allowed|not permitted)|(?:is|are) to(?= [a-z])|can(?:not|['’]t| not| never| "
    r"only)|may (?:not|never|only)|no (?:more )?[\w-]+(?: [\w-]+)? (?:may|can|should|must)|"
    r"nobody (?:may|can|should|must)|no one (?:may|can|should|must)|(?:is|are) not (?:allowed|"
    r"permitted)|never|under no circumstances)\b",
    re.IGNORECASE,
)
_NO_DUTY = re.compile(
    r"(?:can|could|may|might|should|must|do|does|will)?\s*(?:not |n['’]t )?(?:need not|not need|"
    r"not have to|n['’]t have to|almost never|will never)\b",
    re.IGNORECASE,
)
_POSSIBLY = re.compile(
    r"may not (?:even|always|necessarily|be able|have|know|yet|want)\b|"
    r"may not\b[^,;]*\b(?:due to|because)\b",
    re.IGNORECASE,
)
_STATE_VERBS = {"contain", "include", "comprise", "mean", "describe", "refer", "define", "denote",
                "specify", "consist", "provide", "represent", "exist", "show"}  # fmt: skip
_CREATES = {"make", "provide", "create", "write", "contain", "include", "have", "be", "need", "use",
            "require", "build", "produce", "give", "choose", "select", "get", "gather", "follow",
            "see", "know", "find", "list", "keep", "want", "confirm", "apply", "ask", "inform",
            "meet", "become", "solicit", "modify"}  # fmt: skip
_RESPONDS = {"deny", "refuse", "reject", "decline", "ignore", "accept", "approve", "escalate",
             "forbid", "prohibit"}  # fmt: skip
_TIMES = {"second", "minute", "hour", "day", "week", "month", "year", "time", "moment", "beginning",
          "dark", "night", "midnight", "noon", "sunset", "dinner", "lunch",
          "end", "start"}  # fmt: skip
_NO_CASE = {"example", "instance", "clarity", "information", "detail", "details", "purpose",
            "purposes", "reason", "reasons", "sake", "question", "questions", "safety", "security",
            "convenience", "now", "help", "assistance", "simplicity"}  # fmt: skip
_DEFINITE = {"the", "this", "that", "these", "those", "its", "their", "your", "our", "his", "her",
             "my", "each", "both"}  # fmt: skip


def mark(text: str, commanded: bool = False) -> Marks:
    """Circumstances and outcomes of one sentence.

    Args:
        commanded: the text completes a lead-in that instructs, such as 'The agent must:'.
    """
    marks = Marks()
    text = _masked(text)
    end = len(text.rstrip(" .;:!,"))
    marks.directive = commanded or _instructs(text[:end])
    frame = FRAME.match(_opened(text)) and not re.match(r"(?:this|these) (?:is|are)\b", text, re.I)
    if frame or _OF_DOCUMENT.match(text) or _EXAMPLE.match(text) or _POINTER.match(text):
        marks.directive = commanded
        return marks
    for begin, stop, joiner in _segments(text[:end]):
        if _POINTER.match(text, begin, stop):
            continue
        if joiner == "so" and not marks.parts:
            marks.outcomes, marks.acts = [], 0  # what comes before is the reason
        _segment(marks, text, begin, stop)
    marks.conditions.sort()
    marks.outcomes.sort()
    return marks


# --- segments -------------------------------------------------------------------------------


def _masked(text: str) -> str:
    """The text with commas and stops in quotes and parentheses blanked: they join no clauses."""
    depths = _depths(text)
    return "".join(" " if d and c in ",;:–" else c for c, d in zip(text, depths, strict=True))


def _words(text: str, begin: int, stop: int) -> list[Token]:
    """The tokens of a stretch, from the analysis of the whole text."""
    return [t for t in analyse(text) if begin <= t.idx < stop and not t.is_space]


def _depths(text: str) -> list[int]:
    """How deep in parentheses and quotes each character stands."""
    depth, quoted, result = 0, False, []
    for i, c in enumerate(text):
        depth += (c == "(") - (i > 0 and text[i - 1] == ")")
        opening = (
            c in "“"
            or (c == '"' and not quoted)
            or (
                c == "'"
                and not text[i - 1 : i].isalnum()
                and not quoted
                and text.find("'", i + 1) > 0
            )
        )
        closing = c in "”" or (c == '"' and quoted) or (
            c == "'" and quoted and not text[i + 1 : i + 2].isalnum())  # fmt: skip
        if closing:
            quoted = False
        elif opening:
            quoted = True
        result.append(max(depth, 0) + quoted)
    return result


def _segments(text: str) -> list[tuple[int, int, str]]:
    """Main clauses with what hangs on them, and the word that joins each to the one before.

    Cut at semicolons, and before 'and' with a main clause behind it.
    """
    depths = _depths(text)
    result: list[tuple[int, int, str]] = []
    begin, joiner = 0, ""
    for match in re.finditer(r"[;–]\s+|:\s+(?=[a-z])|,\s+(and|but|so)\s+|\s+-\s+", text):
        if depths[match.start()]:
            continue
        if match[1]:
            before, after = text[begin : match.start()], text[match.end() :]
            waits = _SUBORDINATOR.match(_opened(before)) and not _has_main(before)
            own = re.match(r"(?:if|when|unless|where)\b", after, re.I) or _subject_follows(after)
            own = own or (match[1] == "so" and is_imperative(list(analyse(after))))
            if waits or not own:
                continue
        result.append((begin, match.start(), joiner))
        begin, joiner = match.end(), match[1] or ""
    return [*result, (begin, len(text), joiner)]


def _opened(text: str) -> str:
    match = _OPENERS.match(text)
    return text[match.end() :] if match else text


def _has_main(text: str) -> bool:
    tokens = [t for t in analyse(text) if not t.is_space]
    return _boundary(tokens, 1) is not None or _seam(tokens, 1) is not None


def _subject_follows(text: str) -> bool:
    """Whether a main clause with a subject or verb of its own starts here."""
    tokens = [t for t in analyse(text) if not t.is_space]
    if not tokens or tokens[0].lower_ in {"who", "which", "that"} or is_imperative(tokens):
        return False
    if tokens[0].tag_ == "MD":
        return True
    head = tokens[:12]
    return _starts_main(head) and any(
        t.dep_ in {"nsubj", "nsubjpass", "expl"} for t in head[:8]
    )  # fmt: skip


def _segment(marks: Marks, text: str, begin: int, stop: int) -> None:
    """Add one segment's circumstances and outcomes."""
    taken: list[Range] = []
    cut: list[Range] = []
    start = begin + len(text[begin:stop]) - len(_opened(text[begin:stop]))
    depths = _depths(text)
    if other := _ELSE.match(text, start, stop):
        taken.append(other.span())
        cut.append(other.span())
        marks.parts += 1
        marks.exception = True
        start = other.end()
        start += len(text[start:stop]) - len(text[start:stop].lstrip(" ,:"))
    start = _front(marks, text, start, stop, taken, cut, depths)
    subject_taken = _trail(marks, text, start, stop, taken, cut, depths)
    for match in _PARENTHESIS.finditer(text, begin, stop):
        inner = match[0].strip(" ()")
        sub = _SUBORDINATOR.match(inner)
        if sub and not _SOFT.match(inner[sub.end() :]) and not sub["even"]:
            where = match.start() + match[0].index(inner)
            taken.append((where + sub.end(), where + len(inner)))
            marks.parts += 1
            marks.exception |= text[match.start() - 3 : match.start()].strip(" ,").endswith("or")
        cut.append(match.span())
    marks.conditions += taken
    _outcome(marks, text, start, stop, cut, subject_taken)


# --- circumstances --------------------------------------------------------------------------


def _front(
    marks: Marks, text: str, start: int, stop: int, taken: list[Range], cut: list[Range],
    depths: list[int],
) -> int:  # fmt: skip
    """Circumstances before the main clause; where that begins."""
    while start < stop:
        tokens = _words(text, start, stop)
        if not tokens:
            return start
        match = _SUBORDINATOR.match(text, start, stop)
        phrase = None if match else _CASE_PHRASE.match(text, start, stop)
        inverted = re.match(r"should (?=\w+ )", text[start:stop], re.I) and len(tokens) > 4
        if not (match or phrase or inverted or _fronted_phrase(tokens)):
            return start
        if soft := _SOFT_FRONT.match(text, start, stop):
            end = soft.end()
            cut.append((start, end))
            return end + len(text[end:stop]) - len(text[end:stop].lstrip(" ,"))
        at = _main_begins(tokens, bool(match or phrase))
        if at is None:
            if match and not match["even"] and len(tokens) > 2 and (
                match["word"] or ""
            ).lower() not in {"once", "until", "where", "while", "after"}:  # fmt: skip
                taken.append((match.end(), stop))  # a circumstance without a main clause
                cut.append((start, stop))
                marks.parts += _joined_verbs(text, match.end(), stop)
                return stop
            return start
        end = tokens[at].idx
        close = end
        while close > start and text[close - 1] in " ,:–-":
            close -= 1
        if text[start:close].lower().endswith(" then"):
            close -= 5
        close = start + len(text[start:close].rstrip(" ,"))
        first = match.end() if match and not _prepositional(match, text, close) else start
        word = (match["word"] or match["except"] or match["even"]).lower() if match else ""
        counted = not match or _counts(word, text, start, match.end(), close, fronted=True)
        if match and match["even"]:
            counted = False
        if counted:
            taken += _pieces(text, first, close)
            cut.append((start, end))
            marks.parts += _joined_verbs(text, first, close)
        return end if counted else start
    return start


def _main_begins(tokens: list[Token], told: bool) -> int | None:
    """Where the main clause begins behind what a sentence opens with."""
    at = _boundary(tokens, 1)
    at = _seam(tokens, 1) if at is None else at
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
    word = (match["word"] or "").lower()
    return word in {"after", "until"} and not any(
        is_finite(t) for t in _words(text, match.end(), close)
    )


_AND_IF = re.compile(r",?\s+(?:and|or|but)\s+(?:if|when|unless|where)\s+", re.IGNORECASE)


def _pieces(text: str, first: int, end: int) -> list[Range]:
    """A circumstance cut where another conjunction opens the next: 'if A, or if B'."""
    marks = list(_AND_IF.finditer(text, first, end))
    starts = [first, *(match.end() for match in marks)]
    return list(zip(starts, [*(match.start() for match in marks), end], strict=True))


def _counts(word: str, text: str, at: int, first: int, close: int, fronted: bool = False) -> bool:
    """Whether what a subordinator opens is a circumstance."""
    tokens = _words(text, first, close)
    if not tokens or _SOFT.match(text[first : min(close + 1, len(text))]):
        return False
    verb = any(is_finite(t) or t.tag_ == "VBN" for t in tokens)
    before = [t for t in analyse(text) if t.idx < at and not t.is_space]
    last = before[-1] if before else None
    if last is not None and word in {"if", "when", "where"} and last.lemma_.lower() in _ASKS:
        return False
    if last is not None and last.lower_ == "as":
        return False  # as if
    if tokens[0].lower_ == "then" or (word == "after" and tokens[0].lower_ in {"that", "this"}):
        return False
    if word == "after" and last is not None and last.lemma_.lower() in {"look", "name"}:
        return False
    if word in {"when", "where", "while", "once"} and last is not None and not fronted:
        noun = last.pos_ in {"NOUN", "PROPN"} and last.lower_ not in {
            "case", "cases", "circumstances", "situations", "only", "except"}  # fmt: skip
        owner = next((t for t in analyse(text) if t.idx == at), None)
        clause = owner.head.dep_ if owner is not None else ""
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
        head = tokens[0]
        return (
            head.pos_ in {"NOUN", "PROPN", "ADJ"}
            and head.tag_ != "VBG"
            and not any(t.lemma_.lower() in _TIMES for t in tokens)
        )
    if word == "until":
        return any(is_finite(t) for t in tokens)
    if word.startswith("provid"):
        return any(is_finite(t) for t in tokens) and not (last is not None and last.pos_ == "AUX")
    return not (word in {"when", "where"} and last is not None and last.pos_ == "ADP")


def _fronted_phrase(tokens: list[Token]) -> bool:
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
    relative = any(t.lower_ in {"who", "that", "which", "whose"} for t in phrase)
    nouns = [t for t in phrase if t.pos_ in {"NOUN", "PROPN", "NUM", "SYM"}]
    if not nouns or phrase[0].lower_ in {"more", "some", "further"} or phrase[0].tag_ == "VBG":
        return False
    if phrase[0].lower_ in _DEFINITE | {"every"} and not relative:
        return False
    head = next((t for t in nouns if t.i + 1 >= phrase[-1].i or t.nbor().pos_ not in
                 {"NOUN", "PROPN"}), nouns[-1])  # fmt: skip
    timed = any(t.lemma_.lower() in _TIMES for t in nouns)
    if tokens[0].lower_ in {"within", "over", "above", "below"}:
        return any(t.like_num for t in phrase)
    if timed or head.lower_ in _NO_CASE or any(t.lower_ in _NO_CASE for t in nouns[-1:]):
        return False
    if tokens[0].lower_ == "in":
        return phrase[0].lower_ in {"a", "an"} or phrase[0].tag_ == "VBG"
    if tokens[0].lower_ == "with":
        return phrase[0].lower_ in {"a", "an", "no"}
    if tokens[0].lower_ == "under":
        return any(t.like_num for t in phrase)
    return True


def _trail(
    marks: Marks, text: str, start: int, stop: int, taken: list[Range], cut: list[Range],
    depths: list[int],
) -> bool:  # fmt: skip
    """Circumstances in and behind the main clause; whether its subject is one."""
    found: list[tuple[int, int, int, bool, str]] = []  # where, first, end, exception, word
    main = _main(_words(text, start, stop))
    pattern = re.compile(f"{_SUBORDINATOR.pattern}|(?P<case>{_CASE_PHRASE.pattern})", re.I)
    for match in pattern.finditer(text, start, stop):
        if depths[match.start()] or match.start() == start:
            continue
        if re.search(r"\bwhether\b", text[start : match.start()]):
            continue
        if (
            main is not None
            and match.start() < main.idx
            and re.search(r"\b(?:and|or)\s*$", text[start : match.start()])
        ):
            continue  # one of the clauses about the subject
        if match["case"] is not None:
            excepts = not re.match(r"in|without|when", match["case"], re.I)
            if main is not None and match.start() < main.idx:
                continue  # in the subject
            found.append((match.start(), match.start(), stop, excepts, "phrase"))
            continue
        word = (match["word"] or match["except"] or match["even"]).lower()
        if word == "save" or (word == "except" and not re.match(r"\w", text[match.end() :])):
            continue
        if word in {"after", "while", "where"} and re.match(r"\w+ing\b", text[match.end() :]) and (
            word != "while"
        ):  # fmt: skip
            continue
        first = match.start() if _prepositional(match, text, stop) else match.end()
        found.append((match.start(), first, stop, bool(match["except"]), word))
    if other := re.compile(r"(?<!\bor),?\s+otherwise\b", re.I).search(text, start, stop):
        at = other.start() + other[0].lower().index("otherwise")
        taken.append((at, other.end()))
        marks.parts, marks.exception = marks.parts + 1, True
        marks.acts += 1
        cut.append((other.start(), other.end()))
        found = [(a, f, min(e, other.start()) if a < at else e, x, w) for a, f, e, x, w in found]
    kept: list[tuple[int, int, int, bool, str]] = []
    for n, (at, first, end, excepts, word) in enumerate(found):
        if kept and at < kept[-1][2] and word == "when in":
            continue
        following = found[n + 1][0] if n + 1 < len(found) else end
        end = min(end, following)
        end = _close(text, first, end, depths)
        if kept and at < kept[-1][2]:
            continue
        if word.startswith("even"):
            if not (kept or taken):
                continue
        elif word != "phrase" and not _counts(
            word, text, at, at + len(word) + 1 if first == at else first, end
        ):
            continue
        kept.append((at, first, end, excepts, word))
    for at, first, end, excepts, _word in kept:
        taken.append((first, end))
        opening = at - len(text[start:at]) + len(text[start:at].rstrip(" ,"))
        joiner = re.search(r"\s(?:and|or|but|only|if and only)$", text[start:opening])
        cut.append((start + joiner.start() if joiner else opening, end))
        more = _joined_verbs(text, first, end)
        marks.exception |= excepts and (marks.parts > 0)
        marks.parts += more
    main_end = min([at for at, *_ in kept], default=stop)
    return _restrictive(marks, text, start, stop, main_end, taken, cut)


def _close(text: str, first: int, end: int, depths: list[int]) -> int:
    """Where a circumstance behind the main clause ends."""
    for match in re.finditer(r",\s+|\s+-\s+", text[first:end]):
        at = first + match.start()
        if depths[at]:
            continue
        rest = text[first + match.end() : end]
        if re.match(r"(?:and|or|nor)\b", rest, re.I):
            continue
        if re.match(r"(?:as|even|because|since|so|but|which|who|where|not|in which|plus|then)\b",
                    rest, re.I):  # fmt: skip
            end = at
            break
    end = first + len(text[first:end].rstrip(" ,"))
    closing = re.search(r",?\s(?:and|or|but)$", text[first:end])
    if reason := _REASON.search(text, first, end):
        end = reason.start()
    return first + closing.start() if closing else end


def _joined_verbs(text: str, first: int, end: int) -> int:
    """How many conditions a stretch joins: clauses and verbs joined by and/or, ends of a range."""
    tokens = _words(text, first, end)
    count = 1
    for i, token in enumerate(tokens):
        if token.lower_ not in {"and", "or"} or not i or i + 1 == len(tokens):
            continue
        after = tokens[i + 1 : i + 12]
        if after[0].lower_ in {"if", "when", "unless", "where"}:
            count += 1
            continue
        earlier = any(t.pos_ in {"VERB", "AUX"} for t in tokens[:i])
        nxt = after[0]
        verb = nxt.tag_ in {"VBZ", "VBP", "VBD", "MD"} or (
            nxt.tag_ in {"VBN", "VB"} and any(
                t.tag_ == nxt.tag_ and t.i < tokens[i].i and tokens[i].i - t.i > 1
                for t in tokens[:i])
        )  # fmt: skip
        clause = any(is_finite(t) and j for j, t in enumerate(after)) and any(
            t.dep_ in {"nsubj", "nsubjpass"} and t.i < next(
                (u.i for u in after if is_finite(u)), 0) for t in after[:6]
        ) and not any(t.lower_ in {"who", "which", "that"} for t in after[:3])  # fmt: skip
        phrase = nxt.pos_ == "ADP" and any(t.pos_ == "ADP" for t in tokens[:2]) and (
            nxt.lower_ != tokens[0].lower_)  # fmt: skip
        if (earlier and (verb or clause)) or phrase:
            count += 1
    said = text[first:end]
    if re.search(r"\bbetween \S+ (?:[\w-]+ )?and \d|\bbut (?:no|not) (?:more|less)|\d to \d", said):
        count += 1
    return count


# --- whom or what a rule is about -----------------------------------------------------------


def _restrictive(
    marks: Marks, text: str, start: int, stop: int, main_end: int, taken: list[Range],
    cut: list[Range],
) -> bool:  # fmt: skip
    """A subject or object that singles out cases; whether it is the subject."""
    tokens = _words(text, start, main_end)
    if len(tokens) < 3:
        return False
    if tokens[0].pos_ in {"ADP", "SCONJ", "PART"} and (begin := _boundary(tokens, 1)):
        tokens = tokens[begin:]
    verb = _main(tokens)
    imperative = is_imperative(tokens)
    if verb is not None and not imperative:
        subject = [t for t in tokens if t.i < verb.i]
        if _singles_out(subject, tokens, verb, text):
            first, last = subject[0].idx, subject[-1].idx + len(subject[-1])
            while subject and subject[-1].lower_ in {"then", "also", "therefore"}:
                subject.pop()
                last = subject[-1].idx + len(subject[-1])
            last = start + len(text[start:last].rstrip(" ,"))
            taken.append((first, last))
            cut.append((start, verb.idx))
            marks.parts += _joined_verbs(text, first, last)
            return True
    _object(marks, text, tokens, verb, imperative, taken, cut)
    return False


_RELATIVE = {"who", "which", "whose", "that", "whom"}


def _main(tokens: list[Token]) -> Token | None:
    """The finite verb of the main clause."""
    depth = 0
    inside: set[int] = set()
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth:
            inside.add(token.i)
    members = {t.i for t in tokens}
    finite = [t for t in tokens if is_finite(t) and t.i not in inside]
    relative = next((t.i for t in tokens if t.lower_ in _RELATIVE and t.i not in inside), None)
    if relative is not None and finite and relative < finite[0].i:
        finite = [t for t in finite[1:] if t.nbor(-1).lower_ not in _RELATIVE | {"and", "or"}]
    for token in finite:
        owner = token.head if token.dep_ in {"aux", "auxpass"} else token
        if owner.dep_ == "ROOT" or owner.head.i not in members:
            return token
    for token in finite:
        owner = token.head if token.dep_ in {"aux", "auxpass"} else token
        if owner.dep_ not in {"relcl", "acl", "ccomp", "advcl", "csubj", "pcomp"} and token.i > (
            tokens[0].i
        ):  # fmt: skip
            return token
    return finite[0] if relative is not None and finite else _main_verb(tokens)


_ANYBODY = {"anyone", "anybody", "whoever", "anything", "those", "everyone", "everybody"}


def _indefinite(noun: Token) -> bool:
    """'any bag', 'a bag', 'bags': not a thing already known."""
    words = [t.lower_ for t in noun.lefts]
    if any(w in _DEFINITE for w in words) or any(t.dep_ == "poss" for t in noun.lefts):
        return False
    return noun.tag_ in {"NNS", "NNPS"} or bool(
        {"any", "a", "an", "every", "no", "all"} & set(words)
    ) or noun.lower_ in _ANYBODY  # fmt: skip


def _antecedent(verb: Token) -> Token:
    """What a relative clause is about: a plural noun where its verb is plural."""
    noun = verb.head
    finite = next((t for t in (verb, *verb.lefts) if is_finite(t)), None)
    if finite is None or finite.tag_ != "VBP" or noun.tag_ in {"NNS", "NNPS"}:
        return noun
    return next((t for t in noun.ancestors if t.tag_ in {"NNS", "NNPS"}), noun)


MEASURED = re.compile(
    r"\b(?:more than|less than|fewer than|over|under|above|below|at least|up to|between|older|"
    r"younger|or more|exceeding|heavier|lighter|longer than|shorter than|within|outside)\b[^,;]*\d"
)


def _singles_out(subject: list[Token], tokens: list[Token], verb: Token, text: str) -> bool:
    """Whether a subject names cases of a rule: 'Bags that weigh more than 32 kg are refused'."""
    if not subject or subject[0].pos_ in {"ADP", "SCONJ"} or len(subject) < 2:
        return False
    if subject[0].lower_ in {"there", "it", "this", "none", "most", "many", "some", "only"}:
        return False
    owner = verb.head if verb.dep_ in {"aux", "auxpass"} else verb
    if owner.lemma_.lower() in _STATE_VERBS or verb.i == tokens[-1].i:
        return False
    attribute = owner.lemma_ == "be" and any(t.dep_ == "attr" for t in owner.rights)
    if verb.tag_ == "VBD" or (attribute and verb.tag_ != "MD"):
        return False
    members = {t.i for t in subject}
    if (subject[0].lower_ == "other" and subject[-1].tag_ in {"NNS", "NNPS"}) or (
        subject[0].lower_ == "other" and len(subject) > 2
    ):
        return True
    said = text[subject[0].idx : verb.idx]
    for token in subject:
        relative = token.dep_ == "relcl" and token.head.i in members
        if relative and _indefinite(_antecedent(token)):
            comma = text[: token.left_edge.idx].rstrip().endswith(",")
            if not comma:
                return True
    head = next((t for t in subject if t.dep_ in {"nsubj", "nsubjpass"} and t.head.i == owner.i),
                None)  # fmt: skip
    if (
        head is None
        or not _indefinite(head)
        or any(t.lower_ in {"all", "every", "no"} for t in head.lefts)
    ):
        return False
    if MEASURED.search(said):
        return True
    return any(t.dep_ == "prep" and t.lower_ in {"with", "without"} for t in head.rights)


def _object(
    marks: Marks, text: str, tokens: list[Token], verb: Token | None, imperative: bool,
    taken: list[Range], cut: list[Range],
) -> None:  # fmt: skip
    """'Deny requests that are against this policy', 'only on delivered orders'."""
    members = {t.i for t in tokens}
    said = text[tokens[0].idx : tokens[-1].idx + len(tokens[-1])]
    normed = imperative or bool(_AGENT.match(said)) or (
        verb is not None and verb.tag_ == "MD"
    ) or (verb is None and tokens[0].tag_ in {"VB", "VBP"})  # fmt: skip
    only = next((t for t in tokens if t.lower_ == "only"), None)
    focus = only is not None and _in_main(only) and only.head.pos_ != "ADJ"
    focus = focus and (verb is None or verb.tag_ != "VBD")
    for token in tokens:
        if focus and token.dep_ == "prep" and only is not None and token.i > only.i and (
            token.lower_ in {"on", "for", "to", "from", "with", "within", "in"}
        ):  # fmt: skip
            noun = next((t for t in token.rights if t.dep_ == "pobj"), None)
            if noun is not None and noun.tag_ in {"NNS", "NNPS"} and _indefinite(noun) and (
                not any(t.like_num for t in noun.lefts)
            ):  # fmt: skip
                _take(marks, text, token.idx, noun, taken, cut, members)
                return
        lifts = token.dep_ == "pobj" and bool(re.search(r"\bnot apply to\b", said))
        if token.dep_ not in {"dobj", "pobj", "dative"} or not (normed or lifts):
            continue
        if token.pos_ not in {"NOUN", "PROPN", "PRON"}:
            continue
        governor = next(
            (t for t in token.ancestors if t.pos_ != "ADP" and t.dep_ != "prep"), token.head
        )
        if not lifts and any(t.dep_ == "neg" for t in governor.children):
            continue  # what is forbidden, not when
        lemma = governor.lemma_.lower()
        clauses = [t for t in token.subtree if t.dep_ == "relcl" and t.i in members]
        if (
            lemma in _RESPONDS
            and token.dep_ == "dobj"
            and (clauses or any(t.dep_ in {"acl", "prep"} for t in token.rights))
        ) or (lifts and lemma == "apply"):
            _take(marks, text, token.left_edge.idx, token, taken, cut, members)
            return
        who = next(
            (
                t
                for t in clauses
                if t.head.i == token.i
                and not any(u.lower_ in _DEFINITE for u in tokens if token.i < u.i < t.left_edge.i)
            ),
            None,
        )
        if who is None:
            continue
        words = {t.lower_ for t in token.lefts}
        person = any(t.lower_ in {"who", "whom"} for t in who.subtree)
        if "any" in words or (
            _indefinite(token) and "all" not in words and (person or lemma not in _CREATES)
            and (token.tag_ in {"NNS", "NNPS"} or token.lower_ in _ANYBODY) and any(
                t.lower_ in {"who", "whom", "that", "which", "whose"} for t in who.subtree)
        ):  # fmt: skip
            _take(marks, text, token.left_edge.idx, token, taken, cut, members)
            return


def _take(
    marks: Marks, text: str, begin: int, noun: Token, taken: list[Range], cut: list[Range],
    members: set[int],
) -> None:  # fmt: skip
    inside = [t for t in noun.subtree if t.i in members]
    end = max(t.idx + len(t) for t in inside)
    taken.append((begin, end))
    opening = re.search(r"\s(?:to|for|from|with|on|of|by)\s+$", text[:begin])
    cut.append((opening.start() if opening else begin, end))
    marks.parts += _joined_verbs(text, begin, end)


# --- outcomes -------------------------------------------------------------------------------


def _outcome(
    marks: Marks, text: str, start: int, stop: int, cut: list[Range], subject_taken: bool
) -> None:
    """What is left of a segment when its circumstances are taken out."""
    blanked = list(text)
    for first, last in cut:
        for i in range(first, last):
            blanked[i] = "\0"
    for reason in _REASON.finditer("".join(blanked), start, stop):
        for i in range(*reason.span()):
            blanked[i] = "\0"
    said = "".join(blanked)
    at = start
    while at < stop and (said[at] in "\0 ,;:–-."):
        at += 1
    first = True
    for match in re.finditer(r"[^\0]+", said[at:stop]):
        begin, end = at + match.start(), at + match.end()
        begin += len(said[begin:end]) - len(said[begin:end].lstrip(" ,;:."))
        while opening := _ELLIPSIS.match(said, begin, end):
            begin = opening.end()
        if first and subject_taken:
            if aux := _AFTER_SUBJECT.match(said, begin, end):
                begin = aux.end()
        elif first and (agent := _AGENT.match(said[begin:end])):
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
    tokens = _words(text, begin, end)
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


# --- instructions ---------------------------------------------------------------------------


def _instructs(text: str) -> bool:
    """Whether a sentence instructs or forbids in one of its main clauses."""
    for begin, stop, _ in _segments(text):
        part = _opened(text[begin:stop])
        tokens = [t for t in analyse(part) if not t.is_space]
        if not tokens or (part.count(",") > 2 and not any(is_finite(t) for t in tokens)):
            continue
        begin_main = 0
        if tokens[0].pos_ in {"ADP", "SCONJ", "ADV", "PART"} and not is_imperative(tokens):
            begin_main = _boundary(tokens, 1) or 0
        if (
            is_imperative(tokens[begin_main:])
            and tokens[begin_main:][0].lower_ not in {"see", "compare", "note"}
            and len(tokens) > 1
        ):
            return True
        for match in re.finditer(_DIRECTIVE, part):
            if _depths(part)[match.start()] or _NO_DUTY.match(part, match.start()):
                continue
            if re.search(r"\b(?:not|almost|will)\s*$", part[: match.start()]):
                continue
            if re.search(r"\bneeds? not|need not", part[match.start() : match.end() + 4]):
                continue
            token = next((t for t in tokens if t.idx >= match.start()), None)
            if token is None or not _in_main(token) or token.pos_ == "NOUN":
                continue
            if _POSSIBLY.match(part, match.start()):
                continue
            return True
        if re.match(r"(?:we|you|the agent) (?:do not|don['’]t|never|always)\b", part, re.I):
            return True
    return False


def _in_main(token: Token) -> bool:
    """Whether a token stands in a main clause, not in a relative or subordinate one."""
    return not any(
        t.dep_ in {"relcl", "advcl", "acl", "pcomp", "csubj"}
        or (t.dep_ == "ccomp" and any(c.dep_ == "mark" for c in t.lefts))
        for t in (token, *token.ancestors)
    )
