"""Cells of a table that say circumstances: 'The holder has died', 'Home line, live for 9 days'.

In: the header and the cells of a column of a table of cases. Out: whether they say circumstances
rather than name kinds of one thing, and the parts of each, which hold together: the kind of thing
that it is about ('Digital code'), and statements about it ('the item is opened').
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Literal

from spacy.tokens import Token

from parsers.conditions.comparisons import comparisons, measures
from parsers.conditions.people import PEOPLE
from parsers.language import analyse, is_finite, singular

Form = Literal["kind", "clause", "phrase", "number"]
"""How a part of a cell is read: the name of a kind, a clause, a phrase, a mere measure."""

_LEFT = re.compile(
    r"(?:(?:in )?(?:all|any|every) (?:the )?others?(?: (?:cases?|situations?|customers?|people))?|"
    r"(?:any|every)(?:one|body|thing) else|all (?:the )?others|(?:all |everything )?the rest|"
    r"none of (?:these|the above)|otherwise)"
    r"(?:,? (?:including|such as|even|for (?:example|instance)|whatever|e\.g\.).*)?[.:]?",
    re.IGNORECASE,
)
_FREE = re.compile(
    r"none|nothing(?: (?:else|further|more))?|no (?:further|other|extra|more) \w+|none needed|"
    r"always|whenever|(?:at|in|on) any \w+",
    re.IGNORECASE,
)
_CIRCUMSTANCE = re.compile(
    r"\b(?:situations?|cases?|when|if|where|conditions?|circumstances?|events?|happen(?:s|ed)|"
    r"happening|scenarios?|details?|provided|requirements?|timing|time)\b",
    re.IGNORECASE,
)
_SORT = re.compile(r"\b(?:kinds?|types?|sorts?|class|category|reasons?|causes?)\b", re.IGNORECASE)
_ANYTHING = re.compile(
    r"(?:any(?:thing|one|body)?|every(?:thing|one)|all)\b(?: (?:items?|things?))? (?=\S)", re.I
)
_PREPOSITION = re.compile(
    r"(?:with|without|in|on|at|within|during|outside|before|after|by|from|under|over|up to)\s",
    re.IGNORECASE,
)
_CAME = re.compile(
    r"(?:arrived?|came|went|left|died|asked|called|rang|wrote|stayed|fell|failed|stopped|started|"
    r"began|ended|ran|happened|occurred|expired|moved|grew|rose)\b"
)
_AMOUNT = re.compile(
    r"\b(?:price|cost|value|fee|total|amount|balance|bill|weight|age|length|width|height|size|"
    r"distance|delay|notice|duration|number|score|rate|speed|temperature|mileage|income|salary|"
    r"rent|volume|area|depth|quantity|order value|worth)$",
    re.IGNORECASE,
)
# 'order value €80 or more', 'bill under £20': whose sum it is
_SUM = re.compile(
    r"(?P<what>(?P<the>the |an? )?(?:(?!(?:for|of|at|by|to|in|with|from)\b)[a-z-]+ ){1,3}?)"
    r"(?=(?:(?:over|under|above|below|up to|at least|at most|(?:no |not )?(?:more|less) than) )?"
    r"[€$£]\s?\d)",
    re.IGNORECASE,
)
_COMMA = re.compile(r",(?!\d{3}\b)\s+(?:(?:and|but)\s+)?")


def takes_rest(cell: str) -> bool:
    """Whether a cell stands for what the rows above it leave: 'Every other case'."""
    return bool(_LEFT.fullmatch(cell.strip()))


def sets_nothing(cell: str) -> bool:
    """Whether a cell among circumstances asks for none: 'none', 'at any time'."""
    return bool(_FREE.fullmatch(cell.strip(" .")))


def names_circumstances(header: str) -> bool:
    """Whether a column's head announces circumstances rather than a thing: 'Situation', 'When'."""
    return bool(_CIRCUMSTANCE.search(header)) and not _SORT.search(header)


def are_circumstances(header: str, cells: Sequence[str]) -> bool:
    """Whether a column's cells say circumstances; names of kinds of one thing do not."""
    if len(header.split()) > 5 or any(cell.endswith("?") for cell in cells):
        return False
    plain = [cell for cell in cells if not takes_rest(cell)]
    if names_circumstances(header) and any(map(_whole_clause, plain)):
        return True
    return any(map(_measured_in_words, plain)) or any(map(_qualified, plain))


def parts(cell: str) -> list[str]:
    """The parts of a cell that hold together; one where 'or' joins what is between commas."""
    if re.search(r", or\b", cell) or all(map(_whole_clause, _COMMA.split(cell))):
        return [cell]
    found = []
    for part in _COMMA.split(cell):
        pair = part.split(" and ")
        split = len(pair) > 1 and all(len(p.split()) == 1 and _state(p) for p in pair)
        found += pair if split else [part]
    return [part for part in found if part.strip()]


def kind_in(cell: str) -> str:
    """The kind of thing that a cell names before what it says of it, '' where it names none."""
    first = parts(cell)[0] if cell else ""
    return first if first and _named(first) and not takes_rest(cell) else ""


def said(part: str, thing: str, actor: str) -> tuple[Form, str]:
    """How a part is to be read, and what it says, of `thing` where it names no subject."""
    part = part.strip(" .")
    bare = _ANYTHING.sub("", part) if thing else part
    if bare != part:
        rest = bare[:1].lower() + bare[1:]
        if re.match(r"(?:that|which|who)\s", rest):
            return "clause", f"{thing} {rest.split(' ', 1)[1]}"
        return said(rest, thing, actor)
    if _whole_clause(part) or re.match(r"(?:we|you|they|it|he|she)\s", part, re.IGNORECASE):
        named = analyse(part)[0].pos_ not in {"DET", "PRON"}
        return "clause", part if named else part[:1].lower() + part[1:]
    who = thing or "it"
    if _state(part):
        low = part[:1].lower() + part[1:]
        return "clause", f"{who} {'was' if len(low.split()) > 2 else 'is'} {low}"
    if _tags(part)[:1] == ["VBG"]:
        return "clause", f"the {actor} is {part[:1].lower() + part[1:]}"
    if match := re.match(r"(with(?:out)?|no)\s+(.+)", part, re.IGNORECASE):
        has = match[1].lower() == "with"
        return "clause", f"{who} has {'' if has else 'no '}{re.sub(r'^any? ', '', match[2])}"
    if _PREPOSITION.match(part):
        return ("clause", f"{thing} is {part[:1].lower() + part[1:]}") if thing else (
            "phrase", part)  # fmt: skip
    if whole := _completed(part):
        return "clause", whole
    return ("number" if measures(part)[:1] == (0,) else "phrase"), part


def introduced(cell: str) -> str:
    """The thing that a cell brings up, 'fault' in 'because of a fault'; '' for none."""
    for chunk in analyse(cell).noun_chunks:
        if chunk[0].lower_ in {"a", "an"} and len(chunk) > 1 and chunk.root.pos_ == "NOUN":
            return chunk[1:].text
    return ""


def _tags(part: str) -> list[str]:
    return [token.tag_ for token in analyse(part[:1].lower() + part[1:])]


def _whole_clause(cell: str) -> bool:
    """Whether a cell is a sentence: a subject with a verb that its kind of word can't hide.

    A plural and a participle look like verbs, so only auxiliaries, and verbs behind pronouns or
    articled nouns, are believed.
    """
    tokens = [token for token in analyse(cell) if not token.is_punct]
    for place, token in enumerate(tokens[1:], 1):
        if token.lower_ in {"who", "that", "which", "whose", "where", "when", "after", "before"}:
            return False
        if is_finite(token) and len(tokens) > 2:
            subject = tokens[:place]
            articled = subject[0].pos_ in {"DET", "PRON"} or subject[0].tag_ == "PRP$"
            noun = any(t.pos_ in {"NOUN", "PROPN", "PRON"} for t in subject)
            return noun and (articled or token.pos_ == "AUX" or token.tag_ == "MD")
    return False


def _measured_in_words(cell: str) -> bool:
    """Whether a part of a cell compares something, and says in words what."""
    for part in _COMMA.split(re.sub(r"\([^()]*\)", "", cell)):
        found = comparisons(part)
        if not found:
            continue
        (start, _), (_, end) = found[0][0], found[0][-1]
        around = f"{part[:start]} {part[end:]}"
        words = [t for t in analyse(around) if t.pos_ in {"NOUN", "PROPN", "VERB", "ADJ"}]
        if words and (len(_COMMA.split(cell)) > 1 or _verbal(part) or len(words) > 1):
            return True
    return False


def _verbal(part: str) -> bool:
    return any(token.pos_ == "VERB" or token.tag_ == "VBN" for token in analyse(part))


def _qualified(cell: str) -> bool:
    """Whether what stands behind a comma tells the state of the kind before it: 'Sofa, unpacked'.

    A bare adjective may be one more kind: 'Gold, silver'.
    """
    first, *rest = _COMMA.split(cell)
    if not rest or re.search(r", or\b", cell) or not _named(first):
        return False
    return any(
        re.match(r"(?:with(?:out)?|no|not)\s", part, re.IGNORECASE)
        or (_state(part) and _tags(part)[0] in {"VBN", "VBD"})
        or _whole_clause(part)
        for part in rest
    )


def _named(part: str) -> bool:
    """Whether a part is a noun phrase and no more: 'Digital code', 'Sofa or bed'."""
    words = [token for token in analyse(part) if not token.is_punct]
    if not words or comparisons(part) or _ANYTHING.match(part) or _PREPOSITION.match(part):
        return False
    nouns = {"NOUN", "PROPN"}
    plain = all(t.pos_ in {*nouns, "ADJ", "DET", "CCONJ", "PART"} for t in words)
    return plain and words[-1].pos_ in nouns and words[0].tag_ not in {"VBG", "VBN"}


def _state(part: str) -> bool:
    """Whether a part only lacks its subject and 'is': 'opened', 'not used', 'paid by card'."""
    low = re.sub(r"^(?:not|never|already|still)\s+", "", part[:1].lower() + part[1:])
    doc = analyse(low)
    if not len(doc):
        return False
    participle = doc[0].tag_ in {"VBN", "VBD"} or bool(re.match(r"un\w+ed\b", low))
    adjective = len(doc) == 1 and doc[0].pos_ == "ADJ"
    noun = doc[1].pos_ in {"NOUN", "PROPN", "ADJ"} if len(doc) > 1 else False
    return adjective or (participle and (not noun or (len(doc) == 2 and doc[1].pos_ == "ADV")))


def _completed(part: str) -> str:
    """'line live for 9 days', 'price below €40', 'seal broken' as clauses, '' for other phrases."""
    low = part[:1].lower() + part[1:] if part[1:2].islower() else part
    if sum_named := _SUM.match(low):
        what = sum_named["what"] if sum_named["the"] else f"the {sum_named['what']}"
        return f"{what.strip()} is {low[sum_named.end() :]}"
    doc = analyse(low)
    head = list(takewhile(_nominal, doc))
    if not head or head[-1].pos_ not in {"NOUN", "PROPN"} or len(head) == len(doc):
        return ""
    noun, rest = low[: doc[len(head)].idx].rstrip(), low[doc[len(head)].idx :]
    following = doc[len(head)]
    subject = noun if head[0].pos_ == "DET" else f"the {noun}"
    if _CAME.match(rest) or (
        following.tag_ == "VBD" and singular(head[-1].lower_) in PEOPLE
    ):  # fmt: skip
        return f"{subject} {rest}"
    predicate = following.tag_[:2] in {"VB", "JJ", "RB"}
    measured = measures(rest)[:1] == (0,) and _AMOUNT.search(noun)
    if measured or (predicate and following.tag_ != "JJR"):
        return f"{subject} is {rest}"
    return ""


def _nominal(token: Token) -> bool:
    return token.pos_ in {"DET", "NOUN", "PROPN"} or (
        token.pos_ == "ADJ" and token.i + 1 < len(token.doc)
        and token.doc[token.i + 1].pos_ in {"NOUN", "PROPN", "ADJ"}
    )  # fmt: skip
