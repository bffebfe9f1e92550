"""Samples of workflows for every stage: scenarios, conversations, prompts with verifiable answers.

In: a `PolicySpec` and one of its workflows. Out: `Text` for continued pretraining (the scenario
simulation of CAP-CPT, arXiv 2510.11588, with contrast pairs on both sides of a threshold),
`Conversation` for supervised tuning, `Item` for RL and evaluation. Each sample is decided again by
the oracle before it leaves; what does not hold comes back as `Rejected`, with the reason.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Literal, TypeVar

from data.cases import Sample, around, partition, sample, step, thresholds
from data.chains import NO_RULE, answer, chain, decisive, drill, situation
from data.lexicon import unrelated
from data.narrate import Narrated, narrate
from data.prompts import citations
from data.samples import DRILL, Conversation, Item, Rejected, Text
from data.syntax import sentence
from data.turns import Turns
from parsers.spec import Comparison, PolicySpec, Value, Workflow, atoms, variables_of

M = TypeVar("M", Conversation, Item)
_TRIES = 6
_DRILLED = 12
"""Numbers in a drill, besides the limit."""


def conversations(
    spec: PolicySpec, workflow: Workflow, n: int, seed: int
) -> tuple[list[Conversation], list[Rejected]]:
    """About n supervised turns: question, chain of thought, answer."""

    def build(number: int, drawn: Sample, told: Narrated) -> Conversation:
        return Conversation(
            id=f"{workflow.id}-sft-{seed}-{number}",
            kind="complex",
            question=told.question,
            statements=decisive(spec, drawn.decision),
            template=told.template,
            workflow=workflow.id,
            case=drawn.case,
            chain=chain(spec, workflow, told.case, drawn.decision, told.told),
            answer=answer(drawn.decision),
        )

    return _made(spec, workflow, n, seed, "train", build)


def items(
    spec: PolicySpec, workflow: Workflow, n: int, seed: int, split: Literal["rl", "eval"] = "rl"
) -> tuple[list[Item], list[Rejected]]:
    """About n questions whose answer is one of the workflow's outcomes.

    The evaluation's cases and phrasings occur in no training set. Paths with too few cases to
    share out give no items; RL then draws on the training cases of all paths.
    """
    outcomes = [sentence(outcome.text) for outcome in workflow.outcomes]
    if any(path.index is None for path in workflow.paths()):
        outcomes.append(NO_RULE)

    def build(number: int, drawn: Sample, told: Narrated) -> Item:
        return Item(
            id=f"{workflow.id}-{split}-{seed}-{number}",
            kind="complex",
            question=told.question,
            statements=decisive(spec, drawn.decision),
            template=told.template,
            workflow=workflow.id,
            case=drawn.case,
            answer=answer(drawn.decision),
            options=tuple(dict.fromkeys(outcomes)),
        )

    have = split == "eval" or partition(workflow, "rl")
    return _made(spec, workflow, n, seed, split if have else "train", build)


def scenarios(
    spec: PolicySpec, workflow: Workflow, n: int, seed: int
) -> tuple[list[Text], list[Rejected]]:
    """About n pretraining texts: a situation, the reasoning through the rules, the outcome."""
    rng = random.Random(f"{workflow.id}/scenarios/{seed}")
    texts: list[Text] = []
    turns = Turns[str](rng)
    rejected: list[Rejected] = []
    pairs = _contrasts(workflow, rng)
    for drawn in sample(workflow, n, seed, "train"):
        if len(texts) >= n:
            break
        if pairs and rng.random() < 0.25:
            group, form = pairs.pop(), "contrast"
        else:
            group, form = (drawn,), "scenario"
        if reason := next(filter(None, (_wrong(workflow, s) for s in group)), None):
            rejected.append(Rejected(sample={"cases": [s.case for s in group]}, reason=reason))
            continue
        ids = (
            i
            for s in group
            for i in s.decision.statements or [t.statement for t in s.decision.tests]
        )
        texts.append(
            Text(
                text=_scenario(spec, workflow, group, rng, turns),
                kind="complex",
                form=form,
                statements=tuple(dict.fromkeys(ids)),
            )
        )
    return texts, rejected


# --- making -------------------------------------------------------------------------------------


def _made(
    spec: PolicySpec,
    workflow: Workflow,
    n: int,
    seed: int,
    split: Literal["train", "rl", "eval"],
    build: Callable[[int, Sample, Narrated], M],
) -> tuple[list[M], list[Rejected]]:
    rng = random.Random(f"{workflow.id}/{split}/words/{seed}")
    remarks = unrelated(tuple(statement.text for statement in spec.statements))
    made: list[M] = []
    rejected: list[Rejected] = []
    seen: set[str] = set()
    turns = Turns[str](rng)
    for drawn in sample(workflow, n, seed, split):
        told = narrate(workflow, drawn, split, rng, turns, remarks)
        for _ in range(_TRIES):
            if told.question.lower() not in seen:
                break
            told = narrate(workflow, drawn, split, rng, turns, remarks)
        else:
            continue
        seen.add(told.question.lower())
        record = build(len(made), drawn, told)
        if reason := _wrong(workflow, drawn, told.unsaid) or _miscited(record):
            rejected.append(Rejected(sample=record.model_dump(mode="json"), reason=reason))
        else:
            made.append(record)
    return made, rejected


def _wrong(workflow: Workflow, drawn: Sample, unsaid: frozenset[str] = frozenset()) -> str | None:
    """Why the oracle does not agree; unsaid booleans are taken to be false."""
    case: dict[str, Value] = {k: v for k, v in drawn.case.items() if k not in unsaid}
    case |= dict.fromkeys(unsaid, False)
    try:
        again = workflow.decide(case)
    except KeyError as missing:
        return f"the question leaves {missing} open, which the decision needs"
    if again != drawn.decision:
        return f"the oracle decides {again.outcome!r}, the sample says {drawn.decision.outcome!r}"
    return None


def _miscited(record: Conversation | Item) -> str | None:
    if not isinstance(record, Conversation):
        return None
    wanted, cited = set(record.statements), set(citations(record.chain))
    return None if cited == wanted else f"the chain cites {sorted(cited)}, not {sorted(wanted)}"


# --- scenarios ----------------------------------------------------------------------------------

_OPENINGS = (
    "{id} {title}.",
    "A case under {id}, {title}.",
    "Policy {id}: {title}.",
    "{id}, an example of {title}:",
)


def _scenario(
    spec: PolicySpec,
    workflow: Workflow,
    group: tuple[Sample, ...],
    rng: random.Random,
    turns: Turns[str],
) -> str:
    opening = rng.choice(_OPENINGS).format(id=spec.identifier, title=workflow.title)
    told = [
        (s, narrate(workflow, s, "train", rng, turns) if len(group) == 1 else None) for s in group
    ]
    parts = [opening]
    for number, (drawn, words) in enumerate(told):
        given = situation(workflow, drawn.case, drawn.decision)
        plainly = chain(spec, workflow, drawn.case, drawn.decision)
        outcome = answer(drawn.decision)
        if words is None:
            parts += ["But:" if number else "First:", given, plainly]
        elif rng.randrange(3) == 0:
            parts += [given, plainly]
        else:
            reasoning = chain(spec, workflow, words.case, drawn.decision, words.told)
            parts += [f"Question: {words.question}", reasoning, f"Answer: {outcome}"]
    return "\n".join(parts)


def drills(spec: PolicySpec, workflow: Workflow, times: int, seed: int) -> list[Text]:
    """`times` texts for each test of a number, which is made on many numbers."""
    rng = random.Random(f"{workflow.id}/drills/{seed}")
    tests = {
        test.text: test
        for path in workflow.paths()
        for test in path.tests
        if len(variables_of(test.condition)) == 1
        and any(isinstance(atom, Comparison) for atom in atoms(test.condition))
    }
    texts = []
    for test in times * list(tests.values()):
        (name,) = variables_of(test.condition)
        by = step(workflow, workflow.variable(name))
        limits = {a.value for a in atoms(test.condition) if isinstance(a, Comparison)}
        near = (n for limit in sorted(limits) for n in around(limit, by, _DRILLED, rng))
        numbers = dict.fromkeys(near)
        opening = rng.choice(_OPENINGS).format(id=spec.identifier, title=workflow.title)
        text = f"{opening}\n{drill(workflow, test, numbers)}"
        texts.append(Text(text=text, kind="complex", form=DRILL, statements=(test.statement,)))
    return texts


def _contrasts(workflow: Workflow, rng: random.Random) -> list[tuple[Sample, ...]]:
    """Pairs of training cases that differ in one circumstance and in their outcome; a number
    that differs stands on both sides of one threshold, as close as the training cases allow."""
    samples = [
        s for path in partition(workflow, "train") for s in rng.sample(path, min(60, len(path)))
    ]
    found = list(_pairs(workflow, samples))
    found.sort(key=lambda pair: pair[0])
    best: dict[tuple[int, int], tuple[Sample, ...]] = {}
    for _, pair in found:
        best.setdefault((pair[0].path, pair[1].path), pair)
    chosen = list(best.values())
    rng.shuffle(chosen)
    return chosen


def _pairs(
    workflow: Workflow, samples: list[Sample]
) -> Iterator[tuple[float, tuple[Sample, Sample]]]:
    for n, first in enumerate(samples):
        for second in samples[n + 1 :]:
            if first.decision.index == second.decision.index:
                continue
            shared = [k for k in first.case if k in second.case]
            apart = [k for k in shared if first.case[k] != second.case[k]]
            if len(apart) != 1:
                continue
            one, other = first.case[apart[0]], second.case[apart[0]]
            if isinstance(one, float) and isinstance(other, float):
                low, high = sorted((one, other))
                between = [t for t in thresholds(workflow, apart[0]) if low <= t <= high]
                if len(between) == 1:
                    yield high - low, (first, second)
            else:
                yield 0.0, (first, second)
