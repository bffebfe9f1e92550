"""What the text speaks of where a condition stands: section, subject, and what 'it' refers to.

In: the document's text, and the sections and nouns as they come by. Out: the circumstances met so
far (`Atoms`) and what pronouns stand for.
"""

from __future__ import annotations

import re
from collections import Counter

from parsers.atoms import Atoms
from parsers.conditions.counts import counted_things
from parsers.conditions.people import ACTORS, PEOPLE
from parsers.definitions import Terms
from parsers.language import singular
from parsers.spec import Condition

_STAFF = re.compile(r"(?:officer|clerk|agent|dentist|doctor|nurse|manager|supervisor|instructor)$")


def _ordinary(text: str) -> frozenset[str]:
    """Words with a capital that only the start of a sentence gives them: small elsewhere."""
    words = re.findall(r"(?<![\w-])[a-z]{3,}(?![\w-])", text)
    opening = re.findall(r"(?:^|[.!?:]\s+|\n[\d.()a-z#*\s-]*)([A-Z][a-z]{2,})\b", text)
    inside = set(re.findall(r"(?<=[a-z,;] )[A-Z][a-z]{2,}\b", text))
    small = set(words)
    return frozenset(w for w in opening if w.lower() in small and w not in inside)


class Discourse:
    """The circumstances of one document so far, and what is spoken of now.

    `actor` is the person the document is about, `topic` what a lead-in says its cases are cases
    of, `terms` what the document defines, `meant` the definitions that conditions went by, `shapes`
    the topic that phrases of one shape were read under, `previous` the condition that 'if so'
    affirms, `one` what an act needs one of, `things` what the document counts, `ordinary` the words
    with a capital only where a sentence begins, `kinds` which booleans stood side by side as cases,
    and whether they are all, `listed` those that were the items of one list.
    """

    def __init__(self, text: str, terms: Terms | None = None) -> None:
        counts = Counter(singular(word.lower()) for word in re.findall(r"[A-Za-z]+", text))
        best = max(ACTORS, key=lambda word: counts[word])
        self.things = counted_things(text)
        self.terms = dict(terms or {})
        self.meant: set[str] = set()
        self.ordinary = _ordinary(text)
        self.actor = best if counts[best] else "customer"
        self.atoms = Atoms()
        self.section: tuple[str, ...] = ()
        self.subject = f"the {self.actor}"
        self.thing = self.one = ""
        self.thing_in: tuple[str, ...] | None = None
        self.topic = ""
        self.shapes: dict[str, str] = {}
        self.previous: Condition | None = None
        self.kinds: list[tuple[tuple[str, ...], bool]] = []
        self.listed: list[frozenset[str]] = []

    def mention(self, noun: str) -> None:
        """What the text speaks of now, for a later 'it' or 'its'."""
        if singular(noun.lower()) not in ACTORS:
            self.thing, self.thing_in = f"the {noun.lower()}", self.section

    def handle(self, noun: str) -> None:
        """What an act is done to, which 'it' stands for if nothing else was spoken of here."""
        self.one = noun or self.one
        if noun and self.thing_in != self.section and singular(noun.lower()) not in PEOPLE:
            self.mention(noun)
            self.thing_in = None  # for this act alone

    def mention_priced(self, noun: str) -> None:
        """What an act is done to, where 'it' is compared with a sum of money."""
        if noun and singular(noun.lower()) not in PEOPLE:
            self.mention(noun)

    def enter(self, section: tuple[str, ...], keep: bool = False) -> None:
        """Nothing that an earlier section announced is spoken of in this one."""
        if keep and section == self.section:
            return
        self.section, self.topic, self.previous, self.shapes = section, "", None, {}
        self.one = ""

    def resolve(self, subject: str) -> str:
        """The subject by its name: what a pronoun stands for, and 'the' for 'a' or 'this'."""
        low = subject.lower()
        if low in {"they", "them", "he", "she"}:
            return f"the {self.actor}"
        if low in {"it", "this", "these", ""}:
            return self.thing or self.subject
        resolved = re.sub(r"^(?:an?|any|our|this|these)\s+", "the ", subject, flags=re.IGNORECASE)
        if low.startswith("its ") and self.thing:
            return f"{self.thing}'s {subject[4:]}"
        if low in {"you", "we", "there"}:
            return subject
        self.subject = resolved
        last = singular(resolved.split()[-1].lower())
        if last not in ACTORS and not _STAFF.search(last) and len(resolved.split()) <= 4:
            self.thing, self.thing_in = resolved, self.section
        return resolved
