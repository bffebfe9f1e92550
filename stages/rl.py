"""Reinforcement learning with PolicyRollout (TriMPI, arXiv 2510.09474 §3.3): settings and rewards.

In: `rl.jsonl`, questions with answers that the oracle verifies, and the policy document; both may
show pictures. Out: the final checkpoint. For each question G rollouts are sampled from the
policy-free prompt and G from the same weights with the policy in the prompt
(`stages/policy_rollout.py`). Variants: GRPO (clip 0.2 / 0.3, reference KL 0.01) and DAPO (clip
0.2 / 0.28, token-level loss, dynamic sampling, no reference KL). Rewards: accuracy and format as in
TriMPI, and the cited rules as in PA3 (arXiv 2603.14602), those that do not exist apart. Rollouts
serve for one update, so the ratio is 1 where it is differentiated and nothing is clipped.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from trl import GRPOConfig

from data.grading import grade
from data.guards import trick
from data.prompts import (
    NO_PICTURES,
    THINK_CLOSE,
    THINK_OPEN,
    Message,
    Pictures,
    citations,
    messages,
    split_completion,
)
from data.samples import Item, read
from stages.models import chat_ids
from stages.policy_rollout import OffPolicy, PolicyRolloutTrainer, sampling_copy
from stages.scoring import score_labels_only
from stages.training import (
    Metrics,
    OnStep,
    TrainingConfig,
    TrainingError,
    arguments,
    fit,
    suit_attention,
    trainable,
    unwrapped,
)
from stages.vllm import VLLM

_CLIP = {"grpo": (0.2, 0.3, 0.01), "dapo": (0.2, 0.28, 0.0)}
"""Clipping from below and above, and β, as TriMPI has them (arXiv 2510.09474, implementation)."""


class RewardWeights(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    accuracy: float = 1.0
    format: float = 0.1
    citations: float = 0.3
    invented: float = 0.3


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
    anneal: bool = Field(default=False, description="lower policy_aware to 0 by the last step")
    off_policy: OffPolicy = Field(
        default="pooled",
        description="policy-aware rollouts count as policy-free ones (pooled), by truncated "
        "importance weights, or against separate statistics of the group",
    )
    retries: int | None = Field(
        default=None,
        ge=0,
        description="of dynamic sampling: how often groups of equal reward are replaced; by "
        "default once with dapo, never with grpo",
    )
    temperature: float = Field(default=1.0, gt=0)
    max_new_tokens: int = Field(default=256, ge=1)
    reward: RewardWeights = RewardWeights()
    vllm: VLLM = VLLM()

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

    @model_validator(mode="after")
    def _sensible(self) -> RLConfig:
        if self.variant == "grpo" and self.retries:
            raise ValueError("retries are dynamic sampling, which is DAPO's: use variant=dapo")
        if self.policy_aware == 0 and (self.anneal or self.off_policy != "pooled"):
            raise ValueError("anneal and off_policy need policy-aware rollouts: policy_aware > 0")
        if self.anneal and self.steps < 2:
            raise ValueError("anneal needs at least 2 steps to come down in")
        if self.off_policy == "separate" and (
            self.anneal or min(self.policy_free, self.policy_aware) < 2
        ):
            raise ValueError(
                "off_policy=separate needs at least 2 rollouts of each kind in every step, so "
                "policy_free and policy_aware of 2 or more, and no anneal"
            )
        return self


# --- rewards --------------------------------------------------------------------------------


def accuracy(item: Item, completion: str) -> float:
    """1 for a right answer that is no trick (`data.guards`), else 0."""
    _, answer = split_completion(completion)
    return float(grade(item, completion) and trick(item, answer) is None)


def well_formed(item: Item, completion: str) -> float:
    """1 for exactly one chain in its block, then an answer; else 0."""
    chain, answer = split_completion(completion)
    one = completion.count(THINK_OPEN) == completion.count(THINK_CLOSE) == 1
    return float(one and completion.lstrip().startswith(THINK_OPEN) and bool(chain and answer))


def citation_overlap(item: Item, completion: str) -> float:
    """Jaccard overlap of cited and applicable rules (PA3, arXiv 2603.14602).

    0 where the form is not kept, or a chain that never comes to its end would be worth something.
    """
    if not well_formed(item, completion):
        return 0.0
    cited, right = set(citations(completion)), set(item.statements)
    return len(cited & right) / len(cited | right) if cited | right else 1.0


def invention(item: Item, completion: str, known: frozenset[str]) -> float:
    """Minus the share of cited rules that do not exist (PA3)."""
    cited = set(citations(completion))
    return -len(cited - known) / len(cited) if cited else 0.0


# --- the stage -----------------------------------------------------------------------------


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
    judge: Callable[[Item, str], float] | None = None,
    policy_images: Pictures = NO_PICTURES,
) -> Metrics:
    """Reinforce the parent on the items; resumes what a kill interrupted.

    Args:
        judge: what a completion earns for its answer, from 0 to 1; by default `accuracy`.
        policy_images: pictures that the policy's text shows.

    Returns:
        `fit`'s summary and `tokens`, those sampled and trained on.

    Raises:
        ValueError: a line of `items` is not an Item; the message names file and line.
        stages.training.TrainingError: only some items have pictures, vLLM would have to see
            them, rollouts are longer than the model reads, it cannot be sampled as
            `off_policy` asks, or the batch not be shared out to the processes.
        stages.models.ModelError: the model or the parent cannot be loaded.
    """
    from datasets import Dataset

    asked = read(items, Item)
    if len({bool(it.images) for it in asked}) > 1:
        raise TrainingError(f"{items}: some questions have pictures and some none; split the file")
    if config.vllm.mode != "off" and (policy_images or any(it.images for it in asked)):
        raise TrainingError(
            "questions or policy show pictures, and vLLM would be sent text alone; set "
            "rl.vllm.mode=off"
        )
    network, processing = trainable(model, parent, config, seed)
    known = frozenset(rule for it in asked for rule in it.statements)

    def reward(function: Any, name: str) -> Any:
        def scored(completions: Sequence[Any], item: Sequence[str], **_: Any) -> list[float]:
            return [
                function(by_id[key], completion[0]["content"])
                for key, completion in zip(item, completions, strict=True)
            ]

        scored.__name__ = name
        return scored

    schedule = _schedule(asked, config.steps * config.batch_size // config.group, seed)
    by_id = {it.id: it for it in asked}
    rows = {
        it.id: {
            "item": it.id,
            "prompt": messages(identifier, it.question, images=it.pictures(items.parent)),
        }
        for it in asked
    }

    def looked_up(batch: dict[str, list[str]]) -> dict[str, list[Any]]:
        """Rows by their items: Arrow would give the parts of a message one shape."""
        return {**batch, "prompt": [rows[key]["prompt"] for key in batch["item"]]}

    def with_policy(item: str) -> list[Message]:
        it = by_id[item]
        return messages(identifier, it.question, policy, it.pictures(items.parent), policy_images)

    prompts = {key: chat_ids(processing, row["prompt"]) for key, row in rows.items()}
    item, prompt = max(prompts.items(), key=lambda pair: len(pair[1]))
    suit_attention(network, len(prompt) + config.max_new_tokens)
    sampled = chat_ids(processing, with_policy(item)) if config.policy_aware else prompt
    longest = len(sampled) + config.max_new_tokens
    limit = unwrapped(network).config.get_text_config().max_position_embeddings
    if longest > limit:
        raise TrainingError(
            f"rollouts take up to {longest} tokens and {model} reads {limit}; lower "
            "rl.max_new_tokens, or do without the policy in prompts (rl.policy_aware=0)"
        )

    sampler = sampling_copy(model) if config.vllm.mode == "off" else None
    if sampler is None and config.vllm.mode == "off" and config.off_policy == "truncated":
        raise TrainingError(
            "rl.off_policy=truncated needs the sampler's log-probabilities, which there are for "
            "vLLM, and for models with full attention that are not sharded and read pictures, if "
            "any, as words; use pooled or separate"
        )

    ids = Dataset.from_dict({"item": [it.id for it in schedule]})
    low, high, beta = _CLIP[config.variant]
    shared = arguments(out, config, seed)
    args = GRPOConfig(
        **shared,
        max_steps=config.steps,
        num_generations=config.group,
        shuffle_dataset=False,
        steps_per_generation=shared["gradient_accumulation_steps"],
        max_completion_length=config.max_new_tokens,
        temperature=config.temperature,
        epsilon=low,
        epsilon_high=high,
        beta=beta,
        loss_type=config.variant,
        reward_weights=list(config.reward.model_dump().values()),
        **config.vllm.arguments(longest),
    )
    trainer = PolicyRolloutTrainer(
        model=network,
        args=args,
        with_policy=with_policy,
        policy_aware=config.policy_aware,
        anneal=config.anneal,
        off_policy=config.off_policy,
        retries=(config.variant == "dapo") if config.retries is None else config.retries,
        spare=list(rows.values()),
        sampler=sampler,
        reward_funcs=[
            reward(judge or accuracy, "accuracy"),
            reward(well_formed, "format"),
            reward(citation_overlap, "citations"),
            reward(lambda item, text: invention(item, text, known), "invented"),
        ],
        train_dataset=ids.with_transform(looked_up),
        processing_class=processing,
    )
    score_labels_only(unwrapped(trainer.model), config.temperature)
    summary = fit(trainer, out, on_step)
    return {"tokens": int(trainer.state.num_input_tokens_seen), **summary}
