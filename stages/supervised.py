"""Next-token training on weighted tokens: the loop under `cpt` and `sft`.

In: rows of token ids, each with its weight in the loss, and of the pictures they show. Out: the
stage's folder. The trainer is TRL's SFTTrainer, whose loss is the mean over the labelled tokens;
here the mean is weighted, and pixels are read as their batch comes up. Rows are not packed (without
FlashAttention packed documents attend to each other) but batched by length, which leaves little
padding. The order of all epochs is laid out beforehand: transformers' own length-grouped sampler
draws from the global random state, which a resumed run does not find as it was.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

from pydantic import Field
from transformers import TrainingArguments

from stages.forgetting import share_within
from stages.models import tokenizer_of
from stages.pictures import pixels, token_kinds, visual
from stages.scoring import score_labels_only
from stages.training import (
    Metrics,
    OnStep,
    TrainingConfig,
    TrainingError,
    arguments,
    fit,
    suit_attention,
    trainable,
    unwrapped,
)

if TYPE_CHECKING:
    import torch

    from stages.models import Processing


class Row(TypedDict):
    input_ids: list[int]
    weights: list[float]
    """Of each token in the loss; 0 where there is none."""
    pictures: NotRequired[list[str]]
    """Paths, in the order of their placeholders."""


class SupervisedConfig(TrainingConfig):
    epochs: float = Field(default=1, gt=0)
    max_length: int = Field(default=2048, ge=16, description="tokens; longer rows are cut")
    forgetting: float | None = Field(
        default=None,
        ge=0,
        description="share by which general perplexity may rise; where it rose more, less of the "
        "adapter is kept when the stage ends",
    )


def supervise(
    model: str,
    parent: Path | None,
    tokenize: Callable[[Processing], list[Row]],
    out: Path,
    config: SupervisedConfig,
    seed: int,
    on_step: OnStep,
) -> Metrics:
    """Train on the rows that `tokenize(tokenizer or processor)` gives.

    Returns:
        `fit`'s summary and `tokens`, the number trained on, prompts and repetitions included.

    Raises:
        ValueError: a picture cannot be read.
        stages.training.TrainingError: one ends behind `max_length`, or the batch cannot be shared
            out to the processes.
    """
    network, processing = trainable(model, parent, config, seed)
    rows = [_cut(row, config.max_length, processing) for row in tokenize(processing)]
    order = batch_order(
        [len(row["input_ids"]) for row in rows], config.batch_size, config.epochs, seed
    )
    batches = [rows[i] for i in order]
    trainer = trainer_of(network, processing, batches, out, config, seed)
    tokens = sum(len(row["input_ids"]) for row in batches)

    def kept() -> float:
        if config.forgetting is None or config.method == "full":
            return 1.0
        return share_within(trainer.model, processing, config.forgetting)

    return {"tokens": tokens, **fit(trainer, out, on_step, kept)}


def trainer_of(
    network: torch.nn.Module,
    processing: Processing,
    rows: list[Row],
    out: Path,
    config: SupervisedConfig,
    seed: int,
) -> Any:
    """TRL's trainer for the rows, once and in their order."""
    from datasets import Dataset
    from trl import SFTConfig

    suit_attention(network, max((len(row["input_ids"]) for row in rows), default=0))
    args = SFTConfig(
        **arguments(out, config, seed),
        num_train_epochs=1,
        completion_only_loss=True,
        max_length=None,
        train_sampling_strategy="sequential",
    )
    end: Any = tokenizer_of(processing).eos_token_id
    trainer = _weighted_trainer(processing)(
        model=network,
        args=args,
        train_dataset=Dataset.from_list([prepared(row) for row in _filled(rows, args, end)]),
        processing_class=processing,
    )
    score_labels_only(unwrapped(trainer.model))
    return trainer


def _cut(row: Row, length: int, processing: Processing) -> Row:
    if any(visual(processing, row["input_ids"][length:])):
        raise TrainingError(
            f"a text with pictures has {len(row['input_ids'])} tokens, and the first {length} do "
            "not hold all of its pictures: set max_length higher, or show fewer"
        )
    return {
        **row,
        "input_ids": row["input_ids"][:length],
        "weights": row["weights"][:length],
    }


def _filled(rows: list[Row], args: TrainingArguments, end: int) -> list[Row]:
    """The rows, with empty ones behind them so that each of several processes has equally many.

    Accelerate would fill up with the first rows again, which then would be trained on twice.
    """
    if args.world_size == 1:
        return rows
    missing = -len(rows) % (args.per_device_train_batch_size * args.world_size)
    return rows + [Row(input_ids=[end, end], weights=[0.0, 0.0])] * missing


def prepared(row: Row) -> dict[str, Any]:
    """A row as the trainer takes it; its weights average one, so that no row counts for more."""
    labelled = [weight for weight in row["weights"] if weight]
    mean = sum(labelled) / max(len(labelled), 1)
    return {
        "input_ids": row["input_ids"],
        "completion_mask": [int(weight > 0) for weight in row["weights"]],
        "weights": [weight / mean if weight else 0.0 for weight in row["weights"]],
        "pictures": row.get("pictures", []),
    }


def _weighted_trainer(processing: Processing) -> type:
    """TRL's trainer, for rows whose tokens have weights and which may show pictures; made late, as
    TRL takes long to import."""
    import torch
    from trl import SFTTrainer
    from trl.trainer.utils import pad

    class WeightedTrainer(SFTTrainer):
        def __init__(self, **given: Any) -> None:
            super().__init__(**given)
            self._signature_columns = ["input_ids", "labels", "weights", "pictures"]
            collate = self.data_collator

            def weighted(rows: list[dict[str, Any]]) -> dict[str, Any]:
                weights = [torch.tensor(row["weights"]) for row in rows]
                batch = {**collate(rows), "weights": pad(weights, padding_value=0.0)}
                if pictures := pixels(processing, [row["pictures"] for row in rows]):
                    batch |= pictures | token_kinds(processing, batch["input_ids"])
                return batch

            self.data_collator = weighted

        def compute_loss(self, model: Any, inputs: dict[str, Any], *args: Any, **given: Any) -> Any:
            weights_BT = inputs.pop("weights")

            def weighed(**inputs: Any) -> Any:
                outputs = model(**inputs)  # TRL's loss is minus the sum of `log_probs`
                outputs.log_probs = outputs.log_probs * weights_BT[:, 1:]
                return outputs

            return super().compute_loss(weighed, inputs, *args, **given)

    return WeightedTrainer


def batch_order(lengths: list[int], batch_size: int, epochs: float, seed: int) -> list[int]:
    """Indices of the rows in training order: shuffled batches of rows of like length.

    Each epoch has an order of its own; a last, partial one is cut. Within a stretch of 50 batches
    rows are sorted by length, so batches of an epoch still differ from the next one's.
    """
    order: list[int] = []
    wanted = round(len(lengths) * epochs)
    epoch = 0
    while len(order) < wanted:
        rng = random.Random(f"{seed}:{epoch}")
        rows = rng.sample(range(len(lengths)), len(lengths))
        stretch = 50 * batch_size
        batches = []
        for start in range(0, len(rows), stretch):
            near = sorted(rows[start : start + stretch], key=lambda i: -lengths[i])
            batches += [near[i : i + batch_size] for i in range(0, len(near), batch_size)]
        # A short batch among the others would shift every batch behind it.
        whole = [batch for batch in batches if len(batch) == batch_size]
        rng.shuffle(whole)
        rest = [batch for batch in batches if len(batch) < batch_size]
        order += [i for batch in whole + rest for i in batch]
        epoch += 1
    return order[:wanted]
