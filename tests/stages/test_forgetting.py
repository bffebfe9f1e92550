"""General ability: perplexity as defined, and the share of an adapter that keeps it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from peft.helpers import rescale_adapter_scale

from data import replay
from stages.forgetting import LEAST, STEPS, perplexity, share_within
from stages.models import LoRA, add_adapter, load, tokenizer_of


def test_perplexity_is_that_of_the_tokens_that_follow_others(tiny_model: Path) -> None:
    network, processing = load(str(tiny_model), device="cpu", dtype=torch.float32)
    texts = ["The sun rises in the east.", "Rivers run down to the sea."]
    total = 0.0
    for text in texts:
        ids = torch.tensor([tokenizer_of(processing)(text)["input_ids"]])
        total += network(input_ids=ids, labels=ids).loss.item() * (ids.shape[1] - 1)
    found, tokens = perplexity(network, processing, texts)
    assert found == pytest.approx(float(torch.tensor(total / tokens).exp()), rel=1e-5)


@pytest.mark.parametrize("strength", [0.0006, 0.001])
def test_as_much_of_an_adapter_is_kept_as_perplexity_allows(
    tiny_model: Path, strength: float
) -> None:
    network, processing = load(str(tiny_model), device="cpu", dtype=torch.float32)
    adapted = add_adapter(network, LoRA(r=4), 0).train()
    for text in replay.validation():  # an adapter that forgets: up the loss
        ids = torch.tensor([tokenizer_of(processing)(text)["input_ids"]])
        adapted(input_ids=ids, labels=ids).loss.backward()
    with torch.no_grad():
        for name, weight in adapted.named_parameters():
            if ".lora_B." in name:
                weight.add_(weight.grad, alpha=strength)

    def rise(share: float) -> float:
        with rescale_adapter_scale(adapted, share):
            return perplexity(adapted, processing, replay.validation())[0] / bare - 1

    with rescale_adapter_scale(adapted, 0):
        bare = perplexity(adapted, processing, replay.validation())[0]
    allowed = 0.9 * rise(1)
    assert allowed > 0.01
    assert share_within(adapted, processing, rise(1) + 1e-6) == 1
    share = share_within(adapted, processing, allowed)
    assert LEAST < share < 1
    assert rise(share) <= allowed + 1e-6
    assert rise(share + (1 - LEAST) / STEPS) > allowed - 1e-6
    assert share_within(adapted, processing, 0) == LEAST
    assert adapted.training


def test_what_adjusts_training_is_in_neither_training_nor_evaluation() -> None:
    texts = {text.text for text in replay.texts(67, 0)}
    assert len(replay.validation()) >= 20
    assert not set(replay.validation()) & (texts | set(replay.heldout()))
