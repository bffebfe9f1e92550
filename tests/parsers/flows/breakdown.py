"""Roadside assistance: plain text, questions in prose, nested checks, a loop back."""


def decide(
    *,
    hurt: bool,
    lapsed: bool,
    buys_pass: bool,
    starts: bool,
    dim: bool,
    litres: float,
    red: bool,
    yellow: bool,
) -> str:
    """ "112", "end", "battery", "fuel", "tow", "garage" or "again"."""
    if hurt:
        return "112"
    if lapsed and not buys_pass:
        return "end"
    if not starts:
        if dim:
            return "battery"
        return "fuel" if litres < 5 else "tow"
    if red:
        return "tow"
    return "garage" if yellow else "again"
