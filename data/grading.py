"""Whether an answer is right: the verifiable reward of RL and the mark of the evaluation.

In: an `Item` and a model's completion. Out: right or not, judged on what the customer is told, the
chain of thought left out. Stands in for TriMPI's exact match (arXiv 2510.09474), which free-form
outcomes ('charge 75 euros') are too varied for: words are compared after normalization. An answer
that lists several options, hedges with another option's number, or goes on at length is wrong, so
that reciting the policy earns nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

import yaml

from data.prompts import split_completion
from data.samples import Item, Kind

MAX_WORDS = 60
"""No sensible answer to one question is longer; also thrice the right answer's length and 12."""
FLOOR = 0.5
"""Least overlap (F1 of content words) of an answer with the option it is taken for."""
NUMBER_WEIGHT = 3.0

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBER_WORDS = {word: n for n, word in enumerate(_UNITS)} | {
    word: 10 * n for n, word in enumerate(_TENS, 2)
}
_CURRENCIES = {
    "€": "euro", "eur": "euro", "euros": "euro", "$": "dollar", "usd": "dollar", "bucks": "dollar",
    "dollars": "dollar", "£": "pound", "gbp": "pound", "pounds": "pound", "quid": "pound",
}  # fmt: skip
_CONTRACTIONS = (
    (r"\bcan(?:'t|not)\b", "can not"),
    (r"\bwon't\b", "will not"),
    (r"\bshan't\b", "shall not"),
    (r"n't\b", " not"),
    (r"\b(i)'m\b", r"\1 am"),
    (r"\b(\w+)'re\b", r"\1 are"),
    (r"\b(\w+)'ve\b", r"\1 have"),
    (r"\b(\w+)'ll\b", r"\1 will"),
    (r"\b(it|he|she|that|there|what|who)'s\b", r"\1 is"),
    (r"'s\b", ""),
)
_CLOCK = re.compile(
    r"\b(\d{1,2})(?:[:.](\d{2}))?\s?([ap])\.?\s?m\b\.?|\b([01]?\d|2[0-3]):([0-5]\d)\b"
)
_MONEY = re.compile(
    r"(€|\$|£|\beur\b|\busd\b|\bgbp\b)\s?(\d+(?:\.\d+)?)"
    r"|(\d+(?:\.\d+)?)\s?(€|\$|£|eur\b|usd\b|gbp\b|euros\b|dollars\b|pounds\b|bucks\b|quid\b)"
)
_FREE = re.compile(
    r"\b(?:(?:no|without|any|0) (?:extra |additional )?(?:charg|fee|cost)|at no (?:charg|cost)|"
    r"nothing to pay)\b"
)
_NEGATIONS = (
    frozenset("not no never non nobod without".split()),
    frozenset("refus declin deny denied reject".split()),
)
"""Stems of words that turn an answer around; an answer must agree with the right one on either."""
_CASE = re.compile(r"^\W*(?:if|when|whenever|where|once)\b[^,;.]*,\s*(?=\w)", re.IGNORECASE)
"""The case that an answer repeats before the outcome: 'If it is not ready, call a porter.'"""
_YES_NO = re.compile(r"^\W*(?:no|yes)\b\W*(?=\w)", re.IGNORECASE)
_STOP = frozenset(
    "a an the is are be been am was were will would shall should can could may might must do does "
    "did has have had i you we they he she it me us them him her my your our their his its this "
    "that these those of to for in on at by with and or as so then there here please also just "
    "yes case answer policy".split()
)


def normalize(text: str) -> str:
    """The text as lower-case stems separated by single spaces, numbers and money in one form.

    '€75', 'EUR 75' and '75 euros' become '75 euro'; '9 p.m.' and '21:00' become 't2100'; 'forty
    percent' becomes '40 %'; plural and verb endings are cut alike on every side.
    """
    text = text.lower().replace("’", "'").replace("‘", "'").replace(" ", " ")
    for pattern, plain in _CONTRACTIONS:
        text = re.sub(pattern, plain, text)
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    text = _number_words(text)
    text = re.sub(r"\bnoon\b", "12 pm", re.sub(r"\bmidnight\b", "12 am", text))
    text = re.sub(r"\b12 (?=12 [ap]m)", "", text)
    text = _CLOCK.sub(_clock, text)
    text = _MONEY.sub(_money, text)
    text = re.sub(r"(?<=\d)\s?(?:%|per\s?cent\b)", " % ", text)
    text = re.sub(r"(\d)\.0+\b", r"\1", text)
    text = re.sub(r"(\d)(kg|km|cm|mm|h|hrs?|g|lbs?|gb|mb)\b", r"\1 \2", text)
    text = re.sub(r"\b(?:kilos?|kilograms?)\b", "kg", text)
    words = re.findall(r"\d+(?:\.\d+)?(?:st|nd|rd|th)?|t\d{4}|%|[^\W\d_]\w*", text)
    return " ".join(_stem(word) for word in words)


def says(answer: str, phrase: str) -> bool:
    """Whether the answer says the phrase, as whole words after normalization."""
    wanted = normalize(phrase)
    return bool(wanted) and f" {wanted} " in f" {normalize(answer)} "


def grade(item: Item, completion: str) -> bool:
    """Whether the completion's answer is right; see `Item` for what decides it."""
    _, answer = split_completion(completion)
    count = len(answer.split())
    if not count or count > MAX_WORDS:
        return False
    if any(says(answer, phrase) for phrase in item.reject):
        return False
    if item.options:
        return count <= 3 * len(item.answer.split()) + 12 and _nearest_is_gold(item, answer)
    if _turned_around(item, answer):
        return False
    return any(all(says(answer, phrase) for phrase in phrases) for phrases in item.accept)


def load_questions(path: Path) -> list[Item]:
    """Read hand-written questions: a YAML list of {id, category, question, accept, reject, case}.

    Raises:
        ValueError: the file is not YAML, or an entry lacks or misspells something; the message
            names the file and the line of the entry.
    """
    text = path.read_text(encoding="utf-8")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        entries = yaml.safe_load(text)
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise ValueError(f"{path}:{line}: not valid YAML: {error}") from error
    if not isinstance(entries, list) or not isinstance(node, yaml.SequenceNode):
        raise ValueError(f"{path}:1: must be a list of questions, each starting with '- id:'")
    items, seen = [], set()
    for entry, mark in zip(entries, node.value, strict=True):
        where = f"{path}:{mark.start_mark.line + 1}"
        item = _question(entry, where)
        if item.id in seen:
            raise ValueError(f"{where}: the id {item.id!r} is used twice; give each its own")
        seen.add(item.id)
        items.append(item)
    return items


# --- options ----------------------------------------------------------------------------------


def _nearest_is_gold(item: Item, answer: str) -> bool:
    gold = content(item.answer)
    told = _YES_NO.sub("", answer)
    said = content(told)
    others = [o for o in map(content, item.options) if o != gold]
    if _negative(gold) not in (_negative(said), _negative(content(_CASE.sub("", told)))):
        return False
    allowed = numbers(gold) | numbers(content(item.question))
    if not numbers(gold) <= numbers(said) or not numbers(said) <= allowed:
        return False
    if any(other - gold and other - gold <= said for other in others):
        return False  # it says all that sets another option apart
    best = _overlap(said, gold)
    return best >= FLOOR and all(_overlap(said, other) < best for other in others)


def _turned_around(item: Item, answer: str) -> bool:
    """Whether the rule behind a yes or no is recited, and forbids where it demands, or demands
    where it forbids: 'No. Never check the pass before you open a file.'"""
    if not (_YES_NO.match(item.answer) and _YES_NO.match(answer)):
        return False
    right, told = (
        re.split(r"[;.](?=\s)", _CASE.sub("", _YES_NO.sub("", text)))[0]
        for text in (item.answer, answer)
    )
    gold, said = content(right), content(told)
    return _overlap(said, gold) >= FLOOR and _negative(gold) != _negative(said)


def content(text: str) -> frozenset[str]:
    plain = _FREE.sub("free charg", normalize(text))
    plain = re.sub(r"\bfree of charg\b|\bfor free\b", "free charg", plain)
    return frozenset(word for word in plain.split() if word not in _STOP)


def numbers(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word for word in words if re.fullmatch(r"t?\d[\d.]*", word))


def _negative(words: frozenset[str]) -> tuple[bool, ...]:
    return tuple(bool(words & kind) for kind in _NEGATIONS)


def _overlap(said: frozenset[str], option: frozenset[str]) -> float:
    def weight(words: frozenset[str]) -> float:
        return len(words) + (NUMBER_WEIGHT - 1) * len(numbers(words))

    total = weight(said) + weight(option)
    return 2 * weight(said & option) / total if total else 0.0


# --- normal forms -----------------------------------------------------------------------------


def _stem(word: str) -> str:
    if not word[0].isalpha() or len(word) <= 3 or re.fullmatch(r"t\d{4}", word):
        return word
    for ending in ("ing", "ies", "ied", "es", "ed", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "se" else word


def _number_words(text: str) -> str:
    tens, units = "|".join(_TENS), "|".join(_UNITS)
    pattern = rf"\b(?:({tens})(?:[ -]({units}))?|({units}))(?: (hundred|thousand))?\b"

    def digits(match: re.Match[str]) -> str:
        total = sum(_NUMBER_WORDS[word] for word in match.groups()[:3] if word)
        scale = {"hundred": 100, "thousand": 1000}.get(match.group(4) or "", 1)
        return str(total * scale)

    return re.sub(pattern, digits, text)


def _clock(match: re.Match[str]) -> str:
    hour12, minute12, half, hour24, minute24 = match.groups()
    if half:
        if not 1 <= int(hour12) <= 12:
            return match.group()
        hour = int(hour12) % 12 + (12 if half == "p" else 0)
        return f"t{hour:02d}{minute12 or '00'} "
    return f"t{int(hour24):02d}{minute24} "


def _money(match: re.Match[str]) -> str:
    sign, after, before, unit = match.groups()
    amount = after or before
    return f" {amount} {_CURRENCIES[sign or unit]} "


# --- questions by hand ------------------------------------------------------------------------

_KEYS = {"id", "category", "question", "accept", "reject", "case"}


def _question(entry: Any, where: str) -> Item:
    if not isinstance(entry, dict):
        raise ValueError(f"{where}: must be a mapping with the keys {', '.join(sorted(_KEYS))}")
    for key in ("id", "category", "question", "accept"):
        if not entry.get(key):
            raise ValueError(f"{where}: lacks {key!r}")
    if unknown := entry.keys() - _KEYS:
        raise ValueError(f"{where}: unknown key {sorted(unknown)[0]!r}; known: {sorted(_KEYS)}")
    if entry["category"] not in get_args(Kind):
        kinds = ", ".join(get_args(Kind))
        raise ValueError(f"{where}: category is {entry['category']!r}; must be one of {kinds}")
    for key in ("accept", "reject"):
        if not isinstance(entry.get(key, []), list):
            raise ValueError(f"{where}: {key!r} must be a list of phrases")
    accept = tuple(
        tuple(map(str, a)) if isinstance(a, list) else (str(a),) for a in entry["accept"]
    )
    case = dict(entry.get("case") or {})
    workflow = case.pop("workflow", None)
    return Item(
        id=str(entry["id"]),
        kind=entry["category"],
        question=str(entry["question"]),
        statements=(),
        template="",
        workflow=workflow,
        case=case or None,
        answer=", ".join(accept[0]),
        accept=accept,
        reject=tuple(map(str, entry.get("reject", []))),
    )
