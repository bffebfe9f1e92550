"""Whether a sentence instructs or forbids, whoever has the duty.

In: a sentence. Out: yes or no. Imperatives and words such as 'must' and 'may not' count where they
stand in a main clause; a permission is no duty, nor is 'may not' that says what may happen.
"""

from __future__ import annotations

import re

from spacy.tokens import Token

from parsers.clauses.boundaries import main_start
from parsers.clauses.verbs import is_imperative
from parsers.conditions.people import PEOPLE
from parsers.language import is_finite, tokens_of
from parsers.segments import depths_of, in_main, opened, segments, words

_BE = r"(?:is|are|will be|(?<=\w)['’](?:s|re))"
_ADVERBS = r"(?:(?:always|not|never|also|thus|therefore|then|still|\w+ly) )*"
_DIRECTIVE = re.compile(
    r"(?:must|should|shall|(?:do |does )?(?:have|has) to(?= \w)|needs? to(?= \w)|ought to|"
    rf"{_BE} {_ADVERBS}(?:required|expected|supposed|obliged|forbidden|unacceptable|"
    r"prohibited|not allowed|not permitted|not acceptable|not tolerated)|"
    r"will not be (?:tolerated|accepted|allowed|permitted)|(?:is|are) (?:not )?to(?= [a-z])|"
    r"can(?:not|['’]t| not| never| "
    r"only)|may (?:not|never|only)|(?:can|may) (?:[\w-]+ ){1,3}but not|"
    r"no (?:more )?[\w-]+(?: [\w-]+)? (?:may|can|should|must)|"
    r"nobody (?:may|can|should|must)|no one (?:may|can|should|must)|(?:is|are) not (?:allowed|"
    r"permitted)|never|under no circumstances|(?:on no account|at no time|in no case)|"
    r"it(?: is|['’]s) (?:your|their|his|her|our) (?:own )?(?:responsibility|duty|obligation|"
    r"job) to)\b",
    re.IGNORECASE,
)


_NO_DUTY = re.compile(
    r"(?:can|could|may|might|should|must|do|does|will)?\s*(?:not |n['’]t )?(?:need not|not need|"
    r"not have to|n['’]t have to|almost never|will never)\b|"
    r"can(?:not|['’]t)(?: and (?:will|shall) not)? (?:be (?:held )?(?:liable|responsible|"
    r"guaranteed)|"
    r"guarantee|promise|help it)\b|"
    r"(?:we|you|the agent) (?:do not|don['’]t) (?:have to|need)\b|"
    rf"{_BE} (?:\w+ly )*not (?:\w+ly )*(?:required|expected|obliged)\b",
    re.IGNORECASE,
)


_POSSIBLY = re.compile(
    r"may not (?:even|always|necessarily|be able|have|know|yet|want)\b|"
    r"may not\b[^,;]*\b(?:due to|because)\b",
    re.IGNORECASE,
)


_STAFF = (
    r"(?:(?:all|any|our|the) )*(?:(?!and |or )[a-z]+ )?(?:staff|agents?|employees|clerks?|"
    r"cashiers?|receptionists?|advis[eo]rs?|assistants?|representatives?|operators?|porters?|colleagues|"
    r"teams?|team members)"
)
_HABIT = re.compile(
    rf"(?:we|you|{_STAFF}) (?:do(?:es)? not|do(?:es)?n['’]t|never|always)\b"
    r"(?! (?:have|know|own)\b)|"
    rf"{_STAFF} (?:accept|give|grant|make|offer|promise|take)s? no\b|always [a-z]+s\b|"
    r"we (?:ask|request|require|demand|insist|expect) that\b",
    re.IGNORECASE,
)
_POINTS = re.compile(r"(?:see|compare|note|thank)$")
_WH = {"WDT", "WP", "WRB"}


def instructs(text: str) -> bool:
    """Whether a sentence instructs or forbids in one of its main clauses."""
    for begin, stop, _ in segments(text):
        part = opened(text[begin:stop])
        tokens = tokens_of(part)
        if not tokens or (part.count(",") > 2 and not any(is_finite(t) for t in tokens)):
            continue
        begin_main = 0
        fronted = tokens[0].pos_ in {"ADP", "SCONJ", "ADV", "PART"} or tokens[0].tag_ in _WH
        if fronted and not is_imperative(tokens):
            begin_main = main_start(tokens, 1) or 0
        main = tokens[begin_main:]
        named = begin > 0 and words(text, begin, stop)[0].pos_ in {"NOUN", "PROPN", "ADJ"}
        sees = [t.lower_ for t in main[:2]] in (["see", "that"], ["see", "to"])
        if sees:
            return True
        points = _POINTS.match(main[0].lower_) if main else None
        if is_imperative(main) and not named and not (points and not _takes_down(main[0])) and (
            len(tokens) > 1 and not (main[0].lower_ == "please" and _POINTS.match(main[1].lower_))
        ):  # fmt: skip
            return True
        for match in re.finditer(_DIRECTIVE, part):
            if depths_of(part)[match.start()] or _NO_DUTY.match(part, match.start()):
                continue
            if re.search(r"(?:\b(?:not|almost)|n['’]t)\s*$", part[: match.start()]):
                continue
            if re.search(r"\bneeds? not|need not", part[match.start() : match.end() + 4]):
                continue
            token = next((t for t in tokens if t.idx >= match.start()), None)
            if token is None or token.pos_ == "NOUN" or not (in_main(token) or _there_is(token)):
                continue
            if _POSSIBLY.match(part, match.start()) or _aims(tokens, token, match[0]):
                continue
            if match[0].lower() == "never" and _lasts(token):
                continue
            return True
        if tokens[0].lower_ == "no" and len(tokens) > 1 and tokens[1].text.endswith("ing") and (
            not any(is_finite(t) for t in tokens)
        ):  # fmt: skip
            return True  # 'No smoking in the hall'
        said = part[main[0].idx :] if main else part
        if _HABIT.match(said) and not _NO_DUTY.match(said):
            return True
    return False


def _takes_down(verb: Token) -> bool:
    """Whether 'note' tells what to write down, and points at nothing: 'Note the number.'"""
    thing = next((t for t in verb.rights if t.dep_ == "dobj"), None)
    return verb.lower_ == "note" and thing is not None and thing.pos_ == "NOUN"


def _lasts(never: Token) -> bool:
    """Whether 'never' is said of a thing that does nothing to another: 'The desk never closes'."""
    verb = never.head
    subject = next((t for t in verb.lefts if t.dep_ == "nsubj"), None)
    thing = subject is not None and subject.pos_ == "NOUN"
    person = subject is not None and subject.lemma_.lower() in PEOPLE
    acts = any(t.dep_ in {"dobj", "ccomp", "xcomp", "dative", "prt"} for t in verb.rights)
    return thing and not person and not acts and verb.tag_ in {"VBZ", "VBP"}


def _aims(tokens: list[Token], verb: Token, said: str) -> bool:
    """Whether 'is to' tells what something is for, or whom it is owed ('our duty is to you')."""
    if not re.fullmatch(r"(?:is|are) (?:not )?to", said, re.IGNORECASE):
        return False
    done = next((t for t in tokens if t.i > verb.i and t.lower_ not in {"not", "to"}), None)
    if done is None or done.tag_ not in {"VB", "RB"}:
        return True
    if done.lemma_ == "be":
        return False
    if any(t.lower_ == "there" for t in verb.lefts):
        return True  # 'how long there is to go'
    subject = next((t for t in verb.lefts if t.dep_ == "nsubj"), None)
    if subject is None:
        return False
    plan = subject.tag_ == "NN" and subject.lemma_.lower() not in PEOPLE | {"thing"}
    return plan or subject.lower_ in {"this", "that", "it"}


def _there_is(token: Token) -> bool:
    """Whether a token stands in a clause on what 'there is': 'There is one thing you should do'."""
    clause = next((t for t in (token, *token.ancestors) if t.dep_ in {"relcl", "acl"}), None)
    if clause is None:
        return False
    verb = next((t for t in clause.ancestors if t.pos_ in {"VERB", "AUX"}), None)
    return verb is not None and verb.dep_ == "ROOT" and any(t.dep_ == "expl" for t in verb.lefts)
