"""Facts: questions about what is true in the domain (CAP-CPT's factual category).

In: factual statements. Out: wh-questions on each part that answers one (amount, time, place, name,
object), yes/no questions of both polarities (a changed value, or the value of another fact), and
questions by topic for what syntax does not open. Kinds of questions are the project's own: the
paper states "paraphrases and question-answer pairs" and no more.
"""

from __future__ import annotations

import hashlib
import random
import re
from dataclasses import replace

from data import asks as making
from data.asks import Ask, held, is_frame, kind_of
from data.figures import Value, another, values
from data.matters import messages
from data.phrasing import Core, Split
from data.questions import Wh, wh_questions
from data.recitations import per_spec, recitations, recite
from data.rewording import negated
from data.samples import Conversation, Item
from data.syntax import CLOCK, Clause, clauses, decapitalize, join, names_in, sentence, you_for_we
from data.terms import distinctive
from data.topics import the, topics
from parsers.spec import PolicySpec, Statement


def conversations(spec: PolicySpec, n: int, seed: int) -> list[Conversation]:
    """n supervised turns about the facts, all facts alike."""
    return making.conversations(_facts(spec), asks, spec, n, seed)


def items(spec: PolicySpec, n: int, seed: int, split: Split = "rl") -> list[Item]:
    """n verifiable questions about the facts."""
    return making.items(_facts(spec), asks, spec, n, seed, split)


def _facts(spec: PolicySpec) -> list[Statement]:
    return [s for s in spec.statements if kind_of(s) == "factual"]


def asks(statement: Statement, spec: PolicySpec) -> list[Ask]:
    """Every question about the fact, grammatical ones only; never none."""
    if is_frame(statement) and statement.section:
        return _frame_asks(statement, spec)
    text = recite(statement, spec)
    found = fact_asks(text, statement, spec)
    found += figure_asks(statement, spec)
    found += topic_asks(statement, spec, few=bool(found))
    return _distinct(found + scene_asks(statement, spec))


_FRAME = (
    ("What is the part “{x}” of the policy for?", "what the part “{x}” of the policy is for"),
    ("When does the section {x} apply?", "when the section {x} applies"),
    ("What is said at the start about {x}?", "what is said at the start about {x}"),
    ("What is the scope of {x}?", "what the scope of {x} is"),
)


def _frame_asks(statement: Statement, spec: PolicySpec) -> list[Ask]:
    """Questions on what the document says of one of its own parts."""
    title = re.sub(r"^[\d.]+\s+", "", statement.section[-1])
    found = [
        Ask(
            Core(f"frame-{n}", direct.format(x=title), indirect.format(x=title)),
            recite(statement, spec),
        )
        for n, (direct, indirect) in enumerate(_FRAME)
    ]
    return [*found[:-1], held(found[-1])]


def fact_asks(text: str, statement: Statement, spec: PolicySpec) -> list[Ask]:
    """Wh- and yes/no questions on the clauses of a text of the statement's; perhaps none.

    They are answered with the whole sentence, if the text is one: to copy what was just recited is
    surer than to choose a part of it.
    """
    names = names_in(spec.document.text)
    whole = not re.search(r"[.!?]\s+\S", text)
    found: list[Ask] = []
    for clause in clauses(text, names):
        if clause.noun.pos_ == "PRON" and clause.noun.lower_ not in ("we", "you", "there"):
            continue
        for ask in _wh(clause) + _yes_no(clause, statement, spec):
            said = ask.answer.replace(clause.text, text) if whole else ask.answer
            found.append(replace(ask, answer=said))
    return found + _quantities(text)


def _distinct(found: list[Ask]) -> list[Ask]:
    return list({ask.core.direct.lower(): ask for ask in reversed(found)}.values())[::-1]


# --- wh-questions ---------------------------------------------------------------------------


def _wh(clause: Clause) -> list[Ask]:
    found = []
    for wh in wh_questions(clause):
        accept = accepted(wh.target)
        base = Ask(Core(wh.form, wh.direct, wh.indirect), clause.text, accept=accept)
        found.append(base)
        for n, (direct, indirect) in enumerate(_other_wordings(clause, wh)):
            core = Core(f"{wh.form}-{n}", _upper(you_for_we(direct)), you_for_we(indirect))
            ask = replace(base, core=core)
            found.append(held(ask) if n == 1 else ask)
    return found


def _other_wordings(clause: Clause, wh: Wh) -> list[tuple[str, str]]:
    """(direct, indirect) in other words; the second is kept for evaluation."""
    subject, verb = clause.subject_text, clause.head.lemma_.lower()
    short = re.sub(r"^(?:the|an?|every|each|all|our)\s+", "", subject, flags=re.IGNORECASE)
    be = "are" if clause.plural else "is"
    if wh.form == "how-much" and verb in ("cost", "be"):
        return [
            (f"What do I have to pay for {subject}?", f"what I have to pay for {subject}"),
            (f"What is the price of {subject}?", f"what the price of {subject} is"),
            (f"What does it cost, {subject}?", ""),
            (f"{short} price?", ""),
            (f"How much money should I bring for {subject}?", ""),
            (f"Is {subject} expensive?", ""),
        ]
    if wh.form == "when" and "open" in [t.lower_ for t in clause.tail] and verb == "be":
        do = "do" if clause.plural else "does"
        return [
            (f"What are the opening hours of {subject}?", f"when I can come to {subject}"),
            (f"What hours {be} {subject} open?", f"what hours {subject} {be} open"),
            (f"What time {do} {subject} open and close?", f"until when {subject} {be} open"),
            (f"From when until when {be} {subject} open?", ""),
            (f"How late can I come to {subject}?", ""),
            (f"{short} opening hours?", ""),
        ]
    if wh.form == "when" and re.search(CLOCK, wh.target):
        direct = re.sub(r"^When\b", "At what time", wh.direct)
        other = re.sub(r"^When\b", "From what time on", wh.direct)
        wordings = [(direct, re.sub(r"^when\b", "at what time", wh.indirect))]
        return wordings + ([(other, "")] if verb in ("start", "begin", "open") else [])
    if wh.form == "when":
        return [
            (f"{wh.direct.rstrip('?')}, do you know?", ""),
            (re.sub(r"^When\b", "How soon", wh.direct), "")
            if "within" in wh.target
            else (wh.direct.replace("When", "When exactly", 1), ""),
        ]
    if wh.form == "how-soon":
        question = wh.direct.removeprefix("How quickly ")
        return [
            (f"How fast {question}", wh.indirect.replace("how quickly", "how fast", 1)),
            (f"How soon {question}", wh.indirect.replace("how quickly", "how soon", 1)),
            (f"How long will I have to wait? {_upper(wh.direct)}", ""),
        ]
    if wh.form == "where" and verb in ("be", "locate", "situate", "find"):
        return [
            (f"Where can I find {subject}?", f"where I can find {subject}"),
            (f"Where do I have to go for {subject}?", f"how to get to {subject}"),
            (f"In which place {be} {subject}?", f"which way it is to {subject}"),
            (f"I'm looking for {subject}. Where {be} {'they' if clause.plural else 'it'}?", ""),
            (f"{short} - where?", ""),
        ]
    if wh.form == "where":
        return [(wh.direct.replace("Where", "In what place", 1), "")]
    if wh.form == "what-name":
        return [
            (f"What is the name of {subject}?", f"what the name of {subject} is"),
            (f"Which name does {subject} have?", f"which name {subject} has"),
        ]
    if wh.form == "how-long":
        return [
            (wh.direct.replace("How long", "For how long", 1), ""),
            (wh.direct.replace("How long", "How much time", 1), "")
            if verb in ("last", "take", "be", "have")
            else (wh.direct.replace("How long", "For what length of time", 1), ""),
        ]
    if wh.form == "what-amount":
        return [(f"{short}?", ""), (f"How much is {subject}?", f"how much {subject} is")]
    if wh.form == "how-heavy":
        return [(f"What may {subject} weigh?", f"what {subject} may weigh")]
    return []


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def accepted(target: str) -> tuple[tuple[str, ...], ...]:
    """What an answer must say: the values in the target, or its few words; else nothing."""
    found = tuple(dict.fromkeys(v.text for v in values(target)))
    listed = re.fullmatch(r"([A-Z]\w*(?:,\s[A-Z]\w*)*),?\s(?:and|or)\s([A-Z]\w*)", target)
    if listed:
        return ((*listed.group(1).split(", "), listed.group(2)),)
    if found:
        return (found,)
    words = re.sub(
        r"^(?:(?:in|on|at|by|for|from|to|the|an?|our|under|with|of)\s+)+", "", target.strip()
    )
    return ((words,),) if 0 < len(words.split()) <= 4 else ()


# --- yes/no questions -----------------------------------------------------------------------


_NAMING = ("where", "what-name")
_SURE = (
    "Is it true that {c}?",
    "Am I right that {c}?",
    "Can you confirm that {c}?",
    "Did I understand right that {c}?",
    "{C}. Is that so?",
    "{C}, correct?",
    "I was told that {c}. True?",
    "Do I have it right that {c}?",
    "A friend says {c}. Is she right?",
    "Is it the case that {c}?",
    "So {c}, yes?",
    "I read that {c}. Does that still hold?",
)
_SURE_HELD = ("Is it correct that {c}?",)


def _yes_no(clause: Clause, statement: Statement, spec: PolicySpec) -> list[Ask]:
    """Both polarities, with the true value and with a changed one."""
    found: list[Ask] = []
    tail = join(clause.tail)
    if any(t.dep_ == "neg" for t in clause.verb) or len(tail.split()) > 22:
        return found
    seed = int(hashlib.sha256(clause.text.encode()).hexdigest()[:6], 16)
    places = values(tail)
    named = [w.target for w in wh_questions(clause) if w.form in _NAMING and w.target in tail]
    stated = ", ".join(value.text for value in places) or (named[0] if named else "so")
    same = f"Asked: {stated}; it is {stated}: yes."
    found.append(replace(_yes(clause, tail), check=same))
    whole = decapitalize(clause.text.rstrip("."), clause.names)
    every = re.match(r"(?:every|each|all|both|any|no|only)\b", whole, re.IGNORECASE)
    # Where there is a value to change, a changed one asks more naturally than a negation.
    denied = None if every or places else negated(whole)
    for n, opener in enumerate(_SURE + _SURE_HELD):
        sure = Core(f"true-{n}", you_for_we(opener.format(c=whole, C=_upper(whole))))
        pair = [Ask(sure, f"Yes. {clause.text}", check=same, accept=(("yes",),))]
        if denied and denied != whole:
            asked = opener.format(c=denied, C=_upper(denied))
            core = Core(f"untrue-{n}", you_for_we(asked))
            check = "Asked: not so; it is so: no."
            pair.append(Ask(core, f"No. {clause.text}", check, (("no",),), reject=("yes",)))
        found += [held(ask) for ask in pair] if n >= len(_SURE) else pair
    for value in places:
        for turn in range(3):
            other = another(value, _document_values(spec), seed + turn)
            if other and other.lower() != value.text.lower():
                changed = tail[: value.start] + other + tail[value.start + len(value.text) :]
                no = _no(clause, changed, (value.text,), f"no-value-{turn}")
                asked = ", ".join(other if v is value else v.text for v in places)
                found.append(replace(no, check=f"Asked: {asked}; it is {stated}: no."))
    if not places:
        for wh in wh_questions(clause):
            rivals = [t for t in _targets(spec).get(wh.form, ()) if t[1] != statement.id]
            if rivals and wh.target in named:
                rival = rivals[seed % len(rivals)][0]
                keep = accepted(wh.target)
                if rival.lower() not in tail.lower() and keep:
                    changed = tail.replace(wh.target, rival, 1)
                    no = _no(clause, changed, keep[0], "no-other")
                    found.append(replace(no, check=f"Asked: {rival}; it is {wh.target}: no."))
    return found


def _yes(clause: Clause, tail: str) -> Ask:
    return Ask(
        Core("yes", clause.yes_no(tail), _whether(clause, tail)),
        f"Yes. {clause.text}",
        accept=(("yes",),),
    )


def _no(clause: Clause, tail: str, keep: tuple[str, ...], form: str) -> Ask:
    return Ask(
        Core(form, clause.yes_no(tail), _whether(clause, tail)),
        f"No. {clause.text}",
        accept=(keep,),
        reject=("yes",),
    )


def _whether(clause: Clause, tail: str) -> str:
    return you_for_we(f"whether {clause.subject_text} {join(clause.verb)} {tail}")


@per_spec
def _document_values(spec: PolicySpec) -> tuple[Value, ...]:
    return tuple(value for text in recitations(spec).values() for value in values(text))


@per_spec
def _targets(spec: PolicySpec) -> dict[str, list[tuple[str, str]]]:
    """What answers each kind of wh-question in this document: (answer, statement id)."""
    names = names_in(spec.document.text)
    table: dict[str, list[tuple[str, str]]] = {}
    for statement in _facts(spec):
        for clause in clauses(recite(statement, spec), names):
            for wh in wh_questions(clause):
                table.setdefault(wh.form, []).append((wh.target, statement.id))
    return table


# --- 'a free trial of 14 days' --------------------------------------------------------------

_OF = re.compile(
    r"\b(?:an?|the|one|every|each)\s+((?:[\w-]+\s){1,4})of\s+(?=\d|[€$£])", re.IGNORECASE
)
_MEASURES = {
    "money": [("How much is {x}?", "how much {x} is"), ("What do I pay for {x}?", "")],
    "time": [("How long is {x}?", "how long {x} is"), ("How long does {x} last?", "")],
    "weight": [
        ("How heavy may {x} be?", "how heavy {x} may be"),
        ("How much may {x} weigh?", "how much {x} may weigh"),
        ("What is the weight limit for {x}?", "what the weight limit for {x} is"),
        ("How many kilos can {x} have?", ""),
    ],
    "length": [("How big may {x} be?", "how big {x} may be"), ("How long may {x} be?", "")],
    "percent": [("How much is {x}?", "how much {x} is"), ("What percentage is {x}?", "")],
}


def _quantities(text: str) -> list[Ask]:
    """Questions on a noun that carries its amount with 'of'."""
    found = []
    for match in _OF.finditer(text):
        value = next((v for v in values(text) if v.start >= match.end()), None)
        if value is None or value.start > match.end() + 1 or value.kind not in _MEASURES:
            continue
        noun = f"the {match.group(1).strip()}"
        for n, (direct, indirect) in enumerate(_MEASURES[value.kind]):
            core = Core(f"measure-{n}", direct.format(x=noun), indirect.format(x=noun))
            ask = Ask(core, f"{sentence(value.text)} {sentence(text)}", accept=((value.text,),))
            found.append(held(ask) if n == 1 else ask)
    return found


# --- 'the missing bag: how long?' ------------------------------------------------------------

_FIGURE = (
    "{x}: {w}?",
    "{x}, {w}?",
    "{w}, {x}?",
    "About {x}: {w} is it?",
    "{w} is that with {x}?",
    "I only need one thing for {x}. {w}?",
    "{w} would that be, {x}?",
    "It's about {x}. {w}?",
    "What do I need to know about {x}: {w}?",
)
_FIGURE_HELD = ("{w}? I mean {x}.", "With {x}, {w}?")
_FIGURES = {
    "money": ("how much", "how much money", "what price"),
    "time": ("how long", "how much time", "what length of time"),
    "clock": ("when", "what time", "which hours"),
    "weight": ("how heavy", "how many kilos", "what weight"),
    "length": ("how big", "what size"),
    "percent": ("how much", "how many percent"),
}


def figure_asks(statement: Statement, spec: PolicySpec) -> list[Ask]:
    """Questions that put a noun of the statement beside the kind of figure that is wanted.

    People do not repeat a rule's sentence to ask for its figure. Only where no other statement has
    both the noun and a figure of the kind.
    """
    text = recite(statement, spec)
    own = topics(text, names_in(spec.document.text))
    found = []
    for kind in dict.fromkeys(value.kind for value in values(text)):
        if kind not in _FIGURES:
            continue
        wanted = tuple(dict.fromkeys(v.text for v in values(text) if v.kind == kind))
        for number, topic in enumerate(t for t in own if _alone(t, kind, spec)):
            rows = (*_FIGURE, *_FIGURE_HELD)
            for n, row in enumerate(rows):
                word = _FIGURES[kind][n % len(_FIGURES[kind])]
                asked = _upper(you_for_we(row.format(x=the(topic), w=word)))
                asked = re.sub(r"(?<=[.?] )[a-z]", lambda first: first.group().upper(), asked)
                ask = Ask(Core(f"figure-{kind}-{number}-{n}", asked), text, accept=(wanted,))
                found.append(held(ask) if n >= len(_FIGURE) else ask)
    return found


def _alone(topic: str, kind: str, spec: PolicySpec) -> bool:
    having = [
        text
        for text in recitations(spec).values()
        if any(value.kind == kind for value in values(text))
    ]
    return (
        sum(bool(re.search(rf"\b{re.escape(topic)}", text, re.IGNORECASE)) for text in having) <= 1
    )


# --- questions by topic ---------------------------------------------------------------------

_ABOUT = (
    ("Tell me about {x}.", ""),
    ("What can you tell me about {x}?", "what there is to know about {x}"),
    ("What about {x}?", ""),
    ("What are the rules on {x}?", "what the rules on {x} are"),
    ("How is it with {x}?", "how it is with {x}"),
    ("I have a question about {x}. What do I need to know?", ""),
    ("I'd like some information on {x}.", ""),
    ("Anything I should know about {x}?", ""),
    ("What does the policy say about {x}?", "what the policy says about {x}"),
    ("Is there anything to know on {x}?", "what there is to say on {x}"),
    ("What applies to {x}?", "what applies to {x}"),
    ("How does it work with {x}?", "how it works with {x}"),
    ("Could you explain {x} to me?", ""),
)
_ABOUT_HELD = (
    ("What should I know about {x}?", "what I should know about {x}"),
    ("What is the story with {x}?", "what the story with {x} is"),
    ("How do you handle {x}?", "how you handle {x}"),
)


def topic_asks(statement: Statement, spec: PolicySpec, few: bool = False) -> list[Ask]:
    """Questions that name what is particular to the statement and ask for all of it."""
    found = []
    named = distinctive(statement, spec)[: 1 if few else 3]
    # Where there is better to ask, one word or the first words of a line tell too little.
    if few and (named[0].startswith("“") or " " not in named[0]):
        return []
    for number, topic in enumerate(named):
        phrase = the(topic)
        wordings = _ABOUT[number::4] if few else _ABOUT
        for n, (direct, indirect) in enumerate(wordings):
            core = Core(
                f"about-{n}" if not few else f"about-few-{n}",
                you_for_we(direct.format(x=phrase)),
                you_for_we(indirect.format(x=phrase)),
            )
            found.append(Ask(core, recite(statement, spec)))
        for n, (direct, indirect) in enumerate(_ABOUT_HELD[:1] if few else _ABOUT_HELD):
            core = Core(
                f"about-held-{n}",
                you_for_we(direct.format(x=phrase)),
                you_for_we(indirect.format(x=phrase)),
            )
            found.append(held(Ask(core, recite(statement, spec))))
    return found


_SCENE = """
    We have {x} with us.|I'm standing here with {x}.|It's because of {x}.|It's about {x}.
    {X} again.|My question is {x}.|There's something with {x}.|{X}, that's why I'm asking.|So, {x}.
    My wife mentioned {x}.|I read something of {x}.|Somebody said something about {x}.
    About {x}.|You know {x}?|One word: {x}.|This thing with {x}.|Concerning {x}.
    We were talking of {x}.|{X}, as I said.|I'm calling about {x}.|Let's talk about {x}.
    I keep hearing of {x}.|First of all, {x}.|{X} here.
    """
_SCENE_ASK = """
    What now?|What do I do?|What happens?|How does it work?|What's the rule?|What applies?|And?
    What do you say?|How is that handled?|Can you help?|What do I need to know?|Any rules?
    What do you do then?|What's your answer?|How do you go about it?|What is it with that?|Well?
    Is there anything to know?|What is the right thing?|What should I expect?
    """
_SCENES = 12


def scene_asks(statement: Statement, spec: PolicySpec) -> list[Ask]:
    """What people write whom the statement concerns; asked for all of it.

    A small model learns the company that a rule's words keep in training, and finds the rule by
    that. Where `data.matters` has no messages, a noun that is the statement's alone stands in ever
    other company, and is all that stays the same.
    """
    said = messages(statement, spec)
    if said.train:
        asked = [
            Ask(Core(f"matter{n % 2}-{n}", text, spoken=True), recite(statement, spec))
            for n, text in enumerate((*said.train, *said.held))
        ]
        return asked[: len(said.train)] + [held(ask) for ask in asked[len(said.train) :]]
    rng = random.Random(f"{spec.identifier}/{statement.id}")
    scenes, closings = (
        [part.strip() for line in rows.strip().splitlines() for part in line.split("|")]
        for rows in (_SCENE, _SCENE_ASK)
    )
    named = [topic for topic in distinctive(statement, spec) if not topic.startswith("“")][:2]
    return [
        Ask(
            Core(f"scene{number}-{n}", f"{scene.format(x=topic, X=_upper(topic))} {closing}"),
            recite(statement, spec),
        )
        for number, topic in enumerate(you_for_we(the(name)) for name in named)
        for n, (scene, closing) in enumerate(
            zip(rng.sample(scenes, _SCENES), rng.sample(closings, _SCENES), strict=True)
        )
    ]
