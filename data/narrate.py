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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.arrangements import (
    ARRANGEMENTS,
    ASIDES,
    ASKERS,
    BYES,
    COLLEAGUE,
    FILLERS,
    INTENTS,
    NOTES,
    OPENERS,
    RELATIVES,
    SMALL,
    TERSE,
    Side,
)
from data.cases import Sample, Split, outcomes_left, values
from data.chains import matter
from data.circumstances import teller_of
from data.lexicon import DENIAL
from data.syntax import decapitalize, sentence
from data.tellings import Piece
from data.turns import Turns
from data.typed import hasty, polish, typed
from data.worded import JOINTS, fuse, of_kin, person_of, tell, written
from parsers.spec import Branch, Case, Leaf, Node, Value, Workflow, variables_of

UNSAID_EXCEPTION, UNSAID_SETTLED = 0.5, 0.6
"""How often a false boolean stays unsaid: one that only opens an exception; one without effect."""
DISTRACTOR = 0.15
NAMED = 0.5
"""How often a question that tells a single circumstance names the matter besides."""
FUSED = 0.35
"""How often two circumstances share a clause: 'three rooms on Saver', '15 days ago, for a year'."""
_BETWEEN = (", ", ", ", " and ", ", and ", " - ")
"""What stands between clauses of a message of the vocabulary."""
PASSING = 0.5
"""How often a message of the vocabulary says something besides that tells no circumstance."""


@dataclass(frozen=True)
class Narrated:
    question: str
    template: str
    unsaid: frozenset[str]
    case: dict[str, Value]
    """The sample's case and what is told besides."""
    told: tuple[Piece, ...]
    """What the message says and asks, in its order; greetings are left out."""


def narrate(
    workflow: Workflow,
    drawn: Sample,
    split: Split,
    rng: random.Random,
    turns: Turns[str],
    remarks: Sequence[str] = (),
) -> Narrated:
    """Put the case into words; `remarks` are passing ones for training, which decide nothing.

    The lexicon's words are drawn by `turns`, for there are more of them than cases.

    Every variable asked about on the path is told, but for booleans that are false and that nobody
    would mention (`Narrated.unsaid`).
    """
    side: Side = "eval" if split == "eval" else "train"
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
    manner = rng.choices(("first", "third", "kin", "terse", "notes"), (60, 12, 8, 13, 7))[0]
    if manner == "notes":
        return _as_notes(workflow, case, names, side, rng, unsaid)
    told = [tell(workflow, name, case[name], manner, side, rng, turns) for name in names]
    if manner == "kin":
        told = of_kin(told, rng.choice(list(RELATIVES[side].items())))
    pieces = list(map(Piece, told, names))
    used = [manner]
    fused = 0
    if len(told) > 1 and manner != "terse" and rng.random() < 0.3:
        aside, wording = _pick(ASIDES[side], rng)
        at = rng.randrange(1, len(told))
        pieces[at] = Piece(wording.format(c=told[at]), names[at])
        used.append(aside)
    elif manner in ("first", "third") and rng.random() < FUSED:
        fused = fuse(pieces, workflow, case, side, rng)
    elif manner in ("first", "kin") and rng.random() < 0.25:
        filler, words = _passing(side, remarks, rng)
        pieces.insert(rng.randrange(len(told) + 1), Piece(words, None))
        used.append(filler)
    shown = [piece.words for piece in pieces]
    if fused:
        shown[fused - 1 : fused + 1] = [rng.choice(JOINTS[side]).join(shown[fused - 1 : fused + 1])]
    forms = (TERSE if manner == "terse" else ARRANGEMENTS)[side]
    form, arrangement = _pick({k: v for k, v in forms.items() if _fits(v, shown, used)}, rng)
    asker, ask = _ask(workflow, manner, side, rng, len(told) < 2 and rng.random() < NAMED)
    opener, opening = _pick((COLLEAGUE if manner == "third" else OPENERS)[side], rng)
    small, talk = _pick(SMALL[side], rng)
    bye, farewell = _pick(BYES[side], rng)
    ask = _fill(workflow, ask)
    supposing = bool(re.search(_SUPPOSING, arrangement))
    joined = _join(
        [re.sub(r"^(?:yes|no), ", "", t) for t in shown] if supposing else shown,
        " and " if supposing else rng.choice((" and ", ", and ", ", also ", ", ")),
    )
    text = arrangement.format(
        open="",
        s=" ".join(map(sentence, shown)),
        j=joined,
        J=_capital(joined),
        a=shown[0],
        A=_capital(shown[0]),
        r=" ".join(map(sentence, shown[1:])),
        ask=ask,
        lask=decapitalize(ask),
        small=talk,
        bye=farewell,
    ).replace("\\n", "\n")
    if "{open}" in arrangement:
        opening = _fill(workflow, opening)
        used.append(opener)
        runs_on = opening and not re.search(r"[.!?]\s*$", opening)
        text = opening + (decapitalize(text) if runs_on else text)
        pieces.append(Piece(opening, None))
    pieces += [Piece(talk, None)] if "{small}" in arrangement else []
    pieces += [Piece(ask, None)] if "ask}" in arrangement else []
    used += [form] + ([asker] if "ask}" in arrangement else [])
    used += [small] if "{small}" in arrangement else []
    used += [bye] if "{bye}" in arrangement else []
    text, habit = typed(polish(text, keep=manner == "terse"), rng)
    return Narrated(text, "/".join([*used, habit]), unsaid, case, _quoted(text, pieces))


def message(
    workflow: Workflow,
    case: Case,
    worded: Mapping[str, str],
    rng: random.Random,
    remarks: Sequence[str] = (),
) -> tuple[str, tuple[Piece, ...]]:
    """Clauses of training as a message that asks nothing, and its pieces as they stand in it.

    Args:
        worded: the clause for each variable, with `SLOT` for its number.
        remarks: passing ones, which tell nothing.
    """
    pieces = [
        Piece(written(workflow, n, case[n], text, "train", rng), n) for n, text in worded.items()
    ]
    if rng.random() < PASSING:
        words = _passing("train", remarks, rng)[1]
        pieces.insert(rng.randrange(len(pieces) + 1), Piece(words, None))
    shown = [piece.words for piece in pieces]
    if rng.random() < 0.5:
        joined = "".join(it + rng.choice(_BETWEEN) for it in shown[:-1]) + shown[-1]
    else:
        joined = " ".join(map(sentence, shown))
    text, _ = typed(polish(joined), rng)
    return text, _quoted(text, pieces)


def _passing(side: Side, remarks: Sequence[str], rng: random.Random) -> tuple[str, str]:
    """The name and the words of something that is said besides and tells no circumstance."""
    filler = _pick(FILLERS[side], rng)
    if side == "train" and remarks and rng.random() < 0.5:
        return "remark", rng.choice(remarks)
    return filler


def _quoted(text: str, pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """The pieces as they were typed in the text, in its order."""
    found = []
    for words, tells in pieces:
        if tells is None and len(words.split()) < _SAYS and "?" not in words:
            continue
        polished = re.sub("^(?:yes|no), ", "", polish(words, keep=True)).rstrip(" .:!,")
        polished = polished if tells else polished.rstrip("?")
        for form in (polished, hasty(polished)):
            at = text.lower().find(form.lower())
            if at >= 0:
                found.append((at, Piece(text[at : at + len(form)], tells)))
                break
        else:
            if tells is not None:
                found.append((-1, Piece(polished, tells)))
    return tuple(piece for _, piece in sorted(found, key=lambda it: it[0]))


_SAYS = 3
"""Words that make more than a greeting."""


def _fits(arrangement: str, shown: Sequence[str], used: Sequence[str]) -> bool:
    if "{r}" in arrangement and len(shown) < 2:
        return False
    # a conditional clause or an unasked question takes no asides
    return not (len(used) > 1 and re.search(_SUPPOSING, arrangement))


_SUPPOSING = r"\b(?:if|when|say) \{j\}"


def _as_notes(
    workflow: Workflow,
    case: dict[str, Value],
    names: Sequence[str],
    side: Side,
    rng: random.Random,
    unsaid: frozenset[str],
) -> Narrated:
    teller = teller_of(workflow)
    told = []
    for name in names:
        variable = workflow.variable(name)
        if variable.type == "boolean" or len(teller.key(name).split()) <= 3:
            told.append(f"{decapitalize(teller.key(name))}: {teller.value(name, case[name])}")
        else:
            told.append(decapitalize(teller.fact(name, case[name])))
    form, arrangement = _pick(NOTES[side], rng)
    voice = rng.choice(("first", "third"))
    asker, ask = _ask(workflow, voice, side, rng, len(told) < 2 and rng.random() < NAMED)
    ask = _fill(workflow, ask)
    notes = rng.choice(("; ", ", ", " / ")).join(told)
    text = arrangement.format(
        n=notes, ask=ask, lask=decapitalize(ask), person=_capital(person_of(workflow)),
        title=workflow.title,
    )  # fmt: skip
    text, habit = typed(polish(text), rng)
    pieces = [*map(Piece, told, names), Piece(ask, None)]
    return Narrated(
        text, "/".join((form, "notes", asker, habit)), unsaid, case, _quoted(text, pieces)
    )


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
        # 'away from home' is a circumstance of its own, which people do mention
        lacking = name in exceptions and bool(DENIAL.search(variable.negated))
        odds = UNSAID_SETTLED if settled else UNSAID_EXCEPTION if lacking else 0.0
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
    workflow: Workflow, voice: str, side: Side, rng: random.Random, must_name: bool
) -> tuple[str, str]:
    askers = ASKERS[side]
    if must_name or rng.random() < 0.12:
        return _pick(askers["named"], rng)
    if voice == "third":
        return _pick(askers["colleague"], rng)
    if voice == "terse" and rng.random() < 0.6:
        return _pick(askers["terse"], rng)
    fitting = [
        intent
        for intent, pattern in INTENTS.items()
        if any(re.search(pattern, o.text, re.IGNORECASE) for o in workflow.outcomes)
    ]
    if fitting and rng.random() < 0.5:
        return _pick(askers[rng.choice(fitting)], rng)
    return _pick(askers["any"], rng)


def _fill(workflow: Workflow, text: str) -> str:
    person = person_of(workflow)
    return text.format(title=_title(workflow), person=person, people=f"{person}s")


def _title(workflow: Workflow) -> str:
    return decapitalize(matter(workflow))


def _join(told: Sequence[str], last: str) -> str:
    return ", ".join(told[:-1]) + last + told[-1] if len(told) > 1 else told[0]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
