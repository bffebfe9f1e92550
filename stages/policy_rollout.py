"""PolicyRollout on TRL's GRPOTrainer (TriMPI, arXiv 2510.09474 §3.3): rollouts made and pooled.

In: questions, each with its policy-free prompt and the same with the policy. Out: batches for
GRPO's loss. Of a group's rollouts the last few are sampled with the policy in the prompt; all are
pooled as if they had come from the policy-free prompt, and log-probabilities, ratio and gradient
condition on that one (the trainer is given its token ids for every rollout). Policy-aware rollouts
are samples of another distribution, which is treated in one of three ways: as the paper does, not
at all (`pooled`); by importance weights of the tokens, truncated (`truncated`); or by advantages
against their own kind alone (`separate`). Dynamic sampling (DAPO, arXiv 2503.14476): groups of
equal reward, which teach nothing, are replaced by other questions, a bounded number of times; what
is still equal then stays in.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn.functional import pad
from transformers import PreTrainedModel
from trl import GRPOTrainer
from trl.trainer.utils import split_pixel_values_by_grid, unsplit_pixel_values_by_grid

from stages.generate import generate, is_covered
from stages.pictures import Gallery, shown

OffPolicy = Literal["pooled", "truncated", "separate"]
TRUNCATION = 2.0
"""The largest importance weight of a token."""

_IDS = ("prompt_ids", "completion_ids")
_SEEN = (
    "pixel_values", "pixel_attention_mask", "image_grid_thw", "image_sizes", "num_images",
    "token_type_ids", "mm_token_type_ids",
)  # fmt: skip
"""What a forward pass takes beside tokens, by TRL's names."""


class PolicyRolloutTrainer(GRPOTrainer):
    """GRPO whose groups are part policy-aware: the last rollouts of each group.

    Rows carry `prompt` (policy-free messages) and `aware_prompt` (the same with the policy). Either
    may show pictures; of the policy-free ones, all or none.

    Args:
        policy_aware: rollouts with the policy, of the `num_generations` of a group.
        anneal: lower them evenly to none in the last step; the others become policy-free.
        off_policy: see the module.
        retries: of dynamic sampling; 0 is without.
        spare: rows that it draws from.
        sampler: a copy of the model that samples; None for TRL's own generation.
    """

    def __init__(
        self,
        *args: Any,
        policy_aware: int,
        anneal: bool,
        off_policy: OffPolicy,
        retries: int,
        spare: Sequence[dict[str, Any]],
        sampler: PreTrainedModel | None,
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        self.policy_aware, self.anneal = policy_aware, anneal
        self.off_policy, self.retries, self.spare = off_policy, retries, spare
        self._sampler = sampler
        self._rows: list[dict[str, Any]] = []
        self._totals = torch.empty(0)
        """Each rollout's weighted reward, those of all processes."""

    # --- sampling ---------------------------------------------------------------------------

    def _aware_now(self) -> int:
        """Policy-aware rollouts of a group in this step."""
        if not self.anneal:
            return self.policy_aware
        last = max(1, self.args.max_steps - 1)
        return round(self.policy_aware * (1 - self.state.global_step / last))

    def _aware(self, count: int) -> list[bool]:
        """Which of this process's rollouts are policy-aware; groups may straddle processes."""
        first = self.accelerator.process_index * count
        size = self.num_generations
        return [(first + i) % size >= size - self._aware_now() for i in range(count)]

    def _generate_single_turn(
        self, prompt_ids: list[list[int]], images: Any, fields: Any, *args: Any, **kw: Any
    ) -> Any:
        """Sample from the policy in context where it is that rollout's turn.

        `_generate` goes on with the policy-free ids and pictures, which is what makes every
        log-probability and the loss condition on them.
        """
        aware = self._aware(len(prompt_ids))
        prompts = [
            row["aware_prompt"] if turn else row["prompt"]
            for turn, row in zip(aware, self._rows, strict=True)
        ]
        if self._sampler is None:
            if any(aware):
                prompt_ids, images, fields = self._tokenize_prompts(prompts)
            return super()._generate_single_turn(prompt_ids, images, fields, *args, **kw)
        _copy_merged(self.model, self._sampler)
        different = {id(prompt): prompt for prompt in prompts}  # rollouts of a question share one
        tokenized, *_ = self._tokenize_prompts(list(different.values()))
        ids = dict(zip(different, tokenized, strict=True))
        prompt_ids = [ids[id(prompt)] for prompt in prompts]
        log_probs: dict[int, list[float]] | None = {} if self.off_policy == "truncated" else None
        pictures = [shown(prompt) for prompt in prompts]
        gallery = Gallery(self._sampler, self.processing_class, prompt_ids, pictures)
        with gallery.open():
            completions = generate(
                self._sampler,
                gallery.prompts,
                max_new_tokens=self.max_completion_length,
                eos=self._tokenizer.eos_token_id,
                temperature=self.temperature,
                families=aware,  # each half has its own common prefix
                log_probs=log_probs,
            )
        return completions, log_probs and [log_probs[i] for i in range(len(prompts))]

    # --- rewards and advantages -------------------------------------------------------------

    def _calculate_rewards(
        self, inputs: Any, prompts: Any, completions: Any, completion_ids: Any
    ) -> Tensor:
        """Log each reward by origin: the mean over a mixed group flatters the policy-free model."""
        rewards = super()._calculate_rewards(inputs, prompts, completions, completion_ids)
        self._totals = (rewards * self.reward_weights.to(rewards.device)).nansum(1)
        aware = torch.arange(len(rewards), device=rewards.device) % self.num_generations
        aware = aware >= self.num_generations - self._aware_now()
        for origin, rows in (("policy_free", ~aware), ("policy_aware", aware)):
            if not rows.any():
                continue
            for name, column in zip(self.reward_func_names, rewards[rows].T, strict=True):
                self._metrics["train"][f"{origin}/{name}"].append(column.nanmean().item())
        return rewards

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        output = self._scored(inputs)
        for attempt in range(self.retries):
            groups = self._totals.view(-1, self.num_generations)
            equal = (groups.amax(1) - groups.amin(1)).abs() < 1e-6
            self._metrics["train"]["groups_of_equal_reward"].append(equal.float().mean().item())
            if not equal.any():
                break
            output = self._resampled(inputs, output, equal.tolist(), attempt)
        return output

    def _scored(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        """Rollouts of the rows with their advantages."""
        self._rows = inputs
        output = super()._generate_and_score_completions(inputs)
        sampled = output.pop("sampling_per_token_logps", None)
        if self.off_policy == "separate":
            apart = self._separate_advantages()
            first = self.accelerator.process_index * len(inputs)
            output["advantages"] = apart[first : first + len(inputs)]
        elif self.off_policy == "truncated":
            weights = self._importance(output, sampled)
            output["advantages"] = output["advantages"][:, None] * weights
        return output

    def _separate_advantages(self) -> Tensor:
        """Rewards against mean and spread of their own kind in the group."""
        size, aware = self.num_generations, self._aware_now()
        kinds = self._totals.view(-1, size).split([size - aware, aware], dim=1)
        own = [(kind - kind.mean(1, True)) / (kind.std(1, keepdim=True) + 1e-4) for kind in kinds]
        return torch.cat(own, dim=1).flatten()

    @torch.no_grad()
    def _importance(self, output: dict[str, Any], sampled: Tensor) -> Tensor:
        """min(π(o|Q,I) / π(o|Q,I,P), TRUNCATION) a token (B, T) of policy-aware rows, else 1."""
        scored, _, _ = self._get_per_token_logps_and_entropies(
            self.model,
            torch.cat([output["prompt_ids"], output["completion_ids"]], dim=1),
            torch.cat([output["prompt_mask"], output["completion_mask"]], dim=1),
            output["completion_ids"].shape[1],
            batch_size=self.args.per_device_train_batch_size,
            **{name: output[name] for name in _SEEN if name in output},
        )
        weights = (scored.float() - sampled).exp().clamp(max=TRUNCATION)
        aware = torch.tensor(self._aware(len(weights)), device=weights.device)
        real = aware[:, None] & output["completion_mask"].bool()
        if real.any():
            self._metrics["train"]["policy_aware/weight"].append(weights[real].mean().item())
        return torch.where(real, weights, 1.0)

    # --- dynamic sampling -------------------------------------------------------------------

    def _resampled(
        self,
        inputs: list[dict[str, Any]],
        output: dict[str, Any],
        equal: list[bool],
        attempt: int,
    ) -> dict[str, Any]:
        """The batch with other questions in place of the groups of equal reward.

        The questions are the seed's, the step's and the group's alone, so a resumed run draws the
        same ones, and so do the processes that share a group.
        """
        size, totals = self.num_generations, self._totals
        first = self.accelerator.process_index * len(inputs)
        group = [(first + i) // size for i in range(len(inputs))]
        other = {}
        for g in (g for g, is_equal in enumerate(equal) if is_equal):
            rng = random.Random(f"{self.args.seed}:{self.state.global_step}:{attempt}:{g}")
            other[g] = rng.choice(self.spare)
        replaced = [i for i in range(len(inputs)) if equal[group[i]]]
        # Several processes must sample alike many rows, so they sample all of them.
        alone = self.accelerator.num_processes == 1
        sampled = replaced if alone else list(range(len(inputs)))
        fresh = self._scored([other.get(group[i], inputs[i]) for i in sampled])
        rows = torch.tensor(equal, device=totals.device).repeat_interleave(size)
        totals = totals.clone()
        totals[rows] = self._totals if alone else self._totals[rows]
        self._totals = totals
        return self._spliced(output, fresh, replaced, [sampled.index(i) for i in replaced])

    def _spliced(
        self, old: dict[str, Any], new: dict[str, Any], rows: list[int], by: list[int]
    ) -> dict[str, Any]:
        """`old` with its `rows` replaced by the rows `by` of `new`."""
        old, new = split_pixel_values_by_grid(old), split_pixel_values_by_grid(new)
        output = dict(old)
        for key, ours in old.items():
            if isinstance(ours, list):  # of pixels, or numbers of pictures, by row
                other = {row: new[key][i] for row, i in zip(rows, by, strict=True)}
                output[key] = [other.get(row, our) for row, our in enumerate(ours)]
            if not isinstance(ours, Tensor) or ours.dim() == 0:
                continue
            theirs = new[key]
            if ours.dim() > 1:  # prompts are padded on the left, completions on the right
                width = max(ours.shape[1], theirs.shape[1])
                fill = self._tokenizer.pad_token_id if key in _IDS else 0
                inner = (0, 0) * (ours.dim() - 2)
                left = key.startswith("prompt")
                ours, theirs = (
                    pad(t, (*inner, gap * left, gap * (not left)), value=fill)
                    for t in (ours, theirs)
                    for gap in [width - t.shape[1]]
                )
            output[key] = ours.clone()
            output[key][rows] = theirs[by]
        output = unsplit_pixel_values_by_grid(output)
        tokens: Any = self.accelerator.gather(output["completion_mask"].sum())
        output["num_items_in_batch"] = tokens.sum()
        return output


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


def sampling_copy(network: torch.nn.Module, model: str) -> PreTrainedModel | None:
    """A frozen copy that samples fast; None where TRL's own generation must do."""
    from stages.models import load

    if not hasattr(network, "peft_config"):
        return None
    copy, _ = load(model, dtype=torch.bfloat16)
    return copy if is_covered(copy) else None
