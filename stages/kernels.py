"""Layers whose backward pass is written out, for training adapters on a CPU.

In: a model under PEFT's LoRA, any transformers decoder. Out: the same model computing the same
function, in fewer passes over memory. A small model's step is made of thousands of small
operations: PEFT's layer casts its input, scales and adds in steps of their own, and an RMSNorm
takes six. Here each is one `autograd.Function` that works in place and keeps what its backward pass
needs. A layer is replaced only where the replacement gives the layer's own result (`_agrees`), so a
model of another make keeps its own. Frozen weights get no gradient.

torch.compile would fuse as much, but needs a C++ compiler; transformers' own kernels are for GPUs.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch
from peft.tuners.lora import Linear as LoRALinear
from torch import Tensor, nn
from torch.nn.functional import silu
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import eager_mask

ATTENTION = "grouped"
"""Name under which transformers finds `grouped_attention`."""


def install(model: nn.Module) -> None:
    """Replace the forward passes of a model on a CPU that is going to be trained with LoRA."""
    if next(model.parameters()).device.type != "cpu":
        return
    for module in model.modules():
        replacement = _replacement(module)
        if replacement is not None and _agrees(module, replacement):
            vars(module)["forward"] = replacement


def _replacement(module: nn.Module) -> Callable[[Tensor], Tensor] | None:
    """What may stand for the module's forward pass, by its kind."""
    if isinstance(module, LoRALinear):
        return functools.partial(_lora, module) if _is_plain(module) else None
    if type(module).__name__.endswith("RMSNorm") and not module.weight.requires_grad:
        epsilon = getattr(module, "variance_epsilon", getattr(module, "eps", 1e-6))
        return functools.partial(_norm, module, epsilon)
    if all(hasattr(module, name) for name in ("gate_proj", "up_proj", "down_proj", "act_fn")):
        return functools.partial(_gated, module)
    return None


def _is_plain(layer: LoRALinear) -> bool:
    """One adapter on a frozen weight: no bias, no dropout, no variant such as DoRA."""
    base, adapters = layer.get_base_layer(), list(layer.active_adapters)
    return (
        type(base) is nn.Linear
        and base.bias is None
        and not base.weight.requires_grad
        and len(adapters) == 1
        and adapters[0] in layer.lora_A
        and not layer.lora_variant
        and isinstance(layer.lora_dropout[adapters[0]], nn.Identity)
    )


@torch.no_grad()
def _agrees(module: nn.Module, replacement: Callable[[Tensor], Tensor]) -> bool:
    """Whether both give the same, but for rounding, on numbers drawn once for all."""
    weight = next(module.parameters())
    width = getattr(module, "in_features", None) or getattr(module, "hidden_size", weight.shape[-1])
    drawn = torch.randn(4, width, generator=torch.Generator().manual_seed(0))
    x = drawn.to(weight.dtype)[None]
    try:
        own, ours = module(x).float(), replacement(x).float()
    except (RuntimeError, TypeError):
        return False
    near = 0.02 if weight.dtype in (torch.bfloat16, torch.float16) else 1e-4
    return bool((own - ours).norm() <= near * own.norm())


def _dtype(x: Tensor) -> torch.dtype:
    """What products are computed in."""
    return torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else x.dtype


# --- LoRA (arXiv 2106.09685) ----------------------------------------------------------------


class _LoRA(torch.autograd.Function):
    """x W^T + s (x A^T) B^T, with W frozen."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, W_OI: Tensor, A_RI: Tensor, B_OR: Tensor, scale: float
    ) -> Tensor:
        dtype = _dtype(x)
        x_NI = x.reshape(-1, x.shape[-1]).to(dtype)
        W_OI, A_RI, B_OR = W_OI.to(dtype), A_RI.to(dtype), (B_OR * scale).to(dtype)
        low_NR = x_NI @ A_RI.T
        y_NO = (x_NI @ W_OI.T).addmm_(low_NR, B_OR.T)
        ctx.save_for_backward(x_NI, W_OI, A_RI, B_OR, low_NR)
        ctx.scale, ctx.input = scale, x.dtype
        return y_NO.view(*x.shape[:-1], -1)

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        x_NI, W_OI, A_RI, B_OR, low_NR = ctx.saved_tensors
        (dy,) = upstream
        dy_NO = dy.reshape(-1, dy.shape[-1])
        dlow_NR = dy_NO @ B_OR
        dA_RI = (dlow_NR.T @ x_NI).float()
        dB_OR = (dy_NO.T @ low_NR).float().mul_(ctx.scale)
        if not ctx.needs_input_grad[0]:  # the lowest block with an adapter
            return None, None, dA_RI, dB_OR, None
        dx_NI = (dy_NO @ W_OI).addmm_(dlow_NR, A_RI)
        return dx_NI.view(*dy.shape[:-1], -1).to(ctx.input), None, dA_RI, dB_OR, None


def _lora(layer: LoRALinear, x: Tensor) -> Tensor:
    if layer.disable_adapters or layer.merged:
        return type(layer).forward(layer, x)
    (adapter,) = layer.active_adapters
    return _LoRA.apply(
        x,
        layer.get_base_layer().weight,
        layer.lora_A[adapter].weight,
        layer.lora_B[adapter].weight,
        layer.scaling[adapter],
    )


# --- RMSNorm (arXiv 1910.07467) -------------------------------------------------------------


class _RMSNorm(torch.autograd.Function):
    """w · x / rms(x), with w frozen; the mean is taken in float32."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, epsilon: float) -> Tensor:
        norm = torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=torch.float32)
        inverse = norm.square_().div_(x.shape[-1]).add_(epsilon).rsqrt_()
        normed = torch.mul(x, inverse, out=torch.empty_like(x))
        ctx.save_for_backward(normed, inverse, weight)
        return normed * weight

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, ...]:
        normed, inverse, weight = ctx.saved_tensors
        grad = (upstream[0] * weight).to(normed.dtype)
        mean = (grad * normed).mean(-1, keepdim=True, dtype=torch.float32).to(normed.dtype)
        dx = torch.addcmul(grad, normed, mean, value=-1)
        return torch.mul(dx, inverse, out=dx), None, None


def _norm(module: nn.Module, epsilon: float, x: Tensor) -> Tensor:
    return _RMSNorm.apply(x, module.weight, epsilon)


# --- the gate of an MLP (SwiGLU, arXiv 2002.05202) ------------------------------------------


class _SwiGLU(torch.autograd.Function):
    """silu(g) · u"""

    @staticmethod
    def forward(ctx: Any, gate: Tensor, up: Tensor) -> Tensor:
        ctx.save_for_backward(gate, up)
        return silu(gate).mul_(up)

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor, Tensor]:
        gate, up = ctx.saved_tensors
        (dy,) = upstream
        return torch.ops.aten.silu_backward(dy * up, gate), silu(gate).mul_(dy)


def _gated(module: nn.Module, x: Tensor) -> Tensor:
    return module.down_proj(_SwiGLU.apply(module.gate_proj(x), module.up_proj(x)))


# --- attention ------------------------------------------------------------------------------


def grouped_attention(
    module: nn.Module,
    query_BHTD: Tensor,
    key_BGSD: Tensor,
    value_BGSD: Tensor,
    mask: Tensor | None,
    scaling: float,
    dropout: float = 0.0,
    **_: Any,
) -> tuple[Tensor, None]:
    """Attention in plain matrix products, a group of query heads to each key head at once.

    transformers' own ('eager') copies keys and values for each query head, and keeps the weights in
    float32. The fused one of PyTorch has a backward pass that on a CPU takes three times as long.

    Args:
        mask: additive, [B, 1, T, S], as `eager_mask` makes it.

    Returns:
        [B, T, H, D], and no weights.
    """
    B, H, T, D = query_BHTD.shape
    G, S = key_BGSD.shape[1:3]
    query = (query_BHTD * scaling).reshape(B * G, H // G * T, D)
    scores = torch.bmm(query, key_BGSD.reshape(B * G, S, D).transpose(1, 2)).view(B, H, T, S)
    if mask is not None:
        scores = scores + mask
    weights = torch.nn.functional.dropout(scores.softmax(-1), dropout, module.training)
    mixed = torch.bmm(weights.view(B * G, H // G * T, S), value_BGSD.reshape(B * G, S, D))
    return mixed.view(B, H, T, D).transpose(1, 2).contiguous(), None


AttentionInterface.register(ATTENTION, grouped_attention)
AttentionMaskInterface.register(ATTENTION, eager_mask)
