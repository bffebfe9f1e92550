"""What a rule turns on, in wordings of policies by strangers: short texts and what they decide.

As in `test_wordings`: each case is told in a few words, and nothing may be left open.
"""

import pytest

from parsers.conditions.comparisons import comparisons
from tests.parsers.test_wordings import mistakes

CASES: dict[str, tuple[str, dict[str, str]]] = {
    "except-for-some-which": (
        "A print costs 5 euros, except for prints on canvas, which cost 20 euros.",
        {"canvas": "cost 20 euros", "not canvas": "costs 5 euros"},
    ),
    "except-when-when": (
        "If the load is 20 boxes or less, send a van, except when the journey is over 250 miles, "
        "when the job must be referred to the planner.\n\nIf the load is more than 20 boxes, send "
        "a lorry.",
        {"20 boxes, 250 miles": "a van", "20 boxes, 251 miles": "referred to the planner",
         "21 boxes, 251 miles": "a lorry"},
    ),
    "unless-it-is-one-which": (
        "Every ticket gets priority 2, unless it concerns a lock, which always gets priority 0.",
        {"lock": "gets priority 0", "not lock": "gets priority 2"},
    ),
    "an-aside-on-the-exception-is-no-outcome": (
        "Every guest pays 9 euros, except for guests from the villages, which are listed in the "
        "annex. In that case, charge 4 euros.",
        {"villages": "4 euros", "not villages": "9 euros"},
    ),
    "a-count-within-a-time": (
        "If the runner has missed two or more races in the past 6 months, move the runner to the "
        "waiting list. If the runner has missed fewer than two races in the past 6 months, send "
        "the form.",
        {"2 races": "waiting list", "1 races": "the form"},
    ),
    "one-count-within-two-times": (
        "If the guest has made more than 3 calls in the past 30 days, ask the chef. Otherwise, if "
        "the guest has made more than 20 calls in the past 12 months, give a voucher. Otherwise, "
        "do nothing.",
        {"4 30 calls, 4 12 calls": "the chef", "3 30 calls, 21 12 calls": "a voucher",
         "3 30 calls, 20 12 calls": "nothing"},
    ),
    "the-verb-behind-a-bare-number-is-no-unit": (
        "- Crews of fewer than 10 book the small boat.\n- Crews of 10 or more get the barge.",
        {"9 crew": "the small boat", "10 crew": "the barge"},
    ),
    "bare-numbers-of-two-things": (
        "- Skaters under 18 need a letter.\n- Skaters of 18 or over show the form.",
        {"17 age": "a letter", "18 age": "the form"},
    ),
    "two-bounds-around-what-is-measured": (
        "- If there are more than 24 hours to go, refund the lesson.\n- If there are 24 hours or "
        "less to go but at least 2 hours, refund half.\n- If there are less than 2 hours to go, "
        "refund nothing.",
        {"25 hours": "the lesson", "24 hours": "half", "2 hours": "half", "1 hours": "nothing"},
    ),
    "a-measure-opens-the-second-clause": (
        "If the driver stopped because of the snow, and less than 40 minutes of the trip had "
        "passed, give a full refund. Otherwise, give nothing.",
        {"snow, 39 minutes": "a full refund", "snow, 40 minutes": "nothing",
         "39 minutes": "nothing"},
    ),
    "stretches-of-time-in-front": (
        "Up to and including 30 days after the sale, an unopened tin means a full refund. Up to 30 "
        "days after the sale, an opened tin means a voucher. From day 31 to day 60 we give a stamp "
        "if the tin is still unopened; otherwise we refuse. After more than 60 days, we refuse.",
        {"30 days, not opened": "full refund", "30 days, opened": "a voucher",
         "31 days, not opened": "a stamp", "60 days, opened": "refuse",
         "61 days, not opened": "refuse"},
    ),
    "stretches-of-time-counted-back": (
        "Up to 14 days before the trip, charge nothing. From 13 to 7 days before the trip, charge "
        "half. Less than 7 days before the trip, charge the full price.",
        {"14 days": "nothing", "13 days": "half", "7 days": "half", "6 days": "full price"},
    ),
    "stretches-of-time-without-a-comma": (
        "Up to 10 days late, send a reminder. From day 11 to day 20 charge the small fine. After "
        "more than 20 days bill the reader for the book.",
        {"10 days": "a reminder", "11 days": "small fine", "20 days": "small fine",
         "21 days": "the reader"},
    ),
    "two-measures-of-a-phrase": (
        "- With 50 euros or more due and fewer than 30 days gone, send a card.\n- With 50 euros or "
        "more due and 30 days or more gone, call the bailiff.\n- With less than 50 euros due, do "
        "nothing.",
        {"50 euros, 29 days": "a card", "50 euros, 30 days": "the bailiff",
         "49 euros, 30 days": "nothing", "49 euros, 29 days": "nothing"},
    ),
    "two-counts-of-a-phrase": (
        "With at least 3 trunks and more than 2 riders, send the van. Otherwise, send the car.",
        {"3 trunks, 3 riders": "the van", "3 trunks, 2 riders": "the car",
         "2 trunks, 3 riders": "the car"},
    ),
    "either-of-two-measures": (
        "With over 20 kg of flour or under 4 hours to go, call the baker. Otherwise, do nothing.",
        {"21 kg, 5 hours": "the baker", "20 kg, 3 hours": "the baker", "20 kg, 4 hours": "nothing"},
    ),
    "a-participle-tells-the-kind": (
        "- An unopened box is refunded in full.\n- An opened box gets store credit.",
        {"opened": "store credit", "not opened": "in full"},
    ),
    "what-is-handled-is-what-it-is": (
        "Reply to a bad review only if it is less than a week old. Otherwise, ignore it.",
        {"0 review": "reply", "1 review": "ignore"},
    ),
    "a-rule-behind-a-remark": (
        "If the guest is not from a club, the room costs 40 euros. Clubs are different: if the "
        "guest is from a club, the room costs 20 euros on any day, weekends included.",
        {"club": "20 euros", "not club": "40 euros"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_condition(name: str) -> None:
    assert not mistakes(*CASES[name])


@pytest.mark.parametrize(
    "phrase",
    [
        "from 8 up to and including 21 days", "from 8 to 21 days", "between 8 and 21 days",
        "from 8 through 21 days", "from 8 until 21 days", "from 8 up to 21 days",
    ],
)  # fmt: skip
def test_a_range_has_both_of_its_bounds(phrase: str) -> None:
    found = comparisons(phrase)
    assert found is not None
    assert found[1] == [(">=", 8, "days"), ("<=", 21, "days")]
