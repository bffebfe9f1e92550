"""How parse time and memory grow with a document: `python -m benchmarks.parsing`.

In: the policies that people and this project wrote for the tests (samples, strangers, corpus). Out:
`benchmarks/parsers/scale.json` and a table on stdout: wall and CPU seconds and peak resident memory
of parsing 5K to 500K tokens, each size and repeat in a process of its own on one core.

A document of a size is all the policies one after another, as often as it takes, and cut at a
section's end. Every round words them otherwise, so that no text is met twice as it was: headings
carry a number, figures are raised, and people and things change their names (`ROLES`). Tokens are
counted as 1.3 a word between blanks, as a tokenizer of English makes of prose.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.record import write
from parsers import parse
from parsers.reading import read

SIZES = (5_000, 20_000, 50_000, 100_000, 200_000, 500_000)
REPEATS = 3
TOKENS_A_WORD = 1.3
FOLDERS = ("data/policies", "tests/parsers/strangers", "tests/corpus", "benchmarks/strangers")
FORMATS = (".md", ".txt", ".html")
ROLES = {
    "customer": "client visitor patron buyer subscriber applicant claimant holder user guest",
    "guest": "visitor lodger tenant client patron resident boarder traveller customer user",
    "member": "subscriber associate fellow holder partner enrollee participant user client patron",
    "bag": "case parcel box crate trunk sack bundle basket carton chest",
    "book": "volume manual atlas journal record guide album folder ledger map",
    "ticket": "pass permit voucher card token licence badge coupon certificate slip",
    "order": "request purchase booking delivery job contract assignment task commission project",
    "desk": "counter office window kiosk station reception bureau booth branch bench",
    "fee": "charge levy price toll rate surcharge premium tariff cost duty",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measured(options.measure)))
        return
    rows = []
    with TemporaryDirectory() as folder:
        for size in options.sizes:
            path = Path(folder) / f"handbook-{size}.md"
            path.write_text(document(size), encoding="utf-8")
            rows.append({"tokens": tokens(path.read_text(encoding="utf-8"))} | repeated(
                path, options.repeats
            ))  # fmt: skip
            print(rows[-1], flush=True)
    write("parsers/scale", rows, "python -m benchmarks.parsing")


def repeated(path: Path, repeats: int) -> dict[str, object]:
    """The median times and the greatest memory of several parses, each in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.parsing", "--measure", str(path)]
    found = [
        json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for _ in range(repeats)
    ]
    return {
        "statements": found[0]["statements"],
        "repeats": repeats,
        "wall_seconds": round(statistics.median(f["wall"] for f in found), 2),
        "cpu_seconds": round(statistics.median(f["cpu"] for f in found), 2),
        "least_cpu_seconds": round(min(f["cpu"] for f in found), 2),
        "peak_memory_mb": max(f["memory"] for f in found),
    }


def measured(path: Path) -> dict[str, float]:
    """One parse on one core, the loading of the pipeline and all imports of it included."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    wall, cpu = time.perf_counter(), time.process_time()
    spec = parse(path)
    return {
        "statements": len(spec.statements),
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "memory": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def tokens(text: str) -> int:
    return round(len(text.split()) * TOKENS_A_WORD)


def document(size: int) -> str:
    """A policy handbook of about `size` tokens."""
    parts: list[str] = []
    count = 0
    for part in _sections():
        parts.append(part)
        count += tokens(part)
        if count >= size:
            break
    return "\n".join(parts)


def _sections() -> Iterator[str]:
    """Every section of every policy, worded anew in each round, without end."""
    files = [
        path
        for folder in FOLDERS
        for path in sorted(Path(folder).iterdir())
        if path.suffix in FORMATS and path.stem != "README"
    ]
    texts = [read(path).text for path in files]
    round_ = 0
    while True:
        for number, text in enumerate(texts):
            for part in re.split(r"^(?=#)", text, flags=re.MULTILINE):
                if part.strip():
                    yield _reworded(part, round_, f"{round_ * len(texts) + number + 1}")
        round_ += 1


def _reworded(text: str, round_: int, number: str) -> str:
    heading, _, body = text.partition("\n")
    if round_:
        body = re.sub(r"(?<![\d.,:])\d{1,3}(?![\d.,:]*\d)",
                      lambda m: str(int(m[0]) + round_), body)  # fmt: skip
        for word, others in ROLES.items():
            other = others.split()[(round_ - 1) % len(others.split())]
            body = re.sub(rf"\b{word}(?=s?\b)", other, body)
    return f"{heading} in part {number}\n{body}" if heading.startswith("#") else text


if __name__ == "__main__":
    main()
