"""What each stage is worth at equal data: `make bench-ablation`.

In: a sample policy, the CPU preset. Out: accuracy by kind for CoT-SFT alone, CPT + SFT, and CPT +
SFT + PolicyRollout, on stdout and in `benchmarks/ablation.json`. All arms see the same
conversations; the second is the third before its last stage, so two runs make three arms.
"""

from __future__ import annotations

import json
from pathlib import Path

from internalize.pipeline import run
from internalize.results import KINDS, SOURCES, Results

SAMPLE = Path("data/policies/airline-baggage.md")
RUNS = Path("runs/ablation")


def main() -> None:
    whole = run(SAMPLE, run=RUNS / "all").results
    alone = run(
        SAMPLE, run=RUNS / "sft", overrides={"cpt.enabled": False, "rl.enabled": False}
    ).results
    arms: dict[str, tuple[Results, str]] = {
        "CoT-SFT": (alone, "sft"),
        "CPT + CoT-SFT": (whole, "sft"),
        "CPT + CoT-SFT + PolicyRollout": (whole, "rl"),
    }
    table = []
    for arm, (results, condition) in arms.items():
        for source in SOURCES:
            for kind in (*KINDS, "all"):
                if (share := results.score(condition, source, kind)) is not None:
                    row = {"arm": arm, "source": source, "kind": kind, **share.model_dump()}
                    table.append(row)
                    print(
                        "{arm:32} {source:13} {kind:10} {share:6.1%} "
                        "[{low:.1%}, {high:.1%}] n={n}".format(**row)
                    )
    Path("benchmarks/ablation.json").write_text(json.dumps(table, indent=1) + "\n")


if __name__ == "__main__":
    main()
