"""Clauses of a policy's sentences, and how the parts of a clause are put into a question.

In: a sentence. Out: its clauses (subject, verb group, rest), and questions in direct and indirect
word order. spaCy parses; before that, clock times and hyphenated words are merged into single
tokens, which the small English model otherwise tears apart. `data.questions`, `data.figures`,
`data.topics`, `data.instructions` and `data.rewording` rest on it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from parsers.language import nlp

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

CLOCK = r"\d{1,2}(?::\d{2})?\s?(?:[ap]\.?m\.?|o'clock)\b|\b\d{1,2}:\d{2}\b|\b(?:noon|midnight)\b"
MONEY_UNITS = (
    "euro euros dollar dollars pound pounds cent cents pence franc francs yen rupee rupees peso "
    "pesos krona kronor crown crowns usd eur gbp chf € $ £"
).split()
TIME_UNITS = (
    "second seconds minute minutes hour hours day days night nights week weeks month months year "
    "years weekday weekdays"
).split()
WEIGHT_UNITS = "kg kilo kilos kilogram kilograms gram grams g lb lbs tonne tonnes".split()
LENGTH_UNITS = "cm mm m km metre metres meter meters inch inches foot feet mile miles".split()
_MERGE = re.compile(rf"{CLOCK}|\w+(?:-\w+)+|[€$£]\s?\d[\d.,]*\d|[€$£]\s?\d", re.IGNORECASE)
PEOPLE = frozenset(
    "customer guest passenger traveller traveler user client caller visitor person someone anyone "
    "somebody anybody patron shopper buyer subscriber patient applicant claimant requester "
    "cardholder policyholder resident tenant borrower reader employee".split()
)


@lru_cache(maxsize=32768)
def analyse(text: str) -> Doc:
    """Parse one sentence with clock times, prices and hyphenated words as single tokens."""
    pipeline = nlp()
    doc = pipeline.make_doc(" ".join(text.split()))
    spans = [doc.char_span(*m.span(), alignment_mode="expand") for m in _MERGE.finditer(doc.text)]
    with doc.retokenize() as retokenizer:
        taken = -1
        for span in spans:
            if span is not None and len(span) > 1 and span.start > taken:
                retokenizer.merge(span)
                taken = span.end - 1
    for _, component in pipeline.pipeline:
        doc = component(doc)
    return doc


def sentences(text: str) -> list[str]:
    """Sentences and the parts of a sentence that semicolons separate, without end punctuation."""
    text = re.sub(r"^[A-Z][\w /-]{1,30}:\s+(?=[A-Z])", "", text)  # 'Payment: The rest is …'
    parts = re.split(r"(?<=[.!?])[\"”)]?\s+(?=[\"“(]?[A-Z0-9])|;\s+", " ".join(text.split()))
    return [part.strip().rstrip(".;:!") for part in parts if part.strip(" .;:!")]


def join(tokens: Iterable[Token]) -> str:
    """The tokens' text, with single spaces and none before punctuation."""
    text = "".join(token.text_with_ws or token.text for token in _spaced(tokens))
    return tidy(text)


def _spaced(tokens: Iterable[Token]) -> list[Token]:
    return [token for token in tokens if token.text.strip()]


def tidy(text: str) -> str:
    text = " ".join(text.split())
    text = re.sub(r"\s+([,.;:?!])", r"\1", text)
    return re.sub(r"[,;:]+([,;:.?!])", r"\1", text).strip(" ,;:")


def sentence(text: str) -> str:
    """The text as a sentence: capital first, full stop last."""
    text = tidy(text)
    if not text:
        return text
    return text[0].upper() + text[1:] + ("" if text[-1] in ".?!" else ".")


@lru_cache(maxsize=64)
def names_in(document: str) -> frozenset[str]:
    """Words that a document writes with a capital inside a sentence: its proper names."""
    prose = re.sub(r"^\s*#.*$", "", document, flags=re.MULTILINE)
    capital = Counter(re.findall(r"(?<=[a-z,] )[A-Z][\w'’-]*", prose))
    small = Counter(re.findall(r"\b[a-z][\w'’-]*", prose))
    found = {word for word, n in capital.items() if n > small[word.lower()]}
    leading = Counter(re.findall(r"\b[A-Z][a-z]+\b", document))
    for word, n in leading.items():
        if n > 1 and not small[word.lower()] and not small[word.lower().rstrip("s")]:
            found |= {word} if analyse(f"{word} is here")[0].tag_ == "NNP" else set()
    return frozenset(found - {word.capitalize() for word in DETERMINERS})


def decapitalize(text: str, names: frozenset[str] = frozenset()) -> str:
    """Lower-case the first letter unless the first word is a name or an abbreviation."""
    match = re.match(r"[A-Z][a-z'’]*(?=[\s,.;:?!-]|$)", text)
    if not match or match.group() == "I" or match.group() in names:
        return text
    following = text[match.end() :].lstrip().split(" ")[0]
    determiner = match.group().lower() in DETERMINERS
    if following[:1].isupper() and not determiner:
        return text
    return text[0].lower() + text[1:]


DETERMINERS = frozenset(
    "the a an all any each every both some no our your my his her their its this that these those "
    "if when where never always do please only for we you they it once unless".split()
)


# --- clauses --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clause:
    """One finite clause. `verb` holds auxiliaries, adverbs between them and the main verb."""

    subject: tuple[Token, ...]
    verb: tuple[Token, ...]
    tail: tuple[Token, ...]
    head: Token
    names: frozenset[str]

    @property
    def subject_text(self) -> str:
        return decapitalize(join(self.subject), self.names)

    @property
    def text(self) -> str:
        """The clause as a sentence of its own."""
        return sentence(" ".join([join(self.subject), join(self.verb), join(self.tail)]))

    @property
    def plural(self) -> bool:
        return "Number=Plur" in str(self._noun.morph) or any(
            token.dep_ == "conj" and token.head == self._noun for token in self.subject
        )

    @property
    def _noun(self) -> Token:
        inside = set(self.subject)
        return next((t for t in self.subject if t.head not in inside), self.subject[-1])

    @property
    def noun(self) -> Token:
        return self._noun

    def _group(self) -> tuple[str, str]:
        """(fronted auxiliary, what stays behind) of a question."""
        words = list(self.verb)
        first = next(
            (t for t in words if t.pos_ == "AUX" or t.tag_ == "MD" or t.lemma_ == "be"), None
        )
        if first is not None:
            rest = [t for t in words if t != first]
            return first.text.lower(), join(rest)
        finite = self.head
        aux = {"VBD": "did", "VBZ": "does"}.get(finite.tag_, "do" if self.plural else "")
        if not aux:
            aux = "do" if finite.tag_ == "VBP" or self._noun.lower_ in ("we", "you") else "does"
        stays = [finite.lemma_.lower() if t == finite else t.text for t in words]
        return aux, " ".join(stays)

    def yes_no(self, tail: str | None = None) -> str:
        """'Is the desk in Hall B?'; `tail` stands in for the clause's own rest."""
        aux, verb = self._group()
        rest = join(self.tail) if tail is None else tail
        return as_asked(f"{aux} {self.subject_text} {verb} {rest}")

    def wh(self, word: str, without: Sequence[Token], extra: str = "") -> tuple[str, str]:
        """(direct, indirect) question with `word` for the tokens `without`."""
        gone = set(without)
        aux, verb = self._group()
        rest = join(token for token in self.tail if token not in gone)
        direct = as_asked(f"{word} {aux} {self.subject_text} {verb} {rest} {extra}")
        indirect = you_for_we(tidy(f"{word} {self.subject_text} {join(self.verb)} {rest} {extra}"))
        return direct, indirect


def as_asked(text: str) -> str:
    text = you_for_we(tidy(text))
    return text[:1].upper() + text[1:] + "?"


_WE = {"we": "you", "us": "you", "our": "your", "ours": "yours", "ourselves": "yourselves"}


def you_for_we(text: str) -> str:
    """The company speaks of itself as 'we'; whoever asks says 'you'."""
    return re.sub(r"\b(we|us|our|ours|ourselves)\b", lambda m: _WE[m.group().lower()], text)


def clauses(text: str, names: frozenset[str] = frozenset()) -> list[Clause]:
    """The finite main clauses of a text that have a subject before their verb, in order."""
    return [clause for part in sentences(text) for clause in _clauses_of(analyse(part), names)]


_KEPT = "-–’‘'\"“”%()"
"""Punctuation that belongs to the words beside it."""


def _clauses_of(doc: Doc, names: frozenset[str]) -> list[Clause]:
    roots = [t for t in doc if t.dep_ == "ROOT"]
    if len(roots) != 1 or roots[0].pos_ not in ("VERB", "AUX"):
        return []
    heads = [roots[0]]
    for head in heads:
        heads += [t for t in head.rights if t.dep_ == "conj" and t.pos_ in ("VERB", "AUX")]
    starts = [_start(head) for head in heads]
    found: list[Clause] = []
    subject: tuple[Token, ...] = ()
    for n, head in enumerate(heads):
        begin = 0 if n == 0 else starts[n]
        end = min([s for s in starts if s > starts[n]], default=len(doc))
        extent = [t for t in doc[begin:end] if not (t.is_punct and t.text not in _KEPT)]
        while extent and (extent[-1].dep_ == "cc" or extent[-1].text in "-–"):
            extent.pop()
        own = next((t for t in head.lefts if t.dep_ in ("nsubj", "nsubjpass", "expl")), None)
        if own is not None:
            inside = [t for t in own.subtree if t.i < head.i]
            named = [t for t in extent if inside and t.i < inside[0].i and t.dep_ != "cc"]
            if named and all(t.text[0].isupper() for t in [*named, inside[0]]):
                inside = [*named, *inside]  # 'Larkwing Cargo', its first word taken for a verb
            subject = tuple(inside)
        if not subject or any(t.dep_ == "mark" for t in head.lefts):
            continue
        aux = (t.i for t in head.lefts if t.dep_ in ("aux", "auxpass", "neg", "advmod"))
        behind = subject[-1].i if own is not None else starts[n] - 1
        first = min((i for i in aux if i > behind), default=head.i)
        verb = tuple(t for t in extent if first <= t.i <= head.i)
        if own is not None and verb and (verb[0].i < subject[-1].i or subject[-1].i > head.i):
            continue
        tail = tuple(t for t in doc[begin:end] if t.i > head.i and t.i <= (extent[-1].i))
        fronted = [t for t in extent if own is not None and t.i < subject[0].i and t.dep_ != "cc"]
        if fronted or not _finite(verb, head):
            continue
        found.append(Clause(subject, verb, tail, head, names))
    return found


def _start(head: Token) -> int:
    own = [t for t in head.lefts if t.dep_ not in ("cc", "punct", "conj")]
    return min((t.left_edge.i for t in own), default=head.i)


def _finite(verb: Sequence[Token], head: Token) -> bool:
    if any(t.pos_ == "AUX" or t.tag_ == "MD" for t in verb):
        return True
    return head.tag_ in ("VBZ", "VBP", "VBD")
