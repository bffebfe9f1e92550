"""`report.html`: what a run did and what came of it, in one self-contained file.

In: a run folder that has been evaluated. Out: HTML without any request to elsewhere: the verdict,
the table of conditions, a line and a curve per stage, adherence per rule, transcripts, cost,
diagnostics, configuration. The page's words and drawings are in `report.html.j2`; here is what
they need computed.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
import yaml
from markupsafe import Markup, escape
from pydantic import ValidationError

from data.prompts import split_completion
from internalize import album
from internalize.folder import RunError
from internalize.results import KINDS, SOURCES, UNTRAINED, UNTRAINED_POLICY, Results, Share
from internalize.thumbnails import illustrated, image
from parsers.places import line_number
from parsers.spec import PolicySpec

TRANSCRIPTS = {"complex": 4, "simple": 2, "factual": 2, "behavioral": 2}
"""How many transcripts of each kind: ten in all, most of them of the kind that is hard."""
PICTURED = 8
"""How many with pictures, before those."""

MOST_FAILURES = 40
WIDTH, HEIGHT = 420, 180
"""Size of a chart's plotting area in SVG units."""

_CITED = re.compile(r"\[([a-z0-9][a-z0-9.\-]*)\]")


@dataclass(frozen=True)
class Line:
    """One series of a chart; `points` are SVG coordinates inside the plotting area."""

    name: str
    points: str


@dataclass(frozen=True)
class Chart:
    """A line chart, ready to draw; ticks are (position in SVG units, label)."""

    title: str
    x_label: str
    lines: tuple[Line, ...]
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True)
class Transcript:
    kind: str
    source: str
    question: str
    images: tuple[str, ...]
    answer: str
    before: tuple[str, str]
    before_correct: bool
    after: tuple[str, str]
    after_correct: bool


def load_results(run: Path) -> Results:
    """`evaluation/results.json` of the run.

    Raises:
        RunError: there is none, or it is damaged.
    """
    path = run / "evaluation" / "results.json"
    try:
        return Results.model_validate_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise RunError(
            f"{run}: nothing has been evaluated yet; do `internalize evaluate {run}` first"
        ) from None
    except ValidationError as error:
        raise RunError(f"{path}: damaged; delete it and evaluate again: {error}") from error


def render(run: Path, spec: PolicySpec) -> str:
    """The page.

    Raises:
        RunError: the run has not been evaluated.
    """
    found = load_results(run)
    after = found.tuned or UNTRAINED
    before_predictions = _predictions(run, UNTRAINED_POLICY)
    after_predictions = _predictions(run, after)
    page = resources.files("internalize").joinpath("report.html.j2").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    own = album.of_policy(run)
    environment.filters |= {
        "illustrated": lambda text: illustrated(text, own),
        "picture": lambda name: image(run / "data" / name),
        "cite": lambda text: cite(text, spec),
        "percent": lambda share: f"{100 * share:.0f}",
        "seconds": seconds,
        "number": number,
    }
    saved = yaml.safe_load((run / "run.yaml").read_text(encoding="utf-8"))
    return environment.from_string(page).render(
        results=found,
        spec=spec,
        kinds=KINDS,
        sources=[s for s in SOURCES if any(score.source == s for score in found.scores)],
        before=UNTRAINED_POLICY,
        after=after,
        charts=[c for line in found.stages for c in curves(run, line.stage)],
        cost=cost_chart(found),
        width=WIDTH,
        height=HEIGHT,
        transcripts=transcripts(before_predictions, after_predictions),
        failures=[transcript(p, None) for p in after_predictions if not p["correct"]],
        most_failures=MOST_FAILURES,
        diagnostics=[
            (d, [line_number(spec.document.text, span.start) for span in d.spans])
            for d in spec.diagnostics
        ],
        compared_items=saved["config"]["evaluate"]["compared_items"],
        settings=yaml.safe_dump(saved["config"], sort_keys=False, allow_unicode=True),
        versions=saved["versions"],
        model=saved["config"]["model"],
        seed=saved["config"]["seed"],
    )


def markdown_table(found: Results) -> str:
    """Accuracy by condition as Markdown, for the model card."""
    parts = []
    for source in SOURCES:
        rows = [c for c in found.conditions if found.score(c, source, "all")]
        if not rows:
            continue
        parts.append(f"Right answers to {source} questions, % (Wilson 95 % interval):\n")
        parts.append("| condition | " + " | ".join((*KINDS, "all")) + " |")
        parts.append("|---" * (len(KINDS) + 2) + "|")
        for condition in rows:
            cells = [in_percent(found.score(condition, source, k)) for k in (*KINDS, "all")]
            parts.append(f"| {found.label(condition)} | " + " | ".join(cells) + " |")
        parts.append("")
    return "\n".join(parts)


def in_percent(share: Share | None) -> str:
    """`87 (80–92)`; a dash where nothing was asked."""
    if share is None:
        return "–"
    return f"{100 * share.share:.0f} ({100 * share.low:.0f}–{100 * share.high:.0f})"


# --- charts ---------------------------------------------------------------------------------


def curves(run: Path, stage: str) -> list[Chart]:
    """The stage's curves from its `metrics.jsonl`: loss, or for RL each reward by origin."""
    rows = list(_jsonl(run / stage / "metrics.jsonl"))
    charts: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for row in rows:
        for key, value in row.items():
            name, line = _curve(stage, key)
            if name and _finite(value):
                points = charts.setdefault(name, {}).setdefault(line, [])
                points.append((float(row["step"]), float(value)))
    return [
        chart(f"{stage.upper()}: {name}", "step", dict(sorted(lines.items(), reverse=True)))
        for name, lines in charts.items()
    ]


def _curve(stage: str, key: str) -> tuple[str, str]:
    """(chart, line) that a metric belongs to; ('', '') for one that is not drawn.

    Rewards are drawn apart for rollouts without and with the policy: their mean would flatter.
    """
    origin, _, reward = key.partition("/")
    if stage == "rl":
        drawn = origin in ("policy_free", "policy_aware") and reward
        return (f"{reward} reward", origin.replace("_", "-") + " rollouts") if drawn else ("", "")
    return ("loss", "loss") if key == "loss" else ("", "")


def cost_chart(found: Results) -> Chart | None:
    """Seconds spent after n requests: trained once, or the policy in every prompt."""
    even, prefill = found.break_even, found.prefill
    horizon = even.requests or even.requests_uncached
    if horizon is None:
        return None
    last = 2.0 * horizon
    series = {
        "trained, no policy": [
            (0.0, even.training_seconds),
            (last, even.training_seconds + last * prefill["seconds_without"]),
        ],
        "policy in the prompt, cached": [(0.0, 0.0), (last, last * prefill["seconds_cached"])],
    }
    return chart("Seconds spent after n requests", "requests", series)


def chart(title: str, x_label: str, series: dict[str, list[tuple[float, float]]]) -> Chart:
    """Lay series of (x, y) out in the plotting area; the y axis takes in 0."""
    xs = [x for points in series.values() for x, _ in points]
    ys = [y for points in series.values() for _, y in points]
    x_axis, y_axis = axis(min(xs), max(xs)), axis(min(0.0, *ys), max(ys))

    def across(x: float) -> float:
        low, high = min(xs), max(xs)
        return WIDTH * (x - low) / (high - low or 1.0)

    def down(y: float) -> float:
        return HEIGHT * (1 - (y - y_axis[0]) / (y_axis[-1] - y_axis[0] or 1.0))

    return Chart(
        title=title,
        x_label=x_label,
        lines=tuple(
            Line(name, " ".join(f"{across(x):.1f},{down(y):.1f}" for x, y in points))
            for name, points in series.items()
        ),
        x_ticks=tuple((across(x), number(x)) for x in x_axis if min(xs) <= x <= max(xs)),
        y_ticks=tuple((down(y), number(y)) for y in y_axis),
    )


def axis(low: float, high: float, count: int = 4) -> list[float]:
    """Round tick values from at or below `low` to at or above `high`, about `count` steps."""
    span = high - low or abs(high) or 1.0
    rough = span / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(n * step, 12) for n in range(first, max(last, first + 1) + 1)]


# --- texts ----------------------------------------------------------------------------------


def transcripts(
    before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]
) -> list[Transcript]:
    """Ten questions, and some on pictures if there are any, with both answers; taken at even
    distances: chosen by position, not result."""
    earlier = {(p["source"], p["item"]): p for p in before}
    both = [p for p in after if (p["source"], p["item"]) in earlier]
    told = [p for p in both if not p["images"]]
    pools = [(PICTURED, [p for p in both if p["images"]])]
    pools += [(n, [p for p in told if p["kind"] == kind]) for kind, n in TRANSCRIPTS.items()]
    chosen = []
    for count, pool in pools:
        count = min(count, len(pool))
        chosen += [pool[int((i + 0.5) * len(pool) / count)] for i in range(count)]
    return [transcript(p, earlier[p["source"], p["item"]]) for p in chosen]


def transcript(after: dict[str, Any], before: dict[str, Any] | None) -> Transcript:
    """A question with its answer, and with the one of before if there is one."""
    return Transcript(
        kind=after["kind"],
        source=after["source"],
        question=after["question"],
        images=tuple(after["images"]),
        answer=after["answer"],
        before=split_completion(before["completion"]) if before else ("", ""),
        before_correct=bool(before and before["correct"]),
        after=split_completion(after["completion"]),
        after_correct=after["correct"],
    )


def cite(text: str, spec: PolicySpec) -> Markup:
    """Escaped text with every cited rule marked: its words on hover, or that there is none."""
    rules = {statement.id: statement.full_text for statement in spec.statements}

    def mark(found: re.Match[str]) -> str:
        name = found[1]
        style, words = ("rule", rules[name]) if name in rules else ("norule", "no such rule")
        return f'<abbr class="{style}" title="{escape(words)}">{escape(name)}</abbr>'

    # Citations hold no character that escaping changes, so they survive it as they are.
    return Markup(_CITED.sub(mark, str(escape(text))))


def number(value: float | int | None) -> str:
    """Three significant digits, thousands apart: 0.0123, 4.5, 12 300."""
    if value is None:
        return "–"
    if value and abs(value) < 0.001:
        return f"{value:.1e}"
    digits = 0 if abs(value) >= 100 or value == int(value) else 2 if abs(value) >= 1 else 4
    text = f"{value:,.{digits}f}".replace(",", "\u202f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def seconds(value: float) -> str:
    """A duration in the unit that suits it."""
    if value < 1:
        return f"{1000 * value:.0f} ms"
    if value < 100:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest:02d} s" if minutes < 100 else f"{value / 3600:.1f} h"


# --- reading --------------------------------------------------------------------------------


def _predictions(run: Path, condition: str) -> list[dict[str, Any]]:
    path = run / "evaluation" / condition / "predictions.jsonl"
    return [{"images": (), **row} for row in _jsonl(path)]  # older ones have none


def _jsonl(path: Path) -> Iterable[dict[str, Any]]:
    if not path.exists():
        return
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _finite(value: object) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)
