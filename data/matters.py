"""What people write who have a matter that some single rule is about.

In: a specification. Out: for a statement, messages from `everyday/matters/*.yaml`, some kept for
evaluation. Most have no word of the rule in them ('There is glue all over the lid of my case'): a
small model finds the rule by words that it has seen in its company, and hardly by what they mean.
The entries are of common matters in many trades, and know no policy. A message that only some
trades can be sent names them, `- show, sport: The second half has started`, and stays out of the
others' policies.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import yaml

from data.instructions import instructions
from data.lexicon import LOADER, dealt
from data.recitations import per_spec, recite
from data.trades import trades
from parsers.spec import PolicySpec, Statement


@dataclass(frozen=True)
class Message:
    words: str
    trades: frozenset[str]
    """Those it can be sent to; empty if any."""


@dataclass(frozen=True)
class Matter:
    """`match` finds the statements that it is about, in what `file`'s matters can be about."""

    about: str
    file: str
    match: re.Pattern[str]
    fits: tuple[str, ...]
    """Statements of imaginary policies that it finds."""
    says: tuple[Message, ...]


@dataclass(frozen=True)
class Messages:
    train: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    """Kept for evaluation."""


@lru_cache(maxsize=1)
def matters() -> tuple[Matter, ...]:
    """All of them, in the order of the files."""
    folder = resources.files("data") / "everyday" / "matters"
    return tuple(
        Matter(
            about=row["about"],
            file=file.name.removesuffix(".yaml"),
            match=re.compile(row["match"], re.IGNORECASE),
            fits=tuple(row["fits"]),
            says=tuple(_message(entry) for entry in row["says"]),
        )
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        for row in yaml.load(file.read_text(encoding="utf-8"), LOADER)
    )


def _message(entry: str | dict[str, str]) -> Message:
    if isinstance(entry, str):
        return Message(entry, frozenset())
    ((names, words),) = entry.items()
    return Message(words, frozenset(names.split(", ")))


def messages(statement: Statement, spec: PolicySpec) -> Messages:
    """Those of the matters that the statement is the only one in the policy to be about."""
    return _by_statement(spec).get(statement.id, Messages())


_ASIDE = re.compile(
    r"this (?:section|part|chapter|page|guide|handbook|manual|policy|sheet|document)\b"
    r"|follow these steps\b"
    r"|[\"“][^\"”]+[\"”] (?:is|are|means?)\b"
    r"|[\w -]+(?:: an?| \(in [^)]*\):) ",
    re.IGNORECASE,
)
"""Opens a statement about the document itself or its words, which answers nobody."""
_CASE = re.compile(
    r"(?:if|when|whenever|where|wherever|should|once|unless|in case|as soon as)\b", re.IGNORECASE
)


def _done(statement: Statement, text: str) -> str:
    """The text of a rule on how staff act, nothing of a fact."""
    return "" if statement.category == "factual" else text


def _stated(statement: Statement, text: str) -> str:
    """What is so: a fact, or what holds in a case. Nothing of what staff are told to do."""
    if statement.category == "factual":
        return text
    if _CASE.match(text):
        text = "; ".join(outcome.text for outcome in statement.outcomes)
    return "" if instructions(text) else text


_KINDS: dict[str, Callable[[Statement, str], str]] = {"conduct": _done, "facts": _stated}
"""By the file of the matters, what of a statement they can be about; all of it in the others."""


def about(statement: Statement, spec: PolicySpec) -> tuple[Matter, ...]:
    """The matters that the statement is about."""
    text = recite(statement, spec)
    if _ASIDE.match(text):
        return ()
    of = {file: kind(statement, text) for file, kind in _KINDS.items()}
    return tuple(m for m in matters() if m.match.search(of.get(m.file, text)))


@per_spec
def _by_statement(spec: PolicySpec) -> dict[str, Messages]:
    by_matter: dict[tuple[str, str], list[Statement]] = {}
    for statement in spec.statements:
        for matter in about(statement, spec):
            by_matter.setdefault((matter.file, matter.about), []).append(statement)
    ours = trades(spec.document.text)
    found: dict[str, Messages] = {}
    for matter in matters():
        match by_matter.get((matter.file, matter.about), ()):
            case [Statement(workflow=None) as only]:
                before = found.get(only.id, Messages())
                train, held = (
                    tuple(m.words for m in side if not m.trades or m.trades & ours)
                    for side in dealt(matter.says)  # alike for all documents
                )
                found[only.id] = Messages(before.train + train, before.held + held)
    return found
