# ruff: noqa
def urgent_call(
    *,
    breathing_or_swallowing_trouble: bool,
    bleeding_minutes: int,
    knocked_out: str,
    minutes_since_knocked_out: int,
    swelling: bool,
    temperature: float,
    pain: int,
    registered: bool,
    age: int,
) -> str:
    """Someone calls with an urgent problem. bleeding_minutes: minutes of firm pressure after which it still bleeds,
    0 when there is no bleeding. knocked_out: "none", "milk tooth", "adult tooth"; minutes_since_knocked_out: 0 with
    "none". swelling: of the face or gum. temperature: in degrees Celsius. pain: 0 to 10. age: of the patient, in years."""
    if breathing_or_swallowing_trouble or bleeding_minutes >= 20:
        return "call an ambulance"
    if knocked_out == "milk tooth":
        return "next working day"
    if knocked_out == "adult tooth":
        return "come in at once" if minutes_since_knocked_out <= 60 else "same day"
    if swelling:
        if temperature >= 38.0 or pain >= 7:
            return "same day"
        return "next working day"
    if pain >= 7:
        if registered or age < 6:
            return "same day"
        return "emergency clinic"
    if pain >= 4:
        return "same day" if age < 6 else "within three working days"
    return "routine appointment"


def missed_appointment(
    *,
    no_show: bool,
    notice_hours: float,
    appointment_minutes: int,
    hospital_or_death: bool,
    age: int,
    earlier_misses: int,
    care_club: bool,
) -> str:
    """An appointment was cancelled or missed. no_show: the patient neither came nor cancelled (notice_hours is then 0).
    notice_hours: before the start. appointment_minutes: its length. hospital_or_death: the reason was a hospital
    admission or a death in the family. earlier_misses: late cancellations and no-shows in the 12 months before."""
    needed = 72 if appointment_minutes >= 60 else 48
    if not no_show and notice_hours >= needed:
        return "no fee"
    if hospital_or_death:
        return "no fee"
    if age < 18:
        return "letter to the parents"
    if no_show:
        return "practice manager" if earlier_misses >= 2 else "€60 fee"
    if earlier_misses == 0:
        return "note on file"
    return "€17.50 fee" if care_club else "€35 fee"


def _u(breath, bleed, tooth, mins, swelling, temp, pain, registered, age, out):
    return {
        "procedure": "urgent_call",
        "case": dict(
            breathing_or_swallowing_trouble=breath,
            bleeding_minutes=bleed,
            knocked_out=tooth,
            minutes_since_knocked_out=mins,
            swelling=swelling,
            temperature=temp,
            pain=pain,
            registered=registered,
            age=age,
        ),
        "outcome": out,
    }


def _m(no_show, notice, length, reason, age, misses, club, out):
    return {
        "procedure": "missed_appointment",
        "case": dict(
            no_show=no_show,
            notice_hours=notice,
            appointment_minutes=length,
            hospital_or_death=reason,
            age=age,
            earlier_misses=misses,
            care_club=club,
        ),
        "outcome": out,
    }


N, MILK, ADULT = "none", "milk tooth", "adult tooth"
CASES = [
    _u(True, 0, N, 0, False, 36.8, 2, False, 40, "call an ambulance"),
    _u(True, 0, ADULT, 30, True, 39.0, 9, True, 40, "call an ambulance"),
    _u(False, 20, ADULT, 30, False, 36.8, 5, True, 40, "call an ambulance"),
    _u(False, 19, ADULT, 30, False, 36.8, 5, True, 40, "come in at once"),
    _u(False, 0, MILK, 15, True, 38.5, 8, True, 4, "next working day"),
    _u(False, 0, ADULT, 60, False, 36.8, 3, False, 25, "come in at once"),
    _u(False, 0, ADULT, 61, False, 36.8, 3, False, 25, "same day"),
    _u(False, 0, N, 0, True, 38.0, 1, False, 40, "same day"),
    _u(False, 0, N, 0, True, 37.9, 6, True, 40, "next working day"),
    _u(False, 0, N, 0, True, 37.9, 7, False, 40, "same day"),
    _u(False, 0, N, 0, True, 37.0, 5, True, 4, "next working day"),
    _u(False, 0, N, 0, False, 37.0, 7, True, 40, "same day"),
    _u(False, 0, N, 0, False, 37.0, 7, False, 40, "emergency clinic"),
    _u(False, 0, N, 0, False, 37.0, 7, False, 6, "emergency clinic"),
    _u(False, 0, N, 0, False, 37.0, 7, False, 5, "same day"),
    _u(False, 0, N, 0, False, 38.5, 6, True, 40, "within three working days"),
    _u(False, 0, N, 0, False, 37.0, 6, False, 6, "within three working days"),
    _u(False, 0, N, 0, False, 37.0, 4, False, 40, "within three working days"),
    _u(False, 0, N, 0, False, 37.0, 4, False, 5, "same day"),
    _u(False, 0, N, 0, False, 37.0, 3, True, 5, "routine appointment"),
    _u(False, 0, N, 0, False, 37.0, 0, False, 40, "routine appointment"),
    _m(False, 48, 59, False, 40, 3, False, "no fee"),
    _m(False, 47, 59, False, 40, 0, False, "note on file"),
    _m(False, 47, 30, False, 40, 1, False, "€35 fee"),
    _m(False, 47, 30, False, 40, 1, True, "€17.50 fee"),
    _m(False, 72, 60, False, 40, 1, False, "no fee"),
    _m(False, 71, 60, False, 40, 1, False, "€35 fee"),
    _m(False, 48, 60, False, 40, 0, True, "note on file"),
    _m(False, 2, 30, False, 40, 4, True, "€17.50 fee"),
    _m(False, 2, 30, True, 40, 4, False, "no fee"),
    _m(True, 0, 30, True, 40, 2, False, "no fee"),
    _m(True, 0, 30, True, 17, 0, False, "no fee"),
    _m(True, 0, 30, False, 17, 2, False, "letter to the parents"),
    _m(False, 2, 30, False, 17, 0, True, "letter to the parents"),
    _m(False, 50, 30, False, 17, 0, False, "no fee"),
    _m(True, 0, 30, False, 18, 0, False, "€60 fee"),
    _m(True, 0, 30, False, 40, 1, True, "€60 fee"),
    _m(True, 0, 90, False, 40, 2, True, "practice manager"),
    _m(True, 0, 30, False, 18, 3, False, "practice manager"),
]

for c in CASES:
    assert globals()[c["procedure"]](**c["case"]) == c["outcome"], c
