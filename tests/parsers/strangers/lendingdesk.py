# ruff: noqa
def renewing_a_loan(
    *,
    interlibrary: bool,
    reserved_by_other: bool,
    home_delivery: bool,
    days_overdue: int,
    amount_owed: float,
    item: str,
    times_renewed: int,
) -> str:
    """A borrower asks to renew a loan. interlibrary: the item came from another library.
    reserved_by_other: someone else has reserved it. home_delivery: the borrower is a home-delivery member.
    days_overdue: 0 when the loan isn't overdue. amount_owed: in euros.
    item: "book" (books and audiobooks), "film" (films and games), "other" (anything else we lend).
    times_renewed: renewals of this loan so far."""
    if interlibrary:
        return "interlibrary office"
    if reserved_by_other:
        if home_delivery and days_overdue == 0:
            return "one extra week"
        return "refuse and ask for it back"
    if amount_owed >= 20:
        return "payment first"
    if days_overdue > 28:
        return "refuse and ask for it back"
    if item == "book":
        most = 5 if home_delivery else 3
        return "renew for 21 days" if times_renewed < most else "refuse and ask for it back"
    if item == "film":
        return "renew for 7 days" if times_renewed == 0 else "refuse and ask for it back"
    return "senior on duty"


def lost_or_damaged_item(
    *,
    damage_noted_before: bool,
    state: str,
    local_history: bool,
    value: float,
    card: str,
    earlier_loss: bool,
    brings_copy: bool,
) -> str:
    """An item is lost or comes back damaged. damage_noted_before: the damage was already on the slip
    (False for a lost item). state: "fit" (damaged, still fit to lend), "ruined" (damaged, can't be lent again),
    "lost". local_history: from the local history collection. value: catalogue price in euros.
    card: "junior", "adult", "concession". earlier_loss: another loss or ruined item in the past 12 months.
    brings_copy: the borrower brings an identical new copy."""
    if damage_noted_before:
        return "no charge"
    if state == "fit":
        return "no charge" if card == "junior" else "repair fee"
    if local_history:
        return "branch manager"
    if value <= 15:
        return "waive the charge" if card == "junior" and not earlier_loss else "replacement price"
    if value <= 60:
        return "accept the copy" if brings_copy else "replacement price"
    return "instalments" if card == "concession" else "replacement price"


def _r(inter, reserved, home, overdue, owed, item, times, out):
    return {
        "procedure": "renewing_a_loan",
        "case": dict(
            interlibrary=inter,
            reserved_by_other=reserved,
            home_delivery=home,
            days_overdue=overdue,
            amount_owed=owed,
            item=item,
            times_renewed=times,
        ),
        "outcome": out,
    }


def _l(noted, state, local, value, card, earlier, copy, out):
    return {
        "procedure": "lost_or_damaged_item",
        "case": dict(
            damage_noted_before=noted,
            state=state,
            local_history=local,
            value=value,
            card=card,
            earlier_loss=earlier,
            brings_copy=copy,
        ),
        "outcome": out,
    }


NO = "refuse and ask for it back"
CASES = [
    _r(True, False, False, 0, 0, "book", 0, "interlibrary office"),
    _r(True, True, True, 0, 25, "film", 0, "interlibrary office"),
    _r(False, True, False, 0, 0, "book", 0, NO),
    _r(False, True, True, 0, 0, "book", 0, "one extra week"),
    _r(False, True, True, 1, 0, "book", 0, NO),
    _r(False, True, True, 0, 25, "film", 2, "one extra week"),
    _r(False, True, False, 0, 25, "book", 0, NO),
    _r(False, False, False, 0, 20, "book", 0, "payment first"),
    _r(False, False, True, 40, 20, "other", 0, "payment first"),
    _r(False, False, False, 0, 19.8, "book", 0, "renew for 21 days"),
    _r(False, False, False, 28, 5, "book", 2, "renew for 21 days"),
    _r(False, False, False, 29, 5, "book", 0, NO),
    _r(False, False, True, 29, 5, "other", 0, NO),
    _r(False, False, False, 0, 0, "book", 2, "renew for 21 days"),
    _r(False, False, False, 0, 0, "book", 3, NO),
    _r(False, False, True, 0, 0, "book", 3, "renew for 21 days"),
    _r(False, False, True, 0, 0, "book", 4, "renew for 21 days"),
    _r(False, False, True, 0, 0, "book", 5, NO),
    _r(False, False, False, 3, 0, "film", 0, "renew for 7 days"),
    _r(False, False, False, 0, 0, "film", 1, NO),
    _r(False, False, True, 0, 0, "film", 1, NO),
    _r(False, False, False, 0, 0, "other", 0, "senior on duty"),
    _r(False, False, True, 28, 19, "other", 4, "senior on duty"),
    _l(True, "fit", False, 20, "adult", False, False, "no charge"),
    _l(True, "ruined", True, 80, "adult", True, False, "no charge"),
    _l(False, "fit", False, 20, "junior", True, False, "no charge"),
    _l(False, "fit", False, 20, "adult", False, False, "repair fee"),
    _l(False, "fit", True, 80, "concession", False, True, "repair fee"),
    _l(False, "lost", True, 10, "junior", False, True, "branch manager"),
    _l(False, "ruined", True, 61, "concession", False, False, "branch manager"),
    _l(False, "lost", False, 15, "junior", False, False, "waive the charge"),
    _l(False, "ruined", False, 15, "junior", True, False, "replacement price"),
    _l(False, "lost", False, 15, "adult", False, True, "replacement price"),
    _l(False, "lost", False, 16, "junior", False, False, "replacement price"),
    _l(False, "lost", False, 16, "adult", True, True, "accept the copy"),
    _l(False, "ruined", False, 60, "concession", False, True, "accept the copy"),
    _l(False, "lost", False, 60, "concession", False, False, "replacement price"),
    _l(False, "lost", False, 61, "concession", True, True, "instalments"),
    _l(False, "lost", False, 61, "adult", False, True, "replacement price"),
    _l(False, "ruined", False, 90, "junior", False, False, "replacement price"),
]

for c in CASES:
    assert globals()[c["procedure"]](**c["case"]) == c["outcome"], c
