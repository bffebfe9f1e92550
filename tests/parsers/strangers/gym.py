# ruff: noqa
def freezing(
    *,
    payment_overdue: bool,
    reason: str,
    doctors_letter: bool,
    weeks_requested: int,
    weeks_taken: int,
    platinum: bool,
) -> str:
    """A member asks for a freeze. payment_overdue: any payment on the account is overdue.
    reason: "pregnancy", "medical", "other". weeks_requested: whole weeks now asked for.
    weeks_taken: weeks of standard freeze already taken this calendar year."""
    if payment_overdue and reason != "pregnancy":
        return "settle first"
    if reason == "pregnancy":
        return "free freeze" if weeks_requested <= 52 else "club manager"
    if reason == "medical" and doctors_letter:
        return "free freeze" if weeks_requested <= 26 else "club manager"
    if weeks_requested < 4:
        return "decline"
    total = weeks_requested + weeks_taken
    if platinum:
        return "free freeze" if total <= 20 else "decline"
    return "paid freeze" if total <= 12 else "decline"


def cancelling(
    *,
    days_since_joining: int,
    visits: int,
    amount_owed: float,
    plan: str,
    months_completed: int,
    reason: str,
    doctors_letter: bool,
    distance_km: float,
    address_proof: bool,
) -> str:
    """A member wants to cancel. visits: visits to a club since joining. amount_owed: in euros.
    plan: "annual" or "flexible" (Platinum makes no difference). months_completed: full months since joining.
    reason: "medical", "move" (a house move), "other". distance_km: from the new home to our nearest club
    (0 where there is no move). address_proof: the member has sent proof of the new address."""
    if days_since_joining <= 14:
        return "full refund" if visits == 0 else "partial refund"
    if amount_owed > 50 and not (reason == "medical" and doctors_letter):
        return "accounts team"
    if plan == "flexible" or months_completed >= 12:
        return "one month's notice"
    if reason == "medical":
        return "release without a fee" if doctors_letter else "ask for the letter"
    if reason == "move" and distance_km > 25 and address_proof:
        return "release without a fee"
    return "early exit for a fee" if months_completed < 9 else "runs to the end"


def _f(overdue, reason, letter, weeks, taken, platinum, out):
    return {
        "procedure": "freezing",
        "case": dict(
            payment_overdue=overdue,
            reason=reason,
            doctors_letter=letter,
            weeks_requested=weeks,
            weeks_taken=taken,
            platinum=platinum,
        ),
        "outcome": out,
    }


def _c(days, visits, owed, plan, months, reason, letter, km, proof, out):
    return {
        "procedure": "cancelling",
        "case": dict(
            days_since_joining=days,
            visits=visits,
            amount_owed=owed,
            plan=plan,
            months_completed=months,
            reason=reason,
            doctors_letter=letter,
            distance_km=km,
            address_proof=proof,
        ),
        "outcome": out,
    }


P, M, O = "pregnancy", "medical", "other"
A, F = "annual", "flexible"
CASES = [
    _f(True, O, False, 6, 0, False, "settle first"),
    _f(True, M, True, 6, 0, True, "settle first"),
    _f(True, P, False, 30, 0, False, "free freeze"),
    _f(False, P, False, 2, 12, False, "free freeze"),
    _f(False, P, False, 52, 0, False, "free freeze"),
    _f(False, P, True, 53, 0, True, "club manager"),
    _f(True, P, False, 53, 0, False, "club manager"),
    _f(False, M, True, 26, 10, False, "free freeze"),
    _f(False, M, True, 27, 0, True, "club manager"),
    _f(False, M, True, 2, 0, False, "free freeze"),
    _f(False, M, False, 2, 0, False, "decline"),
    _f(False, M, False, 12, 0, False, "paid freeze"),
    _f(False, M, False, 26, 0, False, "decline"),
    _f(False, O, False, 3, 0, False, "decline"),
    _f(False, O, True, 4, 0, False, "paid freeze"),
    _f(False, O, False, 4, 8, False, "paid freeze"),
    _f(False, O, False, 5, 8, False, "decline"),
    _f(False, O, False, 13, 0, False, "decline"),
    _f(False, O, False, 3, 0, True, "decline"),
    _f(False, O, False, 5, 8, True, "free freeze"),
    _f(False, O, False, 12, 8, True, "free freeze"),
    _f(False, O, False, 13, 8, True, "decline"),
    _c(14, 0, 0, A, 0, O, False, 0, False, "full refund"),
    _c(14, 1, 0, F, 0, O, False, 0, False, "partial refund"),
    _c(10, 0, 60, A, 0, M, False, 0, False, "full refund"),
    _c(15, 0, 0, F, 0, O, False, 0, False, "one month's notice"),
    _c(15, 0, 0, A, 0, O, False, 0, False, "early exit for a fee"),
    _c(100, 9, 51, F, 3, O, False, 0, False, "accounts team"),
    _c(100, 9, 50, F, 3, O, False, 0, False, "one month's notice"),
    _c(100, 9, 51, A, 3, M, False, 0, False, "accounts team"),
    _c(100, 9, 51, A, 3, M, True, 0, False, "release without a fee"),
    _c(100, 9, 51, F, 3, M, True, 0, False, "one month's notice"),
    _c(100, 9, 51, A, 3, O, True, 0, False, "accounts team"),
    _c(370, 40, 0, A, 12, O, False, 0, False, "one month's notice"),
    _c(370, 40, 90, A, 12, "move", False, 40, True, "accounts team"),
    _c(350, 40, 0, A, 11, O, False, 0, False, "runs to the end"),
    _c(200, 5, 0, A, 6, M, True, 0, False, "release without a fee"),
    _c(350, 5, 0, A, 11, M, False, 0, False, "ask for the letter"),
    _c(200, 5, 0, A, 6, "move", False, 26, True, "release without a fee"),
    _c(350, 5, 50, A, 11, "move", False, 26, True, "release without a fee"),
    _c(200, 5, 0, A, 6, "move", False, 25, True, "early exit for a fee"),
    _c(200, 5, 0, A, 6, "move", False, 26, False, "early exit for a fee"),
    _c(300, 5, 0, A, 9, "move", False, 25, True, "runs to the end"),
    _c(260, 5, 0, A, 8, O, False, 0, False, "early exit for a fee"),
    _c(280, 5, 0, A, 9, O, True, 0, False, "runs to the end"),
]

for c in CASES:
    assert globals()[c["procedure"]](**c["case"]) == c["outcome"], c
