"""What the evaluation showed, as numbers: the content of `evaluation/results.json`.

In: predictions per condition, the specification, the training data and measured seconds. Out:
accuracy with Wilson intervals, adherence per rule, branching errors (TriMPI, arXiv 2510.09474:
a complex answer whose chain cites a rule that does not apply, or misses one) and the break-even.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from parsers.spec import Category, Complexity, PolicySpec

SCHEMA_VERSION = 1
KINDS = ("factual", "behavioral", "simple", "complex")
SOURCES = ("generated", "pictured", "hand-written")
UNTRAINED, UNTRAINED_POLICY, TUNED_POLICY = "untrained", "untrained-policy", "tuned-policy"

Z95 = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""


class Answered(Protocol):
    """A prediction, as far as the numbers need it (`stages.evaluate.Prediction`)."""

    @property
    def item(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def correct(self) -> bool: ...
    @property
    def cited(self) -> tuple[str, ...]: ...
    @property
    def statements(self) -> tuple[str, ...]: ...


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Share(Frozen):
    """`hits` of `n`, as a share in [0, 1] with its Wilson 95 % interval."""

    n: int
    hits: int
    share: float
    low: float
    high: float

    @classmethod
    def of(cls, hits: int, n: int) -> Share:
        low, high = wilson(hits, n)
        return cls(n=n, hits=hits, share=hits / n if n else 0.0, low=low, high=high)


class Score(Frozen):
    """Accuracy under one condition; `kind` is 'all' for all kinds together."""

    condition: str
    source: str
    kind: str
    accuracy: Share


class Adherence(Frozen):
    """One rule: how often it was trained and whether the tuned model follows it."""

    statement: str
    category: Category
    complexity: Complexity | None
    text: str
    trained: dict[str, int]
    evaluated: int
    correct: int
    cited: int


class Branching(Frozen):
    """Complex items whose chain cites a rule that does not apply or misses one that does."""

    condition: str
    errors: Share
    extra: int
    missed: int


class StageLine(Frozen):
    """What a stage cost and what it brought: accuracy after it, on the items of the first source
    (`Results.source`) that were asked after every stage."""

    stage: str
    tokens: int
    seconds: float
    steps: int
    accuracy: Share


class BreakEven(Frozen):
    """After how many requests training has paid for itself, in this machine's seconds.

    requests = training seconds / (prefill seconds of a request that carries the policy − prefill
    seconds of one that does not). `requests` compares with prefix caching, where the policy's
    keys and values are already computed and only the question is new; `requests_uncached` with a
    prefill of the whole prompt. None: a request without the policy is not the faster one.
    """

    training_seconds: float
    requests: int | None
    requests_uncached: int | None


class Results(Frozen):
    schema_version: int = SCHEMA_VERSION
    policy: str
    identifier: str
    conditions: tuple[str, ...]
    tuned: str | None
    scores: tuple[Score, ...]
    stages: tuple[StageLine, ...]
    adherence: tuple[Adherence, ...]
    branching: tuple[Branching, ...]
    general: dict[str, dict[str, Any]]
    prefill: dict[str, Any]
    break_even: BreakEven

    def score(self, condition: str, source: str, kind: str) -> Share | None:
        for score in self.scores:
            if (score.condition, score.source, score.kind) == (condition, source, kind):
                return score.accuracy
        return None

    @property
    def source(self) -> str:
        """What a run is judged by first: questions on pictures, if there are any."""
        return first_source(self.scores)

    def label(self, condition: str) -> str:
        """The condition in words."""
        fixed = {
            UNTRAINED: "untrained, no policy",
            UNTRAINED_POLICY: "untrained, policy in context",
            TUNED_POLICY: "tuned, policy in context",
        }
        if condition in fixed:
            return fixed[condition]
        name = f"after {condition.upper()}, no policy"
        return f"tuned, no policy ({name.split(',')[0]})" if condition == self.tuned else name


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The Wilson score interval at 95 % of a share of `hits` in `n`; (0, 1) for n = 0."""
    if n == 0:
        return 0.0, 1.0
    share = hits / n
    centre = share + Z95**2 / (2 * n)
    spread = Z95 * math.sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2))
    scale = 1 + Z95**2 / n
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def scores(predictions: Mapping[str, Sequence[Answered]]) -> tuple[Score, ...]:
    """Accuracy for each condition, source and kind that occurs, and for all kinds together."""
    hits: Counter[tuple[str, str, str]] = Counter()
    total: Counter[tuple[str, str, str]] = Counter()
    for condition, answered in predictions.items():
        for prediction in answered:
            for kind in (prediction.kind, "all"):
                key = condition, prediction.source, kind
                total[key] += 1
                hits[key] += prediction.correct
    return tuple(
        Score(condition=c, source=s, kind=k, accuracy=Share.of(hits[c, s, k], total[c, s, k]))
        for c in predictions
        for s in SOURCES
        for k in (*KINDS, "all")
        if total[c, s, k]
    )


def first_source(scores: Iterable[Score]) -> str:
    """Questions on pictures, if there are any, or what was generated."""
    return "pictured" if any(score.source == "pictured" for score in scores) else "generated"


def stage_lines(
    summaries: Mapping[str, Mapping[str, Any]],
    predictions: Mapping[str, Sequence[Answered]],
    source: str,
) -> tuple[StageLine, ...]:
    """A line for each stage that was trained, by its summary; compared are the items of the source
    that were asked after each of them."""
    asked = [{p.item for p in predictions[stage]} for stage in summaries]
    shared = set.intersection(*asked) if asked else set()
    lines = []
    for stage, summary in summaries.items():
        right = [p.correct for p in predictions[stage] if p.source == source and p.item in shared]
        lines.append(
            StageLine(
                stage=stage,
                tokens=int(summary.get("tokens", 0)),
                seconds=float(summary.get("seconds", 0.0)),
                steps=int(summary.get("steps", 0)),
                accuracy=Share.of(sum(right), len(right)),
            )
        )
    return tuple(lines)


def adherence(
    spec: PolicySpec,
    trained: Mapping[str, Iterable[tuple[str, ...]]],
    answered: Sequence[Answered],
) -> tuple[Adherence, ...]:
    """A line for each statement of the document, in its order.

    `trained` gives, for each stage, the statement ids of each of its samples. `cited` counts the
    answers to the statement's items that cite the statement.
    """
    counts = {
        stage: Counter(i for ids in samples for i in ids) for stage, samples in trained.items()
    }
    by_statement: dict[str, list[Answered]] = defaultdict(list)
    for prediction in answered:
        for statement_id in prediction.statements:
            by_statement[statement_id].append(prediction)
    return tuple(
        Adherence(
            statement=statement.id,
            category=statement.category,
            complexity=statement.complexity,
            text=statement.full_text,
            trained={stage: count[statement.id] for stage, count in counts.items()},
            evaluated=len(by_statement[statement.id]),
            correct=sum(p.correct for p in by_statement[statement.id]),
            cited=sum(statement.id in p.cited for p in by_statement[statement.id]),
        )
        for statement in spec.statements
    )


def branching(condition: str, answered: Iterable[Answered]) -> Branching:
    """Branching errors on the complex items whose applying rules are known."""
    complex_items = [p for p in answered if p.kind == "complex" and p.statements]
    extra = [bool(set(p.cited) - set(p.statements)) for p in complex_items]
    missed = [bool(set(p.statements) - set(p.cited)) for p in complex_items]
    errors = sum(a or b for a, b in zip(extra, missed, strict=True))
    return Branching(
        condition=condition,
        errors=Share.of(errors, len(complex_items)),
        extra=sum(extra),
        missed=sum(missed),
    )


def break_even(training: float, with_policy: float, cached: float, without: float) -> BreakEven:
    """All in seconds on the same machine: training once, then prefill a request (see BreakEven)."""

    def requests(other: float) -> int | None:
        saved = other - without
        return math.ceil(training / saved) if saved > 0 else None

    return BreakEven(
        training_seconds=training,
        requests=requests(cached),
        requests_uncached=requests(with_policy),
    )
