"""Supervised fine-tuning on chains of thought.

In: `sft.jsonl`, conversations whose chain recites the rules that apply; and the chats among the
replay texts. Out: the checkpoint reinforcement learning starts from. TriMPI's CoT-SFT (arXiv
2510.09474 §3.2): (Q) → [C; A], the policy is not in the input, loss on chain and answer only.
"""

from __future__ import annotations

from pathlib import Path

from transformers import PreTrainedTokenizerBase

from data.prompts import completion, messages
from data.samples import Conversation, Text, read
from stages.cpt import rows as pretraining_rows
from stages.models import chat_ids
from stages.supervised import Row, SupervisedConfig, supervise
from stages.training import Metrics, OnStep


class SFTConfig(SupervisedConfig):
    """Settings of the stage; the defaults are for a small model and little data."""


def row(prompt: list[dict[str, str]], answer: str, tokenizer: PreTrainedTokenizerBase) -> Row:
    """Prompt and answer as the chat template joins them; loss on the answer and its end."""
    asked = chat_ids(tokenizer, prompt)
    tail = tokenizer(answer, add_special_tokens=False)["input_ids"] + [tokenizer.eos_token_id]
    return Row(input_ids=asked + tail, completion_mask=[0] * len(asked) + [1] * len(tail))


def rows(
    conversations: list[Conversation], identifier: str, tokenizer: PreTrainedTokenizerBase
) -> list[Row]:
    return [
        row(messages(identifier, it.question), completion(it.chain, it.answer), tokenizer)
        for it in conversations
    ]


def train(
    model: str,
    parent: Path | None,
    conversations: Path,
    texts: Path,
    identifier: str,
    out: Path,
    config: SFTConfig,
    seed: int,
    on_step: OnStep,
) -> Metrics:
    """Fine-tune on the conversations and on the replay among the texts.

    Raises:
        ValueError: a line of a file is not what it should be; the message names file and line.
        stages.models.ModelError: the model or the parent cannot be loaded.
    """
    taught = read(conversations, Conversation)
    replay = [text for text in read(texts, Text) if text.kind == "replay"]

    def tokenize(tokenizer: PreTrainedTokenizerBase) -> list[Row]:
        return rows(taught, identifier, tokenizer) + pretraining_rows(replay, tokenizer)

    return supervise(model, parent, tokenize, out, config, seed, on_step)
