"""The circumstances of a document by name, found again by their section or by their words.

A dictionary from name to circumstance that also knows which are of a section and which have the
same words, in the order in which they were met, so that looking for one in a long document takes as
long as in a short one, even where a word is in all of its circumstances.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from parsers.conditions.people import GROUPS


@dataclass
class Atom:
    """One circumstance as first met; `words` are its content lemmas."""

    name: str
    type: str
    words: frozenset[str]
    subject: str
    label: str
    negated: str = ""
    clause: str = ""
    unit: str = ""
    thresholds: set[float] = field(default_factory=set)
    values: list[str] = field(default_factory=list)
    integer: bool = False
    section: tuple[str, ...] = ()
    proper: frozenset[str] = frozenset()
    slot: tuple[str, str] | None = None
    frame: tuple[str, str] | None = None
    absent: bool = False
    sections: set[tuple[str, ...]] = field(default_factory=set)


def telling(words: frozenset[str]) -> frozenset[str]:
    """The words without those for any person or group, if others are left."""
    return words - GROUPS or words


class Atoms(dict[str, Atom]):
    """Circumstances by name; one is never put back under another's name."""

    def __init__(self) -> None:
        super().__init__()
        self._by_section: dict[tuple[str, ...], list[tuple[int, Atom]]] = defaultdict(list)
        self._by_word: dict[str, list[tuple[int, Atom]]] = defaultdict(list)
        self._by_name: dict[str, list[tuple[int, Atom]]] = defaultdict(list)
        self._by_words: dict[frozenset[str], list[tuple[int, Atom]]] = defaultdict(list)
        self._count = 0

    def __setitem__(self, name: str, atom: Atom) -> None:
        super().__setitem__(name, atom)
        entry = self._count, atom
        self._count += 1
        self._by_section[atom.section].append(entry)
        for word in atom.words:
            self._by_word[word].append(entry)
        for word in atom.proper:
            self._by_name[word].append(entry)
        for words in {atom.words, telling(atom.words)}:
            self._by_words[words].append(entry)

    def of(self, section: tuple[str, ...]) -> list[Atom]:
        """Those first met in this section."""
        return self._there(self._by_section.get(section, ()))

    def near(self, section: tuple[str, ...], words: frozenset[str]) -> list[Atom]:
        """Those first met in this section, with the same telling words, or sharing a name."""
        found = list(self._by_section.get(section, ()))
        for key in (words, telling(words)):
            found += self._by_words.get(key, ())
        for word in words:
            found += self._by_name.get(word, ())
        return self._there(found)

    def having(self, section: tuple[str, ...], word: str) -> list[Atom]:
        """Those first met in this section, and those that have the word."""
        return self._there([*self._by_section.get(section, ()), *self._by_word.get(word, ())])

    def _there(self, entries: Iterable[tuple[int, Atom]]) -> list[Atom]:
        atoms = dict(entries)
        return [a for _, a in sorted(atoms.items()) if self.get(a.name) is a]
