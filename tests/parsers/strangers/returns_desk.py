# ruff: noqa
def changed_mind(
    *,
    kind: str,
    opened: bool,
    days_since_delivery: int,
    plus_member: bool,
    parts_missing: bool,
    price: float,
) -> str:
    """A customer wants to return an item that works. kind: "digital code", "hygiene" (in-ear headphones, shaver,
    electric toothbrush), "other". opened: the seal is broken, or the digital code revealed.
    parts_missing: parts or accessories are missing. price: paid for the item, in euros."""
    window = 60 if plus_member else 30
    if kind == "digital code" and opened:
        return "decline"
    if days_since_delivery <= window:
        if not opened:
            return "full refund"
        if kind == "hygiene":
            return "store credit" if plus_member else "decline"
        if parts_missing:
            return "hold and ask for missing parts"
        if price < 400 or plus_member:
            return "full refund"
        return "refund less 10%"
    if not opened and days_since_delivery <= window + 7:
        return "store credit"
    return "decline"


def faulty_item(
    *,
    battery_or_smoke: bool,
    dropped_or_wet: bool,
    care_plan: bool,
    earlier_accidents: int,
    days_since_delivery: int,
    in_stock: bool,
    price: float,
    earlier_repairs: int,
) -> str:
    """An item is reported as faulty. battery_or_smoke: swollen battery, smoke or a burnt smell.
    dropped_or_wet: the customer says so. care_plan: the item has a Care Plan. earlier_accidents: accidents the item
    had before this one. in_stock: the same model is in stock. price: in euros. earlier_repairs: repairs by us so far."""
    if battery_or_smoke:
        return "hazard collection"
    if dropped_or_wet:
        if care_plan and earlier_accidents == 0 and days_since_delivery <= 1095:
            return "free repair"
        return "repair quote"
    if days_since_delivery <= 30:
        return "replacement" if in_stock else "full refund"
    if days_since_delivery <= (1095 if care_plan else 730):
        if price < 40:
            return "voucher"
        return "full refund" if earlier_repairs >= 2 else "free repair"
    return "repair quote"


def _c(kind, opened, d, plus, missing, price, out):
    return {
        "procedure": "changed_mind",
        "case": dict(
            kind=kind,
            opened=opened,
            days_since_delivery=d,
            plus_member=plus,
            parts_missing=missing,
            price=price,
        ),
        "outcome": out,
    }


def _f(danger, dropped, care, accidents, d, stock, price, repairs, out):
    return {
        "procedure": "faulty_item",
        "case": dict(
            battery_or_smoke=danger,
            dropped_or_wet=dropped,
            care_plan=care,
            earlier_accidents=accidents,
            days_since_delivery=d,
            in_stock=stock,
            price=price,
            earlier_repairs=repairs,
        ),
        "outcome": out,
    }


D, H, O = "digital code", "hygiene", "other"
CASES = [
    _c(D, True, 2, True, False, 60, "decline"),
    _c(D, True, 2, False, False, 60, "decline"),
    _c(D, False, 30, False, False, 60, "full refund"),
    _c(D, False, 31, False, False, 60, "store credit"),
    _c(H, False, 10, False, False, 90, "full refund"),
    _c(H, True, 10, False, False, 90, "decline"),
    _c(H, True, 10, True, False, 90, "store credit"),
    _c(H, True, 60, True, False, 90, "store credit"),
    _c(H, True, 61, True, False, 90, "decline"),
    _c(O, False, 30, False, False, 500, "full refund"),
    _c(O, False, 31, False, False, 500, "store credit"),
    _c(O, False, 37, False, False, 500, "store credit"),
    _c(O, False, 38, False, False, 500, "decline"),
    _c(O, False, 60, True, False, 500, "full refund"),
    _c(O, False, 61, True, False, 500, "store credit"),
    _c(O, False, 67, True, False, 500, "store credit"),
    _c(O, False, 68, True, False, 500, "decline"),
    _c(O, True, 30, False, True, 399, "hold and ask for missing parts"),
    _c(O, True, 45, True, True, 800, "hold and ask for missing parts"),
    _c(O, True, 30, False, False, 399, "full refund"),
    _c(O, True, 30, False, False, 400, "refund less 10%"),
    _c(O, True, 30, True, False, 400, "full refund"),
    _c(O, True, 31, False, False, 399, "decline"),
    _c(O, True, 61, True, False, 399, "decline"),
    _f(True, True, True, 0, 2000, False, 20, 3, "hazard collection"),
    _f(True, False, False, 0, 5, True, 200, 0, "hazard collection"),
    _f(False, True, False, 0, 5, True, 200, 0, "repair quote"),
    _f(False, True, True, 0, 5, True, 200, 0, "free repair"),
    _f(False, True, True, 0, 1095, True, 200, 2, "free repair"),
    _f(False, True, True, 0, 1096, True, 200, 0, "repair quote"),
    _f(False, True, True, 1, 100, True, 200, 0, "repair quote"),
    _f(False, False, False, 0, 30, True, 20, 0, "replacement"),
    _f(False, False, False, 0, 30, False, 20, 0, "full refund"),
    _f(False, False, False, 0, 31, True, 39, 2, "voucher"),
    _f(False, False, False, 0, 31, True, 40, 2, "full refund"),
    _f(False, False, False, 0, 31, True, 40, 1, "free repair"),
    _f(False, False, False, 0, 730, False, 300, 0, "free repair"),
    _f(False, False, False, 0, 731, False, 300, 3, "repair quote"),
    _f(False, False, True, 0, 731, False, 300, 3, "full refund"),
    _f(False, False, True, 1, 1095, False, 39, 0, "voucher"),
    _f(False, False, True, 0, 1096, True, 300, 2, "repair quote"),
]

for c in CASES:
    assert globals()[c["procedure"]](**c["case"]) == c["outcome"], c
