"""Scenes and their pictures: what stands where is what is drawn there."""

from __future__ import annotations

import itertools
import math
import random

import numpy as np
import pytest

from data.clevr import render, scenes
from data.clevr.ontology import ATTRIBUTES, SIZES
from data.clevr.scenes import Scene, Thing

SEEDS = range(12)


def sample(seed: int) -> Scene:
    rng = random.Random(seed)
    return scenes.place(scenes.kinds(rng), rng)


@pytest.fixture(scope="module")
def sampled() -> list[Scene]:
    return [sample(seed) for seed in SEEDS]


def test_objects_stand_apart(sampled: list[Scene]) -> None:
    for scene in sampled:
        assert 3 <= len(scene.things) <= 6
        for one, other in itertools.combinations(scene.things, 2):
            gap = math.hypot(one.x - other.x, one.y - other.y)
            assert gap > SIZES[one.size] + SIZES[other.size]


def test_every_object_is_seen(sampled: list[Scene]) -> None:
    for scene in sampled:
        seen = scenes.visible(scene, 120, 120)
        assert set(range(len(scene.things))) <= set(seen.ravel().tolist())


@pytest.mark.parametrize("shape", ATTRIBUTES["shape"])
@pytest.mark.parametrize("size", ATTRIBUTES["size"])
def test_an_object_alone_covers_its_pixel(shape: str, size: str) -> None:
    rng = random.Random(f"{shape} {size}")
    thing = Thing(shape, size, "red", "rubber", rng.uniform(-2, 2), rng.uniform(-1, 1), 20)
    scene = Scene((thing,), scenes.camera(rng))
    x, y, depth = scenes.graph(scene, 0, "", "", 200, 150)["objects"][0]["pixel_coords"]
    assert scenes.visible(scene, 200, 150)[y, x] == 0
    away = np.linalg.norm(thing.solid.center - np.array(scene.camera.position))
    assert 0.9 * away < depth <= away
    empty = render.render(Scene((), scene.camera), 200, 150).astype(int)
    with_it = render.render(scene, 200, 150).astype(int)
    red, green, blue = with_it[y, x]
    assert red > 1.5 * max(green, blue) and abs(with_it[y, x] - empty[y, x]).max() > 40


def test_the_same_seed_makes_the_same_picture() -> None:
    pictures = [render.png(render.render(sample(seed), 64, 64)) for seed in (5, 5, 6)]
    assert pictures[0] == pictures[1] != pictures[2]


def test_what_stands_before_hides_what_stands_behind() -> None:
    camera = scenes.camera(random.Random(0))
    behind = Scene((), camera).directions["behind"]
    front = Thing("cube", "large", "red", "rubber", 0, 0)
    back = Thing("sphere", "small", "blue", "rubber", *(1.2 * behind[:2]).tolist())
    alone = (scenes.visible(Scene((back,), camera), 150, 150) == 0).sum()
    both = scenes.visible(Scene((back, front), camera), 150, 150)
    assert (both == 0).sum() < alone
    places = scenes.graph(Scene((back, front), camera), 0, "", "", 150, 150)
    assert places["relationships"]["behind"] == [[], [0]]
    assert places["relationships"]["front"] == [[1], []]


@pytest.mark.parametrize("shape", ATTRIBUTES["shape"])
def test_metal_shines_and_rubber_does_not(shape: str) -> None:
    camera = scenes.camera(random.Random(1))
    rubber, metal = (
        render.render(Scene((Thing(shape, "large", "blue", material),), camera)).astype(float)
        for material in ("rubber", "metal")
    )
    seen = scenes.visible(Scene((Thing(shape, "large", "blue", "metal"),), camera), 224, 224) == 0
    white = [(picture[seen].min(axis=1) > 150).sum() for picture in (rubber, metal)]
    assert white[0] == 0 and white[1] > 10
    assert metal[seen].std(axis=0).sum() > rubber[seen].std(axis=0).sum()


def test_a_shadow_falls_beside_the_object() -> None:
    camera = scenes.camera(random.Random(2))
    thing = Scene((Thing("cylinder", "large", "gray", "rubber"),), camera)
    ground = scenes.visible(thing, 120, 120) != 0
    empty = render.render(Scene((), camera), 120, 120).astype(int)[ground].sum(axis=1)
    shadow = render.render(thing, 120, 120).astype(int)[ground].sum(axis=1)
    assert (shadow < 0.8 * empty).sum() > 100


def test_relationships_are_opposites(sampled: list[Scene]) -> None:
    for scene in sampled:
        related = scenes.graph(scene, 0, "", "", 224, 224)["relationships"]
        for one, other in (("left", "right"), ("front", "behind")):
            for number, those in enumerate(related[one]):
                assert all(number in related[other][each] for each in those)
                # The margin leaves no two objects level with each other.
                assert len(those) + len(related[other][number]) == len(scene.things) - 1


def test_scene_files_are_read_back(sampled: list[Scene]) -> None:
    for scene in sampled:
        entry = scenes.graph(scene, 0, "a.png", "val", 224, 224)
        for was, now in zip(scene.things, scenes.read(entry), strict=True):
            assert all(getattr(was, name) == getattr(now, name) for name in ATTRIBUTES)
            assert was.x == pytest.approx(now.x, abs=1e-4)
    entry["objects"][0]["color"] = "pink"
    with pytest.raises(ValueError, match="'pink' is none of"):
        scenes.read(entry)
    with pytest.raises(ValueError, match=r"scene a\.png: not an entry"):
        scenes.read({"image_filename": "a.png"})


def test_too_many_objects_find_no_room() -> None:
    with pytest.raises(ValueError, match="ask for fewer"):
        scenes.place(scenes.kinds(random.Random(0), 60, 60), random.Random(0))
