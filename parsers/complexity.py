"""Simple or complex, as DESIGN.md defines it for conditional statements (CAP-CPT's distinction)."""

from __future__ import annotations

from collections.abc import Sequence

from parsers.spec import Comparison, Complexity, Condition, Membership, Not, Truth


def complexity(
    condition: Condition | None, outcomes: Sequence[object], exceptions: Sequence[object],
    workflow: str | None,
) -> Complexity:  # fmt: skip
    """One atomic condition, at most one outcome, no exception and no workflow: simple."""
    atomic = isinstance(condition, (Truth, Comparison, Membership)) or (
        isinstance(condition, Not) and isinstance(condition.operand, Truth)
    )
    simple = atomic and len(outcomes) <= 1 and not exceptions and workflow is None
    return "simple" if simple else "complex"
