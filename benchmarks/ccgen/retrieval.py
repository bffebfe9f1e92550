"""The rules nearest to a query, for arms that put a few rules into the prompt.

In: a policy's statements and queries. Out: the `k` nearest statements of each, recited one a line.
The embedding is WordLlama's (static, 256 dimensions, cut from Llama 2's and Llama 3's; MIT): its
wheel carries the weights, so nothing is fetched. It is installed with the extra `bench`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from data.recitations import recitations
from internalize.folder import RunError
from parsers.spec import PolicySpec

K = 8


@cache
def _embedder() -> Any:
    try:
        wordllama: Any = import_module("wordllama")
    except ModuleNotFoundError as error:
        raise RunError(
            "the retrieval arms need the embedding model of the extra 'bench'; install it with "
            "pip install -c constraints.txt '.[bench]'"
        ) from error
    # The package looks for its tokenizer in a folder it does not have; as a cache it is found.
    home = Path(wordllama.__file__).parent
    return wordllama.WordLlama.load(cache_dir=home, disable_download=True)


def retrieve(spec: PolicySpec, queries: Sequence[str], k: int = K) -> list[str]:
    """For each query the k nearest rules, the nearest first, as '[id] words' lines."""
    recited = recitations(spec)
    lines = [f"[{id}] {words}" for id, words in recited.items()]
    model = _embedder()
    rules_RD = model.embed(list(recited.values()), norm=True)
    found = []
    for start in range(0, len(queries), 256):
        near_QR = model.embed(list(queries[start : start + 256]), norm=True) @ rules_RD.T
        found += ["\n".join(lines[i] for i in (-row).argsort()[:k]) for row in near_QR]
    return found
