"""Guards and outcomes in the document's words: many ways to say the same.

In: `Guard`, `Outcome` and the domain's phrases. Out: clauses, relative phrases, table cells and
sentences in one of three voices: `imperative` ("charge 35 euros"), `plain` ("the customer pays 35
euros") and `formal` ("a fee of 35 euros shall be charged"). A `Wording` keeps what a writer keeps
through a document: whether small numbers are spelled, whether durations change their unit.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from data.cases import compared
from data.ccgen.blocks import MARK
from data.ccgen.domains import Circumstance, Domain, Matter, Value
from data.ccgen.procedure import Guard, Outcome

Voice = Literal["imperative", "plain", "formal"]

SMALL = "zero one two three four five six seven eight nine ten eleven twelve".split()
_LONGER = {"days": (7, "weeks"), "minutes": (60, "hours"), "months": (12, "years")}
_START = re.compile(f"^((?:{MARK}|[^\\w(])*)(\\w)")
_TAIL = re.compile(r"\{q\} (ago|old|late|long)\b")
_COUNTED = ("claims", "people", "journeys", "platforms", "warnings", "orders", "items", "floors",
            "delivery attempts")  # fmt: skip
_ABOVE = {True: ("more than {n}", "over {n}"), False: ("at least {n}", "{n} {u}{t} or more")}
_BELOW = {
    True: ("less than {n}", "under {n}"),
    False: ("no more than {n}", "{n} {u}{t} or less", "at most {n}", "up to {n}"),
}
_FORMAL = {
    "at least {n}": "not less than {n}",
    "at most {n}": "not more than {n}",
    "over {n}": "more than {n}",
    "under {n}": "less than {n}",
}
OUTCOMES: dict[str, dict[Voice, tuple[str, ...]]] = {
    "charge": {
        "imperative": ("charge {n} {currency}", "charge the {person} {n} {currency}",
                       "charge a fee of {n} {currency}"),
        "plain": ("the {person} pays {n} {currency}", "the fee is {n} {currency}",
                  "we charge {n} {currency}"),
        "formal": ("a fee of {n} {currency} shall be charged",
                   "the {person} shall pay {n} {currency}",
                   "a fee of {n} {currency} is payable"),
    },
    "refund": {
        "imperative": ("refund {n} percent of the {price}", "pay back {n} percent of the {price}"),
        "plain": ("{n} percent of the {price} is refunded", "we refund {n} percent of the {price}",
                  "the {person} gets {n} percent of the {price} back"),
        "formal": ("{n} percent of the {price} shall be refunded",
                   "the {person} shall receive {n} percent of the {price}"),
    },
    "voucher": {
        "imperative": ("issue a voucher for {n} {currency}",
                       "give the {person} a voucher worth {n} {currency}"),
        "plain": ("the {person} gets a voucher for {n} {currency}",
                  "we give a voucher worth {n} {currency}"),
        "formal": ("a voucher for {n} {currency} shall be issued",
                   "the {person} shall receive a voucher for {n} {currency}"),
    },
    "extend": {
        "imperative": ("allow {n} more days", "give the {person} {n} more days"),
        "plain": ("the {person} has {n} more days", "we allow {n} more days"),
        "formal": ("{n} more days shall be allowed", "the {person} shall have {n} more days"),
    },
    "refer": {
        "imperative": ("pass the case to the {team}", "hand the case over to the {team}",
                       "refer the {person} to the {team}"),
        "plain": ("the case goes to the {team}", "we pass the case to the {team}",
                  "we hand the case to the {team}"),
        "formal": ("the case shall be referred to the {team}",
                   "the {person} shall be referred to the {team}"),
    },
    "decline": {
        "imperative": ("decline {request}", "refuse {request}", "turn down {request}"),
        "plain": ("{request} is declined", "we decline {request}", "{request} is refused"),
        "formal": ("{request} shall be declined", "{request} shall be refused"),
    },
    "grant": {
        "imperative": ("{active}",), "plain": ("{passive}", "we {active}"),
        "formal": ("{passive}",),
    },
}  # fmt: skip


@dataclass
class Wording:
    """The words of one document's writer."""

    domain: Domain
    voice: Voice
    rng: random.Random
    spelled: bool = False
    longer_units: bool = False
    _verdicts: dict[Guard, str] = field(default_factory=dict)
    """Chains of thought say the same of every number that passes."""

    # --- guards -----------------------------------------------------------------------------

    def clause(self, guard: Guard) -> str:
        """'the parcel weighs more than 10 kg'"""
        it = self.domain.circumstances[guard.circumstance]
        return self._said(guard, it.yes, it.no, it.clause)

    def who(self, guard: Guard) -> str:
        """'parcels that weigh more than 10 kg'"""
        it = self.domain.circumstances[guard.circumstance]
        return self._said(guard, it.who, it.who_not, it.who)

    def cell(self, guard: Guard) -> str:
        """What stands in a table under the circumstance's head."""
        it = self.domain.circumstances[guard.circumstance]
        measure = "{q} ago" if it.since else "{q}"
        return self._said(guard, "yes", "no", "{v}" if it.kind == "category" else measure)

    def _said(self, guard: Guard, yes: str, no: str, pattern: str) -> str:
        """One of the two, or the pattern with the guard's kinds or quantity in it."""
        it = self.domain.circumstances[guard.circumstance]
        if it.kind == "boolean":
            return yes if guard.values[0] else no
        if it.kind == "category":
            return pattern.format(v=_either(guard.values))
        return self._filled(pattern, it, guard)

    def both(self, guards: Sequence[Guard]) -> str:
        """All the clauses, joined; a subject that comes again is left out."""
        said: dict[str, list[str]] = {}
        for guard in _merged(guards):
            clause = self.clause(guard)
            subject = " ".join(clause.split()[:2])
            said.setdefault(subject, []).append(clause.removeprefix(f"{subject} "))
        parts = [f"{subject} {_listed(rest)}" for subject, rest in said.items()]
        return _listed(parts) if len(said) == len(_merged(guards)) else ", and ".join(parts)

    def fact(self, name: str, value: Value) -> str:
        """What is so: 'the parcel weighs 27 kg'"""
        it = self.domain.circumstances[name]
        if it.kind == "number":
            return it.clause.format(q=f"{value} {it.unit}")
        return self.clause(Guard(name, (value,)))

    def finding(self, guard: Guard, value: Value, bounds: Sequence[int]) -> str:
        """What is so, and of a number what that means: 'The parcel weighs 27 kg: 27 > 20, more than
        20 kg.'"""
        fact = self.fact(guard.circumstance, value)
        if not bounds:
            return sentence(fact)
        signs = ", ".join(compared(float(value), bound) for bound in bounds)
        return sentence(f"{fact}: {signs}, {self._verdicts.setdefault(guard, self.cell(guard))}")

    def _filled(self, phrase: str, it: Circumstance, guard: Guard) -> str:
        """A phrase with the quantity in it; 'ago' comes before 'or more'."""
        tail = match[1] if (match := _TAIL.search(phrase)) else ""
        suffix = "{q} " + tail if tail else "{q}"
        return phrase.replace(suffix, self._quantity(it, guard, tail))

    def _quantity(self, it: Circumstance, guard: Guard, tail: str) -> str:
        after = f" {tail}" if tail else ""
        if guard.low is None or guard.high is None:
            above = guard.low is not None
            bound = guard.low if guard.low is not None else guard.high
            is_open = guard.low_open if above else guard.high_open
            assert bound is not None
            return self._bound(it, bound, is_open, above, after)
        low = "more than {n}" if guard.low_open else "at least {n}"
        high = "less than {n}" if guard.high_open else "not more than {n}"
        number, unit = self._number(guard.low, it.unit)
        other, other_unit = self._number(guard.high, it.unit)
        between = "" if unit == other_unit and self.rng.random() < 0.5 else f" {unit}"
        low, high = low.format(n=number), high.format(n=other)
        return f"{low}{between} but {high} {other_unit}{after}"

    def _bound(self, it: Circumstance, bound: int, is_open: bool, above: bool, after: str) -> str:
        form = self.rng.choice((_ABOVE if above else _BELOW)[is_open])
        number, unit = self._number(bound, it.unit)
        if self.voice == "formal":
            form = _FORMAL.get(form, form)
        if it.unit in _COUNTED:
            form = form.replace("less", "fewer").replace("under", "fewer than")
            form = form.replace("not fewer than", "not less than")
        if "{u}" in form:
            return form.format(n=number, u=unit, t=after)
        return f"{form.format(n=number)} {unit}{after}"

    def _number(self, number: int, unit: str) -> tuple[str, str]:
        if self.longer_units and unit in _LONGER:
            size, longer = _LONGER[unit]
            if number % size == 0 and number > size:
                number, unit = number // size, longer
        said = SMALL[number] if self.spelled and number < len(SMALL) else f"{number:,}"
        return said, unit

    # --- outcomes ---------------------------------------------------------------------------

    def outcome(self, outcome: Outcome, matter: Matter) -> str:
        """'charge 35 euros'"""
        form = self.rng.choice(OUTCOMES[outcome.kind][self.voice])
        return form.format(
            n=outcome.value,
            team=outcome.team,
            request=matter.request,
            active=matter.grant[0],
            passive=matter.grant[1],
            person=self.domain.person[0],
            currency=self.domain.currency,
            price=self.domain.price,
        )


def key(outcome: Outcome, matter: Matter, domain: Domain) -> tuple[str, ...]:
    """Words of which an outcome's every wording has one, and no other outcome's of the task."""
    match outcome.kind:
        case "refer":
            return (outcome.team,)
        case "decline":
            return ("decline", "refuse", "turn down")
        case "grant":
            return matter.grant
        case "refund":
            return (f"{outcome.value} percent",)
        case "extend":
            return (f"{outcome.value} more days",)
        case _:
            return (f"{outcome.value} {domain.currency}",)


def sentence(text: str) -> str:
    """With a capital (behind any marks) and a full stop."""
    text = _START.sub(lambda m: m[1] + m[2].upper(), text, count=1)
    return text if re.search(r"[.:?]\W*$", text) else text + "."


def _either(values: Sequence[object]) -> str:
    return _listed([str(v) for v in values], "or")


def _listed(parts: Sequence[str], word: str = "and") -> str:
    if len(parts) < 3:
        return f" {word} ".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def _merged(guards: Sequence[Guard]) -> list[Guard]:
    """Guards of one circumstance as one, in the order of their last mention."""
    merged: dict[str, Guard] = {}
    for guard in guards:
        merged[guard.circumstance] = meet(merged.pop(guard.circumstance, guard), guard)
    return list(merged.values())


def meet(one: Guard, other: Guard) -> Guard:
    """The guard that holds where both do."""
    if one.values:
        return Guard(one.circumstance, tuple(v for v in one.values if v in other.values))
    lows = [(g.low, g.low_open) for g in (one, other) if g.low is not None]
    highs = [(-g.high, g.high_open) for g in (one, other) if g.high is not None]
    low, low_open = max(lows) if lows else (None, False)
    high, high_open = max(highs) if highs else (None, False)
    return Guard(one.circumstance, (), low, low_open, None if high is None else -high, high_open)
