"""Clauses without a comparison to boolean variables, denied or not.

In: 'the passenger is not a Gold member'. Out: the truth of a variable, or its negation. A clause
whose content words agree with an earlier one's shares its variable; the other pole of an opposite
('broken', 'intact') is its denial.
"""

from __future__ import annotations

import re

from parsers import opposites
from parsers.atoms import Atom, telling
from parsers.conditions.discourse import Discourse
from parsers.conditions.frames import frame_of, slot_of
from parsers.conditions.logic import negate
from parsers.conditions.rewording import fix_article, without_negation
from parsers.conditions.syntax import subject_and_verb
from parsers.conditions.words import content, lowered, stripped, variable_name, words_in_order
from parsers.language import analyse
from parsers.spec import Condition, Not, Truth


class Propositions(Discourse):
    """The booleans among the circumstances."""

    def boolean(
        self, text: str, attributive: bool = False, topic: str = "", impersonal: bool = False
    ) -> Condition | None:
        """A clause without a comparison; None when it has no content.

        Args:
            attributive: it is of the form 'the flight is domestic'.
            topic: what it names a kind of, if a lead-in said so.
            impersonal: its 'it' refers to nothing.
        """
        text = stripped(text)
        absence = text if re.match(r"no (?!one\b)", text, re.IGNORECASE) else ""
        anyone = bool(re.match(r"(?:nobody|no one|some(?:one|body)|any(?:one|body))\b", text, re.I))
        text, negative = without_negation(text)
        if (opposite := self._opposite(text)) is not None:
            return negate(opposite) if negative else opposite
        words = content(text) or content(text, keep_light=True) or frozenset(
            t.lemma_.lower() for t in analyse(text) if t.pos_ in {"NOUN", "ADP", "ADV", "ADJ"}
        )  # fmt: skip
        if not words:
            return None
        subject, _ = subject_and_verb(text)
        if not subject and not any(t.pos_ in {"VERB", "AUX"} for t in analyse(text)):
            text = f"there is {text if re.match('(?:an?|the|any) ', text) else 'a ' + text}"
            text = fix_article(text)
        words = words - {self.actor} or words
        atom = self._known(words, subject, anyone) or self._pronominal(words, subject)
        atom = atom or self._of_the_same(words, text)
        if atom is not None:
            atom.sections.add(self.section)
        if atom is None:
            resolved = "it" if impersonal else self.resolve(subject)
            label = _label(text, subject, resolved)
            name = variable_name(words_in_order(text, self.actor) or sorted(words), self.atoms)
            proper = frozenset(
                t.lemma_.lower() for t in analyse(text) if t.text[:1].isupper() and t.i > 0
            )
            atom = Atom(
                name=name,
                type="boolean",
                words=words,
                subject=resolved,
                label=label,
                section=self.section,
                proper=proper,
                sections={self.section},
                slot=slot_of(label, self.actor, attributive),
                frame=frame_of(label),
            )
            if topic and not attributive and atom.slot is None and atom.frame is not None:
                atom.slot = (topic, atom.frame[1])
            if negative and absence:  # what is out of the ordinary is that there is none
                atom.label, atom.negated, atom.absent = lowered(absence), label, True
            self.atoms[name] = atom
        truth = Truth(variable=atom.name)
        return Not(operand=truth) if negative is not atom.absent else truth

    def _opposite(self, text: str) -> Condition | None:
        """The denial of a circumstance of which this is the other pole: 'intact' and 'broken'."""
        for pair in opposites.PAIRS:
            for mine, other in (pair, pair[::-1]):
                if not (match := mine.search(text)):
                    continue
                for atom in self.atoms.of(self.section):
                    if atom.type != "boolean" or (
                        mine.search(atom.label) and not other.search(atom.label)
                    ):  # fmt: skip
                        continue
                    pole = other.search(atom.label)
                    if pole is None:
                        continue
                    rest = content(text[: match.start()] + text[match.end() :])
                    left = content(atom.label[: pole.start()] + atom.label[pole.end() :])
                    pronoun = re.match(r"(?:it|they|this|that)\b", text, re.IGNORECASE)
                    if left == rest or (pronoun and rest and rest <= left):
                        subject, _ = subject_and_verb(text)
                        atom.negated = _label(text, subject, self.resolve(subject))
                        return Not(operand=Truth(variable=atom.name))
        return None

    def _known(self, words: frozenset[str], subject: str, anyone: bool = False) -> Atom | None:
        strong = telling(words)
        for atom in self.atoms.near(self.section, words):
            if atom.type != "boolean":
                continue
            other = telling(atom.words)
            if strong == other or (
                anyone and words <= atom.words and atom.section == self.section
            ):  # fmt: skip
                return atom
            smaller = min(strong, other, key=len)
            if (strong <= other or other <= strong) and smaller & atom.proper:
                return atom
            if len(strong & other) / len(strong | other) >= 0.65 and atom.section == self.section:
                return atom
        return None

    def _pronominal(self, words: frozenset[str], subject: str) -> Atom | None:
        """'It has left', where 'the boat has left' was said of what 'it' stands for."""
        if subject.lower() not in {"it", "they"}:
            return None
        named = self.resolve(subject)
        return next(
            (a for a in self.atoms.of(self.section)
             if a.type == "boolean" and a.subject == named and words | content(named) == a.words),
            None,
        )  # fmt: skip

    def _of_the_same(self, words: frozenset[str], text: str) -> Atom | None:
        """'Those who have passed it', where 'has passed the test' was said last in this section."""
        if not _OBJECT.search(text):
            return None
        told = [a for a in self.atoms.of(self.section) if a.type == "boolean" and words < a.words]
        return told[-1] if told else None


_OBJECT = re.compile(r"\w(?:ed|en|t|d|s|e|n|y) (?:it|them|one)$", re.IGNORECASE)


def _label(text: str, subject: str, resolved: str) -> str:
    """A boolean's clause with its subject named."""
    if subject:
        text = resolved + text[len(subject) :]
    text = re.sub(r"^(?:An?|Any|The|Our)\s", lambda m: m[0].lower(), text)
    if re.match(r"(?:an?|any)\s", text):
        text = re.sub(r"^(?:an?|any)\s", "the ", text)
    small = text[:1].lower() + text[1:]
    if small == text or re.match(r"[A-Z]{2}|[A-Z]\w+ [A-Z]", text):
        return text
    return text if analyse(text)[0].pos_ == "PROPN" else small
