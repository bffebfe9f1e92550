# ruff: noqa
def unused_ticket(
    *,
    train_cancelled: bool,
    people: int,
    kind: str,
    train_left: bool,
    hospital_letter: bool,
    days_since_expiry: int,
    price: float,
) -> str:
    """A ticket not used. kind: "Advance", "flexible", "other".
    days_since_expiry: 0 or less while it has not expired."""
    if train_cancelled:
        return "refund in full"
    if people >= 10:
        return "group travel team"
    if kind == "Advance":
        if not train_left:
            return "change of date"
        return "claims supervisor" if hospital_letter else "refuse"
    if kind == "flexible":
        return "refuse" if days_since_expiry > 28 or price <= 10 else "refund less the fee"
    return "claims supervisor"


def delay_compensation(
    *,
    days_since_journey: int,
    in_hospital: bool,
    planned_works: bool,
    minutes_late: int,
    ticket: str,
) -> str:
    """Share of the fare. ticket: "single" or "return". in_hospital: during the time since the journey."""
    if days_since_journey > 28:
        return "on hold for the supervisor" if in_hospital else "no compensation"
    if minutes_late < (120 if planned_works else 15):
        return "no compensation"
    step = 0 if minutes_late < 30 else 1 if minutes_late < 60 else 2
    if ticket == "single":
        return ("quarter", "half", "whole")[step]
    return ("no compensation", "quarter", "half")[step]


def _u(cancelled, n, kind, left, letter, d, price, out):
    return {
        "procedure": "unused_ticket",
        "case": dict(
            train_cancelled=cancelled,
            people=n,
            kind=kind,
            train_left=left,
            hospital_letter=letter,
            days_since_expiry=d,
            price=price,
        ),
        "outcome": out,
    }


def _d(days, hospital, works, late, ticket, out):
    return {
        "procedure": "delay_compensation",
        "case": dict(
            days_since_journey=days,
            in_hospital=hospital,
            planned_works=works,
            minutes_late=late,
            ticket=ticket,
        ),
        "outcome": out,
    }


CASES = [
    _u(True, 12, "Advance", True, False, 30, 5, "refund in full"),
    _u(False, 10, "flexible", False, False, 0, 40, "group travel team"),
    _u(False, 9, "Advance", False, False, 0, 40, "change of date"),
    _u(False, 1, "Advance", True, False, 0, 40, "refuse"),
    _u(False, 1, "Advance", True, True, 0, 40, "claims supervisor"),
    _u(False, 1, "flexible", True, True, 29, 40, "refuse"),
    _u(False, 1, "flexible", True, False, 28, 40, "refund less the fee"),
    _u(False, 9, "flexible", False, False, -5, 10.5, "refund less the fee"),
    _u(False, 1, "flexible", True, False, 28, 10, "refuse"),
    _u(False, 1, "other", True, False, 40, 5, "claims supervisor"),
    _d(29, False, False, 90, "single", "no compensation"),
    _d(29, True, True, 90, "return", "on hold for the supervisor"),
    _d(28, True, False, 14, "single", "no compensation"),
    _d(28, False, False, 15, "single", "quarter"),
    _d(5, False, False, 29, "return", "no compensation"),
    _d(5, False, False, 30, "return", "quarter"),
    _d(5, False, False, 59, "single", "half"),
    _d(5, False, False, 60, "single", "whole"),
    _d(5, True, False, 60, "return", "half"),
    _d(5, False, True, 119, "single", "no compensation"),
    _d(5, False, True, 120, "single", "whole"),
    _d(5, False, True, 120, "return", "half"),
]

for c in CASES:
    assert globals()[c["procedure"]](**c["case"]) == c["outcome"], c
