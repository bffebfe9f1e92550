"""A run's items asked under every condition, and what came of it put together.

In: a `Run` whose stages are trained. Out: `evaluation/`, the answers and the general ability under
each condition, each done once per plan as all work of a run is, and `results.json`: `Results`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.samples import read
from internalize import album, files, folder, results
from internalize.folder import Plan
from internalize.results import TUNED_POLICY, UNTRAINED, UNTRAINED_POLICY, Results

if TYPE_CHECKING:
    from internalize.pipeline import Run
    from stages.evaluate import Prediction

Numbers = dict[str, Any]


@dataclass(frozen=True)
class Condition:
    """A way to ask: with a stage's weights or none, with the policy in the prompt or without."""

    name: str
    adapter: Path | None = None
    policy: str | None = None
    whole: bool = False
    """All items are asked, as of what is shipped, or the first few to compare it with."""

    def digest(self) -> str | None:
        return None if self.adapter is None else folder.digest(self.adapter)


def evaluate(run: Run) -> Results:
    """Evaluate every condition and write `evaluation/results.json`.

    Raises:
        RunError: the data, or the weights of a stage, are not there.
    """
    predictions: dict[str, list[Prediction]] = {}
    general: dict[str, Numbers] = {}
    for condition in tuple(_conditions(run)):  # all checked before the first is worked on
        predictions[condition.name] = _answers(run, condition)
        if condition.name == UNTRAINED or condition.whole:
            general[condition.name] = _general(run, condition)
    found = _results(run, predictions, general, _prefill(run))
    text = found.model_dump_json(indent=2) + "\n"
    folder.write_text(run.path / "evaluation" / "results.json", text)
    return found


def _conditions(run: Run) -> Iterator[Condition]:
    """In the order of the table."""
    yield Condition(UNTRAINED)
    yield Condition(UNTRAINED_POLICY, policy=run.document)
    for stage in run.config.trained():
        run.require(stage)
        shipped = run.path / stage == run.adapter
        yield Condition(stage, run.path / stage, whole=shipped)
    if run.adapter is not None:
        yield Condition(TUNED_POLICY, run.adapter, run.document)


def _answers(run: Run, condition: Condition) -> list[Prediction]:
    """The model's answers under a condition, to all generated and hand-written questions."""
    from stages import evaluate

    stage, config = f"evaluate {condition.name}", run.config.evaluate
    questions = run.path / "policy" / "questions.yaml"
    asked = questions if questions.exists() else None
    inputs = {
        "model": run.model_digest(),
        "identifier": folder.digest_text(run.spec.identifier),
        **files.digests(run.path, "eval"),
    }
    if asked is not None:
        inputs["questions.yaml"] = folder.digest(asked)
    if condition.policy is not None:
        inputs |= run.policy_inputs()
    plan = Plan(
        stage=stage,
        inputs=inputs,
        config=config.model_dump(mode="json") | {"whole": condition.whole},
        parent=condition.digest(),
    )
    out = run.path / "evaluation" / condition.name
    file = out / "predictions.jsonl"

    def work() -> Numbers:
        answered = evaluate.evaluate(
            run.config.model,
            condition.adapter,
            run.path / "data" / "eval.jsonl",
            asked,
            run.spec.identifier,
            condition.policy,
            file,
            config,
            run.on_step(stage),
            condition.whole,
            album.of_policy(run.path),
        )
        return {
            f"{score.source} {score.kind}": score.accuracy.share
            for score in results.scores({condition.name: answered})
        }

    run.once(stage, out, plan, (file.name,), work)
    return read(file, evaluate.Prediction)


def _general(run: Run, condition: Condition) -> Numbers:
    """What is left of the model's general ability under a condition."""
    from stages import evaluate

    stage, config = f"general {condition.name}", run.config.evaluate
    plan = Plan(
        stage=stage,
        inputs={"model": run.model_digest()},
        config=config.model_dump(mode="json"),
        parent=condition.digest(),
    )
    out = run.path / "evaluation" / "general" / condition.name
    model, adapter = run.config.model, condition.adapter
    return run.once(stage, out, plan, (), lambda: evaluate.general(model, adapter, config))


def _prefill(run: Run) -> Numbers:
    """What the policy costs in a prompt."""
    from stages import evaluate

    config = run.config.evaluate
    plan = Plan(
        stage="prefill",
        inputs={"model": run.model_digest(), **run.policy_inputs()},
        config=config.model_dump(mode="json"),
    )
    model, name, images = run.config.model, run.spec.identifier, album.of_policy(run.path)
    return run.once(
        "prefill",
        run.path / "evaluation" / "prefill",
        plan,
        (),
        lambda: evaluate.prefill(model, name, run.document, config, images),
    )


def _results(
    run: Run,
    predictions: dict[str, list[Prediction]],
    general: dict[str, Numbers],
    prefill: Numbers,
) -> Results:
    trained = run.config.trained()
    tuned = trained[-1] if trained else None
    table = results.scores(predictions)
    samples = {stage: files.statements(run.path, stage) for stage in trained}
    records = {stage: folder.read_record(run.path / stage) for stage in trained}
    summaries = {stage: record.summary if record else {} for stage, record in records.items()}
    lines = results.stage_lines(summaries, predictions, results.first_source(table))
    return Results(
        policy=run.spec.document.name,
        identifier=run.spec.identifier,
        conditions=tuple(predictions),
        tuned=tuned,
        scores=table,
        stages=lines,
        adherence=results.adherence(run.spec, samples, predictions[tuned or UNTRAINED]),
        branching=tuple(results.branching(c, answered) for c, answered in predictions.items()),
        general=general,
        prefill=prefill,
        break_even=results.break_even(
            sum(line.seconds for line in lines),
            with_policy=prefill["seconds_with"],
            cached=prefill["seconds_cached"],
            without=prefill["seconds_without"],
        ),
    )
