"""The embedded multimodal model: put together rightly, with the wheel's encoder, and it learns."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import (
    AutoModelForCausalLM,
    Dinov2Model,
    LlamaConfig,
    LlamaForCausalLM,
)

from data.clevr.questions import Setting, generate
from data.prompts import parts
from data.samples import lines
from internalize import folder as files
from stages import alignment, descent, dinov2, llava, naming
from stages.alignment import Effort
from stages.models import VISUAL_DEFAULT, chat_ids, load, load_processing, tokenizer_of
from stages.pictures import pixels, text_ids, visual
from tests.conftest import train_tokenizer


@pytest.fixture(scope="module")
def language(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny Llama whose tokenizer has SmolLM2's reserved token, and words as one."""
    tokenizer = train_tokenizer((llava.RESERVED, " nothing", " red", " blue"))
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=2,
        tie_word_embeddings=True,
        eos_token_id=tokenizer.eos_token_id,
        initializer_range=0.3,  # so that it prefers some words to others
    )
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("language")
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def encoder() -> dict[str, torch.Tensor]:
    """Random weights of two blocks, of which one is kept."""
    torch.manual_seed(1)
    return Dinov2Model(dinov2.config(2)).state_dict()


@pytest.fixture
def assembled(
    language: Path, encoder: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """With one trained difference."""
    monkeypatch.setattr(llava, "BLOCKS", 1)
    name = "model.language_model.layers.0.mlp.up_proj.weight"
    trained = {
        f"{llava.PROJECTOR}linear_2.bias": torch.full((32,), 2.0),
        f"{name}.up": torch.ones(64, 2),
        f"{name}.down": torch.ones(2, 32),
    }
    save_file(trained, tmp_path / "trained.safetensors")
    llava.assemble(language, encoder, tmp_path / "trained.safetensors", tmp_path / "model")
    return tmp_path / "model"


def test_a_picture_is_64_tokens_and_changes_what_is_said(assembled: Path, tmp_path: Path) -> None:
    model: Any
    model, processing = load(assembled, device="cpu")
    seen = []
    for color in ("red", "blue"):
        Image.new("RGB", (50, 30), color).save(tmp_path / f"{color}.png")
        ids = text_ids(processing, parts("What?", {"a": tmp_path / f"{color}.png"}))
        assert sum(visual(processing, ids)) == 64
        assert ids[64:] == text_ids(processing, parts("What?"))
        with torch.inference_mode():
            inputs = pixels(processing, [[str(tmp_path / f"{color}.png")]])
            seen.append(model(torch.tensor([ids]), **inputs).logits)
    assert not torch.allclose(seen[0], seen[1])
    chat = [{"role": "user", "content": "Hi"}]
    text = tokenizer_of(processing).decode(chat_ids(processing, chat))
    assert text == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"


def test_what_was_trained_is_put_in_and_nothing_else_changes(
    assembled: Path, language: Path
) -> None:
    model: Any
    model, _ = load(assembled, device="cpu")
    plain: Any = AutoModelForCausalLM.from_pretrained(language, dtype=torch.float32)
    assert torch.all(model.model.multi_modal_projector.linear_2.bias == 2)
    changed = "layers.0.mlp.up_proj.weight"
    ours, theirs = model.model.language_model.state_dict(), plain.model.state_dict()
    assert torch.allclose(ours[changed], theirs[changed] + 2)
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs if name != changed)
    assert model.lm_head.weight is model.get_input_embeddings().weight
    assert len(model.model.vision_tower.encoder.layer) == 1


def test_the_encoder_computes_what_the_wheels_file_computes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The figures are onnxruntime's, of the eighth block on a ramp, before any training."""
    monkeypatch.setattr(llava, "TRAINED", Path("none"))
    model: Any
    model, _ = load(VISUAL_DEFAULT, device="cpu")
    ramp = torch.linspace(-2, 2, 3 * 224 * 224).view(1, 3, 224, 224)
    with torch.inference_mode():
        outputs = model.model.vision_tower(ramp, output_hidden_states=True)
    hidden = outputs.hidden_states[-1][0]
    for token, channels, figures in (
        (0, slice(4), [-0.18493612, 0.01341513, -0.0180128, 0.10355538]),
        (100, slice(4), [-0.14599374, 0.18879613, -0.19672908, -0.07337995]),
        (256, slice(380, 384), [-0.10263593, 0.13065818, 0.03389832, -0.3589173]),
    ):
        assert hidden[token, channels].tolist() == pytest.approx(figures, abs=1e-4)
    image = load_processing(VISUAL_DEFAULT)(  # type: ignore[operator]
        images=Image.new("RGB", (640, 480), (124, 116, 104)), text="<image>", return_tensors="pt"
    )["pixel_values"]
    assert image.shape == (1, 3, 224, 224)
    assert image.abs().max() < 0.02  # ImageNet's mean


def test_the_shipped_model_sees(tmp_path: Path) -> None:
    """Scenes that training never showed; half of the answers are yes."""
    for name, content in generate(Setting(seed=7, train=0, test=12)):
        files.write_bytes(tmp_path / name, content)
    network, processing = load(VISUAL_DEFAULT, device="cpu")
    found = alignment.right(network, processing, alignment.scenes(tmp_path / "test.jsonl"), 4)
    assert len(found["exists"]) == 24
    assert sum(found["exists"]) >= 21


# --- alignment ----------------------------------------------------------------------------------


@pytest.fixture
def folder(language: Path, encoder: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Pictures half of one color or another, with questions, and a tiny model to align."""
    monkeypatch.setattr(llava, "BLOCKS", 1)
    llava.assemble(language, encoder, None, tmp_path / "base")

    def fetch(cache: Path, base: Path, name: str, trained: Path | None) -> Path:
        if trained is None:
            return tmp_path / "base"
        llava.assemble(language, encoder, trained, trained.with_suffix(".model"))
        return trained.with_suffix(".model")

    monkeypatch.setattr(llava, "fetch", fetch)
    exchanges, named = [], []
    for number in range(8):
        image, color = f"{number}.png", ("red", "blue")[number % 2]
        picture = Image.new("RGB", (224, 224), "white")
        picture.paste(color, (112, 0, 224, 224))
        picture.save(tmp_path / image)
        exchanges += [
            alignment.Exchange(image=image, question=question, answer=color)
            for question in ("Which color?", "What is it like?")
        ]
        things = [(x, y) for x in (0.55, 0.7, 0.8, 0.95) for y in (0.1, 0.2, 0.3, 0.45, 0.55, 0.7)]
        named.append(
            naming.Picture(
                image=image,
                things=tuple(naming.Thing(x=x, y=y, words={"color": color}) for x, y in things),
            )
        )
    for split, some, those in (
        ("train", exchanges[:12], named[:6]),
        ("test", exchanges[12:], named[6:]),
    ):
        (tmp_path / f"{split}.jsonl").write_text("".join(lines(some)))
        (tmp_path / f"{split}-things.jsonl").write_text("".join(lines(those)))
    return tmp_path


def test_questions_side_by_side_are_as_if_asked_alone(folder: Path) -> None:
    network, processing = load(folder / "base", device="cpu")
    asked = alignment.scenes(folder / "train.jsonl")[:2]
    together, labels = alignment.scores(network, alignment.batch(asked, processing))
    alone = [
        alignment.scores(network, alignment.batch([(image, [exchange])], processing))
        for image, exchanges in asked
        for exchange in exchanges
    ]
    assert torch.allclose(together, torch.cat([logits for logits, _ in alone]), atol=1e-4)
    assert labels.tolist() == torch.cat([targets for _, targets in alone]).tolist()
    image, (_, exchange) = asked[0]
    parts_ = [{"type": "image", "image": str(image)}, {"type": "text", "text": exchange.question}]
    ids = chat_ids(processing, [{"role": "user", "content": parts_}])
    plain: Any = network
    logits = plain(torch.tensor([ids]), **pixels(processing, [[str(image)]])).logits[0, -1]
    assert torch.allclose(logits, alone[1][0][0], atol=1e-4)


def test_it_learns_to_name_and_to_answer_and_goes_on_after_an_interruption(
    folder: Path, language: Path, encoder: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    def train(out: Path) -> tuple[list[bool], dict[str, list[bool]]]:
        named = alignment.name(folder, out / "named", Effort(25, 2, 3e-3, 4))
        return named, alignment.answer(folder, out / "named", out / "all", Effort(30, 3, 1e-2, 8))

    assert train(folder / "whole") == ([True] * 48, {"any": [True] * 4})

    save, saves = descent._save, []

    def killed(*args: Any) -> None:
        save(*args)
        saves.append(args)
        if len(saves) == 20:
            raise KeyboardInterrupt

    monkeypatch.setattr(descent, "SAVE_SECONDS", 0)
    monkeypatch.setattr(descent, "_save", killed)
    with pytest.raises(KeyboardInterrupt):
        train(folder / "parts")
    train(folder / "parts")
    whole, parts = (load_file(folder / name / "all") for name in ("whole", "parts"))
    assert all(torch.equal(whole[name], parts[name]) for name in whole)
    assert not (folder / "parts" / "all.partial").exists()

    llava.assemble(language, encoder, folder / "whole" / "all", folder / "seeing")
    network, processing = load(folder / "seeing", device="cpu")
    found = alignment.right(network, processing, alignment.scenes(folder / "train.jsonl"), 4)
    assert found == {"any": [True] * 12}


def test_a_picture_reads_as_the_words_in_their_places(folder: Path) -> None:
    network, processing = load(folder / "base", device="cpu")
    pictures = naming.pictures(folder / "train-things.jsonl")[:2]
    words = naming.Words(pictures, network, processing)
    assert words.values == {"color": ["blue", "red"]}
    blue, red = words.embeddings["color"]
    told = words.nothing.repeat(2, 64, 1)
    for row, column in itertools.product((0, 1, 2, 3, 4, 5), (4, 5, 6, 7)):
        told[0, row * 8 + column], told[1, row * 8 + column] = red, blue
    exact = naming.loss(told, pictures, words)
    for wrong in (told.roll(1, dims=1), told.flip(0)):
        assert naming.loss(wrong, pictures, words) > exact + 0.5
    thing = naming.Thing(x=0.5, y=0.5, words={"color": "ultramarine blue"})
    odd = [naming.Picture(image="x", things=(thing,))]
    with pytest.raises(ValueError, match=r"'ultramarine blue' is .* tokens"):
        naming.Words(odd, network, processing)
