"""The primer: an adapter that can follow a policy before it knows one.

In: a base model. Out: an adapter trained on the exercises of `data.primer`, from which the first
stage of a run can start. It is the same for every policy, so it is trained once for a model.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from data import replay
from data.primer import exercises
from stages import cpt, sft
from stages.supervised import Row, SupervisedConfig, supervise
from stages.training import Metrics, OnStep

if TYPE_CHECKING:
    from stages.models import Processing


class PrimerConfig(SupervisedConfig):
    """Settings of the primer; the defaults are for a small model, an hour on two cores."""

    exercises: int = Field(default=3600, ge=1)
    replay: float = Field(
        default=0.08, ge=0, lt=1, description="of general text, for each exercise"
    )
    batch_size: int = Field(default=4, ge=1, description="sequences an optimizer step")
    micro_batch_size: int = Field(default=4, ge=1, description="sequences a forward pass")
    max_length: int = Field(default=768, ge=16, description="tokens; longer rows are cut")


def train(model: str, out: Path, config: PrimerConfig, seed: int, on_step: OnStep) -> Metrics:
    """Train the primer of a model; called again after a kill it goes on.

    Raises:
        stages.models.ModelError: the model cannot be loaded.
    """

    def tokenize(processing: Processing) -> list[Row]:
        weight = sft.SFTConfig().choice_weight
        rows = [
            sft.row(it.messages, it.turn, processing, weight)
            for it in exercises(config.exercises, seed)
        ]
        general = replay.texts(round(config.exercises * config.replay), seed)
        return rows + cpt.rows(general, processing)

    return supervise(model, None, tokenize, out, config, seed, on_step)
