"""Where rays meet cubes, spheres and cylinders, and where points fall on a picture.

In: arrays of rays (origins and directions, N×3, float32) and solids. Out: distances, normals and
pixels. All solids are convex, so none shadows or mirrors itself: whoever follows rays from a
solid's surface leaves that solid out, and no distance needs a tolerance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Ints = NDArray[np.int64]

GROUND = -1
"""What a ray has met that has met no solid."""
_BEVEL = 0.12
"""How much of a half-width the edges of cubes and cylinders are rounded by."""


@dataclass(frozen=True)
class Solid:
    """A solid that stands on the ground; `extent` is half its height and half its width."""

    shape: str
    x: float
    y: float
    extent: float
    rotation: float = 0.0

    @cached_property
    def center(self) -> Floats:
        return np.array([self.x, self.y, self.extent], np.float32)

    @cached_property
    def reach(self) -> float:
        """Radius of a ball around it."""
        return (
            self.extent
            * {"sphere": 1.0, "cylinder": math.sqrt(2), "cube": math.sqrt(3)}[self.shape]
        )

    @cached_property
    def _turn(self) -> Floats:
        """Takes a row vector of the world into the solid's own, whose half-width is 1."""
        c, s = math.cos(self.rotation), math.sin(self.rotation)
        return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]], np.float32) / self.extent

    def meet(self, origins: Floats, directions: Floats) -> Floats:
        """Distance along each ray to where it enters; infinite where it does not."""
        o, d = (origins - self.center) @ self._turn, directions @ self._turn
        with np.errstate(divide="ignore", invalid="ignore"):
            near, far = {"sphere": _ball, "cube": _box, "cylinder": _can}[self.shape](o, d)
        return np.where((near < far) & (near > 0), near, np.float32(np.inf))

    def normals(self, points: Floats) -> Floats:
        """Outward, at points of the surface; edges are rounded."""
        p = (points - self.center) @ self._turn
        if self.shape == "cube":
            p = np.sign(p) * np.maximum(np.abs(p) - (1 - _BEVEL), 0)
        elif self.shape == "cylinder":
            radius = np.hypot(p[:, :1], p[:, 1:2])
            out = np.maximum(radius - (1 - _BEVEL), 0) / np.maximum(radius, 1e-6)
            up = np.sign(p[:, 2:]) * np.maximum(np.abs(p[:, 2:]) - (1 - _BEVEL), 0)
            p = np.concatenate([p[:, :2] * out, up], axis=1)
        return unit(p @ self._turn.T)


def _ball(o: Floats, d: Floats) -> tuple[Floats, Floats]:
    return _round(o, d, _dots(o, o) - 1)


def _can(o: Floats, d: Floats) -> tuple[Floats, Floats]:
    flat_o, flat_d = o[:, :2], d[:, :2]
    near, far = _round(flat_o, flat_d, _dots(flat_o, flat_o) - 1)
    one, other = (-1 - o[:, 2]) / d[:, 2], (1 - o[:, 2]) / d[:, 2]
    return np.maximum(near, np.minimum(one, other)), np.minimum(far, np.maximum(one, other))


def _round(o: Floats, d: Floats, c: Floats) -> tuple[Floats, Floats]:
    """Roots of |o + t·d|² = 1; not-a-number where there are none."""
    a, b = _dots(d, d), _dots(o, d)
    root = np.sqrt(b * b - a * c)
    return (-b - root) / a, (-b + root) / a


def _box(o: Floats, d: Floats) -> tuple[Floats, Floats]:
    one, other = (-1 - o) / d, (1 - o) / d
    near, far = np.minimum(one, other).T, np.maximum(one, other).T  # three rows, each quick
    return np.maximum(np.maximum(near[0], near[1]), near[2]), np.minimum(
        np.minimum(far[0], far[1]), far[2]
    )


def _dots(a: Floats, b: Floats) -> Floats:
    return np.einsum("ij,ij->i", a, b)


def unit(vectors: Floats) -> Floats:
    """The vectors (N×3 or 3), each of length 1."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)


@dataclass(frozen=True)
class Hits:
    """What each ray meets first: the solid's number or `GROUND`, where, and the normal there."""

    solids: Ints
    points: Floats
    normals: Floats


def cast(solids: Sequence[Solid], origins: Floats, directions: Floats, skip: Ints) -> Hits:
    """Follow rays to the first solid that is not the one of `skip`, or to the ground.

    Rays that go up and meet nothing have infinite points.
    """
    with np.errstate(divide="ignore"):
        best = -origins[:, 2] / directions[:, 2]
    best = np.where(directions[:, 2] < 0, best, np.float32(np.inf))
    which = np.full(len(origins), GROUND)
    along, aside = _beside(solids, origins, directions)
    for number, solid in enumerate(solids):
        close = (aside[number] < solid.reach**2) & (along[number] > -solid.reach)
        rays = np.flatnonzero(close & (skip != number))
        distance = solid.meet(origins[rays], directions[rays])
        nearer = distance < best[rays]
        best[rays[nearer]] = distance[nearer]
        which[rays[nearer]] = number
    with np.errstate(invalid="ignore"):
        points = origins + best[:, None] * directions
    normals = np.zeros_like(points)
    normals[:, 2] = 1
    for number, solid in enumerate(solids):
        mine = which == number
        normals[mine] = solid.normals(points[mine])
    return Hits(which, points, normals)


def shaded(solids: Sequence[Solid], points: Floats, own: Ints, toward: Floats) -> Floats:
    """What part of a light each point does not get: 0 to 1.

    Args:
        own: the solid that each point is on.
        toward: directions to the light, K×3; several make the shadow's edge soft.
    """
    middle = unit(toward.mean(axis=0))
    spread = math.sqrt(max(0.0, 1 - float(np.min(toward @ middle)) ** 2))
    along, aside = _beside(solids, points, middle[None])
    reach = np.array([solid.reach for solid in solids], np.float32)[:, None]
    near = (aside < (reach + spread * np.maximum(along, 0)) ** 2) & (along > -reach)
    near &= own != np.arange(len(solids))[:, None]
    some = np.flatnonzero(near.any(axis=0))
    lit = np.ones((len(toward), len(some)), bool)
    for number, solid in enumerate(solids):
        at = np.flatnonzero(near[number, some])
        origins = np.tile(points[some[at]], (len(toward), 1))
        met = solid.meet(origins, np.repeat(toward, len(at), axis=0))
        lit[:, at] &= np.isinf(met).reshape(len(toward), len(at))
    result = np.zeros(len(points), np.float32)
    result[some] = 1 - lit.mean(axis=0, dtype=np.float32)
    return result


def _beside(solids: Sequence[Solid], origins: Floats, directions: Floats) -> tuple[Floats, Floats]:
    """How far along each ray a solid's middle is, and the square of how far aside (solids×N)."""
    centers = np.array([solid.center for solid in solids], np.float32).reshape(-1, 3)
    along = centers @ directions.T - _dots(origins, np.broadcast_to(directions, origins.shape))
    square = _dots(centers, centers)[:, None] - 2 * (centers @ origins.T) + _dots(origins, origins)
    return along, square - along * along


@dataclass(frozen=True)
class Camera:
    """A perspective camera that looks at the ground's `target`; `field` is half the width of what
    it sees at distance 1."""

    position: tuple[float, float, float]
    target: tuple[float, float, float]
    field: float

    @cached_property
    def axes(self) -> Floats:
        """Rows: to the right, up, ahead."""
        ahead = unit(np.array(self.target, np.float32) - np.array(self.position, np.float32))
        right = unit(np.cross(ahead, np.array([0, 0, 1], np.float32)))
        return np.stack([right, np.cross(right, ahead), ahead]).astype(np.float32)

    def rays(self, pixels: Floats, width: int, height: int) -> Floats:
        """Unit directions through places on the picture (N×2: from the left, from the top)."""
        across = (pixels[:, :1] / width * 2 - 1) * self.field
        up = (height - 2 * pixels[:, 1:]) / width * self.field
        ahead = np.ones_like(across)
        return unit(np.concatenate([across, up, ahead], axis=1) @ self.axes)

    def project(self, points: Floats, width: int, height: int) -> Floats:
        """Pixels from the left, from the top, and depth, of points (N×3)."""
        across, up, depth = ((points - np.array(self.position, np.float32)) @ self.axes.T).T
        scale = width / 2 / (depth * self.field)
        return np.stack([width / 2 + across * scale, height / 2 - up * scale, depth], axis=1)
