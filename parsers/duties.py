"""Whether a sentence instructs or forbids, whoever has the duty.

In: a sentence. Out: yes or no. Imperatives and words such as 'must' and 'may not' count where they
stand in a main clause; a permission is no duty, nor is 'may not' that says what may happen.
"""

from __future__ import annotations

import re

from parsers.clauses.boundaries import main_start
from parsers.clauses.verbs import is_imperative
from parsers.language import is_finite, tokens_of
from parsers.segments import depths_of, in_main, opened, segments

_DIRECTIVE = re.compile(
    r"(?:must|should|shall|(?:do |does )?(?:have|has) to(?= \w)|needs? to(?= \w)|ought to|"
    r"(?:is|are) (?:always |not |never |also )*(?:required|expected|supposed|obliged|forbidden|"
    r"prohibited|not allowed|not permitted)|(?:is|are) to(?= [a-z])|can(?:not|['’]t| not| never| "
    r"only)|may (?:not|never|only)|no (?:more )?[\w-]+(?: [\w-]+)? (?:may|can|should|must)|"
    r"nobody (?:may|can|should|must)|no one (?:may|can|should|must)|(?:is|are) not (?:allowed|"
    r"permitted)|never|under no circumstances)\b",
    re.IGNORECASE,
)


_NO_DUTY = re.compile(
    r"(?:can|could|may|might|should|must|do|does|will)?\s*(?:not |n['’]t )?(?:need not|not need|"
    r"not have to|n['’]t have to|almost never|will never)\b",
    re.IGNORECASE,
)


_POSSIBLY = re.compile(
    r"may not (?:even|always|necessarily|be able|have|know|yet|want)\b|"
    r"may not\b[^,;]*\b(?:due to|because)\b",
    re.IGNORECASE,
)


def instructs(text: str) -> bool:
    """Whether a sentence instructs or forbids in one of its main clauses."""
    for begin, stop, _ in segments(text):
        part = opened(text[begin:stop])
        tokens = tokens_of(part)
        if not tokens or (part.count(",") > 2 and not any(is_finite(t) for t in tokens)):
            continue
        begin_main = 0
        if tokens[0].pos_ in {"ADP", "SCONJ", "ADV", "PART"} and not is_imperative(tokens):
            begin_main = main_start(tokens, 1) or 0
        if (
            is_imperative(tokens[begin_main:])
            and tokens[begin_main:][0].lower_ not in {"see", "compare", "note"}
            and len(tokens) > 1
        ):
            return True
        for match in re.finditer(_DIRECTIVE, part):
            if depths_of(part)[match.start()] or _NO_DUTY.match(part, match.start()):
                continue
            if re.search(r"\b(?:not|almost|will)\s*$", part[: match.start()]):
                continue
            if re.search(r"\bneeds? not|need not", part[match.start() : match.end() + 4]):
                continue
            token = next((t for t in tokens if t.idx >= match.start()), None)
            if token is None or not in_main(token) or token.pos_ == "NOUN":
                continue
            if _POSSIBLY.match(part, match.start()):
                continue
            return True
        if re.match(r"(?:we|you|the agent) (?:do not|don['’]t|never|always)\b", part, re.I):
            return True
    return False
