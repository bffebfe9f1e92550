"""Circumstances before the main clause: 'If it is open, …', 'Within 24 hours, …'."""

from __future__ import annotations

import re

from spacy.tokens import Token

from parsers.clauses.boundaries import cut_before, kind_seam, main_start, pronoun_seam, seam_of
from parsers.clauses.measured import measured_seam
from parsers.clauses.structure import Clause, Piece
from parsers.clauses.trailing import EXCEPTIONAL
from parsers.clauses.verbs import is_imperative
from parsers.conditions.comparisons import ONWARD, compares, comparisons
from parsers.language import analyse, is_finite, tokens_of
from parsers.periods import PERIOD

_SUBORDINATE = re.compile(
    r"(?P<only>only |but only )?(?P<word>if and only if|even if|if|whenever|when|in case(?! of)|"
    r"provided(?: that)?|providing(?: that)?|on condition that|in the event that|as long as|"
    r"so long as|once|unless|except(?:ing)? (?:if|when|where|that)|where|after|while|until|"
    r"should|assuming(?: that)?|because)\b",
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
_ARTICLE = re.compile(r" (?:the|an?|any|their|his|her|its) ", re.IGNORECASE)
_DONE_THEN = re.compile(
    r"(?:within|in|by|at|before|after|on) [^,;:.]+?(?=,? (?:except|unless|save)\b|[.;]|$)",
    re.IGNORECASE,
)
# 'For members: free'
_NAMED = re.compile(r"([^:;,.]{3,60}):\s+(?=\S)")
_HOURS = re.compile(r"during (?:business|office|opening|working) hours", re.IGNORECASE)


def fronted(clause: Clause, start: int, end: int) -> int | None:
    """Circumstances before the main clause; where the main clause starts."""
    text = clause.text
    while start < end:
        segment = text[start:end]
        doc = analyse(segment)
        tokens = tokens_of(segment)
        timed = PERIOD.match(segment)
        if timed is None and (seam := measured_seam(segment, tokens)) is not None:
            clause.pieces.append(Piece(start, start + tokens[seam].idx, "phrase"))
            return start + tokens[seam].idx
        match = None if timed else _SUBORDINATE.match(segment)
        word = match["word"].lower() if match else ""
        if match and word not in {"because", "even if", "while", "until"}:
            begin = next((t.i for t in tokens if t.idx >= match.end()), None)
            if begin is None:
                return start
            boundary = main_start(tokens, tokens.index(doc[begin]))
            seam = seam_of(tokens, tokens.index(doc[begin])) if word != "should" else None
            if seam is not None and (boundary is None or seam < boundary):
                boundary = seam
            commas = [i for i, t in enumerate(tokens) if t.text == ","]
            if word == "should" and boundary is None and len(commas) == 1 < len(tokens):
                boundary = min(commas[0] + 1, len(tokens) - 1)  # a verb taken for a noun
            negative = bool(EXCEPTIONAL.match(word))
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
                    return start + match.end() + inverted.end()
            if boundary is None:
                if word == "once" and clause.pieces and comparisons(segment):
                    clause.pieces.append(Piece(start + match.end(), end, "clause"))
                    return None  # 'for guests, once it has taken 2 hours': what, was said before
                if word in {"should", "where", "after", "once"} and not segment.rstrip().endswith(
                    ":"
                ):
                    return start
                clause.pieces.append(Piece(start + match.end(), end, "clause", negative))
                return None
            if word == "after" and tokens[begin].tag_ == "VBG":
                return start
            stop = start + cut_before(tokens, boundary)
            form = "inverted" if word == "should" else "clause"
            clause.pieces.append(Piece(start + match.end(), stop, form, negative))
            start += tokens[boundary].idx
            if tokens[boundary].lower_ == "then" and boundary + 1 < len(tokens):
                start += len("then ")
            continue
        told = bool(clause.pieces) or clause.connective == "otherwise"
        if told and text[:start].rstrip().endswith(":") and (
            (done := _DONE_THEN.match(segment)) and not any(map(is_finite, tokens_of(done[0])))
        ):  # fmt: skip
            return start  # 'If it is urgent: within two days, except for …' says when it is done
        if timed:
            stop = start + timed.end("said")
            clause.pieces.append(Piece(start, stop, "phrase"))
            start += timed.end()
            if start >= end:
                return None
            continue
        if onward := ONWARD.match(segment):
            clause.pieces.append(Piece(start, start + onward.end(), "phrase"))
            start += onward.end() + len(", ")
            continue
        if stop := _measured(segment, tokens):
            clause.pieces.append(Piece(start, start + stop, "phrase"))
            start += stop + len(", ")
            continue
        in_case = re.match(r"in (?:the )?(?:case|event) of ", segment, re.IGNORECASE)
        boundary = None
        if in_case or _PHRASE_LEAD.match(segment):
            boundary = main_start(tokens, 1)
            if boundary is None and re.match(r"(?:with|without|under|over)\b", segment, re.I):
                boundary = pronoun_seam(tokens)
            elif boundary is None and segment[:4].lower() == "for ":
                boundary = kind_seam(tokens)
        instructs = boundary is not None and is_imperative(tokens[boundary:])
        lacks = instructs and (
            segment[:8].lower() == "without " or (clause.pieces and segment[:5].lower() == "with ")
        )
        if in_case or (_PHRASE_LEAD.match(segment) and (
            not _NOT_A_CASE.match(segment) or (instructs and _HOURS.match(segment)) or lacks
        )):  # fmt: skip
            if boundary is None and (named := _NAMED.match(segment)) and _restricts(named[1]):
                clause.pieces.append(Piece(start, start + named.end(1), "phrase"))
                return start + named.end()
            if boundary is None and segment.rstrip().endswith(":") is False:
                return start
            stop = start + (cut_before(tokens, boundary) if boundary is not None else len(segment))
            if in_case:
                clause.pieces.append(Piece(start + in_case.end(), stop, "case"))
                if boundary is None:
                    return start
                start += tokens[boundary].idx
                continue
            if not (_restricts(text[start:stop]) or (lacks and _ARTICLE.search(text, start, stop))):
                return start
            clause.pieces.append(Piece(start, stop, "phrase"))
            if boundary is None:
                return None
            start += tokens[boundary].idx
            continue
        break
    return start


def _measured(segment: str, tokens: list[Token]) -> int:
    """Where 'Later than 9 days after the race, decline it' ends to say when, or 0."""
    found = comparisons(segment)
    comma = next((i for i, t in enumerate(tokens) if t.text == ","), None)
    if found is None or found[0][0][0] != 0 or comma is None or comma + 1 == len(tokens):
        return 0
    besides = tokens[comma + 1].lower_ in {"with", "without"}
    begins = main_start(tokens, 1)
    instructs = begins is not None and is_imperative(tokens[begins:])
    told = tokens[comma].idx >= found[0][-1][1]
    return tokens[comma].idx if told and instructs and (besides or begins == comma + 1) else 0


def _restricts(phrase: str) -> bool:
    """Whether a fronted phrase limits the cases rather than setting the scene."""
    doc = analyse(phrase)
    words = [t for t in doc if t.is_alpha]
    if len(words) < 2:
        return False
    if re.search(r"\b(?:who|that|whose|which)\b|\d", phrase) or compares(phrase):
        return True
    rest = words[1:]
    if rest[0].lower_ in {"a", "an", "any"}:
        return True
    nouns = [t for t in rest if t.pos_ in {"NOUN", "PROPN"}]
    return bool(nouns) and rest[0].lower_ not in {"the", "this", "that", "these", "all", "each",
                                                  "every", "our", "your"}  # fmt: skip
