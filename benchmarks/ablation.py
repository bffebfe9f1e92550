"""What each stage is worth at equal data: `make bench-ablation`.

In: a sample policy, the CPU preset, seed 0. Out: accuracy by kind for CoT-SFT alone, CPT + CoT-SFT
and CPT + CoT-SFT + PolicyRollout, and for the last without the default model's primer, on stdout
and in `benchmarks/bench-ablation.json`. All arms see the same conversations and answer all items;
the second arm is the third before its last stage. Runs lie in `runs/ablation/` and are taken up
again after an interruption.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.record import Row, write
from internalize.pipeline import run
from internalize.results import KINDS, SOURCES

SAMPLE = Path("data/policies/airline-baggage.md")
RUNS = Path("runs/ablation")
ARMS = {  # a run's folder, its settings, and the arms that it makes: name and stage
    "all": ({}, {"CPT + CoT-SFT": "sft", "CPT + CoT-SFT + PolicyRollout": "rl"}),
    "bare": ({"primer": False}, {"CPT + CoT-SFT + PolicyRollout, no primer": "rl"}),
    "sft": ({"cpt.enabled": False, "rl.enabled": False}, {"CoT-SFT": "sft"}),
}
WHOLE = {"evaluate.compared_items": 1000}


def main() -> None:
    table: list[Row] = []
    for name, (settings, arms) in ARMS.items():
        results = run(SAMPLE, run=RUNS / name, overrides=settings | WHOLE).results
        for arm, stage in arms.items():
            for source in SOURCES:
                for kind in (*KINDS, "all"):
                    if (share := results.score(stage, source, kind)) is not None:
                        row: Row = {"arm": arm, "source": source, "kind": kind}
                        table.append(row | share.model_dump())
                        print(
                            "{arm:40} {source:13} {kind:10} {share:6.1%} "
                            "[{low:.1%}, {high:.1%}] n={n}".format(**table[-1])
                        )
    write("bench-ablation", table)


if __name__ == "__main__":
    main()
