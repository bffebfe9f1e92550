"""Parts of speech, features and lemmas of the statistical pipeline, found once for each word.

In: a spaCy doc that is tagged and parsed. Out: the same with what spaCy's attribute ruler and rule
lemmatizer say. All but a few of the ruler's patterns are of one word, and look at its form, tag and
label; so what they and the lemmatizer said of a word is kept, and a text is put through them
whole only where a pattern of several words may begin, or one changes a label.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from spacy.attrs import DEP, LEMMA, MORPH, ORTH, POS, TAG
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.pipeline import AttributeRuler, Lemmatizer
from spacy.tokens import Doc

NAME = "morphology"
MOST = 100_000
"""Words kept, of some 300 bytes each; then all are forgotten."""


class Morphology:
    """Takes the place of these two components."""

    def __init__(self, ruler: AttributeRuler, lemmatizer: Lemmatizer) -> None:
        self.ruler, self.lemmatizer = ruler, lemmatizer
        self.known: dict[tuple[int, ...], tuple[int, ...] | None] = {}
        self.opening = Matcher(ruler.vocab)
        entries: list[Any] = ruler.patterns
        for number, entry in enumerate(entries):
            for pattern in entry["patterns"]:
                if len(pattern) > 1 or "DEP" in entry["attrs"]:
                    self.opening.add(str(number), [pattern[:1]])

    def __call__(self, doc: Doc) -> Doc:
        if len(self.known) > MOST:
            self.known.clear()
        words = list(map(tuple, doc.to_array([ORTH, TAG, DEP]).tolist()))
        for place, word in enumerate(words):
            if word not in self.known and self.opening(doc[place : place + 1]):
                self.known[word] = None
        if any(self.known.get(word, ()) is None for word in words):
            return self.lemmatizer(self.ruler(doc))
        for place, word in enumerate(words):
            if word not in self.known:
                self.known[word] = self._said(doc, place)
        said: Any = np.array([self.known[word] for word in words], "uint64").reshape(-1, 3)
        return doc.from_array([POS, MORPH, LEMMA], said)

    def _said(self, doc: Doc, place: int) -> tuple[int, ...]:
        """What the two say of one word."""
        alone: Any = doc[place : place + 1]
        fitting = self.ruler.match(alone)
        self.ruler.set_annotations(doc, [(n, name, place, place + 1) for n, name, *_ in fitting])
        token: Any = doc[place]
        if token.lemma == 0:
            token.lemma_ = self.lemmatizer.lemmatize(token)[0]
        return token.pos, token.morph.key, token.lemma


@Language.factory(NAME)
def component(nlp: Any, name: str) -> Morphology:
    """The component for this pipeline, which has a ruler and a lemmatizer."""
    return Morphology(nlp.get_pipe("attribute_ruler"), nlp.get_pipe("lemmatizer"))
