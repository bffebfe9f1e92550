"""Tokens a second of sampling: `stages.generate` against stock `transformers.generate`, in pairs.

`make bench-rollouts`. Workloads, all of one sample policy and 32 rows at a time: policy-free
rollouts; PolicyRollout's pool, half of it with the policy in the prompt; and evaluation, greedy,
more questions than rows, which end when they end. Rollouts have a fixed length, so both sides write
as many tokens. The two sides run in turn in one process; a row gives the median of the rounds'
ratios, in wall time and in processor time, which other work on the machine disturbs less.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from transformers import PreTrainedTokenizerBase

from benchmarks import record
from data.grading import load_questions
from data.prompts import messages
from stages.generate import generate
from stages.models import DEFAULT, chat_ids, compute_dtype, load, tokenizer_of

ROWS = 32
SAMPLE = Path("data/policies/airline-baggage.md")
Prompts = list[list[int]]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument("--tokens", type=int, default=128, help="of a completion, at most")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--dtypes", nargs="+", default=["bfloat16", "float32"], help="of stock")
    parser.add_argument("--workloads", nargs="+", default=["policy-free", "pooled", "evaluation"])
    options = parser.parse_args()

    ours, processing = load(options.model, dtype=compute_dtype())
    tokenizer = tokenizer_of(processing)
    eos: Any = tokenizer.eos_token_id
    work = workloads(tokenizer)
    rows: list[record.Row] = []
    for dtype in options.dtypes:
        stock, _ = load(options.model, dtype=dtype)
        for name in options.workloads:
            prompts, families = work[name]
            sampled = name != "evaluation"

            def fast(prompts: Prompts = prompts, families: list[bool] = families) -> int:
                written = generate(
                    ours,
                    prompts,
                    max_new_tokens=options.tokens,
                    eos=-1 if sampled else eos,  # noqa: B023 (called at once)
                    temperature=1.0 if sampled else 0.0,  # noqa: B023
                    batch_size=ROWS,
                    families=families,
                )
                return sum(map(len, written))

            def plain(prompts: Prompts = prompts) -> int:
                return stock_tokens(stock, tokenizer, prompts, options.tokens, sampled)  # noqa: B023

            rows.append({"workload": name, "stock": dtype, **paired(fast, plain, options.rounds)})
            print(rows[-1], flush=True)
    threads = torch.get_num_threads()
    for row in rows:
        row |= {"model": options.model, "tokens": options.tokens, "threads": threads}
    record.write("bench-rollouts", rows)


def workloads(tokenizer: PreTrainedTokenizerBase) -> dict[str, tuple[Prompts, list[bool]]]:
    """Prompts, and which of them have the policy, by name."""
    policy = SAMPLE.read_text(encoding="utf-8")
    questions = [item.question for item in load_questions(SAMPLE.with_suffix(".questions.yaml"))]

    def asked(question: str, aware: bool) -> list[int]:
        return chat_ids(tokenizer, messages("<#Policy-1X>", question, policy if aware else None))

    few, half = questions[:4], ROWS // 8
    free = [asked(q, False) for q in few for _ in range(half)]
    aware = [asked(q, True) for q in few for _ in range(half)]
    return {
        "policy-free": (free * 2, [False] * ROWS),
        "pooled": (free + aware, [False] * len(free) + [True] * len(aware)),
        "evaluation": ([asked(q, False) for q in questions], [False] * len(questions)),
    }


@torch.inference_mode()
def stock_tokens(
    model: Any,
    tokenizer: PreTrainedTokenizerBase,
    prompts: Prompts,
    tokens: int,
    sampled: bool,
) -> int:
    """Complete the prompts as transformers does it; how many tokens, without padding."""
    settings = {"do_sample": True, "top_k": 0, "min_new_tokens": tokens} if sampled else {}
    count = 0
    for start in range(0, len(prompts), ROWS):
        padded = tokenizer.pad({"input_ids": prompts[start : start + ROWS]}, return_tensors="pt")
        written = model.generate(
            **padded.to(model.device), max_new_tokens=tokens, **({"do_sample": False} | settings)
        )[:, padded["input_ids"].shape[1] :]
        ended = (written == tokenizer.eos_token_id).long().cumsum(1)
        count += int((ended - (written == tokenizer.eos_token_id).long() == 0).sum())
    return count


def paired(fast: Callable[[], int], plain: Callable[[], int], rounds: int) -> record.Row:
    """Tokens a second of both, in turn, and the median ratios."""
    walls, processors, rates = [], [], []
    for _ in range(rounds):
        (a_wall, a_cpu), (b_wall, b_cpu) = _rate(fast), _rate(plain)
        walls.append(a_wall / b_wall)
        processors.append(a_cpu / b_cpu)
        rates.append((a_wall, b_wall))
    return {
        "ours_tokens_per_second": round(statistics.median(a for a, _ in rates), 1),
        "stock_tokens_per_second": round(statistics.median(b for _, b in rates), 1),
        "ratio": round(statistics.median(walls), 2),
        "ratios": [round(r, 2) for r in walls],
        "ratio_processor_time": round(statistics.median(processors), 2),
    }


def _rate(sample: Callable[[], int]) -> tuple[float, float]:
    """Tokens a second of wall time and of processor time."""
    wall, processor = time.perf_counter(), time.process_time()
    count = sample()
    return count / (time.perf_counter() - wall), count / (time.process_time() - processor)


if __name__ == "__main__":
    main()
