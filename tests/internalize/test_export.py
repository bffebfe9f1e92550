"""The checkpoint as a stranger uses it: plain transformers and PEFT, and nothing of ours."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from example import make_spec
from peft import AutoPeftModelForCausalLM, PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

from data.prompts import messages, system_prompt
from internalize.export import base_name, export
from stages.models import LoRA, ModelError, add_adapter, load

IDENTIFIER = make_spec().identifier
IDS = torch.arange(3, 40)[None]


@pytest.fixture(scope="module")
def adapter(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An adapter that changes what the model says."""
    model = add_adapter(load(tiny_model)[0], LoRA(r=4, alpha=8))
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "lora_B" in name:
                weight.copy_(0.1 * torch.randn(weight.shape, generator=generator))
    folder = tmp_path_factory.mktemp("rl")
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def checkpoint(tiny_model: Path, adapter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("run") / "checkpoint"
    export(str(tiny_model), adapter, make_spec(), out, {"Results": "| a | table |"})
    return out


def test_merged_weights_and_adapter_say_the_same(tiny_model: Path, checkpoint: Path) -> None:
    merged = AutoModelForCausalLM.from_pretrained(checkpoint / "merged", dtype="auto")
    base = AutoModelForCausalLM.from_pretrained(tiny_model)
    plain = base(IDS).logits
    adapted = PeftModel.from_pretrained(base, checkpoint)(IDS).logits
    assert merged.dtype == torch.bfloat16
    changed = (adapted - plain).abs().max()
    assert (merged.float()(IDS).logits - adapted).abs().max() < 0.05 * changed


def test_the_adapter_finds_its_base_by_itself(checkpoint: Path) -> None:
    model = AutoPeftModelForCausalLM.from_pretrained(checkpoint)
    direct = AutoModelForCausalLM.from_pretrained(checkpoint)  # transformers' own way
    torch.testing.assert_close(model(IDS).logits, direct(IDS).logits)


@pytest.mark.parametrize("part", ["", "merged"])
@pytest.mark.parametrize("prompt", [True, False])
def test_the_template_names_the_policy_by_itself(
    tiny_model: Path, checkpoint: Path, part: str, prompt: bool
) -> None:
    base = AutoTokenizer.from_pretrained(tiny_model)
    shipped = AutoTokenizer.from_pretrained(checkpoint / part)

    def same(bare: list[dict[str, str]], full: list[dict[str, str]]) -> None:
        how = {"tokenize": False, "add_generation_prompt": prompt}
        expected = base.apply_chat_template(full, **how)
        assert shipped.apply_chat_template(bare, **how) == expected

    question = 'May I bring a "27 kg" bag?\nIt\'s {{ heavy }}.'
    asked = messages(IDENTIFIER, question)
    same(asked[1:], asked)
    same(asked, asked)
    turns = [{"role": "assistant", "content": "Yes."}, {"role": "user", "content": "And two?"}]
    same(asked[1:] + turns, asked + turns)
    own = [{"role": "system", "content": "Speak Latin."}, *asked[1:]]
    same(own, own)
    with_document = messages(IDENTIFIER, question, policy="A changed rule.")
    same(with_document, with_document)


def test_the_templates_file_is_what_the_tokenizer_reads(checkpoint: Path) -> None:
    for folder in (checkpoint, checkpoint / "merged"):
        text = (folder / "chat_template.jinja").read_text(encoding="utf-8")
        assert AutoTokenizer.from_pretrained(folder).chat_template == text


@pytest.mark.parametrize("part", ["", "merged"])
def test_generation_is_greedy_and_ends_with_the_turn(checkpoint: Path, part: str) -> None:
    config = GenerationConfig.from_pretrained(checkpoint / part)
    tokenizer = AutoTokenizer.from_pretrained(checkpoint / part)
    assert config.do_sample is False
    assert config.max_new_tokens == 256
    assert config.eos_token_id == tokenizer.convert_tokens_to_ids("<|im_end|>")
    assert config.pad_token_id == tokenizer.pad_token_id


def test_the_card_says_what_it_is_and_how_to_load_it(tiny_model: Path, checkpoint: Path) -> None:
    card = (checkpoint / "README.md").read_text(encoding="utf-8")
    assert card.startswith("---\n")
    for part in (IDENTIFIER, system_prompt(IDENTIFIER), "## Results\n\n| a | table |", "0" * 64):
        assert part in card
    assert str(tiny_model) in card.split("---")[2]  # in the text; the hub's front matter wants ids
    assert str(tiny_model) not in card.split("---")[1]


def test_the_cards_code_runs(checkpoint: Path) -> None:
    card = (checkpoint / "README.md").read_text(encoding="utf-8")
    blocks = [part.partition("```")[0] for part in card.split("```python\n")[1:]]
    assert len(blocks) == 2
    code = "\n".join(blocks)
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], cwd=checkpoint, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_nothing_but_safetensors_and_text(checkpoint: Path) -> None:
    suffixes = {path.suffix for path in checkpoint.rglob("*") if path.is_file()}
    assert suffixes <= {".safetensors", ".json", ".jinja", ".md"}
    assert json.loads((checkpoint / "adapter_config.json").read_text())["inference_mode"] is True


def test_a_second_export_replaces_the_first_whole(
    tiny_model: Path, adapter: Path, tmp_path: Path
) -> None:
    out = tmp_path / "checkpoint"
    out.mkdir()
    (out / "of-an-earlier-run.txt").write_text("old")
    export(str(tiny_model), adapter, make_spec(), out, {})
    assert not (out / "of-an-earlier-run.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]


def test_a_failed_export_leaves_the_old_one(
    tiny_model: Path, adapter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from internalize import export as module

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    out = tmp_path / "checkpoint"
    out.mkdir()
    (out / "README.md").write_text("old")
    monkeypatch.setattr(module, "_write", full)
    with pytest.raises(OSError, match="No space"):
        export(str(tiny_model), adapter, make_spec(), out, {})
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]
    assert (out / "README.md").read_text() == "old"


def test_full_weights_are_exported_without_an_adapter(tiny_model: Path, tmp_path: Path) -> None:
    weights, out = tmp_path / "sft", tmp_path / "checkpoint"
    model, tokenizer = load(tiny_model)
    with torch.no_grad():
        model.get_input_embeddings().weight.mul_(2)
    model.save_pretrained(weights)
    tokenizer.save_pretrained(weights)
    export(str(tiny_model), weights, make_spec(), out, {})
    merged = AutoModelForCausalLM.from_pretrained(out / "merged", dtype=torch.float32)
    torch.testing.assert_close(merged(IDS).logits, model(IDS).logits, rtol=0.05, atol=0.05)
    assert not (out / "adapter_config.json").exists()


def test_a_visual_model_keeps_its_processor(tiny_visual_model: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForImageTextToText, AutoProcessor

    folder, out = tmp_path / "sft", tmp_path / "checkpoint"
    add_adapter(load(tiny_visual_model)[0], LoRA(r=4)).save_pretrained(folder)
    export(str(tiny_visual_model), folder, make_spec(), out, {})
    AutoModelForImageTextToText.from_pretrained(out / "merged")
    processor = AutoProcessor.from_pretrained(out / "merged")
    question = {"role": "user", "content": [{"type": "text", "text": "Is this a bag?"}]}
    text = processor.apply_chat_template([question], add_generation_prompt=True)
    assert text == (
        f"<|im_start|>system\n{system_prompt(IDENTIFIER)}<|im_end|>\n"
        "<|im_start|>user\nIs this a bag?<|im_end|>\n<|im_start|>assistant\n"
    )


def test_the_base_is_named_by_its_id_where_a_hub_has_it(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stages import models

    snapshot = tmp_path / "models--someone--tiny" / "snapshots" / "0123abcd"
    snapshot.parent.mkdir(parents=True)
    snapshot.symlink_to(tiny_model)
    monkeypatch.setattr(models, "_snapshot", lambda name: snapshot)
    assert base_name("someone/tiny") == "someone/tiny"
    assert base_name(models.DEFAULT) == models.DEFAULT_ID
    assert base_name(str(tiny_model)) == str(tiny_model)


def test_a_folder_without_weights_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        export(str(tiny_model), tmp_path, make_spec(), tmp_path / "checkpoint", {})
