"""Choices: where a chain of thought concludes, and where it only copies.

In: an assistant's turn. Out: the spans of it that decide the rest: the first word of a cited rule's
id (no other id opens with it), the first word of what is read in the question, a verdict, the
outcome. All else, quoted words, a test's words and a recited rule, is copied or follows from them.
Training can give these spans more weight: a chain of a hundred tokens has about five choices, and a
loss that is the mean over tokens is content once the copying is right.
"""

from __future__ import annotations

import re

_CHOICES = re.compile(
    r"""(?<=\[)[a-z0-9.]+(?=[a-z0-9.\-]*\])  # the word that opens a rule's id
    | (?<=":\ )\S+                           # what quoted words are about, in the document's terms
    | (?<=[:?]\ )(?:yes|no)(?=\.?$)          # a verdict
    | (?<=^So:\ ).+?(?=\.(?:\ \[|$))         # the outcome
    """,
    re.MULTILINE | re.VERBOSE,
)


def choices(turn: str) -> list[tuple[int, int]]:
    """Spans of characters, in order, that do not overlap."""
    return [match.span() for match in _CHOICES.finditer(turn)]
