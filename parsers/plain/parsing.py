"""A shallow parse: which word each word hangs on, and as what.

In: the words of a text, their tags and base forms. Out: `Parse`: heads and labels as
`en_core_web_sm` names them. Noun phrases and verb groups are cut out (Abney, Parsing by Chunks,
1991) and hung up from left to right. Simplified: no phrase is weighed against another; an
attachment is a guess by the nearest.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from parsers.plain.tagging import FINITE, NOMINAL

_SUBORDINATORS = {"if", "unless", "because", "while", "whether", "although", "though", "whereas",
                  "once", "when", "where", "whenever", "wherever", "until", "since", "after",
                  "before", "as"}  # fmt: skip
_RELATIVES = {"who", "which", "that", "whom", "whose"}


@dataclass
class _Group:
    """A verb with its auxiliaries; `start` is where it begins, `head` where its verb stands."""

    start: int
    head: int
    finite: bool
    subject: int = -1
    helpers: list[int] = field(default_factory=list)


class Parse:
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
            if tag not in before | NOMINAL or (tag in {"VBN", "VBG"} and not self._modifies(i)):
                i += 1
                continue
            end = i
            while end < n and (
                self.tags[end] in before | NOMINAL or self.words[end] == "-"
            ) and not (end > i and self.tags[end] in {"DT", "PRP$", "VBN", "VBG"} and (
                not self._modifies(end) or self.tags[end] in {"DT", "PRP$"})):  # fmt: skip
                end += 1
            last = next((k for k in range(end - 1, i - 1, -1) if self.tags[k] in NOMINAL), end - 1)
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
                finite = self.tags[start] in FINITE or self._commands(start)
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
