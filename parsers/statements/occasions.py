"""Lead-ins that say on what occasion a section is read: 'When a customer returns a tool, decide as
follows'. All its rules are about that; none is for what to do when nobody returns anything.

In: the rules of a section. Out: the same, without the occasion as a circumstance.
"""

from __future__ import annotations

import re

from parsers.conditions.lexicon import Lexicon
from parsers.spec import Truth
from parsers.workflows.rules import Rule

_STATE = re.compile(r"(?:is|are|was|were|has|have|had|does|do|did|can|could|holds?|owns?|owes?)\b")


def unoccasioned(rules: list[Rule], lexicon: Lexicon) -> list[Rule]:
    """The rules; where all stand under what somebody comes to do, that is no circumstance."""
    only = rules[0] if len(rules) == 1 else None
    if only is None or not (only.router and only.children and isinstance(only.condition, Truth)):
        return rules
    done = lexicon.atoms[only.condition.variable].label.partition(f"the {lexicon.actor} ")
    if not done[0] and done[2] and not _STATE.match(done[2]) and not only.connective:
        only.condition = None
    return rules
