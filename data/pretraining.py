"""Continued-pretraining texts by category (CAP-CPT, arXiv 2510.11588).

In: a specification. Out: short texts, each with the policy identifier in it: the document's own
sections; for facts, paraphrases and questions with answers; for behaviours, demonstrations as
short dialogues; for simple conditionals, the statement in several forms and questions of both
polarities; for workflows, scenario simulations. The paper names these kinds; the table that maps
categories to them, the counts and the frames around the texts are not stated and our own.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import zip_longest

from data import behaviors, conditionals, facts
from data.asks import kind_of
from data.phrasing import everyday
from data.prompts import completion
from data.recitations import recite
from data.rules import rule_of
from data.samples import RECITAL, Conversation, Rejected, Text
from data.syntax import sentence
from parsers.spec import PolicySpec, Section, Statement

WORKFLOW_SHARE = 0.4
"""Of the texts, when there are workflows."""
SECTION_WORDS = 90
"""A section's text is cut at the end of a line or sentence after about so many words."""


def texts(spec: PolicySpec, n: int, seed: int) -> tuple[list[Text], list[Rejected]]:
    """About n texts, every statement in as many as any other; and what the oracle refused.

    The document's sections come once each, even if that makes more than n.
    """
    from data import workflows

    made = list(_sections(spec))
    refused: list[Rejected] = []
    left = max(n - len(made), 0)
    deciding = round(left * WORKFLOW_SHARE) if spec.workflows else 0
    for number, workflow in enumerate(spec.workflows):
        share = deciding // len(spec.workflows) + (number < deciding % len(spec.workflows))
        told, rejected = workflows.scenarios(spec, workflow, share, seed)
        made += [_named(text, spec) for text in told]
        refused += rejected
    made += _by_statement(spec, left - deciding, seed)
    random.Random(seed).shuffle(made)
    return made, refused


def recitals(spec: PolicySpec) -> list[Text]:
    """Every statement once, word for word behind its id, as chains of thought recite it."""
    return [
        Text(
            text=f"{spec.identifier} [{statement.id}] {recite(statement, spec)}",
            kind=kind_of(statement),
            form=RECITAL,
            statements=(statement.id,),
        )
        for statement in spec.statements
    ]


def whole(policy: str, policy_images: tuple[str, ...], it: Conversation) -> Text:
    """The sequence of visually masked pretraining (TriMPI, arXiv 2510.09474 §3.1): the policy with
    its pictures, the picture, the question, the chain and the answer.

    Args:
        policy_images: names of the pictures that the policy's text shows.
    """
    ahead = "".join(f"![]({name})\n" for name in it.images if f"]({name})" not in it.question)
    return Text(
        text=f"{policy.strip()}\n\n{ahead}{it.question}\n{completion(it.chain, it.answer)}",
        images=tuple(dict.fromkeys((*policy_images, *it.images))),
        kind=it.kind,
        form="whole",
        statements=it.statements,
    )


def _named(text: Text, spec: PolicySpec) -> Text:
    if spec.identifier in text.text:
        return text
    return text.model_copy(update={"text": f"Policy {spec.identifier}. {text.text}"})


# --- the document itself --------------------------------------------------------------------


def _sections(spec: PolicySpec) -> Iterator[Text]:
    document = spec.document
    title = document.sections[0].title if document.sections else document.name
    for section, start, end in _stretches(spec):
        for piece_start, piece in _pieces(document.text[start:end], start):
            inside = tuple(
                s.id
                for s in spec.statements
                if piece_start <= s.span.start < piece_start + len(piece)
            )
            if not re.search(r"\w{3}", piece):
                continue
            place = " – ".join(dict.fromkeys((title, *section.path))) if section else title
            yield Text(
                text=f"{spec.identifier} {place}\n{piece.strip()}",
                kind="document",
                form="section",
                statements=inside,
            )


def _stretches(spec: PolicySpec) -> Iterator[tuple[Section | None, int, int]]:
    """The document cut at its headings: (section, start, end), each character once."""
    document = spec.document
    starts = sorted(document.sections, key=lambda s: s.span.start)
    if not starts:
        yield None, 0, len(document.text)
        return
    if document.text[: starts[0].span.start].strip():
        yield None, 0, starts[0].span.start
    for section, after in zip_longest(starts, starts[1:]):
        end = after.span.start if after else len(document.text)
        start = document.text.find("\n", section.span.start, end)
        if start >= 0:
            yield section, start, end


def _pieces(text: str, offset: int) -> Iterator[tuple[int, str]]:
    """(offset, piece) of about SECTION_WORDS words, cut between lines or sentences."""
    begin = words = 0
    for match in re.finditer(r"[^\n.]*(?:\.(?!\s)[^\n.]*)*[.\n]?\s*", text):
        if not match.group():
            continue
        words += len(match.group().split())
        if words >= SECTION_WORDS:
            yield offset + begin, text[begin : match.end()]
            begin, words = match.end(), 0
    if text[begin:].strip():
        yield offset + begin, text[begin:]


# --- statement by statement -----------------------------------------------------------------


def _by_statement(spec: PolicySpec, n: int, seed: int) -> list[Text]:
    rng = random.Random(f"cpt:{seed}")
    deciding = {w.id for w in spec.workflows}
    own = [s for s in spec.statements if s.workflow is None or s.workflow not in deciding]
    if not own or n <= 0:
        return []
    talks = _talks(spec, 3 * n, seed)
    made: list[Text] = []
    for turn in range(n):
        if turn % len(own) == 0:
            rng.shuffle(own)
        statement = own[turn % len(own)]
        lap = turn // len(own)
        kind = kind_of(statement)
        pool = talks[statement.id]
        text, form = _FORMS[kind](statement, spec, pool, lap, rng)
        made.append(Text(text=text, kind=kind, form=form, statements=(statement.id,)))
    return made


def _talks(spec: PolicySpec, n: int, seed: int) -> dict[str, list[Conversation]]:
    """Questions with answers to draw on, by statement."""
    talks: dict[str, list[Conversation]] = defaultdict(list)
    for source in (facts, behaviors, conditionals):
        for conversation in source.conversations(spec, n, seed + 7919):
            talks[conversation.statements[0]].append(conversation)
    return talks


def _take(pool: list[Conversation], n: int) -> list[Conversation]:
    taken, pool[:n] = pool[:n], []
    return taken


_FRAMES = (
    "The policy {id} says: {s}",
    "{id}: {s}",
    "Under the policy {id} this holds: {s}",
    "[{r}] {s} This is from {id}.",
    "From {id}, rule [{r}]: {s}",
    "Whoever follows {id} knows: {s}",
    "In the section {t} of {id} it says: {s}",
    "One line of {id} reads: “{s}”",
)


def _stated(statement: Statement, spec: PolicySpec, rng: random.Random) -> str:
    frames = _FRAMES if statement.section else [f for f in _FRAMES if "{t}" not in f]
    return rng.choice(frames).format(
        id=spec.identifier,
        r=statement.id,
        s=recite(statement, spec),
        t=f"“{statement.section[-1]}”" if statement.section else "",
    )


_QA = (("Question: ", "Answer: "), ("Q: ", "A: "), ("– ", "– "), ("Customer: ", "Agent: "))
_SAID = (("Customer: ", "Agent: "), ("Caller: ", "Desk: "), ("Guest: ", "Staff: "), ("A: ", "B: "))


def _exchange(talks: list[Conversation], marks: tuple[str, str]) -> str:
    asked, told = marks
    return "\n".join(f"{asked}{talk.question}\n{told}{talk.answer}" for talk in talks)


def _fact(
    statement: Statement, spec: PolicySpec, pool: list[Conversation], lap: int, rng: random.Random
) -> tuple[str, str]:
    if lap % 2 == 0 and (talks := _take(pool, 3)):
        marks = rng.choice(_QA[:3])
        return f"{_stated(statement, spec, rng)}\n{_exchange(talks, marks)}", "qa"
    lines = [_stated(statement, spec, rng), *_paraphrases(statement, spec, pool, rng)]
    return "\n".join(lines), "paraphrase"


def _paraphrases(
    statement: Statement, spec: PolicySpec, pool: list[Conversation], rng: random.Random
) -> Iterator[str]:
    """The statement in everyday words, and as what one answers when asked."""
    said = recite(statement, spec)
    for opener in ("In other words: ", "Put simply: "):
        (other,) = everyday(rng, "train", said)
        if other != said:
            yield f"{opener}{other}"
            break
    for talk in _take(pool, 2):
        question = talk.question.rstrip()
        yield rng.choice(
            (
                "Asked “{q}”, one answers: {a}",
                "If somebody says “{q}”, the answer is: {a}",
                "To “{q}” the policy answers: {a}",
            )
        ).format(q=question, a=talk.answer)


def _behavior(
    statement: Statement, spec: PolicySpec, pool: list[Conversation], lap: int, rng: random.Random
) -> tuple[str, str]:
    talks = _take(pool, 2)
    if not talks:
        return _stated(statement, spec, rng), "statement"
    marks = rng.choice(_SAID)
    rule = _stated(statement, spec, rng)
    shown = _exchange(talks, marks)
    if lap % 2:
        return f"How an agent under {spec.identifier} answers:\n{shown}\n{rule}", "demonstration"
    return f"{rule}\nIn practice:\n{shown}", "demonstration"


def _simple(
    statement: Statement, spec: PolicySpec, pool: list[Conversation], lap: int, rng: random.Random
) -> tuple[str, str]:
    talks = _take(pool, 3 if lap % 2 == 0 else 1)
    lines = [_stated(statement, spec, rng)]
    form = "qa"
    if lap % 2 and (rule := rule_of(statement, spec)):
        form = "statement"
        lines += [
            f"Condition: {rule.condition}. What follows: {rule.act or rule.outcome}.",
            sentence(f"it applies only if {rule.condition}"),
        ]
    if talks:
        lines.append(_exchange(talks, rng.choice(_QA)))
    return "\n".join(lines), form


def _complex(
    statement: Statement, spec: PolicySpec, pool: list[Conversation], lap: int, rng: random.Random
) -> tuple[str, str]:
    talks = _take(pool, 2)
    lines = [_stated(statement, spec, rng)]
    if talks:
        lines.append(_exchange(talks, rng.choice(_QA)))
    return "\n".join(lines), "recitation"


_FORMS = {"factual": _fact, "behavioral": _behavior, "simple": _simple, "complex": _complex}
