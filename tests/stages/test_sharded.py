"""Weights that are spread over processes by FSDP2: here over one, on a CPU."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import distributed
from torch.distributed.checkpoint.state_dict import StateDictOptions, get_model_state_dict
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor

from stages.models import LoRA, add_adapter, load, plain_weights
from stages.training import _save


@pytest.fixture
def mesh() -> Iterator[distributed.DeviceMesh]:
    store = distributed.HashStore()
    distributed.init_process_group("gloo", rank=0, world_size=1, store=store)
    yield distributed.init_device_mesh("cpu", (1,))
    distributed.destroy_process_group()


def adapted(folder: Path) -> Any:
    """The model with an adapter that does something."""
    loaded, _ = load(folder, dtype=torch.bfloat16, device="cpu")
    model = add_adapter(loaded, LoRA(r=4, alpha=8), seed=0)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "lora_B" in name:
                weight.copy_(torch.randn(weight.shape, generator=generator))
    return model


def sharded(folder: Path, mesh: distributed.DeviceMesh) -> Any:
    model = adapted(folder)
    for block in model.get_base_model().model.layers:
        fully_shard(block, mesh=mesh)
    fully_shard(model, mesh=mesh)
    assert all(isinstance(weight, DTensor) for weight in model.parameters())
    return model


def test_samplers_get_whole_weights_with_the_adapter_merged_into_copies(
    tiny_model: Path, mesh: distributed.DeviceMesh
) -> None:
    expected = dict(plain_weights(adapted(tiny_model), frozen=True))
    model = sharded(tiny_model, mesh)
    before = {name: weight.full_tensor().clone() for name, weight in model.named_parameters()}
    found = dict(plain_weights(model, frozen=True))
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    changed = dict(plain_weights(model))
    assert changed.keys() < found.keys() and all("proj" in name for name in changed)
    for name, weight in model.named_parameters():
        assert torch.equal(weight.full_tensor(), before[name])


def test_the_adapter_is_saved_whole(
    tiny_model: Path,
    mesh: distributed.DeviceMesh,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model = sharded(tiny_model, mesh)
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    # What accelerate does for FSDP2.
    whole = StateDictOptions(full_state_dict=True, cpu_offload=True)
    trainer = SimpleNamespace(
        accelerator=SimpleNamespace(
            get_state_dict=lambda m: get_model_state_dict(m, options=whole)
        ),
        model=model,
        model_wrapped=model,
        processing_class=None,
        is_world_process_zero=lambda: True,
    )
    _save(trainer, tmp_path, 1)  # type: ignore[arg-type]
    saved = load_file(tmp_path / "adapter_model.safetensors")
    own = {n: w for n, w in adapted(tiny_model).named_parameters() if "lora_" in n}
    assert saved.keys() == {name.replace(".default", "") for name in own}
    assert all(torch.equal(saved[name.replace(".default", "")], own[name]) for name in own)
