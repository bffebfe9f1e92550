"""What a text tells agents to do, or never to do.

In: a text. Out: `Instruction`s, each with its verb phrase in the base form, from which questions
are made ('May an agent accept cash?').
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import partial

from data.syntax import analyse, decapitalize, join, sentence, sentences, tidy


@dataclass(frozen=True)
class Instruction:
    """`verb_phrase` in its base form ('accept cash'); `forbidden` when it must not be done.

    `gerund` is empty where there are several verbs; `text` is the instruction as a sentence.
    """

    verb_phrase: str
    forbidden: bool
    gerund: str
    object: str
    text: str


_LEAD = re.compile(
    r"^(?:please\s+)?(?:(?P<no>never|do not|don't|don’t)|(?P<yes>always|make sure to|be sure to|"
    r"remember to))\s+(?:ever\s+|please\s+)?",
    re.IGNORECASE,
)
_MODAL = re.compile(
    r"^(?:the |all |our |every |each |any )?(?:[\w-]+ ){0,2}?(?:you|we|agents?|staff|employees?|"
    r"representatives?|team|assistants?|operators?|clerks?|advisors?|advisers?|personnel|"
    r"workers?|receptionists?|colleagues?|members? of staff|associates?|"
    r"technicians?|nurses?|they)\s+"
    r"(?:(?P<no>must not|must never|may not|may never|should not|should never|shall not|"
    r"cannot|can not|can't|can never|are not allowed to|is not allowed to|are never to|is never to|"
    r"will never|will not|do not|don't|does not|never)|"
    r"(?P<yes>must always|must|should always|should|shall|need to|needs to|have to|has to|"
    r"are required to|is required to|are to|is to|will always|will|always))\s+"
    r"(?:also\s+|always\s+)?",
    re.IGNORECASE,
)
_ALSO = re.compile(r",?\s+(?:and|or|but)\s+(?=(?:never|do not|don't|always)\s)|,\s+(?=never\s)")


def instructions(text: str) -> list[Instruction]:
    """Instructions and prohibitions in a text: imperatives, and what agents must or must not do.

    A later 'it' or 'them' stands for the object of the instruction before; such an instruction is
    told with its whole sentence.
    """
    found: list[Instruction] = []
    for whole in re.split(r"(?<=[.!?])\s+(?=[A-Z])", " ".join(text.split())):
        spoken = ""
        for part in (p for half in sentences(whole) for p in _ALSO.split(half)):
            made = _instruction(part.strip(" ,"))
            if made is None:
                continue
            if spoken and re.search(r"\b(?:it|them)\b", made.verb_phrase):
                swap = partial(re.sub, r"\b(?:it|them)\b", lambda _, o=spoken: o)
                made = replace(
                    made,
                    verb_phrase=swap(made.verb_phrase, count=1),
                    gerund=swap(made.gerund, count=1),
                    text=sentence(whole),
                )
            spoken = made.object or spoken
            found.append(made)
    return found


_FRONTED = re.compile(r"^((?:at|before|during|after|in|on|for)\s[^,]{3,60}),\s+", re.IGNORECASE)


def _instruction(part: str) -> Instruction | None:
    fronted = _FRONTED.match(part)
    if fronted:  # 'At the end, thank the caller' -> 'thank the caller at the end'
        part = f"{part[fronted.end() :]} {decapitalize(fronted.group(1))}"
    match = _LEAD.match(part) or _MODAL.match(part)
    phrase = tidy(_STRESS.sub("", part[match.end() :] if match else part))
    if not phrase:
        return None
    if phrase[:2] != phrase[:2].upper():
        phrase = phrase[0].lower() + phrase[1:]
    doc = analyse(f"You should {phrase}")
    head = doc[2] if len(doc) > 2 else None
    if head is None or head.tag_ not in ("VB", "VBP") or head.dep_ not in ("ROOT", "ccomp"):
        return None
    if match is None:
        plain = analyse(part)
        if any(t.dep_ in ("nsubj", "nsubjpass") and t.head.dep_ == "ROOT" for t in plain):
            return None
    first = phrase.split()[0]
    target = next((t for t in head.rights if t.dep_ == "dobj"), None)
    several = any(t.dep_ == "conj" and t.pos_ == "VERB" for t in head.rights)
    return Instruction(
        verb_phrase=phrase,
        forbidden=bool(match and match.group("no")),
        gerund="" if several else tidy(f"{gerund(first)} {phrase[len(first) :]}"),
        object=join(t for t in target.subtree) if target is not None else "",
        text=sentence(part),
    )


_STRESS = re.compile(
    r",?\s+(?:not even\b.*|under any circumstances?|at any time|in any case|no matter what.*)$",
    re.IGNORECASE,
)
_DOUBLE = frozenset(
    "get put cut let run stop plan drop ship chat begin admit refer permit submit commit "
    "forget set hit sit bet bid tip tag pin ban scan swap step log wrap skip transfer defer quit "
    "occur upset trim rob".split()
)


def gerund(verb: str) -> str:
    """'accept' -> 'accepting', 'give' -> 'giving', 'put' -> 'putting', 'lie' -> 'lying'."""
    if verb in ("be", "see", "agree", "free", "flee", "guarantee"):
        return verb + "ing"
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return verb[:-1] + "ing"
    if verb in _DOUBLE:
        return verb + verb[-1] + "ing"
    return verb + "ing"
