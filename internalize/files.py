"""The files that a run's stages read: what each holds, who reads it, and whether it is whole.

In: a run's `data/` folder, which users may edit, or the hand-written questions beside a policy.
Out: what identifies them by content, or an error that names file and line.
"""

from __future__ import annotations

from pathlib import Path

from data.grading import load_questions
from data.samples import Conversation, Item, Pictured, Text, read
from internalize import album, folder
from internalize.folder import RunError

SAMPLES: dict[str, type[Pictured]] = {
    "cpt": Text, "exercises": Text, "sft": Conversation, "rl": Item, "eval": Item,
}  # fmt: skip
MAY_BE_EMPTY = ("exercises",)
"""A policy may have no numbers, and nobody's words."""
TRAINED_ON = {"cpt": ("cpt",), "sft": ("sft", "exercises"), "rl": ("rl",)}
INPUTS = {**TRAINED_ON, "sft": (*TRAINED_ON["sft"], "cpt")}
"""Files that a stage reads; fine-tuning takes replay and recitals from the pretraining texts."""
DATA = tuple(f"{name}.jsonl" for name in (*SAMPLES, "rejected"))


def digests(run: Path, name: str) -> dict[str, str]:
    """A data file that has been checked, and its pictures, by content.

    Raises:
        RunError: it is not there, or not what it should be.
    """
    path = run / "data" / f"{name}.jsonl"
    if not path.exists():
        raise RunError(f"{path}: no data yet; do `internalize synth {run}` first")
    try:
        samples = read(path, SAMPLES[name])
    except ValueError as error:
        raise RunError(str(error)) from error
    if not samples and name not in MAY_BE_EMPTY:
        raise RunError(f"{path}: holds no sample; raise its count under `synth`")
    shown = album.of_samples(path, samples)
    pictures = {f"pictures of {path.name}": album.digest(shown)} if shown else {}
    return {path.name: folder.digest(path), **pictures}


def statements(run: Path, stage: str) -> list[tuple[str, ...]]:
    """The statements that each sample came from that a stage was trained on."""
    return [
        sample.statements  # type: ignore[attr-defined]
        for name in TRAINED_ON[stage]
        for sample in read(run / "data" / f"{name}.jsonl", SAMPLES[name])
    ]


def beside(policy: Path) -> Path:
    """Where the hand-written questions of a policy are looked for."""
    return policy.with_name(f"{policy.stem}.questions.yaml")


def check_questions(path: Path) -> None:
    """Raises RunError, naming file and entry, when the questions cannot be used."""
    try:
        load_questions(path)
    except ValueError as error:
        raise RunError(str(error)) from error
