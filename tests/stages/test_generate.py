"""The sampler against transformers: same log-probabilities, same greedy text, same distribution."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import torch

from stages.generate import generate
from stages.models import load

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

    def spy(logits: torch.Tensor, temperature: float) -> torch.Tensor:
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


def test_a_visual_model_is_refused(tiny_visual_model: Path) -> None:
    model, _ = load(tiny_visual_model, device="cpu")
    with pytest.raises(ValueError, match="transformers' own generate"):
        generate(model, [[1, 2]], max_new_tokens=1, eos=0)
