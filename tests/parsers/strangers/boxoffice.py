# ruff: noqa
def ticket_refund(
    *,
    cancelled_by_us: bool,
    film_started: bool,
    fault: bool,
    minutes_played: float,
    hours_to_go: float,
    promo_code: bool,
    regent_friend: bool,
) -> str:
    """A request to give a ticket back. fault: with sound or picture, and the customer walked out because of it.
    minutes_played counts only once the film has started, hours_to_go only before."""
    if cancelled_by_us:
        return "full refund"
    if film_started:
        if not fault:
            return "refuse"
        return "full refund" if minutes_played < 40 else "guest pass"
    if hours_to_go > 24:
        return "exchange only" if promo_code else "full refund"
    if hours_to_go >= 2:
        return "credit note" if regent_friend else "exchange only"
    return "refuse"


def group_price(*, size: int, monday: bool, school: bool, days_since_release: int) -> str:
    """What a group pays. days_since_release: 1 on the first day; "its first 7 days" are 1 to 7."""
    if size > 120:
        return "pass to the manager"
    if school and size >= 20:
        return "pass to the manager" if days_since_release <= 7 else "school rate"
    if size < 10 or monday:
        return "normal price"
    return "group rate"


def _r(us, started, fault, m, h, promo, friend, out):
    return {
        "procedure": "ticket_refund",
        "case": dict(
            cancelled_by_us=us,
            film_started=started,
            fault=fault,
            minutes_played=m,
            hours_to_go=h,
            promo_code=promo,
            regent_friend=friend,
        ),
        "outcome": out,
    }


def _g(n, monday, school, d, out):
    return {
        "procedure": "group_price",
        "case": dict(size=n, monday=monday, school=school, days_since_release=d),
        "outcome": out,
    }


CASES = [
    _r(True, True, False, 90, 0, True, False, "full refund"),
    _r(True, False, False, 0, 1, True, False, "full refund"),
    _r(False, True, True, 39, 0, False, False, "full refund"),
    _r(False, True, True, 40, 0, False, True, "guest pass"),
    _r(False, True, False, 10, 0, False, True, "refuse"),
    _r(False, False, False, 0, 24.5, False, False, "full refund"),
    _r(False, False, False, 0, 48, True, True, "exchange only"),
    _r(False, False, False, 0, 24, False, False, "exchange only"),
    _r(False, False, False, 0, 24, True, True, "credit note"),
    _r(False, False, False, 0, 2, False, True, "credit note"),
    _r(False, False, False, 0, 1.5, False, True, "refuse"),
    _g(9, False, False, 30, "normal price"),
    _g(10, False, False, 30, "group rate"),
    _g(10, True, False, 30, "normal price"),
    _g(19, False, True, 3, "group rate"),
    _g(19, True, True, 3, "normal price"),
    _g(20, True, True, 8, "school rate"),
    _g(20, False, True, 7, "pass to the manager"),
    _g(120, False, True, 30, "school rate"),
    _g(121, False, True, 30, "pass to the manager"),
    _g(121, True, False, 30, "pass to the manager"),
]

for c in CASES:
    assert globals()[c["procedure"]](**c["case"]) == c["outcome"], c
