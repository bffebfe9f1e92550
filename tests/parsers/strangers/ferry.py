# ruff: noqa
def cancellation(
    *,
    fare: str,
    hours_before_departure: float,
    length_m: float,
    height_m: float,
    company_cancelled: bool,
    delay_hours: float,
) -> str:
    """Refund when the Passenger does not travel / cancels. fare: "Saver", "Standard", "Flexible".
    hours_before_departure: hours of notice (45 minutes = 0.75). company_cancelled: the Company cancelled the sailing;
    delay_hours: the Company's delay of the sailing (0 if none)."""
    if company_cancelled or delay_hours > 3:
        return "refund in full with harbour dues"
    if fare == "Flexible":
        return "refund in full" if hours_before_departure >= 0.75 else "no refund"
    if fare == "Saver":
        return "voucher of 50 %" if hours_before_departure >= 14 * 24 else "no refund"
    k = 2 if length_m > 6.0 or height_m > 2.4 else 1
    if hours_before_departure >= 72 * k:
        return "refund 75 %"
    if hours_before_departure >= 24 * k:
        return "refund 25 %"
    return "no refund"


def late_presentation(
    *, minutes_before_departure: float, deck_space: bool, large_vehicle: bool, fare: str
) -> str:
    """What happens with a Vehicle at check-in. fare: "Saver", "Standard", "Flexible"."""
    if minutes_before_departure >= 45:
        return "board"
    if minutes_before_departure >= 20 and deck_space and not large_vehicle:
        return "board"
    return "transfer without payment" if fare == "Flexible" else "transfer for 25 pounds"


def _c(f, h, l, ht, cc, d, out):
    return {
        "procedure": "cancellation",
        "case": dict(
            fare=f,
            hours_before_departure=h,
            length_m=l,
            height_m=ht,
            company_cancelled=cc,
            delay_hours=d,
        ),
        "outcome": out,
    }


def _p(m, s, l, f, out):
    return {
        "procedure": "late_presentation",
        "case": dict(minutes_before_departure=m, deck_space=s, large_vehicle=l, fare=f),
        "outcome": out,
    }


CASES = [
    _c("Flexible", 0.75, 4.5, 1.6, False, 0, "refund in full"),
    _c("Flexible", 0.5, 4.5, 1.6, False, 0, "no refund"),
    _c("Standard", 72, 6.0, 2.4, False, 0, "refund 75 %"),
    _c("Standard", 71, 4.5, 1.6, False, 0, "refund 25 %"),
    _c("Standard", 24, 4.5, 1.6, False, 3, "refund 25 %"),
    _c("Standard", 23, 4.5, 1.6, False, 0, "no refund"),
    _c("Standard", 100, 6.1, 2.0, False, 0, "refund 25 %"),
    _c("Standard", 144, 5.0, 2.5, False, 0, "refund 75 %"),
    _c("Standard", 47, 7.0, 2.5, False, 0, "no refund"),
    _c("Saver", 336, 7.0, 2.5, False, 0, "voucher of 50 %"),
    _c("Saver", 335, 4.5, 1.6, False, 0, "no refund"),
    _c("Saver", 1, 4.5, 1.6, False, 3.5, "refund in full with harbour dues"),
    _c("Standard", 2, 4.5, 1.6, True, 0, "refund in full with harbour dues"),
    _p(45, False, True, "Saver", "board"),
    _p(44, True, False, "Saver", "board"),
    _p(44, True, True, "Standard", "transfer for 25 pounds"),
    _p(20, False, False, "Flexible", "transfer without payment"),
    _p(20, True, False, "Standard", "board"),
    _p(19, True, False, "Saver", "transfer for 25 pounds"),
    _p(10, True, True, "Flexible", "transfer without payment"),
]

for c in CASES:
    assert globals()[c["procedure"]](**c["case"]) == c["outcome"], c
