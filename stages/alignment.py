"""Alignment of sight and language: trains what makes the embedded multimodal model see.

    python -m stages.alignment FOLDER [--epochs 1] [--rank 8] [--out FILE]

In: a folder of pictures with `train.jsonl` and `test.jsonl`, lines of {"image", "question",
"answer", "kind"} (`data.clevr.questions` makes such). Out: the projector's weights, and of the
matrices of encoder and language model a difference of rank `--rank` (LoRA, arXiv 2106.09685; 0
leaves both as they are, as LLaVA's first stage does), in one safetensors file that `stages.llava`
puts into the model. Of the questions in `test.jsonl` it is told, by kind, how many are answered
word for word.

A picture's questions are one sequence in which each sees the picture and itself alone, so the
picture, which is longer than any of them, is read once for all. Loss is on the answers. With eight
questions of 20 tokens a step takes about 170 GFLOP a picture (see `stages.llava`). Measured with
six: 0.7 to 1.1 s of processor time a picture on one core of a Xeon with AMX, and 2.2 GB; 20,000
pictures are some five hours of one core. At rank 8 the file has 10 MB.

A call that was interrupted goes on where it last saved, in the same order. Simplified: one process;
a cosine to zero after a warm-up, and no other schedule.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor
from torch.nn.functional import cross_entropy

from data.prompts import Part
from data.samples import Record, read
from stages import llava
from stages.models import DEFAULT, VISUAL_DEFAULT, cache, chat_ids, load, resolve, tokenizer_of
from stages.pictures import pixels, visual

EACH = 8
"""Questions in a sequence, at most; a picture with more comes several times."""
SAVE_SECONDS = 300


class Exchange(Record):
    """A line of a file of questions; `image` is a path from its folder."""

    image: str
    question: str
    answer: str
    kind: str = "any"


Scene = tuple[Path, list[Exchange]]
"""A picture and questions about it."""


def scenes(file: Path) -> list[Scene]:
    """Pictures with their questions, `EACH` at a time, in the order of the file.

    Raises:
        ValueError: a line of the file is no question; the message names file and line.
    """
    about: dict[str, list[Exchange]] = {}
    for exchange in read(file, Exchange):
        about.setdefault(exchange.image, []).append(exchange)
    return [
        (file.parent / image, asked[start : start + EACH])
        for image, asked in about.items()
        for start in range(0, len(asked), EACH)
    ]


# --- sequences ----------------------------------------------------------------------------------


def batch(scenes: list[Scene], processing: Any) -> dict[str, Tensor]:
    """The model's input for these scenes: a picture, then its questions side by side.

    Returns:
        input_ids, position_ids and labels (B, T; -100 where there is no loss), pixel_values, and
        attention_mask (B, 1, T, T), true where a token sees another.
    """
    end = tokenizer_of(processing).eos_token_id
    picture: list[Part] = [{"type": "image", "image": str(scenes[0][0])}]
    turn = chat_ids(processing, [{"role": "user", "content": picture}], asks=False)
    shared = turn[: turn.index(end)]  # of every picture, for all have as many placeholders
    head = visual(processing, shared).index(True)
    rows = []
    for _, asked in scenes:
        row = [(token, place, -100, 0) for place, token in enumerate(shared)]
        for number, exchange in enumerate(asked, 1):
            turn = chat_ids(processing, [{"role": "user", "content": exchange.question}])[head:]
            said = [*tokenizer_of(processing)(exchange.answer)["input_ids"], end]
            targets = [-100] * len(turn) + said
            places = range(len(shared), len(shared) + len(targets))
            row += zip(turn + said, places, targets, [number] * len(targets), strict=True)
        rows.append([torch.tensor(column) for column in zip(*row, strict=True)])
    ids, places, labels, groups = zip(*rows, strict=True)
    group = _padded(groups, -1)
    causal = torch.ones(group.shape[1], group.shape[1], dtype=torch.bool).tril()
    related = (group[:, None, :] == 0) | (group[:, None, :] == group[:, :, None])
    return {
        "input_ids": _padded(ids, end),
        "position_ids": _padded(places, 0),
        "labels": _padded(labels, -100),
        "attention_mask": (causal & related)[:, None],
        **pixels(processing, [[str(image)] for image, _ in scenes]),
    }


def _padded(rows: Sequence[Tensor], value: int) -> Tensor:
    return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=value)


def scores(model: Any, inputs: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """Logits (N, V) before each labelled token, and those tokens (N)."""
    inputs = {name: value.to(model.device) for name, value in inputs.items()}
    labels = inputs.pop("labels")[:, 1:]
    seen = inputs.pop("attention_mask")
    dtype = torch.bfloat16 if torch.is_autocast_enabled(model.device.type) else model.dtype
    mask = torch.zeros(seen.shape, dtype=dtype, device=seen.device)
    mask.masked_fill_(~seen, torch.finfo(dtype).min)
    hidden = model.base_model(**inputs, attention_mask=mask, use_cache=False).last_hidden_state
    where = labels != -100
    return model.get_output_embeddings()(hidden[:, :-1][where]), labels[where]


@torch.inference_mode()
def right(model: Any, processing: Any, held_out: list[Scene], size: int) -> dict[str, list[bool]]:
    """By kind, for every question, whether the model would answer it word for word."""
    end = tokenizer_of(processing).eos_token_id
    found: dict[str, list[bool]] = {}
    for start in range(0, len(held_out), size):
        some = held_out[start : start + size]
        logits, labels = scores(model, batch(some, processing))
        hits = (logits.argmax(-1) == labels).tolist()
        ends = [place for place, label in enumerate(labels.tolist(), 1) if label == end]
        asked = [exchange for _, exchanges in some for exchange in exchanges]
        for exchange, first, last in zip(asked, [0, *ends], ends, strict=False):
            found.setdefault(exchange.kind, []).append(all(hits[first:last]))
    return found


# --- what is trained ----------------------------------------------------------------------------


def prepare(model: Any, rank: int, seed: int) -> dict[str, Tensor]:
    """Freeze the model but for the projector and thin differences, by the names they ship under."""
    from peft import LoraConfig, inject_adapter_in_model

    model.requires_grad_(False)
    if rank:
        layers = r".*(language_model\.layers|vision_tower\.encoder\.layer)\.\d+\..*(_proj|fc\d)"
        config = LoraConfig(r=rank, lora_alpha=rank, target_modules=layers)  # scaled by one
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            inject_adapter_in_model(config, model)
    trained = {}
    for name, tensor in model.named_parameters():
        plain = name.replace(".lora_A.default", "").replace(".lora_B.default", "")
        if "lora_A" in name:
            trained[f"{plain}.down"] = tensor
        elif "lora_B" in name:
            trained[f"{plain}.up"] = tensor
        elif name.startswith(llava.PROJECTOR):
            trained[name] = tensor
    for tensor in trained.values():
        tensor.data = tensor.data.float()
        tensor.requires_grad_()
    return trained


def train(
    folder: Path, out: Path, epochs: float, rank: int, rate: float, size: int
) -> dict[str, list[bool]]:
    """Train on the folder's scenes, write `out`, and return what `right` says of its test.

    Raises:
        ValueError: a line of a file is no question, or there are too few pictures for a step.
    """
    every, held_out = (scenes(folder / f"{split}.jsonl") for split in ("train", "test"))
    base = llava.fetch(cache(), resolve(DEFAULT), VISUAL_DEFAULT, trained=None)
    model: Any
    model, processing = load(base, dtype=torch.bfloat16)
    model.set_attn_implementation("eager" if model.device.type == "cpu" else "sdpa")
    trained = prepare(model, rank, seed=0)
    optimizer = torch.optim.AdamW(trained.values(), lr=rate, weight_decay=0.0)
    order = list(_order(len(every), epochs))
    steps = len(order) // size
    if not steps:
        raise ValueError(f"{folder}: {len(order)} pictures are fewer than a step's {size}")
    resume = out.with_suffix(".partial")
    first = _restored(resume, trained, optimizer)
    began = saved = time.monotonic()
    for step in range(first, steps):
        share = min((step + 1) / max(steps * 0.03, 1), (1 + math.cos(math.pi * step / steps)) / 2)
        for group in optimizer.param_groups:
            group["lr"] = rate * share
        inputs = batch([every[i] for i in order[step * size : (step + 1) * size]], processing)
        with torch.autocast(model.device.type, dtype=torch.bfloat16):
            logits, labels = scores(model, inputs)
        loss = cross_entropy(logits.float(), labels)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained.values(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        now = time.monotonic()
        if step % 10 == 9 or step == first:
            left = (now - began) / (step + 1 - first) * (steps - step - 1)
            print(f"step {step + 1}/{steps}  loss {loss:.4f}  {left / 60:.0f} min left", flush=True)
        if now - saved > SAVE_SECONDS:
            _save(resume, trained, optimizer, step + 1)
            saved = now
    with torch.autocast(model.device.type, dtype=torch.bfloat16):
        result = right(model, processing, held_out, size)
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_suffix(".new")
    weights = {
        name: t.detach().to("cpu", torch.bfloat16).contiguous() for name, t in trained.items()
    }
    save_file(weights, partial)
    partial.replace(out)
    resume.unlink(missing_ok=True)
    return result


def _order(count: int, epochs: float) -> Iterator[int]:
    left = round(count * epochs)
    for epoch in range(math.ceil(epochs)):
        yield from random.Random(epoch).sample(range(count), count)[:left]
        left -= count


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


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m stages.alignment", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", type=Path, help="of pictures, train.jsonl and test.jsonl")
    parser.add_argument("--out", type=Path, default=llava.TRAINED)
    parser.add_argument("--epochs", type=float, default=1.0)
    parser.add_argument(
        "--rank", type=int, default=8, help="of the differences; 0: projector alone"
    )
    parser.add_argument("--rate", type=float, default=1e-3, help="learning rate")
    parser.add_argument("--size", type=int, default=8, help="pictures a step")
    given = parser.parse_args()
    for kind, hits in train(**vars(given)).items():
        print(f"{kind}: {sum(hits)} of {len(hits)} answered word for word")


if __name__ == "__main__":
    main()
