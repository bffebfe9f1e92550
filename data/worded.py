"""A circumstance in the words of somebody who has it.

In: a variable of a workflow and its value. Out: a clause, in the document's words, in everyday ones
or, where two share a clause, without a verb. `data.tellings` knows the patterns; one is drawn here.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

from data.arrangements import Side
from data.cases import thresholds
from data.circumstances import EVAL_ONLY, LEXICON, LEXICON_HELD, teller_of
from data.numerals import number_forms
from data.phrasing import everyday
from data.speech import spoken
from data.syntax import PEOPLE
from data.tellings import SLOT, Piece, Told
from data.turns import Turns
from parsers.spec import Value, Workflow

EVERYDAY = 0.4
"""How often a circumstance is told in the lexicon's words, where it has some."""
JOINTS: dict[Side, tuple[str, ...]] = {
    "train": (", ", " and ", ", and ", " with ", " / "),
    "eval": (", ", " and ", " plus "),
}
_LONGER = 0.4
"""How often in training a quantity that can be told in a longer unit is: few of them can."""
_KIN = "⟦kin⟧"


def of_kin(told: Sequence[str], kin: tuple[str, str]) -> list[str]:
    """The customer as somebody close to who asks: named once, a pronoun from then on."""
    named, named_tells = kin[0], []
    for text in told:
        while _KIN in text:
            text, named = text.replace(_KIN, named, 1), kin[1]
        named_tells.append(text)
    return named_tells


def fuse(
    pieces: list[Piece],
    workflow: Workflow,
    case: Mapping[str, Value],
    side: Side,
    rng: random.Random,
) -> int:
    """Shorten a piece, and often the one before it, so that one clause can hold both; where it is,
    or 0 if none can be told without a verb."""
    short = [_scrap(workflow, name, case[name], side, rng) for _, name in pieces if name]
    places = [at for at, words in enumerate(short) if at and words]
    if not places:
        return 0
    at = rng.choice(places)
    pieces[at] = pieces[at]._replace(words=short[at])
    if short[at - 1] and rng.random() < 0.5:
        pieces[at - 1] = pieces[at - 1]._replace(words=short[at - 1])
    return at


def _scrap(workflow: Workflow, name: str, value: Value, side: Side, rng: random.Random) -> str:
    """The circumstance without a verb; '' if there are no words for that."""
    told = teller_of(workflow).clauses(name, value, "first")
    scraps = [it.text for it in told if it.way == "scrap"]
    return written(workflow, name, value, rng.choice(scraps), side, rng) if scraps else ""


def tell(
    workflow: Workflow,
    name: str,
    value: Value,
    voice: str,
    side: Side,
    rng: random.Random,
    turns: Turns[str],
) -> str:
    """The circumstance as a clause; the lexicon's words, which are many, are drawn by `turns`."""
    told = teller_of(workflow).clauses(
        name, value, "third" if voice in ("third", "kin") else "first"
    )
    everyday_way = LEXICON if side == "train" else LEXICON_HELD
    said = [t.text for t in told if t.way == everyday_way]
    if said and rng.random() < EVERYDAY:
        kind = None if workflow.variable(name).type == "number" else value
        words = turns.draw((workflow.id, name, kind), said)
        return written(workflow, name, value, words, side, rng)
    allowed = [
        t
        for t in told
        if t.way not in (LEXICON, LEXICON_HELD) and (side == "eval" or t.way not in EVAL_ONLY)
    ]
    scraps = [t for t in allowed if t.way in ("scrap", "ask-yes")]
    whole = [t for t in allowed if t not in scraps]
    options = scraps if voice == "terse" and scraps and rng.random() < 0.75 else whole
    by_way: dict[str, list[Told]] = {}
    for each in options:
        by_way.setdefault(each.way, []).append(each)
    way = rng.choices(list(by_way), [2.0 if w == "label" else 1.0 for w in by_way])[0]
    text = rng.choice(by_way[way]).text
    if voice == "kin":
        text = re.sub(rf"\bthe {person_of(workflow)}\b(?!'s)", _KIN, text)
        text = re.sub(r"\bour\b", "your", re.sub(r"\bus\b", "you", text))
    plain = text
    if rng.random() < 0.5:
        text = spoken(text, side, rng)
    if text == plain and rng.random() < 0.5:  # not both: synonyms of synonyms go astray
        (text,) = everyday(rng, side, text)
    if voice == "terse":
        text = _telegram(text)
    return written(workflow, name, value, text, side, rng)


def written(
    workflow: Workflow, name: str, value: Value, text: str, side: Side, rng: random.Random
) -> str:
    """The clause with its number, if it has one, as somebody would write it."""
    if SLOT not in text:
        return text
    variable = workflow.variable(name)
    forms = number_forms(float(value), variable.unit)
    style = rng.choice(sorted(forms)) if rng.random() < 0.6 else "plain"
    if side == "train" and "longer" in forms and rng.random() < _LONGER:
        style = "longer"
    near = any(abs(float(value) - t) <= max(2, 0.15 * t) for t in thresholds(workflow, name))
    number = forms[style]
    rough = not near and not variable.integer and float(value) >= 4
    if rough and rng.random() < 0.15:
        number = f"{rng.choice(('about', 'around') if side == 'train' else ('roughly',))} {number}"
    elif float(value) in thresholds(workflow, name) and rng.random() < 0.3:
        number = f"exactly {number}"
    return text.replace(SLOT, number)


def _telegram(text: str) -> str:
    """'my bag weighs 26 kg' -> 'bag weighs 26 kg', as in a hasty message."""
    return re.sub(r"^(?:I'm|I am|I've|my|the|it's|it is|there's|I)\s+(?=\S+\s)", "", text)


def person_of(workflow: Workflow) -> str:
    """The people the workflow is about, by its own noun."""
    for text in [v.label for v in workflow.variables] + [o.text for o in workflow.outcomes]:
        for word in re.findall(r"[a-z]+", text.lower()):
            if word in PEOPLE and not word.startswith(("some", "any")):
                return word
    return "customer"
