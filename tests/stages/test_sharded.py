"""Weights that are spread over processes by FSDP2: here over one, on a CPU."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import distributed
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor

from stages.models import LoRA, add_adapter, load, plain_weights


@pytest.fixture
def mesh() -> Iterator[distributed.DeviceMesh]:
    store = distributed.HashStore()
    distributed.init_process_group("gloo", rank=0, world_size=1, store=store)
    yield distributed.init_device_mesh("cpu", (1,))
    distributed.destroy_process_group()


def test_whole_weights_are_had_from_the_parts(
    tiny_model: Path, mesh: distributed.DeviceMesh
) -> None:
    """With the adapter merged into copies, as samplers want them."""

    def adapted() -> torch.nn.Module:
        loaded, _ = load(tiny_model, dtype=torch.bfloat16, device="cpu")
        model = add_adapter(loaded, LoRA(r=4, alpha=8), seed=0)
        generator = torch.Generator().manual_seed(1)
        with torch.no_grad():
            for name, weight in model.named_parameters():
                if "lora_B" in name:
                    weight.copy_(torch.randn(weight.shape, generator=generator))
        return model

    expected = dict(plain_weights(adapted(), frozen=True))
    model = adapted()
    for block in model.get_base_model().model.layers:  # type: ignore[operator]
        fully_shard(block, mesh=mesh)
    fully_shard(model, mesh=mesh)
    assert all(isinstance(weight, DTensor) for weight in model.parameters())
    before = {name: weight.full_tensor().clone() for name, weight in model.named_parameters()}
    found = dict(plain_weights(model, frozen=True))
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    changed = dict(plain_weights(model))
    assert changed.keys() < found.keys() and all("proj" in name for name in changed)
    for name, weight in model.named_parameters():
        assert torch.equal(weight.full_tensor(), before[name])
