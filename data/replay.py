"""General text, so that a model keeps what it could do before (replay; forgetting is measured).

In: the files of `data/general`. Out: training texts as `Text` of kind replay, texts on which
training is adjusted and others on which perplexity is reported, and unrelated prompts for the
divergence from the base model. Prose comes as it is; question-and-answer pairs come as one text
with `form='chat'`, worded plainly and without any model's chat marks, so that they serve every
model.
"""

from __future__ import annotations

import json
import random
from functools import lru_cache
from importlib import resources

from data.samples import Text


@lru_cache(maxsize=4)
def _rows(name: str) -> tuple[dict[str, str], ...]:
    lines = resources.files("data").joinpath("general", name).read_text(encoding="utf-8")
    return tuple(json.loads(line) for line in lines.splitlines() if line.strip())


def texts(n: int, seed: int) -> list[Text]:
    """n training texts, shuffled; none comes again before all have been used."""
    pool = [Text(text=r["text"], kind="replay", form=r["form"]) for r in _rows("train.jsonl")]
    rng = random.Random(f"replay:{seed}")
    drawn: list[Text] = []
    while len(drawn) < n:
        drawn += rng.sample(pool, min(len(pool), n - len(drawn)))
    return drawn


def validation() -> list[str]:
    """General texts whose topics neither training nor `heldout` shares."""
    return [row["text"] for row in _rows("validation.jsonl")]


def heldout() -> list[str]:
    """General texts whose topics nothing before evaluation shares."""
    return [row["text"] for row in _rows("heldout.jsonl")]


def prompts() -> list[str]:
    """Short user prompts on anything but a policy."""
    return [row["prompt"] for row in _rows("prompts.jsonl")]
