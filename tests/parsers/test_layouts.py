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
