"""Cases told by grammar and layout alone: names over nested items, subjects, what a comma closes.

In: short policies, each with cases told in a few words as in `test_wordings`, and the outcome that
must follow.
"""

import pytest

from parsers.spec import variables_of
from tests.parsers.test_wordings import mistakes, spec_of

CASES: dict[str, tuple[str, dict[str, str]]] = {
    "names-over-nested-items": (
        "- Boats hired from us:\n"
        "  - If the boat was hired less than 24 hours ago:\n"
        "    - Swap it if the damage is a leak.\n"
        "    - Otherwise, charge 40 euros.\n"
        "  - If the boat was hired 24 hours ago or more, charge 90 euros.\n"
        "- Boats not hired from us:\n"
        "  - Turn the job away if the hull is steel.\n"
        "  - In every other case, charge 120 euros.\n",
        {
            "hire, 23 hours, leak": "swap it",
            "hire, 23 hours, not leak": "40 euros",
            "hire, 24 hours": "90 euros",
            "not hire, steel": "turn the job away",
            "not hire": "120 euros",
        },
    ),
    "kinds-and-ranges-over-nested-items": (
        "What we pay back depends on the sort of ticket the rower has and how long there is to "
        "go.\n\n"
        "- Crew tickets\n"
        "  - Send the rower to the captain.\n"
        "- Single tickets\n"
        "  - More than 30 days before the regatta\n"
        "    - Refund the fee.\n"
        "    - If the rower moved the date last year, give a voucher instead.\n"
        "  - Between 7 and 30 days before the regatta\n"
        "    - If the rower is ill, move the date.\n"
        "    - Otherwise, give a voucher.\n"
        "  - Fewer than 7 days before the regatta\n"
        "    - Keep the fee.\n",
        {
            "crew": "send the rower to the captain",
            "single, 31 days, not last year": "refund the fee",
            "single, 31 days, last year": "give a voucher",
            "single, 30 days, ill": "move the date",
            "single, 7 days, not ill": "give a voucher",
            "single, 6 days": "keep the fee",
        },
    ),
    "any-bare-word-with-an-object-is-a-verb": (
        "If the screw is loose, bag it separately. If the screw is not loose and the tent is torn, "
        "darn the hem. Otherwise, oil the zip.",
        {"loose": "bag it separately", "not loose, torn": "=darn the hem", "not loose": "oil"},
    ),
    "elsewhere-denies-what-it-can": (
        "If the chair stands in the front row, charge 4 euros. If it stands elsewhere, charge 3 "
        "euros.",
        {"front": "4 euros", "not front": "3 euros"},
    ),
    "measured-participle-of-the-subject": (
        "A claim made more than 9 days after the race gets no prize, except where the rower was "
        "ill, in which case it gets a badge. Otherwise, it gets a cup.",
        {"10 days, not ill": "=gets no prize", "10 days, ill": "a badge", "9 days": "a cup"},
    ),
    "after-that-is-what-a-limit-leaves": (
        "A drill that is faulty is swapped if it was bought within the last 30 days; after that it "
        "is sent to the maker. If a drill is not faulty, keep it.",
        {
            "faulty, 30 days": "swapped",
            "faulty, 31 days": "sent to the maker",
            "not faulty": "keep it",
        },
    ),
    "without-and-with-before-an-instruction": (
        "Refund in full where the guest has the docket and brings the coat back within 14 days of "
        "the hire. Between 15 and 60 days after the hire, with the docket, give a voucher. Without "
        "the docket, give a badge if the coat cost no more than 50 euros, and call the owner if it "
        "cost more than 50 euros. Later than 60 days after the hire, keep the fee, docket or no "
        "docket.",
        {
            "docket, 14 days": "refund",
            "docket, 60 days": "voucher",
            "not docket, 50 euros": "badge",
            "not docket, 51 euros": "call the owner",
            "docket, 61 days": "=keep the fee",
        },
    ),
    "how-long-and-how-long-ago": (
        "A rower who has finished a race in under 50 minutes within the last two years gets a "
        "medal. If the rower has finished a race in 50 minutes or more within the last two years, "
        "post a badge. Otherwise, say thanks.",
        {
            "49 minutes, last": "medal",
            "50 minutes, last": "badge",
            "49 minutes, not last": "thanks",
        },
    ),
    "any-comparative-with-a-number": (
        "If the rower's time is slower than 70 minutes, take the long boat. If the time is faster "
        "than 50 minutes, take the sharp boat. Otherwise, take the wide boat.",
        {"71 minutes": "long", "49 minutes": "sharp", "70 minutes": "wide", "50 minutes": "wide"},
    ),
    "it-is-the-thing-that-was-named": (
        "Take the first that fits.\n\n1. If the boat is full, wait.\n"
        "2. For a Saver ticket, offer another date as long as the boat has not left yet. Once it "
        "has left, refuse the refund.\n3. Any other ticket goes to the harbour master.\n",
        {
            "full": "wait",
            "not full, saver, not left": "another date",
            "not full, saver, left": "refuse",
            "not full, not saver, left": "harbour master",
        },
    ),
    "from-an-amount-upwards": (
        "- If the boat is red, waive the deposit when the damage is below $70; from $70 upwards, "
        "keep it.\n- If the boat is not red:\n"
        "  - If the parcel weighs less than 5 kg, charge 4 euros.\n"
        "  - From 5 kg upwards, charge 9 euros.\n",
        {
            "red, 69 damage": "waive",
            "red, 70 damage": "=keep it",
            "not red, 4 kg": "4 euros",
            "not red, 5 kg": "=charge 9 euros",
        },
    ),
    "from-a-share-onwards": (
        "If the loss is below 10%, ignore it. From 10% onwards, call the brewer.",
        {"9 loss": "ignore", "10 loss": "=call the brewer"},
    ),
    "from-a-count-on": (
        "If the party has fewer than 8 guests, seat it at once. From 8 guests on, ask the chef.",
        {"7 guests": "seat", "8 guests": "=ask the chef"},
    ),
    "what-is-done-for-whom-is-excepted": (
        "If the boat is late, charge 20 euros, except for pensioners, for whom we waive the fee. "
        "If the boat is not late, say thanks.",
        {"late, not pensioner": "20 euros", "late, pensioner": "=waive the fee", "not late": "tha"},
    ),
    "to-whom-and-of-a-kind": (
        "If the hut is full, turn the caller away, except for Gold members, to whom you offer the "
        "annex. If the hut is not full, book a bed.",
        {"full, not gold": "turn", "full, gold": "=offer the annex", "not full": "bed"},
    ),
    "a-subject-with-a-participle-behind-and-or-but": (
        "If nobody was hurt but the man holding the rope was not trained, log it. If the barn is "
        "dry and the horse standing in it is lame, call the vet. Otherwise, if the jar is full and "
        "the label glued to it is missing, burn the jar. In all other cases, say thanks.",
        {
            "not hurt, not train": "log it",
            "hurt, dry, lame": "vet",
            "hurt, dry, not lame, full, missing": "burn",
            "hurt, not dry, lame, full, not missing": "thanks",
        },
    ),
    "it-is-the-price-that-is-paid": (
        "If the boat is ours, waive the full fee if it is below 40 euros; otherwise, send an "
        "invoice. If the boat is not ours and the fee is 90 euros or more, ask the owner. If the "
        "boat is not ours, pay the fee if it is less than 90 euros.",
        {
            "ours, 39 fee": "waive",
            "ours, 40 fee": "invoice",
            "not ours, 90 fee": "owner",
            "not ours, 89 fee": "pay",
        },
    ),
    "it-is-the-price-beside-a-from": (
        "- Accept the price if it is below 300 euros.\n- From 300 euros upwards, call the owner.\n",
        {"299 price": "accept", "300 price": "=call the owner"},
    ),
    "do-so-tells-how-in-two-cases": (
        "If the key is lost, cut a new one. Do so free of charge if the guest is a member; "
        "otherwise, add 9 euros to the bill.\n\nIf the key is not lost, say thanks.",
        {"lost, member": "free of charge", "lost, not member": "9 euros", "not lost": "thanks"},
    ),
    "do-this-tells-when": (
        "If the coat is torn, mend it. Do this the same day if the owner waits; otherwise, mend it "
        "within a week. If the coat is not torn, return it.",
        {"torn, wait": "same day", "torn, not wait": "within a week", "not torn": "return"},
    ),
    "an-act-for-one-who-and-another-in-all-other-cases": (
        "If the hall is free, offer the hall to a resident who has lived here for 5 years or more, "
        "and in all other cases keep it shut. If the hall is not free, say so.",
        {"free, 5 years": "offer", "free, 4 years": "shut", "not free": "say so"},
    ),
    "an-act-for-those-over-an-age": (
        "Lend the kayak to guests over 16, and in every other case call the warden.",
        {"17 age": "lend", "16 age": "warden"},
    ),
    "an-act-for-a-role-with-a-thing": (
        "If the pool is open, give a towel to a swimmer with a pass, and in all other cases charge "
        "2 euros. If the pool is not open, say sorry.",
        {"open, pass": "towel", "open, not pass": "2 euros", "not open": "sorry"},
    ),
    "another-kind-is-what-the-first-leaves": (
        "If the tenant has a gas stove, send the fitter. If the tenant has any other kind of "
        "stove, send the electrician.",
        {"gas": "fitter", "not gas": "electrician"},
    ),
    "some-other-sort-is-what-the-first-leaves": (
        "If the rider uses a steel bit, check the mouth. If the rider uses some other sort of bit, "
        "say nothing.",
        {"steel": "mouth", "not steel": "nothing"},
    ),
    "a-measure-goes-on-with-what-has-its-limit": (
        "When a garage sends an estimate, go by its size:\n\n"
        "- Accept the price if it is below 300 euros.\n"
        "- From 300 euros upwards, call the owner.\n\n"
        "If a garage does not send an estimate, wait.",
        {"send, 299 price": "accept", "send, 300 price": "=call the owner", "not send": "wait"},
    ),
    "what-opens-a-sentence-holds-for-both-that-and-joins": (
        "For parcels from abroad, take a copy if the duty is 20 euros or less, but call the "
        "customs if the duty is more than 20 euros. For other parcels, say nothing.",
        {
            "abroad, 20 duty": "copy",
            "abroad, 21 duty": "customs",
            "not abroad, 21 duty": "nothing",
        },
    ),
    "two-cases-in-one-case": (
        "If the kiln is hot, wait if the clay is wet, and fire it if the clay is dry. Otherwise, "
        "light it.",
        {"hot, wet": "wait", "hot, dry": "fire", "not hot, wet": "light", "not hot, dry": "light"},
    ),
}


def test_another_kind_of_something_else_leaves_nothing_over() -> None:
    spec = spec_of(
        "If the ticket is a day ticket, refund it. If a guest has another kind of question, call "
        "the office."
    )
    assert not spec.workflows
    assert all(statement.condition is not None for statement in spec.statements)


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    assert not mistakes(*CASES[name])


def test_titles_over_nested_items_name_no_case() -> None:
    spec = spec_of(
        "- Opening hours\n  - We open at 9.\n  - If it snows, stay shut.\n"
        "- Prices\n  - A ride costs 4 euros.\n  - If the rower is a child, charge 2 euros.\n"
    )
    assert not spec.workflows
    assert not any(v.name in {"opening_hour", "price"} for v in spec.variables)


def test_elsewhere_denies_nothing_of_another_matter() -> None:
    spec = spec_of("If the chain is rusty, oil it. If a bike was bought elsewhere, pump the tyres.")
    one, other = (statement.condition for statement in spec.statements)
    assert one is not None
    assert other is not None
    assert not set(variables_of(one)) & set(variables_of(other))


def test_not_done_after_a_while() -> None:
    spec = spec_of("A coat that has not been collected after six months is moved to the attic.")
    (coat,) = spec.statements
    (variable,) = spec.variables
    assert [outcome.text for outcome in coat.outcomes] == ["moved to the attic"]
    assert variable.type == "boolean"
    assert variable.negated.startswith("the coat has not been collected")


def test_times_of_day_and_of_what_goes_on_are_facts() -> None:
    spec = spec_of(
        "The hut opens on these days:\n\n- Friday from 14:00 to 20:00\n- Sunday from 9:00 to 17:00"
        "\n\nThe gate closes two hours after the last boat lands.\n\n"
        "What we do depends on the sort of boat, why it is late, and how long there is to go."
    )
    assert {statement.category for statement in spec.statements} == {"factual"}
    assert not spec.variables
