"""Tables and plots of a grid, from the JSON files of its cells.

In: entries with their results, as far as there are any. Out: `results/GRID.md` with a table for
each part and what was asked for beside what was measured, and a plot for each sweep in `plots/`.
Shares carry Wilson 95 % intervals; seeds are pooled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.ccgen import grids
from benchmarks.ccgen.grids import Entry, Grid
from benchmarks.ccgen.plots import plot
from internalize.folder import write_text
from internalize.results import Share

Result = Mapping[str, Any]
Found = Sequence[tuple[Entry, Result]]

SWEEPS = {
    "data": "queries trained on",
    "depth": "workflow depth",
    "tasks": "tasks of the policy",
    "off-policy": "how policy-aware rollouts count",
    "method": "what is trained",
    "policies": "policies in one model",
    "misread": "statements misread",
    "misread-referral": "statements misread (rules recited)",
}


def write(home: Path, grid: Grid, found: Found) -> None:
    """The page and the plots of what has been run."""
    parts: dict[str, list[tuple[Entry, Result]]] = {}
    for entry, result in found:
        parts.setdefault(entry.part, []).append((entry, result))
    page = [f"# CC-Gen, grid `{grid.name}`", _origin(grid, found)]
    if asked := _asked(parts):
        page += ["## What was asked", *asked]
    for part, title in (("main", "Arms at equal tokens"), ("time", "Arms at equal wall time")):
        if part in parts:
            page += [f"## {title}", *_arms(parts[part])]
    for part, label in SWEEPS.items():
        if part in parts:
            file = Path("plots") / f"{grid.name}-{part}.svg"
            lines = _lines(parts[part])
            write_text(home / file, plot(f"Success by {label}", label, lines))
            page += [f"## {part}", *_sweep(label, lines), "", f"![{label}](../{file.as_posix()})"]
    for part, columns in _PROBES.items():
        if part in parts:
            page += [f"## {part}", *_probe(parts[part], columns)]
    write_text(home / "results" / f"{grid.name}.md", "\n\n".join(_paragraphs(page)) + "\n")


def _paragraphs(page: Iterable[str]) -> list[str]:
    """Rows of a table stay together."""
    joined: list[str] = []
    for line in page:
        if line.startswith("|") and joined and joined[-1].startswith("|"):
            joined[-1] += f"\n{line}"
        elif line:
            joined.append(line)
    return joined


def _origin(grid: Grid, found: Found) -> str:
    """What was run where, and how much of the grid."""
    if not found:
        return "Nothing has been run."
    told = {
        key: sorted({result[key] for _, result in found}) for key in ("commit", "machine", "date")
    }
    cells = {entry.name: result for entry, result in found}
    hours = sum(r["seconds_measuring"] + r["seconds"] for r in cells.values()) / 3600
    return (
        f"`python -m benchmarks.ccgen --grid {grid.name}`, {len(cells)} cells, model {grid.model}, "
        f"preset {grid.preset}, {grid.budget:,} tokens an arm, {grid.queries} queries; commits "
        f"{', '.join(c[:12] for c in told['commit'])}; on {', '.join(told['machine'])}; "
        f"{' to '.join(dict.fromkeys((told['date'][0], told['date'][-1])))}. {hours:.1f} hours, "
        "with steps that arms share counted for each."
    )


# --- tables ---------------------------------------------------------------------------------


def _arms(found: Found) -> list[str]:
    """A row an arm, seeds pooled."""
    rows = [
        "| arm | tasks settled | by seed | single rules | cited rules that apply | deciding rules "
        "cited | prompt tokens | training tokens | training seconds |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for arm, results in _by_arm(found).items():
        scores = [result["scores"] for result in results]
        seeds = ", ".join(f"{s['success']['share']:.0%}" for s in scores)
        mean = [sum(values) / len(values) for values in (
            [s["prompt_tokens"] for s in scores],
            [r["tokens"] for r in results],
            [r["seconds"] for r in results],
        )]  # fmt: skip
        rows.append(
            f"| {arm} | {_told(_pooled(scores, 'success'))} | {seeds} | "
            f"{_told(_pooled(scores, 'single_rules'))} | {_told(_pooled(scores, 'cited_right'))} | "
            f"{_told(_pooled(scores, 'deciding_cited'))} | "
            f"{' | '.join(f'{value:,.0f}' for value in mean)} |"
        )
    return rows


def _lines(found: Found) -> dict[str, list[tuple[Any, Share]]]:
    lines: dict[str, list[tuple[Any, Share]]] = {}
    for entry, result in found:
        lines.setdefault(entry.arm, []).append((entry.x, _share(result["scores"]["success"])))
    return lines


def _sweep(label: str, lines: Mapping[str, Sequence[tuple[Any, Share]]]) -> list[str]:
    """A row an x, a column an arm."""
    rows = [f"| {label} | {' | '.join(lines)} |", f"|---|{'---|' * len(lines)}"]
    for x in dict.fromkeys(x for points in lines.values() for x, _ in points):
        shares = [dict(points).get(x) for points in lines.values()]
        rows.append(f"| {x} | {' | '.join(_told(s) if s else '' for s in shares)} |")
    return rows


_PROBES: dict[str, tuple[tuple[str, str], ...]] = {
    "override": (("changed rule followed", "success"), ("old rule followed", "kept_old")),
    "substitution": (
        ("policy named followed", "success"),
        ("other policy followed", "followed_other"),
    ),
    "referral": (("rules recited rightly", "success"), ("mean overlap", "overlap")),
    "forgetting": (("perplexity of general text", "perplexity"), ("KL, nats a token", "kl")),
}


def _probe(found: Found, columns: Sequence[tuple[str, str]]) -> list[str]:
    rows = [
        f"| arm | {' | '.join(name for name, _ in columns)} | training tokens |",
        f"|---|{'---|' * len(columns)}---|",
    ]
    for entry, result in found:
        cells = [_value(result["scores"].get(key)) for _, key in columns]
        rows.append(f"| {entry.x} | {' | '.join(cells)} | {result['tokens']:,} |")
    return rows


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return _told(_share(value))
    return "" if value is None else f"{value:.2f}"


# --- what was asked -------------------------------------------------------------------------


def _asked(parts: Mapping[str, Found]) -> list[str]:
    """The issue's bars beside what was measured, those that can be said already."""
    arms = {arm: _pooled([r["scores"] for r in results], "success").share
            for arm, results in _by_arm(parts.get("main", ())).items()}  # fmt: skip
    prompts = {arm: sum(r["scores"]["prompt_tokens"] for r in results) / len(results)
               for arm, results in _by_arm(parts.get("main", ())).items()}  # fmt: skip
    least = {arm: min(points)[1].share for arm, points in _lines(parts.get("data", ())).items()}
    rows: list[tuple[str, str, str]] = []
    # The pipeline's own arm, or what there is of it.
    if ours := next((arm for arm in (grids.DAPO, grids.CAP) if arm in arms), None):
        rows.append(("tasks settled at depth 3, no policy in the prompt", "90 % or more",
                     f"{arms[ours]:.0%} ({ours})"))  # fmt: skip
        if grids.IN_CONTEXT in arms:
            more = 100 * (arms[ours] - arms[grids.IN_CONTEXT])
            rows.append(("points over the untrained model with the policy", "50", f"{more:.0f}"))
            fewer = 1 - prompts[ours] / prompts[grids.IN_CONTEXT]
            rows.append(("prompt tokens, query included", "97 % fewer", f"{fewer:.1%} fewer"))
        cited = _pooled([r["scores"] for r in _by_arm(parts["main"])[ours]], "cited_right")
        rows.append(("cited rules that apply", "90 %", _told(cited)))
    if least.keys() >= {grids.CAP, grids.COT}:
        more = 100 * (least[grids.CAP] - least[grids.COT])
        rows.append(("points over CoT-SFT at the smallest data size", "20", f"{more:.0f}"))
    if "override" in parts:
        told = "; ".join(
            f"{entry.x}: {_told(_share(result['scores']['success']))}"
            for entry, result in parts["override"]
            if "kept_old" in result["scores"]
        )
        rows.append(("changed rules followed", "80 %", told))
    general = {e.arm: r["scores"]["perplexity"] for e, r in parts.get("forgetting", ())}
    if grids.UNTRAINED in general:
        told = "; ".join(f"{arm}: {value / general[grids.UNTRAINED] - 1:+.1%}"
                         for arm, value in general.items() if arm != grids.UNTRAINED)  # fmt: skip
        rows.append(("perplexity of general text", "up 5 % at most", told))
    if not rows:
        return []
    return ["| | asked | measured |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)]


# --- shares ---------------------------------------------------------------------------------


def _by_arm(found: Found) -> dict[str, list[Result]]:
    arms: dict[str, list[Result]] = {}
    for entry, result in found:
        arms.setdefault(entry.arm, []).append(result)
    return arms


def _share(told: Mapping[str, Any]) -> Share:
    return Share.model_validate(told)


def _pooled(scores: Sequence[Mapping[str, Any]], key: str) -> Share:
    return Share.of(sum(s[key]["hits"] for s in scores), sum(s[key]["n"] for s in scores))


def _told(share: Share) -> str:
    if not share.n:
        return "–"
    return f"{share.hits}/{share.n} ({share.share:.0%}, {share.low:.0%}–{share.high:.0%})"
