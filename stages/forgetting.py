"""General ability: how far training took it down, and how much of an adapter may be kept.

In: a model and general texts. Out: their perplexity; or the share of the model's adapter with which
it rises by no more than is allowed. When an adapter is scaled down, general ability comes back
sooner than what was learnt is lost (WiSE-FT, arXiv 2109.01903; for LoRA `rescale_adapter_scale`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import torch
from peft.helpers import rescale_adapter_scale

from data.replay import validation
from stages.models import tokenizer_of

if TYPE_CHECKING:
    from stages.models import Processing

LENGTH = 1024
"""Tokens of a text that count."""
LEAST, STEPS = 0.8, 16
"""The smallest share that is considered, and the steps from it to all."""


@torch.inference_mode()
def perplexity(network: Any, processing: Processing, texts: Iterable[str]) -> tuple[float, int]:
    """(exp of the mean negative log-likelihood of a token that follows others, their number)."""
    tokenizer: Any = tokenizer_of(processing)
    total, tokens = 0.0, 0
    for text in texts:
        ids = torch.tensor([tokenizer(text)["input_ids"][:LENGTH]], device=network.device)
        logprobs = network(input_ids=ids).logits[0, :-1].float().log_softmax(-1)
        total -= logprobs.gather(1, ids[0, 1:, None]).sum().item()
        tokens += ids.shape[1] - 1
    return float(torch.tensor(total / tokens).exp()), tokens


def share_within(network: Any, processing: Processing, rise: float) -> float:
    """The largest share, of `LEAST` to 1, of a PEFT model's LoRA adapter with which perplexity on
    texts that no stage trains on and no evaluation uses is at most `rise` (0.05: 5 %) above the
    bare model's; `LEAST` where none is."""

    def measured(share: float) -> float:
        with rescale_adapter_scale(network, share):
            return perplexity(network, processing, validation())[0]

    was_training = network.training
    network.eval()
    most = measured(0) * (1 + rise)
    shares = [1 - (1 - LEAST) * step / STEPS for step in range(STEPS)]
    place = bisect_left(shares, True, key=lambda share: measured(share) <= most)
    network.train(was_training)
    return [*shares, LEAST][place]
