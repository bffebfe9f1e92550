"""A text and its next line put together; a word that was divided between the two is mended."""

from __future__ import annotations

import re

_KEPT_HYPHEN = re.compile(
    r"\b(?:non|self|co|pre|re|well|check|ex|anti|half|multi|semi|long|short|full|part|one|two|"
    r"three|four|five|six|ten|in|on|off|up)-$",
    re.IGNORECASE,
)


def continued(text: str, more: str, words: frozenset[str]) -> str:
    """The text with the next line's; a word that was divided between the two is mended."""
    if not text or not more:
        return text or more
    if text.endswith("\u00ad"):
        return text[:-1] + more
    match = re.search(r"([\w-]*\w)-$", text)
    after = re.match(r"\w+", more)
    if match is None or after is None or not more[0].islower():
        return text + ("" if match and after else " ") + more
    whole = (match[1] + after[0]).lower()
    hyphenated = f"{match[1]}-{after[0]}".lower()
    kept = hyphenated in words or (_KEPT_HYPHEN.search(text) and whole not in words)
    return (text if kept else text[:-1]) + more
