"""From a specification to the files the stages read: the one entrance to this room.

In: a `PolicySpec`, a configuration and a seed. Out: cpt.jsonl, exercises.jsonl, sft.jsonl,
rl.jsonl, eval.jsonl and rejected.jsonl, each written beside and renamed. The same input gives the
same bytes (with templates for a teacher). Every statement is trained about as often as any other;
an evaluation item shares neither case nor phrasing template with training, and none of its
questions occurs there.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from data.asked import NO_PICTURES, Pictured
from data.samples import Conversation, Item, Record, Rejected, lines
from parsers.endpoint import Endpoint, EndpointConfig, Generate
from parsers.spec import PolicySpec, Statement

OnProgress = Callable[[int, int], None]

TYPICAL_STATEMENTS = 45
"""Statements of a policy of some 800 words: what the counts below are meant for."""
SMALLEST_SCALE = 0.3


class TeacherConfig(EndpointConfig):
    """Where further phrasings and chains come from; templates alone need nothing else."""

    source: Literal["templates", "model", "endpoint"] = "templates"
    share: float = Field(
        default=0.5, ge=0, le=1, description="of the conversations, put to the teacher"
    )


class SynthConfig(BaseModel):
    """How much is made. Counts are for a policy of about 45 statements and grow with its size."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cpt: int = Field(default=200, ge=0, description="pretraining texts, replay included")
    vocabulary: int = Field(
        default=600,
        ge=0,
        description="texts on what people's words mean, at most",
    )
    sft: int = Field(default=930, ge=0, description="conversations")
    workflow_share: float = Field(
        default=0.47,
        ge=0,
        le=1,
        description="of the conversations and RL items, if there are workflows",
    )
    rl: int = Field(default=150, ge=0, description="prompts with verifiable answers")
    eval_complex: int = Field(default=60, ge=0)
    eval_other: int = Field(default=40, ge=0, description="each: simple, factual, behavioral")
    replay: float = Field(
        default=0.3, ge=0, lt=1, description="share of general text among the texts"
    )
    reading: float = Field(
        default=0.15, ge=0, lt=1, description="share of exercises in reading among the texts"
    )
    teacher: TeacherConfig = TeacherConfig()

    @model_validator(mode="after")
    def _some_policy(self) -> Self:
        if self.replay + self.reading >= 1:
            raise ValueError("replay and reading together must leave a share to the policy")
        return self


def synthesize(
    spec: PolicySpec,
    config: SynthConfig,
    seed: int,
    out: Path,
    on_progress: OnProgress | None = None,
    teacher: Generate | None = None,
    pictured: Pictured = NO_PICTURES,
) -> dict[str, int]:
    """Write the six files into `out`. Returns how many samples each holds.

    Questions on pictures are at most `config.sft` conversations; as many pretraining sequences as
    `config.cpt` says begin with the policy and end with one of them; RL, whose prompts have
    pictures all or none, goes on behind them; and all that are kept for testing are evaluated.

    A workflow that may have been misread (`PolicySpec.doubtful`) makes no cases: a wrong tree would
    teach wrong decisions. Its rules are taught one by one, as they are worded.

    Raises:
        ValueError: the teacher is a local model and none was passed in.
        parsers.endpoint.EndpointError: the endpoint cannot be used.
        OSError: a file cannot be written; files already there are as they were.
    """
    from data import exercises, pretraining, reading, replay
    from data import pictured as pictures

    spec = spec.trusted()
    generate = _generator(config.teacher, teacher)
    steps = 5
    tell = on_progress or (lambda done, total: None)
    rejected: list[Rejected] = []
    scale = max(len(spec.statements) / TYPICAL_STATEMENTS, SMALLEST_SCALE)

    seen, refused = pictures.conversations(spec, pictured.train[: max(config.sft, config.cpt)])
    rejected += refused

    own = round(config.cpt * (1 - config.replay - config.reading) * scale)
    texts, refused = pretraining.texts(spec, own, seed)
    rejected += refused
    texts = [pictures.illustrated(text, pictured.policy) for text in texts]
    texts += pictures.wholes(spec, pictured.policy, seen[: config.cpt])
    all_texts = len(texts) / (1 - config.replay - config.reading)
    texts += replay.texts(round(all_texts * config.replay), seed)
    texts += reading.texts(round(all_texts * config.reading), seed)
    texts += pretraining.recitals(spec)
    random.Random(f"mix:{seed}").shuffle(texts)
    drilled = exercises.texts(spec, round(config.vocabulary * scale), seed)
    tell(1, steps)

    chats, refused = _conversations(spec, round(config.sft * scale), config.workflow_share, seed)
    rejected += refused
    if generate is not None:
        from data.teacher import teach

        chosen = chats[: round(len(chats) * config.teacher.share)]
        taught, refused = teach(generate, spec, chosen)
        chats, rejected = chats + taught, rejected + refused
    if seen:
        chats += seen[: config.sft]
        random.Random(f"pictures:{seed}").shuffle(chats)
    tell(2, steps)

    if pictured.train:  # a stage of RL has pictures in all of its prompts or in none
        behind = (*pictured.train[config.sft :], *pictured.train)[: config.rl]
        prompts, refused = pictures.items(spec, behind, pictured.answers)
    else:
        prompts, refused = _items(spec, round(config.rl * scale), config.workflow_share, seed, "rl")
    rejected += refused
    tell(3, steps)

    trained = {_squeezed(c.question) for c in (*chats, *prompts)}
    judged, refused = _evaluation(spec, config, seed, trained)
    rejected += refused
    looked_at = {(c.question, c.images) for c in (*seen, *prompts)}
    shown, refused = pictures.items(spec, pictured.test, pictured.answers, looked_at)
    judged, rejected = judged + shown, rejected + refused
    tell(4, steps)

    files: dict[str, Sequence[Record]] = {
        "cpt": texts,
        "exercises": drilled,
        "sft": chats,
        "rl": prompts,
        "eval": judged,
        "rejected": rejected,
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, records in files.items():
        _write(out / f"{name}.jsonl", lines(records))
    tell(5, steps)
    return {name: len(records) for name, records in files.items()}


def _generator(config: TeacherConfig, teacher: Generate | None) -> Generate | None:
    if config.source == "templates":
        return None
    if config.source == "endpoint":
        return Endpoint(config.base_url, config.model, config.key_variable, "synth.teacher")
    if teacher is None:
        raise ValueError(
            "synth.teacher.source is 'model', but no model was passed to synthesize(teacher=…); "
            "pass one, or set synth.teacher.source to templates or endpoint"
        )
    return teacher


# --- conversations and prompts --------------------------------------------------------------


def _conversations(
    spec: PolicySpec, n: int, workflow_share: float, seed: int
) -> tuple[list[Conversation], list[Rejected]]:
    from data import asks as making
    from data import behaviors, conditionals, facts, workflows

    made: list[Conversation] = []
    rejected: list[Rejected] = []
    deciding, others = _split(spec, n, workflow_share)
    for number, workflow in enumerate(spec.workflows):
        share = _share(deciding, _weights(spec), number)
        chats, refused = workflows.conversations(spec, workflow, share, seed)
        made += chats
        rejected += refused
    parts = (facts, behaviors, conditionals)
    sizes = _statement_counts(spec)
    for number, part in enumerate(parts):
        made += part.conversations(spec, _share(others, sizes, number), seed)
    quiet = _silent(spec, made)
    if quiet:
        # a lead-in such as 'For everyone else it depends on:' is worth fewer turns than a rule
        per_statement = max(others // max(4 * sum(sizes), 1), 1)
        made += making.conversations(
            quiet, facts.topic_asks, spec, per_statement * len(quiet), seed
        )
    made, refused = _verified(spec, made)
    random.Random(f"sft:{seed}").shuffle(made)
    return made, rejected + refused


def _silent(spec: PolicySpec, chats: Iterable[Conversation]) -> list[Statement]:
    """Statements that no conversation cites: parts of workflows that decide nothing."""
    from data.prompts import citations

    said = {i for chat in chats for i in (*chat.statements, *citations(chat.chain))}
    return [s for s in spec.statements if s.id not in said]


def _verified(
    spec: PolicySpec, chats: list[Conversation]
) -> tuple[list[Conversation], list[Rejected]]:
    """Conversations that cite only rules that exist, at least those that apply."""
    from data.prompts import citations

    known = {s.id for s in spec.statements}
    good: list[Conversation] = []
    bad: list[Rejected] = []
    for chat in chats:
        cited = set(citations(chat.chain)) & known
        if set(chat.statements) <= cited and chat.answer.strip():
            good.append(chat)
        else:
            reason = "the chain does not cite the rules that apply, or there is no answer"
            bad.append(Rejected(sample=chat.model_dump(mode="json"), reason=reason))
    return good, bad


def _items(
    spec: PolicySpec, n: int, workflow_share: float, seed: int, split: Literal["rl", "eval"]
) -> tuple[list[Item], list[Rejected]]:
    from data import behaviors, conditionals, facts, workflows

    made: list[Item] = []
    rejected: list[Rejected] = []
    deciding, others = _split(spec, n, workflow_share)
    for number, workflow in enumerate(spec.workflows):
        share = _share(deciding, _weights(spec), number)
        items, refused = workflows.items(spec, workflow, share, seed + 1, split)
        made += items
        rejected += refused
    sizes = _statement_counts(spec)
    for number, part in enumerate((facts, behaviors, conditionals)):
        made += part.items(spec, _share(others, sizes, number), seed + 1, split)
    made, refused = _gradable(made)
    random.Random(f"{split}:{seed}").shuffle(made)
    return made, rejected + refused


def _evaluation(
    spec: PolicySpec, config: SynthConfig, seed: int, trained: set[str]
) -> tuple[list[Item], list[Rejected]]:
    """Items by kind; none whose question was trained on."""
    from data import behaviors, conditionals, facts, workflows

    pool: list[Item] = []
    rejected: list[Rejected] = []
    for number, workflow in enumerate(spec.workflows):
        share = _share(config.eval_complex, _weights(spec), number)
        items, refused = workflows.items(spec, workflow, 2 * share, seed + 2, "eval")
        good, bad = _gradable(items)
        pool += _fresh(good, trained)[:share]
        rejected += refused + bad
    for part in (facts, behaviors, conditionals):
        items, bad = _gradable(part.items(spec, 3 * config.eval_other, seed + 2, "eval"))
        rejected += bad
        for kind in dict.fromkeys(item.kind for item in items):
            few = kind == "complex" and bool(spec.workflows)
            limit = config.eval_other // 4 if few else config.eval_other
            fresh = [i for i in _fresh(items, trained) if i.kind == kind]
            pool += fresh[:limit]
    return pool, rejected


def _fresh(items: Iterable[Item], trained: set[str]) -> list[Item]:
    return [item for item in items if _squeezed(item.question) not in trained]


def _squeezed(question: str) -> str:
    """A question's words alone, so that 'Hours?' and 'hours' count as the same."""
    return " ".join(re.findall(r"\w+", question.lower()))


def _gradable(items: list[Item]) -> tuple[list[Item], list[Rejected]]:
    """Items whose own answer is graded as right; others would reward or punish at random."""
    from data.grading import grade

    good: list[Item] = []
    bad: list[Rejected] = []
    for item in items:
        if grade(item, item.answer):
            good.append(item)
        else:
            reason = "its own answer is not graded as right"
            bad.append(Rejected(sample=item.model_dump(mode="json"), reason=reason))
    return good, bad


# --- shares ---------------------------------------------------------------------------------


def _split(spec: PolicySpec, n: int, workflow_share: float) -> tuple[int, int]:
    """(for workflows, for all other statements)"""
    if not spec.workflows:
        return 0, n
    if not any(_statement_counts(spec)):
        return n, 0
    deciding = round(n * workflow_share)
    return deciding, n - deciding


def _weights(spec: PolicySpec) -> list[int]:
    """A workflow's share goes by its number of paths."""
    return [sum(1 for _ in workflow.paths()) for workflow in spec.workflows]


def _statement_counts(spec: PolicySpec) -> list[int]:
    """How many statements the three generators have: facts, behaviours, conditionals."""
    deciding = {w.id for w in spec.workflows}
    categories = [
        s.category
        for s in spec.statements
        if s.category != "conditional" or s.workflow is None or s.workflow not in deciding
    ]
    return [categories.count(c) for c in ("factual", "behavioral", "conditional")]


def _share(n: int, weights: Sequence[int], number: int) -> int:
    """The part of n that falls to `weights[number]`; the parts add up to n."""
    total = sum(weights)
    if not total:
        return 0
    before, upto = sum(weights[:number]), sum(weights[: number + 1])
    return n * upto // total - n * before // total


def _write(path: Path, text: Iterable[str]) -> None:
    beside = path.with_name(path.name + ".partial")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.writelines(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
