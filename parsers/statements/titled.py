"""The circumstance that an item's run-in head names: 'Accident, no waiver.'

In: an item whose head is a case (`parsers.case_heads`), and the heads beside it. Out: its
condition: of the kind that the head names, and of what it says of it behind a comma. 'no waiver'
denies what a head beside it says of a waiver.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from parsers.blocks import Block
from parsers.case_heads import kind_of
from parsers.conditions.lexicon import Lexicon
from parsers.conditions.logic import conjoin, negate
from parsers.language import singular
from parsers.spec import Condition, Membership

_LACKS = re.compile(r"(?:and )?(?:no|without(?: an?| the)?) (?P<what>[\w -]+)$", re.IGNORECASE)
_DONE = re.compile(
    r"(?:and )?(?P<what>(?:[\w-]+ ){0,2}?[\w-]+) (?P<not>not )?(?:yet )?"
    r"(?P<done>[\w-]+(?:ed|ought|aid|ent|eft|ost|ept|ade|ken|ven|own|orn|old|eld|et))$",
    re.IGNORECASE,
)


def circumstance(item: Block, beside: Iterable[Block], lexicon: Lexicon) -> Condition | None:
    """What an item's head comes to; None when some part of it is not understood."""
    parts: list[Condition | None] = [_kind(item, kind_of(item.head), lexicon)]
    others = [part for block in beside for part in block.head.split(", ")[1:]]
    parts += [_said(part, others, lexicon) for part in item.head.split(", ")[1:]]
    return None if None in parts else conjoin(parts)


def _kind(item: Block, kind: str, lexicon: Lexicon) -> Condition | None:
    if not item.kinds:
        return lexicon.phrase(kind)
    atom = lexicon.column(item.topic, list(item.kinds), False)
    value = next(name for name in item.kinds if name.lower() == kind.lower())
    return Membership(variable=atom.name, values=(value,))


def _said(part: str, others: Iterable[str], lexicon: Lexicon) -> Condition | None:
    """What stands behind the kind: that something is there or lacks, was done or not."""
    if lacks := _LACKS.match(part):
        thing = singular(lacks["what"].split()[-1].lower())
        for other in others:
            done = _DONE.match(other)
            if done and not done["not"] and singular(done["what"].split()[-1].lower()) == thing:
                return negate(_said(other, (), lexicon))
        return negate(lexicon.boolean(f"there is a {lacks['what'].lower()}"))
    if done := _DONE.match(part):
        what = done["what"][:1].lower() + done["what"][1:]
        what = what if re.match(r"(?:the|an?|its|their|no) ", what) else f"the {what}"
        return lexicon.clause(f"{what} was {'not ' if done['not'] else ''}{done['done']}")
    return lexicon.phrase(part)
