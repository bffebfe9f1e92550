"""ClevrPolicy as files: policies, pictures, scene graphs, items, and a datasheet.

In: a `Setting`. Out: (file name, content) one by one, the same for the same setting; whoever writes
them down does it whole (`internalize bench clevr-policy`). `README.md`, the last, describes the
others. T and M of the same seed have the same trees and the same pictures.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data.clevr.files import PIXELS, SPLITS, Album, Made, Released, Shot, Split
from data.clevr.items import Item, Override, Referral, items, overrides, referrals
from data.clevr.policy import NAMES, Modality, Policy, crop, in_words, make, response
from data.clevr.render import png
from data.clevr.scenes import LEAST, MOST
from data.clevr.trees import Leaf, Tree
from data.generated import (
    SettingError,
    as_json,
    as_lines,
    check_known,
    check_limits,
    command,
    setting_file,
)

_README = """\
# ClevrPolicy benchmark

Made by `{command}`. {axes}

| file | holds |
|---|---|
| {documents} | the policies |
| `crops/*.png` | pictures in the policies' conditions ({crops}) |
| `reference.json` | the trees the policies were written from, and what their pictures show |
| {images} | the pictures |
| {scenes} | what is on them, as CLEVR writes it |
| `train.jsonl`, `test.jsonl` | questions on pictures |
| `override.jsonl` | the same with a change of the policy that comes with the question and wins |
| `referral.jsonl` | questions on the policies themselves |
| `setting.json` | what all this was made from |

An item: `image` is the picture; `question` names the policy; `chain` says what is seen and how it
is settled; `answer` is right, and no other (exact match); `conditions` are the sections that apply,
in order, and how each turned out; `template` is the wording of the question. In `override.jsonl`,
`change` is to be told with the question, and `before` is the answer without it: one change in four
is on a section that the picture does not come to. In `referral.jsonl`, an answer is right if it
says all phrases of one alternative in `accept`.

`internalize run` with one of the policies takes its questions and pictures from here.

{counts}

Items are spread over the leaves of each policy: {balance}.

The splits share no scene (no two pictures of different splits show objects of the same attributes,
wherever they stand) and no wording of a question. {source}
"""
_MADE = (
    f"Pictures are {PIXELS} × {PIXELS} pixels with {LEAST} to {MOST} objects, rendered by "
    "`data.clevr.render`; texts and pictures are this project's own (Apache-2.0)."
)
_RELEASED = (
    "Pictures and scene graphs are CLEVR's (Johnson and others, arXiv 1612.06890; CC BY 4.0), read "
    "where they lie; texts and crops are this project's own (Apache-2.0)."
)


@dataclass(frozen=True)
class Setting:
    """What a benchmark is made from; the same setting makes the same bytes.

    `train` and `test` are for all policies together.

    Raises:
        SettingError: a value is out of reach.
    """

    depth: int = 2
    modality: Modality = "T"
    policies: int = 1
    seed: int = 0
    train: int = 2000
    test: int = 200
    clevr: str | None = None

    def __post_init__(self) -> None:
        limits = {"policies": (1, len(NAMES)), "train": (0, 500_000), "test": (0, 500_000)}
        check_limits(self, {"depth": (2, 6), **limits})
        check_known(self, {"modality": ("T", "M")})
        for name in SPLITS:
            if getattr(self, name) % self.policies:
                raise SettingError(
                    f"--{name} {getattr(self, name)}: each of the {self.policies} policies gets as "
                    "many; give a multiple"
                )

    @property
    def name(self) -> str:
        return f"clevr-n{self.depth}-{self.modality.lower()}-k{self.policies}-s{self.seed}"


def generate(setting: Setting) -> Iterator[tuple[str, bytes]]:
    """All files of a benchmark.

    Raises:
        SettingError: the folder of CLEVR has not what is asked for.
    """
    policies = make_policies(setting)
    made = Made(setting.seed)
    album: Album = Released(Path(setting.clevr), setting.seed) if setting.clevr else made
    taken: dict[tuple[str, Split], list[Shot]] = {}
    for policy in policies:
        rng = random.Random(f"{setting.seed} {policy.name} crops")
        for split in SPLITS:
            count = getattr(setting, split) // len(policies)
            taken[policy.name, split] = album.shots(policy, split, count)
        yield policy.file, policy.markdown.encode()
        for number, condition in enumerate(policy.pictures, 1):
            yield policy.crop_file(number), png(crop(condition, rng))
    yield "reference.json", as_json([_reference(policy) for policy in policies])
    yield "setting.json", setting_file(setting)
    yield from made.files() if album is made else ()
    placed = {shot.image: shot for shots in made.taken.values() for shot in shots}
    asked: dict[Split, list[Item]] = {"train": [], "test": []}
    changes: list[Override] = []
    recitals: list[Referral] = []
    for policy in policies:
        rng = random.Random(f"{setting.seed} {policy.name} items")
        for split in SPLITS:
            shots = [placed.get(shot.image, shot) for shot in taken[policy.name, split]]
            asked[split] += items(policy, shots, rng)
            if split == "test":
                changes += overrides(policy, shots, rng)
        recitals += referrals(policy, rng)
    for name, rows in {**asked, "override": changes, "referral": recitals}.items():
        yield f"{name}.jsonl", as_lines(row.model_dump(mode="json") for row in rows)
    yield "README.md", _readme(setting, policies, asked, len(changes), len(recitals)).encode()


def make_policies(setting: Setting) -> list[Policy]:
    rng = random.Random(f"{setting.seed} {setting.depth}")
    return [
        make(
            name,
            setting.depth,
            setting.modality,
            random.Random(f"{setting.seed} {setting.depth} {name}"),
        )
        for name in rng.sample(NAMES, setting.policies)
    ]


def _reference(policy: Policy) -> dict[str, Any]:
    return {
        "policy": policy.name,
        "document": policy.file,
        "leaves": len(policy.paths),
        "pictures": {
            f"picture {number}": {"attribute": condition.attribute, "value": condition.value}
            for number, condition in enumerate(policy.pictures, 1)
        },
        "tree": _tree(policy.tree),
    }


def _tree(tree: Tree) -> dict[str, Any]:
    if isinstance(tree, Leaf):
        return {"response": response(tree)}
    return {
        "condition": tree.number,
        "if": in_words(tree.condition),
        "then": _tree(tree.yes),
        "else": _tree(tree.no),
    }


def _readme(
    setting: Setting,
    policies: list[Policy],
    asked: dict[Split, list[Item]],
    changes: int,
    recitals: int,
) -> str:
    leaves = [len(policy.paths) for policy in policies]
    modality = {"T": "in words", "M": "some of them as pictures"}[setting.modality]
    axes = (
        f"{len(policies)} policies, trees {setting.depth} deep with {min(leaves)} to {max(leaves)} "
        f"leaves, conditions {modality}; seed {setting.seed}."
    )
    counts = ["| file | items |", "|---|---|"]
    counts += [f"| {split} | {len(those)} |" for split, those in asked.items()]
    counts += [f"| override | {changes} |", f"| referral | {recitals} |"]
    return _README.format(
        command=command("clevr-policy", setting),
        axes=axes,
        documents=", ".join(f"`{policy.file}`" for policy in policies),
        crops=sum(len(policy.pictures) for policy in policies),
        images="CLEVR's `images/`" if setting.clevr else "`images/train/`, `images/test/`",
        scenes="CLEVR's `scenes/`" if setting.clevr else "`scenes/CLEVR_*_scenes.json`",
        counts="\n".join(counts),
        balance="; ".join(
            f"{split}, {_spread(Counter((i.policy, i.answer) for i in those), sum(leaves))}"
            for split, those in asked.items()
        ),
        source=_RELEASED if setting.clevr else _MADE,
    )


def _spread(counts: Counter[tuple[str, str]], leaves: int) -> str:
    if not counts:
        return "none"
    return f"{min(counts.values())} to {max(counts.values())} on each of {len(counts)} of {leaves}"
