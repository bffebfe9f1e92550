"""Simple conditionals: one condition, one outcome (CAP-CPT's conditional category, simple).

In: conditional statements that belong to no workflow. Out: what happens when the condition holds,
in the third and the first person and with numbers on both sides of a threshold; yes/no questions
of both polarities (the rule's own outcome, another rule's, a condition that fails). A failing
condition is answered by saying to whom the rule applies, and no more than that. Complex statements
outside workflows, and those whose condition the text does not yield, are asked about by topic.
"""

from __future__ import annotations

import hashlib
import random
import re
from dataclasses import replace

from data import asks as making
from data.asks import Ask, kind_of
from data.cases import around
from data.facts import accepted, fact_asks, scene_asks, topic_asks
from data.figures import values
from data.limits import limit_of
from data.phrasing import Core, Split
from data.recitations import per_spec, recite
from data.rewording import first_person, negated
from data.rules import Rule, rule_of
from data.samples import DRILL, Conversation, Item, Text
from data.syntax import PEOPLE, analyse, clauses, sentence, you_for_we
from parsers.spec import PolicySpec, Statement


def conversations(spec: PolicySpec, n: int, seed: int) -> list[Conversation]:
    """n supervised turns about conditional statements outside workflows, all alike."""
    return making.conversations(_own(spec), asks, spec, n, seed)


def items(spec: PolicySpec, n: int, seed: int, split: Split = "rl") -> list[Item]:
    """n verifiable questions about conditional statements outside workflows."""
    return making.items(_own(spec), asks, spec, n, seed, split)


def _own(spec: PolicySpec) -> list[Statement]:
    deciding = {w.id for w in spec.workflows}
    return [
        s
        for s in spec.statements
        if s.category == "conditional" and (s.workflow is None or s.workflow not in deciding)
    ]


def asks(statement: Statement, spec: PolicySpec) -> list[Ask]:
    """Every question about the conditional statement; never none."""
    found: list[Ask] = []
    rule = rule_of(statement, spec) if kind_of(statement) == "simple" else None
    if rule is not None:
        found += _outcomes(rule, statement, spec)
        found += _polar(rule, statement, spec)
        found += _numbers(rule, statement, spec)
    if not found:
        found += fact_asks(recite(statement, spec), statement, spec)
    found += topic_asks(statement, spec, few=bool(found))
    if kind_of(statement) == "simple":
        found += scene_asks(statement, spec)
    return list({ask.core.direct.lower(): ask for ask in reversed(found)}.values())[::-1]


# --- what happens ---------------------------------------------------------------------------

_THIRD = (
    ("What happens if {c}?", "what happens if {c}"),
    ("What do you do if {c}?", "what you do if {c}"),
    ("What does the agent do when {c}?", "what the agent does when {c}"),
    ("What is the procedure if {c}?", "what the procedure is if {c}"),
    ("{C}. What happens then?", ""),
    ("What if {c}?", ""),
    ("Suppose {c}. What is to be done?", ""),
    ("And when {c}, what then?", ""),
    ("{C}. What should the agent do?", ""),
    ("What comes next if {c}?", "what comes next if {c}"),
    ("What is supposed to happen when {c}?", "what is supposed to happen when {c}"),
    ("How does it work if {c}?", "how it works if {c}"),
    ("What does your policy say if {c}?", "what your policy says if {c}"),
    ("What are you meant to do when {c}?", "what you are meant to do when {c}"),
    ("{C}. What would be the right step?", ""),
    ("{C}. What does one do about that?", ""),
    ("Let's assume {c}. Which way does it go?", ""),
    ("{C}: what is to be done?", ""),
    ("In case {c}, what do you do?", ""),
    ("How do you go about it if {c}?", "how you go about it if {c}"),
    ("Whenever {c}, what happens?", ""),
    ("What should be done when {c}?", "what should be done when {c}"),
    ("{C}. What do your rules say?", ""),
    ("{C}. How is that handled?", ""),
    ("A colleague asks what to do when {c}. What do I tell her?", "what to do when {c}"),
)
_THIRD_HELD = (
    ("How do you react if {c}?", "how you react if {c}"),
    ("Imagine that {c}. What would you do?", ""),
    ("What is the rule when {c}?", "what the rule is when {c}"),
)
_MINE = (
    "{C}. What now?",
    "{C}. What happens now?",
    "{C}, what do you do?",
    "{C}. Can you help?",
    "{C}. What can you do for me?",
    "What if {c}?",
    "What happens if {c}?",
    "{C}. What do I do?",
    "So {c}. And now?",
    "I'm afraid {c}. What happens next?",
    "{C}. What are my options?",
    "{C}, any idea what to do?",
    "{C}. What can be done?",
    "{C}. Please advise.",
    "{C}. What would you suggest?",
    "{C}. Where does that leave me?",
    "{C}. How do you handle this?",
    "{C}, so what now?",
    "Right, {c}. What's the next step?",
    "{C}. What comes next for me?",
    "{C}. Is there a way to sort this out?",
    "I have to tell you that {c}. What do you do?",
    "It turns out {c}. What now?",
    "{C}. Anything you can do?",
    "{C}. What am I supposed to do?",
    "{C} and I don't know what to do.",
    "What becomes of me if {c}?",
    "Let me be honest, {c}. What follows?",
)
_MINE_HELD = (
    "{C}. What will you do about it?",
    "The thing is, {c}. How do we go on?",
    "What do I get if {c}?",
)


_SHORT = ("What will you do?", "What do I do?", "What should I do?", "Is that a problem?",
          "What will the agent do?", "Do you do anything about it?", "Well?", "What's next?",
          "How do I proceed?", "Any help?", "What do we do?", "So?")  # fmt: skip
_SHORT_MONEY = ("How much?", "How much is it?", "What does that cost me?", "What do I pay?",
                "What's the price?", "How much will that be?", "What do you charge?")  # fmt: skip
_SHORT_PLACE = ("Where do I go?", "Where does it go?", "Where to?", "Where do I take it?",
                "Which way?", "Where should I head?", "Where do you send me?")  # fmt: skip
_GOING = re.compile(
    r"\b(?:send|sent|refer|referred|move|moved|bring|take|taken|tag|direct|go|goes)\b"
)


def _short(rule: Rule) -> tuple[str, ...]:
    """What people ask behind a circumstance when they expect an amount, a place, or help."""
    if any(value.kind == "money" for value in values(rule.outcome)):
        return _SHORT_MONEY
    if _GOING.search(rule.outcome) and re.search(r"\b(?:to|at|in|for)\b", rule.outcome):
        return _SHORT_PLACE + _SHORT[:3]
    return _SHORT


def _answer(rule: Rule) -> str:
    return sentence(rule.act or _told(rule))


def _told(rule: Rule) -> str:
    """An outcome that is a clause stands alone; a bare predicate gets its subject."""
    if clauses(rule.outcome):
        return rule.outcome
    subject = re.split(r"\s", rule.condition, maxsplit=2)
    named = " ".join(subject[:2]) if subject[0].lower() in ("a", "an", "the") else subject[0]
    return f"such {plural_or(named)} {rule.outcome}"


def plural_or(named: str) -> str:
    """'a guest' after 'such': 'such a guest'; 'customers': 'such customers'."""
    return re.sub(r"^(?:the|every|each|any|all)\s+", "a ", named)


def _accept(rule: Rule) -> tuple[tuple[str, ...], ...]:
    amounts = [v.text for v in values(rule.outcome) if v.kind != "count"]
    return accepted(rule.outcome) if amounts else ()


def _outcomes(rule: Rule, statement: Statement, spec: PolicySpec) -> list[Ask]:
    third, mine = you_for_we(rule.condition), _first(rule)
    base = Ask(Core("", ""), _answer(rule), _here(third), accept=_accept(rule))
    if not base.accept:
        base = replace(base, options=_rival_answers(statement, spec))
    found = _worded(base, "third", _THIRD, _THIRD_HELD, third)
    short = tuple((f"{{C}}. {question}", "") for question in _short(rule))
    found += _worded(base, "short-third", short, (), third)
    if mine is not None:
        told = you_for_we(mine)
        personal = replace(base, core=Core("", "", personal=True), check=_here(told))
        rows = tuple((row, "") for row in _MINE)
        rows_held = tuple((row, "") for row in _MINE_HELD)
        found += _worded(personal, "mine", rows, rows_held, told)
        found += _worded(personal, "short-mine", short, (), told)
    return found


def _here(circumstance: str, holds: bool = True) -> str:
    """What the chain says of a circumstance that is told; where only a matter is named, nothing."""
    return f"Here: {circumstance}: {'yes' if holds else 'no'}."


def _first(rule: Rule) -> str | None:
    """The condition in the customer's first person, with who they are where that matters."""
    if not rule.person:
        return first_person(rule.condition)
    noun = rule.person.split()[0]
    lemma = analyse(noun)[0].lemma_.lower()
    stand_in = "customers" if noun.lower() != lemma else "customer"
    subject = re.escape(rule.person)
    said = re.sub(rf"\b{subject}\b", stand_in, rule.condition, count=1, flags=re.IGNORECASE)
    body = first_person(said)
    if body is None or not body.startswith("I "):
        return None
    article = "an" if lemma[0] in "aeiou" else "a"
    return f"I am {article} {lemma}{rule.person[len(noun) :]} and {body}"


def _worded(
    ask: Ask,
    form: str,
    wordings: tuple[tuple[str, str], ...],
    wordings_held: tuple[tuple[str, str], ...],
    clause: str,
    **more: str,
) -> list[Ask]:
    words = {"c": clause, "C": clause[:1].upper() + clause[1:], **more}
    return [
        replace(
            ask,
            core=replace(
                ask.core,
                form=f"{form}-{n}",
                direct=direct.format(**words),
                indirect=indirect.format(**words),
                held=n >= len(wordings),
            ),
        )
        for n, (direct, indirect) in enumerate(wordings + wordings_held)
    ]


@per_spec
def _rules(spec: PolicySpec) -> list[tuple[Statement, Rule]]:
    pairs = ((s, rule_of(s, spec)) for s in _own(spec) if kind_of(s) == "simple")
    return [(s, rule) for s, rule in pairs if rule is not None]


def _rival_answers(statement: Statement, spec: PolicySpec) -> tuple[str, ...]:
    """The outcomes of all simple conditionals: what an answer must be told apart from."""
    return tuple(dict.fromkeys(_answer(rule) for _, rule in _rules(spec)))


# --- yes or no ------------------------------------------------------------------------------

_DOES = (
    ("If {c}, do you {a}?", "whether you {a} if {c}"),
    ("{C}. Do you {a}?", ""),
    ("When {c}, is the agent to {a}?", ""),
    ("Is it right to {a} if {c}?", "whether it is right to {a} if {c}"),
    ("{C}. Will you {a}?", ""),
    ("Would you {a} if {c}?", ""),
    ("Must the staff {a} if {c}?", "whether the staff must {a} if {c}"),
    ("{C}. Are you going to {a}?", ""),
    ("{C}. Is the thing to do to {a}?", ""),
    ("Are you supposed to {a} when {c}?", "whether you are supposed to {a} when {c}"),
    ("{C}. So you {a}, right?", ""),
    ("Do your people {a} if {c}?", "whether your people {a} if {c}"),
    ("{C}. Somebody said you would {a}. True?", ""),
    ("{C}. Can I count on you to {a}?", ""),
    ("Is it the case that you {a} when {c}?", "whether it is the case that you {a} when {c}"),
    ("{C}. Then you {a}?", ""),
    ("{C}. Am I right that you {a}?", ""),
    ("Do the rules say to {a} when {c}?", "whether the rules say to {a} when {c}"),
    ("If {c}, is the right thing to {a}?", ""),
    ("Is an employee to {a} if {c}?", "whether an employee is to {a} if {c}"),
    ("{C}. My guess is that you {a}. Correct?", ""),
    ("{C}. Do I take it that you {a}?", ""),
)
_DOES_HELD = (
    ("Should the agent {a} if {c}?", "whether the agent should {a} if {c}"),
    ("{C}. Does that mean you {a}?", ""),
)


def _polar(rule: Rule, statement: Statement, spec: PolicySpec) -> list[Ask]:
    whole = recite(statement, spec)
    found: list[Ask] = []
    circumstance = you_for_we(_first(rule) or rule.condition)
    third = you_for_we(rule.condition)
    if rule.act:
        act = _mine_act(rule.act, circumstance != third)
        check = f"{_here(circumstance)} Asked: {act}; the rule: {rule.act}: yes."
        yes = Ask(Core("", ""), f"Yes. {whole}", check, accept=(("yes",),))
        found += _worded(yes, "does", _DOES, _DOES_HELD, circumstance, a=act)
    for rival in _some_rivals(statement, spec, 3):
        act = _mine_act(rival.act, circumstance != third)
        keep = _accept(rule) or ()
        ruled = rule.act or rule.outcome
        check = f"{_here(circumstance)} Asked: {act}; the rule: {ruled}: no."
        no = Ask(Core("", ""), f"No. {whole}", check, keep or (("no",),), reject=("yes",))
        found += _worded(no, "does-not", _DOES, _DOES_HELD, circumstance, a=act)
    denied = negated(circumstance)
    if denied is not None and rule.act and not values(rule.condition):
        act = _mine_act(rule.act, circumstance != third)
        no = Ask(
            Core("", ""),
            f"No. That applies only if {rule.condition}.",
            _here(denied, False),
            accept=(("no",), ("only if",)),
            reject=("yes",),
        )
        # Two families: elsewhere a rule's condition always holds, and that is soon learnt.
        for form, told_first in (("fails", False), ("fails-told", True)):
            rows, rows_held = (
                tuple(row for row in wordings if row[0].startswith("{C}") == told_first)
                for wordings in (_DOES, _DOES_HELD)
            )
            found += _worded(no, form, rows, rows_held, denied, a=act)
    return found


def _mine_act(act: str, first: bool) -> str:
    """The outcome as whoever asks would say it: 'send me to the oversize counter'."""
    flipped = first_person(re.sub(r"\bthe (" + "|".join(PEOPLE) + r")\b", r"the \1", act))
    text = flipped if first and flipped and not re.search(r"\bI\b", flipped) else act
    if first and re.match(r"^ask (?:them|me) to\b", text):
        text = re.sub(r"\bthem\b", "me", text, count=1)
    return you_for_we(text)


def _some_rivals(statement: Statement, spec: PolicySpec, n: int) -> list[Rule]:
    """Other simple rules of the document, the same ones each time."""
    others = [rule for s, rule in _rules(spec) if s.id != statement.id and rule.act]
    others = [rule for rule in others if len(rule.act.split()) <= 12]
    others = [rule for rule in others if not re.search(r"\b(?:it|them)\b", rule.act)]
    if not others:
        return []
    start = int(hashlib.sha256(statement.text.encode()).hexdigest()[:6], 16)
    return [others[(start + k) % len(others)] for k in range(min(n, len(others)))]


# --- numbers on both sides ------------------------------------------------------------------

_STEPS = {"far-below": -2, "below": -1, "at": 0, "above": 1, "far-above": 3}
_STEPS_HELD = {"far-below": -4, "below": -3, "above": 2, "far-above": 4}
_GET = (
    "{C}. What happens?",
    "{C}. What do you do?",
    "What happens if {c}?",
    "{C}. Is there anything to be done?",
    "{C}. What is the rule?",
    "{C}. What now?",
    "{C}. Does any rule apply?",
    "{C}. What comes of that?",
    "What do you do when {c}?",
    "Does it matter if {c}?",
    "{C}. Does that change anything?",
    "And if {c}?",
)
_GET_HELD = ("{C}. How do you deal with that?", "Say {c}. What then?")


def _numbers(rule: Rule, statement: Statement, spec: PolicySpec) -> list[Ask]:
    """The condition with a number on either side of its threshold, checked with `holds`.

    Evaluation has numbers of its own, for they are what makes the case.
    """
    found: list[Ask] = []
    if (limit := limit_of(rule, statement)) is None:
        return found
    rows, rows_held = (tuple((row, "") for row in told) for told in (_GET, _GET_HELD))
    for kept, steps in ((False, _STEPS), (True, _STEPS_HELD)):
        for side, step in steps.items():
            if (number := limit.number(step)) <= 0:
                continue
            fits = limit.holds(number)
            circumstance = limit.told(number)
            ask = Ask(
                Core("", "", personal=first_person(circumstance) is not None),
                _answer(rule) if fits else f"That rule applies only if {rule.condition}.",
                check=limit.check(number),
                accept=(_accept(rule) if fits else (("only if",), ("not apply",), ("no",))),
                case={limit.condition.variable: number},
                options=_rival_answers(statement, spec) if fits and not _accept(rule) else (),
            )
            spoken = you_for_we(first_person(circumstance) or circumstance)
            # A side is a family: a rule on a figure is asked about by figures as often as by words.
            worded = _worded(ask, f"number-{side}", rows, rows_held, spoken)
            found += [each for each in worded if each.core.held == kept]
    return found


_DRILLED = 8
"""Numbers in a drill, besides the limit."""


def drills(spec: PolicySpec, times: int, seed: int) -> list[Text]:
    """`times` texts for each rule with a limit, which is checked on many numbers."""
    made: list[Text] = []
    rng = random.Random(f"drills:{seed}")
    for statement, rule in _rules(spec) * times:
        if limit := limit_of(rule, statement):
            held = {limit.number(step) for step in _STEPS_HELD.values()}
            numbers = around(limit.condition.value, limit.by, _DRILLED, rng)
            checks = [limit.check(number) for number in numbers if number not in held]
            ruled = f"{spec.identifier} [{statement.id}] {recite(statement, spec)}"
            text = "\n".join([ruled, *checks])
            made.append(Text(text=text, kind="simple", form=DRILL, statements=(statement.id,)))
    return made
