"""A sentence taken apart: its circumstances, its consequence, its exceptions, its connective.

In: one sentence (or a part of one between semicolons). Out: `Clause` with character ranges into
that text. Subordinators, fronted phrases, restrictive subjects ('Guests who …') and restrictive
recipients ('Offer Gold members …') are all circumstances. No document state is kept here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from spacy.tokens import Token

from parsers.conditions.comparisons import comparisons
from parsers.conditions.people import ACTORS
from parsers.language import analyse, is_finite, singular
from parsers.leads import FRAME, may_route, routes, topic
from parsers.overrides import FAILING, OVERRIDES, exemption

Connective = Literal[
    "", "otherwise", "that case", "exception", "same", "instead", "exempt", "override", "failing"
]
Range = tuple[int, int]


@dataclass
class Piece:
    """A stretch of text that is a circumstance; `form` says how to read it."""

    start: int
    end: int
    form: Literal["clause", "phrase", "inverted", "case", "person", "lacking"]
    negative: bool = False
    trailing: bool = False


@dataclass
class Except:
    piece: Piece
    outcome: Range | None = None


@dataclass
class Clause:
    """One sentence's analysis. `outcome` is the consequence's range, None when there is none."""

    text: str
    connective: Connective = ""
    pieces: list[Piece] = field(default_factory=list)
    outcome: Range | None = None
    exceptions: list[Except] = field(default_factory=list)
    imperative: bool = False
    instruction: bool = False
    router: bool = False
    inquiry: bool = False
    topic: str = ""
    scope: bool = False
    only: bool = False
    inverted: bool = False
    then: bool = False
    also: bool = False
    any: bool = False
    whole: bool = False
    fallback: Range | None = None

    def said(self, where: Range | Piece) -> str:
        start, end = (where.start, where.end) if isinstance(where, Piece) else where
        return self.text[start:end].strip(" ,;:.–—")


_LEAD = re.compile(
    r"(?:(?:(?:oh,? )?and one (?:nice|last|more|other) thing(?=:)|"
    r"however|but|also|and|in addition|additionally|furthermore|please note(?: that)?|first|"
    r"second|third|finally|next|then|note(?: that)?|remember|important|similarly|likewise|"
    r"as a rule|by default|normally|generally|in general)\b[,:]?\s+)+",
    re.IGNORECASE,
)
_OTHERWISE = re.compile(
    r"(?:otherwise|(?:if not|if no)(?=[,:])|in (?:all|any|every) (?:the )?other "
    r"(?:cases?|circumstances|situations?)|"
    r"in (?:the )?other cases|(?:(?:for|to|with|on|in|at) )?(?:everyone|everybody|anyone|anybody|"
    r"everything|anything) else|(?:if )?(?:it|this|that) is (?:any(?:thing|one)|some(?:thing|one)) "
    r"else|if (?:it|this|that) is (?:any(?:thing|one)|some(?:thing|one)) else(?: and)?|"
    r"if (?:any|some)thing else(?: (?:is|was|has|had|were)(?: been)? \w+)?|"
    r"if [^,;:]{3,50} in (?:some|any) other way|"
    r"(?:(?:for|to|with|on|in|at) )?(?:all|any|every|each) other(?:s| [a-z-]+(?: of [a-z]+)?)?|"
    r"(?:for|with|on|at) (?:the )?other(?:s| [a-z-]+)|failing that|else|if none of "
    r"(?:these|the above)(?: applies| apply)?|if neither(?: applies)?|in the absence of these|"
    r"(?:with(?:out| none of)) (?:one|it|that|them|this|these|any)(?=,)|"
    r"(?:later|earlier|more|longer|less|older) than that(?=,)|"
    r"after that(?=,? (?:the full|no|nothing|none|all|half|it is too late|it costs|they pay|"
    r"we (?:charge|keep|return|pay|take|give))\b)|"
    r"(?:with|on|at) (?:any )?(?:less|shorter|later|fewer) (?:notice|warning|than that)"
    r"(?:,? or [^,]+)?(?=,)|"
    r"for the rest|other(?:s| (?:customers|guests|passengers|members|"
    r"users|patients|clients|bags|items|orders|requests|cases|tickets|claims|residents|students|groups|"
    r"children|lessons|rooms|visits|dogs|animals|vehicles)))"
    r"(?=[\s,:;]|$)[,:]?\s*",
    re.IGNORECASE,
)
_COMPARATIVE = re.compile(
    r"(?:with|for|at|on|after) (?:an? )?(?:smaller|larger|bigger|heavier|lighter|longer|shorter|"
    r"older|"
    r"younger|newer|higher|lower|later|cheaper|fewer|greater) [a-z]+,\s*|(?:smaller|larger|"
    r"bigger|heavier|lighter|longer|shorter|older|younger|higher|lower|later|"
    r"cheaper) [a-z]+s (?=(?:is|are|get|pay|cost|receive|must|may|can|cannot|need|go|have)\b)",
    re.IGNORECASE,
)
_THAT_CASE = re.compile(
    r"(?:in (?:that|this|such(?: an?)?|those|these|which) (?:case|event|situation)s?|if so|if yes|"
    r"for (?:them|it|him|her|those|this|that|these)(?=,)|"
    r"(?:for|with|in|on) such (?:an? )?[\w-]+(?: [\w-]+)?(?=,)|"
    r"such (?:an? )?[\w-]+(?: [\w-]+)?(?= (?:is|are|gets?|pays?|goes|go|can|may|must)\b)|"
    r"if this is the case|if that is the case|(?:if they do|if it is|if it does)"
    r"(?=[,:])|in which (?:case|event))"
    r"(?=[\s,:]|$)[,:]?\s*",
    re.IGNORECASE,
)
_EXCEPTION = re.compile(
    r"(?:(?:the|an?|one) (?:only |sole |single )?exceptions? (?:is|are|applies to|apply to|"
    r"is made (?:for|if|when|where)|to this (?:is|are))|(?:(?:the |one |an )?(?:only |sole )?"
    r"exceptions?|but):|"
    r"(?:an )?exceptions? (?:applies|apply|"
    r"(?:is|are) made) (?:for|to|if|when|where|in))\s*(?:for |that |if |when |where )?",
    re.IGNORECASE,
)
_SAME = re.compile(
    r"(?:this|that|the same|this rule|the same rule|the rule|it)(?: also)? (?:goes|applies|holds|"
    r"is "
    r"true|counts)(?: also)?(?: for| to| even| regardless| whether|\.|,| if| when)|"
    r"(?:(?:it|this|that) )?(?:does(?: not|n['’]t) matter|makes no difference) (?:if|whether|who|"
    r"what|how)\b",
    re.IGNORECASE,
)
# 'Except when the order is small: …'
_EXCEPT_FIRST = re.compile(r"except (?=(?:when|if|where)\s)", re.IGNORECASE)
# 'No photo, no reprint, we wait for the photo': narrower than the case before it
_NO_NO = re.compile(r"(?P<lacks>no [\w-]+), (?P<then>no [\w-]+(?:$|, .+$))", re.IGNORECASE)
_SUBORDINATE = re.compile(
    r"(?P<only>only |but only )?(?P<word>if and only if|even if|if|whenever|when|in case(?! of)|"
    r"provided(?: that)?|providing(?: that)?|on condition that|in the event that|as long as|"
    r"so long as|once|unless|except(?:ing)? (?:if|when|where|that)|where|after|while|until|"
    r"should|assuming(?: that)?|because)\b",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?P<cut>\s*[,;–—-]?\s*(?:\b(?:and|but|or) )?)\b(?P<word>(?:but )?(?:if and )?"
    r"only (?:if|when|where|"
    r"after|for|with)|even if|unless|except(?:ing)?(?: for| to| in| when| if| where| that| with)?|"
    r"save (?:that|where|when|if)|provided always(?: that)?|if|"
    r"whenever|when|provided(?! by| in| for| to| with| at| on)(?: that)?|providing that|"
    r"on condition that|as long as|so long as|until(?= [\w.]+ \w+ before)|"
    r"in case(?! of)|in the event that|other than|with the exception of|excluding|apart from|"
    r"save for|assuming(?: that)?|(?<=\w )where(?= [^,;]*\d[^,;]* )|"
    r"once(?= \d+ ))\s",
    re.IGNORECASE,
)
_EXCEPTIONAL = re.compile(
    r"unless|except|other than|with the exception|excluding|apart from|save\b", re.IGNORECASE
)
_TIMED = re.compile(
    r"((?:after|within|up to|over|under|more than|less than) (?:the (?:first|last) )?"
    r"(?:\d[\d.,]*|one|two|three|four|five|six|seven|ten|twelve|twenty|thirty) "
    r"(?:minutes|hours|days|weeks|months|years|day|week|month|year|hour)"
    r"(?: (?:of|after|from|before) (?:the )?[\w-]+(?: date)?)?)"
    r"(?:[,:]\s*|\s*$|\s+(?=the |we |you ))",
    re.IGNORECASE,
)
_PHRASE_LEAD = re.compile(
    r"(?:for|on|in|at|with|without|within|during|under|over|to|above|below|outside|inside|"
    r"by(?= (?:day|night)\b))\s",
    re.IGNORECASE,
)
_NOT_A_CASE = re.compile(
    r"(?:in (?:particular|addition|general|order|person|writing|short|fact|principle|advance|"
    r"practice|all|both|cases?|this|these)|for (?:example|instance|safety|security|this|these|"
    r"the|each|every|more (?!than)|your|our|their|questions|help)|at (?:all|once|least|most|the|"
    r"any|"
    r"no)|on (?:the|request|top|behalf|average|receipt|this|your)|with (?:the|this|these|our|"
    r"regard|respect|effect)|under (?:no|the|this)|to |in the|during the|during (?:this|business|"
    r"office|opening)|in our|at our|on our|over the|within the (?!first|last|past))",
    re.IGNORECASE,
)
_HOURS = re.compile(r"during (?:business|office|opening|working) hours", re.IGNORECASE)
_MODAL = re.compile(
    r"\b(?:must|should|shall|need to|needs to|have to|has to|are to|is to|may not|cannot|can not|"
    r"can|may|are required to|is required to|are not allowed|are allowed to|are expected to|"
    r"is not allowed|are responsible for|never|always|do not|don't|does not)\b",
    re.IGNORECASE,
)
AGENT = re.compile(
    r"^(?:(?:the |an? |all |every |each |our |human |support |front[- ]desk |desk )*(?:agents?|"
    r"staff|clerks?|employees?|team(?: members?)?|representatives?|advisers?|advisors?|"
    r"operators?|receptionists?|officers?|assistants?|technicians?|managers?|supervisors?|"
    r"colleagues?|nurses?|analysts?|administrators?|associates?|cashiers?|handlers?|helpdesk|"
    r"service desk|desk)|we|you|everyone|nobody|no one)\b",
    re.IGNORECASE,
)
_BASE_VERBS = set(
    "accept add address advise agree allow answer apologise apologize apply approve arrange ask "
    "assign assist attach authorise authorize bill block book call cancel cap change charge check "
    "clear close collect compensate complete confirm connect contact continue convert copy "
    "correct credit decline deduct defer deliver deny direct disable dispatch document drop email "
    "enable end enter escalate exchange explain extend file fill find fix flag follow forward "
    "freeze give go grant hand help hold honour honor identify ignore inform inspect install "
    "instruct invite invoice issue keep leave let lift limit list lock log look mail make mark "
    "match move note notify offer open order page park pass pause pay perform phone place post "
    "print proceed process prolong provide put quote raise record redirect reduce refer refund "
    "refuse register reimburse reject release remind remove renew replace reply report request "
    "require reschedule reset resend respond restart restore retain return review route run say "
    "schedule seal search send set ship show sign skip sort start stay stop store submit suspend "
    "swap switch tag take tell ticket tow trace transfer treat try update upgrade use verify void "
    "wait waive warn weigh withhold write rebook prorate unlock reboot discuss recommend seat "
    "admit "
    "usher settle halve double radio split point greet welcome lend collect hang pour ring hire "
    "fetch "
    "lead shut lower feed bring throw wave wash wipe dry mend fit hoist burn rinse polish cut "
    "clean "
    "cook serve pack unpack load unload drain heat cool boil count measure compare ban exclude "
    "expel "
    "fine demand claim expect grade mute block evict escort dismiss disconnect topup top walk read "
    "spell stamp bring carry".split()
)


def is_imperative(tokens: list[Token]) -> bool:
    """Whether a clause that begins with these tokens is in the imperative."""
    rest = list(tokens)
    while rest and (
        rest[0].lower_ in {"please", "then", "always", "never", "only", "also", "simply",
                           "immediately", "first", "instead", "just", "kindly", "politely",
                           "promptly", "and", "still", "normally", "therefore", "next"}
        or rest[0].is_punct
    ):  # fmt: skip
        rest.pop(0)
    if not rest:
        return False
    first = rest[0]
    if (
        first.lower_ == "do"
        and len(rest) > 1
        and rest[1].lower_ in {"not", "n't", "n’t", "nothing"}
    ):
        return True
    if first.lower_ in {"don't", "don’t"}:
        return True
    if first.lower_ in {"do", "are", "is", "have"} and len(rest) > 1 and rest[1].pos_ == "PRON":
        return False  # 'only then do we …'
    if first.lower_ == "be" and len(rest) > 1:
        return True
    following = rest[1] if len(rest) > 1 else None
    if following is not None and following.tag_ in {"MD", "VBZ"} and first.tag_ != "VB":
        return False
    if first.tag_ in {"VB", "VBP"} and first.pos_ in {"VERB", "AUX"}:
        return first.lower_ == first.lemma_.lower()
    return first.lower_ in _BASE_VERBS and (
        following is None
        or following.pos_ in {"DET", "PRON", "NUM", "ADP", "NOUN", "PROPN", "ADJ", "SYM", "PART",
                              "SCONJ", "ADV", "PUNCT", "CCONJ"}
    )  # fmt: skip


def _starts_main(tokens: list[Token]) -> bool:
    """Whether a main clause starts here."""
    while tokens and (
        tokens[0].lower_ in {"then", "please", "however", "though"} or tokens[0].is_punct
    ):
        tokens = tokens[1:]
    if not tokens or tokens[0].lower_ in {
        "and", "or", "but", "who", "which", "that", "nor", "if", "unless", "when", "even",
        "whether", "such",
    }:  # fmt: skip
        return False
    if is_imperative(tokens) or (len(tokens) < 12 and routes(" ".join(t.text for t in tokens))):
        return True
    for i, token in enumerate(tokens):
        if token.lower_ in {",", ";", ":"}:
            return False
        if is_finite(token) and i > 0 and tokens[i - 1].lower_ not in {"who", "that", "which"}:
            return True
    return False


def _boundary(tokens: list[Token], begin: int) -> int | None:
    """Index of the token at which the main clause begins, after a fronted circumstance."""
    depth = 0
    for i in range(begin, len(tokens)):
        token = tokens[i]
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth or i <= begin:
            continue
        if token.text in {",", ":", "–", "—", "-", "→"} or token.lower_ == "then":
            after = tokens[i + 1 :]
            if token.text in {":", "→"} and after:
                return i + 1
            if token.text == "-" and not (token.whitespace_ and tokens[i - 1].whitespace_):
                continue
            if after and _starts_main(after):
                return _past_list(tokens, i + 1)
    return None


def _seam(tokens: list[Token], begin: int) -> int | None:
    """Where the main clause begins behind a circumstance that no comma closes.

    'If it comes later than that they get nothing': a second subject with a verb of its own.
    """
    finite = [i for i, t in enumerate(tokens) if i > begin and is_finite(t)]
    for i in finite[1:]:
        verb = tokens[i]
        heads = (verb, verb.head) if verb.tag_ == "MD" else (verb,)
        subject = next(
            (c for h in heads for c in h.lefts if c.dep_ in {"nsubj", "nsubjpass"}), None
        )
        if subject is None or subject.lower_ in {"that", "who", "which"}:
            continue
        start = next((j for j, t in enumerate(tokens) if t.i == subject.left_edge.i), 0)
        if start <= finite[0] or any(t.text in {",", ";", ":"} for t in tokens[begin:start]):
            return None
        before = tokens[start - 1]
        compared = before.lower_ == "that" and tokens[start - 2].lower_ == "than"
        if compared or before.pos_ in {"NOUN", "PROPN"}:
            return start
        return None
    return None


def _pronoun_seam(tokens: list[Token]) -> int | None:
    """Where a main clause begins behind a phrase: 'Without the test | they need a guide'."""
    for i, token in enumerate(tokens[2:-1], 2):
        if token.text in {",", ";", ":"}:
            return None
        if token.lower_ in {"they", "we", "it", "he", "she", "you"} and is_finite(tokens[i + 1]):
            return i
    return None


def _cut(tokens: list[Token], boundary: int) -> int:
    """Where a circumstance ends that a main clause follows, with or without a comma between."""
    before = tokens[boundary - 1]
    seamless = before.is_alpha and before.lower_ != "then"
    return tokens[boundary].idx if seamless else before.idx


def _past_list(tokens: list[Token], begin: int) -> int:
    """The main clause behind 'If A, B and C, do it': B would be one, but is in the list."""
    if is_imperative(tokens[begin:]):
        return begin
    joined = False
    for i in range(begin, len(tokens)):
        joined |= tokens[i].lower_ in {"and", "or"}
        if tokens[i].text in {";", ":"} or tokens[i].lower_ in {"if", "unless", "when"}:
            return begin
        if joined and tokens[i].text == "," and is_imperative(tokens[i + 1 :]):
            return i + 1
    return begin


def analyse_clause(text: str, lead_instruction: bool = False) -> Clause:
    """Take one sentence apart.

    Args:
        text: a sentence, or a part of one between semicolons, without markup.
        lead_instruction: the text continues a lead-in such as 'The agent must:'.
    """
    clause = Clause(text)
    end = len(text.rstrip(" .;!"))
    start = match.end() if (match := _LEAD.match(text)) else 0
    clause.also = bool(re.match(r"(?:if|when|where) [^,]*\balso\b", text, re.IGNORECASE))
    clause.then = bool(re.match(r"(?:\w+ )?then\b", text, re.IGNORECASE))
    if _SAME.match(text[start:]):
        clause.connective = "same"
        return clause
    if lifted := exemption(text[start:end]):
        clause.connective = "override" if lifted.everything else "exempt"
        first, last = lifted.whom
        clause.pieces.append(Piece(start + first, start + last, "case"))
        if text[start + lifted.rest : end].strip(" ,;:"):
            clause.outcome = (start + lifted.rest, end)
        return clause
    if match := OVERRIDES.match(text[start:]):
        clause.connective, clause.whole = "override", True
    elif (match := _EXCEPT_FIRST.match(text[start:])) and re.search(r"[:,]", text[start:end]):
        clause.connective = "override"
    if match and clause.connective == "override":
        start += match.end()
    if match := _NO_NO.match(text[start:end]):
        first, last = match.span("lacks")
        clause.pieces.append(Piece(start + first, start + last, "lacking"))
        clause.outcome, clause.also = (start + match.start("then"), end), True
        return clause
    if match := FAILING.match(text[start:]):
        clause.connective = "failing"
        clause.topic = match["what"]
        clause.outcome = (start + match.end(), end)
        return clause
    if match := _EXCEPTION.match(text[start:]):
        clause.connective = "exception"
        start += match.end()
        colon = re.search(
            r"\s*[:–—]\s|,\s(?:who|which)\s(?:is|are|get|gets|receive)", text[start:end]
        )
        whole = None if colon else analyse_clause(text[start:end])
        if whole and whole.outcome and not (whole.exceptions or whole.connective) and (
            [piece.form for piece in whole.pieces] == ["phrase"]
        ):  # fmt: skip
            piece = whole.pieces[0]  # 'One exception: members who … are admitted'
            clause.pieces.append(Piece(piece.start + start, piece.end + start, "phrase"))
            clause.outcome = (whole.outcome[0] + start, whole.outcome[1] + start)
            clause.instruction = True
            return clause
        stop = start + colon.start() if colon else end
        told = re.match(r".*\b(?:if|when|where)\b", match[0]) or re.match(
            r"(?:they|we|it|he|she|you)\b", text[start:], re.IGNORECASE
        )
        form = "clause" if told else "phrase"
        clause.pieces.append(Piece(start, stop, form))
        if colon and text[start + colon.end() : end].strip():
            clause.outcome = (start + colon.end(), end)
            clause.instruction = True
        return clause
    if match := _THAT_CASE.match(text[start:]):
        clause.connective = "that case"
        start += match.end()
    elif (match := _OTHERWISE.match(text[start:])) and not _relative_follows(
        text[start + match.end() :]
    ):
        clause.connective = "otherwise"
        start += match.end()
    elif match := _COMPARATIVE.match(text[start:]):
        clause.connective = "otherwise"  # 'Heavier bags are refused.': what the last rule left
        start += match.end()
    clause.scope = bool(FRAME.match(text[start:]))
    if clause.scope:
        clause.outcome = (start, end)
        return clause
    start = _fronted(clause, start, end)
    if start is not None and start < end:
        if other := _ELSE.search(text, start, end):
            clause.fallback = (other.start(1), other.end(1))
            end = other.start()
        if given := _GIVEN_TO.search(text, start, end):
            tokens = [t for t in analyse(text[start:end]) if not t.is_space]
            if not is_imperative(tokens) and _kind_of_person(given[1]):
                clause.pieces.append(Piece(given.start(1), end, "phrase"))
                end = given.start()
        if (measure := _FOR_MEASURE.search(text, start, end)) and comparisons(measure[1]):
            clause.pieces.append(Piece(measure.start(1), end, "phrase", trailing=True))
            end = measure.start()
        if concession := _CONCESSION.search(text, start, end):
            end = concession.start()
        if other := _OR_WHERE.search(text, start, end):
            clause.exceptions.append(Except(Piece(*other.span("if"), "clause"), other.span("what")))
            end = other.start()
        end = _trailing(clause, start, end)
        if given := _GIVEN_TO_ONE.search(text, start, end):
            tokens = [t for t in analyse(text[start:end]) if not t.is_space]
            if not is_imperative(tokens):
                group = "who" if given["who"] else "what"
                clause.pieces.append(Piece(given.start(group), end, "phrase"))
                end = given.start()
        if not clause.pieces and (rest := _ELSEWHERE.search(text, start, end)):
            clause.connective = "otherwise"
            end = rest.start()
        if paid := _OTHERS_PAY.search(text, start, end):
            clause.exceptions.append(Except(Piece(*paid.span("who"), "phrase"), paid.span("what")))
            end = paid.start()
        before = start
        start = _subject(clause, start, end)
        _recipient(clause, before, end)
        if text[start:end].strip(" ,:"):
            clause.outcome = (start, end)
    _judge(clause, lead_instruction)
    return clause


def _relative_follows(rest: str) -> bool:
    return bool(re.match(r"(?:who|that|which|with)\b", rest))


def _fronted(clause: Clause, start: int, end: int) -> int | None:
    """Circumstances before the main clause; where the main clause starts."""
    text = clause.text
    while start < end:
        segment = text[start:end]
        match = None if _TIMED.match(segment) else _SUBORDINATE.match(segment)
        word = match["word"].lower() if match else ""
        doc = analyse(segment)
        tokens = [t for t in doc if not t.is_space]
        if match and word not in {"because", "even if", "while", "until"}:
            begin = next((t.i for t in tokens if t.idx >= match.end()), None)
            if begin is None:
                return start
            boundary = _boundary(tokens, tokens.index(doc[begin]))
            seam = _seam(tokens, tokens.index(doc[begin])) if word != "should" else None
            if seam is not None and (boundary is None or seam < boundary):
                boundary = seam
            negative = bool(_EXCEPTIONAL.match(word))
            clause.only |= bool(match["only"])
            if boundary is None and match["only"]:
                inverted = re.search(
                    r"\s(?:do|does|can|may|will|is|are|should|must)\s(?:we|you|they|the|it|"
                    r"staff)\s",
                    segment[match.end() :],
                )
                if inverted:
                    stop = start + match.end() + inverted.start()
                    clause.pieces.append(Piece(start + match.end(), stop, "clause"))
                    clause.inverted = True
                    return stop + 1
            if boundary is None:
                if word in {"should", "where", "after", "once"} and not segment.rstrip().endswith(
                    ":"
                ):
                    return start
                clause.pieces.append(Piece(start + match.end(), end, "clause", negative))
                return None
            if word == "after" and tokens[begin].tag_ == "VBG":
                return start
            stop = start + _cut(tokens, boundary)
            form = "inverted" if word == "should" else "clause"
            clause.pieces.append(Piece(start + match.end(), stop, form, negative))
            start += tokens[boundary].idx
            if tokens[boundary].lower_ == "then" and boundary + 1 < len(tokens):
                start += len("then ")
            continue
        if timed := _TIMED.match(segment):
            stop = start + len(timed[1])
            clause.pieces.append(Piece(start, stop, "phrase"))
            start += timed.end()
            if start >= end:
                return None
            continue
        in_case = re.match(r"in (?:the )?(?:case|event) of ", segment, re.IGNORECASE)
        boundary = None
        if in_case or _PHRASE_LEAD.match(segment):
            boundary = _boundary(tokens, 1)
            if boundary is None and re.match(r"(?:with|without|under|over)\b", segment, re.I):
                boundary = _pronoun_seam(tokens)
        instructs = boundary is not None and is_imperative(tokens[boundary:])
        if in_case or (_PHRASE_LEAD.match(segment) and (
            not _NOT_A_CASE.match(segment) or (instructs and _HOURS.match(segment))
        )):  # fmt: skip
            if boundary is None and segment.rstrip().endswith(":") is False:
                return start
            stop = start + (_cut(tokens, boundary) if boundary is not None else len(segment))
            if in_case:
                clause.pieces.append(Piece(start + in_case.end(), stop, "case"))
                if boundary is None:
                    return start
                start += tokens[boundary].idx
                continue
            if not _restricts(text[start:stop]):
                return start
            clause.pieces.append(Piece(start, stop, "phrase"))
            if boundary is None:
                return None
            start += tokens[boundary].idx
            continue
        break
    return start


def _restricts(phrase: str) -> bool:
    """Whether a fronted phrase limits the cases rather than setting the scene."""
    doc = analyse(phrase)
    words = [t for t in doc if t.is_alpha]
    if len(words) < 2:
        return False
    if re.search(r"\b(?:who|that|whose|which)\b|\d", phrase):
        return True
    rest = words[1:]
    if rest[0].lower_ in {"a", "an", "any"}:
        return True
    nouns = [t for t in rest if t.pos_ in {"NOUN", "PROPN"}]
    return bool(nouns) and rest[0].lower_ not in {"the", "this", "that", "these", "all", "each",
                                                  "every", "our", "your"}  # fmt: skip


def _trailing(clause: Clause, start: int, end: int) -> int:
    """Circumstances and exceptions after the main clause; where the main clause ends."""
    text = clause.text
    matches = []
    for match in _TRAILING.finditer(text, start, end):
        if match.start() <= start or text[start : match.start()].count("(") > text[
            start : match.start()
        ].count(")"):
            continue
        word = match["word"].lower().strip()
        before = text[start : match.start()].rstrip().lower()
        if word == "when" and re.fullmatch(r"\w+\W*", text[match.end() : end]):
            continue  # 'ill when sold'
        if before.endswith(("save that", "except that", "save", "except")):
            continue
        if word.startswith("provided") and re.search(r"\b(?:have|has|had|be|been|not|or)$", before):
            continue
        loose = "," not in match["cut"]  # 'check if …' asks; 'book a check, unless …' does not
        if word == "even if" or (loose and re.search(
            r"\b(?:even|whatever|ask|asked|check|see|know|sure|matter|as|at|on|of|about|"
            r"to)$", before
        )):  # fmt: skip
            continue
        if (
            word in {"if"}
            and re.search(r"\b(?:ask|asks|check|checks|verify|see|confirm)\b[^,]*$", before)
            and not re.match(r".*,\s*$", match["cut"])
        ):
            continue
        matches.append(match)
    if not matches:
        return end
    for i, match in enumerate(matches):
        stop = matches[i + 1].start() if i + 1 < len(matches) else end
        begin = match.start("word") if match["word"] == "until" else match.end()
        word = match["word"].lower().strip()
        exceptional = bool(_EXCEPTIONAL.search(word))
        phrase = bool(
            re.search(r"(?:for|to|in|with|than|of|from|excluding|except|excepting)$", word)
        )
        outcome = None
        if inner := re.search(
            r"[,;]?\s*(?:in which (?:case|event)|and in that (?:case|event)|then)\s*,?\s*|"
            r",\s+who\s+(?=(?:pay|get|receive|may|must|can|are)\b)",
            text[begin:stop],
        ):
            outcome = (begin + inner.end(), stop)
            stop = begin + inner.start()
        if "only" in word:
            clause.only = True
        piece = Piece(begin, stop, "phrase" if phrase else "clause")
        if word in {"save that", "except that"} and (told := _proviso(clause, begin, stop)):
            clause.exceptions.append(told)
            if i + 1 < len(matches):
                continue
            return matches[0].start()
        if exceptional:
            clause.exceptions.append(Except(piece, outcome))
            continue
        choice = re.search(r",? or ([^,;]+)$", text[start : match.start()])
        if choice and i == 0 and word == "if" and re.match(r"\d|[€$£]|no\b", choice[1]):
            where = (start + choice.start(1), match.start())
            clause.exceptions.append(Except(piece, where))
            return start + choice.start()
        if loose := re.search(r"[,;]?\s+or$", text[begin:stop].rstrip()):
            piece.end = begin + loose.start()
            clause.any = True
        elif re.search(r"\bor\s*$", match["cut"]):
            clause.any = True
        piece.trailing = True
        clause.pieces.append(piece)
    return matches[0].start()


def _proviso(clause: Clause, begin: int, stop: int) -> Except | None:
    """'…, save that no fee is due from a member': an exception with its own circumstance."""
    inner = analyse_clause(clause.text[begin:stop])
    if len(inner.pieces) != 1 or inner.outcome is None or inner.exceptions:
        return None
    piece = inner.pieces[0]
    piece.start, piece.end = piece.start + begin, piece.end + begin
    return Except(piece, (inner.outcome[0] + begin, inner.outcome[1] + begin))


_ELSE = re.compile(r",?\s+(?:and|or|but)\s+([^,;]{3,80}?)\s+otherwise\s*$")
# 'pay it for an absence of 30 days or less'
_FOR_MEASURE = re.compile(
    r"\s(?:for|on) ((?:an? |the )?[\w-]+ of (?:(?:more|less|fewer) than|at least|up to|over|under|"
    r"[^\s]+ [\w-]+ or (?:more|less|fewer))\b[^,;:]*)$",
    re.IGNORECASE,
)
# 'no payment is required of a passenger holding a pass', 'no refund is made on a Saver Fare'
_GIVEN_TO_ONE = re.compile(
    rf"\s(?:for|to|from|of) (?P<who>an? (?:[\w-]+ ){{0,2}}(?:{'|'.join(ACTORS)}) (?:who|holding|"
    r"under|over|aged|with|without)\b[^,;]*)$|"
    r"(?:(?<=made)|(?<=paid)|(?<=given)|(?<=issued)) "
    r"(?:on|for) (?P<what>an? (?-i:(?:[A-Z][\w-]+ )+)[\w-]+)$",
    re.IGNORECASE,
)
# '7 euros, members 5'
_OTHERS_PAY = re.compile(
    rf"(?<=[\w%])(?<!\d),\s(?P<who>(?:[a-z-]+ ){{0,2}}(?:{'|'.join(a + 's' for a in ACTORS)}|"
    r"children|students|pensioners|seniors|residents)) (?:pay )?(?:only )?"
    r"(?P<what>[€£$]?\d[\w.,]*(?: [\w%]+)?|half(?: of (?:it|that))?|nothing|free)$",
    re.IGNORECASE,
)
# 'it is moved to noon, or, where it already is at noon, to the evening'
_OR_WHERE = re.compile(
    r",\s+or,?\s+(?:where|if|when) (?P<if>[^,;:]+),\s+(?P<what>[^;:]+)$", re.IGNORECASE
)
# what makes no difference: 'whatever the fare and whenever notice is given'
_CONCESSION = re.compile(
    r",\s+(?:whatever|whichever|whoever|regardless|irrespective|no matter|however (?:long|late|"
    r"short|many|much))\b[^;:.,]*$|\s+whatever (?:the|this|that) [\w ]+ says$",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\s(?:in|under) (?:any|all|every) other (?:case|event|circumstance|situation)s?$",
    re.IGNORECASE,
)
_GIVEN_TO = re.compile(
    rf"\s(?:for|to|from)\s+((?:[\w-]+ ){{0,2}}(?:{'|'.join(a + 's' for a in ACTORS)})\b[^,;]*)$",
    re.IGNORECASE,
)


# 'Nobody under 18 hires anything': what is said of nobody is refused to whoever is such
_NOBODY = re.compile(
    r"(?:nobody|no one|no-one|no [a-z]+) (?:who is |aged )?(?P<who>(?:under|over|below|above|"
    r"younger than|older than) [\w]+(?: years(?: old| of age)?)?) (?=[a-z])",
    re.IGNORECASE,
)


def _kind_of_person(phrase: str) -> bool:
    """'annual members' and 'students' are kinds; 'customers' and 'the guests' are everyone."""
    words = phrase.split()
    if words[0].lower() in {"the", "all", "our", "other", "these", "those", "its"}:
        return False
    plain = {"customers", "guests", "users", "passengers", "clients", "patients", "members",
             "callers", "persons", "applicants", "owners", "readers", "players"}  # fmt: skip
    return len(words) > 1 or words[0].lower() not in plain


def _subject(clause: Clause, start: int, end: int) -> int:
    """A restrictive subject ('Guests who bring a dog') as a circumstance; where its verb starts."""
    text = clause.text[start:end]
    doc = analyse(text)
    tokens = [t for t in doc if not t.is_space]
    if len(tokens) < 3 or is_imperative(tokens):
        return start
    if nobody := _NOBODY.match(text):
        first, last = nobody.span("who")
        clause.pieces.append(Piece(start + first, start + last, "person"))
        return start
    if tokens[0].pos_ in {"ADP", "SCONJ"} and not re.match(r"(?:over|under)\b", text, re.I):
        return start
    if tokens[0].lower_ in {"we", "you", "it", "they", "he", "she", "i", "there", "this", "that"}:
        return start
    verb = _main_verb(tokens)
    if verb is None:
        measured = comparisons(text)
        if measured and measured[0][0][0] < 30 and text[measured[0][-1][1] :].strip():
            stop = start + measured[0][-1][1]
            clause.pieces.append(Piece(start, stop, "phrase"))
            return stop
        return start
    subject = text[: verb.idx].strip()
    if re.search(r",\s*that$", subject):
        return start  # 'that is' explains; it restricts nothing
    first = tokens[0].lower_
    relative = re.search(r"\b(?:who|that|which|whose|whoever)\b", subject, re.IGNORECASE)
    measured = re.search(r"\d", subject) and re.search(
        r"\b(?:more|less|fewer|over|under|above|below|at least|up to|between|older|younger|or more|"
        r"exceeding|heavier|lighter|longer|within|outside|than)\b",
        subject,
    )
    if first in {"later", "earlier", "further", "such", "same"}:
        return start
    if first in {"the", "our", "every", "each", "all", "both", "its", "their", "your", "no",
                 "only"} and not (relative and first in {"all", "every", "each"}):  # fmt: skip
        return start
    if not (
        relative
        or measured
        or _class_subject(
            tokens, verb, text, bool(_CONCESSION.search(clause.text)), bool(clause.pieces)
        )
    ):
        return start
    clause.pieces.append(Piece(start, start + verb.idx, "phrase"))
    return start + verb.idx


def _main_verb(tokens: list[Token]) -> Token | None:
    """The finite verb of the main clause, relative clauses skipped."""
    depth, relative, aside = 0, False, 0
    for i, token in enumerate(tokens):
        aside += {"(": 1, ")": -1}.get(token.text, 0)
        if aside > 0:
            continue
        if token.text in {",", ";", ":"} and not depth:
            following = [t.lower_ for t in tokens[i + 1 : i + 2]]
            if following and following[0] in {"who", "which"}:
                depth += 1
            continue
        if (
            token.lower_ in {"who", "which", "whose", "whoever"}
            or (token.lower_ == "that" and i and tokens[i - 1].pos_ in {"NOUN", "PROPN", "PRON"})
            or (
                token.lower_ in {"after", "before", "if", "when", "where", "because"}
                and i
                and relative
                and _has_verb_soon(tokens[i + 1 :])
            )
        ):
            depth += 1
            relative = True
            continue
        if relative and not depth and i > 1 and token.lower_ in _PLAIN_VERBS:
            return token
        if is_finite(token):
            if not depth and _reduced(tokens, i):
                continue
            if depth and i and tokens[i - 1].lower_ in {"and", "or"}:
                continue
            if depth:
                depth -= 1
                continue
            return token if i else None
    return None


def _reduced(tokens: list[Token], i: int) -> bool:
    """Whether a past form is a participle: 'a car presented later than that shall wait'."""
    if tokens[i].tag_ != "VBD" or not i or tokens[i - 1].pos_ not in {"NOUN", "PROPN"}:
        return False
    for j in range(i + 1, len(tokens)):
        if tokens[j].lower_ in {"who", "which", "that", "if", "when"} or tokens[j].text == ";":
            if tokens[j].lower_ != "that" or tokens[j - 1].lower_ != "than":
                return False
        if is_finite(tokens[j]):
            return tokens[j].tag_ == "MD" and tokens[j - 1].lower_ not in {"and", "or", "but"}
    return False


_PLAIN_VERBS = {"pay", "get", "receive", "need", "qualify", "cost", "ship", "earn", "costs", "pays"}


def _has_verb_soon(tokens: list[Token]) -> bool:
    """Whether a conjunction opens a clause ('after drop has closed'), not a phrase."""
    finite = 0
    for token in tokens[:8]:
        finite += is_finite(token)
    return finite > 1


def _class_subject(
    tokens: list[Token], verb: Token, text: str, idle: bool = False, conditional: bool = False
) -> bool:
    """'Platinum members are …', 'A booking at the Saver rate cannot …': a kind, and a norm.

    Args:
        idle: the sentence says what makes no difference, so it is a norm whatever its verb.
        conditional: the sentence has a circumstance already.
    """
    before = [t for t in tokens if t.idx < verb.idx]
    noun = next((t for t in reversed(before) if t.pos_ in {"NOUN", "PROPN"}), None)
    if noun is None or tokens[0].lower_ in {"most", "many", "some", "few", "several"}:
        return False
    rest = text[verb.idx :]
    norm = re.match(
        r"(?:cannot|can|may|must|should|shall|are not|is not|(?:is|are)(?: then| always| never| "
        r"also| therefore)? (?:\w+ed|given|sent|paid|free|exempt|eligible|entitled|charged|"
        r"handed|seen|shown|told|made|kept|let)|pays?|gets?|receives?|qualif|needs?|require|"
        r"will)\b",
        rest,
    )
    if conditional and re.match(
        r"(?:groups|parties|classes|teams|families) of [a-z]+ ", text, re.I
    ):
        return True
    if not (norm or idle) or (
        rest[:2].lower() in {"is", "ar"} and any(t.tag_ == "VBN" for t in before)
    ):
        return False
    head_words = []
    for t in before:
        if t.pos_ == "ADP":
            break
        head_words.append(t)
    preposed = [t for t in head_words if t.pos_ in {"ADJ", "PROPN", "NOUN"}]
    indefinite = (
        tokens[0].lower_ in {"a", "an", "any"}
        or tokens[0].tag_ in {"NNS", "NNPS"}
        or (preposed and preposed[-1].tag_ in {"NNS", "NNPS"})
    )
    if not indefinite or not preposed:
        return False
    head = singular(preposed[-1].lower_)
    if head in ACTORS and len(preposed) > 1:
        return True
    if not norm:
        return False
    posposed = any(t.pos_ == "ADP" and t.lower_ in {"at", "on", "with", "without", "under"}
                   for t in before)  # fmt: skip
    capital = any(t.text[:1].isupper() and t.i > 0 for t in preposed[:-1])
    adjective = len(preposed) > 1 and preposed[0].pos_ == "ADJ" and preposed[0].tag_ == "JJ"
    return posposed or capital or adjective


def _recipient(clause: Clause, start: int, end: int) -> None:
    """'Offer Platinum members …': whom an instruction is restricted to."""
    text = clause.text[start:end]
    tokens = [t for t in analyse(text) if not t.is_space]
    if not is_imperative(tokens):
        return
    verb = next((i for i, t in enumerate(tokens) if t.pos_ in {"VERB", "AUX"} or
                 t.lower_ in _BASE_VERBS), None)  # fmt: skip
    if verb is None or tokens[verb].lemma_.lower() not in {
        "offer", "give", "grant", "charge", "pay", "allow", "refund", "send", "issue", "credit"
    }:  # fmt: skip
        return
    noun = verb + 1
    if noun < len(tokens) and tokens[noun].lower_ in {"a", "an", "the", "every", "any", "them"}:
        return
    while noun < len(tokens) and tokens[noun].pos_ in {"ADJ", "PROPN", "NOUN", "CCONJ"}:
        if singular(tokens[noun].lower_) in ACTORS and tokens[noun].lower_.endswith("s"):
            if noun > verb + 1:
                first, last = tokens[verb + 1], tokens[noun]
                clause.pieces.append(
                    Piece(start + first.idx, start + last.idx + len(last), "phrase")
                )
            return
        noun += 1


def _judge(clause: Clause, lead_instruction: bool) -> None:
    """Is the consequence an instruction, a pointer to further rules, or a remark?"""
    if clause.outcome is None:
        return
    said = clause.text[clause.outcome[0] : clause.outcome[1]]
    tokens = [t for t in analyse(said.strip()) if not t.is_space]
    if re.match(r"\s*(?:before|prior to|to|in order to|after|at|by|during|while|in|on|for|as|with|"
                r"from|once)\b", said, re.IGNORECASE):  # fmt: skip
        begin = _boundary(tokens, 0)
        if begin is not None:
            tokens = tokens[begin:]
            said = clause.text[clause.outcome[0] :][tokens[0].idx :]
    clause.imperative = is_imperative(tokens)
    agent = bool(AGENT.match(said.strip()))
    clause.instruction = (
        clause.imperative or lead_instruction or (agent and bool(_MODAL.search(said)))
    )
    clause.router = not clause.imperative and routes(said)
    clause.inquiry = not clause.router and may_route(said)
    if clause.router or clause.inquiry:
        clause.topic = topic(said)
    if re.search(r"\binstead\b|^\W*however\b", said, re.I) and not clause.connective:
        clause.connective = "instead"
