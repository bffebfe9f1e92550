# ruff: noqa
def lost_or_damaged(
    *,
    interlibrary_loan: bool,
    can_still_be_lent: bool,
    age: int,
    replacement_price: float,
    earlier_incidents: int,
) -> str:
    """A borrowed item is lost or damaged. can_still_be_lent: damaged but lendable; False: lost, or too
    badly damaged to be lent again. age: of the member, in years, on the day of the report;
    replacement_price: in pounds; earlier_incidents: in the 12 months before this report."""
    if interlibrary_loan:
        return "refer to the Inter-library Loans Office"
    if can_still_be_lent:
        return "charge the repair fee" if earlier_incidents >= 2 else "make no charge"
    if age < 16:
        return "make no charge" if replacement_price <= 12 else "charge half the replacement price"
    if earlier_incidents == 0 and replacement_price < 25:
        return "ask for a replacement copy"
    return "charge the full replacement price"


def meeting_room(
    *,
    unpaid_invoice: bool,
    days_before_event: int,
    people: int,
    community_group: bool,
    charges_admission: bool,
    end_hour: float,
) -> str:
    """A request for the meeting room. days_before_event: from the request to the event;
    people: who will attend; end_hour: end of the event on the 24-hour clock (18.5 is 6.30 pm)."""
    if unpaid_invoice:
        return "decline"
    if days_before_event < 3:
        return "offer a study booth" if people <= 6 else "decline"
    if people > 40:
        return "refer to the Events Officer"
    if community_group and not charges_admission:
        return "book free of charge" if end_hour <= 18 else "book with the caretaker fee"
    return "book at the hourly rate"


def _l(ill, lendable, age, price, earlier, out):
    return {
        "procedure": "lost_or_damaged",
        "case": dict(
            interlibrary_loan=ill,
            can_still_be_lent=lendable,
            age=age,
            replacement_price=price,
            earlier_incidents=earlier,
        ),
        "outcome": out,
    }


def _m(unpaid, days, people, group, admission, end, out):
    return {
        "procedure": "meeting_room",
        "case": dict(
            unpaid_invoice=unpaid,
            days_before_event=days,
            people=people,
            community_group=group,
            charges_admission=admission,
            end_hour=end,
        ),
        "outcome": out,
    }


CASES = [
    _l(True, True, 40, 10, 0, "refer to the Inter-library Loans Office"),
    _l(True, False, 12, 9, 3, "refer to the Inter-library Loans Office"),
    _l(False, True, 40, 60, 1, "make no charge"),
    _l(False, True, 40, 60, 2, "charge the repair fee"),
    _l(False, True, 10, 8, 2, "charge the repair fee"),
    _l(False, False, 15, 12, 0, "make no charge"),
    _l(False, False, 15, 12, 4, "make no charge"),
    _l(False, False, 15, 13, 0, "charge half the replacement price"),
    _l(False, False, 16, 12, 0, "ask for a replacement copy"),
    _l(False, False, 30, 24, 0, "ask for a replacement copy"),
    _l(False, False, 30, 25, 0, "charge the full replacement price"),
    _l(False, False, 30, 24, 1, "charge the full replacement price"),
    _m(True, 20, 5, True, False, 15, "decline"),
    _m(True, 2, 6, True, False, 15, "decline"),
    _m(False, 2, 6, False, True, 15, "offer a study booth"),
    _m(False, 2, 7, True, False, 15, "decline"),
    _m(False, 2, 60, True, False, 15, "decline"),
    _m(False, 3, 6, True, False, 18, "book free of charge"),
    _m(False, 3, 40, True, False, 18.5, "book with the caretaker fee"),
    _m(False, 3, 41, True, False, 15, "refer to the Events Officer"),
    _m(False, 10, 41, False, True, 20, "refer to the Events Officer"),
    _m(False, 10, 20, True, True, 17, "book at the hourly rate"),
    _m(False, 10, 20, False, False, 17, "book at the hourly rate"),
    _m(False, 10, 40, False, False, 20, "book at the hourly rate"),
]

for c in CASES:
    assert globals()[c["procedure"]](**c["case"]) == c["outcome"], c
