"""Continued pretraining on text about the policy.

In: `cpt.jsonl` (CAP-CPT, arXiv 2510.11588: text synthesized by category, each tied to the policy
identifier, with general text mixed in against forgetting). Out: the checkpoint the fine-tuning
starts from. Plain autoregressive loss over every token, prompts included, but exactly the visual
ones: TriMPI's VM-CPT (arXiv 2510.09474 §3.1), whose sequence is policy with pictures, picture,
question, chain and answer. Text-only data has no visual tokens, and is CAP-CPT as it stands.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from data.prompts import parts
from data.samples import Text, read
from stages.models import tokenizer_of
from stages.pictures import text_ids, visual
from stages.supervised import Row, SupervisedConfig, supervise
from stages.training import Metrics, OnStep

if TYPE_CHECKING:
    from stages.models import Processing


class CPTConfig(SupervisedConfig):
    """Settings of the stage; the defaults are for a small model and little data."""


def rows(texts: list[Text], processing: Processing, folder: Path = Path()) -> list[Row]:
    """One row a text, closed by the end-of-sequence token, with loss on all that is not visual.

    Args:
        folder: that of the data file, from which pictures are named.
    """
    tokenized = []
    for text in texts:
        pictured = parts(text.text, text.pictures(folder))
        ids = [*text_ids(processing, pictured), tokenizer_of(processing).eos_token_id]
        row = Row(input_ids=ids, weights=[float(not v) for v in visual(processing, ids)])
        if text.images:
            row["pictures"] = [part["image"] for part in pictured if part["type"] == "image"]
        tokenized.append(row)
    return tokenized


def train(
    model: str,
    parent: Path | None,
    texts: Path,
    out: Path,
    config: CPTConfig,
    seed: int,
    on_step: OnStep,
) -> Metrics:
    """Pretrain on the texts; resumes what a kill interrupted.

    Raises:
        ValueError: a line of `texts` is not a Text; the message names file and line.
        stages.models.ModelError: the model or the parent cannot be loaded.
    """
    samples = read(texts, Text)
    return supervise(
        model, parent, lambda p: rows(samples, p, texts.parent), out, config, seed, on_step
    )
