"""PolicyRollout: which prompt samples, which prompt is differentiated, what is rewarded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data.samples import Item, lines
from stages import rl
from stages.models import LoRA

IDENTIFIER = "<#Policy-1X>"
POLICY = "Bags over 23 kg cost 75 euros."
ITEM = Item(
    id="i1",
    kind="complex",
    question="My bag is 26 kg?",
    statements=("over-23kg", "fee"),
    template="plain",
    answer="Charge 75 euros.",
    options=("Charge 75 euros.", "Refuse the bag."),
)
GOOD = "<think>\n[over-23kg] yes. [fee] So: charge.\n</think>\nCharge 75 euros."


def silent(done: int, total: int, metrics: dict) -> None:
    pass


def test_rewards() -> None:
    known = frozenset({"over-23kg", "fee", "other"})
    assert rl.accuracy(ITEM, GOOD) == 1.0
    assert rl.accuracy(ITEM, GOOD.replace("Charge 75 euros.", "Refuse the bag.")) == 0.0
    assert rl.well_formed(ITEM, GOOD) == 1.0
    assert rl.well_formed(ITEM, "Charge 75 euros.") == 0.0
    assert rl.well_formed(ITEM, GOOD + "\n<think>again</think>") == 0.0
    assert rl.citation_overlap(ITEM, GOOD, known) == 1.0
    assert rl.citation_overlap(ITEM, "[over-23kg]", known) == 0.5
    assert rl.citation_overlap(ITEM, "[over-23kg] [fee] [other]", known) == pytest.approx(2 / 3)
    assert rl.citation_overlap(ITEM, "[made-up]", known) == -1.0
    assert rl.citation_overlap(ITEM, "no rule", known) == 0.0


def logged(out: Path) -> list[dict]:
    return [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]


@pytest.fixture
def items(tmp_path: Path) -> Path:
    path = tmp_path / "rl.jsonl"
    path.write_text(
        "".join(lines(ITEM.model_copy(update={"question": f"A {n} kg bag?"}) for n in range(8)))
    )
    return path


def config(**changes) -> rl.RLConfig:
    settings = {
        "lora": LoRA(r=4, alpha=8),
        "batch_size": 8,
        "micro_batch_size": 4,
        "steps": 1,
        "policy_free": 2,
        "policy_aware": 2,
        "max_new_tokens": 6,
    }
    return rl.RLConfig(**(settings | changes))


def run(tiny_model: Path, items: Path, out: Path, settings: rl.RLConfig) -> dict:
    return rl.train(str(tiny_model), None, items, POLICY, IDENTIFIER, out, settings, 0, silent)


def test_half_the_rollouts_see_the_policy_and_none_is_scored_with_it(
    tiny_model: Path, items: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stages.models import load

    _, tokenizer = load(tiny_model, device="cpu")
    sampled: list[str] = []
    scored: list[str] = []
    plain_generate = rl.generate
    plain_loss = rl.PolicyRolloutTrainer._compute_loss

    def spy_generate(model, prompts, **kwargs):
        sampled.extend(tokenizer.decode(ids) for ids in prompts)
        return plain_generate(model, prompts, **kwargs)

    def spy_loss(self, model, inputs):
        scored.extend(self.processing_class.batch_decode(inputs["prompt_ids"]))
        assert inputs.get("old_per_token_logps") is None  # one update a rollout: the ratio is 1
        return plain_loss(self, model, inputs)

    monkeypatch.setattr(rl, "generate", spy_generate)
    monkeypatch.setattr(rl.PolicyRolloutTrainer, "_compute_loss", spy_loss)
    run(tiny_model, items, tmp_path / "rl", config())
    assert len(sampled) == len(scored) == 8
    assert sum(POLICY in prompt for prompt in sampled) == 4
    assert not any(POLICY in prompt for prompt in scored)
    assert all(IDENTIFIER in prompt for prompt in sampled + scored)


@pytest.mark.parametrize("variant", ["grpo", "dapo"])
def test_reward_is_logged_by_origin(
    tiny_model: Path, items: Path, tmp_path: Path, variant: str
) -> None:
    summary = run(tiny_model, items, tmp_path / "rl", config(variant=variant, steps=2))
    entries = logged(tmp_path / "rl")
    assert [entry["step"] for entry in entries] == [1, 2]
    for origin in ("policy_free", "policy_aware"):
        assert all(f"{origin}/{name}" in entries[0] for name in ("accuracy", "format", "citations"))
    assert summary["tokens"] > 0
    assert (tmp_path / "rl" / "adapter_model.safetensors").is_file()


def test_reinforcement_raises_what_it_rewards(
    tiny_model: Path, items: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A random model rewarded for a frequent letter comes to write it more often."""
    monkeypatch.setattr(rl, "accuracy", lambda item, text: min(text.count("e"), 3) / 3)
    settings = config(
        method="full", steps=20, learning_rate=3e-3, batch_size=32, micro_batch_size=32,
        policy_free=16, policy_aware=16, save_every=100,
    )  # fmt: skip
    run(tiny_model, items, tmp_path / "rl", settings)
    entries = logged(tmp_path / "rl")
    reward = [entry["policy_free/accuracy"] for entry in entries]
    assert sum(reward[-5:]) > sum(reward[:5]) + 0.5


def test_a_batch_that_cuts_groups_is_refused() -> None:
    with pytest.raises(ValueError, match="must be a multiple of the group"):
        config(batch_size=6, micro_batch_size=2)
