"""Card fraud: stages, arrows, bullets without 'if', answers in a numbered list."""


def decide(
    *,
    both_match: bool,
    security_word: bool,
    pending: bool,
    age_days: float,
    has_card: bool,
    pin_on_website: bool,
) -> str:
    """ "hang up", "merchant", "block", "active" or "police"."""
    if not both_match and not security_word:
        return "hang up"
    if not pending and age_days > 120:
        return "merchant"
    if not has_card:
        return "police"
    return "block" if pin_on_website else "active"
