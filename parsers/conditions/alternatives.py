"""Kinds joined by 'or' before the noun they share: 'a Season or Saver ticket'.

In: a clause. Out: the clause once for each kind, so that 'a Season ticket' elsewhere is the same
circumstance; nothing where what 'or' joins is no pair of kinds.
"""

from __future__ import annotations

import re

from spacy.tokens import Token

from parsers.language import analyse

_KIND = {"ADJ", "NOUN", "PROPN"}
_BEFORE = {"DET", "ADP", "AUX", "VERB"}
_COMPARING = set("more less fewer later earlier longer older younger other both either so not over "
                 "under above below beyond".split())  # fmt: skip


def alternatives(text: str) -> list[str]:
    """The clause with the first kind alone, and with the second alone; none without a pair."""
    if not re.search(r"\bor\b", text, re.IGNORECASE):
        return []
    tokens = [t for t in analyse(text) if not t.is_space]
    for i in range(2, len(tokens) - 1):
        if tokens[i].lower_ != "or" or not _pair(tokens, i):
            continue
        one, other = tokens[i - 1], tokens[i + 1]
        before, after = text[: one.idx], text[other.idx + len(other) :]
        return [f"{before}{kind.text}{after}" for kind in (one, other)]
    return []


def _pair(tokens: list[Token], i: int) -> bool:
    """Whether bare kinds stand beside the 'or': of a noun that follows, or two names."""
    one, other = tokens[i - 1], tokens[i + 1]
    if {one.pos_, other.pos_} - _KIND or {one.lower_, other.lower_} & _COMPARING:
        return False
    if tokens[i - 2].pos_ not in _BEFORE or one.tag_ in {"JJR", "NNS", "VBN"}:
        return False
    following = tokens[i + 2] if i + 2 < len(tokens) else None
    if following is not None and following.pos_ == "NOUN":
        return True
    names = one.text[:1].isupper() and other.text[:1].isupper()
    return following is None and (names or tokens[i - 2].lower_ == "by")
