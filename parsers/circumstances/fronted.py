"""The circumstance before the main clause: 'If it is open, …', 'For a late order, …'.

In: a `Part`. Out: its circumstance taken, if it opens with one, and where the main clause begins.
"""

from __future__ import annotations

import re

from spacy.tokens import Token

from parsers.circumstances.conjunctions import counts, prepositional
from parsers.circumstances.phrases import CASE_PHRASE, fronted_phrase
from parsers.circumstances.structure import Part, past_blanks
from parsers.clauses.boundaries import main_start, seam_of
from parsers.concessions import concedes
from parsers.language import is_finite
from parsers.periods import PERIOD
from parsers.segments import SUBORDINATOR, words

_SOFT_FRONT = re.compile(
    r"(?:if|when|where|wherever|as far as|whenever|unless) (?:possible|feasible|practical|"
    r"practicable|necessary|needed|applicable|appropriate|relevant)(?=\s*(?:[,;:.)]|$))",
    re.IGNORECASE,
)


def front(part: Part) -> int:
    """Take the circumstance before the main clause; where that begins."""
    text, start, stop = part.text, part.start, part.stop
    tokens = words(text, start, stop)
    if not tokens:
        return start
    match = SUBORDINATOR.match(text, start, stop)
    phrase = None if match else CASE_PHRASE.match(text, start, stop)
    inverted = re.match(r"should(?= \w+ )", text[start:stop], re.I) if len(tokens) > 4 else None
    if tokens[0].tag_ == "VBG" and tokens[0].dep_ in {"csubj", "csubjpass", "nsubj"}:
        return start  # 'Providing a copy is not enough'
    if period := PERIOD.match(text, start, stop):
        part.take(period.span("said"), period.span())
        return period.end()
    if not (match or phrase or inverted or fronted_phrase(tokens)):
        return start
    if soft := _SOFT_FRONT.match(text, start, stop):
        part.cut.append(soft.span())
        return past_blanks(text, soft.end(), stop)
    word = (match["word"] or match["except"] or match["even"]).lower() if match else ""
    past = sum(t.idx < match.end() for t in tokens) if match and "," in match[0] else 1
    at = _main_begins(tokens, bool(match or phrase or inverted), past)
    if at is None and tokens[0].lower_ == "for" and tokens[1].tag_ == "NNS":
        at = next((i + 1 for i, t in enumerate(tokens[:3]) if t.text == ","), None)
        at = at if at and at < len(tokens) else None  # 'For guests, the number of the room'
    joins = {t.lower_ for t in tokens[at - 1 : at + 1]} if at else set[str]()
    if joins & {"and", "or", "but"} and text[stop : stop + 1] == ":":
        at = None  # 'If it is old but it has been kept dry: …'
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
    if match and (match["even"] or not counts(word, text, start, match.end(), close, True)):
        return start
    first = match.end() if match and not prepositional(match, text, close) else start
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
