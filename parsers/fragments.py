"""Cases told in fragments: 'Not paid yet', 'Delay of 3 hours or more', 'Longer ago than that'.

In: the words before a colon, or that a list stands under, and those beside them. Out: what sort of
words they are (a plain statement, a fragment that only a case is told by, a name that may as well
be a title, what the others leave), and the same as the circumstance of a sentence: 'If it has not
been paid yet'. Whether they are cases at all is `parsers.case_lists`' matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from spacy.tokens import Token

from parsers.clauses.analysis import analyse_clause
from parsers.conditions.comparisons import measures, only_compares
from parsers.conditions.people import PEOPLE
from parsers.language import analyse, article, is_finite, singular, tokens_of

Sort = Literal["opened", "rest", "clause", "case", "name", ""]

OPENS = re.compile(
    r"(?:if|when|whenever|unless|once|should|otherwise|for|everyone else|anyone else|"
    r"in (?:all|any|every) (?:the )?other (?:cases?|circumstances|situations?)|in case|"
    r"(?:the|one|an) (?:only )?exceptions?\b)\b",
    re.IGNORECASE,
)
"""What opens a case, or an exception, in so many words."""
OTHERS = re.compile(
    r"(?:otherwise|in (?:all|any|every) (?:the )?other (?:cases?|circumstances|situations?))\b",
    re.IGNORECASE,
)
REST = re.compile(
    r"(?:otherwise|none of (?:the above|these|those|them)(?: (?:appl(?:y|ies)|fits?))?|"
    r"neither(?: of (?:the above|these|those|them|the two))?|"
    r"(?:in )?(?:all|any|every) (?:the )?other cases?|"
    r"(?:any|every)(?:thing|one|body) else(?: [\w-]+){0,3}|(?:all |everything )?the rest|"
    r"(?:(?:from|on|in|at|with|by|to) )?(?:any|all|every) (?:of the )?others?(?: [\w-]+){0,3}|"
    r"(?!(?:oth|rath|eith|wheth)er)(?:[a-z]+er|more|less)(?: ago)? than (?:that|this)|"
    r"(?:any )?(?:above|below|beyond) (?:that|this)|"
    r"(?:any )?(?:later|earlier|longer)(?: ago)?)",
    re.IGNORECASE,
)
_DONE = (
    r"[a-z]{2,}(?<!ne)(?<!spe)(?<!inde)ed|bought|brought|caught|paid|sent|lost|left|kept|sold|"
    r"taken|broken|given|made|stolen|torn|worn|found|done|seen|shown|written|driven|eaten|hurt|"
    r"told|met|spoilt|spent|built|lent|held|read|cut|put|set|shut"
)
_GOES_ON = (
    r"at|by|from|in|into|on|to|with|within|without|before|after|for|during|under|over|since|until|"
    r"between|through|up|less|more|fewer|later|earlier|longer|only|once|twice|and|or|but|so|too|"
    r"yet|again|already|late|early|still|badly|beyond|outside|inside|abroad|online|here|there|"
    r"elsewhere|out|no|not|at|as|one|two|three|four|five|six|seven|eight|nine|ten|several|\d"
)
_EVENT = re.compile(
    rf"(?P<not>(?:not|never) )?(?P<already>already )?(?P<done>{_DONE})"
    rf"(?P<rest>,? (?:{_GOES_ON})\b.*)?",
    re.IGNORECASE,
)
_EVER = re.compile(r"\b(?:yet|before|already|once|twice|(?:times|time)(?: so far)?|so far)\b", re.I)
_WHEN = re.compile(r",? (?:yet|already|before|so far)$", re.IGNORECASE)
_COUNTS = re.compile(r"\b(?:times|time|once|twice)\b", re.IGNORECASE)
_AMOUNT = re.compile(
    r"(?:the )?(?P<what>[A-Za-z-]+(?: (?!of\b)[a-z-]+){0,3}?) (?:(?:of|is) )?"
    r"(?P<is>(?:above|below|over|under|up to|more than|less than|fewer than|at least|at most|"
    r"between|exactly|[€£$]?\d)[^:;]*)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?P<from>from )?(?P<which>(?:week|day|month|year|lesson|level|grade|stage|zone|floor|round|"
    r"class|band|step|row)s?) (?P<first>\d+)(?:(?: (?:to|and|through) | ?[–-] ?)(?P<last>\d+)|"
    r" (?P<on>or (?:later|higher|above|more|over|earlier|lower|below|less))|"
    r" (?:on|onwards?|upwards?|and (?:later|after)))?",
    re.IGNORECASE,
)
_HANGS = re.compile(r"\b(?:for|at|by|in|on|with|from|to|until|than|not)$", re.IGNORECASE)
_EITHER = re.compile(r"(?P<some>\d+(?:, \d+)*,? or \d+)")
_NONE_OR = re.compile(r"no (?P<what>[\w -]+?),? or (?:only|just|at most) (?P<most>\w+)", re.I)
_OR_NOTHING = re.compile(
    r"(?P<some>.+\b(?:less|fewer|lower|shorter)),? or (?:no|not) [\w -]+", re.I
)
_SEVERAL = re.compile(
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|no)\b", re.IGNORECASE
)
_WHO_OR_THAT = re.compile(r"(?P<what>.{2,60}?) (?:that|which|who) (?P<tail>.+)")
_FROM = re.compile(r"(?:from|on|in|at|with|without|by|during|under|over|outside|inside)\s", re.I)
_COMPLEMENT = re.compile(r" (?:of|to|in|on|at|from|with|between|by|for)\b", re.IGNORECASE)
_MOST_WORDS = 30


@dataclass(frozen=True)
class Told:
    """What sort of words a fragment is, and the words that open the sentence of its case."""

    sort: Sort
    words: str = ""


def told(label: str, beside: Iterable[str] = ()) -> Told:
    """What a fragment says, of itself and beside others of its list."""
    label = re.sub(r"\s*\([^()]*\)$", "", label.strip(" .:–—-")).strip()
    if not label or label.endswith("?") or len(label.split()) > _MOST_WORDS:
        return Told("")
    if REST.fullmatch(label):
        return Told("rest", "Otherwise")
    if OPENS.match(label):
        return Told("opened", label)
    if _instructs(label):
        return Told("")
    if _states(label):
        return Told("clause", f"If {_low(label)}")
    if case := _case(label, list(beside)):
        return Told("case", f"If {case}")
    if name := _name(label):
        return Told("name", name)
    return Told("")


def kind_noun(label: str) -> str:
    """The noun that a name of two or three words ends with: 'milk tooth' is a kind of tooth."""
    words = label.strip(" .:").split()
    plain = 1 < len(words) <= 3 and all(re.fullmatch(r"[A-Za-z-]+", word) for word in words)
    return singular(words[-1].lower()) if plain else ""


def _instructs(label: str) -> bool:
    if _EVENT.fullmatch(label) or _AMOUNT.fullmatch(label):
        return False  # 'Cut in two', which might be an instruction as well
    if _noun(label) or re.match(r"[\w-]+ (?:that|which|who) (?:is|was|were|has|had)\b", label):
        return False  # 'Coach:', 'Wear that was noted before'
    clause = analyse_clause(label)
    return clause.imperative or clause.instruction or clause.router


def _noun(label: str) -> bool:
    """Whether a text is one word, and that a noun."""
    one = re.fullmatch(r"(?!(?:do|don['’]ts?|never|always|note|please)\b)[A-Z][a-z-]+", label, re.I)
    return bool(one) and analyse(f"the {_low(label)} was here")[1].pos_ == "NOUN"


def _root(label: str) -> Token | None:
    return next((token for token in analyse(label) if token.dep_ == "ROOT"), None)


def _states(label: str) -> bool:
    """Whether a text says how things are: not what we do, nor what one must or may do."""
    root = _root(label)
    if root is None or root.pos_ not in {"VERB", "AUX"}:
        return False
    verbs = [root, *(t for t in root.lefts if t.dep_ in {"aux", "auxpass"})]
    subject = next((t for t in root.lefts if t.dep_ in {"nsubj", "nsubjpass", "expl"}), None)
    if subject is None or subject.lower_ in {"we", "you", "i"}:
        return False
    if any(t.lower_ in {"must", "should", "shall", "may", "will", "would"} for t in verbs):
        return False
    return any(is_finite(token) for token in verbs)


def _case(label: str, beside: list[str]) -> str:
    """The clause that a fragment is short for, where only a case is told so; or ''."""
    if match := _NONE_OR.fullmatch(label):
        return f"there is at most {match['most']} {match['what']}"
    if (nothing := _OR_NOTHING.fullmatch(label)) and measures(nothing["some"]):
        return _case(nothing["some"], beside)  # none at all is less than that, too
    if done := _EVENT.fullmatch(label):
        return _event(done, beside)
    if match := _NUMBERED.fullmatch(label):
        return _numbered(match)
    if (match := _AMOUNT.fullmatch(label)) and not _HANGS.search(match["what"]):
        amount = _either(match["what"], match["is"])
        if amount or only_compares(match["is"]) or measures(match["is"])[:1] == (0,):
            return amount or f"the {_low(match['what'])} is {match['is']}"
    if measures(label)[:1] == (0,) and not any(map(is_finite, tokens_of(label))):
        return _low(label)
    if measures(label) and tokens_of(label)[0].pos_ in {"ADV", "ADP", "ADJ", "PART"} and (
        not any(map(is_finite, tokens_of(label)))
    ):  # fmt: skip
        return f"it is {_low(label)}"  # 'Out for 2 hours or more'
    if re.match(r"no\b(?! one\b)", label, re.IGNORECASE) and len(label.split()) < 8:
        what = label.split(None, 1)[-1]
        counted = any(_SEVERAL.match(o) and singular(o.split()[-1]) == singular(what.split()[-1])
                      for o in beside if o.strip() and o != label)  # fmt: skip
        return f"there is no {what}" if counted else ""
    if match := _WHO_OR_THAT.fullmatch(label):
        subject, tail = match["what"], analyse(f"it {match['tail']}")
        if len(tail) > 1 and is_finite(tail[1]) and not any(map(is_finite, tokens_of(subject))):
            return f"{_the(subject)} {match['tail']}"
    return ""


def _numbered(match: re.Match[str]) -> str:
    """'Weeks 1 to 3', 'From level 4 on': which of a row it is."""
    which, first = f"the {singular(match['which'].lower())} is", match["first"]
    if match["last"]:
        return f"{which} between {first} and {match['last']}"
    if match["from"] or match["on"]:
        return f"{which} {first} {match['on'] or 'or later'}"
    return f"{which} exactly {first}"


def _event(done: re.Match[str], beside: list[str]) -> str:
    """'Not paid yet' is 'it has not been paid yet'; 'Damaged' beside it 'it is damaged'."""
    what, rest = done["done"].lower(), done["rest"] or ""
    denied = "not " if done["not"] else ""
    if rest == "" and (who := _bearer(what, beside)):
        return f"the {who} is {denied}{what}"
    lasting = bool(done["already"] or _EVER.search(rest))
    rest = _WHEN.sub("", rest) if not _COUNTS.search(rest) else rest
    rest = re.sub(rf"^, or (?=(?:{_DONE})\b)", " or it is ", rest, flags=re.IGNORECASE)
    return f"it has {denied}been {what}{rest}" if lasting else f"it is {denied}{what}{rest}"


def _bearer(done: str, beside: list[str]) -> str:
    """Whom 'Not registered' is said of, beside 'Registered patient'."""
    for other in beside:
        if match := re.fullmatch(rf"{re.escape(done)} ([a-z-]+)", other.strip(" .:").lower()):
            return singular(match[1])
    return ""


def _either(what: str, amounts: str) -> str:
    """'Pain of 4, 5 or 6' as a range, if it is one."""
    match = _EITHER.fullmatch(amounts)
    numbers = [int(number) for number in re.findall(r"\d+", match["some"])] if match else []
    if len(numbers) < 2 or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return ""
    return f"the {_low(what)} is between {numbers[0]} and {numbers[-1]}"


def _name(label: str) -> str:
    """A phrase as what opens a case of it: 'If it is a late order', 'For books and films'."""
    if re.search(r"[,;:?!]|\d", label) or any(map(_finite_main, tokens_of(label))):
        return ""
    if _FROM.match(label):
        return f"If it is {_low(label)}"
    root = _root(label)
    tokens = tokens_of(f"the {_low(label)}" if _noun(label) else label)
    nouns = [t for t in tokens if t.pos_ in {"NOUN", "PROPN"} or t.text.lower() in PEOPLE]
    if root is None or not nouns:
        return ""
    first = re.split(_COMPLEMENT, label)[0].split()
    several = singular(first[-1].lower()) != first[-1].lower()
    if len(parts := re.split(r",? (?:and|or) ", label)) > 1 and not _COMPLEMENT.search(label):
        each = [singular(part.lower()) for part in parts]
        plain = all(len(part.split()) == 1 for part in parts)
        if plain:
            return "If it is " + " or ".join(f"{article(part)} {part}" for part in each)
    if several:
        return f"For {_low(label)}"
    if _COMPLEMENT.search(label):
        return f"If there is {_low(label)}"
    low = re.sub(r"^(?:an?|the) ", "", _low(label))
    done = re.fullmatch(rf"(?P<done>{_DONE}) (?P<who>[a-z-]+)", low)
    if done and singular(done["who"]) in PEOPLE:
        return f"If the {done['who']} is {done['done']}"
    return f"If it is {article(low)} {low}"


def _finite_main(token: Token) -> bool:
    return is_finite(token) and token.tag_ != "VBD"


def _the(noun: str) -> str:
    noun = _low(noun)
    return noun if re.match(r"(?:the|an?|any|our|your|their) ", noun) else f"the {noun}"


def _low(text: str) -> str:
    """The text as it stands within a sentence."""
    first = text.split()[0]
    if len(first) > 1 and not first[1:].islower() and "-" not in first:
        return text  # 'VAT', 'iPads'
    plain = text[0].lower() + text[1:]
    named = re.match(r"[A-Z][\w'’-]* [A-Z][a-z]", text) and analyse(plain)[0].pos_ == "PROPN"
    return text if named or first == "I" else plain
