"""Runs of policies with pictures: a whole one, what is redone, what is refused, scene graphs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

pytest.importorskip("torch")

from PIL import Image

import internalize
from data.clevr.benchmark import Setting, generate
from data.samples import Conversation, Item, Text, read
from data.synthesize import SynthConfig
from internalize import RunError, album, folder
from internalize.ask import Clerk
from internalize.config import Config
from internalize.pipeline import Event, Run
from parsers import parse
from stages.evaluate import Prediction
from stages.models import VISUAL_DEFAULT


@pytest.fixture(scope="session")
def benchmark(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small ClevrPolicy some of whose conditions are pictures; read only."""
    home = tmp_path_factory.mktemp("clevr")
    for name, content in generate(Setting(2, "M", 1, 0, 8, 4)):
        folder.write_bytes(home / name, content)
    return home


@pytest.fixture
def policy(benchmark: Path, tmp_path: Path) -> Path:
    """The document in a folder of its own copy."""
    home = tmp_path / "clevr"
    shutil.copytree(benchmark, home)
    (document,) = (path for path in home.glob("*.md") if path.name != "README.md")
    return document


@pytest.fixture
def small(quick: dict[str, Any]) -> dict[str, Any]:
    return quick | {
        "synth.cpt": 8, "synth.sft": 8, "synth.rl": 4, "synth.eval_complex": 2,
        "synth.eval_other": 1, "rl.steps": 1,
    }  # fmt: skip


def begun(policy: Path, model: Path | None, **given: Any) -> Run:
    return Run.start(policy, model and str(model), policy.parent / "run", **given)


def test_a_run_with_pictures_goes_from_the_document_to_the_report(
    policy: Path, tiny_visual_model: Path, small: dict[str, Any], tmp_path: Path
) -> None:
    events: list[Event] = []
    done = internalize.run(
        policy, model=str(tiny_visual_model), run=tmp_path / "run", overrides=small,
        on_event=events.append,
    )  # fmt: skip
    shutil.rmtree(policy.parent)  # the run folder needs nothing of it
    data = done.path / "data"
    (crop,) = album.of_policy(done.path).values()

    texts = read(data / "cpt.jsonl", Text)
    whole = [text for text in texts if text.form == "whole"]
    assert len(whole) == 8
    for text in whole:
        shown = text.pictures(data)
        assert [f"]({name})" in text.text for name in shown] == [True, True]
        assert {path.resolve() for path in shown.values()} > {crop.resolve()}
    (section,) = (text for text in texts if text.form == "section" and text.images)
    assert f"]({section.images[0]})" in section.text and "Condition" in section.text
    seen = {name: read(data / f"{name}.jsonl", model) for name, model in
            (("sft", Conversation), ("rl", Item), ("eval", Item))}  # fmt: skip
    assert sum(bool(it.images) for it in seen["sft"]) == 8 < len(seen["sft"])
    assert all(it.images for it in seen["rl"]) and len(seen["rl"]) == 4
    assert sum(bool(it.images) for it in seen["eval"]) == 4 < len(seen["eval"])
    rules = {statement.id for statement in done.spec.statements}
    for it in seen["sft"]:
        assert it.statements and set(it.statements) <= rules
        assert f"[{it.statements[-1]}]" in it.chain  # type: ignore[union-attr]

    record = folder.read_record(done.path / "rl")
    assert record is not None and {"pictures of rl.jsonl", "pictures of the policy"} <= set(
        record.inputs
    )
    found = done.results
    assert found.source == "pictured" and found.conditions[-1] == "tuned-policy"
    assert {score.source for score in found.scores} == {"generated", "pictured"}
    assert all(line.accuracy.n == 4 for line in found.stages)
    free = read(done.path / "evaluation" / "rl" / "predictions.jsonl", Prediction)
    aware = read(done.path / "evaluation" / "tuned-policy" / "predictions.jsonl", Prediction)
    assert {p.source for p in free if p.images} == {"pictured"}
    assert aware[0].prompt_tokens > free[0].prompt_tokens + 4  # the policy's picture is 4
    assert found.prefill["tokens_with"] > found.prefill["tokens_without"] + 4

    page = (done.path / "report.html").read_text()
    assert "Questions on pictures" in page
    asked = page.partition("Before and after")[2]
    assert (
        asked.count(
            '<article class="pictured">\n<p class="pictures"><img src="data:image/jpeg;base64,'
        )
        >= 4
    )
    assert "shown in <img src=" in page.partition("The policy as it was read")[2]
    card = (done.path / "checkpoint" / "README.md").read_text()
    assert "AutoModelForImageTextToText" in card and "image-text-to-text" in card

    clerk = Clerk(done.path, done.spec, max_new_tokens=4)
    item = next(it for it in seen["eval"] if it.images)
    picture = item.pictures(data)[item.images[0]]
    reference = clerk.ask(item.question, picture).reference  # type: ignore[union-attr]
    assert reference is not None and reference.answer == item.answer  # type: ignore[union-attr]
    assert clerk.ask(item.question, crop).reference is None  # type: ignore[union-attr]
    with pytest.raises(RunError, match=r"--picture: the picture .* cannot be read"):
        clerk.ask("Which?", done.path / "run.yaml")

    # Elsewhere and opened again, it is the same; a changed picture is another input.
    moved = tmp_path / "moved"
    done.path.rename(moved)
    events.clear()
    again = Run.open(moved, on_event=events.append)
    again.synth()
    again.train("cpt")
    assert [event.state for event in events] == ["kept", "kept"]
    picture = next(iter(whole[0].pictures(moved / "data").values()))
    Image.new("RGB", (28, 28), (1, 2, 3)).save(picture)
    again.train("cpt")
    assert [event.state for event in events][2:3] == ["start"]
    picture.write_bytes(b"no picture")
    with pytest.raises(RunError, match=r"cpt\.jsonl:\d+: the picture .* cannot be read"):
        again.train("cpt")
    picture.unlink()
    with pytest.raises(RunError, match=r"cpt\.jsonl:\d+: the picture .* is missing"):
        again.train("cpt")


def test_a_changed_picture_is_taken_anew(policy: Path, tiny_visual_model: Path) -> None:
    def kept() -> tuple[set[str], str]:
        it = begun(policy, tiny_visual_model)
        it.prepare()
        return {path.name for path in (it.path / "pictures").iterdir()}, repr(album.load(it.path))

    names, loaded = kept()
    assert kept() == (names, loaded) and len(names) == 8 + 4 + 1
    first = json.loads((policy.parent / "train.jsonl").read_text().splitlines()[0])["image"]
    Image.new("RGB", (30, 20), (90, 0, 0)).save(policy.parent / first)
    others, changed = kept()
    assert len(others - names) == len(names - others) == 1 and changed != loaded
    for name in ("train.jsonl", "test.jsonl"):
        (policy.parent / name).unlink()
    shutil.rmtree(policy.parent / "scenes")
    assert kept()[0] == {Path(p).name for p in album.load(policy.parent / "run").policy.values()}


# --- what is refused ----------------------------------------------------------------------------


def _line(key: str, value: Any) -> Callable[[Path], None]:
    """Gives the second question another value, or none."""

    def change(home: Path) -> None:
        lines = (home / "train.jsonl").read_text().splitlines()
        question = {**json.loads(lines[1]), key: value}
        lines[1] = json.dumps({k: v for k, v in question.items() if v is not None})
        (home / "train.jsonl").write_text("\n".join(lines))

    return change


def _spoil(pattern: str, content: bytes | None) -> Callable[[Path], None]:
    def change(home: Path) -> None:
        path = sorted(home.glob(pattern))[0]
        path.unlink() if content is None else path.write_bytes(path.read_bytes()[:200] + content)

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_line("image", "gone.png"), r"train\.jsonl:2: the picture .*gone\.png is missing"),
        (_line("chain", None), r"train\.jsonl:2: 'chain' is missing"),
        (_line("answer", None), r"train\.jsonl:2: 'answer': Field required"),
        (_line("id", "Coral-train-0"), r"train\.jsonl:2: the id 'Coral-train-0' is used twice"),
        (_spoil("images/train/*", b"x"), r"train\.jsonl:1: the picture .* cannot be read"),
        (_spoil("crops/*", None), r"coral\.md:\d+: the picture .*coral-1\.png is missing"),
        (_spoil("crops/*", b"x"), r"coral\.md:\d+: the picture .*coral-1\.png cannot be read"),
        (_spoil("test.jsonl", None), r"test\.jsonl: missing; hold some"),
        (
            lambda home: (home / "coral.md").rename(home / "amber.md"),
            r"train\.jsonl: no question is about the policy 'amber', but about \['Coral'\]",
        ),
    ],
)
def test_what_is_wrong_is_named_before_anything_is_written(
    policy: Path, tiny_visual_model: Path, change: Callable[[Path], None], message: str
) -> None:
    change(policy.parent)
    (document,) = (path for path in policy.parent.glob("*.md") if path.name != "README.md")
    with pytest.raises(RunError, match=message):
        begun(document, tiny_visual_model)
    assert not (policy.parent / "run").exists()


def test_a_folder_without_questions_is_refused_if_it_was_named(
    policy: Path, tiny_visual_model: Path, tmp_path: Path
) -> None:
    with pytest.raises(RunError, match="neither questions on pictures"):
        begun(policy, tiny_visual_model, pictures=tmp_path)


# --- models -------------------------------------------------------------------------------------


def test_the_default_model_is_one_that_sees(
    policy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Run, "model_digest", lambda self: "")
    monkeypatch.setattr("internalize.pipeline.sees", lambda model: True)
    suited = begun(policy, None).config
    assert (suited.model, suited.cpt.max_length) == (VISUAL_DEFAULT, 8192)
    given = begun(policy, None, overrides={"cpt.max_length": 99}).config
    assert (given.model, given.cpt.max_length) == (VISUAL_DEFAULT, 99)
    own = tmp_path / "own.yaml"
    own.write_text(yaml.safe_dump({"model": "some/other"}))
    assert begun(policy, None, config=own).config.model == "some/other"
    alone = tmp_path / "alone.md"
    alone.write_text("# Desk\n\nThe desk opens at 6 am.\n")
    assert begun(alone, None).config.model != VISUAL_DEFAULT


def test_a_model_that_reads_text_alone_gets_no_pictures(policy: Path, tiny_model: Path) -> None:
    with pytest.raises(RunError, match=f"reads text alone.*{VISUAL_DEFAULT}"):
        begun(policy, tiny_model)
    alone = policy.parent / "alone" / policy.name
    (alone.parent / "crops").mkdir(parents=True)
    shutil.copy(policy, alone)
    shutil.copy(policy.parent / "crops" / "coral-1.png", alone.parent / "crops")
    it = begun(alone, tiny_model)
    assert it.album == album.Album() and it.config.cpt == Config().cpt


def test_a_policy_that_shows_pictures_needs_no_questions(
    policy: Path, tiny_visual_model: Path, small: dict[str, Any], tmp_path: Path
) -> None:
    """Rollouts with the policy then see pictures, and those without it see none."""
    alone = tmp_path / "alone" / policy.name
    shutil.copytree(policy.parent / "crops", alone.parent / "crops")
    shutil.copy(policy, alone)
    done = internalize.run(
        alone, model=str(tiny_visual_model), run=tmp_path / "run",
        overrides=small | {"cpt.enabled": False, "sft.enabled": False},
    )  # fmt: skip
    assert done.results.source == "generated"
    assert not any(it.images for it in read(done.path / "data" / "rl.jsonl", Item))
    record = folder.read_record(done.path / "rl")
    assert record is not None and "pictures of the policy" in record.inputs
    assert "pictures of rl.jsonl" not in record.inputs


@pytest.mark.parametrize(
    "name", ["https://example.org/a.png", "data:image/png;base64,iVBORw0KGgo=", "gone.png"]
)
def test_pictures_that_are_no_files_leave_a_policy_text(
    name: str, tiny_visual_model: Path, tmp_path: Path
) -> None:
    document = tmp_path / "signs.md"
    document.write_text(f"# Signs\n\nIf there is a sign like ![this]({name}), stop.\n")
    it = begun(document, tiny_visual_model)
    assert it.spec.statements[0].images and it.album == album.Album()


# --- scene graphs -------------------------------------------------------------------------------


def test_scene_graphs_give_the_answers_that_the_benchmark_has(policy: Path) -> None:
    home, spec = policy.parent, parse(policy)

    def found(given: Path | None = None) -> dict[str, dict[Path, str]]:
        it = album.find(policy, spec, given, SynthConfig(), 0, home / "run")
        return {
            split: {it.files[Path(q.image).name].resolve(): q.answer for q in those}
            for split, those in (("train", it.pictured.train), ("test", it.pictured.test))
        }

    told = found()
    for name in ("train.jsonl", "test.jsonl"):
        (home / name).unlink()
    scenes = home.parent / "scenes"  # elsewhere, as CLEVR's own folder is
    scenes.mkdir()
    for name in ("images", "scenes"):
        (home / name).rename(scenes / name)
    told = {
        split: {scenes / path.relative_to(home): answer for path, answer in answers.items()}
        for split, answers in told.items()
    }
    made = found(scenes)
    assert len(told["train"]) == 8 and len(told["test"]) == 4
    for split, answers in told.items():
        assert made[split] == {path: f'Answer "{answer}".' for path, answer in answers.items()}


def test_a_policy_that_does_not_decide_on_scenes_is_told_so(
    policy: Path, tiny_visual_model: Path
) -> None:
    from data.generated import SettingError

    other = policy.with_name("bags.md")
    other.write_text("# Bags\n\n- If a bag weighs more than 23 kg, charge 75 euros.\n- Otherwise, "
                     "check it in free of charge.\n")  # fmt: skip
    for name in ("train.jsonl", "test.jsonl"):
        policy.with_name(name).unlink()
    with pytest.raises(SettingError, match=r"does not decide on them.*train\.jsonl"):
        begun(other, tiny_visual_model)
