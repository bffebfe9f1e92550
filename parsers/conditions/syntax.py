"""Where clauses and noun phrases come apart: subject and verb, noun and restriction, 'or'."""

from __future__ import annotations

import re

from spacy.tokens import Token

from parsers.conditions.comparisons import comparisons
from parsers.language import analyse


def subject_and_verb(text: str) -> tuple[str, str]:
    """(subject, the rest from its verb on) of a clause; an empty subject when it has none."""
    doc = analyse(text)
    for wanted in ({"VBZ", "VBP", "VBD", "MD"}, {"VBN", "VB"}):
        for token in doc:
            if token.tag_ in wanted:
                return text[: token.idx].strip(), text[token.idx :].strip()
    if match := re.match(
        r"((?:an?|the|any|their|his|her|our) [\w-]+) ((?:[\w-]+(?:s|ed)|cost|weigh|"
        r"last)\b.*)",
        text,
        re.I,
    ):
        return match[1], match[2]  # a verb taken for a noun
    return "", text.strip()


_RESTRICTS = re.compile(
    r"\s(?:(?:of|at|on|in|with|without|from|under|over|above|below|aged?|to|within|for|between|"
    r"outside|after|before)\s|(?:not )?(?:weighing|costing|exceeding|measuring|containing|"
    r"travelling|traveling|booked|purchased|bought|made|cancelled|older|younger|heavier|larger|"
    r"longer|more than|less than|fewer than|up to|at least|at most|no more than|not more than|"
    r"(?!(?:oth|rath|eith|wheth)er\b)[a-z]{2,}er than|"
    r"worth|priced|staying|reported|received|placed|paid|returned|"
    r"presented|delivered|handed in|holding|carrying|arriving|[a-z]{3,}(?= by\b)|"
    r"(?:[a-z]{3,}ed|sold|lent|sent|left|found|given|taken|kept|held)(?= (?:not|no|within|"
    r"at least|up to|more|less|later|earlier|on|at|from|to|in|through)\b))\s)"
)
"""What restricts a noun behind it: a preposition, a participle, a comparative."""


def noun_and_restriction(text: str) -> tuple[str, str]:
    """(noun phrase, what restricts it after the noun)."""
    match = _RESTRICTS.search(text + " ")
    if not match:
        return text, ""
    return text[: match.start()].strip(), text[match.start() :].strip()


def coordinated(text: str, joiner: str) -> list[str]:
    """Split a clause at coordinated verbs or clauses; the subject is carried over."""
    if joiner not in re.findall(r"\w+|,", text.lower()):
        return [text]
    doc = analyse(text)
    spans = comparisons(text)
    taken = spans[0] if spans else []
    cuts: list[tuple[int, int, bool]] = []
    for token in doc:
        if token.lower_ != joiner or token.i == 0 or token.i + 1 >= len(doc):
            continue
        if any(start <= token.idx < end for start, end in taken):
            continue
        left = doc[: token.i]
        verbal = any(t.pos_ in {"VERB", "AUX"} for t in left)
        if not verbal and not subject_and_verb(text[: token.idx].strip())[0]:
            continue
        following = doc[token.i + 1 :]
        first = following[0]
        k = 1 if first.lower_ in {"who", "that", "which", "if", "when", "either"} else 0
        if k < len(following) and following[k].lower_ in {"also", "then", "not"}:
            k += 1
        if k >= len(following):
            continue
        first = following[k]
        verb = first.tag_ in {"VBZ", "VBP", "VBD", "MD"}
        if first.tag_ == "VBN" and not any(
            t.lemma_ in {"be", "have", "get"} for t in left if t.pos_ == "AUX"
        ):
            verb = True
        whole = not verb and _starts_clause(
            list(following[k:]), first.idx + _measure(text[first.idx : first.idx + _MEASURE])
        )
        denied = re.search(r"\b(?:not|no)\b|n['’]t\b", text[: token.idx])
        if whole or (verb and (joiner != "but" or denied)):
            start = token.idx
            if text[:start].rstrip().endswith(","):
                start = len(text[:start].rstrip()) - 1
            cuts.append((start, first.idx, whole))
    if not cuts:
        return [text]
    parts, position, subject = [], 0, ""
    for (start, follow, _), whole in zip(
        [*cuts, (len(text), 0, True)], [True, *(whole for *_, whole in cuts)], strict=True
    ):
        part = text[position:start]
        if whole:
            subject = subject_and_verb(part)[0]
        parts.append(part if whole else f"{subject} {part}")
        position = follow
    return parts


_MEASURE = 60
"""Characters of a measure: 'in excess of 30 square kilometres'."""


def _measure(text: str) -> int:
    """Where a measure ends that a text begins with, such as 'less than 40 minutes'."""
    found = comparisons(text)
    return found[0][0][1] if found and found[0][0][0] == 0 else 0


def _starts_clause(tokens: list, measured: int) -> bool:
    """Whether these tokens begin with a subject, whose measure ends there, and its finite verb."""
    for i, token in enumerate(tokens):
        if token.idx < measured:
            continue
        if token.tag_ in {"VBZ", "VBP", "VBD", "MD"}:
            return i > 0
        attribute = token.tag_ in {"VBN", "VBG"} and i > 0 and tokens[i - 1].pos_ in {"DET", "ADJ"}
        complement = token.lower_ == "of" and i > 0 and tokens[i - 1].pos_ == "NOUN"
        behind = _behind_noun(token, tokens[0].i)  # 'the person driving it was not named'
        nominal = token.pos_ in {"DET", "NOUN", "PROPN", "PRON", "ADJ", "NUM", "PART"}
        if not (nominal or attribute or complement or behind):
            return False
        if token.lower_ in {"who", "which", "that"} and i > 0:
            return False
        if token.pos_ == "PRON" and i == 0 and token.lower_ in {"who", "which"}:
            return False
    return False


def _behind_noun(token: Token, begin: int) -> bool:
    """Whether a word is of a participle that restricts a noun standing after `begin`."""
    return any(
        part.dep_ == "acl" and part.tag_ in {"VBN", "VBG"} and begin <= part.head.i < part.i
        for part in (token, *token.ancestors)
        if part.i <= token.i
    )
