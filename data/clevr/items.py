"""What a model is asked about policies and pictures, and what is right.

In: policies and pictures, whose objects are placed. Out: `Item`s: a question on a picture, its gold
chain and answer; `Override`s, where a change of the policy comes with the question and wins;
`Referral`s, which ask for the policy itself. After TriMPI's three evaluations (arXiv 2510.09474);
how it changes policies and what it asks about them is *not stated*. Here a change rewrites one
condition's section: what it asks, or which response follows; one change in four is on a condition
that the picture does not come to, and changes nothing. The splits share no question's wording.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field

from data.clevr.files import Shot, Split
from data.clevr.policy import Policy, chain, consequence, in_words, response
from data.clevr.questions import listed
from data.clevr.scenes import Thing
from data.clevr.trees import CASES, CONDITIONS, Branch, Leaf, Path, Tree, changed, decide

QUESTIONS: dict[Split, tuple[str, ...]] = {
    "train": (
        "Which response does policy {name} give for this picture?",
        "Apply policy {name} to the picture. What is the response?",
        "What does policy {name} answer here?",
        "Go through policy {name} for this scene. Which response do you reach?",
        "Look at the scene. What is its response under policy {name}?",
        "Policy {name}: what is the response to this image?",
    ),
    "test": (
        "According to policy {name}, how should this image be answered?",
        "Here is a scene. Give the response that policy {name} prescribes.",
        "Follow policy {name}. Which response is right for the image?",
        "Decide on this picture by policy {name}.",
    ),
}
_CHANGE = (
    "Policy {name} has changed: its section Condition {number} now reads as follows.\n\n{section}"
)
_ASKS = (
    "What does Condition {number} of policy {name} say?",
    "Recite Condition {number} of policy {name}.",
)
_WHEN = (
    "When does policy {name} answer {case}?",
    "Under which conditions is {case} the response of policy {name}?",
)


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    policy: str
    question: str
    template: str = Field(description="the wording; each is of one split only")
    answer: str


class Item(_Asked):
    """A question on a picture; `answer` is right, and no other.

    `conditions` are the numbers of those that apply, in order, and how each turned out.
    """

    split: Split
    image: str
    chain: str
    conditions: tuple[tuple[str, bool], ...]


class Override(Item):
    """`change` is told with the question; `before` is the answer without it."""

    change: str
    before: str


class Referral(_Asked):
    """A question on the policy: of one alternative in `accept`, all phrases must be said."""

    accept: tuple[tuple[str, ...], ...]


def items(policy: Policy, shots: Sequence[Shot], rng: random.Random) -> Iterator[Item]:
    for number, shot in enumerate(shots):
        yield _item(policy, policy.tree, shot, f"{policy.name}-{shot.split}-{number}", rng)


def overrides(policy: Policy, shots: Sequence[Shot], rng: random.Random) -> Iterator[Override]:
    """One a picture; one in four changes nothing for its picture."""
    for number, shot in enumerate(shots):
        before = decide(policy.tree, shot.things)
        idle = number % 4 == 3
        new = _idle(policy, before, rng) if idle else _felt(policy, before, shot.things, rng)
        id = f"{policy.name}-override-{number}"
        yield Override(
            **dict(_item(policy, changed(policy.tree, new), shot, id, rng)),
            change=_CHANGE.format(name=policy.name, number=new.number, section=policy.section(new)),
            before=response(before.leaf),
        )


def referrals(policy: Policy, rng: random.Random) -> Iterator[Referral]:
    """Every condition and every response of the policy, asked for once."""
    for number, branch in policy.branches.items():
        template = rng.choice(_ASKS)
        yes, no = consequence(branch.yes), consequence(branch.no)
        yield Referral(
            id=f"{policy.name}-condition-{number}",
            policy=policy.name,
            question=template.format(name=policy.name, number=number),
            template=template,
            answer=f"If {in_words(branch.condition)}, {yes}. Otherwise, {no}.",
            accept=((branch.condition.value, yes, no),),
        )
    for path in policy.paths:
        template, case = rng.choice(_WHEN), response(path.leaf)
        told = [in_words(branch.condition, result) for branch, result in path.tests]
        yield Referral(
            id=f"{policy.name}-{case.replace(' ', '-').lower()}",
            policy=policy.name,
            question=template.format(name=policy.name, case=case),
            template=template,
            answer=f"If {_listed(told)}.",
            accept=(tuple(told),),
        )


def _item(policy: Policy, tree: Tree, shot: Shot, id: str, rng: random.Random) -> Item:
    template = rng.choice(QUESTIONS[shot.split])
    path = decide(tree, shot.things)
    return Item(
        id=id,
        split=shot.split,
        policy=policy.name,
        image=shot.image,
        question=template.format(name=policy.name),
        template=template,
        chain=chain(path, listed(shot)),
        answer=response(path.leaf),
        conditions=tuple((branch.number, result) for branch, result in path.tests),
    )


def _felt(policy: Policy, before: Path, things: Sequence[Thing], rng: random.Random) -> Branch:
    """A changed branch on the way, which leads these objects elsewhere."""
    if rng.random() < 0.5:
        last, result = before.tests[-1]
        leaf = _new_leaf(policy, rng)
        return replace(last, yes=leaf) if result else replace(last, no=leaf)
    branch, result = rng.choice(before.tests)
    return replace(
        branch, condition=rng.choice([c for c in CONDITIONS if c.holds(things) != result])
    )


def _idle(policy: Policy, before: Path, rng: random.Random) -> Branch:
    """A changed branch off the way."""
    passed = {branch.number for branch, _ in before.tests}
    branch = rng.choice([b for number, b in policy.branches.items() if number not in passed])
    ends = [name for name in ("yes", "no") if isinstance(getattr(branch, name), Leaf)]
    if ends and rng.random() < 0.5:
        return replace(branch, **{rng.choice(ends): _new_leaf(policy, rng)})
    return replace(branch, condition=rng.choice([c for c in CONDITIONS if c != branch.condition]))


def _new_leaf(policy: Policy, rng: random.Random) -> Leaf:
    """A response that the policy does not have."""
    known = {path.leaf.case for path in policy.paths}
    return Leaf(rng.choice([case for case in range(1, CASES + 1) if case not in known]))


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(", ".join(parts).rsplit(", ", 1))
