"""Where a main clause begins behind a fronted circumstance, with or without a comma between."""

from __future__ import annotations

from spacy.tokens import Token

from parsers.clauses.verbs import is_imperative
from parsers.language import is_finite
from parsers.leads import routes


def starts_main(tokens: list[Token]) -> bool:
    """Whether a main clause starts here."""
    while tokens and (
        tokens[0].lower_ in {"then", "please", "however", "though"} or tokens[0].is_punct
    ):
        tokens = tokens[1:]
    if not tokens or tokens[0].lower_ in {
        "and", "or", "but", "who", "which", "that", "nor", "if", "unless", "when", "even",
        "whether", "such",
    }:  # fmt: skip
        return False
    if tokens[0].tag_ == "VBZ" or tokens[0].lower_ in {"was", "were", "had", "did"}:
        return False  # 'If it is open, has been used and is wet, …': its subject came before
    if is_imperative(tokens) or (len(tokens) < 12 and routes(" ".join(t.text for t in tokens))):
        return True
    for i, token in enumerate(tokens):
        if token.lower_ in {",", ";", ":"}:
            return False
        if is_finite(token) and i > 0 and tokens[i - 1].lower_ not in {"who", "that", "which"}:
            return True
    return False


def main_start(tokens: list[Token], begin: int) -> int | None:
    """Index of the token at which the main clause begins, after a fronted circumstance."""
    depth = 0
    for i in range(begin, len(tokens)):
        token = tokens[i]
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth or i <= begin:
            continue
        if token.lower_ == "please" and starts_main(tokens[i:]):
            return i
        if token.text in {",", ":", "–", "—", "-", "→"} or token.lower_ == "then":
            after = tokens[i + 1 :]
            if token.text in {":", "→"} and after:
                return i + 1
            if token.text == "-" and not (token.whitespace_ and tokens[i - 1].whitespace_):
                continue
            if after and starts_main(after):
                return _past_list(tokens, i + 1)
            if token.text == "," and _nested(tokens, begin, i):
                return i + 1
    return None


def _nested(tokens: list[Token], begin: int, comma: int) -> bool:
    """Whether another circumstance follows a whole one: 'For bags that are wet, if …, charge …'."""
    opens = comma + 2 < len(tokens) and tokens[comma + 1].lower_ in {"if", "when", "where"}
    if not opens or not any(is_finite(t) for t in tokens[begin:comma]):
        return False
    return main_start(tokens, comma + 2) is not None


def seam_of(tokens: list[Token], begin: int) -> int | None:
    """Where the main clause begins behind a circumstance that no comma closes.

    'If it comes later than that they get nothing': a second subject with a verb of its own.
    """
    finite = [i for i, t in enumerate(tokens) if i > begin and is_finite(t)]
    for i in finite[1:]:
        verb = tokens[i]
        heads = (verb, verb.head) if verb.dep_ in {"aux", "auxpass"} else (verb,)
        subject = next(
            (c for h in heads for c in h.lefts if c.dep_ in {"nsubj", "nsubjpass"}), None
        )
        if subject is None or subject.lower_ in {"that", "who", "which"}:
            continue
        start = next((j for j, t in enumerate(tokens) if t.i == subject.left_edge.i), 0)
        if start <= finite[0] or any(t.text in {",", ";", ":"} for t in tokens[begin:start]):
            return None
        before = tokens[start - 1]
        compared = before.lower_ == "that" and tokens[start - 2].lower_ == "than"
        passive = any(t.dep_ == "auxpass" for t in before.lefts)
        closed = before.tag_ == "VBN" and passive  # which takes no object
        if compared or closed or before.pos_ in {"NOUN", "PROPN"}:
            return start
        if before.dep_ == "mark":
            continue  # 'If they feel that it is late they can …'
        return None
    return None


def pronoun_seam(tokens: list[Token]) -> int | None:
    """Where a main clause begins behind a phrase: 'Without the test | they need a guide'."""
    for i, token in enumerate(tokens[2:-1], 2):
        if token.text in {",", ";", ":"}:
            return None
        if token.lower_ in {"they", "we", "it", "he", "she", "you"} and is_finite(tokens[i + 1]):
            return i
    return None


def kind_seam(tokens: list[Token]) -> int | None:
    """Where a main clause about an amount begins: 'For express orders | it takes 3 days'."""
    place = pronoun_seam(tokens)
    plural = place is not None and tokens[place - 1].tag_ in {"NNS", "NNPS"}
    told = place is not None and any(t.like_num or t.lower_ == "nothing" for t in tokens[place:])
    return place if plural and told else None


def cut_before(tokens: list[Token], boundary: int) -> int:
    """Where a circumstance ends that a main clause follows, with or without a comma between."""
    before = tokens[boundary - 1]
    seamless = before.is_alpha and before.lower_ != "then"
    return tokens[boundary].idx if seamless else before.idx


def _past_list(tokens: list[Token], begin: int) -> int | None:
    """The main clause behind 'If A, B and C, do it': B would be one, but is in the list.

    None where a list without a main clause leads to cases: 'Where A, B and C:'.
    """
    if is_imperative(tokens[begin:]):
        return begin
    joined = len(tokens)
    for i in range(begin, len(tokens)):
        if tokens[i].lower_ in {"and", "or"}:
            joined = min(joined, i)
        listed = joined < i and _clauses(tokens, begin, joined, i)
        if tokens[i].lower_ in {"if", "unless", "when"}:
            return i if listed and tokens[i - 1].text == "," else begin
        if tokens[i].text == ":" and i + 1 == len(tokens) and listed:
            return None
        if tokens[i].text in {";", ":"}:
            return begin
        if joined < i and tokens[i].text == ",":
            after = tokens[i + 1 :]
            if is_imperative(after) or (listed and starts_main(after)):
                return i + 1
    return begin


def _clauses(tokens: list[Token], begin: int, joint: int, end: int) -> bool:
    """Whether what 'and' joins are circumstances: clauses, none of which says what is done."""
    said = tokens[begin:end]
    return (
        not any(t.tag_ == "MD" for t in said)
        and any(is_finite(t) for t in tokens[joint:end])
        and not routes(" ".join(t.text for t in said))
    )
