"""ClevrPolicy: trees, their documents, items; the reference is the truth everywhere."""

from __future__ import annotations

import json
import os
import random
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from data.clevr import benchmark, files
from data.clevr.benchmark import Setting
from data.clevr.files import Made, split_of
from data.clevr.items import Item, Override, Referral
from data.clevr.policy import Policy, case, chain, crop, make, response
from data.clevr.questions import noun
from data.clevr.scenes import Thing, read
from data.clevr.trees import Branch, Tree, changed, decide, grow, kinds_for, paths
from data.generated import SettingError
from data.grading import says
from parsers.policy import specify
from parsers.reading import document

SMALL = [Setting(2, "T", 2, 1, 8, 8), Setting(4, "M", 1, 2, 17, 8)]
DEPTHS = (2, 4, 6)


@cache
def made(setting: Setting) -> dict[str, bytes]:
    return dict(benchmark.generate(setting))


def rows(setting: Setting, name: str, model: type) -> list:
    return [model.model_validate_json(line) for line in made(setting)[name].splitlines()]


# --- trees --------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", DEPTHS)
def test_every_leaf_is_reached_by_scenes_drawn_for_it(depth: int) -> None:
    for seed in range(10):
        rng = random.Random(seed)
        tree = grow(depth, rng)
        ways = list(paths(tree))
        assert len(ways) in {2: [4], 4: [16], 6: [58, 59]}[depth]
        assert len({way.leaf.case for way in ways}) == len(ways)
        for way in ways:
            things = [Thing.of(kind) for kind in kinds_for(way, rng)]
            assert 3 <= len(things) <= 6 and decide(tree, things) == way


@pytest.mark.parametrize("depth", DEPTHS)
def test_what_was_true_is_not_asked_about_right_below(depth: int) -> None:
    def check(tree: Tree) -> None:
        if isinstance(tree, Branch):
            if isinstance(tree.yes, Branch):
                assert tree.yes.condition.attribute != tree.condition.attribute
            check(tree.yes)
            check(tree.no)

    for seed in range(10):
        check(grow(depth, random.Random(seed)))


def test_a_changed_branch_is_changed_and_no_other() -> None:
    tree = grow(4, random.Random(0))
    for way in paths(tree):
        branch, _ = way.tests[-1]
        new = Branch(branch.number, branch.condition, branch.no, branch.yes)
        after = {path.leaf: path.tests[:-1] for path in paths(changed(tree, new))}
        before = {path.leaf: path.tests[:-1] for path in paths(tree)}
        assert {leaf: len(tests) for leaf, tests in after.items()} == {
            leaf: len(tests) for leaf, tests in before.items()
        }
        assert changed(changed(tree, new), branch) == tree != changed(tree, new)


# --- documents ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("depth", "modality"), [(2, "M"), (4, "T"), (6, "T"), (6, "M")])
def test_the_parser_compiles_the_tree_that_was_written(depth: int, modality: str) -> None:
    rng = random.Random(depth)
    policy = make("Alder", depth, modality, rng)  # type: ignore[arg-type]
    spec = specify(document(policy.markdown, "alder"))
    (workflow,) = spec.workflows
    assert not spec.doubtful
    pictures = {f"picture {n}": condition for n, condition in enumerate(policy.pictures, 1)}
    assert {image.alt for image in spec.document.images} == set(pictures)
    for way in policy.paths:
        for _ in range(3):
            things = [Thing.of(kind) for kind in kinds_for(way, rng)]
            decision = workflow.decide(case(workflow.variables, things, pictures))
            assert decision.outcome == f'answer "{response(way.leaf)}"'
            assert [test.result for test in decision.tests] == [result for _, result in way.tests]


def test_pictures_name_no_value_and_words_name_every_one() -> None:
    shown = make("Alder", 6, "M", random.Random(3))
    told = make("Alder", 6, "T", random.Random(3))
    assert shown.tree == told.tree and len(shown.pictures) >= 5
    for branch in shown.branches.values():
        section, value = shown.section(branch), branch.condition.value
        assert ("![picture" in section) == (branch.condition in shown.pictures)
        assert (value in section) != (branch.condition in shown.pictures)
        assert value in told.section(branch)


def test_a_crop_shows_the_color() -> None:
    policy = make("Alder", 6, "M", random.Random(3))
    for condition in policy.pictures:
        if condition.value in ("red", "green", "blue"):
            middle = crop(condition, random.Random(0))[30:66, 30:66].mean(axis=(0, 1))
            assert middle.argmax() == ["red", "green", "blue"].index(condition.value)


def test_a_case_needs_variables_that_are_about_scenes() -> None:
    spec = specify(document("If the bag is heavy, charge 5 euros. Otherwise, charge 1 euro.", "x"))
    with pytest.raises(ValueError, match="does not ask what there is in a scene"):
        case(spec.variables, [])
    spec = specify(document('If there is a bag, answer "A". Otherwise, answer "B".', "x"))
    with pytest.raises(ValueError, match="nobody told what is meant"):
        case(spec.variables, [])


# --- the benchmark ------------------------------------------------------------------------------


def policies(setting: Setting) -> dict[str, Policy]:
    return {policy.name: policy for policy in benchmark.make_policies(setting)}


def scenes(setting: Setting) -> dict[str, tuple[Thing, ...]]:
    """Image → what its entry in the scene file says is there."""
    return {
        f"images/{split}/{entry['image_filename']}": read(entry)
        for split in ("train", "test")
        for entry in json.loads(made(setting)[f"scenes/CLEVR_{split}_scenes.json"])["scenes"]
    }


@pytest.mark.parametrize("setting", SMALL)
def test_gold_is_what_the_scene_graph_gives(setting: Setting) -> None:
    things = scenes(setting)
    for split in ("train", "test"):
        items = rows(setting, f"{split}.jsonl", Item)
        assert len(items) == getattr(setting, split)
        for item in items:
            path = decide(policies(setting)[item.policy].tree, things[item.image])
            seen, *tests = item.chain.splitlines()
            assert Counter(seen.removeprefix("Seen: ").rstrip(".").split(", ")) == Counter(
                noun(thing.kind) for thing in things[item.image]
            )
            assert item.answer == response(path.leaf)
            assert tests == chain(path, "").splitlines()[1:]
            assert item.policy in item.question and item.image in made(setting)


@pytest.mark.parametrize("setting", SMALL)
def test_items_are_balanced_over_the_leaves(setting: Setting) -> None:
    items = rows(setting, "train.jsonl", Item)
    for name, policy in policies(setting).items():
        counts = [
            sum(i.policy == name and i.answer == response(path.leaf) for i in items)
            for path in policy.paths
        ]
        assert max(counts) - min(counts) <= 1


@pytest.mark.parametrize("setting", SMALL)
def test_splits_share_nothing(setting: Setting) -> None:
    things = scenes(setting)
    shown: dict[str, set] = {"train": set(), "test": set()}
    for image, those in things.items():
        split = image.split("/")[1]
        assert split_of(those) == split
        shown[split].add(tuple(sorted(tuple(thing.kind.values()) for thing in those)))
    assert shown["train"] and shown["test"] and not shown["train"] & shown["test"]
    train, test = (rows(setting, f"{split}.jsonl", Item) for split in ("train", "test"))
    assert not {i.template for i in train} & {i.template for i in test}


@pytest.mark.parametrize("setting", SMALL)
def test_overrides_win_where_they_apply(setting: Setting) -> None:
    things, known = scenes(setting), policies(setting)
    overrides = rows(setting, "override.jsonl", Override)
    assert len(overrides) == setting.test
    for override in overrides:
        policy = known[override.policy]
        assert override.before == response(decide(policy.tree, things[override.image]).leaf)
        assert override.answer in override.chain and f"Policy {policy.name}" in override.change
        assert set(re.findall(r"\]\((.+?)\)", override.change)) <= set(made(setting))
    assert 0.2 <= sum(o.answer == o.before for o in overrides) / len(overrides) <= 0.3


@pytest.mark.parametrize("setting", SMALL)
def test_changed_documents_say_what_the_override_says(setting: Setting) -> None:
    """The document with the changed section in place compiles to the override's answer."""
    things, policy = scenes(setting), next(iter(policies(setting).values()))
    pictures = {f"picture {n}": condition for n, condition in enumerate(policy.pictures, 1)}
    for override in rows(setting, "override.jsonl", Override)[:4]:
        told, section = override.change.split("\n\n", 1)
        number = told.split("Condition ")[1].split(" ")[0]
        old = policy.section(policy.branches[number])
        spec = specify(document(policy.markdown.replace(old, section), "alder"))
        (workflow,) = spec.workflows
        facts = case(workflow.variables, things[override.image], pictures)
        assert workflow.decide(facts).outcome == f'answer "{override.answer}"'


@pytest.mark.parametrize("setting", SMALL)
def test_referral_answers_are_right_and_no_other_answer_is(setting: Setting) -> None:
    referrals = rows(setting, "referral.jsonl", Referral)

    def right(answer: str, referral: Referral) -> bool:
        return any(all(says(answer, phrase) for phrase in group) for group in referral.accept)

    for one in referrals:
        for other in referrals:
            if one.policy == other.policy and "-case-" not in one.id + other.id:
                assert right(other.answer, one) == (one.id == other.id)
        assert right(one.answer, one)


def test_the_same_setting_makes_the_same_bytes() -> None:
    setting = Setting(2, "M", 1, 1, 2, 1)
    assert dict(benchmark.generate(setting)) == dict(benchmark.generate(setting))


def test_many_processes_make_what_one_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    album = Made(7)
    (policy,) = benchmark.make_policies(Setting())
    album.shots(policy, "train", 3)
    alone = dict(album.files())
    monkeypatch.setattr(files, "_FEW", 0)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1}, raising=False)
    assert dict(album.files()) == alone


def test_words_and_pictures_are_of_the_same_scenes() -> None:
    shots = []
    for modality in ("T", "M"):
        setting = Setting(2, modality, 1, 5, 8, 4)  # type: ignore[arg-type]
        (policy,) = benchmark.make_policies(setting)
        shots.append(Made(setting.seed).shots(policy, "train", 8))
    assert shots[0] == shots[1]


# --- CLEVR's own pictures -----------------------------------------------------------------------


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A folder as CLEVR_v1.0.zip unpacks to, of our own pictures."""
    ours = made(SMALL[1])
    entries = []
    for split in ("train", "test"):
        for entry in json.loads(ours[f"scenes/CLEVR_{split}_scenes.json"])["scenes"]:
            entries.append(entry | {"split": "val"})
            target = tmp_path / "images/val" / entry["image_filename"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(ours[f"images/{split}/{entry['image_filename']}"])
    (tmp_path / "scenes").mkdir()
    (tmp_path / "scenes/CLEVR_val_scenes.json").write_text(json.dumps({"scenes": entries}))
    return tmp_path


def test_a_release_is_read_where_it_lies(release: Path) -> None:
    written = dict(benchmark.generate(Setting(2, "T", 1, 0, 6, 4, str(release))))
    assert not [name for name in written if name.startswith(("images/", "scenes/"))]
    (policy,) = benchmark.make_policies(Setting(2, "T", 1, 0, 6, 4, str(release)))
    entries = json.loads((release / "scenes/CLEVR_val_scenes.json").read_text())["scenes"]
    things = {entry["image_filename"]: read(entry) for entry in entries}
    for split in ("train", "test"):
        for line in written[f"{split}.jsonl"].splitlines():
            item = Item.model_validate_json(line)
            there = things[Path(item.image).name]
            assert Path(item.image).is_file() and split_of(there) == split
            assert item.answer == response(decide(policy.tree, there).leaf)


def test_what_a_release_lacks_is_said(release: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"--train: 400 scenes .* only \d+ of"):
        list(benchmark.generate(Setting(2, "T", 1, 0, 400, 4, str(release))))
    with pytest.raises(SettingError, match="no scenes/CLEVR"):
        list(benchmark.generate(Setting(clevr=str(tmp_path / "none"))))
    next((release / "images/val").iterdir()).unlink()
    with pytest.raises(SettingError, match=r"its picture .* is missing"):
        list(benchmark.generate(Setting(2, "T", 1, 0, 4, 4, str(release))))
    (release / "scenes/CLEVR_val_scenes.json").write_text("[]")
    with pytest.raises(SettingError, match="not a CLEVR scenes file"):
        list(benchmark.generate(Setting(2, "T", 1, 0, 4, 4, str(release))))


def test_settings_out_of_reach_are_refused() -> None:
    for kwargs, told in (
        ({"depth": 7}, "--depth 7: from 2 to 6"),
        ({"modality": "X"}, "--modality X: one of T, M"),
        ({"policies": 3}, "--train 2000: each of the 3 policies gets as many"),
    ):
        with pytest.raises(SettingError, match=told):
            Setting(**kwargs)  # type: ignore[arg-type]
