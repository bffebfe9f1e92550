"""What a document refers to: sections, clauses, steps, tables, anchors, footnotes.

In: a document and its statements. Out: `Reference`s, each with the statements it leads to, or
marked as dangling when nothing in the document answers to it. References to other texts ('Article
6 GDPR', 'section 3 of the Rental Act') are left alone, and so is what only may be one: 'in
"Pending"'.
Simplified: a number is found by its whole path ('3.2(b)'), or by an end of one ('paragraph 2').
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from parsers.language import singular
from parsers.spec import Document, Span, Statement

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
_ID = re.compile(r"\b(?:id|name)=[\"']([^\"'\n]{1,200})[\"']")
_ALONE = re.compile(r"[ >]*(?:<[^>\n]{1,300}>[ ]*)+\n\s*")
_BLOCK_END = re.compile(r"\n(?:[ >]*\n|[ >]*(?:[-*+•|]|\d{1,3}[.)]|\(?[a-z]\))[ \t])")
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
_TABLE = re.compile(
    r"^ *+\|?+[ :]*+-{3,}+(?=[ :|-]*+$)[ :-]*+\||^.*\S(?:\t| {3,})\S+(?:\t| {3,})\S", re.M
)
_LIST = re.compile(r"^ *(?:[-*+•]|\d+[.)]|\(?[a-z]\))\s+\S", re.MULTILINE)
_IMAGE = re.compile(r"!\[[^\]]*\]\(|<img\b", re.IGNORECASE)
_NAMED = re.compile(
    r"^[ \t*_>#|-]*+(appendix|annex|schedule|exhibit|attachment|table|figure)[ \t]+"
    r"(\w+(?:\.\w+)*)",
    re.IGNORECASE | re.MULTILINE,
)
_STRONG = re.compile(r"^[ \t*_>|-]*+|\*\*", re.MULTILINE)
_LONGEST_TITLE = 60
MOST = 200
"""Statements that one reference leads to, the first of a larger part: a list of all of a chapter's
tells nobody anything, and a document full of such references would fill the memory with them."""
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
    """Looks things up in tables made once: a document may hold thousands of references."""

    def __init__(self, document: Document, statements: Sequence[Statement]) -> None:
        self.text = document.text
        self.document = document
        self.statements = statements
        self.sections = [section.span.start for section in document.sections]
        order = sorted(range(len(statements)), key=lambda i: statements[i].span.start)
        self.order = order
        self.starts = [statements[i].span.start for i in order]
        self.known: dict[Hashable, list[int] | None] = {}

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
        heads = dict(zip(self.sections, self.document.sections, strict=True))
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
        ends, open_at = [len(self.text)] * len(marks), list[int]()
        for index, (start, _, rank) in enumerate(marks):
            while open_at and marks[open_at[-1]][2] >= rank:
                ends[open_at.pop()] = start
            open_at.append(index)
        return [
            _Place(path, Span(start=start, end=end))
            for (start, path, _), end in zip(marks, ends, strict=True)
            if path
        ]

    @cached_property
    def by_end(self) -> dict[Path, list[_Place]]:
        """The places by every end of their paths, the whole one too."""
        found: dict[Path, list[_Place]] = defaultdict(list)
        for place in self.places:
            for start in range(len(place.path)):
                found[place.path[start:]].append(place)
        return found

    def _numbered(self) -> Iterator[Reference]:
        for match in _NUMBERED.finditer(self.text):
            loose = re.match(_LOOSE_UNITS, match["unit"], re.IGNORECASE)
            if (loose and not self.places) or self._is_label(match) or self._leads_out(match):
                continue
            for number in re.finditer(_NUMBER, match["numbers"]):
                path = _parts(number[0])
                text = f"{match['unit'].strip(' *_')} {number[0]}"
                yield self._reference(text, match, self._at, path)

    def _at(self, path: Path) -> list[Span]:
        found = self.by_end.get(path, [])
        exact = [place.span for place in found if place.path == path]
        return exact or [place.span for place in found]

    def _is_label(self, match: re.Match[str]) -> bool:
        """Whether this is where the part stands, not a reference to it."""
        line = self.text.rfind("\n", 0, match.start()) + 1
        before = self.text[line : match.start()]
        after = self.text[match.end() : match.end() + 3]
        opens = not before.strip(" *_>#|-•") and (
            re.match(r"[*_]*[.:)–—]|[*_]*\s+[–—-]|\n|\s*\|", after) or not after
        )
        return bool(opens) or line in self.heads

    @cached_property
    def heads(self) -> set[int]:
        """Where the lines begin that are headings."""
        return set(self.sections)

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
            key = match["unit"].lower(), match["mark"].lower()
            opens = match.end() in self.named.get(key, ())
            own = match.end() if opens else -1
            yield self._reference(match[0], match, self._elsewhere, (*key, own))

    def _elsewhere(self, named: tuple[str, str, int]) -> list[Span]:
        unit, mark, own = named
        return [self._part(end) for end in self.named.get((unit, mark), ()) if end != own]

    @cached_property
    def named(self) -> dict[Path, list[int]]:
        """Where a line ends to say 'Table 3': by unit and mark, 'Table 3.2' as table 3, too."""
        found: dict[Path, list[int]] = defaultdict(list)
        for match in _NAMED.finditer(self.text):
            for part in re.finditer(r"(?<=\w)(?!\w)", match[2]):
                mark = match[2][: part.start()].lower()
                found[match[1].lower(), mark].append(match.start(2) + part.start())
        return found

    def _part(self, offset: int) -> Span:
        """The innermost section around a place where something is named."""
        at = bisect_right(self.sections, offset) - 1
        if at < 0 or offset >= len(self.text):
            return Span(start=offset, end=offset)
        return self.document.sections[at].span  # it reaches to the next, or there is a deeper one

    # --- titles ------------------------------------------------------------------------------

    def _titled(self) -> Iterator[Reference]:
        for pattern in (_QUOTED, _TITLED):
            for match in pattern.finditer(self.text):
                if self._leads_out(match):
                    continue
                title = match["title"].strip(" .,")
                text = match[0].lstrip(" .;:(,\n")
                yield self._reference(text, match, self._headed, title)

    def _headed(self, title: str) -> list[Span]:
        """The sections of this title, and where a line or strong words open with it."""
        having = [self.by_word.get(word, set()) for word in set(_words(title))]
        named = set.intersection(*sorted(having, key=len)) if having else set()
        found = [self.document.sections[number].span for number in sorted(named)]
        low = title.lower()
        at = bisect_left(self.openings, (low,))
        places = []
        while at < len(self.openings) and self.openings[at][0].startswith(low):
            opening, offset, strong = self.openings[at]
            if strong or not (low[-1:].isalnum() and opening[len(low) :][:1].isalnum()):
                places.append(offset)
            at += 1
        return found + [self._part(offset) for offset in sorted(places)]

    @cached_property
    def by_word(self) -> dict[str, set[int]]:
        """The numbers of the sections whose titles have a word."""
        found: dict[str, set[int]] = defaultdict(set)
        for number, section in enumerate(self.document.sections):
            for word in _words(section.title):
                found[word].add(number)
        return found

    @cached_property
    def openings(self) -> list[tuple[str, int, bool]]:
        """With what each line and each stretch of strong words opens, where, and which it is."""
        return sorted(
            (
                self.text[match.end() : match.end() + _LONGEST_TITLE + 1].lower(),
                match.start(),
                match[0].endswith("**"),
            )
            for match in _STRONG.finditer(self.text)
        )

    # --- tables, lists, figures --------------------------------------------------------------

    def _shown(self) -> Iterator[Reference]:
        marks: dict[str, list[int]] = {}
        for match in _SHOWN.finditer(self.text):
            thing = (match["thing"] or match["thing2"]).lower()
            if thing not in marks:
                pattern = _MARKS.get(thing, _IMAGE)
                marks[thing] = [m.start() for m in pattern.finditer(self.text)]
            start = self.text.rfind("\n", 0, match.start()) + 1
            if (match["way"] or "").lower() == "above":
                at = bisect_left(marks[thing], match.start())
                found = marks[thing][max(at - 1, 0) : at]
            else:
                at = bisect_left(marks[thing], start)
                found = marks[thing][at : at + 1]
            if not found and re.search(r":\s", self.text[match.end() : match.end() + 40]):
                continue  # the list follows in the sentence
            yield self._reference(match[0], match, self._stretches, tuple(found))

    def _stretches(self, starts: Iterable[int]) -> list[Span]:
        """What stands at these offsets, each to the next blank line."""
        ends = [(at, self.text.find("\n\n", at)) for at in starts]
        return [Span(start=at, end=end if end >= 0 else len(self.text)) for at, end in ends]

    # --- anchors and footnotes ---------------------------------------------------------------

    def _linked(self) -> Iterator[Reference]:
        for match in _ANCHOR.finditer(self.text):
            yield self._reference(match[0], match, self._anchored, match["anchor"].lower())
        notes = {m["mark"]: m.start() for m in _FOOTNOTE.finditer(self.text) if m["own"]}
        for match in _FOOTNOTE.finditer(self.text):
            if not match["own"]:
                found = (notes[match["mark"]],) if match["mark"] in notes else ()
                yield self._reference(match[0], match, self._stretches, found)

    def _anchored(self, name: str) -> list[Span]:
        return [self.anchors[name]] if name in self.anchors else []

    @cached_property
    def anchors(self) -> dict[str, Span]:
        """Anchors that the headings get (as GitHub makes them) and those set by hand."""
        found: dict[str, Span] = {}
        count: dict[str, int] = defaultdict(int)
        for section in self.document.sections:
            line = self.text[section.span.start : self.text.find("\n", section.span.start)]
            own = re.search(r"\{#([\w-]+)\}", line)
            title = re.sub(r"\{#[\w-]+\}|[*`]|<[^>]+>", "", line.lstrip("# ")).strip().lower()
            slug = own[1].lower() if own else re.sub(r"[^\w\- ]", "", title).replace(" ", "-")
            found[f"{slug}-{count[slug]}" if slug in found else slug] = section.span
            count[slug] += 1
        for match in _ID.finditer(self.text):
            found.setdefault(match[1].lower(), self._marked(match.start()))
        return found

    def _marked(self, anchor: int) -> Span:
        """What an anchor that was set by hand marks: its heading's section, or its block."""
        start = self.text.rfind("\n", 0, anchor) + 1
        if start not in self.heads and (alone := _ALONE.match(self.text, start)):
            start = alone.end()  # it marks what follows
        if start in self.heads:
            return self._part(start)
        end = _BLOCK_END.search(self.text, start)
        return Span(start=start, end=end.start() if end else len(self.text))

    def _reference(
        self, text: str, match: re.Match[str], find: Callable[..., list[Span]], of: Hashable
    ) -> Reference:
        """The reference that stands at a match and leads to what `find` finds of it."""
        key = find.__name__, of
        if key not in self.known:
            spans = find(of)
            self.known[key] = self._within(spans) if spans else None
        inside = self.known[key]
        targets = [
            self.statements[i].id for i in inside or ()
            if not self.statements[i].span.start <= match.start() < self.statements[i].span.end
        ]  # fmt: skip
        return Reference(
            text=" ".join(text.split()),
            span=Span(start=match.start(), end=match.end()),
            targets=tuple(targets),
            dangling=inside is None,
        )

    def _within(self, spans: list[Span]) -> list[int]:
        """The numbers of the statements that begin in one of the spans."""
        found: set[int] = set()
        for span in set(spans):
            first = bisect_left(self.starts, span.start)
            last = bisect_left(self.starts, max(span.end, span.start + 1))
            found.update(self.order[first:last])
        return sorted(found)[:MOST]


def _parts(number: str) -> Path:
    return tuple(re.findall(r"[a-z0-9]+", number.lower()))


def _words(title: str) -> list[str]:
    return [singular(word) for word in re.findall(r"[\w'’]+", title.lower())]
