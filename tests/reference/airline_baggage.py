"""What ``data/policies/airline-baggage.md`` decides.

In: the circumstances of a case. Out: the outcome, a key of ``WORKFLOWS[...].outcomes``.
"""

from typing import Literal

from tests.reference.forms import Argument, Reference

BagOutcome = Literal["free", "cargo", "fee_45", "fee_60", "fee_75"]
DelayOutcome = Literal["decline", "claims_office", "courier", "kit", "pay_120", "pay_200"]


def overweight_bags(
    *,
    mobility_aid: bool,
    weight_kg: float,
    gold: bool,
    flight: Literal["domestic", "international"],
    booked_online: bool,
) -> BagOutcome:
    """Decide what a checked bag of ``weight_kg`` kilograms costs."""
    if mobility_aid:
        return "free"
    if weight_kg > 32:
        return "cargo"
    if weight_kg <= 23 or gold:
        return "free"
    if flight == "domestic":
        return "fee_45"
    return "fee_60" if booked_online else "fee_75"


def delayed_bags(
    *,
    reported_days: float,
    in_hospital: bool,
    place: Literal["home", "away"],
    missing_hours: float,
    child_under_two: bool,
) -> DelayOutcome:
    """Decide the help for a bag reported ``reported_days`` days after the flight.

    ``missing_hours`` says for how many hours it has been missing. ``in_hospital`` means: in the
    days between the flight and the report.
    """
    if reported_days > 7:
        return "claims_office" if in_hospital else "decline"
    if place == "home":
        return "courier"
    if missing_hours < 24:
        return "kit"
    return "pay_200" if child_under_two else "pay_120"


WORKFLOWS: dict[str, Reference] = {
    "overweight_bags": Reference(
        function=overweight_bags,
        heading="Overweight bags",
        arguments={
            "mobility_aid": Argument({True: "the item is a mobility aid"}, (True, False)),
            "weight_kg": Argument({"*": "weighs"}, (20, 22, 23, 24, 28, 31, 32, 33, 40), "kg"),
            "gold": Argument({True: "hold Gold level in the Larkwing Circle"}, (True, False)),
            "flight": Argument(
                {"domestic": "on a domestic flight", "international": "on an international flight"},
                ("domestic", "international"),
            ),
            "booked_online": Argument(
                {True: "booked the extra weight online before coming to the airport"}, (True, False)
            ),
        },
        outcomes={
            "free": "free of charge",
            "cargo": "refer the customer to Larkwing Cargo",
            "fee_45": "45 euros",
            "fee_60": "60 euros",
            "fee_75": "75 euros",
        },
    ),
    "delayed_bags": Reference(
        function=delayed_bags,
        heading="Delayed bags",
        arguments={
            "reported_days": Argument({"*": "reported"}, (1, 6, 7, 8, 12), "days"),
            "in_hospital": Argument({True: "was in hospital during those days"}, (True, False)),
            "place": Argument(
                {"home": "have already come home", "away": "are away from home"}, ("home", "away")
            ),
            "missing_hours": Argument({"*": "has been missing"}, (5, 23, 24, 25, 60), "hours"),
            "child_under_two": Argument({True: "travelling with a child under two"}, (True, False)),
        },
        outcomes={
            "decline": "decline the claim",
            "claims_office": "claims office",
            "courier": "courier delivery",
            "kit": "overnight kit",
            "pay_120": "120 euros",
            "pay_200": "200 euros",
        },
    ),
}
