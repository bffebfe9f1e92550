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
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from data.prompts import Message, completion, deciding_words, messages
from data.samples import RECITAL, Conversation, Text, read
from stages.cpt import rows as pretraining_rows
from stages.models import chat_ids, tokenizer_of
from stages.pictures import shown
from stages.supervised import Row, SupervisedConfig, supervise
from stages.training import Metrics, OnStep

if TYPE_CHECKING:
    from stages.models import Processing


Span = tuple[int, int]
"""First character and the one behind the last."""


class SFTConfig(SupervisedConfig):
    """Settings of the stage; the defaults are for a small model and little data."""

    exercises: int = Field(default=2, ge=0, description="times that they are gone through along")
    recitals: int = Field(default=4, ge=0, description="times that every rule is recited along")
    choice_weight: float = Field(
        default=10, gt=0, description="of a token that picks a rule or decides; of others 1"
    )


def row(
    prompt: list[Message],
    answer: str,
    processing: Processing,
    choice_weight: float = 1,
) -> Row:
    """Prompt and answer as the chat template joins them; loss on the answer and its end."""
    asked = chat_ids(processing, prompt)
    tokenizer = tokenizer_of(processing)
    tail = tokenizer(answer, add_special_tokens=False, return_offsets_mapping=True)
    chosen = _touched(tail["offset_mapping"], deciding_words(answer))
    weights = [choice_weight if choice else 1.0 for choice in chosen]
    made = Row(
        input_ids=[*asked, *tail["input_ids"], tokenizer.eos_token_id],
        weights=[*[0.0] * len(asked), *weights, 1.0],
    )
    if pictures := shown(prompt):
        made["pictures"] = pictures
    return made


def rows(
    conversations: list[Conversation],
    identifier: str,
    processing: Processing,
    choice_weight: float = 1,
    folder: Path = Path(),
) -> list[Row]:
    """One row a conversation; pictures are named from the data file's `folder`."""
    return [
        row(
            messages(identifier, it.question, images=it.pictures(folder)),
            completion(it.chain, it.answer),
            processing,
            choice_weight,
        )
        for it in conversations
    ]


def exercises(texts: list[Text], processing: Processing, choice_weight: float = 1) -> list[Row]:
    """One row a text, with loss on what is to be found out and not on what it is found out from.

    People may say anything, and a number may be any: loss on their words would be several times
    that on the meaning, and loss on a number more than that on its sign.
    """
    made = []
    for text in texts:
        coded = tokenizer_of(processing)(
            text.text, add_special_tokens=False, return_offsets_mapping=True
        )
        found = [m.span("found") for m in _FOUND.finditer(text.text)]
        learnt = _touched(coded["offset_mapping"], found)
        chosen = _touched(coded["offset_mapping"], deciding_words(text.text, drilled=True))
        weights = [
            choice_weight if choice else float(counts)
            for choice, counts in zip(chosen, learnt, strict=True)
        ]
        made.append(Row(input_ids=coded["input_ids"], weights=weights))
    return made


def _touched(tokens: Iterable[Span], spans: Iterable[Span]) -> list[bool]:
    """Whether each token has a character in one of the spans."""
    places = {place for span in spans for place in range(*span)}
    return [not places.isdisjoint(range(*token)) for token in tokens]


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
        told = rows(taught, identifier, processing, config.choice_weight, conversations.parent)
        told += exercises(steps, processing, config.choice_weight)
        return told + pretraining_rows(along, processing, texts.parent)

    return supervise(model, parent, tokenize, out, config, seed, on_step)
