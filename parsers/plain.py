"""English without a statistical model: tags, lemmas and a shallow parse by rules and a word list.

In: a spaCy `Doc` with nothing but its tokens. Out: the same with Penn tags, universal ones, lemmas,
heads and labels as `en_core_web_sm` names them, as far as the parsers ask for them. A word has the
tags that `words.tsv` knows of it, the most frequent first, or those of its ending; what stands
before it decides (in the manner of Brill, A Simple Rule-Based Part of Speech Tagger, 1992). Noun
phrases and verb groups are cut out (Abney, Parsing by Chunks, 1991) and hung up from left to right.
Simplified: no phrase is weighed against another; an attachment is a guess by the nearest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

from spacy.language import Language
from spacy.tokens import Doc

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
_BE = {"am": "VBP", "is": "VBZ", "are": "VBP", "was": "VBD", "were": "VBD", "be": "VB",
       "been": "VBN", "being": "VBG", "'s": "VBZ", "’s": "VBZ", "'re": "VBP"}  # fmt: skip
_HAVE = {"have": "VBP", "has": "VBZ", "had": "VBD", "having": "VBG", "'ve": "VBP"}
_DO = {"do": "VBP", "does": "VBZ", "did": "VBD", "done": "VBN", "doing": "VBG"}
AUXILIARIES = {w: ("be", t) for w, t in _BE.items()} | {
    w: (lemma, t) for lemma, ws in (("have", _HAVE), ("do", _DO)) for w, t in ws.items()
}
_POS = {"DT": "DET", "PRP": "PRON", "PRP$": "PRON", "MD": "AUX", "IN": "ADP", "CC": "CCONJ",
        "WDT": "PRON", "WP": "PRON", "WP$": "DET", "WRB": "SCONJ", "EX": "PRON", "TO": "PART",
        "RB": "ADV", "RBR": "ADV", "RBS": "ADV", "RP": "ADP", "UH": "INTJ", "CD": "NUM",
        "JJ": "ADJ", "JJR": "ADJ", "JJS": "ADJ", "NN": "NOUN", "NNS": "NOUN", "NNP": "PROPN",
        "NNPS": "PROPN", "POS": "PART", "PDT": "DET", "FW": "X", "LS": "X", "$": "SYM",
        "_SP": "SPACE"}  # fmt: skip
_SUBORDINATORS = {"if", "unless", "because", "while", "whether", "although", "though", "whereas",
                  "once", "when", "where", "whenever", "wherever", "until", "since", "after",
                  "before", "as"}  # fmt: skip
_RELATIVES = {"who", "which", "that", "whom", "whose"}
_NOMINAL = {"NN", "NNS", "NNP", "NNPS", "CD", "$"}
_FINITE = {"VBZ", "VBP", "VBD", "MD"}


@lru_cache(maxsize=1)
def _words() -> dict[str, tuple[tuple[str, str], ...]]:
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


def _guessed(word: str, first: bool) -> tuple[tuple[str, str], ...]:
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


# --- tags -----------------------------------------------------------------------------------


def _tagged(words: list[str]) -> tuple[list[str], list[str]]:
    """A tag and a base form for each word, from left to right."""
    table = _words()
    tags: list[str] = []
    lemmas: list[str] = []
    for i, word in enumerate(words):
        first = not i or tags[-1] in {".", ":", "``", "HYPH"}
        told = table.get(word.lower()) if word.islower() or first or word == "I" else None
        told = told or _guessed(word, first)
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
    follows = {t for t, _ in (table.get(after) or _guessed(after, True))[:1]}
    if low == "that":
        if last in _NOMINAL or (last[:2] == "VB" and i + 1 < len(words)):
            noun_then = last in _NOMINAL and (follows & {"VBZ", "VBP", "VBD", "MD", "RB"})
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
        return "EX" if after in _BE or after in {"may", "must", "can", "will"} else "RB"
    if low == "her":
        return "PRP$" if follows & {"NN", "NNS", "JJ"} else "PRP"
    if low in {"'s", "’s"}:
        return "POS" if last in _NOMINAL and not follows & {"DT", "VBN", "RB", "IN"} else "VBZ"
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
    if helper in _BE or helper in _HAVE or helper in {"get", "gets", "got"}:
        if "VBN" in verbs or "VBD" in verbs:
            return "VBN"
        if helper in _BE and "VBG" in verbs:
            return "VBG"
        if helper in _BE and verbs and len(tags) > len(verbs):
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
    if tags[0] in {"VB", "VBP"} and last in _NOMINAL and nouns:
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
    verbs = [tag for tag in before if tag in _FINITE or tag == "VB"]
    return bool(verbs) and verbs[-1] == "VBP"


# --- heads ----------------------------------------------------------------------------------


@dataclass
class _Group:
    """A verb with its auxiliaries; `start` is where it begins, `head` where its verb stands."""

    start: int
    head: int
    finite: bool
    subject: int = -1
    helpers: list[int] = field(default_factory=list)


class _Parse:
    """Heads and labels of one doc's tokens."""

    def __init__(self, words: list[str], tags: list[str], lemmas: list[str]) -> None:
        self.words = [word.lower() for word in words]
        self.tags, self.lemmas = tags, lemmas
        self.heads = list(range(len(words)))
        self.labels = ["dep"] * len(words)
        self.phrase: list[int] = [-1] * len(words)  # the head of the noun phrase a token is in
        self._phrases()
        self.groups = self._verbs()
        self._clauses()
        self._rest()

    def hang(self, token: int, head: int, label: str) -> None:
        self.heads[token], self.labels[token] = head, label

    def _phrases(self) -> None:
        """Noun phrases: the last noun is the head of what stands before it."""
        i, n = 0, len(self.tags)
        before = {"DT", "PRP$", "JJ", "JJR", "JJS", "CD", "PDT", "WP$", "VBG", "VBN", "POS", "$"}
        while i < n:
            tag = self.tags[i]
            if tag in {"PRP", "EX", "WP", "WDT"}:
                self.phrase[i] = i
                i += 1
                continue
            if tag not in before | _NOMINAL or (tag in {"VBN", "VBG"} and not self._modifies(i)):
                i += 1
                continue
            end = i
            while end < n and (
                self.tags[end] in before | _NOMINAL or self.words[end] == "-"
            ) and not (end > i and self.tags[end] in {"DT", "PRP$", "VBN", "VBG"} and (
                not self._modifies(end) or self.tags[end] in {"DT", "PRP$"})):  # fmt: skip
                end += 1
            last = next((k for k in range(end - 1, i - 1, -1) if self.tags[k] in _NOMINAL), end - 1)
            if self.tags[last] in {"JJ", "JJR", "JJS", "VBN", "VBG"} and last == i:
                i += 1  # an adjective by itself
                continue
            for k in range(i, end):
                self.phrase[k] = last
                if k != last:
                    label = {"DT": "det", "PRP$": "poss", "CD": "nummod", "POS": "case"}.get(
                        self.tags[k], "compound" if self.tags[k][:2] == "NN" else "amod"
                    )
                    self.hang(k, last, label)
            i = end

    def _modifies(self, i: int) -> bool:
        """Whether a participle stands before the noun that it describes."""
        after = self.tags[i + 1] if i + 1 < len(self.tags) else "."
        last = self.tags[i - 1] if i else "."
        return after in {"NN", "NNS", "JJ"} and last in {"DT", "PRP$", "JJ", "CD", "IN", "CC"}

    def _verbs(self) -> list[_Group]:
        groups: list[_Group] = []
        i, n = 0, len(self.tags)
        while i < n:
            if self.phrase[i] >= 0 or not (self.tags[i][:2] == "VB" or self.tags[i] == "MD"):
                i += 1
                continue
            members, end = [i], i + 1
            while end < n:
                helping = self.tags[members[-1]] == "MD" or self.lemmas[members[-1]] in {
                    "be", "have", "do"}  # fmt: skip
                if helping and self.tags[end][:2] == "VB" and self.phrase[end] < 0:
                    members.append(end)
                elif not (helping and self.tags[end][:2] == "RB"):
                    break
                end += 1
            start = members[0]
            if self.tags[start] in {"VB"} and start and self.tags[start - 1] == "TO":
                finite = False
            else:
                finite = self.tags[start] in _FINITE or self._commands(start)
            group = _Group(start, members[-1], finite, helpers=members[:-1])
            for helper in group.helpers:
                passive = self.lemmas[helper] == "be" and self.tags[group.head] == "VBN"
                self.hang(helper, group.head, "auxpass" if passive else "aux")
            groups.append(group)
            i = members[-1] + 1
        return groups

    def _commands(self, i: int) -> bool:
        return self.tags[i] == "VB" and (
            not i or self.tags[i - 1] in {".", ",", ":", "CC", "RB", "UH", "``", "HYPH", "-LRB-"}
        )

    def _clauses(self) -> None:
        root: _Group | None = None
        nearest: _Group | None = None
        floor = 0
        for group in self.groups:
            opener = self._opener(group, floor)
            word = self.words[opener] if opener >= 0 else ""
            noun = self._noun_before(opener if opener >= 0 else group.start)
            verb = group.head
            self._subject(group, floor, opener)
            if not group.finite:
                last = self.tags[group.start - 1] if group.start else "."
                if last == "TO":
                    self.hang(group.start - 1, verb, "aux")
                    noun = self._noun_before(group.start - 1)
                near = nearest.head if nearest is not None else -1
                if last == "IN":
                    self.hang(verb, group.start - 1, "pcomp")
                elif noun >= 0 and noun > near and self.tags[group.head] != "VB":
                    self.hang(verb, noun, "acl")
                elif nearest is not None:
                    self.hang(verb, near, "xcomp" if last == "TO" else "advcl")
                elif root is None:
                    root, nearest = group, group
                    self.hang(verb, verb, "ROOT")
                floor = verb + 1
                continue
            if word in _RELATIVES and noun >= 0 and opener - noun <= 2:
                self.hang(verb, noun, "relcl")
                if group.subject < 0:
                    self.hang(opener, verb, "nsubj")
            elif word in _SUBORDINATORS:
                self.hang(opener, verb, "mark" if self.tags[opener] == "IN" else "advmod")
                self.hang(verb, root.head if root is not None else -1, "advcl")
            elif word == "that" and nearest is not None:
                self.hang(opener, verb, "mark")
                self.hang(verb, nearest.head, "ccomp")
            elif root is None:
                root = group
                self.hang(verb, verb, "ROOT")
            else:
                joined = nearest if nearest is not None else root
                joint = self.words[group.start - 1] if group.start else ""
                same = joint in {"and", "or", "but", ","} and group.subject < 0
                target = joined.head if same and joined.head != verb else root.head
                self.hang(verb, target, "conj")
            nearest = group
            floor = verb + 1
        if root is None:
            first = self.groups[0].head if self.groups else self._first_noun()
            self.hang(first, first, "ROOT")
            self.root = first
        else:
            self.root = root.head
        for group in self.groups:
            if self.heads[group.head] < 0:
                self.hang(group.head, self.root, "advcl")

    def _first_noun(self) -> int:
        return next((head for head in self.phrase if head >= 0), 0)

    def _opener(self, group: _Group, floor: int) -> int:
        """The word that makes a clause a subordinate one; -1 when the clause stands by itself."""
        k = group.start - 1
        comma = False
        while k >= floor:
            word = self.words[k]
            if word in _SUBORDINATORS or word in _RELATIVES or word in {"what", "how"}:
                return k if not comma or self.tags[k] == "WDT" else -1
            if self.tags[k] in {",", ":", "."} or word == "then":
                comma = True
            k -= 1
        return -1

    def _noun_before(self, place: int) -> int:
        k = place - 1
        while k >= 0 and (self.tags[k] in {",", "RB", "IN"} and place - k <= 2):
            k -= 1
        return self.phrase[k] if k >= 0 else -1

    def _subject(self, group: _Group, floor: int, opener: int) -> None:
        """Hang up the subject: the first phrase of the clause that no preposition governs."""
        if self.tags[group.start] == "VB" or (group.start and self.tags[group.start - 1] == "CC"):
            return  # a command; a second verb of the same subject
        begin = opener + 1 if opener >= 0 else floor
        for k in range(group.start - 1, begin - 1, -1):
            if self.tags[k] in {":", "."} or (self.tags[k] == "," and opener < 0):
                begin = k + 1
                break
        found, governed = -1, False
        for k in range(begin, group.start):
            if self.tags[k] in {"IN", "TO"}:
                governed = True
            elif self.phrase[k] == k:
                found = k if found < 0 and not governed else found
                governed = False
        if found < 0 and opener < 0:  # the clause about the subject came between
            about = next((g for g in reversed(self.groups) if g.head < group.start), None)
            if about is not None and self.labels[about.head] in {"relcl", "acl"}:
                found = self.heads[about.head]
                while self.labels[found] == "pobj":
                    found = self.heads[self.heads[found]]
        if found >= 0 and self.labels[found] in {"dep", "dobj", "attr", "nsubj"}:
            passive = any(self.labels[h] == "auxpass" for h in group.helpers)
            there = self.tags[found] == "EX"
            label = "expl" if there else "nsubjpass" if passive else "nsubj"
            self.hang(found, group.head, label)
            group.subject = found

    def _rest(self) -> None:
        """Prepositions, objects, adverbs and signs."""
        verbs = {group.head: group for group in self.groups}
        starts = {group.start: group for group in self.groups}
        verb, noun, waiting = -1, -1, -1
        for i, tag in enumerate(self.tags):
            word = self.words[i]
            verb = i if i in verbs else verb
            if i in starts or i in verbs:
                noun, waiting = -1, -1
            if tag in {"IN", "RP"} or (tag == "TO" and not self._to_verb(i)):
                if self.labels[i] == "dep":
                    target = noun if noun >= 0 and noun > verb else verb
                    self.hang(i, target if target >= 0 else self.root, "prep")
                waiting = i
            elif self.phrase[i] == i:
                if self.labels[i] == "dep":
                    if waiting >= 0:
                        self.hang(i, waiting, "pobj")
                    elif verb >= 0:
                        after = i > 0 and self.tags[i - 1] == "CC" and noun >= 0
                        self.hang(i, noun if after else verb, "conj" if after else (
                            "attr" if self.lemmas[verb] == "be" else "dobj"))  # fmt: skip
                    elif noun >= 0:
                        self.hang(i, noun, "conj" if self.tags[i - 1] == "CC" else "appos")
                    else:
                        self.hang(i, self.root, "dep")
                noun, waiting = i, -1
            elif self.labels[i] == "dep" and self.phrase[i] < 0 and i != self.root:
                near = verb if verb >= 0 else self.root
                if tag == "CC":
                    self.hang(i, noun if noun >= 0 else near, "cc")
                elif word in {"not", "n't", "n’t", "never"}:
                    self.hang(i, self._next_verb(i, near), "neg")
                elif tag[:2] == "RB" or tag == "WRB":
                    self.hang(i, self._next_verb(i, near), "advmod")
                elif tag[:2] == "JJ":
                    self.hang(i, near, "acomp")
                else:
                    self.hang(i, near, "punct" if not word.isalnum() else "dep")
        self.labels[self.root], self.heads[self.root] = "ROOT", self.root
        self._mend()

    def _to_verb(self, i: int) -> bool:
        return i + 1 < len(self.tags) and self.tags[i + 1][:2] in {"VB", "RB"}

    def _next_verb(self, i: int, near: int) -> int:
        """The verb in whose group an adverb stands, else the adjective behind it, else the last."""
        for group in self.groups:
            if group.start <= i + 1 <= group.head + 1 or group.start <= i <= group.head:
                return group.head
        if i + 1 < len(self.tags) and self.tags[i + 1] in {"JJ", "RB", "CD"}:
            return i + 1
        return near

    def _mend(self) -> None:
        """Every token must hang on the root at last; a ring is cut open."""
        for i in range(len(self.heads)):
            seen, k = set(), i
            while self.heads[k] != k and k not in seen:
                seen.add(k)
                k = self.heads[k]
            if k != self.root:
                self.heads[k] = self.root


def described(doc: Doc) -> Doc:
    """The doc with tags, base forms, heads and labels."""
    words = [token.text for token in doc]
    if not words:
        return doc
    tags, lemmas = _tagged(words)
    parse = _Parse(words, tags, lemmas)
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
