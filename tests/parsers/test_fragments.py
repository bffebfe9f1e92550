"""Cases told in fragments, and openings in bold or italics that name a case."""

from __future__ import annotations

import pytest

from parsers.fragments import told
from tests.parsers.test_wordings import mistakes


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["Not paid yet", "Paid before"], "If it has not been paid"),
        (["Adjusted fewer than two times"], "If it has been adjusted fewer than two times"),
        (["Lost, or torn so badly that it is useless"],
         "If it is lost or it is torn so badly that it is useless"),
        (["Not insured", "Insured driver"], "If the driver is not insured"),
        (["Delay of 3 hours or more"], "If the delay is 3 hours or more"),
        (["Score of 4, 5 or 6"], "If the score is between 4 and 6"),
        (["Fever of 37 °C or less, or no fever"], "If the fever is 37 °C or less"),
        (["No earlier claim, or only one"], "If there is at most one earlier claim"),
        (["No complaint", "Two or more complaints"], "If there is no complaint"),
        (["Off for 2 hours or more"], "If it is off for 2 hours or more"),
        (["Weeks 1 to 3"], "If the week is between 1 and 3"),
        (["Level 4 or higher"], "If the level is 4 or higher"),
        (["Longer ago than that"], "Otherwise"),
        (["None of these"], "Otherwise"),
        (["From any other shop"], "Otherwise"),
        (["The lock has jammed"], "If the lock has jammed"),
        (["Rust that was already noted"], "If the rust was already noted"),
        (["Noise at night"], "If there is noise at night"),
        (["Brakes and gears"], "If it is a brake or a gear"),
        (["Late order"], "If it is a late order"),
    ],
)  # fmt: skip
def test_written_out(labels: list[str], said: str) -> None:
    assert told(labels[0], labels).words == said


@pytest.mark.parametrize(
    "label", ["Pay by card", "We do not give refunds", "You must be 18", "How to pay?", "Never"]
)
def test_no_case(label: str) -> None:
    assert told(label).sort == ""


HEADS = """\
Go through these from the top; the first one that fits decides.

1. **The bike came from a thief** (a police report is needed). We can't keep it: call the police.
2. **The frame is cracked.** Replace the frame.
   - The exception is a racing bike whose warranty has not run out: send it to the maker.
3. **In all other cases**, it depends on what the part is:
   - *Brakes and gears*
     - Adjusted fewer than two times so far: adjust them.
     - Adjusted two times or more: charge 20 euros.
   - *Anything else*: ask the mechanic.
"""
PANES = """\
- **A pane is broken.** Board it up.
- **The lock has jammed.** Call the locksmith.
- **None of these.** Ask the caretaker.
"""
PITCH = """\
**The pitch is flooded.** Cancel the match.

**The referee comes late.**

- Up to 20 minutes late: wait.
- Later: appoint another one.

**In all other cases**, start on time.
"""
LEASE = """\
**Weeks 1 to 3.** Nobody moves.

**Week 4 or later.** Tenants may move.
"""
METERS = """\
- **The meter is broken**: replace it.
- **The seal is torn, or the glass has cracked**: send it to the lab.
- **Read twice already**: use the second reading.
- **Otherwise**: read it.
"""
HORSES = """\
Stop at the first line that applies.

- **A leg is broken**
  - Young horse: call the clinic.
  - Adult horse
    - 60 minutes ago or less: bring it in.
    - Longer ago than that: splint it.
- **Cough or fever**
  - Temperature of 39.5 °C or higher: see it today.
  - Otherwise: within two days, except for a pony, which is seen at once.
- **Anything else**: book a visit.
"""
GARMENTS = """\
If the garment is damaged:

- Not insured: refuse the claim.
- Insured
  - No earlier claim, or only one: pay in full. Trade customers get half of it.
  - Two or more earlier claims: send it to the office.

In all other cases, smile.
"""
PARCELS = """\
- If the parcel is lost:
  - With insurance: pay 100 euros.
  - Without insurance: apologise.
- Otherwise:
  - free for students;
  - otherwise, a fee of 4 euros.
"""
SOLES = """\
- **Wear that was already noted**: no charge, whatever its state.
- **Worn, but still fit to sell:** a fee of 4 euros.
- **Lost, or torn so badly that we can't sell it:** the full price.
"""


@pytest.mark.parametrize(
    ("text", "decisions"),
    [
        (HEADS, {"thief, crack": "call the police", "crack": "Replace the frame",
                 "crack, racing": "send it to the maker", "brake, 1 times": "adjust them",
                 "brake, 2 times": "charge 20", "": "ask the mechanic"}),
        (PANES, {"broken": "Board it up", "jam": "Call the locksmith", "": "Ask the caretaker"}),
        (PITCH, {"flooded": "Cancel the match", "referee, 20 minutes": "wait",
                 "referee, 21 minutes": "appoint another", "": "start on time"}),
        (LEASE, {"2 week": "Nobody moves", "4 week": "Tenants may move"}),
        (METERS, {"meter": "replace it", "torn": "lab", "cracked": "lab", "twice": "second reading",
                  "": "read it"}),
        (HORSES, {"leg, young": "call the clinic", "leg, adult, 60 minutes": "bring it in",
                  "leg, adult, 61 minutes": "splint it", "cough, 40 temperature": "see it today",
                  "cough, 39 temperature": "within two days",
                  "cough, 39 temperature, pony": "seen at once", "": "book a visit"}),
        (GARMENTS, {"damaged": "refuse the claim", "damaged, insured, 1 claim": "pay in full",
                    "damaged, insured, 1 claim, trade": "half",
                    "damaged, insured, 2 claim": "the office", "": "smile"}),
        (PARCELS, {"lost, insurance": "pay 100 euros", "lost": "apologise", "student": "free",
                   "": "a fee of 4 euros"}),
        (SOLES, {"noted, worn": "no charge", "worn": "a fee of 4", "lost": "the full price",
                 "torn": "the full price"}),
    ],
)  # fmt: skip
def test_decided(text: str, decisions: dict[str, str]) -> None:
    wrong = mistakes(text, decisions)
    assert not [w for w in wrong if not w.startswith("gap")]


@pytest.mark.parametrize(
    "text",
    [
        "- **Deposit.** We take 50 euros.\n- **Opening hours.** We open at 9.\n"
        "- **Cancelling.** It is free.",
        "- **Dogs are welcome.** Keep them on a lead.\n- **Breakfast is at 7.** Ask at the desk.",
        "**Fragile goods**: pack them twice.\n\n**Flowers**: deliver them before noon.",
        "If a guest cancels:\n\n- Deposit: kept.\n- Balance: refunded.",
    ],
)
def test_titles_stay_titles(text: str) -> None:
    assert mistakes(text, {}) == ["0 workflows"]
