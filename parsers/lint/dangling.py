"""References to what the document does not hold: 'see section 9', 'the table below', '#refunds'.

In: a parsed policy. Out: a diagnostic for each reference that leads nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from parsers.references import find_references
from parsers.spec import Diagnostic, PolicySpec


def dangling(spec: PolicySpec) -> Iterator[Diagnostic]:
    """Dangling references, in order."""
    for reference in find_references(spec.document, spec.statements):
        if reference.dangling:
            yield Diagnostic(
                kind="dangling",
                message=f"'{reference.text}' leads nowhere: the document has no such part",
                spans=(reference.span,),
                statements=tuple(
                    s.id
                    for s in spec.statements
                    if s.span.start <= reference.span.start < s.span.end
                ),
                suggestion="add that part, or name one that exists by its number or title",
            )
