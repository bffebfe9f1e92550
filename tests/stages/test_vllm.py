"""vLLM's rollouts against a stand-in of its interface: TRL's own code runs, the engine is a fake.

The fake has the model in float32, is fed weights as vLLM is, and writes as `stages.generate` does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from trl.generation import vllm_generation

from data.prompts import messages
from data.samples import Item, lines
from stages import policy_rollout, rl
from stages.generate import generate
from stages.models import LoRA, chat_ids, compute_dtype, load, tokenizer_of
from stages.training import TrainingError
from stages.vllm import VLLM

POLICY = "Bags over 23 kg cost 75 euros."
IDENTIFIER = "<#Policy-1X>"
NEW = 6


class Engine:
    """What both of vLLM's modes come down to, and a record of what was asked of it."""

    def __init__(self, model: str) -> None:
        self.model, processing = load(model, device="cpu")
        self.tokenizer = tokenizer_of(processing)
        self.prompts: list[list[int]] = []
        self.fresh = 0  # weights sent since the prefix cache was emptied
        self.sent: list[dict[str, torch.Tensor]] = [{}]
        self.wrong_by = 0.0
        """By how much its log-probabilities are off."""

    def take(self, weights: Iterable[tuple[str, torch.Tensor]]) -> None:
        parameters = dict(self.model.named_parameters())
        with torch.no_grad():
            for name, weight in weights:
                parameters[name].copy_(weight)
                self.sent[-1][name] = weight.clone()
                self.fresh += 1

    def reset_prefix_cache(self) -> None:
        self.sent.append({})
        self.fresh = 0

    def write(self, prompts: list[list[int]]) -> tuple[list[list[int]], list[list[float]]]:
        assert not self.fresh, "the prefix cache is that of older weights"
        self.prompts += prompts
        scores: dict[int, list[float]] = {}
        eos: Any = self.tokenizer.eos_token_id
        how = {"max_new_tokens": NEW, "eos": eos, "temperature": 1.0, "log_probs": scores}
        written = generate(self.model, prompts, **how)
        return written, [[s + self.wrong_by for s in scores[i]] for i in range(len(prompts))]


class Colocated(Engine):
    """`vllm.LLM`, as far as TRL knows it."""

    def __init__(self, model: str, **settings: Any) -> None:
        super().__init__(model)
        self.settings, self.asleep = settings, False
        runner = SimpleNamespace(model=SimpleNamespace(load_weights=self.take))
        executor = SimpleNamespace(driver_worker=SimpleNamespace(model_runner=runner))
        self.llm_engine = SimpleNamespace(model_executor=executor)

    def sleep(self, level: int) -> None:
        with torch.no_grad():
            for weight in self.model.parameters():
                weight.zero_()  # they are discarded

    def wake_up(self, tags: list[str]) -> None:
        pass

    def generate(self, prompts: list[dict[str, Any]], sampling_params: Any, use_tqdm: bool) -> Any:
        assert sampling_params.n == 1
        asked = [prompt["prompt_token_ids"] for prompt in prompts]
        outputs = []
        for ids, written, scores in zip(asked, *self.write(asked), strict=True):
            logprobs = [
                {token: SimpleNamespace(rank=1, logprob=score)}
                for token, score in zip(written, scores, strict=True)
            ]
            output = SimpleNamespace(token_ids=written, logprobs=logprobs)
            outputs.append(SimpleNamespace(prompt_token_ids=ids, outputs=[output]))
        return outputs


class Server(Engine):
    """TRL's client of a vLLM server."""

    def __init__(self, model: str) -> None:
        super().__init__(model)
        self.asked_for: list[int] = []

    def __call__(self, base_url: str, **_: Any) -> Server:
        self.base_url = base_url
        return self

    def init_communicator(self, device: Any) -> None:
        pass

    def get_server_info(self) -> dict[str, Any]:
        return {"model_config": {"logprobs_mode": "processed_logprobs"}}

    def update_named_params(self, metadata: Any, weights: Any) -> None:
        self.take(weights)

    def generate(self, prompts: list[list[int]], n: int, **_: Any) -> dict[str, Any]:
        self.asked_for.append(n)
        written, scores = self.write(prompts)
        nested = [[[score] for score in row] for row in scores]
        return {"prompt_ids": prompts, "completion_ids": written, "logprobs": nested}


@pytest.fixture
def engine(request: Any, tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    for name in ("RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.setenv(name, "x")  # TRL sets them; taken back behind the test
        monkeypatch.delenv(name)
    monkeypatch.setattr(vllm_generation, "is_vllm_available", lambda: True)
    if request.param == "server":
        server = Server(str(tiny_model))
        monkeypatch.setattr(vllm_generation, "VLLMClient", server)
        return server
    built = Colocated(str(tiny_model))

    def llm(model: str, **settings: Any) -> Colocated:
        built.settings = settings
        return built

    monkeypatch.setattr(vllm_generation, "LLM", llm, raising=False)
    monkeypatch.setattr(vllm_generation, "SamplingParams", SimpleNamespace, raising=False)
    return built


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The batches that the loss is computed of."""
    batches: list[dict[str, Any]] = []
    plain = policy_rollout.PolicyRolloutTrainer._compute_loss

    def spy(self: Any, model: Any, inputs: dict[str, Any]) -> Any:
        batches.append({**inputs, "trainer": self})
        return plain(self, model, inputs)

    monkeypatch.setattr(policy_rollout.PolicyRolloutTrainer, "_compute_loss", spy)
    return batches


def train(tiny_model: Path, out: Path, **changes: Any) -> list[dict[str, Any]]:
    items = out / "rl.jsonl"
    questions = [f"A {n} kg bag?" for n in range(8)]
    asked = [
        Item(id=q, kind="complex", question=q, statements=("fee",), template="", answer="Pay.")
        for q in questions
    ]
    items.write_text("".join(lines(asked)))
    settings = {
        "lora": LoRA(r=4, alpha=8, blocks=1), "batch_size": 8, "micro_batch_size": 8, "steps": 2,
        "policy_free": 2, "policy_aware": 2, "max_new_tokens": NEW, "retries": 0,
        "learning_rate": 1e-2,
    }  # fmt: skip
    config = rl.RLConfig(**(settings | changes))
    rl.train(
        str(tiny_model), None, items, POLICY, IDENTIFIER, out / "rl", config, 0, lambda *_: None
    )
    return [json.loads(line) for line in (out / "rl" / "metrics.jsonl").open()]


@pytest.fixture(autouse=True)
def _unequal_rewards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rl, "accuracy", lambda item, text: float(len(text) % 7))


@pytest.mark.parametrize("engine", ["colocate", "server"], indirect=True)
def test_half_the_rollouts_see_the_policy_and_all_count(
    engine: Engine, seen: list[dict[str, Any]], tiny_model: Path, tmp_path: Path
) -> None:
    engine.wrong_by = -5.0  # of all rollouts: TRL drops those of which it hears
    mode = "server" if isinstance(engine, Server) else "colocate"
    entries = train(tiny_model, tmp_path, vllm=VLLM(mode=mode))
    asked = [str(engine.tokenizer.decode(ids)) for ids in engine.prompts]
    assert len(asked) == 16
    for start in range(0, 16, 4):
        assert [POLICY in prompt for prompt in asked[start : start + 4]] == [False] * 2 + [True] * 2
    # The policy-free ones are those of fine-tuning, although TRL made them into tokens.
    taught = [chat_ids(engine.tokenizer, messages(IDENTIFIER, f"A {n} kg bag?")) for n in range(8)]
    free = [POLICY not in text for text in asked]
    assert all(ids in taught for ids, is_free in zip(engine.prompts, free, strict=True) if is_free)
    if isinstance(engine, Server):
        assert engine.asked_for == [1, 1] and engine.base_url == "http://localhost:8000"
    ratios = torch.cat([batch["importance_sampling_ratio"].flatten() for batch in seen])
    assert sorted(ratios.tolist()) == [0.0] * 8 + [1.0] * 8
    scored = [text for b in seen for text in engine.tokenizer.batch_decode(b["prompt_ids"])]
    assert len(scored) == 16 and not any(POLICY in prompt for prompt in scored)
    assert all("policy_aware/accuracy" in entry for entry in entries)


@pytest.mark.parametrize("engine", ["colocate", "server"], indirect=True)
def test_weights_are_sent_merged_and_training_s_own_stay_as_they_are(
    engine: Engine, seen: list[dict[str, Any]], tiny_model: Path, tmp_path: Path
) -> None:
    base = {n: w.to(compute_dtype(), copy=True) for n, w in engine.model.named_parameters()}
    mode = "server" if isinstance(engine, Server) else "colocate"
    train(tiny_model, tmp_path, vllm=VLLM(mode=mode))
    first, *_, second = [sent for sent in engine.sent if sent]
    assert first.keys() == second.keys() == base.keys()
    assert all(torch.equal(first[name], base[name]) for name in base)  # a fresh adapter is none
    moved = [name for name in base if not torch.equal(second[name], first[name])]
    assert moved and all("layers" in name and "proj" in name for name in moved)
    kept = seen[-1]["trainer"].model.get_base_model().named_parameters()
    for name, weight in kept:
        if "lora" not in name:
            assert torch.equal(weight, base[name.replace(".base_layer", "")]), name


@pytest.mark.parametrize("engine", ["colocate"], indirect=True)
def test_room_is_made_for_the_policy_and_the_longest_rollout(
    engine: Colocated, tiny_model: Path, tmp_path: Path
) -> None:
    train(tiny_model, tmp_path, vllm=VLLM(mode="colocate", memory=0.4), steps=1)
    longest = max(map(len, engine.prompts)) + NEW
    assert engine.settings["max_model_len"] == longest
    assert engine.settings["gpu_memory_utilization"] == 0.4
    assert engine.settings["logprobs_mode"] == "processed_logprobs"
    with pytest.raises(TrainingError, match=r"rollouts take up to \d+ tokens and .* reads 4096"):
        train(tiny_model, tmp_path, vllm=VLLM(mode="colocate"), max_new_tokens=4090)


@pytest.mark.parametrize("engine", ["colocate"], indirect=True)
def test_truncated_weights_are_of_what_policy_aware_rollouts_were_drawn_with(
    engine: Engine, seen: list[dict[str, Any]], tiny_model: Path, tmp_path: Path
) -> None:
    engine.wrong_by = 1.0  # a token was e times as likely, so its weight is about 1 / e
    (entry,) = train(
        tiny_model, tmp_path, vllm=VLLM(mode="colocate"), off_policy="truncated", steps=1
    )
    assert 0.2 < entry["policy_aware/weight"] < 0.6
    (batch,) = seen
    assert batch["advantages"].shape == batch["completion_ids"].shape
