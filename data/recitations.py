"""A statement as one plain line that is understood alone: what is recited and asked about.

In: statements of a specification. Out: their texts without marks of layout, pronouns replaced by
what they stand for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

from data.syntax import clauses, names_in
from parsers.spec import PolicySpec, Statement

R = TypeVar("R")


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
