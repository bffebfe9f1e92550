"""What is measured of a model: episodes, probes, and what is left of its general ability.

In: a base model, a step's weights or none, policies. Out: rows, one an item, and the shares over
them. Each measure is one function of `MEASURES`:

- `tasks`: the test split played to its end, look-ups included; success is the generator's. Rules
  cited are counted against those that apply, and whether the rules that decide are among them: the
  half of referral that answers show by themselves.
- `override`: the same queries with a changed rule in the prompt, which must win.
- `substitution`: of two policies of one business, cases that they settle differently, asked under
  the one's name and under the other's. The queries tell what either policy asks about.
- `referral`: the policy's name and a rule's id, as pretraining texts have them; what the model goes
  on with must be that rule's words: nearer to them than to any other rule's, and by nine in ten.
- `general`: perplexity of held-out general text, and divergence from the base model.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from benchmarks.ccgen.episodes import Bench, fault, looks_up, spoken, with_results
from benchmarks.ccgen.overrides import overridden
from benchmarks.ccgen.recipes import Context, Kitchen, Recipe
from benchmarks.ccgen.substitution import told_for_both
from data.ccgen.queries import Item
from data.ccgen.world import World
from data.prompts import citations, messages
from data.recitations import recitations
from internalize.results import Share
from stages.evaluate import answer, general
from stages.models import chat_ids, merged

Measure = Literal["tasks", "override", "substitution", "referral", "general"]
ROUNDS = 3
"""Answers of an episode at most: look-ups of two kinds, then the decision."""
RECITED = 0.9
"""Least share of a rule's words, in order, that a recital must have."""

Rows = list[dict[str, Any]]


@dataclass
class Episode:
    """A query on its way: under a policy's name, with something in the prompt or nothing."""

    query: Item
    identifier: str
    context: str | None
    question: str = ""
    text: str = ""
    rounds: int = 0
    tokens: list[int] = field(default_factory=list)
    """Of the prompt and of the answers."""


@dataclass
class Subject:
    """The model that is measured."""

    kitchen: Kitchen
    recipe: Recipe
    weights: Path | None
    context: Context
    items: int

    @cached_property
    def loaded(self) -> tuple[Any, Any]:
        return merged(self.kitchen.model, self.weights)

    @property
    def tokenizer(self) -> Any:
        return self.kitchen.tokenizer

    def write(self, prompts: list[list[int]], tokens: int) -> list[list[int]]:
        config = self.kitchen.config.evaluate.model_copy(update={"max_new_tokens": tokens})
        return answer(*self.loaded, prompts, config)

    def play(self, bench: Bench, told: Sequence[tuple[Item, str, str | None]]) -> list[Episode]:
        """Play (query, policy's name, context) to the end, all together, round by round."""
        world = World(bench.databases, bench.tools)
        episodes = [Episode(query, name, context, query.query) for query, name, context in told]
        live, longest = list(episodes), self.kitchen.longest_answer(bench)
        while live:
            asked = [messages(e.identifier, e.question, e.context) for e in live]
            prompts = [chat_ids(self.tokenizer, chat) for chat in asked]
            written = self.write(prompts, longest)
            for episode, prompt, ids in zip(live, prompts, written, strict=True):
                episode.text = str(self.tokenizer.decode(ids, skip_special_tokens=True))
                episode.rounds += 1
                episode.tokens = [len(prompt), sum(episode.tokens[1:]) + len(ids)]
            live = [e for e in live if e.rounds < ROUNDS and looks_up(spoken(e.text)[0])]
            for episode in live:
                calls, _ = spoken(episode.text)
                results = [world.call(name, arguments) for name, arguments in calls]
                episode.question = with_results(episode.question, calls, results)
        world.close()
        return episodes


def tasks(subject: Subject) -> tuple[dict[str, Any], Rows]:
    rows: Rows = []
    for bench in map(subject.kitchen.bench, subject.recipe.settings):
        queries = _few(bench, subject.items)
        contexts = subject.kitchen.prompt(bench, queries, subject.context)
        told = [(q, bench.identifier, c) for q, c in zip(queries, contexts, strict=True)]
        for episode in subject.play(bench, told):
            row = _row(bench, episode)
            rows.append(row | {"policy": bench.setting.name, "category": episode.query.category})
    on_tasks = [row for row in rows if row["tasks"]]
    alone = [row for row in rows if not row["tasks"]]
    cited = sum(len(row["cited"]) for row in on_tasks)
    right = sum(len(set(row["cited"]) & set(row["rules"])) for row in on_tasks)
    return {
        "success": _share(on_tasks),
        "single_rules": _share(alone),
        "policies": {name: _share([r for r in on_tasks if r["policy"] == name])
                     for name in dict.fromkeys(row["policy"] for row in rows)},
        "faults": dict(Counter(row["fault"] for row in on_tasks if row["fault"]).most_common()),
        "cited_right": Share.of(right, cited).model_dump(),
        "deciding_cited": _share(on_tasks, "deciding_cited"),
        "prompt_tokens": sum(row["prompt_tokens"] for row in rows) / max(len(rows), 1),
    }, rows  # fmt: skip


def override(subject: Subject) -> tuple[dict[str, Any], Rows]:
    (setting,) = subject.recipe.settings
    bench = subject.kitchen.bench(setting)
    queries = [query for query in _few(bench, subject.items) if query.tasks]
    before = {query.id: query for query in queries}
    told = [
        (query, bench.identifier, rule)
        for query, rule in overridden(bench, queries, "test", subject.recipe.seed)
    ]
    rows = []
    for episode in subject.play(bench, told):
        kept = bench.succeeded(before[episode.query.id], episode.text)
        rows.append(_row(bench, episode) | {"kept_old": kept, "rule": episode.context})
    return {"success": _share(rows), "kept_old": _share(rows, "kept_old")}, rows


def substitution(subject: Subject) -> tuple[dict[str, Any], Rows]:
    one, other = map(subject.kitchen.bench, subject.recipe.settings)
    pairs = told_for_both(one, other, subject.items)
    rows: Rows = []
    for named, bench in enumerate((one, other)):
        told = [(pair[named], bench.identifier, None) for pair in pairs]
        for episode, pair in zip(subject.play(one, told), pairs, strict=True):
            row = _row(one, episode)
            followed = [
                one.succeeded(pair[i], episode.text, it.tools) for i, it in enumerate((one, other))
            ]
            row |= {"correct": followed[named], "other": followed[1 - named]}
            rows.append(row | {"policy": bench.setting.name})
    return {"success": _share(rows), "followed_other": _share(rows, "other")}, rows


def referral(subject: Subject) -> tuple[dict[str, Any], Rows]:
    rows: Rows = []
    for bench in map(subject.kitchen.bench, subject.recipe.settings):
        words = {id: text.lower().split() for id, text in recitations(bench.spec).items()}
        rng = random.Random(subject.recipe.seed)
        asked = rng.sample(sorted(words), min(len(words), subject.items))
        prompts = [subject.tokenizer(f"{bench.identifier} [{id}]")["input_ids"] for id in asked]
        limit = max(len(subject.tokenizer(" ".join(words[id]))["input_ids"]) for id in asked)
        for id, ids in zip(asked, subject.write(prompts, limit + 8), strict=True):
            text = str(subject.tokenizer.decode(ids, skip_special_tokens=True))
            said = text.lower().split()
            near = {rule: _overlap(said, other) for rule, other in words.items()}
            best = max(near, key=lambda rule: near[rule])
            rows.append(
                {"item": id, "correct": best == id and near[id] >= RECITED, "nearest": best,
                 "overlap": near[id], "completion": text}
            )  # fmt: skip
    mean = sum(row["overlap"] for row in rows) / max(len(rows), 1)
    return {"success": _share(rows), "overlap": mean}, rows


def unrelated(subject: Subject) -> tuple[dict[str, Any], Rows]:
    kitchen = subject.kitchen
    found = general(kitchen.model, subject.weights, kitchen.config.evaluate)
    return found, []


MEASURES: dict[Measure, Callable[[Subject], tuple[dict[str, Any], Rows]]] = {
    "tasks": tasks,
    "override": override,
    "substitution": substitution,
    "referral": referral,
    "general": unrelated,
}


def measure(
    kitchen: Kitchen, recipe: Recipe, kind: Measure, context: Context, items: int
) -> tuple[dict[str, Any], Rows]:
    """Train what is not trained yet, and measure. Out: scores with tokens and seconds; rows."""
    weights, stages = kitchen.train(recipe)
    start = time.perf_counter()
    scores, rows = MEASURES[kind](Subject(kitchen, recipe, weights, context, items))
    return {
        "tokens": sum(stage["tokens"] for stage in stages),
        "seconds": sum(stage["seconds"] for stage in stages),
        "stages": stages,
        "seconds_measuring": time.perf_counter() - start,
        "scores": scores,
    }, rows


def _few(bench: Bench, items: int) -> list[Item]:
    """The first so many queries on tasks, and all on single rules."""
    on_tasks = [query for query in bench.test if query.tasks]
    return on_tasks[:items] + [query for query in bench.test if not query.tasks]


def _row(bench: Bench, episode: Episode) -> dict[str, Any]:
    query, text = episode.query, episode.text
    correct = bench.succeeded(query, text)
    prompt, written = episode.tokens
    deciding = {bench.ids[leaf] for leaf in query.outcomes}
    return {
        "item": query.id,
        "correct": correct,
        "fault": fault(query, text, correct),
        "tasks": query.tasks,
        "cited": citations(text),
        "rules": bench.rules(query),
        "deciding_cited": bool(deciding) and deciding <= set(citations(text)),
        "rounds": episode.rounds,
        "prompt_tokens": prompt,
        "completion_tokens": written,
        "question": episode.question,
        "completion": text,
        "gold": [call.model_dump() for call in query.calls],
    }


def _share(rows: Sequence[dict[str, Any]], key: str = "correct") -> dict[str, Any]:
    return Share.of(sum(bool(row[key]) for row in rows), len(rows)).model_dump()


def _overlap(said: Sequence[str], rule: Sequence[str]) -> float:
    """How much of the rule is said, in order, by an equally long beginning of what is said."""
    matcher = SequenceMatcher(None, said[: len(rule)], rule, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / max(len(rule), 1)
