# ruff: noqa
def missed_visit_fee(
    *,
    came_or_cancelled: str,
    hours_notice: float,
    visit: str,
    minutes_booked: float,
    age: float,
    ill: bool,
    let_off_in_past_12_months: bool,
) -> str:
    """Fee for a cancelled or missed visit.
    came_or_cancelled: "cancelled" or "did not come"
    hours_notice: hours before the start (only matters if cancelled)
    visit: "routine" or "treatment"
    let_off_in_past_12_months: already excused for illness in the past 12 months
    """
    if age < 18:
        return "no fee"
    if came_or_cancelled == "did not come":
        return "£30" if visit == "routine" else "£80"
    if hours_notice >= 48:
        return "no fee"
    if ill and not let_off_in_past_12_months:
        return "no fee"
    if visit == "routine":
        return "£20"
    return "£60" if minutes_booked > 40 else "£35"


def late_arrival(
    *,
    minutes_late: float,
    visit: str,
    chair_free: bool,
    dentist_can_fit_in: bool,
    emergency_slot: bool,
) -> str:
    """What to do with a patient who arrives late. visit: "routine" or "treatment"."""
    if emergency_slot:
        return "straight through to the dentist"
    if minutes_late <= 10:
        return "seen as normal"
    if minutes_late > 20:
        return "rebook"
    ok = chair_free if visit == "routine" else dentist_can_fit_in
    return "seen as normal" if ok else "rebook"


def _f(w, h, v, m, a, ill, off, out):
    return {
        "procedure": "missed_visit_fee",
        "case": dict(
            came_or_cancelled=w,
            hours_notice=h,
            visit=v,
            minutes_booked=m,
            age=a,
            ill=ill,
            let_off_in_past_12_months=off,
        ),
        "outcome": out,
    }


def _l(m, v, c, d, e, out):
    return {
        "procedure": "late_arrival",
        "case": dict(minutes_late=m, visit=v, chair_free=c, dentist_can_fit_in=d, emergency_slot=e),
        "outcome": out,
    }


C, N = "cancelled", "did not come"
CASES = [
    _f(C, 48, "treatment", 60, 35, False, False, "no fee"),
    _f(C, 47, "treatment", 60, 35, False, False, "£60"),
    _f(C, 47, "treatment", 40, 35, False, False, "£35"),
    _f(C, 5, "treatment", 41, 18, False, False, "£60"),
    _f(C, 5, "routine", 20, 50, False, False, "£20"),
    _f(C, 5, "routine", 20, 50, True, False, "no fee"),
    _f(C, 5, "routine", 20, 50, True, True, "£20"),
    _f(N, 0, "routine", 20, 50, True, False, "£30"),
    _f(N, 0, "treatment", 30, 50, False, False, "£80"),
    _f(N, 0, "treatment", 90, 50, False, False, "£80"),
    _f(N, 0, "treatment", 90, 17, False, False, "no fee"),
    _l(10, "treatment", False, False, False, "seen as normal"),
    _l(11, "treatment", True, False, False, "rebook"),
    _l(11, "treatment", False, True, False, "seen as normal"),
    _l(20, "routine", True, False, False, "seen as normal"),
    _l(15, "routine", False, True, False, "rebook"),
    _l(21, "routine", True, True, False, "rebook"),
    _l(35, "treatment", False, False, True, "straight through to the dentist"),
]

for c in CASES:
    assert globals()[c["procedure"]](**c["case"]) == c["outcome"], c
