"""What a person would name a text by: its noun phrases.

In: a statement's text. Out: topics such as 'car park' and 'guest's room number'.
"""

from __future__ import annotations

import re

from data.instructions import instructions
from data.syntax import MONEY_UNITS, PEOPLE, TIME_UNITS, analyse, decapitalize, join, sentences

_EMPTY = PEOPLE | frozenset(
    "it they them we us you i he she this that these those which who what one everyone all "
    "others thing case cases way time item items".split()
)


_OUTER = ("det", "predet", "nummod", "cc", "preconj", "advmod", "neg")


def topics(text: str, names: frozenset[str] = frozenset()) -> dict[str, bool]:
    """Noun phrases a person would name the text by ('car park', 'guest's room number').

    The value tells whether the phrase is the subject of its clause.
    """
    found: dict[str, bool] = {}
    for part in sentences(text):
        acts = instructions(part)
        doc = analyse("; ".join(f"you should {a.verb_phrase}" for a in acts) if acts else part)
        for chunk in doc.noun_chunks:
            tokens = [t for t in chunk if not t.is_punct]
            if tokens and tokens[0].lower_ in ("another", "other", "such", "same"):
                continue
            definite = bool(tokens) and tokens[0].lower_ == "the"
            while tokens and (tokens[0].dep_ in _OUTER or tokens[0].like_num):
                tokens = tokens[1:]
            if not tokens or tokens[-1].lemma_.lower() in _EMPTY or tokens[-1].pos_ == "PRON":
                continue
            if any(t.text[0].isdigit() or t.text[0] in "€$£" for t in tokens):
                continue
            if tokens[0].pos_ == "PRON" or tokens[-1].lower_ in TIME_UNITS + MONEY_UNITS:
                continue
            topic = decapitalize(join(tokens), names)
            if numbered := re.search(rf"\b{re.escape(topic)} (?:\d+|[A-Z])\b", part):
                topic = numbered.group()
            if definite and topic[:1].isupper():
                topic = f"the {topic}"
            if len(topic) > 2:
                found[topic] = found.get(topic, False) or chunk.root.dep_.startswith("nsubj")
    return found


def the(topic: str) -> str:
    """'car park' -> 'the car park'; plurals, names and quotations stay as they are."""
    if topic.startswith("the "):
        return topic
    plural = analyse(topic)[-1].tag_ in ("NNS", "NNPS") or " and " in topic
    return topic if plural or not topic[:1].islower() else f"the {topic}"
