# ruff: noqa
def cannot_run(
    *,
    charity_place: bool,
    days_to_go: int,
    deferred_last_year: bool,
    injured: bool,
    doctors_note: bool,
    pregnant: bool,
) -> str:
    """A runner pulls out. charity_place: else an ordinary place."""
    if charity_place:
        return "back to the charity"
    if days_to_go > 60:
        return "transfer to the waiting list" if deferred_last_year else "refund"
    if pregnant:
        return "defer"
    if days_to_go < 14:
        return "close without a refund"
    return "defer" if injured and doctors_note else "transfer to the waiting list"


def start_wave(
    *,
    has_finish: bool,
    best_minutes: float,
    certified: bool,
    guide: bool,
    age: int,
    days_to_go: int,
) -> str:
    """Which wave. has_finish: of a marathon within the last two years; best_minutes: its time.
    certified: the course of that time."""
    if guide:
        return "early"
    if days_to_go < 7:
        return "refused"
    if has_finish and best_minutes < 180 and certified:
        return "red"
    if age >= 75:
        return "early"
    return "blue" if has_finish and best_minutes <= 240 else "green"


def _c(charity, d, deferred, injured, note, pregnant, out):
    return {
        "procedure": "cannot_run",
        "case": dict(
            charity_place=charity,
            days_to_go=d,
            deferred_last_year=deferred,
            injured=injured,
            doctors_note=note,
            pregnant=pregnant,
        ),
        "outcome": out,
    }


def _w(finish, m, certified, guide, age, d, out):
    return {
        "procedure": "start_wave",
        "case": dict(
            has_finish=finish,
            best_minutes=m,
            certified=certified,
            guide=guide,
            age=age,
            days_to_go=d,
        ),
        "outcome": out,
    }


CASES = [
    _c(True, 61, False, False, False, True, "back to the charity"),
    _c(True, 5, True, True, True, False, "back to the charity"),
    _c(False, 61, False, False, False, False, "refund"),
    _c(False, 61, True, True, True, True, "transfer to the waiting list"),
    _c(False, 60, False, True, True, False, "defer"),
    _c(False, 60, False, True, False, False, "transfer to the waiting list"),
    _c(False, 14, True, False, False, True, "defer"),
    _c(False, 14, False, False, True, False, "transfer to the waiting list"),
    _c(False, 13, False, True, True, False, "close without a refund"),
    _c(False, 13, False, True, False, True, "defer"),
    _w(True, 179, True, False, 40, 30, "red"),
    _w(True, 179, True, False, 75, 30, "red"),
    _w(True, 179, False, False, 40, 30, "blue"),
    _w(True, 180, True, False, 40, 7, "blue"),
    _w(True, 240, False, False, 40, 7, "blue"),
    _w(True, 241, True, False, 74, 30, "green"),
    _w(False, 179, True, False, 40, 30, "green"),
    _w(True, 179, False, False, 75, 30, "early"),
    _w(True, 179, True, True, 40, 5, "early"),
    _w(True, 179, True, False, 75, 6, "refused"),
]

for c in CASES:
    assert globals()[c["procedure"]](**c["case"]) == c["outcome"], c
