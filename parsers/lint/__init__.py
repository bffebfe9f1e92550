"""What a person should mend in a policy before anything is trained on it.

In: a parsed policy. Out: its diagnostics, in the document's order: those of parsing (gaps,
conflicts, unreachable rules, what could not be read) and those of the text: undefined terms,
dangling references, vague words, rules said twice, statements that contradict each other.
"""

from __future__ import annotations

from parsers.lint.contradictions import contradictions
from parsers.lint.dangling import dangling
from parsers.lint.duplicates import duplicates
from parsers.lint.terms import terms
from parsers.lint.vague import vague
from parsers.spec import Diagnostic, PolicySpec

__all__ = ["lint"]


def lint(spec: PolicySpec) -> tuple[Diagnostic, ...]:
    """All diagnostics of a policy, by the place they are about."""
    found = [*spec.diagnostics]
    for check in (contradictions, dangling, duplicates, terms, vague):
        found += check(spec)
    return tuple(
        sorted(found, key=lambda d: (d.spans[0].start if d.spans else 0, d.kind, d.message))
    )
