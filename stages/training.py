"""What the three training stages share: settings, the trainable model, resuming, metrics.

In: a model's name, the stage before's weights, tokenized rows. Out: a folder with the adapter (or
full weights) as safetensors and `metrics.jsonl`, one line an optimizer step. The loops are TRL's
and transformers'; while they run, their checkpoints lie in `checkpoints/`, and calling a stage
again after a kill goes on from the last whole one with the same data order and the same weights.
Under `accelerate launch` a step's batch is shared out to the processes, and the main one writes.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from peft.helpers import disable_input_dtype_casting
from pydantic import BaseModel, ConfigDict, Field, model_validator
from transformers import TrainerCallback

from stages import kernels
from stages.models import LoRA, add_adapter, compute_dtype, load, load_adapter, merged, scaled
from stages.processes import crew, is_sharded

if TYPE_CHECKING:
    import torch
    from transformers import Trainer

    from stages.models import Processing

Metrics = dict[str, Any]
OnStep = Callable[[int, int, Metrics], None]
"""Called after each step with (steps done, steps in all, latest metrics)."""


class TrainingError(ValueError):
    """Settings that do not go with the model or the processes; the message says what to do."""


class TrainingConfig(BaseModel):
    """Settings of a training stage; each stage has its own defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = True
    method: Literal["lora", "full"] = "lora"
    lora: LoRA = LoRA()
    learning_rate: float = Field(default=1e-3, gt=0)
    batch_size: int = Field(default=2, ge=1, description="sequences an optimizer step")
    micro_batch_size: int = Field(default=2, ge=1, description="sequences a forward pass")
    warmup: float = Field(default=0.05, ge=0, lt=1, description="share of the steps")
    save_every: int = Field(default=100, ge=1, description="steps between resumable checkpoints")

    def split(self, processes: int) -> tuple[int, int]:
        """(sequences a forward pass, forward passes a step) of each of the processes, so that a
        step is the same batch however many there are.

        Raises:
            TrainingError: the batch cannot be shared out evenly.
        """
        share, rest = divmod(self.batch_size, processes)
        if rest:
            raise TrainingError(
                f"batch_size={self.batch_size} cannot be shared out to {processes} processes; "
                f"use a multiple of {processes}, or fewer processes"
            )
        most = min(share, self.micro_batch_size)
        micro = next(size for size in range(most, 0, -1) if share % size == 0)
        return micro, share // micro

    @model_validator(mode="after")
    def _whole_batches(self) -> Self:
        if self.batch_size > self.micro_batch_size and self.batch_size % self.micro_batch_size:
            raise ValueError(
                f"batch_size={self.batch_size} must be a multiple of "
                f"micro_batch_size={self.micro_batch_size}, or less"
            )
        return self


def trainable(
    model: str, parent: Path | None, config: TrainingConfig, seed: int
) -> tuple[torch.nn.Module, Processing]:
    """The model to train: with the parent's adapter or weights where there is a parent.

    With LoRA the frozen weights are in `compute_dtype` and the adapter in float32; full weights
    are float32, with a parent's adapter merged in. `config.lora` is that of a fresh adapter: one
    that comes from a parent keeps its rank.
    """
    import torch

    crew()  # gives this process its device
    device = "cpu" if is_sharded() else None  # sharding moves each process's part to its own
    if config.method == "full":
        return merged(model, parent, dtype=torch.float32, device=device)
    loaded, processing = load(model, dtype=compute_dtype(), device=device)
    if parent is not None:
        adapted = load_adapter(loaded, parent, trainable=True)
    else:
        adapted = add_adapter(loaded, config.lora, seed)
    if not is_sharded():
        kernels.install(adapted)
    return adapted, processing


def unwrapped(model: torch.nn.Module) -> Any:
    """The transformers model under a PEFT wrapper; any other model is its own."""
    return model.get_base_model() if hasattr(model, "peft_config") else model


_SHORT = 384
"""Tokens up to which attention is computed plainly on a CPU: its memory goes by their square."""


def suit_attention(model: torch.nn.Module, longest: int) -> None:
    """Choose the attention that is quick for rows of up to `longest` tokens.

    On a CPU the backward pass of PyTorch's fused attention takes about three times as long as that
    of plain matrix products when rows are short.
    """
    network = unwrapped(model)
    if network.device.type == "cpu" and not is_sharded() and longest <= _SHORT:
        network.set_attn_implementation(kernels.ATTENTION)


def arguments(out: Path, config: TrainingConfig, seed: int) -> Metrics:
    """Keyword arguments every trainer's configuration takes."""
    import torch

    micro, accumulation = config.split(crew().size)
    return {
        "output_dir": str(out / "checkpoints"),
        "learning_rate": config.learning_rate,
        "lr_scheduler_type": "cosine",
        "warmup_steps": config.warmup,
        "per_device_train_batch_size": micro,
        "gradient_accumulation_steps": accumulation,
        "bf16": compute_dtype() == torch.bfloat16,
        "use_cpu": not torch.cuda.is_available(),
        "gradient_checkpointing": False,
        "dataloader_pin_memory": torch.cuda.is_available(),
        "logging_steps": 1,
        "save_steps": config.save_every,
        "save_total_limit": 1,
        "seed": seed,
        "data_seed": seed,
        "report_to": "none",
        "disable_tqdm": True,
    }


def fit(
    trainer: Trainer, out: Path, on_step: OnStep, kept: Callable[[], float] = lambda: 1.0
) -> Metrics:
    """Train from the last whole checkpoint, save the weights, and sum the run up.

    Args:
        kept: the share of the trained adapter that is saved.

    Returns:
        steps, seconds (of training, over all interruptions), the last loss, the share kept.
    """
    trainer.remove_callback(_printer())
    journal = _Journal(out / "metrics.jsonl", on_step)
    trainer.add_callback(journal)
    checkpoint = crew().from_main(lambda: _last_checkpoint(out / "checkpoints"))
    # Autocast turns every input into bfloat16; PEFT would make a float32 copy of it before.
    with disable_input_dtype_casting(trainer.model):
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    share = kept()
    _save(trainer, out, share)
    return {
        "steps": trainer.state.global_step,
        "seconds": journal.seconds,
        "loss": journal.loss,
        "kept": share,
    }


def _printer() -> type[TrainerCallback]:
    from transformers.trainer_callback import PrinterCallback

    return PrinterCallback


def _save(trainer: Trainer, out: Path, kept: float) -> None:
    """The weights, written beside and renamed; the resumable checkpoints go."""
    weights = None
    if is_sharded():  # all processes give their parts
        weights = trainer.accelerator.get_state_dict(trainer.model_wrapped)
    elif kept != 1:
        weights = trainer.model.state_dict()
    if weights is not None:
        weights = scaled(weights, kept)
    if not trainer.is_world_process_zero():
        return
    partial = out / ".partial"
    shutil.rmtree(partial, ignore_errors=True)
    trainer.model.save_pretrained(partial, state_dict=weights)
    if trainer.processing_class is not None and not hasattr(trainer.model, "peft_config"):
        trainer.processing_class.save_pretrained(partial)  # full weights load by themselves
    (partial / "README.md").unlink(missing_ok=True)  # PEFT's empty model card
    for file in partial.iterdir():
        file.replace(out / file.name)
    partial.rmdir()
    shutil.rmtree(out / "checkpoints", ignore_errors=True)


def _last_checkpoint(folder: Path) -> Path | None:
    """The newest checkpoint that was written to its end; what a kill left of others is removed."""
    found = sorted(folder.glob("checkpoint-*"), key=lambda p: -int(p.name.rpartition("-")[2]))
    for path in found:
        try:  # the trainer writes its state last
            json.loads((path / "trainer_state.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            shutil.rmtree(path)
        else:
            return path
    return None


class _Journal(TrainerCallback):
    """Writes `metrics.jsonl`, and tells whoever watches."""

    def __init__(self, path: Path, on_step: OnStep) -> None:
        self.path, self.on_step = path, on_step
        self.seconds = 0.0
        self.loss = float("nan")

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._started = time.perf_counter()
        if not state.is_world_process_zero:
            return
        # Steps after the checkpoint that training goes on from are going to be done again.
        kept = []
        if self.path.exists() and state.global_step:
            for line in self.path.read_text(encoding="utf-8").splitlines():
                entry = _parsed(line)
                if entry and entry["step"] <= state.global_step:
                    kept.append(line)
                    self.seconds = entry["seconds"]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
        self._started -= self.seconds

    def on_log(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        logs: Metrics = given["logs"]
        # The closing summary is no step.
        if "train_runtime" in logs or not state.is_world_process_zero:
            return
        self.seconds = time.perf_counter() - self._started
        self.loss = logs.get("loss", self.loss)
        # What the trainer could not compute is None or NaN, which is no JSON.
        logs = {key: value for key, value in logs.items() if value is not None and value == value}
        entry = {"step": state.global_step, "seconds": round(self.seconds, 3), **logs}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")
        self.on_step(state.global_step, state.max_steps, logs)


def _parsed(line: str) -> Metrics | None:
    try:
        return json.loads(line)
    except ValueError:  # the line a kill cut short
        return None
