# ruff: noqa
def complaint(
    *,
    fault: str,
    working_days_since_delivery: float,
    order_value: float,
    photo: bool,
    needed_within_days: float,
    file_check_plus: bool,
) -> str:
    """Bad print. fault: "ours", "customer's", "carrier's". working_days_since_delivery: when reported.
    order_value in euros; needed_within_days: in how many days the customer needs it (999: no hurry)."""
    if working_days_since_delivery > 10:
        return "nothing"
    if fault == "ours":
        if needed_within_days <= 3:
            return "40 % off"
        if order_value < 150 or photo:
            return "reprint"
        return "wait for the photo"
    if fault == "customer's":
        return "reprint at half price" if file_check_plus else "nothing"
    return "reprint" if working_days_since_delivery <= 2 else "20 % off"


def short_count(
    *, working_days_since_delivery: float, percent_missing: float, numbered: bool, run_pieces: float
) -> str:
    """Pieces missing (percent_missing > 0); run_pieces: pieces ordered."""
    if working_days_since_delivery > 10:
        return "nothing"
    if run_pieces < 100:
        return "count again with the customer and print the missing ones"
    if numbered or percent_missing > 10:
        return "print the missing ones"
    return "credit for what's missing" if percent_missing > 2 else "nothing"


def _c(f, d, v, p, n, fc, out):
    return {
        "procedure": "complaint",
        "case": dict(
            fault=f,
            working_days_since_delivery=d,
            order_value=v,
            photo=p,
            needed_within_days=n,
            file_check_plus=fc,
        ),
        "outcome": out,
    }


def _s(d, p, n, r, out):
    return {
        "procedure": "short_count",
        "case": dict(working_days_since_delivery=d, percent_missing=p, numbered=n, run_pieces=r),
        "outcome": out,
    }


CASES = [
    _c("ours", 10, 149, False, 999, False, "reprint"),
    _c("ours", 11, 149, True, 2, True, "nothing"),
    _c("ours", 4, 150, False, 10, False, "wait for the photo"),
    _c("ours", 4, 150, True, 4, False, "reprint"),
    _c("ours", 4, 600, False, 3, False, "40 % off"),
    _c("ours", 1, 40, False, 2, False, "40 % off"),
    _c("customer's", 1, 40, True, 2, False, "nothing"),
    _c("customer's", 10, 400, False, 999, True, "reprint at half price"),
    _c("carrier's", 2, 300, False, 999, False, "reprint"),
    _c("carrier's", 3, 300, True, 999, False, "20 % off"),
    _c("carrier's", 12, 300, True, 999, False, "nothing"),
    _s(3, 2, False, 500, "nothing"),
    _s(3, 2.5, False, 500, "credit for what's missing"),
    _s(3, 10, False, 100, "credit for what's missing"),
    _s(10, 11, False, 500, "print the missing ones"),
    _s(3, 1, True, 500, "print the missing ones"),
    _s(3, 2, False, 99, "count again with the customer and print the missing ones"),
    _s(3, 20, True, 50, "count again with the customer and print the missing ones"),
    _s(11, 20, True, 500, "nothing"),
]

for c in CASES:
    assert globals()[c["procedure"]](**c["case"]) == c["outcome"], c
