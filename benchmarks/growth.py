"""How time grows with the policy's length, the number of rollouts and the model's size.

`make bench-growth`. In: nothing; models are random, with the dimensions of SmolLM2 in its sizes, as
speed does not depend on the weights. Out: for each point the tokens a second of a step's rollouts,
half of them with the policy in the prompt, of `stages.generate` and of stock `transformers`, in
turn in one process (see `rollouts.py`), with the median of the ratios in wall and in processor
time; how long it takes until the first token, which is mostly the policy's keys and values; and the
share of the machine's measured rate of matrix products that is reached before and after it. Stock
computes the policy for every rollout: it is left out (`null`) where the prompts have more than
`--stock-tokens` tokens in all.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from typing import Any

import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedModel

from benchmarks import record
from benchmarks.rollouts import paired
from benchmarks.training import matrix_rate
from stages.generate import generate
from stages.models import compute_dtype

VOCABULARY = 49152
QUESTION = 40
SIZES = {  # blocks, width, heads, heads of keys and values, inner width
    "20M": (8, 256, 4, 2, 768),
    "135M": (30, 576, 9, 3, 1536),
    "360M": (32, 960, 15, 5, 2560),
    "1.7B": (24, 2048, 32, 32, 8192),
}
LENGTHS = (500, 1_000, 5_000, 10_000, 50_000)
ROLLOUTS = (8, 16, 32, 64)
Prompts = list[list[int]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sweeps", nargs="+", default=["policy", "rollouts", "model"])
    parser.add_argument("--lengths", nargs="+", type=int, default=list(LENGTHS))
    parser.add_argument("--rollouts", nargs="+", type=int, default=list(ROLLOUTS))
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=["20M", "135M", "360M"])
    parser.add_argument("--tokens", type=int, default=64, help="of a completion")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--stock-tokens", type=int, default=100_000)
    options = parser.parse_args()

    peak = matrix_rate()
    print(f"matrix products: {peak / 1e9:.0f} GFLOP/s in {compute_dtype()}", flush=True)
    rows: list[record.Row] = []
    sized: dict[str, PreTrainedModel] = {}
    for sweep, size, length, rollouts in points(options):
        if size not in sized:
            sized = {size: network(size)}  # one at a time in memory
        result = measure(sized[size], length, rollouts, options, peak)
        rows.append(
            {"sweep": sweep, "model": size, "policy": length, "rollouts": rollouts, **result}
        )
        print(rows[-1], flush=True)
    shared = {"tokens": options.tokens, "threads": torch.get_num_threads(), "gflops": peak / 1e9}
    record.write("bench-growth", [row | shared for row in rows])


def points(options: argparse.Namespace) -> Iterator[tuple[str, str, int, int]]:
    """(sweep, model, tokens of the policy, rollouts): one varies, the others stay in the middle."""
    if "policy" in options.sweeps:
        yield from (("policy", "135M", length, 16) for length in options.lengths)
    if "rollouts" in options.sweeps:
        yield from (("rollouts", "135M", 1_000, count) for count in options.rollouts)
    if "model" in options.sweeps:
        yield from (("model", size, 1_000, 16) for size in options.sizes)


def network(size: str) -> PreTrainedModel:
    blocks, width, heads, kv_heads, inner = SIZES[size]
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=width,
        intermediate_size=inner,
        num_hidden_layers=blocks,
        num_attention_heads=heads,
        num_key_value_heads=kv_heads,
        max_position_embeddings=2 * LENGTHS[-1],
        tie_word_embeddings=True,
        eos_token_id=None,
        pad_token_id=0,
    )
    torch.manual_seed(0)
    return LlamaForCausalLM(config).to(compute_dtype()).eval()


def prompts(length: int, rollouts: int) -> Prompts:
    """Groups of eight of one question: four without the policy, then four with it."""
    rng = random.Random(0)
    policy = rng.choices(range(1, VOCABULARY), k=length)
    asked = []
    for _ in range(rollouts // 8):
        question = rng.choices(range(1, VOCABULARY), k=QUESTION)
        asked += [question] * 4 + [policy + question] * 4
    return asked


def measure(
    model: PreTrainedModel, length: int, rollouts: int, options: argparse.Namespace, peak: float
) -> record.Row:
    asked = prompts(length, rollouts)
    families = [len(prompt) > QUESTION for prompt in asked]

    def ours() -> int:
        written = generate(
            model,
            asked,
            max_new_tokens=options.tokens,
            eos=-1,
            temperature=1.0,
            families=families,
        )
        return sum(map(len, written))

    result: record.Row = {}
    if sum(map(len, asked)) <= options.stock_tokens:
        result |= paired(ours, lambda: stock(model, asked, options.tokens), options.rounds)
    else:
        start = time.perf_counter()
        rate = ours() / (time.perf_counter() - start)
        result |= {"ours_tokens_per_second": round(rate, 1), "ratio": None}
    # Two lengths of the completion tell what comes before its first token from what comes after.
    seconds = rollouts * options.tokens / float(str(result["ours_tokens_per_second"]))
    start = time.perf_counter()
    generate(model, asked, max_new_tokens=1, eos=-1, temperature=1.0, families=families)
    before = time.perf_counter() - start
    width, layers = model.config.hidden_size, model.config.num_hidden_layers
    head = VOCABULARY * width
    blocks = sum(w.numel() for w in model.parameters()) - head
    prefilled = length + (rollouts // 8) * 2 * QUESTION
    work = prefilled * (2 * blocks + 4 * layers * width * length / 2)
    stepped = rollouts * (options.tokens - 1) * 2 * (blocks + head)
    return result | {
        "seconds_before_first_token": round(before, 2),
        "share_of_matrix_rate_before": round(work / before / peak, 3),
        "share_of_matrix_rate_after": round(stepped / max(seconds - before, 1e-9) / peak, 3),
    }


@torch.inference_mode()
def stock(model: Any, asked: Prompts, tokens: int) -> int:
    """transformers' own generation of the same, padded on the left."""
    longest = max(map(len, asked))
    ids = torch.tensor([[0] * (longest - len(prompt)) + prompt for prompt in asked])
    written = model.generate(
        input_ids=ids,
        attention_mask=(ids != 0).long(),
        do_sample=True,
        top_k=0,
        max_new_tokens=tokens,
        min_new_tokens=tokens,
    )
    return (written.shape[1] - longest) * len(asked)


if __name__ == "__main__":
    main()
