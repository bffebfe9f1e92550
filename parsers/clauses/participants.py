"""Subjects and recipients that are circumstances: 'Guests who …', 'Offer Gold members …'."""

from __future__ import annotations

import re

from spacy.tokens import Token

from parsers.clauses.structure import Clause, Piece
from parsers.clauses.verbs import BASE_VERBS, finite_main_verb, is_imperative
from parsers.conditions.comparisons import comparisons
from parsers.conditions.people import ACTORS, ROLES
from parsers.language import singular, tokens_of

# what makes no difference: 'whatever the fare and whenever notice is given'
CONCESSION = re.compile(
    r",\s+(?:whatever|whichever|whoever|regardless|irrespective|no matter|however (?:long|late|"
    r"short|many|much))\b[^;:.,]*$|,\s+(?:with )?(?P<it>[\w-]+) or no (?P=it)$|"
    r"\s+whatever (?:the|this|that) [\w ]+ says$",
    re.IGNORECASE,
)
# 'Nobody under 18 hires anything': what is said of nobody is refused to whoever is such
_NOBODY = re.compile(
    r"(?:nobody|no one|no-one|no [a-z]+) (?:who is |aged )?(?P<who>(?:under|over|below|above|"
    r"younger than|older than) [\w]+(?: years(?: old| of age)?)?) (?=[a-z])",
    re.IGNORECASE,
)

# 'If it is lost, a new card is printed': what comes of the case, not which case it is
_HANDED_OUT = re.compile(
    r"(?:is|are|(?:shall|will|must|may|can) be)(?: then| also)? (?:printed|issued|sent|made|"
    r"ordered|given|handed|lent|booked|provided|opened|posted|arranged|supplied|delivered)\b"
)
# 'Anyone under 16 who is alone: call a parent', 'Tins over 5 kg with a dent: send them back'
_GOES_ON = re.compile(
    r",? (?:who|that|which|whose|with|without)\s[^:;]+(?=:\s)|"
    r" with(?:out)? (?:an? |any )?[\w-]+(?: [\w-]+)?(?= (?:pay|get|receive|need|cost|ship)s?\b)",
    re.IGNORECASE,
)
_PERSON = "|".join([*ACTORS, *sorted(ROLES)])
# 'Offer a loan to a resident who has lived here for 3 years', 'give it to members over 60'
_TO_ONE = re.compile(
    rf"\sto (?P<who>(?:(?:an?|any) (?:[\w-]+ ){{0,2}}(?:{_PERSON})|"
    rf"(?:[\w-]+ ){{0,2}}(?:{_PERSON})s) "
    r"(?:who|aged|over|under|holding|with|without)\b[^,;]*)$",
    re.IGNORECASE,
)
_DUES = {"fee", "charge", "surcharge", "fine", "penalty", "refund", "discount", "deposit"}
"""'Late fees are waived if …': what is paid, of no kind of fee alone."""
_NARROWS = {"at", "on", "with", "without", "under"}
NAMES = {"from", "of", "by", "for"}
"""These narrow a subject where something else of it is said to make no difference: 'A request from
a resident goes to the mayor, whatever the size'."""


def restrictive_subject(clause: Clause, start: int, end: int) -> int:
    """A restrictive subject ('Guests who bring a dog') as a circumstance; where its verb starts."""
    text = clause.text[start:end]
    tokens = tokens_of(text)
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
    verb = finite_main_verb(tokens)
    if verb is None:
        measured = comparisons(text)
        if measured and measured[0][0][0] < 30 and text[measured[0][-1][1] :].strip():
            stop = start + _before_verb(tokens, measured[0][-1][1])
            if goes_on := _GOES_ON.match(clause.text, start + measured[0][-1][1], end):
                stop = goes_on.end()
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
    if re.match(r"\w+ more \w+$", subject):
        return start  # '30 more days are allowed'
    fronted = any(not piece.trailing for piece in clause.pieces)
    case = fronted or clause.connective in {"otherwise", "that case"}
    handed_out = case and _HANDED_OUT.match(text[verb.idx :]) is not None
    if first in {"later", "earlier", "further", "such", "same"}:
        return start
    if first in {"the", "our", "every", "each", "all", "both", "its", "their", "your", "no",
                 "only"} and not (relative and first in {"all", "every", "each"}):  # fmt: skip
        return start
    if not (
        relative
        or measured
        or (
            not handed_out
            and _class_subject(
                tokens,
                verb,
                text,
                bool(CONCESSION.search(clause.text.rstrip(" .;!"))),
                bool(clause.pieces),
            )
        )
    ):
        return start
    stop = len(re.sub(r"\s+always\s*$", "", text[: verb.idx]))  # 'Guide dogs always travel free'
    clause.pieces.append(Piece(start, start + stop, "phrase"))
    return start + verb.idx


def _before_verb(tokens: list[Token], end: int) -> int:
    """Where a measure ends whose unit is the verb that the tagger missed: 'Teams of 9 pay half'."""
    last = next((t for t in reversed(tokens) if t.idx < end), None)
    if last is None or last.i == 0 or last is tokens[-1] or not last.nbor(-1).like_num:
        return end
    verb = last.dep_ == "ROOT" and (last.pos_ in {"VERB", "AUX"} or last.lower_ in BASE_VERBS)
    number = last.nbor(-1)
    return number.idx + len(number) if verb or last.nbor().pos_ in {"DET", "PRON"} else end


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
    ) or (conditional and re.match(r"means?\b", rest))
    if conditional and re.match(
        r"(?:groups|parties|classes|teams|families) of [a-z]+ ", text, re.I
    ):
        return True
    if not (norm or idle) or (
        rest[:2].lower() in {"is", "ar"} and any(t.tag_ == "VBN" and not _shaped(t) for t in before)
    ):
        return False
    head_words = []
    for t in before:
        if t.pos_ == "ADP":
            break
        head_words.append(t)
    preposed = [t for t in head_words if t.pos_ in {"ADJ", "PROPN", "NOUN"} or _shaped(t)]
    indefinite = (
        tokens[0].lower_ in {"a", "an", "any"}
        or tokens[0].tag_ in {"NNS", "NNPS"}
        or (preposed and preposed[-1].tag_ in {"NNS", "NNPS"})
    )
    if not indefinite or not preposed:
        return False
    head = singular(preposed[-1].lower_)
    if head in _DUES:
        return False
    if head in ACTORS and len(preposed) > 1:
        return True
    narrows = _NARROWS | NAMES if idle else _NARROWS
    posposed = any(t.pos_ == "ADP" and t.lower_ in narrows for t in before)
    if not norm:
        return idle and (posposed or len(preposed) > 1)
    capital = any(t.text[:1].isupper() and t.i > 0 for t in preposed[:-1])
    first = preposed[0]
    adjective = len(preposed) > 1 and (
        _shaped(first) or (first.pos_ == "ADJ" and first.tag_ == "JJ")
    )
    return posposed or capital or adjective


def _shaped(token: Token) -> bool:
    """Whether a participle tells what kind a thing is, as an adjective does: 'an opened box'."""
    return token.tag_ == "VBN" and token.dep_ == "amod" and 0 < token.i < token.head.i


def restricted_recipient(clause: Clause, start: int, end: int) -> None:
    """'Offer Platinum members …': whom an instruction is restricted to."""
    text = clause.text[start:end]
    tokens = tokens_of(text)
    if not is_imperative(tokens):
        return
    verb = next((i for i, t in enumerate(tokens) if t.pos_ in {"VERB", "AUX"} or
                 t.lower_ in BASE_VERBS), None)  # fmt: skip
    if verb is None or tokens[verb].lemma_.lower() not in {
        "offer", "give", "grant", "charge", "pay", "allow", "refund", "send", "issue", "credit",
        "lend",
    }:  # fmt: skip
        return
    if to_one := _TO_ONE.search(text):
        clause.pieces.append(Piece(start + to_one.start("who"), end, "phrase", trailing=True))
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
