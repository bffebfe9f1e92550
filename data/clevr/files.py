"""Scenes of both splits, made or CLEVR's own, and their files.

In: what scenes shall show, or the folder of a CLEVR release. Out: `Shot`s (a picture's file and its
objects), and the files of those that are made, in CLEVR's layout: `images/SPLIT/*.png` and
`scenes/CLEVR_SPLIT_scenes.json`, the same however many processes make them.

What a scene shows (the multiset of its objects' attributes) says by itself which split it belongs
to, so that no two splits share a scene, whoever made it. TriMPI's test images are unseen ones; that
none has a twin in training is ours.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal, Protocol

from PIL import Image

from data.clevr.policy import Policy
from data.clevr.render import png, render
from data.clevr.scenes import Kind, Thing, graph, place, read
from data.clevr.trees import decide, kinds_for
from data.generated import SettingError, as_json

Split = Literal["train", "test"]
SPLITS: tuple[Split, ...] = ("train", "test")
PIXELS = 224
"""Width and height of the pictures that are made."""
_TEST_SHARE = 4
"""One scene in so many is of the test split."""
_FEW = 64
"""So few pictures are not worth starting processes for."""


@dataclass(frozen=True)
class Shot:
    """`image`: the picture's file, from the benchmark's folder or absolute; `middles`: where on it
    the objects' middles are, as shares of its width and height. Of objects that are yet to be
    placed, the attributes are what counts, and there are no middles."""

    split: Split
    image: str
    things: tuple[Thing, ...]
    middles: tuple[tuple[float, float], ...] = ()


class Album(Protocol):
    """Where the pictures of a benchmark come from."""

    def shots(self, policy: Policy, split: Split, count: int) -> list[Shot]:
        """So many pictures for a policy, as balanced over its leaves as can be."""
        ...


def split_of(things: Iterable[Thing]) -> Split:
    """The split that a scene belongs to by what it shows."""
    shown = sorted(tuple(thing.kind.values()) for thing in things)
    digest = hashlib.sha256(json.dumps(shown).encode()).digest()
    return "train" if digest[0] % _TEST_SHARE else "test"


@dataclass
class Made:
    """Scenes that are drawn and rendered; `taken` are those so far."""

    seed: int
    taken: dict[Split, list[Shot]] = field(default_factory=lambda: {"train": [], "test": []})

    def shots(self, policy: Policy, split: Split, count: int) -> list[Shot]:
        rng = random.Random(f"{self.seed} {policy.name} {split}")
        ways = rng.sample(policy.paths, len(policy.paths))
        return [
            self.take(split, partial(kinds_for, ways[n % len(ways)], rng)) for n in range(count)
        ]

    def take(self, split: Split, draw: Callable[[], Sequence[Kind]]) -> Shot:
        """One more scene of the split, drawn until it is of it."""
        while split_of(things := tuple(map(Thing.of, draw()))) != split:
            pass
        name = f"CLEVR_{split}_{len(self.taken[split]):06d}.png"
        shot = Shot(split, f"images/{split}/{name}", things)
        self.taken[split].append(shot)
        return shot

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Every picture's file, and the scene files; from then on the shots' objects are placed."""
        for split in SPLITS:
            entries, shots = [], self.taken[split]
            orders = [(self.seed, number, shot) for number, shot in enumerate(shots)]
            for number, (entry, image) in enumerate(_each(orders)):
                entries.append(entry)
                yield shots[number].image, image
                shots[number] = _shot(entry, split, shots[number].image, (PIXELS, PIXELS))
            scenes = {"info": {"split": split, "version": "1.0"}, "scenes": entries}
            yield f"scenes/CLEVR_{split}_scenes.json", as_json(scenes)


_Order = tuple[int, int, Shot]


def _each(orders: Sequence[_Order]) -> Iterator[tuple[dict[str, Any], bytes]]:
    """All the pictures, made on all the cores that this process may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    if cores == 1 or len(orders) <= _FEW:
        yield from map(_picture, orders)
        return
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # the processes' numpy: a core for each
    with ProcessPoolExecutor(cores, get_context("spawn")) as pool:
        yield from pool.map(_picture, orders, chunksize=16)


def _picture(order: _Order) -> tuple[dict[str, Any], bytes]:
    """The entry of the scene file, and the PNG file."""
    seed, number, shot = order
    scene = place([thing.kind for thing in shot.things], random.Random(f"{seed} {shot.image}"))
    entry = graph(scene, number, Path(shot.image).name, shot.split, PIXELS, PIXELS)
    return entry, png(render(scene, PIXELS, PIXELS))


@dataclass
class Released:
    """Scenes of a CLEVR release: `images/val/*.png`, `scenes/CLEVR_val_scenes.json`, and the same
    of `train` where they are there."""

    folder: Path
    seed: int

    def __post_init__(self) -> None:
        self.scenes: dict[Split, list[Shot]] = {"train": [], "test": []}
        for path in sorted(self.folder.glob("scenes/CLEVR_*_scenes.json")):
            for shot in released(path):
                self.scenes[shot.split].append(shot)
        if not any(self.scenes.values()):
            raise SettingError(
                f"--clevr {self.folder}: no scenes/CLEVR_*_scenes.json there; give the folder that "
                "CLEVR_v1.0.zip unpacks to"
            )

    def shots(self, policy: Policy, split: Split, count: int) -> list[Shot]:
        rng = random.Random(f"{self.seed} {policy.name} {split}")
        by_leaf: dict[int, list[Shot]] = defaultdict(list)
        for shot in rng.sample(self.scenes[split], len(self.scenes[split])):
            by_leaf[decide(policy.tree, shot.things).leaf.case].append(shot)
        result: list[Shot] = []
        while len(result) < count and any(by_leaf.values()):
            for those in list(by_leaf.values()):
                if those and len(result) < count:
                    result.append(those.pop())
        return self._enough(result, split, count)

    def any(self, split: Split, count: int) -> list[Shot]:
        """So many pictures, whatever is on them."""
        rng = random.Random(f"{self.seed} {split}")
        those = self.scenes[split]
        return self._enough(rng.sample(those, min(count, len(those))), split, count)

    def _enough(self, shots: list[Shot], split: Split, count: int) -> list[Shot]:
        if len(shots) < count:
            raise SettingError(
                f"--{split}: {count} scenes are asked for, but {self.folder} has only {len(shots)} "
                "of that split"
            )
        return shots


def released(path: Path) -> Iterator[Shot]:
    """The pictures of a CLEVR scenes file.

    Raises:
        SettingError: it is not one, or a picture is missing.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["scenes"]
        for entry in entries:
            image = path.parent.parent / "images" / entry["split"] / entry["image_filename"]
            if not image.is_file():
                raise SettingError(f"{path}: its picture {image} is missing")
            with Image.open(image) as opened:
                size = opened.size
            yield _shot(entry, split_of(read(entry)), str(image.resolve()), size)
    except (ValueError, KeyError, TypeError) as fault:
        if isinstance(fault, SettingError):
            raise
        raise SettingError(f"{path}: not a CLEVR scenes file: {fault}") from None


def _shot(entry: dict[str, Any], split: Split, image: str, size: tuple[int, int]) -> Shot:
    """A picture whose objects are placed; `size` is its width and height in pixels."""
    (width, height), points = size, [each["pixel_coords"] for each in entry["objects"]]
    middles = tuple((x / width, y / height) for x, y, *_ in points)
    return Shot(split, image, read(entry), middles)
