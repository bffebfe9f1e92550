"""What a document refers to: sections, clauses, steps, tables, anchors, footnotes.

In: a document and its statements. Out: `Reference`s, each with the statements it leads to, or
marked as dangling when nothing in the document answers to it. References to other texts ('Article
6 GDPR', 'section 3 of the Rental Act') are left alone, and so is what only may be one: 'in
"Pending"'.
Simplified: a number is found by its whole path ('3.2(b)'), or by an end of one ('paragraph 2').
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from parsers.language import singular
from parsers.spec import Document, Section, Span, Statement

_NUMBER = r"\d+(?:\.\d+)*(?:\([a-z0-9]{1,3}\))*"
_UNITS = r"sections?|clauses?|articles?|paragraphs?|chapters?|§§?"
_LOOSE_UNITS = r"parts?|steps?|rules?"
"""Numbered in some documents only: 'rule 3' may be a game's."""
_NUMBERED = re.compile(
    rf"(?P<unit>\b(?:{_UNITS.removesuffix('|§§?')}|{_LOOSE_UNITS})[*_]*\s+[*_]*|§§?\s*)"
    rf"(?P<numbers>{_NUMBER}(?:\s*(?:,|and|or|to|through|&|–|-)\s*{_NUMBER})*)(?![\d%])",
    re.IGNORECASE,
)
_LETTERED = re.compile(
    r"\b(?P<unit>appendix|annex|schedule|exhibit|attachment|table|figure)\s+"
    r"(?P<mark>\d+(?:\.\d+)*|[IVX]+|[A-Z])\b(?!['’-])",
    re.IGNORECASE,
)
_ELSEWHERE_BEFORE = re.compile(
    r"(?:['’]s|\b(?:GDPR|Act|Code|Law|Regulations?|Directive|Convention)(?:,? \d{4})?,?)\s*$"
)
_ELSEWHERE_AFTER = re.compile(
    r"\s*(?:[A-Z]{2,}\b|\(?(?:of|in|from|under|to)\s+(?!this\b|these\b|above|below|the (?:present|"
    r"policy|document|rules)\b|order\b|apply\b|be\b)(?:(?:the|our|their|its|your|an?)\s+)?"
    r"(?:[A-Z]|[\w-]+\s+(?:act|law|code|agreement|contract|terms|manual|handbook|regulations?)\b|"
    r"(?:act|law|code|agreement|contract|terms|manual|handbook|regulations?|form)\b))"
)
_QUOTED = re.compile(
    r"(?P<lead>(?:(?:^|[.;:(,]\s*)(?:please )?see|(?:described|covered|explained|set out|listed|"
    r"laid down|given|stated) (?:in|under)|as (?:in|under)|refer to|(?P<named>\b(?:sections?|"
    r"chapter|heading)(?: on| called| titled| headed| entitled)?))\s+(?:the )?)"
    r"[\"“'‘](?P<title>[A-Za-z][^\"”\n]{1,58}?)[\"”'’](?!\w)(?P<after> (?:section|chapter)\b)?",
    re.IGNORECASE,
)
_TITLED = re.compile(
    r"\b(?:[Ss]ee|[Ff]ollow|[Uu]nder|in|to|of|per|by)\s+the\s+"
    r"(?P<title>[A-Z][\w-]*(?:\s+(?:[A-Z][\w-]*|and|of|for|the|to|or|&))*)\s+(?:section|chapter)\b"
)
_SHOWN = re.compile(
    r"\b(?P<thing>table|list|figure|diagram|picture|image)s?\s+(?P<way>below|above)\b|"
    r"\b(?P<way2>following)\s+(?P<thing2>table|list|figure|diagram|picture|image)\b",
    re.IGNORECASE,
)
_ANCHOR = re.compile(r"\[[^\]\n]+\]\(#(?P<anchor>[^)\s]+)\)")
_FOOTNOTE = re.compile(r"\[\^(?P<mark>[^\]\s]+)\](?P<own>:)?")
_LABEL = re.compile(
    rf"^(?P<indent>[ ]*)(?:[-*+>]\s+)*(?:\*\*|__)?(?:(?:{_UNITS}|{_LOOSE_UNITS})\s*)?"
    rf"(?P<label>{_NUMBER}|\(?[a-z]\)|\([ivx]+\))(?:\*\*|__)?[.:)–—-]*\s",
    re.IGNORECASE | re.MULTILINE,
)
_INLINE_LABEL = re.compile(r"(?<=\s)\(([a-z])\)\s")
_TITLE_NUMBER = re.compile(
    rf"^#+\s+(?:(?:{_UNITS}|{_LOOSE_UNITS})\s*)?({_NUMBER}|[IVX]+\b|[A-Z](?=[.:)]))", re.IGNORECASE
)
_TABLE = re.compile(r"^ *\|?[ :]*-{3,}[ :|-]*\|[ :|-]*$|^.*\S(?:\t| {3,})\S+(?:\t| {3,})\S", re.M)
_LIST = re.compile(r"^ *(?:[-*+•]|\d+[.)]|\(?[a-z]\))\s+\S", re.MULTILINE)
_IMAGE = re.compile(r"!\[[^\]]*\]\(|<img\b", re.IGNORECASE)
_MARKS = {"table": _TABLE, "list": re.compile(f"{_LIST.pattern}|{_TABLE.pattern}", re.M)}

Path = tuple[str, ...]


@dataclass(frozen=True)
class Reference:
    """A reference and the ids of the statements it leads to; `dangling` when to nothing."""

    text: str
    span: Span
    targets: tuple[str, ...] = ()
    dangling: bool = False


@dataclass(frozen=True)
class _Place:
    """A numbered part of the document, from its number to the next of its rank."""

    path: Path
    span: Span


def find_references(document: Document, statements: Sequence[Statement]) -> list[Reference]:
    """All references of a document, in order."""
    return sorted(_Finder(document, statements).find(), key=lambda r: (r.span.start, r.span.end))


class _Finder:
    def __init__(self, document: Document, statements: Sequence[Statement]) -> None:
        self.text = document.text
        self.document = document
        self.statements = statements
        self.headings = [
            (s.span.start, self.text.find("\n", s.span.start)) for s in document.sections
        ]

    def find(self) -> Iterator[Reference]:
        yield from self._numbered()
        yield from self._lettered()
        yield from self._titled()
        yield from self._shown()
        yield from self._linked()

    # --- numbers -----------------------------------------------------------------------------

    @cached_property
    def places(self) -> list[_Place]:
        """Numbered headings and clauses with the whole path of their number."""
        marks: list[tuple[int, Path, int]] = []  # offset, path, rank
        heads = {s.span.start: s for s in self.document.sections}
        home: Path = ()
        offset = 0
        nest: list[tuple[int, Path]] = []
        for line in self.text.split("\n"):
            if (section := heads.get(offset)) is not None:
                number = _TITLE_NUMBER.match(line)
                home = _parts(number[1]) if number else ()
                nest = []
                marks.append((offset, home, section.level - 100))
            elif label := _LABEL.match(line):
                parts, indent = _parts(label["label"]), len(label["indent"])
                letter = not parts[0].isdigit()
                nest = [(i, p) for i, p in nest if i < indent or (letter and p[-1].isdigit())]
                above = nest[-1][1] if nest else home
                whole = len(parts) > 1 and not letter
                path = parts if whole or not above else (*above, *parts)
                nest.append((indent, path))
                marks.append((offset, path, len(path)))
                marks += [
                    (offset + m.start(), (*path, m[1]), len(path) + 1)
                    for m in _INLINE_LABEL.finditer(line, label.end())
                ]
            offset += len(line) + 1
        places = []
        for index, (start, path, rank) in enumerate(marks):
            end = next((s for s, _, r in marks[index + 1 :] if r <= rank), len(self.text))
            places += [_Place(path, Span(start=start, end=end))] if path else []
        return places

    def _numbered(self) -> Iterator[Reference]:
        for match in _NUMBERED.finditer(self.text):
            loose = re.match(_LOOSE_UNITS, match["unit"], re.IGNORECASE)
            if (loose and not self.places) or self._is_label(match) or self._leads_out(match):
                continue
            for number in re.finditer(_NUMBER, match["numbers"]):
                found = self._at(_parts(number[0]))
                text = f"{match['unit'].strip(' *_')} {number[0]}"
                yield self._reference(text, match, [p.span for p in found])

    def _at(self, path: Path) -> list[_Place]:
        exact = [place for place in self.places if place.path == path]
        return exact or [place for place in self.places if place.path[-len(path) :] == path]

    def _is_label(self, match: re.Match[str]) -> bool:
        """Whether this is where the part stands, not a reference to it."""
        line = self.text.rfind("\n", 0, match.start()) + 1
        before = self.text[line : match.start()]
        after = self.text[match.end() : match.end() + 3]
        opens = not before.strip(" *_>#|-•") and (
            re.match(r"[*_]*[.:)–—]|[*_]*\s+[–—-]|\n|\s*\|", after) or not after
        )
        return bool(opens) or any(start <= match.start() < end for start, end in self.headings)

    def _leads_out(self, match: re.Match[str]) -> bool:
        before = self.text[max(0, match.start() - 40) : match.start()]
        after = self.text[match.end() : match.end() + 60]
        return bool(_ELSEWHERE_BEFORE.search(before) or _ELSEWHERE_AFTER.match(after))

    def _lettered(self) -> Iterator[Reference]:
        for match in _LETTERED.finditer(self.text):
            if self._is_label(match) or self._leads_out(match):
                continue
            if match["mark"].islower() or (
                match["unit"].islower() and match["unit"] in {"schedule", "attachment"}
            ):
                continue  # 'schedule a visit'
            named = re.compile(
                rf"^[\s*_>#|-]*{match['unit']}\s+{re.escape(match['mark'])}\b", re.I | re.M
            )
            spans = [
                self._part(found.end()) for found in named.finditer(self.text)
                if found.end() != match.end()
            ]  # fmt: skip
            yield self._reference(match[0], match, spans)

    def _part(self, offset: int) -> Span:
        """The innermost section around a place where something is named."""
        around = [s for s in self.document.sections if s.span.start <= offset < s.span.end]
        return around[-1].span if around else Span(start=offset, end=offset)

    # --- titles ------------------------------------------------------------------------------

    def _titled(self) -> Iterator[Reference]:
        for pattern in (_QUOTED, _TITLED):
            for match in pattern.finditer(self.text):
                if self._leads_out(match):
                    continue
                title = match["title"].strip(" .,")
                found = [s.span for s in self.document.sections if _names(title, s)]
                head = re.compile(
                    rf"^[\s*_>|-]*{re.escape(title)}\b|\*\*{re.escape(title)}", re.I | re.M
                )
                found += [self._part(m.start()) for m in head.finditer(self.text)]
                yield self._reference(match[0].lstrip(" .;:(,\n"), match, found)

    # --- tables, lists, figures --------------------------------------------------------------

    def _shown(self) -> Iterator[Reference]:
        for match in _SHOWN.finditer(self.text):
            thing = (match["thing"] or match["thing2"]).lower()
            marks = _MARKS.get(thing, _IMAGE)
            start = self.text.rfind("\n", 0, match.start()) + 1
            if (match["way"] or "").lower() == "above":
                found = [m.start() for m in marks.finditer(self.text, 0, match.start())][-1:]
            else:
                found = [m.start() for m in marks.finditer(self.text, start)][:1]
            if not found and re.search(r":\s", self.text[match.end() : match.end() + 40]):
                continue  # the list follows in the sentence
            spans = [Span(start=at, end=self._stretch(at)) for at in found]
            yield self._reference(match[0], match, spans)

    def _stretch(self, start: int) -> int:
        """The end of the table or list that stands at an offset: the next blank line."""
        end = self.text.find("\n\n", start)
        return end if end >= 0 else len(self.text)

    # --- anchors and footnotes ---------------------------------------------------------------

    def _linked(self) -> Iterator[Reference]:
        anchors = self._anchors()
        for match in _ANCHOR.finditer(self.text):
            where = anchors.get(match["anchor"].lower())
            yield self._reference(match[0], match, [] if where is None else [where])
        notes = {m["mark"]: m for m in _FOOTNOTE.finditer(self.text) if m["own"]}
        for match in _FOOTNOTE.finditer(self.text):
            note = notes.get(match["mark"])
            if not match["own"]:
                where = note and Span(start=note.start(), end=self._stretch(note.start()))
                yield self._reference(match[0], match, [where] if where else [])

    def _anchors(self) -> dict[str, Span]:
        """Anchors that the headings get (as GitHub makes them) and those set by hand."""
        found: dict[str, Span] = {}
        for section in self.document.sections:
            line = self.text[section.span.start : self.text.find("\n", section.span.start)]
            own = re.search(r"\{#([\w-]+)\}", line)
            title = re.sub(r"\{#[\w-]+\}|[*`]", "", line.lstrip("# ")).strip().lower()
            slug = own[1].lower() if own else re.sub(r"[^\w\- ]", "", title).replace(" ", "-")
            number = sum(s == slug or re.fullmatch(rf"{re.escape(slug)}-\d+", s) is not None
                         for s in found)  # fmt: skip
            found[f"{slug}-{number}" if slug in found else slug] = section.span
        for match in re.finditer(r"\b(?:id|name)=[\"']([^\"']+)[\"']", self.text):
            found.setdefault(match[1].lower(), self._part(match.start()))
        return found

    def _reference(self, text: str, match: re.Match[str], spans: Sequence[Span]) -> Reference:
        targets = [
            s.id for s in self.statements
            if any(span.start <= s.span.start < max(span.end, span.start + 1) for span in spans)
            and not s.span.start <= match.start() < s.span.end
        ]  # fmt: skip
        return Reference(
            text=" ".join(text.split()),
            span=Span(start=match.start(), end=match.end()),
            targets=tuple(dict.fromkeys(targets)),
            dangling=not spans,
        )


def _parts(number: str) -> Path:
    return tuple(re.findall(r"[a-z0-9]+", number.lower()))


def _names(title: str, section: Section) -> bool:
    """Whether a reference's title is that of a section, or leaves out some of its words."""
    said, own = ([singular(w) for w in re.findall(r"[\w'’]+", t.lower())]
                 for t in (title, section.title))  # fmt: skip
    return bool(said) and set(said) <= set(own)
