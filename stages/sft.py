"""Supervised fine-tuning on chains of thought.

In: `sft.jsonl`, conversations whose chain recites the rules that apply; `exercises.jsonl`, steps of
chains by themselves: what people's words mean, and tests of numbers; and of the texts of
`cpt.jsonl` those that chains rest on: replay and recitals of the rules. Out: the checkpoint that
reinforcement learning starts from. TriMPI's CoT-SFT (arXiv 2510.09474 §3.2): (Q, I) → [C; A], the
policy is not in the input, loss on chain and answer only. Going beyond it, the few tokens that pick
a rule, or that an answer hangs on, weigh more: a mean over all tokens is content once what follows
from them is right.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pydantic import Field

from data.prompts import (
    Message,
    Span,
    comparing_words,
    completion,
    conclusion,
    deciding_words,
    messages,
    next_words,
    parting_words,
)
from data.samples import RECITAL, Conversation, Text, read
from stages.cpt import rows as pretraining_rows
from stages.models import chat_ids, tokenizer_of
from stages.pictures import shown
from stages.supervised import Row, SupervisedConfig, supervise
from stages.training import Metrics, OnStep

if TYPE_CHECKING:
    from stages.models import Processing


Heavier = tuple[Iterable[Span], float]
"""Words, and what their tokens weigh."""


class Weights(NamedTuple):
    """What tokens weigh that pick a rule or decide, and that make a step; others weigh 1."""

    choice: float
    step: float


EQUAL = Weights(1, 1)


class SFTConfig(SupervisedConfig):
    """Settings of the stage; the defaults are for a small model and little data."""

    exercises: int = Field(default=1, ge=0, description="times that they are gone through along")
    recitals: int = Field(default=7, ge=0, description="times that every rule is recited along")
    choice_weight: float = Field(
        default=10, gt=0, description="of a token that picks a rule or decides; of others 1"
    )
    step_weight: float = Field(
        default=3,
        gt=0,
        description="of a token that opens a line of a chain, and of a sign between numbers and "
        "what it means; the latter are all there is to learn in an exercise, and weigh as a choice",
    )

    @property
    def weights(self) -> Weights:
        return Weights(self.choice_weight, self.step_weight)


def row(
    prompt: list[Message],
    answer: str,
    processing: Processing,
    weights: Weights = EQUAL,
    more: Iterable[Heavier] = (),
) -> Row:
    """Prompt and answer as the chat template joins them; loss on the answer and its end.

    Args:
        more: what else weighs otherwise.
    """
    asked = chat_ids(processing, prompt)
    tokenizer = tokenizer_of(processing)
    tail = tokenizer(answer, add_special_tokens=False, return_offsets_mapping=True)
    weighed = _weighed(
        tail["offset_mapping"],
        ([(0, len(answer))], 1),
        (comparing_words(answer) + next_words(answer), weights.step),
        (deciding_words(answer), weights.choice),
        *more,
    )
    made = Row(
        input_ids=[*asked, *tail["input_ids"], tokenizer.eos_token_id],
        weights=[*[0.0] * len(asked), *weighed, 1.0],
    )
    if pictures := shown(prompt):
        made["pictures"] = pictures
    return made


def rows(
    conversations: list[Conversation],
    identifier: str,
    processing: Processing,
    weights: Weights = EQUAL,
    folder: Path = Path(),
) -> list[Row]:
    """One row a conversation; pictures are named from the data file's `folder`."""
    concluded = [conclusion(it.chain) for it in conversations]
    ends: dict[str | None, set[str]] = defaultdict(set)
    for it, end in zip(conversations, concluded, strict=True):
        ends[it.workflow] |= {end} - {""}
    made = []
    for it, end in zip(conversations, concluded, strict=True):
        turn = completion(it.chain, it.answer)
        parting = parting_words(turn, end, ends[it.workflow]) if end else []
        prompt = messages(identifier, it.question, images=it.pictures(folder))
        made.append(row(prompt, turn, processing, weights, [(parting, weights.choice)]))
    return made


def exercises(
    texts: list[Text],
    processing: Processing,
    choice_weight: float = 1,
    unknown: Callable[[str], Iterable[Span]] = lambda text: (),
) -> list[Row]:
    """One row a text, with loss on what is to be found out and not on what it is found out from,
    nor on words in it that are `unknown`.

    People may say anything, and a number may be any: loss on their words would be several times
    that on the meaning, and loss on a number more than that on its sign.
    """
    made = []
    for text in texts:
        coded = tokenizer_of(processing)(
            text.text, add_special_tokens=False, return_offsets_mapping=True
        )
        weighed = _weighed(
            coded["offset_mapping"],
            ((match.span("found") for match in _FOUND.finditer(text.text)), 1),
            (comparing_words(text.text) + deciding_words(text.text), choice_weight),
            (unknown(text.text), 0),
        )
        made.append(Row(input_ids=coded["input_ids"], weights=weighed))
    return made


def _weighed(tokens: Iterable[Span], *heavier: Heavier) -> list[float]:
    """The weight of each token: of the words that it has a character in, the later ones; or 0."""
    of = {place: weight for words, weight in heavier for word in words for place in range(*word)}
    return [max((of.get(place, 0.0) for place in range(*token)), default=0.0) for token in tokens]


_FOUND = re.compile(
    r"""^(?:(?:Asked\ )?".+":         # quoted words: what they mean
        |Asked:\ .+:                  # two things: whether they are the same
        |(?!"|Asked).*?\d(?=\ [<>=]\ \d))  # a number: how it compares, and the verdict
        (?P<found>\ .+)$""",
    re.MULTILINE | re.VERBOSE,
)


def train(
    model: str,
    parent: Path | None,
    conversations: Path,
    practice: Path,
    texts: Path,
    identifier: str,
    out: Path,
    config: SFTConfig,
    seed: int,
    on_step: OnStep,
) -> Metrics:
    """Fine-tune on the conversations, on exercises (`practice`), and of the pretraining texts on
    those that chains rest on.

    Raises:
        ValueError: a line of a file is not what it should be; the message names file and line.
        stages.models.ModelError: the model or the parent cannot be loaded.
    """
    taught = read(conversations, Conversation)
    pretrained = read(texts, Text)
    along = [t for t in pretrained if t.kind == "replay"]
    along += [t for t in pretrained if t.form == RECITAL] * config.recitals
    steps = read(practice, Text) * config.exercises

    def tokenize(processing: Processing) -> list[Row]:
        told = rows(taught, identifier, processing, config.weights, conversations.parent)
        told += exercises(steps, processing, config.choice_weight)
        return told + pretraining_rows(along, processing, texts.parent)

    return supervise(model, parent, tokenize, out, config, seed, on_step)
