"""Terms that a document defines: what a rule that names one hangs on."""

import pytest

from parsers import PolicySpec
from parsers.policy import specify
from parsers.reading import document, normalize


def parsed(text: str) -> PolicySpec:
    return specify(document(normalize(f"# Desk\n\n{text}\n"), "desk"))


DEFINED = {
    "a kind": "A late return is a return more than 2 hours after the agreed time.",
    "means": "“Late return” means a return more than 2 hours after the agreed time.",
    "by": "By “late return” we mean a return more than 2 hours after the agreed time.",
    "only one": "A late return is only one that comes more than 2 hours after the agreed time.",
    "counts as": "A return more than 2 hours after the agreed time counts as a late return.",
    "is considered": "A return is considered a late return if it comes more than 2 hours after the "
    "agreed time.",
    "a glossary": "## Definitions\n\n- **Late return**: a return more than 2 hours after the "
    "agreed time.",
}


@pytest.mark.parametrize("defined", DEFINED.values(), ids=DEFINED)
@pytest.mark.parametrize("behind", [False, True])
def test_a_rule_that_names_a_term_hangs_on_what_it_means(defined: str, behind: bool) -> None:
    rules = "## Fees\n\nIf it is a late return, charge a full day. Otherwise, charge nothing."
    spec = parsed(f"{rules}\n\n{defined}" if behind else f"{defined}\n\n{rules}")
    workflow = spec.workflow("fees")
    (hours,) = workflow.variables
    assert (hours.type, hours.thresholds) == ("number", (2.0,))
    assert workflow.decide({hours.name: 3}).outcome == "charge a full day"
    assert workflow.decide({hours.name: 2}).outcome == "charge nothing"
    statement = next(s for s in spec.statements if "agreed time" in s.text)
    assert statement.category == "factual"
    assert not spec.diagnostics


@pytest.mark.parametrize(
    ("defined", "rule", "given", "outcome"),
    [
        (
            "An overdue loan is one that is kept for more than 21 days.",
            "If the loan is overdue, refuse. Otherwise, renew it.",
            {"": 22},
            "refuse",
        ),
        (
            "A trade customer is a customer with more than 10 orders a year.",
            "Trade customers pay by invoice. Everyone else pays at once.",
            {"": 11},
            "pay by invoice",
        ),
        (
            "A parcel counts as lost once it has been missing for more than 9 days.",
            "If the parcel isn't lost, keep looking. If it is, pay 50 euros.",
            {"": 10},
            "pay 50 euros",
        ),
        (
            "By long hire we mean any hire of more than 7 days.",
            "For a long hire, take a deposit. Otherwise, take none.",
            {"": 8},
            "take a deposit",
        ),
    ],
)  # fmt: skip
def test_a_term_stands_in_other_forms_than_its_own(
    defined: str, rule: str, given: dict[str, float], outcome: str
) -> None:
    workflow = parsed(f"{defined}\n\n## Rules\n\n{rule}").workflow("rules")
    (variable,) = workflow.variables
    assert workflow.decide({variable.name: given[""]}).outcome == outcome


@pytest.mark.parametrize(
    "fact",
    [
        "A deposit is a sum of money.",
        "The late return is a box that stands at the door.",
        "A guest is a person who sleeps here.",
        "Late returns are any librarian's headache.",
    ],
)
def test_what_narrows_nothing_down_defines_nothing(fact: str) -> None:
    spec = parsed(f"{fact}\n\n## Fees\n\nIf it is a late return, charge 1 euro. Otherwise, smile.")
    assert [v.type for v in spec.workflow("fees").variables] == ["boolean"]


def test_a_term_for_one_circumstance_keeps_its_name() -> None:
    spec = parsed(
        "A trade customer is a customer who has a key card.\n\n## Pay\n\nTrade customers pay by "
        "invoice. Everyone else pays at once."
    )
    (variable,) = spec.workflow("pay").variables
    assert "trade" in variable.name


def test_what_nothing_goes_by_stays_a_rule() -> None:
    spec = parsed("A locker is considered abandoned if it is shut for more than 30 days.")
    assert [s.category for s in spec.statements] == ["conditional"]
