# ruff: noqa
def move_cancelled(
    *, notice_days: int, postponing: bool, quotation: float, waiver: bool, firm_failed: bool
) -> str:
    """What is charged. notice_days: working days before the moving day. postponing: rather than cancelling.
    firm_failed: the firm has failed to supply a crew."""
    if firm_failed:
        return "pass to the director"
    if notice_days > 10 or (waiver and notice_days >= 1):
        return "no charge"
    if notice_days >= 5:
        return "administration fee" if postponing else "30%"
    return "30%" if quotation < 400 else "60%"


def vehicle(
    *, street_width: float, survey_done: bool, volume: float, piano: bool, miles: float
) -> str:
    """Which vehicle is sent. street_width: metres; volume: cubic feet (counts only with a survey)."""
    if street_width < 3:
        return "Luton van with a shuttle"
    if not survey_done:
        return "book a survey"
    if volume <= 600:
        return "7.5-tonne lorry" if piano else "single Luton van"
    if volume <= 1200:
        return "7.5-tonne lorry"
    return "refer to the transport manager" if miles > 250 else "18-tonne lorry"


def _m(d, p, q, w, f, out):
    return {
        "procedure": "move_cancelled",
        "case": dict(notice_days=d, postponing=p, quotation=q, waiver=w, firm_failed=f),
        "outcome": out,
    }


def _v(width, survey, volume, piano, miles, out):
    return {
        "procedure": "vehicle",
        "case": dict(
            street_width=width, survey_done=survey, volume=volume, piano=piano, miles=miles
        ),
        "outcome": out,
    }


CASES = [
    _m(11, False, 900, False, False, "no charge"),
    _m(10, False, 900, False, False, "30%"),
    _m(10, True, 900, False, False, "administration fee"),
    _m(5, True, 300, False, False, "administration fee"),
    _m(5, False, 300, False, False, "30%"),
    _m(4, True, 400, False, False, "60%"),
    _m(4, False, 399, False, False, "30%"),
    _m(1, False, 900, True, False, "no charge"),
    _m(0, False, 900, True, False, "60%"),
    _m(0, True, 399, True, False, "30%"),
    _m(7, True, 900, True, False, "no charge"),
    _m(2, True, 900, True, True, "pass to the director"),
    _m(20, False, 400, False, True, "pass to the director"),
    _v(2.9, False, 2000, True, 400, "Luton van with a shuttle"),
    _v(3, False, 100, True, 10, "book a survey"),
    _v(6, False, 1201, False, 251, "book a survey"),
    _v(3, True, 600, False, 400, "single Luton van"),
    _v(6, True, 600, True, 10, "7.5-tonne lorry"),
    _v(6, True, 601, False, 10, "7.5-tonne lorry"),
    _v(6, True, 1200, True, 400, "7.5-tonne lorry"),
    _v(6, True, 1201, True, 250, "18-tonne lorry"),
    _v(6, True, 1201, False, 251, "refer to the transport manager"),
]

for c in CASES:
    assert globals()[c["procedure"]](**c["case"]) == c["outcome"], c
