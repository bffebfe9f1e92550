"""Evaluation: held-out questions under a condition, general ability, and the cost of a prompt.

In: a model, a stage's weights or none, the policy in the prompt or not, items. Out: a graded
prediction an item, written as it is made. A condition is a choice of weights and prompt; the four
conditions and the table over them are the pipeline's. Decoding is greedy.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import torch
from pydantic import BaseModel, ConfigDict, Field
from transformers import PreTrainedModel

from data.grading import grade, load_questions
from data.prompts import NO_PICTURES, Pictures, citations, messages
from data.replay import heldout, prompts
from data.samples import Item, Kind, Pictured, read
from stages.forgetting import perplexity
from stages.generate import generate, is_covered
from stages.models import chat_ids, merged, tokenizer_of
from stages.pictures import Gallery, pixels, shown, token_kinds
from stages.training import Metrics, OnStep

if TYPE_CHECKING:
    from stages.models import Processing

Source = Literal["generated", "pictured", "hand-written"]
"""Made from the policy; on a picture; by hand."""


class EvalConfig(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    max_new_tokens: int = Field(default=256, ge=1)
    batch_size: int = Field(default=64, ge=1)
    compared_items: int = Field(
        default=6,
        ge=1,
        description="items of each kind and source under all conditions but the shipped one",
    )
    general_prompts: int = Field(default=24, ge=1, description="unrelated prompts for the KL")


class Prediction(Pictured):
    """One answer, graded; `images` are those of the item."""

    item: str
    kind: Kind
    source: Source
    question: str
    completion: str
    answer: str = Field(description="a right answer")
    correct: bool
    cited: tuple[str, ...]
    statements: tuple[str, ...] = Field(description="ids of the rules that apply")
    prompt_tokens: int
    completion_tokens: int


def evaluate(
    model: str,
    adapter: Path | None,
    items: Path,
    questions: Path | None,
    identifier: str,
    policy: str | None,
    out: Path,
    config: EvalConfig,
    on_step: OnStep,
    whole: bool = True,
    policy_images: Pictures = NO_PICTURES,
) -> list[Prediction]:
    """Answer and grade the items; goes on after the last prediction that `out` holds.

    Args:
        policy_images: pictures that the policy's text shows.
        whole: all of them, not the first `config.compared_items` of each kind and source.

    Raises:
        ValueError: a line of a file is not what it should be; the message names file and line.
    """
    asked: dict[str, tuple[Item, Source]] = {
        it.id: (it, "pictured" if it.images else "generated") for it in read(items, Item)
    }
    if questions is not None:
        asked |= {it.id: (it, "hand-written") for it in load_questions(questions)}
    if not whole:
        asked = _few(asked, config.compared_items)
    done = {p.item: p for p in _whole(out)}
    todo = [pair for key, pair in asked.items() if key not in done]
    if todo:
        network, processing = merged(model, adapter)
        tokenizer = tokenizer_of(processing)
        chats = [
            messages(identifier, it.question, policy, it.pictures(items.parent), policy_images)
            for it, _ in todo
        ]
        prompts = [chat_ids(processing, chat) for chat in chats]
        out.parent.mkdir(parents=True, exist_ok=True)
        with out.open("w", encoding="utf-8") as file:
            file.writelines(p.model_dump_json() + "\n" for p in done.values())

            def keep(index: int, ids: list[int]) -> None:
                item, source = todo[index]
                text = str(tokenizer.decode(ids, skip_special_tokens=True))
                prediction = Prediction(
                    item=item.id,
                    kind=item.kind,
                    source=source,
                    images=item.images,
                    question=item.question,
                    completion=text,
                    answer=item.answer,
                    correct=grade(item, text),
                    cited=citations(text),
                    statements=item.statements,
                    prompt_tokens=len(prompts[index]),
                    completion_tokens=len(ids),
                )
                done[item.id] = prediction
                file.write(prediction.model_dump_json() + "\n")
                file.flush()
                on_step(len(done), len(asked), {"correct": prediction.correct})

            answer(network, processing, prompts, config, keep, [shown(chat) for chat in chats])
    return [done[key] for key in asked]


def answer(
    network: PreTrainedModel,
    processing: Processing,
    prompts: list[list[int]],
    config: EvalConfig,
    on_done: Callable[[int, list[int]], None] | None = None,
    pictures: Sequence[Sequence[str]] | None = None,
) -> list[list[int]]:
    """Greedy completions (token ids) of tokenized prompts, with the pictures each shows if any."""
    pictures = pictures or [[] for _ in prompts]
    if is_covered(network):
        gallery = Gallery(network, processing, prompts, pictures)
        with gallery.open():
            return generate(
                network,
                gallery.prompts,
                max_new_tokens=config.max_new_tokens,
                eos=tokenizer_of(processing).eos_token_id,
                batch_size=config.batch_size,
                on_done=on_done,
            )
    written = []
    for index, (prompt, paths) in enumerate(zip(prompts, pictures, strict=True)):
        with torch.inference_mode():
            full = network.generate(
                **inputs(network, processing, torch.tensor([prompt]), paths),
                max_new_tokens=config.max_new_tokens,
                do_sample=False,
            )
        written.append(full[0, len(prompt) :].tolist())
        if on_done:
            on_done(index, written[-1])
    return written


def inputs(
    network: PreTrainedModel, processing: Processing, ids_BT: torch.Tensor, paths: Sequence[str]
) -> dict[str, torch.Tensor]:
    """What the model takes for one prompt and the pictures it shows."""
    given = {"input_ids": ids_BT, **token_kinds(processing, ids_BT), **pixels(processing, [paths])}
    return {name: value.to(network.device) for name, value in given.items()}


def _few(asked: dict[str, tuple[Item, Source]], count: int) -> dict[str, tuple[Item, Source]]:
    """The first `count` of each kind and source, so that conditions are compared on one set."""
    taken: dict[tuple[Kind, Source], int] = {}
    few = {}
    for key, (item, source) in asked.items():
        cell = (item.kind, source)
        if taken.get(cell, 0) < count:
            taken[cell] = taken.get(cell, 0) + 1
            few[key] = (item, source)
    return few


def _whole(out: Path) -> Iterable[Prediction]:
    """Predictions of an earlier call, without the line that a kill cut short."""
    if not out.exists():
        return
    for line in out.read_text(encoding="utf-8").splitlines():
        try:
            yield Prediction.model_validate_json(line)
        except ValueError:
            return


# --- general ability ------------------------------------------------------------------------


@torch.inference_mode()
def general(model: str, adapter: Path | None, config: EvalConfig) -> Metrics:
    """What training did to the model elsewhere.

    Returns:
        perplexity: of held-out general text, a token; kl: KL(base ‖ tuned) in nats, mean over the
        tokens of the base model's own answers to unrelated prompts; and the counts of tokens.
    """
    network, processing = merged(model, adapter)
    surprise, tokens = perplexity(network, processing, heldout())
    if adapter is None:
        return {"perplexity": surprise, "tokens": tokens, "kl": 0.0, "kl_tokens": 0}

    base, _ = merged(model, None)
    asked = [
        chat_ids(processing, [{"role": "user", "content": prompt}])
        for prompt in prompts()[: config.general_prompts]
    ]
    answers = answer(base, processing, asked, config.model_copy(update={"max_new_tokens": 32}))
    divergence, counted = 0.0, 0
    for prompt, said in zip(asked, answers, strict=True):
        ids = torch.tensor([prompt + said], device=network.device)
        where = slice(len(prompt) - 1, -1)
        p = base(ids).logits[0, where].float().log_softmax(-1)
        q = network(ids).logits[0, where].float().log_softmax(-1)
        divergence += (p.exp() * (p - q)).sum().item()
        counted += len(said)
    return {
        "perplexity": surprise,
        "tokens": tokens,
        "kl": divergence / counted,
        "kl_tokens": counted,
    }


# --- the cost of a prompt -------------------------------------------------------------------


@torch.inference_mode()
def prefill(
    model: str,
    identifier: str,
    policy: str,
    config: EvalConfig,
    policy_images: Pictures = NO_PICTURES,
) -> Metrics:
    """Prompt tokens and the median seconds of their prefill: without the policy, with it and its
    pictures, and with it when its keys and values are cached and only the question is new."""
    from copy import deepcopy

    network, processing = merged(model, None)
    ask = "What applies in my case?"
    asked = chat_ids(processing, messages(identifier, ask))
    free = torch.tensor([asked], device=network.device)
    chat = messages(identifier, ask, policy, policy_images=policy_images)
    full = torch.tensor([chat_ids(processing, chat)], device=network.device)
    own = len(asked) - len(chat_ids(processing, messages(identifier, "")[:1], asks=False))
    pictures = shown(chat)
    ahead = inputs(network, processing, full[:, :-own], pictures)
    cached = network(**ahead, use_cache=True, logits_to_keep=1).past_key_values
    seconds: dict[str, list[float]] = {"without": [], "with": [], "cached": []}
    for _ in range(5):  # in turn, so that a change in the machine's speed hits all alike
        caches = deepcopy(cached)
        for name, ids, paths, past in (
            ("without", free, [], None),
            ("with", full, pictures, None),
            ("cached", full[:, -own:], [], caches),
        ):
            given = inputs(network, processing, ids, paths)
            start = time.perf_counter()
            network(**given, past_key_values=past, use_cache=True, logits_to_keep=1)
            seconds[name].append(time.perf_counter() - start)
    return {
        "tokens_without": free.shape[1],
        "tokens_with": full.shape[1],
        **{f"seconds_{name}": statistics.median(times) for name, times in seconds.items()},
    }
