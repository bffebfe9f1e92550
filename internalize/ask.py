"""Ask the finished checkpoint a question, and lay its answer beside the document.

In: a run folder with a checkpoint, and a question. Out: the model's chain and answer; for each rule
it cited the document's own words, or that there is no such rule; and, for a question of the
evaluation sets, what the oracle (`Workflow.decide`) or the reference answer says. The checkpoint is
used as anyone would use it: plain transformers, the question alone, its own chat template.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.grading import load_questions
from data.prompts import citations, split_completion
from data.samples import Item, read
from internalize.folder import RunError
from parsers.spec import PolicySpec, Statement

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


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
        self.tokenizer, self.model = _load(run / "checkpoint" / "merged")

    def ask(self, question: str) -> Answer:
        import torch

        from stages.models import chat_ids

        chat = [{"role": "user", "content": question}]
        prompt = torch.tensor([chat_ids(self.tokenizer, chat)], device=self.model.device)
        with torch.inference_mode():
            output: Any = self.model.generate(  # type: ignore[reportCallIssue]
                prompt, max_new_tokens=self.max_new_tokens, do_sample=False
            )
        written = output[0, prompt.shape[1] :]
        completion = str(self.tokenizer.decode(written, skip_special_tokens=True))
        return lay_beside(question, completion, self.spec, self.references)


def lay_beside(
    question: str, completion: str, spec: PolicySpec, references: dict[str, Reference]
) -> Answer:
    """A model's completion with the document's words for what it cites."""
    chain, text = split_completion(completion)
    statements = {statement.id: statement for statement in spec.statements}
    return Answer(
        question=question,
        chain=chain,
        text=text,
        cited={name: statements.get(name) for name in citations(completion)},
        reference=references.get(_key(question)),
    )


def load_references(run: Path, spec: PolicySpec) -> dict[str, Reference]:
    """By question: the oracle's decision where the case can be decided again, else the answer."""
    references = {}
    spec = spec.trusted()  # a workflow that may have been misread is no oracle
    questions = run / "policy" / "questions.yaml"
    for item in load_questions(questions) if questions.exists() else ():
        references[_key(item.question)] = Reference("hand-written answer", item.answer)
    items = run / "data" / "eval.jsonl"
    for item in read(items, Item) if items.exists() else ():
        references[_key(item.question)] = decide(item, spec)
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


def _key(question: str) -> str:
    return " ".join(question.casefold().split())


def _load(checkpoint: Path) -> tuple[PreTrainedTokenizerBase, PreTrainedModel]:
    if not (checkpoint / "config.json").exists():
        run = checkpoint.parent.parent
        raise RunError(f"{run}: no checkpoint yet; do `internalize export {run}` first")
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    device = "cuda" if torch.cuda.is_available() else "cpu"
    model: Any = AutoModelForCausalLM.from_pretrained(checkpoint, dtype="auto")
    return AutoTokenizer.from_pretrained(checkpoint), model.to(device).eval()
