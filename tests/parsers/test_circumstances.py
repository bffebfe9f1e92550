"""Which words of a sentence are its circumstances and its outcomes, whether or not they compile."""

from __future__ import annotations

import pytest

from parsers.circumstances.marking import mark
from parsers.policy import specify
from parsers.reading import document, normalize
from parsers.spec import PolicySpec


def spec_of(text: str) -> PolicySpec:
    return specify(document(normalize(text), "test"))


@pytest.mark.parametrize(
    ("sentence", "conditions", "outcomes"),
    [
        ("If a tag is torn, print a new tag.", ["a tag is torn"], ["print a new tag"]),
        ("You should print a tag when it is torn.", ["it is torn"], ["print a tag"]),
        ("After written approval, ship it.", ["After written approval"], ["ship it"]),
        ("In case of fire, call the brigade.", ["In case of fire"], ["call the brigade"]),
        ("For a late order, waive the fee.", ["For a late order"], ["waive the fee"]),
        ("If A is open, or if B is shut, wait.", ["A is open", "B is shut"], ["wait"]),
        ("Refuse parcels that leak.", ["parcels that leak"], ["Refuse"]),
        (
            "Bags that weigh more than 32 kg are refused.",
            ["Bags that weigh more than 32 kg"],
            ["refused"],
        ),
        ("The gate opens at six.", [], ["The gate opens at six"]),
        (
            "It shuts ten minutes after the bus has left.",
            [],
            ["It shuts ten minutes after the bus has left"],
        ),
        (
            "Pay it two days after the buyer has signed.",
            ["the buyer has signed"],
            ["Pay it two days"],
        ),
        (
            "Should the pump fail in a storm, telephone the owner.",
            ["the pump fail in a storm"],
            ["telephone the owner"],
        ),
        ("Note every leak in the log.", [], ["Note every leak in the log"]),
        ("From day 2 to day 9, send a note.", ["From day 2 to day 9"], ["send a note"]),
        ("Ask whether the bag is wet.", [], ["Ask whether the bag is wet"]),
        ("Check if the bag is wet.", [], ["Check if the bag is wet"]),
        ("Dry the bag if possible.", [], ["Dry the bag if possible"]),
        ("Before opening a file, check the pass.", [], ["Before opening a file, check the pass"]),
        ("For example, if the bag is wet, dry it.", [], []),
        ("If, for any reason, it is lost, call us.", ["it is lost"], ["call us"]),
        (
            "In cases where a label fades, print a new one.",
            ["In cases where a label fades"],
            ["print a new one"],
        ),
        ("While it is not your task, you may help if asked.", ["asked"], ["help"]),
        ("While rain is possible, the tour takes place.", [], ["the tour takes place"]),
        ("While the desk is open, guests may call.", ["the desk is open"], ["guests may call"]),
        ("It is best if you knock first.", [], ["It is best if you knock first"]),
        ("Tell them what to do if it breaks.", [], ["Tell them what to do if it breaks"]),
        ("Scan it, while keeping the original.", [], ["Scan it, while keeping the original"]),
        (
            "Book by calling us when the shop is open.",
            [],
            ["Book by calling us when the shop is open"],
        ),
        ("You may enter, with or without a dog.", [], ["enter, with or without a dog"]),
        ("Send it without the envelope.", [], ["Send it without the envelope"]),
        ("Depending on the size, you may get two.", ["Depending on the size"], ["get two"]),
        ("When in doubt, ask the owner.", ["in doubt"], ["ask the owner"]),
        ("For all sales, keep the receipt.", [], ["For all sales, keep the receipt"]),
        ("For guests, the number of the room.", ["For guests"], ["the number of the room"]),
        (
            "Any guest wishing to leave early should tell the desk.",
            ["Any guest wishing to leave early"],
            ["tell the desk"],
        ),
        (
            "A failure to pay will count against you.",
            ["A failure to pay"],
            ["count against you"],
        ),
        (
            "If a dog barks, it is refused, although cats are welcome.",
            ["a dog barks"],
            ["it is refused"],
        ),
        ("Providing a copy is not enough.", [], ["Providing a copy is not enough"]),
        (
            "Sign up when renting a boat and look who comes.",
            ["renting a boat"],
            ["Sign up", "look who comes"],
        ),
        ("Only repair it if the owner agrees.", ["the owner agrees"], ["repair it"]),
        (
            "Do not pay refunds for any other cause than these.",
            ["for any other cause than these"],
            ["Do not pay refunds"],
        ),
        (
            "Do not order parts that the owner does not want.",
            ["parts that the owner does not want"],
            ["Do not order"],
        ),
        (
            "Parcels that leak make the van dirty.",
            ["Parcels that leak"],
            ["make the van dirty"],
        ),
        (
            "Bags sent later than that will be refused.",
            ["Bags sent later than that"],
            ["refused"],
        ),
        (
            "Bags marked as lost but not found must be reported, except when we said so.",
            ["Bags marked as lost but not found", "we said so"],
            ["reported"],
        ),
        ("A guest unhappy with it may appeal.", ["A guest unhappy with it"], ["appeal"]),
        ("Adults: 2 pounds a day.", ["Adults"], ["2 pounds a day"]),
        ("Notice of 7 to 13 days: half of it.", ["Notice of 7 to 13 days"], ["half of it"]),
        ("Extra keys: If you lose one, we'll sell one.", ["you lose one"], ["sell one"]),
        (
            "You may leave with the consent of the desk.",
            ["with the consent of the desk"],
            ["leave"],
        ),
        ("Doors open upon payment.", ["upon payment"], ["Doors open"]),
        ("Shouting will lead to a ban.", [], ["Shouting will lead to a ban"]),
        ("Repeated abuse will lead to a ban.", ["Repeated abuse"], ["lead to a ban"]),
        ("Pay within 9 days after delivery.", [], ["Pay within 9 days after delivery"]),
        ("Should a bag leak, dry it.", ["a bag leak"], ["dry it"]),
        (
            "Until it has been decided the fee does not rise.",
            ["it has been decided"],
            ["the fee does not rise"],
        ),
        (
            "We close early but if you have a ticket, come in.",
            ["you have a ticket"],
            ["come in"],
        ),
        ("Come if you like; tea is free.", ["you like"], ["Come"]),
        ("The fee is 3 (or 2 if it rains).", ["it rains"], ["The fee is 3", "2"]),
        ("Keep it dry, as it breaks when it gets wet.", [], ["Keep it dry"]),
        ("Bags provided by us must be dry.", ["Bags provided by us"], ["dry"]),
        (
            "Guests only pay for dishes (in case of allergies, see the list) they ate.",
            ["in case of allergies, see the list"],
            ["Guests only pay for dishes", "they ate"],
        ),
    ],
)
def test_words_of_a_sentence(sentence: str, conditions: list[str], outcomes: list[str]) -> None:
    marks = mark(sentence)
    assert [sentence[a:b] for a, b in marks.conditions] == conditions
    assert [sentence[a:b] for a, b in marks.outcomes] == outcomes


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("behavioral", "The guest must sign the form."),
        ("behavioral", "No more than two bags may be checked; guests should label them."),
        ("behavioral", "A voucher can only be used once."),
        ("factual", "There is no need to sign the form."),
        ("factual", "You can help guests find a taxi."),
        ("factual", "They may not arrive in time due to the weather."),
        ("factual", "A deposit covers anything that the guest must pay."),
        ("behavioral", "You're thus expected to arrive early."),
        ("behavioral", "Guests can add but not remove names."),
        ("behavioral", "Always confirms the price before booking."),
        ("behavioral", "Whatever you break, always report it."),
        ("behavioral", "There are two things that you should bring."),
        ("behavioral", "Keep a copy of the form; this is needed if it gets lost."),
        ("behavioral", "As a policy, we do not lend keys."),
        ("behavioral", "We ask that they not be lent."),
        ("behavioral", "No smoking in the hall."),
        ("behavioral", "On no account leave the desk."),
        ("behavioral", "It is your responsibility to lock the door."),
        ("behavioral", "Bags left by guests are not permitted."),
        ("behavioral", "Strictly follow the plan."),
        ("factual", "Our duty is to the owners."),
        ("factual", "The first step is to ask the owner."),
        ("factual", "“Guest” means anyone who has a room."),
        ("factual", "The company cannot be held responsible."),
        ("factual", "Your goal is to help guests until they are well."),
        ("behavioral", "See that you never lend a key."),
        ("factual", "The purpose of the fund is to help guests."),
        ("factual", "This is to help guests who need to hurry."),
        ("factual", "For more about rooms, see the list that hangs in the hall."),
        ("factual", "As such, we have adopted a set of rules which fit that goal."),
        ("factual", "The full list of guests who get a letter is not public."),
        ("factual", "There are two ways to pay: credit card, gift card."),
        ("factual", "Seat numbers and prices are listed for each hall."),
        ("factual", "For more about rooms, please see the leaflet."),
        ("factual", "You don't have to sign it (but all guests are expected to read it)."),
        ("factual", "Guests are not required to sign it."),
        ("factual", "Guests will sometimes report faults that are not ours."),
        ("complex", "If you lose the key, or break the lock, call us."),
        ("simple", "Unless the room is free, decline."),
        ("complex", "Decline if the room is taken, unless the guest is a member."),
        ("complex", "If the lift fails, close the doors and call the engineer."),
    ],
)
def test_kind_of_a_sentence(kind: str, sentence: str) -> None:
    (statement,) = spec_of(sentence).statements
    assert (statement.complexity or statement.category) == kind


def test_names_under_a_lead_in_are_facts_and_the_lead_in_is_none() -> None:
    spec = spec_of("Each booking contains:\n\n- address\n- status (if applicable)\n- price\n")
    assert [s.text for s in spec.statements] == ["address", "status (if applicable)", "price"]
    assert {s.category for s in spec.statements} == {"factual"}


def test_items_that_are_the_circumstances() -> None:
    spec = spec_of(
        "# Refunds\n\nWe refund a ticket if\n\n- the show was cancelled, or\n- the seat broke.\n"
    )
    assert [s.text for s in spec.statements] == ["the show was cancelled", "the seat broke."]
    assert {s.complexity for s in spec.statements} == {"complex"}


def test_powers_are_facts_and_duties_are_not() -> None:
    powers = spec_of("The chair may:\n\n1. Appoint a clerk;\n2. Call a vote when members ask.\n")
    assert [s.complexity or s.category for s in powers.statements] == ["factual", "simple"]
    duties = spec_of("The chair must:\n\n1. Appoint a clerk;\n2. Call a vote.\n")
    assert {s.category for s in duties.statements} == {"behavioral"}


def test_a_sentence_that_hangs_on_the_one_before_joins_it() -> None:
    spec = spec_of("If a guest arrives late, check the room. If it is not, call us. We open at 9.")
    assert [s.text for s in spec.statements] == [
        "If a guest arrives late, check the room. If it is not, call us.",
        "We open at 9.",
    ]


def test_rules_about_the_others_make_cases_of_their_neighbours() -> None:
    spec = spec_of("Sale items cannot be exchanged. Other items can be exchanged within a week.")
    assert [s.complexity for s in spec.statements] == ["complex", "complex"]
    assert [[spec.document.text[c.start : c.end] for c in s.condition_spans]
            for s in spec.statements] == [["Sale items"], ["Other items"]]  # fmt: skip
    spec = spec_of("The desk is small. Other rooms are closed.")
    assert [s.complexity for s in spec.statements] == [None, "simple"]


def test_neighbours_that_test_the_same_are_complex() -> None:
    spec = spec_of(
        "If the bill is higher than the estimate, call the owner.\n\n"
        "If the bill is lower than the estimate, send a receipt.\n"
    )
    assert [s.complexity for s in spec.statements] == ["complex", "complex"]
    spec = spec_of("If the lift fails, call the engineer.\n\nIf a guest is ill, call a doctor.\n")
    assert [s.complexity for s in spec.statements] == ["simple", "simple"]


def test_an_amount_for_each_kind_is_a_case() -> None:
    spec = spec_of(
        "If the guest is a member:\n\n- 1 towel for each adult\n- 2 towels for each child\n"
    )
    assert [[spec.document.text[c.start : c.end] for c in s.condition_spans][-1]
            for s in spec.statements] == ["for each adult", "for each child"]  # fmt: skip


def test_items_under_a_lead_in_that_decides_are_cases() -> None:
    spec = spec_of(
        "Changes are made according to the following rules:\n\n"
        "- Small changes require one vote.\n- Changes to the menu require two votes.\n"
    )
    assert [s.complexity for s in spec.statements] == ["complex", "complex"]
    assert [[spec.document.text[c.start : c.end] for c in s.condition_spans]
            for s in spec.statements] == [["Small changes"], ["Changes to the menu"]]  # fmt: skip


def test_names_under_a_lead_in_that_instructs_are_duties() -> None:
    spec = spec_of(
        "Your request must include the following information:\n\n"
        "- Your full name.\n- The address that you would like to use.\n"
    )
    assert [s.category for s in spec.statements] == ["behavioral", "behavioral"]


def test_two_rules_that_share_a_word_are_no_workflow() -> None:
    spec = spec_of(
        "# Keys\n\nNew guests are greeted by older guests. "
        "Old guests are expected to read the list.\n"
    )
    assert [s.category for s in spec.statements] == ["factual", "behavioral"]


def test_a_sentence_may_begin_with_a_small_letter() -> None:
    spec = spec_of("There are two halls: oak and beech. beech is closed on Monday.")
    assert [s.text for s in spec.statements] == [
        "There are two halls: oak and beech.",
        "beech is closed on Monday.",
    ]


def kinds(text: str) -> list[str]:
    return [s.complexity or s.category for s in spec_of(text).statements]


def test_what_a_whole_rule_above_applies_to_is_a_circumstance() -> None:
    text = (
        "2.1 No fee is due:\n\n(a) to guests who are members;\n\n(b) in respect of a late room.\n"
    )
    assert kinds(text) == ["complex", "complex"]


def test_items_under_one_circumstance_are_no_alternatives() -> None:
    assert kinds("When the hall is closed:\n\n- Lock the door.\n- Tell the owner.\n") == [
        "simple",
        "simple",
    ]


def test_a_question_and_the_instruction_that_answers_it_are_one_statement() -> None:
    (statement,) = spec_of("A torn page? Call the desk.").statements
    assert (statement.complexity, [o.text for o in statement.outcomes]) == (
        "simple",
        ["Call the desk"],
    )


def test_classes_side_by_side_are_cases() -> None:
    assert kinds("An old van pays 3 euros. A new van pays 2 euros.") == ["complex", "complex"]


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("Note every leak in the log.", True),
        ("Note that the leak is old.", False),
        ("The desk never closes.", False),
        ("The lamp never asks for a code.", False),
        ("Drivers never wait at the gate.", True),
        ("The desk never gives out keys.", True),
        ("Members do not pay at the gate.", False),
        ("Agents do not quote a rate.", True),
        ("The evening staff accept no parcels.", True),
        ("The teams have no van.", False),
        ("Drop-off ends at noon.", False),
        ("Neither touch nor move the lamp.", True),
        ("Scan each badge before the rider goes up.", True),
        ("Order forms are kept at the gate.", False),
    ],
)
def test_what_instructs(sentence: str, told: bool) -> None:
    assert mark(sentence).directive is told
