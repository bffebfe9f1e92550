"""The primer: trained once, started from by a run, and refused where it is not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

import torch
from safetensors.torch import load_file

from internalize import folder
from internalize.config import ConfigError
from internalize.pipeline import Run
from internalize.prime import prime
from stages import primer

_CONFIG = primer.PrimerConfig(exercises=12, learning_rate=1e-2)


@pytest.fixture(scope="module")
def primed(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("primed") / "primer"
    prime(str(tiny_model), out, _CONFIG, seed=3, on_event=lambda event: None)
    return out


def test_a_primer_says_how_it_was_made_and_is_made_once(primed: Path, tiny_model: Path) -> None:
    record = folder.read_record(primed)
    assert record is not None and record.done and record.seed == 3
    assert record.config["exercises"] == 12 and record.summary["steps"] == 4
    settings = json.loads((primed / "adapter_config.json").read_text())
    assert settings["base_model_name_or_path"] == str(tiny_model)
    weights = load_file(primed / "adapter_model.safetensors")
    assert {weight.dtype for weight in weights.values()} == {torch.bfloat16}
    events = []
    prime(str(tiny_model), primed, _CONFIG, seed=3, on_event=events.append)
    assert [event.state for event in events] == ["kept"]


def test_the_first_stage_starts_from_it_and_later_ones_do_not(
    primed: Path, policy: Path, tiny_model: Path, quick: dict[str, Any]
) -> None:
    # A rate of almost nothing leaves the weights that the stage began with.
    settings = {**quick, "primer": str(primed), "cpt.learning_rate": 1e-12}
    run = Run.start(policy, str(tiny_model), policy.parent / "run", "cpu", settings)
    run.prepare()
    run.synth()
    run.train("cpt")
    began = load_file(primed / "adapter_model.safetensors")
    ended = load_file(run.path / "cpt" / "adapter_model.safetensors")
    assert any(weight.abs().max() > 0 for name, weight in began.items() if "lora_B" in name)
    for name, weight in began.items():
        torch.testing.assert_close(ended[name], weight.float(), atol=1e-6, rtol=0)

    record = folder.read_record(run.path / "cpt")
    assert record is not None and record.parent == folder.digest(primed)
    run.train("sft")
    record = folder.read_record(run.path / "sft")
    assert record is not None and record.parent == folder.digest(run.path / "cpt")


def test_a_primer_that_is_not_there_is_refused(
    policy: Path, tiny_model: Path, quick: dict[str, Any]
) -> None:
    settings = {**quick, "primer": str(policy.parent / "nowhere")}
    run = Run.start(policy, str(tiny_model), policy.parent / "run", "cpu", settings)
    run.prepare()
    run.synth()
    with pytest.raises(ConfigError, match="no adapter there; `internalize prime"):
        run.train("cpt")


def test_a_folder_with_other_files_is_left_alone(tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(folder.RunError, match="name a new folder"):
        prime(str(tiny_model), tmp_path, _CONFIG, seed=0, on_event=lambda event: None)
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]
