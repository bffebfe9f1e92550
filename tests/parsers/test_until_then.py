"""What is done once a time has come, for whom, and until then."""

from __future__ import annotations

from pathlib import Path

import pytest

from parsers import PolicySpec, parse


def spec_of(text: str, tmp_path: Path) -> PolicySpec:
    path = tmp_path / "rules.md"
    path.write_text(f"# Office\n\n## Rules\n\n{text}\n")
    return parse(path)


@pytest.mark.parametrize(
    ("text", "number", "limit", "before", "behind"),
    [
        ("Lend the customer a bike once the repair has taken 3 days or more. Until then, give them "
         "a bus ticket.", "repair", 3, "bus ticket", "a bike"),
        ("Offer a meal once the delay is more than two hours. Until then, offer water.",
         "delay", 3, "water", "a meal"),
        ("Send a bailiff once the rent is at least 60 days late. Before then, send a letter.",
         "late", 60, "a letter", "a bailiff"),
    ],
)  # fmt: skip
def test_until_then(
    text: str, number: str, limit: int, before: str, behind: str, tmp_path: Path
) -> None:
    (workflow,) = spec_of(text, tmp_path).workflows
    (variable,) = workflow.variables
    assert number in variable.label
    assert before in (workflow.decide({variable.name: limit - 1}).outcome or "")
    assert behind in (workflow.decide({variable.name: limit}).outcome or "")


def test_without_a_time_to_wait_for_it_is_an_order(tmp_path: Path) -> None:
    spec = spec_of("Answer within three days. Until then, keep the file open.", tmp_path)
    assert not spec.workflows


def test_what_is_done_is_said_once_for_several_kinds(tmp_path: Path) -> None:
    spec = spec_of(
        "If the lift is stuck, call the fitter at once. For other commercial tenants, call the "
        "fitter once the lift has stood still for 2 hours or more; for other private tenants, once "
        "it has stood still for 12 hours or more. Until then, put up a notice.",
        tmp_path,
    )
    (workflow,) = spec.workflows
    for kind, limit in (("commercial", 2), ("private", 12)):
        case = {"lift_stick": False, "commercial": False, "private": False, kind: True}
        assert workflow.decide({**case, "stand_hours": limit}).outcome == "call the fitter"
        assert workflow.decide({**case, "stand_hours": limit - 1}).outcome == "put up a notice"
        stuck = workflow.decide({**case, "lift_stick": True, "stand_hours": 0}).outcome or ""
        assert "at once" in stuck
    assert not spec.diagnostics
