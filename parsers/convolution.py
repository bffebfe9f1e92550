"""The word vectors of the statistical pipeline, without its framework's overhead a layer.

In: a spaCy pipeline with a `tok2vec` of hashed embeddings and convolutions of window 1 (Honnibal
2016, 'Embed, encode, attend, predict'; spaCy's MultiHashEmbed.v2 and MaxoutWindowEncoder.v2). Out:
the same pipeline with both layers replaced. On a sentence of ten words thinc spends most of its
time on calling layers, not on numbers. Here an embedding is computed once for each word, and the
convolutions are a few calls of numpy each. The operations, and their order, are thinc's; only the
products are numpy's, which take half the time of thinc's and differ in the last bit or two.
Simplified: it predicts only, and cannot be trained.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from thinc.api import Model

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

Rows = np.ndarray[Any, np.dtype[np.float32]]
"""A vector a row."""

MOST = 50_000
"""Embeddings kept, of some 400 bytes each; then all are forgotten."""


def lighten(nlp: Language) -> None:
    """Replace the layers of the pipeline's `tok2vec`."""
    tok2vec: Any = nlp.get_pipe("tok2vec")
    model: Model[Any, Any] = tok2vec.model
    embed, encode = model.layers
    model.replace_node(embed, _remembering(embed))
    model.replace_node(encode, _convolutions(encode))


def _remembering(embed: Model) -> Model[Any, Any]:
    """The embedding layer, asked once for each combination of a word's features."""
    columns = embed.layers[0].attrs["columns"]
    row = np.dtype((np.void, 8 * len(columns)))
    known: dict[bytes, Rows] = {}

    def forward(_: Model, docs: Sequence[Doc], is_train: bool):
        if len(known) > MOST:
            known.clear()
        features: list[list[Any]] = [
            doc.to_array(columns).view(row).ravel().tolist() if len(doc) else [] for doc in docs
        ]
        new = [place for place, keys in enumerate(features) if any(k not in known for k in keys)]
        if new:
            for place, vectors in zip(new, embed.predict([docs[n] for n in new]), strict=True):
                for key, vector in zip(features[place], vectors, strict=True):
                    if key not in known:
                        known[key] = vector.copy()  # and not the rows around it, too
        empty = np.zeros((0, embed.get_dim("nO")), dtype="float32")
        found = [
            np.concatenate([known[key] for key in keys]).reshape(len(keys), -1) if keys else empty
            for keys in features
        ]
        return found, _untrained

    return Model("remembering", forward, layers=[embed], dims={"nO": embed.get_dim("nO")})


def _convolutions(encode: Model) -> Model[Any, Any]:
    """The encoder's residual blocks: window of three, maxout, layer norm.

    Between two texts stand as many empty rows as there are blocks, so that none sees another; at
    the two ends, a row falls away with every block.
    """
    ops: Any = encode.ops
    pad = encode.attrs["pad"]
    blocks = [_parameters(block) for block in encode.layers[0].layers]

    def forward(_: Model, texts: list[Rows], is_train: bool):
        width = len(blocks[0][2])
        gap = np.zeros((pad, width), dtype="float32")
        rows = np.concatenate([part for text in texts for part in (gap, text)] + [gap])
        for weights, bias, gain, shift in blocks:
            windows = np.concatenate((rows[:-2], rows[1:-1], rows[2:]), axis=1)
            pieces = windows @ weights
            pieces += bias
            best, _which = ops.maxout(pieces.reshape(len(pieces), width, -1))
            best -= np.add.reduce(best, axis=1, keepdims=True) / np.float32(width)
            spread = np.add.reduce(best * best, axis=1, keepdims=True) / np.float32(width)
            spread += np.float32(1e-08)
            best *= spread ** (-1.0 / 2.0)
            best *= gain
            best += shift
            rows = rows[1:-1] + best
        found, start = [], 0
        for text in texts:
            found.append(rows[start : start + len(text)])
            start += len(text) + pad
        return found, _untrained

    return Model("convolutions", forward, layers=[encode], dims={"nO": encode.get_dim("nO")})


def _parameters(block: Model) -> tuple[Rows, Rows, Rows, Rows]:
    """Weights and bias of a block's maxout, gain and shift of its norm."""
    nodes: dict[str, Any] = {node.name: node for node in block.walk()}
    maxout, norm = nodes["maxout"], nodes["layernorm"]
    pieces = maxout.get_dim("nO") * maxout.get_dim("nP")
    weights = np.ascontiguousarray(maxout.get_param("W").reshape(pieces, -1).T)
    bias = maxout.get_param("b").reshape(pieces)
    return weights, bias, norm.get_param("G"), norm.get_param("b")


def _untrained(_: object) -> None:
    raise NotImplementedError("these layers predict only")
