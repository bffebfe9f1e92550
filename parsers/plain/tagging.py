"""The tag of each word: of those that it may have, the one that fits what stands before it.

In: the words of a text. Out: a Penn tag and a base form for each, chosen from left to right (in the
manner of Brill, A Simple Rule-Based Part of Speech Tagger, 1992).
"""

from __future__ import annotations

from parsers.plain.lexicon import AUXILIARIES, BE, HAVE, guessed, lexicon, regular_base

NOMINAL = {"NN", "NNS", "NNP", "NNPS", "CD", "$"}
FINITE = {"VBZ", "VBP", "VBD", "MD"}


def tagged(words: list[str]) -> tuple[list[str], list[str]]:
    """A tag and a base form for each word, from left to right."""
    table = lexicon()
    tags: list[str] = []
    lemmas: list[str] = []
    for i, word in enumerate(words):
        first = not i or tags[-1] in {".", ":", "``", "HYPH"}
        told = table.get(word.lower()) if word.islower() or first or word == "I" else None
        told = told or guessed(word, first)
        known = dict(told)
        tag = _chosen(list(known), i, words, tags, table)
        tags.append(tag)
        lemmas.append(known.get(tag) or regular_base(word.lower(), tag))
    return tags, lemmas


def _chosen(tags: list[str], i: int, words: list[str], before: list[str], table) -> str:
    """The tag of a word among those it may have, by what stands beside it."""
    low = words[i].lower()
    last = before[-1] if before else "."
    after = words[i + 1].lower() if i + 1 < len(words) else "."
    nouns = [t for t in tags if t in {"NN", "NNS", "NNP", "NNPS"}]
    verbs = [t for t in tags if t[:2] == "VB"]
    follows = {t for t, _ in (table.get(after) or guessed(after, True))[:1]}
    if low == "that":
        if last in NOMINAL or (last[:2] == "VB" and i + 1 < len(words)):
            noun_then = last in NOMINAL and (follows & {"VBZ", "VBP", "VBD", "MD", "RB"})
            return "WDT" if noun_then else "IN" if last[:2] == "VB" else "WDT"
        return "DT" if follows & {"NN", "NNS", "JJ"} else "IN" if last == "JJ" else "DT"
    if (
        low == "to"
        and not follows & {"VB", "VBP"}
        and "VB" not in {t for t, _ in table.get(after, ())}
    ):
        return "IN"
    if low == "such":
        return "JJ"
    if low == "there":
        return "EX" if after in BE or after in {"may", "must", "can", "will"} else "RB"
    if low == "her":
        return "PRP$" if follows & {"NN", "NNS", "JJ"} else "PRP"
    if low in {"'s", "’s"}:
        return "POS" if last in NOMINAL and not follows & {"DT", "VBN", "RB", "IN"} else "VBZ"
    if low == "no" and last in {".", ":"} and after in {",", ".", ":", "–"}:
        return "UH"
    if low in {"have", "do"} and _infinitive(before, words, i):
        return "VB"
    if low in AUXILIARIES or len(tags) == 1 or not (nouns or verbs):
        if low in {"be", "have", "do"} or low not in AUXILIARIES:
            return tags[0]
        return "VBN" if low == "had" and last[:2] == "VB" else tags[0]
    if verbs and _infinitive(before, words, i):
        return "VB" if {"VB", "VBP"} & set(verbs) else "VBN" if "VBN" in verbs else verbs[0]
    back = next((k for k in range(i - 1, -1, -1) if before[k][:2] != "RB"), -1)
    helper = words[back].lower() if back >= 0 else ""
    if helper in BE or helper in HAVE or helper in {"get", "gets", "got"}:
        if "VBN" in verbs or "VBD" in verbs:
            return "VBN"
        if helper in BE and "VBG" in verbs:
            return "VBG"
        if helper in BE and verbs and len(tags) > len(verbs):
            return next(t for t in tags if t[:2] != "VB")
    if last in {"DT", "PRP$", "JJ", "POS", "WP$", "CD", "$"} or (last == "IN" and helper == "of"):
        plain = [t for t in tags if t[:2] not in {"VB", "RB"} or t in {"VBG", "VBN"}]
        if tags[0] in {"JJ", "VBN", "VBG"} and follows & {"NN", "NNS", "JJ"}:
            return tags[0]
        return (nouns or plain or tags)[0]
    if last in {"PRP", "WP", "WDT", "NNS", "EX"} and tags[0] != "VBN" and verbs:
        finite = [t for t in verbs if t in {"VBP", "VBZ", "VBD"}]
        if finite and (last != "NNS" or tags[0] in finite or follows & {"DT", "PRP$", "PRP"}):
            return finite[0]
        if "VB" in verbs and last != "EX" and (last != "NNS" or tags[0] == "VB"):
            return "VBP"
    if last in {"NN", "NNP"} and "VBZ" in verbs and (
        tags[0] == "VBZ" or follows & {"DT", "PRP$", "CD", "$", "TO", "VBN"}
    ):  # fmt: skip
        return "VBZ"
    if last in {".", ":", ",", "CC", "UH", "``", "RB", "HYPH"} and "VB" in verbs + ["VB"] * (
        "VBP" in verbs
    ):  # fmt: skip
        opens = last != "CC" or _verbal(before)
        if opens and (tags[0] in {"VB", "VBP"} or follows & {"DT", "PRP$", "PRP", "CD", "$"}):
            return "VB" if not (last == "CC" and _finite_before(before)) else "VBP"
    if last == "IN" and verbs and "VBG" in verbs:
        return "VBG"
    if tags[0] in {"VB", "VBP"} and last in NOMINAL and nouns:
        return nouns[0]
    if tags[0] == "VBD" and last not in {"PRP", "WP", "WDT", "NN", "NNS", "NNP"} and "VBN" in tags:
        return "VBN"
    if tags[0] == "VBN" and last in {"PRP", "WP"} and "VBD" in tags:
        return "VBD"
    return tags[0]


def _infinitive(before: list[str], words: list[str], i: int) -> bool:
    """Whether a bare verb is due: behind 'to', a modal or a form of 'do'."""
    for k in range(i - 1, max(-1, i - 5), -1):
        if before[k] in {"TO", "MD"} or words[k].lower() in {"do", "does", "did"}:
            return True
        if before[k][:2] not in {"RB", "PR"} or (before[k] == "PRP" and k > 1):
            return False
    return False


def _verbal(before: list[str]) -> bool:
    """Whether what a conjunction joins to may be a verb: nothing, or one stands in the clause."""
    return any(tag[:2] == "VB" for tag in before)


def _finite_before(before: list[str]) -> bool:
    verbs = [tag for tag in before if tag in FINITE or tag == "VB"]
    return bool(verbs) and verbs[-1] == "VBP"
