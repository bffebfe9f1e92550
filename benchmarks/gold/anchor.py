"""Hand labels in words to spans in the normalized text.

    python -m benchmarks.gold.anchor NAME --show
    python -m benchmarks.gold.anchor NAME [--labels PASS] [--write]

In: `labels/NAME.yaml`, or one pass's `labels/PASS/NAME.yaml` (the form is in GUIDELINES.md). Out:
with `--write`, `NAME.jsonl` beside it, one `Label` a line. Words are compared without case,
markup and punctuation, so that labels outlive a change of how documents are normalized: run this
again then. What is not found in order is refused; what no label covers is listed.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from benchmarks.gold.fetch import HERE, FetchError, Source, fetch, source
from parsers.reading import read
from parsers.spec import Category, Complexity

Pair = tuple[int, int]

_WORD = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"(?<=\])\(#[^)\s]+\)|<a id=\"[^\"]+\"></a>")
"""Where a link leads within the document, and where that is: no words of the text."""
_CLOSING = re.compile(r"[.!?)\]\"'”’»*`]*")
_GAP = "…"
_JOINTS = frozenset({"and", "or", *map(str, range(100))})
"""Words between items that belong to none: list numbers, footnote marks, 'and' before the last."""


class AnchorError(ValueError):
    """A label that cannot be placed: which line, why, and what to do."""


class Words(BaseModel):
    """A label as a person writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: str
    to: str = ""
    is_: Literal["factual", "behavioral", "simple", "complex"]
    if_: tuple[str, ...] = ()
    do: tuple[str, ...] = ()
    under: tuple[str, ...] = ()


class Label(BaseModel):
    """A statement of the gold standard; pairs are offsets into the normalized text.

    `inherited` are the conditions of the lead-ins above it, outside of its span.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: int
    end: int
    sha: str
    category: Category
    complexity: Complexity | None = None
    conditions: tuple[Pair, ...] = ()
    outcomes: tuple[Pair, ...] = ()
    inherited: tuple[Pair, ...] = ()


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def words(text: str) -> list[Pair]:
    """Where each word of the text stands: the unit that anchoring and scores count in."""
    said = _ADDRESS.sub(lambda match: " " * len(match[0]), text)
    return [match.span() for match in _WORD.finditer(said)]


class Text:
    """A normalized text as its sequence of words."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans = words(text)
        self.words = [text[start:end].casefold() for start, end in self.spans]

    def places(self, phrase: str, low: int, high: int) -> list[Pair]:
        """Every place of the phrase within words low..high, as a pair of word indices."""
        first, gap, last = phrase.partition(_GAP)
        found = self._plain(first, low, high)
        if not gap:
            return found
        ends = self._plain(last, low, high)
        pairs = [(a, next((d for c, d in ends if c >= b), -1)) for a, b in found]
        return [pair for pair in pairs if pair[1] >= 0]

    def _plain(self, phrase: str, low: int, high: int) -> list[Pair]:
        key = [match[0].casefold() for match in _WORD.finditer(phrase)]
        if not key:
            raise AnchorError(f"{phrase!r} has no words")
        size = len(key)
        return [
            (i, i + size) for i in range(low, high - size + 1) if self.words[i : i + size] == key
        ]

    def pair(self, low: int, high: int) -> Pair:
        return self.spans[low][0], self.spans[high - 1][1]

    def line(self, word: int) -> int:
        return self.text.count("\n", 0, self.spans[min(word, len(self.spans) - 1)][0]) + 1


def region(text: Text, wanted: Source) -> Pair:
    """The labelled stretch, in word indices.

    Raises:
        AnchorError: its opening or closing words are not in the text.
    """
    low, high = 0, len(text.words)
    for phrase, side in ((wanted.opening, "from"), (wanted.closing, "to")):
        if phrase:
            places = text.places(phrase, low, high)
            if not places:
                raise AnchorError(f"documents.yaml: {wanted.name}: `{side}` is not in the text")
            low, high = (places[0][0], high) if side == "from" else (low, places[0][1])
    return low, high


def load(path: Path) -> list[tuple[int, Words]]:
    """The labels of a YAML file, each with its line.

    Raises:
        AnchorError: not YAML, or not the form of GUIDELINES.md.
    """
    labels = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            (entry,) = yaml.load(line, Loader=yaml.BaseLoader)
            entry = {{"is": "is_", "if": "if_"}.get(k, k): v for k, v in entry.items()}
            labels.append((number, Words.model_validate(entry)))
        except (yaml.YAMLError, ValidationError, AttributeError, TypeError, ValueError) as error:
            said = str(error).replace("\n", " ")
            raise AnchorError(f"{path}: line {number}: not a label: {said}") from None
    return labels


def anchor(text: str, wanted: Source, path: Path) -> tuple[list[Label], list[Pair]]:
    """The labels with their spans, and the stretches of the region that none covers.

    Raises:
        AnchorError: words that are not found, one message for all of the file's.
    """
    whole = Text(text)
    low, high = region(whole, wanted)
    labels, gaps, troubles, cursor = [], [], [], low
    for number, label in load(path):
        try:
            start, end = _statement(whole, label, cursor, high)
            labels.append(_label(whole, label, start, end, low))
        except AnchorError as error:
            troubles.append(f"{path}: line {number}: {error}")
            continue
        gaps.append((cursor, start))
        cursor = end
    if troubles:
        raise AnchorError("\n".join(troubles))
    gaps.append((cursor, high))
    return labels, [whole.pair(a, b) for a, b in gaps if not _JOINTS.issuperset(whole.words[a:b])]


def _statement(text: Text, label: Words, cursor: int, high: int) -> Pair:
    openings = text.places(label.at, cursor, high)
    if not openings:
        raise AnchorError(f"`at` {label.at!r} is not found after line {text.line(cursor)}")
    start, end = openings[0]
    if label.to:
        closings = text.places(label.to, start, high)
        if not closings:
            raise AnchorError(f"`to` {label.to!r} is not found after line {text.line(start)}")
        end = max(end, closings[0][1])
    return start, end


def _label(text: Text, label: Words, start: int, end: int, floor: int) -> Label:
    category: Category
    complexity: Complexity | None = None
    match label.is_:
        case "simple" | "complex" as complexity:
            category = "conditional"
        case _ as category:
            pass
    if not complexity and (label.if_ or label.do or label.under):
        raise AnchorError(f"{label.at!r} is {label.is_}: only conditionals have if, do and under")
    opening, closing = text.pair(start, end)
    if trailing := _CLOSING.match(text.text, closing):
        closing = trailing.end()
    return Label(
        start=opening,
        end=closing,
        sha=digest(text.text[opening:closing]),
        category=category,
        complexity=complexity,
        conditions=tuple(_once(text, phrase, start, end) for phrase in label.if_),
        outcomes=tuple(_once(text, phrase, start, end) for phrase in label.do),
        inherited=tuple(_above(text, phrase, floor, start) for phrase in label.under),
    )


def _once(text: Text, phrase: str, low: int, high: int) -> Pair:
    places = text.places(phrase, low, high)
    if len(places) != 1:
        where = f"in the statement at line {text.line(low)}"
        raise AnchorError(f"{phrase!r} is found {len(places)} times {where}; once is needed")
    return text.pair(*places[0])


def _above(text: Text, phrase: str, low: int, high: int) -> Pair:
    places = text.places(phrase, low, high)
    if not places:
        raise AnchorError(f"`under` {phrase!r} is not found above line {text.line(high)}")
    return text.pair(*places[-1])


def read_labels(path: Path, text: str) -> list[Label]:
    """The labels of a JSONL file, checked against the text they point into.

    Raises:
        AnchorError: a span that no longer shows the text that was labelled.
    """
    labels = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        label = Label.model_validate_json(line)
        if digest(text[label.start : label.end]) != label.sha:
            raise AnchorError(
                f"{path}: line {number}: the text has moved under the labels; run "
                f"`python -m benchmarks.gold.anchor {path.stem} --write`"
            )
        labels.append(label)
    return labels


def write_labels(path: Path, labels: Sequence[Label]) -> None:
    lines = [label.model_dump_json(exclude_defaults=True) + "\n" for label in labels]
    path.write_text("".join(lines), encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    options = argparse.ArgumentParser(prog="benchmarks.gold.anchor", description=__doc__)
    options.add_argument("name", metavar="NAME")
    options.add_argument(
        "--labels", default="", metavar="PASS", help="a folder of labels/; the settled ones if none"
    )
    options.add_argument("--show", action="store_true", help="print the text, numbered by line")
    options.add_argument("--write", action="store_true", help="write NAME.jsonl beside NAME.yaml")
    chosen = options.parse_args(arguments)
    try:
        wanted = source(chosen.name)
        text = read(fetch(wanted)).text
        if chosen.show:
            _show(text, wanted)
        else:
            folder = HERE / "labels" / chosen.labels
            labels, gaps = anchor(text, wanted, folder / f"{wanted.name}.yaml")
            for start, end in gaps:
                shown = " ".join(text[start:end].split())
                print(f"not covered, line {text.count(chr(10), 0, start) + 1}: {shown}")
            print(f"{wanted.name}: {len(labels)} statements")
            if chosen.write:
                write_labels(folder / f"{wanted.name}.jsonl", labels)
    except (AnchorError, FetchError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _show(text: str, wanted: Source) -> None:
    whole = Text(text)
    low, high = region(whole, wanted)
    first, last = whole.line(low), whole.line(high - 1)
    for number, line in enumerate(text.split("\n"), 1):
        if first <= number <= last:
            print(f"{number:4d}  {line}")


if __name__ == "__main__":
    sys.exit(main())
