"""The figures the first release is held to, on every sample policy: `make acceptance`.

In: the sample policies, the CPU preset, SmolLM2-135M. Out: a table of what is asked and what was
measured, on stdout and in `benchmarks/acceptance.json`. Runs lie in `runs/acceptance/` and are
taken up again after an interruption; one policy is run with three seeds.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.record import Row, write
from internalize.pipeline import run
from internalize.results import UNTRAINED, UNTRAINED_POLICY, Results

SAMPLES = ("airline-baggage.md", "hotel-front-desk.txt", "subscription-billing.html")
SEEDED = SAMPLES[0]
BARS = {
    ("generated", "complex"): 0.85,
    ("generated", "simple"): 0.90,
    ("generated", "factual"): 0.90,
    ("generated", "behavioral"): 0.85,
    ("hand-written", "complex"): 0.60,
    ("hand-written", "simple"): 0.75,
    ("hand-written", "factual"): 0.75,
    ("hand-written", "behavioral"): 0.75,
}
MINUTES, GIGABYTES, POINTS, PERPLEXITY = 20, 8, 0.50, 0.05


def measure(sample: str, seed: int) -> list[Row]:
    """Run one sample, in this process, and hold its results against the bars."""
    home = Path("runs/acceptance") / f"{Path(sample).stem}-{seed}"
    fresh = not home.exists()
    start = time.perf_counter()
    results = run(Path("data/policies") / sample, run=home, overrides={"seed": seed}).results
    minutes = (time.perf_counter() - start) / 60
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    rows = [*_accuracy(results), *_general(results)]
    if fresh:  # a run that was taken up again was not timed from its start
        rows.append({"figure": "minutes", "asked": MINUTES, "measured": minutes})
        rows.append({"figure": "peak memory, GB", "asked": GIGABYTES, "measured": memory})
    return [{"policy": sample, "seed": seed, **row} for row in rows]


def _accuracy(results: Results) -> list[Row]:
    tuned = results.tuned or UNTRAINED
    rows: list[Row] = []
    for (source, kind), bar in BARS.items():
        if (share := results.score(tuned, source, kind)) is not None:
            interval = [share.low, share.high]
            figure = f"{source} {kind}"
            row = {"figure": figure, "asked": bar, "measured": share.share}
            rows.append({**row, "n": share.n, "interval": interval})
    tuned_share = results.score(tuned, "generated", "complex")
    in_context = results.score(UNTRAINED_POLICY, "generated", "complex")
    if tuned_share and in_context:
        gain = tuned_share.share - in_context.share
        rows.append({"figure": "complex, over in context", "asked": POINTS, "measured": gain})
    return rows


def _general(results: Results) -> list[Row]:
    before = results.general[UNTRAINED]["perplexity"]
    after = results.general[results.tuned or UNTRAINED]["perplexity"]
    return [{"figure": "perplexity rise", "asked": PERPLEXITY, "measured": after / before - 1}]


def main() -> None:
    if len(sys.argv) == 3:  # one run, so that memory is each run's own
        print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
        return
    rows: list[Row] = []
    runs = [(sample, 0) for sample in SAMPLES] + [(SEEDED, 1), (SEEDED, 2)]
    for sample, seed in runs:
        command = [sys.executable, "-m", "benchmarks.acceptance", sample, str(seed)]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        rows += json.loads(output.splitlines()[-1])
        for row in rows[-len(BARS) - 4 :]:
            if (row["policy"], row["seed"]) == (sample, seed):
                print("{policy} {seed}  {figure:28} {asked:6} {measured:8.3f}".format(**row))
    write("acceptance", rows)


if __name__ == "__main__":
    main()
