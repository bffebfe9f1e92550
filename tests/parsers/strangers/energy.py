# ruff: noqa
def high_bill(
    *,
    months_since_period_end: float,
    estimated: bool,
    customer_reading: str,
    year_change: float,
    household_change: bool,
    smart_meter: bool,
) -> str:
    """A customer says that a bill is too high. months_since_period_end: since the end of the period billed.
    customer_reading: "none" (cannot read the meter), "lower", "equal or higher" (than the estimate); year_change: in percent.
    household_change: in the last 12 months, as defined."""
    if months_since_period_end > 12:
        return "cancel the charge"
    if estimated:
        if customer_reading == "none":
            return "book a meter reading"
        if customer_reading == "lower":
            return "issue a corrected bill"
        return "confirm the bill"
    if year_change < 25:
        return "confirm the bill"
    if household_change:
        return "offer an energy review"
    return "run a remote test" if smart_meter else "book an inspection"


def power_cut(
    *,
    supply_back: bool,
    medical_equipment: bool,
    days_since_back: int,
    priority_register: bool,
    cause: str,
    notice_days: int,
    hours_off: float,
) -> str:
    """A claim after a power cut. cause: "planned", "storm", "fault". notice_days: 0 when not told at all.
    medical_equipment: someone in the home depends on it."""
    if not supply_back:
        return "transfer to the Emergency Line" if medical_equipment else "claim later"
    if days_since_back > 90 and not priority_register:
        return "refuse as late"
    if cause == "planned":
        return "no payment" if notice_days >= 2 else "pay 30"
    if cause == "storm":
        return "pay 70" if hours_off >= (24 if priority_register else 48) else "no payment"
    if hours_off < 12:
        return "no payment"
    return "pay 70" if hours_off < 24 else "pay 140"


def _h(months, estimated, reading, change, household, smart, out):
    return {
        "procedure": "high_bill",
        "case": dict(
            months_since_period_end=months,
            estimated=estimated,
            customer_reading=reading,
            year_change=change,
            household_change=household,
            smart_meter=smart,
        ),
        "outcome": out,
    }


def _p(back, medical, d, priority, cause, notice, hours, out):
    return {
        "procedure": "power_cut",
        "case": dict(
            supply_back=back,
            medical_equipment=medical,
            days_since_back=d,
            priority_register=priority,
            cause=cause,
            notice_days=notice,
            hours_off=hours,
        ),
        "outcome": out,
    }


N, L, H = "none", "lower", "equal or higher"
CASES = [
    _h(13, True, N, 40, True, True, "cancel the charge"),
    _h(13, False, N, 10, False, False, "cancel the charge"),
    _h(12, True, N, 40, True, True, "book a meter reading"),
    _h(12, True, L, 10, False, False, "issue a corrected bill"),
    _h(2, True, H, 40, True, True, "confirm the bill"),
    _h(12, False, L, 24, True, True, "confirm the bill"),
    _h(2, False, N, 24, False, False, "confirm the bill"),
    _h(2, False, L, 25, True, True, "offer an energy review"),
    _h(2, False, N, 60, True, False, "offer an energy review"),
    _h(2, False, N, 25, False, True, "run a remote test"),
    _h(2, False, H, 25, False, False, "book an inspection"),
    _p(False, True, 0, False, "fault", 0, 30, "transfer to the Emergency Line"),
    _p(False, False, 0, True, "storm", 0, 50, "claim later"),
    _p(True, True, 91, False, "fault", 0, 30, "refuse as late"),
    _p(True, False, 91, True, "fault", 0, 24, "pay 140"),
    _p(True, False, 90, False, "fault", 0, 24, "pay 140"),
    _p(True, True, 5, True, "fault", 3, 23, "pay 70"),
    _p(True, False, 5, False, "fault", 0, 12, "pay 70"),
    _p(True, False, 5, True, "fault", 0, 11, "no payment"),
    _p(True, False, 5, False, "planned", 2, 60, "no payment"),
    _p(True, False, 5, True, "planned", 1, 3, "pay 30"),
    _p(True, False, 5, False, "planned", 0, 60, "pay 30"),
    _p(True, False, 5, False, "storm", 0, 47, "no payment"),
    _p(True, False, 5, False, "storm", 0, 48, "pay 70"),
    _p(True, False, 5, True, "storm", 0, 23, "no payment"),
    _p(True, False, 200, True, "storm", 0, 24, "pay 70"),
]

for c in CASES:
    assert globals()[c["procedure"]](**c["case"]) == c["outcome"], c
