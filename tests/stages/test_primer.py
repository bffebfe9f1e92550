"""The primer: what it is trained on, how it is shipped, and how a stage goes on from it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from data.priming import Lesson
from data.samples import Conversation
from stages import primer
from stages.models import load, merged
from stages.training import TrainingConfig, trainable

LESSON = Lesson(
    identifier="<#Policy-1X>",
    conversation=Conversation(
        id="c",
        kind="complex",
        question="26 kg, no card of yours?",
        statements=("over-23kg",),
        template="",
        chain='"26 kg": bag weighs 26 kg.\n'
        '"no card of yours": Gold member: no.\n'
        "more than 23 kg? 26 > 23: yes.\nGold member? no.\nSo: charge 75 euros. [over-23kg]",
        answer="Charge 75 euros.",
    ),
)


def test_rows_have_loss_on_the_trade_and_not_on_the_policy(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = LESSON.conversation
    recited = it.model_copy(
        update={"chain": "[desk-6am] The desk opens at 6 am.\nAsked: 7 am; it is 6 am: no."}
    )
    seen = LESSON.model_copy(update={"excerpt": "Bags over 23 kg cost 75 euros."})
    long = LESSON.model_copy(update={"excerpt": "word " * 500})
    taught = [LESSON, LESSON.model_copy(update={"conversation": recited}), seen, long]
    monkeypatch.setattr(primer, "lessons", lambda seed: taught)
    monkeypatch.setattr(primer, "REPLAY", 0)
    _, tokenizer = load(tiny_model, device="cpu")
    learnt = []
    for row in primer.rows(0, tokenizer):
        pairs = zip(row["input_ids"], row["completion_mask"], strict=True)
        learnt.append(tokenizer.decode([token for token, mask in pairs if mask]))
    end = "\n</think>\nCharge 75 euros.<|im_end|>"
    assert learnt == [  # and none of the row that is too long
        f'<think>\n"26 kg":.\n"no card of yours": : no.\n 26 > 23: yes.\n no.\n{end}',
        f"<think>\n\nAsked: 7 am; it is 6 am: no.{end}",
        f"<think>\n{it.chain}{end}",
    ]


@pytest.mark.parametrize("method", ["lora", "full"])
def test_a_stage_goes_on_from_it(tiny_primer: Path, tiny_model: Path, method: str) -> None:
    config = TrainingConfig(method=method)
    network, _ = trainable(str(tiny_model), tiny_primer, config, seed=0)
    primed, _ = merged(str(tiny_model), tiny_primer)
    bare, _ = merged(str(tiny_model), None)
    ids = torch.arange(3, 35).reshape(2, 16)
    with torch.no_grad():
        started, theirs, unprimed = (m(ids).logits.float() for m in (network, primed, bare))
    assert (started - theirs).abs().max() < 0.1 < (theirs - unprimed).abs().max()
    if method == "lora":  # of the primer's rank, not the configuration's
        ranks = {w.shape[0] for name, w in network.named_parameters() if "lora_A" in name}
        assert ranks == {4} != {config.lora.r}
