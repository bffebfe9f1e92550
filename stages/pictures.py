"""Texts with pictures as a model's input: token ids, visual tokens, pixels, and pictures as words.

In: content parts (`data.prompts.parts`) and a model's processor. Out: token ids in which every
picture has its placeholders, which of them are visual, and what else the model's forward pass
takes. Pixels are read when a batch needs them and never kept.

For sampling, `Gallery` lets a language model read pictures as words: what the encoder and the
projector make of a picture (once, however many prompts show it) stands behind the embeddings of
the vocabulary as long as the gallery is open, and placeholders become the ids of those rows. Two
prompts then begin alike exactly if their pictures do too, which is all that sampling with shared
prefixes (`stages.generate`) asks for. It holds for models that put pictures where the embeddings
of their placeholders would be, and for no others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from data.prompts import Message, Part
from stages.models import tokenizer_of

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from stages.models import Processing

TokenIds = list[int]


def shown(messages: Sequence[Message]) -> list[str]:
    """Paths of the pictures in a conversation, in order."""
    return [
        part["image"]
        for message in messages
        if not isinstance(message["content"], str)
        for part in message["content"]
        if part["type"] == "image"
    ]


def text_ids(processing: Processing, parts: Sequence[Part]) -> TokenIds:
    """Token ids of a text outside any conversation."""
    pictures = [part["image"] for part in parts if part["type"] == "image"]
    if not pictures:
        text = "".join(part["text"] for part in parts)
        return tokenizer_of(processing)(text)["input_ids"]
    mark = _mark(processing)
    text = "".join(mark if part["type"] == "image" else part["text"] for part in parts)
    return processing(text=[text], images=[_opened(pictures)])["input_ids"][0]


def visual(processing: Processing, ids: TokenIds) -> list[bool]:
    """Which tokens are visual: those in whose place the model puts what it sees.

    What some processors write around a picture (Idefics3: its tiles' rows and columns) is text.
    """
    placeholders = set(getattr(processing, "image_token_ids", ()))
    return [token in placeholders for token in ids]


def pixels(processing: Processing, pictures: Sequence[Sequence[str]]) -> dict[str, Tensor]:
    """What a batch's forward pass takes beside token ids, for the pictures of each row."""
    if not any(pictures):
        return {}
    mark = _mark(processing)
    inputs: Any = processing(
        text=[mark * len(row) + "." for row in pictures],
        images=[_opened(row) for row in pictures],
        padding=True,
        return_tensors="pt",
    )
    return {name: value for name, value in inputs.items() if name not in _PER_TOKEN}


_PER_TOKEN = {"input_ids", "attention_mask", "token_type_ids", "mm_token_type_ids"}


def token_kinds(processing: Processing, ids_BT: Tensor) -> dict[str, Tensor]:
    """The kinds of the tokens, for models that tell their positions by them (Qwen-VL)."""
    if "mm_token_type_ids" not in getattr(processing, "model_input_names", ()):
        return {}
    kinds = processing.create_mm_token_type_ids(ids_BT.tolist())  # type: ignore[union-attr]
    return {"mm_token_type_ids": torch.tensor(kinds)}


def _opened(paths: Sequence[str]) -> list[Any]:
    """Raises ValueError for a picture that cannot be read."""
    from PIL import Image, UnidentifiedImageError

    opened = []
    for path in paths:
        try:
            with Image.open(path) as picture:
                opened.append(picture.convert("RGB"))
        except (OSError, UnidentifiedImageError) as error:
            raise ValueError(f"{path}: this picture cannot be read ({error})") from error
    return opened


def _mark(processing: Processing) -> str:
    """What a picture is in a text before it is tokenized: what the chat template writes for one,
    with the tokens some models want around it; or the processor's placeholder alone."""
    token: str = processing.image_token  # type: ignore[union-attr]
    text: Part = {"type": "text", "text": "§"}
    plain, pictured = (
        str(processing.apply_chat_template([{"role": "user", "content": content}], tokenize=False))
        for content in ([text], [{"type": "image"}, text])
    )
    before, _, behind = plain.partition("§")
    if not (pictured.startswith(before) and pictured.endswith(f"§{behind}")):
        return token
    mark = pictured[len(before) : len(pictured) - len(behind) - 1]
    return mark if token in mark else token


# --- pictures as words ----------------------------------------------------------------------


class Gallery:
    """Pictures of prompts, encoded; see the module.

    Args:
        prompts: token ids with placeholders.
        pictures: paths of the pictures of each prompt.

    Attributes:
        prompts: the same with the ids of the pictures' rows in place of the placeholders.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        processing: Processing,
        prompts: Sequence[TokenIds],
        pictures: Sequence[Sequence[str]],
    ) -> None:
        self.model = model
        self._table = torch.empty(0)
        words = self._encoded(processing, dict.fromkeys(path for row in pictures for path in row))
        self.prompts = []
        for ids, paths in zip(prompts, pictures, strict=True):
            rows = iter([word for path in paths for word in words[path]])
            spelled = zip(ids, visual(processing, ids), strict=True)
            self.prompts.append([next(rows) if seen else token for token, seen in spelled])

    @torch.inference_mode()
    def _encoded(self, processing: Processing, paths: dict[str, None]) -> dict[str, range]:
        """The ids of each picture's rows, behind the vocabulary."""
        model: Any = self.model
        rows, words = [], {}
        end = len(model.get_input_embeddings().weight)
        for path in paths:
            inputs = {k: v.to(model.device) for k, v in pixels(processing, [[path]]).items()}
            features = model.get_image_features(**inputs).pooler_output
            rows += [piece.flatten(0, -2) for piece in features]
            start, end = end, end + sum(len(piece.flatten(0, -2)) for piece in features)
            words[path] = range(start, end)
        if rows:
            self._table = torch.cat(rows).to(model.dtype)
        return words

    @contextmanager
    def open(self) -> Iterator[None]:
        """While this is open, the model's input embedding knows the pictures."""
        if not len(self._table):
            yield
            return
        embedding: Any = self.model.get_input_embeddings()
        known, plain = len(embedding.weight), embedding.forward

        def forward(ids: Tensor) -> Tensor:
            embedded = plain(ids.clamp(max=known - 1))
            if (pictured := ids >= known).any():
                embedded = embedded.clone()
                embedded[pictured] = self._table[ids[pictured] - known]
            return embedded

        embedding.forward = forward
        try:
            yield
        finally:
            del embedding.forward  # the class's own is found again
