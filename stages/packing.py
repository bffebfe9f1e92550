"""Linear layers with their weights laid out for oneDNN beforehand, as sampling on a CPU wants them.

In: a bfloat16 model on a CPU. Out: the same model computing the same while `packed` is open. A
matrix product with few rows is bound by its weights: PyTorch's `linear` lays them out anew for the
processor's matrix unit (AMX) on every call, which for 32 rows takes a third to a half of the time.
torch.compile's freezing does the same by itself, but needs a C++ compiler and minutes.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel


@contextmanager
def packed(model: PreTrainedModel) -> Iterator[None]:
    """Pack the linear layers; their weights must not change meanwhile.

    Takes as much memory again as they do. A model that is not in bfloat16 on a CPU which computes
    in it is left as it is.
    """
    packs = (
        model.device.type == "cpu"
        and model.dtype == torch.bfloat16
        and torch.ops.mkldnn._is_mkldnn_bf16_supported()
    )
    layers = [m for m in model.modules() if type(m) is nn.Linear] if packs else []
    try:
        for layer in layers:
            weight = torch.ops.mkldnn._reorder_linear_weight(layer.weight.detach())
            vars(layer)["forward"] = functools.partial(_linear, weight, layer.bias)
        yield
    finally:
        for layer in layers:
            vars(layer).pop("forward", None)  # the class's own is found again


def _linear(weight: Tensor, bias: Tensor | None, x: Tensor) -> Tensor:
    return torch.ops.mkldnn._linear_pointwise(x, weight, bias, "none", [], "")
