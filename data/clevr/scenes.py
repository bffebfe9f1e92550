"""Random scenes, and scene graphs in CLEVR's own JSON.

In: a random source and what the objects shall be, or a scene graph. Out: `Scene`, whose objects
stand apart, in each of the four directions too, and can all be seen; `graph` writes it as an entry
of CLEVR's scenes file, `read` reads such entries.

After CLEVR's generator (arXiv 1612.06890, appendix A). Simplified: objects stand in a circle and
the camera looks down more steeply, which fills a square picture; how much of an object must be
seen is set as a part of the picture and also as a part of the object.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from data.clevr.geometry import GROUND, Camera, Floats, Ints, Solid, cast, unit
from data.clevr.ontology import ATTRIBUTES, DIRECTIONS, SIZES

Kind = dict[str, str]
"""An object's attributes."""

LEAST, MOST = 3, 6
"""Objects in a scene."""
ROOM = 2.6
"""Radius of the circle the objects' middles stand in."""
_APART = 0.25
_MARGIN = 0.3
"""Least distance along each of the four directions, so that 'left of' is never a near thing."""
_BESIDE = 0.2
"""CLEVR's least distance for one object to count as beside another."""
_SEEN_OF_PICTURE = 200 / (480 * 320)
_SEEN_OF_OBJECT = 0.5
_LOOK = 96
"""Width and height of the picture on which it is counted what can be seen."""
_TRIES = 50


@dataclass(frozen=True)
class Thing:
    """An object of a scene; `rotation` in degrees about its upright axis."""

    shape: str
    size: str
    color: str
    material: str
    x: float = 0.0
    y: float = 0.0
    rotation: float = 0.0

    @classmethod
    def of(cls, kind: Mapping[str, str], x: float = 0, y: float = 0, rotation: float = 0) -> Thing:
        shape, size, color, material = (kind[n] for n in ("shape", "size", "color", "material"))
        return cls(shape, size, color, material, x, y, rotation)

    @property
    def kind(self) -> Kind:
        return {name: getattr(self, name) for name in ATTRIBUTES}

    @cached_property
    def solid(self) -> Solid:
        extent = SIZES[self.size] / (math.sqrt(2) if self.shape == "cube" else 1)
        return Solid(self.shape, self.x, self.y, extent, math.radians(self.rotation))


@dataclass(frozen=True)
class Scene:
    """Objects, and how they are looked at and lit; `sun` turns the lamps about the middle."""

    things: tuple[Thing, ...]
    camera: Camera
    sun: float = 0.0

    @cached_property
    def solids(self) -> tuple[Solid, ...]:
        return tuple(thing.solid for thing in self.things)

    @cached_property
    def directions(self) -> dict[str, Floats]:
        """'left', 'right', 'front', 'behind' as they look from the camera, along the ground."""
        right, _, ahead = self.camera.axes
        flat = np.array([1, 1, 0], np.float32)
        right, behind = unit(right * flat), unit(ahead * flat)
        return {"left": -right, "right": right, "front": -behind, "behind": behind}


def kinds(
    rng: random.Random,
    least: int = LEAST,
    most: int = MOST,
    values: Mapping[str, Sequence[str]] = ATTRIBUTES,
) -> list[Kind]:
    """The attributes of `least` to `most` random objects; `values`: what each can be."""
    return [
        {name: rng.choice(those) for name, those in values.items()}
        for _ in range(rng.randint(least, most))
    ]


def place(kinds: Sequence[Kind], rng: random.Random) -> Scene:
    """A scene of such objects, each where it has room and is seen.

    Raises:
        ValueError: so many objects do not find room.
    """
    for _ in range(_TRIES):
        scene: Scene | None = Scene((), camera(rng), rng.uniform(-0.3, 0.3))
        for kind in kinds:
            scene = scene and _added(scene, kind, rng)
        if scene and all(_seen(scene)):
            return scene
    raise ValueError(f"no room for {len(kinds)} objects: ask for fewer")


def camera(rng: random.Random) -> Camera:
    """Where CLEVR's camera stands, but higher, give or take a little."""
    x, y, z = (c + rng.uniform(-0.3, 0.3) for c in (7.3, -6.3, 6.8))
    return Camera((x, y, z), (0.0, 0.0, 0.25), 0.29)


def _added(scene: Scene, kind: Kind, rng: random.Random) -> Scene | None:
    """With one more object, if it finds room."""
    for _ in range(50):
        radius, angle = ROOM * math.sqrt(rng.random()), rng.uniform(0, 2 * math.pi)
        x, y = radius * math.cos(angle), radius * math.sin(angle)
        thing = Thing.of(kind, x, y, rng.uniform(0, 360))
        if all(_apart(thing, other, scene) for other in scene.things):
            return Scene((*scene.things, thing), scene.camera, scene.sun)
    return None


def _apart(one: Thing, other: Thing, scene: Scene) -> bool:
    x, y = one.x - other.x, one.y - other.y
    if math.hypot(x, y) < SIZES[one.size] + SIZES[other.size] + _APART:
        return False
    ways = (scene.directions["right"], scene.directions["behind"])
    return all(abs(x * way[0] + y * way[1]) > _MARGIN for way in ways)


def visible(scene: Scene, width: int, height: int) -> Ints:
    """The picture's pixels (height×width) as the numbers of the objects seen there."""
    rows, columns = np.mgrid[:height, :width]
    pixels = np.stack([columns.ravel(), rows.ravel()], axis=1).astype(np.float32) + 0.5
    rays = scene.camera.rays(pixels, width, height)
    start = np.broadcast_to(np.array(scene.camera.position, np.float32), rays.shape)
    hits = cast(scene.solids, start, rays, np.full(len(rays), GROUND))
    return hits.solids.reshape(height, width)


def _seen(scene: Scene) -> list[bool]:
    """Whether enough of each object is seen."""
    together = visible(scene, _LOOK, _LOOK)
    result = []
    for number, thing in enumerate(scene.things):
        alone = visible(Scene((thing,), scene.camera), _LOOK, _LOOK) == 0
        seen = int((together == number).sum())
        enough = max(_SEEN_OF_PICTURE * _LOOK * _LOOK, _SEEN_OF_OBJECT * int(alone.sum()))
        result.append(seen >= enough)
    return result


# --- CLEVR's JSON -------------------------------------------------------------------------------


def graph(
    scene: Scene, index: int, filename: str, split: str, width: int, height: int
) -> dict[str, Any]:
    """The scene as an entry of CLEVR's scenes file."""
    middles = np.array([thing.solid.center for thing in scene.things], np.float32).reshape(-1, 3)
    pixels = scene.camera.project(middles, width, height)
    objects = [
        {
            "color": thing.color,
            "size": thing.size,
            "rotation": round(thing.rotation, 4),
            "shape": thing.shape,
            "3d_coords": [round(float(c), 4) for c in middle],
            "material": thing.material,
            "pixel_coords": [int(x), int(y), round(float(depth), 4)],
        }
        for thing, middle, (x, y, depth) in zip(scene.things, middles, pixels, strict=True)
    ]
    ways = scene.directions
    relationships = {
        name: [
            [
                other
                for other in range(len(middles))
                if float((middles[other] - middles[one]) @ ways[name]) > _BESIDE
            ]
            for one in range(len(middles))
        ]
        for name in DIRECTIONS
    }
    return {
        "split": split,
        "image_index": index,
        "image_filename": filename,
        "objects": objects,
        "relationships": relationships,
        "directions": {name: [round(float(c), 4) for c in way] for name, way in ways.items()},
    }


def read(entry: Mapping[str, Any]) -> tuple[Thing, ...]:
    """The objects of an entry of a scenes file.

    Raises:
        ValueError: the entry is not one, or knows a word that CLEVR does not have.
    """
    try:
        return tuple(_thing(each) for each in entry["objects"])
    except (KeyError, TypeError, IndexError) as fault:
        name = entry.get("image_filename", "?") if isinstance(entry, Mapping) else "?"
        raise ValueError(f"scene {name}: not an entry of a CLEVR scenes file ({fault!r})") from None


def _thing(entry: Mapping[str, Any]) -> Thing:
    for name, values in ATTRIBUTES.items():
        if entry[name] not in values:
            raise ValueError(f"{name} {entry[name]!r} is none of {', '.join(values)}")
    x, y = entry["3d_coords"][:2]
    return Thing.of(entry, float(x), float(y), float(entry["rotation"]))
