"""`internalize prime`: train the primer of a model, once for all policies.

In: a base model. Out: a folder with the adapter, in bfloat16, and `stage.json`, which says how it
was made. A run starts from it with `--set primer=FOLDER`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from internalize import folder
from internalize.pipeline import Event, OnEvent
from stages import primer
from stages.models import resolve
from stages.processes import crew

_WEIGHTS, _SETTINGS = "adapter_model.safetensors", "adapter_config.json"


def prime(model: str, out: Path, config: primer.PrimerConfig, seed: int, on_event: OnEvent) -> None:
    """Train the primer into `out`; called again after a kill it goes on.

    Raises:
        stages.models.ModelError: the model cannot be found or loaded.
        RunError: there is something else in the folder, which is left as it is.
        OSError: the folder cannot be written.
    """
    hands = crew()
    tell = on_event if hands.is_main else lambda event: None

    def begin() -> folder.Plan | None:
        """Ready the folder for what is to be done, if anything is."""
        plan = folder.Plan(
            stage="primer",
            inputs={"model": folder.digest(resolve(model))},
            config=config.model_dump(mode="json"),
            seed=seed,
        )
        if folder.finished(out, plan, (_WEIGHTS, _SETTINGS)) is not None:
            return None
        record = folder.read_record(out)
        if out.exists() and any(out.iterdir()) and (record is None or record.stage != plan.stage):
            raise folder.RunError(f"{out}: holds other files than a primer's; name a new folder")
        folder.begin(out, plan)
        return plan

    def on_step(done: int, total: int, metrics: Mapping[str, Any]) -> None:
        tell(Event("primer", "step", done, total, metrics))

    plan = hands.from_main(begin)
    if plan is None:
        tell(Event("primer", "kept"))
        return
    tell(Event("primer", "start"))
    summary = primer.train(model, out, config, seed, on_step)

    def finish() -> None:
        _lighten(out, model)
        folder.finish(out, plan, summary)

    hands.from_main(finish)
    tell(Event("primer", "done", metrics=summary))


def _lighten(out: Path, model: str) -> None:
    """Half the size, and the model by the name it was given, not by a local path."""
    import torch
    from safetensors.torch import load_file, save

    weights = {name: it.to(torch.bfloat16) for name, it in load_file(out / _WEIGHTS).items()}
    folder.write_bytes(out / _WEIGHTS, save(weights, metadata={"format": "pt"}))
    settings = json.loads((out / _SETTINGS).read_text(encoding="utf-8"))
    settings |= {"base_model_name_or_path": model, "inference_mode": True}
    folder.write_text(out / _SETTINGS, json.dumps(settings, indent=1, sort_keys=True) + "\n")
