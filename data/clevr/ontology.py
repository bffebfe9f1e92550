"""CLEVR's ontology: what an object can be.

The words, the colours' values and the objects' extents are those of CLEVR's generator (arXiv
1612.06890).
"""

from __future__ import annotations

COLORS = {
    "gray": (87, 87, 87),
    "red": (173, 35, 35),
    "blue": (42, 75, 215),
    "green": (29, 105, 20),
    "brown": (129, 74, 25),
    "purple": (129, 38, 192),
    "cyan": (41, 208, 208),
    "yellow": (255, 238, 51),
}
"""sRGB, 0 to 255."""

SIZES = {"small": 0.35, "large": 0.7}
"""Radius of a sphere or cylinder, and half the height of a cylinder; a cube is as wide as what
stands in such a circle."""

ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "size": tuple(SIZES),
    "color": tuple(COLORS),
    "material": ("rubber", "metal"),
    "shape": ("cube", "sphere", "cylinder"),
}
"""Attribute → its values, in the order in which adjectives are said."""

DIRECTIONS = ("left", "right", "front", "behind")
