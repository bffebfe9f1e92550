"""Terms used as if defined, abbreviations never written out, definitions never used.

In: a parsed policy. Out: diagnostics, one a term. Precision goes before recall: a capitalised noun
is only taken for a defined term where the document defines others; common abbreviations, codes and
words that are merely shouted are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from parsers.language import singular
from parsers.spec import Diagnostic, PolicySpec, Span

_QUOTE = r"[\"“](?P<{0}>[A-Za-z][\w '’&-]{{1,39}})[\"”]"
_MEANS = re.compile(
    rf"{_QUOTE.format('a')}\s+(?:also )?(?:means?|refers? to|stands? for|shall mean|"
    rf"is defined as|includes?|has the meaning|is (?:an?|any|either|one)|are (?:those|any|all))\b|"
    rf"\((?:the |each,? |an? |hereinafter |hereafter |together,? |collectively,? |our |your )*"
    rf"{_QUOTE.format('b')}\)|"
    r"^[\s>*+-]*(?:\*\*|__)(?P<c>[A-Za-z][\w '’&-]{1,39}?):?(?:\*\*|__):?\s+"
    r"(?:means?|refers? to|stands? for)\b",
    re.MULTILINE,
)
"""Definitions that say of themselves that they are one."""
_AS_DEFINED = re.compile(
    r"(?P<term>[\"“][^\"”\n]{2,40}[\"”]|\b[A-Z][\w-]*(?: [A-Z][\w-]*)+|"
    r"(?:\b(?!the |an? |any |all |each )[A-Za-z][\w-]* )?[a-z][\w-]*|\b[A-Z][\w-]*)"
    r",?\s*\(?,?\s*(?:as|is|are) (?:further )?defined "
    r"(?:below|above|later|herein|in (?:the )?(?:definitions?|glossary))\b"
)
_ABBREVIATION = re.compile(r"(?<![\w@./#&+’'-])[A-Z]{2,5}(?=s?(?![\w@/&+-]|\.\w|['’]\w{2}))")
_COMMON = frozenset(
    "AC AI AM API APP ATM BC BST CA CC CCTV CD CEO CEST CET CFO CPR CPU CTO CV DC DIY DNA DVD "
    "EEA EFTA EST ET ETA EU EUR FAQ FM GB GBP GDPR GMT GPS GPU GST HDMI HIV HR HTML HTTP "
    "HTTPS IBAN ID IDS II III IP ISBN ISO IT ITS IV IX JPEG JPG JSON KB KM KG LCD LED LLC LLM "
    "LTD MB MMS MP MRI NB NATO NGO NO OK PA PC PDF PIN PLC PM PNG PO PS PT QR RAM ROM RSVP RV "
    "SIM SMS SOS SUV TB TV UHF UK UN URL US USA USB USD UTC UV VAT VAR VI VII VIII VIP VPN VS "
    "WC WIFI XI XII XL XS XXL XML ZIP BBQ HGV IOU OS CHF JPY CAD AUD PHP SQL CSV XLS DOC PPT "
    "HVAC ASAP EG IE AKA FYI TBC TBD TBA NA MR MRS DR".split()
)  # fmt: skip
"""Abbreviations that are as well known as any word."""
_WORDS = frozenset(
    "ALL AND ANY ARE AS AT BE BUT BY CAN DO FOR FROM HAS HAVE IF IN IS IT MAY MUST NEVER NEW "
    "NO NOT NOW OF OFF ON ONE ONLY OR OUR OUT PER SHALL STOP THE THEN THIS THAT TO TWO UP USE "
    "WE WILL WITH YES YOU YOUR ALSO EACH BOTH FIRST ELSE WHEN ALWAYS NOTE TRUE FALSE NULL "
    "OPEN CLOSE END START STEP ASK SAY TELL GIVE SEND KEEP READ".split()
)  # fmt: skip
_CAPITALISED = re.compile(
    r"\b(?i:the|an?|any|each|every|such|your|our|this|all|no)\s"
    r"(?P<term>[A-Z][a-z]+(?:\s[A-Z][a-z]+){0,2})(?![\w’'-])"
)
_CONTRACT = frozenset(
    "agreement account beneficiary borrower buyer carrier client contract contractor customer "
    "date deposit employee employer equipment event fee goods guarantee guarantor guest hirer "
    "insured insurer landlord lender licence license licensee licensor lessee lessor member "
    "order party period platform premises price product property provider purchaser seller "
    "service site subscriber supplier tenant term trustee user vendor".split()
)
"""Nouns that contracts define."""


def terms(spec: PolicySpec) -> Iterator[Diagnostic]:
    """Undefined and unused terms, each where it first stands."""
    text = spec.document.text
    defined = {(m["a"] or m["b"] or m["c"]).strip(" ,."): m for m in _MEANS.finditer(text)}
    yield from _said_to_be(text, defined)
    yield from _abbreviations(spec)
    if len(defined) > 1:
        yield from _capitalised(spec, defined)
    for term, match in defined.items():
        stem = re.escape(re.sub(r"(?:ies|s|y)$", "", term))
        if len(re.findall(rf"\b{stem}", text, re.IGNORECASE)) < 2:
            yield _finding(
                "unused", term, match.start(), f"'{term}' is defined and never used",
                "use it, or drop the definition",
            )  # fmt: skip


def _finding(
    kind: Literal["undefined", "unused"], term: str, start: int, message: str, suggestion: str
) -> Diagnostic:
    return Diagnostic(
        kind=kind,
        message=message,
        spans=(Span(start=start, end=start + len(term)),),
        suggestion=suggestion,
    )


def _said_to_be(text: str, defined: dict[str, re.Match[str]]) -> Iterator[Diagnostic]:
    """'A large order (as defined below)', and nothing below defines it."""
    known = {singular(term.lower()) for term in defined}
    for match in _AS_DEFINED.finditer(text):
        term = match["term"].strip('"“”')
        tail = re.escape(singular(term.split()[-1]))
        means = re.compile(
            rf"\b{tail}(?:s|es)?[\"”*_]*\s*(?::|\bmeans?\b|\brefers?\b|\bis (?:an?|any|one|when)\b|"
            rf"\bare (?:those|any|all)\b|[–—]|\()", re.IGNORECASE
        )  # fmt: skip
        elsewhere = (m for m in means.finditer(text)
                     if not match.start() <= m.start() < match.end())  # fmt: skip
        if singular(term.lower()) not in known and next(elsewhere, None) is None:
            yield _finding(
                "undefined", term, match.start(), f"'{term}' is said to be defined, and is not",
                f"add a definition: '“{term}” means …'",
            )  # fmt: skip


def _abbreviations(spec: PolicySpec) -> Iterator[Diagnostic]:
    text = spec.document.text
    hidden = re.compile(r"`[^`\n]*`|\]\([^)]*\)|<[^>\n]*>|^#[^\n]*$|^```.*?^```", re.M | re.S)
    shown = hidden.sub(lambda m: " " * len(m[0]), text)
    lower = set(re.findall(r"\b[a-z]{2,5}\b", text))
    seen: set[str] = set()
    for match in _ABBREVIATION.finditer(shown):
        short = match[0]
        if short in seen or short in _COMMON or short in _WORDS or short.lower() in lower:
            continue
        seen.add(short)
        if not _shouted(shown, match) and not _written_out(short, text):
            yield _finding(
                "undefined", short, match.start(), f"'{short}' is never written out",
                f"write it out where it first stands: '… ({short})'",
            )  # fmt: skip


def _shouted(text: str, match: re.Match[str]) -> bool:
    """Whether it stands among other words in capitals, in quotes, or beside a number, as a code."""
    before, after = text[max(0, match.start() - 14) : match.start()], text[match.end() :][:14]
    return bool(
        re.search(r"[A-Z]{2,}[\s,!]+$|[\"“'‘(]$|\d\s?$|[€$£:]\s?$", before)
        or re.match(r"s?[\s,!]+[A-Z]{2,}\b|[\"”'’]|\s?\d|[!]", after)
    )


def _written_out(short: str, text: str) -> bool:
    """Whether words that begin with its letters stand with it, or a gloss of it."""
    initials = r"\w*[\s-]+(?:(?:of|and|the|for|to|in|on)\s+)?".join(short)
    return bool(
        re.search(rf"\b{initials}\w*", text, re.IGNORECASE)
        or re.search(rf"\(\s*(?:an? |the |or )?[\"“]?{short}s?[\"”]?\s*\)", text)
        or re.search(
            rf"\b{short}s?[*\"”]*\s*(?:\(|:|=|[–—]| -|means?\b|stands? for|is short for)", text
        )
    )


def _capitalised(spec: PolicySpec, defined: dict[str, re.Match[str]]) -> Iterator[Diagnostic]:
    text = spec.document.text
    known = {singular(word) for term in defined for word in re.findall(r"\w+", term.lower())}
    known |= {singular(w) for s in spec.document.sections for w in s.title.lower().split()}
    found: dict[str, list[int]] = {}
    for match in _CAPITALISED.finditer(text):
        head = singular(match["term"].split()[-1].lower())
        if head in _CONTRACT and head not in known:
            found.setdefault(head, []).append(match.start("term"))
    for head, places in found.items():
        if len(places) > 1:
            term = re.match(r"[\w ]+?(?=\W|$)", text[places[0] :])
            word = term[0] if term else head
            yield _finding(
                "undefined", word, places[0],
                f"'{word}' is written like a defined term, and no definition is given",
                f"add a definition: '“{word}” means …', or write it small",
            )  # fmt: skip
