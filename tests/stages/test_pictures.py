"""Pictures in texts: where they stand, which tokens are visual, and that every stage sees them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from data.pretraining import whole
from data.prompts import completion, messages, parts
from data.samples import Conversation, Item, Text, lines
from stages import cpt, policy_rollout, rl, sft
from stages.evaluate import EvalConfig, answer, evaluate
from stages.generate import generate
from stages.models import LoRA, ModelError, chat_ids, load, tokenizer_of
from stages.pictures import Gallery, pixels, text_ids, visual
from stages.supervised import batch_order
from stages.training import TrainingError
from stages.vllm import VLLM
from tests.conftest import CHATML_PARTS

IDENTIFIER = "<#Policy-1X>"
POLICY = "# Desk\n\nIf there is a ![a red thing](red.png) object: Case 1. Otherwise: Case 2."
SCENE, RED = "wide.png", "red.png"
MODELS = ("tiny_visual_model", "tiny_tiling_model")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures of two shapes, and data that shows them."""
    home = tmp_path_factory.mktemp("pictures")
    for name, size, color in (
        (SCENE, (56, 28), (20, 90, 200)),
        ("tall.png", (28, 56), (10, 200, 60)),
        (RED, (28, 28), (220, 30, 30)),
    ):
        picture = Image.new("RGB", size, color)
        picture.paste((250, 250, 250), (3, 5, 15, 19))
        picture.save(home / name)
    texts = [
        Text(text="The sun rises in the east.", kind="replay", form="prose"),
    ]
    shared: dict[str, Any] = {
        "kind": "complex", "statements": ("case-2",), "template": "plain", "answer": "Case 2.",
    }  # fmt: skip
    asked = [("a", SCENE, "Which case?"), ("b", "tall.png", "What is the case?")]
    told = [
        Conversation(id=i, images=(p,), question=q, chain="[case-2] no.", **shared)
        for i, p, q in asked
    ]
    texts.insert(0, whole(POLICY, (RED,), told[0]))
    items = [
        Item(id=i, images=(p,), question=q, options=("Case 1.", "Case 2."), **shared)
        for i, p, q in asked
    ]
    files = {"cpt": texts, "exercises": [], "sft": told, "rl": items}
    for name, records in files.items():
        (home / f"{name}.jsonl").write_text("".join(lines(records)))
    return home


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> Path:
    return request.getfixturevalue(request.param)


def silent(done: int, total: int, metrics: dict) -> None:
    pass


def test_a_picture_stands_where_the_text_shows_it_or_else_before(folder: Path) -> None:
    images = {RED: folder / RED, "b.png": folder / "b.png"}
    assert parts("Is it ![red](red.png)? See ![](other.png).", images) == [
        {"type": "image", "image": str(folder / "b.png")},
        {"type": "text", "text": "Is it "},
        {"type": "image", "image": str(folder / RED)},
        {"type": "text", "text": "? See ![](other.png)."},
    ]
    assert messages(IDENTIFIER, "Hi", POLICY) == [
        {"role": "system", "content": f"You follow the policy {IDENTIFIER}.\n\n{POLICY}"},
        {"role": "user", "content": "Hi"},
    ]


# --- masks --------------------------------------------------------------------------------------

AROUND = "<fake_token_around_image>"


def test_pretraining_has_loss_on_all_but_exactly_the_visual_tokens(
    folder: Path, model: Path
) -> None:
    """Decoded token by token. LLaVA: 4 patches a picture. Idefics3: every picture grows to 56
    pixels, so tiles and the whole, each 4 tokens, with text around them."""
    _, processing = load(model, device="cpu")
    tokenizer = tokenizer_of(processing)
    row, plain = cpt.rows(cpt.read(folder / "cpt.jsonl", Text), processing, folder)
    masked = [t for t, w in zip(row["input_ids"], row["weights"], strict=True) if w == 0]
    learnt = [t for t, w in zip(row["input_ids"], row["weights"], strict=True) if w == 1]
    assert len(masked) + len(learnt) == len(row["input_ids"])
    assert {tokenizer.decode([token]) for token in masked} == {"<image>"}
    before, _, between = POLICY.partition("![a red thing](red.png)")
    after = "\nWhich case?\n" + completion("[case-2] no.", "Case 2.")
    if "llava" in model.name:
        red = wide = ""
        assert len(masked) == 2 * 4
    else:
        whole = f"\n\n{AROUND}<global-img>{AROUND}"
        rows = ["".join(f"{AROUND}<row_{row}_col_{column}>" for column in (1, 2)) for row in (1, 2)]
        red, wide = "\n".join(rows) + whole, rows[0] + whole
        assert len(masked) == (4 + 1) * 4 + (2 + 1) * 4
    expected = f"{before}{red}{between}\n\n{wide}{after}<|im_end|>"
    assert "".join(str(tokenizer.decode([token])) for token in learnt) == expected
    assert row["pictures"] == [str(folder / RED), str(folder / SCENE)]
    assert set(plain["weights"]) == {1} and "pictures" not in plain


def test_fine_tuning_has_loss_on_chain_and_answer_only(folder: Path, model: Path) -> None:
    _, processing = load(model, device="cpu")
    told = sft.read(folder / "sft.jsonl", Conversation)
    row, _ = sft.rows(told, IDENTIFIER, processing, folder=folder)
    learnt = [t for t, w in zip(row["input_ids"], row["weights"], strict=True) if w]
    text = tokenizer_of(processing).decode(learnt)
    assert text == "<think>\n[case-2] no.\n</think>\nCase 2.<|im_end|>"
    assert any(visual(processing, row["input_ids"]))
    assert row["pictures"] == [str(folder / SCENE)]


def test_a_text_marks_pictures_as_the_chat_template_does(
    folder: Path, tiny_visual_model: Path
) -> None:
    """Qwen-VL's wants tokens around a picture; a template may also begin with words of its own."""
    _, processing = load(tiny_visual_model, device="cpu")
    processing.chat_template = "Be kind. Be brief.\n" + CHATML_PARTS.replace("<image>", "[<image>]")
    shown = parts("Is it ![](red.png)?", {RED: folder / RED})
    text = tokenizer_of(processing).decode(text_ids(processing, shown))
    assert text == f"Is it [{'<image>' * 4}]?"


def test_a_picture_that_would_be_cut_off_is_an_error(folder: Path, tiny_visual_model: Path) -> None:
    config = cpt.CPTConfig(max_length=16)
    with pytest.raises(ValueError, match="max_length higher"):
        cpt.train(
            str(tiny_visual_model), None, folder / "cpt.jsonl", folder / "cut", config, 0, silent
        )


def test_a_model_that_reads_text_alone_is_refused(folder: Path, tiny_model: Path) -> None:
    _, tokenizer = load(tiny_model, device="cpu")
    with pytest.raises(ModelError, match="image-text-to-text"):
        chat_ids(tokenizer, messages(IDENTIFIER, "Hi", images={RED: folder / RED}))


def test_what_is_no_picture_is_named(folder: Path, tiny_visual_model: Path) -> None:
    _, processing = load(tiny_visual_model, device="cpu")
    with pytest.raises(ValueError, match=r"cpt\.jsonl: this picture cannot be read"):
        pixels(processing, [[str(folder / "cpt.jsonl")]])


# --- training -----------------------------------------------------------------------------------


def test_the_loss_of_a_batch_is_that_of_its_rows_one_by_one(folder: Path, model: Path) -> None:
    """Rows with two pictures, one and none in one batch, each seen by its own row."""
    config = sft.SFTConfig(method="full", batch_size=4, micro_batch_size=4, epochs=1)
    losses: list[float] = []

    def keep(done: int, total: int, metrics: dict) -> None:
        losses.append(metrics["loss"])

    data = [folder / f"{name}.jsonl" for name in ("sft", "exercises", "cpt")]
    sft.train(str(model), None, *data, IDENTIFIER, folder / model.name, config, 0, keep)

    network: Any
    network, processing = load(model, device="cpu")
    told = sft.read(data[0], Conversation)
    rows = sft.rows(told, IDENTIFIER, processing, config.weights, folder)
    rows += cpt.rows(cpt.read(data[2], Text)[1:], processing, folder)
    total, labels = 0.0, 0
    for row in (rows[i] for i in batch_order([len(r["input_ids"]) for r in rows], 4, 1, 0)):
        ids, weights = torch.tensor([row["input_ids"]]), torch.tensor(row["weights"][1:])
        with torch.no_grad():
            logits = network(ids, **pixels(processing, [row.get("pictures", [])])).logits[0, :-1]
        loss = torch.nn.functional.cross_entropy(logits.float(), ids[0, 1:], reduction="none")
        count = int((weights > 0).sum())
        total += float((loss * weights).sum() / weights.sum() * count)
        labels += count
    assert losses[0] == pytest.approx(total / labels, rel=0.01)


def test_lora_learns_from_pictures(folder: Path, tiny_visual_model: Path, tmp_path: Path) -> None:
    config = cpt.CPTConfig(lora=LoRA(r=4, alpha=8, blocks=1), learning_rate=1e-2, epochs=20)
    losses: list[float] = []

    def keep(done: int, total: int, metrics: dict) -> None:
        losses.append(metrics["loss"])

    texts = folder / "cpt.jsonl"
    cpt.train(str(tiny_visual_model), None, texts, tmp_path / "cpt", config, 0, keep)
    assert losses[-1] < losses[0] - 0.1
    assert (tmp_path / "cpt" / "adapter_model.safetensors").is_file()


# --- sampling -----------------------------------------------------------------------------------


def test_sampling_reads_pictures_as_transformers_does(folder: Path, model: Path) -> None:
    """Prompts with and without the policy's picture, in one batch behind shared prefixes."""
    network: Any
    network, processing = load(model, device="cpu")
    chats, pictures = [], []
    for name in (SCENE, "tall.png"):
        for policy in (None, POLICY):
            images = {name: folder / name}
            chats.append(messages(IDENTIFIER, "Which?", policy, images, {RED: folder / RED}))
            pictures.append([str(folder / RED)] * bool(policy) + [str(folder / name)])
    prompts = [chat_ids(processing, chat) for chat in chats]
    settings = EvalConfig(max_new_tokens=8, batch_size=3)
    placeholder = network.config.image_token_id
    ours = answer(network, processing, prompts, settings, pictures=pictures)
    for prompt, shown, written in zip(prompts, pictures, ours, strict=True):
        theirs = network.generate(
            torch.tensor([prompt]),
            **pixels(processing, [shown]),
            max_new_tokens=8,
            do_sample=False,
            suppress_tokens=[placeholder],
            eos_token_id=tokenizer_of(processing).eos_token_id,
        )
        assert written == theirs[0, len(prompt) :].tolist()
    swapped = answer(network, processing, prompts, settings, pictures=pictures[2:] + pictures[:2])
    assert "idefics3" in model.name or swapped != ours


def test_the_embedding_is_as_before_when_the_gallery_closes(
    folder: Path, tiny_visual_model: Path
) -> None:
    network, processing = load(tiny_visual_model, device="cpu")
    ids = text_ids(processing, parts("", {RED: folder / RED}))
    gallery = Gallery(network, processing, [ids], [[str(folder / RED)]])
    assert min(gallery.prompts[0]) >= len(network.get_input_embeddings().weight)
    with gallery.open():
        generate(network, gallery.prompts, max_new_tokens=1, eos=0)
    assert "forward" not in vars(network.get_input_embeddings())


def test_evaluation_shows_the_pictures(folder: Path, model: Path, tmp_path: Path) -> None:
    predictions = evaluate(
        str(model), None, folder / "rl.jsonl", None, IDENTIFIER, POLICY, tmp_path / "p.jsonl",
        EvalConfig(max_new_tokens=4), silent, policy_images={RED: folder / RED},
    )  # fmt: skip
    assert [p.item for p in predictions] == ["a", "b"]
    assert all(p.completion_tokens for p in predictions)


# --- reinforcement ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "method", "ours"),
    [(MODELS[0], "full", False), (MODELS[0], "full", True), (MODELS[1], "lora", True)],
)
def test_rollouts_see_policy_pictures_and_the_loss_does_not(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    name: str,
    method: str,
    ours: bool,
) -> None:
    """With our sampler and with TRL's generation; groups of equal reward are drawn anew, which
    mixes rows with pictures of different shapes."""
    model: Path = request.getfixturevalue(name)
    _, processing = load(model, device="cpu")
    tokenizer, seen, scored = tokenizer_of(processing), [], []
    single = policy_rollout.GRPOTrainer._generate_single_turn
    loss = policy_rollout.PolicyRolloutTrainer._compute_loss
    sample = policy_rollout.generate

    def spy_ours(network, prompts, **kw):
        words = len(network.get_input_embeddings().weight)
        seen.extend(sum(token >= words for token in prompt) for prompt in prompts)
        return sample(network, prompts, **kw)

    def spy_theirs(self, ids, images, fields, *args):
        seen.extend(sum(visual(processing, list(prompt))) for prompt in ids)
        return single(self, ids, images, fields, *args)

    def spy_loss(self, network, inputs):
        scored.extend(inputs["prompt_ids"].tolist())
        assert len(inputs["pixel_values"]) == len(inputs["prompt_ids"])
        return loss(self, network, inputs)

    if ours:
        monkeypatch.setattr(policy_rollout, "generate", spy_ours)
    else:
        monkeypatch.setattr(policy_rollout, "is_covered", lambda network: False)
    monkeypatch.setattr(policy_rollout.GRPOTrainer, "_generate_single_turn", spy_theirs)
    monkeypatch.setattr(policy_rollout.PolicyRolloutTrainer, "_compute_loss", spy_loss)
    config = rl.RLConfig(
        method=method, lora=LoRA(r=4, alpha=8, blocks=1), batch_size=8, micro_batch_size=4,
        steps=1, policy_free=2, policy_aware=2, max_new_tokens=5, retries=1,
    )  # fmt: skip
    rl.train(
        str(model), None, folder / "rl.jsonl", POLICY, IDENTIFIER, tmp_path / "rl", config, 0,
        silent, policy_images={RED: folder / RED},
    )  # fmt: skip
    one, both = (4, 8) if "llava" in model.name else (3 * 4, 3 * 4 + 5 * 4)
    assert len(seen) in (12, 16) and len(scored) == 8
    assert all(seen[i] == (one, one, both, both)[i % 4] for i in range(len(seen)))
    assert all(sum(visual(processing, ids)) == one for ids in scored)
    assert all("Case 1" not in str(tokenizer.decode(ids)) for ids in scored)


def test_vllm_is_refused_pictures(folder: Path, tiny_visual_model: Path, tmp_path: Path) -> None:
    config = rl.RLConfig(vllm=VLLM(mode="colocate"))
    with pytest.raises(TrainingError, match=r"pictures.*rl\.vllm\.mode=off"):
        rl.train(
            str(tiny_visual_model), None, folder / "rl.jsonl", POLICY, IDENTIFIER, tmp_path,
            config, 0, silent,
        )  # fmt: skip
