"""Step flows: found, read and unrolled; flows of eight trades decide as their references do.

In: `flows/`, each a document and a reference function. A reference's arguments are mapped to the
workflow's variables by hand, its outcomes to words of the document's.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from parsers import PolicySpec, Workflow, parse
from parsers.policy import specify
from parsers.reading import document, normalize
from parsers.spec import Value
from parsers.unrolling import LIMIT

HOME = Path(__file__).parent / "flows"


@dataclass(frozen=True)
class Known:
    """A flow whose reference is `flows/NAME.py`."""

    file: str
    domains: Mapping[str, tuple[Value, ...]]
    bind: Callable[[dict], Mapping[str, Value]]
    phrases: Mapping[str, str]


BOTH = (True, False)
FLOWS = {
    "printer": Known(
        "printer.md",
        dict.fromkeys(
            ("display_dark", "prints_after_power", "jam", "test_after_jam", "toner_empty",
             "others_can_print", "final_test"), BOTH,
        ),
        lambda a: {
            "display_dark": a["display_dark"], "printer_print": a["prints_after_power"],
            "display_jam": a["jam"], "test_page_come_after_step_2": a["test_after_jam"],
            "toner_empty": a["toner_empty"], "print": a["others_can_print"],
            "test_page_come": a["final_test"],
        },
        {"close": "close the ticket", "service company": "call the service company"},
    ),
    "visa": Known(
        "visa.txt",
        {
            "expired": BOTH, "months_valid": (5.0, 6.0, 7.0), "work": BOTH,
            "stay_days": (30.0, 90.0, 91.0), "letter": BOTH, "balance": (3999.0, 4000.0),
        },
        lambda a: {
            "passport_expire": a["expired"], "valid_months": a["months_valid"], "work": a["work"],
            "stay_days": a["stay_days"], "letter_invitation": a["letter"],
            "letter_there": a["letter"], "balance": a["balance"],
        },
        {
            "accept": "accept the application", "reject": "reject the application",
            "passport office": "passport office", "consul": "consul",
        },
    ),
    "refunds": Known(
        "refunds.md",
        {
            "has_number": BOTH, "found": BOTH, "opened": BOTH, "faulty": BOTH,
            "accepts_replacement": BOTH, "price": (199.0, 200.0, 201.0),
        },
        lambda a: {
            "order_number": a["has_number"], "find_order": a["found"], "open_parcel": a["opened"],
            "item_faulty": a["faulty"], "accept": a["accepts_replacement"],
            "item_price": a["price"],
        },
        {
            "apologise": "apologise", "full refund": "full refund", "store credit": "store credit",
            "replacement": "replacement order", "supervisor": "supervisor",
        },
    ),
    "triage": Known(
        "triage.md",
        {
            "unconscious": BOTH, "temperature": (38.5, 39.0, 40.0), "pain": BOTH,
            "rating": (3.0, 4.0, 7.0, 8.0), "pressure": (89.0, 90.0),
        },
        lambda a: {
            "unconscious": a["unconscious"], "temperature_degrees": a["temperature"],
            "pain": a["pain"], "rating": a["rating"], "pressure": a["pressure"],
        },
        {
            "emergency": "emergency team", "isolation": "isolation room",
            "appointment": "ordinary appointment", "nurse": "nurse",
        },
    ),
    "incident": Known(
        "incident.md",
        {
            "loads_at_first": BOTH, "healthy_backend": BOTH, "loads_after_restart": BOTH,
            "expired": BOTH, "fixed_by_renewal": BOTH, "disk_percent": (94.0, 95.0, 96.0),
            "in_sync": BOTH,
        },
        lambda a: {
            "site_load_after_step_1_1": a["loads_at_first"],
            "backend_healthy": not a["healthy_backend"],
            "site_load_again": a["loads_after_restart"], "certificate_expire": a["expired"],
            "site_load_after_step_1_4": a["fixed_by_renewal"], "full_percent": a["disk_percent"],
            "enough_space": a["disk_percent"] <= 95, "replica_sync": a["in_sync"],
        },
        {
            "false alarm": "acknowledge it", "close": "close the incident",
            "network team": "network team", "again from 1.3": "return to 1.3",
            "fail over": "fail over to the replica and close the incident",
            "administrator": "database administrator",
        },
    ),
    "claims": Known(
        "claims.html",
        {
            "sender": BOTH, "days": (59.0, 60.0, 61.0), "lost": BOTH, "found": BOTH,
            "photos": BOTH, "packaging_sufficient": BOTH, "invoice": BOTH,
            "value": (999.0, 1000.0, 1001.0),
        },
        lambda a: {
            "sender": a["sender"], "arrive_post": a["days"], "parcel_lose": a["lost"],
            "search_find_parcel": a["found"], "send_photo": a["photos"],
            "packaging_sufficient": a["packaging_sufficient"], "invoice": a["invoice"],
            "claim_amount": a["value"],
        },
        {
            "decline": "decline", "deliver": "deliver it", "hold": "on hold",
            "invoice": "amount on the invoice", "20 euros": "20 euros", "manager": "claims manager",
        },
    ),
    "breakdown": Known(
        "breakdown.txt",
        {
            "hurt": BOTH, "lapsed": BOTH, "buys_pass": BOTH, "starts": BOTH, "dim": BOTH,
            "litres": (4.0, 5.0, 6.0), "red": BOTH, "yellow": BOTH,
        },
        lambda a: {
            "hurt_in_steps": a["hurt"], "membership_lapse": a["lapsed"], "buy_pass": a["buys_pass"],
            "engine_start": a["starts"], "headlight_dim": a["dim"], "bright": not a["dim"],
            "tank_litres": a["litres"], "red_light": a["red"], "yellow_light": a["yellow"],
        },
        {
            "112": "call 112", "end": "end the call", "battery": "battery van", "fuel": "fuel can",
            "tow": "tow truck", "garage": "nearest garage", "again": "go back to step 3",
        },
    ),
    "cardfraud": Known(
        "cardfraud.md",
        {
            "both_match": BOTH, "security_word": BOTH, "pending": BOTH,
            "age_days": (119.0, 120.0, 121.0), "has_card": BOTH, "pin_on_website": BOTH,
        },
        lambda a: {
            "match": a["both_match"], "one_match": a["both_match"],
            "know_security_word": a["security_word"], "payment_pende_in_steps": a["pending"],
            "payment_days": a["age_days"], "card_in_steps": a["has_card"],
            "enter_pin_website": a["pin_on_website"],
        },
        {
            "hang up": "hang up", "merchant": "merchant", "block": "block the card",
            "active": "leave the card active", "police": "escalate to the police liaison",
        },
    ),
}  # fmt: skip


def spec_of(text: str) -> PolicySpec:
    return specify(document(normalize(text), "test"))


def flow_of(text: str) -> Workflow:
    (workflow,) = spec_of(text).workflows
    return workflow


def decided(workflow: Workflow, **given: Value) -> str | None:
    return workflow.decide(given).outcome


@pytest.mark.parametrize("name", FLOWS)
def test_flow_decides_as_its_reference(name: str) -> None:
    it = FLOWS[name]
    spec = parse(HOME / it.file)
    workflow = spec.workflows[0]  # of several paths the first is entered
    reference = import_module(f"tests.parsers.flows.{name}").decide
    wrong = []
    for values in itertools.product(*it.domains.values()):
        case = dict(zip(it.domains, values, strict=True))
        said = workflow.decide(it.bind(case)).outcome or ""
        meant = [(len(phrase), key) for key, phrase in it.phrases.items() if phrase in said]
        if not meant or max(meant)[1] != reference(**case):
            wrong.append((case, reference(**case), said))
    assert not wrong
    own = {w.id for w in spec.workflows}
    for decision in workflow.paths():
        assert all(spec.statement(i).workflow in own for i in decision.statements)
    for outcome in workflow.outcomes:
        assert outcome.span is None or outcome.text.split("; ")[0] in " ".join(
            spec.document.quote(outcome.span).split()
        )


@pytest.mark.parametrize(
    "wording",
    [
        "go to step 3", "proceed to Step 3", "continue with step 3", "skip ahead to step 3",
        "jump to 3", "move on to step three", "carry on at step 3", "please turn to step 3",
        "then go straight to Step 3",
    ],
)  # fmt: skip
def test_wordings_of_a_jump(wording: str) -> None:
    workflow = flow_of(
        "# Lamps\n\n## Step 1: Bulb\n\nIf the bulb is broken, replace the bulb. "
        f"If the bulb is whole, {wording}.\n\n"
        "## Step 2: New bulb\n\nIf the lamp shines, close the ticket. Otherwise, send a van.\n\n"
        "## Step 3: Socket\n\nIf the socket is dead, call an electrician. Otherwise, scrap the "
        "lamp.\n"
    )
    case = {"bulb_broken": False, "lamp_shine": True, "socket_dead": True}
    names = {v.label: v.name for v in workflow.variables}
    given = {names[label]: value for label, value in zip(
        ("the bulb is broken", "the lamp shines", "the socket is dead"), case.values(), strict=True
    )}  # fmt: skip
    assert decided(workflow, **given) == "call an electrician"
    given[names["the bulb is broken"]] = True
    assert decided(workflow, **given) == "close the ticket"


def test_a_loop_is_cut_and_said() -> None:
    workflow = flow_of(
        "## Step 1\n\nPress the button. If the light is green, go to Step 2. If it is not green, "
        "repeat Step 1.\n\n"
        "## Step 2\n\nIf the door opens, close the ticket. Otherwise, return to step 1.\n"
    )
    outcomes = {d.outcome for d in workflow.paths()}
    assert any("repeat Step 1" in (o or "") for o in outcomes)
    assert any("return to step 1" in (o or "") for o in outcomes)
    assert any("close the ticket" in (o or "") for o in outcomes)


def test_a_step_that_is_missing_is_told() -> None:
    spec = spec_of(
        "## Step 1\n\nIf the tap drips, go to Step 7. If the tap is dry, go to Step 3.\n\n"
        "## Step 2\n\nIf the seal is worn, replace the seal and close the ticket. Otherwise, "
        "call a plumber.\n\n"
        "## Step 3\n\nIf the main valve is shut, open it. Otherwise, call the water works.\n"
    )
    (told,) = [d for d in spec.diagnostics if d.kind == "ambiguous"]
    assert "Step 7" in told.message and told.workflow == spec.workflows[0].id
    assert spec.doubtful == (spec.workflows[0].id,)


def test_a_repair_that_helped_ends_the_flow() -> None:
    workflow = flow_of(
        "## Step 1: Cable\n\nAsk the caller to look at the cable.\n\n"
        "**If the cable is loose:**\n- Ask the caller to plug the cable in\n"
        "- Ask the caller to check if the picture is back\n\n"
        "**If the cable is tight:**\n- Proceed to Step 2\n\n"
        "## Step 2: Restart\n\n- Ask the caller to restart the box\n"
        "- Ask the caller to check if the picture is back\n\n"
        "**If still not resolved:**\n- Transfer the caller to the workshop\n"
    )
    first, second = [v.name for v in workflow.variables if "picture" in v.label]
    assert workflow.variable(first).label != workflow.variable(second).label
    loose = next(v.name for v in workflow.variables if "cable" in v.label)
    case: dict[str, Value] = {loose: True, first: True, second: False}
    assert workflow.decide(case).outcome == "Ask the caller to plug the cable in"
    case[first] = False
    assert (workflow.decide(case).outcome or "").endswith("Transfer the caller to the workshop")
    case[second] = True
    assert workflow.decide(case).outcome == "Ask the caller to restart the box"


def test_a_call_comes_back_when_it_has_helped() -> None:
    spec = spec_of(
        "# Help desk\n\n## Path 1: No power\n\n"
        "### Step 1.1: Fuse\n\nIf the fuse is blown, replace the fuse and close the ticket. "
        "If the fuse is intact, proceed to Step 1.2.\n\n"
        "### Step 1.2: Mains\n\nIf the mains are dead, call the utility. Otherwise, send a van.\n\n"
        "## Path 2: No sound\n\n"
        "### Step 2.1: Power first\n\n- Follow Path 1 first.\n"
        "- Once you have confirmed that there is power, check the volume.\n"
        "    - If the volume is zero, turn it up and close the ticket.\n"
        "    - If the volume is fine, go to Step 2.2.\n\n"
        "### Step 2.2: Speaker\n\nIf the speaker is torn, replace it and close the ticket. "
        "Otherwise, send a van.\n"
    )
    second = next(w for w in spec.workflows if w.title.startswith("Path 2"))
    power = next(v.name for v in second.variables if "power" in v.label)
    case = {v.name: False for v in second.variables}
    assert second.decide(case).outcome == "Follow Path 1 first"
    assert second.decide({**case, power: True}).outcome != "Follow Path 1 first"


def test_a_long_flow_is_cut_into_workflows() -> None:
    steps = "".join(
        f"## Step {n}\n\nIf gauge {chr(64 + n)} is red, replace it. If it is still red, call the "
        f"crew. If gauge {chr(64 + n)} is blue, skip to Step {min(n + 2, 16)}.\n\n"
        for n in range(1, 16)
    )
    spec = spec_of(f"{steps}## Step 16\n\nIf the horn sounds, stop. Otherwise, call the crew.\n")
    assert len(spec.workflows) > 1
    for workflow in spec.workflows:
        decisions = list(workflow.paths())
        assert len(decisions) <= LIMIT + 1
        assert any("Step" in (d.outcome or "") or "crew" in (d.outcome or "") for d in decisions)


def test_steps_of_a_list_are_not_the_numbered_headings() -> None:
    workflow = flow_of(
        "# Workshop\n\n## 1. Hours\n\n1.1 The workshop opens at 9.\n\n"
        "## 2. Lamps\n\n2.1 This section settles what becomes of a lamp.\n\n"
        "2.2 Go through these steps, beginning with step 1.\n\n"
        "1. Is the bulb broken? If yes, go to step 3. If no, go to step 2.\n"
        "2. Is the socket dead? If yes, call an electrician and stop. If no, scrap the lamp and "
        "stop.\n"
        "3. If the lamp is old, scrap the lamp and stop. Otherwise, replace the bulb and stop.\n\n"
        "## 3. Thanks\n\n3.1 Always thank the customer.\n"
    )
    assert workflow.title == "Lamps"
    names = {v.label.split()[-1]: v.name for v in workflow.variables}
    for told, wanted in {
        ("broken", "old"): "scrap the lamp",
        ("broken",): "replace the bulb",
        ("dead",): "call an electrician",
        (): "scrap the lamp",
    }.items():
        case = {name: word in told for word, name in names.items()}
        assert wanted in str(decided(workflow, **case))


@pytest.mark.parametrize(
    "lead",
    [
        "Begin with step 1. Go on to another step only where one is named.",
        "Begin with step 1. The first decision that you come to ends the procedure.",
        "Begin with step 1. Stop as soon as a step gives you an answer.",
        "Begin with step 1. End once you reach a decision.",
    ],
)
def test_only_steps_that_are_named_follow(lead: str) -> None:
    workflow = flow_of(
        f"# Workshop\n\n## Lamps\n\n{lead}\n\n"
        "1. Is the lamp new? If yes, go to step 2. If no, install a bulb.\n"
        "2. If the lamp offers full light, replace the cable. If the lamp offers half light, "
        "replace the bulb. Otherwise, go to step 3.\n"
        "3. If the socket is dead, replace the socket. Otherwise, scrap the lamp.\n"
    )
    names = {v.label: v.name for v in workflow.variables}
    for told, wanted in {
        (): "install a bulb",
        ("the lamp is new", "the lamp offers full light"): "replace the cable",
        ("the lamp is new", "the lamp offers half light"): "replace the bulb",
        ("the lamp is new", "the socket is dead"): "replace the socket",
        ("the lamp is new",): "scrap the lamp",
    }.items():
        case = {name: label in told for label, name in names.items()}
        assert decided(workflow, **case) == wanted


@pytest.mark.parametrize(
    "sent",
    [
        "Everyone else goes to step 2.", "Every other caller moves on to step 2.",
        "Anyone else proceeds directly to step 2.", "Everybody else carries on with step 2.",
        "Every other bike goes straight to step 2.", "All others go to step 2.",
    ],
)  # fmt: skip
def test_a_third_person_goes_to_a_step(sent: str) -> None:
    """What is sent on is no outcome: 'everyone else goes to step 2' leads there."""
    workflow = flow_of(
        f"## Brakes\n\n1. If the frame is cracked, scrap the bike. {sent}\n"
        "2. If the cable is torn, fit a new cable. Otherwise, oil the chain.\n"
    )
    for told, wanted in {"crack": "scrap the bike", "torn": "fit a new cable"}.items():
        case = {variable.name: told in variable.label for variable in workflow.variables}
        assert decided(workflow, **case) == wanted
    assert decided(workflow, **dict.fromkeys(case, False)) == "oil the chain"


@pytest.mark.parametrize(
    "exception",
    [
        "unless the piano is ours, which gets a free visit instead",
        "except where the piano is ours, in which case book a free visit",
        "unless the piano is ours, in which case we book a free visit",
    ],
)
def test_the_exception_of_a_step_has_its_own_outcome(exception: str) -> None:
    workflow = flow_of(
        f"## Tuning\n\n1. If the piano is flat, charge the full fee, {exception}. If it is not "
        "flat, go to step 2.\n"
        "2. If the lid is cracked, send a joiner. Otherwise, do nothing.\n"
    )
    names = {word: v.name for v in workflow.variables for word in v.label.split()}
    flat, ours, lid = names["flat"], names["ours"], names["cracked"]
    assert "free visit" in decided(workflow, **{flat: True, ours: True, lid: True})
    assert decided(workflow, **{flat: True, ours: False, lid: True}) == "charge the full fee"
    assert decided(workflow, **{flat: False, ours: True, lid: True}) == "send a joiner"


def test_a_stretch_of_days_opens_a_case_of_a_step() -> None:
    workflow = flow_of(
        "## Loans\n\n1. Up to and including 5 days late, send a card. From day 6 to day 14 charge "
        "the small fine. From day 15 onwards, go to step 2.\n"
        "2. If the book is rare, call the curator. Otherwise, bill the reader.\n"
    )
    days = next(v.name for v in workflow.variables if v.type == "number")
    rare = next(v.name for v in workflow.variables if v.type == "boolean")
    for late, wanted in {5: "send a card", 6: "charge the small fine",
                         14: "charge the small fine", 15: "call the curator"}.items():  # fmt: skip
        assert decided(workflow, **{days: late, rare: True}) == wanted


def test_steps_that_begin_with_their_name_and_stop_at_an_action() -> None:
    workflow = flow_of(
        "# Workshop\n\n## Lamps\n\nTake these steps one by one. Stop as soon as a step gives you "
        "an action.\n\n"
        "Step 1. Look at the end of the cable. If it is burnt, scrap the lamp. Otherwise, go to "
        "Step 2.\n\n"
        "Step 2. Ask whether there is a spare bulb. If there is, test the spare bulb. If there is "
        "not, go to Step 3.\n\n"
        "Step 3. If the shop has a halogen bulb, confirm the order. If the shop has any other kind "
        "of bulb, ask the manager.\n"
    )
    for told, wanted in {
        "burnt": "scrap the lamp",
        "spare": "test the spare bulb",
        "halogen": "confirm the order",
        "nothing": "ask the manager",
    }.items():
        case = {variable.name: told in variable.label for variable in workflow.variables}
        assert decided(workflow, **case) == wanted


def test_numbered_rules_without_jumps_are_no_flow() -> None:
    spec = spec_of(
        "## Rules\n\n1. If the bag weighs more than 20 kg, charge 50 euros.\n"
        "2. If the bag is wet, refuse it.\n3. Do not go to the desk before noon.\n"
    )
    assert not [w for w in spec.workflows if "Step" in str(w.outcomes)]
    assert not [s for s in spec.statements if "step" in str(s.condition)]


@pytest.mark.parametrize(
    ("wordings", "first"),
    [
        ("Five days or less: go to 2. From 6 up to and including 20 days, go to 2 only if", 5),
        ("Up to five days, go to 2. From 6 through 20 days, go to 2, but only if", 5),
        ("Five days or less, go to 2. From 6 until 20 days, go to 2 when", 5),
        ("Under 6 days: go to 2. Between 6 and 20 days, go to 2 provided", 5),
    ],
)
def test_short_answers_to_a_question_of_how_much(wordings: str, first: int) -> None:
    workflow = flow_of(
        "# Sewing machines\n\n1. How long ago was the machine sold? "
        f"{wordings} the buyer has the box. In all other cases go to 3.\n"
        "2. Is the needle bent? Then keep the file open. If it isn't, exchange the machine and "
        "stop.\n3. Refer the buyer to the workshop.\n"
    )
    box, needle = (
        next(v.name for v in workflow.variables if word in v.name) for word in ("box", "needle")
    )
    days = next(v.name for v in workflow.variables if v.type == "number")
    for count, has, wanted in (
        (first, False, "exchange"), (first + 1, True, "exchange"), (first + 1, False, "Refer"),
        (20, True, "exchange"), (21, True, "Refer"),
    ):  # fmt: skip
        assert wanted in str(decided(workflow, **{days: count, box: has, needle: False}))
    assert decided(workflow, **{days: first, box: False, needle: True}) == "keep the file open"


@pytest.mark.parametrize(
    ("wording", "torn", "whole"),
    [
        ("Then go to 3 if the box is torn.", "workshop", "exchange"),
        ("Then go to 3 unless the box is torn.", "exchange", "workshop"),
        ("Then, provided that the box is torn, go to 3.", "workshop", "exchange"),
        ("Then go to 3.", "workshop", "workshop"),
    ],
)
def test_then_right_behind_a_question_says_if_so(wording: str, torn: str, whole: str) -> None:
    workflow = flow_of(
        f"# Sewing machines\n\n1. Has the machine been used? {wording} If it has not, go to 2.\n"
        "2. Exchange the machine and stop.\n3. Refer the buyer to the workshop.\n"
    )
    names = {v.label.split()[-1]: v.name for v in workflow.variables}
    for used, box, wanted in ((True, True, torn), (True, False, whole), (False, True, "exchange")):
        case = {names["used"]: used} | ({names["torn"]: box} if "torn" in names else {})
        assert wanted in str(decided(workflow, **case)).lower()
