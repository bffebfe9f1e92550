"""Tables of cases whose cells say circumstances in words, and what stands in their last column."""

from __future__ import annotations

from pathlib import Path

import pytest

from parsers import PolicySpec, parse
from parsers.spec import Value


def spec_of(table: str, tmp_path: Path, before: str = "", after: str = "") -> PolicySpec:
    path = tmp_path / "rules.md"
    path.write_text(f"# Office\n\n## Rules\n\n{before}\n\n{table}\n\n{after}\n")
    return parse(path)


def decided(spec: PolicySpec, **given: Value) -> str | None:
    return spec.workflows[0].decide(given).outcome


LEASE = """
| No. | Case | Further condition | Outcome |
|---|---|---|---|
| 1 | The tenant has died | none | Pass it on |
| 2 | Student tenant, lease running for 60 days or fewer | none | Release them |
| 3 | Leaving because of a leak | Reported 14 days ago or more | Release them |
| 3 | Leaving because of a leak | Reported less than 14 days ago | Send the plumber |
| 4 | Swapping the flat | We manage the new flat | Write a new lease |
| 4 | Swapping the flat | We don't manage it, and the tenant told us 30 days or more before the \
swap | Charge 50 euros |
| 4 | Swapping the flat | We don't manage it, and the tenant told us later than that | \
Charge a rent |
| 5 | Everyone else, including a leak told too late | More than 3 months of the lease left | \
Charge two rents |
| 5 | Everyone else, including a leak told too late | 3 months or less left | Charge one rent |
"""
STAYING = {
    "die": False, "student": False, "run_days": 90, "leave_leak": False, "report_days": 0,
    "swap_flat": False, "manage_new_flat": False, "tell_swap": 0, "months_lease_leave": 4,
}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ({"die": True, "leave_leak": True}, "Pass it on"),
        ({"student": True, "run_days": 60}, "Release them"),
        ({"student": True, "run_days": 61}, "Charge two rents"),
        ({"leave_leak": True, "report_days": 14}, "Release them"),
        ({"leave_leak": True, "report_days": 13}, "Send the plumber"),
        ({"swap_flat": True, "manage_new_flat": True}, "Write a new lease"),
        ({"swap_flat": True, "tell_swap": 30}, "Charge 50 euros"),
        ({"swap_flat": True, "tell_swap": 29}, "Charge a rent"),
        ({"months_lease_leave": 3}, "Charge one rent"),
    ],
)
def test_cells_are_circumstances(given: dict[str, Value], outcome: str, tmp_path: Path) -> None:
    spec = spec_of(LEASE, tmp_path, "The first row that fits decides.")
    assert decided(spec, **{**STAYING, **given}) == outcome
    assert not spec.diagnostics


def test_kinds_with_what_is_said_of_them(tmp_path: Path) -> None:
    spec = spec_of(
        "| Garment | When | What we do |\n|---|---|---|\n"
        "| Wedding dress, stained | at any time | Refuse it |\n"
        "| Anything unlabelled | Up to three days after the sale has ended | Ask them to wait |\n"
        "| Coat or jacket, with fur | In season | Send it to the furrier |\n"
        "| Other garment, damaged, value €80 or more | In season | Call the manager |\n"
        "| Every other case | Every other case | Clean it |\n",
        tmp_path,
    )
    dress = {
        "garment": "Wedding dress", "garment_stain": False, "garment_label": True, "season": True,
        "sale_end_days": 9, "garment_fur": True, "garment_damage": True, "value": 80,
    }  # fmt: skip
    assert spec.variable("garment").values == ("Wedding dress", "Coat", "jacket", "Other garment")
    assert decided(spec, **dress) == "Clean it"
    assert decided(spec, **{**dress, "garment_stain": True}) == "Refuse it"
    assert decided(spec, **{**dress, "garment": "jacket"}) == "Send it to the furrier"
    assert decided(spec, **{**dress, "garment": "Other garment"}) == "Call the manager"
    assert decided(spec, **{**dress, "garment": "Other garment", "value": 79}) == "Clean it"


def test_a_subject_and_its_state_need_no_verb(tmp_path: Path) -> None:
    spec = spec_of(
        "| Situation | What to do |\n|---|---|\n"
        "| The dog has bitten someone | Call the vet |\n"
        "| Dog older than 10 years, no chip | Ask for papers |\n"
        "| Collar lost | Lend them a collar |\n"
        "| Owner arrived more than 30 minutes late | Charge 10 euros |\n"
        "| In all other cases | Check the dog in |\n",
        tmp_path,
    )
    dog = {
        "dog_bite": False, "age": 11, "chip": True, "collar_lose": False, "arrive_late_minutes": 0
    }  # fmt: skip
    assert decided(spec, **dog) == "Check the dog in"
    assert decided(spec, **{**dog, "chip": False}) == "Ask for papers"
    assert decided(spec, **{**dog, "collar_lose": True}) == "Lend them a collar"
    assert decided(spec, **{**dog, "arrive_late_minutes": 31}) == "Charge 10 euros"


def test_what_one_row_leaves_may_fit_a_later_one(tmp_path: Path) -> None:
    spec = spec_of(
        "| When | Vehicle | Fee |\n|---|---|---|\n| The barrier is broken | any | nothing |\n"
        "| Ticket lost | Car | 30 euros |\n| Ticket lost | Motorbike | 15 euros |\n"
        "| Otherwise | any | 3 euros an hour |\n",
        tmp_path,
        "Look it up in the table.",
    )
    car = {"barrier_break": False, "ticket_lose": True, "vehicle": "Van"}
    assert decided(spec, **car) == "3 euros an hour"
    assert decided(spec, **{**car, "vehicle": "Car"}) == "30 euros"


def test_ranges_stay_ranges_above_a_row_for_the_rest(tmp_path: Path) -> None:
    spec = spec_of(
        "| Parcel | Weight | Decision |\n|---|---|---|\n| Box | up to 5 kg | Send it by bike |\n"
        "| Box | over 5 kg | Send it by van |\n| Tube | up to 5 kg | Send it by post |\n"
        "| All others | All others | Ask the depot |\n",
        tmp_path,
    )
    assert decided(spec, parcel="Box", weight=6) == "Send it by van"
    assert decided(spec, parcel="Tube", weight=6) == "Ask the depot"
    assert spec.variable("parcel").values == ("Box", "Tube", "other")


@pytest.mark.parametrize(
    ("head", "kinds"),
    [
        ("Fare", ("Economy", "Premium economy", "Business")),
        ("Where it is", ("On its way", "In the shop", "Lost")),
        ("Reason", ("Customer changed their mind", "Item arrived broken", "Wrong item sent")),
        ("Guest", ("Adult", "Child under 6", "Child from 6")),
    ],
)
def test_names_of_kinds_stay_a_category(head: str, kinds: tuple[str, ...], tmp_path: Path) -> None:
    rows = "".join(f"| {kind} | Charge {n} euros |\n" for n, kind in enumerate(kinds, 1))
    spec = spec_of(f"| {head} | Fee |\n|---|---|\n{rows}", tmp_path)
    (variable,) = spec.workflows[0].variables
    assert variable.type == "category"
    assert variable.values == kinds


@pytest.mark.parametrize(
    ("cell", "usual", "other"),
    [
        ("Turn it away, except for tour guides, who get a day pass", "Turn it away", "day pass"),
        ("Charge 9 euros, unless the visitor is a tour guide: then nothing", "9 euros", "nothing"),
        ("Refuse it unless it is a tour guide, in which case warn them", "Refuse", "warn"),
        ("9 euros (4 euros for club members)", "9 euros", "4 euros"),
        ("Send a letter, or an email if the visitor is a tour guide", "Send a letter", "an email"),
        ("Full fee; but half the fee for club members", "Full fee", "half the fee"),
        ("Free if the visitor is a tour guide, otherwise 5 euros", "5 euros", "Free"),
    ],
)
def test_exceptions_in_the_last_column(cell: str, usual: str, other: str, tmp_path: Path) -> None:
    spec = spec_of(
        f"| Bag | Weight | What we do |\n|---|---|---|\n| Trunk | up to 9 kg | {cell} |\n"
        "| Trunk | over 9 kg | Store it |\n| Purse | any | Let it in |\n",
        tmp_path,
    )
    (guide,) = (v.name for v in spec.workflows[0].variables if v.type == "boolean")
    bag = {"bag": "Trunk", "weight": 5}
    assert usual in (decided(spec, **bag, **{guide: False}) or "")
    assert other in (decided(spec, **bag, **{guide: True}) or "")
    assert other not in (decided(spec, **bag, **{guide: False}) or "")
    assert decided(spec, bag="Trunk", weight=10, **{guide: True}) == "Store it"
    assert not spec.diagnostics


@pytest.mark.parametrize(
    "cell",
    ["Refuse it, unless a manager agrees", "9 euros (5 euros for the locker)", "Only if it is dry"],
)
def test_a_cell_that_tells_no_alternative_stays_whole(cell: str, tmp_path: Path) -> None:
    spec = spec_of(
        f"| Bag | Weight | What we do |\n|---|---|---|\n| Trunk | up to 9 kg | {cell} |\n"
        "| Trunk | over 9 kg | Store it |\n",
        tmp_path,
    )
    assert decided(spec, bag="Trunk", weight=5) == cell


FARES = (
    "| Bag | Weight | We charge |\n|---|---|---|\n| Trunk | up to 9 kg | Half the fee |\n"
    "| Trunk | over 9 kg | The full fee |\n| Purse | any | Nothing |\n| Harp | any | A deposit |\n"
)


@pytest.mark.parametrize(
    ("remark", "instead"),
    [
        ("Students on a grant never pay for bags: where the table says half the fee, the full fee "
         "or a deposit, give them a locker instead.", "a locker"),
        ("Where the table says half the fee, full fee or deposit, give students on a grant a key "
         "instead.", "a key"),
        ("For students on a grant, wherever the table says “half the fee”, “full fee” or "
         "“deposit”, ask for a signature.", "a signature"),
        ("Students on a grant get a token where the table says half the fee, full fee or deposit.",
         "a token"),
        ("If the customer is a student on a grant and the table says half the fee, full fee or "
         "deposit, send a bill.", "a bill"),
        ("Where the table says half the fee, full fee or deposit, students on a grant pay a euro.",
         "pay a euro"),
    ],
)  # fmt: skip
def test_a_remark_changes_what_the_table_says(remark: str, instead: str, tmp_path: Path) -> None:
    spec = spec_of(FARES, tmp_path, after=f"{remark} The rest is the same for them.")
    (student,) = (v.name for v in spec.workflows[0].variables if v.type == "boolean")
    for bag in ({"bag": "Trunk", "weight": 5}, {"bag": "Trunk", "weight": 10}, {"bag": "Harp"}):
        assert instead in (decided(spec, **{"weight": 1, **bag, student: True}) or "")
        assert instead not in (decided(spec, **{"weight": 1, **bag, student: False}) or "")
    assert decided(spec, bag="Purse", weight=1, **{student: True}) == "Nothing"
    assert not spec.diagnostics


def test_a_remark_on_what_no_row_says_is_told(tmp_path: Path) -> None:
    spec = spec_of(FARES, tmp_path, after="For students, where the table says double, charge half.")
    assert any(d.kind == "unparsed" for d in spec.diagnostics)


@pytest.mark.parametrize("said", ["no adult is needed", "a parent must sign", "ask for the slip"])
def test_a_remark_may_only_explain_the_table(said: str, tmp_path: Path) -> None:
    spec = spec_of(FARES, tmp_path, after=f"Where the table says nothing, {said}.")
    assert decided(spec, bag="Purse", weight=1) == "Nothing"
