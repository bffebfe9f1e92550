"""The run folder's bookkeeping: whole files only, and what each stage was made from.

In: the folder of a stage and its `Plan` (inputs by content hash, configuration, parent, seed).
Out: whether it is already done, and `stage.json` beside its results. A stage is done when its
`stage.json` says so under the same plan; the same plan unfinished is resumed by the stage itself
from what lies in its folder; any other plan starts from an empty folder.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

SCHEMA_VERSION = 1
RECORD = "stage.json"


class RunError(ValueError):
    """The run folder cannot do what was asked of it; the message says what to do instead."""


class Plan(BaseModel):
    """Everything a stage's result depends on; equal plans give equal results."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stage: str
    inputs: dict[str, str]
    config: dict[str, Any] = {}
    parent: str | None = None
    seed: int = 0


class Record(Plan):
    """A plan, whether it has been carried out, and what came of it."""

    schema_version: int = SCHEMA_VERSION
    done: bool = False
    summary: dict[str, Any] = {}

    def follows(self, plan: Plan) -> bool:
        fields = Plan.model_fields
        return self.model_dump(include=set(fields)) == plan.model_dump(include=set(fields))


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of either.

    Raises:
        OSError: unwritable folder or full disk; nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.partial")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """`write_bytes` for text, as UTF-8."""
    write_bytes(path, text.encode())


def digest(path: Path) -> str:
    """sha256 of a file, or of a folder's weights: each safetensors file by name and content.

    Of a folder only weights (and, for a model, its `config.json`) count: what lies beside them
    (logs, PEFT's unordered `target_modules`) may differ between equal results.

    Raises:
        FileNotFoundError: there is nothing at the path, or no weights in the folder.
    """
    if path.is_file():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    parts = sorted(path.glob("*.safetensors")) + sorted(path.glob("config.json"))
    if not parts:
        raise FileNotFoundError(f"{path}: no file, and no folder with safetensors weights")
    listing = "".join(f"{part.name} {digest(part)}\n" for part in parts)
    return hashlib.sha256(listing.encode()).hexdigest()


def digest_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read_record(folder: Path) -> Record | None:
    """The stage's record, or None when there is none that can be read."""
    try:
        return Record.model_validate_json((folder / RECORD).read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValidationError):
        return None


def finished(folder: Path, plan: Plan, outputs: tuple[str, ...] = ()) -> Record | None:
    """The record of the stage if it has carried out just this plan and its outputs are there."""
    record = read_record(folder)
    if record is None or not record.done or not record.follows(plan):
        return None
    return record if all((folder / name).exists() for name in outputs) else None


def begin(folder: Path, plan: Plan) -> bool:
    """Make the folder ready for the plan; True if there may be unfinished work of it to resume."""
    record = read_record(folder)
    if record is not None and not record.done and record.follows(plan):
        return True
    clear(folder)
    _save(folder, Record(**plan.model_dump()))
    return False


def finish(folder: Path, plan: Plan, summary: Mapping[str, Any]) -> Record:
    """Mark the plan as carried out. The last thing a stage does."""
    record = Record(**plan.model_dump(), done=True, summary=dict(summary))
    _save(folder, record)
    return record


def clear(folder: Path) -> None:
    """Empty a stage's folder: its record first, so that what is left never passes for done."""
    (folder / RECORD).unlink(missing_ok=True)
    if folder.is_dir():
        shutil.rmtree(folder)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the run folder alone; the lock goes with the process, even one that is killed.

    Raises:
        RunError: another process is at work in the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(
                f"{folder}: another internalize is at work here; wait for it or choose another run"
            ) from None
        yield


def _save(folder: Path, record: Record) -> None:
    write_text(folder / RECORD, json.dumps(record.model_dump(mode="json"), indent=2) + "\n")
