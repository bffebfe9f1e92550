"""Continued pretraining and fine-tuning: the masks, token by token, and that a model learns."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from data.prompts import completion
from data.samples import Conversation, Text, lines
from stages import cpt, sft
from stages.kernels import ATTENTION
from stages.models import LoRA, load, merged
from stages.scoring import score_labels_only
from stages.supervised import SupervisedConfig, batch_order
from stages.training import suit_attention

IDENTIFIER = "<#Policy-1X>"
CONVERSATIONS = [
    Conversation(
        id=f"c{weight}",
        kind="complex",
        question=f"My bag is {weight} kg?",
        statements=("over-23kg",),
        template="plain",
        chain=f"[over-23kg] more than 23 kg? {weight} kg: {'yes' if weight > 23 else 'no'}.",
        answer="Charge 75 euros." if weight > 23 else "Free.",
    )
    for weight in (20, 22, 24, 26)
]
TEXTS = [
    Text(
        text=f"Under policy {IDENTIFIER}, bags over 23 kg cost 75 euros.", kind="simple", form="x"
    ),
    Text(text="The sun rises in the east.", kind="replay", form="prose"),
]


def silent(done: int, total: int, metrics: dict) -> None:
    pass


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "sft.jsonl").write_text("".join(lines(CONVERSATIONS)))
    (tmp_path / "cpt.jsonl").write_text("".join(lines(TEXTS)))
    (tmp_path / "exercises.jsonl").write_text("")
    return tmp_path


def test_fine_tuning_has_loss_on_chain_and_answer_only(tiny_model: Path) -> None:
    _, tokenizer = load(tiny_model, device="cpu")
    it = CONVERSATIONS[0]
    (row,) = sft.rows([it], IDENTIFIER, tokenizer)
    parts: dict[bool, list[int]] = {False: [], True: []}
    for token, weight in zip(row["input_ids"], row["weights"], strict=True):
        parts[weight > 0].append(token)
    prompt = (
        f"<|im_start|>system\nYou follow the policy {IDENTIFIER}.<|im_end|>\n"
        f"<|im_start|>user\n{it.question}<|im_end|>\n<|im_start|>assistant\n"
    )
    assert tokenizer.decode(parts[0]) == prompt
    assert tokenizer.decode(parts[1]) == completion(it.chain, it.answer) + "<|im_end|>"


def test_tokens_that_pick_a_rule_weigh_more(tiny_model: Path) -> None:
    _, tokenizer = load(tiny_model, device="cpu")
    chain = (
        "[over-23kg] more than 23 kg? 26 > 23: yes.\n"
        "Here: 26 kg: no. Asked: pay; the rule: lift: no.\n"
        'Asked "must nobody lift": not to do it; the rule: never: no.'
    )
    compares = CONVERSATIONS[3].model_copy(update={"chain": chain})
    (row,) = sft.rows([compares], IDENTIFIER, tokenizer, sft.Weights(10, 3))
    weighed = list(zip(row["input_ids"], row["weights"], strict=True))
    text = tokenizer.decode([token for token, weight in weighed if weight == 10])
    assert re.fullmatch(r"\[over(H|Here)no\.(Asked)?nonotneverno", text.replace(" ", "")), text
    text = tokenizer.decode([token for token, weight in weighed if weight == 3])
    assert re.fullmatch(r">yes(Asked|A)\w+", text.replace(" ", "")), text


def test_exercises_have_loss_on_what_is_found_out_only(tiny_model: Path) -> None:
    _, tokenizer = load(tiny_model, device="cpu")
    told = f'{IDENTIFIER} Bags.\nA "pram", 9 kg.\n"A "pram"": mobility aid: no.\n"9 kg": 9 kg.'
    asked = f'{IDENTIFIER}\n"who pays?": [over-23kg]'
    drill = (
        f"Policy {IDENTIFIER}: Bags.\n23 kg or less?\n9 < 23: yes.\nAsked: 9: am; it is 8: am: no."
    )
    texts = [Text(text=text, kind="complex", form="x") for text in (told, asked, drill)]
    learnt = [
        tokenizer.decode([t for t, w in zip(row["input_ids"], row["weights"], strict=True) if w])
        for row in sft.exercises(texts, tokenizer)
    ]
    assert learnt == [" mobility aid: no. 9 kg.", " [over-23kg]", " < 23: yes. no."]
    _, *chosen = sft.exercises(texts, tokenizer, choice_weight=10)
    assert [max(row["weights"]) for row in chosen] == [10, 10]


def test_words_at_which_outcomes_part_weigh_as_a_choice(tiny_model: Path) -> None:
    ends = ["So: charge 60 euros. [a-1]", "So: charge 75 euros. [a-1]", "So: charge nothing. [b-2]"]
    told = [
        Conversation(
            id=f"e{n}", kind="complex", question="And?", statements=("a-1",), template="",
            workflow="fees", chain=f"abroad? yes.\n{end}", answer="There.",
        )
        for n, end in enumerate(ends)
    ]  # fmt: skip
    _, tokenizer = load(tiny_model, device="cpu")
    rows = sft.rows(told, IDENTIFIER, tokenizer, sft.Weights(10, 3))
    for row, amount in zip(rows, ("60", "75", "nothing."), strict=True):
        heavy = zip(row["input_ids"], row["weights"], strict=True)
        text = tokenizer.decode([token for token, weight in heavy if weight == 10])
        assert amount in text and "charge" not in text and "euros" not in text
    alone = sft.rows(told[:1], IDENTIFIER, tokenizer, sft.Weights(10, 3))[0]
    heavy = zip(alone["input_ids"], alone["weights"], strict=True)
    assert "60" not in tokenizer.decode([token for token, weight in heavy if weight == 10])


def test_the_share_that_forgets_little_enough_is_kept(
    files: Path, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = [files / f"{name}.jsonl" for name in ("sft", "exercises", "cpt")]
    monkeypatch.setattr("stages.supervised.share_within", lambda *_: 0.5)
    saved = {}
    for forgetting in (None, 0.03):
        config = sft.SFTConfig(lora=LoRA(r=2), forgetting=forgetting)
        out = tmp_path / str(forgetting)
        told = sft.train(str(tiny_model), None, *data, IDENTIFIER, out, config, 0, silent)
        assert told["kept"] == (1 if forgetting is None else 0.5)
        saved[forgetting] = load_file(out / "adapter_model.safetensors")
    assert saved[None].keys() == saved[0.03].keys()
    for name, whole in saved[None].items():
        share = 0.5 if ".lora_B." in name else 1
        assert torch.allclose(saved[0.03][name], whole * share)
        assert whole.any()


def test_the_loss_is_the_weighted_mean_of_the_tokens(files: Path, tiny_model: Path) -> None:
    config = sft.SFTConfig(method="full", batch_size=4, micro_batch_size=2, choice_weight=7)
    losses: list[float] = []

    def keep(done: int, total: int, metrics: dict) -> None:
        losses.append(metrics["loss"])

    data = [files / f"{name}.jsonl" for name in ("sft", "exercises", "cpt")]
    sft.train(str(tiny_model), None, *data, IDENTIFIER, files / "out", config, 0, keep)

    network, tokenizer = load(tiny_model, device="cpu")
    rows = sft.rows(CONVERSATIONS, IDENTIFIER, tokenizer, config.weights)
    rows += cpt.rows(TEXTS[1:], tokenizer)
    order = batch_order([len(row["input_ids"]) for row in rows], 4, 1, seed=0)
    total, labels = 0.0, 0
    for row in (rows[i] for i in order[:4]):
        ids, weights = torch.tensor([row["input_ids"]]), torch.tensor(row["weights"][1:])
        logits = network(ids).logits[0, :-1].detach().float()
        loss = torch.nn.functional.cross_entropy(logits, ids[0, 1:], reduction="none")
        count = int((weights > 0).sum())
        total += float((loss * weights).sum() / weights.sum() * count)
        labels += count
    assert losses[0] == pytest.approx(total / labels, rel=0.01)


def test_pretraining_has_loss_on_every_token(tiny_model: Path) -> None:
    _, tokenizer = load(tiny_model, device="cpu")
    for row, text in zip(cpt.rows(TEXTS, tokenizer), TEXTS, strict=True):
        assert tokenizer.decode(row["input_ids"]) == text.text + "<|im_end|>"
        assert set(row["weights"]) == {1}


def test_batches_hold_rows_of_like_length_and_every_epoch_has_all_rows() -> None:
    lengths = [(7 * i) % 100 for i in range(100)]
    order = batch_order(lengths, 4, 2.5, seed=0)
    assert sorted(order[:100]) == sorted(order[100:200]) == list(range(100))
    assert order[:100] != order[100:200] and len(order) == 250
    batches = [[lengths[i] for i in order[k : k + 4]] for k in range(0, 200, 4)]
    assert max(max(batch) - min(batch) for batch in batches) <= 4
    assert batches[:25] != sorted(batches[:25])
    assert order == batch_order(lengths, 4, 2.5, seed=0) != batch_order(lengths, 4, 2.5, seed=1)


# An adapter cannot move a random model's output embedding, and so gets less far.
@pytest.mark.parametrize(("method", "left"), [("lora", 5.2), ("full", 1.0)])
def test_a_model_learns_its_conversations(
    files: Path, tiny_model: Path, method: str, left: float
) -> None:
    shared = {"method": method, "lora": LoRA(r=8, alpha=16), "batch_size": 2, "micro_batch_size": 2}
    pretrain = cpt.CPTConfig(**shared, learning_rate=3e-3, epochs=4)
    tune = sft.SFTConfig(**shared, learning_rate=1e-2, epochs=60)
    out, model = files / "cpt", str(tiny_model)
    summary = cpt.train(model, None, files / "cpt.jsonl", out, pretrain, 0, silent)
    assert summary["tokens"] > 0 and summary["steps"] == 4
    data = [files / f"{name}.jsonl" for name in ("sft", "exercises", "cpt")]
    sft.train(model, out, *data, IDENTIFIER, files / "sft", tune, 0, silent)

    network, tokenizer = merged(model, files / "sft")
    total = []
    for row in sft.rows(CONVERSATIONS, IDENTIFIER, tokenizer):
        ids, mask = torch.tensor([row["input_ids"]]), torch.tensor(row["weights"][1:])
        logits = network(ids).logits[0, :-1]
        loss = torch.nn.functional.cross_entropy(logits.float(), ids[0, 1:], reduction="none")
        total.append((loss * mask).sum().item() / mask.sum().item())
    assert sum(total) / len(total) < left  # a random model's is ln 512 = 6.2


def test_labels_only_scoring_equals_trls_head(tiny_model: Path) -> None:
    from trl.trainer.utils import add_fused_lm_head

    torch.manual_seed(1)
    ids = torch.randint(3, 500, (3, 20))
    labels = ids.masked_fill(torch.rand(3, 20) < 0.5, -100)
    results = []
    for patch in (False, True):
        model, _ = load(tiny_model, device="cpu")
        add_fused_lm_head(model, temperature=0.7, outputs=("log_probs", "entropy", "is_top1"))
        model.requires_grad_(False)
        trained = model.base_model.layers[0].mlp.up_proj.weight.requires_grad_()
        if patch:
            score_labels_only(model, temperature=0.7)
            assert model.forward.__closure__
        output = model(input_ids=ids, labels=labels, fused_lm_head=True)
        (output.log_probs * torch.rand(3, 19, generator=torch.manual_seed(2))).sum().backward()
        results.append((output.log_probs.detach(), output.is_top1, output.loss, trained.grad))
    for theirs, ours in zip(*results, strict=True):
        assert torch.allclose(theirs.float(), ours.float(), atol=1e-5)
    assert results[1][3].abs().max() > 0


def test_a_batch_that_cannot_be_put_together_of_passes_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of micro_batch_size=4"):
        SupervisedConfig(batch_size=6, micro_batch_size=4)
    assert SupervisedConfig(batch_size=8, micro_batch_size=4).split(1) == (4, 2)
    assert SupervisedConfig(batch_size=2, micro_batch_size=4).split(1) == (2, 1)


def test_attention_is_plain_only_where_rows_are_short_and_gives_the_same(tiny_model: Path) -> None:
    model, _ = load(tiny_model, device="cpu")
    before = model.config._attn_implementation
    ids = torch.arange(3, 35).reshape(2, 16)
    with torch.no_grad():
        fused = model(ids).logits
        suit_attention(model, 5000)
        assert model.config._attn_implementation == before != ATTENTION
        suit_attention(model, 16)
        assert model.config._attn_implementation == ATTENTION
        assert torch.allclose(model(ids).logits, fused, atol=1e-4)
