# ruff: noqa
def child_admission(
    *,
    age: float,
    area: str,
    with_adult: bool,
    children_per_adult: float,
    dolphin_badge: bool,
    club_session_with_coach: bool,
) -> str:
    """May the child (completed years, under 16) go there? area: "teaching pool", "shallow end", "deep end".
    children_per_adult: children to each adult in the party (0 if no adult). Outcome "admit" / "do not admit"."""
    yes, no = "admit", "do not admit"
    if club_session_with_coach and area != "teaching pool":
        return yes
    if age < 8:
        if area == "deep end":
            return no
        return yes if with_adult and children_per_adult <= (1 if age < 4 else 2) else no
    accompanied = with_adult and children_per_adult <= 4
    if age < 12:
        if area == "teaching pool":
            return yes
        if area == "shallow end":
            return yes if dolphin_badge or accompanied else no
        return yes if dolphin_badge and accompanied else no
    if area == "teaching pool":
        return no
    if area == "shallow end":
        return yes
    return yes if dolphin_badge else no


def pool_cleared(
    *, ticket: str, minutes_since_admission: float, contaminated: bool, hours_closed: float
) -> str:
    """Compensation. ticket: "single ticket" or "season card"."""
    if ticket == "season card":
        return "card extended by one day" if hours_closed > 3 else "nothing"
    if minutes_since_admission <= 30:
        return "free return ticket"
    return "half-price voucher" if contaminated else "nothing"


def _a(age, area, w, n, b, c, out):
    return {
        "procedure": "child_admission",
        "case": dict(
            age=age,
            area=area,
            with_adult=w,
            children_per_adult=n,
            dolphin_badge=b,
            club_session_with_coach=c,
        ),
        "outcome": out,
    }


def _p(t, m, c, h, out):
    return {
        "procedure": "pool_cleared",
        "case": dict(ticket=t, minutes_since_admission=m, contaminated=c, hours_closed=h),
        "outcome": out,
    }


T, S, D, Y, N = "teaching pool", "shallow end", "deep end", "admit", "do not admit"
CASES = [
    _a(3, T, True, 1, False, False, Y),
    _a(3, S, True, 2, False, False, N),
    _a(4, S, True, 2, False, False, Y),
    _a(7, T, True, 3, True, False, N),
    _a(7, D, True, 1, True, False, N),
    _a(7, D, False, 0, True, True, Y),
    _a(8, T, False, 0, False, False, Y),
    _a(8, S, False, 0, False, False, N),
    _a(9, S, False, 0, True, False, Y),
    _a(11, S, True, 4, False, False, Y),
    _a(11, S, True, 5, False, False, N),
    _a(11, D, False, 0, True, False, N),
    _a(11, D, True, 4, True, False, Y),
    _a(12, T, True, 1, True, True, N),
    _a(12, D, True, 1, False, False, N),
    _p("single ticket", 30, True, 1, "free return ticket"),
    _p("single ticket", 31, False, 5, "nothing"),
    _p("single ticket", 31, True, 1, "half-price voucher"),
    _p("season card", 10, True, 3, "nothing"),
    _p("season card", 90, False, 4, "card extended by one day"),
]

for c in CASES:
    assert globals()[c["procedure"]](**c["case"]) == c["outcome"], c
