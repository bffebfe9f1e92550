"""Clauses, and the questions that can be asked about them.

In: a sentence of a policy. Out: its clauses (subject, verb group, rest), yes/no and wh-questions in
direct and indirect word order, verb phrases of instructions, and the same text in a customer's
first person. spaCy parses; before that, clock times and hyphenated words are merged into single
tokens, which the small English model otherwise tears apart. Everything that is not plainly
understood yields nothing: a broken question is worse than none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from parsers.language import nlp

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

CLOCK = r"\d{1,2}(?::\d{2})?\s?(?:[ap]\.?m\.?|o'clock)\b|\b\d{1,2}:\d{2}\b|\b(?:noon|midnight)\b"
MONEY_UNITS = (
    "euro euros dollar dollars pound pounds cent cents pence franc francs yen rupee rupees peso "
    "pesos krona kronor crown crowns usd eur gbp chf € $ £"
).split()
TIME_UNITS = (
    "second seconds minute minutes hour hours day days night nights week weeks month months year "
    "years weekday weekdays"
).split()
WEIGHT_UNITS = "kg kilo kilos kilogram kilograms gram grams g lb lbs tonne tonnes".split()
LENGTH_UNITS = "cm mm m km metre metres meter meters inch inches foot feet mile miles".split()
_MERGE = re.compile(rf"{CLOCK}|\w+(?:-\w+)+|[€$£]\s?\d[\d.,]*\d|[€$£]\s?\d", re.IGNORECASE)
_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday january february march april may "
    "june july august september october november december"
).split()
PEOPLE = frozenset(
    "customer guest passenger traveller traveler user client caller visitor person someone anyone "
    "somebody anybody patron shopper buyer subscriber patient applicant claimant requester "
    "cardholder policyholder resident tenant borrower reader employee".split()
)


@lru_cache(maxsize=32768)
def analyse(text: str) -> Doc:
    """Parse one sentence with clock times, prices and hyphenated words as single tokens."""
    pipeline = nlp()
    doc = pipeline.make_doc(" ".join(text.split()))
    spans = [doc.char_span(*m.span(), alignment_mode="expand") for m in _MERGE.finditer(doc.text)]
    with doc.retokenize() as retokenizer:
        taken = -1
        for span in spans:
            if span is not None and len(span) > 1 and span.start > taken:
                retokenizer.merge(span)
                taken = span.end - 1
    for _, component in pipeline.pipeline:
        doc = component(doc)
    return doc


def sentences(text: str) -> list[str]:
    """Sentences and the parts of a sentence that semicolons separate, without end punctuation."""
    text = re.sub(r"^[A-Z][\w /-]{1,30}:\s+(?=[A-Z])", "", text)  # 'Payment: The rest is …'
    parts = re.split(r"(?<=[.!?])[\"”)]?\s+(?=[\"“(]?[A-Z0-9])|;\s+", " ".join(text.split()))
    return [part.strip().rstrip(".;:!") for part in parts if part.strip(" .;:!")]


def join(tokens: Iterable[Token]) -> str:
    """The tokens' text, with single spaces and none before punctuation."""
    text = "".join(token.text_with_ws or token.text for token in _spaced(tokens))
    return tidy(text)


def _spaced(tokens: Iterable[Token]) -> list[Token]:
    return [token for token in tokens if token.text.strip()]


def tidy(text: str) -> str:
    text = " ".join(text.split())
    text = re.sub(r"\s+([,.;:?!])", r"\1", text)
    return re.sub(r"[,;:]+([,;:.?!])", r"\1", text).strip(" ,;:")


def sentence(text: str) -> str:
    """The text as a sentence: capital first, full stop last."""
    text = tidy(text)
    if not text:
        return text
    return text[0].upper() + text[1:] + ("" if text[-1] in ".?!" else ".")


@lru_cache(maxsize=64)
def names_in(document: str) -> frozenset[str]:
    """Words that a document writes with a capital inside a sentence: its proper names."""
    prose = re.sub(r"^\s*#.*$", "", document, flags=re.MULTILINE)
    capital = Counter(re.findall(r"(?<=[a-z,] )[A-Z][\w'’-]*", prose))
    small = Counter(re.findall(r"\b[a-z][\w'’-]*", prose))
    found = {word for word, n in capital.items() if n > small[word.lower()]}
    leading = Counter(re.findall(r"\b[A-Z][a-z]+\b", document))
    for word, n in leading.items():
        if n > 1 and not small[word.lower()] and not small[word.lower().rstrip("s")]:
            found |= {word} if analyse(f"{word} is here")[0].tag_ == "NNP" else set()
    return frozenset(found - {word.capitalize() for word in DETERMINERS})


def decapitalize(text: str, names: frozenset[str] = frozenset()) -> str:
    """Lower-case the first letter unless the first word is a name or an abbreviation."""
    match = re.match(r"[A-Z][a-z'’]*(?=[\s,.;:?!-]|$)", text)
    if not match or match.group() == "I" or match.group() in names:
        return text
    following = text[match.end() :].lstrip().split(" ")[0]
    determiner = match.group().lower() in DETERMINERS
    if following[:1].isupper() and not determiner:
        return text
    return text[0].lower() + text[1:]


DETERMINERS = frozenset(
    "the a an all any each every both some no our your my his her their its this that these those "
    "if when where never always do please only for we you they it once unless".split()
)


# --- clauses --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clause:
    """One finite clause. `verb` holds auxiliaries, adverbs between them and the main verb."""

    subject: tuple[Token, ...]
    verb: tuple[Token, ...]
    tail: tuple[Token, ...]
    head: Token
    names: frozenset[str]

    @property
    def subject_text(self) -> str:
        return decapitalize(join(self.subject), self.names)

    @property
    def text(self) -> str:
        """The clause as a sentence of its own."""
        return sentence(" ".join([join(self.subject), join(self.verb), join(self.tail)]))

    @property
    def plural(self) -> bool:
        return "Number=Plur" in str(self._noun.morph) or any(
            token.dep_ == "conj" and token.head == self._noun for token in self.subject
        )

    @property
    def _noun(self) -> Token:
        inside = set(self.subject)
        return next((t for t in self.subject if t.head not in inside), self.subject[-1])

    @property
    def noun(self) -> Token:
        return self._noun

    def _group(self) -> tuple[str, str]:
        """(fronted auxiliary, what stays behind) of a question."""
        words = list(self.verb)
        first = next(
            (t for t in words if t.pos_ == "AUX" or t.tag_ == "MD" or t.lemma_ == "be"), None
        )
        if first is not None:
            rest = [t for t in words if t != first]
            return first.text.lower(), join(rest)
        finite = self.head
        aux = {"VBD": "did", "VBZ": "does"}.get(finite.tag_, "do" if self.plural else "")
        if not aux:
            aux = "do" if finite.tag_ == "VBP" or self._noun.lower_ in ("we", "you") else "does"
        stays = [finite.lemma_.lower() if t == finite else t.text for t in words]
        return aux, " ".join(stays)

    def yes_no(self, tail: str | None = None) -> str:
        """'Is the desk in Hall B?'; `tail` stands in for the clause's own rest."""
        aux, verb = self._group()
        rest = join(self.tail) if tail is None else tail
        return as_asked(f"{aux} {self.subject_text} {verb} {rest}")

    def wh(self, word: str, without: Sequence[Token], extra: str = "") -> tuple[str, str]:
        """(direct, indirect) question with `word` for the tokens `without`."""
        gone = set(without)
        aux, verb = self._group()
        rest = join(token for token in self.tail if token not in gone)
        direct = as_asked(f"{word} {aux} {self.subject_text} {verb} {rest} {extra}")
        indirect = you_for_we(tidy(f"{word} {self.subject_text} {join(self.verb)} {rest} {extra}"))
        return direct, indirect


def as_asked(text: str) -> str:
    text = you_for_we(tidy(text))
    return text[:1].upper() + text[1:] + "?"


_WE = {"we": "you", "us": "you", "our": "your", "ours": "yours", "ourselves": "yourselves"}


def you_for_we(text: str) -> str:
    """The company speaks of itself as 'we'; whoever asks says 'you'."""
    return re.sub(r"\b(we|us|our|ours|ourselves)\b", lambda m: _WE[m.group().lower()], text)


def clauses(text: str, names: frozenset[str] = frozenset()) -> list[Clause]:
    """The finite main clauses of a text that have a subject before their verb, in order."""
    return [clause for part in sentences(text) for clause in _clauses_of(analyse(part), names)]


_KEPT = "-–’‘'\"“”%()"
"""Punctuation that belongs to the words beside it."""


def _clauses_of(doc: Doc, names: frozenset[str]) -> list[Clause]:
    roots = [t for t in doc if t.dep_ == "ROOT"]
    if len(roots) != 1 or roots[0].pos_ not in ("VERB", "AUX"):
        return []
    heads = [roots[0]]
    for head in heads:
        heads += [t for t in head.rights if t.dep_ == "conj" and t.pos_ in ("VERB", "AUX")]
    starts = [_start(head) for head in heads]
    found: list[Clause] = []
    subject: tuple[Token, ...] = ()
    for n, head in enumerate(heads):
        begin = 0 if n == 0 else starts[n]
        end = min([s for s in starts if s > starts[n]], default=len(doc))
        extent = [t for t in doc[begin:end] if not (t.is_punct and t.text not in _KEPT)]
        while extent and (extent[-1].dep_ == "cc" or extent[-1].text in "-–"):
            extent.pop()
        own = next((t for t in head.lefts if t.dep_ in ("nsubj", "nsubjpass", "expl")), None)
        if own is not None:
            inside = [t for t in own.subtree if t.i < head.i]
            named = [t for t in extent if inside and t.i < inside[0].i and t.dep_ != "cc"]
            if named and all(t.text[0].isupper() for t in [*named, inside[0]]):
                inside = [*named, *inside]  # 'Larkwing Cargo', its first word taken for a verb
            subject = tuple(inside)
        if not subject or any(t.dep_ == "mark" for t in head.lefts):
            continue
        aux = (t.i for t in head.lefts if t.dep_ in ("aux", "auxpass", "neg", "advmod"))
        behind = subject[-1].i if own is not None else starts[n] - 1
        first = min((i for i in aux if i > behind), default=head.i)
        verb = tuple(t for t in extent if first <= t.i <= head.i)
        if own is not None and verb and (verb[0].i < subject[-1].i or subject[-1].i > head.i):
            continue
        tail = tuple(t for t in doc[begin:end] if t.i > head.i and t.i <= (extent[-1].i))
        fronted = [t for t in extent if own is not None and t.i < subject[0].i and t.dep_ != "cc"]
        if fronted or not _finite(verb, head):
            continue
        found.append(Clause(subject, verb, tail, head, names))
    return found


def _start(head: Token) -> int:
    own = [t for t in head.lefts if t.dep_ not in ("cc", "punct", "conj")]
    return min((t.left_edge.i for t in own), default=head.i)


def _finite(verb: Sequence[Token], head: Token) -> bool:
    if any(t.pos_ == "AUX" or t.tag_ == "MD" for t in verb):
        return True
    return head.tag_ in ("VBZ", "VBP", "VBD")


# --- values ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Value:
    """A number with its unit, a clock time or a range of them, as the text says it."""

    text: str
    kind: str
    start: int
    end: int


_NUMBER = (
    r"(?:\d[\d.,]*\d|\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|"
    r"twenty|thirty|forty|fifty|sixty|ninety|hundred)\b)"
)
_UNITS = {
    "money": "|".join(re.escape(u) for u in MONEY_UNITS if u.isalpha()) + "|€|£",
    "time": r"(?:(?:working|business|calendar|full|consecutive)\s)?(?:"
    + "|".join(TIME_UNITS)
    + ")",
    "weight": "|".join(WEIGHT_UNITS),
    "length": "|".join(LENGTH_UNITS),
    "percent": r"%|percent\b|per cent\b",
}
_VALUE = re.compile(
    rf"(?P<clock>(?:{CLOCK}))|(?P<sign>[€$£]\s?\d[\d.,]*\d|[€$£]\s?\d)|"
    + "|".join(
        rf"(?P<{kind}>{_NUMBER}\s?(?:{units}){'' if kind == 'percent' else '(?![A-Za-z])'})"
        for kind, units in _UNITS.items()
    )
    + rf"|(?P<count>{_NUMBER}(?=\s[A-Za-z]|[,.;]|$))",
    re.IGNORECASE,
)


def values(text: str) -> list[Value]:
    """Numbers with units, money, clock times and counts in a text, from left to right."""
    found = []
    for match in _VALUE.finditer(text):
        kind = "money" if match.lastgroup == "sign" else str(match.lastgroup)
        if kind == "count" and match.group().lower() in ("one", "hundred"):
            continue
        found.append(Value(match.group().strip(), kind, *match.span()))
    return found


_NUMERAL = re.compile(r"\d[\d.,]*\d|\d")


def another(value: Value, rivals: Iterable[Value], seed: int) -> str | None:
    """A different value of the same kind: preferably one that the document has elsewhere."""
    unit = _unit(value)
    same = sorted(
        {
            r.text
            for r in rivals
            if r.kind == value.kind and r.text.lower() != value.text.lower() and _unit(r) == unit
        }
    )
    if same and seed % 3:
        return same[seed % len(same)]
    match = _NUMERAL.search(value.text)
    if not match or ":" in value.text:
        return same[seed % len(same)] if same else None
    number = float(match.group().replace(",", ""))
    if value.kind == "clock":
        other = number % 12 + 1 if seed % 2 else (number - 2) % 12 + 1
    else:
        step = 1 if number < 5 else 2 if number < 20 else 5 if number < 100 else 50
        other = [number + step, number * 2, number + 2 * step, max(number - step, 1)][seed % 4]
    if number == int(number):
        other = float(int(other))
    if other == number:
        other += 1
    text = f"{other:g}" if other < 10000 else f"{other:,.0f}"
    return value.text[: match.start()] + text + value.text[match.end() :]


def _unit(value: Value) -> str:
    return re.sub(r"s\b", "", _NUMERAL.sub("", value.text).lower()).strip()


# --- wh targets -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Wh:
    """A wh-question on one part of a clause: what it asks for, and the words that answer it."""

    form: str
    direct: str
    indirect: str
    target: str


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


# --- noun phrases ---------------------------------------------------------------------------


_EMPTY = PEOPLE | frozenset(
    "it they them we us you i he she this that these those which who what one everyone all "
    "others thing case cases way time item items".split()
)


_OUTER = ("det", "predet", "nummod", "cc", "preconj", "advmod", "neg")


def topics(text: str, names: frozenset[str] = frozenset()) -> dict[str, bool]:
    """Noun phrases a person would name the text by ('car park', 'guest's room number').

    The value tells whether the phrase is the subject of its clause.
    """
    found: dict[str, bool] = {}
    for part in sentences(text):
        acts = instructions(part)
        doc = analyse("; ".join(f"you should {a.verb_phrase}" for a in acts) if acts else part)
        for chunk in doc.noun_chunks:
            tokens = [t for t in chunk if not t.is_punct]
            if tokens and tokens[0].lower_ in ("another", "other", "such", "same"):
                continue
            definite = bool(tokens) and tokens[0].lower_ == "the"
            while tokens and (tokens[0].dep_ in _OUTER or tokens[0].like_num):
                tokens = tokens[1:]
            if not tokens or tokens[-1].lemma_.lower() in _EMPTY or tokens[-1].pos_ == "PRON":
                continue
            if any(t.text[0].isdigit() or t.text[0] in "€$£" for t in tokens):
                continue
            if tokens[0].pos_ == "PRON" or tokens[-1].lower_ in TIME_UNITS + MONEY_UNITS:
                continue
            topic = decapitalize(join(tokens), names)
            if numbered := re.search(rf"\b{re.escape(topic)} (?:\d+|[A-Z])\b", part):
                topic = numbered.group()
            if definite and topic[:1].isupper():
                topic = f"the {topic}"
            if len(topic) > 2:
                found[topic] = found.get(topic, False) or chunk.root.dep_.startswith("nsubj")
    return found


def the(topic: str) -> str:
    """'car park' -> 'the car park'; plurals, names and quotations stay as they are."""
    if topic.startswith("the "):
        return topic
    plural = analyse(topic)[-1].tag_ in ("NNS", "NNPS") or " and " in topic
    return topic if plural or not topic[:1].islower() else f"the {topic}"


# --- instructions ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Instruction:
    """`verb_phrase` in its base form ('accept cash'); `forbidden` when it must not be done.

    `gerund` is empty where there are several verbs; `text` is the instruction as a sentence.
    """

    verb_phrase: str
    forbidden: bool
    gerund: str
    object: str
    text: str


_LEAD = re.compile(
    r"^(?:please\s+)?(?:(?P<no>never|do not|don't|don’t)|(?P<yes>always|make sure to|be sure to|"
    r"remember to))\s+(?:ever\s+|please\s+)?",
    re.IGNORECASE,
)
_MODAL = re.compile(
    r"^(?:the |all |our |every |each |any )?(?:[\w-]+ ){0,2}?(?:you|we|agents?|staff|employees?|"
    r"representatives?|team|assistants?|operators?|clerks?|advisors?|advisers?|personnel|"
    r"workers?|receptionists?|colleagues?|members? of staff|associates?|"
    r"technicians?|nurses?|they)\s+"
    r"(?:(?P<no>must not|must never|may not|may never|should not|should never|shall not|"
    r"cannot|can not|can't|can never|are not allowed to|is not allowed to|are never to|is never to|"
    r"will never|will not|do not|don't|does not|never)|"
    r"(?P<yes>must always|must|should always|should|shall|need to|needs to|have to|has to|"
    r"are required to|is required to|are to|is to|will always|will|always))\s+"
    r"(?:also\s+|always\s+)?",
    re.IGNORECASE,
)
_ALSO = re.compile(r",?\s+(?:and|or|but)\s+(?=(?:never|do not|don't|always)\s)|,\s+(?=never\s)")


def instructions(text: str) -> list[Instruction]:
    """Instructions and prohibitions in a text: imperatives, and what agents must or must not do.

    A later 'it' or 'them' stands for the object of the instruction before; such an instruction is
    told with its whole sentence.
    """
    found: list[Instruction] = []
    for whole in re.split(r"(?<=[.!?])\s+(?=[A-Z])", " ".join(text.split())):
        spoken = ""
        for part in (p for half in sentences(whole) for p in _ALSO.split(half)):
            made = _instruction(part.strip(" ,"))
            if made is None:
                continue
            if spoken and re.search(r"\b(?:it|them)\b", made.verb_phrase):
                swap = partial(re.sub, r"\b(?:it|them)\b", lambda _, o=spoken: o)
                made = replace(
                    made,
                    verb_phrase=swap(made.verb_phrase, count=1),
                    gerund=swap(made.gerund, count=1),
                    text=sentence(whole),
                )
            spoken = made.object or spoken
            found.append(made)
    return found


_FRONTED = re.compile(r"^((?:at|before|during|after|in|on|for)\s[^,]{3,60}),\s+", re.IGNORECASE)


def _instruction(part: str) -> Instruction | None:
    fronted = _FRONTED.match(part)
    if fronted:  # 'At the end, thank the caller' -> 'thank the caller at the end'
        part = f"{part[fronted.end() :]} {decapitalize(fronted.group(1))}"
    match = _LEAD.match(part) or _MODAL.match(part)
    phrase = tidy(_STRESS.sub("", part[match.end() :] if match else part))
    if not phrase:
        return None
    if phrase[:2] != phrase[:2].upper():
        phrase = phrase[0].lower() + phrase[1:]
    doc = analyse(f"You should {phrase}")
    head = doc[2] if len(doc) > 2 else None
    if head is None or head.tag_ not in ("VB", "VBP") or head.dep_ not in ("ROOT", "ccomp"):
        return None
    if match is None:
        plain = analyse(part)
        if any(t.dep_ in ("nsubj", "nsubjpass") and t.head.dep_ == "ROOT" for t in plain):
            return None
    first = phrase.split()[0]
    target = next((t for t in head.rights if t.dep_ == "dobj"), None)
    several = any(t.dep_ == "conj" and t.pos_ == "VERB" for t in head.rights)
    return Instruction(
        verb_phrase=phrase,
        forbidden=bool(match and match.group("no")),
        gerund="" if several else tidy(f"{gerund(first)} {phrase[len(first) :]}"),
        object=join(t for t in target.subtree) if target is not None else "",
        text=sentence(part),
    )


_STRESS = re.compile(
    r",?\s+(?:not even\b.*|under any circumstances?|at any time|in any case|no matter what.*)$",
    re.IGNORECASE,
)
_DOUBLE = frozenset(
    "get put cut let run stop plan drop ship chat begin admit refer permit submit commit "
    "forget set hit sit bet bid tip tag pin ban scan swap step log wrap skip transfer defer quit "
    "occur upset trim rob".split()
)


def gerund(verb: str) -> str:
    """'accept' -> 'accepting', 'give' -> 'giving', 'put' -> 'putting', 'lie' -> 'lying'."""
    if verb in ("be", "see", "agree", "free", "flee", "guarantee"):
        return verb + "ing"
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return verb[:-1] + "ing"
    if verb in _DOUBLE:
        return verb + verb[-1] + "ing"
    return verb + "ing"


# --- the customer's first person ------------------------------------------------------------

_FIRST = {"is": "am", "are": "am", "were": "was", "has": "have", "does": "do", "'s": "am"}
_GROUPS = ("family", "company", "household")
_MINE = PEOPLE | {"parent", "family", "household"}
_THEIR = {
    "their": "my", "his": "my", "her": "my", "they": "I", "he": "I", "she": "I", "them": "me",
    "him": "me", "themselves": "myself", "himself": "myself", "theirs": "mine",
}  # fmt: skip


def first_person(text: str) -> str | None:
    """'a guest has lost the key' -> 'I have lost the key'; None if no customer is spoken of."""
    doc = analyse(text)
    words: dict[int, str] = {}
    subjects: set[int] = set()
    flipped = False
    for token in doc:
        if token.lemma_.lower() not in _MINE or token.pos_ not in ("NOUN", "PROPN", "PRON"):
            continue
        left = list(token.lefts)
        if any(t.dep_ not in ("det", "predet") for t in left) or any(
            t.dep_ in ("relcl", "acl", "conj", "prep") for t in token.rights
        ):
            continue
        if left and left[0].lower_ in ("another", "other", "no", "one", "two"):
            continue
        flipped = True
        for t in left:
            words[t.i] = ""
        case = next((t for t in token.rights if t.dep_ == "case"), None)
        if case is not None:
            words[token.i], words[case.i] = "my", ""
        elif token.lower_ in _GROUPS:
            words[token.i] = f"my {token.lower_}"
        elif token.dep_ in ("nsubj", "nsubjpass"):
            words[token.i] = "I"
            subjects.add(token.i)
        else:
            words[token.i] = "me"
    if not flipped:
        return None
    for token in doc:
        if token.lower_ in _THEIR and token.i not in words:
            form = _THEIR[token.lower_]
            words[token.i] = "me" if token.lower_ == "her" and token.dep_ != "poss" else form
            if form == "I":
                subjects.add(token.i)
    for token in doc:
        if token.tag_ not in ("VBZ", "VBP", "VBD") and token.pos_ not in ("AUX", "VERB"):
            continue
        owner = _subject_of(token)
        if owner is None or owner.i not in subjects:
            continue
        before = doc[token.i - 1] if token.i else token
        if before.i not in words and before.pos_ in ("NOUN", "PROPN"):
            continue
        if token.lower_ in _FIRST and (token.pos_ == "AUX" or token.lower_ != "'s"):
            words[token.i] = _FIRST[token.lower_]
        elif token.tag_ == "VBZ":
            words[token.i] = token.lemma_
    for i in subjects:
        if i + 1 < len(doc) and doc[i + 1].tag_ == "NNS" and i + 2 < len(doc):
            words.setdefault(i + 1, doc[i + 1].lemma_)
    pieces = [(words.get(t.i, t.text), t.whitespace_) for t in doc]
    out = ""
    for n, (word, space) in enumerate(pieces):
        if word:
            after_possessive = n + 1 < len(pieces) and pieces[n + 1][0] == ""
            out += word + (space or (" " if after_possessive else ""))
    out = tidy(out)
    return None if _DISAGREES.search(out) else out


_DISAGREES = re.compile(r"\bI (?:is|are|has|does|were|(?!was\b|always\b|\w*ss\b)\w+s)\b")


def _subject_of(verb: Token) -> Token | None:
    node = verb
    for _ in range(4):
        own = next((t for t in node.lefts if t.dep_ in ("nsubj", "nsubjpass")), None)
        if own is not None:
            return own
        if node.dep_ in ("aux", "auxpass", "conj"):
            node = node.head
        else:
            return None
    return None


def negated(text: str) -> str | None:
    """'I have lost the key' -> 'I have not lost the key'; None where that is not plain."""
    doc = analyse(text)
    root = next((t for t in doc if t.dep_ == "ROOT"), None)
    if root is None or root.pos_ not in ("VERB", "AUX"):
        return None
    aux = next((t for t in root.lefts if t.dep_ in ("aux", "auxpass")), None)
    subject = next((t for t in root.lefts if t.dep_ in ("nsubj", "nsubjpass")), None)
    if aux is not None and aux.tag_ != "MD" and aux.lemma_ not in ("be", "have", "do"):
        subject = subject or next((t for t in aux.lefts if t.dep_ == "nsubj"), None)
        root, aux = aux, None  # 'arrives damaged': a full verb taken for an auxiliary
    if subject is None or any(t.dep_ in ("neg", "conj") for t in root.children):
        return None
    if any(t.lower_ in ("only", "most", "least", "also", "even") for t in root.lefts):
        return None
    at = aux if aux is not None else root if root.lemma_ == "be" else None
    before, after = doc[: root.i], doc[root.i + 1 :]
    if at is not None:
        return tidy(f"{doc[: at.i + 1].text} not {doc[at.i + 1 :].text}")
    if root.tag_ == "VBD":
        helper = "did not"
    elif root.tag_ == "VBZ":
        helper = "does not"
    elif root.tag_ in ("VBP", "VB"):
        helper = "do not"
    else:
        return None
    base = root.lemma_
    if root.tag_ == "VBZ" and base == root.lower_:  # the lemmatizer took it for an auxiliary
        base = re.sub(r"(?<=[sxzh])es$|s$", "", base)
    return tidy(f"{before.text} {helper} {base} {after.text}")
