"""Results on the disk: rows of a table with the command, commit and day that made them."""

from __future__ import annotations

import datetime
import json
import subprocess
from pathlib import Path

Row = dict[str, object]


def write(name: str, rows: list[Row], command: str = "") -> None:
    """Write `benchmarks/NAME.json`, made by `make NAME` unless another command is given."""
    record = {
        "command": command or f"make {name}",
        "commit": commit(),
        "date": datetime.date.today().isoformat(),
        "rows": rows,
    }
    path = Path("benchmarks") / f"{name}.json"
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def commit() -> str:
    """The commit that is checked out; with `-dirty` behind it where files differ from it."""
    git = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    return subprocess.run(git, capture_output=True, text=True).stdout.strip()
