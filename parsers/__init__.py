"""A policy document to its specification: `parse(path) -> PolicySpec`.

Usable alone, without torch or transformers. spaCy is loaded on the first call, not on import.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from parsers.spec import (
    And,
    Branch,
    Carveout,
    Case,
    Comparison,
    Condition,
    Decision,
    Diagnostic,
    Document,
    Image,
    Leaf,
    Membership,
    Node,
    Not,
    Or,
    Outcome,
    PolicySpec,
    Section,
    Span,
    Statement,
    Test,
    Truth,
    Value,
    Variable,
    Workflow,
    holds,
    variables_of,
)

if TYPE_CHECKING:
    from parsers.assist import Assistant
    from parsers.reading import PolicyError

__all__ = [
    "And", "Branch", "Carveout", "Case", "Comparison", "Condition", "Decision", "Diagnostic",
    "Document", "Image", "Leaf", "Membership", "Node", "Not", "Or", "Outcome", "PolicyError",
    "PolicySpec", "Section", "Span", "Statement", "Test", "Truth", "Value", "Variable", "Workflow",
    "holds", "parse", "variables_of",
]  # fmt: skip


def parse(
    source: str | Path,
    name: str | None = None,
    overrides: str | Path | None = None,
    assistant: Assistant | None = None,
) -> PolicySpec:
    """Parse a policy document, and apply the corrections made to it by hand.

    Args:
        source: path of a Markdown, plain-text, HTML, Word (.docx) or PDF file.
        name: the policy's name, which its identifier is made of; the file's stem when None.
        overrides: the file of corrections; `NAME.overrides.yaml` beside the policy, if there is
            one, when None.
        assistant: a model that is asked where the parser is in doubt (`parsers.assist`).

    Raises:
        PolicyError: the file is missing, a folder, empty, binary, broken, encrypted, without
            text or too large, or holds no statement; or a correction cannot be applied.
        EndpointError: the assistant's endpoint cannot be used.
    """
    from parsers import override_file
    from parsers.corrections.applying import corrected
    from parsers.policy import specify
    from parsers.reading import PolicyError, read

    document = read(source, name)
    by_hand = override_file.beside(Path(source)) if overrides is None else Path(overrides)
    given = overrides is not None or by_hand.exists()
    fixes = override_file.load(by_hand) if given else None
    if assistant is None:
        spec = specify(document)
        spec = spec if fixes is None else corrected(spec, fixes)
    else:
        from parsers.assist import assisted

        spec = assisted(document, assistant, fixes)
    if not spec.statements:
        raise PolicyError(
            f"{source}: line 1: no statement in it, only headings; write the rules under them"
        )
    return spec


def __getattr__(attribute: str) -> object:
    if attribute == "PolicyError":
        from parsers.reading import PolicyError

        return PolicyError
    raise AttributeError(f"module 'parsers' has no attribute {attribute!r}")
