"""A simple conditional as two clauses: its condition, and what comes of it.

In: a `Statement` with one condition and one outcome. Out: a `Rule`, or None where the wording does
not yield clauses that can be asked about by themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from data.instructions import instructions
from data.recitations import recite
from data.syntax import PEOPLE, analyse, clauses, decapitalize, names_in, tidy
from parsers.spec import PolicySpec, Statement


@dataclass(frozen=True)
class Rule:
    """A condition as a clause ('a guest has lost the key') and its outcome as the text has it.

    `act` is the outcome as something the agent does ('issue a new key'), if it is that; `person`
    is who the condition speaks of when it says more than customer ('student').
    """

    condition: str
    outcome: str
    act: str
    person: str = ""


_BEFORE = re.compile(
    r"^(?P<sub>if|when|whenever|where|once|in case|should|as soon as|provided that|after)\s+"
    r"(?P<condition>[^,]+(?:,[^,]+)*?),\s+(?:then\s+)?(?P<outcome>[^,].*)$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"^(?P<outcome>[^,]+?),?\s+(?:only\s+)?(?P<sub>if|when|whenever|once|in case|as soon as|"
    r"provided that)\s+(?P<condition>.+)$",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"^(?P<who>(?:an?\s|the\s|any\s|every\s|each\s|all\s)?(?P<noun>[\w-]+(?:\s(?:under|over|aged)\s"
    r"[\w ]{1,12})?))\s+(?:who|that|which)\s+(?P<rest>.+)$",
    re.IGNORECASE,
)


def rule_of(statement: Statement, spec: PolicySpec) -> Rule | None:
    """The statement's condition and outcome as clauses, where its wording yields them."""
    return _rule(recite(statement, spec), names_in(spec.document.text))


@lru_cache(maxsize=4096)
def _rule(text: str, names: frozenset[str]) -> Rule | None:
    text = text.rstrip(". ")
    if re.search(r"\.\s+[A-Z]|\b(?:unless|except|otherwise)\b", text):
        return None
    match = _BEFORE.match(text)
    if match and (found := _split_condition(text, match)):
        condition, outcome = found
    elif relative := _relative(text, names):
        return relative
    elif (match := _AFTER.match(text)) and len(match.group("condition").split()) > 2:
        condition, outcome = match.group("condition"), match.group("outcome")
        if re.match(r"(?:its?|they|their)\b", condition) or re.search(r"\bonly\b", outcome):
            return None  # the condition cannot be told without the outcome
    else:
        return None
    condition, outcome = tidy(condition), decapitalize(tidy(outcome), names)
    if not _is_clause(condition):
        return None
    return Rule(condition, outcome, _act(outcome))


def _split_condition(text: str, match: re.Match[str]) -> tuple[str, str] | None:
    """Where the condition ends: at the first comma after which the rest stands by itself."""
    body = text[match.start("condition") :]
    for comma in re.finditer(r",\s+(?:then\s+)?", body):
        condition, outcome = body[: comma.start()], body[comma.end() :]
        if re.match(r"(?:and|or|who|which|that|but)\b", outcome):
            continue
        if _is_clause(condition) and (_act(outcome) or clauses(outcome)):
            return condition, outcome
    return None


def _is_clause(text: str) -> bool:
    doc = analyse(text)
    root = next((t for t in doc if t.dep_ == "ROOT"), None)
    return (
        root is not None
        and root.pos_ in ("VERB", "AUX")
        and any(t.dep_ in ("nsubj", "nsubjpass") for t in doc)
    )


def _act(outcome: str) -> str:
    """The outcome as one instruction of what to do, or nothing."""
    doc = analyse(f"Please {outcome}")
    if len(doc) < 2 or doc[1].dep_ != "ROOT":
        return ""
    found = instructions(outcome)
    return found[0].verb_phrase if len(found) == 1 and not found[0].forbidden else ""


def _relative(text: str, names: frozenset[str]) -> Rule | None:
    """'A guest who brings a dog pays …': condition 'a guest brings a dog', outcome 'pays …'."""
    match = _RELATIVE.match(text)
    if not match:
        return None
    rest = analyse(f"They {match.group('rest')}")
    plural = match.group("noun").split()[0].endswith("s")
    for token in rest[2:]:
        finite = token.tag_ in ("VBZ", "VBP", "MD") or token.lower_ in ("was", "were")
        if not finite or token.text.endswith(("ing",)):
            continue
        if (plural and token.tag_ == "VBZ") or (not plural and token.tag_ == "VBP"):
            continue
        condition, outcome = rest[1 : token.i].text, rest[token.i :].text
        if len(analyse(condition)) < 2 or analyse(condition)[-1].pos_ in ("AUX", "ADP", "SCONJ"):
            continue
        if rest[token.i - 1].pos_ in ("PRON", "SCONJ", "CCONJ", "DET", "ADP"):
            continue
        if _mid_clause(rest[1 : token.i].text):
            continue
        noun = match.group("noun")
        who = match.group("who")
        singular = analyse(noun.split()[0])[0].lemma_.lower()
        person = "" if singular in PEOPLE and noun == noun.split()[0] else noun
        subject = decapitalize(who, names)
        return Rule(f"{subject} {condition}", outcome, "", person)
    return None


def _mid_clause(text: str) -> bool:
    """Whether the text ends where its last clause still lacks its verb ('reach the desk after bag
    drop')."""
    tail = re.split(r"\b(?:after|before|when|while|until|if|because)\s+", text)
    return len(tail) > 1 and not re.search(
        r"\b(?:\w+ed|is|are|was|were|has|have|\w+ing)\b", tail[-1]
    )
