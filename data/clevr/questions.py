"""Plain questions on scenes, to train and to test a model's eyes with: 'Is there a red cube?'

In: a `Setting`. Out: files as of `data.clevr.benchmark`: pictures, scene graphs, and `train.jsonl`
and `test.jsonl` of {image, question, answer, kind}; and `train-things.jsonl` and
`test-things.jsonl` of {image, things}, where each object's middle is and what it is. The kinds:

- `exists`: yes as often as no. It names one to four attributes of an object that is there; where
  the answer is no, one of them was changed, and nothing of the kind is there.
- `count`: how many there are of what one or two attributes name; as a number.
- `attribute`: the one that a question leaves out of an object that the others single out.
- `check`: eight things that may be there, each said to be there or not; half of them are.
- `list`: all objects, by rows of the picture from the top, and each row from the left.

A picture has a question `exists` with either answer, one `count`, one `check`, one `list`, and one
`attribute` where an object can be singled out. After CLEVR's question families (arXiv 1612.06890),
without relations.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from data.clevr.files import SPLITS, Made, Released, Shot, Split
from data.clevr.ontology import ATTRIBUTES
from data.clevr.scenes import Kind, Thing, kinds
from data.generated import as_lines, check_limits, command, setting_file

_WORDINGS: dict[Split, dict[str, tuple[str, ...]]] = {
    "train": {
        "exists": ("Is there a {x}?", "Can you see a {x}?", "Does the picture show a {x}?"),
        "count": ("How many {x}s are there?", "Count the {x}s."),
        "attribute": ("What {a} is the {x}?", "Which {a} does the {x} have?"),
        "check": ("Which of these are there: {x}?", "Check for each of these: {x}."),
        "list": ("What is in the picture?", "List the objects."),
    },
    "test": {
        "exists": ("Do you see a {x}?", "Is there any {x} in this picture?"),
        "count": ("What is the number of {x}s?", "How many {x}s can you see?"),
        "attribute": ("Tell me the {a} of the {x}.", "The {x} is of what {a}?"),
        "check": ("Say of each of these whether it is there: {x}.", "Is it there or not: {x}?"),
        "list": ("What can you see?", "Which objects does this picture show?"),
    },
}
_README = """\
# Questions on CLEVR scenes

Made by `{command}`.

`train.jsonl` and `test.jsonl` hold one question a line: `image` is the picture's file, `answer` is
right, `kind` is exists, count, attribute, check or list; see `data.clevr.questions`. `train-
things.jsonl` and `test-things.jsonl` hold one picture a line: of each object where its middle is,
as shares of the picture's width and height, and its words. `scenes/` says what is on the pictures,
`setting.json` what all this was made from. The splits share no scene and no wording.

{counts}
"""


Asks = Literal["exists", "count", "attribute", "check", "list"]

CHECKS = 8
"""Things in one question."""
ROWS = 8
"""Of a picture, by which its objects are listed."""


class Question(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    image: str
    question: str
    answer: str
    kind: Asks


@dataclass(frozen=True)
class Setting:
    """What the files are made from; `train` and `test` count pictures.

    Raises:
        SettingError: a value is out of reach.
    """

    seed: int = 0
    train: int = 2000
    test: int = 200
    clevr: str | None = None

    def __post_init__(self) -> None:
        check_limits(self, {"train": (0, 500_000), "test": (0, 500_000)})

    @property
    def name(self) -> str:
        return f"questions-s{self.seed}"


def generate(setting: Setting) -> Iterator[tuple[str, bytes]]:
    """All files.

    Raises:
        SettingError: the folder of CLEVR has not what is asked for.
    """
    made = Made(setting.seed)
    album = Released(Path(setting.clevr), setting.seed) if setting.clevr else None
    for split in SPLITS:
        count: int = getattr(setting, split)
        if album:
            made.taken[split] = album.any(split, count)
        else:
            rng = random.Random(f"{setting.seed} questions {split}")
            for _ in range(count):
                made.take(split, partial(drawn, rng))
    yield "setting.json", setting_file(setting)
    yield from () if album else made.files()
    asked: dict[Split, list[Question]] = {}
    for split, shots in made.taken.items():
        rng = random.Random(f"{setting.seed} asked {split}")
        asked[split] = [question for shot in shots for question in questions(shot, rng)]
        yield f"{split}.jsonl", as_lines(question.model_dump() for question in asked[split])
        yield f"{split}-things.jsonl", as_lines(map(in_places, shots))
    counts = ["| split | kind | answer | questions |", "|---|---|---|---|"]
    for split, those in asked.items():
        for (kind, answer), count in sorted(Counter((q.kind, q.answer) for q in those).items()):
            counts.append(f"| {split} | {kind} | {answer} | {count} |")
    readme = _README.format(command=command("clevr-questions", setting), counts="\n".join(counts))
    yield "README.md", readme.encode()


def questions(shot: Shot, rng: random.Random) -> Iterator[Question]:
    """The questions on one picture, whose objects are placed."""
    things = shot.things

    def ask(kind: Asks, of: str, answer: object, a: str = "") -> Question:
        wording = rng.choice(_WORDINGS[shot.split][kind])
        said = wording.format(x=of, a=a)
        return Question(image=shot.image, question=said, answer=str(answer), kind=kind)

    words, missing = _likes(things, rng)
    yield ask("exists", noun(words), "yes")
    yield ask("exists", noun(missing), "no")
    words = _some(rng.choice(things).kind, rng.randint(1, 2), rng)
    if rng.random() < 0.25:
        words = _some({name: rng.choice(those) for name, those in ATTRIBUTES.items()}, 2, rng)
    yield ask("count", noun(words), have(things, words))
    if found := _singled_out(things, rng):
        words, name, value = found
        yield ask("attribute", noun(words), value, name)
    pairs = [_likes(things, rng) for _ in range(CHECKS // 2)]
    checks = [
        (noun(it), said) for pair in pairs for it, said in zip(pair, ("yes", "no"), strict=True)
    ]
    rng.shuffle(checks)
    told = ", ".join(f"{it}: {said}" for it, said in checks)
    yield ask("check", ", ".join(it for it, _ in checks), told)
    yield ask("list", "", listed(shot))


def listed(shot: Shot) -> str:
    """The objects by rows of the picture, each from the left."""
    placed = zip(shot.middles, shot.things, strict=True)
    in_rows = sorted(placed, key=lambda it: (int(it[0][1] * ROWS), it[0][0]))
    return ", ".join(noun(thing.kind) for _, thing in in_rows)


def in_places(shot: Shot) -> dict[str, object]:
    """A line of a file of things."""
    each = [
        {"x": round(x, 4), "y": round(y, 4), "words": thing.kind}
        for (x, y), thing in zip(shot.middles, shot.things, strict=True)
    ]
    return {"image": shot.image, "things": each}


def have(things: Sequence[Thing], words: Kind) -> int:
    """How many of the objects are so."""
    return sum(words.items() <= thing.kind.items() for thing in things)


def noun(words: Kind) -> str:
    """'small cyan rubber cylinder', 'red object'"""
    said = [words[name] for name in ATTRIBUTES if name in words]
    return " ".join(said if "shape" in words else [*said, "object"])


def _some(kind: Kind, count: int, rng: random.Random) -> Kind:
    return {name: kind[name] for name in rng.sample(list(kind), count)}


def _likes(things: Sequence[Thing], rng: random.Random) -> tuple[Kind, Kind]:
    """What an object is, and what differs from an object in one attribute and is not there; both
    name the same attributes, so that what is named does not tell the answer."""
    while True:
        names = rng.sample(list(ATTRIBUTES), rng.randint(1, len(ATTRIBUTES)))
        one, other = (
            {name: kind[name] for name in names}
            for kind in (rng.choice(things).kind, rng.choice(things).kind)
        )
        unlike = [other | {name: value} for name in names for value in ATTRIBUTES[name]]
        missing = [words for words in unlike if not have(things, words)]
        if missing:
            return one, rng.choice(missing)


def drawn(rng: random.Random) -> list[Kind]:
    """Objects of a scene; every other attribute has but some of its values there, as in the scenes
    that policies tell apart by what is missing."""
    values = {
        name: rng.sample(those, rng.randint(1, len(those))) if rng.random() < 0.5 else those
        for name, those in ATTRIBUTES.items()
    }
    return kinds(rng, values=values)


def _singled_out(things: Sequence[Thing], rng: random.Random) -> tuple[Kind, str, str] | None:
    """An object that some attributes single out, and another one of its attributes to ask for."""
    found = [
        ({name: thing.kind[name] for name in names}, asked, thing.kind[asked])
        for thing in things
        for size in range(1, len(ATTRIBUTES))
        for names in combinations(ATTRIBUTES, size)
        for asked in ATTRIBUTES
        if asked not in names and have(things, {name: thing.kind[name] for name in names}) == 1
    ]
    return rng.choice(found) if found else None
