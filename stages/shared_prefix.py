"""Attention of a batch whose rows share prefixes, and the cache of what each row has of its own.

In: queries, keys and values of a batch's rows, and the keys and values of prefixes (the policy, a
system message) that were run through the model once, each with the rows that stand behind it. Out:
what attention over prefix and own tokens together gives. Both are attended to apart and joined by
their log-sum-exps (the decomposition of Hydragen, arXiv 2402.05099): rows behind a prefix are
folded into one matrix product with its single copy, so a thousand-token policy costs a batch as
much memory and prefill as one row.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from transformers import AttentionInterface

NAME = "shared_prefix"


class Cache:
    """Keys and values of every layer in buffers that are written in place, never copied to grow.

    All rows end in the same column, `length`; a row that came later begins later, and columns
    before its beginning are another's. Stands in for `transformers.Cache` where a decoder layer
    calls `update`.
    """

    def __init__(self, rows: int, capacity: int) -> None:
        self.rows, self.capacity = rows, capacity
        self.first, self.length = 0, 0
        """The columns in use: from `first` to before `length`."""
        # (2, rows, key heads, capacity, width) a layer; zeros, for a masked NaN would still spread
        self._buffers: list[Tensor] = []

    def update(self, key: Tensor, value: Tensor, layer: int, *_: object) -> tuple[Tensor, Tensor]:
        """Append to the first rows, as many as there are of `key` (B, K, T, D)."""
        count, heads, steps, width = key.shape
        if layer == len(self._buffers):
            self._buffers.append(key.new_zeros(2, self.rows, heads, self.capacity, width))
        buffer, end = self._buffers[layer], self.length + steps
        buffer[0, :count, :, self.length : end] = key
        buffer[1, :count, :, self.length : end] = value
        return buffer[0, :count, :, self.first : end], buffer[1, :count, :, self.first : end]

    def layer(self, index: int) -> tuple[Tensor, Tensor]:
        keys, values = self._buffers[index][..., self.first : self.length, :]
        return keys, values

    def join(self, other: Cache, rows: Tensor, at: int) -> None:
        """Put copies of `rows` of the other cache into the rows from `at` on, ending where all do.

        An empty cache first becomes as long as the other.
        """
        if not self._buffers:
            self.length = other.length
            self._buffers = [
                b.new_zeros(2, self.rows, b.shape[2], self.capacity, b.shape[4])
                for b in other._buffers
            ]
        columns = slice(self.length - other.length, self.length)
        for mine, theirs in zip(self._buffers, other._buffers, strict=True):
            mine[:, at : at + len(rows), :, columns] = theirs[:, rows]

    def move(self, source: int, target: int) -> None:
        """Overwrite one row with another."""
        for buffer in self._buffers:
            used = buffer[:, :, :, self.first : self.length]
            used[:, target] = used[:, source]

    def shift(self) -> int:
        """Move the columns in use to the front, and tell by how many."""
        by = self.first
        for buffer in self._buffers:
            buffer[..., : self.length - by, :] = buffer[..., by : self.length, :].clone()
        self.first, self.length = 0, self.length - by
        return by

    def get_seq_length(self, *_: object) -> int:
        return self.length


Prefixes = Sequence[tuple[Cache, Tensor | None]]
"""Prefixes and the rows behind each; None for all rows."""


def attention(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float,
    prefixes: Prefixes = (),
    **_: object,
) -> tuple[Tensor, None]:
    """Softmax attention over the prefix of each row, which it sees all of, then over its own keys.

    Shapes: query (B, H, T, D); key, value (B, K, S, D) with H a multiple of K; attention_mask
    (B, 1, T, S), added to the scores of the own keys. Returns (B, T, H, D).
    """
    mixed, own = _attend(query, key, value, attention_mask, scaling)
    for prefix, rows in prefixes:
        q_BHTD = query if rows is None else query[rows]
        count, heads, steps, width = q_BHTD.shape
        folded = q_BHTD.transpose(0, 1).reshape(1, heads, count * steps, width)
        seen, total = _attend(folded, *prefix.layer(module.layer_idx), None, scaling)
        seen = seen.view(heads, count, steps, width).transpose(0, 1)
        total = total.view(heads, count, steps).transpose(0, 1)
        behind = slice(None) if rows is None else rows
        share = torch.sigmoid(total - own[behind]).unsqueeze(-1)
        mixed[behind] = mixed[behind].float().lerp(seen.float(), share).to(mixed.dtype)
    return mixed.transpose(1, 2), None


def _attend(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, scaling: float
) -> tuple[Tensor, Tensor]:
    """Attention (B, H, T, D), and the log-sum-exp of its scores (B, H, T) in float32."""
    if query.device.type != "cpu":
        return _attend_plainly(query, key, value, mask, scaling)
    rows, heads, steps, width = query.shape
    # A product of one row is slow in bfloat16, so the heads that share keys are the rows of one.
    fold = heads // key.shape[1] if steps == 1 else 1
    query = query.reshape(rows, heads // fold, fold * steps, width)
    if mask is not None:
        mask = mask.expand(-1, -1, fold * steps, -1)
    # The kernel under `scaled_dot_product_attention`, which does not hand on the sums.
    mixed, sums = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(
        query, key, value, attn_mask=mask, scale=scaling
    )
    return mixed.reshape(rows, heads, steps, width), sums.reshape(rows, heads, steps)


def _attend_plainly(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, scaling: float
) -> tuple[Tensor, Tensor]:
    rows, heads, steps, width = query.shape
    grouped = (query * scaling).reshape(rows, key.shape[1], -1, width)  # heads of a group × T
    scores = (grouped @ key.transpose(-1, -2)).view(rows, heads, steps, -1).float()
    if mask is not None:
        scores = scores + mask
    weights = scores.softmax(-1).to(value.dtype).view(rows, key.shape[1], -1, scores.shape[-1])
    return (weights @ value).view(rows, heads, steps, width), scores.logsumexp(-1)


AttentionInterface.register(NAME, attention)
