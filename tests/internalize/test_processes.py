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

from data.samples import Item
from internalize.cli import app
from internalize.pipeline import run
from stages import rl
from stages.processes import Crew
from stages.training import TrainingConfig, TrainingError

ROOT = Path(__file__).parents[2]


COMMAND = """
import sys
sys.path.insert(0, {here!r})
import test_processes
from stages import rl
rl.accuracy = test_processes.accuracy
from internalize.cli import app
app()
"""


def accuracy(item: Item, text: str) -> float:
    """In place of the reward, which a random model never gets: some questions', by length."""
    return float(len(text) % 5) if len(item.question) % 3 else 0.0


def launch(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """The command line in two processes on the CPU."""
    script = folder / "command.py"
    script.write_text(COMMAND.format(here=str(Path(__file__).parent)))
    launcher = ["accelerate.commands.launch", "--cpu", "--num_processes=2", "--main_process_port=0"]
    return subprocess.run(
        [sys.executable, "-m", *launcher, str(script), *command],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )


def journal(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_two_processes_train_as_one_does_and_one_writes(
    policy: Path, tiny_model: Path, quick: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Micro-batches are the same in both, so that rounding is: of fine-tuning's two a step, each
    # process has one. The last step is not whole, and a group of RL lies in both processes.
    settings = quick | {
        "synth.cpt": 20, "synth.sft": 21, "synth.eval_complex": 2, "synth.eval_other": 1,
        "cpt.enabled": False, "sft.recitals": 0, "sft.micro_batch_size": 2,
        "rl.micro_batch_size": 1, "rl.steps": 4, "rl.learning_rate": 1e-3,
        "evaluate.compared_items": 1,
    }  # fmt: skip
    alone, together = policy.parent / "alone", policy.parent / "together"
    monkeypatch.setattr(rl, "accuracy", accuracy)
    run(policy, model=str(tiny_model), run=alone, overrides=settings)
    pairs = [f"--set={key}={value}" for key, value in settings.items()]
    done = launch(
        policy.parent,
        "run",
        str(policy),
        "--model",
        str(tiny_model),
        "--run",
        str(together),
        *pairs,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.count("report:") == 1

    def names(path: Path) -> set[str]:
        return {p.relative_to(path).as_posix() for p in path.rglob("*")}

    assert names(together) == names(alone)
    for file in sorted((alone / "data").glob("*.jsonl")):
        assert (together / "data" / file.name).read_bytes() == file.read_bytes()
    for stage in ("sft", "rl"):
        ours, theirs = (journal(path / stage / "metrics.jsonl") for path in (together, alone))
        assert [entry["step"] for entry in ours] == [entry["step"] for entry in theirs]
        for mine, other in zip(ours, theirs, strict=True):
            same = {key: other[key] for key in other if "token" in key or "rewards/" in key}
            assert {key: mine[key] for key in same} == same
            assert mine["loss"] == pytest.approx(other["loss"], abs=1e-5)
    before = {}
    for stage in ("sft", "rl"):
        weights, expected = (
            load_file(path / stage / "adapter_model.safetensors") for path in (together, alone)
        )
        moved = {name: (tensor - before.get(name, 0)).abs() for name, tensor in expected.items()}
        assert all(by.max() > 1e-3 for by in moved.values()), f"{stage} trained nothing"
        for name, tensor in expected.items():
            assert (weights[name] - tensor).abs().max() < 1e-5, (stage, name)
        before = expected
    assert any(entry["groups_of_equal_reward"] for entry in theirs)  # and were replaced


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
