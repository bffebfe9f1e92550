"""What ``data/policies/subscription-billing.html`` decides.

In: the circumstances of a case. Out: the outcome, a key of ``WORKFLOWS[...].outcomes``.
"""

from typing import Literal

from tests.reference.forms import Argument, Reference

RefundOutcome = Literal[
    "full_refund", "credit_5", "decline", "half_refund", "switch_to_monthly", "refer_to_giver"
]
PaymentOutcome = Literal[
    "fraud_team", "reminder", "pause", "extra_days", "collections", "write_off"
]


def refunds(
    *,
    plan: Literal["monthly", "annual", "gift"],
    days_since_charge: float,
    listening_hours: float,
) -> RefundOutcome:
    """Decide a request for money back, ``days_since_charge`` days after the last charge."""
    if plan == "gift":
        return "refer_to_giver"
    if plan == "monthly":
        if days_since_charge > 7:
            return "decline"
        return "full_refund" if listening_hours < 2 else "credit_5"
    if days_since_charge > 30:
        return "switch_to_monthly"
    return "full_refund" if listening_hours < 2 else "half_refund"


def failed_payments(
    *,
    card_stolen: bool,
    overdue_days: float,
    customer_months: float,
    owed_dollars: float,
) -> PaymentOutcome:
    """Decide what happens to a payment that is ``overdue_days`` days overdue.

    ``customer_months`` says for how many months the customer has been with the company.
    """
    if card_stolen:
        return "fraud_team"
    if overdue_days <= 5:
        return "reminder"
    if overdue_days <= 30:
        return "extra_days" if customer_months >= 24 else "pause"
    return "collections" if owed_dollars > 50 else "write_off"


WORKFLOWS: dict[str, Reference] = {
    "refunds": Reference(
        function=refunds,
        heading="Refunds",
        arguments={
            "plan": Argument(
                {"monthly": "Monthly", "annual": "Annual", "gift": "Gift"},
                ("monthly", "annual", "gift"),
            ),
            "days_since_charge": Argument(
                {"*": "Time since the charge"}, (1, 6, 7, 8, 20, 29, 30, 31, 90), "days"
            ),
            "listening_hours": Argument(
                {"*": "Listening since the charge"}, (0, 1, 2, 3, 20), "hours"
            ),
        },
        outcomes={
            "full_refund": "Refund the full charge",
            "credit_5": "credit of 5 dollars",
            "decline": "Decline the refund",
            "half_refund": "Refund half of the charge",
            "switch_to_monthly": "switch to the Monthly plan",
            "refer_to_giver": "Refer the customer to the giver",
        },
    ),
    "failed_payments": Reference(
        function=failed_payments,
        heading="Failed payments",
        arguments={
            "card_stolen": Argument({True: "the card was reported stolen"}, (True, False)),
            "overdue_days": Argument({"*": "overdue by"}, (1, 4, 5, 6, 18, 29, 30, 31, 60), "days"),
            "customer_months": Argument(
                {"*": "have been with us for"}, (1, 23, 24, 25, 60), "months"
            ),
            "owed_dollars": Argument({"*": "owes"}, (12, 49, 50, 51, 108), "dollars"),
        },
        outcomes={
            "fraud_team": "fraud team",
            "reminder": "friendly reminder",
            "pause": "pause the account",
            "extra_days": "10 extra days",
            "collections": "collections agency",
            "write_off": "write off the debt",
        },
    ),
}
