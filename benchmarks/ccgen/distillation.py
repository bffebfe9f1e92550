"""Self-distillation: TRL's SDFT trainer (arXiv 2601.19897) on this project's stages.

In: turns, the stage before, and what the teacher is told besides. Out: a stage's folder. The
student samples its own answers to the policy-free prompt; the teacher, which is the same weights,
sees the document and a right answer beside the question, and the student is drawn to the teacher's
distribution, token by token. The paper's teacher is a moving average of the student; here it is the
student itself (`live`), as a second adapter would double what a stage saves. TRL cuts prompts to
512 tokens from the left unless told otherwise, which would drop the document.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from data.prompts import messages
from stages.rl import RLConfig
from stages.training import Metrics, OnStep, arguments, fit, trainable

TEACHER = (
    "{privileged_context}\n\n{prompt}\n\nAnswer in a way of your own, with the chain of thought."
)


def distill(
    model: str,
    parent: Path | None,
    asked: Sequence[tuple[str, str]],
    policy: str,
    identifier: str,
    out: Path,
    config: RLConfig,
    seed: int,
    on_step: OnStep,
) -> Metrics:
    """Distill on (question, right answer) pairs; resumes what a kill interrupted.

    Args:
        config: of its settings steps, batch, rate, temperature and length of answers are used.

    Returns:
        `fit`'s summary and `tokens`, those of the student's prompts and answers.
    """
    from datasets import Dataset
    from trl.experimental.sdft import SDFTConfig, SDFTTrainer

    network, tokenizer = trainable(model, parent, config, seed)
    rows = [
        {
            "prompt": messages(identifier, question),
            "privileged_context": f"{policy}\n\nA right answer to the next message is:\n{right}",
        }
        for question, right in asked
    ]
    shared = arguments(out, config, seed)
    args = SDFTConfig(
        **shared,
        max_steps=config.steps,
        num_generations=1,
        steps_per_generation=shared["gradient_accumulation_steps"],
        max_prompt_length=None,
        max_completion_length=config.max_new_tokens,
        temperature=config.temperature,
        teacher_model_kind="live",
        teacher_prompt_template=TEACHER,
    )
    counted = [0]

    class Counting(SDFTTrainer):
        """Counts what the student is trained on, which the trainer itself does not, and samples as
        it trains: bfloat16 weights with float32 adapters need autocast."""

        def _generate(self, prompt_ids: list[list[int]]) -> Any:
            with self.accelerator.autocast():
                return super()._generate(prompt_ids)

        def _prepare_training_batch(self, inputs: list[dict[str, Any]]) -> dict[str, Any]:
            batch = super()._prepare_training_batch(inputs)
            counted[0] += int(batch["prompt_mask"].sum() + batch["completion_mask"].sum())
            return batch

    trainer = Counting(
        model=network, args=args, train_dataset=Dataset.from_list(rows), processing_class=tokenizer
    )
    summary = fit(trainer, out, on_step)
    return {"tokens": counted[0], **summary}
