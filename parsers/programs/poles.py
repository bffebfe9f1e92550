"""Two cases that are the two answers to one question: 'the display is dark' and '… is lit'."""

from __future__ import annotations

import re

from parsers.language import analyse

_STATES = {"is", "are", "was", "were", "has", "have"}
_NONE = re.compile(r"(?:no|nobody|none|neither)\b", re.IGNORECASE)


def poles(one: str, other: str) -> bool:
    """Whether two cases are the two answers to one question.

    'the display is dark' and 'the display is lit', 'others can print' and 'nobody can print', 'the
    display shows a jam' and 'there is no jam'.
    """
    first, second = _predicate(one), _predicate(other)
    if first is None or second is None or one == other:
        return False
    for (subject, _, rest), (against, _, more) in ((first, second), (second, first)):
        if (
            subject == "there"
            and rest.startswith("no ")
            and rest[3:] in one.lower() + other.lower()
        ):
            if rest[3:] in (more if against != "there" else more.removeprefix("a ")):
                return True
    (subject, verb, rest), (against, head, more) = first, second
    if (verb, rest) == (head, more):
        return bool(_NONE.match(subject)) != bool(_NONE.match(against))
    told = f";{rest};{more}"
    if " " in rest and " " in more and rest.split()[-1] == more.split()[-1]:
        return False  # 'offers basic cover', 'offers full cover': kinds, of which there may be more
    if subject != against or re.search(r"\d|\b(?:more|less|than|and|or)\b|;an? ", told):
        return False
    short = max(len(rest.split()), len(more.split())) <= 3
    return (short and (verb == head or {verb, head} <= _STATES)) or not (rest or more)


def _predicate(text: str) -> tuple[str, str, str] | None:
    """(subject, first verb, what follows) of a plain clause, in lower case."""
    doc = analyse(text)
    verb = next((t for t in doc if t.tag_ in {"VBZ", "VBP", "VBD", "MD"} and t.i > 0), None)
    if verb is None:
        return None
    low = text.lower()
    return low[: verb.idx].strip(), verb.lower_, low[verb.idx + len(verb) :].strip()
