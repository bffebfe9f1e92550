"""The primer: exercises in following a policy, for a model that knows none yet.

In: the lexicon. Out: `Exercise`s of four kinds. *Reading*: what the pieces of a message say, and
tests of it. *Terms*: what a document calls that which people call otherwise. *Rules*: some that
stand alone in the prompt, and a question about one, in the form of `data.asks`; they need make no
sense. *Small policies*: some rules in the prompt, a message, and the chain of thought that finds
the rule which decides, in the form of `data.chains`. None needs a rule that is not in the prompt,
and none belongs to a document.

Why: most tokens of a policy's thousand conversations teach a small model what is the same for every
policy: to read a message piece by piece, to compare, to go through the tests in turn, to cite. It
should also make a small model follow rules that stand in its prompt, which PolicyRollout's
policy-aware rollouts rest on (TriMPI, arXiv 2510.09474 §3.3). The kinds and their shares are ours;
what the primer is worth so far is in benchmarks/README.md.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from data.lexicon import NUMBER, Entry
from data.phrasing import lexicon, plural
from data.prompts import THINK_CLOSE, THINK_OPEN, completion, system_prompt
from data.reading import Deck, exercise, read_out, readable, say
from data.syntax import sentence
from parsers.endpoint import Message

_SHARES = {"reading": 0.4, "policy": 0.3, "rule": 0.2, "terms": 0.1}
DESK = "You read what people write to a service desk."
_RULES = (2, 5)
_TOLD_BEFORE, _TOLD_BEHIND = 0.65, 0.35
"""How often a circumstance is told whose rule stands before, or behind, the one that decides."""
_REMARKED = 0.4
"""How often something is told that no rule speaks of."""

_OUTCOMES = """
    Charge {n} euros.|Charge {n} dollars.|Refund {n} percent of the price.|Pay back {n} euros.
    Offer a voucher of {n} dollars.|Decline the request.|Accept it free of charge.
    Pass the case to a supervisor.|Ask for form {n}B.|Grant {n} extra days.|Waive the fee.
    Cancel without a fee.|Send a replacement.|Repair it within {n} days.|Refuse the refund.
    Give a discount of {n} percent.|Ask for a deposit of {n} dollars.|Allow it once.
    Refer them to the manufacturer.|Close the account.|Pay {n} dollars in compensation.
    Put them on the waiting list.|Offer a free upgrade.|Return the full amount.|Keep the deposit.
    Extend the deadline by {n} days.
    """
_AMOUNTS = (2, 3, 5, 10, 15, 20, 25, 30, 40, 50, 60, 75, 90, 100, 120, 200)
_FORMS = ("If {c}, {o}.", "When {c}, {o}.", "{O} if {c}.", "Where {c}, {o}.")
_ASKED = """
    What happens?|What do you do?|What now?|What will you do for me?|What do I get?|And now?
    What does it cost me?|So what is the rule?|What is your decision?|How do you handle it?
    What can I expect?|What are you going to do?|Is there anything you can do?|What applies?
    Tell me what follows.
    """
_OPENINGS = ("", "", "", "Hello,", "Hi,", "Hey there,", "Good morning,", "Sorry to bother you,",
             "Quick one:", "ok so", "Dear team,", "I need help.")  # fmt: skip
_CARRIERS = ("Is there a rule on {x}?", "What about {x}?", "I want to ask about {x}.", "{x}",
             "My question is about {x}", "it's to do with {x}",
             "Can you tell me something about {x}?")  # fmt: skip
_STATEMENTS = """
    Charge {n} euros for {a}.|A fee of {n} dollars is due for {a}.|{A} may be kept for {n} days.
    Ask a supervisor before you touch {a}.|Never lend out {a}.|Each {x} has a number of {n} digits.
    {A} is handed out at desk {n}.|If {a} is damaged, send a replacement.|{A} costs {n} dollars.
    Look at the {x} every {n} hours.|Return every {x} within {n} days.|Keep each {x} in room {n}.
    Write down the number of the {x}.|Never open {a} without a witness.|Do not photograph {a}.
    {A} is free for members.|If {a} is lost, report it to the police.|Only one {x} is allowed.
    """
_ASKED_OF_ONE = """
    What about my {y}?|I have {b} with me. What now?|What do you do with {b}?|{y}?|So, my {y}?
    How is it with {b}?|Is there anything to know about the {y}?|My {y}. Any rules?|it's my {y}
    I need to know something about {b}.|What's the rule for {b}?|Could you help me with my {y}?
    There's {b} here. What happens?|We talked about the {y} and I forgot what you said.
    """
_ALONE = (3, 7)
_DULL = frozenset(
    "the an is are was were has have had been be of to in for at by on customer item it with made "
    "not as if they them their".split()
)


Row = tuple[re.Pattern[str], str, tuple[str, ...]]
"""Of the lexicon of terms: where the term stands, the term, what people say for it."""


@dataclass(frozen=True)
class Exercise:
    """A conversation of one turn; loss is on the turn."""

    kind: str
    messages: list[Message]
    turn: str


def exercises(n: int, seed: int) -> list[Exercise]:
    """n exercises of all kinds; every entry of the lexicon has its turn before any comes again."""
    rng = random.Random(f"primer:{seed}")
    read, decided = Deck(readable(), rng), Deck(readable(), rng)
    rows, nouns = Deck(lexicon(), rng), Deck(_nouns(), rng)
    make = {
        "reading": lambda: _reading(read, rng),
        "policy": lambda: _policy(decided, rng),
        "rule": lambda: _rule_alone(nouns.draw(rng.randint(*_ALONE)), rng),
        "terms": lambda: _terms(rows.draw(rng.randint(2, 4)), rng),
    }
    kinds = rng.choices(list(_SHARES), list(_SHARES.values()), k=n)
    return [_exercise(kind, *make[kind]()) for kind in kinds]


def _exercise(kind: str, system: str, question: str, turn: str) -> Exercise:
    said: list[Message] = [
        {"role": "system", "content": system},
        {"role": "user", "content": question},
    ]
    return Exercise(kind, said, turn)


def _reading(deck: Deck[Entry], rng: random.Random) -> tuple[str, str, str]:
    said, tests = exercise(deck, rng)
    question = _message([it.words for it in said], "", rng)
    return DESK, question, _thought([*(read_out(it, question) for it in said), *tests])


def _terms(rows: Sequence[Row], rng: random.Random) -> tuple[str, str, str]:
    pairs = [(_everyday(row, rng), row[1]) for row in rows]
    question = " ".join(rng.choice(_CARRIERS).format(x=other) for other, _ in pairs)
    return DESK, question, _thought([f'"{other}": {word}.' for other, word in pairs])


def _everyday(row: Row, rng: random.Random) -> str:
    """What people say for the row's term; its last choice is for evaluation (data.phrasing)."""
    _, _, others = row
    return rng.choice(others[:-1] or others)


def _rule_alone(rows: Sequence[Row], rng: random.Random) -> tuple[str, str, str]:
    """Rules on a thing each, and a question about one of them by another name."""
    rules = []
    for (_, term, _), wording in zip(rows, rng.sample(_rows(_STATEMENTS), len(rows)), strict=True):
        words = {"x": term, "a": _article(term), "A": sentence(_article(term)).rstrip(".")}
        rules.append(wording.format(n=rng.choice(_AMOUNTS), **words))
    ids = _ids(rules, [""] * len(rules), rng)
    asked = rng.randrange(len(rules))
    said = _everyday(rows[asked], rng)
    question = rng.choice(_rows(_ASKED_OF_ONE)).format(y=said, b=_article(said))
    opening = rng.choice(_OPENINGS)
    question = f"{opening} {question}" if opening else sentence(question)
    return (
        _prompt(ids, rules, rng),
        question,
        completion(f"[{ids[asked]}] {rules[asked]}", rules[asked]),
    )


def _nouns() -> list[Row]:
    """The rows of nouns that can be counted: those that have a plural."""
    table = lexicon()
    words = {word for _, word, _ in table}
    return [row for row in table if plural(row[1]) in words and _DULL.isdisjoint(row[1].split())]


def _article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _prompt(ids: Sequence[str], rules: Sequence[str], rng: random.Random) -> str:
    document = "\n".join(f"[{name}] {rule}" for name, rule in zip(ids, rules, strict=True))
    name = f"<#Policy-{rng.randint(100, 9999)}{rng.choice('ABCDEFGHKX')}>"
    return system_prompt(name, document)


def _thought(lines: Sequence[str]) -> str:
    return "\n".join([THINK_OPEN, *lines, THINK_CLOSE])


# --- small policies -------------------------------------------------------------------------


def _policy(deck: Deck[Entry], rng: random.Random) -> tuple[str, str, str]:
    """Rules of which the first that applies decides, the last one in all other cases."""
    entries = deck.draw(rng.randint(*_RULES))
    decides = rng.randint(0, len(entries))
    # What nobody would deny cannot stand before the rule that decides.
    entries.sort(key=lambda entry: not (entry.denies or NUMBER in entry.means))
    said = [
        say(entry, rng, None if place > decides else place == decides)
        for place, entry in enumerate(entries)
    ]
    decides = next((place for place, it in enumerate(said) if it.holds), len(said))
    drawn = rng.sample(_rows(_OUTCOMES), len(said) + 1)
    outcomes = [outcome.format(n=rng.choice(_AMOUNTS)) for outcome in drawn]
    ids = _ids([it.clause for it in said] + ["other cases"], outcomes, rng)
    rules = [_rule(it.clause, outcome, rng) for it, outcome in zip(said, outcomes, strict=False)]
    rules.append(f"In all other cases, {_low(outcomes[-1])}")

    told = [
        it
        for place, it in enumerate(said)
        if place == decides or rng.random() < (_TOLD_BEFORE if place < decides else _TOLD_BEHIND)
    ]
    rng.shuffle(told)
    spoken = [it.words for it in told]
    if rng.random() < _REMARKED:
        remarks = [say(e, rng).words for e in deck.draw(1) if NUMBER not in e.means]
        for remark in remarks:
            spoken.insert(rng.randint(0, len(spoken)), remark)
    question = _message(spoken, rng.choice(_rows(_ASKED)), rng)

    lines = [read_out(it, question) for it in told]
    lines += [it.test if it in told else it.untold for it in said[: decides + 1]]
    lines.append(f"So: {_low(outcomes[decides]).rstrip('.')}. [{ids[decides]}]")
    return (
        _prompt(ids, rules, rng),
        question,
        completion("\n".join(lines), outcomes[decides]),
    )


def _rule(clause: str, outcome: str, rng: random.Random) -> str:
    plain = outcome.rstrip(".")
    return sentence(rng.choice(_FORMS).format(c=clause, o=_low(plain), O=plain))


def _ids(clauses: Sequence[str], outcomes: Sequence[str], rng: random.Random) -> list[str]:
    """A short id for each rule, of its own words, as a document's ids are (parsers.ids)."""
    made: list[str] = []
    for clause, outcome in zip(clauses, outcomes, strict=True):
        words = re.findall(r"[a-z]{2,}|\d+", f"{clause} {outcome}".lower())
        telling = [word for word in dict.fromkeys(words) if word not in _DULL]
        name = "-".join(rng.sample(telling, min(len(telling), rng.choice((2, 3)))))
        made.append(name if name not in made else f"{name}-{len(made)}")
    return made


# --- wording --------------------------------------------------------------------------------


def _rows(text: str) -> list[str]:
    return [part.strip() for line in text.strip().splitlines() for part in line.split("|")]


def _low(text: str) -> str:
    return text[:1].lower() + text[1:]


def _message(told: Sequence[str], asked: str, rng: random.Random) -> str:
    """What is told, joined as people join it, with the question before or behind it."""
    arrangement = rng.choices(("sentences", "commas", "and", "typed"), (40, 30, 15, 15))[0]
    if not told:
        body = ""
    elif arrangement == "sentences":
        body = " ".join(map(sentence, told))
    elif arrangement == "and" and len(told) > 1:
        body = sentence(f"{', '.join(told[:-1])} and {told[-1]}")
    elif arrangement == "typed":
        body = ", ".join(told)
    else:
        body = sentence(", ".join(told))
    parts = [part for part in (body, asked) if part]
    if rng.random() < 0.25:
        parts.reverse()
    opening = rng.choice(_OPENINGS)
    text = " ".join(parts)
    keeps = opening.endswith(".") or re.match(r"I\b", text)
    return f"{opening} {text if keeps else _low(text)}" if opening else text
