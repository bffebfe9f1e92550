"""The terms of a rule: what names it, and what a question calls otherwise.

In: a statement of a specification, and a question about it with the words that were changed for
everyday ones. Out: the noun phrases that name the statement, and the lines that a chain of thought
on it opens with, each with words of the question and what the document calls them:

    "the wee one's buggy": pushchair.

A chain on a single rule would otherwise pick the rule with its first token, before anything is
thought. To say first what is spoken of is what chains on workflows do (`data.chains`); it turns one
choice among all rules into two small steps, of which the first is the same for every policy and
practised by the primer (`data.primer`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from data.phrasing import FUNCTION_WORDS, Swap
from data.recitations import per_spec, recitations, recite
from data.syntax import PEOPLE, decapitalize, names_in, topics
from parsers.spec import PolicySpec, Statement

_NAMED = 2
"""Words of a question that are read, at most."""
_IDLE = FUNCTION_WORDS | PEOPLE | frozenset("agent staff desk colleague team member".split())


def readings(
    question: str, statement: Statement, spec: PolicySpec, swaps: Sequence[Swap]
) -> list[str]:
    """Lines that say what the question's words are called in the statement; perhaps none.

    First what was put in everyday words, then what question and statement call alike.
    """
    said, rule = question.lower(), recite(statement, spec)
    found = [
        (swap.said, swap.term)
        for swap in swaps
        if swap.said.lower() in said and swap.term.lower() in rule.lower() and _tells(swap.term)
    ]
    alike = dict.fromkeys(distinctive(statement, spec) + list(topics(rule, _names(spec))))
    for term in alike:
        new = all(term.lower() not in other.lower() for _, other in found)
        if new and term.lower() in said and _tells(term):
            found.append((term, term))
    lines = []
    for words, term in sorted(found[:_NAMED], key=lambda pair: said.index(pair[0].lower())):
        at = said.index(words.lower())
        lines.append(f'"{question[at : at + len(words)]}": {term}.')
    return lines


def _tells(term: str) -> bool:
    """Whether a term is more than who is spoken of."""
    words = (word.lower().removesuffix("s") for word in re.findall(r"[\w'-]+", term))
    return any(word not in _IDLE for word in words)


def _names(spec: PolicySpec) -> frozenset[str]:
    return names_in(spec.document.text)


def distinctive(statement: Statement, spec: PolicySpec) -> list[str]:
    """Noun phrases that name the statement, the most particular first; never none.

    A phrase is particular when no other statement has it, or when no other has it as its subject.
    """
    names = _names(spec)
    text = recite(statement, spec)
    anywhere, as_subject = _phrase_counts(spec)
    own = topics(text, names)

    def rank(topic: str) -> tuple[bool, int, int]:
        return (not own[topic], anywhere[topic.lower()], list(own).index(topic))

    def particular(topic: str) -> bool:
        key = topic.lower()
        return anywhere[key] <= 1 or (own[topic] and as_subject[key] <= 1)

    unique = sorted((topic for topic in own if particular(topic)), key=rank)
    if unique:
        return unique
    sets = _phrase_sets(spec)
    for size in (2, 3):
        for chosen in combinations(sorted(own, key=rank)[:5], size):
            wanted = {topic.lower() for topic in chosen}
            if sum(wanted <= phrases for phrases in sets) == 1:
                return [f"{', '.join(chosen[:-1])} and {chosen[-1]}"]
    title = decapitalize(statement.section[-1], names) if statement.section else ""
    if own and title and len(own) == 1 and sum(own.keys() <= phrases for phrases in sets) == 1:
        return [f"{next(iter(own))} ({title})"]
    return [f"“{' '.join(text.split()[:14]).rstrip('.,;:')} …”"]


@per_spec
def _phrase_counts(spec: PolicySpec) -> tuple[Counter[str], Counter[str]]:
    """In how many statements a phrase occurs, and in how many as the subject."""
    anywhere: Counter[str] = Counter()
    as_subject: Counter[str] = Counter()
    for found in _topics(spec):
        anywhere.update({topic.lower() for topic in found})
        as_subject.update({topic.lower() for topic, subject in found.items() if subject})
    return anywhere, as_subject


@per_spec
def _phrase_sets(spec: PolicySpec) -> list[frozenset[str]]:
    return [frozenset(topic.lower() for topic in found) for found in _topics(spec)]


@per_spec
def _topics(spec: PolicySpec) -> list[dict[str, bool]]:
    names = _names(spec)
    return [topics(text, names) for text in recitations(spec).values()]
