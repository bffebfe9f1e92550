"""Next-token training on tokens with a loss mask: the loop under `cpt` and `sft`.

In: rows of token ids with a mask that is 1 where there is loss. Out: the stage's folder. The
trainer is TRL's SFTTrainer; rows are not packed (without FlashAttention packed documents attend to
each other) but batched by length, which leaves little padding.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

from pydantic import Field
from transformers import PreTrainedTokenizerBase

from stages.scoring import score_labels_only
from stages.training import (
    Metrics,
    OnStep,
    TrainingConfig,
    arguments,
    fit,
    trainable,
    unwrapped,
)


class Row(TypedDict):
    input_ids: list[int]
    completion_mask: list[int]


class SupervisedConfig(TrainingConfig):
    epochs: float = Field(default=1, gt=0)
    max_length: int = Field(default=2048, ge=16, description="tokens; longer rows are cut")


def supervise(
    model: str,
    parent: Path | None,
    tokenize: Callable[[PreTrainedTokenizerBase], list[Row]],
    out: Path,
    config: SupervisedConfig,
    seed: int,
    on_step: OnStep,
) -> Metrics:
    """Train on the rows that `tokenize(tokenizer)` gives.

    Returns:
        `fit`'s summary and `tokens`, the number trained on, prompts and repetitions included.
    """
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    network, tokenizer = trainable(model, parent, config, seed)
    rows: list[Row] = [
        {
            "input_ids": row["input_ids"][: config.max_length],
            "completion_mask": row["completion_mask"][: config.max_length],
        }
        for row in tokenize(tokenizer)
    ]
    args = SFTConfig(
        **arguments(out, config, seed),
        num_train_epochs=config.epochs,
        completion_only_loss=True,
        max_length=None,
        train_sampling_strategy="group_by_length",
        dataset_num_proc=None,
    )
    trainer = SFTTrainer(
        model=network,
        args=args,
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
    )
    score_labels_only(unwrapped(trainer.model))
    tokens = sum(len(row["input_ids"]) for row in rows)
    return {"tokens": round(tokens * config.epochs), **fit(trainer, out, on_step)}
