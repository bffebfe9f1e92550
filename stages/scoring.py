"""Log-probabilities of the labelled tokens alone, where TRL's fused head scores every position.

In: a causal LM that TRL's trainers gave their fused head (`trl.trainer.utils.add_fused_lm_head`).
Out: the same call with the same result (`model(..., labels=..., fused_lm_head=True)`), for which
only positions that have a label are projected onto the vocabulary. TRL does so with Triton; on a
CPU it projects all, and computes entropies in passes over the whole vocabulary, which for a small
model with a large vocabulary is most of the work. The entropy is not computed: it is reported NaN.
"""

from __future__ import annotations

import functools
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedModel
from trl.trainer.utils import FusedCausalLMOutput

from stages.processes import is_sharded

_SCALINGS = (
    "final_logit_softcapping", "logit_scale", "logits_scaling", "lm_head_multiplier",
    "output_multiplier", "output_router_logits",
)  # fmt: skip
"""Of a model's configuration: what TRL's head does to logits, or adds to the loss, besides."""
_CHUNK = 256  # tokens whose logits exist at a time: 50 MB in float32 for a vocabulary of 49152


class _LabelLogProbs(torch.autograd.Function):
    """log softmax(h W^T / τ)[y] of each token, through a head that is not trained.

    Its gradient in h, (W[y] − softmax(h W^T / τ) W) / τ, needs nothing from behind the head, so it
    is computed while the logits are at hand, and they are never kept.
    """

    @staticmethod
    def forward(
        ctx: Any, hidden_ND: Tensor, weight_VD: Tensor, targets_N: Tensor, temperature: float
    ) -> tuple[Tensor, Tensor]:
        log_probs, top1, gradient = [], [], []
        for h, y in zip(hidden_ND.split(_CHUNK), targets_N.split(_CHUNK), strict=True):
            scores = (h @ weight_VD.T).float().div_(temperature)
            highest = scores.amax(-1, keepdim=True)
            label = scores.gather(1, y[:, None])
            top1.append((label == highest).squeeze(1))
            weights = scores.sub_(highest).exp_()  # in place: every pass over them counts
            total = weights.sum(-1, keepdim=True)
            log_probs.append(label - highest - total.log())
            if ctx.needs_input_grad[0]:
                mean = (weights.to(weight_VD.dtype) @ weight_VD) / total
                gradient.append((weight_VD[y] - mean) / temperature)
        if gradient:
            ctx.save_for_backward(torch.cat(gradient))
        return torch.cat(log_probs).squeeze(1), torch.cat(top1)

    @staticmethod
    def backward(ctx: Any, *upstream: Tensor) -> tuple[Tensor | None, None, None, None]:
        (gradient,) = ctx.saved_tensors
        return (upstream[0][:, None] * gradient).to(gradient.dtype), None, None, None


def score_labels_only(model: PreTrainedModel, temperature: float = 1.0) -> None:
    """Patch the fused forward on a CPU of a model whose head is frozen; others keep TRL's.

    Args:
        model: the model under any PEFT wrapper, already patched by TRL.
        temperature: the logits are divided by it, as TRL's head does.
    """
    head = model.get_output_embeddings()
    text = model.config.get_text_config()
    plain = head.bias is None and not any(getattr(text, name, None) for name in _SCALINGS)
    if model.device.type != "cpu" or is_sharded() or not plain or head.weight.requires_grad:
        return
    fused = model.forward

    @functools.wraps(fused)
    def forward(
        *args: Any, fused_lm_head: bool = False, labels: Tensor | None = None, **kwargs: Any
    ) -> Any:
        if not fused_lm_head or labels is None or not (labels != -100).any():
            return fused(*args, fused_lm_head=fused_lm_head, labels=labels, **kwargs)
        items = kwargs.pop("num_items_in_batch", None)
        hidden_BTD = model.base_model(*args, **{**kwargs, "use_cache": False}).last_hidden_state
        targets_BT = labels[:, 1:]
        mask_BT = targets_BT != -100
        log_probs_N, top1_N = _LabelLogProbs.apply(
            hidden_BTD[:, :-1][mask_BT], head.weight, targets_BT[mask_BT], temperature
        )
        empty = log_probs_N.new_zeros(mask_BT.shape)
        return FusedCausalLMOutput(
            loss=-log_probs_N.sum() / (mask_BT.sum() if items is None else items),
            log_probs=empty.masked_scatter(mask_BT, log_probs_N),
            entropy=empty.masked_fill(mask_BT, torch.nan),
            is_top1=torch.zeros_like(mask_BT).masked_scatter(mask_BT, top1_N),
            label_mask=mask_BT,
        )

    model.forward = forward
