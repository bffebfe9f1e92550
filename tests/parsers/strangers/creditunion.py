# ruff: noqa
def loan(
    *,
    employee_or_director: bool,
    days_behind: int,
    amount_overdue: float,
    amount: float,
    months_member: int,
    savings: float,
) -> str:
    """An application for a personal loan. days_behind and amount_overdue: on another Millrace loan."""
    if employee_or_director:
        return "credit committee"
    if days_behind >= 30 and amount_overdue >= 25:
        return "declined"
    if amount <= 1500:
        if months_member >= 3:
            return "approve at the counter"
        return "guarantor" if savings >= 200 else "declined"
    if amount <= 10000:
        if months_member < 12:
            return "declined"
        return "loan officer" if savings >= 1000 else "guarantor"
    return "credit committee" if months_member >= 24 and savings >= 2500 else "declined"


def card_dispute(
    *,
    days_before_report: int,
    in_hospital: bool,
    reported_lost_before: bool,
    method: str,
    amount: float,
    claims_12_months: int,
) -> str:
    """A payment the member does not recognize. method: "pin", "online", "telephone", "contactless", "other".
    reported_lost_before: the card had been reported lost or stolen when the payment was made."""
    if days_before_report > 120:
        return "fraud team" if in_hospital else "decline"
    if reported_lost_before:
        return "refund in full"
    if method == "pin":
        return "refund less the excess" if amount <= 100 else "fraud team"
    if method in ("online", "telephone"):
        if amount <= 500:
            return "provisional credit" if claims_12_months >= 2 else "refund in full"
        return "provisional credit" if amount <= 5000 else "fraud team"
    return "refund in full" if method == "contactless" and amount <= 100 else "fraud team"


def _l(insider, behind, overdue, amount, months, savings, out):
    return {
        "procedure": "loan",
        "case": dict(
            employee_or_director=insider,
            days_behind=behind,
            amount_overdue=overdue,
            amount=amount,
            months_member=months,
            savings=savings,
        ),
        "outcome": out,
    }


def _d(days, hospital, lost, method, amount, claims, out):
    return {
        "procedure": "card_dispute",
        "case": dict(
            days_before_report=days,
            in_hospital=hospital,
            reported_lost_before=lost,
            method=method,
            amount=amount,
            claims_12_months=claims,
        ),
        "outcome": out,
    }


CASES = [
    _l(True, 60, 500, 500, 1, 0, "credit committee"),
    _l(False, 30, 25, 500, 36, 5000, "declined"),
    _l(False, 30, 24, 500, 36, 5000, "approve at the counter"),
    _l(False, 29, 500, 1500, 3, 0, "approve at the counter"),
    _l(False, 0, 0, 1500, 2, 200, "guarantor"),
    _l(False, 0, 0, 1500, 2, 199, "declined"),
    _l(False, 0, 0, 1501, 12, 1000, "loan officer"),
    _l(False, 0, 0, 10000, 12, 999, "guarantor"),
    _l(False, 0, 0, 10000, 11, 1000, "declined"),
    _l(False, 0, 0, 10001, 24, 2500, "credit committee"),
    _l(False, 0, 0, 10001, 23, 2500, "declined"),
    _l(False, 0, 0, 10001, 24, 2499, "declined"),
    _d(121, False, True, "online", 50, 0, "decline"),
    _d(121, True, True, "online", 50, 0, "fraud team"),
    _d(120, False, True, "pin", 6000, 5, "refund in full"),
    _d(120, True, False, "pin", 100, 0, "refund less the excess"),
    _d(5, False, False, "pin", 101, 0, "fraud team"),
    _d(5, False, False, "online", 500, 1, "refund in full"),
    _d(5, False, False, "telephone", 500, 2, "provisional credit"),
    _d(5, False, False, "telephone", 501, 0, "provisional credit"),
    _d(5, False, False, "online", 5000, 12, "provisional credit"),
    _d(5, False, False, "online", 5001, 0, "fraud team"),
    _d(5, False, False, "contactless", 100, 2, "refund in full"),
    _d(5, False, False, "contactless", 101, 0, "fraud team"),
    _d(5, False, False, "other", 50, 0, "fraud team"),
]

for c in CASES:
    assert globals()[c["procedure"]](**c["case"]) == c["outcome"], c
