# ruff: noqa
def refund(
    *,
    course: str,
    hours_before_first_lesson: float,
    valley_certificate: bool,
    unused_days: float,
    peak_week: bool,
    time_resold: bool,
) -> str:
    """Refund on cancellation. course: "group", "Snowflake Club", "private".
    hours_before_first_lesson: negative once begun. valley_certificate: certificate from a doctor in the valley
    (certificate from home counts as False). unused_days: days of the course left unused.
    time_resold: the instructor's time was sold to somebody else."""
    if course == "private":
        if hours_before_first_lesson >= 48:
            return "full refund"
        return "refund less 15 francs" if time_resold else "no refund"
    if valley_certificate and unused_days >= 2:
        return "refund of the unused days"
    if peak_week:
        return "no refund"
    if hours_before_first_lesson >= 7 * 24:
        return "refund less 15 francs"
    if hours_before_first_lesson >= 24:
        return "refund half"
    return "no refund"


def lifts_closed(*, lesson: str, beginners: bool, expected_hours: float, afternoon: bool) -> str:
    """Upper lifts closed by wind. lesson: "group" or "private". afternoon: it is an afternoon lesson."""
    if lesson == "private":
        return "guest chooses between village slope and another time"
    if beginners or expected_hours <= 2:
        return "village slope"
    return "moved to the next morning" if afternoon else "moved to the afternoon"


def _r(c, h, v, u, p, s, out):
    return {
        "procedure": "refund",
        "case": dict(
            course=c,
            hours_before_first_lesson=h,
            valley_certificate=v,
            unused_days=u,
            peak_week=p,
            time_resold=s,
        ),
        "outcome": out,
    }


def _l(k, b, h, a, out):
    return {
        "procedure": "lifts_closed",
        "case": dict(lesson=k, beginners=b, expected_hours=h, afternoon=a),
        "outcome": out,
    }


CASES = [
    _r("group", 168, False, 5, False, False, "refund less 15 francs"),
    _r("group", 167, False, 5, False, False, "refund half"),
    _r("Snowflake Club", 24, False, 5, False, False, "refund half"),
    _r("group", 23, False, 5, False, False, "no refund"),
    _r("group", -30, True, 3, False, False, "refund of the unused days"),
    _r("Snowflake Club", -40, True, 2, True, False, "refund of the unused days"),
    _r("group", -70, True, 1, False, False, "no refund"),
    _r("group", 400, False, 5, True, False, "no refund"),
    _r("private", 48, False, 1, True, False, "full refund"),
    _r("private", 47, False, 1, False, False, "no refund"),
    _r("private", 10, True, 3, False, False, "no refund"),
    _r("private", 10, False, 1, True, True, "refund less 15 francs"),
    _l("group", True, 5, False, "village slope"),
    _l("group", False, 2, True, "village slope"),
    _l("group", False, 3, False, "moved to the afternoon"),
    _l("group", False, 3, True, "moved to the next morning"),
    _l("private", True, 1, False, "guest chooses between village slope and another time"),
    _l("private", False, 6, True, "guest chooses between village slope and another time"),
]

for c in CASES:
    assert globals()[c["procedure"]](**c["case"]) == c["outcome"], c
