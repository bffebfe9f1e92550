"""Limits that differ by kind: '30 minutes, or 60 minutes for members', '20 weeks instead of 12'."""

from __future__ import annotations

from typing import Any

import pytest

from parsers import PolicySpec
from parsers.policy import specify
from parsers.reading import document, normalize


def parsed(text: str) -> PolicySpec:
    return specify(document(normalize(f"# Desk\n\n## Rules\n\n{text}"), "policy"))


def decided(spec: PolicySpec, number: float, kind: bool) -> str | None:
    """What the only workflow decides for a number, and for who is of the kind that is named."""
    (workflow,) = spec.workflows
    given: dict[str, Any] = {v.name: kind for v in workflow.variables}
    (name,) = (v.name for v in workflow.variables if v.type == "number")
    return workflow.decide({**given, name: number}).outcome


@pytest.mark.parametrize(
    ("text", "plain", "kinds", "outcome"),
    [
        (
            "A van that is up to 30 minutes late, or 60 minutes for Gold members, is not charged. "
            "Any other van costs 20 euros.",
            30, 60, "not charged",
        ),
        (
            "If a lamp is returned within 4 weeks, or 8 weeks for club members, refund it. "
            "Otherwise, refuse it.",
            4, 8, "refund it",
        ),
        (
            "If the reader has no more than 12 books, or 20 books for students, lend the book. "
            "Otherwise, refuse the loan.",
            12, 20, "lend the book",
        ),
        (
            "If the order is for 100 euros or less, or 500 for account holders, send it at once. "
            "Otherwise, take a deposit.",
            100, 500, "send it at once",
        ),
        (
            "A van that is up to 24 hours late is not charged. Any other van costs 20 euros.\n\n"
            "For Gold members the limit is 48 hours instead of 24.",
            24, 48, "not charged",
        ),
        (
            "If a lamp is returned within 30 days, refund it. Otherwise, refuse it. Club members "
            "have 60 days rather than 30.",
            30, 60, "refund it",
        ),
        (
            "Bags of 20 kg or less are free. Other bags cost 50 euros.\n\n"
            "For business passengers, the limit is 30 kg instead of 20 kg.",
            20, 30, "free",
        ),
        (
            "If the reader has 12 books or fewer, lend the book. Otherwise, refuse the loan. With "
            "students the maximum is 20 books, not 12.",
            12, 20, "lend the book",
        ),
    ],
)  # fmt: skip
def test_the_other_limit_is_the_kinds(text: str, plain: int, kinds: int, outcome: str) -> None:
    spec = parsed(text)
    for kind, limit in ((False, plain), (True, kinds)):
        assert decided(spec, limit, kind) == outcome
        assert decided(spec, limit + 1, kind) not in (outcome, None)


def test_what_else_is_said_of_the_limit_is_told_open() -> None:
    spec = parsed(
        "If the reader has 12 books or fewer, lend the book. Otherwise, refuse the loan. For "
        "students the limit is 20 books instead of 12, and within it the loan is free."
    )
    assert "unparsed" in [found.kind for found in spec.diagnostics]
