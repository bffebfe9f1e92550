"""Words for people: who acts, who may be meant, and what groups and roles they come in."""

from __future__ import annotations

ACTORS = (
    "customer guest user passenger client patient member subscriber student visitor traveller "
    "traveler caller buyer shopper resident applicant employee tenant cardholder requester person "
    "borrower claimant patron driver participant reader player tourist owner holder"
).split()
ANYONE = {"anyone", "everyone", "someone", "anybody", "everybody", "people", "person", "those",
           "one", "them", "whoever"}  # fmt: skip
GROUPS = {"member", "holder", "customer", "guest", "subscriber", "user", "passenger", "status",
           "level", "tier", "membership", "account", "client"}  # fmt: skip
ROLES = set(
    "director manager nurse teacher intern trainee apprentice pilot doctor lawyer chef clerk cook "
    "pensioner senior adult child baby infant teenager veteran freelancer contractor volunteer "
    "pupil learner candidate parent carer trainer coach partner supplier seller landlord "
    "researcher professor lecturer artist musician journalist rider swimmer skater skier climber "
    "donor diver sailor cyclist runner athlete competitor contestant dancer girl boy man woman kid "
    "infant toddler youth minor teen student worker".split()
)  # fmt: skip
PEOPLE = {*ACTORS, *GROUPS, *ROLES, "staff"} - {
    "status", "level", "tier", "membership", "account",
}  # fmt: skip
