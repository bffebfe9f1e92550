"""A policy of ClevrPolicy: a named decision tree, and the document that states it.

In: a depth, a modality and a random source. Out: `Policy`: its tree, the pictures it shows, and its
Markdown, in numbered, branching sections (Condition 1, 1.1, …), which `parsers.parse` compiles to
the same tree. TriMPI (arXiv 2510.09474, "ClevrPolicy"): modality T says every condition in words, M
shows some of the attributes' values as a small crop of a picture and does not name them. Which
those are is *not stated*: here every other condition on a colour, a material or a shape; a size
cannot be seen without something beside it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from data.clevr.render import render
from data.clevr.scenes import Scene, Thing, camera, kinds, visible
from data.clevr.trees import CONDITIONS, Branch, Condition, Leaf, Path, Tree, branches, grow, paths
from parsers import Case, Variable

Modality = Literal["T", "M"]
NAMES = (
    "Alder Amber Anchor Aspen Basalt Beacon Birch Canyon Cedar Cobble Comet Coral Delta Dune Elm "
    "Ember Falcon Fjord Garnet Glacier Harbor Hazel Heron Indigo Ivy Juniper Lagoon Larch Linden "
    "Maple Marble Meadow Mesa Nimbus Oak Onyx Orchid Osprey Pebble Pine Prairie Quartz Raven Reef "
    "Rowan Sequoia Sierra Slate Spruce Summit Tarn Thistle Tundra Walnut Willow Zephyr"
).split()
CROP = 96
"""Width and height of a crop, in pixels."""

_SHOWN = ("color", "material", "shape")
_LABEL = re.compile(
    r"there is an object of the (?P<attribute>\w+) shown in (?P<picture>.+)|"
    r"there is an? (?P<value>\w+)(?: object)?"
)


@dataclass(frozen=True)
class Policy:
    """`pictures` are the conditions that are shown, in order: 'picture 1', 'picture 2', …"""

    name: str
    tree: Tree
    pictures: tuple[Condition, ...] = ()

    @property
    def file(self) -> str:
        return f"{self.name.lower()}.md"

    @cached_property
    def branches(self) -> dict[str, Branch]:
        """Number → branch."""
        return {branch.number: branch for branch in branches(self.tree)}

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        return tuple(paths(self.tree))

    def crop_file(self, number: int) -> str:
        """Where the policy's document finds a picture, counted from 1."""
        return f"crops/{self.name.lower()}-{number}.png"

    def said(self, condition: Condition) -> str:
        """'there is a cyan object', or with the picture that shows the value."""
        if condition not in self.pictures:
            return in_words(condition)
        number = self.pictures.index(condition) + 1
        picture = f"![picture {number}]({self.crop_file(number)})"
        return f"there is an object of the {condition.attribute} shown in {picture}"

    def section(self, branch: Branch) -> str:
        """What the document says in a branch's section."""
        return (
            f"- If {self.said(branch.condition)}, {consequence(branch.yes)}.\n"
            f"- Otherwise, {consequence(branch.no)}."
        )

    @cached_property
    def markdown(self) -> str:
        sections = [f"## Condition {b.number}\n\n{self.section(b)}" for b in self.branches.values()]
        intro = (
            f"Policy {self.name} says which response a picture gets. Begin with Condition 1 and "
            "follow the conditions until one of them names the response."
        )
        return "\n\n".join([f"# Policy {self.name}", intro, *sections]) + "\n"


def make(name: str, depth: int, modality: Modality, rng: random.Random) -> Policy:
    """A random policy. Of the same random source, T and M have the same tree."""
    tree = grow(depth, rng)
    if modality == "T":
        return Policy(name, tree)
    asked = dict.fromkeys(branch.condition for branch in branches(tree))
    shown = [condition for condition in asked if condition.attribute in _SHOWN]
    chosen = set(rng.sample(shown, (len(shown) + 1) // 2))
    return Policy(name, tree, tuple(c for c in shown if c in chosen))


def in_words(condition: Condition, there: bool = True) -> str:
    """'there is a cyan object', 'there is no sphere'"""
    noun = condition.value if condition.attribute == "shape" else f"{condition.value} object"
    return f"there is {'a' if there else 'no'} {noun}"


def consequence(tree: Tree) -> str:
    """'go to Condition 1.1' or 'answer "Case 28"'"""
    if isinstance(tree, Leaf):
        return f'answer "{response(tree)}"'
    return f"go to Condition {tree.number}"


def response(leaf: Leaf) -> str:
    return f"Case {leaf.case}"


def chain(path: Path, seen: str) -> str:
    """The chain of thought: what is seen, then each condition that applies and how it turned out.

    The paper's chains begin with the conditions; a small model tells from words more surely than
    from a picture whether there is such a thing.
    """
    tests = [
        f"Condition {branch.number}: {in_words(branch.condition)}? {'Yes' if result else 'No'}."
        for branch, result in path.tests
    ]
    return "\n".join([f"Seen: {seen}.", *tests, f"The response is {response(path.leaf)}."])


def crop(condition: Condition, rng: random.Random) -> np.ndarray:
    """A picture of an object with the value, cut out of a scene."""
    drawn = kinds(rng, 1, 1)[0] | {"size": "large", condition.attribute: condition.value}
    scene = Scene((Thing.of(drawn, rotation=rng.uniform(0, 360)),), camera(rng))
    side = 3 * CROP
    rows, columns = np.nonzero(visible(scene, side, side) == 0)
    top, left = (
        int(np.clip((axis.min() + axis.max() - CROP) // 2, 0, side - CROP))
        for axis in (rows, columns)
    )
    return render(scene, side, side)[top : top + CROP, left : left + CROP]


def case(
    variables: Iterable[Variable],
    things: Sequence[Thing],
    pictures: Mapping[str, Condition] | None = None,
) -> Case:
    """What is so in a scene, for the variables of a parsed policy.

    Args:
        pictures: what a picture in the policy shows, by its name there.

    Raises:
        ValueError: a variable is not about what there is in a scene.
    """
    result = {}
    for variable in variables:
        match = _LABEL.fullmatch(variable.label)
        if match is None:
            raise ValueError(f"{variable.label!r} does not ask what there is in a scene")
        if match["picture"]:
            condition = (pictures or {}).get(match["picture"])
        else:
            condition = next((c for c in CONDITIONS if c.value == match["value"]), None)
        if condition is None:
            raise ValueError(f"{variable.label!r}: nobody told what is meant")
        result[variable.name] = condition.holds(things)
    return result
