"""Questions on pictures as they are given: `train.jsonl` and `test.jsonl` of a folder of pictures.

In: such a file. Out: `Asked`; `Pictured` is all that a run knows of pictures.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ConfigDict, Field, ValidationError

from data.samples import Record


class Asked(Record):
    """A question on a picture, as a line of `train.jsonl` and `test.jsonl`; other keys are let be.

    `policy` is its document's name, for files that are about several.
    """

    model_config = ConfigDict(extra="ignore")

    image: str = Field(min_length=1, description="path from the file's folder")
    question: str = Field(min_length=1)
    chain: str = Field(default="", description="needed for training")
    answer: str = Field(min_length=1)
    id: str = ""
    policy: str = ""
    template: str = Field(default="", description="name of the question's wording")

    def on(self, image: str) -> Asked:
        """The same with another path of the picture."""
        question = self.question.replace(f"]({self.image}", f"]({image}")
        return self.model_copy(update={"image": image, "question": question})


@dataclass(frozen=True)
class Pictured:
    """What a run knows of pictures: paths are from the folder of the data files.

    `policy`: the policy's own, by the names they have in the document.
    """

    policy: Mapping[str, str] = field(default_factory=dict)
    train: tuple[Asked, ...] = ()
    test: tuple[Asked, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.policy or self.train or self.test)

    @property
    def answers(self) -> tuple[str, ...]:
        """All different ones that there are to the questions."""
        return tuple(dict.fromkeys(it.answer for it in (*self.train, *self.test)))


NO_PICTURES = Pictured()


def has_questions(path: Path) -> bool:
    """Whether the file begins with a question on a picture; others name their files so too."""
    try:
        with path.open(encoding="utf-8") as lines:
            first = json.loads(next(lines, "{}"))
    except (OSError, ValueError):
        return False
    return isinstance(first, dict) and "image" in first


def read(path: Path, trained: bool = False) -> list[tuple[int, Asked]]:
    """The questions of a file, each with its line and with an id that no other has.

    Raises:
        ValueError: a line is not a question, has no chain although it is to be trained on, or has
            the id of another; the message names file and line.
    """
    asked: list[tuple[int, Asked]] = []
    seen: set[str] = set()
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                it = Asked.model_validate_json(line)
            except ValidationError as error:
                fault = error.errors()[0]
                key = ".".join(map(str, fault["loc"]))
                raise ValueError(f"{path}:{number}: {key and f'{key!r}: '}{fault['msg']}") from None
            it = it.model_copy(update={"id": it.id or f"{path.stem}-{number}"})
            if trained and not it.chain.strip():
                raise ValueError(f"{path}:{number}: 'chain' is missing, which is what is trained")
            if it.id in seen:
                raise ValueError(f"{path}:{number}: the id {it.id!r} is used twice")
            seen.add(it.id)
            asked.append((number, it))
    return asked
