"""Pretraining texts of the arms: by category, with the categories mixed up, the document alone, and
with a share of the statements misread.

In: a parsed policy. Out: `Text`s, replay of general text among them. By category is what `data`
makes (CAP-CPT, arXiv 2510.11588). Mixed up: every statement counts as one of the next category and
workflows as loose rules, so each gets the texts that are made for another kind. The document alone
is its own sections. Misread: a statement whose figures come out wrong everywhere but in the
document's own sections, or, if it has none, that was overlooked.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from typing import Literal

from data import pretraining, replay
from data.samples import Text
from data.synthesize import TYPICAL_STATEMENTS, SynthConfig
from parsers.spec import PolicySpec, Statement

Source = Literal["categories", "mixed", "document"]
_NUMBER = re.compile(r"(?<![\w.,])\d+(?![\w]|[.,]\d)")


def pretraining_texts(
    spec: PolicySpec, source: Source, misread: float, config: SynthConfig, seed: int
) -> list[Text]:
    """About as many as a run of the pipeline makes; `config.replay` of them are general text."""
    if source == "document":
        own, _ = pretraining.texts(spec, 0, seed)
    else:
        spec = mixed_up(spec) if source == "mixed" else spec.trusted()
        count = config.cpt * len(spec.statements) / TYPICAL_STATEMENTS * (1 - config.replay)
        own, _ = pretraining.texts(spec, round(count), seed)
        own += pretraining.recitals(spec)
        own = _misread(own, spec.statements, misread, seed)
    general = replay.texts(round(len(own) * config.replay / (1 - config.replay)), seed)
    return random.Random(f"mix:{seed}").sample([*own, *general], len(own) + len(general))


def mixed_up(spec: PolicySpec) -> PolicySpec:
    """The specification with every statement in the next category: facts as duties, duties as
    conditions, conditions as facts."""
    changed = []
    for statement in spec.statements:
        match statement.category:
            case "factual":
                update = {"category": "behavioral"}
            case "behavioral":
                update = {"category": "conditional", "complexity": "simple"}
            case _:
                update = {"category": "factual", "complexity": None}
        changed.append(statement.model_copy(update={**update, "workflow": None}))
    return spec.model_copy(update={"statements": tuple(changed), "workflows": ()})


def _misread(
    texts: Iterable[Text], statements: Iterable[Statement], share: float, seed: int
) -> list[Text]:
    rng = random.Random(f"misread:{seed}")
    every = [s.id for s in statements]
    wrong = set(rng.sample(every, round(share * len(every))))
    figures = {s.id: set(_NUMBER.findall(s.full_text)) for s in statements if s.id in wrong}
    shift = {n: str(int(n) + rng.randint(2, 9)) for some in figures.values() for n in sorted(some)}
    kept = []
    for text in texts:
        hit = wrong.intersection(text.statements) if text.kind != "document" else set()
        told = set().union(*(figures[id] for id in hit))
        if hit and not told:
            continue
        wrongly = {number: shift[number] for number in told}
        words = _NUMBER.sub(lambda m, wrongly=wrongly: wrongly.get(m[0], m[0]), text.text)
        kept.append(text.model_copy(update={"text": words}))
    return kept
