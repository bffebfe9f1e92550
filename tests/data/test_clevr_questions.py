"""Questions on scenes: answers are what the scene graph gives, and no wording tells the answer."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from dataclasses import replace

import pytest

from data.clevr import questions
from data.clevr.files import Made, Shot
from data.clevr.ontology import ATTRIBUTES
from data.clevr.questions import Question, Setting, generate, have, listed, noun
from data.clevr.scenes import Thing, read

CONTENT = re.compile(
    rf"(?:\b(?:{'|'.join([*ATTRIBUTES, *sum(ATTRIBUTES.values(), ())])}|object)s?\b ?)+"
)
OF = {value: name for name, values in ATTRIBUTES.items() for value in values}


def asked(count: int) -> list[tuple[tuple[Thing, ...], Question]]:
    """Questions on scenes that nobody rendered."""
    rng = random.Random(1)
    return [(it.things, each) for it in shots(count) for each in questions.questions(it, rng)]


def shots(count: int) -> list[Shot]:
    """Scenes whose objects are anywhere."""
    made, rng = Made(0), random.Random(0)
    drawn = [made.take("train", lambda: questions.drawn(rng)) for _ in range(count)]
    return [
        replace(it, middles=tuple((rng.random(), rng.random()) for _ in it.things)) for it in drawn
    ]


def words(question: str) -> dict[str, str]:
    """The attributes that a question names."""
    return {OF[word]: word for word in re.findall(r"\w+?(?=s?\b)", question) if word in OF}


@pytest.mark.parametrize("kind", ["exists", "count", "attribute"])
def test_answers_are_what_the_scene_gives(kind: str) -> None:
    those = [(things, each) for things, each in asked(60) if each.kind == kind]
    assert len(those) >= 50
    for things, each in those:
        told = words(each.question)
        assert noun(told) in each.question
        match kind:
            case "exists":
                assert each.answer == ("yes" if have(things, told) else "no")
            case "count":
                assert each.answer == str(have(things, told))
            case _:
                assert (
                    have(things, told) == 1 == have(things, told | {OF[each.answer]: each.answer})
                )
                assert OF[each.answer] in each.question


def test_yes_is_as_frequent_as_no_whatever_is_named() -> None:
    counts: Counter[tuple] = Counter()
    for _, each in asked(200):
        if each.kind == "exists":
            counts[(*sorted(words(each.question)), each.answer)] += 1
    for (*names, answer), count in counts.items():
        assert count == counts[(*names, "no" if answer == "yes" else "yes")]


def test_a_no_is_a_near_miss() -> None:
    for things, each in asked(60):
        if each.kind == "exists" and each.answer == "no":
            told = words(each.question)
            assert any(
                have(things, {name: told[name] for name in told if name != changed})
                for changed in told
            )


def test_a_list_names_every_object_by_rows() -> None:
    kinds = [{"shape": "cube", "size": "small", "color": c, "material": "metal"} for c in "abcd"]
    middles = ((0.9, 0.1), (0.1, 0.6), (0.2, 0.05), (0.05, 0.9))
    shot = Shot("train", "x.png", tuple(map(Thing.of, kinds)), middles)
    assert re.findall(r"\b[a-d]\b", listed(shot)) == ["c", "a", "b", "d"]
    for each in shots(20):
        *_, last = questions.questions(each, random.Random(2))
        assert last.kind == "list"
        assert Counter(last.answer.split(", ")) == Counter(noun(t.kind) for t in each.things)


def test_files_are_as_described_and_the_same_each_time() -> None:
    setting = Setting(3, 2, 1)
    files = dict(generate(setting))
    assert files == dict(generate(setting))
    wordings = []
    for split in ("train", "test"):
        entries = json.loads(files[f"scenes/CLEVR_{split}_scenes.json"])["scenes"]
        known = {f"images/{split}/{e['image_filename']}": read(e) for e in entries}
        those = [
            Question.model_validate_json(line) for line in files[f"{split}.jsonl"].splitlines()
        ]
        assert {each.image for each in those} == set(known) <= set(files)
        for each in those:
            if each.kind == "count":
                assert each.answer == str(have(known[each.image], words(each.question)))
        for entry, line in zip(entries, files[f"{split}-things.jsonl"].splitlines(), strict=True):
            for told, thing in zip(json.loads(line)["things"], entry["objects"], strict=True):
                assert told["words"] == {name: thing[name] for name in ATTRIBUTES}
                pixels = [told["x"] * 224, told["y"] * 224]
                assert pixels == pytest.approx(thing["pixel_coords"][:2], abs=0.02)
        wordings.append({CONTENT.sub("…", each.question) for each in those})
    assert not wordings[0] & wordings[1]
