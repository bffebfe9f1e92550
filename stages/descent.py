"""A plain training loop that survives being killed, for what no trainer library has a class for.

In: tensors to train, batches that are the same at every call, and the loss of a batch. Out: the
tensors, trained: AdamW, a short warm-up and a cosine to zero. A call that was interrupted goes on
where it last saved, in the same order. Simplified: one process; no other schedule.
"""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

T = TypeVar("T")

SAVE_SECONDS = 300
WARMUP = 0.03
"""Share of the steps."""


def batches(rows: Sequence[T], epochs: float, size: int) -> list[list[T]]:
    """Rows in random order, anew in each epoch, `size` at a time; a last, smaller batch is left."""
    order: list[T] = []
    for epoch in range(math.ceil(epochs)):
        order += random.Random(epoch).sample(rows, len(rows))
    order = order[: round(len(rows) * epochs)]
    return [order[i : i + size] for i in range(0, len(order) - size + 1, size)]


def descend(
    trained: dict[str, Tensor],
    loss: Callable[[T], Tensor],
    batches: Sequence[T],
    rate: float,
    resume: Path,
) -> None:
    """Train the tensors in place; `resume` is where it saves meanwhile, and removed at the end.

    Raises:
        ValueError: there is no batch.
    """
    if not batches:
        raise ValueError("there are fewer rows than a step takes")
    optimizer = torch.optim.AdamW(trained.values(), lr=rate, weight_decay=0.0)
    resume.parent.mkdir(parents=True, exist_ok=True)
    first = _restored(resume, trained, optimizer)
    began = saved = time.monotonic()
    for step in _from(first, len(batches), optimizer, rate):
        value = loss(batches[step])
        value.backward()
        torch.nn.utils.clip_grad_norm_(trained.values(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        now, done = time.monotonic(), step + 1
        if done % 10 == 0 or step == first:
            left = (now - began) / (done - first) * (len(batches) - done)
            print(
                f"step {done}/{len(batches)}  loss {value:.4f}  {left / 60:.0f} min left",
                flush=True,
            )
        if now - saved > SAVE_SECONDS:
            _save(resume, trained, optimizer, done)
            saved = now
    resume.unlink(missing_ok=True)


def _from(first: int, steps: int, optimizer: torch.optim.Optimizer, rate: float) -> Iterator[int]:
    """The steps that are left, each with its learning rate set."""
    for step in range(first, steps):
        warm = (step + 1) / max(steps * WARMUP, 1)
        for group in optimizer.param_groups:
            group["lr"] = rate * min(warm, (1 + math.cos(math.pi * step / steps)) / 2)
        yield step


def _save(path: Path, trained: dict[str, Tensor], optimizer: Any, step: int) -> None:
    """Weights and the optimizer's averages, written beside and renamed."""
    tensors = {name: tensor.detach() for name, tensor in trained.items()}
    for name, tensor in trained.items():
        state = optimizer.state[tensor]
        tensors |= {f"{name}#{key}": state[key] for key in ("exp_avg", "exp_avg_sq")}
    beside = path.with_suffix(".writing")
    save_file({n: t.contiguous() for n, t in tensors.items()}, beside, {"step": json.dumps(step)})
    beside.replace(path)


def _restored(path: Path, trained: dict[str, Tensor], optimizer: Any) -> int:
    """The steps done before an interruption, with their weights put back."""
    if not path.exists():
        return 0
    with safe_open(path, "pt") as file:
        step = json.loads(file.metadata()["step"])
        for name, tensor in trained.items():
            tensor.data.copy_(file.get_tensor(name))
            optimizer.state[tensor] = {"step": torch.tensor(float(step))} | {
                key: file.get_tensor(f"{name}#{key}").to(tensor.device)
                for key in ("exp_avg", "exp_avg_sq")
            }
    return step
