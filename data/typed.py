"""A message as it is typed: put right where parts were joined, and how carefully somebody typed.

In: a text put together from parts. Out: the same with its spaces, stops, articles and capitals put
right, and then as people type, mostly well, at times in lower case or without apostrophes.
"""

from __future__ import annotations

import random
import re

from parsers.language import article


def polish(text: str, keep: bool = False) -> str:
    """Spaces, doubled stops, articles and sentence capitals put right; `keep` spares capitals."""
    text = re.sub(r" {2,}", " ", text).strip(" ")
    text = re.sub(r" +([,?!]|\.(?!\.))", r"\1", text)
    text = re.sub(r"(?<=[!?:,])\.(?!\.)", "", text)
    text = re.sub(r"\b([Aa])n? (?=(\w+|[€$£]\d))", lambda m: _article(m), text)
    if keep:
        return text
    return re.sub(r"(^|[.!?]\s+|\n)([a-z])", lambda m: m.group(1) + m.group(2).upper(), text)


def _article(match: re.Match[str]) -> str:
    right = article(match.group(2))
    return (right.capitalize() if match.group(1) == "A" else right) + " "


def typed(text: str, rng: random.Random) -> tuple[str, str]:
    """How carefully it was typed: mostly well, at times in lower case or without apostrophes."""
    roll = rng.random()
    if roll < 0.72:
        return text, "neat"
    if roll < 0.86:
        return text.lower(), "lower"
    if roll < 0.95:
        return hasty(text).rstrip("?").strip(" ."), "hasty"
    return re.sub(r"[.](?=\s|$)", "!!", text), "loud"


def hasty(text: str) -> str:
    return re.sub(r"\byou\b", "u", re.sub(r"(?<=\w)'(?=\w)", "", text.lower()))
