"""Circumstances said in a roundabout way: 'Should it be …', 'It turns out that …', 'no longer'.

Each text is of a trade of its own, decides one matter, and is read without a diagnostic.
"""

from __future__ import annotations

import pytest

from parsers.conditions.rewording import asserted, without_negation
from tests.parsers.test_wordings import mistakes

CASES = {
    "should it be, should it not": (
        "Should the flue not be sealed, call the fitter. If the flue is sealed, mend the boiler.",
        {"not sealed": "fitter", "sealed": "mend"},
    ),
    "should it be, of a number": (
        "Should the boiler be older than 15 years, order a new one. Otherwise, mend it.",
        {"16 years": "order", "15 years": "mend"},
    ),
    "should it have been": (
        "Should the seal be broken, refuse the crate. If the seal is not broken, store the crate.",
        {"broken": "refuse", "not broken": "store"},
    ),
    "it emerges that": (
        "Should it emerge that the driver is under 21, refuse the van. If the driver is 21 or "
        "over, hand it over.",
        {"20 years": "refuse", "21 years": "hand it over"},
    ),
    "it is not, it is": (
        "If the kiln isn't lit, call the potter. If it is, close the door.",
        {"not lit": "potter", "lit": "close"},
    ),
    "check whether, if not, if it is": (
        "Check whether the roof is older than 90 days. If not, wait. If it is, look at the leak: "
        "below 5 litres, patch it; 5 litres or more, call a roofer.",
        {"90 days": "wait", "91 days, 4 litres": "patch", "91 days, 5 litres": "roofer"},
    ),
    "check whether, if it is only if": (
        "Find out whether the boat has a berth. If it does, moor it if the tide is high; "
        "otherwise, wait. If it doesn't, send it off.",
        {"berth, high": "moor", "berth, not high": "wait", "not berth, high": "send"},
    ),
    "is it, if it isn't": (
        "Is the valve open? If it isn't, turn it. If it is, read the gauge.",
        {"open": "gauge", "not open": "turn"},
    ),
    "provided one is, none is": (
        "If the lock is broken, send another lock, provided one is available. If none is "
        "available, order one. If the lock is not broken, wait.",
        {"broken, available": "send", "broken, not available": "order", "not broken": "wait"},
    ),
    "what is paid is no kind": (
        "Late fees are waived if the reader is a teacher. Otherwise, the late fee is 5 euros.",
        {"teacher": "waived", "not teacher": "5 euros"},
    ),
    "within a time, and after that": (
        "Refunds are paid within 14 days of purchase. After that, offer credit if the hat is "
        "unworn; otherwise, decline.",
        {"14 days": "Refunds", "15 days, unworn": "credit", "15 days, not unworn": "decline"},
    ),
    "until a time, and after that unless": (
        "Pupils can cancel free of charge up to 24 hours before the lesson; after that, half the "
        "price is due, unless the road is closed.",
        {"24 hours": "free", "23 hours, closed": "free", "23 hours, not closed": "half"},
    ),
    "for the first time, and after that": (
        "Repairs are free for the first 6 months. After that period, charge 30 euros.",
        {"6 months": "free", "7 months": "30 euros"},
    ),
    "check out is no question": (
        "A guest may check out late if the room is free. Otherwise they pay half a night.",
        {"free": "late", "not free": "half"},
    ),
    "a range from one unit to another": (
        "From 30 minutes to 2 hours, charge 3 euros. Beyond 2 hours, charge 8 euros. Under 30 "
        "minutes, charge nothing.",
        {"29 minutes": "nothing", "120 minutes": "3 euros", "121 minutes": "8 euros"},
    ),
    "what a noun is up to": (
        "For loads up to 500 kg, send a van. For loads above 500 kg, send a lorry.",
        {"500 kg": "van", "501 kg": "lorry"},
    ),
    "one but not another": (
        "If the lamp is dirty but not cracked, wash it. Otherwise, bin it.",
        {"dirty, not cracked": "wash", "dirty, cracked": "bin", "not dirty, not cracked": "bin"},
    ),
    "on what occasion": (
        "When a customer brings back a lamp, decide as follows.\n\n- If the bulb is broken, charge "
        "2 euros.\n- Otherwise, charge nothing.",
        {"broken": "2 euros", "not broken": "nothing"},
    ),
    "it turns out that": (
        "If it turns out that the roof is leaking, send a roofer. If the roof is not leaking, send "
        "a painter.",
        {"leaking": "roofer", "not leaking": "painter"},
    ),
    "no longer and still": (
        "If the member no longer wants the court, refund the fee. If the member still wants the "
        "court, keep the booking.",
        {"not wants": "refund", "wants": "keep"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_openings(name: str) -> None:
    assert not mistakes(*CASES[name])


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("a cheque be returned", "a cheque is returned"),
        ("the lift not be working", "the lift is not working"),
        ("the courier not arrive", "the courier does not arrive"),
        ("the alarm not have been set", "the alarm has not been set"),
        ("there be no room", "there is no room"),
        ("payment fail", "payment fails"),
    ],
)
def test_should_is_turned_round(said: str, wanted: str) -> None:
    assert asserted(said) == wanted


@pytest.mark.parametrize(
    ("said", "wanted", "denied"),
    [
        ("the firm no longer trades", "the firm trades", True),
        ("the tenant no longer lives here", "the tenant lives here", True),
        ("the van is no longer insured", "the van is insured", True),
        ("the plank is no longer than that", "the plank is no longer than that", False),
    ],
)
def test_no_longer_denies(said: str, wanted: str, denied: bool) -> None:
    assert without_negation(said) == (wanted, denied)
