"""The parser against the gold standard, or two passes of labels against each other.

    python -m benchmarks.gold.score [NAME …] [--worst N] [--json FILE]
    python -m benchmarks.gold.score --held-out
    python -m benchmarks.gold.score --without-model [NAME …]
    python -m benchmarks.gold.score --agreement pass1 pass2 [NAME …]

In: `labels/NAME.jsonl` and what `parsers.parse` makes of the document. Out: figures, confusion
matrix and worst errors on stdout; the figures as JSON, too. All is counted in words of the
normalized text:

- statements: one-to-one pairs whose words overlap by IoU 0.5 or more, best first; *strict* asks for
  the same words. Predictions outside of the labelled stretch are left out.
- category: macro-F1 over the matched pairs; simple/complex: accuracy over the matched pairs that
  are conditional in the gold, where another category is wrong.
- conditions: micro-F1 of the words, over matched pairs, exceptions included; what a statement
  inherits from the lead-in above it neither helps nor hurts. Outcomes: the same, over the matched
  pairs that are conditional in the gold, as other statements have no outcomes labelled.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.gold.anchor import (
    AnchorError,
    Label,
    Pair,
    Text,
    anchor,
    read_labels,
    region,
)
from benchmarks.gold.fetch import HERE, FetchError, Source, fetch, source, sources
from parsers import parse
from parsers.language import MODEL
from parsers.reading import read
from parsers.spec import Category, Complexity, PolicySpec, Statement

OVERLAP = 0.5
CATEGORIES: tuple[Category, ...] = ("factual", "behavioral", "conditional")
KINDS = ("factual", "behavioral", "simple", "complex")
NONE = "none"

Words = frozenset[int]


@dataclass(frozen=True)
class Item:
    """A statement as sets of word indices."""

    words: Words
    category: Category
    complexity: Complexity | None
    conditions: Words = frozenset()
    outcomes: Words = frozenset()
    inherited: Words = frozenset()

    @property
    def kind(self) -> str:
        return self.complexity or self.category


class Ruler:
    """Measures spans of one text in words."""

    def __init__(self, text: str) -> None:
        self.of_character: dict[int, int] = {}
        for index, (start, end) in enumerate(Text(text).spans):
            self.of_character.update(dict.fromkeys(range(start, end), index))

    def words(self, pairs: Iterable[Pair]) -> Words:
        return frozenset(
            self.of_character[i]
            for start, end in pairs
            for i in range(start, end)
            if i in self.of_character
        )

    def label(self, label: Label) -> Item:
        return Item(
            words=self.words([(label.start, label.end)]),
            category=label.category,
            complexity=label.complexity,
            conditions=self.words(label.conditions),
            outcomes=self.words(label.outcomes),
            inherited=self.words(label.inherited),
        )

    def statement(self, statement: Statement) -> Item:
        exceptions = statement.exceptions
        conditions = [*statement.condition_spans, *(e.span for e in exceptions)]
        outcomes = [*statement.outcomes, *(e.outcome for e in exceptions if e.outcome)]
        return Item(
            words=self.words([(statement.span.start, statement.span.end)]),
            category=statement.category,
            complexity=statement.complexity,
            conditions=self.words((s.start, s.end) for s in conditions),
            outcomes=self.words((o.span.start, o.span.end) for o in outcomes if o.span),
        )


@dataclass(frozen=True)
class Comparison:
    """One document: matched pairs (gold, predicted), gold that is missed, predictions too many."""

    pairs: tuple[tuple[Item, Item], ...]
    missed: tuple[Item, ...]
    spurious: tuple[Item, ...]


def compare(gold: Sequence[Item], predicted: Sequence[Item]) -> Comparison:
    """Match statements one to one, by falling overlap of their words."""
    overlaps = sorted(
        (-len(g.words & p.words) / len(g.words | p.words), i, j)
        for i, g in enumerate(gold)
        for j, p in enumerate(predicted)
        if g.words & p.words
    )
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for overlap, i, j in overlaps:
        if -overlap >= OVERLAP and i not in matched and j not in taken:
            matched[i] = j
            taken.add(j)
    return Comparison(
        pairs=tuple((gold[i], predicted[j]) for i, j in sorted(matched.items())),
        missed=tuple(g for i, g in enumerate(gold) if i not in matched),
        spurious=tuple(p for j, p in enumerate(predicted) if j not in taken),
    )


@dataclass
class Count:
    """True positives, predicted and gold positives of one measure."""

    true: int = 0
    predicted: int = 0
    gold: int = 0

    def add(self, gold: Words, predicted: Words) -> None:
        self.true += len(gold & predicted)
        self.predicted += len(predicted)
        self.gold += len(gold)

    @property
    def f1(self) -> float:
        """1 where there is nothing to find and nothing was found."""
        total = self.predicted + self.gold
        return 2 * self.true / total if total else 1.0


@dataclass
class Scores:
    gold: int
    predicted: int
    statements: float
    strict: float
    category: float
    by_category: dict[str, float]
    complexity: float
    conditions: float
    outcomes: float
    kappa: float
    confusion: dict[str, dict[str, int]] = field(repr=False)


def score(comparisons: Sequence[Comparison]) -> Scores:
    """The figures of several documents pooled."""
    pairs = [pair for c in comparisons for pair in c.pairs]
    missed = [item for c in comparisons for item in c.missed]
    spurious = [item for c in comparisons for item in c.spurious]
    gold, predicted = len(pairs) + len(missed), len(pairs) + len(spurious)
    same = sum(g.words == p.words for g, p in pairs)
    conditional = [(g, p) for g, p in pairs if g.category == "conditional"]
    conditions, outcomes = Count(), Count()
    for g, p in pairs:
        conditions.add(g.conditions, p.conditions - g.inherited - p.inherited)
    for g, p in conditional:
        outcomes.add(g.outcomes, p.outcomes)
    by_category = {
        category: Count(
            sum(g.category == p.category == category for g, p in pairs),
            sum(p.category == category for _, p in pairs),
            sum(g.category == category for g, _ in pairs),
        ).f1
        for category in CATEGORIES
    }
    kinds = [(g.kind, p.kind) for g, p in pairs]
    kinds += [(g.kind, NONE) for g in missed] + [(NONE, p.kind) for p in spurious]
    counted = Counter(kinds)
    return Scores(
        gold=gold,
        predicted=predicted,
        statements=Count(len(pairs), predicted, gold).f1,
        strict=Count(same, predicted, gold).f1,
        category=sum(by_category.values()) / len(CATEGORIES),
        by_category=by_category,
        complexity=_share(g.complexity == p.complexity for g, p in conditional),
        conditions=conditions.f1,
        outcomes=outcomes.f1,
        kappa=kappa([(g.category, p.category) for g, p in pairs]),
        confusion={g: {p: counted[g, p] for p in (*KINDS, NONE)} for g in (*KINDS, NONE)},
    )


def kappa(pairs: Sequence[tuple[str, str]]) -> float:
    """Cohen's kappa of two raters; 1 where chance alone makes them agree on everything."""
    if not pairs:
        return 1.0
    total = len(pairs)
    observed = sum(a == b for a, b in pairs) / total
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(first[value] * second[value] for value in first) / total**2
    return 1.0 if chance == 1 else (observed - chance) / (1 - chance)


def _share(values: Iterable[bool]) -> float:
    listed = list(values)
    return sum(listed) / len(listed) if listed else 1.0


@dataclass(frozen=True)
class Fault:
    """What is wrong with a statement, how bad, and where.

    Weights add up: 3 a statement lost or invented, 2 a category, 1 simple for complex, and what is
    lacking to an F1 or an overlap of 1.
    """

    weight: float
    what: str
    words: Words


def faults(comparison: Comparison) -> list[Fault]:
    """A document's errors, worst first."""
    found = [Fault(3.0, f"missed ({g.kind})", g.words) for g in comparison.missed]
    found += [Fault(3.0, f"not a statement ({p.kind})", p.words) for p in comparison.spurious]
    for g, p in comparison.pairs:
        conditions, outcomes = Count(), Count()
        conditions.add(g.conditions, p.conditions - g.inherited)
        outcomes.add(g.outcomes, p.outcomes if g.category == "conditional" else frozenset())
        weight, what = 0.0, []
        if g.kind != p.kind:
            weight += 2.0 if g.category != p.category else 1.0
            what.append(f"{p.kind} instead of {g.kind}")
        for name, count in (("conditions", conditions), ("outcomes", outcomes)):
            if count.f1 < 1:
                weight += 1 - count.f1
                what.append(f"{name} F1 {count.f1:.2f}")
        if g.words != p.words:
            weight += 1 - len(g.words & p.words) / len(g.words | p.words)
            what.append("other bounds")
        if what:
            found.append(Fault(weight, ", ".join(what), g.words))
    return sorted(found, key=lambda fault: (-fault.weight, min(fault.words)))


def against_parser(wanted: Source, spec: PolicySpec, labels: Sequence[Label]) -> Comparison:
    """What the parser made of a document against its labels."""
    text = spec.document.text
    ruler = Ruler(text)
    low, high = region(Text(text), wanted)
    stretch = frozenset(range(low, high))
    predicted = [ruler.statement(s) for s in spec.statements]
    return compare(
        [ruler.label(label) for label in labels], [p for p in predicted if p.words & stretch]
    )


def between_passes(wanted: Source, text: str, folders: Sequence[Path]) -> Comparison:
    """Two people's labels of a document, the first taken as gold."""
    ruler = Ruler(text)
    first, second = (
        [ruler.label(label) for label in anchor(text, wanted, folder / f"{wanted.name}.yaml")[0]]
        for folder in folders
    )
    return compare(first, second)


_COLUMNS = ("statements", "strict", "category", "complexity", "conditions", "outcomes", "kappa")


def table(rows: dict[str, Scores]) -> str:
    """The figures, one document a row."""
    lines = [
        "| document | gold | found | " + " | ".join(_COLUMNS) + " |",
        "|---" * (len(_COLUMNS) + 3) + "|",
    ]
    for name, scores in rows.items():
        figures = " | ".join(f"{getattr(scores, column):.3f}" for column in _COLUMNS)
        lines.append(f"| {name} | {scores.gold} | {scores.predicted} | {figures} |")
    return "\n".join(lines)


def confusion_table(scores: Scores) -> str:
    columns = (*KINDS, NONE)
    lines = ["| gold \\ found | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for kind in columns:
        cells = " | ".join(str(scores.confusion[kind][column]) for column in columns)
        lines.append(f"| {kind} | {cells} |")
    return "\n".join(lines)


def _chosen(names: Sequence[str], held_out: bool) -> list[Source]:
    """The documents to score; held-out ones only when asked for by the flag, and then no others.

    Raises:
        FetchError: an unknown name, or one on the other side of the flag.
    """
    chosen = [source(name) for name in names] or [s for s in sources() if s.held_out == held_out]
    for wanted in chosen:
        if wanted.held_out != held_out:
            raise FetchError(
                f"{wanted.name} is held out; score it once, at the end, with --held-out"
                if wanted.held_out
                else f"{wanted.name} is not held out; leave --held-out away"
            )
    return chosen


def main(arguments: list[str] | None = None) -> int:
    options = argparse.ArgumentParser(prog="benchmarks.gold.score", description=__doc__)
    options.add_argument("names", nargs="*", metavar="NAME", help="documents; all when none")
    options.add_argument("--held-out", action="store_true", help="score the held-out documents")
    options.add_argument("--without-model", action="store_true", help="parse by rules alone")
    options.add_argument("--agreement", nargs=2, metavar="PASS", help="two folders of labels/")
    options.add_argument("--worst", type=int, default=20, metavar="N", help="errors to show")
    options.add_argument("--json", type=Path, metavar="FILE", help="write the figures here too")
    chosen = options.parse_args(arguments)
    if chosen.without_model:
        sys.modules[MODEL] = None  # pyright: ignore[reportArgumentType]  # as if not installed
    try:
        if chosen.agreement:
            wanted = [source(name) for name in chosen.names] or sources()
        else:
            wanted = _chosen(chosen.names, chosen.held_out)
        rows, errors, comparisons = {}, [], []
        for document in wanted:
            path = fetch(document)
            if chosen.agreement:
                text = read(path).text
                folders = [HERE / "labels" / name for name in chosen.agreement]
                comparison = between_passes(document, text, folders)
            else:
                spec = parse(path)
                text = spec.document.text
                labels = read_labels(HERE / "labels" / f"{document.name}.jsonl", text)
                comparison = against_parser(document, spec, labels)
            comparisons.append(comparison)
            rows[document.name] = score([comparison])
            errors += [(f, document, Text(text)) for f in faults(comparison)]
    except (AnchorError, FetchError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    rows["all"] = score(comparisons)
    print(table(rows), "\n")
    print(confusion_table(rows["all"]), "\n")
    errors.sort(key=lambda entry: -entry[0].weight)
    for fault, document, text in errors[: chosen.worst]:
        low, high = min(fault.words), max(fault.words) + 1
        start, end = text.pair(low, high)
        quoted = " ".join(text.text[start:end].split())
        print(f"{document.name}:{text.line(low)}: {fault.what}: {quoted}")
    if chosen.json:
        figures = {name: vars(scores) for name, scores in rows.items()}
        chosen.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
