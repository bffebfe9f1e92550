"""The arithmetic of docs/scaling.md: against published numbers, by hand, and the page itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks import cost
from benchmarks.cost import QWEN3_8B, QWEN3_32B, Machine, Model, Use
from internalize.config import load

SMALL = Model("small", layers=2, hidden=4, heads=2, kv_heads=1, head=3, mlp=5, vocabulary=10)


def test_parameters_are_those_of_the_model_cards() -> None:
    assert QWEN3_8B.parameters == pytest.approx(8.19e9, rel=2e-3)
    assert QWEN3_8B.blocks == pytest.approx(6.95e9, rel=2e-3)
    assert QWEN3_32B.parameters == pytest.approx(32.8e9, rel=2e-3)
    assert QWEN3_32B.blocks == pytest.approx(31.2e9, rel=2e-3)


def test_a_small_model_by_hand() -> None:
    # q 4x6, k and v 4x3, o 6x4, gate and up 4x5, down 5x4: 132 a block.
    assert SMALL.blocks == 264
    assert SMALL.parameters == 264 + 80
    assert SMALL.adapter(r=2, share=0.5) == 2 * (10 + 7 + 7 + 10 + 9 + 9 + 9)
    assert SMALL.cache == 2 * 2 * 2 * 3  # keys and values, two bytes, two blocks, one head of three
    # One token behind ten: 2 operations for each of 264 + 40, and 4 for each of 2 x 6 x 10.
    assert SMALL.forward(1, 10) == 2 * 304 + 4 * 120
    machine = Machine(bandwidth=1000, reads_at=0.5)
    use = Use(policy=20, question=6, answer=4, rows=2)
    assert cost.decode_seconds(SMALL, use, machine, 0) == (2 * 304 / 2 + 24 * 8) / 500
    assert cost.decode_seconds(SMALL, use, machine, 20) == (2 * 304 / 2 + 24 * 28) / 500
    assert cost.decode_seconds(SMALL, use, machine, 20, shared=True) == (304 + 24 * 18) / 500


def test_memory_decides_the_gpus() -> None:
    config = load("gpu")
    states, activations = cost.training_bytes(QWEN3_32B, config, full=True)
    assert states == 16 * QWEN3_32B.parameters
    count = cost.gpus(QWEN3_32B, config, True, Machine())
    assert states / count + activations <= 72e9 < states / (count / 2) + activations
    lora, _ = cost.training_bytes(QWEN3_32B, config, full=False)
    assert lora == 2 * QWEN3_32B.parameters + 16 * QWEN3_32B.adapter(32, 1)
    assert cost.sampling_gpus(QWEN3_32B, Use(policy=50_000), Machine()) == 2


def test_a_longer_policy_pays_sooner_and_caching_later() -> None:
    machine, use = Machine(), Use()
    after = {
        (length, way): cost.pays_after(3600, QWEN3_8B, replace(use, policy=length), machine, way)
        for length in (1_000, 10_000)
        for way in ("cold", "cached", "shared")
    }
    for way in ("cold", "cached", "shared"):
        assert after[10_000, way] < after[1_000, way]
    assert after[10_000, "cold"] < after[10_000, "cached"] < after[10_000, "shared"]
    saved = cost.request_seconds(QWEN3_8B, use, machine, "cached")
    saved -= cost.request_seconds(QWEN3_8B, use, machine, "without")
    assert after[10_000, "cached"] * saved == pytest.approx(3600)


def test_the_page_holds_the_figures_that_the_formulas_give() -> None:
    page = cost.PAGE.read_text(encoding="utf-8")
    assert cost.put_into(page, cost.tables("gpu", Use(), Machine())) == page
