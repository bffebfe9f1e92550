"""`make bench-ccgen`: run a grid's cells one by one, and write the tables and plots.

Each cell's result is a JSON file in `benchmarks/ccgen/results/GRID/`, written beside and renamed; a
cell that has one is never run again, so the command goes on where it was stopped. What it was
trained to lies in `runs/ccgen/GRID/`, with every episode's transcript.
"""

from __future__ import annotations

import argparse
import datetime
import json
import platform
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks import record
from benchmarks.ccgen import report
from benchmarks.ccgen.grids import GRIDS, Entry, Grid, entries
from benchmarks.ccgen.measures import measure
from benchmarks.ccgen.recipes import Kitchen
from internalize import folder
from internalize.config import ConfigError, load
from internalize.folder import RunError
from stages.models import ModelError, resolve

HOME = Path(__file__).parent
TRAINING, SAMPLING = 300, 450
"""Tokens a second that `--plan` counts with: two CPU cores and 135M parameters."""


class Session:
    """A grid on the disk: `results` has a file a cell, `work` what they were made from."""

    def __init__(self, grid: Grid, home: Path, work: Path) -> None:
        self.grid, self.home = grid, home
        self.results = home / "results" / grid.name
        self.work = work
        self._kitchen: Kitchen | None = None

    def result(self, entry: Entry) -> Mapping[str, Any] | None:
        file = self.results / f"{entry.name}.json"
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None

    def entries(self, parts: Sequence[str] = (), seeds: Sequence[int] = ()) -> list[Entry]:
        return [
            entry
            for entry in entries(self.grid, self.result)
            if (not parts or entry.part in parts) and (not seeds or entry.cell.recipe.seed in seeds)
        ]

    def report(self) -> None:
        """Write tables and plots of what is done."""
        found = [(entry, self.result(entry)) for entry in self.entries()]
        report.write(self.home, self.grid, [(e, result) for e, result in found if result])

    def run(self, entry: Entry) -> None:
        kitchen = self._kitchen = self._kitchen or Kitchen(
            self.grid.model, load(self.grid.preset), self.work, _say
        )
        cell, name = entry.cell, entry.name
        found, rows = measure(kitchen, cell.recipe, cell.measure, cell.context, cell.items)
        transcripts = "".join(json.dumps(row) + "\n" for row in rows)
        folder.write_text(self.work / "episodes" / f"{name}.jsonl", transcripts)
        brief = [[row["item"], int(row["correct"]), row.get("fault", "")] for row in rows]
        result = {
            "arm": entry.arm,
            **found,
            "cell": cell.model_dump(mode="json"),
            "commit": record.commit(),
            "date": datetime.date.today().isoformat(),
            "machine": _machine(),
            "rows": brief,
        }
        folder.write_text(self.results / f"{name}.json", json.dumps(result) + "\n")


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options().parse_args(arguments)
    grid = GRIDS[options.grid]
    if options.model or options.preset:
        grid = replace(
            grid, model=options.model or grid.model, preset=options.preset or grid.preset
        )
    session = Session(grid, HOME, Path("runs/ccgen") / grid.name)
    try:
        if options.plan:
            print(plan(session.entries(options.part, options.seed), session))
        elif options.report:
            session.report()
        else:
            run(session, options.part, options.seed)
    except (ConfigError, ModelError, RunError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", file=sys.stderr)
        return 130
    return 0


def run(session: Session, parts: Sequence[str] = (), seeds: Sequence[int] = ()) -> None:
    """Run what has no result yet; what depends on results comes in later passes."""
    resolve(session.grid.model)  # a wrong name is told before anything is made
    with folder.locked(session.work):
        while waiting := [e for e in session.entries(parts, seeds) if session.result(e) is None]:
            entry = waiting[0]
            left = len({e.name for e in waiting})
            _say(f"{left} to do: {entry.part}, {entry.arm}, {entry.x}")
            session.run(entry)
            session.report()


def plan(wanted: Sequence[Entry], session: Session) -> str:
    """How many cells there are and about how long they take at the rates above."""
    cells = {entry.name: entry for entry in wanted}
    waiting = [entry.cell for name, entry in cells.items() if session.result(entry) is None]
    # Arms share the steps they have in common.
    steps = {
        cell.recipe.model_copy(update={"steps": cell.recipe.steps[: count + 1]}): step.tokens
        for cell in waiting
        for count, step in enumerate(cell.recipe.steps)
    }
    trained = sum(steps.values())
    answers = sum(cell.items * len(cell.recipe.settings) for cell in waiting)
    sampled = answers * 200 + sum(
        recipe.steps[-1].tokens for recipe in steps if recipe.steps[-1].kind in ("rl", "sdft")
    )
    hours = (trained / TRAINING + sampled / SAMPLING) / 3600
    return (
        f"{len(cells)} cells, {len(waiting)} without a result: {trained:,} tokens to train on "
        f"and some {sampled:,} to sample, about {hours:.1f} hours at {TRAINING} and {SAMPLING} "
        "tokens a second"
    )


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ccgen", description=__doc__)
    parser.add_argument("--grid", choices=GRIDS, default="cpu")
    parser.add_argument(
        "--part", action="append", default=[], help="only this part; again for more"
    )
    parser.add_argument("--seed", action="append", default=[], type=int, help="only this seed")
    parser.add_argument("--model", help="instead of the grid's")
    parser.add_argument("--preset", help="of training settings, instead of the grid's")
    parser.add_argument("--plan", action="store_true", help="say how much is left, and do nothing")
    parser.add_argument("--report", action="store_true", help="only write tables and plots")
    return parser


def _say(message: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {message}", flush=True)


def _machine() -> str:
    import torch

    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return f"{platform.machine()} CPU, {torch.get_num_threads()} threads"


if __name__ == "__main__":
    sys.exit(main())
