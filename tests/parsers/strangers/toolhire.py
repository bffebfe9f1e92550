# ruff: noqa
RED = ("stump grinder", "disc cutter", "mini digger")
YELLOW = ("floor sander", "pressure washer", "cement mixer", "generator")


def may_hire(
    *, tool: str, age: float, demonstration_had: bool, competence_card: bool, lesson_done: bool
) -> str:
    """May this customer take this tool? tool: name, e.g. "stump grinder", "disc cutter", "mini digger",
    "floor sander", "pressure washer", "cement mixer", "generator", or any other (green) tool, e.g. "drill".
    Outcome: "hire it out" or "do not hire it out"."""
    no, yes = "do not hire it out", "hire it out"
    if age < 18:
        return no
    if tool in RED:
        if age < 21:
            return no
        if competence_card:
            return yes
        return yes if lesson_done and tool != "mini digger" else no
    if tool in YELLOW:
        return yes if demonstration_had else no
    return yes


def deposit(*, tool: str, hire_days: float, account: bool, days_overdue: float) -> str:
    """Deposit for a hire. tool: as in may_hire. account: is an account customer; days_overdue: of the account
    (0 if settled or no account)."""
    amount = 250 if tool in RED else 100 if tool in YELLOW else 30
    if hire_days > 7:
        amount *= 2
    if account and days_overdue <= 30:
        if tool not in RED:
            return "no deposit"
        amount //= 2
    return f"{amount} pounds"


def _h(t, a, d, c, l, out):
    return {
        "procedure": "may_hire",
        "case": dict(tool=t, age=a, demonstration_had=d, competence_card=c, lesson_done=l),
        "outcome": out,
    }


def _d(t, n, a, o, out):
    return {
        "procedure": "deposit",
        "case": dict(tool=t, hire_days=n, account=a, days_overdue=o),
        "outcome": out,
    }


Y, X = "hire it out", "do not hire it out"
CASES = [
    _h("drill", 18, False, False, False, Y),
    _h("drill", 17, True, True, True, X),
    _h("generator", 19, True, False, False, Y),
    _h("floor sander", 40, False, True, True, X),
    _h("disc cutter", 20, True, True, True, X),
    _h("disc cutter", 21, False, True, False, Y),
    _h("stump grinder", 30, True, False, True, Y),
    _h("stump grinder", 30, True, False, False, X),
    _h("mini digger", 45, True, False, True, X),
    _h("mini digger", 45, False, True, False, Y),
    _d("drill", 7, False, 0, "30 pounds"),
    _d("drill", 8, False, 0, "60 pounds"),
    _d("cement mixer", 3, False, 0, "100 pounds"),
    _d("pressure washer", 10, True, 30, "no deposit"),
    _d("pressure washer", 10, True, 31, "200 pounds"),
    _d("mini digger", 2, False, 0, "250 pounds"),
    _d("disc cutter", 7, True, 0, "125 pounds"),
    _d("disc cutter", 14, True, 0, "250 pounds"),
    _d("stump grinder", 8, True, 45, "500 pounds"),
    _d("ladder", 2, True, 12, "no deposit"),
]

for c in CASES:
    assert globals()[c["procedure"]](**c["case"]) == c["outcome"], c
