"""PolicyRollout: which prompt samples, which prompt is differentiated, what is rewarded."""

from __future__ import annotations

import itertools
import json
import statistics
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from data.prompts import completion
from data.samples import Item, lines
from stages import policy_rollout, rl
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
    assert rl.citation_overlap(ITEM, GOOD) == 1.0
    assert rl.citation_overlap(ITEM, completion("[over-23kg]", "Yes.")) == 0.5
    three = completion("[over-23kg] [fee] [other]", "Yes.")
    assert rl.citation_overlap(ITEM, three) == pytest.approx(2 / 3)
    assert rl.citation_overlap(ITEM, completion("[made-up]", "Yes.")) == 0.0
    assert rl.invention(ITEM, "[made-up]", known) == -1.0
    assert rl.invention(ITEM, "[made-up] [other]", known) == -0.5
    assert rl.invention(ITEM, GOOD, known) == rl.invention(ITEM, "no rule", known) == 0.0


RULES = [f"rule-{n}" for n in range(20)]


@pytest.mark.parametrize(
    ("said", "most"),
    [
        # All outcomes: no accuracy, as several are said; form and citations are right.
        (completion("[over-23kg] [fee]", " ".join(ITEM.options)), 0.4),
        # All rules cited: the share of the right ones goes down with each.
        (completion(" ".join(f"[{r}]" for r in ["over-23kg", "fee", *RULES]), "Hm."), 0.13),
        # The policy copied as the answer.
        (
            completion("So.", "Bags over 23 kg cost 75 euros. Never discuss other airlines. " * 3),
            0.1,
        ),
        # A chain without an end, however well it cites.
        ("<think>\n[over-23kg] yes. [fee] So: charge. Charge 75 euros.", 0.0),
        # An answer in the chain alone.
        ("<think>\n[over-23kg] [fee] Charge 75 euros.\n</think>", 0.0),
        # The answer again and again.
        (completion("So.", "Charge 75 euros. " * 5), 0.1),
        # No chain in the block.
        ("<think></think>\nHm.", 0.0),
        # Rules that do not exist.
        (completion("[made-up] [also-made-up]", "Hm."), -0.2),
    ],
)
def test_what_is_no_answer_earns_less_than_a_wrong_one(said: str, most: float) -> None:
    """At most form and citations, which a plain wrong answer has too."""
    assert earned(said) <= most + 1e-9
    wrong = GOOD.replace("Charge 75 euros.", "Refuse the bag.")
    assert earned(said) <= earned(wrong) + 1e-9 < earned(GOOD) - 0.9


def earned(said: str) -> float:
    weights, known = rl.RewardWeights(), frozenset(["over-23kg", "fee", *RULES])
    return (
        weights.accuracy * rl.accuracy(ITEM, said)
        + weights.format * rl.well_formed(ITEM, said)
        + weights.citations * rl.citation_overlap(ITEM, said)
        + weights.invented * rl.invention(ITEM, said, known)
    )


def logged(out: Path) -> list[dict]:
    return [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]


@pytest.fixture
def items(tmp_path: Path) -> Path:
    path = tmp_path / "rl.jsonl"
    path.write_text(
        "".join(
            lines(
                ITEM.model_copy(update={"id": f"i{n}", "question": f"A {n} kg bag?"})
                for n in range(8)
            )
        )
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
    plain_generate = policy_rollout.generate
    plain_loss = policy_rollout.PolicyRolloutTrainer._compute_loss

    def spy_generate(model, prompts, **kwargs):
        sampled.extend(str(tokenizer.decode(ids)) for ids in prompts)
        return plain_generate(model, prompts, **kwargs)

    def spy_loss(self, model, inputs):
        scored.extend(self.processing_class.batch_decode(inputs["prompt_ids"]))
        assert inputs.get("old_per_token_logps") is None  # one update a rollout: the ratio is 1
        return plain_loss(self, model, inputs)

    monkeypatch.setattr(policy_rollout, "generate", spy_generate)
    monkeypatch.setattr(policy_rollout.PolicyRolloutTrainer, "_compute_loss", spy_loss)
    run(tiny_model, items, tmp_path / "rl", config(retries=0))
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
        assert all(f"{origin}/{name}" in entries[0] for name in rl.RewardWeights.model_fields)
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


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"variant": "grpo", "retries": 1}, "DAPO's"),
        ({"policy_free": 4, "policy_aware": 0, "anneal": True, "steps": 4}, "policy_aware > 0"),
        ({"anneal": True}, "at least 2 steps"),
        ({"policy_free": 3, "policy_aware": 1, "off_policy": "separate"}, "each kind"),
    ],
)
def test_settings_that_make_no_sense_together_are_refused(changes: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        config(**changes)


# --- an exact case ------------------------------------------------------------------------------

TEXTS = {"free": ["a b", "c"], "aware": ["a d", "b"]}
REWARDS = {"a b": 1.0, "c": 0.0, "a d": 0.5, "b": 1.0}
SAMPLED = -2.5  # the log-probability with which each token was drawn


class Tabular:
    """A trainer over one group of four fixed rollouts, its model a table of logits for four tokens.

    The table stands in for the network where the trainer asks for log-probabilities, whatever the
    prompt; everything else is the trainer's own.
    """

    def __init__(self, tiny_model: Path, items: Path, out: Path, patch, **changes) -> None:
        caught = []
        patch.setattr(rl, "fit", lambda trainer, *_: caught.append(trainer) or {})
        patch.setattr(rl, "accuracy", lambda item, text: REWARDS[text])
        only = rl.RewardWeights(accuracy=1, format=0, citations=0, invented=0)
        settings = config(batch_size=4, micro_batch_size=4, reward=only, retries=0)
        run(tiny_model, items, out, settings.model_copy(update=changes))
        (self.trainer,) = caught
        self.trainer.model.train()
        self.trainer.current_gradient_accumulation_steps = 1
        encode = self.trainer.processing_class.encode
        self.ids = {text: encode(text) for texts in TEXTS.values() for text in texts}
        self.vocabulary = sorted({token for ids in self.ids.values() for token in ids})
        self.table = torch.linspace(-1, 1, len(self.vocabulary), requires_grad=True)

        def generate(model, prompts, families, log_probs, **_):
            kinds = {False: iter(TEXTS["free"]), True: iter(TEXTS["aware"])}
            written = [self.ids[next(kinds[aware])] for aware in families]
            if log_probs is not None:
                log_probs |= {i: [SAMPLED] * len(ids) for i, ids in enumerate(written)}
            return written

        def look_up(model, input_ids, attention_mask, count, **_):
            scores = self.log_probs(self.table, input_ids[:, -count:])
            return scores, torch.zeros_like(scores), None

        patch.setattr(policy_rollout, "generate", generate)
        patch.setattr(self.trainer, "_get_per_token_logps_and_entropies", look_up)
        rows = [self.trainer.train_dataset[0]] * 4
        self.batch = self.trainer._generate_and_score_completions(rows)

    def log_probs(self, table: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
        place = {token: i for i, token in enumerate(self.vocabulary)}
        flat = [place.get(token, 0) for token in ids.flatten().tolist()]  # 0: padding, masked
        return table.log_softmax(-1)[flat].view(ids.shape)


@pytest.fixture
def tabular(tiny_model: Path, items: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    return lambda **changes: Tabular(tiny_model, items, tmp_path / "rl", monkeypatch, **changes)


def normalized(rewards: list[float]) -> list[float]:
    mean, spread = statistics.mean(rewards), statistics.stdev(rewards)
    return [(reward - mean) / (spread + 1e-4) for reward in rewards]


def test_advantages_are_pooled_or_each_kind_s_own(tabular) -> None:
    pooled = normalized([1.0, 0.0, 0.5, 1.0])
    assert tabular().batch["advantages"].tolist() == pytest.approx(pooled, abs=1e-5)
    apart = normalized([1.0, 0.0]) + normalized([0.5, 1.0])
    batch = tabular(off_policy="separate").batch
    assert batch["advantages"].tolist() == pytest.approx(apart, abs=1e-5)


def test_policy_aware_tokens_are_weighted_up_to_a_bound(tabular) -> None:
    case = tabular(off_policy="truncated")
    scored = case.log_probs(case.table.detach(), case.batch["completion_ids"])
    weights = (scored - SAMPLED).exp().clamp(max=2.0)
    assert (weights[2:] < 2).any() and (weights[2:] == 2).any()
    weights[:2] = 1
    expected = torch.tensor(normalized([1.0, 0.0, 0.5, 1.0]))[:, None] * weights
    mask = case.batch["completion_mask"].bool()
    assert torch.allclose(case.batch["advantages"][mask], expected[mask], atol=1e-5)


@pytest.mark.parametrize(("variant", "high", "beta"), [("dapo", 0.28, 0.0), ("grpo", 0.3, 0.01)])
def test_ratio_clip_and_gradient_are_the_formula_s(tabular, variant, high, beta) -> None:
    case = tabular(variant=variant)
    mask = case.batch["completion_mask"].double()
    ids, count = case.batch["completion_ids"], int(mask.sum())
    before = case.table.detach() + torch.linspace(0.6, -0.6, len(case.table))
    case.batch["old_per_token_logps"] = case.log_probs(before, ids)
    if beta:
        case.batch["ref_per_token_logps"] = case.log_probs(before, ids)
    loss = case.trainer._compute_loss(case.trainer.model, case.batch)
    (gradient,) = torch.autograd.grad(loss, case.table)

    now, old = (case.log_probs(t, ids).detach().double() for t in (case.table, before))
    ratio = (now - old).exp()
    advantages = torch.tensor(normalized([1.0, 0.0, 0.5, 1.0])).double()[:, None]
    clipped = ((ratio > 1 + high) & (advantages > 0)) | ((ratio < 0.8) & (advantages < 0))
    bounded = ratio.clamp(0.8, 1 + high)
    assert (clipped & mask.bool()).any() and (~clipped & mask.bool())[:2].any()
    assert (~clipped & mask.bool())[2:].any()
    # A token's share: DAPO weighs all tokens alike, GRPO all rollouts.
    share = mask / count if variant == "dapo" else mask / mask.sum(1, True) / len(mask)
    distance = (old - now).exp() - (old - now) - 1
    each = -torch.minimum(ratio * advantages, bounded * advantages) + beta * ratio * distance
    assert loss.item() == pytest.approx((each * share).sum().item(), abs=1e-5)
    # d loss / d log p, then through the softmax: one-hot less the probabilities.
    slope = torch.where(clipped, 0, -advantages * ratio)
    slope += beta * ratio * (distance + 1 - (old - now).exp())
    p = case.table.detach().double().softmax(-1)
    place = torch.tensor(
        [
            [case.vocabulary.index(t) if t in case.vocabulary else 0 for t in row]
            for row in ids.tolist()
        ]
    )
    one_hot = torch.nn.functional.one_hot(place, len(p)).double()
    expected = ((slope * share)[..., None] * (one_hot - p)).sum((0, 1))
    assert torch.allclose(gradient.double(), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("variant", "off_policy"), [("dapo", "pooled"), ("dapo", "truncated"), ("grpo", "separate")]
)
def test_the_ratio_of_fresh_rollouts_is_one_for_both_kinds(tabular, variant, off_policy) -> None:
    """Nothing is clipped, and the gradient is that of advantage times log-probability: of
    policy-aware rollouts by their weights, or against their own kind, as of policy-free ones."""
    case = tabular(variant=variant, off_policy=off_policy)
    loss = case.trainer._compute_loss(case.trainer.model, case.batch)
    (gradient,) = torch.autograd.grad(loss, case.table)
    mask = case.batch["completion_mask"]
    scores = case.log_probs(case.table, case.batch["completion_ids"])
    rewards = [1.0, 0.0, 0.5, 1.0]
    apart = normalized(rewards[:2]) + normalized(rewards[2:])
    own = torch.tensor(apart if off_policy == "separate" else normalized(rewards))[:, None]
    weights = torch.ones_like(scores)
    if off_policy == "truncated":
        weights[2:] = (scores[2:].detach() - SAMPLED).exp().clamp(max=2.0)
    share = mask / mask.sum() if variant == "dapo" else mask / mask.sum(1, True) / len(mask)
    each = -(scores * own * weights * share)
    (expected,) = torch.autograd.grad(each.sum(), case.table, retain_graph=True)
    assert torch.allclose(gradient, expected, atol=1e-5)
    (aware,) = torch.autograd.grad(each[2:].sum(), case.table)
    assert aware.abs().max() > 1e-2  # they take part


# --- resuming, annealing and dynamic sampling ---------------------------------------------------


def test_policy_aware_rollouts_come_down_to_none(
    tiny_model: Path, items: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []
    plain = policy_rollout.generate

    def spy(model, prompts, families, **kwargs):
        counts.append(sum(families))
        return plain(model, prompts, families=families, **kwargs)

    monkeypatch.setattr(policy_rollout, "generate", spy)
    run(tiny_model, items, tmp_path / "rl", config(steps=3, anneal=True, retries=0))
    assert counts == [4, 2, 0]  # of 8 rollouts, two groups


def test_a_resumed_run_goes_on_with_the_same_rollouts(
    tiny_model: Path, items: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Questions, policy-aware slots, replaced groups and draws are those of a run in one piece."""
    calls: list[list[tuple]] = []
    plain = policy_rollout.generate

    def spy(model, prompts, families, seeds, **kwargs):
        written = plain(model, prompts, families=families, seeds=seeds, **kwargs)
        calls[-1].append((prompts, families, seeds, written))
        return written

    monkeypatch.setattr(policy_rollout, "generate", spy)
    monkeypatch.setattr(
        rl, "accuracy", lambda item, text: float(item.id < "i4" and len(text) % 3 == 0)
    )
    settings = config(
        steps=4, anneal=True, off_policy="truncated", retries=2, learning_rate=1e-2,
        reward=rl.RewardWeights(format=0, citations=0, invented=0),
    )  # fmt: skip

    def train(out: str, on_step=silent) -> dict[str, torch.Tensor]:
        calls.append([])
        rl.train(
            str(tiny_model), None, items, POLICY, IDENTIFIER, tmp_path / out, settings, 0, on_step
        )
        return load_file(tmp_path / out / "adapter_model.safetensors")

    def stop(done: int, total: int, metrics: dict) -> None:
        if done == 3:
            raise KeyboardInterrupt

    whole = train("whole")
    with pytest.raises(KeyboardInterrupt):
        train("cut", stop)
    torch.rand(11)
    resumed = train("cut")
    assert [entry["step"] for entry in logged(tmp_path / "cut")] == [1, 2, 3, 4]
    first, _, last = calls
    assert 0 < len(last) < len(first) and len(first) > 4  # some groups were replaced
    assert last == first[-len(last) :]
    assert all(torch.equal(resumed[name], whole[name]) for name in whole)
    assert any(tensor.abs().max() > 0 for name, tensor in whole.items() if "lora_B" in name)


def test_groups_of_equal_reward_are_replaced_so_often_and_no_more(
    tiny_model: Path, items: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One question's rollouts differ in reward; until it is drawn, others are tried."""
    good = "A 3 kg bag?"
    sampled: list[int] = []
    trained: list[float] = []
    tokens: list[tuple[int, int]] = []
    plain = policy_rollout.generate
    loss = policy_rollout.PolicyRolloutTrainer._compute_loss

    def spy(model, prompts, **kwargs):
        sampled.append(len(prompts))
        return plain(model, prompts, **kwargs)

    def spy_loss(self, model, inputs):
        trained.extend(inputs["advantages"].tolist())
        tokens.append((int(inputs["num_items_in_batch"]), int(inputs["completion_mask"].sum())))
        return loss(self, model, inputs)

    monkeypatch.setattr(policy_rollout, "generate", spy)
    turn = itertools.count()
    monkeypatch.setattr(
        rl, "accuracy", lambda item, text: next(turn) % 2 if item.question == good else 0.0
    )
    only = rl.RewardWeights(accuracy=1, format=0, citations=0, invented=0)
    monkeypatch.setattr(policy_rollout.PolicyRolloutTrainer, "_compute_loss", spy_loss)
    run(tiny_model, items, tmp_path / "rl", config(reward=only, retries=40))
    assert all(advantage != 0 for advantage in trained) and len(trained) == 8
    assert {total for total, _ in tokens} == {sum(own for _, own in tokens)}
    assert sampled[0] == 8 and set(sampled[1:]) <= {4, 8} and len(sampled) < 41

    sampled.clear()
    monkeypatch.setattr(rl, "accuracy", lambda item, text: 0.0)
    run(tiny_model, items, tmp_path / "bound", config(reward=only, retries=2))
    assert sampled == [8, 8, 8]
