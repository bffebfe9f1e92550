"""Whole files only, and a stage is done again exactly when its plan has changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from internalize import folder
from internalize.folder import Plan, RunError

PLAN = Plan(stage="cpt", inputs={"cpt.jsonl": "aa"}, config={"epochs": 2}, parent=None, seed=0)


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write_text(tmp_path / "a.json", "old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        folder.write_text(tmp_path / "a.json", "new, and longer")
    assert (tmp_path / "a.json").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_a_stage_is_done_only_after_finish(tmp_path: Path) -> None:
    assert folder.finished(tmp_path, PLAN) is None
    folder.begin(tmp_path, PLAN)
    assert folder.finished(tmp_path, PLAN) is None
    folder.finish(tmp_path, PLAN, {"loss": 0.5})
    record = folder.finished(tmp_path, PLAN)
    assert record is not None and record.summary == {"loss": 0.5}


@pytest.mark.parametrize(
    "change",
    [
        {"stage": "sft"},
        {"inputs": {"cpt.jsonl": "bb"}},
        {"config": {"epochs": 3}},
        {"parent": "cc"},
        {"seed": 1},
    ],
)
def test_any_change_of_plan_starts_anew(tmp_path: Path, change: dict[str, object]) -> None:
    folder.begin(tmp_path, PLAN)
    (tmp_path / "weights").write_text("w")
    folder.finish(tmp_path, PLAN, {})
    changed = PLAN.model_copy(update=change)
    assert folder.finished(tmp_path, changed) is None
    assert folder.begin(tmp_path, changed) is False
    assert not (tmp_path / "weights").exists()


def test_unfinished_work_of_the_same_plan_is_kept(tmp_path: Path) -> None:
    folder.begin(tmp_path, PLAN)
    (tmp_path / "checkpoints").mkdir()
    assert folder.begin(tmp_path, PLAN) is True
    assert (tmp_path / "checkpoints").exists()


def test_unfinished_work_of_another_plan_is_not(tmp_path: Path) -> None:
    folder.begin(tmp_path, PLAN)
    (tmp_path / "checkpoints").mkdir()
    folder.begin(tmp_path, PLAN.model_copy(update={"seed": 1}))
    assert not (tmp_path / "checkpoints").exists()


def test_a_missing_output_undoes_a_stage(tmp_path: Path) -> None:
    folder.begin(tmp_path, PLAN)
    folder.finish(tmp_path, PLAN, {})
    assert folder.finished(tmp_path, PLAN, ("cpt.jsonl",)) is None
    (tmp_path / "cpt.jsonl").write_text("")
    assert folder.finished(tmp_path, PLAN, ("cpt.jsonl",)) is not None


def test_half_a_record_counts_as_none(tmp_path: Path) -> None:
    folder.finish(tmp_path, PLAN, {})
    text = (tmp_path / folder.RECORD).read_text()
    (tmp_path / folder.RECORD).write_text(text[: len(text) // 2])
    assert folder.read_record(tmp_path) is None


def test_weights_are_known_by_content_not_by_what_lies_beside(tmp_path: Path) -> None:
    (tmp_path / "adapter_model.safetensors").write_bytes(b"1")
    before = folder.digest(tmp_path)
    (tmp_path / "metrics.jsonl").write_text(json.dumps({"loss": 1}))
    (tmp_path / "adapter_config.json").write_text("{}")
    assert folder.digest(tmp_path) == before
    (tmp_path / "adapter_model.safetensors").write_bytes(b"2")
    assert folder.digest(tmp_path) != before


def test_a_folder_is_held_by_one_process_and_freed_by_its_death(tmp_path: Path) -> None:
    hold = (
        "import sys, pathlib; from internalize.folder import locked\n"
        "with locked(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", hold, tmp_path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(root)},
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == b"held\n"
        with pytest.raises(RunError, match="another internalize"), folder.locked(tmp_path):
            pass
        other.kill()
    with folder.locked(tmp_path):
        pass
