"""Steps of chains of thought by themselves: what words mean, what is asked, how numbers compare.

In: a `PolicySpec`. Out: `Text`s of short lines, each of them a step as chains have it, with what is
to be found out behind what it is found out from. In conversations a step comes once in a hundred
tokens and its neighbours nearly give it away: one question in five forbids what another demands,
what is weighed is nearly always too heavy. Here every side of a step comes as often as the other.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import product

from data import asks as making
from data import behaviors, conditionals, facts, vocabulary, workflows
from data.asks import ASKED, Ask, kind_of
from data.chains import reading, worked_out
from data.circumstances import Teller
from data.numerals import number_forms
from data.samples import CHOICE, DRILL, Text
from parsers.spec import PolicySpec

_DRILLS = 8
"""Texts for each test of a number."""
_WORDINGS = 2
"""Questions of each wording that asks for what a behaviour demands or forbids."""
_ASKED = 30
"""Questions on each rule that stands alone, of which nothing is asked but which rule it is."""
_RIVALS = 4
"""Things that a fact is compared with."""
_QUESTIONS, _SHORT = 4, 8
"""Lines in a text, by what they are."""
_ALONE = {"factual": facts.asks, "behavioral": behaviors.asks, "simple": conditionals.asks}
"""What is asked about rules that are no part of a workflow."""
_MOST = 400
"""A figure that is written in words or in a longer unit is less."""
_SPELLED = 0.8
"""Share of the numbers in words, for each variable."""


def texts(spec: PolicySpec, words: int, seed: int) -> list[Text]:
    """All exercises; at most `words` of them on people's words."""
    rng = random.Random(f"exercises:{seed}")
    made = vocabulary.texts(spec, words, seed)
    made += _rules_asked(spec, seed, rng)
    made += [*_polarities(spec, rng), *_same(spec, rng), *_figures(spec, rng)]
    made += conditionals.drills(spec, _DRILLS, seed)
    for workflow in spec.workflows:
        made += workflows.drills(spec, workflow, _DRILLS, seed)
    return made


def _rules_asked(spec: PolicySpec, seed: int, rng: random.Random) -> Iterator[Text]:
    """Questions, each with the rule that it is about: a third of a conversation's tokens, and what
    goes wrong in most that go wrong."""
    told: list[tuple[str, str]] = []
    for kind, asks in _ALONE.items():
        own = [statement for statement in spec.statements if kind_of(statement) == kind]
        told += making.questions(own, asks, spec, _ASKED * len(own), seed + 1)
    rng.shuffle(told)
    for at in range(0, len(told), _QUESTIONS):
        yield vocabulary.rules_named(spec, told[at : at + _QUESTIONS], CHOICE)


def _polarities(spec: PolicySpec, rng: random.Random) -> Iterator[Text]:
    """'Must nobody open a bag?' asks not to do what 'Would you open a bag?' asks to do."""
    wordings: dict[str, list[Ask]] = defaultdict(list)
    for statement in spec.statements:
        if kind_of(statement) == "behavioral":
            for ask in behaviors.asks(statement, spec):
                if ASKED in ask.check and not ask.core.held:
                    wordings[ask.core.form].append(ask)
    lines = [
        ask.check.replace(ASKED, ask.core.direct.rstrip("?. "))
        for asks in wordings.values()
        for ask in rng.sample(asks, min(_WORDINGS, len(asks)))
    ]
    return _texts(spec, lines, _QUESTIONS, rng)


def _same(spec: PolicySpec, rng: random.Random) -> Iterator[Text]:
    """Whether what is asked is what a fact says: 'Asked: 9 am; it is 8 am: no.'

    Both stand on either side and with themselves, so that only looking at them tells.
    """
    lines: list[str] = []
    for statement in spec.statements:
        if kind_of(statement) == "factual":
            asks = (ask for ask in facts.asks(statement, spec) if not ask.core.held)
            found = (re.fullmatch(r"Asked: (.+); it is (.+): no\.", ask.check) for ask in asks)
            pairs = sorted({match.groups() for match in found if match and match[2] != "so"})
            for pair in rng.sample(pairs, min(_RIVALS, len(pairs))):
                for asked, stated in product(pair, pair):
                    verdict = "yes" if asked == stated else "no"
                    lines.append(f"Asked: {asked}; it is {stated}: {verdict}.")
    return _texts(spec, lines, _SHORT, rng)


def _figures(spec: PolicySpec, rng: random.Random) -> Iterator[Text]:
    """'three weeks' is 21 days where the policy counts days."""
    for workflow in spec.workflows:
        teller = Teller(workflow)
        for variable in workflow.variables:
            if variable.type != "number":
                continue
            lines = []
            for number in range(1, _MOST):
                forms = number_forms(number, variable.unit)
                said = [forms[form] for form in forms if form == "longer"]
                if "word" in forms and rng.random() < _SPELLED:
                    said.append(forms["word"])
                if said:
                    meant = reading(teller, variable.name, float(number))
                    lines += [
                        f'"{words}": {worked_out(words, variable.unit)}{meant}' for words in said
                    ]
            yield from _texts(spec, lines, _SHORT, rng)


def _texts(spec: PolicySpec, lines: list[str], each: int, rng: random.Random) -> Iterator[Text]:
    rng.shuffle(lines)
    for at in range(0, len(lines), each):
        text = "\n".join([spec.identifier, *lines[at : at + each]])
        yield Text(text=text, kind="document", form=DRILL)
