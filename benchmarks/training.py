"""Tokens a second of supervised training: `stages.supervised` against TRL's SFTTrainer, in pairs.

`make bench-training`. Both sides fine-tune the same conversations in the same batches with the same
adapter (`stages.models.LoRA`'s defaults) in bfloat16 autocast, in turn in one process; a row gives
the median of the rounds' ratios, in wall time and in processor time, which other work on the
machine disturbs less. Stock is TRL as it comes: attention and layers are transformers' own, and
every position is projected onto the vocabulary. Beside them stands the machine's rate of matrix
products, and the share of it that a step's products reach.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from peft.tuners.lora import Linear as LoRALinear
from torch import nn
from transformers import TrainerCallback
from trl import SFTConfig as TRLConfig
from trl import SFTTrainer

from benchmarks import record
from benchmarks.rollouts import SAMPLE
from data.samples import Conversation, read
from data.synthesize import SynthConfig, synthesize
from parsers import parse
from stages import sft
from stages.models import DEFAULT, add_adapter, compute_dtype, load, load_processing, tokenizer_of
from stages.supervised import Row, batch_order, prepared, trainer_of
from stages.training import arguments, trainable, unwrapped

_WARM = 3
"""Steps at the start that are not timed."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch-sizes", nargs="+", type=int, default=[2, 8])
    options = parser.parse_args()

    spec = parse(SAMPLE)
    with tempfile.TemporaryDirectory() as folder:
        synthesize(spec, SynthConfig(), 0, Path(folder))
        chats = read(Path(folder) / "sft.jsonl", Conversation)
    processing = load_processing(options.model)
    rows = sft.rows(chats, spec.identifier, tokenizer_of(processing))
    peak = matrix_rate()
    found: list[record.Row] = []
    for batch_size in options.batch_sizes:
        count = (options.steps + _WARM) * batch_size
        order = batch_order([len(row["input_ids"]) for row in rows], batch_size, 1, 0)[:count]
        batches = [rows[i] for i in order]
        ratios, processors, rates = [], [], []
        for _ in range(options.rounds):
            ours, stock = (_rate(options.model, batches, batch_size, own) for own in (True, False))
            ratios.append(ours[0] / stock[0])
            processors.append(ours[1] / stock[1])
            rates.append((ours[0], stock[0]))
        fastest = statistics.median(rate for rate, _ in rates)
        reached = fastest * _operations(options.model, batches)
        found.append(
            {
                "batch_size": batch_size,
                "ours_tokens_per_second": round(fastest, 1),
                "stock_tokens_per_second": round(statistics.median(r for _, r in rates), 1),
                "ratio": round(statistics.median(ratios), 2),
                "ratios": [round(ratio, 2) for ratio in ratios],
                "ratio_processor_time": round(statistics.median(processors), 2),
                "matrix_teraflops": round(peak / 1e12, 2),
                "share_of_matrix_rate": round(reached / peak, 3),
                "model": options.model,
                "threads": torch.get_num_threads(),
            }
        )
        print(found[-1], flush=True)
    record.write("bench-training", found)


def _rate(model: str, rows: list[Row], batch_size: int, own: bool) -> tuple[float, float]:
    """Tokens a second of wall time and of processor time, without the first steps."""
    config = sft.SFTConfig(batch_size=batch_size, micro_batch_size=batch_size)
    with tempfile.TemporaryDirectory() as folder:
        if own:
            network, tokenizer = trainable(model, None, config, 0)
            training = trainer_of(network, tokenizer, rows, Path(folder), config, 0)
        else:
            loaded, processing = load(model, dtype=compute_dtype())
            args = TRLConfig(
                **arguments(Path(folder), config, 0),
                num_train_epochs=1,
                max_length=None,
                completion_only_loss=True,
                train_sampling_strategy="sequential",
            )
            training = SFTTrainer(
                model=add_adapter(loaded, config.lora),  # type: ignore[arg-type]
                args=args,
                train_dataset=Dataset.from_list([prepared(row) for row in rows]),
                processing_class=tokenizer_of(processing),
            )
        clock = _Clock()
        training.add_callback(clock)
        training.train()
    tokens = sum(len(row["input_ids"]) for row in rows[_WARM * batch_size :])
    wall, processor = clock.spent
    return tokens / wall, tokens / processor


class _Clock(TrainerCallback):
    """Wall and processor time from the end of the warm-up to the end of training."""

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        now = time.perf_counter(), time.process_time()
        if state.global_step == _WARM:
            self._begun = now
        self.spent = tuple(b - a for a, b in zip(getattr(self, "_begun", now), now, strict=True))


def _operations(model: str, rows: list[Row]) -> float:
    """Floating-point operations of matrix products a token.

    Two for each weight that a token passes forward, as many backward where there is an adapter (the
    weights are frozen, and below the lowest adapter nothing flows), and six for the adapter's own;
    the head's only for tokens with loss. Attention's are left out: rows are short.
    """
    network, _ = trainable(model, None, sft.SFTConfig(), 0)
    head = unwrapped(network).get_output_embeddings()
    adapted = [m for m in network.modules() if isinstance(m, LoRALinear)]
    wrapped = {id(layer.get_base_layer()) for layer in adapted}
    plain = [
        m
        for m in unwrapped(network).get_decoder().modules()
        if type(m) is nn.Linear and m is not head and not m.weight.requires_grad
    ]
    frozen = sum(m.weight.numel() for m in plain)
    flowing = sum(m.weight.numel() for m in plain if id(m) in wrapped)
    low = sum(p.numel() for p in network.parameters() if p.requires_grad)
    labelled = sum(sum(weight > 0 for weight in row["weights"]) for row in rows)
    share = labelled / sum(len(row["input_ids"]) for row in rows)
    return 2 * frozen + 2 * flowing + 6 * low + 4 * head.weight.numel() * share


def matrix_rate(size: int = 1024, seconds: float = 2.0) -> float:
    """Operations a second of a matrix product that fits the caches, in `compute_dtype`."""
    a, b = (torch.randn(size, size, dtype=compute_dtype()) for _ in range(2))
    best, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        begun = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - begun)
    return 2 * size**3 / best


if __name__ == "__main__":
    main()
