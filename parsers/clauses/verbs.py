"""Imperatives and main verbs: which verb of a sentence says what is done."""

from __future__ import annotations

from spacy.tokens import Token

from parsers.language import is_finite

BASE_VERBS = set(
    "accept add address advise agree allow answer apologise apologize apply approve arrange ask "
    "assign assist attach authorise authorize bill block book call cancel cap change charge check "
    "clear close collect compensate complete confirm connect contact continue convert copy "
    "correct credit decline deduct defer deliver deny direct disable dispatch document drop email "
    "enable end enter escalate exchange explain extend file fill find fix flag follow forward "
    "freeze give go grant hand help hold honour honor identify ignore inform inspect install "
    "instruct invite invoice issue keep leave let lift limit list lock log look mail make mark "
    "match move note notify offer open order page park pass pause pay perform phone place post "
    "print proceed process prolong provide put quote raise record redirect reduce refer refund "
    "refuse register reimburse reject release remind remove renew replace reply report request "
    "require reschedule reset resend respond restart restore retain return review route run say "
    "schedule seal search send set ship show sign skip sort start stay stop store submit suspend "
    "swap switch tag take tell ticket tow trace transfer treat try update upgrade use verify void "
    "wait waive warn weigh withhold write rebook prorate unlock reboot discuss recommend seat "
    "admit "
    "usher settle halve double radio split point greet welcome lend collect hang pour ring hire "
    "fetch "
    "lead shut lower feed bring throw wave wash wipe dry mend fit hoist burn rinse polish cut "
    "clean "
    "cook serve pack unpack load unload drain heat cool boil count measure compare ban exclude "
    "expel "
    "fine demand claim expect grade mute block evict escort dismiss disconnect topup top walk read "
    "spell stamp bring carry separate specify attach document limit secure protect respect avoid "
    "report review sign state supply mention".split()
)
_PLAIN_VERBS = {"pay", "get", "receive", "need", "qualify", "cost", "ship", "earn", "costs", "pays"}


def is_imperative(tokens: list[Token]) -> bool:
    """Whether a clause that begins with these tokens is in the imperative."""
    rest = list(tokens)
    while rest and (
        rest[0].lower_ in {"please", "then", "always", "never", "only", "also", "simply",
                           "immediately", "first", "instead", "just", "kindly", "politely",
                           "promptly", "and", "still", "normally", "therefore", "next"}
        or rest[0].is_punct or (rest[0].tag_ == "RB" and rest[0].lower_.endswith("ly"))
    ):  # fmt: skip
        rest.pop(0)
    if not rest:
        return False
    first = rest[0]
    if (
        first.lower_ == "do"
        and len(rest) > 1
        and rest[1].lower_ in {"not", "n't", "n’t", "nothing"}
    ):
        return True
    if first.lower_ in {"don't", "don’t"}:
        return True
    if len(rest) > 2 and rest[1].text == "-" and rest[2].lower_ in _PARTICLES:
        return False  # 'Check-in starts at 3 pm', 'Drop-off is at the back'
    if len(rest) > 2 and rest[1].text == "-" and first.lower_ in _PREFIXES:
        return _governs_compound(rest)
    if first.lower_ == "neither" and len(rest) > 1:
        return is_imperative(rest[1:])  # 'Neither confirm nor deny …'
    if first.lower_ in {"do", "are", "is", "have"} and len(rest) > 1 and rest[1].pos_ == "PRON":
        return False  # 'only then do we …'
    if first.lower_ == "be" and len(rest) > 1:
        return True
    following = rest[1] if len(rest) > 1 else None
    if first.tag_ == "UH" and following is not None and following.tag_ in {"DT", "PRP$"}:
        return first.lower_ not in {"yes", "no", "thanks"}  # 'Scan every ticket before …'
    if following is not None and following.tag_ in {"MD", "VBZ"} and first.tag_ != "VB":
        return False
    if first.tag_ in {"VB", "VBP"} and first.pos_ in {"VERB", "AUX"}:
        return first.lower_ == first.lemma_.lower()
    if _takes_object(rest) or _governs(rest):
        return True
    return first.lower_ in BASE_VERBS and not _in_subject(first, following) and (
        following is None
        or following.pos_ in {"DET", "PRON", "NUM", "ADP", "NOUN", "PROPN", "ADJ", "SYM", "PART",
                              "SCONJ", "ADV", "PUNCT", "CCONJ"}
    )  # fmt: skip


def _takes_object(tokens: list[Token]) -> bool:
    """Whether a bare word has an object behind it, as only a verb has: 'oil it', 'darn the hem'.

    The word itself may be taken for a noun, an adjective or a past form.
    """
    first, behind = tokens[0], tokens[1:]
    if first.tag_ not in _BARE or first.lower_ != first.lemma_.lower() or not behind:
        return False
    if behind[0].lower_ in {"it", "them", "him", "her", "us", "me"} and behind[0].tag_ == "PRP":
        return len(behind) < 2 or not is_finite(behind[1])
    if behind[0].tag_ not in {"DT", "PRP$"} or first.text[:1].isupper():
        return False
    noun = next((i for i, t in enumerate(behind) if i and t.pos_ not in _OF_NOUN), len(behind))
    return noun > 1 and not (noun < len(behind) and is_finite(behind[noun]))


def _governs(tokens: list[Token]) -> bool:
    """Whether the first word, whatever it was taken for, has an object and no subject.

    'Empty the tray into the bag', 'Scan all forms': a bare word that governs what is behind it.
    """
    first = tokens[0]
    return (
        first.dep_ == "ROOT"
        and first.tag_ in {*_BARE, "UH"}
        and first.lower_ == first.lemma_.lower()
        and len(tokens) > 2
        and tokens[1].tag_ in {"DT", "PRP$"}
        and any(t.dep_ == "dobj" for t in first.rights)
        and not any(t.dep_ in {"nsubj", "nsubjpass", "expl", "aux"} for t in first.children)
    )


def _governs_compound(tokens: list[Token]) -> bool:
    """Whether a verb of two parts opens a clause: 'E-mail the caretaker', 'Double-check it'.

    'E-mail addresses are kept' has a noun behind it, 'Re-entry is free' and 'Pre-booked' no verb.
    """
    verb, behind = tokens[2], tokens[3:]
    if verb.lower_ != verb.lemma_.lower() and verb.tag_ not in {"VB", "VBP"}:
        return False
    if not behind:
        return verb.lower_ in BASE_VERBS
    if behind[0].tag_ not in {"DT", "PRP", "PRP$", "PDT"}:
        return False
    return behind[0].tag_ != "PRP" or len(behind) < 2 or not is_finite(behind[1])


_PREFIXES = {"e", "re", "pre", "double", "cross", "hand", "spot", "over", "under", "co", "dry"}
_PARTICLES = {"in", "out", "up", "off", "on", "over", "back", "down", "through"}
_BARE = {"NN", "NNP", "JJ", "VB", "VBP", "VBD"}
_OF_NOUN = {"ADJ", "NOUN", "PROPN", "NUM"}


def _in_subject(first: Token, following: Token | None) -> bool:
    """Whether a noun that could be a verb opens the subject: 'Seat prices are listed'."""
    if first.tag_ not in {"NN", "NNP"} or first.dep_ not in {"compound", "amod"} or (
        following is None or following.pos_ not in {"NOUN", "PROPN"}
    ):  # fmt: skip
        return False
    subject = next((t for t in first.ancestors if t.dep_ in {"nsubj", "nsubjpass"}), None)
    verb = subject.head if subject is not None else None
    return verb is not None and verb.dep_ == "ROOT" and any(
        is_finite(t) for t in (verb, *verb.lefts)
    )  # fmt: skip


def finite_main_verb(tokens: list[Token]) -> Token | None:
    """The finite verb of the main clause, relative clauses skipped."""
    depth, relative, aside = 0, False, 0
    for i, token in enumerate(tokens):
        aside += {"(": 1, ")": -1}.get(token.text, 0)
        if aside > 0:
            continue
        if token.text in {",", ";", ":"} and not depth:
            following = [t.lower_ for t in tokens[i + 1 : i + 2]]
            if following and following[0] in {"who", "which"}:
                depth += 1
            continue
        if (
            token.lower_ in {"who", "which", "whose", "whoever"}
            or (token.lower_ == "that" and i and tokens[i - 1].pos_ in {"NOUN", "PROPN", "PRON"})
            or (
                token.lower_ in {"after", "before", "if", "when", "where", "because"}
                and i
                and relative
                and _has_verb_soon(tokens[i + 1 :])
            )
        ):
            depth += 1
            relative = True
            continue
        if relative and not depth and i > 1 and token.lower_ in _PLAIN_VERBS:
            return token
        if is_finite(token):
            if not depth and _reduced(tokens, i):
                continue
            if depth and i and tokens[i - 1].lower_ in {"and", "or"}:
                continue
            if depth:
                depth -= 1
                continue
            return token if i else None
    return None


def _reduced(tokens: list[Token], i: int) -> bool:
    """Whether a past form is a participle: 'a car presented later than that shall wait'."""
    if tokens[i].tag_ != "VBD" or not i or tokens[i - 1].pos_ not in {"NOUN", "PROPN"}:
        return False
    for j in range(i + 1, len(tokens)):
        if tokens[j].lower_ in {"who", "which", "that", "if", "when"} or tokens[j].text == ";":
            if tokens[j].lower_ != "that" or tokens[j - 1].lower_ != "than":
                return False
        if is_finite(tokens[j]):
            between = tokens[i + 1 : j]
            measured = any(t.like_num for t in between) and between[0].tag_ not in {"DT", "PRP$"}
            return (tokens[j].tag_ == "MD" or (measured and tokens[j].tag_ in {"VBZ", "VBP"})) and (
                tokens[j - 1].lower_ not in {"and", "or", "but"}
            )
    return False


def _has_verb_soon(tokens: list[Token]) -> bool:
    """Whether a conjunction opens a clause ('after drop has closed'), not a phrase."""
    finite = 0
    for token in tokens[:8]:
        finite += is_finite(token)
    return finite > 1
