# ruff: noqa
def treatment_claim(
    *,
    pre_existing: bool,
    kind: str,
    days_since_start: int,
    amount: float,
    pet_age: int,
    complete_plan: bool,
    dental_checkup: bool,
) -> str:
    """A claim for treatment. kind: "accident", "illness", "dental". amount: in euros; pet_age: in years.
    days_since_start: from the start of the policy to the treatment; complete_plan: Complete (otherwise Essential).
    dental_checkup: a check-up in the 12 months before the treatment."""
    if pre_existing:
        return "decline"
    if kind == "dental":
        if not complete_plan:
            return "offer an upgrade"
        return "approve" if dental_checkup else "request the dental records"
    if kind == "accident":
        if days_since_start < 2:
            return "decline"
        return "approve" if amount <= 400 else "send to an assessor"
    if days_since_start < 14:
        return "decline"
    if pet_age >= 9 and not complete_plan:
        return "approve with a co-payment"
    return "approve" if amount <= 400 else "send to an assessor"


def missed_payment(
    *,
    days_overdue: int,
    hardship: bool,
    first_missed: bool,
    open_claim: bool,
    years_insured: float,
) -> str:
    """A payment is overdue. first_missed: it is the first payment missed in 12 months."""
    if days_overdue > 60:
        return "offer a new policy"
    if hardship:
        return "transfer to the Care Team"
    if days_overdue <= 14:
        return "retry without a fee" if first_missed else "retry with the late fee"
    if open_claim:
        return "deduct from the claim"
    return "offer instalments" if years_insured >= 3 else "ask for the full payment"


def _t(pre, kind, d, amount, age, complete, checkup, out):
    return {
        "procedure": "treatment_claim",
        "case": dict(
            pre_existing=pre,
            kind=kind,
            days_since_start=d,
            amount=amount,
            pet_age=age,
            complete_plan=complete,
            dental_checkup=checkup,
        ),
        "outcome": out,
    }


def _m(d, hardship, first, claim, years, out):
    return {
        "procedure": "missed_payment",
        "case": dict(
            days_overdue=d,
            hardship=hardship,
            first_missed=first,
            open_claim=claim,
            years_insured=years,
        ),
        "outcome": out,
    }


A, I, D = "accident", "illness", "dental"
CASES = [
    _t(True, A, 100, 200, 3, True, True, "decline"),
    _t(True, D, 100, 200, 3, False, True, "decline"),
    _t(False, A, 1, 200, 3, True, True, "decline"),
    _t(False, A, 2, 400, 3, False, False, "approve"),
    _t(False, A, 2, 401, 3, True, True, "send to an assessor"),
    _t(False, A, 30, 300, 9, False, False, "approve"),
    _t(False, I, 13, 300, 9, True, True, "decline"),
    _t(False, I, 14, 401, 9, False, True, "approve with a co-payment"),
    _t(False, I, 14, 400, 9, False, False, "approve with a co-payment"),
    _t(False, I, 14, 400, 8, False, False, "approve"),
    _t(False, I, 14, 401, 8, False, False, "send to an assessor"),
    _t(False, I, 20, 400, 9, True, False, "approve"),
    _t(False, I, 20, 401, 9, True, False, "send to an assessor"),
    _t(False, D, 1, 300, 4, False, True, "offer an upgrade"),
    _t(False, D, 1, 900, 10, True, True, "approve"),
    _t(False, D, 50, 300, 4, True, False, "request the dental records"),
    _m(61, True, True, True, 5, "offer a new policy"),
    _m(61, False, False, False, 1, "offer a new policy"),
    _m(60, True, False, True, 5, "transfer to the Care Team"),
    _m(3, True, True, False, 1, "transfer to the Care Team"),
    _m(14, False, True, True, 5, "retry without a fee"),
    _m(14, False, False, True, 5, "retry with the late fee"),
    _m(15, False, True, True, 5, "deduct from the claim"),
    _m(60, False, False, True, 1, "deduct from the claim"),
    _m(15, False, False, False, 3, "offer instalments"),
    _m(60, False, True, False, 2, "ask for the full payment"),
    _m(15, False, True, False, 2, "ask for the full payment"),
]

for c in CASES:
    assert globals()[c["procedure"]](**c["case"]) == c["outcome"], c
