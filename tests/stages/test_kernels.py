"""Kernels give what the layers they stand for give, forward and backward."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from peft import PeftModel
from torch import nn
from transformers import (
    GemmaConfig,
    GemmaForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from stages import kernels
from stages.models import LoRA, add_adapter

_SIZE: dict[str, Any] = {
    "vocab_size": 64,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
}


def _adapted(kind: str, installed: bool, blocks: float = 1.0) -> PeftModel:
    torch.manual_seed(0)
    model = {
        "llama": lambda: LlamaForCausalLM(LlamaConfig(**_SIZE)),
        "qwen3": lambda: Qwen3ForCausalLM(Qwen3Config(**_SIZE)),
        "gemma": lambda: GemmaForCausalLM(GemmaConfig(**_SIZE)),
    }[kind]()
    for name, weight in model.named_parameters():
        if "norm" in name:
            nn.init.normal_(weight, 1.0, 0.3)
    adapted = add_adapter(model, LoRA(r=4, alpha=8, blocks=blocks))
    for name, weight in adapted.named_parameters():
        if "lora_B" in name:
            nn.init.normal_(weight, 0.0, 0.3)
    if installed:
        kernels.install(adapted)
        model.set_attn_implementation(kernels.ATTENTION)
    adapted.train()
    return adapted


def _step(model: PeftModel, bf16: bool) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    ids = torch.randint(0, 64, (2, 9), generator=torch.manual_seed(1))
    padding = torch.ones_like(ids)
    padding[1, 6:] = 0
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        logits = model(input_ids=ids, attention_mask=padding).logits
    real = logits[padding.bool()].float()
    (real * torch.randn(real.shape, generator=torch.manual_seed(2))).sum().backward()
    return real.detach(), {
        name: weight.grad for name, weight in model.named_parameters() if weight.grad is not None
    }


def _replaced(model: nn.Module) -> set[str]:
    return {type(m).__name__ for m in model.modules() if "forward" in vars(m)}


@pytest.mark.parametrize("kind", ["llama", "qwen3", "gemma"])
@pytest.mark.parametrize("blocks", [1.0, 0.5])
def test_outputs_and_gradients_are_those_of_the_layers(kind: str, blocks: float) -> None:
    own, ours = _adapted(kind, False, blocks), _adapted(kind, True, blocks)
    expected, gradients = _step(own, bf16=False)
    got, written_out = _step(ours, bf16=False)
    torch.testing.assert_close(got, expected, atol=1e-4, rtol=1e-4)
    assert gradients.keys() == written_out.keys() and gradients
    for name, gradient in gradients.items():
        torch.testing.assert_close(written_out[name], gradient, atol=1e-4, rtol=1e-3)


def test_under_autocast_they_are_as_near_the_exact_ones_as_the_layers_own() -> None:
    _, exact = _step(_adapted("llama", False), bf16=False)
    _, own = _step(_adapted("llama", False), bf16=True)
    _, ours = _step(_adapted("llama", True), bf16=True)

    def error(found: dict[str, torch.Tensor]) -> float:
        return sum(float((found[name] - exact[name]).norm() / exact[name].norm()) for name in exact)

    assert error(ours) < 1.5 * error(own)


def test_a_layer_is_replaced_only_where_the_result_is_its_own() -> None:
    assert _replaced(_adapted("llama", True)) == {"Linear", "LlamaRMSNorm", "LlamaMLP"}
    # Gemma multiplies by one more than the weight, and its gate is a GELU.
    assert _replaced(_adapted("gemma", True)) == {"Linear"}


def test_a_disabled_adapter_stays_disabled() -> None:
    own, ours = _adapted("llama", False), _adapted("llama", True)
    with own.disable_adapter(), ours.disable_adapter():
        ids = torch.arange(8)[None]
        torch.testing.assert_close(own(ids).logits, ours(ids).logits, atol=1e-4, rtol=1e-4)
    assert (own(ids).logits - ours(ids).logits).abs().max() < 1e-4


def test_dropout_and_trained_weights_keep_their_layers() -> None:
    torch.manual_seed(0)
    model = LlamaForCausalLM(LlamaConfig(**_SIZE))
    adapted = add_adapter(model, LoRA(r=4, dropout=0.1))
    model.model.norm.weight.requires_grad_()
    kernels.install(adapted)
    assert "Linear" not in _replaced(adapted)
    assert "forward" not in vars(model.model.norm)
