"""The tags and base forms that a word may have by itself: from a word list, or by its ending.

In: a word. Out: its Penn tags, the most frequent first, each with the base form: those of the
closed classes and auxiliaries, those that `words.tsv` knows, or a guess by the word's look.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

CLOSED = {
    "DT": "the a an this that these those each every all any both either neither no some another",
    "PRP": "i you he she it we they me him us them myself yourself himself herself itself "
    "ourselves themselves anyone anybody someone somebody everyone everybody nobody",
    "PRP$": "my your his her its our their",
    "MD": "can could may might must shall should will would ought cannot 'll 'd",
    "IN": "of in for with at from by on into over under above below through against about between "
    "among beyond within without during per upon onto off despite toward towards across along "
    "behind beside besides inside outside near past until since if unless because while whether "
    "although though whereas once after before than as like except via than plus",
    "CC": "and or but nor &",
    "WDT": "which whatever whichever",
    "WP": "who whom what whoever",
    "WP$": "whose",
    "WRB": "when where why how whenever wherever",
    "EX": "there",
    "TO": "to",
    "RB": "not n't n’t never always also only then too very again already still yet just ever soon "
    "otherwise instead therefore however please here now later twice once even quite rather "
    "together away ahead back please",
    "UH": "yes",
}
BE = {"am": "VBP", "is": "VBZ", "are": "VBP", "was": "VBD", "were": "VBD", "be": "VB",
      "been": "VBN", "being": "VBG", "'s": "VBZ", "’s": "VBZ", "'re": "VBP"}  # fmt: skip
HAVE = {"have": "VBP", "has": "VBZ", "had": "VBD", "having": "VBG", "'ve": "VBP"}
_DO = {"do": "VBP", "does": "VBZ", "did": "VBD", "done": "VBN", "doing": "VBG"}
AUXILIARIES = {w: ("be", t) for w, t in BE.items()} | {
    w: (lemma, t) for lemma, ws in (("have", HAVE), ("do", _DO)) for w, t in ws.items()
}


@lru_cache(maxsize=1)
def lexicon() -> dict[str, tuple[tuple[str, str], ...]]:
    """The tags of each word that is known, with its base form under that tag."""
    table: dict[str, tuple[tuple[str, str], ...]] = {}
    for line in files("parsers").joinpath("words.tsv").read_text("utf-8").splitlines():
        word, *told = line.split("\t")
        pairs = (piece.partition("/") for piece in told)
        table[word] = tuple((tag, lemma or regular_base(word, tag)) for tag, _, lemma in pairs)
    for tag, words in CLOSED.items():
        for word in words.split():
            others = tuple(pair for pair in table.get(word, ()) if pair[0] != tag)
            table[word] = ((tag, "not" if word in {"n't", "n’t"} else word), *others)
    for word, (lemma, tag) in AUXILIARIES.items():
        table[word] = ((tag, lemma),)
    return table


def guessed(word: str, first: bool) -> tuple[tuple[str, str], ...]:
    """Tags of a word by its look and its ending."""
    low = word.lower()
    if re.fullmatch(r"[\d.,:/]*\d[\d.,:/]*(?:st|nd|rd|th)?", low):
        return (("JJ" if low[-1].isalpha() else "CD", low),)
    if word in {"€", "$", "£"}:
        return (("$", word),)
    if not any(c.isalnum() for c in word):
        return ((_punctuation(word), word),)
    if word[0].isupper() and (not first or word.isupper()):
        return (("NNPS" if low.endswith("s") and not word.isupper() else "NNP", low),)
    for ending, tags in _ENDINGS:
        if low.endswith(ending) and len(low) > len(ending) + 2:
            return tuple((tag, regular_base(low, tag)) for tag in tags)
    return (("NN", low), ("VB", low), ("JJ", low))


_ENDINGS = (
    ("ness", ("NN",)), ("ment", ("NN",)), ("tion", ("NN",)), ("sion", ("NN",)), ("ity", ("NN",)),
    ("ance", ("NN",)), ("ence", ("NN",)), ("ly", ("RB",)), ("ing", ("VBG", "NN")),
    ("ed", ("VBN", "VBD", "JJ")), ("able", ("JJ",)), ("ible", ("JJ",)), ("ful", ("JJ",)),
    ("less", ("JJ",)), ("ous", ("JJ",)), ("ive", ("JJ", "NN")), ("al", ("JJ", "NN")),
    ("ic", ("JJ", "NN")), ("ary", ("JJ", "NN")), ("er", ("NN", "JJR")), ("ss", ("NN",)),
    ("us", ("NN",)), ("s", ("NNS", "VBZ")),
)  # fmt: skip


def regular_base(low: str, tag: str) -> str:
    """A base form by the ending alone; irregular words are in the list."""
    if tag in {"NNS", "VBZ", "NNPS"}:
        if low.endswith("ies") and len(low) > 4:
            return low[:-3] + "y"
        return low[:-2] if low.endswith(("sses", "shes", "ches", "xes", "zzes")) else low[:-1]
    ending = {"VBG": "ing", "VBN": "ed", "VBD": "ed"}.get(tag, "")
    if not ending or not low.endswith(ending):
        return low
    stem = low[: -len(ending)]
    if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] not in "lsz":
        return stem[:-1]
    if tag != "VBG" and stem.endswith("i"):
        return stem[:-1] + "y"
    silent = re.search(r"(?:[^aeiou][aeiou][cgklmnrtvsz]|[cgsuvz]|[^aeiou]l)$", stem)
    return stem + "e" if silent and not re.search(r"(?:er|en|it|on|or|ss|[aeo]w)$", stem) else stem


def _punctuation(sign: str) -> str:
    if sign in {".", "?", "!"}:
        return "."
    return {",": ",", ":": ":", ";": ":", "–": ":", "—": ":", "-": "HYPH", "(": "-LRB-",
            ")": "-RRB-", "[": "-LRB-", "]": "-RRB-", '"': "''", "“": "``", "”": "''",
            "%": "NN"}.get(sign, "NFP" if not sign.isspace() else "_SP")  # fmt: skip
