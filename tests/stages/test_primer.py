"""The primer: what it learns from, and what is shipped of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open

from data.chains import answer
from data.prompts import completion, policys_words
from data.synthesize import synthesize
from parsers import parse
from stages import models, primer, sft
from stages.models import LoRA

CAMPSITE = Path(__file__).parents[1] / "corpus" / "campsite.md"


def test_ids_rules_terms_and_outcomes_are_the_policys_and_nothing_else() -> None:
    def learnt(chain: str, answer: str) -> list[str]:
        turn = completion(chain, answer)
        unknown = {place for span in policys_words(turn) for place in range(*span)}
        kept = "".join(c if n not in unknown else "_" for n, c in enumerate(turn))
        return re.sub("_+", "_", kept).split("\n")[1:]

    case = (
        '"it is heavy": a pet: no.\n"abroad": flight is international.\n"I smile": nothing.\n'
        '"a ton": bag weighs 1000 kg.\nweighs 23 kg or less? 1000 > 23: no.\na pet? no.\n'
        "So: refuse. [a-b1]"
    )
    told = [
        '"it is heavy":_: no.', '"abroad":_.', '"I smile":_.', '"a ton":_1000_.',
        "w_ 1000 > 23: no.", "_ no.", "_", "</think>", "_",
    ]  # fmt: skip
    assert learnt(case, "Refuse.") == told
    worked = '"Rome to Oslo": Italy, Norway: flight abroad.\n"a week": 1 x 7: in 7 days.\n'
    assert learnt(f"Heavy bags.\n{worked}{case}", "Refuse.") == [
        "_", '"Rome to Oslo": Italy, Norway:_.', '"a week": 1 x 7:_7_.', *told,
    ]  # fmt: skip
    rule = '[never-open] Never open a bag.\nAsked "open it": to do it; the rule: never: no.'
    assert learnt(rule, "No. Never open a bag.") == [
        "[_", 'Asked "open it": to do it; the rule: never: no.', "</think>", "No._",
    ]  # fmt: skip


def test_rows_have_loss_on_reading_and_comparing_and_none_on_the_policy(
    tiny_model: Path, tmp_path: Path
) -> None:
    spec = parse(CAMPSITE)
    synthesize(spec, primer.DATA, 0, tmp_path)
    processing = models.load_processing(tiny_model)
    tokenizer: Any = models.tokenizer_of(processing)
    rows = primer.rows(tmp_path, spec.identifier, processing)
    assert len(rows) > 80
    learnt = [
        tokenizer.decode(
            [
                token
                for token, weight in zip(row["input_ids"], row["weights"], strict=True)
                if weight
            ]
        )
        for row in rows
    ]
    together = "\n".join(learnt)
    assert not any(statement.id in together for statement in spec.statements)
    decisions = [path for workflow in spec.workflows for path in workflow.paths()]
    assert not any(answer(decision) in together for decision in decisions)
    assert any(": yes." in text for text in learnt) and any(": no." in text for text in learnt)


def test_the_default_model_alone_has_one_and_with_the_default_adapter_alone(
    tiny_model: Path,
) -> None:
    assert models.primer(models.DEFAULT, LoRA()) == models.PRIMER
    assert models.primer(models.DEFAULT_ID, LoRA()) == models.PRIMER
    assert models.primer(models.DEFAULT, LoRA(r=8)) is None
    assert models.primer(tiny_model, LoRA()) is None


def test_what_is_shipped_fits_the_default_model() -> None:
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=49152,
        hidden_size=576,
        intermediate_size=1536,
        num_hidden_layers=30,
        num_attention_heads=9,
        num_key_value_heads=3,
        tie_word_embeddings=True,
    )
    with torch.device("meta"):
        adapted = models.add_adapter(LlamaForCausalLM(config), LoRA())
    wanted = {
        name.replace(".default", ""): tuple(weight.shape)
        for name, weight in adapted.named_parameters()
        if ".lora_" in name
    }
    with safe_open(models.PRIMER / "adapter_model.safetensors", "pt") as file:
        shipped = {name: tuple(file.get_tensor(name).shape) for name in file.keys()}  # noqa: SIM118
    assert shipped == wanted


def test_words_without_loss_stay_without_it_whatever_else_weighs_them(tiny_model: Path) -> None:
    processing = models.load_processing(tiny_model)
    turn = completion("[never-open] Never open a bag.", "Never open a bag.")
    row = sft.row([{"role": "user", "content": "Open it."}], turn, processing, sft.Weights(10, 3))
    masked = sft.row(
        [{"role": "user", "content": "Open it."}],
        turn,
        processing,
        sft.Weights(10, 3),
        [(policys_words(turn), 0)],
    )
    assert row["input_ids"] == masked["input_ids"]
    assert sum(map(bool, row["weights"])) > sum(map(bool, masked["weights"])) > 0
