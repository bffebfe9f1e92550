"""The primer: what chains of thought need besides a policy, learnt under other policies.

    python -m stages.primer POLICIES FOLDER

In: a folder of policies, none of which is evaluated. Out: an adapter of the default model, from
which the first stage of a run starts (`stages.models.primer`). Reading a message piece by piece,
comparing numbers, seeing what is asked and in what form: a run would learn all this anew, in most
of its minutes. What only a policy can tell, its ids, rules and outcomes, has no loss, as it is best
guessed from the question, and loss on it would teach to make rules up. What people say for what
needs no policy: the primer also reads all over the lexicon (`data.reading`), of which a run hears
the part that its policy speaks of.

Against forgetting, some texts are what the model wrote itself before (pseudo-rehearsal, Robins
1995), from which nothing new is learnt. FOLDER keeps the data and the last checkpoint; the same
call goes on from there.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import load_file, save_file

from data import reading
from data.prompts import completion, messages, policys_words
from data.samples import Conversation, Text, read
from data.synthesize import SynthConfig, synthesize
from parsers import parse
from stages import models, sft
from stages.generate import generate
from stages.supervised import Row, supervise

if TYPE_CHECKING:
    from stages.models import Processing
    from stages.training import Metrics

DATA = SynthConfig(
    cpt=10, vocabulary=100, sft=330, rl=0, eval_complex=0, eval_other=0, replay=0, reading=0
)
COMPLEX, CHECKED, CITED = 48, 28, 3
"""Conversations of each policy: on cases, on rules with something to check, on other rules."""
EXERCISES = 28
READING = 4000
"""Messages in the words of the whole lexicon."""
REHEARSED, LENGTH = 352, 192
"""Texts of the model's own, of each of two kinds; tokens of one, at most."""
TRAINING = sft.SFTConfig(save_every=300)
KEPT = 0.5
"""Share of what training changed that is shipped: a run learns as much from half of it, and forgets
less than from none (WiSE-FT, arXiv 2109.01903; benchmarks/README.md)."""


def rows(data: Path, identifier: str, processing: Processing) -> list[Row]:
    """Some of a policy's data, with loss on what is the same under any policy."""
    rng = random.Random(data.name)
    chats = read(data / "sft.jsonl", Conversation)
    on_cases = [chat for chat in chats if chat.kind == "complex"]
    checked = [chat for chat in chats if chat.kind != "complex" and "\n" in chat.chain]
    cited = [chat for chat in chats if "\n" not in chat.chain]
    made = []
    for some, most in ((on_cases, COMPLEX), (checked, CHECKED), (cited, CITED)):
        for chat in rng.sample(some, min(most, len(some))):
            turn = completion(chat.chain, chat.answer)
            prompt = messages(identifier, chat.question)
            made.append(
                sft.row(prompt, turn, processing, TRAINING.weights, [(policys_words(turn), 0)])
            )
    practice = [
        text
        for text in read(data / "exercises.jsonl", Text)
        if not (text.kind == "document" and text.statements)  # which rule a message is about
    ]
    some = rng.sample(practice, min(EXERCISES, len(practice)))
    return made + sft.exercises(some, processing, TRAINING.choice_weight, policys_words)


def rehearsal(file: Path) -> list[Row]:
    """What the model writes of itself, as a user and without a beginning; kept in the file."""
    if not file.exists():
        model, processing = models.load(models.DEFAULT, dtype=models.compute_dtype())
        tokenizer: Any = models.tokenizer_of(processing)
        starts = [
            tokenizer(start, add_special_tokens=False)["input_ids"]
            for start in ("<|im_start|>user\n", "<|endoftext|>")
        ]
        prompts = [start for start in starts for _ in range(REHEARSED)]
        written = generate(
            model,
            prompts,
            max_new_tokens=LENGTH,
            eos=tokenizer.convert_tokens_to_ids("<|endoftext|>"),
            temperature=1.0,
            seeds=range(len(prompts)),
        )
        texts = [start + more for start, more in zip(prompts, written, strict=True)]
        file.write_text(json.dumps(texts), encoding="utf-8")
    texts = json.loads(file.read_text(encoding="utf-8"))
    return [Row(input_ids=text, weights=[0.0] + [1.0] * (len(text) - 1)) for text in texts]


def train(policies: Path, folder: Path) -> Metrics:
    """Make the data, train, and leave the adapter in the folder.

    Raises:
        parsers.PolicyError: a document cannot be read.
    """
    made = []
    for document in sorted(policies.iterdir()):
        if document.suffix in (".md", ".txt", ".html") and document.stem != "README":
            spec = parse(document)
            made.append((folder / "data" / document.stem, spec.identifier))
            if not (made[-1][0] / "eval.jsonl").exists():
                synthesize(spec, DATA, 0, made[-1][0])
    own = rehearsal(folder / "rehearsal.json")

    def tokenize(processing: Processing) -> list[Row]:
        told = [row for data, name in made for row in rows(data, name, processing)]
        read_out = reading.texts(READING, 0)
        return told + sft.exercises(read_out, processing, TRAINING.choice_weight) + own

    begun: list[tuple[int, float]] = []

    def on_step(done: int, total: int, logs: Metrics) -> None:
        begun.append((done, time.monotonic()))
        if done % 10 == 0:
            (first, began), (_, now) = begun[0], begun[-1]  # it may have gone on from a checkpoint
            left = (now - began) / max(done - first, 1) * (total - done)
            print(f"step {done}/{total}  loss {logs['loss']:.4f}  {left / 60:.0f} min left")

    return supervise(models.DEFAULT, None, tokenize, folder / "adapter", TRAINING, 0, on_step)


def ship(adapter: Path, out: Path) -> None:
    """The adapter, scaled to what is kept, in bfloat16."""
    out.mkdir(parents=True, exist_ok=True)
    weights = load_file(adapter / "adapter_model.safetensors")
    kept = {name: w.to(torch.bfloat16) for name, w in models.scaled(weights, KEPT).items()}
    save_file(kept, out / "adapter_model.safetensors", metadata={"format": "pt"})
    config = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = models.DEFAULT_ID
    text = json.dumps(config, indent=2, sort_keys=True) + "\n"
    (out / "adapter_config.json").write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m stages.primer", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("policies", type=Path, help="a folder of documents")
    parser.add_argument("folder", type=Path, help="where data and checkpoints are kept")
    parser.add_argument("--out", type=Path, default=models.PRIMER)
    given = parser.parse_args()
    print(train(given.policies, given.folder))
    ship(given.folder / "adapter", given.out)


if __name__ == "__main__":
    main()
