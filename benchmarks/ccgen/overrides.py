"""Changed rules: one outcome of the policy is another now, and only the prompt says so.

In: queries of a policy. Out: for each, the query as it must be settled under the changed rule, and
the rule in words, as it stands in the prompt. The rule has the conditions of the query's own way
through the tree; its outcome is one that the task's tool can enter. The two splits word it
differently.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from benchmarks.ccgen.episodes import Bench
from data.ccgen.policy import Task
from data.ccgen.procedure import Leaf, Outcome, decide, leaves
from data.ccgen.queries import Item, Split, ToolCall
from data.ccgen.wording import Wording, key, sentence

_FRAMES: dict[Split, str] = {
    "train": "One rule is different since today. If {conditions}, {outcome}. All else stays.",
    "test": "Notice: where {conditions}, {outcome}. This takes the place of what held before.",
}


def overridden(
    bench: Bench, queries: Sequence[Item], split: Split, seed: int
) -> list[tuple[Item, str]]:
    """The queries of one request as the changed rule settles them, each with the rule."""
    rng = random.Random(f"override:{split}:{seed}")
    words = Wording(bench.policy.domain, "imperative", rng)
    return [_changed(bench, query, words, split) for query in queries if len(query.tasks) == 1]


def _changed(bench: Bench, query: Item, words: Wording, split: Split) -> tuple[Item, str]:
    (name,), (case,), (call,) = query.tasks, query.cases, query.calls
    task = next(task for task in bench.policy.tasks if task.matter.name == name)
    way, leaf = decide(task.tree, case)
    outcome = _other(task, leaf, words.rng)
    said = words.outcome(outcome, task.matter)
    rule = _FRAMES[split].format(conditions=words.both([g for _, g in way]), outcome=said)
    steps = []
    for step in query.chain:
        if step.text.startswith("So: "):
            step = step.model_copy(update={"text": sentence(f"So: {said}"), "rules": ()})
        elif step.text.startswith("value: "):
            step = step.model_copy(update={"text": f"value: {outcome.value}"})
        steps.append(step)
    arguments = {**call.arguments, "decision": outcome.decision, "value": outcome.value}
    domain = bench.policy.domain
    must = (str(outcome.value),) if outcome.value else key(outcome, task.matter, domain)
    changed = query.model_copy(
        update={
            "chain": tuple(steps),
            "calls": (ToolCall(name=call.name, arguments=arguments),),
            "must_say": (must,),
        }
    )
    return changed, rule


def _other(task: Task, leaf: Leaf, rng: random.Random) -> Outcome:
    """An outcome that no leaf of the task has, of a kind its tool knows; or another leaf's."""
    every = [other.outcome for _, other in leaves(task.tree)]
    valued = [outcome for outcome in every if outcome.value]
    if not valued:
        return rng.choice([outcome for outcome in every if outcome != leaf.outcome])
    unused = sorted(set(range(10, 96)) - {outcome.value for outcome in valued})
    return replace(rng.choice(valued), value=rng.choice(unused))
