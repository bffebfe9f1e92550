"""The terms of a rule: noun phrases that name it among all others.

In: a statement of a specification. Out: the phrases, the most particular first, by which questions
can speak of it.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations

from data.recitations import per_spec, recitations, recite
from data.syntax import decapitalize, names_in
from data.topics import topics
from parsers.spec import PolicySpec, Statement


def distinctive(statement: Statement, spec: PolicySpec) -> list[str]:
    """Noun phrases that name the statement, the most particular first; never none.

    A phrase is particular when no other statement has it, or when no other has it as its subject.
    """
    names = names_in(spec.document.text)
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
    names = names_in(spec.document.text)
    return [topics(text, names) for text in recitations(spec).values()]
