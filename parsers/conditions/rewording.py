"""A clause said otherwise: denied or affirmed, in the singular, a question as a statement."""

from __future__ import annotations

import re

from parsers.language import analyse, article, base_form, singular, third_person

# 'because it was not paid', 'so wet that it can't be sold'
_IN_A_REASON = re.compile(
    r",?\s+because\s|(?<=\w )so (?!that\b)(?:[\w-]+ ){1,2}that\s", re.IGNORECASE
)


def asserted(question: str) -> str:
    """A yes/no question, or an inverted 'should' clause, as a statement.

    'Is the bag open?' -> 'the bag is open'; 'the shop contest it' -> 'the shop contests it'.
    """
    text = question.strip(" ?.:,")
    match = re.match(
        r"(is|are|was|were|has|have|had|does|do|did|can|will|should)\s+(.*)", text, re.I
    )
    helper, rest = (match[1].lower(), match[2]) if match else ("does", text)
    doc = analyse(rest)
    chunk = next(iter(doc.noun_chunks), None)
    end = chunk.end if chunk is not None and chunk.start == 0 else 1
    if end >= len(doc):
        end = max(1, len(doc) - 1)
    subject, predicate = doc[:end].text, doc[end:].text
    if helper in {"does", "do", "did", "should"}:
        verb, _, tail = predicate.partition(" ")
        if verb.lower() == "not":  # 'should the guest not arrive'
            verb, _, tail = tail.partition(" ")
            form = {"be": "is not", "have": "has not"}.get(verb.lower(), f"does not {verb}")
            return f"{subject} {form} {tail}".strip()
        form = _past(verb) if helper == "did" else third_person(verb) if helper != "do" else verb
        return f"{subject} {form} {tail}".strip()
    return f"{subject} {helper} {predicate}".strip()


def negate_clause(clause: str) -> str:
    """The negation of an affirmative clause ('the bag is lost' -> 'the bag is not lost')."""
    for token in analyse(clause):
        rest = clause[token.idx + len(token) :]
        head = clause[: token.idx]
        if token.tag_ == "MD":
            return f"{head}{'cannot' if token.lower_ == 'can' else token.text + ' not'}{rest}"
        if token.tag_ not in {"VBZ", "VBP", "VBD"}:
            continue
        following = [t for t in token.doc[token.i + 1 :] if t.pos_ != "ADV"]
        auxiliary = token.lemma_ == "be" or (
            token.lemma_ in {"have", "do"}
            and bool(following)
            and following[0].tag_ in {"VBN", "VB", "VBD"}
        )
        if auxiliary:
            return f"{head}{token.text} not{rest}".replace(" not already ", " not yet ")
        helper = {"VBZ": "does", "VBP": "do", "VBD": "did"}[token.tag_]
        return f"{head}{helper} not {base_form(token)}{rest}"
    return f"it is not the case that {clause}"


def without_negation(text: str) -> tuple[str, bool]:
    """(the affirmative clause, whether it was negated).

    What is denied in a reason or a result stays so.
    """
    if why := _IN_A_REASON.search(text):
        main, denied = without_negation(text[: why.start()])
        return main + text[why.start() :], denied
    rules = (
        (r"\b(is|are|was|were|has|have|had|can|could|may|must|should|will|would) not\b", r"\1"),
        (r"\b(is|are|was|were|has|have|had|could|should|would)n['’]t\b", r"\1"),
        (r"\bcannot\b|\bcan['’]t\b", "can"),
        (r"\bwon['’]t\b", "will"),
        (r"^no ((?:[\w-]+ )?[\w-]+) (has|have|is|are|was|were|will|can)\b", r"a \1 \2"),
        (r"\b(has|have|had|is|are|was|were) (?:never|no longer(?! than))\b", r"\1"),
        (r"\b(is|are|was|were) without (?:any )?(?=\w)", r"\1 with "),
        (r"(?<=\w )no longer (?!than\b)(?=[a-z])", ""),
        (
            r"\b(has|have|had|is|are|holds?|brings?|brought|shows?|presents?|provides?|"
            r"there is|there are|there was) no\b(?! longer)",
            r"\1 a",
        ),
        (r"\b(receive[sd]?|got|gets?|gives?|gave|sent|sends?|makes?|made|needs?|pays?|paid|owes?|"
         r"wants?|had had|buys?|bought|charges?|charged|carr(?:y|ies|ied)|contains?|contained|"
         r"wears?|wore|bears?|offers?|offered|uses?|used|takes?|took) no (?!longer|more|later)",
         r"\1 a "),
    )  # fmt: skip
    for pattern, replacement in rules:
        changed, count = re.subn(pattern, replacement, text, count=1, flags=re.IGNORECASE)
        if count:
            return fix_article(changed), True
    if match := re.search(
        r"\b(is|are|was|were|been)(?: still)? un(\w{3,}(?:ed|aid|old|orn))\b", text
    ):
        return f"{text[: match.start()]}{match[1]} {match[2]}{text[match.end() :]}", True
    if match := re.match(r"(?:nobody|no one)\b", text, re.IGNORECASE):
        return f"someone{text[match.end() :]}", True
    match = re.search(r"\b(do|does|did)(?: not|n['’]t) (\w+)", text, re.IGNORECASE)
    if match:
        doc = analyse(match[2])
        verb = doc[0].lemma_
        if match[1].lower() == "does":
            verb = third_person(match[2])
        elif match[1].lower() == "did":
            verb = _past(match[2])
        else:
            verb = match[2]
        return text[: match.start()] + verb + text[match.end() :], True
    return text, False


def singular_clause(text: str) -> str:
    """A relative clause's verb phrase, made to fit a singular subject."""
    doc = analyse("they " + text)
    for token in doc[1:]:
        if token.tag_ == "MD" or (token.tag_ in {"VBZ", "VBD"} and token.lower_ != "were"):
            break
        if token.lower_ in {"are", "were", "have", "do"} or token.tag_ in {"VBP", "VB"}:
            start = token.idx - len("they ")
            rest = text[start + len(token) :]
            if token.lower_ in {"are", "were"}:
                rest = re.sub(
                    r"^((?: not| already| also)*) ((?:[A-Z][\w-]+ |\w+ )?)([a-z]+s)$",
                    lambda m: f"{m[1]} {article(m[2] or m[3])} {m[2]}{singular(m[3])}",
                    rest,
                )
            return text[:start] + third_person(token.text) + rest
        if token.pos_ not in {"ADV", "PART"}:
            break
    return text


def fix_article(text: str) -> str:
    """'a' before a vowel made 'an'."""
    return re.sub(r"\ba ([aeiou]\w*)", lambda m: f"{article(m[1])} {m[1]}", text)


_PAST = {
    "have": "had", "be": "was", "do": "did", "go": "went", "buy": "bought", "pay": "paid",
    "send": "sent", "bring": "brought", "give": "gave", "keep": "kept", "leave": "left",
    "make": "made", "come": "came", "take": "took", "tell": "told", "find": "found",
    "lose": "lost", "meet": "met", "write": "wrote", "fly": "flew", "break": "broke",
    "arrive": "arrived", "ring": "rang", "say": "said", "see": "saw", "know": "knew",
    "hold": "held", "sell": "sold", "speak": "spoke", "choose": "chose", "drive": "drove",
    "drink": "drank", "begin": "began", "win": "won", "wear": "wore", "steal": "stole",
    "lend": "lent", "spend": "spent", "build": "built", "fall": "fell", "feel": "felt",
    "forget": "forgot", "get": "got", "grow": "grew", "hear": "heard", "eat": "ate",
    "read": "read", "ride": "rode", "run": "ran", "sit": "sat", "sleep": "slept",
    "stand": "stood", "swim": "swam", "teach": "taught", "think": "thought",
    "understand": "understood", "catch": "caught", "draw": "drew", "throw": "threw",
    "put": "put", "cut": "cut", "let": "let", "set": "set", "shut": "shut", "hit": "hit",
    "cost": "cost", "hurt": "hurt", "quit": "quit", "stop": "stopped", "ship": "shipped",
    "drop": "dropped", "plan": "planned", "fit": "fitted", "cancel": "cancelled",
    "travel": "travelled", "wake": "woke", "withdraw": "withdrew", "become": "became",
    "show": "showed", "bite": "bit", "lead": "led", "mean": "meant", "deal": "dealt",
}  # fmt: skip


def _past(verb: str) -> str:
    low = verb.lower()
    if low in _PAST:
        return _PAST[low]
    if low.endswith("e"):
        return verb + "d"
    if low.endswith("y") and low[-2:-1] not in "aeiou":
        return verb[:-1] + "ied"
    return verb + "ed"
