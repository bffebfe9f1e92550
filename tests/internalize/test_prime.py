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


@pytest.fixture(scope="module")
def primed(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("primed") / "primer"
    config = primer.PrimerConfig(exercises=12, learning_rate=1e-2)
    prime(str(tiny_model), out, config, seed=3, on_event=lambda event: None)
    return out


def test_a_primer_says_how_it_was_made(primed: Path, tiny_model: Path) -> None:
    made = json.loads((primed / "primer.json").read_text())
    assert made["model"] == str(tiny_model) and made["seed"] == 3
    assert made["config"]["exercises"] == 12 and made["summary"]["steps"] == 4
    assert not (primed / "checkpoints").exists()


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
        torch.testing.assert_close(ended[name], weight, atol=1e-6, rtol=0)

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
