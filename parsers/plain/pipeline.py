"""English without a statistical model: tags, lemmas and a shallow parse by rules and a word list.

In: a spaCy `Doc` with nothing but its tokens. Out: the same with Penn tags, universal ones, lemmas,
heads and labels as `en_core_web_sm` names them, as far as the parsers ask for them.
"""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from parsers.plain.parsing import Parse
from parsers.plain.tagging import tagged

_POS = {"DT": "DET", "PRP": "PRON", "PRP$": "PRON", "MD": "AUX", "IN": "ADP", "CC": "CCONJ",
        "WDT": "PRON", "WP": "PRON", "WP$": "DET", "WRB": "SCONJ", "EX": "PRON", "TO": "PART",
        "RB": "ADV", "RBR": "ADV", "RBS": "ADV", "RP": "ADP", "UH": "INTJ", "CD": "NUM",
        "JJ": "ADJ", "JJR": "ADJ", "JJS": "ADJ", "NN": "NOUN", "NNS": "NOUN", "NNP": "PROPN",
        "NNPS": "PROPN", "POS": "PART", "PDT": "DET", "FW": "X", "LS": "X", "$": "SYM",
        "_SP": "SPACE"}  # fmt: skip


def described(doc: Doc) -> Doc:
    """The doc with tags, base forms, heads and labels."""
    words = [token.text for token in doc]
    if not words:
        return doc
    tags, lemmas = tagged(words)
    parse = Parse(words, tags, lemmas)
    return Doc(
        doc.vocab,
        words=words,
        spaces=[bool(token.whitespace_) for token in doc],
        tags=tags,
        pos=list(map(_universal, tags, parse.labels, lemmas)),
        lemmas=lemmas,
        heads=parse.heads,
        deps=parse.labels,
    )


def _universal(tag: str, label: str, lemma: str) -> str:
    if tag[:2] == "VB":
        return "AUX" if label in {"aux", "auxpass"} or lemma == "be" else "VERB"
    if tag == "IN" and label == "mark":
        return "SCONJ"
    return _POS.get(tag, "PUNCT")


@Language.component("parsers_plain")
def _component(doc: Doc) -> Doc:
    return described(doc)


def pipeline() -> Language:
    """English tokens, and `described`."""
    from spacy.lang.en import English

    language = English()
    language.add_pipe("parsers_plain")
    return language
