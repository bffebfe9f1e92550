"""A sentence's main clauses, and where in them a word stands.

In: the text of a sentence. Out: its segments (each a main clause with what hangs on it), its tokens
by place, the finite verb of a main clause, and how many clauses a stretch joins.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache

from spacy.tokens import Token

from parsers.clauses.boundaries import main_start, seam_of, starts_main
from parsers.clauses.verbs import finite_main_verb, is_imperative
from parsers.language import analyse, is_finite, tokens_of

OPENERS = re.compile(
    r"(?:[\w-]+: )?(?:(?:however|also|and|but|or|so|thus|therefore|hence|in addition|"
    r"additionally|furthermore|"
    r"similarly|likewise|moreover|of course|generally|in general|normally|usually|first|then|"
    r"next|finally|"
    r"note(?: that)?"
    r"(?! (?:an?|the|any|all|each|every|its|their|down)\b)|important|as a rule|by default|"
    r"in particular|instead|at present|"
    r"please note(?: that)?|indeed|again|"
    r"(?:most |more )?(?!(?:re|ap|sup|com|multi)ply\b|rely\b)[a-z]+ly(?=,))\b"
    r"[,:]?\s+)*",
    re.IGNORECASE,
)


SUBORDINATOR = re.compile(
    r"\b(?:(?P<except>(?:except|unless|save)(?: (?:if|when|where|that))?)|"
    r"(?P<even>even (?:if|when|though))|"
    r"(?P<word>(?:if and )?only (?:if|when|where|after|once)|"
    r"if|when|whenever|wherever|(?:for )?as long as|so long as|as soon as|"
    r"in case(?! of)|in the event(?! of)(?: that)?|on condition that|"
    r"provid(?:ed|ing)(?: always)?(?: that\b|(?! (?:in|by|to|for|with|on|at|as|under)\b))|"
    r"assuming(?: that)?|once|until|while|where|after))"
    r"(?:,\s+(?:for|in|at|on|by|after|as|despite|during|because of)\s[^,;]{1,60},)?\s+",
    re.IGNORECASE,
)


_ENCLOSING = re.compile(r"""[()“”"']""")
MOST_JOINTS = 16
"""Behind so many of a sentence's 'and's a main clause is looked for: each time, the rest of the
sentence is analysed."""


def masked(text: str) -> str:
    """The text with commas and stops in quotes and parentheses blanked: they join no clauses."""
    depths = depths_of(text)
    return "".join(" " if d and c in ",;:–" else c for c, d in zip(text, depths, strict=True))


def words(text: str, begin: int, stop: int) -> list[Token]:
    """The tokens of a stretch, from the analysis of the whole text."""
    first, last = (bisect_left(_offsets(text), place) for place in (begin, stop))
    return [t for t in analyse(text)[first:last] if not t.is_space]


@lru_cache(maxsize=16)
def _offsets(text: str) -> list[int]:
    """Where each token begins: a sentence of many segments is asked for each of them."""
    return [token.idx for token in analyse(text)]


def depths_of(text: str) -> list[int]:
    """How deep in parentheses and quotes each character stands."""
    if not _ENCLOSING.search(text):
        return [0] * len(text)
    depth, quoted, result = 0, False, []
    for i, c in enumerate(text):
        depth += (c == "(") - (i > 0 and text[i - 1] == ")")
        opening = (
            c in "“"
            or (c == '"' and not quoted)
            or (
                c == "'"
                and not text[i - 1 : i].isalnum()
                and not quoted
                and text.find("'", i + 1) > 0
            )
        )
        closing = c in "”" or (c == '"' and quoted) or (
            c == "'" and quoted and not text[i + 1 : i + 2].isalnum())  # fmt: skip
        if closing:
            quoted = False
        elif opening:
            quoted = True
        result.append(max(depth, 0) + quoted)
    return result


def segments(text: str) -> list[tuple[int, int, str]]:
    """Main clauses with what hangs on them, and the word that joins each to the one before.

    Cut at semicolons, and before 'and' with a main clause behind it.
    """
    depths = depths_of(text)
    result: list[tuple[int, int, str]] = []
    begin, joiner, tried = 0, "", 0
    paired = text.count(" – ") == 2  # an aside
    for match in re.finditer(r"[;–]\s+|:\s+(?=[a-z]|If |When |Unless )|,\s+(and|but|so)\s+|\s+-\s+|"
                             r",\s+which (?:also )?means(?: that)?\s+|,\s+(?=in which case\b)|"
                             r"\s+(and|but)\s+(?=(?:you|we|they|it|he|she)\s+(?:can|cannot|may|"
                             r"must|"
                             r"shall|should|will|need)\b)|"
                             r"\s+(and|but)\s+(?=(?:if|when|unless)\b)", text):  # fmt: skip
        if depths[match.start()] or (paired and match[0][0] == "–"):
            continue
        joint = match[1] or match[2] or match[3] or ""
        if joint:
            tried += 1
            if tried > MOST_JOINTS:
                continue
            before, after = text[begin : match.start()], text[match.end() :]
            waits = SUBORDINATOR.match(opened(before)) and not _has_main(before)
            own = re.match(r"(?:if|when|unless|where)\b", after, re.I) or _subject_follows(after)
            own = own or (joint == "so" and is_imperative(list(analyse(after))))
            if waits or not own or not _complete(before):
                continue
        result.append((begin, match.start(), joiner))
        begin, joiner = match.end(), joint
    return [*result, (begin, len(text), joiner)]


def _complete(text: str) -> bool:
    """Whether a text has its main verb, not only those of the clauses about its subject."""
    tokens = tokens_of(text)
    relative = any(t.lower_ in _RELATIVE for t in tokens)
    return not relative or is_imperative(tokens) or main_verb(tokens) is not None


def opened(text: str) -> str:
    match = OPENERS.match(text)
    return text[match.end() :] if match else text


def _has_main(text: str) -> bool:
    tokens = tokens_of(text)
    return main_start(tokens, 1) is not None or seam_of(tokens, 1) is not None


def _subject_follows(text: str) -> bool:
    """Whether a main clause with a subject or verb of its own starts here."""
    tokens = tokens_of(text)
    if not tokens or tokens[0].lower_ in {"who", "which", "that"} or is_imperative(tokens):
        return False
    if tokens[0].tag_ == "MD":
        return True
    head = tokens[:12]
    return starts_main(head) and any(
        t.dep_ in {"nsubj", "nsubjpass", "expl"} for t in head[:8]
    )  # fmt: skip


_RELATIVE = {"who", "which", "whose", "that", "whom"}


def main_verb(tokens: list[Token]) -> Token | None:
    """The finite verb of the main clause."""
    depth = 0
    inside: set[int] = set()
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth:
            inside.add(token.i)
    members = {t.i for t in tokens}
    finite = [t for t in tokens if t.i not in inside and (is_finite(t) or _bare(t))]
    if len(finite) > 1 and is_reduced(finite[0], finite[1]):
        return finite[1]
    relative = next((t.i for t in tokens if t.lower_ in _RELATIVE and t.i not in inside), None)
    if relative is not None and finite and relative < finite[0].i:
        finite = [t for t in finite[1:] if _said_before(t) not in _RELATIVE | {"and", "or"}]
    for token in finite:
        owner = token.head if token.dep_ in {"aux", "auxpass"} else token
        if owner.dep_ == "ROOT" or owner.head.i not in members:
            return token
    for token in finite:
        owner = token.head if token.dep_ in {"aux", "auxpass"} else token
        beside = owner.dep_ == "conj" and owner.head.dep_ in {"relcl", "acl"}
        if owner.dep_ not in {"relcl", "acl", "ccomp", "advcl", "csubj", "pcomp"} and token.i > (
            tokens[0].i
        ) and not beside:  # fmt: skip
            return token
    return finite[0] if relative is not None and finite else finite_main_verb(tokens)


def _said_before(token: Token) -> str:
    """The word before a token, adverbs left out."""
    before = (t for t in reversed(token.doc[: token.i]) if t.pos_ != "ADV")
    return next(before, token).lower_


def is_reduced(verb: Token, following: Token) -> bool:
    """Whether a past form is a participle, as a finite verb follows: 'Vans hired today are old'."""
    before = next((t for t in reversed(verb.doc[: verb.i]) if t.pos_ != "ADV"), None)
    told = verb.tag_ in {"VBD", "VBN"} and not any(t.dep_ in {"aux", "auxpass"} for t in verb.lefts)
    if not told or following.tag_ not in {"MD", "VBZ", "VBP"} or before is None:
        return False
    if before.pos_ not in {"NOUN", "PROPN", "PRON"} or before.tag_ in {"PRP", "WP", "WDT"}:
        return False
    between = list(verb.doc[verb.i + 1 : following.i])
    opening = next((n for n, t in enumerate(between) if t.text == "("), None)
    closing = next((n for n, t in enumerate(between) if t.text == ")"), None)
    if opening is not None and closing is not None:
        del between[opening : closing + 1]
    return not any(
        t.text in {",", ";", ":"} or t.tag_ in {"WDT", "WP", "WRB"}
        or (t.lower_ in {"and", "if", "because", "that"} and t.nbor(-1).lower_ != "than")
        for t in between
    )  # fmt: skip


def _bare(token: Token) -> bool:
    """Whether a plural verb was taken for an infinitive: 'Bags that are wet make a mess'."""
    return token.tag_ == "VB" and token.dep_ == "ROOT" and any(
        t.dep_ == "nsubj" and t.tag_ == "NNS" for t in token.lefts
    ) and not any(t.dep_ == "aux" for t in token.lefts)  # fmt: skip


def joined(text: str, first: int, end: int) -> int:
    """How many conditions a stretch joins: clauses and verbs joined by and/or, ends of a range."""
    tokens = words(text, first, end)
    count = 1
    for i, token in enumerate(tokens):
        if token.lower_ not in {"and", "or", "but"} or not i or i + 1 == len(tokens):
            continue
        after = tokens[i + 1 : i + 12]
        if after[0].lower_ in {"if", "when", "unless", "where"}:
            count += 1
            continue
        earlier = any(t.pos_ in {"VERB", "AUX"} for t in tokens[:i])
        nxt = after[0]
        verb = nxt.tag_ in {"VBZ", "VBP", "VBD", "MD"} or (
            nxt.tag_ in {"VBN", "VB"} and any(
                t.tag_ == nxt.tag_ and t.i < tokens[i].i and tokens[i].i - t.i > 1
                for t in tokens[:i])
        ) or (
            nxt.dep_ == "conj" and nxt.tag_ == "VB" and nxt.head.pos_ == "VERB"
            and first <= nxt.head.idx < tokens[i].idx and tokens[i].i - nxt.head.i > 1
        )  # fmt: skip
        clause = any(is_finite(t) and j for j, t in enumerate(after)) and any(
            t.dep_ in {"nsubj", "nsubjpass"} and t.tag_ != "WP" and t.i < next(
                (u.i for u in after if is_finite(u)), 0) for t in after[:6]
        ) and not any(t.lower_ in {"who", "which", "that"} for t in after[:3])  # fmt: skip
        phrase = nxt.pos_ == "ADP" and any(t.pos_ == "ADP" for t in tokens[:2]) and (
            nxt.lower_ != tokens[0].lower_)  # fmt: skip
        if (earlier and (verb or clause)) or phrase:
            count += 1
    said = text[first:end]
    if re.search(r"\bbetween \S+ (?:[\w-]+ )?and \d|\bbut (?:no|not) (?:more|less)|\d to \d", said):
        count += 1
    return count


def in_main(token: Token) -> bool:
    """Whether a token stands in a main clause, not in a relative or subordinate one."""
    return not any(
        t.dep_ in {"relcl", "advcl", "acl", "pcomp", "csubj"}
        or (t.dep_ == "ccomp" and any(c.dep_ == "mark" for c in t.lefts))
        for t in (token, *token.ancestors)
    )
