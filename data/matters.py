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
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import yaml

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
    """`match` finds the statements that it is about."""

    about: str
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


@per_spec
def _by_statement(spec: PolicySpec) -> dict[str, Messages]:
    texts = {s.id: recite(s, spec) for s in spec.statements}
    deciding = {s.id for s in spec.statements if s.workflow is not None}
    ours = trades(spec.document.text)
    found: dict[str, Messages] = {}
    for matter in matters():
        about = [rule for rule, text in texts.items() if matter.match.search(text)]
        if len(about) == 1 and about[0] not in deciding:
            before = found.get(about[0], Messages())
            train, held = (
                tuple(m.words for m in side if not m.trades or m.trades & ours)
                for side in dealt(matter.says)  # alike for all documents
            )
            found[about[0]] = Messages(before.train + train, before.held + held)
    return found
