"""Lists that are taken in order, the first item that fits deciding: what their items say is a case.

In: the items of one list. Out: how much of each item names a case without 'if' ('The seal was
broken when it came:' over items of its own, 'The seal was broken: send a new one.'). And the rules
under such a case of which one says to carry on with the next item: it is passed over then.
"""

from __future__ import annotations

import re

from parsers.blocks import Block
from parsers.clauses.analysis import analyse_clause
from parsers.conditions.logic import conjoin, negate
from parsers.language import is_finite, tokens_of
from parsers.statements.cases import behaves, opens_case, ranges_of
from parsers.statements.guards import passing
from parsers.workflows.rules import Rule

IN_ORDER = re.compile(
    r"\bin (?:this|that|the (?:following|given)) order\b|\bfrom (?:the )?top(?: to bottom)?\b|"
    r"\b(?:take|taking|go|going|work|working|follow|following|check|checking|try|trying|apply|"
    r"applying|read|reading|test|testing)\b[^.;:]* in (?:turn|order)\b(?! to\b| that\b)|"
    r"\bthe first (?:\w+ ){0,2}(?:that|which|to) (?:appl(?:y|ies)|match(?:es)?|fits?|holds?|"
    r"gives?|decides?|settles?|is (?:true|met|so))\b|"
    r"\b(?:steps|rules|paragraphs|rows|lines|bullets|points) (?:below )?in (?:their )?order\b|"
    r"\bfirst (?:matching|applicable) (?:rule|row|case|line)\b",
    re.IGNORECASE,
)
"""The document says that of several rules the first one decides."""
FIRST_FITS = re.compile(
    r"\bfirst (?:[\w-]+ ){0,3}?(?:that|which|to) (?:appl(?:y|ies)|match(?:es)?|fits?|holds?|"
    r"decides?|settles?|is (?:true|met|so))\b|\bfirst (?:matching|applicable|fitting) [\w-]+|"
    r"\bstop (?:there|at the first|as soon as|when|once)\b",
    re.IGNORECASE,
)
"""The document says that the first item that fits decides, so that the items are cases."""
_ON = re.compile(
    r"\b(?:go|carry|move|continue|proceed) (?:on|down|over)?\s*(?:to|with)? ?(?:the )?"
    r"(?:next|following) (?:bullet|line|rule|item|point|paragraph|question|case|step|row)\s*$",
    re.IGNORECASE,
)
_SOURCE = re.compile(r",? (?:according to|as shown by|judging by) [^,;:]+$", re.IGNORECASE)
"""By what one knows of a case is no part of it."""


def head(item: Block) -> str:
    """The case that an item tells before a colon or over its own items, or ''."""
    text = item.prose.text.strip()
    said, colon, rest = text.partition(": ")
    if item.children:
        first = item.children[0].prose.text
        said, tells = text.rstrip(":").rstrip(), opens_case(first) or behaves(first)
    else:
        tells = bool(colon) and analyse_clause(rest).imperative
    said = _SOURCE.sub("", said)
    return said if tells and _states(said) else ""


def _states(said: str) -> bool:
    """Whether a text is one plain statement of how things are."""
    if re.search(r"[:;?]", said) or len(ranges_of(said)) > 1 or said.endswith("."):
        return False
    clause = analyse_clause(said)
    told = clause.imperative or clause.instruction or clause.connective or clause.router
    return not (told or clause.pieces) and any(is_finite(token) for token in tokens_of(said))


def carried_on(case: Rule) -> None:
    """Pass a case over where a rule under it says to carry on with the next item."""
    kept: list[Rule] = []
    for rule in case.children:
        if rule.outcome is None or not _ON.search(rule.outcome.text):
            kept.append(rule)
            continue
        earlier = [negate(part.condition) for part in kept if part.condition is not None]
        own = conjoin([*earlier, rule.condition])
        if rule.condition is not None and own is not None:
            case.exceptions.append(passing(rule.statement, own, rule.text))
    case.children = kept
