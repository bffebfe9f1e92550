"""Whole runs with a tiny random model: what they leave, what is done again, and SIGKILL."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

pytest.importorskip("torch")

from internalize import folder
from internalize.pipeline import Event, Run, run

ROOT = Path(__file__).parents[2]
STAGES = ("synth", "cpt", "sft", "rl", "export")


class Log:
    """Remembers which stages were worked on and which were kept."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.events.append(event)

    def stages(self, state: str) -> set[str]:
        return {event.stage for event in self.events if event.state == state}


def again(policy: Path, model: Path, settings: dict[str, Any]) -> tuple[Run, Log]:
    log = Log()
    done = run(
        policy, model=str(model), run=policy.parent / "run", overrides=settings, on_event=log
    )
    return done, log


def test_a_run_leaves_what_it_promises_and_a_second_call_changes_nothing(
    policy: Path, tiny_model: Path, quick: dict[str, Any]
) -> None:
    done, log = again(policy, tiny_model, quick)
    assert log.stages("kept") == set()
    names = {p.relative_to(done.path).as_posix() for p in done.path.rglob("*")}
    assert names >= {
        "run.yaml", "report.html", "policy/bags.md", "policy/policy.md", "policy/spec.json",
        "policy/diagnostics.json", "policy/questions.yaml", "data/cpt.jsonl", "data/sft.jsonl",
        "data/exercises.jsonl",
        "data/rl.jsonl", "data/eval.jsonl", "data/rejected.jsonl", "data/stage.json",
        "evaluation/results.json", "evaluation/untrained-policy/predictions.jsonl",
        "checkpoint/adapter_model.safetensors", "checkpoint/merged/model.safetensors",
        "checkpoint/README.md",
    }  # fmt: skip
    for stage in ("cpt", "sft", "rl"):
        assert names >= {
            f"{stage}/adapter_model.safetensors", f"{stage}/metrics.jsonl", f"{stage}/stage.json",
        }  # fmt: skip
        assert f"{stage}/checkpoints" not in names
    assert not [name for name in names if "partial" in name]
    # Parents are named by their weights.
    assert folder.read_record(done.path / "cpt").parent is None  # type: ignore[union-attr]
    parent = folder.read_record(done.path / "sft").parent  # type: ignore[union-attr]
    assert parent == folder.digest(done.path / "cpt")

    found = done.results
    assert found.conditions == (
        "untrained", "untrained-policy", "cpt", "sft", "rl", "tuned-policy",
    )  # fmt: skip
    assert found.tuned == "rl"
    assert {score.source for score in found.scores} == {"generated", "hand-written"}
    assert {line.stage for line in found.stages} == {"cpt", "sft", "rl"}
    assert all(line.tokens > 0 and line.seconds > 0 for line in found.stages)
    ids = {statement.id for statement in done.spec.statements}
    assert {rule.statement for rule in found.adherence} == ids

    before = hashes(done.path)
    _, second = again(policy, tiny_model, quick)
    assert second.stages("start") == set()
    assert hashes(done.path) == before


def test_corrections_by_hand_are_part_of_a_run(policy: Path, tiny_model: Path) -> None:
    def prepared(corrections: Path | None = None) -> tuple[dict[str, Any], str]:
        """`run.yaml`, and the category that the first statement has in `spec.json`."""
        it = Run.start(policy, str(tiny_model), policy.parent / "run", corrections=corrections)
        it.prepare()
        spec = json.loads((it.path / "policy" / "spec.json").read_text())
        settings = yaml.safe_load((it.path / "run.yaml").read_text())
        return settings, spec["statements"][0]["category"]

    text = "statements: {opening: {text: The desk opens at 6 am., category: %s}}\n"
    kept = policy.parent / "run" / "policy" / "bags.overrides.yaml"
    settings, parsed = prepared()
    assert (settings["overrides"], parsed) == (None, "factual")

    beside = policy.with_name("bags.overrides.yaml")
    beside.write_text(text % "behavioral")
    settings, category = prepared()
    assert category == "behavioral"
    assert settings["overrides"] == folder.digest(beside) == folder.digest(kept)

    other = policy.with_name("other.yaml")
    other.write_text(text % "factual")
    settings, category = prepared(other)
    assert category == "factual"
    assert settings["overrides"] == folder.digest(other) == folder.digest(kept)

    beside.unlink()
    settings, category = prepared()
    assert (settings["overrides"], category) == (None, parsed)
    assert not kept.exists()


def test_what_changes_is_done_again_and_no_more(
    policy: Path, tiny_model: Path, quick: dict[str, Any]
) -> None:
    quick |= {"cpt.enabled": False, "rl.enabled": False}
    again(policy, tiny_model, quick)

    _, log = again(policy, tiny_model, quick | {"sft.learning_rate": 3e-3})
    redone = {"sft", "evaluate sft", "evaluate tuned-policy", "general sft"}
    assert log.stages("start") - {"export"} == redone
    assert {"synth", "evaluate untrained", "evaluate untrained-policy"} <= log.stages("kept")

    quick["sft.learning_rate"] = 3e-3
    questions = policy.with_name("bags.questions.yaml")
    questions.write_text(questions.read_text().replace("you lot", "you people"))
    _, log = again(policy, tiny_model, quick)
    # The card tells the results, so the export follows where they change.
    assert log.stages("start") - {"export"} == {
        "evaluate untrained", "evaluate untrained-policy", "evaluate sft", "evaluate tuned-policy",
    }  # fmt: skip

    policy.write_text(policy.read_text().replace("75 euros", "80 euros"))
    _, log = again(policy, tiny_model, quick)
    assert {"synth", "sft", "evaluate sft", "prefill", "export"} <= log.stages("start")

    _, log = again(policy, tiny_model, quick | {"seed": 1})
    assert {"synth", "sft"} <= log.stages("start")


def test_a_stage_left_out_is_skipped_over(
    policy: Path, tiny_model: Path, quick: dict[str, Any]
) -> None:
    done, _ = again(policy, tiny_model, quick | {"sft.enabled": False, "rl.enabled": False})
    assert done.results.conditions == ("untrained", "untrained-policy", "cpt", "tuned-policy")
    assert not (done.path / "sft").exists()


def test_questions_of_the_run_are_answered_beside_the_oracle(
    policy: Path, tiny_model: Path, quick: dict[str, Any]
) -> None:
    from data.samples import Item, read
    from internalize.ask import Clerk, lay_beside

    done, _ = again(policy, tiny_model, quick | {"cpt.enabled": False, "rl.enabled": False})
    clerk = Clerk(done.path, done.spec, max_new_tokens=4)
    item = next(i for i in read(done.path / "data" / "eval.jsonl", Item) if i.case)
    decision = done.spec.workflow(item.workflow or "").decide(item.case or {})
    answer = clerk.ask(item.question)
    assert answer.reference is not None
    assert (answer.reference.source, answer.reference.answer) == ("oracle", decision.outcome)
    assert answer.reference.statements == decision.statements
    assert clerk.ask("when do you lot open").reference is not None
    assert clerk.ask("something else").reference is None

    rule = done.spec.statements[0]
    said = f"<think>\n[{rule.id}] [made-up]\n</think>\nYes."
    beside = lay_beside("?", said, done.spec, {})
    assert beside.cited == {rule.id: rule, "made-up": None} and beside.text == "Yes."


# --- SIGKILL --------------------------------------------------------------------------------

# Full weights and many steps: a random model that learns enough for its rollouts to be rewarded
# differently, so that reinforcement learning moves the weights too.
LONG = {
    "synth.cpt": 60, "synth.sft": 60, "synth.rl": 40, "synth.workflow_share": 0,
    "synth.eval_complex": 2, "synth.eval_other": 1, "evaluate.max_new_tokens": 4,
    "evaluate.general_prompts": 1,
    "cpt.method": "full", "cpt.batch_size": 2, "cpt.epochs": 3, "cpt.learning_rate": 5e-3,
    "cpt.save_every": 4, "sft.method": "full", "sft.batch_size": 4, "sft.epochs": 12,
    "sft.learning_rate": 5e-3, "sft.save_every": 8, "rl.method": "full", "rl.steps": 4,
    "rl.batch_size": 16, "rl.learning_rate": 1e-4, "rl.max_new_tokens": 160,
    "rl.temperature": 0.6,  # at 1 the tiny model is rewarded once in a hundred rollouts, or never
}  # fmt: skip


def hashes(path: Path) -> dict[str, str]:
    """Content hash of all data and all weights."""
    files = [*path.glob("data/*.jsonl"), *path.rglob("*.safetensors")]
    return {
        file.relative_to(path).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(files)
    }


def start(policy: Path, model: Path, out: Path) -> subprocess.Popen[bytes]:
    settings = [f"--set={key}={value}" for key, value in LONG.items()]
    command = [sys.executable, "-m", "internalize", "run", policy, "--model", model]
    # Into a file: a pipe that no one reads would fill up and hold the run.
    with said(out).open("wb") as log:
        return subprocess.Popen(
            [*map(str, command), "--run", str(out), *settings],
            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            stdout=subprocess.DEVNULL,
            stderr=log,
        )


def said(out: Path) -> Path:
    return out.with_suffix(".log")


def finish(process: subprocess.Popen[bytes], out: Path) -> None:
    assert process.wait(timeout=300) == 0, said(out).read_text()[-3000:]


def kill_when(process: subprocess.Popen[bytes], out: Path, ready: Callable[[], bool]) -> None:
    """SIGKILL as soon as `ready`; it is an error if the process ends before."""
    while not ready():
        if process.poll() is not None:
            raise AssertionError(said(out).read_text()[-3000:])
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()


def lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


@pytest.mark.long
def test_killed_inside_every_stage_it_ends_as_if_it_had_not_been(
    policy: Path, tiny_model: Path, tmp_path: Path
) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    finish(start(policy, tiny_model, whole), whole)
    moments = {
        "data": lambda: (killed / "data" / "stage.json").exists(),
        "cpt": lambda: lines(killed / "cpt" / "metrics.jsonl") >= 6,
        "sft": lambda: lines(killed / "sft" / "metrics.jsonl") >= 12,
        "rl": lambda: lines(killed / "rl" / "metrics.jsonl") >= 2,
        "evaluation/cpt": lambda: (killed / "evaluation" / "cpt" / "stage.json").exists(),
        ".export": lambda: (killed / ".export" / "stage.json").exists(),
    }
    for stage, ready in moments.items():
        kill_when(start(policy, tiny_model, killed), killed, ready)
        record = folder.read_record(killed / stage)
        assert record is not None and not record.done, f"{stage} ended before it was killed"
    finish(start(policy, tiny_model, killed), killed)

    assert hashes(killed) == hashes(whole)
    moved = folder.digest(whole / "rl") != folder.digest(whole / "sft")
    assert moved, "reinforcement learning changed nothing, so its resumption was not tested"
    for stage, steps in (("cpt", 6), ("sft", 12), ("rl", 2)):
        journal = [json.loads(row) for row in (killed / stage / "metrics.jsonl").open()]
        done = [row["step"] for row in journal]
        assert done == list(range(1, len(done) + 1)) and len(done) > steps
    assert not list(killed.glob(".checkpoint.*"))
