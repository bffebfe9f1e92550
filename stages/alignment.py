"""Alignment of sight and language: trains what makes the embedded multimodal model see.

    python -m stages.alignment FOLDER [--out FILE]

In: a folder of pictures with `train.jsonl` and `test.jsonl`, lines of {"image", "question",
"answer", "kind"}, and `train-things.jsonl` and `test-things.jsonl`, lines of {"image", "things"}
(`data.clevr.questions` makes such). Out: one safetensors file that `stages.llava` puts into the
model: the projector, and of the matrices of encoder and language model differences of a low rank
(LoRA, arXiv 2106.09685). Told is how many of the test's things are named and of its questions, by
kind, answered word for word.

First the encoder and the projector learn to name what is where (`stages.naming`), then the language
model learns to answer from those names, with encoder and projector as they are. A picture's
questions are one sequence in which each sees the picture and itself alone, so the picture, which is
longer than any of them, is read once for all. Loss is on the answers.

A call that was interrupted goes on where it last saved, in the same order.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn.functional import cross_entropy

from data.prompts import Part
from data.samples import Record, read
from stages import kernels, llava, naming
from stages.descent import batches, descend
from stages.models import (
    DEFAULT,
    VISUAL_DEFAULT,
    cache,
    chat_ids,
    compute_dtype,
    load,
    resolve,
    tokenizer_of,
)
from stages.pictures import pixels, visual

SPLITS = ("train", "test")
EACH = 8
"""Questions in a sequence, at most; a picture with more comes several times."""


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


def prepare(model: Any, layers: str, rank: int, whole: str | None = None) -> dict[str, Tensor]:
    """Give the layers thin differences, and freeze all else; by the names they ship under.

    Args:
        layers: pattern of the linear layers' names.
        whole: beginning of the names of what is trained as it is.
    """
    from peft import LoraConfig, inject_adapter_in_model

    model.requires_grad_(False)
    config = LoraConfig(r=rank, lora_alpha=rank, target_modules=layers)  # scaled by one
    with torch.random.fork_rng():
        torch.manual_seed(0)
        inject_adapter_in_model(config, model)
    trained = {}
    for name, tensor in model.named_parameters():
        plain = name.replace(".lora_A.default", "").replace(".lora_B.default", "")
        if "lora_A" in name:
            trained[f"{plain}.down"] = tensor
        elif "lora_B" in name:
            trained[f"{plain}.up"] = tensor
        elif whole and name.startswith(whole):
            trained[name] = tensor
    for tensor in trained.values():
        tensor.data = tensor.data.float()
        tensor.requires_grad_()
    return trained


@dataclass(frozen=True)
class Effort:
    """How long and how fast one of the two is trained."""

    epochs: float
    size: int
    """Pictures a step."""
    rate: float
    rank: int


NAMING = Effort(epochs=0.6, size=8, rate=1e-3, rank=16)
READING = Effort(epochs=0.5, size=4, rate=2e-3, rank=8)


def name(folder: Path, out: Path, effort: Effort = NAMING) -> list[bool]:
    """Train encoder and projector on the folder's things, write `out`, and say which things of its
    test are named right.

    Raises:
        ValueError: a line of a file is no picture, or there are too few for a step.
    """
    every, held_out = (naming.pictures(folder / f"{split}-things.jsonl") for split in SPLITS)
    model, processing = _model(None)
    words = naming.Words(every, model, processing)
    layers = r".*vision_tower\.encoder\.layer\.\d+\..*(_proj|fc\d)"
    trained = prepare(model, layers, effort.rank, llava.PROJECTOR)

    def loss(some: list[naming.Picture]) -> Tensor:
        with _autocast(model):
            seen = naming.tokens(model, processing, some)
        return naming.loss(seen, some, words)

    steps = batches(every, effort.epochs, effort.size)
    descend(trained, loss, steps, effort.rate, out.with_suffix(".partial"))
    _ship(trained, out)
    with _autocast(model):
        return naming.right(model, processing, held_out, words, effort.size)


def answer(folder: Path, named: Path, out: Path, effort: Effort = READING) -> dict[str, list[bool]]:
    """Train the language model on the folder's questions, write `out`, which holds `named` too, and
    return what `right` says of its test.

    Raises:
        ValueError: a line of a file is no question, or there are too few pictures for a step.
    """
    every, held_out = (scenes(folder / f"{split}.jsonl") for split in SPLITS)
    model, processing = _model(named)
    layers = r".*language_model\.layers\.\d+\..*_proj"
    trained = prepare(model, layers, effort.rank)
    kernels.install(model)

    def loss(some: list[Scene]) -> Tensor:
        with _autocast(model):
            logits, labels = scores(model, batch(some, processing))
        return cross_entropy(logits.float(), labels)

    steps = batches(every, effort.epochs, effort.size)
    descend(trained, loss, steps, effort.rate, out.with_suffix(".partial"))
    _ship({**load_file(named), **trained}, out)
    with _autocast(model):
        return right(model, processing, held_out, effort.size)


def _model(trained: Path | None) -> tuple[Any, Any]:
    base = llava.fetch(cache(), resolve(DEFAULT), VISUAL_DEFAULT, trained)
    model: Any
    model, processing = load(base, dtype=compute_dtype())
    if model.device.type == "cpu":  # see `stages.training.suit_attention`
        model.set_attn_implementation({"text_config": kernels.ATTENTION, "vision_config": "sdpa"})
    return model, processing


def _autocast(model: Any) -> torch.autocast:
    dtype = compute_dtype()
    return torch.autocast(model.device.type, dtype=dtype, enabled=dtype != torch.float32)


def _ship(weights: dict[str, Tensor], out: Path) -> None:
    """Written beside and renamed."""
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_suffix(".new")
    plain = {n: t.detach().to("cpu", torch.bfloat16).contiguous() for n, t in weights.items()}
    save_file(plain, partial)
    partial.replace(out)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m stages.alignment", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", type=Path, help="of pictures, questions and things")
    parser.add_argument("--out", type=Path, default=llava.TRAINED)
    given = parser.parse_args()
    named = given.out.with_suffix(".named")
    if not named.exists():  # by an interrupted call
        things = name(given.folder, named)
        print(f"{sum(things)} of {len(things)} things named right")
    for kind, hits in answer(given.folder, named, given.out).items():
        print(f"{kind}: {sum(hits)} of {len(hits)} answered word for word")
    named.unlink()


if __name__ == "__main__":
    main()
