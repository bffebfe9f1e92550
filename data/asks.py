"""Asks: what can be asked about one statement, before it is phrased.

In: a function from a statement to its asks. Out: conversations and items in which every statement
has its turn (round robin, so that counts differ by one at most) and every ask of a statement comes
before any comes again. `facts`, `behaviors` and `conditionals` say what can be asked; this file
says how samples come of it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, wraps
from itertools import count
from typing import TypeVar

from data.grading import says
from data.lexicon import unrelated
from data.phrasing import Core, Split, phrase
from data.samples import Conversation, Item, Kind
from data.syntax import clauses, names_in
from parsers.spec import PolicySpec, Statement, Value


@dataclass(frozen=True)
class Ask:
    """A question core about `statement`, and how it is answered.

    `check` is what the chain says after the recited rule ('26 kg is more than 23 kg: yes.'). An
    ask with neither `accept` nor `reject` is judged by the nearest of the competing statements.
    """

    core: Core
    answer: str
    check: str = ""
    accept: tuple[tuple[str, ...], ...] = ()
    reject: tuple[str, ...] = ()
    case: dict[str, Value] | None = None
    options: tuple[str, ...] = ()


R = TypeVar("R")
AsksOf = Callable[[Statement, PolicySpec], list[Ask]]


def kind_of(statement: Statement) -> Kind:
    """The statement's category, conditional ones by complexity."""
    if statement.category == "conditional":
        return "complex" if statement.complexity == "complex" else "simple"
    return statement.category


def plain(text: str) -> str:
    """Markdown marks, list marks and table pipes taken out of a line."""
    text = re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"(?<![\w*])[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}(?![\w*])|`", "", text)
    text = re.sub(r"\s*\|\s*", "; ", text.strip().strip("|"))
    text = re.sub(r"^\s*(?:[-*+]|\d+(?:\.\d+)*[.)]?(?=\s+[A-Z]))\s+", "", text)
    return " ".join(text.split())


_PRONOUN = re.compile(r"^(It|They)\s+(?=[a-z])")


def per_spec(function: Callable[[PolicySpec], R]) -> Callable[[PolicySpec], R]:
    """Remember what the function made of the last specification; specifications never change."""
    last: list[tuple[PolicySpec, R]] = []

    @wraps(function)
    def remembered(spec: PolicySpec) -> R:
        if not last or last[0][0] is not spec:
            last[:] = [(spec, function(spec))]
        return last[0][1]

    return remembered


def recite(statement: Statement, spec: PolicySpec) -> str:
    """A statement of the specification as one plain line that is understood alone.

    A pronoun that opens a sentence gives way to the subject it stands for, be it in the sentence
    or in the statement before.
    """
    return recitations(spec)[statement.id]


@per_spec
def recitations(spec: PolicySpec) -> dict[str, str]:
    """Every statement's recitation, by id, in the order of the document."""
    before: dict[tuple[str, ...], tuple[str, ...]] = {}
    recited: dict[str, str] = {}
    for statement in sorted(spec.statements, key=lambda s: s.span.start):
        text = plain(statement.full_text)
        near = before.get(statement.section, ())
        recited[statement.id] = _recited(spec.document.text, near, text)
        before[statement.section] = (*near, text)[-2:]
    return recited


@lru_cache(maxsize=4096)
def _recited(document: str, before: tuple[str, ...], text: str) -> str:
    names = names_in(document)
    subject, lines = "", []
    for line in [*before, text]:
        done = []
        for part in re.split(r"(?<=[.!?;])\s+(?=\S)", line):
            match = _PRONOUN.match(part[:1].upper() + part[1:])
            if match and subject:
                part = (subject if done[-1:] and done[-1].endswith(";") else _capital(subject)) + (
                    part[match.end() - 1 :]
                )
            found = clauses(part, names)
            if found and found[0].noun.pos_ != "PRON":
                subject = found[0].subject_text
            done.append(part)
        lines.append(" ".join(done))
    last = lines[-1]
    return last if last[-1:] in ".?!:" else f"{last}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def chain(statement: Statement, spec: PolicySpec, check: str = "") -> str:
    """The chain of thought: the rule cited and recited, then how the case stands to it."""
    line = f"[{statement.id}] {recite(statement, spec)}"
    return f"{line}\n{check}" if check else line


def _rounds(
    statements: Sequence[Statement], asks_of: AsksOf, spec: PolicySpec, split: Split, seed: int
) -> Iterator[tuple[Statement, Ask, random.Random]]:
    """Statements in turn, each with its next ask, without end."""
    decks: dict[str, list[list[Ask]]] = {}
    hands: dict[str, list[Ask]] = {}
    for statement in statements:
        usable = [a for a in asks_of(statement, spec) if split == "eval" or not a.core.held]
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
) -> Iterator[tuple[Statement, Ask, str, str]]:
    """At most n different questions; fewer when the asks do not yield as many."""
    remarks = unrelated(tuple(statement.text for statement in spec.statements))
    seen: set[str] = set()
    misses = 0
    for statement, ask, rng in _rounds(statements, asks_of, spec, split, seed):
        if len(seen) >= n or misses > 20 * (len(statements) + 1):
            return
        template, question = phrase(ask.core, split, rng, remarks)
        if question.lower() in seen:
            misses += 1
            continue
        misses = 0
        seen.add(question.lower())
        yield statement, ask, template, question


def conversations(
    statements: Sequence[Statement], asks_of: AsksOf, spec: PolicySpec, n: int, seed: int
) -> list[Conversation]:
    return [
        Conversation(
            id=f"{statement.id}/sft-{seed}-{number}",
            kind=kind_of(statement),
            question=question,
            statements=(statement.id,),
            template=template,
            workflow=statement.workflow,
            case=ask.case,
            chain=chain(statement, spec, ask.check),
            answer=ask.answer,
        )
        for number, (statement, ask, template, question) in enumerate(
            _phrased(statements, asks_of, spec, n, seed, "train")
        )
    ]


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
    for number, (statement, ask, template, question) in enumerate(
        _phrased(statements, asks_of, spec, n, seed, split)
    ):
        open_ended = not (ask.accept or ask.reject)
        answer = recite(statement, spec) if open_ended and not ask.options else ask.answer
        options = ask.options or (rivals[kind_of(statement)] if open_ended else ())
        made.append(
            Item(
                id=f"{statement.id}/{split}-{seed}-{number}",
                kind=kind_of(statement),
                question=question,
                statements=(statement.id,),
                template=template,
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
