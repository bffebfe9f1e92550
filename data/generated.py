"""What the benchmark generators share: settings that are checked, and files' bytes.

In: a setting (a dataclass whose fields are the options of `internalize bench NAME`), values, rows.
Out: `SettingError` for what is out of reach, the command line that makes a benchmark, JSON.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any

SCHEMA_VERSION = 1


class SettingError(ValueError):
    """A benchmark cannot be made so; the message says which value is to blame."""


def check_limits(setting: Any, limits: Mapping[str, tuple[int, int]]) -> None:
    """
    Raises:
        SettingError: a field is below the least or above the most.
    """
    for name, (least, most) in limits.items():
        if not least <= getattr(setting, name) <= most:
            raise SettingError(
                f"--{name} {getattr(setting, name)}: from {least} to {most} can be made"
            )


def check_known(setting: Any, known: Mapping[str, Collection[Any]]) -> None:
    """
    Raises:
        SettingError: a field is none of those known.
    """
    for name, those in known.items():
        if getattr(setting, name) not in (None, *those):
            raise SettingError(
                f"--{name} {getattr(setting, name)}: one of {', '.join(map(str, those))}"
            )


def command(name: str, setting: Any) -> str:
    """The command line that makes the benchmark."""
    options = [f"--{key} {value}" for key, value in asdict(setting).items() if value is not None]
    return f"internalize bench {name} {' '.join(options)}"


def setting_file(setting: Any) -> bytes:
    return as_json({"schema_version": SCHEMA_VERSION, **asdict(setting)})


def as_json(value: object) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def as_lines(rows: Iterable[object]) -> bytes:
    """One JSON value a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
