"""`accelerate launch` with two processes: the same run as in one, and one writer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from safetensors.torch import load_file
from typer.testing import CliRunner

from internalize.cli import app
from internalize.pipeline import run
from stages.processes import Crew
from stages.training import TrainingConfig, TrainingError

ROOT = Path(__file__).parents[2]


def launch(*command: str, flags: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Two processes on the CPU, as a user starts them."""
    launcher = ["accelerate.commands.launch", "--cpu", "--num_processes=2", "--main_process_port=0"]
    return subprocess.run(
        [sys.executable, "-m", *launcher, *flags, "-m", "internalize", *command],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )


def journal(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_two_processes_train_as_one_does_and_one_writes(
    policy: Path, tiny_model: Path, quick: dict[str, Any]
) -> None:
    # A step of one process is two of a row's micro-batches, and of two processes one each; the last
    # batch of fine-tuning is not whole, and the only group of a step of RL lies in both processes.
    settings = quick | {
        "synth.sft": 41, "evaluate.compared_items": 1, "cpt.micro_batch_size": 2,
        "sft.micro_batch_size": 2, "rl.micro_batch_size": 4, "rl.retries": 1,
    }  # fmt: skip
    alone, together = policy.parent / "alone", policy.parent / "together"
    run(policy, model=str(tiny_model), run=alone, overrides=settings)
    pairs = [f"--set={key}={value}" for key, value in settings.items()]
    done = launch("run", str(policy), "--model", str(tiny_model), "--run", str(together), *pairs)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.count("report:") == 1

    def names(path: Path) -> set[str]:
        return {p.relative_to(path).as_posix() for p in path.rglob("*")}

    assert names(together) == names(alone)
    for file in sorted((alone / "data").glob("*.jsonl")):
        assert (together / "data" / file.name).read_bytes() == file.read_bytes()
    for stage in ("cpt", "sft", "rl"):
        ours, theirs = (journal(path / stage / "metrics.jsonl") for path in (together, alone))
        assert [entry["step"] for entry in ours] == [entry["step"] for entry in theirs]
        for mine, other in zip(ours, theirs, strict=True):
            same = {key: other[key] for key in other if "token" in key or "rewards/" in key}
            assert {key: mine[key] for key in same} == same
            assert mine["loss"] == pytest.approx(other["loss"], abs=1e-5)
        weights, expected = (
            load_file(path / stage / "adapter_model.safetensors") for path in (together, alone)
        )
        for name, tensor in expected.items():
            assert (weights[name] - tensor).abs().max() < 1e-5, (stage, name)


def test_the_others_end_when_the_main_process_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[list[Any]] = []

    def broadcast(outcome: list[Any], src: int, group: Any) -> None:
        if not told:  # the main process speaks, and the other hears
            told.append(list(outcome))
        outcome[:] = told[0]

    monkeypatch.setattr("torch.distributed.broadcast_object_list", broadcast)
    main, other = Crew(0, 2), Crew(1, 2)
    assert (main.from_main(lambda: "made"), other.from_main(lambda: 1 / 0)) == ("made", "made")
    told.clear()
    with pytest.raises(ZeroDivisionError):
        main.from_main(lambda: 1 / 0)
    with pytest.raises(SystemExit):
        other.from_main(lambda: "made")


@pytest.mark.parametrize(("rank", "code"), [("0", 2), ("1", 0)])
def test_what_is_no_training_is_the_main_process_s_alone(
    rank: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RANK", rank)
    monkeypatch.setenv("WORLD_SIZE", "2")
    told = CliRunner().invoke(app, ["report", "nowhere"])
    assert told.exit_code == code
    assert ("nowhere" in told.output) == (rank == "0")


def test_a_batch_that_cannot_be_shared_out_is_refused() -> None:
    config = TrainingConfig(batch_size=12, micro_batch_size=6)
    assert [config.split(n) for n in (1, 2, 3, 4)] == [(6, 2), (6, 1), (4, 1), (3, 1)]
    assert TrainingConfig(batch_size=12, micro_batch_size=4).split(2) == (3, 2)
    with pytest.raises(TrainingError, match="batch_size=12 cannot be shared out to 5 processes"):
        config.split(5)
