"""Triage: one numbered list, nested lists, thresholds, a reference to an earlier step."""


def decide(
    *, unconscious: bool, temperature: float, pain: bool, rating: float, pressure: float
) -> str:
    """ "emergency", "isolation", "appointment" or "nurse"; ratings are whole numbers."""
    if unconscious:
        return "emergency"
    if temperature < 39:
        if not pain:
            return "appointment"
        if rating < 4:
            return "appointment"
        if rating < 8:
            return "nurse"
    return "emergency" if pressure < 90 else "isolation"
