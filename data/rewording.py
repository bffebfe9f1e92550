"""A clause of a policy as a customer would say it of themselves, and denied.

In: a clause. Out: the same in the first person, or with 'not'; None where that is not plain, for
broken grammar is worse than less variety.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from data.syntax import PEOPLE, analyse, tidy

if TYPE_CHECKING:
    from spacy.tokens import Token


_FIRST = {"is": "am", "are": "am", "were": "was", "has": "have", "does": "do", "'s": "am"}
_GROUPS = ("family", "company", "household")
_MINE = PEOPLE | {"parent", "family", "household"}
_THEIR = {
    "their": "my", "his": "my", "her": "my", "they": "I", "he": "I", "she": "I", "them": "me",
    "him": "me", "themselves": "myself", "himself": "myself", "theirs": "mine",
}  # fmt: skip


def first_person(text: str) -> str | None:
    """'a guest has lost the key' -> 'I have lost the key'; None if no customer is spoken of."""
    doc = analyse(text)
    words: dict[int, str] = {}
    subjects: set[int] = set()
    flipped = False
    for token in doc:
        if token.lemma_.lower() not in _MINE or token.pos_ not in ("NOUN", "PROPN", "PRON"):
            continue
        left = list(token.lefts)
        if any(t.dep_ not in ("det", "predet") for t in left) or any(
            t.dep_ in ("relcl", "acl", "conj", "prep") for t in token.rights
        ):
            continue
        if left and left[0].lower_ in ("another", "other", "no", "one", "two"):
            continue
        flipped = True
        for t in left:
            words[t.i] = ""
        case = next((t for t in token.rights if t.dep_ == "case"), None)
        if case is not None:
            words[token.i], words[case.i] = "my", ""
        elif token.lower_ in _GROUPS:
            words[token.i] = f"my {token.lower_}"
        elif token.dep_ in ("nsubj", "nsubjpass"):
            words[token.i] = "I"
            subjects.add(token.i)
        else:
            words[token.i] = "me"
    if not flipped:
        return None
    for token in doc:
        if token.lower_ in _THEIR and token.i not in words:
            form = _THEIR[token.lower_]
            words[token.i] = "me" if token.lower_ == "her" and token.dep_ != "poss" else form
            if form == "I":
                subjects.add(token.i)
    for token in doc:
        if token.tag_ not in ("VBZ", "VBP", "VBD") and token.pos_ not in ("AUX", "VERB"):
            continue
        owner = _subject_of(token)
        if owner is None or owner.i not in subjects:
            continue
        before = doc[token.i - 1] if token.i else token
        if before.i not in words and before.pos_ in ("NOUN", "PROPN"):
            continue
        if token.lower_ in _FIRST and (token.pos_ == "AUX" or token.lower_ != "'s"):
            words[token.i] = _FIRST[token.lower_]
        elif token.tag_ == "VBZ":
            words[token.i] = token.lemma_
    for i in subjects:
        if i + 1 < len(doc) and doc[i + 1].tag_ == "NNS" and i + 2 < len(doc):
            words.setdefault(i + 1, doc[i + 1].lemma_)
    pieces = [(words.get(t.i, t.text), t.whitespace_) for t in doc]
    out = ""
    for n, (word, space) in enumerate(pieces):
        if word:
            after_possessive = n + 1 < len(pieces) and pieces[n + 1][0] == ""
            out += word + (space or (" " if after_possessive else ""))
    out = tidy(out)
    return None if _DISAGREES.search(out) else out


_DISAGREES = re.compile(r"\bI (?:is|are|has|does|were|(?!was\b|always\b|\w*ss\b)\w+s)\b")


def _subject_of(verb: Token) -> Token | None:
    node = verb
    for _ in range(4):
        own = next((t for t in node.lefts if t.dep_ in ("nsubj", "nsubjpass")), None)
        if own is not None:
            return own
        if node.dep_ in ("aux", "auxpass", "conj"):
            node = node.head
        else:
            return None
    return None


def negated(text: str) -> str | None:
    """'I have lost the key' -> 'I have not lost the key'; None where that is not plain."""
    doc = analyse(text)
    root = next((t for t in doc if t.dep_ == "ROOT"), None)
    if root is None or root.pos_ not in ("VERB", "AUX"):
        return None
    aux = next((t for t in root.lefts if t.dep_ in ("aux", "auxpass")), None)
    subject = next((t for t in root.lefts if t.dep_ in ("nsubj", "nsubjpass")), None)
    if aux is not None and aux.tag_ != "MD" and aux.lemma_ not in ("be", "have", "do"):
        subject = subject or next((t for t in aux.lefts if t.dep_ == "nsubj"), None)
        root, aux = aux, None  # 'arrives damaged': a full verb taken for an auxiliary
    if subject is None or any(t.dep_ in ("neg", "conj") for t in root.children):
        return None
    if any(t.lower_ in ("only", "most", "least", "also", "even") for t in root.lefts):
        return None
    at = aux if aux is not None else root if root.lemma_ == "be" else None
    before, after = doc[: root.i], doc[root.i + 1 :]
    if at is not None:
        return tidy(f"{doc[: at.i + 1].text} not {doc[at.i + 1 :].text}")
    if root.tag_ == "VBD":
        helper = "did not"
    elif root.tag_ == "VBZ":
        helper = "does not"
    elif root.tag_ in ("VBP", "VB"):
        helper = "do not"
    else:
        return None
    base = root.lemma_
    if root.tag_ == "VBZ" and base == root.lower_:  # the lemmatizer took it for an auxiliary
        base = re.sub(r"(?<=[sxzh])es$|s$", "", base)
    return tidy(f"{before.text} {helper} {base} {after.text}")
