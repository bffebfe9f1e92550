"""Visa check: numbered paragraphs of prose, skips, thresholds."""


def decide(
    *,
    expired: bool,
    months_valid: float,
    work: bool,
    stay_days: float,
    letter: bool,
    balance: float,
) -> str:
    """ "accept", "reject", "passport office" or "consul"."""
    if expired:
        return "reject"
    if months_valid < 6:
        return "passport office"
    if work:
        if not letter:
            return "reject"
    elif stay_days <= 90:
        return "accept"
    return "accept" if balance >= 4000 else "consul"
