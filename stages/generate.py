"""Batched sampling, fast on a CPU too: rollouts and evaluation.

Token-id prompts in, completions out; their distribution is exactly that of `transformers.generate`
(see the test), which stays the fallback for models whose attention this does not cover (sliding
windows, positions in more than one dimension). Pictures are words here
(`stages.pictures.Gallery`). Prompts come in families that share a prefix, the policy-aware ones
with the policy in it: each prefix is run through the model once. So is each different prompt,
however many rollouts it has. A step on a CPU is bound by reading the weights and takes nearly as
long for one row as for many, so all families are in one batch, and when rows finish, waiting ones
take their places (continuous batching). `benchmarks/rollouts.py` compares with stock `generate`.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn.functional import pad
from transformers import PreTrainedModel

from stages import shared_prefix
from stages.packing import packed
from stages.shared_prefix import Cache, Prefixes

TokenIds = list[int]
_BLOCK = 256  # tokens of the vocabulary that are drawn among at a time


_PICTURES_AS_WORDS = {"llava", "aya_vision", "internvl", "idefics3", "smolvlm"}
"""Vision-language models that only put pictures where embeddings would be."""


def is_covered(model: PreTrainedModel) -> bool:
    """Whether `generate` can run the model by itself: a text decoder with full attention, with or
    without pictures among its words."""
    config, text = model.config, model.config.get_text_config()
    sliding = getattr(text, "sliding_window", None) and getattr(text, "use_sliding_window", True)
    plain = text is config or config.model_type in _PICTURES_AS_WORDS
    return plain and not sliding and model._supports_attention_backend


@dataclass
class _Row:
    """One prompt on its way to a completion."""

    index: int
    """Of its prompt, among all."""
    own: TokenIds
    """The prompt behind the prefix."""
    family: Hashable
    prefix: Cache | None
    start: int = 0
    """The column of the cache in which its own tokens begin."""
    rng: random.Random | None = None
    written: TokenIds = field(default_factory=list)
    log_probs: list[float] = field(default_factory=list)

    def position(self, column: int) -> int:
        return column - self.start + (self.prefix.length if self.prefix else 0)


@torch.inference_mode()
def generate(
    model: PreTrainedModel,
    prompts: Sequence[TokenIds],
    *,
    max_new_tokens: int,
    eos: int,
    temperature: float = 0.0,
    batch_size: int = 64,
    families: Sequence[Hashable] | None = None,
    seeds: Sequence[int] | None = None,
    log_probs: dict[int, list[float]] | None = None,
    on_done: Callable[[int, TokenIds], None] | None = None,
) -> list[TokenIds]:
    """Complete every prompt; completions keep their eos token when they reached it.

    Args:
        model: merged weights in evaluation mode; its attention implementation is set here.
        prompts: token ids, any lengths, none empty.
        temperature: 0 is greedy; otherwise samples.
        seeds: of each prompt's own draws, which then are the same whatever else is sampled beside
            it; torch's global generator by default.
        families: a label for each prompt; what the prompts of one have in common at their
            beginning is computed once. One family by default.
        log_probs: filled, by index of the prompt, with the log-probability with which each token
            was drawn.
        on_done: called with (index of the prompt, completion) as each finishes.
    """
    done: list[TokenIds] = [[] for _ in prompts]
    if not prompts:
        return done
    if not is_covered(model):
        raise ValueError(f"{model.config.model_type} models need transformers' own generate")
    previous = model.config._attn_implementation
    model.set_attn_implementation(shared_prefix.NAME)
    try:
        with packed(model):
            rows = _rows(model, prompts, families or [0] * len(prompts))
            for row in rows:
                row.rng = random.Random(seeds[row.index]) if seeds else None
            batch = _Batch(model, rows, batch_size, max_new_tokens, eos, temperature)
            batch.scores = log_probs is not None
            while batch.goes_on():
                for row in batch.step():
                    done[row.index] = row.written
                    if log_probs is not None:
                        log_probs[row.index] = row.log_probs
                    if on_done:
                        on_done(row.index, row.written)
    finally:
        model.set_attn_implementation(previous)
    return done


def _rows(
    model: PreTrainedModel, prompts: Sequence[TokenIds], families: Sequence[Hashable]
) -> list[_Row]:
    """A row for each prompt; the prefix of each family is computed."""
    members: dict[Hashable, list[int]] = {}
    for i, family in enumerate(families):
        members.setdefault(family, []).append(i)
    rows = []
    for family, indices in members.items():
        texts = [prompts[i] for i in indices]
        # At least one token of each prompt stays its own: its logits start the completion.
        shared = min(_common(min(texts), max(texts)), min(map(len, texts)) - 1)
        prefix = _prefill(model, texts[0][:shared]) if shared else None
        rows += [_Row(i, prompts[i][shared:], family, prefix) for i in indices]
    return rows


def _common(first: TokenIds, last: TokenIds) -> int:
    """Length of the common prefix; of the smallest and largest of many, it is that of all."""
    pairs = enumerate(zip(first, last, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(first), len(last)))


def _prefill(model: PreTrainedModel, tokens: TokenIds) -> Cache:
    cache = Cache(rows=1, capacity=len(tokens))
    # In pieces, so that the mask of a long policy (T × S) stays small.
    for start in range(0, len(tokens), 512):
        ids = torch.tensor([tokens[start : start + 512]])
        allowed = torch.ones(ids.shape[1], start + ids.shape[1], dtype=torch.bool).tril(start)
        positions = torch.arange(start, start + ids.shape[1])[None]
        _forward(model, ids, allowed[None, None], positions, cache, ())
    return cache


class _Batch:
    """The rows at work and those that wait; rows at work end in one column of the cache."""

    def __init__(
        self,
        model: PreTrainedModel,
        rows: list[_Row],
        batch_size: int,
        max_new_tokens: int,
        eos: int,
        temperature: float,
    ) -> None:
        self.model, self.batch_size, self.max_new_tokens = model, batch_size, max_new_tokens
        self.eos, self.temperature, self.scores = eos, temperature, False
        self.placeholder: int | None = getattr(model.config, "image_token_id", None)
        # Longest first: a later row's prompt always fits in before the current column.
        self.waiting = deque(sorted(rows, key=lambda row: -len(row.own)))
        self.rows: list[_Row] = []
        capacity = len(self.waiting[0].own) + max_new_tokens
        if len(rows) > batch_size:  # columns to go on in until those of finished rows are freed
            capacity += max_new_tokens
        self.cache = Cache(min(batch_size, len(rows)), capacity)

    def goes_on(self) -> bool:
        return bool(self.rows or self.waiting)

    def step(self) -> list[_Row]:
        """One more token for rows at work, or the first for new ones; gives those that finished."""
        room = self.batch_size - len(self.rows)
        # A forward pass for newcomers costs as much as a step, so a few come at a time.
        if self.waiting and (not self.rows or room >= self.batch_size / 8):
            count = min(room, len(self.waiting))
            fresh = [self.waiting.popleft() for _ in range(count)]
            logits = self._admit(fresh)
            changed = fresh
        else:
            logits = self._advance()
            changed = list(self.rows)
        if self.placeholder is not None:  # it would stand for a picture that is not there
            logits[:, self.placeholder] = -torch.inf
        drawn = [row.rng.random() for row in changed if row.rng]
        tokens = _pick(logits, self.temperature, drawn or None)
        if self.scores:
            all_BV = (logits.float() / (self.temperature or 1)).log_softmax(-1)
            for row, score in zip(changed, all_BV.gather(1, tokens[:, None]), strict=True):
                row.log_probs.append(score.item())
        finished = []
        for row, token in zip(changed, tokens.tolist(), strict=True):
            row.written.append(token)
            if token == self.eos or len(row.written) == self.max_new_tokens:
                finished.append(row)
        for row in finished:
            self._drop(row)
        return finished

    def _admit(self, fresh: list[_Row]) -> Tensor:
        """Run the prompts of new rows, each different one once; logits (B, V) of all of them."""
        different: dict[tuple[Hashable, tuple[int, ...]], _Row] = {}
        for row in fresh:
            different.setdefault((row.family, tuple(row.own)), row)
        rows = list(different.values())
        longest = max(len(row.own) for row in rows)
        ids = torch.zeros(len(rows), longest, dtype=torch.long)
        real = torch.zeros(len(rows), 1, longest, dtype=torch.bool)
        for i, row in enumerate(rows):  # padded on the left, so that all rows end together
            row.start = longest - len(row.own)
            ids[i, row.start :] = torch.tensor(row.own)
            real[i, :, row.start :] = True
        positions = torch.tensor([[row.position(c) for c in range(longest)] for row in rows])
        causal = torch.ones(longest, longest, dtype=torch.bool).tril()
        # A padded query sees itself: a row of -inf would turn its softmax into NaN.
        allowed = (causal & real) | torch.eye(longest, dtype=torch.bool)

        cache = Cache(len(rows), longest)
        prefixes = _prefixes(rows, self.model.device)
        logits = _forward(self.model, ids, allowed[:, None], positions, cache, prefixes)
        place = {key: i for i, key in enumerate(different)}
        copies = [place[row.family, tuple(row.own)] for row in fresh]
        index = torch.tensor(copies, device=self.model.device)
        self.cache.join(cache, index, at=len(self.rows))
        for row in fresh:
            row.start = self.cache.length - len(row.own)
        self.rows += fresh
        self.cache.first = min(row.start for row in self.rows)
        return logits[index]

    def _advance(self) -> Tensor:
        """Logits (B, V) behind the newest token of every row at work."""
        self.cache.first = min(row.start for row in self.rows)
        if self.cache.length == self.cache.capacity:
            by = self.cache.shift()
            for row in self.rows:
                row.start -= by
        now = self.cache.length
        ids = torch.tensor([[row.written[-1]] for row in self.rows])
        positions = torch.tensor([[row.position(now)] for row in self.rows])
        starts = torch.tensor([row.start for row in self.rows])
        allowed = torch.arange(self.cache.first, now + 1) >= starts[:, None]
        prefixes = _prefixes(self.rows, self.model.device)
        return _forward(self.model, ids, allowed[:, None, None], positions, self.cache, prefixes)

    def _drop(self, row: _Row) -> None:
        """Free a row's place; the last row moves there, so that rows at work stay together."""
        place, last = self.rows.index(row), self.rows.pop()
        if last is not row:
            self.rows[place] = last
            self.cache.move(len(self.rows), place)


def _prefixes(rows: list[_Row], device: torch.device) -> Prefixes:
    """The prefixes of these rows, and which rows stand behind each."""
    members: dict[Hashable, list[int]] = {}
    for i, row in enumerate(rows):
        if row.prefix is not None:
            members.setdefault(row.family, []).append(i)
    return [
        (
            rows[indices[0]].prefix,
            None if len(indices) == len(rows) else torch.tensor(indices, device=device),
        )
        for indices in members.values()
    ]  # type: ignore[return-value]


def _forward(
    model: PreTrainedModel,
    ids: Tensor,
    allowed: Tensor,
    positions: Tensor,
    cache: Cache,
    prefixes: Prefixes,
) -> Tensor:
    """Logits (B, V) of the last position; the cache grows by the tokens of `ids` (B, T).

    `allowed` (B, 1, T, S) says which own tokens, from the cache's first column on, a query sees.
    """
    mask = torch.zeros(allowed.shape, dtype=model.dtype)
    mask.masked_fill_(~allowed, torch.finfo(model.dtype).min)
    logits = model(
        input_ids=ids.to(model.device),
        attention_mask=mask.to(model.device),
        position_ids=positions.clamp(min=0).to(model.device),
        past_key_values=cache,
        use_cache=True,
        logits_to_keep=1,
        prefixes=prefixes,
    ).logits[:, -1]
    cache.length += ids.shape[1]
    return logits


def _pick(logits: Tensor, temperature: float, drawn: list[float] | None = None) -> Tensor:
    """A token a row: the likeliest, or one drawn by the inverse of the cumulative distribution.

    `drawn` are numbers between 0 and 1 to do so with; torch's global generator gives them if None.

    Half the time of summing up the whole vocabulary goes with a block of it drawn first, then a
    token of the block; `torch.multinomial`, which draws a number a token, takes ten times as long.
    """
    if temperature == 0:
        return logits.float().argmax(-1)  # a quarter of the time that it takes in bfloat16
    weights_BV = (logits.float() / temperature).softmax(-1)
    if over := weights_BV.shape[1] % _BLOCK:
        weights_BV = pad(weights_BV, (0, _BLOCK - over))
    blocks = weights_BV.view(len(weights_BV), -1, _BLOCK)
    if drawn is None:
        at_B = torch.rand(len(blocks), dtype=torch.float64, device=blocks.device)
    else:
        at_B = torch.tensor(drawn, dtype=torch.float64, device=blocks.device)
    block, rest = _invert(blocks.sum(-1), at_B[:, None])
    token, _ = _invert(blocks.gather(1, block[..., None].expand(-1, -1, _BLOCK)).squeeze(1), rest)
    return (block * _BLOCK + token).squeeze(1)


def _invert(weights: Tensor, drawn: Tensor) -> tuple[Tensor, Tensor]:
    """Where `drawn` (B, 1), between 0 and 1, falls among weights (B, N), and how far into it."""
    cumulated = weights.cumsum(-1, dtype=torch.float64)
    target = drawn * cumulated[:, -1:]
    index = torch.searchsorted(cumulated, target, right=True).clamp(max=weights.shape[1] - 1)
    weight = weights.gather(1, index)
    return index, ((target - cumulated.gather(1, index)) / weight + 1).clamp(0, 1 - 1e-9)
