"""Clauses with a comparison in them to comparisons of number variables.

In: 'the bag weighs more than 23 kg'. Out: a `Comparison` of a variable that other wordings of the
same measure share: the same content words and unit, or, in one section, the same limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from parsers.atoms import Atom
from parsers.conditions.comparisons import Tests, comparisons, unsplit
from parsers.conditions.counts import exactly
from parsers.conditions.lead_topics import counted_by, measured_by
from parsers.conditions.logic import conjoin, negate
from parsers.conditions.other_limits import OtherLimit, other_limit
from parsers.conditions.people import ACTORS, ROLES
from parsers.conditions.propositions import Propositions
from parsers.conditions.rewording import without_negation
from parsers.conditions.syntax import subject_and_verb
from parsers.conditions.units import CONTINUOUS, MONEY, TIME, convert, same_unit, unit_noun
from parsers.conditions.words import content, variable_name, words_in_order
from parsers.language import NUMBER_WORDS, analyse, singular
from parsers.periods import counted
from parsers.scaling import stretched
from parsers.spec import Comparison, Condition

_IT_IS = re.compile(r"(?:it|this|that|they|these) (?:is|are|was|were|comes? to)", re.IGNORECASE)
_GRADED = re.compile(
    r"\b(?:level|grade|stage|floor|number|count|score|rank|category|class)\b", re.IGNORECASE
)
_RECENT = re.compile(r"(?:within|in) the (?:last|past) ", re.IGNORECASE)
# '6 or more pumps were idle, but for less than 3 hours': how many, and how long
_LASTS = re.compile(
    r",?(?: (?:but|and))? (?P<long>for (?:at least|more than|less than|over|under|up to|"
    r"no (?:more|less) than|not more than|longer than) [\w.,]+ "
    r"(?:minute|hour|day|week|month|year)s?"
    r"(?: or (?:more|less|longer))?)$",
    re.IGNORECASE,
)
_PRICE = re.compile(
    r"\b(?:difference|price|fee|total|balance|amount|cost|value|charge|sum|bill|debt)$"
)
_MEASURE = {"weigh": "weight", "cost": "price", "last": "duration", "measure": "size"}


def compared(atom: Atom, tests: Tests) -> Condition | None:
    """A number put to comparisons, whose values become limits of it."""
    operands: list[Condition] = []
    for op, value, unit in tests:
        value = convert(value, unit, atom.unit)
        atom.thresholds.add(value)
        operands.append(Comparison(variable=atom.name, op=op, value=value))  # type: ignore[arg-type]
    return conjoin(operands)


class Quantities(Propositions):
    """The numbers among the circumstances."""

    def number(self, text: str) -> Condition | None:
        """A clause or phrase with a comparison in it; None when it has none."""
        if (other := other_limit(text)) and (varied := self._varied(other)):
            return varied
        text = exactly(unsplit(counted(text)), self.things)
        found = comparisons(text)
        if not found:
            return None
        spans, tests = found
        start, end = spans[0][0], spans[-1][1]
        lasts = unit_noun(tests[0][2]) in TIME and len(spans) == 2
        if lasts and _RECENT.match(text, *spans[1]):
            return self._recent(text, *spans)
        before, after = text[:start].strip(), text[end:].strip(" ,")
        if (lasting := _LASTS.search(after)) and not before and unit_noun(tests[0][2]) not in TIME:
            counted_ones = self.number(f"{text[:end]} {after[: lasting.start()]}")
            lasted = f"the {tests[0][2]} {after[: lasting.start()]} {lasting['long']}"
            return conjoin([counted_ones, self.number(lasted)])
        unit = tests[0][2]
        if not unit and not after and _IT_IS.fullmatch(before) and (same := self._again(tests)):
            return same
        if not unit and not before and not after and (things := counted_by(self.topic)):
            return self.number(f"{text} {things}")  # 'look at the months completed. With fewer …'
        if not unit and not re.search(
            r"\b(?:is|are|was|were|than|aged?|number|total|score|quantity)\s*$", before
        ):
            # 'a child under two' is a kind of child, not a measure of the subject
            if not re.search(r"\d", text[start:end]) and not self._counts(after):
                return None
        if re.fullmatch(r"no(?:body| one)|(?:some|any)(?:one|body)", before, re.IGNORECASE) and (
            subject_and_verb(f"they {after}")[1]
        ):  # fmt: skip
            return None  # 'nobody over 18 will be there' measures nobody
        before, negative = without_negation(before)
        if negative and re.match(r"after\b", text[start:end], re.IGNORECASE):
            return None  # 'has not been paid after a month' tells how long it has been unpaid
        limits = {value for _, value, _ in tests}
        if not before and not after and self.topic and not self._measured_before(unit, limits):
            before, after = measured_by(self.topic)
        atom = self._quantity(before, after, unit, text[start:end], limits)
        condition = compared(atom, tests)
        return negate(condition) if negative else condition

    def _again(self, tests: Tests) -> Condition | None:
        """'If the total is 25 days or fewer, …. If it is more than 25, …': the same number."""
        said = self.previous
        atom = self.atoms.get(said.variable) if isinstance(said, Comparison) else None
        if atom is None or not {value for _, value, _ in tests} & atom.thresholds:
            return None
        return compared(atom, tests)

    def _varied(self, other: OtherLimit) -> Condition | None:
        """'within 30 minutes, or 60 minutes for members': which limit holds is a kind's."""
        who = self.phrase(other.who)
        plain = self.number(other.rest)
        if who is None or not isinstance(plain, Comparison):
            return None
        self.atoms[plain.variable].thresholds.add(round(plain.value * other.factor, 6))
        return stretched(plain, who, other.factor, lambda part: part == plain)

    if TYPE_CHECKING:  # `Phrases` has it

        def phrase(self, text: str) -> Condition | None: ...

    def _counts(self, after: str) -> bool:
        """Whether what is behind a number is a thing that the document counts."""
        return any(singular(word) in self.things for word in after.lower().split()[:3])

    def _measured_before(self, unit: str, limits: set[float]) -> bool:
        """Whether this section has put a number of this unit to one of these limits already.

        'If it is under 5 kg, … From 5 kg upwards, …' goes on with it, whatever a lead-in named.
        """
        same = [
            atom
            for atom in self.atoms.of(self.section)
            if atom.type == "number" and unit and same_unit(atom.unit, unit_noun(unit))
        ]
        return bool(same) and bool(limits & same[-1].thresholds)

    def _recent(
        self, text: str, measured: tuple[int, int], recent: tuple[int, int]
    ) -> Condition | None:
        """'who has run it in under 50 minutes within the last year': how fast, and that of late."""
        if without_negation(text)[1]:
            return None
        fast = text[: measured[1]] + text[recent[1] :]
        late = re.sub(r"\s+(?:in|at|of|with|for)$", "", text[: measured[0]].rstrip())
        return conjoin([self.number(fast), self.boolean(f"{late} {text[recent[0] :]}")])

    def _quantity(
        self, before: str, after: str, unit: str, phrase: str, values: set[float]
    ) -> Atom:
        subject, verb = subject_and_verb(before)
        if inner := re.search(r"\b(?:an?|the) ((?:[\w-]+ )?[\w-]+) of$", verb):
            subject, verb = f"the {inner[1]}", "is of"
        words = content(f"{verb} {after}", keep_light=True) - {unit}
        if verb == "is of":
            words = content(subject)
        base = unit_noun(unit)
        person = bool(subject) and singular(subject.split()[-1].lower()) in {*ACTORS, *ROLES}
        aged = person or re.search(r"\b(?:old|older|newer|younger|aged?)\b", phrase)
        be = re.search(r"\b(?:is|are|was|aged?)(?: aged?)?(?P<of> of)?$", verb)
        if aged and be and base in ({""} if be["of"] else {"", "year"}):
            words, base, unit = frozenset({"age"}), "year", "years"
            verb = verb.removesuffix(" of")
        elif (
            base in MONEY and subject and re.search(r"\b(?:is|are|was|is of)$", verb) and not after
        ):
            words = content(self._priced(subject))
        bare = not subject and not words
        subject = self.resolve(subject) if not bare else self.thing or self.subject
        if not (words or base or bare) and re.search(r"\b(?:is|are|was|were)$", verb):
            words = content(subject)  # a bare number says nothing but what is measured
        frame = words or frozenset(re.findall(r"\b(?:with|for|of|at)\b", verb)) or frozenset({"be"})
        best = None
        if bare:
            same = [
                a
                for a in self.atoms.of(self.section)
                if a.type == "number"
                and (same_unit(a.unit, base) or (not base and values & a.thresholds))
            ]
            if same:
                return same[-1]
        for atom in self.atoms.near(self.section, frame):
            if atom.type != "number" or not (
                same_unit(atom.unit, base)
                or (not atom.unit and {base, f"{base}s"} & atom.words and values & atom.thresholds)
            ):  # fmt: skip
                continue
            ours, others = _figures(frame), _figures(atom.words)
            if ours and others and ours != others:
                continue  # 'calls in the past 30 days' and 'calls in the past 12 months'
            near = atom.section == self.section
            told = [words - {"ago"} or words for words in (atom.words, frame)]
            common = len(told[0] & told[1]) / max(1, min(map(len, told)))
            if atom.words == frame and (atom.subject == subject or near):
                return atom
            if near and common >= 0.5 and best is None:
                best = atom
            spare = content(subject) | {"be", "have", "of", "with", "for"}
            counted = base and base not in CONTINUOUS and base not in TIME
            if near and best is None and counted and atom.subject == subject and (
                frame | atom.words <= spare
            ):  # fmt: skip
                best = atom  # 'a group of 30 people' and 'the group has 12 people'
            if near and best is None and values & atom.thresholds and (
                atom.subject == subject or atom.words & content(f"{before} {after}")
            ):  # fmt: skip
                best = atom  # the same limit in other words
        if best is not None:
            return best
        label, clause, kind = _quantity_texts(subject, verb, after, unit, phrase)
        name = variable_name(kind, self.atoms)
        atom = Atom(
            name=name,
            type="number",
            words=frozenset(frame),
            subject=subject,
            label=label,
            clause=clause,
            unit=unit,
            integer=(bool(base) and base not in CONTINUOUS)
            or (not base and (verb == "is of" or bool(_GRADED.search(before))))
            or self._counts(after),
            section=self.section,
        )
        self.atoms[name] = atom
        return atom

    def _priced(self, subject: str) -> str:
        """What has a price: 'it' is what was spoken of, if that is an amount of money."""
        pronoun = subject.lower() in {"it", "this", "that"}
        return self.thing if pronoun and _PRICE.search(self.thing) else subject

    def is_limit(self, part: Comparison, values: Sequence[tuple[float, str]]) -> bool:
        """Whether a comparison is with one of these limits; with any limit of time if none is."""
        unit = self.atoms[part.variable].unit
        if not values:
            return unit_noun(unit) in TIME
        return any(convert(value, said, unit) == part.value for value, said in values)


def _figures(words: Iterable[str]) -> set[str]:
    return {word for word in words if word.isdigit() or word in NUMBER_WORDS}


def _quantity_texts(
    subject: str, verb: str, after: str, unit: str, phrase: str
) -> tuple[str, str, list[str]]:
    """(label, clause with {value}, words for the name) of a number."""
    spoken = {"%": "percent", "€": "euros", "$": "dollars", "£": "pounds"}.get(unit, unit)
    verb = re.sub(r"\s*\b(?:it|they)\b$", "", verb).strip()
    value = f"{{value}} {spoken}".strip()
    clause = " ".join(f"{subject} {verb} {value} {after}".split())
    doc = analyse(f"{subject} {verb}") if verb else []
    lemma = next((t.lemma_ for t in doc if t.tag_ in {"VBZ", "VBP", "VBD"}), "")
    if plain := re.match(r"(weigh|cost|last|measure)s?\b", verb):
        lemma = plain[1]  # the tagger takes some of these for nouns
    if re.match(r"exceed", phrase, re.IGNORECASE) and not verb:
        label = subject or f"the number of {spoken}"
        return label, f"{label} is {value}", words_in_order(label) or [spoken or "number"]
    if lemma in _MEASURE and not after:
        noun = _MEASURE[lemma]
        return f"{subject}'s {noun}", clause, [*words_in_order(subject), noun]
    if re.search(r"\b(?:is|are|was|aged?)( aged?)?$", verb) and not after:
        aged = subject.split()[-1].lower() in {*ACTORS, *ROLES} or re.search(
            r"\b(?:old|older|newer)\b", phrase
        )
        if unit.lower() in {"years", "year", ""} and aged:
            return f"{subject}'s age", f"{subject} is {{value}} years old", ["age"]
        if singular(spoken) in MONEY and _PRICE.search(subject):
            return subject, f"{subject} is {value}", words_in_order(subject)
        if singular(spoken) in MONEY:
            return f"{subject}'s amount", f"{subject} is for {value}", [
                *words_in_order(subject), "amount"]  # fmt: skip
        if not unit or unit == "%" or unit.startswith("°"):
            return subject, clause, words_in_order(subject) or ["number"]
    if verb == "is of" and singular(spoken) in MONEY:
        return (
            f"{subject}'s amount",
            f"{subject} is for {value}",
            [*words_in_order(subject), "amount"],
        )
    if verb == "is of" and not spoken:
        return f"the size of {subject}", f"{subject} is of {value}", [
            *words_in_order(subject), "size"]  # fmt: skip
    if verb == "is of":
        return f"the number of {spoken} in {subject}", f"{subject} is for {value}", [spoken]
    if not verb and re.match(r"(?:is|are|was|were|have|has|had)\b", after):
        return f"the number of {spoken} that {after}", f"{value} {after}", [
            spoken, *words_in_order(after)]  # fmt: skip
    part, passed = subject_and_verb(after) if not verb and after.startswith("of ") else ("", "")
    if part and passed:  # '40 minutes of the film had played'
        return f"the number of {spoken} {part} that {passed}", f"{value} {after}", [
            spoken, *words_in_order(after)]  # fmt: skip
    if not verb:
        event = re.sub(r"^(?:of|from|after)\s+", "since ", after)
        rest = f" {event}" if event else " that have passed"
        return f"the number of {spoken}{rest}", f"it is {value} {event}".strip(), [
            spoken, *words_in_order(after)]  # fmt: skip
    if after == "ago" or re.search(r"\b(?:last|past)\b", phrase):
        tail = re.sub(r"^(?:has|have) had\b", "had", verb)
        return (
            f"the number of {spoken} since {subject} {tail}",
            (f"it is {value} since {subject} {tail}"),
            [*words_in_order(tail), spoken],
        )
    if re.match(r"(?:not )?(?:within|after|later)\b", phrase, re.IGNORECASE) and not after:
        clause = f"{subject} {verb} after {value}"
        return f"the number of {spoken} after which {subject} {verb}", clause, [
            *words_in_order(verb), spoken]  # fmt: skip
    tail = re.sub(r"\s+(?:for|by|at|of|in)$", "", verb)
    if phrase.endswith(" old") and not after:
        spoken = f"{singular(spoken)}s"
        clause = f"{subject} {verb} {{value}} {spoken}"
        return f"how many {spoken} old {subject} {tail}", f"{clause} old", [
            *words_in_order(subject), spoken]  # fmt: skip
    words = [*words_in_order(tail), *words_in_order(after)] or words_in_order(subject)
    if unit in {"%", "percent"} and after:
        be = verb.split()[0] if verb else "is"
        return f"how {after} {subject} {be} in percent", clause, [*words, "percent"]
    if after and re.match(r"(?:before|after|of|from|since|prior)\b", after):
        after = re.sub(r"^(?:of|from)\b", "after", after)
        clause = " ".join(f"{subject} {verb} {value} {after}".split())
        return f"the number of {spoken} {after} that {subject} {tail}", clause, words
    return (
        f"the number of {spoken} {subject} {tail} {after}".strip(),
        clause,
        [
            *words,
            spoken,
        ],
    )
