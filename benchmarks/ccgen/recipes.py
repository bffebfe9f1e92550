"""How an arm's model is made: training steps in order, each on a budget of tokens.

In: a `Recipe` (policies, amount of data, seed, steps) and the sections of a configuration. Out: the
folder of the last step's weights. The loops are the stages': `stages.cpt`, `stages.supervised`
(under `sft`), `stages.rl`, and TRL's SDFT. A step runs until it has seen its tokens, prompts and
repetitions included; of what is sampled, those that are trained on count. Steps lie in folders
named by all they depend on, so arms share what they have in common, and an interrupted one goes on.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from benchmarks.ccgen.episodes import Bench, Turn
from benchmarks.ccgen.overrides import overridden
from benchmarks.ccgen.retrieval import retrieve
from benchmarks.ccgen.texts import Source, pretraining_texts
from data import replay
from data.ccgen.policy import Setting
from data.ccgen.queries import Item as Query
from data.prompts import messages
from data.samples import Item, Text, lines
from internalize import folder
from internalize.config import Config
from internalize.folder import Plan
from stages import cpt, rl, sft
from stages.models import load_processing, resolve, tokenizer_of
from stages.policy_rollout import OffPolicy
from stages.rl import RLConfig
from stages.supervised import Row, supervise
from stages.training import OnStep

Context = Literal["none", "policy", "rules"]
"""What is in the prompt: the policy's identifier alone, the document with the tools, or the rules
that retrieval finds with the tools."""
REPLAY = 0.05
"""General texts along with fine-tuning, as a share of the turns."""


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Pretrain(Frozen):
    kind: Literal["cpt"] = "cpt"
    tokens: int
    texts: Source = "categories"
    misread: float = 0


class FineTune(Frozen):
    kind: Literal["sft"] = "sft"
    tokens: int
    chains: bool = True
    context: Context = "none"
    overridden: float = Field(default=0, description="share of the queries under a changed rule")


class Reinforce(Frozen):
    kind: Literal["rl"] = "rl"
    tokens: int
    variant: Literal["grpo", "dapo"]
    policy_rollout: bool = Field(description="half of a group's rollouts see the policy")
    off_policy: OffPolicy = "pooled"


class Distill(Frozen):
    kind: Literal["sdft"] = "sdft"
    tokens: int


Step = Annotated[Pretrain | FineTune | Reinforce | Distill, Field(discriminator="kind")]


class Recipe(Frozen):
    """`queries`: of each policy's training split, the first so many; all seeds are `seed`."""

    settings: tuple[Setting, ...]
    queries: int
    seed: int
    method: Literal["lora", "full"] = "lora"
    steps: tuple[Step, ...] = ()


@dataclass
class Kitchen:
    """What recipes are cooked with: a base model, a configuration, and a folder for the work."""

    model: str
    config: Config
    home: Path
    tell: Callable[[str], None] = lambda message: None
    _benches: dict[Setting, Bench] = field(default_factory=dict)

    def bench(self, setting: Setting) -> Bench:
        if setting not in self._benches:
            self._benches[setting] = Bench(setting, self.home / "policies")
        return self._benches[setting]

    @cached_property
    def tokenizer(self) -> Any:
        return tokenizer_of(load_processing(self.model))

    @cached_property
    def digest(self) -> str:
        return folder.digest(resolve(self.model))

    # --- cooking ----------------------------------------------------------------------------

    def train(self, recipe: Recipe) -> tuple[Path | None, list[dict[str, Any]]]:
        """The weights of a recipe and a summary of each of its steps; none is done twice."""
        parent: Path | None = None
        summaries: list[dict[str, Any]] = []
        for count in range(1, len(recipe.steps) + 1):
            part = recipe.model_copy(update={"steps": recipe.steps[:count]})
            step, section = part.steps[-1], self._section(part)
            plan = Plan(
                stage=step.kind,
                inputs={"model": self.digest, "recipe": part.model_dump_json()},
                config=section.model_dump(mode="json"),
                parent=None if parent is None else parent.name,
                seed=recipe.seed,
            )
            name = hashlib.sha256(plan.model_dump_json().encode()).hexdigest()[:12]
            out = self.home / "steps" / f"{step.kind}-{name}"
            record = folder.finished(out, plan)
            if record is None:
                folder.begin(out, plan)
                summary = self._cook(part, parent, out, section)
                gc.collect()  # a trainer holds its model in reference cycles
                record = folder.finish(out, plan, summary)
            summaries.append({"stage": step.kind, **record.summary})
            parent = out
        return parent, summaries

    def _section(self, recipe: Recipe) -> Any:
        step = recipe.steps[-1]
        section = getattr(self.config, "rl" if step.kind == "sdft" else step.kind)
        return section.model_copy(update={"method": recipe.method})

    def _cook(self, recipe: Recipe, parent: Path | None, out: Path, section: Any) -> dict[str, Any]:
        step, on_step = recipe.steps[-1], self._on_step(recipe.steps[-1].kind)
        if isinstance(step, Pretrain):
            texts = self.texts(recipe, step)
            file = out / "texts.jsonl"
            folder.write_text(file, "".join(lines(texts)))
            section = _for(section, step.tokens, cpt.rows(texts, self.tokenizer))
            return cpt.train(self.model, parent, file, out, section, recipe.seed, on_step)
        if isinstance(step, FineTune):
            rows = self.rows(recipe, step)
            section = _for(section, step.tokens, rows)
            tokenize = lambda tokenizer: rows  # noqa: E731 (the same tokenizer has made them)
            return supervise(self.model, parent, tokenize, out, section, recipe.seed, on_step)
        (setting,) = recipe.settings
        bench = self.bench(setting)
        turns = [turn for turn in bench.turns(bench.train[: recipe.queries]) if turn.settles]
        section = self.sampling(section, step.tokens, bench, turns)
        if isinstance(step, Distill):
            from benchmarks.ccgen.distillation import distill

            asked = [(turn.question, turn.completion()) for turn in turns]
            return distill(
                self.model, parent, asked, bench.manual, bench.identifier, out, section,
                recipe.seed, on_step,
            )  # fmt: skip
        file = out / "items.jsonl"
        folder.write_text(file, "".join(lines([_item(turn) for turn in turns])))
        queries = {query.id: query for query in bench.train}
        aware = section.group // 2 if step.policy_rollout else 0
        section = section.model_copy(
            update={
                "variant": step.variant,
                "policy_aware": aware,
                "policy_free": section.group - aware,
                "off_policy": step.off_policy,
            }
        )
        return rl.train(
            self.model, parent, file, bench.manual, bench.identifier, out, section, recipe.seed,
            on_step, judge=lambda item, text: float(bench.succeeded(queries[item.id], text)),
        )  # fmt: skip

    def _on_step(self, stage: str) -> OnStep:
        def on_step(done: int, total: int, metrics: Mapping[str, Any]) -> None:
            if done == total or done % 10 == 0:
                loss = metrics.get("loss", metrics.get("reward", float("nan")))
                self.tell(f"  {stage} {done}/{total} {loss:.3f}")

        return on_step

    # --- what is trained on -----------------------------------------------------------------

    def texts(self, recipe: Recipe, step: Pretrain) -> list[Text]:
        benches = [self.bench(setting) for setting in recipe.settings]
        return [
            text
            for bench in benches
            for text in pretraining_texts(
                bench.spec, step.texts, step.misread, self.config.synth, recipe.seed
            )
        ]

    def rows(self, recipe: Recipe, step: FineTune) -> list[Row]:
        """Prompt and answer of every turn, loss on the answer; and general texts."""
        rows: list[Row] = []
        for bench in map(self.bench, recipe.settings):
            queries = bench.train[: recipe.queries]
            changed = round(step.overridden * len(queries))
            told = [(query, None) for query in queries[changed:]]
            told += overridden(bench, queries[:changed], "train", recipe.seed)
            for turn, context in self.contexts(bench, told, step.context):
                prompt = messages(bench.identifier, turn.question, context)
                text = turn.completion(step.chains)
                rows.append(sft.row(prompt, text, self.tokenizer, self.config.sft.weights))
        general = replay.texts(max(1, round(REPLAY * len(rows))), recipe.seed)
        return rows + cpt.rows(general, self.tokenizer)

    def contexts(
        self, bench: Bench, told: Sequence[tuple[Query, str | None]], context: Context
    ) -> list[tuple[Turn, str | None]]:
        """Every turn with what stands in its prompt: the context, or the query's own rule."""
        found = self.prompt(bench, [query for query, _ in told], context)
        return [
            (turn, rule or shared)
            for (query, rule), shared in zip(told, found, strict=True)
            for turn in bench.turns([query])
        ]

    def prompt(self, bench: Bench, queries: Sequence[Query], context: Context) -> list[str | None]:
        """What stands in the prompt of each query besides the identifier."""
        if context == "rules":
            found = retrieve(bench.spec, [query.query for query in queries])
            return [f"{rules}\n\n{bench.tooling}" for rules in found]
        return [bench.manual if context == "policy" else None] * len(queries)

    def longest_answer(self, bench: Bench) -> int:
        """Tokens that answers are given: a quarter more than the longest right one has."""
        turns = bench.turns((*bench.train, *(query for query in bench.test if query.tasks)))
        texts = [turn.completion() for turn in turns]
        return round(1.25 * max(len(ids) for ids in self.tokenizer(texts)["input_ids"]))

    def sampling(
        self, section: RLConfig, tokens: int, bench: Bench, turns: Sequence[Turn]
    ) -> RLConfig:
        """So many steps that rollouts as long as the right answers make up the tokens."""
        rows = [
            sft.row(messages(bench.identifier, turn.question), turn.completion(), self.tokenizer)
            for turn in turns
        ]
        a_step = section.batch_size * sum(len(row["input_ids"]) for row in rows) / len(rows)
        return section.model_copy(
            update={
                "steps": max(1, round(tokens / a_step)),
                "max_new_tokens": self.longest_answer(bench),
            }
        )


def _for(section: Any, tokens: int, rows: Sequence[Row]) -> Any:
    """The section with as many epochs as the tokens make; no row is cut, as its answer is last."""
    lengths = [len(row["input_ids"]) for row in rows]
    return section.model_copy(
        update={"epochs": tokens / sum(lengths), "max_length": max(section.max_length, *lengths)}
    )


def _item(turn: Turn) -> Item:
    return Item(
        id=turn.item, kind=turn.kind, question=turn.question, statements=turn.statements,
        template="", answer=turn.answer,
    )  # fmt: skip
