"""`internalize prime`: train the primer of a model, once for all policies.

In: a base model. Out: a folder with the adapter and `primer.json`, which says how it was made. A
run starts from it with `--set primer=FOLDER`; the default model's is shipped (`stages.primer`).
"""

from __future__ import annotations

import json
from pathlib import Path

from internalize import folder
from internalize.pipeline import Event, OnEvent, versions
from stages import primer
from stages.models import resolve


def prime(model: str, out: Path, config: primer.PrimerConfig, seed: int, on_event: OnEvent) -> None:
    """Train the primer into `out`; after a kill, the same call goes on.

    Raises:
        stages.models.ModelError: the model cannot be found or loaded.
        OSError: the folder cannot be written.
    """
    digest = folder.digest(resolve(model))
    on_event(Event("primer", "start"))

    def on_step(done: int, total: int, metrics: dict[str, object]) -> None:
        on_event(Event("primer", "step", done, total, metrics))

    summary = primer.train(model, out, config, seed, on_step)
    made = {
        "model": model,
        "weights": digest,
        "seed": seed,
        "config": config.model_dump(mode="json"),
        "summary": summary,
        "versions": versions(),
    }
    folder.write_text(out / "primer.json", json.dumps(made, indent=1) + "\n")
    on_event(Event("primer", "done", metrics=summary))
