"""Batched sampling with the prompts' common prefix computed once: rollouts and evaluation.

Token-id prompts in, completions out. All prompts of a call share a prefix — the system message,
and with it the whole policy in the policy-aware condition. `generate` runs that prefix through the
model once; every row then attends to the one copy of its keys and values beside its own, so a
thousand-token policy costs a batch as much memory and prefill as a single row. Finished rows leave
the batch, and only the last position's logits are computed. The distribution is exactly that of
`transformers.generate` (see the test), which stays the fallback for models whose attention this
does not cover (sliding windows, vision-language models).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from transformers import AttentionInterface, PreTrainedModel

TokenIds = list[int]
_IMPLEMENTATION = "shared_prefix"


def _shared_prefix_attention(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor,
    scaling: float,
    prefix: _Cache | None = None,
    **_: object,
) -> tuple[Tensor, None]:
    """Softmax attention over a prefix common to all rows, then over each row's own keys.

    Shapes: query (B, H, T, D); key, value (B, K, S, D) with H a multiple of K; prefix keys and
    values (1, K, P, D); attention_mask (B, 1, T, S), added to the own scores. Every position sees
    the whole prefix. Returns (B, T, H, D).
    """
    rows, heads, length, width = query.shape
    groups = key.shape[1]
    q_BKGD = (query * scaling).reshape(rows, groups, -1, width)  # G: heads of a group × T
    own = q_BKGD @ key.transpose(-1, -2)
    own = own.view(rows, groups, heads // groups, length, -1) + attention_mask.unsqueeze(2)
    own = own.view(rows, groups, q_BKGD.shape[2], -1)
    if prefix is None:
        mixed = own.softmax(-1, dtype=torch.float32).to(query.dtype) @ value
    else:
        prefix_key, prefix_value = prefix.layer(module.layer_idx)
        # One product for all rows: they are folded into the query axis of each key head.
        q_KRD = q_BKGD.transpose(0, 1).reshape(groups, -1, width)
        common = (q_KRD @ prefix_key[0].transpose(-1, -2)).view(groups, rows, q_BKGD.shape[2], -1)
        scores = torch.cat([common.transpose(0, 1), own], dim=-1)
        weights = scores.softmax(-1, dtype=torch.float32).to(query.dtype)
        w_common, w_own = weights.split([common.shape[-1], own.shape[-1]], dim=-1)
        from_prefix = (
            w_common.transpose(0, 1).reshape(groups, -1, common.shape[-1]) @ prefix_value[0]
        )
        from_prefix = from_prefix.view(groups, rows, -1, width).transpose(0, 1)
        mixed = from_prefix + w_own @ value
    return mixed.reshape(rows, heads, length, width).transpose(1, 2), None


AttentionInterface.register(_IMPLEMENTATION, _shared_prefix_attention)


class _Cache:
    """Keys and values of every layer in buffers that are written in place, never copied to grow.

    Stands in for `transformers.Cache` where a decoder layer calls `update`.
    """

    def __init__(self, rows: int, capacity: int) -> None:
        self.rows, self.capacity, self.length = rows, capacity, 0
        self._buffers: list[Tensor] = []

    def update(self, key: Tensor, value: Tensor, layer: int, *_: object) -> tuple[Tensor, Tensor]:
        if layer == len(self._buffers):
            groups, width = key.shape[1], key.shape[3]
            self._buffers.append(key.new_empty(2, self.rows, groups, self.capacity, width))
        buffer = self._buffers[layer]
        end = self.length + key.shape[2]
        buffer[0, :, :, self.length : end] = key
        buffer[1, :, :, self.length : end] = value
        return buffer[0, :, :, :end], buffer[1, :, :, :end]

    def layer(self, index: int) -> tuple[Tensor, Tensor]:
        keys, values = self._buffers[index][:, :, :, : self.length]
        return keys, values

    def keep(self, rows: Tensor) -> None:
        for layer, buffer in enumerate(self._buffers):  # one after the other: no second cache
            self._buffers[layer] = buffer[:, rows]
        self.rows = len(rows)

    def get_seq_length(self, *_: object) -> int:
        return self.length


def is_covered(model: PreTrainedModel) -> bool:
    """Whether `generate` can run the model by itself: a text decoder with full attention."""
    config = model.config
    sliding = getattr(config, "sliding_window", None) and getattr(
        config, "use_sliding_window", True
    )
    return config.get_text_config() is config and not sliding and model._supports_attention_backend


@torch.inference_mode()
def generate(
    model: PreTrainedModel,
    prompts: Sequence[TokenIds],
    *,
    max_new_tokens: int,
    eos: int,
    temperature: float = 0.0,
    batch_size: int = 64,
    on_done: Callable[[int, TokenIds], None] | None = None,
) -> list[TokenIds]:
    """Complete every prompt; completions keep their eos token when they reached it.

    Args:
        model: merged weights in evaluation mode; its attention implementation is set here.
        prompts: token ids, any lengths, none empty.
        temperature: 0 is greedy; otherwise samples from torch's global generator.
        on_done: called with (index of the prompt, completion) as each finishes.
    """
    done: list[TokenIds] = [[] for _ in prompts]
    if not prompts:
        return done
    if not is_covered(model):
        raise ValueError(f"{model.config.model_type} models need transformers' own generate")
    previous = model.config._attn_implementation
    model.set_attn_implementation(_IMPLEMENTATION)
    try:
        # At least one token of each prompt stays its own: its logits start the completion.
        shared = min(_common(min(prompts), max(prompts)), min(map(len, prompts)) - 1)
        prefix = _prefill(model, prompts[0][:shared]) if shared else None
        # Longest first: the batch that needs most memory fails at once if it fails.
        order = sorted(range(len(prompts)), key=lambda i: -len(prompts[i]))
        for start in range(0, len(order), batch_size):
            chosen = order[start : start + batch_size]
            rows = [prompts[i][shared:] for i in chosen]
            for row, completion in _complete(model, prefix, rows, max_new_tokens, eos, temperature):
                done[chosen[row]] = completion
                if on_done:
                    on_done(chosen[row], completion)
    finally:
        model.set_attn_implementation(previous)
    return done


def _common(first: TokenIds, last: TokenIds) -> int:
    """Length of the common prefix; of the smallest and largest of many, it is that of all."""
    pairs = enumerate(zip(first, last, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(first), len(last)))


def _prefill(model: PreTrainedModel, tokens: TokenIds) -> _Cache:
    cache = _Cache(rows=1, capacity=len(tokens))
    # In pieces, so that the scores of a long policy (T × S) stay small.
    for start in range(0, len(tokens), 512):
        ids = torch.tensor([tokens[start : start + 512]], device=model.device)
        allowed = torch.ones(ids.shape[1], start + ids.shape[1], dtype=torch.bool).tril(start)
        _forward(model, ids, _additive(allowed[None, None], model), cache, offset=0, prefix=None)
    return cache


def _complete(
    model: PreTrainedModel,
    prefix: _Cache | None,
    rows: list[TokenIds],
    max_new_tokens: int,
    eos: int,
    temperature: float,
) -> list[tuple[int, TokenIds]]:
    """(row, completion) of every row of one batch, in the order they finished."""
    longest = max(map(len, rows))
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    real = torch.zeros(len(rows), longest + max_new_tokens, dtype=torch.bool)
    for i, row in enumerate(rows):  # padded on the left, so that all rows end together
        ids[i, longest - len(row) :] = torch.tensor(row)
        real[i, longest - len(row) :] = True
    ids, real = ids.to(model.device), real.to(model.device)
    offset = (prefix.length if prefix else 0) - (longest - real[:, :longest].sum(1, keepdim=True))
    causal = torch.ones(longest, longest, dtype=torch.bool, device=model.device).tril()
    # A padded query sees itself: a row of -inf would turn its softmax into NaN.
    self_only = torch.eye(longest, dtype=torch.bool, device=model.device)
    allowed = (causal & real[:, None, :longest]) | self_only

    cache = _Cache(len(rows), longest + max_new_tokens)
    logits = _forward(model, ids, _additive(allowed[:, None], model), cache, offset, prefix)
    active = list(range(len(rows)))
    written: list[TokenIds] = [[] for _ in rows]
    finished: list[tuple[int, TokenIds]] = []
    for step in range(max_new_tokens):
        token = _pick(logits, temperature)
        keep = []
        for slot, (row, chosen) in enumerate(zip(active, token.tolist(), strict=True)):
            written[row].append(chosen)
            if chosen == eos or step == max_new_tokens - 1:
                finished.append((row, written[row]))
            else:
                keep.append(slot)
        if not keep:
            break
        if len(keep) < len(active):
            active = [active[slot] for slot in keep]
            kept = torch.tensor(keep, device=model.device)
            cache.keep(kept)
            token, real, offset = token[kept], real[kept], offset[kept]
        mask = _additive(real[:, None, None, : cache.length + 1], model)
        logits = _forward(model, token[:, None], mask, cache, offset, prefix)
    return finished


def _forward(
    model: PreTrainedModel,
    ids: Tensor,
    mask: Tensor,
    cache: _Cache,
    offset: Tensor | int,
    prefix: _Cache | None,
) -> Tensor:
    """Logits (B, V) of the last position; the cache grows by the tokens of `ids` (B, T)."""
    steps = torch.arange(cache.length, cache.length + ids.shape[1], device=ids.device)
    positions = (steps[None] + offset).clamp(min=0)
    logits = model(
        input_ids=ids,
        attention_mask=mask,
        position_ids=positions,
        past_key_values=cache,
        use_cache=True,
        logits_to_keep=1,
        prefix=prefix,
    ).logits[:, -1]
    cache.length += ids.shape[1]
    return logits


def _additive(allowed: Tensor, model: PreTrainedModel) -> Tensor:
    mask = torch.zeros(allowed.shape, dtype=model.dtype, device=model.device)
    return mask.masked_fill(~allowed.to(model.device), torch.finfo(model.dtype).min)


def _pick(logits: Tensor, temperature: float) -> Tensor:
    if temperature == 0:
        return logits.argmax(-1)
    return torch.multinomial((logits.float() / temperature).softmax(-1), 1).squeeze(1)
