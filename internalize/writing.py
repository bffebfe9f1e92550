"""A local model as a source of text: the teacher's, and the parser's assistant.

In: a model's name or folder. Out: a callable, chats in and one completion each out, as
`parsers.endpoint.Endpoint` is; the rooms that write with it need not know of torch.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parsers.endpoint import AssistConfig, Generate, Message
from stages.evaluate import EvalConfig

if TYPE_CHECKING:
    from parsers.assist import Assistant


def assistant(
    config: AssistConfig,
    model: str,
    file: Path | None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Assistant:
    """The assistant that is configured: an endpoint, or this model, loaded here."""
    from parsers.assist import MAX_TOKENS, Assistant, by_endpoint  # spaCy takes its time

    if config.source == "endpoint":
        return by_endpoint(config, file, on_progress)
    generate = writer(model, EvalConfig(max_new_tokens=MAX_TOKENS))
    return Assistant(generate, model, config.everything, file, on_progress=on_progress)


def writer(model: str, config: EvalConfig) -> Generate:
    """The untrained model, greedy; it is loaded when something is asked, and then raises
    `stages.models.ModelError` if there is no such model."""

    @cache
    def loaded() -> Any:
        from stages.models import merged

        return merged(model, None)

    def generate(chats: list[list[Message]]) -> list[str]:
        from stages.evaluate import answer
        from stages.models import chat_ids, tokenizer_of

        network, processing = loaded()
        prompts = [chat_ids(processing, chat) for chat in chats]
        written = answer(network, processing, prompts, config)
        tokenizer = tokenizer_of(processing)
        return [str(tokenizer.decode(ids, skip_special_tokens=True)) for ids in written]

    return generate
