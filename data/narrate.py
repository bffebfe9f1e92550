"""A case as a person would bring it to the desk: many phrasings for any workflow.

In: a `Workflow`, a `Sample` and a split. Out: the question, the name of its template, and the
circumstances that it leaves unsaid. A question is composed of an arrangement, an opener, the
circumstances told (`data.circumstances`), an asker and, at times, small talk; each of these lists
is split between training and evaluation, so no phrasing template is shared. CAP-CPT (arXiv
2510.11588) holds that concrete scenarios beat abstract restatement; its templates are not stated.
Nothing here knows a policy: matters are named by the workflow's title, people by its own nouns.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from data.cases import Sample, Split, outcomes_left, thresholds, values
from data.circumstances import SLOT, Teller, Told, number_forms, predicate, split_clause
from data.phrasing import everyday
from data.syntax import PEOPLE, decapitalize, sentence
from parsers.language import article
from parsers.spec import Branch, Leaf, Node, Value, Workflow, variables_of

UNSAID_EXCEPTION, UNSAID_SETTLED = 0.15, 0.4
"""How often a false boolean stays unsaid: one that only opens an exception; one without effect."""
DISTRACTOR = 0.15


@dataclass(frozen=True)
class Narrated:
    question: str
    template: str
    unsaid: frozenset[str]
    told: tuple[str, ...]
    """The fragment for each circumstance told, as it stands in the question but for its case."""


def _rows(prefix: str, text: str) -> dict[str, str]:
    rows = [line.strip().strip('"') for line in text.strip().splitlines()]
    return {f"{prefix}{n}": row for n, row in enumerate(rows, 1)}


# {open} opener · {s} circumstances as sentences · {j} joined into one · {J} the same, capitalized ·
# {a} {A} the first circumstance, {r} the others as sentences · {ask} {lask} the asker, the latter
# going on after a comma · {small} small talk · {bye} a last word · {n} notes
_ARRANGEMENTS = {
    "train": _rows("t", """
        {open}{s} {ask}
        {open}{s} {ask}
        {open}{J}. {ask}
        {open}{J}. {ask}
        {open}{ask} {s}
        {open}{ask} {J}.
        {open}{A}. {ask} {r}
        {open}{small} {s} {ask}
        {open}{A}. {small} {r} {ask}
        {open}{s} {small} {ask} {bye}
        {open}{s} {ask} {bye}
        {open}if {j}, {lask}
        {open}{ask} I mean, {j}.
        {open}{ask} Just so you know, {j}.
        Hello,\\n\\n{s} {ask}\\n\\n{bye}
        {open}{small} {J}, {lask}
        {j}. {lask}
        {j}, {lask}
        """),
    "eval": _rows("e", """
        {open}so {j}. {ask}
        {open}{s} {ask}
        {open}{J} - {lask}
        {open}{small} {ask} {s}
        {open}{r} {ask} Oh, and {a}.
        {open}say {j}. {ask}
        {open}{ask} You see, {j}.
        Dear team,\\n{small} {s}\\n{ask}\\n{bye}
        {open}{J}, and now I wonder: {lask}
        {j} ... {lask}
        """),
}  # fmt: skip
_NOTES = {
    "train": _rows("tn", """
        Case: {n}. {ask}
        {n}. {ask}
        {ask} {n}.
        {person}: {n}. {ask}
        {title}: {n}. {ask}
        """),
    "eval": _rows("en", """
        Situation: {n}. {ask}
        Details - {n} - {lask}
        {ask} Facts: {n}.
        """),
}  # fmt: skip
_OPENERS = {
    "train": _rows("o", """
        ""
        ""
        ""
        "Hi, "
        "Hello! "
        "Hey, "
        "Good morning. "
        "Excuse me, "
        "Sorry to bother you. "
        "OK so "
        "Right, "
        "Look, "
        "Help! "
        "Hi there! "
        "I have a problem. "
        "I need some advice. "
        "This is about {title}. "
        "A question on {title}: "
        "You're my last hope. "
        "This is so annoying. "
        """),
    "eval": _rows("eo", """
        ""
        "Good evening. "
        "Well, "
        "Hello team, "
        "Could you help me out? "
        "It concerns {title}. "
        "Listen, "
        """),
}  # fmt: skip
_COLLEAGUE = {
    "train": _rows("c", """
        ""
        "I have a {person} here. "
        "Quick check, "
        "I'm new at the desk. "
        "Hi, colleague question: "
        "There's a {person} in front of me: "
        "A case of {title}: "
        "A {person} just wrote in. "
        """),
    "eval": _rows("ec", """
        ""
        "One of our {people} has a request. "
        "Need a second opinion: "
        "On the phone I have a {person}. "
        """),
}  # fmt: skip
_SMALL = {
    "train": _rows("s", """
        It has been a long day.
        I'm writing this on my phone.
        My sister told me to ask you.
        I hope you can help me.
        I'm a bit nervous about this.
        I tried your phone line but it was busy.
        I've never done this before.
        Sorry for the long message.
        I'm in a hurry.
        I didn't sleep much.
        My neighbour said something else, but never mind.
        I read your website twice and still don't get it.
        It's raining here, by the way.
        I know you're busy.
        I should have asked earlier.
        You've always been nice to me.
        """),
    "eval": _rows("es", """
        My husband thinks I worry too much.
        I could not find this anywhere.
        Anyway, it's a nice day otherwise.
        I'm typing with one hand, so excuse me.
        I've been going round in circles.
        """),
}  # fmt: skip
_BYES = {
    "train": _rows("b", """
        Thanks!
        Thank you.
        Please be quick.
        Many thanks in advance.
        I'm waiting.
        Cheers
        Best regards
        """),
    "eval": _rows("eb", """
        Kind regards
        Much appreciated.
        Hope to hear from you soon.
        """),
}  # fmt: skip
_ASKERS = {
    "train": {
        "any": _rows("a", """
            What do you do?
            What happens?
            What happens now?
            What happens next?
            What now?
            What can you do for me?
            What can you do about it?
            What are you going to do?
            What will you do?
            What do I get?
            How do you handle this?
            What does this mean for me?
            What can I expect?
            What's your decision?
            How does this work?
            Can you help?
            So?
            What's the deal?
            What do your rules say?
            Where do I stand?
            """),
        "named": _rows("an", """
            What's your policy on {title}?
            How do you deal with {title}?
            What are the rules for {title}?
            What happens with {title} here?
            """),
        "charge": _rows("ac", """
            Do I have to pay?
            How much do I pay?
            What does it cost me?
            Is there a fee?
            How much is it?
            What will you charge me?
            What do I owe you?
            Is it free?
            """),
        "refund": _rows("ar", """
            Do I get my money back?
            Can I have a refund?
            How much do I get back?
            What do I get back?
            """),
        "pay": _rows("ap", """
            Do you pay me anything?
            What help do I get?
            What am I entitled to?
            """),
        "colleague": _rows("aw", """
            What do we do?
            What do I tell them?
            What should I do?
            How do I handle this?
            What's the right decision?
            What applies here?
            What are we supposed to do?
            What can we offer?
            """),
    },
    "eval": {
        "any": _rows("ea", """
            What is going to happen?
            What do you offer me?
            How will you deal with it?
            What's the outcome?
            What follows from that?
            What would you do in my case?
            """),
        "named": _rows("ean", """
            What do you say about {title}?
            What rule do you have on {title}?
            """),
        "charge": _rows("eac", """
            What's the price for me?
            Will it cost me something?
            What do you want from me for that?
            """),
        "refund": _rows("ear", """
            Is any of my money coming back?
            What sum will you return to me?
            """),
        "pay": _rows("eap", """
            Is there something you give me for this?
            """),
        "colleague": _rows("eaw", """
            What is the procedure?
            How should we respond?
            Which rule do we follow, and what comes of it?
            """),
    },
}  # fmt: skip
_INTENTS = {
    "charge": r"\bcharg|\bfee\b|\bpays? (?:a|the)\b|\bfree of charge\b|\bcosts?\b",
    "refund": r"\brefund|\bmoney back\b|\breimburs",
    "pay": r"^pay\b|\bcompensat|\bvoucher\b|\bcredit\b",
}


def narrate(workflow: Workflow, drawn: Sample, split: Split, rng: random.Random) -> Narrated:
    """Put the case into words.

    Every variable asked about on the path is told, but for booleans that are false and that nobody
    would mention (`Narrated.unsaid`).
    """
    side = "eval" if split == "eval" else "train"
    unsaid = _unsaid(workflow, drawn, rng)
    names = [n for n in drawn.case if n not in unsaid]
    case = dict(drawn.case)
    spare = [v for v in workflow.variables if v.name not in case]
    if spare and rng.random() < DISTRACTOR:
        other = rng.choice(spare)
        case[other.name] = rng.choice(values(workflow, other))
        names.append(other.name)
    if rng.random() < 0.7:
        rng.shuffle(names)
    manner = rng.choices(("first", "third", "notes"), (7, 2, 1))[0]
    if manner == "notes":
        return _as_notes(workflow, case, names, side, rng, unsaid)
    told = [_tell(workflow, name, case[name], manner, side, rng) for name in names]
    if manner == "first" and len(told) > 1 and rng.random() < 0.12:
        told = [_clipped(workflow, n, case[n], t, rng) for n, t in zip(names, told, strict=True)]
    parts = {k: v for k, v in _ARRANGEMENTS[side].items() if len(told) > 1 or "{r}" not in v}
    form, arrangement = _pick(parts, rng)
    asker, ask = _ask(workflow, manner, side, rng, must_name=len(told) < 2)
    openers = (_COLLEAGUE if manner == "third" else _OPENERS)[side]
    opener, opening = _pick(openers, rng)
    small, talk = _pick(_SMALL[side], rng)
    bye, farewell = _pick(_BYES[side], rng)
    opening, ask = _fill(workflow, opening), _fill(workflow, ask)
    joined = _join(told, rng)
    text = arrangement.format(
        open=opening,
        s=" ".join(map(sentence, told)),
        j=joined,
        J=_capital(joined),
        a=told[0],
        A=_capital(told[0]),
        r=" ".join(map(sentence, told[1:])),
        ask=ask,
        lask=decapitalize(ask),
        small=talk,
        bye=farewell,
    ).replace("\\n", "\n")
    used = [form, manner, opener if "{open}" in arrangement else "-", asker]
    used += [small] if "{small}" in arrangement else []
    text, habit = _typed(_polish(text), rng)
    return Narrated(text, "/".join([*used, habit]), unsaid, tuple(told))


# --- circumstances ----------------------------------------------------------------------------


def _tell(
    workflow: Workflow, name: str, value: Value, voice: str, side: str, rng: random.Random
) -> str:
    variable = workflow.variable(name)
    options = _teller(workflow.model_dump_json()).clauses(name, value, voice)
    chosen: Told = rng.choices(options, [3.0 if t.way != "label" else 1.5 for t in options])[0]
    text = chosen.text
    if rng.random() < 0.45:
        (text,) = everyday(rng, side, text)
    if SLOT not in text:
        return text
    forms = number_forms(float(value), variable.unit)
    style = rng.choice(sorted(forms)) if rng.random() < 0.6 else "plain"
    near = any(abs(float(value) - t) <= max(2, 0.15 * t) for t in thresholds(workflow, name))
    written = forms[style]
    if not near and rng.random() < 0.15:
        written = f"{rng.choice(('about', 'around') if side == 'train' else ('roughly',))} {written}"
    elif float(value) in thresholds(workflow, name) and rng.random() < 0.3:
        written = f"exactly {written}"
    return text.replace(SLOT, written)


def _clipped(workflow: Workflow, name: str, value: Value, told: str, rng: random.Random) -> str:
    """'Gold member' or 'no Gold member', where the boolean is that a person is something."""
    variable = workflow.variable(name)
    if variable.type != "boolean" or rng.random() < 0.3:
        return told
    subject, verb, rest = split_clause(variable.label)
    if verb not in ("is", "are") or not re.match(r"an? ", rest):
        return told
    return rest if value else f"no {predicate(variable.label)}"


def _as_notes(
    workflow: Workflow,
    case: dict[str, Value],
    names: Sequence[str],
    side: str,
    rng: random.Random,
    unsaid: frozenset[str],
) -> Narrated:
    teller = _teller(workflow.model_dump_json())
    told = []
    for name in names:
        variable = workflow.variable(name)
        value = case[name]
        written = teller.value(name, value)
        if variable.type == "number":
            forms = number_forms(float(value), variable.unit)
            written = forms[rng.choice(sorted(forms))]
        told.append(f"{decapitalize(teller.key(name))}{rng.choice((': ', ' = ', ' '))}{written}"
                    if variable.type == "number" else f"{decapitalize(teller.key(name))}: {written}")
    form, arrangement = _pick(_NOTES[side], rng)
    voice = rng.choice(("first", "third"))
    asker, ask = _ask(workflow, voice, side, rng, must_name=len(told) < 2)
    ask = _fill(workflow, ask)
    notes = rng.choice(("; ", ", ", " / ")).join(told)
    text = arrangement.format(
        n=notes, ask=ask, lask=decapitalize(ask), person=_capital(_person(workflow)),
        title=workflow.title,
    )  # fmt: skip
    text, habit = _typed(_polish(text), rng)
    return Narrated(text, "/".join((form, "notes", asker, habit)), unsaid, tuple(told))


def _unsaid(workflow: Workflow, drawn: Sample, rng: random.Random) -> frozenset[str]:
    """False booleans that stay unsaid: those without effect on this case, and those whose truth
    leads straight to an outcome, as an exception's does. At least one circumstance is told."""
    left_out: set[str] = set()
    exceptions = _exceptional(workflow.root)
    for name in drawn.asked:
        variable = workflow.variable(name)
        if variable.type != "boolean" or drawn.case[name] or len(left_out) + 1 >= len(drawn.case):
            continue
        rest = {k: v for k, v in drawn.case.items() if k != name and k not in left_out}
        settled = outcomes_left(workflow, rest) == {drawn.decision.index}
        odds = UNSAID_SETTLED if settled else UNSAID_EXCEPTION if name in exceptions else 0.0
        if variable.negated and rng.random() < odds:
            left_out.add(name)
    return frozenset(left_out)


def _exceptional(node: Node) -> frozenset[str]:
    """Booleans that only ever turn a branch straight into an outcome."""
    found: set[str] = set()
    barred: set[str] = set()

    def walk(node: Node) -> None:
        if not isinstance(node, Branch):
            return
        kind = node.condition.kind
        straight = kind == "truth" and isinstance(node.yes, Leaf)
        (found if straight else barred).update(variables_of(node.condition))
        walk(node.yes)
        walk(node.no)

    walk(node)
    return frozenset(found - barred)


# --- parts ------------------------------------------------------------------------------------


def _pick(rows: dict[str, str], rng: random.Random) -> tuple[str, str]:
    name = rng.choice(list(rows))
    return name, rows[name]


def _ask(
    workflow: Workflow, voice: str, side: str, rng: random.Random, must_name: bool
) -> tuple[str, str]:
    askers = _ASKERS[side]
    if must_name or rng.random() < 0.15:
        return _pick(askers["named"], rng)
    if voice == "third":
        return _pick(askers["colleague"], rng)
    fitting = [
        intent
        for intent, pattern in _INTENTS.items()
        if any(re.search(pattern, o.text, re.IGNORECASE) for o in workflow.outcomes)
    ]
    if fitting and rng.random() < 0.5:
        return _pick(askers[rng.choice(fitting)], rng)
    return _pick(askers["any"], rng)


def _fill(workflow: Workflow, text: str) -> str:
    person = _person(workflow)
    return text.format(title=_title(workflow), person=person, people=f"{person}s")


def _title(workflow: Workflow) -> str:
    return decapitalize(re.sub(r"^[\d.]+\s*", "", workflow.title).strip(" .:"))


def _person(workflow: Workflow) -> str:
    """The people the workflow is about, by its own noun."""
    for text in [v.label for v in workflow.variables] + [o.text for o in workflow.outcomes]:
        for word in re.findall(r"[a-z]+", text.lower()):
            if word in PEOPLE and not word.startswith(("some", "any")):
                return word
    return "customer"


def _join(told: Sequence[str], rng: random.Random) -> str:
    if len(told) == 1:
        return told[0]
    last = rng.choice((" and ", ", and ", ", also ", ", "))
    return ", ".join(told[:-1]) + last + told[-1]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _polish(text: str) -> str:
    text = re.sub(r"[ ]{2,}", " ", text).strip()
    text = re.sub(r"\s+([.,?!])", r"\1", text)
    text = re.sub(r"(?<=[.!?:,])\.(?!\.)", "", text) if "..." not in text else text
    text = re.sub(r"(^|[.!?]\s+|\n)([a-z])", lambda m: m.group(1) + m.group(2).upper(), text)
    text = re.sub(
        r"(?<=, |: )([A-Z][a-z']+)(?= (?!of\b)[a-z])",
        lambda m: m.group() if m.group() in ("I", "I'm", "I've") else _lower_if_common(m.group()),
        text,
    )
    return re.sub(r"\b(an?) (?=([\w€$£]+))", lambda m: f"{article(m.group(2))} ", text)


_COMMON = frozenset("my the it it's we your you our a an what how do is can so say if".split())


def _lower_if_common(word: str) -> str:
    return word.lower() if word.lower() in _COMMON else word


def _typed(text: str, rng: random.Random) -> tuple[str, str]:
    """How carefully it was typed: mostly well, at times in lower case or without apostrophes."""
    roll = rng.random()
    if roll < 0.72:
        return text, "neat"
    if roll < 0.86:
        return text.lower(), "lower"
    hasty = re.sub(r"(?<=\w)'(?=\w)", "", text.lower()).replace("?", "") if roll < 0.95 else text
    if roll < 0.95:
        return re.sub(r"\byou\b", "u", hasty).strip(" ."), "hasty"
    return re.sub(r"[.](?=\s|$)", "!!", text), "loud"


@lru_cache(maxsize=64)
def _teller(serialized: str) -> Teller:
    return Teller(Workflow.model_validate_json(serialized))
