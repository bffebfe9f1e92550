"""The primer: an adapter that knows the trade before it meets its first policy.

In: the corpus of `data.priming`, conversations under many policies. Out: a LoRA adapter from which
the first stage of a run can start (`primer=FOLDER`). A policy's rules and figures are a run's to
teach; to read a message, quote what matters, compare and answer is the same under any policy.
Neither paper does this. It is off by default, for it has not paid: benchmarks/README.md.

There is no loss on what only the policy can tell: the rule that is recited, the terms in which a
circumstance is read, the next test, the outcome. With loss on them the primer learnt to make up
rules from the question's words. Where the policy is in the prompt, there is loss on all of the
answer.

`python -m stages.primer OUT` trains it for the default model; a killed call goes on.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from transformers import PreTrainedTokenizerBase

from data import replay
from data.priming import Lesson, lessons
from data.prompts import completion, messages
from stages.cpt import rows as pretraining_rows
from stages.models import DEFAULT
from stages.sft import SFTConfig, row
from stages.supervised import Row, supervise
from stages.training import Metrics, OnStep

REPLAY = 60
"""General texts, against forgetting."""
_LONGEST = 384
"""Tokens; longer rows, some of those with a section in the prompt, are left out."""
_CONFIG = SFTConfig(batch_size=4, micro_batch_size=4, save_every=200)


_OF_THE_POLICY = re.compile(
    r"""
      ^\[ [^\]]+ \] [ ] .*                                      # a recited rule
    | ^So: [ ] .*                                              # the outcome with its rule
    | ^[^"\n]+? \? (?= [ ] (?: .*: [ ])? (?:yes|no)\.$ )        # a test's words
    | (?<=":[ ]) [^"\n]+? (?= (?: : [ ] (?:yes|no) )? \.$ )     # what was read, in its terms
    """,
    re.MULTILINE | re.VERBOSE,
)


def rows(seed: int, tokenizer: PreTrainedTokenizerBase) -> list[Row]:
    """Every lesson, and general text against forgetting."""
    taught = [lesson_row(it, tokenizer) for it in lessons(seed)]
    others = pretraining_rows(replay.texts(REPLAY, seed), tokenizer)
    return [it for it in taught + others if len(it["input_ids"]) <= _LONGEST]


def lesson_row(lesson: Lesson, tokenizer: PreTrainedTokenizerBase) -> Row:
    """A conversation as in `stages.sft`, but without loss on what only the policy can tell."""
    it = lesson.conversation
    prompt = messages(lesson.identifier, it.question, lesson.excerpt)
    said = completion(it.chain, it.answer)
    whole = row(prompt, said, tokenizer)
    if lesson.excerpt is not None:
        return whole
    untold = [match.span() for match in _OF_THE_POLICY.finditer(said)]
    offsets = tokenizer(said, add_special_tokens=False, return_offsets_mapping=True)[
        "offset_mapping"
    ]
    learnt = [int(not any(at < end and start < to for start, end in untold)) for at, to in offsets]
    asked = len(whole["input_ids"]) - len(learnt) - 1
    return Row(input_ids=whole["input_ids"], completion_mask=[0] * asked + learnt + [1])


def train(model: str, out: Path, seed: int, on_step: OnStep) -> Metrics:
    """Train a primer in `out`, or go on with one."""
    return supervise(model, None, lambda t: rows(seed, t), out, _CONFIG, seed, on_step)


def main(out: str) -> None:
    def tell(step: int, steps: int, metrics: Metrics) -> None:
        if step % 20 == 0:
            print(f"{step}/{steps} loss {metrics.get('loss', float('nan')):.3f}", flush=True)

    print(train(DEFAULT, Path(out), 0, tell))


if __name__ == "__main__":
    main(sys.argv[1])
