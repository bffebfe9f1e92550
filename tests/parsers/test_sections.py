"""Plain policies with numbered sections: '4. Freezing a membership', '4.1 …', and references."""

from __future__ import annotations

from typing import Any

from parsers import PolicySpec
from parsers.policy import specify
from parsers.reading import document, normalize
from parsers.steps import GO


def parsed(text: str) -> PolicySpec:
    return specify(document(normalize(text), "policy"))


GARDEN = """GARDEN CENTRE
Guide for the tills

1. About us

1.1 We open at 9 and close at 18.

2. May a plant come back?

2.1 If the plant is dead, refund it. {}

2.2 If the pot is broken, replace the pot.

3. Delivery

3.1 If the order is over 50 euros, deliver it free. Otherwise, charge 5 euros.
"""


def test_sections_with_numbered_paragraphs_are_no_steps() -> None:
    for reference in (
        "Larger plants are handled under 3.1.",
        "If it was a tree, go straight on to 3.1 or 3.2, whatever it cost.",
        "If it was a tree, go on to 3.",
        "For a tree, continue with 3.1, which is free.",
    ):
        spec = parsed(GARDEN.format(reference))
        delivery = spec.workflow("delivery")
        assert len(delivery.variables) == 1, reference
        decision = delivery.decide({delivery.variables[0].name: 60.0})
        assert decision.outcome == "deliver it free"


def test_a_number_with_a_part_is_not_cut_in_a_jump() -> None:
    for text in ("go straight on to 5.3 or 5.4", "go on to 5.3", "continue with 5.3, which is"):
        assert [m["number"] for m in GO.finditer(text)] in ([], ["5.3"]), text
    assert [m["number"] for m in GO.finditer("If it is red, go to 5. Then wait.")] == ["5"]


def test_a_numbered_question_over_numbered_paragraphs_is_a_heading() -> None:
    spec = parsed(GARDEN.format(""))
    titles = [section.title for section in spec.document.sections]
    assert "May a plant come back?" in titles
    asked = parsed("CHECKS\n\n1. Is the lamp lit?\n\nIf not, call the office.\n")
    assert "Is the lamp lit?" not in [section.title for section in asked.document.sections]


def decided(spec: PolicySpec, section: str, **said: Any) -> str | None:
    """What a section decides where the circumstances that are not named are false or 1000.

    A circumstance is named by a part of its variable's name.
    """
    workflow = next(w for w in spec.workflows if w.section[-1] == section)
    plain: dict[str, Any] = {
        v.name: False if v.type == "boolean" else 1000.0 for v in workflow.variables
    }
    for word, value in said.items():
        (name,) = (name for name in plain if word in name)
        plain[name] = value
    return workflow.decide(plain).outcome


def test_a_case_that_carries_on_has_no_outcome() -> None:
    spec = parsed(
        "HIRE\n\n1. Bikes\n\n"
        "1.1 Riders under 16 are refused. The only exception is a rider who hires a child bike; in "
        "that case carry on with the next paragraph.\n\n"
        "1.2 If the rider has no deposit, refuse the hire.\n\n1.3 Everyone else gets the bike.\n\n"
        "2. Parcels\n\n"
        "2.1 If the parcel is over 30 kg, refuse it, unless the sender is a business, in which "
        "case go on to the next paragraph.\n\n"
        "2.2 If the parcel is fragile, pack it again. Otherwise, accept it.\n\n"
        "3. Claims\n\n"
        "3.1 A rider who owes more than 50 euros is sent to the accounts team. The exception is a "
        "rider who is a veteran: go straight on to 3.2 or 3.3, whatever is owed.\n\n"
        "3.2 If the claim is late, reject it.\n\n3.3 In all other cases, pay it.\n"
    )
    child = {"age": 15.0, "hire_child_bike": True}
    assert decided(spec, "Bikes", **child, deposit=True) == "gets the bike"
    assert decided(spec, "Bikes", **child) == "refuse the hire"
    assert decided(spec, "Bikes", age=15.0) == "refused"
    assert decided(spec, "Parcels", sender_business=True) == "accept it"
    assert decided(spec, "Parcels") == "refuse it"
    assert decided(spec, "Claims", veteran=True) == "pay it"
    assert decided(spec, "Claims", veteran=True, claim_late=True) == "reject it"
    assert decided(spec, "Claims", claim_late=True) == "sent to the accounts team"


def test_a_case_that_goes_on_to_a_later_paragraph_passes_over_those_between() -> None:
    spec = parsed(
        "LIBRARY\n\n1. Loans\n\n"
        "1.1 If the borrower is a student, skip to 1.3. If the borrower is under 18, refuse it.\n\n"
        "1.2 If the loan is over 500 euros, ask the manager.\n\n"
        "1.3 If the book is a reference book, refuse the loan.\n\n1.4 Otherwise, lend it.\n"
    )
    assert decided(spec, "Loans", student=True, age=15.0) == "lend it"
    assert decided(spec, "Loans") == "ask the manager"
    assert decided(spec, "Loans", loan_amount=5.0, book_reference=True) == "refuse the loan"


def test_what_is_treated_under_a_later_paragraph_is_decided_there() -> None:
    spec = parsed(
        "DESK\n\n1. Leaving\n\n1.1 For tenants, the outcome depends on why they want to leave.\n\n"
        "(a) For an illness, release the tenant if there is a letter. If there is none, wait.\n\n"
        "(b) For a house move, release the tenant only if the new home is over 25 kilometres away. "
        "In any other case, treat the move as an ordinary reason under (c).\n\n"
        "(c) For any other reason, charge the fee.\n\n"
        "2. Claims\n\n2.1 If the claim is for theft, pay it. Without a form, the claim is handled "
        "as a loss under 2.3.\n\n2.2 If the claim is for fire, call the insurer.\n\n"
        "2.3 If the claim is over 500 euros, refuse it. Otherwise, pay half.\n"
    )
    assert decided(spec, "Leaving", illness=True, letter=True) == "release the tenant"
    assert decided(spec, "Leaving", illness=True) == "wait"
    assert decided(spec, "Leaving", house=True) == "release the tenant"
    assert decided(spec, "Leaving", house=True, kilometres=5.0) == "charge the fee"
    assert decided(spec, "Leaving") == "charge the fee"
    assert decided(spec, "Claims", fire=True, form=True) == "call the insurer"
    assert decided(spec, "Claims", fire=True) == "refuse it"


def test_what_is_said_behind_a_stretch_holds_within_it() -> None:
    spec = parsed(
        "DEPOT\n\n1. Late vans\n\n1.1 A van that is up to 60 minutes late is not charged.\n\n"
        "1.2 A van that is more than 60 minutes but less than 24 hours late costs an extra day. If "
        "the van was promised to another customer, charge the late fee.\n\n"
        "1.3 Once a van is 24 hours late or more, counter staff charge nothing. If the hirer rang "
        "ahead, ask the manager. Otherwise, call the police.\n\n"
        "2. Courses\n\n2.1 For courses of up to 5 days, charge 100 euros. If the room is booked, "
        "charge 120 euros.\n\n2.2 For courses of more than 5 days, charge 300 euros. If the "
        "student is a teacher, charge 200 euros.\n"
    )
    assert decided(spec, "Late vans", minutes=30.0, promise=True) == "not charged"
    assert decided(spec, "Late vans", minutes=90.0) == "costs an extra day"
    assert decided(spec, "Late vans", minutes=90.0, ring=True) == "costs an extra day"
    assert decided(spec, "Late vans", minutes=2000.0) == "call the police"
    assert decided(spec, "Late vans", minutes=2000.0, ring=True) == "ask the manager"
    assert decided(spec, "Courses", days=5.0, teacher=True) == "charge 100 euros"
    assert decided(spec, "Courses", days=6.0, book=True) == "charge 300 euros"


def test_a_stretch_is_named_again_by_its_length() -> None:
    spec = parsed(
        "SHOP\n\n1. Plants\n\n1.1 A plant that dies within 90 days of planting is replaced."
        "\n\n1.2 After those 90 days, check for rot. A plant that has been overwatered is refused."
        "\n\n1.3 For all other plants, offer half price.\n\n"
        "2. Courses\n\n2.1 If the course begins in more than 10 days, refund the fee in full.\n\n"
        "2.2 Within those 10 days, refund half of the fee.\n"
    )
    assert decided(spec, "Plants", die=90.0, overwater=True) == "replaced"
    assert decided(spec, "Plants", die=91.0, overwater=True) == "refused"
    assert decided(spec, "Plants", die=91.0) == "offer half price"
    assert decided(spec, "Courses", days=10.0) == "refund half of the fee"


def test_a_bare_number_counts_what_a_lead_in_names() -> None:
    spec = parsed(
        "RULES\n\n1. Leaving\n\n1.1 For a move, release the tenant. For any other reason, look at "
        "the months completed. With fewer than nine, charge a fee. With nine or more, wait.\n\n"
        "2. Loans\n\n2.1 If the reader owes a fine, refuse the loan. Otherwise, count the books on "
        "loan. With ten or more, put the book aside. With fewer than ten, lend the book.\n"
    )
    assert decided(spec, "Leaving", months=8.0) == "charge a fee"
    assert decided(spec, "Leaving", months=9.0) == "wait"
    assert decided(spec, "Loans", books=10.0) == "put the book aside"
    assert decided(spec, "Loans", books=9.0) == "lend the book"


def test_what_does_not_stand_in_the_way_is_no_outcome() -> None:
    for bar in ("does not stand in the way", "does not matter", "is ignored", "is no obstacle"):
        spec = parsed(
            "DESK\n\n1. Leave\n\n1.1 If a report is overdue, decline the request, unless the "
            f"reason is an illness, in which case the overdue report {bar}.\n\n"
            "1.2 If the request is for more than 12 days, ask the manager. Otherwise, grant it.\n"
        )
        assert decided(spec, "Leave", overdue=True, illness=True) == "ask the manager", bar
        assert decided(spec, "Leave", overdue=True) == "decline the request", bar


def test_a_sum_is_worked_out_and_decides() -> None:
    spec = parsed(
        "DESK\n\n1. Leave\n\n1.1 For a nurse, add the days now requested to the days already taken "
        "this year. If the total is 25 days or fewer, grant the leave. If it is more than 25, "
        "decline.\n\n"
        "2. Bills\n\n2.1 Subtract the deposit from the bill. If the difference is over 20 euros, "
        "send an invoice. Otherwise, waive it.\n\n"
        "3. Tickets\n\n3.1 For a late ticket, add the fee to the bill. If the bill is over 100 "
        "euros, ask the manager.\n"
    )
    assert decided(spec, "Leave", nurse=True, total=25.0) == "grant the leave"
    assert decided(spec, "Leave", nurse=True, total=26.0) == "decline"
    assert decided(spec, "Bills", difference=20.0) == "waive it"
    tickets = [s for s in spec.statements if s.section[-1] == "Tickets"]
    assert any(o.text == "add the fee to the bill" for s in tickets for o in s.outcomes)


def test_steps_that_come_to_nothing_are_told() -> None:
    spec = parsed(
        "DESK\n\n1. Entry\n\n1.1 Stop as soon as one of these has you refuse entry.\n\n"
        "1.2 If the ticket is torn, refuse entry.\n\n"
        "1.3 With a pass no ticket is needed, so go on to 1.4.\n\n1.4 If the hall is full, wait.\n"
    )
    assert not spec.workflows
    assert "unparsed" in [found.kind for found in spec.diagnostics]
