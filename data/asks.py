"""Asks: what can be asked about one statement, before it is phrased.

In: a function from a statement to its asks. Out: conversations and items in which every statement
has its turn (round robin, so that counts differ by one at most) and every ask of a statement comes
before any comes again. `facts`, `behaviors` and `conditionals` say what can be asked; this file
says how samples come of it.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from data.grading import says
from data.lexicon import unrelated
from data.phrasing import Core, Phrased, Split, phrase
from data.recitations import plain, recite
from data.samples import Conversation, Item, Kind
from parsers.spec import PolicySpec, Statement, Value


@dataclass(frozen=True)
class Ask:
    """A question core about `statement`, and how it is answered.

    `check` is what the chain says after the recited rule ('26 kg is more than 23 kg: yes.'), with
    `ASKED` for the words that the question asks in. An ask with neither `accept` nor `reject` is
    judged by the nearest of the competing statements.
    """

    core: Core
    answer: str
    check: str = ""
    accept: tuple[tuple[str, ...], ...] = ()
    reject: tuple[str, ...] = ()
    case: dict[str, Value] | None = None
    options: tuple[str, ...] = ()


ASKED = "⟦asked⟧"
AsksOf = Callable[[Statement, PolicySpec], list[Ask]]


def kind_of(statement: Statement) -> Kind:
    """The statement's category, conditional ones by complexity."""
    if statement.category == "conditional":
        return "complex" if statement.complexity == "complex" else "simple"
    return statement.category


def chain(statement: Statement, spec: PolicySpec, check: str = "", read: Sequence[str] = ()) -> str:
    """The chain of thought: what the question speaks of, the rule cited and recited, then how the
    case stands to it."""
    lines = [*read, f"[{statement.id}] {recite(statement, spec)}", check]
    return "\n".join(line for line in lines if line)


def _rounds(
    statements: Sequence[Statement], asks_of: AsksOf, spec: PolicySpec, split: Split, seed: int
) -> Iterator[tuple[Statement, Ask, random.Random]]:
    """Statements in turn, each with its next ask, without end."""
    decks: dict[str, list[list[Ask]]] = {}
    hands: dict[str, list[Ask]] = {}
    asked = {statement.id: asks_of(statement, spec) for statement in statements}
    rules = Counter(w for asks in asked.values() for w in {a.core.direct.lower() for a in asks})
    for statement in statements:
        usable = [
            ask
            for ask in asked[statement.id]
            if (split == "eval" or not ask.core.held)
            # what two statements answer is no question to be examined on
            and (split == "train" or rules[ask.core.direct.lower()] == 1)
        ]
        families: dict[str, list[Ask]] = {}
        for ask in usable:
            families.setdefault(_family(ask.core.form), []).append(ask)
        if families:
            decks[statement.id] = list(families.values())
    order = [s for s in statements if s.id in decks]
    if not order:
        return
    rng = random.Random(f"{split}:{seed}")
    for families_of in decks.values():
        for family in families_of:
            rng.shuffle(family)
            if split == "eval":
                family.sort(key=lambda ask: not ask.core.held)
    for lap in count():
        rng.shuffle(order)
        for statement in order:
            if lap % FRAME_EVERY and is_frame(statement) and len(order) > 1:
                continue
            hand = hands.setdefault(statement.id, [])
            if not hand:
                for family in decks[statement.id]:
                    hand.append(family[0])
                    family.append(family.pop(0))
                rng.shuffle(hand)
            yield statement, hand.pop(), rng


FRAME_EVERY = 3
"""A sentence about the document itself has its turn in one of so many laps."""
_SAME = {"true": "yes", "untrue": "no", "no-value": "no", "no-other": "no", "what-time": "when"}


def _family(form: str) -> str:
    """Forms that ask alike: each family has its turn, however many wordings it has."""
    name = re.sub(r"(?:-held|-few)?(?:-\d+)?$", "", form)
    return _SAME.get(name, name)


def is_frame(statement: Statement) -> bool:
    """Whether the statement speaks of the document ('This section is used when …')."""
    return bool(
        re.match(
            r"(?:this|the)\s+(?:following\s+)?(?:section|policy|document|chapter|paragraphs?|rules?|page|"
            r"table|guide)\b",
            plain(statement.text),
            re.IGNORECASE,
        )
    )


def _phrased(
    statements: Sequence[Statement],
    asks_of: AsksOf,
    spec: PolicySpec,
    n: int,
    seed: int,
    split: Split,
) -> Iterator[tuple[Statement, Ask, Phrased]]:
    """At most n different questions; fewer when the asks do not yield as many."""
    remarks = unrelated(tuple(statement.text for statement in spec.statements))
    seen: set[str] = set()
    misses = 0
    for statement, ask, rng in _rounds(statements, asks_of, spec, split, seed):
        if len(seen) >= n or misses > 20 * (len(statements) + 1):
            return
        phrased = phrase(ask.core, split, rng, remarks)
        if phrased.question.lower() in seen:
            misses += 1
            continue
        misses = 0
        seen.add(phrased.question.lower())
        yield statement, ask, phrased


def conversations(
    statements: Sequence[Statement], asks_of: AsksOf, spec: PolicySpec, n: int, seed: int
) -> list[Conversation]:
    return [
        Conversation(
            id=f"{statement.id}/sft-{seed}-{number}",
            kind=kind_of(statement),
            question=phrased.question,
            statements=(statement.id,),
            template=phrased.template,
            workflow=statement.workflow,
            case=ask.case,
            chain=chain(statement, spec, ask.check.replace(ASKED, phrased.asked)),
            answer=ask.answer,
        )
        for number, (statement, ask, phrased) in enumerate(
            _phrased(statements, asks_of, spec, n, seed, "train")
        )
    ]


def questions(
    statements: Sequence[Statement], asks_of: AsksOf, spec: PolicySpec, n: int, seed: int
) -> list[tuple[str, str]]:
    """At most n (question, id of the rule that it is about), in training's words."""
    asked = _phrased(statements, asks_of, spec, n, seed, "train")
    return [(phrased.question, statement.id) for statement, _, phrased in asked]


def items(
    statements: Sequence[Statement],
    asks_of: AsksOf,
    spec: PolicySpec,
    n: int,
    seed: int,
    split: Split,
) -> list[Item]:
    kinds: set[Kind] = {kind_of(s) for s in statements}
    rivals = {kind: _texts(spec, kind) for kind in kinds}
    made = []
    for number, (statement, ask, phrased) in enumerate(
        _phrased(statements, asks_of, spec, n, seed, split)
    ):
        open_ended = not (ask.accept or ask.reject)
        answer = recite(statement, spec) if open_ended and not ask.options else ask.answer
        options = ask.options or (rivals[kind_of(statement)] if open_ended else ())
        made.append(
            Item(
                id=f"{statement.id}/{split}-{seed}-{number}",
                kind=kind_of(statement),
                question=phrased.question,
                statements=(statement.id,),
                template=phrased.template,
                workflow=statement.workflow,
                case=ask.case,
                answer=answer,
                options=options,
                accept=ask.accept,
                reject=tuple(r for r in ask.reject if not says(answer, r)),
            )
        )
    return made


def _texts(spec: PolicySpec, kind: Kind) -> tuple[str, ...]:
    return tuple(dict.fromkeys(recite(s, spec) for s in spec.statements if kind_of(s) == kind))


def held(ask: Ask) -> Ask:
    """The same ask, kept for evaluation."""
    return replace(ask, core=replace(ask.core, held=True))
