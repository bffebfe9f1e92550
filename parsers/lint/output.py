"""Findings for people and for machines: `file:line: kind: message. suggestion`, or JSON.

In: a policy's path. Out: lines sorted by where they point, a summary with counts, and whether there
was anything to say. Lines are those of the file where they can be found there, and otherwise of the
normalized text, under the name `policy.md`.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from parsers import parse
from parsers.lint import lint
from parsers.places import Places


@dataclass(frozen=True)
class Finding:
    """A diagnostic with its places: `also` are the other places that it is about."""

    file: str
    line: int
    kind: str
    message: str
    suggestion: str
    statements: tuple[str, ...]
    also: tuple[str, ...]

    def __str__(self) -> str:
        also = f" (also {', '.join(self.also)})" if self.also else ""
        todo = self.suggestion[:1].upper() + self.suggestion[1:]
        return f"{self.file}:{self.line}: {self.kind}: {self.message}{also}. {todo}".rstrip()


def findings(path: Path, name: str | None = None) -> list[Finding]:
    """What a person should look at in a policy, by line.

    Raises:
        PolicyError: the document cannot be parsed.
    """
    spec = parse(path, name)
    places = Places(spec.document, path)
    found = []
    for diagnostic in lint(spec):
        where = [places.find(span) for span in diagnostic.spans] or [(str(path), 1)]
        also = dict.fromkeys(
            f"{file}:{line}" for file, line in where[1:] if (file, line) != where[0]
        )
        found.append(
            Finding(
                file=where[0][0],
                line=where[0][1],
                kind=diagnostic.kind,
                message=diagnostic.message,
                suggestion=diagnostic.suggestion,
                statements=diagnostic.statements,
                also=tuple(also),
            )
        )
    return sorted(found, key=lambda f: (f.file != str(path), f.line))


def summary(found: list[Finding]) -> str:
    """'3 findings: 2 vague, 1 gap'."""
    kinds = Counter(finding.kind for finding in found).most_common()
    counts = ", ".join(f"{count} {kind}" for kind, count in kinds)
    return f"{len(found)} finding{'' if len(found) == 1 else 's'}" + (
        f": {counts}" if counts else ""
    )


def render(found: list[Finding], format: Literal["text", "json"]) -> str:
    """The findings as lines with a summary, or as one JSON object."""
    if format == "json":
        counts = Counter(finding.kind for finding in found)
        return json.dumps({"findings": [asdict(f) for f in found], "counts": counts}, indent=2)
    return "\n".join([*map(str, found), summary(found)])
