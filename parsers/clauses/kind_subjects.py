"""Exceptions that a kind of thing or person is the subject of: 'Exception: members pay nothing.'

In: what stands behind 'Exception:'. Out: where its subject ends, if that names a kind.
"""

from __future__ import annotations

from parsers.language import is_finite, tokens_of

_ANY = frozenset({"a", "an", "any", "every", "all"})


def kind_subject(text: str) -> int:
    """Where the kind ends that a main clause opens with, or 0 where it opens otherwise."""
    tokens = tokens_of(text)
    verb = next((i for i, token in enumerate(tokens) if is_finite(token)), 0)
    if not verb or any(token.is_punct or token.pos_ == "PRON" for token in tokens[:verb]):
        return 0
    heads = (tokens[verb], tokens[verb].head)
    subjects = {t.i for h in heads for t in h.lefts if t.dep_ in {"nsubj", "nsubjpass"}}
    noun = next((t for t in tokens[:verb] if t.i in subjects), None)
    if noun is None or not (noun.tag_ in {"NNS", "NNPS"} or tokens[0].lower_ in _ANY):
        return 0
    if tokens[0].lower_ in {"the", "our", "your", "these", "those", "both"}:
        return 0
    last = next((t for t in reversed(tokens[:verb]) if t.pos_ not in {"ADV", "PART"}), noun)
    return last.idx + len(last.text)
