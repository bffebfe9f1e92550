"""Terms that a document defines: 'A late return is a return more than 2 hours after the time'.

In: the document's blocks. Out: by term, what it means. Rules that name a term hang on what it
means: people say how late something came, and not that it is 'late' as a document defines it. Only
what is measured is taken up: a term for circumstances ('a trade customer is one with an account')
tells them in fewer words, and people know them by that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from parsers.blocks import Block
from parsers.conditions.comparisons import comparisons
from parsers.conditions.people import ACTORS, ANYONE, ROLES
from parsers.conditions.syntax import noun_and_restriction
from parsers.language import sentences, singular

_WORD = r"[A-Za-z][\w'’-]*"
_TERM = rf"[\"“'‘]?(?P<term>(?!(?:the|this|that|follows)\b){_WORD}(?: {_WORD}){{0,3}}?)[\"”'’]?"
_GENUS = r"(?:an?|any|one|some(?:one|body)|any(?:one|body|thing)|those)\b"
_IS = re.compile(rf"(?:an? |any )?{_TERM},? (?:is|are) (?P<means>(?:only )?{_GENUS} .+)", re.I)
_MEANS = re.compile(
    rf"(?:by |an? |any )*{_TERM},? (?:here )?(?:means?|we mean|refers? to|is defined as) "
    rf"(?P<means>{_GENUS} .+)",
    re.IGNORECASE,
)
_ENTRY = re.compile(rf"{_TERM}(?::| [–—-]) (?P<means>{_GENUS} .+)", re.IGNORECASE)
_COUNTS = re.compile(
    r"(?P<means>(?:(?:an?|any|every|each|all) [\w-]+|any(?:one|thing|body)|those|[\w-]+s)(?: .+?)?)"
    r" "
    r"(?:counts? as|(?:is|are) (?:considered|deemed|classed as|regarded as|treated as|called|"
    rf"known as|said to be))(?: to be)? (?:an? )?{_TERM}"
    r"(?:,? (?P<case>(?:if|when|once|where|as soon as) .+))?",
    re.IGNORECASE,
)
_GLOSSARY = re.compile(
    r"\b(?:definitions?|defined|terms|glossary|words|meanings?)\b", re.IGNORECASE
)
_PROVIDED = re.compile(
    r",?\s+(?:(?:as|so) long as|provided(?: that)?|if|when|once|where|as soon as)\s+"
)
_RELATIVE = re.compile(r"\b(?:who|that|which|whose|whom)\b")


class Meaning(NamedTuple):
    """A term's kind and what narrows it down: 'a return more than 2 hours late'."""

    noun: str
    case: str
    """What else is the case of it, or '': 'it has not arrived within 21 days'."""
    said: str
    """The sentence that defines it."""


Terms = dict[str, Meaning]
"""By the term, in small letters and the singular."""


def key(term: str) -> str:
    """The form that a term is known by."""
    *before, last = term.lower().split()
    return " ".join([*before, singular(last)])


def definitions(blocks: Sequence[Block]) -> Terms:
    """The terms that the blocks define; of a term defined twice, the first."""
    found: Terms = {}
    for term, meaning in _all(blocks):
        found.setdefault(key(term), meaning)
    return found


def _all(blocks: Sequence[Block]) -> Iterator[tuple[str, Meaning]]:
    for block in blocks:
        glossary = any(map(_GLOSSARY.search, block.section[1:]))
        if block.kind == "row":
            continue
        for start, end in sentences(block.prose.text):
            if (told := _defined(block.prose.text[start:end].rstrip(" ."), glossary)) is not None:
                yield told
        yield from _all(block.children)


def _defined(said: str, glossary: bool) -> tuple[str, Meaning] | None:
    """A sentence's term and its meaning."""
    match = _MEANS.fullmatch(said) or (_ENTRY.fullmatch(said) if glossary else None)
    if match is None and (match := _IS.fullmatch(said)) and not _of_its_kind(match):
        match = None
    case = ""
    if match is None and (match := _COUNTS.fullmatch(said)):
        case = re.sub(r"^(?:as soon as|\w+) ", "", match["case"] or "")
    if match is None:
        return None
    term, means = match["term"], match["means"].partition(";")[0]
    if not case and (provided := _PROVIDED.search(means)):
        means, case = means[: provided.start()], means[provided.end() :]
    means = re.sub(r"^(?:only )?one\b", f"a {term.split()[-1].lower()}", means, flags=re.IGNORECASE)
    if not _measured(f"{means}; {case}") or term.lower() in {*ACTORS, *ANYONE, *ROLES}:
        return None
    if key(term) in key(_kind_phrase(means)):
        return None  # 'Prompt: a prompt report comes within a day'
    return term, Meaning(means, case, said)


def _of_its_kind(match: re.Match[str]) -> bool:
    """'A late return is a return that …', 'a leaver is a student who …': a kind, not a remark."""
    return kind_of(match["means"]) in {
        *ACTORS,
        *ANYONE,
        *ROLES,
        key(match["term"]).split()[-1],
    } or (match["means"].lower().startswith(("any ", "anything ")))


def _measured(said: str) -> bool:
    """Whether exactly one measure is told."""
    said = re.sub(r"\([^()]*\)", "", said)
    found = comparisons(said)
    if found is None or len(found[0]) != 1:
        return False
    start, end = found[0][0]
    return not re.search(r"\d", said[:start] + said[end:])


def _kind_phrase(means: str) -> str:
    """A noun phrase without what narrows it down: 'a student' of 'a student who has left'."""
    return noun_and_restriction(_RELATIVE.split(means)[0].strip())[0]


def kind_of(means: str) -> str:
    """The noun that a noun phrase is built on: 'student' of 'a student who has left'."""
    return singular(_kind_phrase(means).split()[-1].lower())


def narrows(means: str) -> bool:
    """Whether a noun phrase says which of its kind are meant."""
    return bool(_RELATIVE.search(means) or noun_and_restriction(means)[1])
