"""Patterns of English by which a clause can be told otherwise: having, being, belonging, passives.

In: a variable of a workflow and its value, as a clause of the document. Out: `Told`s in the first
or third person, each with the name of its pattern. spaCy analyses; where no pattern fits plainly,
the document's clause stays as it is, since broken grammar is worse than less variety.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from spacy.tokens import Token

from data.numerals import MONEY
from data.rewording import first_person, negated
from data.syntax import PEOPLE, analyse, decapitalize, tidy
from parsers.language import article, is_finite, singular
from parsers.spec import Variable

Voice = Literal["first", "third"]
SLOT = "⟦⟧"
"""Stands for the number in a clause."""
_THINGS = frozenset(
    "bag suitcase luggage card account order subscription payment booking reservation ticket "
    "flight room plan claim request invoice parcel package phone car vehicle device item product "
    "purchase warranty contract lease rent loan rate fare stay trip passport delivery shipment "
    "refund deposit balance bill employer laptop equipment prescription appointment application "
    "membership licence license visa income salary debt return dog pet child".split()
)
_DONE_BY_CUSTOMERS = (
    "reported cancelled canceled bought booked ordered returned purchased requested opened "
    "used submitted "
    "paid activated installed registered claimed worn washed changed".split()
)
_HANDS_OVER = {
    "sends": "send", "shows": "show", "presents": "present", "provides": "provide",
    "brings": "bring", "submits": "submit", "supplies": "supply", "gives": "give",
}  # fmt: skip
_STATUS = re.compile(
    r"\b(?:is an?|holds?|has|have|am an?|carr(?:y|ies)) ((?:[A-Z][\w-]+ ?)+?) "
    r"(?:level|status|tier|membership|member)\b"
)


@dataclass(frozen=True)
class Told:
    """A fragment, and the name of the pattern that made it."""

    text: str
    way: str


class Piece(NamedTuple):
    """A clause of a message, as it stands there."""

    words: str
    tells: str | None
    """The variable, or None: it is said besides and tells no circumstance."""


def predicate(clause: str) -> str:
    """What a clause says, without 'the customer is': 'Gold member', 'bag weighs 26 kg'."""
    subject, verb, rest = split_clause(clause)
    if not verb:
        return bare(clause)
    personal = subject.split(" ")[-1].lower() in PEOPLE or subject.lower() in ("it", "the item")
    if not personal:
        return bare(clause)
    return bare(rest) if verb in ("is", "are") else f"{verb} {rest}"


def bare(phrase: str) -> str:
    return re.sub(r"^(?:the|an?) ", "", phrase.strip(), flags=re.IGNORECASE)


@lru_cache(maxsize=4096)
def split_clause(text: str) -> tuple[str, str, str]:
    """(subject, finite verb, rest); verb is '' where the text is not a plain clause."""
    doc = analyse(text.replace(SLOT, "9"))
    for token in doc:
        if token.i == 0 or not is_finite(token):
            continue
        before = doc[: token.i]
        if any(t.lower_ in ("that", "who", "which", "if", "when", "where") for t in before):
            return "", "", ""
        return _parts(text, token)
    # 'the guest booked directly' reads like a noun with a participle; a label is a clause
    participle = next((t for t in doc if t.i > 0 and t.tag_ == "VBN" and t.dep_ == "acl"), None)
    return _parts(text, participle) if participle is not None else ("", "", "")


def _parts(text: str, token: Token) -> tuple[str, str, str]:
    doc_text = text.replace(SLOT, "9")
    subject, rest = doc_text[: token.idx].strip(), doc_text[token.idx + len(token) :].strip()
    if SLOT in text:
        subject, rest = (re.sub(r"(?<![\w.])9(?![\w.])", SLOT, part) for part in (subject, rest))
    return subject, token.text, rest


# --- plain clauses ------------------------------------------------------------------------------


def boolean(variable: Variable, value: bool) -> str:
    label = decapitalize(variable.label.strip(" ."))
    if value:
        return label
    other = decapitalize(variable.negated.strip(" ."))
    if other and not other.startswith("it is not the case"):
        return other
    subject, verb, rest = split_clause(label)
    if verb and not negated(label):
        past = analyse(label)[len(analyse(subject))]
        return f"{subject} did not {past.lemma_} {rest}" if past.tag_ in ("VBN", "VBD") else other
    return negated(label) or other or f"it is not so that {label}"


_NOTHING = frozenset("none no neither nothing n/a".split())


def categorical(variable: Variable, value: str) -> str:
    if value.lower() in _NOTHING:
        return f"there is no {bare(variable.label)}"
    if "{value}" in variable.clause:
        return decapitalize(variable.clause.strip(" .").replace("{value}", value))
    return f"{decapitalize(variable.label)} is {value}"


def voiced(text: str, voice: Voice) -> Iterator[Told]:
    """The clause in the voice, also contracted."""
    if voice == "first":
        text = _first(text)
        text = re.sub(r"\b(with|to|at|from|by|for|owes?|owe|sends?|gives?) us\b", r"\1 you", text)
        text = re.sub(r"\bour\b", "your", text)
        text = re.sub(r"\bwe\b", "you", text)
        yield Told(_mine(contract(text)), "label")
        yield Told(_mine(text), "label")
    else:
        yield Told(text, "label")
        yield Told(contract(text), "label")


def _first(text: str) -> str:
    probe = text.replace(SLOT, "9 qqq")
    spoken = first_person(probe)
    subject, verb, rest = split_clause(probe)
    if spoken is None and verb and bare(subject).lower() in PEOPLE and verb not in ("is", "has"):
        spoken = f"I {verb} {rest}"
    return (spoken or probe).replace("9 qqq", SLOT)


def _mine(text: str) -> str:
    """'the bag weighs …' -> 'my bag weighs …' where it is a thing that customers have."""
    subject, verb, _ = split_clause(text)
    words = subject.split(" ")
    if verb and words[0].lower() == "the" and singular(words[-1].lower()) in _THINGS:
        if not any(w in ("of", "for", "at") for w in words):
            return f"my {text[4:]}"
    return text


_CONTRACTED = (
    (r"\bI am\b", "I'm"),
    (
        r"\bI have(?= (?:not |never |already |just )?(?:been|\w+ed|had|lost|come|bought|paid)\b)",
        "I've",
    ),
    (r"\b(is|was|does|did|has|have|do|are|were) not\b", r"\1n't"),
    (r"\bit is\b", "it's"),
    (r"\bthere is\b", "there's"),
    (r"\bcannot\b", "can't"),
)


def contract(text: str) -> str:
    for pattern, short in _CONTRACTED:
        text = re.sub(pattern, short, text)
    return text


# --- patterns -----------------------------------------------------------------------------------


def of_boolean(variable: Variable, value: bool, plain: str, voice: Voice) -> Iterator[Told]:
    """Other ways to say that a boolean holds or does not."""
    label = decapitalize(variable.label.strip(" ."))
    subject, verb, rest = split_clause(label)
    if not verb:
        return
    personal = subject.split(" ")[-1].lower() in PEOPLE
    who = "I" if voice == "first" and personal else subject
    own = (
        _mine(f"{subject} {verb} {rest}")[: -len(f" {verb} {rest}")]
        if voice == "first"
        else subject
    )
    be, has = ("I'm", "I have") if who == "I" else (f"{who} is", f"{who} has")
    isnt, hasnt = (
        ("I'm not", "I don't have") if who == "I" else (f"{who} isn't", f"{who} doesn't have")
    )
    rest = _voice_rest(rest, voice)
    if verb == "is" and re.match(r"an? ", rest):
        noun = bare(rest)
        if personal:
            yield Told(rest if value else f"not {rest}", "scrap")
            yield Told(f"{be} {rest}" if value else f"{isnt} {rest}", "being")
            yield Told(f"{noun}? {'yes' if value else 'no'}", "ask-yes")
        else:
            yield Told(f"it's {rest}" if value else f"it's not {rest}", "it")
            yield Told(f"it is {rest}" if value else f"it isn't {rest}", "it")
    if (verb in ("has", "holds", "carries", "owns")) and rest and not rest.startswith("been"):
        first = analyse(f"they have {rest}")[2]
        if first.tag_ not in ("VBN", "RB"):
            yield Told(f"{has} {rest}" if value else f"{hasnt} {_any(rest)}", "having")
            got = "I've got" if who == "I" else f"{who} has got"
            gotnt = "I haven't got" if who == "I" else f"{who} hasn't got"
            yield Told(f"{got} {rest}" if value else f"{gotnt} {_any(rest)}", "got")
            yield Told(f"with {rest}" if value else f"no {bare(rest)}", "scrap")
    if (
        personal
        and (sent := re.match(r"(?:(?:us|you) )?((?:an?|the|proof) .+)", rest))
        and (verb in _HANDS_OVER)
    ):
        yield Told(f"{has} {sent.group(1)}" if value else f"{hasnt} {sent.group(1)}", "having")
        can = f"{who} can" if value else f"{who} can't"
        yield Told(f"{can} {_HANDS_OVER[verb]} {rest}", "can")
        yield Told(f"with {sent.group(1)}" if value else f"no {bare(sent.group(1))}", "scrap")
    if personal and verb == "is" and (along := re.match(r"\w+ing with (an? .+)", rest)):
        thing, self_ = along.group(1), "me" if who == "I" else "them"
        yield Told(
            f"{has} {thing} with {self_}" if value else f"{hasnt} {thing} with {self_}", "having"
        )
        yield Told(
            f"there's {thing} with {self_}" if value else f"there's no {bare(thing)} with {self_}",
            "it",
        )
        yield Told(f"with {thing}" if value else f"no {bare(thing)}", "scrap")
    if status := _STATUS.search(f"{verb} {rest}"):
        name = status.group(1)
        yield Told(f"{be} {name}" if value else f"{isnt} {name}", "status")
        yield Told(f"{has} {name} status" if value else f"{hasnt} {name} status", "status")
        member = f"{article(name)} {name} member"
        yield Told(f"{be} {member}" if value else f"{isnt} {member}", "status")
        yield Told(f"{name} member" if value else f"no {name} status", "scrap")
        yield Told(f"no {name}" if not value else f"{be} {name} level", "mine-is")
    if verb == "belongs" and rest.startswith("to "):
        yield Told(f"{be} in {rest[3:]}" if value else f"{isnt} in {rest[3:]}", "being")
        member = f"a member of {rest[3:]}"
        yield Told(f"{be} {member}" if value else f"{isnt} {member}", "being")
    if verb == "is" and not personal and len(rest.split()) == 1 and len(subject.split()) == 2:
        thing = bare(subject)
        if analyse(f"it is a {rest} {thing}")[3].pos_ in ("ADJ", "PROPN", "NOUN"):
            phrase = f"{article(rest)} {rest} {thing}"
            yield Told(f"it's {phrase}" if value else f"it's not {phrase}", "it")
            yield Told(f"{rest} {thing}" if value else f"no {rest} {thing}", "scrap")
            if voice == "first" and value:
                yield Told(f"I have {phrase}", "having")
    if verb == "is" and not personal and re.match(r"(?:at|on|in|from|under|with|for) ", rest):
        yield Told(f"it's {rest}" if value else f"it's not {rest}", "it")
    token = analyse(label)[len(analyse(subject))]
    past = token.tag_ == "VBD" or (token.tag_ == "VBN" and token.dep_ == "acl")
    if past and token.lemma_ not in ("be", "have", "do"):
        if value:
            yield Told(f"{own if not personal else who} did {token.lemma_} {rest}", "did")
        else:
            yield Told(f"{own if not personal else who} never {verb} {rest}", "never")
    if verb in ("was", "were") and (done := re.match(r"(\w+ed)\b(.*)", rest)) and not personal:
        if voice == "first" and done.group(1) in _DONE_BY_CUSTOMERS:
            active = f"I {done.group(1)} {own}{done.group(2)}"
            if not value:
                active = f"I never {done.group(1)} {own}{done.group(2)}"
            yield Told(active, "active")
        if not value:
            yield Told(f"nobody {done.group(1)} {own}{done.group(2)}", "nobody")
        else:
            yield Told(f"{own} has been {rest}", "perfect")
    if verb not in ("is", "are", "was", "were", "has"):
        if token.tag_ == "VBZ" and value:
            yield Told(f"{who} {'do' if who == 'I' else 'does'} {token.lemma_} {rest}", "did")
    if who == "I" and plain.startswith("I") and bool(re.search(r"\bnot\b|n't\b", plain)) != value:
        yield Told(f"{'yes' if value else 'no'}, {plain}", "yes-no")


def _voice_rest(rest: str, voice: Voice) -> str:
    if voice == "first":
        rest = re.sub(r"\b(?:their|his|her)\b", "my", re.sub(r"\bour\b", "your", rest))
        rest = re.sub(r"\b(?:us|we)\b", "you", rest)
    return rest


def _any(phrase: str) -> str:
    return re.sub(r"^an? ", "any " if phrase.endswith("s") else "a ", phrase)


def of_number(plain: str, unit: str, unit_alone: bool, voice: Voice) -> Iterator[Told]:
    """Other ways to give a quantity: 'it's 26 kg', '26 kg on the scale', '3 nights'."""
    subject, verb, rest = split_clause(plain)
    if not verb:
        return
    tail = plain.split(SLOT)[1].strip()
    person = subject.lower() == "i" or subject.split(" ")[-1].lower() in PEOPLE
    if since := re.match(rf"it(?:'s| is) {SLOT} since (.+)$", plain):
        yield Told(f"{since.group(1)} {SLOT} ago", "ago")
        done = re.fullmatch(r"((?:the|my) \w+) was (\w+)", since.group(1))
        if done and voice == "first" and done.group(2) in _DONE_BY_CUSTOMERS:
            yield Told(f"I {done.group(2)} {_mine(done.group(1))} {SLOT} ago", "active")
    if re.search(rf"\bweighs {SLOT}$", plain):
        yield Told(f"{subject} is {SLOT}", "is")
        yield Told(f"it's {SLOT}", "it")
        yield Told(f"{SLOT} on the scale", "scrap")
        yield Told(f"the scale says {SLOT}", "it")
        yield Told(f"{subject} comes to {SLOT}", "comes-to")
        yield Told(f"{SLOT} {bare(re.sub('^my ', '', subject))}", "scrap")
    if match := re.search(rf"^(.*\bis) (\w+) by {SLOT}$", plain):
        yield Told(f"{match.group(1)} {SLOT} {match.group(2)}", "is")
        yield Told(f"{SLOT} {match.group(2)}", "scrap")
    if match := re.search(rf"\bhas been (\w+) for {SLOT}$", plain):
        yield Told(f"it's been {match.group(1)} for {SLOT}", "it")
        yield Told(f"{match.group(1)} for {SLOT}", "scrap")
    if match := re.search(rf"\b(with (?:us|you)) for {SLOT}$", plain):
        yield Told(f"{SLOT} {match.group(1)}", "scrap")
        customer, way = ("I've been", "is") if voice == "first" else ("", "scrap")
        yield Told(f"{customer} a customer for {SLOT}".strip(), way)
        if voice == "first":
            yield Told(f"I joined {SLOT} ago", "ago")
    if match := re.search(rf"\b(\w+ing) (since|after|before) (.+) is {SLOT}$", plain):
        done, when, event = match.groups()
        doing = "I've been" if voice == "first" else "the customer has been"
        yield Told(f"{doing} {done} for {SLOT} {when} {event}", "is")
        yield Told(f"{SLOT} of {done} {when} {event}", "scrap")
        yield Told(f"{done} time: {SLOT}", "scrap")
        if voice == "first":
            yield Told(f"I did {SLOT} of {done} {when} {event}", "did")
            yield Told(f"I spent {SLOT} {done}", "is")
    elif match := re.search(rf"\btime (since|after) (.+) is {SLOT}$", plain):
        event = bare(match.group(2)).removeprefix("last ")
        if voice == "first" and event in _EVENTS:
            yield Told(f"{_EVENTS[event]} {SLOT} ago", "active")
            yield Told(f"it's {SLOT} since {_EVENTS[event]}", "active")
        yield Told(f"it's been {SLOT} since {match.group(2)}", "it")
        yield Told(f"{match.group(2)} was {SLOT} ago", "ago")
        yield Told(f"{SLOT} since {match.group(2)}", "scrap")
    elif match := re.search(rf"^(.+) is {SLOT}$", plain):
        if unit_alone and not _vague(unit):
            yield Told(f"it's {SLOT}", "it")
    if match := re.search(rf"\bnumber of (.+) is {SLOT}$", plain):
        yield Told(f"{SLOT} {match.group(1)}", "scrap")
    if match := re.search(rf"\b(owes?|pays?|spent|paid) {SLOT}$", plain):
        if match.group(1).startswith("owe"):
            yield Told(
                f"{subject} still {match.group(1)} {'you ' if voice == 'first' else ''}{SLOT}", "is"
            )
            yield Told(f"{SLOT} is what {subject} {match.group(1)}", "comes-to")
            yield Told(f"there's {SLOT} open", "it")
    done = re.match(rf"(was|is) (\w+ed) {SLOT} (after|before)\b", f"{verb} {rest}")
    if done and voice == "first" and done.group(2) in _DONE_BY_CUSTOMERS:
        aux = "I" if done.group(1) == "was" else "I'm"
        verb_form = done.group(2) if aux == "I" else _ing(done.group(2))
        yield Told(
            f"{aux} {verb_form} {'it' if subject.startswith('it') else subject} {SLOT} {tail}",
            "active",
        )
    if (event := re.fullmatch(r"before ((?:the )?\w+)", tail)) and not person:
        yield Told(f"{event.group(1)} is in {SLOT}", "is")
    if tail == "full":
        yield Told(f"it's {SLOT} full", "it")
    if (kind := re.search(rf"\b(booking|reservation|order) is for {SLOT}$", plain)) and (
        voice == "first"
    ):
        yield Told(f"I {'ordered' if kind.group(1) == 'order' else 'booked'} {SLOT}", "active")
        yield Told(f"I have {SLOT}", "having")
    if tail.startswith("before ") and not person:
        yield Told(f"it's {SLOT} {tail}", "it")
    if tail.startswith("after ") and verb == "was":
        yield Told(f"it {verb} {rest}", "it")
    if unit_alone and tail and len(tail.split()) <= 3:
        yield Told(f"{SLOT} {tail}", "scrap")
    elif unit_alone and not tail and not _vague(unit):
        yield Told(SLOT, "scrap")
    if match := re.search(rf"\b(?:is|am|'m) (?:for|staying for|staying) {SLOT}$", plain):
        yield Told(f"it's for {SLOT}" if "staying" not in plain else f"it's {SLOT}", "it")
        if "staying" in plain and person:
            stays = "I stay" if subject.lower() in ("i", "i'm") else f"{subject} stays"
            yield Told(f"{stays} {SLOT}", "is")


def _vague(unit: str) -> bool:
    """Whether '9 days' or '9 euros' alone would leave open what is meant."""
    return unit.lower() in MONEY or singular(unit.lower()) in (
        "minute", "hour", "day", "week", "month", "year"
    )  # fmt: skip


def _ing(past: str) -> str:
    return re.sub(r"e?d$", "", past[:-2] if past.endswith("ed") else past) + "ing"


_EVENTS = {
    "charge": "you charged me", "purchase": "I bought it", "order": "I ordered it",
    "booking": "I booked", "payment": "I paid", "delivery": "it was delivered",
    "flight": "I flew", "arrival": "I arrived", "incident": "it happened",
    "accident": "it happened", "return": "I sent it back", "loss": "I lost it",
}  # fmt: skip
"""What a customer does or undergoes, for the noun of an event."""
_CARRIED = frozenset("plan rate tier fare package level subscription tariff contract".split())


def of_category(variable: Variable, value: str, voice: Voice) -> Iterator[Told]:
    """'it's a domestic flight', 'I'm on the Annual plan', 'Annual plan here'."""
    noun = re.sub(
        r"^(?:kind|type) of |(?: (?:type|kind|category|class))$", "", bare(variable.label)
    )
    if value.lower() in _NOTHING:
        yield Told(f"I have no {noun}" if voice == "first" else f"no {noun}", "having")
        return
    person = "the customer"
    if re.match(r"(?:an?|the|on|in|at|from|not|with|by|under) ", value):
        yield Told(value, "scrap")
        return
    if len(value.split()) > 2 or len(noun.split()) > 2 or "'" in noun:
        return
    compound = value if noun.split(" ")[-1].lower() in value.lower() else f"{value} {noun}"
    yield Told(compound, "scrap")
    if noun.split(" ")[-1] in _CARRIED:
        be, have = ("I'm", "I have") if voice == "first" else (f"{person} is", f"{person} has")
        yield Told(f"{be} on the {compound}", "being")
        yield Told(f"{have} the {compound}", "having")
        yield Told(f"it's the {compound}", "it")
        yield Told(f"{compound} here", "mine-is")
    else:
        phrase = f"{article(compound)} {compound}"
        yield Told(f"it's {phrase}", "it")
        if voice == "first":
            yield Told(f"I have {phrase}", "having")


_TAILS = frozenset("before after during when while".split())


def shorter(told: Iterable[Told]) -> Iterator[Told]:
    """Clauses without what people leave out: 'before coming to the airport' at the end, 'in the
    Larkwing Circle' after a name."""
    for each in told:
        if SLOT in each.text or each.way == "scrap":
            continue
        words = each.text.split(" ")
        cut = next((n for n, w in enumerate(words) if w in _TAILS and n >= 3), None)
        if cut is not None:
            yield Told(" ".join(words[:cut]), "short")
        if match := re.match(
            r"(.*\b[A-Z][\w-]+(?: [a-z]\w+)?) (?:in|of|with|at) the [A-Z].*$", each.text
        ):
            if len(match.group(1).split()) >= 3:
                yield Told(match.group(1), "short")


def distinct(told: Iterable[Told]) -> list[Told]:
    found: dict[str, Told] = {}
    for each in told:
        text = tidy(each.text)
        found.setdefault(text, Told(text, each.way))
    return list(found.values())
