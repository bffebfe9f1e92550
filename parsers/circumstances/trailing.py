"""Circumstances in and behind the main clause: '…, unless the seal is broken'.

In: a `Part` without what comes before its main clause. Out: its circumstances taken, each with
where it ends, and whether the subject is one.
"""

from __future__ import annotations

import re
from itertools import pairwise, takewhile
from typing import NamedTuple

from spacy.tokens import Token

from parsers.circumstances.conjunctions import counts, prepositional
from parsers.circumstances.phrases import CASE_PHRASE
from parsers.circumstances.structure import Part
from parsers.clauses.verbs import is_imperative
from parsers.language import is_finite
from parsers.restrictions import OTHERS, restriction
from parsers.segments import SUBORDINATOR, main_verb, words

_EXCEPTS = re.compile(
    r"with the exception|except|apart|other than|excluding|failing", re.IGNORECASE
)


ASIDES = (
    r"because|as (?:such|it|they|this|these|those|there)(?= )|which is why |e\.g\. |"
    r"for (?:example|instance)\b|(?<=, )since |so that|"
    r"in order (?:to|that)|as (?:most|many|some) do|as (?:described|explained|defined|listed|"
    r"set out|specified) (?:in|below|above)|see (?:also )?(?:section|§)|- see"
)
"""What a reason, an example or a reference opens with."""
_ASIDE = re.compile(rf",?\s+(?:{ASIDES})\b[^;]*", re.IGNORECASE)
_WHY = re.compile(r"\b(?:because|so that|as (?:such|it|they|this|these|those|there))\b[^,]*$", re.I)


class _Found(NamedTuple):
    """A circumstance behind the main clause: where its conjunction is, and where its words."""

    at: int
    first: int
    end: int
    word: str
    excepts: bool


def trail(part: Part) -> bool:
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
        elif one.word != "phrase" and not counts(
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
_TRAILING = re.compile(f"{SUBORDINATOR.pattern}|(?P<case>{CASE_PHRASE.pattern})", re.IGNORECASE)


_DENIED = re.compile(
    r"\b(?:no|not|never|cannot|nobody|nothing|only|may|can|could|allowed|permitted|valid|possible|"
    r"refused?|rejected|invalid|incomplete|unable|impossible|prohibited|forbidden)\b|n['’]t\b",
    re.IGNORECASE,
)  # fmt: skip


def _found(part: Part) -> list[_Found]:
    """Where circumstances may stand in and behind the main clause."""
    text, start, stop = part.text, part.start, part.stop
    tokens = words(text, start, stop)
    main, instructs = main_verb(tokens), is_imperative(tokens)
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
        inside = words(text, match.end(), main.idx) if of_subject and main is not None else []
        after = (match["word"] or "").lower() == "after" and not instructs
        if after and main is not None and _of_subject(inside, main):
            continue  # 'A claim made a week after the loss is late': part of what the subject says
        if of_subject and main is not None and _roots(main):
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
        if word == "when" and found and found[-1].excepts and text[:at].endswith(", "):
            part.cut.append((at, match.end()))  # what holds in the exception
            continue
        if word == "save" or (
            word in {"after", "where"} and re.match(r"\w+ing\b", text[match.end() :])
        ):
            continue
        first = at if prepositional(match, text, stop) else match.end()
        found.append(_Found(at, first, last, word, bool(match["except"])))
    return found


def _of_subject(inside: list[Token], main: Token) -> bool:
    """Whether 'after' has but a phrase behind it, so that the finite verb is the sentence's own."""
    if not inside or any(is_finite(t) or t.tag_ == "VBG" for t in inside):
        return False
    behind = list(takewhile(lambda t: not t.is_punct, main.doc[main.i + 1 :]))
    return not any(is_finite(t) for t in behind)


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
