"""What kind a clause says that something is: 'the show is a play' beside 'the show is a musical'.

Two clauses with one frame, or that fill one slot, name kinds of the same thing.
"""

from __future__ import annotations

import re

from parsers.conditions.people import GROUPS

_FRAME = re.compile(
    r"(?P<stem>the (?:[\w-]+ ){1,3}(?:is|was|are|were|has been)(?: in| at| on| from| about)?) "
    r"(?P<kind>(?:(?:an?|the) )?[\w-]+(?: (?:of )?[\w-]+){0,2})"
)


def frame_of(label: str) -> tuple[str, str] | None:
    """(what is said, of which kind) of 'the show is a play'; None where no kind is told."""
    match = _FRAME.fullmatch(label)
    if match is None or re.search(r"\b(?:who|that|than|for|to|by|with|not)\b", match["kind"]):
        return None
    return match["stem"], match["kind"]


def slot_of(label: str, actor: str, attributive: bool) -> tuple[str, str] | None:
    """(head, kind) of a clause that says what kind something is."""
    if match := re.fullmatch(rf"the {actor} is (?:an? )?(?:([\w-]+(?: [\w-]+)?) )?([a-z]+)", label):
        return (match[2], match[1] or "") if match[2] in GROUPS else None
    if match := re.fullmatch(r"the [\w ]+ is (?:at|on|in) (?:the|an?) ([\w-]+) ([a-z]+)", label):
        return match[2], match[1]
    if match := re.fullmatch(
        r"(?:the [\w ]+|they) (?:holds?|has|have|books?|booked|buys?|bought) (?:an?|the) "
        r"([A-Z][\w-]+) ([A-Za-z][a-z]+)", label
    ):  # fmt: skip
        return match[2], match[1]
    match = re.fullmatch(r"the (\w+) is ([\w-]+(?: [\w-]+)?)", label)
    if attributive and match:
        last = match[2].split()[-1]
        return (
            None
            if (last.endswith(("ed", "ing")) and last != "red") or match[1] == actor
            else (match[1], match[2])
        )
    return None
