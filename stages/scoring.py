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

from stages.generate import is_covered


def score_labels_only(model: PreTrainedModel, temperature: float = 1.0) -> None:
    """Patch the fused forward of a text model on a CPU; other models keep TRL's.

    Args:
        model: the model under any PEFT wrapper, already patched by TRL.
        temperature: the logits are divided by it, as TRL's head does.
    """
    if model.device.type != "cpu" or not is_covered(model):
        return
    fused = model.forward

    @functools.wraps(fused)
    def forward(
        *args: Any, fused_lm_head: bool = False, labels: Tensor | None = None, **kwargs: Any
    ) -> Any:
        if not fused_lm_head or labels is None:
            return fused(*args, fused_lm_head=fused_lm_head, labels=labels, **kwargs)
        items = kwargs.pop("num_items_in_batch", None)
        hidden_BTD = model.base_model(*args, **{**kwargs, "use_cache": False}).last_hidden_state
        targets_BT = labels[:, 1:]
        mask_BT = targets_BT != -100
        targets_N = targets_BT[mask_BT]
        logits_NV = model.get_output_embeddings()(hidden_BTD[:, :-1][mask_BT]) / temperature
        loss_N = torch.nn.functional.cross_entropy(logits_NV.float(), targets_N, reduction="none")
        empty = loss_N.new_zeros(mask_BT.shape)
        top1_N = (logits_NV.detach().argmax(-1) == targets_N).to(loss_N.dtype)
        return FusedCausalLMOutput(
            loss=loss_N.sum() / (mask_BT.sum().clamp(min=1) if items is None else items),
            log_probs=empty.masked_scatter(mask_BT, -loss_N),
            entropy=empty.masked_fill(mask_BT, torch.nan),
            is_top1=empty.masked_scatter(mask_BT, top1_N).bool(),
            label_mask=mask_BT,
        )

    model.forward = forward
