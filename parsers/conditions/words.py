"""The words of a clause: what is left of it without markup, and which of them carry content."""

from __future__ import annotations

import re
from collections.abc import Container

from parsers.conditions.comparisons import LESS, MORE
from parsers.language import analyse, singular

_LIGHT = {"be", "have", "hold", "own", "get", "do", "will", "can", "may", "must", "should", "would",
          "could", "belong", "possess", "carry", "fall", "become", "present", "show", "travel",
          "shall"}  # fmt: skip
_NOISE = {"already", "also", "then", "instead", "still", "other", "same", "such", "own", "case",
          "just", "now", "currently", "really", "yet"}  # fmt: skip
# what the rule before has taken: '(later than that, but) not less than 20 minutes before'
_BEYOND_THAT = re.compile(
    rf"\b(?:{MORE}|{LESS}) than (?:that|this),? (?:but|yet|and) (?:still )?", re.IGNORECASE
)


# '7 or more on a scale from 0 to 10'
_SCALE = re.compile(r"(?<=\w) on (?:a|the|our) scale (?:from|of) \w+ to \w+", re.IGNORECASE)


def stripped(text: str) -> str:
    """A phrase without parentheses, the blanks and stops around it, and what only refers back.

    Nor does it say on what scale something is measured.
    """
    text = re.sub(r"\s*\([^()]*\)", "", text)
    text = _SCALE.sub("", _BEYOND_THAT.sub("", text))
    text = re.sub(r"(?<=[a-z]s)['’](?= (?:notice|delay|warning)\b)", "", text)  # '24 hours' notice'
    return " ".join(text.split()).strip(" ,;:.–—-")


def lowered(kind: str) -> str:
    """A phrase's first letter in lower case, unless its first word is no plain word."""
    return kind[:1].lower() + kind[1:] if kind[1:].islower() else kind


def content(text: str, keep_light: bool = False) -> frozenset[str]:
    """Content lemmas, without the light verbs that only say that something is the case."""
    result = set()
    for token in analyse(text):
        lemma = token.lemma_.lower()
        if token.tag_ == "NNPS" or (token.pos_ == "PROPN" and lemma.endswith("s")):
            lemma = singular(lemma)
        if token.pos_ == "PROPN" or token.text[:1].isupper():
            lemma = singular(token.lower_)
        if not token.is_alpha and token.pos_ != "NUM":
            if not re.search(r"\w", token.text):
                continue
        if token.pos_ in {"NOUN", "PROPN", "VERB", "ADJ", "ADV", "NUM", "X", "AUX"}:
            if lemma in _NOISE or token.tag_ in {"WRB"} or lemma in {"not", "n't", "no"}:
                continue
            if lemma in _LIGHT and not (keep_light and token.pos_ == "VERB"):
                continue
            if token.pos_ == "AUX":
                continue
            result.add(lemma)
    return frozenset(result)


def words_in_order(text: str, skip: str = "") -> list[str]:
    """The content words as they come."""
    keep = content(text)
    words = []
    for token in analyse(text):
        for lemma in (token.lemma_.lower(), singular(token.lower_)):
            if lemma in keep and lemma != skip and lemma not in words:
                words.append(lemma)
                break
    return words


def variable_name(words: list[str], taken: Container[str]) -> str:
    """A name made of the first words, unlike those taken."""
    slug = "_".join(re.sub(r"[^a-z0-9]+", "", w.lower()) for w in words[:4]).strip("_")
    slug = re.sub(r"_+", "_", slug) or "circumstance"
    if slug[0].isdigit():
        slug = f"n{slug}"
    name, number = slug, 2
    while name in taken:
        name, number = f"{slug}_{number}", number + 1
    return name
