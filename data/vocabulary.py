"""A policy's circumstances and matters in all the words that training has for them, each once.

In: a `PolicySpec`. Out: `Text`: messages that tell some circumstances of a workflow, and what each
piece of them says in the document's terms, as chains of thought read a question (`data.chains`),
which of what is said in passing is nothing; messages on single rules, each with the rule that it
is about. Questions alone would leave most of the wordings unheard: a circumstance that decides at
once stands in few cases, and how many of the words that training never shows are understood goes by
how many it shows.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from data.cases import values
from data.chains import matter, read_out
from data.circumstances import LEXICON, Teller
from data.lexicon import unrelated
from data.matters import messages
from data.narrate import message
from data.numerals import multiples
from data.samples import VOCABULARY, Text
from parsers.spec import PolicySpec, Value, Workflow

_TOLD = (3, 5)
"""Circumstances in a message, while there are as many; messages in a text."""
Card = tuple[Value, str]
"""A value and words for it."""


def texts(spec: PolicySpec, n: int, seed: int) -> list[Text]:
    """At most n, in proportion to how many wordings there are."""
    rng = random.Random(f"vocabulary:{seed}")
    made = [text for workflow in spec.workflows for text in _circumstances(spec, workflow, rng)]
    made += _matters(spec, rng)
    return rng.sample(made, min(n, len(made)))


def _matters(spec: PolicySpec, rng: random.Random) -> Iterator[Text]:
    told = [(words, s.id) for s in spec.statements for words in messages(s, spec).train]
    rng.shuffle(told)
    while told:
        some = [told.pop() for _ in range(min(rng.randint(*_TOLD), len(told)))]
        yield rules_named(spec, some, VOCABULARY)


def rules_named(spec: PolicySpec, said: Sequence[tuple[str, str]], form: str) -> Text:
    """What people say, a line each, and the id of the rule that it is about."""
    return Text(
        text="\n".join([spec.identifier, *(f'"{words}": [{rule}]' for words, rule in said)]),
        kind="document",
        form=form,
        statements=tuple(dict.fromkeys(rule for _, rule in said)),
    )


def _circumstances(spec: PolicySpec, workflow: Workflow, rng: random.Random) -> Iterator[Text]:
    teller = Teller(workflow)
    remarks = unrelated(tuple(statement.text for statement in spec.statements))
    cards = {v.name: _cards(workflow, v.name, teller, rng) for v in workflow.variables}
    while left := [name for name, its in cards.items() for _ in its]:
        names = list(dict.fromkeys(rng.sample(left, len(left))))[: rng.randint(*_TOLD)]
        drawn = {name: cards[name].pop() for name in names}
        case: dict[str, Value] = {name: value for name, (value, _) in drawn.items()}
        worded = {name: words for name, (_, words) in drawn.items()}
        told, pieces = message(workflow, case, worded, rng, remarks)
        lines = [read_out(teller, piece, case) for piece in pieces]
        yield Text(
            text="\n".join([spec.identifier, told, f"{matter(workflow)}.", *lines]),
            kind="complex",
            form=VOCABULARY,
        )


def _cards(workflow: Workflow, name: str, teller: Teller, rng: random.Random) -> list[Card]:
    """All wordings of all values; those of a number with any number."""
    variable = workflow.variable(name)
    possible = values(workflow, variable)
    numeric = variable.type == "number"
    longer = multiples(variable.unit) if numeric else []
    cards = [
        (rng.choice(rng.choice((possible, longer or possible))) if numeric else value, told.text)
        for value in (possible[:1] if numeric else possible)
        for told in teller.clauses(name, value, "first")
        if told.way == LEXICON
    ]
    return rng.sample(cards, len(cards))
