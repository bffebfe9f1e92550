"""How a circumstance of a case is told: in clauses and notes, in first and third person.

In: a `Workflow`, whose variables carry labels and whose tests carry the document's wording. Out:
for a variable and its value, the ways a person could put it ('my bag weighs 26 kilos', 'the
passenger is not a Gold member', 'Gold member: no'). A number's clauses come from the tests about
it: in 'A bag that weighs more than 32 kg' the comparison is replaced with the number itself.
spaCy analyses; where a transformation is not plainly grammatical the clause is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from data.cases import atoms
from data.syntax import PEOPLE, analyse, decapitalize, first_person, negated, tidy
from parsers.language import article, is_finite, singular, third_person
from parsers.spec import Branch, Comparison, Membership, Node, Value, Variable, Workflow

Voice = Literal["first", "third"]
SLOT = "⟦⟧"

_MONEY = {
    "€": ("euro", "€"), "eur": ("euro", "€"), "euro": ("euro", "€"), "euros": ("euro", "€"),
    "$": ("dollar", "$"), "usd": ("dollar", "$"), "dollar": ("dollar", "$"),
    "dollars": ("dollar", "$"), "£": ("pound", "£"), "gbp": ("pound", "£"),
    "pound": ("pound", "£"), "pounds": ("pound", "£"),
}  # fmt: skip
_LONGER = {"hours": (24, "day"), "days": (7, "week"), "months": (12, "year")}
_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
).split()
_SPOKEN = {
    "kg": ("kg", "kilos", "kilograms", "kilo"),
    "kilograms": ("kg", "kilos", "kilograms"),
    "km": ("km", "kilometres"),
    "cm": ("cm", "centimetres"),
    "g": ("g", "grams"),
    "gb": ("GB", "gigs"),
    "lb": ("lb", "pounds"),
    "hours": ("hours", "hrs"),
    "minutes": ("minutes", "mins"),
}
_MORE = (
    r"(?:(?:no|not) )?(?:more|less|fewer|greater|longer|later|earlier|older|younger|heavier|higher|"
    r"lower|bigger|larger|smaller|sooner) than(?: or equal to)?"
)
_BEFORE = (
    rf"(?:{_MORE}|at least|at most|at the most|over|under|above|below|up to|within|exactly|"
    r"a (?:minimum|maximum) of|not (?:over|above|exceeding)|exceeding|beyond|past|only)"
)
_AFTER = (
    r"(?:,? (?:or|and) (?:less|more|fewer|under|over|above|below|longer|shorter|older|younger|"
    r"heavier|lighter|later|earlier|higher|lower|greater|sooner)|at (?:most|least))"
)
_EXCEEDS = r"(?:(?:does not|do not) )?exceeds?|exceeded|(?:reaches|is) at least"
_NUMBER = rf"(?:[€$£]\s?)?(?:\d[\d,.]*\d|\d|\b(?:{'|'.join(_WORDS[1:])})\b)"
_LEAD = re.compile(
    r"^(?:[\d.]+\s+|[-*•]\s+)?(?:(?:but|and|only|otherwise|except|unless|provided that|as long as|"
    r"in case|in all cases where|once|if|when|whenever|where|while|that|for|to)\b,?\s+)+",
    re.IGNORECASE,
)
_THING = frozenset(
    "bag suitcase luggage card account order subscription payment booking reservation ticket "
    "flight room plan claim request invoice parcel package phone car vehicle device item product "
    "purchase warranty policy contract lease rent loan rate fare stay trip boarding pass passport "
    "delivery shipment refund deposit balance bill employer laptop equipment prescription "
    "appointment application membership licence license visa age income salary debt return".split()
)


@dataclass(frozen=True)
class Told:
    """A fragment, and which kind of wording made it."""

    text: str
    way: str


def number_forms(value: float, unit: str) -> dict[str, str]:
    """Ways to write a quantity, by name; 'plain' is always there and is the document's own."""
    digits = f"{value:g}" if value < 1e6 else f"{value:.0f}"
    money = _MONEY.get(unit.lower())
    if money:
        name, sign = money
        return {
            "plain": f"{digits} {name}{'' if value == 1 else 's'}",
            "sign": f"{sign}{digits}",
        }
    low = unit.lower()
    if low in ("%", "percent", "per cent"):
        return {"plain": f"{digits} percent", "sign": f"{digits}%"}
    forms = {"plain": f"{digits} {_unit(unit, value)}".strip()}
    for spoken in _SPOKEN.get(low, ()):
        forms[f"unit-{spoken}"] = f"{digits} {_unit(spoken, value)}"
    if low in ("kg", "km", "cm", "gb", "lb"):
        forms["tight"] = f"{digits}{unit}"
    if value == int(value) and 1 <= value <= 12 and (unit or value > 1):
        forms["word"] = f"{_WORDS[int(value)]} {_unit(unit, value)}".strip()
    size, longer = _LONGER.get(low if low.endswith("s") else low + "s", (0, ""))
    if size and value % size == 0 and 1 <= value / size <= 12:
        count = int(value / size)
        forms["longer"] = f"{_WORDS[count]} {_unit(longer + 's', count)}"
    return forms


def _unit(unit: str, value: float) -> str:
    if value == 1 and len(unit) > 3:
        return singular(unit)
    return unit


class Teller:
    """Tells the circumstances of one workflow."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        self._frames = {v.name: tuple(_frames(workflow, v)) for v in workflow.variables}

    def clauses(self, name: str, value: Value, voice: Voice) -> list[Told]:
        """Full clauses without a capital or full stop; the number, if any, as `SLOT`."""
        variable = self.workflow.variable(name)
        match variable.type:
            case "boolean":
                plain = _boolean(variable, bool(value))
                told = [Told(plain, "label")]
            case "number":
                told = [Told(frame, "frame") for frame in self._frames[name]]
                told += list(_by_label(variable))
            case "category":
                told = list(_category(variable, str(value), self._wordings(name, str(value))))
        return _distinct(_speak(t, voice) for t in told)

    def key(self, name: str) -> str:
        """A short name of the variable in the document's words: 'Gold member', 'bag's weight'."""
        variable = self.workflow.variable(name)
        return predicate(variable.label) if variable.type == "boolean" else bare(variable.label)

    def fact(self, name: str, value: Value) -> str:
        """The circumstance in the document's terms, as short as can be: 'Gold member: no'."""
        return f"{self.key(name)}: {self.value(name, value)}"

    def value(self, name: str, value: Value) -> str:
        variable = self.workflow.variable(name)
        match variable.type:
            case "boolean":
                return "yes" if value else "no"
            case "number":
                return number_forms(float(value), variable.unit)["plain"]
            case "category":
                return str(value)

    def _wordings(self, name: str, value: str) -> list[str]:
        """How the tests word that the category has this value."""
        return [
            _clause_of(branch.text)
            for branch in _branches(self.workflow.root)
            if isinstance(branch.condition, Membership)
            and branch.condition.variable == name
            and branch.condition.values == (value,)
        ]


def predicate(label: str) -> str:
    """What a clause says of its subject: 'the passenger is a Gold member' -> 'Gold member'."""
    subject, verb, rest = split_clause(label)
    if not verb:
        return bare(label)
    personal = subject.split(" ")[-1].lower() in PEOPLE or subject.lower() in ("it", "the item")
    if verb in ("is", "are"):
        return bare(rest) if personal else f"{bare(subject)} {rest}"
    if verb in ("was", "were", "has", "have"):
        return f"{verb} {rest}" if personal else f"{bare(subject)} {verb} {rest}"
    return f"{verb} {rest}" if personal else f"{bare(subject)} {verb} {rest}"


def bare(phrase: str) -> str:
    return re.sub(r"^(?:the|an?|their|his|her|our) ", "", phrase.strip(), flags=re.IGNORECASE)


@lru_cache(maxsize=4096)
def split_clause(text: str) -> tuple[str, str, str]:
    """(subject, finite verb, rest); verb is '' where the text is not a plain clause."""
    doc = analyse(text)
    for token in doc:
        if token.i == 0 or not is_finite(token):
            continue
        before = doc[: token.i]
        if any(t.tag_ in ("WDT", "WP", "IN") and t.lower_ in _RELATIVE for t in before):
            return "", "", ""
        return before.text, token.text, doc[token.i + 1 :].text
    return "", "", ""


_RELATIVE = frozenset("that who which if when where".split())


# --- clauses ----------------------------------------------------------------------------------


def _boolean(variable: Variable, value: bool) -> str:
    label = decapitalize(variable.label.strip(" ."))
    if value:
        return label
    return decapitalize(variable.negated.strip(" .")) or negated(label) or f"it is not so that {label}"


def _category(variable: Variable, value: str, wordings: list[str]) -> Iterator[Told]:
    noun = bare(variable.label)
    for wording in wordings:
        if split_clause(wording)[1]:
            yield Told(wording, "frame")
        elif wording and len(wording.split()) > 1:
            yield Told(f"it's {_after_is(wording)}", "phrase")
    head = noun.split(" ")[-1]
    compound = re.sub(r" (?:type|kind|category|class)$", "", noun)
    if compound != noun or head in ("plan", "rate", "fare", "tier", "level", "flight", "package"):
        if len(value.split()) == 1 and value.lower() not in compound.lower():
            phrase = f"{value} {compound}"
            yield Told(f"it's {article(phrase)} {phrase}", "compound")
    if value.split(" ")[0].lower() in ("a", "an", "the", "on", "in", "at", "from", "not"):
        yield Told(f"it's {value}", "value")
    else:
        yield Told(f"the {noun} is {value}", "label")


def _after_is(phrase: str) -> str:
    first = phrase.split(" ")[0].lower()
    plain = ("a", "an", "the", "on", "in", "at", "from", "with", "by", "not", "for", "of", "under")
    return phrase if first in plain or singular(phrase) != phrase else phrase


def _by_label(variable: Variable) -> Iterator[Told]:
    label = bare(variable.label)
    unit = variable.unit.lower()
    if match := re.match(r"(?:time|days|hours|months|weeks|years) (since|after|before) (.+)", label):
        when, event = match.groups()
        yield Told(
            f"it's been {SLOT} since {event}" if when != "before" else f"it's {SLOT} before {event}",
            "since",
        )
        if when != "before":
            yield Told(f"{event} was {SLOT} ago", "ago")
    elif match := re.match(r"number of (.+)", label):
        yield Told(f"it's about {SLOT}" if unit else f"it's {SLOT} {match.group(1)}", "count")
    elif match := re.fullmatch(r"(?:(.+)'s )?weight(?: of (.+))?", label):
        owner = match.group(1) or match.group(2)
        yield Told(f"{_with_the(owner)} weighs {SLOT}" if owner else f"it weighs {SLOT}", "weighs")
    elif match := re.fullmatch(r"(?:(.+)'s )?(?:price|cost)(?: of (.+))?", label):
        owner = match.group(1) or match.group(2)
        yield Told(f"{_with_the(owner)} costs {SLOT}" if owner else f"it costs {SLOT}", "costs")
    elif match := re.fullmatch(r"(.+)'s age|age", label):
        owner = match.group(1) or "customer"
        yield Told(f"the {owner} is {SLOT} old" if unit else f"the {owner} is {SLOT}", "age")
    yield Told(f"the {label} is {SLOT}", "label")


def _with_the(noun: str) -> str:
    return noun if re.match(r"(?:the|a|an|my) ", noun) else f"the {noun}"


def _frames(workflow: Workflow, variable: Variable) -> Iterator[str]:
    """Clauses with `SLOT` where the document's tests compare the number."""
    if variable.type != "number":
        return
    for branch in _branches(workflow.root):
        compared = [a for a in atoms(branch.condition) if isinstance(a, Comparison)]
        if {a.variable for a in compared} != {variable.name} or len(compared) < len(
            list(atoms(branch.condition))
        ):
            continue
        frame = instantiate(branch.text, variable.unit)
        if frame is None:
            continue
        clause = _clause_of(frame)
        if split_clause(clause.replace(SLOT, "9"))[1]:
            yield clause
        elif re.match(rf"(?:an? )?\w+ of {SLOT}", clause):
            yield f"it's {clause}"


def instantiate(text: str, unit: str) -> str | None:
    """The text with its comparison ('more than 32 kg') replaced by `SLOT`; None without one.

    A second bound ('but not more than 32 kg') is dropped.
    """
    names = {unit, singular(unit), *_SPOKEN.get(unit.lower(), ())}
    if money := _MONEY.get(unit.lower()):
        names |= {money[0], money[0] + "s", money[1]}
    if unit.lower() in ("%", "percent", "per cent"):
        names |= {"percent", "per cent", "%"}
    units = "|".join(re.escape(n) for n in sorted(filter(None, names), key=len, reverse=True))
    amount = rf"{_NUMBER}(?:\s?(?:{units})(?!\w))?" if units else _NUMBER
    text = " ".join(text.split())
    text = re.sub(rf",?\s*\b(?:but|and|yet) {_BEFORE} {amount}(?: {_AFTER})?", "", text, flags=re.I)
    text = re.sub(rf"\bbetween {_NUMBER} and {amount}", SLOT, text, count=1, flags=re.I)
    old = re.compile(rf"\b(?:older|younger) than ({amount})", re.IGNORECASE)
    if units and old.search(text):
        return old.sub(f"{SLOT} old", text, count=1)
    text = re.sub(rf"\b(?:{_EXCEEDS}) (?={amount})", "is more than ", text, count=1, flags=re.I)
    within = re.compile(rf"\bwithin {amount} of (?=\w)", re.IGNORECASE)
    if within.search(text):
        return within.sub(f"{SLOT} after ", text, count=1)
    pattern = re.compile(
        rf"(?:\b{_BEFORE} {amount}(?: ?{_AFTER})?|{amount} ?{_AFTER}|\bexactly {amount})", re.I
    )
    changed, count = pattern.subn(SLOT, text, count=1)
    return changed if count and not re.search(_MORE, changed) else None


def _clause_of(text: str) -> str:
    """A test's wording as a plain clause where it can be made one: 'For customers who hold …' ->
    'the customer holds …', 'A bag that weighs …' -> 'the bag weighs …'."""
    text = _LEAD.sub("", " ".join(text.split()).strip(" .,:;"))
    text = text.split(": ")[-1] if ": " in text and SLOT in text.split(": ")[-1] else text
    match = re.match(
        r"(?:(?:an?|the|any|all|every|each|those) )?((?:\w+ ){0,2}\w+) (?:who|that|which) (\w+)(.*)",
        text,
        re.IGNORECASE,
    )
    if match:
        noun, verb, rest = match.groups()
        last = noun.split(" ")[-1]
        if singular(last) != last:
            noun = noun[: len(noun) - len(last)] + singular(last)
            finite = analyse(f"they {verb}{rest}")[1]
            verb = third_person(verb) if finite.tag_ in ("VBP", "VB") else verb
            verb = {"were": "was"}.get(verb, verb)
        text = f"the {noun.lower() if noun.lower() in PEOPLE else decapitalize(noun)} {verb}{rest}"
    return decapitalize(re.sub(r"^(?:An?|Any|Every|Each|a|an|any|every|each) (?=\w+ (?:is|has|was|w)\b)",
                               "the ", text))


# --- voices -----------------------------------------------------------------------------------


def _speak(told: Told, voice: Voice) -> Iterator[Told]:
    if voice == "third":
        yield told
        return
    text = told.text.replace(SLOT, "9 qqq") if SLOT in told.text else told.text
    spoken = first_person(text) or text
    spoken = spoken.replace("9 qqq", SLOT)
    spoken = re.sub(r"\b(?:with|to|at|from|by|for) us\b", lambda m: m.group()[:-2] + "you", spoken)
    spoken = re.sub(r"(?<=\w )us\b", "you", spoken)
    spoken = re.sub(r"\bour\b", "your", spoken)
    spoken = re.sub(r"\bwe have\b", "you have", re.sub(r"\bwe\b", "you", spoken))
    spoken = _mine(spoken)
    yield Told(contract(spoken), told.way)
    if spoken != contract(spoken):
        yield Told(spoken, told.way)


def _mine(text: str) -> str:
    """'the bag weighs …' -> 'my bag weighs …' where it is a thing that customers have."""
    subject, verb, _ = split_clause(text.replace(SLOT, "9"))
    words = subject.split(" ")
    if verb and words[0].lower() == "the" and singular(words[-1].lower()) in _THING:
        if not any(w in ("of", "for", "at") for w in words):
            return f"my {text[4:]}"
    return text


_CONTRACTED = (
    (r"\bI am\b", "I'm"),
    (r"\bI have(?= (?:not |never |already |just )?(?:been|\w+ed|had|lost|come|bought|paid)\b)", "I've"),
    (r"\b(is|was|does|did|has|have|do|are|were) not\b", r"\1n't"),
    (r"\bit is\b", "it's"),
    (r"\bcannot\b", "can't"),
)


def contract(text: str) -> str:
    for pattern, short in _CONTRACTED:
        text = re.sub(pattern, short, text)
    return text.replace("I'm n't", "I'm not")


def _branches(node: Node) -> Iterator[Branch]:
    if isinstance(node, Branch):
        yield node
        yield from _branches(node.yes)
        yield from _branches(node.no)


def _distinct(groups: Iterator[Iterator[Told]]) -> list[Told]:
    found: dict[str, Told] = {}
    for group in groups:
        for told in group:
            text = tidy(told.text)
            found.setdefault(text, Told(text, told.way))
    return list(found.values())
