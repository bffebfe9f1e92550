"""A sentence taken apart: its circumstances, its consequence, its exceptions, its connective.

In: one sentence (or a part of one between semicolons). Out: `Clause` with character ranges into
that text. Subordinators, fronted phrases, restrictive subjects ('Guests who …') and restrictive
recipients ('Offer Gold members …') are all circumstances. No document state is kept here.
"""

from __future__ import annotations

import re

from parsers.clauses.boundaries import main_start
from parsers.clauses.fronted import fronted
from parsers.clauses.kind_subjects import kind_subject
from parsers.clauses.objects import restricted_object
from parsers.clauses.other_amounts import other_amounts, people
from parsers.clauses.participants import CONCESSION, restricted_recipient, restrictive_subject
from parsers.clauses.structure import Clause, Except, Piece
from parsers.clauses.trailing import trailing
from parsers.clauses.verbs import is_imperative
from parsers.conditions.comparisons import comparisons
from parsers.conditions.people import ACTORS
from parsers.language import tokens_of
from parsers.leads import FRAME, INDIFFERENT, OFTEN, may_route, picks, routes, topic
from parsers.leftovers import leftover
from parsers.overrides import (
    EXCEPTED,
    EXCEPTION_TO,
    FAILING,
    OVERRIDES,
    OVERRIDES_BEHIND,
    exemption,
)

_LEAD = re.compile(
    r"(?:(?:(?:oh,? )?and one (?:nice|last|more|other) thing(?=:)|"
    r"however|but|also|and|in addition|additionally|furthermore|please note(?: that)?|first|"
    r"second|third|finally|next|then|note(?: that)?"
    r"(?! (?:an?|the|any|all|each|every|its|their|down)\b)|remember|important|similarly|likewise|"
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
    r"(?:for|with|on|at) (?:the )?other(?:s| [a-z-]+)(?! [a-z-]+s,)|failing that|else|if none of "
    r"(?:these|the above)(?: applies| apply)?|if neither(?: applies)?|in the absence of these|"
    r"(?:with(?:out| none of)) (?:one|it|that|them|this|these|any)(?=,)|"
    r"(?:later|earlier|more|longer|less|older) than that(?=,)|"
    r"after that(?=,? (?:the full|no|nothing|none|all|half|it is too late|it costs|they pay|"
    r"we (?:charge|keep|return|pay|take|give))\b)|"
    r"(?:with|on|at) (?:any )?(?:less|shorter|later|fewer) (?:notice|warning|than that)"
    r"(?:,? or [^,]+)?(?=,)|"
    r"for the rest|other [a-z-]+s(?=:)|other(?:s| (?:customers|guests|passengers|members|"
    r"users|patients|clients|bags|items|orders|requests|cases|tickets|claims|residents|students|groups|"
    r"children|lessons|rooms|visits|dogs|animals|vehicles)))"
    r"(?=[\s,:;]|$)[,:]?\s*",
    re.IGNORECASE,
)
# 'For other business customers, …': a kind, without those spoken of before
_OTHER_KIND = re.compile(
    r"(?:for|with|on|at) (?:the |all |any )?other [a-z-]+ [a-z-]+s,", re.IGNORECASE
)
_COMPARATIVE = re.compile(
    r"(?:with|for|at|on|after) (?:an? )?(?:smaller|larger|bigger|heavier|lighter|longer|shorter|"
    r"older|"
    r"younger|newer|higher|lower|later|cheaper|fewer|greater) [a-z]+(?:,\s*|\s+(?=(?:the|a|we|you|"
    r"they|it|there|no)\s))|(?:smaller|larger|"
    r"bigger|heavier|lighter|longer|shorter|older|younger|higher|lower|later|"
    r"cheaper) [a-z]+s (?=(?:is|are|get|pay|cost|receive|must|may|can|cannot|need|go|have|take|"
    r"come|travel|ride|ship|require|count|stay|do not)\b)",
    re.IGNORECASE,
)
_THAT_CASE = re.compile(
    r"(?:so,? )?(?:in (?:that|this|such(?: an?)?|those|these|which) (?:case|event|situation)s?|"
    r"if so|if yes|for (?:them|it|him|her|those|this|that|these)(?=,)|"
    r"(?:for|with|in|on) such (?:an? )?[\w-]+(?: [\w-]+)?(?=,)|"
    r"such (?:an? )?[\w-]+(?: [\w-]+)?(?= (?:is|are|gets?|pays?|goes|go|can|may|must)\b)|"
    r"if this is the case|if that is the case|(?:if they do|if it is|if it does)"
    r"(?=[,:])|in which (?:case|event))"
    r"(?=[\s,:]|$)[,:]?\s*",
    re.IGNORECASE,
)
_EXCEPTION = re.compile(
    r"(?:(?:the|an?|one) (?:only |sole |single |one )?exceptions? (?:is|are|applies to|apply to|"
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
    r"there (?:is|are) no (?:\w+ )?(?:reductions?|discounts?|exceptions?|special rules?|"
    r"allowances?) (?:for|to) [^,;:]+ (?:here|in (?:this|that|these|such) cases?|then)\W*$|"
    r"(?:(?:it|this|that) )?(?:does(?: not|n['’]t) matter|makes no difference) (?:if|whether|who|"
    r"what|how)\b",
    re.IGNORECASE,
)
# 'Except when the order is small: …'
_EXCEPT_FIRST = re.compile(r"except (?=(?:when|if|where)\s)", re.IGNORECASE)
# 'No photo, no reprint, we wait for the photo': narrower than the case before it
_NO_NO = re.compile(r"(?P<lacks>no [\w-]+), (?P<then>no [\w-]+(?:$|, .+$))", re.IGNORECASE)
_OF_ALL = re.compile(r"\b(?:above|all|any|every|everything|whole|table|list|rows?)\b", re.I)
# 'Once the sale has begun' in front of 'none of the above applies'
_CASE_ALONE = re.compile(r"(?:once|after|where)\s+(?P<case>[^,;:]+)$", re.IGNORECASE)
_ELSE = re.compile(r",?\s+(?:and|or|but)\s+([^,;]{3,80}?)\s+otherwise\s*$")
# 'pay it for an absence of 30 days or less'
_FOR_MEASURE = re.compile(
    r"\s(?:for|on) ((?:an? |the )?[\w-]+ of (?:(?:more|less|fewer) than|at least|up to|over|under|"
    r"[^\s]+ [\w-]+ or (?:more|less|fewer))\b[^,;:]*)$",
    re.IGNORECASE,
)
_GIVEN_TO = re.compile(
    rf"\s(?:for|to|from)\s+((?:[\w-]+ ){{0,2}}(?:{'|'.join(a + 's' for a in ACTORS)})\b[^,;]*)$",
    re.IGNORECASE,
)
# '… within 30 days, or 60 days for Gold members': one of two limits is theirs
_OTHER_LIMIT = re.compile(r"\d[\w %]*,? or (?:within |up to )?[€$£]?\d[\w.]*(?: [a-z]+)?$")
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
# 'refer it to the foreman for drivers who have 9 years or more'
_DONE_FOR = re.compile(
    r"(?<!except)(?<!save)(?<!apart)\sfor "
    r"(?P<who>(?:any |all |those |an? )?(?:[\w-]+ ){1,3}?(?:who|whose) [^,;:]+)$",
    re.IGNORECASE,
)
# 'Members are admitted free, and so is a child under five'
_LIKEWISE = re.compile(
    r",?\s+(?:and so|as) (?:is|are|do|does|has|have|will|must|may|can|should|shall) "
    r"(?P<who>(?!(?:it|they|we|you|he|she|this|that|the)\b)[^,;:]+)$",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"\s(?:(?:in|under) (?:any|all|every) other (?:case|event|circumstance|situation)s?|"
    r"for (?:everyone|everybody|anyone|anybody) else)$",
    re.IGNORECASE,
)
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
    elif (match := EXCEPTION_TO.match(text[start:])) or (
        (match := _EXCEPT_FIRST.match(text[start:])) and re.search(r"[:,]", text[start:end])
    ):
        clause.connective = "override"
    if match and clause.connective == "override":
        clause.whole |= bool(_OF_ALL.search(match[0]))
        start += match.end()
    if behind := OVERRIDES_BEHIND.search(text, start, end):
        clause.connective, clause.whole = "override", True
        end = behind.start()
        if alone := _CASE_ALONE.match(text, start, end):
            clause.pieces.append(Piece(*alone.span("case"), "clause"))
            return clause
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
    if match := EXCEPTED.match(text, start, end):
        clause.connective, clause.instruction, clause.whole = "exception", True, True
        clause.pieces.append(Piece(*match.span("who"), "phrase"))
        clause.outcome = (match.end(), end)
        return clause
    if match := _EXCEPTION.match(text[start:]):
        clause.connective = "exception"
        start += match.end()
        colon = re.search(
            r"\s*[:–—]\s|,\s(?:who|which)\s(?:is|are|get|gets|receive)", text[start:end]
        )
        fronted_if = re.search(r"\b(?:if|when|where)\s+$", match[0], re.IGNORECASE)
        if fronted_if and not colon:  # 'The only exception: if it is late, charge 5 euros'
            at = match.start() + fronted_if.start() + start - match.end()
            whole = analyse_clause(text[at:end])
            if whole.outcome and [piece.form for piece in whole.pieces] == ["clause"]:
                piece = whole.pieces[0]
                clause.pieces.append(Piece(piece.start + at, piece.end + at, "clause"))
                clause.outcome = (whole.outcome[0] + at, whole.outcome[1] + at)
                clause.instruction = True
                return clause
        whole = None if colon else analyse_clause(text[start:end])
        if whole and whole.outcome and not (whole.exceptions or whole.connective) and (
            [piece.form for piece in whole.pieces] == ["phrase"]
        ):  # fmt: skip
            piece = whole.pieces[0]  # 'One exception: members who … are admitted'
            clause.pieces.append(Piece(piece.start + start, piece.end + start, "phrase"))
            clause.outcome = (whole.outcome[0] + start, whole.outcome[1] + start)
            clause.instruction = True
            return clause
        if whole and whole.outcome and not (whole.pieces or whole.connective) and (
            named := kind_subject(text[start:end])
        ):  # fmt: skip
            clause.pieces.append(Piece(start, start + named, "phrase"))
            clause.outcome, clause.instruction = (start + named, end), True
            return clause  # 'Exception: members pay nothing'
        if not colon and match[0].lower().endswith(": for "):  # 'Exception: for members, waive it'
            colon = re.search(r",\s", text[start:end])
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
    elif (rest := leftover(text[start:end])) is not None:
        clause.connective = "otherwise"
        start += rest
    elif (match := _OTHERWISE.match(text[start:])) and not _relative_follows(
        text[start + match.end() :]
    ):
        clause.connective = "otherwise"
        start += match.end()
    elif match := _COMPARATIVE.match(text[start:]):
        clause.connective = "otherwise"  # 'Heavier bags are refused.': what the last rule left
        start += match.end()
    elif _OTHER_KIND.match(text, start):
        clause.connective = "otherwise"  # of that kind, what the rules before left
    clause.scope = bool(FRAME.match(text[start:]) or INDIFFERENT.match(text[start:end]))
    if clause.scope:
        clause.outcome = (start, end)
        return clause
    start = fronted(clause, start, end)
    likewise = _LIKEWISE.search(text, start, end) if start is not None else None
    if likewise:
        end = likewise.start()
    if start is not None and start < end:
        if other := _ELSE.search(text, start, end):
            clause.fallback = (other.start(1), other.end(1))
            end = other.start()
        end = other_amounts(clause, start, end)
        if given := _GIVEN_TO.search(text, start, end):
            tokens = tokens_of(text[start:end])
            varies = _OTHER_LIMIT.search(text, start, given.start())
            if not varies and not is_imperative(tokens) and _kind_of_person(given[1]):
                clause.pieces.append(Piece(given.start(1), end, "phrase"))
                end = given.start()
        if (measure := _FOR_MEASURE.search(text, start, end)) and comparisons(measure[1]):
            clause.pieces.append(Piece(measure.start(1), end, "phrase", trailing=True))
            end = measure.start()
        if concession := CONCESSION.search(text, start, end):
            end = concession.start()
        if other := _OR_WHERE.search(text, start, end):
            clause.exceptions.append(Except(Piece(*other.span("if"), "clause"), other.span("what")))
            end = other.start()
        end = trailing(clause, start, end, analyse_clause)
        if (some := _DONE_FOR.search(text, start, end)) and (
            comparisons(some["who"]) and is_imperative(tokens_of(text[start:end]))
        ):  # fmt: skip
            clause.pieces.append(Piece(some.start("who"), end, "phrase", trailing=True))
            end = some.start()
        if given := _GIVEN_TO_ONE.search(text, start, end):
            tokens = tokens_of(text[start:end])
            if not is_imperative(tokens):
                group = "who" if given["who"] else "what"
                clause.pieces.append(Piece(given.start(group), end, "phrase"))
                end = given.start()
        if not clause.pieces and (rest := _ELSEWHERE.search(text, start, end)):
            clause.connective = "otherwise"
            end = rest.start()
        if paid := _OTHERS_PAY.search(text, start, end):
            clause.exceptions.append(Except(people(clause, *paid.span("who")), paid.span("what")))
            end = paid.start()
        before = start
        start = restrictive_subject(clause, start, end)
        restricted_recipient(clause, before, end)
        end = restricted_object(clause, start, end)
        if likewise and (clause.pieces or clause.connective == "otherwise"):
            clause.likewise = Piece(likewise.start("who"), likewise.end(), "phrase")
        elif likewise:
            end = likewise.end()
        if text[start:end].strip(" ,:"):
            clause.outcome = (start, end)
            clause.scope = bool(OFTEN.match(text, start, end)) and not clause.connective
    _judge(clause, lead_instruction)
    return clause


def _relative_follows(rest: str) -> bool:
    return bool(re.match(r"(?:who|that|which|with)\b", rest))


def _kind_of_person(phrase: str) -> bool:
    """'annual members' and 'students' are kinds; 'customers' and 'the guests' are everyone."""
    words = phrase.split()
    if words[0].lower() in {"the", "all", "our", "other", "these", "those", "its"}:
        return False
    plain = {"customers", "guests", "users", "passengers", "clients", "patients", "members",
             "callers", "persons", "applicants", "owners", "readers", "players"}  # fmt: skip
    return len(words) > 1 or words[0].lower() not in plain


_BUT_IF = re.compile(r"\W*(?:however|but|yet),? (?:if|when|where|in case)\b", re.IGNORECASE)


def _judge(clause: Clause, lead_instruction: bool) -> None:
    """Is the consequence an instruction, a pointer to further rules, or a remark?"""
    if clause.outcome is None:
        return
    said = clause.text[clause.outcome[0] : clause.outcome[1]]
    tokens = tokens_of(said.strip())
    if re.match(r"\s*(?:before|prior to|to|in order to|after|at|by|during|while|in|on|for|as|with|"
                r"from|once)\b", said, re.IGNORECASE):  # fmt: skip
        begin = main_start(tokens, 0)
        if begin is not None:
            tokens = tokens[begin:]
            said = clause.text[clause.outcome[0] :][tokens[0].idx :]
    clause.imperative = is_imperative(tokens)
    agent = bool(AGENT.match(said.strip()))
    clause.instruction = (
        clause.imperative or lead_instruction or (agent and bool(_MODAL.search(said)))
    )
    clause.router = picks(said) or (not clause.imperative and routes(said))
    clause.inquiry = not clause.router and may_route(said)
    if clause.router or clause.inquiry:
        clause.topic = topic(said)
    turned = bool(clause.pieces) and _BUT_IF.match(clause.text)
    if (turned or re.search(r"\binstead\b|^\W*however\b", said, re.I)) and not clause.connective:
        clause.connective = "instead"
