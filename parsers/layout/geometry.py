"""What stands on a printed page: boxes, runs of text in them, lines of runs, tables, pictures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

NEAR = 3.0  # points within which two edges are one


@dataclass(frozen=True)
class Box:
    """Left, bottom, right, top in points; y grows upwards."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    def turned(self, angle: int) -> Box:
        """Where the box stands when what is written at this angle is made upright."""
        x0, y0, x1, y1 = self.x0, self.y0, self.x1, self.y1
        match angle:
            case 90:
                return Box(-y1, x0, -y0, x1)
            case 180:
                return Box(-x1, -y1, -x0, -y0)
            case 270:
                return Box(y0, -x1, y1, -x0)
        return self

    def joined(self, other: Box) -> Box:
        return Box(min(self.x0, other.x0), min(self.y0, other.y0),
                   max(self.x1, other.x1), max(self.y1, other.y1))  # fmt: skip

    def level_with(self, other: Box) -> bool:
        """Whether the two stand on one line."""
        shared = min(self.y1, other.y1) - max(self.y0, other.y0)
        return shared > 0.5 * min(self.height, other.height)

    def holds(self, other: Box) -> bool:
        x, y = (other.x0 + other.x1) / 2, (other.y0 + other.y1) / 2
        return self.x0 - 1 <= x <= self.x1 + 1 and self.y0 - 1 <= y <= self.y1 + 1


@dataclass
class Run:
    """Characters of one line in one type without a wide gap."""

    text: str
    box: Box
    bold: bool = False
    first: float = 0
    """Width of the first word."""

    def __post_init__(self) -> None:
        self.first, self.last = self.box.width, self.box

    def takes(self, character: str, box: Box, bold: bool) -> bool:
        size = self.box.height
        return (
            self.box.level_with(box)
            and (-0.5 * size < box.x0 - self.box.x1 < 0.9 * size or box == self.last)
            and (character == " " or (bold == self.bold and abs(box.height - size) < 0.15 * size))
        )

    def add(self, character: str, box: Box) -> None:
        if character == " ":
            self.text += " " if not self.text.endswith(" ") else ""
            return
        if box.x0 - self.box.x1 > 0.18 * self.box.height and not self.text.endswith(" "):
            self.text += " "
        self.text += character
        self.box, self.last = self.box.joined(box), box  # letters of one ligature share a box
        if " " not in self.text:
            self.first = self.box.width


@dataclass
class Page:
    number: int
    runs: list[Run] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)
    images: list[Box] = field(default_factory=list)

    def turn(self, angle: int) -> None:
        """Make the rules and pictures of a turned page upright, as its runs already are."""
        self.rules = [rule.turned(angle) for rule in self.rules]
        self.images = [image.turned(angle) for image in self.images]


def text_of(runs: list[Run]) -> str:
    """What runs say, with single blanks."""
    return " ".join(" ".join(run.text for run in runs).split())


@dataclass
class Line:
    """Runs on one line, from left to right."""

    runs: list[Run]
    page: int

    @property
    def box(self) -> Box:
        box = self.runs[0].box
        for run in self.runs[1:]:
            box = box.joined(run.box)
        return box

    @property
    def size(self) -> float:
        """The height of the type that most of the line is in."""
        sizes: Counter[float] = Counter()
        for run in self.runs:
            sizes[round(run.box.height, 1)] += len(run.text.strip())
        return sizes.most_common(1)[0][0]

    @property
    def plain(self) -> str:
        return text_of(self.runs)

    @property
    def bold(self) -> bool:
        return all(run.bold for run in self.runs if any(c.isalpha() for c in run.text))

    def columns(self) -> list[list[Run]]:
        """The runs in groups with wide gaps between them."""
        groups = [[self.runs[0]]]
        for before, run in pairwise(self.runs):
            if run.box.x0 - before.box.x1 > 0.85 * self.size:
                groups.append([])
            groups[-1].append(run)
        return groups


@dataclass
class Table:
    rows: list[list[str]]
    edges: list[float]
    box: Box
    page: int


@dataclass
class Picture:
    box: Box
    page: int
    number: int


Thing = Line | Table | Picture
