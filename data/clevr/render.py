"""The picture of a scene: rays cast at the solids, with shadows, matte and mirroring surfaces.

In: a `Scene` and a size in pixels. Out: sRGB (height×width×3, uint8), the same for the same scene
(machines whose numpy rounds differently may differ by one in a pixel).

The lamps stand as in CLEVR's scene (a key, a fill and a back light) and the ground is gray. Rubber
scatters light and has a wide, faint highlight; metal mirrors the studio and its neighbours in its
own colour and has small, strong ones. Simplified against a path tracer: light that surfaces throw
on each other is an ambient light with analytic occlusion, mirrors mirror once, and only pixels at
outlines are sampled more than once.
"""

from __future__ import annotations

import io
import math

import numpy as np

from data.clevr.geometry import GROUND, Floats, Hits, Ints, Solid, cast, shaded, unit
from data.clevr.ontology import COLORS
from data.clevr.scenes import Scene

_GROUND = 0.42
_FINE = 3
"""Samples across a pixel at an outline."""
_CONTRAST = 0.06
"""What makes an outline: so much more or less light than the pixel beside."""


def render(scene: Scene, width: int = 224, height: int = 224) -> np.ndarray:
    """The picture (height×width×3, uint8)."""
    rows, columns = np.mgrid[:height, :width]
    corners = np.stack([columns.ravel(), rows.ravel()], axis=1).astype(np.float32)
    picture = _Picture(scene)
    light = picture.seen(scene.camera.rays(corners + 0.5, width, height))
    edges = np.flatnonzero(_outlines(light.reshape(height, width, 3)))
    steps = (np.arange(_FINE, dtype=np.float32) + 0.5) / _FINE
    within = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    fine = (corners[edges][:, None] + within).reshape(-1, 2)
    more = picture.seen(scene.camera.rays(fine, width, height))
    light[edges] = more.reshape(len(edges), _FINE**2, 3).mean(axis=1)
    return (_srgb(light) * 255 + 0.5).astype(np.uint8).reshape(height, width, 3)


def png(pixels: np.ndarray) -> bytes:
    """The picture as a PNG file."""
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def _outlines(light: np.ndarray) -> np.ndarray:
    """Pixels (height×width) that differ much from a neighbour."""
    edge = np.zeros(light.shape[:2], bool)
    for one, other in (
        (np.s_[1:, :], np.s_[:-1, :]),
        (np.s_[:, 1:], np.s_[:, :-1]),
    ):
        differ = np.abs(light[one] - light[other]).max(axis=2) > _CONTRAST
        edge[one] |= differ
        edge[other] |= differ
    return edge


class _Picture:
    """A scene's lamps and colours, and what comes along a ray."""

    def __init__(self, scene: Scene) -> None:
        self.solids = scene.solids
        self.eye = np.array(scene.camera.position, np.float32)
        colors = [COLORS[thing.color] for thing in scene.things]
        self.colors = _linear(np.array([*colors, (0, 0, 0)], np.float32) / 255)
        self.metal = np.array([t.material == "metal" for t in scene.things] + [False])
        right, _, ahead = scene.camera.axes
        flat = unit(ahead * np.array([1, 1, 0], np.float32))
        up = np.array([0, 0, 1], np.float32)
        turn = math.sin(scene.sun)
        self.key = unit(-0.25 * flat + (0.75 + turn) * right + 0.95 * up)
        self.fill = unit(-0.75 * flat - (0.9 - turn) * right + 0.75 * up)
        self.back = unit(0.9 * flat - 0.3 * right + 0.8 * up)
        self.soft = _disc(self.key, 0.09, 12), _disc(self.fill, 0.16, 8)
        self.hard = self.key[None], self.fill[None]

    def seen(self, rays: Floats) -> Floats:
        """Light (N×3, linear) that comes to the eye along rays."""
        start = np.broadcast_to(self.eye, rays.shape)
        hits = cast(self.solids, start, rays, np.full(len(rays), GROUND))
        light = self.scattered(hits, rays, self.soft)
        mirrors = np.flatnonzero(self.metal[hits.solids])
        if len(mirrors):
            sub = Hits(hits.solids[mirrors], hits.points[mirrors], hits.normals[mirrors])
            light[mirrors] = self.mirrored(sub, rays[mirrors], light[mirrors])
        return light

    def scattered(self, hits: Hits, rays: Floats, lamps: tuple[Floats, Floats]) -> Floats:
        """Light that matte surfaces throw back; `lamps`: directions to the key and the fill."""
        n, own = hits.normals, hits.solids
        key = np.maximum(n @ self.key, 0)
        key *= 1 - shaded(self.solids, hits.points, own, lamps[0])
        fill = np.maximum(n @ self.fill, 0)
        fill *= 1 - shaded(self.solids, hits.points, own, lamps[1])
        back = np.maximum(n @ self.back, 0)
        ambient = (0.62 + 0.38 * n[:, 2]) * (1 - _occlusion(self.solids, hits.points, n, own))
        amount = 0.72 * key + 0.2 * fill + 0.1 * back + 0.3 * ambient
        ground = _GROUND * (1.08 - 0.012 * (hits.points[:, :2] ** 2).sum(axis=1).clip(0, 40))
        albedo = np.where((own == GROUND)[:, None], ground[:, None], self.colors[own])
        gloss = np.where(own == GROUND, 0, 0.05 * key * _blinn(n, rays, self.key, 14))
        return albedo * (1.25 * amount[:, None]) + gloss[:, None].astype(np.float32)

    def mirrored(self, hits: Hits, rays: Floats, scattered: Floats) -> Floats:
        """Light from metal: the studio in its colour, and highlights."""
        n = hits.normals
        facing = np.einsum("ij,ij->i", rays, n)
        ways = rays - 2 * facing[:, None] * n
        around = cast(self.solids, hits.points, ways, hits.solids)
        met = np.isfinite(around.points[:, 0])
        there = Hits(around.solids[met], around.points[met], around.normals[met])
        image = np.repeat(self.studio(ways)[:, None], 3, axis=1)
        image[met] = self.scattered(there, ways[met], self.hard)
        fresnel = 0.12 + 0.5 * (1 + facing[:, None]).clip(0, 1) ** 4
        tint = self.colors[hits.solids]
        shine = 1.6 * _blinn(n, rays, self.key, 220) + 0.8 * _blinn(n, rays, self.fill, 160)
        strength = tint / np.maximum(tint.max(axis=1, keepdims=True), 0.35) * 0.9
        color = strength + (1 - strength) * fresnel
        return 0.3 * scattered + 0.95 * color * image + shine[:, None]

    def studio(self, ways: Floats) -> Floats:
        """Brightness of what stands around: a dim room with softboxes where the lamps are."""
        base = 0.12 + 0.38 * np.maximum(ways[:, 2], 0)
        for lamp, strength, edge in ((self.key, 2.2, 0.93), (self.fill, 1.2, 0.9),
                                     (self.back, 1.0, 0.9)):  # fmt: skip
            base = base + strength * ((ways @ lamp - edge) / (1 - edge) * 3).clip(0, 1)
        return base.astype(np.float32)


def _disc(toward: Floats, radius: float, count: int) -> Floats:
    """Directions spread evenly over a round lamp (count×3)."""
    side = unit(np.cross(toward, np.array([0, 0, 1], np.float32)))
    other = np.cross(toward, side)
    turn = np.arange(count) * math.pi * (3 - math.sqrt(5))
    out = radius * np.sqrt((np.arange(count) + 0.5) / count)
    across = np.outer(out * np.cos(turn), side) + np.outer(out * np.sin(turn), other)
    return unit(toward + across).astype(np.float32)


def _occlusion(solids: tuple[Solid, ...], points: Floats, normals: Floats, own: Ints) -> Floats:
    """What part of the surroundings the solids hide from points, each taken for a ball."""
    centers = np.array([solid.center for solid in solids], np.float32).reshape(-1, 3)
    hidden = np.zeros(len(points), np.float32)
    square = np.einsum("ij,ij->i", points, points)
    height = np.einsum("ij,ij->i", points, normals)
    for number, (solid, center) in enumerate(zip(solids, centers, strict=True)):
        far = square - 2 * (points @ center) + center @ center
        facing = (normals @ center - height) / np.sqrt(far)
        amount = (solid.extent**2 / far).clip(0, 1) * facing.clip(0, 1)
        hidden += np.where(own == number, 0, amount)
    low = (1 - points[:, 2] / 0.5).clip(0, 1) * (own != GROUND)
    return (hidden + 0.35 * low).clip(0, 0.85)


def _blinn(normals: Floats, rays: Floats, lamp: Floats, power: float) -> Floats:
    """Blinn's highlight."""
    half = unit(lamp - rays)
    return np.einsum("ij,ij->i", normals, half).clip(0, 1) ** power


def _linear(srgb: Floats) -> Floats:
    return srgb**2.2


def _srgb(light: Floats) -> Floats:
    """With a shoulder instead of a hard end, as film has."""
    light = np.maximum(light, 0)
    rolled = np.where(light > 0.7, 1 - 0.3 * np.exp(-(light - 0.7) / 0.3), light)
    return rolled ** (1 / 2.2)
