# ruff: noqa
def send_back(
    *,
    bad_reaction: bool,
    days_since_delivery: int,
    opened: bool,
    supplement: bool,
    price: float,
    inner_circle: bool,
) -> str:
    """A product is to be sent back. price: in euros."""
    if bad_reaction:
        return "refund without a return"
    if days_since_delivery <= 30:
        if not opened:
            return "full refund"
        if not supplement:
            return "store credit"
        return "goodwill voucher" if price < 15 else "decline"
    if days_since_delivery <= 60 and inner_circle and not opened:
        return "store credit"
    return "decline"


def wheres_my_parcel(
    *,
    tracking: str,
    order_value: float,
    reported_before: bool,
    days_since_dispatch: int,
    express: bool,
    in_stock: bool,
    outside_benelux: bool,
) -> str:
    """A parcel has not come. tracking: "delivered", "in transit", "other" (anything else, or nothing).
    reported_before: the customer has reported a missing parcel; days_since_dispatch: working days."""
    if outside_benelux and days_since_dispatch < 15:
        return "wait"
    if tracking == "delivered":
        if order_value > 100:
            return "investigation"
        return "signed statement" if reported_before else "replacement"
    if tracking == "in transit":
        if days_since_dispatch < 5:
            return "wait"
        if days_since_dispatch <= 10:
            return "replacement" if express else "investigation"
        return "replacement" if in_stock else "refund"
    return "team lead"


def _s(bad, d, opened, supplement, price, inner, out):
    return {
        "procedure": "send_back",
        "case": dict(
            bad_reaction=bad,
            days_since_delivery=d,
            opened=opened,
            supplement=supplement,
            price=price,
            inner_circle=inner,
        ),
        "outcome": out,
    }


def _p(tracking, value, reported, d, express, stock, outside, out):
    return {
        "procedure": "wheres_my_parcel",
        "case": dict(
            tracking=tracking,
            order_value=value,
            reported_before=reported,
            days_since_dispatch=d,
            express=express,
            in_stock=stock,
            outside_benelux=outside,
        ),
        "outcome": out,
    }


T, D, O = "in transit", "delivered", "other"
CASES = [
    _s(True, 90, True, True, 30, False, "refund without a return"),
    _s(False, 30, False, True, 30, False, "full refund"),
    _s(False, 30, True, False, 30, False, "store credit"),
    _s(False, 30, True, True, 15, True, "decline"),
    _s(False, 30, True, True, 14, True, "goodwill voucher"),
    _s(False, 31, False, False, 30, True, "store credit"),
    _s(False, 60, False, True, 14, True, "store credit"),
    _s(False, 60, True, False, 30, True, "decline"),
    _s(False, 31, False, False, 30, False, "decline"),
    _s(False, 61, False, False, 30, True, "decline"),
    _p(D, 100, False, 12, False, False, False, "replacement"),
    _p(D, 100, True, 12, False, False, False, "signed statement"),
    _p(D, 101, True, 12, True, True, False, "investigation"),
    _p(T, 50, False, 4, True, True, False, "wait"),
    _p(T, 50, False, 5, False, True, False, "investigation"),
    _p(T, 50, False, 10, True, False, False, "replacement"),
    _p(T, 50, False, 11, True, True, False, "replacement"),
    _p(T, 50, False, 11, True, False, False, "refund"),
    _p(O, 50, False, 11, True, True, False, "team lead"),
    _p(D, 101, True, 14, True, True, True, "wait"),
    _p(O, 50, False, 14, True, True, True, "wait"),
    _p(T, 50, False, 15, False, False, True, "refund"),
]

for c in CASES:
    assert globals()[c["procedure"]](**c["case"]) == c["outcome"], c
