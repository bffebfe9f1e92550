"""PolicyRollout on TRL's GRPOTrainer (TriMPI, arXiv 2510.09474 §3.3): rollouts made and pooled.

In: questions with their policy-free prompts, and what puts the policy into them. Out: batches for
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

import math
import random
from collections.abc import Callable, Generator, Iterable, Sequence
from functools import lru_cache
from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn.functional import pad
from torch.nn.utils.rnn import pad_sequence
from transformers import PreTrainedModel
from trl import GRPOTrainer
from trl.trainer.utils import split_pixel_values_by_grid, unsplit_pixel_values_by_grid

from data.prompts import Message
from stages.generate import generate, is_covered
from stages.models import chat_ids, compute_dtype, load, plain_weights
from stages.pictures import Gallery, shown
from stages.processes import is_sharded

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

    Rows carry `item`, an id, and `prompt`, its policy-free messages. These or the policy's may show
    pictures; of the policy-free ones, all or none.

    Args:
        with_policy: messages of an item with the policy.
        policy_aware: rollouts with the policy, of the `num_generations` of a group.
        anneal: lower them evenly to none in the last step; the others become policy-free.
        off_policy: see the module.
        retries: of dynamic sampling; 0 is without.
        spare: rows that it draws from.
        sampler: a copy of the model that samples; None for TRL's own generation, or vLLM.
    """

    def __init__(
        self,
        *args: Any,
        with_policy: Callable[[str], list[Message]],
        policy_aware: int,
        anneal: bool,
        off_policy: OffPolicy,
        retries: int,
        spare: Sequence[dict[str, Any]],
        sampler: PreTrainedModel | None,
        **kw: Any,
    ) -> None:
        super().__init__(*args, **kw)
        if self.use_vllm and hasattr(self.model, "peft_config"):
            self.vllm_generation._iter_named_params = self._merged

        @lru_cache(maxsize=64)
        def in_context(item: str) -> tuple[list[Message], list[int]]:
            """Messages and token ids, once for all rollouts of an item."""
            chat = with_policy(item)
            return chat, chat_ids(self.processing_class, chat)

        self._in_context = in_context
        self.policy_aware, self.anneal = policy_aware, anneal
        self.off_policy, self.retries, self.spare = off_policy, retries, spare
        self._sampler = sampler
        self._rows: list[dict[str, Any]] = []
        """The questions in hand, one a rollout of this process."""
        self._places: list[int] = []
        """The place of each among the step's rollouts, those of all processes."""
        self._attempt = 0
        self._drawn_with: list[list[float]] | None = None
        """With which log-probability each token of a rollout was drawn, where that is known."""
        self._totals = torch.empty(0)
        """Each rollout's weighted reward, those of all processes."""

    # --- sampling ---------------------------------------------------------------------------

    def _merged(self) -> Generator[tuple[str, Tensor], None, None]:
        """All weights as vLLM has them; see `stages/vllm.py`."""
        with self._dist.gather_params(list(self.model.parameters())):
            yield from plain_weights(self.model, frozen=True)

    def _aware_now(self) -> int:
        """Policy-aware rollouts of a group in this step."""
        if not self.anneal:
            return self.policy_aware
        last = max(1, self.args.max_steps - 1)
        return round(self.policy_aware * (1 - self.state.global_step / last))

    def _aware(self, places: Iterable[int]) -> list[bool]:
        """Which rollouts are policy-aware, by their places; groups may straddle processes."""
        size = self.num_generations
        return [place % size >= size - self._aware_now() for place in places]

    def _seeds(self) -> list[int]:
        """What each rollout is drawn with: the same in a resumed run, and in any process."""
        run = f"{self.args.seed}:{self.state.global_step}:{self._attempt}"
        return [random.Random(f"{run}:{place}").getrandbits(60) for place in self._places]

    def _generate_single_turn(
        self,
        prompt_ids: list[list[int]],
        images: Any,
        multimodal_fields: Any,
        num_generations: int,
        has_tool_images: bool = False,
    ) -> Any:
        """Sample from the policy in context where it is that rollout's turn.

        `_generate` goes on with the policy-free ids and pictures, which is what makes every
        log-probability and the loss condition on them. Log-probabilities under the prompt that was
        sampled from stay here; TRL gets those of vLLM's policy-free rollouts, to correct for how it
        differs.
        """
        aware = self._aware(self._places)
        prompts = [
            self._in_context(row["item"]) if turn else (row["prompt"], ids)
            for ids, turn, row in zip(prompt_ids, aware, self._rows, strict=True)
        ]
        chats, prompt_ids = [chat for chat, _ in prompts], [ids for _, ids in prompts]
        if self._sampler is None:
            if self._is_vlm:  # pictures and kinds of tokens go along
                prompt_ids, images, multimodal_fields = self._tokenize_prompts(chats)
            if self.use_vllm and self.vllm_mode == "server":
                num_generations = 1  # TRL would take the first prompt of so many only
            completions, drawn_with = super()._generate_single_turn(
                prompt_ids, images, multimodal_fields, num_generations, has_tool_images
            )
            self._drawn_with = drawn_with and [
                [math.nan if score is None else score for score in scores] for scores in drawn_with
            ]
            told = drawn_with and [
                [None] * len(scores) if turn else scores
                for scores, turn in zip(drawn_with, aware, strict=True)
            ]
            return completions, told
        targets = dict(self._sampler.named_parameters())
        with torch.no_grad():
            for name, weight in plain_weights(self.model):
                targets[name].copy_(weight)
        scores: dict[int, list[float]] = {}
        truncated = self.off_policy == "truncated"
        pictures = [shown(chat) for chat in chats]
        gallery = Gallery(self._sampler, self.processing_class, prompt_ids, pictures)
        with gallery.open():
            completions = generate(
                self._sampler,
                gallery.prompts,
                max_new_tokens=self.max_completion_length,
                eos=self._tokenizer.eos_token_id,
                temperature=self.temperature,
                families=aware,  # each half has its own common prefix
                seeds=self._seeds(),
                log_probs=scores if truncated else None,
            )
        self._drawn_with = [scores[i] for i in range(len(prompts))] if truncated else None
        return completions, None

    # --- rewards and advantages -------------------------------------------------------------

    def _calculate_rewards(
        self, inputs: Any, prompts: Any, completions: Any, completion_ids: Any
    ) -> Tensor:
        """Log each reward by origin: the mean over a mixed group flatters the policy-free model."""
        rewards = super()._calculate_rewards(inputs, prompts, completions, completion_ids)
        self._totals = (rewards * self.reward_weights.to(rewards.device)).nansum(1)
        aware = torch.tensor(self._aware(range(len(rewards))), device=rewards.device)
        for origin, rows in (("policy_free", ~aware), ("policy_aware", aware)):
            if not rows.any():
                continue
            for name, column in zip(self.reward_func_names, rewards[rows].T, strict=True):
                self._metrics["train"][f"{origin}/{name}"].append(column.nanmean().item())
        return rewards

    def _generate_and_score_completions(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
        self._attempt = 0
        first = self.accelerator.process_index * len(inputs)
        output = self._scored(inputs, list(range(first, first + len(inputs))))
        for _ in range(self.retries):
            groups = self._totals.view(-1, self.num_generations)
            equal = (groups.amax(1) - groups.amin(1)).abs() < 1e-6
            self._metrics["train"]["groups_of_equal_reward"].append(equal.float().mean().item())
            if not equal.any():
                break
            self._attempt += 1
            output = self._resampled(inputs, output, equal.tolist())
        return output

    def _scored(self, inputs: list[dict[str, Any]], places: list[int]) -> dict[str, Any]:
        """Rollouts of the rows with their advantages."""
        self._rows, self._places = inputs, places
        output = super()._generate_and_score_completions(inputs)
        output.pop("sampling_per_token_logps", None)
        if self.off_policy == "separate":
            apart = self._separate_advantages()
            first = self.accelerator.process_index * len(inputs)
            output["advantages"] = apart[first : first + len(inputs)]
        elif self.off_policy == "truncated":
            weights = self._importance(output)
            output["advantages"] = output["advantages"][:, None] * weights
        return output

    def _separate_advantages(self) -> Tensor:
        """Rewards against mean and spread of their own kind in the group."""
        size, aware = self.num_generations, self._aware_now()
        kinds = self._totals.view(-1, size).split([size - aware, aware], dim=1)
        own = [(kind - kind.mean(1, True)) / (kind.std(1, keepdim=True) + 1e-4) for kind in kinds]
        return torch.cat(own, dim=1).flatten()

    @torch.no_grad()
    def _importance(self, output: dict[str, Any]) -> Tensor:
        """min(π(o|Q,I) / π(o|Q,I,P), TRUNCATION) a token (B, T) of policy-aware rows, else 1."""
        scored = output.get("old_per_token_logps")
        if scored is None:
            scored, _, _ = self._get_per_token_logps_and_entropies(
                self.model,
                torch.cat([output["prompt_ids"], output["completion_ids"]], dim=1),
                torch.cat([output["prompt_mask"], output["completion_mask"]], dim=1),
                output["completion_ids"].shape[1],
                batch_size=self.args.per_device_train_batch_size,
                **{name: output[name] for name in _SEEN if name in output},
            )
        # vLLM may not know one, which then is not corrected.
        drawn_with = [torch.tensor(row) for row in self._drawn_with or []]
        sampled = pad_sequence(drawn_with, batch_first=True).to(scored.device)
        weights = (scored.float() - sampled).exp().clamp(max=TRUNCATION).nan_to_num(1.0)
        aware = torch.tensor(self._aware(self._places), device=weights.device)
        real = aware[:, None] & output["completion_mask"].bool()
        summed = torch.stack([weights[real].sum(), real.sum().float()])
        gathered: Any = self.accelerator.gather(summed)
        total, count = gathered.view(-1, 2).sum(0).tolist()
        if count:
            self._metrics["train"]["policy_aware/weight"].append(total / count)
        return torch.where(real, weights, 1.0)

    # --- dynamic sampling -------------------------------------------------------------------

    def _resampled(
        self,
        inputs: list[dict[str, Any]],
        output: dict[str, Any],
        equal: list[bool],
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
            rng = random.Random(f"{self.args.seed}:{self.state.global_step}:{self._attempt}:{g}")
            other[g] = rng.choice(self.spare)
        replaced = [i for i in range(len(inputs)) if equal[group[i]]]
        # Several processes must sample alike many rows, so they sample all of them.
        alone = self.accelerator.num_processes == 1
        sampled = replaced if alone else list(range(len(inputs)))
        rollouts = [other.get(group[i], inputs[i]) for i in sampled]
        fresh = self._scored(rollouts, [first + i for i in sampled])
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


def sampling_copy(model: str) -> PreTrainedModel | None:
    """A frozen copy that samples fast; None where TRL's own generation must do."""
    if is_sharded():  # a copy would need the room that sharding saves
        return None
    copy, _ = load(model, dtype=compute_dtype())
    return copy if is_covered(copy) else None
