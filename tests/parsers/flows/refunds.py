"""A phone script: lettered steps in bold, arrows, questions in quotes, two checks in one step."""


def decide(
    *,
    has_number: bool,
    found: bool,
    opened: bool,
    faulty: bool,
    accepts_replacement: bool,
    price: float,
) -> str:
    """ "apologise", "full refund", "store credit", "replacement" or "supervisor"."""
    if not has_number and not found:
        return "apologise"
    if not opened:
        return "full refund"
    if not faulty:
        return "store credit"
    if accepts_replacement:
        return "replacement"
    return "supervisor" if price > 200 else "full refund"
