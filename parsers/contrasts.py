"""Statements that decide one matter case by case, told by what they have in common.

In: the words of the conditions of two statements, or the text of one that has none. Out: whether
they test the same ('the price is higher' / 'the price is lower'), and the plain subject ('Sale
items') that a neighbour about 'other items' turns into a case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

from parsers.clauses.structure import Range
from parsers.language import is_finite, tokens_of
from parsers.restrictions import DEFINITE
from parsers.segments import main_verb

_ALIKE = 0.5
_KIN = 5
"""Letters at the end of two words that make them kin."""
_TOLD = {"NOUN", "PROPN", "VERB", "ADJ", "NUM", "ADV"}


def alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two circumstances share most of their words, and differ in some."""
    shared = {*one} & {*other}  # of the lead-in above both
    one, other = ([text for text in texts if text not in shared] for texts in (one, other))
    if not one or not other:
        return False
    a, b = _words(one), _words(other)
    if a != b and len(one) == len(other) == 1 and _state_of(one[0]) == _state_of(other[0]) != "":
        return True
    apart = ([_words([text]) for text in texts] for texts in (one, other))
    return any(
        x != y and min(len(x), len(y)) > 1 and len(x & y) >= _ALIKE * len(x | y)
        for x, y in [(a, b), *product(*apart)]
    )


def _state_of(text: str) -> str:
    """What a clause says that it is in some state: 'the status' of 'the status is open'."""
    verb = next((t for t in tokens_of(text) if is_finite(t)), None)
    if verb is None or verb.lemma_ != "be":
        return ""
    heads = (verb, verb.head) if verb.dep_ in {"aux", "auxpass"} else (verb,)
    subject = next((t for h in heads for t in h.lefts if t.dep_ in {"nsubj", "nsubjpass"}), None)
    told = subject is not None and subject.pos_ == "NOUN"
    return f"{subject.lemma_.lower()} {verb.lower_}" if subject is not None and told else ""


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(t.lemma_.lower() for text in texts for t in tokens_of(text) if t.pos_ in _TOLD)


def parallel(one: str, other: str) -> bool:
    """Whether two sentences say the same of two classes of one thing: 'Old vans pay 3 euros. …'"""
    a, b = _told(one), _told(other)
    if a is None or b is None or a[0] != b[0] or a[2] == b[2]:
        return False
    return a[1] == b[1] or a[1][-_KIN:] == b[1][-_KIN:]  # 'upgrade', 'downgrade'


def _told(text: str) -> tuple[str, str, str] | None:
    """The verb, the noun and the whole subject of a sentence about any thing of a class."""
    tokens = tokens_of(text.rstrip(" .;:!,"))
    root = next((t for t in tokens if t.dep_ == "ROOT"), None)
    noun = next((t for t in root.lefts if t.dep_ in {"nsubj", "nsubjpass"}), None) if root else None
    if root is None or noun is None or root.lemma_ in {"be", "have"} or not is_finite(root):
        return None
    single = any(t.lower_ in {"a", "an", "any", "each"} for t in noun.lefts)
    plural = noun.tag_ in {"NNS", "NNPS"} and not any(t.lower_ in DEFINITE for t in noun.lefts)
    what = "".join(t.lower_ for t in noun.subtree if t.pos_ != "DET")
    return (root.lemma_.lower(), noun.lemma_.lower(), what) if single or plural else None


def plain_subject(text: str, phrases: bool = False) -> tuple[Range, int] | None:
    """Where a clause's subject stands, if it is a class of things, and where its verb begins.

    Args:
        phrases: allow prepositional phrases in it: 'Changes to the menu'.
    """
    tokens = tokens_of(text.rstrip(" .;:!,"))
    verb = main_verb(tokens)
    if verb is None:
        return None
    subject = [t for t in tokens if t.i < verb.i]
    if (
        len(subject) < 2
        or subject[0].lower_ in DEFINITE
        or not any(
            t.dep_ in {"nsubj", "nsubjpass"}
            and (t.tag_ in {"NNS", "NNPS"} or (phrases and subject[0].lower_ in {"a", "an", "any"}))
            for t in subject
        )
    ):
        return None
    if any(is_finite(t) or t.is_punct or (t.pos_ == "ADP" and not phrases) for t in subject):
        return None
    return (subject[0].idx, subject[-1].idx + len(subject[-1])), verb.idx
