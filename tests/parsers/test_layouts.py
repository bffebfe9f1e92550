"""Layouts that people write by hand: lettered lines, columns of row labels, rules around a table.

In: short policies of several trades. Out: what they decide, as `test_wordings` asks it.
"""

import pytest

from parsers import Comparison
from parsers.conditions.lexicon import Lexicon
from parsers.leftovers import leftover
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

CASES["leftover"] = (
    "- If the kayak is lost, charge 90 euros.\n- If the kayak is wet, charge 5 euros.\n- {}.\n",
    {"lost": "90 euros", "wet": "5 euros", "not wet": "3 euros"},
)
CASES["leftover of a table"] = (
    "| Boat | Length | Fee |\n|---|---|---|\n| Sail | up to 6 m | 10 euros |\n"
    "| Motor | up to 6 m | 20 euros |\n\n{}.\n",
    {"sail, 6 m": "10 euros", "motor, 7 m": "50 euros"},
)
CASES["failing such things"] = (
    "Where the mast is broken and old, the insurer pays, provided that the guest has photographs; "
    "failing such photographs, the guest pays 9 euros. Otherwise the club pays.",
    {"broken, old, photographs": "insurer", "broken, old": "9 euros", "not broken": "club"},
)

CASES["heads without 'if'"] = (
    '- Panel shows "fault":\n'
    "  - The lift is empty and the doors have never stuck before: restart it.\n"
    "  - The lift is empty, but the doors have stuck before: call the engineer.\n"
    "  - The lift is not empty: call the fire brigade.\n"
    '- Panel shows "idle":\n'
    "  - Fewer than 5 minutes since the call: ask the guest to wait.\n"
    "  - 5 minutes or more since the call: ring back.\n"
    "- Anything else on the panel, or nothing at all: tell the office.\n",
    {
        "fault, empty": "restart",
        "fault, empty, stuck": "engineer",
        "fault, not empty": "brigade",
        "idle, 4 minutes": "wait",
        "idle, 5 minutes": "ring back",
        "not idle": "office",
    },
)

CASES["checks before a table"] = (
    "Two checks come before the table.\n\nFirst, a request from a resident of the old town goes to "
    "the mayor, whatever the size. Second, a builder who is 10 days or more late is refused, "
    "unless the fee is less than 5 euros; in that case carry on to the table.\n\nFor everyone "
    "who passes these checks, find the row that fits.\n\n| Size | Duration | Outcome |\n"
    "|---|---|---|\n"
    "| up to 4 m | up to 7 days | Grant at once |\n| up to 4 m | over 7 days | Ask the neighbours |"
    "\n| over 4 m | up to 7 days | Ask the police |\n\nA request that fits none of the rows is "
    "declined. A declined builder may ask again.",
    {"resident, 11 late days": "mayor", "11 late days, 6 euros": "refused",
     "11 late days, 4 euros, 4 size, 8 duration": "neighbours", "9 late days, 5 size, 7 duration":
     "police", "9 late days, 6 euros, 5 size, 8 duration": "declined"},
)  # fmt: skip
CASES["an exception to a table"] = (
    "Find the case in the table.\n\n| Boat | Length | Fee |\n|---|---|---|\n"
    "| Sail | up to 6 m | 10 euros |\n| Sail | over 6 m | 15 euros |\n"
    "| Motor | up to 6 m | 20 euros |\n\nThere is one exception to the table: if the boat is more "
    "than 30 years old, charge 2 euros no matter how long it is. Anything that isn't in the table, "
    "such as a raft, costs 3 euros, unless it is a canoe, in which case it is free.",
    {"sail, 6 m, 31 years": "=charge 2 euros", "sail, 7 m, 30 years": "15 euros",
     "motor, 7 m, 30 years, canoe": "free", "motor, 7 m, 30 years": "3 euros"},
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


@pytest.mark.parametrize("rest", [
    "A kayak that fits neither of these costs 3 euros",
    "Any kayak not covered by rules 1 to 2 above costs 3 euros",
    "Kayaks that are not mentioned in the steps above, such as new ones, cost 3 euros",
    "For anything not named above, charge 3 euros",
    "If none of the rules above fits, charge 3 euros",
    "If the kayak meets none of these conditions, charge 3 euros",
    "Anything else on the card, or nothing at all: charge 3 euros",
])  # fmt: skip
def test_what_the_rules_leave_over_is_named_by_them(rest: str) -> None:
    assert decided("leftover", rest) == []
    spec = spec_of(CASES["leftover"][0].format(rest))
    assert {s.category for s in spec.statements} == {"conditional"}


@pytest.mark.parametrize("rest", [
    "A boat that fits none of the rows pays 50 euros",
    "Anything that isn't in the table, such as a raft, pays 50 euros",
    "Boats not listed above are charged 50 euros",
])  # fmt: skip
def test_what_a_table_leaves_over(rest: str) -> None:
    assert decided("leftover of a table", rest) == []


@pytest.mark.parametrize("said", [
    "If a person is not on the list, call a parent",
    "A tyre that does not match the rim is refused",
    "Guests not seated by the window get a voucher",
        "If the glasses are not in the case, send a new case",
        "If the plate is not on the table, call the waiter",
        "If the applicant does not meet the conditions, decline",
])  # fmt: skip
def test_what_no_part_of_the_text_names_is_a_circumstance(said: str) -> None:
    assert leftover(said) is None


def test_failing_such_things_denies_the_things() -> None:
    assert decided("failing such things") == []


@pytest.mark.parametrize(
    ("said", "op"),
    [
        ("the score is 80 points or better", ">="),
        ("the share of trains on time is worse than 95%", "<"),
        ("the run took 12 minutes or better", "<="),
    ],
)
def test_better_is_more_but_of_time_less(said: str, op: str) -> None:
    found = Lexicon(said).clause(said)
    assert isinstance(found, Comparison)
    assert found.op == op


def test_better_and_below_are_about_one_number() -> None:
    (workflow,) = spec_of(
        "If the score was 7.5% or better, pay the bonus. If the score was below 7.5% but not below "
        "6%, pay half of the bonus. If the score was below 6%, pay nothing."
    ).workflows
    assert [variable.type for variable in workflow.variables] == ["number"]


def test_heads_that_say_how_things_are_are_cases() -> None:
    assert decided("heads without 'if'") == []
    spec = spec_of(CASES["heads without 'if'"][0])
    assert {s.category for s in spec.statements} == {"conditional"}
    assert [o.text for s in spec.statements[:2] for o in s.outcomes] == [
        "restart it", "call the engineer"
    ]  # fmt: skip


def test_remarks_before_a_colon_are_no_cases() -> None:
    spec = spec_of(
        "- The lobby is open daily: come in by the front door.\n- The bar serves tea: ask for the "
        "list.\n- Guests can pay by card: use the left till.\n- Guests can pay in cash: use the "
        "right till.\n"
    )
    assert "conditional" not in {s.category for s in spec.statements}


@pytest.mark.parametrize("name", ["checks before a table", "an exception to a table"])
def test_prose_that_names_a_table_decides_with_it(name: str) -> None:
    assert decided(name) == []


def test_prose_that_does_not_name_a_table_is_of_another_matter() -> None:
    text = CASES["an exception to a table"][0].split("There is")[0]
    spec = spec_of("If the quay is wet, sand it. If the quay is dark, light it.\n\n" + text)
    (workflow,) = spec.workflows
    assert len(workflow.variables) == 2


def test_what_is_not_in_a_table_is_of_another_kind() -> None:
    spec = spec_of(
        "| Boat | Length | Fee |\n|---|---|---|\n| Sail | up to 6 m | 10 euros |\n"
        "| Sail | over 6 m | 15 euros |\n| Motor | any | 20 euros |\n\n"
        "Anything that isn't in the table costs 3 euros.\n"
    )
    assert spec.diagnostics == ()
    (workflow,) = spec.workflows
    assert "other" in workflow.variables[0].values
    decided = workflow.decide(
        {v.name: 6.0 if v.values == () else "other" for v in workflow.variables}
    )
    assert decided.outcome == "costs 3 euros"
