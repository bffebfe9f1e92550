"""A small specification and an evaluated run folder made by hand, without parser or model."""

from __future__ import annotations

import json
import math
from pathlib import Path

import yaml

from internalize import folder, results
from internalize.results import TUNED_POLICY, UNTRAINED, UNTRAINED_POLICY
from parsers.spec import (
    Branch,
    Comparison,
    Diagnostic,
    Document,
    Leaf,
    Outcome,
    PolicySpec,
    Span,
    Statement,
    Truth,
    Variable,
    Workflow,
)

TEXT = """# Bags

The desk opens at 6 am.

Never discuss other airlines.

If a bag weighs more than 23 kg, charge 75 euros. Gold members pay nothing.
"""
CONDITIONS = (UNTRAINED, UNTRAINED_POLICY, "cpt", "sft", "rl", TUNED_POLICY)
SKILL = dict(zip(CONDITIONS, (0.0, 0.2, 0.3, 0.75, 0.9, 0.85), strict=True))
KINDS = ("factual", "behavioral", "simple", "complex")


def span(words: str) -> Span:
    start = TEXT.index(words)
    return Span(start=start, end=start + len(words))


def statement(name: str, category: str, words: str, **more: object) -> Statement:
    return Statement(id=name, category=category, text=words, span=span(words), **more)  # type: ignore[arg-type]


def make_spec() -> PolicySpec:
    heavy = Comparison(variable="weight", op=">", value=23)
    gold = Truth(variable="gold")
    variables = (
        Variable(
            name="weight", type="number", label="the bag's weight", unit="kg", thresholds=(23,)
        ),
        Variable(name="gold", type="boolean", label="the passenger is a Gold member"),
    )
    workflow = Workflow(
        id="heavy-bags",
        title="Heavy bags",
        variables=variables,
        outcomes=(Outcome(text="charge 75 euros"), Outcome(text="pay nothing")),
        root=Branch(
            condition=heavy,
            statement="heavy",
            text="a bag weighs more than 23 kg",
            yes=Branch(
                condition=gold,
                statement="gold",
                text="Gold members",
                yes=Leaf(outcome=1),
                no=Leaf(outcome=0),
            ),
            no=Leaf(outcome=None),
        ),
    )
    return PolicySpec(
        document=Document(name="bags", sha256="0" * 64, text=TEXT),
        statements=(
            statement("opening", "factual", "The desk opens at 6 am."),
            statement("rivals", "behavioral", "Never discuss other airlines."),
            statement(
                "heavy",
                "conditional",
                "If a bag weighs more than 23 kg, charge 75 euros.",
                complexity="complex",
                condition=heavy,
                workflow="heavy-bags",
            ),
            statement(
                "gold",
                "conditional",
                "Gold members pay nothing.",
                complexity="complex",
                condition=gold,
                workflow="heavy-bags",
            ),
        ),
        variables=variables,
        workflows=(workflow,),
        diagnostics=(
            Diagnostic(
                kind="gap",
                message="nothing says what a bag of 23 kg or less costs",
                spans=(span("If a bag weighs"),),
                suggestion="Say what light bags cost.",
            ),
        ),
    )


def prediction(kind: str, source: str, number: int, skill: float) -> dict[str, object]:
    right = (number * 37 % 100) / 100 < skill
    gold = {"factual": ["opening"], "behavioral": ["rivals"], "simple": ["heavy"]}.get(
        kind, ["heavy", "gold"]
    )
    cited = gold if right else ["gold", "ghost"]
    marks = " ".join(f"[{name}]" for name in cited)
    said = "charge 75 euros" if right else "nothing <b>at all</b>"
    return {
        "item": f"{kind}-{source}-{number}",
        "kind": kind,
        "source": source,
        "question": f"My {kind} bag is {20 + number} kg & I am late, what do I pay?",
        "completion": f"<think>\nThe bag is heavy {marks}.\n</think>\n{said}",
        "answer": "charge 75 euros",
        "correct": right,
        "cited": cited,
        "statements": gold if source == "generated" else [],
        "prompt_tokens": 40,
        "completion_tokens": 20,
    }


class Answered:
    """A prediction as the numbers see it."""

    def __init__(self, fields: dict[str, object]) -> None:
        self.__dict__ |= fields | {
            "cited": tuple(fields["cited"]),  # type: ignore[arg-type]
            "statements": tuple(fields["statements"]),  # type: ignore[arg-type]
        }


def write_run(run: Path) -> PolicySpec:
    """A run folder with everything that the report reads."""
    spec = make_spec()
    (run / "policy").mkdir(parents=True)
    (run / "policy" / "spec.json").write_text(spec.model_dump_json())
    (run / "run.yaml").write_text(
        yaml.safe_dump(
            {
                "policy": "bags.md",
                "identifier": spec.identifier,
                "config": {
                    "model": "SmolLM2-135M-Instruct",
                    "seed": 0,
                    "cpt": {"epochs": 3},
                    "evaluate": {"compared_items": 30},
                },
                "versions": {"python": "3.11.9", "torch": "2.13.0"},
            }
        )
    )
    answers = {}
    for condition in CONDITIONS:
        rows = [
            prediction(kind, source, number, SKILL[condition])
            for source, count in (("generated", 40), ("hand-written", 15))
            for kind in KINDS
            for number in range(count)
        ]
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        folder.write_text(run / "evaluation" / condition / "predictions.jsonl", lines)
        answers[condition] = [Answered(row) for row in rows]
    for stage, scale in (("cpt", 2.6), ("sft", 1.4)):
        metrics = [{"step": s, "loss": scale * math.exp(-s / 60) + 0.2} for s in range(1, 200, 4)]
        folder.write_text(run / stage / "metrics.jsonl", jsonl(metrics))
    metrics = [
        {
            "step": s,
            "loss": 0.01,
            "policy_free/accuracy": 0.9 - 0.5 * math.exp(-s / 20),
            "policy_aware/accuracy": 0.8 - 0.5 * math.exp(-s / 30),
            "policy_free/citations": 0.8 - 0.7 * math.exp(-s / 15),
            "policy_aware/citations": 0.85 - 0.5 * math.exp(-s / 30),
        }
        for s in range(1, 80)
    ]
    folder.write_text(run / "rl" / "metrics.jsonl", jsonl(metrics))
    table = results.scores(answers)
    overall = {stage: [a.correct for a in answers[stage]] for stage in ("cpt", "sft", "rl")}
    found = results.Results(
        policy="bags",
        identifier=spec.identifier,
        conditions=CONDITIONS,
        tuned="rl",
        scores=table,
        stages=tuple(
            results.StageLine(
                stage=stage,
                tokens=123456,
                seconds=210.5,
                steps=200,
                accuracy=results.Share.of(sum(right), len(right)),
            )
            for stage, right in overall.items()
        ),
        adherence=results.adherence(
            spec,
            {stage: [("heavy", "gold"), ("opening",)] for stage in ("cpt", "sft", "rl")},
            answers["rl"],
        ),
        branching=tuple(results.branching(c, answers[c]) for c in CONDITIONS),
        general={
            "untrained": {"perplexity": 21.3, "kl": 0.0},
            "cpt": {"perplexity": 21.9, "kl": 0.012},
            "sft": {"perplexity": 22.0, "kl": 0.02},
            "rl": {"perplexity": 22.1, "kl": 0.021},
        },
        prefill={
            "tokens_with": 1234,
            "tokens_without": 41,
            "seconds_with": 1.21,
            "seconds_cached": 0.11,
            "seconds_without": 0.06,
        },
        break_even=results.break_even(631.5, with_policy=1.21, cached=0.11, without=0.06),
    )
    folder.write_text(run / "evaluation" / "results.json", found.model_dump_json())
    return spec


def jsonl(rows: list[dict[str, float]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)
