"""Whom or what a rule is about, where that singles out cases: a subject or an object.

In: the tokens of a main clause. Out: `Single`: the words that name the case ('Bags that weigh more
than 32 kg are refused', 'Deny requests that are against this policy', 'only on delivered orders').
A definite thing ('the address that you gave') and a definition single out nothing.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from spacy.tokens import Token

from parsers.clauses.boundaries import main_start
from parsers.clauses.participants import CONCESSION, NAMES
from parsers.clauses.structure import Range
from parsers.clauses.verbs import is_imperative
from parsers.conditions.people import PEOPLE
from parsers.language import is_finite
from parsers.segments import in_main, is_reduced, main_verb, words

AGENT = re.compile(
    r"(?:you|we|(?:the |all |every |each |an? )?(?:[\w-]+ )?"
    r"(?:agents?|staff|clerks?|assistants?|representatives?|advis[eo]rs?|operators?))\b",
    re.IGNORECASE,
)


_STATE_VERBS = {"contain", "include", "comprise", "mean", "describe", "refer", "define", "denote",
                "specify", "consist", "provide", "represent", "exist", "show"}  # fmt: skip


_CREATES = {"make", "provide", "create", "write", "contain", "include", "have", "be", "need", "use",
            "require", "build", "produce", "give", "choose", "select", "get", "gather", "follow",
            "see", "know", "find", "list", "keep", "want", "confirm", "apply", "ask", "inform",
            "meet", "become", "solicit", "modify"}  # fmt: skip


_KEPT = {"keep", "store", "hold", "list", "record", "file", "describe", "call", "name"}


_RESPONDS = {"deny", "refuse", "reject", "decline", "ignore", "accept", "approve", "escalate",
             "forbid", "prohibit"}  # fmt: skip


_RESPONSE = re.compile(
    rf"(?:please |always )?(?:{'|'.join(sorted(_RESPONDS))}) "
    r"(?P<what>(?:all |any |the )?[\w-]+(?: [\w-]+)? (?:that|which|who|whose) )",
    re.IGNORECASE,
)
DEFINITE = {"the", "this", "that", "these", "those", "its", "their", "your", "our", "his", "her",
             "my", "each", "both"}  # fmt: skip


_ANYBODY = {"anyone", "anybody", "whoever", "anything", "those", "everyone", "everybody"}


OTHERS = re.compile(r"(?:[a-z]+ )?(?:(?:all|any|every|the|no) )?others?\b(?! than)", re.IGNORECASE)
_LAPSE = re.compile(
    r"(?:(?:an?|any|every|repeated) )?(?:[a-z]+ )?(?:failures?|refusals?|violations?|breach(?:es)?|"
    r"infringements?|attempts?|non-compliance) (?:to|of|with|by)\b",
    re.IGNORECASE,
)
_FORBIDS = re.compile(
    r"(?:is|are|will be) (?:strictly |expressly |never |also )?(?:not (?:be )?"
    r"(?:allowed|permitted|acceptable|tolerated|welcome)|forbidden|prohibited|unacceptable|"
    r"banned)\b",
    re.IGNORECASE,
)
_APART = re.compile(
    r"(?:is|are) (?:not (?:eligible|entitled|covered)|ineligible|exempt|excluded)\b|"
    r"pays? nothing\b",
    re.IGNORECASE,
)
"""What is said of some only where others are treated otherwise."""
_LEADS_TO = re.compile(
    r"(?:will|may|can|shall) (?:also |automatically )?(?:result in|lead to|incur|entail|attract|"
    r"trigger)\b",
    re.IGNORECASE,
)
_COLLECTIONS = {"list", "number", "set", "group", "team", "names", "total"}
_RARELY = {"sometimes", "often", "usually", "occasionally", "frequently", "typically", "commonly"}
MEASURED = re.compile(
    r"\b(?:more than|less than|fewer than|over|under|above|below|at least|up to|between|older|"
    r"younger|or more|exceeding|heavier|lighter|longer than|shorter than|within|outside)\b[^,;]*\d|"
    r"\d[\w.,]*(?: [\w-]+)? (?:or (?:more|less|fewer|over|under|older|younger)\b|to \d)"
)


class Single(NamedTuple):
    """`words` name the case, `cut` is what an outcome is told without."""

    words: Range
    cut: Range
    subject: bool


def restriction(text: str, start: int, stop: int) -> Single | None:
    """What a main clause in text[start:stop] singles out; None when it is said of all."""
    tokens = words(text, start, stop)
    if len(tokens) < 3:
        return None
    if told := _RESPONSE.match(text, start, stop):  # the tagger takes many of these verbs for nouns
        where = (told.start("what"), start + len(text[start:stop].rstrip(" ,")))
        return Single(where, where, False)
    if tokens[0].pos_ in {"ADP", "SCONJ", "PART"} and (begin := main_start(tokens, 1)):
        tokens = tokens[begin:]
    verb = main_verb(tokens)
    imperative = is_imperative(tokens)
    if verb is not None and not imperative:
        subject = [t for t in tokens if t.i < verb.i]
        if (first := _singles_out(subject, tokens, verb, text)) is not None:
            while subject[-1].lower_ in {"then", "also", "therefore"} or subject[-1].is_punct:
                subject.pop()
            last = subject[-1].idx + len(subject[-1])
            return Single((first.idx, last), (start, verb.idx), True)
    return _object(text, tokens, verb, imperative)


def _singles_out(subject: list[Token], tokens: list[Token], verb: Token, text: str) -> Token | None:
    """The word at which a subject begins to name cases, None when it names none."""
    if not subject or subject[0].pos_ in {"ADP", "SCONJ"} or len(subject) < 2:
        return None
    if subject[0].lower_ in {"there", "it", "this", "none", "most", "many", "some", "only"}:
        return None
    owner = verb.head if verb.dep_ in {"aux", "auxpass"} else verb
    if _FORBIDS.match(text, verb.idx) and subject[0].lower_ != "other":
        return None  # what is forbidden, not when
    if verb.i == tokens[-1].i or (
        owner.lemma_.lower() in _STATE_VERBS and owner.tag_ != "VBN" and verb.tag_ != "MD"
    ):
        return None
    attribute = owner.lemma_ == "be" and any(t.dep_ == "attr" for t in owner.rights)
    if verb.tag_ == "VBD" or (attribute and verb.tag_ != "MD"):
        return None
    members = {t.i for t in subject}
    if (subject[0].lower_ == "other" and subject[-1].tag_ in {"NNS", "NNPS"}) or (
        subject[0].lower_ == "other" and len(subject) > 2
    ):
        return subject[0]
    said = text[subject[0].idx : verb.idx]
    if subject[0].lower_ in {"all", "any"} and OTHERS.match(said):
        return subject[0]
    if _LAPSE.match(said) or (_LEADS_TO.match(text, verb.idx) and _bare(subject[0])):
        return subject[0]
    if subject[0].lower_ in _ANYBODY:
        return subject[0] if len(subject) > 1 else None
    for token in subject:
        relative = token.dep_ == "relcl" and token.head.i in members
        collected = any(t.lower_ in _COLLECTIONS for t in subject if t.i < token.head.i)
        noun = _antecedent(token)
        any_ = _indefinite(noun) or (verb.tag_ == "MD" and _told_apart(noun))
        if relative and not collected and any_:
            comma = text[: token.left_edge.idx].rstrip().endswith(",")
            if not comma:
                return _owned(noun).left_edge
    head = next(
        (
            t
            for t in subject
            if t.dep_ in {"nsubj", "nsubjpass"}
            and (t.head.i == owner.i or is_reduced(t.head, verb))
        ),
        None,
    )
    if (
        head is None
        or not _indefinite(head)
        or any(t.lower_ in {"all", "every", "no"} for t in head.lefts)
    ):
        return None
    if _APART.match(text, verb.idx):
        return subject[0]
    reduced = any(is_reduced(t, verb) for t in subject[1:]) or any(
        (t.dep_ == "acl" and t.tag_ in {"VBG", "VBN"})
        or (
            t.dep_ == "amod"
            and t.pos_ == "ADJ"
            and t.lower_ != "other"
            and any(c.pos_ == "ADP" for c in t.rights)
        )
        for t in head.rights
    )
    if reduced and _rules(verb, owner):
        return subject[0]
    conceded = CONCESSION.search(text.rstrip(" .;!"), verb.idx)
    narrows = NAMES | {"with", "without"} if conceded else {"with", "without"}
    narrowed = any(t.dep_ == "prep" and t.lower_ in narrows for t in head.rights)
    return subject[0] if narrowed or MEASURED.search(said) else None


def _rules(verb: Token, owner: Token) -> bool:
    """Whether a verb says what holds by rule: 'must go', 'will be paid', 'are refused'."""
    passive = any(t.dep_ == "auxpass" for t in owner.lefts) and owner.lemma_ not in _KEPT
    judged = owner.lemma_ == "be" and any(t.dep_ == "acomp" for t in owner.rights)
    return (verb.tag_ == "MD" and verb.lower_ not in {"would", "might", "could"}) or (
        (passive or judged) and verb.tag_ in {"VBZ", "VBP"}
    )


def _bare(first: Token) -> bool:
    """Whether a subject's first word points at nothing known: 'abuse', 'any delay'."""
    return first.lower_ not in DEFINITE | {"a", "an"} and first.pos_ in {
        "NOUN",
        "PROPN",
        "ADJ",
        "DET",
        "NUM",
        "VERB",
    }


def _indefinite(noun: Token) -> bool:
    """'any bag', 'a bag', 'bags': not a thing already known."""
    before = [t.lower_ for t in noun.lefts]
    if any(w in DEFINITE for w in before) or any(t.dep_ == "poss" for t in noun.lefts):
        return False
    return noun.tag_ in {"NNS", "NNPS"} or bool(
        {"any", "a", "an", "every", "no", "all"} & set(before)
    ) or noun.lower_ in _ANYBODY  # fmt: skip


def _owned(noun: Token) -> Token:
    """What belongs to those a clause is about: 'bags of guests who left'."""
    of = noun.head
    whole = of.lower_ == "of" and of.dep_ == "prep" and _indefinite(of.head)
    return of.head if whole else noun


def _antecedent(verb: Token) -> Token:
    """What a relative clause is about: a plural noun where its verb is plural."""
    noun = verb.head
    finite = next((t for t in (verb, *verb.lefts) if is_finite(t)), None)
    if finite is None or finite.tag_ != "VBP" or noun.tag_ in {"NNS", "NNPS"}:
        return noun
    return next((t for t in noun.ancestors if t.tag_ in {"NNS", "NNPS"}), noun)


def _object(text: str, tokens: list[Token], verb: Token | None, imperative: bool) -> Single | None:
    """An object that tells which cases are meant."""
    members = {t.i for t in tokens}
    said = text[tokens[0].idx : tokens[-1].idx + len(tokens[-1])]
    told = verb is not None and (verb.tag_ == "VBD" or (
        verb.lemma_ == "have" and verb.dep_ == "aux"))  # fmt: skip
    normed = imperative or (bool(AGENT.match(said)) and not told) or (
        verb is not None and verb.tag_ == "MD" and tokens[0].lower_ not in {"it", "this", "that"}
        and not any(t.lower_ in _RARELY for t in tokens)
    ) or (verb is None and tokens[0].tag_ in {"VB", "VBP"})  # fmt: skip
    only = next((t for t in tokens if t.lower_ == "only"), None)
    focus = only is not None and in_main(only) and only.head.pos_ != "ADJ"
    focus = focus and (verb is None or verb.tag_ != "VBD")
    behind = next(
        (t for t in tokens if only is not None and t.i > only.i and t.dep_ == "prep"), None
    )
    for token in tokens:
        if focus and token is behind and (
            token.lower_ in {"on", "for", "to", "from", "with", "within", "in"}
        ):  # fmt: skip
            noun = next((t for t in token.rights if t.dep_ == "pobj"), None) or _behind(token)
            if noun is not None and (_indefinite(noun) or _told_apart(noun)) and (
                not any(t.like_num for t in noun.lefts)
            ):  # fmt: skip
                return _taken(text, token.idx, noun, members)
        lifts = token.dep_ == "pobj" and bool(re.search(r"\bnot apply to\b", said))
        lifts = lifts or _applied_to(token)
        fits = _fits(token, members)
        if token.dep_ not in {"dobj", "pobj", "dative"} or not (normed or lifts or fits):
            continue
        if token.pos_ not in {"NOUN", "PROPN", "PRON"}:
            continue
        governor = next(
            (t for t in token.ancestors if t.pos_ != "ADP" and t.dep_ != "prep"), token.head
        )
        before = {t.lower_ for t in token.lefts}
        if governor.lemma_ == "be":
            continue  # 'must be from members who …': what is asked, not when
        if normed and "other" in before and before & {"any", "all"}:
            return _taken(text, token.head.idx if token.dep_ == "pobj" else token.left_edge.idx,
                          token, members)  # fmt: skip
        negated = any(t.dep_ == "neg" for t in governor.children)
        if not lifts and negated and not _not_for(token, governor, members):
            continue  # what is forbidden, not when
        if fits:
            return _taken(text, token.head.idx, token, members)
        lemma = governor.lemma_.lower()
        clauses = [t for t in token.subtree if t.dep_ == "relcl" and t.i in members]
        if (
            lemma in _RESPONDS
            and token.dep_ == "dobj"
            and (clauses or any(t.dep_ in {"acl", "prep"} for t in token.rights))
        ) or (lifts and lemma == "apply"):
            return _taken(text, token.left_edge.idx, token, members)
        who = next(
            (
                t
                for t in clauses
                if t.head.i == token.i
                and not any(u.lower_ in DEFINITE for u in tokens if token.i < u.i < t.left_edge.i)
            ),
            None,
        )
        if who is None:
            continue
        person = any(t.lower_ in {"who", "whom"} for t in who.subtree)
        if "any" in before or (
            _indefinite(token) and "all" not in before and (person or lemma not in _CREATES)
            and (token.tag_ in {"NNS", "NNPS"} or token.lower_ in _ANYBODY) and any(
                t.lower_ in {"who", "whom", "that", "which", "whose"} for t in who.subtree)
        ):  # fmt: skip
            return _taken(text, token.left_edge.idx, token, members)
    return None


def _told_apart(noun: Token) -> bool:
    """'baggage that is damaged': a name without article, narrowed down."""
    narrowed = any(t.dep_ in {"relcl", "acl"} for t in noun.rights)
    return narrowed and not any(t.pos_ in {"DET", "PRON"} for t in noun.lefts)


def _fits(noun: Token, members: set[int]) -> bool:
    """Whether a judgement is for some only: 'free for guests who stay', 'fit for anyone with …'."""
    to = noun.head
    told = noun.dep_ == "pobj" and to.lower_ in {"for", "to"} and to.head.dep_ == "acomp"
    if not told or noun.i not in members or not _indefinite(noun):
        return False
    anybody = noun.lower_ in _ANYBODY
    if not anybody and noun.lemma_.lower() not in PEOPLE:
        return False
    narrowed = {"relcl", "acl", "prep"} if anybody else {"relcl", "acl"}
    return any(t.dep_ in narrowed for t in noun.rights)


def _applied_to(noun: Token) -> bool:
    """Whether it is told to which things something applies: 'applies to vans that are old'."""
    to = noun.head
    if noun.dep_ != "pobj" or to.lower_ != "to" or to.head.lemma_ != "apply":
        return False
    told = any(t.dep_ in {"acl", "relcl"} for t in noun.rights)
    return told and _indefinite(noun) and not any(t.dep_ == "aux" for t in to.head.lefts)


def _not_for(noun: Token, verb: Token, members: set[int]) -> bool:
    """Whether 'do not' is said of things in some state, told by a clause with another subject.

    'Do not add bags that the guest does not need'; 'do not write files that harm' forbids them all.
    """
    clause = next((t for t in noun.rights if t.dep_ == "relcl" and t.i in members), None)
    if clause is None or noun.dep_ != "dobj" or noun.head.i != verb.i:
        return False
    who = next((t for t in clause.lefts if t.dep_ in {"nsubj", "nsubjpass"}), None)
    return noun.tag_ == "NNS" and who is not None and who.pos_ in {"NOUN", "PROPN"}


def _behind(preposition: Token) -> Token | None:
    """The noun of 'on pending or shipped orders', where the participles were taken for verbs."""
    phrase = list(preposition.subtree)[1:]
    participles = [t for t in phrase if t.tag_ in {"VBG", "VBN", "CC", "JJ"}]
    told = len(phrase) > 1 and phrase[0].dep_ == "pcomp" and len(participles) == len(phrase) - 1
    return phrase[-1] if told and phrase[-1].pos_ == "NOUN" else None


def _taken(text: str, begin: int, noun: Token, members: set[int]) -> Single:
    end = max(t.idx + len(t) for t in noun.subtree if t.i in members)
    opening = re.search(r"\s(?:to|for|from|with|on|of|by)\s+$", text[:begin])
    return Single((begin, end), (opening.start() if opening else begin, end), False)
