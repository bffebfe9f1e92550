"""How people put a question: openers, closers, registers and everyday words around a core.

In: the core of a question in direct ('How much is the car park?') and, where there is one, indirect
word order ('how much the car park is'). Out: (name of the style, the question as somebody would
type it). Styles are split by name between training and evaluation, so that no phrasing template is
shared. Concrete and varied phrasing is what carries over to questions by other hands (CAP-CPT,
arXiv 2510.11588); the paper's own templates are not stated.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Literal, NamedTuple

Split = Literal["train", "rl", "eval"]


@dataclass(frozen=True)
class Style:
    """`pattern` has {q} (direct), {i} (indirect) or {t} (terse: lower case, no question mark)."""

    name: str
    pattern: str
    weight: int = 1


def _styles(prefix: str, patterns: str) -> tuple[Style, ...]:
    rows = [line.strip() for line in patterns.strip().splitlines()]
    return tuple(
        Style(f"{prefix}{n}", row.lstrip("* "), 4 if row.startswith("*") else 1)
        for n, row in enumerate(rows, 1)
    )


TRAIN = _styles(
    "t",
    """
    * {q}
    * {t}
    * {t}?
    Hi, {d}
    Hello! {q}
    Hey, {d}
    Good morning. {q}
    Excuse me, {d}
    Quick question: {d}
    {q} Thanks!
    {q} Thank you in advance.
    I have a question. {q}
    One thing I could not find anywhere: {d}
    Sorry if this was asked before. {q}
    {q} I would like to be sure before I decide.
    {q} My sister wants to know.
    It's my first time here and I am a bit lost. {q}
    My colleague told me something else yesterday, so I ask you: {d}
    hi there, {t}
    ok so {t}
    um, {t}?
    {t} pls
    {q} Please keep it short.
    I'm writing on behalf of my father. {q}
    * Can you tell me {i}?
    Could you please tell me {i}?
    I'd like to know {i}.
    I was wondering {i}.
    Do you know {i}?
    I need to find out {i}.
    Please explain {i}.
    can u tell me {i}
    I can't remember {i}, can you help?
    Someone asked me {i} and I had no answer.
    Would you let me know {i}?
    We were just arguing about {i}. So?
    """,
)
EVAL = _styles(
    "e",
    """
    * {q}
    * {t}
    Good evening, {d}
    Dear team, {d}
    So, {d}
    Just checking: {d}
    {q} Many thanks.
    {q} I am asking for a friend.
    I looked on your website but found nothing. {q}
    My husband and I could not agree. {q}
    well {t}
    Please help me with this one: {d}
    * Could you say {i}?
    I'm not sure {i}. Can you help?
    I would be glad to learn {i}.
    Any idea {i}?
    I forgot {i}.
    Tell me {i}, please.
    """,
)

PERSONAL = _styles(
    "p",
    """
    * {q}
    * {t}
    * {t}?
    Hi, {d}
    Hello! {q}
    hey, {t}
    Good morning. {q}
    Excuse me, {d}
    I need some help here. {q}
    {q} Thanks!
    {q} Thank you.
    Sorry to bother you. {q}
    I don't know what to do. {q}
    ok so {t}
    um {t}
    This is a bit awkward. {q}
    It has been a long day. {q}
    {q} I am in a bit of a hurry.
    Nobody could help me so far. {q}
    A quick one from me: {d}
    """,
)
PERSONAL_EVAL = _styles(
    "pe",
    """
    * {q}
    * {t}
    Good evening. {q}
    Dear team, {d}
    So, {d}
    well, {t}
    Please help. {q}
    {q} Many thanks.
    I hope you can help me. {q}
    My partner said I should ask you. {q}
    """,
)


class Phrased(NamedTuple):
    """A question; `asked` is what stands in it of its core, without the mark at its end."""

    template: str
    question: str
    asked: str


@dataclass(frozen=True)
class Core:
    """A question without a style. `held` cores are for evaluation only; `spoken` ones are in
    people's own words already, and keep them."""

    form: str
    direct: str
    indirect: str = ""
    personal: bool = False
    held: bool = False
    spoken: bool = False


def styles(split: Split, personal: bool = False) -> tuple[Style, ...]:
    if split == "eval":
        return PERSONAL_EVAL if personal else EVAL
    return PERSONAL if personal else TRAIN


def phrase(core: Core, split: Split, rng: random.Random, remarks: Sequence[str] = ()) -> Phrased:
    """The core in a style of the split, in everyday words at times.

    `remarks` are sentences that have nothing to do with it; some training questions come with one.
    """
    usable = [s for s in styles(split, core.personal) if core.indirect or "{i}" not in s.pattern]
    if split == "eval" and not core.held:
        usable = [s for s in usable if s.pattern not in ("{q}", "{t}")]
    style = rng.choices(usable, [s.weight for s in usable])[0]
    direct, indirect = core.direct, core.indirect
    if not core.spoken and rng.random() < _EVERYDAY:
        direct, indirect = everyday(rng, split, direct, indirect)
    words = {
        "{q}": direct,
        "{d}": _small(direct),
        "{t}": _terse(direct),
        "{i}": indirect.rstrip("?. "),
    }
    (slot,) = (slot for slot in words if slot in style.pattern)
    text = style.pattern.replace(slot, words[slot])
    if split != "eval" and remarks and rng.random() < _REMARKED:
        parts = [text if text[-1] in ".?!" else f"{text}.", f"{_capital(rng.choice(remarks))}."]
        text = " ".join(rng.sample(parts, 2))
    return Phrased(f"{core.form}/{style.name}", text, words[slot].rstrip("?. "))


_REMARKED = 0.25
"""How often a training question comes with a remark that has nothing to do with it."""
_EVERYDAY = 0.85
"""How often a question has its policy words changed for everyday ones."""
_FUNCTION = frozenset(
    "what when where who why how which is are am was were do does did can could may might must "
    "should would will shall have has had if in for at on to by about tell the a an my your our "
    "from which who suppose imagine is it's such are and or not only no yes "
    "this that there it they we you any anything so please someone somebody".split()
)


def _small(text: str) -> str:
    """The text as it goes on after a comma or colon."""
    first = text.split(" ")[0].rstrip(",.'’")
    return text[0].lower() + text[1:] if first.lower() in _FUNCTION else text


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _terse(text: str) -> str:
    plain = re.sub(r"\?(?=\s|$)", "", text) if text.count("?") == 1 else text
    return _small(plain.rstrip("?. "))


# --- everyday words -------------------------------------------------------------------------


@lru_cache(maxsize=1)
def lexicon() -> tuple[tuple[re.Pattern[str], str, tuple[str, ...]], ...]:
    """Rows of everyday/*.txt: `words | other, another`, plural forms made along."""
    folder = resources.files("data") / "everyday"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".txt")), key=lambda f: f.name)
    table: list[tuple[re.Pattern[str], str, tuple[str, ...]]] = []
    for line in (row for file in files for row in file.read_text(encoding="utf-8").splitlines()):
        if not line.strip() or line.startswith("#"):
            continue
        word, _, others = line.partition("|")
        kind, _, word = word.strip().rpartition(":")
        choices = tuple(o.strip() for o in others.split(",") if o.strip())
        table.append((_word(word), word, choices))
        if kind == "n":
            plurals = tuple(plural(c) for c in choices)
            table.append((_word(plural(word)), plural(word), plurals))
    return tuple(table)


def _word(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'-]){re.escape(word)}(?![\w'’-])")


def plural(noun: str) -> str:
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


def everyday(rng: random.Random, split: Split, *texts: str) -> tuple[str, ...]:
    """Say up to three of the policy's words as people do; all texts change alike.

    Seldom several: a voucher for a drink is no 'gift code for a refreshment'.

    A word inside a name (next to a capital) stays. In each row the last choice is for evaluation
    and the others for training, where there is more than one.
    """
    fitting = [row for row in lexicon() if row[1] in texts[0] and row[0].search(texts[0])]
    rng.shuffle(fitting)
    done = list(texts)
    for pattern, _, choices in fitting[: rng.choice((1, 1, 2, 3))]:
        pool = choices[:-1] if len(choices) > 1 else choices
        other = rng.choice(pool if split != "eval" or len(choices) == 1 else choices[-1:])
        done = [_replace(pattern, other, text) for text in done]
    return tuple(done)


def _replace(pattern: re.Pattern[str], other: str, text: str) -> str:
    def swap(match: re.Match[str]) -> str:
        before, after = text[: match.start()].rstrip(), text[match.end() :].lstrip()
        named = re.search(r"[a-z,] [A-Z]\w*$", before) or re.match(r"[A-Z]", after)
        return match.group() if named else other

    changed = pattern.sub(swap, text)
    changed = re.sub(r"\b([Aa]) (?=[aeioAEIO]\w)", r"\1n ", changed)
    return re.sub(r"\b([Aa])n (?=[bcdfgjklmnpqrstvwyz])", r"\1 ", changed)
