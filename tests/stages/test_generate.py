"""The sampler against transformers: same log-probabilities, same greedy text, same distribution."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest
import torch

from stages import shared_prefix
from stages.generate import _forward, _pick, generate
from stages.models import load
from stages.packing import packed

PREFIX = "You follow the policy <#Policy-1X>. Bags over 23 kg cost 75 euros. " * 6
QUESTIONS = ["What?", "My bag is 26 kg and I am in a hurry, so tell me.", "Hi", "Is it free now?"]


@pytest.fixture(scope="module")
def network(tiny_model: Path):
    return load(tiny_model, device="cpu")


def prompts(tokenizer, prefix: str = PREFIX) -> list[list[int]]:
    return [tokenizer(prefix + question)["input_ids"] for question in QUESTIONS]


@pytest.mark.parametrize("prefix", ["", PREFIX])
def test_greedy_is_transformers_greedy(network, prefix: str) -> None:
    model, tokenizer = network
    asked = prompts(tokenizer, prefix)
    eos = tokenizer.eos_token_id
    ours = generate(model, asked, max_new_tokens=24, eos=eos, batch_size=3)
    for prompt, completion in zip(asked, ours, strict=True):
        ids = torch.tensor([prompt])
        theirs = model.generate(ids, max_new_tokens=24, do_sample=False, eos_token_id=eos)
        assert completion == theirs[0, len(prompt) :].tolist()


def test_log_probabilities_are_those_of_a_plain_forward(network, monkeypatch) -> None:
    model, tokenizer = network
    asked = prompts(tokenizer)
    seen: list[torch.Tensor] = []

    def spy(logits: torch.Tensor, *_: object) -> torch.Tensor:
        seen.append(logits.float().log_softmax(-1))
        return logits.argmax(-1)

    monkeypatch.setattr("stages.generate._pick", spy)
    order = sorted(range(len(asked)), key=lambda i: -len(asked[i]))
    ours = generate(model, asked, max_new_tokens=8, eos=-1)
    for row, index in enumerate(order):
        ids = torch.tensor([asked[index] + ours[index]])
        plain = model(ids).logits[0].float().log_softmax(-1)[len(asked[index]) - 1 : -1]
        got = torch.stack([step[row] for step in seen])
        assert torch.allclose(got, plain, atol=1e-4)


def test_samples_follow_the_distribution(network) -> None:
    model, tokenizer = network
    prompt = prompts(tokenizer)[0]
    torch.manual_seed(0)
    count = 4000
    drawn = generate(
        model, [prompt] * count, max_new_tokens=1, eos=-1, temperature=0.5, batch_size=1000
    )
    with torch.inference_mode():
        expected = (model(torch.tensor([prompt])).logits[0, -1] / 0.5).softmax(-1)
    likely = int(expected.argmax())
    share = Counter(ids[0] for ids in drawn)[likely] / count
    p = float(expected[likely])
    assert abs(share - p) < 5 * (p * (1 - p) / count) ** 0.5


def test_finished_rows_leave_and_the_rest_go_on(network) -> None:
    model, tokenizer = network
    asked = prompts(tokenizer)
    free = generate(model, asked, max_new_tokens=12, eos=-1)
    stop = free[0][3]
    told: dict[int, list[int]] = {}
    ours = generate(model, asked, max_new_tokens=12, eos=stop, on_done=told.__setitem__)
    for whole, cut in zip(free, ours, strict=True):
        end = whole.index(stop) + 1 if stop in whole else len(whole)
        assert cut == whole[:end]
    assert [told[i] for i in range(len(asked))] == ours


def test_families_with_and_without_the_policy_share_a_batch(network) -> None:
    model, tokenizer = network
    free, aware = prompts(tokenizer, "Policy <#Policy-1X>. "), prompts(tokenizer)
    asked = [prompt for pair in zip(free, aware, strict=True) for prompt in pair]
    families = [False, True] * len(free)
    eos = tokenizer.eos_token_id
    ours = generate(model, asked, max_new_tokens=16, eos=eos, families=families)
    for prompt, completion in zip(asked, ours, strict=True):
        (alone,) = generate(model, [prompt], max_new_tokens=16, eos=eos)
        ids = torch.tensor([prompt])
        theirs = model.generate(ids, max_new_tokens=16, do_sample=False, eos_token_id=eos)
        assert completion == alone == theirs[0, len(prompt) :].tolist()


@pytest.mark.parametrize("batch_size", [1, 2, 5])
def test_waiting_rows_take_the_places_of_finished_ones(
    network, monkeypatch, batch_size: int
) -> None:
    """Rows come and go at different times, and the cache is shifted when its end is reached."""
    model, tokenizer = network
    # The likeliest token is always the one before; the fourth likeliest makes for variety.
    monkeypatch.setattr("stages.generate._pick", lambda logits, *_: logits.topk(4).indices[:, 3])
    draw = random.Random(0)
    prefixes = [tokenizer(text)["input_ids"] for text in (PREFIX, "Be kind. ")]
    families = [n % 2 for n in range(14)]
    asked = [prefixes[f] + draw.choices(range(3, 500), k=draw.randint(1, 9)) for f in families]
    free = [generate(model, [prompt], max_new_tokens=12, eos=-1)[0] for prompt in asked]
    ends: dict[int, set[int]] = {}
    for whole in free:
        for token in whole:
            ends.setdefault(token, set()).add(whole.index(token))
    stop = max(ends, key=lambda token: len(ends[token]))
    ours = generate(
        model, asked, max_new_tokens=12, eos=stop, batch_size=batch_size, families=families
    )
    expected = [whole[: whole.index(stop) + 1] if stop in whole else whole for whole in free]
    assert len({len(whole) for whole in expected}) > 2
    assert ours == expected


def test_policy_and_prompt_are_computed_once_however_many_rollouts(network, monkeypatch) -> None:
    model, tokenizer = network
    shapes: list[tuple[int, ...]] = []

    def spy(model, ids, *args):
        shapes.append(tuple(ids.shape))
        return _forward(model, ids, *args)

    monkeypatch.setattr("stages.generate._forward", spy)
    long, short = prompts(tokenizer)[1:3]
    generate(model, [long, short] * 8, max_new_tokens=3, eos=-1, temperature=1.0)
    prefix, prefill, *steps = shapes
    assert prefix[0] == 1 and prefix[1] > 100
    assert prefill == (2, len(long) - prefix[1])
    assert steps == [(16, 1)] * 2


def test_seeded_rows_are_the_same_alone_and_among_others(network) -> None:
    model, tokenizer = network
    asked = prompts(tokenizer) * 3
    seeds = list(range(len(asked)))
    how = {"max_new_tokens": 8, "eos": -1, "temperature": 1.0}
    together = generate(model, asked, seeds=seeds, **how)
    torch.rand(3)
    alone = [generate(model, asked[i : i + 1], seeds=[i], **how)[0] for i in seeds]
    assert together == alone
    assert generate(model, asked, seeds=seeds, batch_size=2, **how) == alone
    assert len({tuple(written) for written in alone}) == len(alone)


def test_draws_follow_the_weights_in_every_block_of_the_vocabulary() -> None:
    torch.manual_seed(0)
    logits = torch.randn(700) * 2
    logits[[0, 255, 256, 600]] = torch.tensor([5.0, 6.0, 7.0, 6.5])
    logits[300:500] = -torch.inf
    count = 20000
    drawn = Counter(_pick(logits.expand(count, -1), 0.8).tolist())
    expected = (logits / 0.8).softmax(-1)
    assert not any(300 <= token < 500 or token >= 700 for token in drawn)
    for token in expected.topk(8).indices.tolist():
        p = float(expected[token])
        assert abs(drawn[token] / count - p) < 5 * (p * (1 - p) / count) ** 0.5


@pytest.mark.parametrize("steps", [1, 5])
def test_attention_where_there_is_no_such_kernel_is_the_same(steps: int) -> None:
    torch.manual_seed(0)
    query = torch.randn(2, 4, steps, 8)
    key, value = torch.randn(2, 2, 7, 8), torch.randn(2, 2, 7, 8)
    mask = torch.zeros(2, 1, steps, 7).masked_fill(torch.rand(2, 1, steps, 7) < 0.3, -1e9)
    kernel = shared_prefix._attend(query, key, value, mask, 0.3)
    plain = shared_prefix._attend_plainly(query, key, value, mask, 0.3)
    for ours, theirs in zip(kernel, plain, strict=True):
        assert torch.allclose(ours, theirs, atol=1e-5)


@pytest.mark.skipif(
    not torch.ops.mkldnn._is_mkldnn_bf16_supported(), reason="this CPU does not compute in bf16"
)
def test_packed_layers_compute_the_same(tiny_model: Path) -> None:
    model, tokenizer = load(tiny_model, dtype="bfloat16", device="cpu")
    ids = torch.tensor([prompts(tokenizer)[1]])
    layer = model.get_submodule("model.layers.0.mlp.up_proj")
    with torch.inference_mode():
        plain = model(ids).logits
        with packed(model):
            assert "forward" in vars(layer)
            laid_out = model(ids).logits
        assert "forward" not in vars(layer)
    assert torch.allclose(plain.float(), laid_out.float(), atol=0.02)


def test_a_model_that_does_more_with_pictures_is_refused(
    tiny_visual_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stages.generate._PICTURES_AS_WORDS", set())
    model, _ = load(tiny_visual_model, device="cpu")
    with pytest.raises(ValueError, match="transformers' own generate"):
        generate(model, [[1, 2]], max_new_tokens=1, eos=0)
