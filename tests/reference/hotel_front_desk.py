"""What ``data/policies/hotel-front-desk.txt`` decides.

In: the circumstances of a case. Out: the outcome, a key of ``WORKFLOWS[...].outcomes``.
"""

from typing import Literal

from tests.reference.forms import Argument, Reference

Membership = Literal["none", "silver", "platinum"]
CheckOutOutcome = Literal["decline", "free_1pm", "free_4pm", "free_2pm", "charge_15", "charge_30"]
CancellationOutcome = Literal[
    "groups_office", "full_stay", "voucher", "free", "one_night", "half_night"
]


def late_check_out(
    *,
    occupancy_percent: float,
    membership: Membership,
    booked_directly: bool,
    nights: int,
) -> CheckOutOutcome:
    """Decide a request to leave late from a hotel that is ``occupancy_percent`` percent full."""
    if occupancy_percent > 90:
        return "free_1pm" if membership == "platinum" else "decline"
    if membership == "platinum":
        return "free_4pm"
    if membership == "silver":
        return "free_2pm"
    return "charge_15" if booked_directly and nights >= 3 else "charge_30"


def cancellations(
    *,
    rooms: int,
    rate: Literal["saver", "flexible"],
    medical_certificate: bool,
    hours_before_arrival: float,
    club_member: bool,
) -> CancellationOutcome:
    """Decide the cancellation of ``rooms`` rooms, ``hours_before_arrival`` hours ahead."""
    if rooms >= 5:
        return "groups_office"
    if rate == "saver":
        return "voucher" if medical_certificate else "full_stay"
    if hours_before_arrival >= 48:
        return "free"
    return "half_night" if club_member else "one_night"


WORKFLOWS: dict[str, Reference] = {
    "late_check_out": Reference(
        function=late_check_out,
        heading="Late check-out",
        arguments={
            "occupancy_percent": Argument({"*": "percent full"}, (50, 89, 90, 91, 100), "percent"),
            "membership": Argument(
                {
                    "none": "are not members",
                    "silver": "Silver members",
                    "platinum": "Platinum members",
                },
                ("none", "silver", "platinum"),
            ),
            "booked_directly": Argument({True: "the guest booked directly"}, (True, False)),
            "nights": Argument({"*": "staying for"}, (1, 2, 3, 4, 7), "nights"),
        },
        outcomes={
            "decline": "decline the request",
            "free_1pm": "1 pm check-out free of charge",
            "free_4pm": "4 pm check-out free of charge",
            "free_2pm": "2 pm check-out free of charge",
            "charge_15": "15 pounds",
            "charge_30": "30 pounds",
        },
    ),
    "cancellations": Reference(
        function=cancellations,
        heading="Cancellations",
        arguments={
            "rooms": Argument({"*": "booking of"}, (1, 4, 5, 6, 12), "rooms"),
            "rate": Argument(
                {"saver": "Saver rate", "flexible": "Flexible rate"}, ("saver", "flexible")
            ),
            "medical_certificate": Argument(
                {True: "the guest sends us a medical certificate"}, (True, False)
            ),
            "hours_before_arrival": Argument(
                {"*": "before arrival"}, (2, 47, 48, 49, 100), "hours"
            ),
            "club_member": Argument({True: "belong to the Harbour Club"}, (True, False)),
        },
        outcomes={
            "groups_office": "groups office",
            "full_stay": "charge the full stay",
            "voucher": "credit voucher",
            "free": "cancelled free of charge",
            "one_night": "charge one night",
            "half_night": "charge half a night",
        },
    ),
}
