"""Which rule goes first where rules share no circumstance: what a text says of itself, and order.

In: short policies. Out: what their one tree decides in a case, told by its variables' words.
"""

import pytest

from parsers import PolicySpec
from parsers.policy import specify
from parsers.reading import document, normalize
from parsers.spec import Value


def spec(text: str) -> PolicySpec:
    return specify(document(normalize(f"# Studio\n\n{text}"), "studio"))


def decided(read: PolicySpec, told: dict[str, Value]) -> str | None:
    """What the one tree decides; a variable that no word of `told` is in is False or 0."""
    (workflow,) = read.workflows
    case: dict[str, Value] = {}
    for variable in workflow.variables:
        named = [value for word, value in told.items() if word in variable.name]
        case[variable.name] = named[0] if named else (0 if variable.type == "number" else False)
    return workflow.decide(case).outcome


_FIRED = (
    "1. If the glaze has cracked, refire the pot.\n2. If the glaze has not cracked, send the pot.\n"
)


@pytest.mark.parametrize(
    "last",
    [
        "3. Whatever the steps above say, if the owner has died, call the director.",
        "3. If the owner has died, call the director, whatever else is true.",
        "3. If the owner has died, call the director, no matter what the rules above say.",
        "\nThere's one exception, and it beats every line above. If the owner has died, call the "
        "director.",
        "\nIf the owner has died, call the director, and none of the steps above apply.",
        "\nHas the owner died? Then call the director: it is a sad day, and nothing of the above "
        "matters.",
    ],
)
def test_a_rule_that_says_it_goes_before_the_others_does(last: str) -> None:
    read = spec(_FIRED + last)
    assert (decided(read, {"die": True, "crack": True}) or "").startswith("call the director")
    assert decided(read, {"die": False, "crack": True}) == "refire the pot"
    assert decided(read, {"die": False, "crack": False}) == "send the pot"
    assert not read.doubtful
    said = [outcome.text for statement in read.statements for outcome in statement.outcomes]
    assert not any("above" in text or "whatever" in text for text in said)


def test_it_goes_before_their_exceptions_too() -> None:
    read = spec(
        "Where the pot weighs 5 kg or more, a fee of 30 pounds is charged, save that an owner who "
        "collects it pays 20 pounds. Where the pot weighs less than 5 kg, a fee of 10 pounds is "
        "charged.\n\nNotwithstanding anything above, if the owner has a voucher, no fee is charged."
    )
    assert decided(read, {"voucher": True, "weigh": 9, "collect": True}) == "no fee is charged"
    assert decided(read, {"voucher": False, "weigh": 9, "collect": True}) == "pays 20 pounds"


def test_one_or_the_other_makes_no_difference() -> None:
    read = spec(
        "If the pot weighs 5 kg or more, charge 30 pounds. If it weighs less than 5 kg, charge "
        "10 pounds. Where the owner has paid in advance, member or not, hand the pot over."
    )
    assert decided(read, {"advance": True, "weigh": 9}) == "hand the pot over"


_SIZES = "If the pot weighs 5 kg or less, send it by post.\n{}If the pot weighs more than 5 kg, {}"


@pytest.mark.parametrize(
    "text",
    [
        "Start at the top and stop at the first line that fits.\n\n"
        "- If the door is locked, ring the owner.\n- " + _SIZES.format("- ", "send a van."),
        "1. If the door is locked, ring the owner.\n2. " + _SIZES.format("3. ", "send a van."),
        "Work through the steps in order.\n\nStep 1. If the door is locked, ring the owner.\n\n"
        "Step 2. " + _SIZES.format("\nStep 3. ", "send a van."),
    ],
)
def test_steps_are_tested_in_their_order_whatever_they_share(text: str) -> None:
    read = spec(text)
    assert decided(read, {"lock": True, "weigh": 2}) == "ring the owner"
    assert decided(read, {"lock": False, "weigh": 2}) == "send it by post"
    assert not read.doubtful


def test_a_line_that_comes_to_what_its_siblings_come_to_is_tested_among_them() -> None:
    lines = "- If the pot is chipped, refund the fee.\n- If the pot is not chipped, keep the fee.\n"
    akin = spec("- If the studio has closed, refund the fee.\n" + lines)
    assert decided(akin, {"studio": True, "chip": False}) == "refund the fee"
    other = spec("- If a brush is lost, buy a new one.\n" + lines)
    assert decided(other, {"chip": False}) == "keep the fee"
    assert other.statements[0].workflow is None


def test_a_list_of_single_rules_is_no_tree() -> None:
    text = (
        "1. If a brush is lost, buy a new one.\n2. If the visitor is under 16, ask for a parent.\n"
        "3. If the visitor is over 65, offer a chair.\n4. If the oven is hot, wear gloves.\n"
    )
    assert not spec(text).workflows


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        ("1.{} 2.{} 3.{} 4.{}", "Steps 2 and 3 do not apply to a pot bought at the sale."),
        ("1.{} 2.{} 3.{} 4.{}", "If the pot was bought at the sale, none of lines 2 to 3 apply."),
        ("a){} b){} c){} d){}", "Paragraphs b) and c) do not apply if the pot was bought at the "
                                "sale."),
    ],
)  # fmt: skip
def test_rules_named_by_their_labels_are_passed_over(lines: str, last: str) -> None:
    said = (
        " If the pot is stolen, call the police.",
        " If the pot weighs 5 kg or less, send it by post.",
        " If the pot weighs more than 5 kg, send it by van.",
        " In all other cases, keep the pot.",
    )
    text = "\n\n".join(label + part for label, part in zip(lines.split("{} "), said, strict=True))
    read = spec(f"Take the lines in order.\n\n{text.replace('{}', '')}\n\n{last}")
    assert decided(read, {"steal": True, "sale": True}) == "call the police"
    assert decided(read, {"sale": True, "weigh": 9}) == "keep the pot"
    assert decided(read, {"sale": False, "weigh": 9}) == "send it by van"
    assert not read.doubtful


def test_what_is_done_when_rules_are_passed_over() -> None:
    read = spec(
        "Take the steps in order.\n\nStep 1. If the pot is stolen, call the police.\n\nStep 2. If "
        "the pot weighs 5 kg or less, send it by post.\n\nStep 3. If it weighs more than 5 kg, "
        "send a van.\n\nStep 4. If the owner is abroad, none of steps 2 to 3 can be taken; ring "
        "the embassy."
    )
    assert decided(read, {"abroad": True, "weigh": 9}) == "ring the embassy"
    assert decided(read, {"abroad": False, "weigh": 9}) == "send a van"


def test_a_label_that_no_rule_has_is_told() -> None:
    read = spec(_FIRED + "\nStep 7 does not apply to a pot bought at the sale.")
    assert read.diagnostics


def test_a_rule_of_the_same_outcome_outside_of_the_tree_is_told() -> None:
    tree = "If the pot is chipped, refund the fee. If the pot is not chipped, keep the fee.\n\n"
    read = spec(tree + "If the studio has closed, refund the fee.")
    assert read.doubtful == ("studio",)
    assert not spec(tree + "If a brush is lost, buy a new one.").doubtful


def test_trees_of_one_section_that_come_to_the_same_are_told() -> None:
    read = spec(
        "If the pot is chipped, refund the fee. If the pot is not chipped, keep the fee.\n\n"
        "If the studio has closed, refund the fee. If the studio has not closed, send a letter."
    )
    assert len(read.doubtful) == len(read.workflows) == 2


def test_counts_in_different_words_that_may_be_one_number_are_told() -> None:
    lines = (
        "Take the first line that fits.\n\n- If the class has 20 people or more, open the hall.\n"
    )
    read = spec(lines + "- A class of fewer than 12 gets the attic.\n- Otherwise, open the barn.")
    assert any("may be one" in found.message for found in read.diagnostics)
    alike = spec(lines + "- If the class has fewer than 12 people, open the attic.\n")
    assert not any("may be one" in found.message for found in alike.diagnostics)


_JARS = """Go down the list and stop at the first line that fits.

- The jar was sold more than 30 days ago:
  - If the buyer was at sea during that time, treat it as new and go on to the next line.
  - Otherwise, keep the jar.
- The lid was loose, according to the shop's book:
  - If the jar has leaked, burn the jar.
- The seal was torn: replace the lid.
- In every other case, refund the jar.
"""


@pytest.mark.parametrize(
    ("case", "outcome"),
    [
        ({"sell": 31}, "keep the jar"),
        ({"sell": 31, "sea": True, "seal": True}, "replace the lid"),
        ({"sell": 3, "lid": True, "leak": True}, "burn the jar"),
        ({"sell": 3, "lid": True, "seal": True}, "replace the lid"),
        ({"sell": 3, "leak": True}, "refund the jar"),
    ],
)
def test_items_of_a_list_taken_in_order_are_cases(case: dict, outcome: str) -> None:
    read = spec(_JARS)
    assert not read.doubtful
    assert decided(read, case) == outcome


def test_a_case_that_is_not_read_is_told() -> None:
    read = spec(_JARS.replace("The lid was loose, according to the shop's book:", "Cows:"))
    assert read.doubtful


_KITES = "If the kite is torn, mend it. If the kite is not torn, return it."


@pytest.mark.parametrize(
    ("last", "case", "outcome"),
    [
        ("One exception goes before all of this: if the owner has died, burn the kite.",
         {"die": True}, "burn the kite"),
        ("The kite of a pupil is the exception: it is kept.", {"pupil": True}, "it is kept"),
        ("None of the foregoing applies to a kite made of silk: if the owner agrees, dye the kite, "
         "and otherwise sell the kite.", {"silk": True}, "sell the kite"),
        ("None of the foregoing applies to a kite made of silk: if the owner agrees, dye the kite, "
         "and otherwise sell the kite.", {"silk": True, "agree": True}, "dye the kite"),
        ("During the regatta none of these repairs apply and every kite is burned.",
         {"regatta": True, "tear": True}, "every kite is burned"),
        ("Once the fair has begun, neither the list nor the rule of silk counts any more. The "
         "owner then gets nothing, unless the mayor has signed a note; in that case, give a medal.",
         {"fair": True, "mayor": True}, "give a medal"),
    ],
)  # fmt: skip
def test_what_the_rules_are_lifted_by(last: str, case: dict, outcome: str) -> None:
    read = spec(f"{_KITES} {last}")
    assert not read.doubtful
    assert decided(read, case) == outcome
    assert decided(read, {"tear": True}) == "mend it"


def test_rules_of_a_table_that_is_not_used() -> None:
    read = spec(
        "Buyers often call only when the kite arrives.\n\n"
        "| Age of the kite | What to do |\n|---|---|\n| 2 years or less | mend the kite |\n"
        "| more than 2 years | sell the kite |\n\nOne exception goes before the whole table: if "
        "the owner has died, burn the kite. And if the owner is a museum, don't use the table at "
        "all; call the director instead."
    )
    assert not read.doubtful
    assert decided(read, {"museum": True, "die": True}) == "call the director instead"
    assert decided(read, {"die": True, "age": 3}) == "burn the kite"
    assert decided(read, {"age": 3}) == "sell the kite"


@pytest.mark.parametrize(
    ("often", "once"),
    [
        ("charge twice the day rate", "charge the day rate"),
        ("pay the fee", "pay half the fee"),
        ("refund double the deposit", "refund the deposit"),
        ("send triple the order", "send the order"),
    ],
)
def test_a_multiple_is_another_outcome(often: str, once: str) -> None:
    read = spec(f"If the pot is chipped, {often}. If the pot is not chipped, {once}.")
    assert decided(read, {"chip": True}) == often
    assert decided(read, {"chip": False}) == once
