"""Layouts that people write by hand: lettered lines, columns of row labels, rules around a table.

In: short policies of several trades. Out: what they decide, as `test_wordings` asks it.
"""

import pytest

from tests.parsers.test_wordings import mistakes, spec_of

CASES = {
    "lettered lines": (
        "{0}\n{1} If the skates are lost, charge 40 euros.\n{2} If the skates are wet, charge\n"
        "4 euros.\n{3} In all other cases charge nothing.\n",
        {"lost": "40 euros", "wet": "4 euros", "not wet": "nothing"},
    ),
    "lines within lettered lines": (
        "a) If the rink is closed:\ni) if the guest is a member, give a voucher;\nii) otherwise "
        "refund the ticket.\nb) If the rink is not closed, keep the money.\n",
        {"closed, member": "voucher", "closed": "refund", "not closed": "keep"},
    ),
}

_TABLE = (
    "Find the row that fits.\n\n| {} | Weight | Distance | Charge |\n|---|---|---|---|\n"
    "| {} | up to 5 kg | any | 4 euros |\n| {} | over 5 kg | up to 20 km | 9 euros |\n"
    "| {} | over 5 kg | over 20 km | 15 euros |\n"
)
CASES["row labels"] = (
    _TABLE, {"5 kg, 30 km": "=4 euros", "6 kg, 20 km": "=9 euros", "6 kg, 21 km": "=15 euros"}
)  # fmt: skip


def decided(name: str, *labels: str) -> list[str]:
    text, decisions = CASES[name]
    return mistakes(text.format(*labels), decisions)


@pytest.mark.parametrize("lead", ["", "Take these in order.\n", "The following holds:"])
@pytest.mark.parametrize(
    "labels", ["a) b) c)", "(a) (b) (c)", "a. b. c.", "i) ii) iii)", "(1) (2) (3)"]
)
def test_lettered_lines_are_a_list(lead: str, labels: str) -> None:
    assert decided("lettered lines", lead, *labels.split()) == []


def test_a_list_of_lines_within_another() -> None:
    assert decided("lines within lettered lines") == []


def test_a_letter_at_a_line_s_beginning_is_no_list() -> None:
    spec = spec_of("Charge parcels of size\na) as the table says and\nleave other sizes.\n")
    assert len(spec.statements) == 1


@pytest.mark.parametrize("head", ["Case:A,B,C", "#:1,2,3", ":i,ii,iii", "Parcel:Row 1,Row 2,Row 3"])
def test_a_column_that_only_counts_the_rows_is_no_circumstance(head: str) -> None:
    name, cells = head.split(":")
    assert decided("row labels", name, *cells.split(",")) == []


@pytest.mark.parametrize("head", ["Zone:A,B,C", "Stops:1,2,3", "Case:A,B,A"])
def test_a_column_that_names_kinds_or_numbers_is_one(head: str) -> None:
    name, cells = head.split(":")
    (workflow,) = spec_of(_TABLE.format(name, *cells.split(","))).workflows
    assert name.lower() in " ".join(v.label for v in workflow.variables).lower()
