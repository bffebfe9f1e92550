"""Short mnemonic ids for statements, made of the words that set them apart.

In: the statements' texts. Out: slugs like `bag-over-32kg`, unique in the document. The words come
from the statement alone, ranked by how rare they are in general English rather than in the
document, so that an edit elsewhere does not change an id; only a collision brings in more words.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from parsers.language import NUMBER_WORDS, analyse, singular

_STOP = set(
    "be have do will can may must should would could shall customer guest passenger user client "
    "agent staff case thing time way person people one other any all every each always never not "
    "ask give get make take use say let need want if when where unless except otherwise follow "
    "section rule policy please include apply accord go come put tell show see look know provide "
    "instead then also only more less than or and but they them their it its we our you your who "
    "that which this these those following above below same such own several already".split()
)
_NEGATIONS = {"never": "no", "not": "no", "n't": "no", "without": "without", "cannot": "no"}
PARTS = 3


def slugs(texts: Sequence[str]) -> list[str]:
    """One id a text, in order."""
    taken: set[str] = set()
    result = []
    for text in texts:
        words = _words(text)
        slug = next(
            (s for n in range(min(PARTS, len(words)), len(words) + 1)
             if (s := "-".join(words[:n])) and s not in taken),
            "",
        )  # fmt: skip
        if not slug:
            digest = hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
            base = "-".join(words[:PARTS]) or "rule"
            length = 4
            while (slug := f"{base}-{digest[:length]}") in taken and length < 64:
                length += 1
            while slug in taken:  # the very same text once more
                digest = hashlib.sha256(digest.encode()).hexdigest()
                slug = f"{base}-{digest[:8]}"
        taken.add(slug)
        result.append(slug)
    return result


def _words(text: str) -> list[str]:
    """The text's telling words, most telling first three in reading order, then the others."""
    scored: list[tuple[float, int, str]] = []
    doc = analyse(text)
    seen: set[str] = set()
    for token in doc:
        word, score = _telling(token.text, token.lemma_.lower(), token.pos_, token.tag_)
        if not word or word in seen:
            continue
        seen.add(word)
        if token.pos_ == "NUM" and token.i + 1 < len(doc):
            unit = doc[token.i + 1]
            if unit.lower_ in {"kg", "cm", "%", "percent", "pm", "am", "km", "gb", "mb"}:
                word += {"%": "pct", "percent": "pct"}.get(unit.lower_, unit.lower_)
        scored.append((score, token.i, word))
    best = sorted(scored, key=lambda item: (-item[0], item[1]))
    first = sorted(best[:PARTS], key=lambda item: item[1])
    return [word for *_, word in first] + [word for *_, word in best[PARTS:]]


def _telling(text: str, lemma: str, pos: str, tag: str) -> tuple[str, float]:
    if lemma in NUMBER_WORDS and pos == "NUM":
        return f"{NUMBER_WORDS[lemma]:g}", 2.0
    if re.fullmatch(r"[€$£]?\d[\d.,:]*", text):
        return re.sub(r"[^\d.]", "", text.replace(":", ".")).strip("."), 3.0
    word = singular(re.sub(r"[^a-z0-9]", "", lemma)) if text.isascii() else ""
    if pos in {"DET", "PRON", "ADP", "CCONJ", "SCONJ", "PUNCT", "PART", "AUX", "SPACE", "INTJ"}:
        return "", 0.0
    if len(word) < 2 or word in _STOP or lemma in _STOP or text.lower() in _STOP:
        return "", 0.0
    score = {"PROPN": 2.4, "NOUN": 2.2, "VERB": 2.0, "ADJ": 1.9, "NUM": 2.0}.get(pos, 1.0)
    if pos == "VERB" and tag in {"VBN", "VBD"}:
        score += 0.1
    return word, score + min(len(word), 10) / 50
