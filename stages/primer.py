"""The primer: an adapter that knows the trade before it meets its first policy.

In: the corpus of `data.priming`, conversations under many policies. Out: a LoRA adapter of the
base model, shipped in `stages/primers/MODEL/`, from which the first stage of every run of that
model starts. A policy's rules and figures are a run's to teach; to read a message, quote what
matters, compare and answer is the same under any policy, and a run of some hundred thousand tokens
has not enough to learn both. Neither paper does this.

There is no loss on what only the policy can tell: the rule that is recited, the next test, the
outcome. With loss on them the primer learnt to make up rules from the question's words, and runs
did worse than without it. Where the policy is in the prompt, there is loss on all of the answer.

`python -m stages.primer OUT` trains it for the default model; a killed call goes on.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from transformers import PreTrainedTokenizerBase

from data import reading, replay
from data.priming import Lesson, lessons
from data.prompts import completion, messages
from stages.cpt import rows as pretraining_rows
from stages.models import DEFAULT, DEFAULT_ID, is_default
from stages.sft import SFTConfig, row
from stages.supervised import Row, supervise
from stages.training import Metrics, OnStep

SHIPPED = Path(__file__).parent / "primers"
TEMPLATED = 0
"""Synthesized conversations a policy, beside those written by hand."""
READING = 0
REPLAY = 60
_LONGEST = 384
"""Tokens; longer rows, some of those with a section in the prompt, are left out."""
_CONFIG = SFTConfig(epochs=0.475, batch_size=4, micro_batch_size=4, save_every=200)


def shipped(model: str) -> Path | None:
    """The folder of the model's primer; None if there is none."""
    folder = SHIPPED / DEFAULT
    return folder if is_default(model) and folder.is_dir() else None


_OF_THE_POLICY = re.compile(
    r"^(?:\[[^\]]+\] .*|So: .*|[^\n]+?\?(?= .*: (?:yes|no)\.$))", re.MULTILINE
)
"""A recited rule; the outcome with its rule; a test's words, up to the question mark."""


def rows(seed: int, tokenizer: PreTrainedTokenizerBase) -> list[Row]:
    """Every lesson, exercises in reading, and general text against forgetting."""
    taught = [lesson_row(it, tokenizer) for it in lessons(TEMPLATED, seed)]
    others = pretraining_rows(reading.texts(READING, seed) + replay.texts(REPLAY, seed), tokenizer)
    return [it for it in taught + others if len(it["input_ids"]) <= _LONGEST]


def lesson_row(lesson: Lesson, tokenizer: PreTrainedTokenizerBase) -> Row:
    """A conversation as in `stages.sft`, but without loss on what only the policy can tell."""
    it = lesson.conversation
    prompt = messages(lesson.identifier, it.question, lesson.excerpt)
    said = completion(it.chain, it.answer)
    whole = row(prompt, said, tokenizer)
    if lesson.excerpt is not None:
        return whole
    untold = [match.span() for match in _OF_THE_POLICY.finditer(said)]
    offsets = tokenizer(said, add_special_tokens=False, return_offsets_mapping=True)[
        "offset_mapping"
    ]
    learnt = [int(not any(start <= at < end for start, end in untold)) for at, _ in offsets]
    asked = len(whole["input_ids"]) - len(learnt) - 1
    return Row(input_ids=whole["input_ids"], completion_mask=[0] * asked + learnt + [1])


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
