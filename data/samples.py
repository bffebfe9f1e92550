"""What `data` gives to `stages`: one model a JSON line, each tied to the statements it came from.

`cpt.jsonl` and `exercises.jsonl` hold `Text`, `sft.jsonl` holds `Conversation`, `rl.jsonl` and
`eval.jsonl` hold `Item`, `rejected.jsonl` holds `Rejected`.

A sample's `images` are paths from the folder of its data file. A picture stands where the sample's
text has it as Markdown, `![…](path)`, or else before the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from parsers.spec import Value

Kind = Literal["factual", "behavioral", "simple", "complex"]
"""A statement's category, with conditional ones split by complexity: what tables report by."""


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


RECITAL = "recital"
"""The form of a text that is a rule behind its id, word for word."""
VOCABULARY = "vocabulary"
"""The form of a text that reads what a rule turns on out of people's words."""
DRILL = "drill"
"""The form of a text that makes one test of a number on many numbers."""
CHOICE = "choice"
"""The form of a text of questions, each with the rule that it is about."""


class Pictured(Record):
    """What a sample with pictures has."""

    images: tuple[str, ...] = ()

    def pictures(self, folder: Path) -> dict[str, Path]:
        """Their files, by the names they have in the text, for a data file in `folder`."""
        return {name: folder / name for name in self.images}


class Text(Pictured):
    """A continued-pretraining document (CAP-CPT) or a piece of general replay text."""

    text: str
    kind: Kind | Literal["document", "replay"]
    form: str = Field(description="paraphrase, qa, demonstration, scenario, …")
    statements: tuple[str, ...] = ()


class Question(Pictured):
    """What Conversation and Item share."""

    id: str
    kind: Kind
    question: str
    statements: tuple[str, ...] = Field(description="ids of the rules that apply, in order")
    template: str = Field(description="name of the phrasing it was made with; '' if hand-written")
    workflow: str | None = None
    case: dict[str, Value] | None = None


class Conversation(Question):
    """A supervised turn: question, chain of thought that cites the rules, answer."""

    chain: str
    answer: str


class Item(Question):
    """A question with a verifiable answer; `data.grading.grade` judges.

    Either `options` are the answers that compete (a workflow's outcomes; all statements of the
    category) and the one nearest to the model's must be `answer`; or `accept` lists alternatives,
    each a tuple of phrases that must all be said. `reject` lists phrases that must not.
    """

    answer: str = Field(description="a right answer, for people and for option matching")
    options: tuple[str, ...] = ()
    accept: tuple[tuple[str, ...], ...] = ()
    reject: tuple[str, ...] = ()


class Rejected(Record):
    """A sample the oracle or a filter refused, and why."""

    sample: dict[str, object]
    reason: str


R = TypeVar("R", bound=Record)


def read(path: Path, model: type[R]) -> list[R]:
    """Read a JSON-lines file.

    Raises:
        ValueError: a line does not fit the model; the message names file and line.
    """
    records = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                records.append(model.model_validate_json(line))
            except ValueError as error:
                raise ValueError(f"{path}:{number}: not a {model.__name__}: {error}") from error
    return records


def lines(records: Iterable[Record]) -> Iterator[str]:
    for record in records:
        yield record.model_dump_json() + "\n"
