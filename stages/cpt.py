"""Continued pretraining on text about the policy.

In: `cpt.jsonl` (CAP-CPT, arXiv 2510.11588: text synthesized by category, each tied to the policy
identifier, with general text mixed in against forgetting). Out: the checkpoint the fine-tuning
starts from. Plain autoregressive loss over every token but visual ones (TriMPI's VM-CPT, arXiv
2510.09474 §3.1); the text-only pipeline has none.
"""

from __future__ import annotations

from pathlib import Path

from transformers import PreTrainedTokenizerBase

from data.samples import Text, read
from stages.supervised import Row, SupervisedConfig, supervise
from stages.training import Metrics, OnStep


class CPTConfig(SupervisedConfig):
    """Settings of the stage; the defaults are for a small model and little data."""


def rows(texts: list[Text], tokenizer: PreTrainedTokenizerBase) -> list[Row]:
    """One row a text, closed by the end-of-sequence token, with loss on all of it."""
    tokenized = []
    for text in texts:
        ids = tokenizer(text.text)["input_ids"] + [tokenizer.eos_token_id]
        tokenized.append(Row(input_ids=ids, weights=[1.0] * len(ids)))
    return tokenized


def train(
    model: str,
    parent: Path | None,
    texts: Path,
    out: Path,
    config: CPTConfig,
    seed: int,
    on_step: OnStep,
) -> Metrics:
    """Pretrain on the texts; resumes what a kill interrupted.

    Raises:
        ValueError: a line of `texts` is not a Text; the message names file and line.
        stages.models.ModelError: the model or the parent cannot be loaded.
    """
    samples = read(texts, Text)
    return supervise(model, parent, lambda t: rows(samples, t), out, config, seed, on_step)
