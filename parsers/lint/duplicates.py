"""Rules said twice: a change to one of them would leave the other behind.

In: a parsed policy. Out: a diagnostic for each statement that repeats an earlier one word for word,
or asks the same condition for the same outcome. Simplified: paraphrases are not found, and what
stands in different sections is only a repetition when it is worded the same at length.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator

from parsers.spec import Diagnostic, PolicySpec, Statement
from parsers.workflows import outcome_key

WORDS = 5
"""Shorter statements ('It is free of charge.') mean what stands around them."""


def duplicates(spec: PolicySpec) -> Iterator[Diagnostic]:
    """Statements that repeat an earlier one, in order."""
    seen: dict[Hashable, Statement] = {}
    for statement in spec.statements:
        keys = list(_keys(statement))
        earlier = next((seen[key] for key in keys if key in seen), None)
        for key in keys:
            seen.setdefault(key, statement)
        if earlier is not None:
            yield Diagnostic(
                kind="duplicate",
                message=f"[{statement.id}] says again what [{earlier.id}] says",
                spans=(statement.span, earlier.span),
                statements=(statement.id, earlier.id),
                suggestion="keep one of them; two copies drift apart when one is changed",
            )


def _keys(statement: Statement) -> Iterator[Hashable]:
    words = tuple(re.findall(r"\w+", statement.full_text.lower()))
    if len(words) >= WORDS:
        anaphoric = re.match(
            r"(?:it|they|this|that|these|those|then|in (?:this|that) case)$", words[0]
        )
        yield (statement.section if anaphoric else ()), words
    if statement.condition is not None and len(statement.outcomes) == 1 and (
        not statement.exceptions
    ):  # fmt: skip
        yield statement.section, statement.condition, outcome_key(statement.outcomes[0].text)
