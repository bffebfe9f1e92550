"""The primer: an adapter that knows the trade before it meets its first policy.

In: the corpus of `data.priming`, conversations under many policies. Out: a LoRA adapter of the
base model, shipped in `stages/primers/MODEL/`, from which the first stage of every run of that
model starts. A policy's rules and figures are a run's to teach; to read a message, quote what
matters, compare, branch, cite and answer is the same under any policy, and a run of some hundred
thousand tokens has not enough to learn both. Neither paper does this.

`python -m stages.primer OUT` trains it for the default model; a killed call goes on.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from transformers import PreTrainedTokenizerBase

from data import reading, replay
from data.priming import lessons
from data.prompts import completion, messages
from stages.cpt import rows as pretraining_rows
from stages.models import DEFAULT, DEFAULT_ID, is_default
from stages.sft import SFTConfig, row
from stages.supervised import Row, supervise
from stages.training import Metrics, OnStep

SHIPPED = Path(__file__).parent / "primers"
TEMPLATED = 40
"""Synthesized conversations a policy, beside those written by hand."""
READING = 400
REPLAY = 60
_LONGEST = 384
"""Tokens; longer rows, some of those with a section in the prompt, are left out."""
_CONFIG = SFTConfig(batch_size=4, micro_batch_size=4, save_every=200)


def shipped(model: str) -> Path | None:
    """The folder of the model's primer; None if there is none."""
    folder = SHIPPED / DEFAULT
    return folder if is_default(model) and folder.is_dir() else None


def rows(seed: int, tokenizer: PreTrainedTokenizerBase) -> list[Row]:
    """Every lesson, exercises in reading, and general text against forgetting."""
    taught = [
        row(
            messages(it.identifier, it.conversation.question, it.excerpt),
            completion(it.conversation.chain, it.conversation.answer),
            tokenizer,
        )
        for it in lessons(TEMPLATED, seed)
    ]
    others = pretraining_rows(reading.texts(READING, seed) + replay.texts(REPLAY, seed), tokenizer)
    return [it for it in taught + others if len(it["input_ids"]) <= _LONGEST]


def train(model: str, out: Path, seed: int, on_step: OnStep) -> Metrics:
    """Train a primer in `out`, or go on with one."""
    return supervise(model, None, lambda t: rows(seed, t), out, _CONFIG, seed, on_step)


def ship(trained: Path, folder: Path) -> None:
    """Copy the adapter in bfloat16, under the name that the hub knows its base model by."""
    from safetensors.torch import load_file, save_file

    weights = load_file(trained / "adapter_model.safetensors")
    folder.mkdir(parents=True, exist_ok=True)
    half = {name: tensor.bfloat16() for name, tensor in weights.items()}
    save_file(half, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    settings = json.loads((trained / "adapter_config.json").read_text(encoding="utf-8"))
    settings["base_model_name_or_path"] = DEFAULT_ID
    text = json.dumps(settings, indent=2, sort_keys=True) + "\n"
    (folder / "adapter_config.json").write_text(text, encoding="utf-8")


def main(out: str) -> None:
    def tell(step: int, steps: int, metrics: Metrics) -> None:
        if step % 20 == 0:
            print(f"{step}/{steps} loss {metrics.get('loss', float('nan')):.3f}", flush=True)

    print(train(DEFAULT, Path(out), 0, tell))
    ship(Path(out), SHIPPED / DEFAULT)


if __name__ == "__main__":
    main(sys.argv[1])
