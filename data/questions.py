"""Questions of what, when, where, how much and how long that a clause answers plainly.

In: a `Clause`. Out: for each of its parts that can be asked for, the question in direct and
indirect word order, and the words that answer it. What is not plainly understood yields nothing: a
broken question is worse than none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.figures import values
from data.syntax import (
    MONEY_UNITS,
    TIME_UNITS,
    WEIGHT_UNITS,
    Clause,
    as_asked,
    join,
    you_for_we,
)

if TYPE_CHECKING:
    from spacy.tokens import Token


@dataclass(frozen=True)
class Wh:
    """A wh-question on one part of a clause: what it asks for, and the words that answer it."""

    form: str
    direct: str
    indirect: str
    target: str


_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday january february march april may "
    "june july august september october november december"
).split()
_NOMINAL = ("NOUN", "PROPN", "PRON", "NUM", "DET")


def _place(token: Token) -> int:
    return token.i


_Add = Callable[..., None]


def wh_questions(clause: Clause) -> list[Wh]:
    """Every wh-question that the clause answers plainly."""
    found: list[Wh] = []

    def add(form: str, word: str, target: Sequence[Token], keep: Sequence[Token] = ()) -> None:
        tokens = sorted({t for t in target if t in clause.tail}, key=_place)
        if not tokens:
            return
        after = (t for t in clause.tail if t not in tokens and t.i > tokens[-1].i)
        left = [t for t in after if not t.is_punct]
        if (
            left
            and left[0].pos_ in _NOMINAL
            and "npadvmod"
            not in (
                left[0].dep_,
                left[0].head.dep_,
            )
        ):
            return
        direct, indirect = clause.wh(word, tokens)
        first, last = tokens[0].i, tokens[-1].i
        between = [t for t in clause.tail if t.is_punct and first < t.i < last]
        answer = join(keep or sorted({*tokens, *between}, key=_place))
        if answer and len(direct.split()) > 2:
            found.append(Wh(form, direct, indirect, answer))

    if clause.subject[0].lower_ == "only":
        rest = f"{join(clause.verb)} {join(clause.tail)}"
        who = Wh("who", as_asked(f"who {rest}"), you_for_we(f"who {rest}"), join(clause.subject))
        return [who] if _sane(who.direct) else []
    owners = [clause.head, *(t for t in clause.head.rights if t.dep_ in ("acomp", "attr"))]
    children = [c for owner in owners for c in owner.rights if c in clause.tail]
    timely = [t for c in children if _timely(c) for t in c.subtree]
    if timely:
        add("when", "when", timely)
        clocks = [v for v in values(join(timely)) if v.kind == "clock"]
        if len(clocks) == 1 and timely[0].lower_ == "at":
            add("what-time", "what time", timely)
    for child in children:
        if _timely(child):
            continue
        span = list(child.subtree)
        kinds = [v.kind for v in values(join(span))]
        if child.dep_ in ("dobj", "attr", "oprd") or child.lower_ in TIME_UNITS:
            _object(clause, child, span, kinds, add)
        elif child.dep_ in ("prep", "npadvmod", "advmod", "agent"):
            _adverbial(clause, child, span, kinds, add)
    staff = clause.noun.lower_.endswith(("team", "office", "department", "manager", "officer"))
    if staff and clause.head.lemma_ not in ("be", "have"):
        aux = join(clause.verb)
        found.append(
            Wh(
                "who",
                as_asked(f"who {aux} {join(clause.tail)}"),
                you_for_we(f"who {aux} {join(clause.tail)}"),
                join(clause.subject),
            )
        )
    return list({w.form: w for w in reversed(found) if _sane(w.direct)}.values())[::-1]


def _timely(child: Token) -> bool:
    """Whether an adverbial names clock times or dates."""
    span = list(child.subtree)
    return child.dep_ in ("prep", "npadvmod", "advmod", "appos") and (
        any(v.kind == "clock" for v in values(join(span)))
        or any(t.lower_ in _WEEKDAYS for t in span)
    )


def _object(clause: Clause, child: Token, span: list[Token], kinds: list[str], add: _Add) -> None:
    verb = clause.head.lemma_.lower()
    if child.dep_ == "oprd" and verb in ("call", "name"):
        add("what-name", "what", span)
        return
    numbered = next((t for t in child.lefts if t.dep_ == "nummod"), None)
    unit = child.lower_
    listed = next((t for t in child.rights if t.dep_ == "appos"), None)
    if "money" in kinds[:1] and (verb in ("cost", "be", "pay", "charge") or unit in MONEY_UNITS):
        price = [t for t in span if t.i <= child.i]
        add("how-much", "how much", price, span)
    elif unit in TIME_UNITS and numbered is not None:
        later = [t for t in clause.tail if t.i > span[-1].i]
        if later and later[0].lower_ in ("before", "after", "prior"):
            add("when", "when", [*span, *later])
        elif "before" in {t.lower_ for t in span} or "after" in {t.lower_ for t in span}:
            add("when", "when", span)
        elif verb in ("last", "take", "be", "run", "wait", "have"):
            add("how-long", "how long", span)
    elif unit in WEIGHT_UNITS and numbered is not None and verb == "be":
        add("how-heavy", "how heavy", span)
        add("what-amount", "what", span)
    elif listed is not None and numbered is not None:
        noun = join(t for t in child.subtree if numbered.i < t.i <= child.i)
        add("how-many", f"how many {noun}", span)
        add("which", f"which {noun}", span, list(listed.subtree))
    elif numbered is not None and numbered.lower_ != "one" and "percent" not in kinds:
        own = [t for t in child.subtree if t.i <= child.i]
        if any(t.lower_ == "of" for t in child.rights):
            add("what", "what", span)
        else:
            add("how-many", f"how many {join(t for t in own if t != numbered)}", own)
    elif child.dep_ == "dobj" or (child.dep_ == "attr" and verb == "be"):
        if not any(t.dep_ == "prep" and t.lower_ != "of" for t in child.rights):
            add("what", "what", span)


_PLACES = frozenset(
    "hall building room floor counter desk office safe street road lobby kitchen website site "
    "basement terminal gate airport station shop store branch hotel entrance garden city town "
    "warehouse box account settings app page portal reception park area lot centre center lounge "
    "bar restaurant library ward clinic department shelf cabinet drawer email inbox".split()
)


def _adverbial(
    clause: Clause, child: Token, span: list[Token], kinds: list[str], add: _Add
) -> None:
    preposition = child.lower_
    noun = next((t for t in child.rights if t.dep_ == "pobj"), None)
    number = noun and next((t for t in noun.lefts if t.dep_ == "nummod"), None)
    if kinds[:1] == ["time"] and preposition == "for":
        add("how-long", "how long", span)
        unit = next((t for t in span if t.lower_ in TIME_UNITS), None)
        if unit is not None:
            add("how-many-units", f"for how many {unit.text}", span)
    elif kinds[:1] == ["time"] and preposition in ("within", "in"):
        add("how-soon", "how quickly", span)
        add("when", "when", span)
    elif kinds[:1] == ["time"] and {"before", "after"} & {t.lower_ for t in span}:
        add("when", "when", span)
    elif child.dep_ == "prep" and kinds == ["count"] and noun and number:
        between = join(t for t in noun.subtree if number.i < t.i <= noun.i)
        add("how-many", f"{preposition} how many {between}", span)
    elif child.dep_ == "prep" and preposition in ("in", "on", "at", "behind", "under", "with"):
        timely = any(t.lower_ in TIME_UNITS for t in span)
        place = noun is not None and (
            any(t.lemma_.lower() in _PLACES or t.lower_ in _PLACES for t in span)
            or (clause.head.lemma_.lower() in ("be", "locate", "find") and noun.pos_ == "PROPN")
        )
        if timely and preposition in ("on", "in", "at"):
            add("when", "when", span)
        elif place and preposition != "with":
            add("where", "where", span)


def _sane(question: str) -> bool:
    words = question.split()
    return 3 <= len(words) <= 30 and len({w.lower() for w in words}) > len(words) * 0.6
