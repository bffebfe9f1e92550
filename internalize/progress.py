"""What a run shows while it works: bars with the time left, or plain lines where no one watches.

In: the pipeline's events. Out: on a terminal one Rich bar a stage; elsewhere (a log, a pipe) a line
when a stage starts, at each tenth of it, and when it ends.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from internalize.pipeline import Event, OnEvent
from internalize.report import number, seconds

TENTHS = 10
WATCHED = ("loss", "policy_free/accuracy", "policy_aware/accuracy")
"""Of the many numbers that a trainer logs a step, those to show."""


@contextmanager
def watch(console: Console) -> Iterator[OnEvent]:
    """An event handler that shows progress on the console while the block runs."""
    if not console.is_terminal:
        yield _Lines(console)
        return
    columns = (
        TextColumn("{task.description:<26}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("[dim]{task.fields[metrics]}"),
    )
    with Progress(*columns, console=console) as progress:
        yield _Bars(progress)


class _Bars:
    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.tasks: dict[str, TaskID] = {}

    def __call__(self, event: Event) -> None:
        if event.state == "kept":
            self.progress.console.print(f"{event.stage:<26} [dim]unchanged[/]", highlight=False)
            return
        if event.stage not in self.tasks:
            self.tasks[event.stage] = self.progress.add_task(event.stage, total=None, metrics="")
        task = self.tasks[event.stage]
        if event.state == "step":
            self.progress.update(
                task,
                completed=event.done,
                total=event.total or None,
                metrics=in_words(event.metrics),
            )
        elif event.state == "done":
            total = self.progress.tasks[self.progress.task_ids.index(task)].total or 1
            self.progress.update(
                task, completed=total, total=total, metrics=in_words(event.metrics)
            )
            self.progress.stop_task(task)


class _Lines:
    def __init__(self, console: Console) -> None:
        self.console = console
        self.begun: dict[str, tuple[float, int]] = {}
        self.tenth: dict[str, int] = {}

    def __call__(self, event: Event) -> None:
        words = in_words(event.metrics)
        if event.state == "step":
            self._step(event, words)
        else:
            state = {"start": "begins", "done": "done", "kept": "unchanged"}[event.state]
            self._say(f"{event.stage}: {state}" + (f" ({words})" if words else ""))

    def _step(self, event: Event, words: str) -> None:
        # The first step seen may be a resumed one: what was done before it says nothing of speed.
        now = time.monotonic()
        since, at_first = self.begun.setdefault(event.stage, (now, event.done))
        tenth = TENTHS * event.done // event.total if event.total else 0
        if tenth <= self.tenth.get(event.stage, 0):
            return
        self.tenth[event.stage] = tenth
        made = event.done - at_first
        left = (now - since) / made * (event.total - event.done) if made else None
        estimate = "" if left is None else f", {seconds(left)} left"
        self._say(f"{event.stage}: {event.done}/{event.total}{estimate} {words}".rstrip())

    def _say(self, line: str) -> None:
        self.console.print(line, highlight=False, markup=False, soft_wrap=True)


def in_words(metrics: Mapping[str, Any]) -> str:
    """The numbers to watch: `loss 0.512`, the rewards by origin, or else all there are."""
    numbers = {k: v for k, v in metrics.items() if type(v) in (int, float)}
    watched = {k: v for k, v in numbers.items() if k in WATCHED}
    shown = watched if "learning_rate" in numbers else numbers
    return ", ".join(f"{k.replace('_', ' ')} {number(v)}" for k, v in shown.items())
