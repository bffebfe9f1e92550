"""What a primer knows of words it was never shown: `python -m benchmarks.primer FOLDER`.

Each question is a wording that is kept for evaluation, of an entry of the lexicon (`data.lexicon`),
in the prompt of the primer's exercises in reading. *Concept*: of eight circumstances, of which
seven are other entries', the likeliest reading is the right one. *Polarity*: behind the right one,
yes or no is. Both are read off the model's probabilities; chance is one in eight, and one in two.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import Any

import torch

from benchmarks import record
from data.circumstances import predicate
from data.lexicon import NUMBER, filled
from data.primer import DESK
from data.prompts import THINK_OPEN
from data.reading import readable
from data.syntax import sentence
from internalize.results import Share
from stages.models import DEFAULT, chat_ids, merged, tokenizer_of

_RIVALS = 7


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    rows: list[record.Row] = []
    for name, weights in (("untrained", None), ("primer", options.folder)):
        concept, polarity = _right(weights, options.questions, options.seed)
        shares = {"concept": concept.model_dump(), "polarity": polarity.model_dump()}
        rows.append({"model": name, **shares})
        print(rows[-1], flush=True)
    command = (
        f"python -m benchmarks.primer FOLDER --questions {options.questions} --seed {options.seed}"
    )
    record.write("bench-primer", rows, command)


@torch.inference_mode()
def _right(weights: Path | None, count: int, seed: int) -> tuple[Share, Share]:
    """How many readings name the right circumstance, and how many its side."""
    model, processing = merged(DEFAULT, weights)
    tokenizer = tokenizer_of(processing)
    rng = random.Random(seed)
    pool = [entry for entry in readable() if NUMBER not in entry.means and entry.denies]

    def ids(text: str) -> list[int]:
        return tokenizer(text, add_special_tokens=False)["input_ids"]

    def scored(prompt: list[int], endings: list[list[int]]) -> list[float]:
        longest = max(map(len, endings))
        padded = torch.tensor([prompt + e + [0] * (longest - len(e)) for e in endings])
        network: Any = model
        logits_BTV = network(padded).logits[:, len(prompt) - 1 : -1].float().log_softmax(-1)
        return [
            sum(float(logits_BTV[row, place, token]) for place, token in enumerate(ending))
            for row, ending in enumerate(endings)
        ]

    concepts = sides = 0
    asked = rng.sample(pool, min(count, len(pool)))
    for entry in asked:
        holds = rng.random() < 0.5
        words = filled(rng.choice(entry.held(holds)), entry.match.search(entry.means))
        message = sentence(words)
        said = chat_ids(
            tokenizer,
            [{"role": "system", "content": DESK}, {"role": "user", "content": message}],
        )
        opened = said + ids(f'{THINK_OPEN}\n"{message.rstrip(".?!")}":')
        rivals = rng.sample([other for other in pool if other is not entry], _RIVALS)
        means = [f" {predicate(other.means)}:" for other in (entry, *rivals)]
        scores = scored(opened, [ids(reading) for reading in means])
        concepts += scores.index(max(scores)) == 0
        yes, no = scored(opened + ids(means[0]), [ids(" yes"), ids(" no")])
        sides += (yes > no) == holds
    return Share.of(concepts, len(asked)), Share.of(sides, len(asked))


if __name__ == "__main__":
    main()
