"""Parcel claims: HTML, steps counted in words, a rule among the steps, an exception at the end."""


def decide(
    *,
    sender: bool,
    days: float,
    lost: bool,
    found: bool,
    photos: bool,
    packaging_sufficient: bool,
    invoice: bool,
    value: float,
) -> str:
    """ "decline", "deliver", "hold", "invoice", "20 euros" or "manager"."""
    if not sender or days > 60:
        return "decline"
    if lost:
        if found:
            return "deliver"
    elif not photos:
        return "hold"
    elif not packaging_sufficient:
        return "decline"
    if value > 1000:
        return "manager"
    return "invoice" if invoice else "20 euros"
