"""Steps that send kinds elsewhere: 'Business customers go to step 3. Private customers …'."""

from __future__ import annotations

import pytest

from parsers.programs.goers import sent
from tests.parsers.test_wordings import spec_of

KINDS = {
    "Business customers go to step 3.": ["Business customers"],
    "Pots and pans skip to step 5.": ["Pots", "pans"],
    "New pupils should go to step 3.": ["New pupils"],
    "Gold and Silver members proceed to step 2.": ["Gold members", "Silver members"],
    "A torn form goes back to step 1.": ["A torn form"],
    "Tickets bought online move on to step 3.": ["Tickets bought online"],
    "Glass of any kind, mirrors included, goes on to step 2.": ["Glass of any kind"],
}


@pytest.mark.parametrize("said", KINDS)
def test_kinds_are_sent(said: str) -> None:
    assert sent(said) == KINDS[said]


@pytest.mark.parametrize(
    "said",
    [
        "You go to step 2.", "Then go to step 3.", "All forms go to step 5.",
        "The call then moves to step 4.", "Customers go to step 2.", "Either way, go to step 3.",
        "Weigh the sack and go to step 4.", "If it is open, go to step 2.", "Both go to step 2.",
    ],
)  # fmt: skip
def test_everyone_is_no_kind(said: str) -> None:
    assert not sent(said)


def test_a_step_deals_kinds_out() -> None:
    """Each kind is led to its step, and to no other's."""
    spec = spec_of(
        "Take the steps in order.\n\n1. Business clients go to step 3. Private clients go to step "
        "2.\n2. If the bill is under 50 euros, waive it. Otherwise, go to step 4.\n3. If the bill "
        "is under 500 euros, waive it. Otherwise, go to step 4.\n4. Send the bill to the office.\n"
    )
    (workflow,) = spec.workflows
    assert not spec.diagnostics
    bill, kind = workflow.variables if workflow.variables[0].type == "number" else (
        workflow.variables[1], workflow.variables[0]
    )  # fmt: skip
    business, private = kind.values[:2]
    wanted = {(business, 400): "waive it", (business, 500): "Send", (private, 400): "Send",
              (private, 40): "waive it"}  # fmt: skip
    for (who, euros), outcome in wanted.items():
        said = workflow.decide({kind.name: who, bill.name: euros}).outcome or ""
        assert said.startswith(outcome)


def test_the_third_person_jumps() -> None:
    """'A kettle goes to step 3' leads on like 'go to step 3', and so does 'anything else goes'."""
    spec = spec_of(
        "1. A kettle goes to step 3. Anything else goes to step 2.\n2. If the plug is loose, "
        "mend the plug. Otherwise, send the thing back.\n3. If the lid is cracked, order a lid. "
        "Otherwise, scrap the kettle.\n"
    )
    (workflow,) = spec.workflows
    names = {v.name: v for v in workflow.variables}
    kettle = next(n for n in names if "kettle" in n)
    plug, lid = (next(n for n in names if word in n) for word in ("plug", "lid"))
    for case, outcome in (
        ({kettle: True, plug: True, lid: True}, "order a lid"),
        ({kettle: True, plug: True, lid: False}, "scrap the kettle"),
        ({kettle: False, plug: True, lid: True}, "mend the plug"),
        ({kettle: False, plug: False, lid: True}, "send the thing back"),
    ):
        assert workflow.decide(case).outcome == outcome
