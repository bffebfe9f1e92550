"""Short mnemonic ids for statements, made of the words that set them apart.

In: the statements' texts. Out: slugs like `cargo-over-32kg`, unique in the document, and as far as
may be in their first word. The words come from the statement alone, ranked by what they tell in
English at large, so that an edit elsewhere changes an id only where the two would collide.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Token

from parsers.language import NUMBER_WORDS, analyse, prepared, singular

_STOP = set(
    "be have do will can may must should would could shall customer guest passenger user client "
    "agent staff case thing time way person people one other any all every each always never not "
    "ask give get make take use say let need want if when where unless except otherwise follow "
    "section rule policy please include apply accord go come put tell show see look know provide "
    "instead then also only more less than or and but they them their it its we our you your who "
    "that which this these those following above below same such own several already".split()
)
_UNITS = {"kg", "g", "cm", "mm", "m", "km", "gb", "mb", "%", "percent", "pm", "am", "min", "day",
          "hour", "euro", "dollar", "pound", "lb"}  # fmt: skip
PARTS = 3
COMMON = 4
"""A word of so many statements opens no id."""


@dataclass(frozen=True)
class _Word:
    """A word or measure that may go into an id."""

    text: str
    score: float
    place: int

    @property
    def size(self) -> int:
        return self.text.count("-") + 1

    @property
    def counts(self) -> bool:
        return any(c.isdigit() for c in self.text)


def slugs(texts: Sequence[str]) -> list[str]:
    """One id a text, in order."""
    told = [_telling_words(text) for text in prepared(texts)]
    count = Counter(word.text for words in told for word in words)
    heads = {text for text in count if count[text] >= COMMON}
    taken: set[str] = set()
    last: dict[str, str] = {}
    result = []
    for text, words in zip(texts, told, strict=True):
        chosen, rest = _parts(words, heads)
        chosen = chosen or _plain(text)
        heads.update(chosen[:1])
        longer = ("-".join([*chosen, *rest[:n]]) for n in range(len(rest) + 1))
        slug = next((s for s in longer if s and s not in taken), "")
        if not slug:
            digest = hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
            base = "-".join(chosen) or "rule"
            length = 4
            while (slug := f"{base}-{digest[:length]}") in taken and length < 64:
                length += 1
            digest = last.get(text, digest)
            while slug in taken:  # the very same text once more
                digest = hashlib.sha256(digest.encode()).hexdigest()
                slug = f"{base}-{digest[:8]}"
            last[text] = digest
        taken.add(slug)
        result.append(slug)
    return result


def _parts(words: list[_Word], heads: set[str]) -> tuple[list[str], list[str]]:
    """The words of an id, one that opens no other and then the most telling; and all the rest.

    A model that cites a rule makes its choice with the first word and only spells out what follows.
    Where all ids of a matter open with the matter's name, it chooses before it has looked.
    """
    if not words:
        return [], []
    head = next((w for w in words if w.text not in heads and not w.counts), words[0])
    chosen = [head]
    for word in words:
        fits = sum(w.size for w in chosen) + word.size <= PARTS
        if word is not head and fits and not (word.counts and any(w.counts for w in chosen)):
            chosen.append(word)
    near = sorted(chosen[1:], key=lambda word: word.place)
    rest = [word.text for word in words if word not in chosen]
    return [word.text for word in (head, *near)], rest


def _plain(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower().encode("ascii", "ignore").decode())[:PARTS]


def _telling_words(text: str) -> list[_Word]:
    """The words that tell what a text is about, each once, the most telling first."""
    found: list[_Word] = []
    doc = analyse(text)
    seen: set[str] = set()
    for token in doc:
        word, score = _telling(token.text, token.lemma_.lower(), token.pos_, token.tag_)
        if not word or word in seen:
            continue
        seen.add(word)
        if word[0].isdigit():
            word = _measure(doc, token, word)
            if word in seen:
                continue
            seen.add(word)
            if token.i + 1 < len(doc) and word[-1:].isalpha():
                seen.add(singular(doc[token.i + 1].lemma_.lower()))
        found.append(_Word(word, score, token.i))
    return sorted(found, key=lambda word: (-word.score, word.place))


def _measure(doc: Doc, token: Token, number: str) -> str:
    """A number with its unit and its comparison: 'over-32kg', '48hours'."""
    if token.i + 1 < len(doc):
        unit = doc[token.i + 1]
        short = {"%": "pct", "percent": "pct"}.get(unit.lower_, unit.lower_)
        if unit.lower_ in _UNITS or (unit.tag_ == "NNS" and len(short) <= 8):
            number += re.sub(r"[^a-z]", "", short)
    elif doc[token.i - 1].text in {"€", "$", "£"}:
        pass
    before = doc[max(0, token.i - 3) : token.i].text.lower()
    after = doc[token.i + 1 : token.i + 5].text.lower()
    if re.search(r"\b(?:no|not) (?:more|later|longer|over)\b", before):
        return f"max-{number}"
    if re.search(r"\b(?:more|longer|heavier|older|greater|over|above|exceed\w*)\b", before):
        return f"over-{number}"
    if re.search(r"\b(?:less|fewer|under|below|younger)\b", before):
        return f"under-{number}"
    if match := re.search(r"\bor (more|less|fewer|over|under)\b", after):
        return f"{'min' if match[1] in {'more', 'over'} else 'max'}-{number}"
    if re.search(r"\b(?:until|within|at least|up to|after|before)\b", before):
        word = re.findall(r"\b(?:until|within|least|up|after|before)\b", before)[-1]
        return f"{ {'least': 'min', 'up': 'max'}.get(word, word) }-{number}"
    return number


def _telling(text: str, lemma: str, pos: str, tag: str) -> tuple[str, float]:
    if lemma in NUMBER_WORDS and pos == "NUM":
        return f"{NUMBER_WORDS[lemma]:g}", 2.0
    if re.fullmatch(r"[€$£]?\d[\d.,:]*", text):
        return re.sub(r"[^\d.]", "", text.replace(":", ".")).strip("."), 2.9
    word = singular(re.sub(r"[^a-z0-9]", "", lemma)) if text.isascii() else ""
    if pos in {"DET", "PRON", "ADP", "CCONJ", "SCONJ", "PUNCT", "PART", "AUX", "SPACE", "INTJ"}:
        return "", 0.0
    if len(word) < 2 or word in _STOP or lemma in _STOP or text.lower() in _STOP:
        return "", 0.0
    if pos == "ADV" and text[:1].isupper():
        pos = "ADJ"
    score = {"PROPN": 2.4, "NOUN": 2.2, "VERB": 2.0, "ADJ": 1.9, "NUM": 2.0}.get(pos, 1.0)
    if pos == "VERB" and tag in {"VBN", "VBD"}:
        score += 0.1
    return word, score + min(len(word), 10) / 50
