"""Rules said twice: a change to one of them would leave the other behind.

In: a parsed policy. Out: a diagnostic for each statement that repeats an earlier one word for word,
or asks the same condition for the same outcome. Simplified: paraphrases are not found, and sections
that share several sentences are taken for procedures that run alike.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterator

from parsers.spec import Diagnostic, PolicySpec, Statement
from parsers.workflows.rules import outcome_key

WORDS, FAR = 5, 8
"""Shorter statements ('It is free of charge.') mean what stands around them; those of different
sections need be longer."""
_ANAPHORIC = {"it", "they", "this", "that", "these", "those", "then", "in", "if", "otherwise"}


def duplicates(spec: PolicySpec) -> Iterator[Diagnostic]:
    """Statements that repeat an earlier one, in order."""
    seen: dict[Hashable, Statement] = {}
    pairs: list[tuple[Statement, Statement]] = []
    for statement in spec.statements:
        if _nested(spec, statement) or spec.document.text[: statement.span.end + 1].endswith(":"):
            continue  # two branches may well end alike, and two lists begin so
        keys = list(_keys(statement))
        earlier = next((seen[key] for key in keys if key in seen), None)
        pairs += [] if earlier is None else [(statement, earlier)]
        for key in keys:
            seen.setdefault(key, statement)
    shared = Counter(frozenset({one.section, other.section}) for one, other in pairs)
    for statement, earlier in pairs:
        sections = frozenset({statement.section, earlier.section})
        if len(sections) > 1 and shared[sections] > 1:
            continue
        yield Diagnostic(
            kind="duplicate",
            message=f"[{statement.id}] says again what [{earlier.id}] says",
            spans=(statement.span, earlier.span),
            statements=(statement.id, earlier.id),
            suggestion="keep one of them; two copies drift apart when one is changed",
        )


def _nested(spec: PolicySpec, statement: Statement) -> bool:
    """Whether a statement stands in an indented line, under another one."""
    text = spec.document.text
    return text[text.rfind("\n", 0, statement.span.start) + 1 :].startswith("  ")


def _keys(statement: Statement) -> Iterator[Hashable]:
    words = tuple(re.findall(r"\w+", statement.full_text.lower()))
    if len(words) >= WORDS:
        yield statement.section, words
    if len(words) >= FAR and words[0] not in _ANAPHORIC:
        yield words
    if statement.condition is not None and len(statement.outcomes) == 1 and (
        not statement.exceptions
    ):  # fmt: skip
        yield statement.section, statement.condition, outcome_key(statement.outcomes[0].text)
