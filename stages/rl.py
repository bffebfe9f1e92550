"""Reinforcement learning with PolicyRollout (TriMPI, arXiv 2510.09474 §3.3) on TRL's GRPOTrainer.

In: `rl.jsonl`, questions with answers that the oracle verifies, and the policy document. Out: the
final checkpoint. For each question G rollouts are sampled from the policy-free prompt and G from
the same weights with the policy in the prompt. All 2G are pooled as if they had come from the
policy-free prompt: one group for the advantage, and log-probabilities, ratio and gradient
conditioned on the policy-free prompt (the trainer is given its token ids for every rollout).
Variants: GRPO (clip 0.2 / 0.3, reference KL 0.01) and DAPO (clip 0.2 / 0.28, token-level loss, no
reference KL); DAPO's dynamic sampling is left out. Rewards: accuracy and format as in TriMPI, and
the cited rules as in PA3 (arXiv 2603.14602).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import torch
from pydantic import BaseModel, ConfigDict, Field, model_validator
from transformers import PreTrainedModel
from trl import GRPOConfig, GRPOTrainer

from data.grading import grade
from data.prompts import THINK_CLOSE, THINK_OPEN, citations, messages, split_completion
from data.samples import Item, read
from stages.generate import generate, is_covered
from stages.models import chat_ids
from stages.scoring import score_labels_only
from stages.training import (
    Metrics,
    OnStep,
    TrainingConfig,
    arguments,
    fit,
    suit_attention,
    trainable,
    unwrapped,
)

_CLIP = {"grpo": (0.2, 0.3, 0.01), "dapo": (0.2, 0.28, 0.0)}
"""Clipping from below and above, and β, as TriMPI has them (arXiv 2510.09474, implementation)."""


class RewardWeights(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    accuracy: float = 1.0
    format: float = 0.1
    citations: float = 0.3


class RLConfig(TrainingConfig):
    """`batch_size` counts rollouts an optimizer step: questions × 2G."""

    learning_rate: float = Field(default=2e-5, gt=0)
    warmup: float = Field(default=0.0, ge=0, lt=1, description="share of the steps")
    batch_size: int = Field(default=16, ge=2)
    micro_batch_size: int = Field(default=4, ge=1)
    save_every: int = Field(default=1, ge=1)
    variant: Literal["grpo", "dapo"] = "dapo"
    steps: int = Field(default=2, ge=1)
    policy_free: int = Field(default=4, ge=1, description="G: rollouts without the policy")
    policy_aware: int = Field(default=4, ge=0, description="rollouts with it; 0 is plain GRPO/DAPO")
    temperature: float = Field(default=1.0, gt=0)
    max_new_tokens: int = Field(default=256, ge=1)
    reward: RewardWeights = RewardWeights()

    @property
    def group(self) -> int:
        return self.policy_free + self.policy_aware

    @model_validator(mode="after")
    def _whole_groups(self) -> RLConfig:
        if self.batch_size % self.group or self.group < 2:
            raise ValueError(
                f"batch_size={self.batch_size} must be a multiple of the group of policy_free + "
                f"policy_aware = {self.group} rollouts, at least 2"
            )
        return self


# --- rewards --------------------------------------------------------------------------------


def accuracy(item: Item, completion: str) -> float:
    return float(grade(item, completion))


def well_formed(item: Item, completion: str) -> float:
    """1 for exactly one chain in its block, then an answer; else 0."""
    chain, answer = split_completion(completion)
    one = completion.count(THINK_OPEN) == completion.count(THINK_CLOSE) == 1
    return float(one and completion.lstrip().startswith(THINK_OPEN) and bool(chain and answer))


def citation_overlap(item: Item, completion: str, known: frozenset[str]) -> float:
    """Jaccard overlap of cited and applicable rules, less the share of rules that do not exist.

    PA3, arXiv 2603.14602. Between -1 and 1.
    """
    cited, right = set(citations(completion)), set(item.statements)
    if not cited | right:
        return 1.0
    invented = len(cited - known) / len(cited) if cited else 0.0
    return len(cited & right) / len(cited | right) - invented


# --- the trainer ----------------------------------------------------------------------------


class PolicyRolloutTrainer(GRPOTrainer):
    """GRPO whose groups are part policy-aware: the last `policy_aware` of each group's rollouts.

    Rows carry `prompt` (policy-free messages) and `aware_prompt` (the same with the policy).
    """

    def __init__(self, *args: Any, policy_aware: int, sampler: PreTrainedModel | None, **kw: Any):
        super().__init__(*args, **kw)
        self.policy_aware = policy_aware
        self._sampler = sampler
        self._rows: list[dict[str, Any]] = []

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        self._rows = inputs
        return super()._generate_and_score_completions(inputs)

    def _aware(self, count: int) -> list[bool]:
        """Which of this process's rollouts are policy-aware; groups may straddle processes."""
        if not self.model.training:
            return [False] * count
        first = self.accelerator.process_index * count
        size = self.num_generations
        return [(first + i) % size >= size - self.policy_aware for i in range(count)]

    def _generate_single_turn(self, prompt_ids: list[list[int]], *args: Any, **kw: Any) -> Any:
        """Sample from the policy in context where it is that rollout's turn.

        `_generate` goes on with the policy-free ids, which is what makes every log-probability and
        the loss condition on them.
        """
        aware = self._aware(len(prompt_ids))
        prompts = [
            self._tokenize_prompts([row["aware_prompt"]])[0][0] if turn else ids
            for ids, turn, row in zip(prompt_ids, aware, self._rows, strict=True)
        ]
        if self._sampler is None:
            return super()._generate_single_turn(prompts, *args, **kw)
        _copy_merged(self.model, self._sampler)
        completions = generate(
            self._sampler,
            prompts,
            max_new_tokens=self.max_completion_length,
            eos=self._tokenizer.eos_token_id,
            temperature=self.temperature,
            families=aware,  # each half has its own common prefix
        )
        return completions, None

    def _calculate_rewards(
        self, inputs: Any, prompts: Any, completions: Any, completion_ids: Any
    ) -> torch.Tensor:
        """Log each reward by origin: the mean over a mixed group flatters the policy-free model."""
        rewards = super()._calculate_rewards(inputs, prompts, completions, completion_ids)
        if self.model.training:
            aware = torch.arange(len(rewards), device=rewards.device) % self.num_generations
            aware = aware >= self.num_generations - self.policy_aware
            for origin, rows in (("policy_free", ~aware), ("policy_aware", aware)):
                if not rows.any():
                    continue
                for name, column in zip(self.reward_func_names, rewards[rows].T, strict=True):
                    self._metrics["train"][f"{origin}/{name}"].append(column.nanmean().item())
        return rewards


@torch.no_grad()
def _copy_merged(model: torch.nn.Module, sampler: PreTrainedModel) -> None:
    """Put the trained weights, adapter merged, into the sampling copy.

    A copy, because merging into bfloat16 weights and back out of them would leave rounding behind.
    """
    targets: dict[str, Any] = dict(sampler.named_modules())
    module: Any
    for name, module in model.named_modules():
        if not hasattr(module, "get_delta_weight"):
            continue
        target = targets[name.removeprefix("base_model.model.")]
        (adapter,) = module.active_adapters  # a run trains one
        delta = module.get_delta_weight(adapter).float()
        target.weight.copy_(module.base_layer.weight.float() + delta)


def _sampling_copy(network: torch.nn.Module, model: str) -> PreTrainedModel | None:
    """A frozen copy that samples fast; None where TRL's own generation must do."""
    from stages.models import load

    if not hasattr(network, "peft_config"):
        return None
    copy, _ = load(model, dtype=torch.bfloat16)
    return copy if is_covered(copy) else None


def _schedule(items: list[Item], count: int, seed: int) -> list[Item]:
    """The questions of all steps in order, each as often as the others: one epoch to the trainer,
    whose own sampler cannot be taken up again in a later one."""
    passes = -(-count // len(items))
    rng = random.Random(seed)
    return [item for _ in range(passes) for item in rng.sample(items, len(items))][:count]


def train(
    model: str,
    parent: Path | None,
    items: Path,
    policy: str,
    identifier: str,
    out: Path,
    config: RLConfig,
    seed: int,
    on_step: OnStep,
) -> Metrics:
    """Reinforce the parent on the items; resumes what a kill interrupted.

    Returns:
        `fit`'s summary and `tokens`, those sampled and trained on.

    Raises:
        ValueError: a line of `items` is not an Item; the message names file and line.
        stages.models.ModelError: the model or the parent cannot be loaded.
    """
    from datasets import Dataset

    asked = read(items, Item)
    network, tokenizer = trainable(model, parent, config, seed)
    by_question = {it.question: it for it in asked}
    known = frozenset(rule for it in asked for rule in it.statements)

    def reward(function: Any, name: str) -> Any:
        def scored(prompts: Sequence[Any], completions: Sequence[Any], **_: Any) -> list[float]:
            return [
                function(by_question[prompt[-1]["content"]], completion[0]["content"])
                for prompt, completion in zip(prompts, completions, strict=True)
            ]

        scored.__name__ = name
        return scored

    schedule = _schedule(asked, config.steps * config.batch_size // config.group, seed)
    prompts = [messages(identifier, it.question) for it in schedule]
    longest = max(len(chat_ids(tokenizer, prompt)) for prompt in prompts) + config.max_new_tokens
    suit_attention(network, longest)

    low, high, beta = _CLIP[config.variant]
    args = GRPOConfig(
        **arguments(out, config, seed),
        max_steps=config.steps,
        num_generations=config.group,
        shuffle_dataset=False,
        steps_per_generation=config.accumulation,
        max_completion_length=config.max_new_tokens,
        temperature=config.temperature,
        epsilon=low,
        epsilon_high=high,
        beta=beta,
        loss_type=config.variant,
        reward_weights=[config.reward.accuracy, config.reward.format, config.reward.citations],
    )
    trainer = PolicyRolloutTrainer(
        model=network,
        args=args,
        policy_aware=config.policy_aware,
        sampler=_sampling_copy(network, model),
        reward_funcs=[
            reward(accuracy, "accuracy"),
            reward(well_formed, "format"),
            reward(lambda item, text: citation_overlap(item, text, known), "citations"),
        ],
        train_dataset=Dataset.from_list(
            [
                {"prompt": prompt, "aware_prompt": messages(identifier, it.question, policy)}
                for it, prompt in zip(schedule, prompts, strict=True)
            ]
        ),
        processing_class=tokenizer,
    )
    score_labels_only(unwrapped(trainer.model), config.temperature)
    summary = fit(trainer, out, on_step)
    return {"tokens": int(trainer.state.num_input_tokens_seen), **summary}
