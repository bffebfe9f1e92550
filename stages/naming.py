"""Names for what is seen: the part of alignment that needs no language model.

In: an image encoder and a projector, pictures, and where on them which things are. Out: an encoder
and a projector whose token of the place where a thing's middle lies is the sum of its words'
embeddings, and any other token the embedding of ' nothing'. So a picture reads as words before the
language model has seen one, and each thing is there once, which is what counting needs.

An answer to a question says little about a picture, and its gradient comes through the whole
language model; a name for every thing in its place says all and costs a tenth. (LLaVA's first
stage, arXiv 2304.08485, has captions for it.) Two losses: the squared distance to the sum, and for
each attribute the cross-entropy of its word against its other values', which look alike: the
embeddings of ' cyan' and ' blue' have a cosine of 0.45.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from pydantic import Field
from torch import Tensor
from torch.nn.functional import cross_entropy

from data.samples import Record, read
from stages.models import tokenizer_of
from stages.pictures import pixels

NOTHING = "nothing"


class Thing(Record):
    """`x`, `y`: of its middle, as shares of the picture; `words`: by attribute, a token each."""

    x: float = Field(ge=0, le=1)
    y: float = Field(ge=0, le=1)
    words: dict[str, str]


class Picture(Record):
    """A line of a file of things; `image` is a path."""

    image: str
    things: tuple[Thing, ...] = Field(min_length=1)


def pictures(file: Path) -> list[Picture]:
    """The pictures of a file of things, named from its folder.

    Raises:
        ValueError: a line of the file is none; the message names file and line.
    """
    home = file.parent
    return [it.model_copy(update={"image": str(home / it.image)}) for it in read(file, Picture)]


class Words:
    """The words that things are named with, and their embeddings."""

    def __init__(self, pictures: Sequence[Picture], model: Any, processing: Any) -> None:
        """Raises ValueError: a word is more than one token, so no embedding stands for it."""
        things = [thing for picture in pictures for thing in picture.things]
        self.values = {
            attribute: sorted({thing.words[attribute] for thing in things})
            for attribute in things[0].words
        }
        tokenizer, table = tokenizer_of(processing), model.get_input_embeddings().weight

        def embedding(word: str) -> Tensor:
            ids = tokenizer(f" {word}", add_special_tokens=False)["input_ids"]
            if len(ids) != 1:
                raise ValueError(f"{word!r} is {len(ids)} tokens; things are named by single ones")
            return table[ids[0]].detach().float()

        self.nothing = embedding(NOTHING)
        self.embeddings = {
            attribute: torch.stack([embedding(word) for word in values])
            for attribute, values in self.values.items()
        }

    def numbers(self, things: Sequence[Thing]) -> Tensor:
        """Of each thing's words, by attribute: (things, attributes)."""
        return torch.tensor(
            [[vs.index(t.words[name]) for name, vs in self.values.items()] for t in things],
            device=self.nothing.device,
        )

    def sums(self, numbers: Tensor) -> Tensor:
        """(things, attributes) → (things, channels)"""
        columns = zip(self.embeddings.values(), numbers.T, strict=True)
        return torch.stack([values[column] for values, column in columns]).sum(0)

    def scores(self, tokens: Tensor) -> list[Tensor]:
        """Of each attribute's values: (things, values)"""
        return [tokens @ values.T for values in self.embeddings.values()]


def tokens(model: Any, processing: Any, pictures: Sequence[Picture]) -> Tensor:
    """What the projector makes of the pictures: (pictures, tokens, channels), float32."""
    shown = pixels(processing, [[picture.image] for picture in pictures])
    shown = {name: value.to(model.device) for name, value in shown.items()}
    return model.get_image_features(**shown).pooler_output.float()


def place(thing: Thing, count: int) -> int:
    """Which of a picture's `count` tokens, laid out in a square, the thing's middle lies in."""
    side = round(count**0.5)
    column, row = (min(int(share * side), side - 1) for share in (thing.x, thing.y))
    return row * side + column


def loss(tokens_PNC: Tensor, pictures: Sequence[Picture], words: Words) -> Tensor:
    """Squared distance to what should be there, in units of a word's, and cross-entropy."""
    things = [thing for picture in pictures for thing in picture.things]
    flat = tokens_PNC.flatten(0, 1)
    count = tokens_PNC.shape[1]
    at = torch.tensor(
        [n * count + place(t, count) for n, picture in enumerate(pictures) for t in picture.things],
        device=flat.device,
    )
    numbers = words.numbers(things)
    empty = torch.ones(len(flat), dtype=torch.bool, device=flat.device).index_fill_(0, at, False)
    named = (flat[at] - words.sums(numbers)).square().sum(-1).mean()
    nothing = (flat[empty] - words.nothing).square().sum(-1).mean()
    told_apart = [
        cross_entropy(scores, column)
        for scores, column in zip(words.scores(flat[at]), numbers.T, strict=True)
    ]
    unit = torch.cat(list(words.embeddings.values())).square().sum(-1).mean()
    return (named + nothing) / unit + torch.stack(told_apart).sum()


@torch.inference_mode()
def right(
    model: Any, processing: Any, pictures: Sequence[Picture], words: Words, size: int
) -> list[bool]:
    """Of every thing, whether the values nearest to the token in its place are all its own."""
    found: list[bool] = []
    for start in range(0, len(pictures), size):
        some = pictures[start : start + size]
        seen = tokens(model, processing, some)
        things = [(n, thing) for n, picture in enumerate(some) for thing in picture.things]
        at = torch.stack([seen[n, place(thing, seen.shape[1])] for n, thing in things])
        near = [
            (scores - values.square().sum(-1) / 2).argmax(-1)
            for scores, values in zip(words.scores(at), words.embeddings.values(), strict=True)
        ]
        expected = words.numbers([thing for _, thing in things])
        found += (torch.stack(near, dim=1) == expected).all(1).tolist()
    return found
