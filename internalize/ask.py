"""Ask the finished checkpoint a question, and lay its answer beside the document.

In: a run folder with a checkpoint, and a question, maybe on a picture. Out: the model's chain and
answer; for each rule it cited the document's own words, or that there is no such rule; and, for a
question of the evaluation sets, what the oracle (`Workflow.decide`) or the reference answer says.
The checkpoint is used as anyone would use it: plain transformers, the question alone, its own chat
template.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.grading import load_questions
from data.prompts import citations, parts, split_completion
from data.samples import Item, read
from internalize import album
from internalize.folder import RunError
from parsers.spec import PolicySpec, Statement

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from stages.models import Processing

Key = tuple[str, str | None]
"""A question's words, and its picture by content."""


@dataclass(frozen=True)
class Reference:
    """What is known to be right about a question: the answer and the rules that lead to it."""

    source: str
    answer: str
    statements: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """`cited` maps each cited id to its statement, None where the document has none such."""

    question: str
    chain: str
    text: str
    cited: dict[str, Statement | None]
    reference: Reference | None


class Clerk:
    """A run's checkpoint, loaded once, with the document open beside it."""

    def __init__(self, run: Path, spec: PolicySpec, max_new_tokens: int = 256) -> None:
        """Raises RunError when the run has no merged checkpoint yet."""
        self.spec = spec
        self.max_new_tokens = max_new_tokens
        self.references = load_references(run, spec)
        self.model, self.processing = _load(run / "checkpoint" / "merged")

    def ask(self, question: str, picture: Path | None = None) -> Answer:
        """
        Raises:
            RunError: there is no such picture, or it cannot be read.
            stages.models.ModelError: the checkpoint reads text alone.
        """
        import torch

        from stages.evaluate import inputs
        from stages.models import chat_ids, tokenizer_of

        content: Any = question
        if picture is not None:
            album.check_readable(picture, "--picture")
            content = parts(question, {picture.name: picture})
        prompt = chat_ids(self.processing, [{"role": "user", "content": content}])
        shown = [] if picture is None else [str(picture)]
        with torch.inference_mode():
            output: Any = self.model.generate(  # type: ignore[reportCallIssue]
                **inputs(self.model, self.processing, torch.tensor([prompt]), shown),
                max_new_tokens=self.max_new_tokens,
                do_sample=False,
            )
        written = output[0, len(prompt) :]
        tokenizer = tokenizer_of(self.processing)
        completion = str(tokenizer.decode(written, skip_special_tokens=True))
        return lay_beside(question, completion, self.spec, self.references, picture)


def lay_beside(
    question: str,
    completion: str,
    spec: PolicySpec,
    references: dict[Key, Reference],
    picture: Path | None = None,
) -> Answer:
    """A model's completion with the document's words for what it cites."""
    chain, text = split_completion(completion)
    statements = {statement.id: statement for statement in spec.statements}
    return Answer(
        question=question,
        chain=chain,
        text=text,
        cited={name: statements.get(name) for name in citations(completion)},
        reference=references.get(_key(question, picture and album.stored_name(picture))),
    )


def load_references(run: Path, spec: PolicySpec) -> dict[Key, Reference]:
    """By question: the oracle's decision where the case can be decided again, else the answer."""
    references = {}
    spec = spec.trusted()  # a workflow that may have been misread is no oracle
    questions = run / "policy" / "questions.yaml"
    for item in load_questions(questions) if questions.exists() else ():
        references[_key(item.question)] = Reference("hand-written answer", item.answer)
    items = run / "data" / "eval.jsonl"
    for item in read(items, Item) if items.exists() else ():
        name = Path(item.images[0]).name if item.images else None
        references[_key(item.question, name)] = decide(item, spec)
    return references


def decide(item: Item, spec: PolicySpec) -> Reference:
    """The workflow's decision of the item's case; its stored answer when it has no case."""
    if item.workflow is not None and item.case is not None:
        try:
            decision = spec.workflow(item.workflow).decide(item.case)
        except (KeyError, StopIteration):  # the document has changed since the item was made
            return Reference("stored answer", item.answer, item.statements)
        if decision.outcome is not None:
            return Reference("oracle", decision.outcome, decision.statements)
    return Reference("stored answer", item.answer, item.statements)


def _key(question: str, picture: str | None = None) -> Key:
    return " ".join(question.casefold().split()), picture


def _load(checkpoint: Path) -> tuple[PreTrainedModel, Processing]:
    if not (checkpoint / "config.json").exists():
        run = checkpoint.parent.parent
        raise RunError(f"{run}: no checkpoint yet; do `internalize export {run}` first")
    from stages.models import compute_dtype, load

    return load(checkpoint, dtype=compute_dtype())
