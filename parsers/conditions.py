"""Condition phrases to the condition AST, over variables that unify across the document.

In: clauses ('the bag weighs more than 23 kg'), noun phrases ('customers who hold Gold level') and
prepositional phrases ('on a domestic flight'), as the document words them. Out: `Condition`s over
the `Variable`s of one `Lexicon`. Two wordings share a variable when their content words agree, so
'Gold members' and 'the passenger is a Gold member' are one. Booleans that differ in one slot of
the same frame ('on a domestic / an international flight') become one category at the end.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Sequence

from parsers import opposites
from parsers.atoms import Atom, Atoms
from parsers.language import NUMBER_WORDS, analyse, article, base_form, singular, third_person
from parsers.matrices import meeting
from parsers.spec import And, Comparison, Condition, Membership, Not, Or, Truth, Variable

ACTORS = (
    "customer guest user passenger client patient member subscriber student visitor traveller "
    "traveler caller buyer shopper resident applicant employee tenant cardholder requester person "
    "borrower claimant patron driver participant reader player tourist owner holder"
).split()
_ANYONE = {"anyone", "everyone", "someone", "anybody", "everybody", "people", "person", "those",
           "one", "them", "whoever"}  # fmt: skip
_GROUPS = {"member", "holder", "customer", "guest", "subscriber", "user", "passenger", "status",
           "level", "tier", "membership", "account", "client"}  # fmt: skip
_LIGHT = {"be", "have", "hold", "own", "get", "do", "will", "can", "may", "must", "should", "would",
          "could", "belong", "possess", "carry", "fall", "become", "present", "show", "travel",
          "shall"}  # fmt: skip
_NOISE = {"already", "also", "then", "instead", "still", "other", "same", "such", "own", "case",
          "just", "now", "currently", "really", "online"} - {"online"}  # fmt: skip

_NUMBER_WORD = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_NOT_UNIT = (
    "or|and|but|from|before|after|of|on|in|at|to|is|are|was|were|for|if|when|who|that|which|with|"
    "without|by|per|than|since|ago|as|into|away|old|more|less|fewer|above|below|over|under|later|"
    "earlier|apart|out|up|full|long|high|wide|deep|overdue|late|must|may|can|should|will|has|have"
)
_N = (
    rf"(?:about |around |approximately )?(?:(?P<cur{{0}}>[€$£])\s?)?"
    rf"(?P<num{{0}}>\d[\d,]*(?:\.\d+)?|\b(?:{_NUMBER_WORD})\b|"
    rf"\ban?\b(?= (?:minute|hour|day|week|fortnight|month|year)\b))"
    rf"(?:\s?(?P<pct{{0}}>%)|[\s-]?(?P<unit{{0}}>(?:(?:working|business|calendar|full|consecutive|"
    rf"whole|square|cubic)\s)?(?!(?:{_NOT_UNIT})\b)[^\W\d_]+))?(?:\s(?:old|of age))?"
)
_MORE = "more|greater|longer|heavier|older|larger|later|higher|bigger|further|farther|taller|wider"
_LESS = "newer|less|fewer|shorter|lighter|younger|smaller|lower|earlier|cheaper|nearer"
_AFTER = r"(?:weighing |costing |measuring )?"


def _n(tag: str = "") -> str:
    return _N.replace("{0}", tag)


# ordered: the longer wording first
_COMPARATORS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), op)
    for pattern, op in (
        (rf"\b(?:anywhere )?(?:between|from) {_n('a')} (?:and|to) {_n('b')}", "between"),
        (rf"\b{_n('a')}\s?(?:–|-|to)\s?{_n('b')}(?: inclusive)?", "between"),
        (rf"\b(?:no|not) (?:{_MORE}) than {_n()}", "<="),
        (rf"\b(?:no|not) (?:{_LESS}) than {_n()}", ">="),
        (rf"\b(?:does|do|did) not exceed {_n()}", "<="),
        (rf"\b(?:not (?:exceeding|over|above)|up to(?: and including)?|at most|"
         rf"a maximum of|maximum) {_n()}", "<="),
        (rf"\buntil {_n()}(?= before\b)", "<="),
        (rf"\b(?:at least|a minimum of|minimum|not (?:under|below)) {_n()}", ">="),
        (rf"{_n()} or (?:{_LESS}|under|below|within|before)\b", "<="),
        (rf"{_n()} (?:or|and) (?:{_MORE}|over|above|upwards?|up|beyond)\b", ">="),
        (rf"{_n()}\s?\+", ">="),
        (rf"\b(?:(?:{_MORE}) than|over|above|exceeds?|exceeded|exceeding|beyond|in excess of|"
         rf"upwards? of|outside(?: of)?) {_n()}", ">"),
        (rf"\b(?:(?:{_LESS}) than|under|below) {_n()}", "<"),
        (rf"\bnot within (?:the (?:last|first|past) )?{_n()}", ">"),
        (rf"\bwithin (?:the (?:last|first|past) )?{_n()}", "<="),
        (rf"\bin the (?:last|past) {_n()}", "<="),
        (r"\b(?:after|past|later than) "
         + _n().replace("(?P<unit>", "(?P<unit>(?=minute|hour|day|week|month|year)"), ">"),
        (rf"\b{_n()}(?= (?:have|has|had) (?:already )?(?:passed|elapsed|gone by))", ">="),
        (rf"[≥] ?{_n()}|>= ?{_n('x')}", ">="),
        (rf"[≤] ?{_n()}|<= ?{_n('x')}", "<="),
        (rf"> ?{_n()}", ">"),
        (rf"< ?{_n()}", "<"),
        (rf"\b(?:exactly|equal to) {_n()}", "=="),
    )
)  # fmt: skip
_CLOCK = re.compile(
    r"\b(?P<word>before|after|by|until|from|later than|earlier than|at or after|past) "
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?\s?(?P<half>[ap]\.?m\.?)?"
    r"(?=$|[\s,.;])(?! (?:days|hours|minutes|weeks|months|years|kg))",
    re.IGNORECASE,
)
_SPLIT_COMPARATOR = re.compile(
    rf"(\d[\d.,]*\s?(?:%|(?:square |cubic |working |business |calendar )?"
    rf"(?!(?:square|cubic)\b)[a-z]+)) ((?!or\b|but\b|"
    rf"and\b|old\b)[a-z]+"
    rf"(?: (?!or\b|but\b|and\b)[a-z]+){{0,4}}) or ((?:{_MORE}|{_LESS}|over|under)\b)",
    re.IGNORECASE,
)
_CURRENCY = {"€": "€", "$": "$", "£": "£"}
_MEASURE = {
    "weigh": ("weight", "kg"),
    "cost": ("price", ""),
    "last": ("duration", ""),
    "measure": ("size", ""),
}
_MONEY = {"€", "$", "£", "euro", "dollar", "pound", "franc", "crown", "cent"}
_TIME = {"minute": 1.0, "min": 1.0, "hour": 60.0, "hr": 60.0, "day": 1440.0, "week": 10080.0}
_COUNTED_CONTINUOUSLY = {
    "kg", "g", "lb", "pound", "kilogram", "kilo", "cm", "m", "km", "mile", "metre", "meter", "€",
    "$", "£", "euro", "dollar", "%", "percent", "gb", "mb", "inch", "litre", "hour", "minute",
}  # fmt: skip


class Lexicon:
    """The circumstances of one document; conditions are parsed against it and added to it."""

    def __init__(self, text: str) -> None:
        counts = Counter(singular(word.lower()) for word in re.findall(r"[A-Za-z]+", text))
        best = max(ACTORS, key=lambda word: counts[word])
        self.actor = best if counts[best] else "customer"
        self.atoms = Atoms()
        self.section: tuple[str, ...] = ()
        self.subject = f"the {self.actor}"
        self.thing = ""
        self.paired: set[str] = set()
        self.topic = ""
        self.shapes: dict[str, str] = {}
        self.previous: Condition | None = None
        self.kinds: list[tuple[tuple[str, ...], bool]] = []

    # --- noun and prepositional phrases ------------------------------------------------------

    def phrase(self, text: str) -> Condition | None:
        """A noun phrase ('customers who hold Gold') or prepositional phrase as a condition."""
        text = re.sub(r"^whoever\b", "anyone who", _strip(text), flags=re.IGNORECASE)
        if not text:
            return None
        if (named := self._named(text)) is not None:
            return named
        if start := re.fullmatch(
            rf"from (?:{_n()})(?: up(?:wards?)?| on(?:wards?)?| and (?:over|above|up))?", text, re.I
        ):
            aged = not start["unit"] and self._aged()
            said = f"at least {text[start.start('num') : start.end('num')]} {start['unit'] or ''}"
            return self._number(f"the {self.actor} is {said}" if aged else said.strip())
        parts = re.split(r",?\s+(?:and|or) for\s+", text)
        if len(parts) > 1:
            return _any([self.phrase(part) for part in parts])
        match = re.match(
            r"(after|for|to|on|in|at|with|without|within|during|under|over|above|below|from|"
            r"by)\s+(.*)",
            text,
            re.IGNORECASE,
        )
        if not match:
            if (kind := self._topical("", text)) is not None:
                return kind
            if _only_compares(text) or measures(text)[:1] == (0,):
                return self._number(text) or self._noun_phrase(text)
            return self._noun_phrase(text)
        preposition, rest = match[1].lower(), match[2]
        if (kind := self._topical(preposition, rest)) is not None:
            return kind
        if _only_compares(rest) and preposition not in {"after", "within", "during"}:
            return self._number(rest)
        if preposition in {"for", "to"}:
            return self._noun_phrase(rest)
        if preposition == "in" and rest.startswith("the case of"):
            return self._noun_phrase(rest[len("the case of") :])
        if number := self._number(f"{text}"):
            return number
        if preposition == "without":
            return _negate(self._boolean(f"the {self.actor} has {rest}"))
        if preposition == "with":
            return self._boolean(f"the {self.actor} has {rest}")
        bare = re.sub(r"^(?:an?|any)\s+", "", rest, flags=re.IGNORECASE)
        words = bare.split()
        plain = preposition == "in" and len(words) == 2 and analyse(rest)[0].pos_ == "ADJ"
        if preposition in {"on", "in", "at"} and 1 < len(words) <= 3 and (bare != rest or plain):
            return self._boolean(f"the {words[-1]} is {' '.join(words[:-1])}", attributive=True)
        return self._boolean(f"it is {_low(text)}", impersonal=True)

    def _aged(self) -> bool:
        """Whether ages were spoken of in this section."""
        return any(a.words == {"age"} for a in self.atoms.of(self.section))

    def _named(self, text: str) -> Condition | None:
        """A value of a category of this section, by its name: 'the teaching pool'."""
        bare = re.sub(r"^(?:(?:for|in|on|at) )?(?:the |an? )?", "", text.lower())
        for atom in self.atoms.of(self.section):
            value = next((v for v in atom.values if v.lower() == bare), None)
            if value is not None and atom.type == "category":
                return Membership(variable=atom.name, values=(value,))
        return None

    def _topical(self, preposition: str, rest: str) -> Condition | None:
        """'For shoes' after 'the kind of item decides': a kind of what the lead-in named."""
        articled = re.match(r"(?:an?)\s+", rest, re.IGNORECASE)
        kind = _low(re.sub(r"^(?:an?|any|the)\s+", "", rest, flags=re.IGNORECASE))
        words = kind.split()
        shape = f"{preposition} {'a' if articled else ''}"
        topic = self.shapes.get(shape, self.topic)  # parallel wording speaks of the same thing
        head = _topic_head(topic)
        if (
            not head or not 0 < len(words) <= 5 or re.search(r"\d|,", rest)
            or re.search(r"\b(?:who|that|which|whose|with|without)\b", rest)
            or _only_compares(rest)
        ):  # fmt: skip
            return None
        last = singular(words[-1].lower())
        if last == head and len(words) > 1:
            found = self._boolean(f"the {head} is {' '.join(words[:-1])}", True, head)
        else:
            sort = bool(_SORT.search(topic))
            bare = preposition in {"", "for", "on", "in", "at"} or (sort and preposition == "with")
            person = last in ACTORS or last in _ANYONE or last in _ROLES
            if last in {"night", "day", "noon", "midnight", "weekend"}:
                return None  # a time, not a kind
            if not bare or (len(words) > 1 and not sort) or (person and last != head and not sort):
                return None
            article_ = articled[0].lower() if articled else ""
            found = self._boolean(f"the {head} is {article_}{kind}", False, head)
        self.shapes[shape] = topic
        return found

    def _noun_phrase(self, text: str) -> Condition | None:
        text = re.sub(r"^(?:all|any|every|each|only|other)\s+", "", _strip(text), flags=re.I)
        text = re.sub(r",\s+(?:at|of|in|with) (?:either|any|whatever|every)\b.*$", "", text)
        doc = analyse(text)
        relative = next(
            (t for t in doc if t.i > 0 and t.lower_ in {"who", "that", "which", "whose", "whom"}),
            None,
        )
        head_text = text[: relative.idx] if relative is not None else text
        tail = text[relative.idx + len(relative) :].strip() if relative is not None else ""
        core, rest = _core(head_text.strip())
        words = core.split()
        if not words:
            return None
        while (words and words[0].lower() in {
            "a", "an", "the", "any", "this", "these", "our", "other", "those", "such", "all",
        } and len(words) > 1) or words[:1] in (["the"], ["a"]):  # fmt: skip
            words = words[1:]
        if not words:
            return None
        head, modifiers = singular(words[-1]), words[:-1]
        if not modifiers and head[1:].islower():
            head = head.lower()  # it stood at the start of the sentence
        noun = head.lower()
        generic = (
            noun in _ANYONE
            or noun == self.actor
            or (noun in {"customer", "guest", "user", "passenger", "client", "traveller", "caller"})
        )
        person = generic or noun in ACTORS
        operands: list[Condition | None] = []
        subject = f"the {self.actor}" if generic else f"the {head}"
        if noun in _ROLES and not (modifiers or rest or tail):
            return self._boolean(f"the {self.actor} is {article(noun)} {noun}")
        if not (person or modifiers or rest or tail) and text != "it":
            counted = re.match(r"(?:an?|any)\s", text) or singular(words[-1]) != words[-1]
            return self._boolean(f"it is {article(head) + ' ' if counted else ''}{head}")
        if person and not generic and (tail or modifiers or not rest):
            kind = " ".join([*modifiers, head])
            base = f"the {self.actor} is {article(kind)} {kind}"
            if not tail and not rest:
                return self._classes(modifiers, head) or self._boolean(base)
            if tail and not self._number_in(tail):
                return self._boolean(f"{base} who {_singular_clause(tail)}")
            operands.append(self._boolean(base))
            subject = f"the {self.actor}"
        elif modifiers:
            operands.append(self._classes(modifiers, head, person))
        if rest:
            operands.append(self._restrictor(subject, head, rest))
        if tail and relative is not None:
            if relative.lower_ == "whose":
                operands.append(self.clause(f"the {tail}"))
            else:
                operands.append(self.clause(f"{subject} {_singular_clause(tail)}"))
        return _all(operands)

    def _classes(self, modifiers: list[str], head: str, person: bool = True) -> Condition | None:
        """'Gold or Platinum members' is a disjunction, 'non-members' a negation."""
        parts = [p for p in re.split(r"\s*(?:,|/|\bor\b|\band\b)\s*", " ".join(modifiers)) if p]
        operands = []
        for part in parts:
            negative = re.match(r"non[- ]?", part, re.IGNORECASE)
            kind = part[negative.end() :] if negative else part
            if person:
                condition = self._boolean(f"the {self.actor} is {article(kind)} {kind} {head}")
            else:
                condition = self._boolean(f"the {head} is {kind}", attributive=True)
            operands.append(_negate(condition) if negative else condition)
        return _any(operands)

    def _restrictor(self, subject: str, head: str, rest: str) -> Condition | None:
        """What follows a noun: 'at the Saver rate', 'of 5 rooms or more', 'under 18'."""
        bare = re.fullmatch(r"(?:aged? )?(?:under|over|above|below)?\s*[\w ]+", rest)
        age = re.match(r"(?:aged |age |who )?(under|over|above|below|aged)\b", rest, re.IGNORECASE)
        if age and bare and re.search(r"\d", rest):
            found = self._number(f"{subject} is {rest}")
            if found is not None:
                return found
        if not re.match(r"of\b", rest, re.I) and re.search(r"\d", rest) and re.match(
            r"(?:between|under|over|above|below|up to|more than|less than|at least|worth|priced|"
            r"costing|exceeding)\b", rest, re.IGNORECASE
        ):  # fmt: skip
            inner = re.sub(r"^(?:worth|priced(?: at)?|costing)\s+", "", rest)
            if (found := self._number(f"{subject} is {inner}")) is not None:
                return found
        if match := re.match(r"of\s+(.*)", rest, re.IGNORECASE):
            found = self._number(f"{subject} is of {match[1]}")
            return found if found is not None else self._boolean(f"{subject} is of {match[1]}")
        if rest.lower().startswith("with "):
            return self._number(f"{subject} has {rest[5:]}") or self._boolean(
                f"{subject} has {rest[5:]}"
            )
        if rest.lower().startswith("without "):
            return _negate(self._boolean(f"{subject} has {rest[8:]}"))
        return self.clause(f"{subject} is {rest}")

    # --- clauses -----------------------------------------------------------------------------

    def clause(
        self, text: str, listed: Callable[..., Condition | None] | None = None
    ) -> Condition | None:
        """A full clause, possibly coordinated, as a condition; None when it says nothing.

        `listed` joins the clauses between commas in 'A, B and C'.
        """
        text = re.sub(
            r",?\s+(?:even (?:if|when|though)|regardless of|no matter|whatever)\b.*$|"
            r",\s+[\w-]+ or not$",
            "",
            _strip(text),
        )
        if not text:
            return None
        if (referred := self._referred(text)) is not None:
            return referred
        if either := re.fullmatch(
            r"(.+\b(?:is|are) (?:an? )?)([\w-]+)(?: ?/ ?| or )(?:an? )?([\w-]+) ([\w-]+)", text
        ):
            head, kinds = singular(either[4]), (either[2], either[3])
            if head.lower() in _GROUPS:
                lead = re.sub(r"\ban? $", "", either[1])
                return _any([self._boolean(f"{lead}{article(k)} {k} {head}") for k in kinds])
        if nested := re.fullmatch(r"(.+, or [^,]+), and ([^,]+)", text):
            return _all([self.clause(nested[1]), self.clause(nested[2])])  # '(A, or B), and C'
        for joiner, join in (("or", _any), ("and", _all), ("but", _all)):
            parts = _coordinated(text, joiner)
            if len(parts) > 1 and all(len(part) < len(text) for part in parts):
                return join([self.clause(part, join) for part in parts])
        if listed is not None and len(parts := _coordinated(text, ",")) > 1:
            return listed([self.clause(part) for part in parts])
        return self._number(text) or self._boolean(text)

    def _referred(self, text: str) -> Condition | None:
        """A clause that only affirms or denies the condition before it."""
        if self.previous is None:
            return None
        said = opposites.echo(text)
        if said is not None:
            return self.previous if said else _negate(self.previous)
        if opposites.compared(text) and " and " not in text:
            parts = self.previous.operands if isinstance(self.previous, And) else (self.previous,)
            measured = [p for p in parts if isinstance(p, Comparison)]
            if measured:
                return _negate(_all(measured))
        return _negate(self.previous) if opposites.elsewhere(text) else None

    def _number_in(self, text: str) -> bool:
        return any(pattern.search(text) for pattern, _ in _COMPARATORS)

    def _number(self, text: str) -> Condition | None:
        text = _SPLIT_COMPARATOR.sub(r"\1 or \3 \2", text)
        found = _comparisons(text)
        if not found:
            return None
        spans, tests = found
        start, end = spans[0][0], spans[-1][1]
        before, after = text[:start].strip(), text[end:].strip()
        unit = tests[0][2]
        if not unit and not re.search(
            r"\b(?:is|are|was|were|than|aged?|number|total|score|quantity)\s*$", before
        ):
            # 'a child under two' is a kind of child, not a measure of the subject
            if not re.search(r"\d", text[start:end]):
                return None
        if re.fullmatch(r"no(?:body| one)|(?:some|any)(?:one|body)", before, re.IGNORECASE) and (
            _subject(f"they {after}")[1]
        ):  # fmt: skip
            return None  # 'nobody over 18 will be there' measures nobody
        before, negative = _without_negation(before)
        if not before and not after and self.topic:
            before, after = _measured_by(self.topic, unit)
        limits = {value for _, value, _ in tests}
        atom = self._quantity(before, after, unit, text[start:end], limits)
        operands: list[Condition] = []
        for op, value, value_unit in tests:
            value = _convert(value, value_unit, atom.unit)
            atom.thresholds.add(value)
            operands.append(Comparison(variable=atom.name, op=op, value=value))  # type: ignore[arg-type]
        condition = _all(operands)
        return _negate(condition) if negative else condition

    def _quantity(
        self, before: str, after: str, unit: str, phrase: str, values: set[float]
    ) -> Atom:
        subject, verb = _subject(before)
        if inner := re.search(r"\b(?:an?|the) ((?:[\w-]+ )?[\w-]+) of$", verb):
            subject, verb = f"the {inner[1]}", "is of"
        words = _content(f"{verb} {after}", keep_light=True) - {unit}
        if verb == "is of":
            words = _content(subject)
        base = singular(unit.lower().split()[-1]) if unit else ""
        person = bool(subject) and singular(subject.split()[-1].lower()) in {*ACTORS, *_ROLES}
        aged = person or re.search(r"\b(?:old|older|newer|younger|aged?)\b", phrase)
        if aged and re.search(r"\b(?:is|are|was|aged?)( aged?)?$", verb) and base in {"", "year"}:
            words, base, unit = frozenset({"age"}), "year", "years"
        elif (
            base in _MONEY and subject and re.search(r"\b(?:is|are|was|is of)$", verb) and not after
        ):
            words = _content(subject)
        bare = not subject and not words
        subject = self._resolve(subject) if not bare else self.thing or self.subject
        frame = words or frozenset(re.findall(r"\b(?:with|for|of|at)\b", verb)) or {"be"}
        best = None
        if bare:
            same = [
                a
                for a in self.atoms.of(self.section)
                if a.type == "number"
                and (_same_unit(a.unit, base) or (not base and values & a.thresholds))
            ]
            if same:
                return same[-1]
        for atom in self.atoms.near(self.section, frame):
            if atom.type != "number" or not (
                _same_unit(atom.unit, base)
                or (not atom.unit and {base, f"{base}s"} & atom.words and values & atom.thresholds)
            ):  # fmt: skip
                continue
            near = atom.section == self.section
            common = len(atom.words & frame) / max(1, min(len(atom.words), len(frame)))
            if atom.words == frame and (atom.subject == subject or near):
                return atom
            if near and common >= 0.5 and best is None:
                best = atom
            spare = _content(subject) | {"be", "have", "of", "with", "for"}
            counted = base and base not in _COUNTED_CONTINUOUSLY and base not in _TIME
            if near and best is None and counted and atom.subject == subject and (
                frame | atom.words <= spare
            ):  # fmt: skip
                best = atom  # 'a group of 30 people' and 'the group has 12 people'
            if near and best is None and values & atom.thresholds and (
                atom.subject == subject or atom.words & _content(f"{before} {after}")
            ):  # fmt: skip
                best = atom  # the same limit in other words
        if best is not None:
            return best
        label, clause, kind = _quantity_texts(subject, verb, after, unit, phrase)
        name = _name(kind, self.atoms)
        atom = Atom(
            name=name,
            type="number",
            words=frozenset(frame),
            subject=subject,
            label=label,
            clause=clause,
            unit=unit,
            integer=(bool(base) and base not in _COUNTED_CONTINUOUSLY)
            or (not base and bool(_GRADED.search(before))),
            section=self.section,
        )
        self.atoms[name] = atom
        return atom

    def column(self, header: str, values: list[str], numeric: bool, unit: str = "") -> Atom:
        """The variable of a table's column."""
        words = _content(header)
        label = (
            header
            if re.match(r"(?:the|an?|how|what)\b", header, re.I)
            else (f"the {header[:1].lower() + header[1:] if not header.isupper() else header}")
        )
        kind = "number" if numeric else "category"
        for atom in self.atoms.of(self.section):
            if atom.type == kind and atom.words == words:
                atom.values += [value for value in values if value not in atom.values]
                return atom
        name = _name(words_in_order(header), self.atoms)
        base = singular(unit.lower().split()[-1]) if unit else ""
        atom = Atom(
            name=name,
            type=kind,
            words=words,
            subject=label,
            label=label,
            clause=f"{label} is {{value}}" + (f" {unit}" if unit and kind == "number" else ""),
            unit=unit,
            values=list(values),
            integer=bool(base) and base not in _COUNTED_CONTINUOUSLY,
            section=self.section,
        )
        self.atoms[name] = atom
        return atom

    def cell(self, header: str, text: str, column: list[str]) -> Condition | None:
        """One cell of a table of cases, under its header; None when it matches anything."""
        if is_any(text):
            return None
        cells = [cell for cell in column if not is_any(cell)]
        if all(
            cell.lower() in {"yes", "no", "y", "n", "✓", "✗", "true", "false"} for cell in cells
        ):
            clause = header.rstrip("?")
            if not re.search(r"\b(?:is|are|has|have|was|did|does)\b", clause, re.IGNORECASE):
                low = clause[:1].lower() + clause[1:]
                noun = analyse(low)[-1].pos_ in {"NOUN", "PROPN"}
                clause = f"there is {article(low)} {low}" if noun else f"it is {low}"
            elif match := re.match(
                r"(is|are|has|have|was|were)\s+((?:the|an?)?\s*\w+)\s+(.*)", clause, re.IGNORECASE
            ):
                clause = f"{match[2]} {match[1].lower()} {match[3]}"
            condition = self._boolean(clause)
            return condition if text.lower() in {"yes", "y", "✓", "true"} else _negate(condition)
        numeric = [cell for cell in cells if _comparisons(cell) or _plain_number(cell)]
        if len(numeric) == len(cells):
            found, plain = _comparisons(text), _plain_number(text)
            tests = found[1] if found else [plain] if plain else []
            unit = next((u for *_, u in tests if u), "")
            unit = unit or next(
                (u for c in cells for *_, u in (_comparisons(c) or ([], []))[1]), ""
            )
            atom = self.column(header, [], True, unit)
            atom.integer |= meeting(cells)
            operands: list[Condition | None] = []
            for op, value, value_unit in tests:
                value = _convert(value, value_unit, atom.unit)
                atom.thresholds.add(value)
                operands.append(Comparison(variable=atom.name, op=op, value=value))  # type: ignore[arg-type]
            return _all(operands)
        split = [_alternatives(cell) for cell in cells]
        domain = list(dict.fromkeys(v for vs in split for v in vs))
        atom = self.column(header, domain, False)
        return Membership(variable=atom.name, values=tuple(_alternatives(text)))

    def _resolve(self, subject: str) -> str:
        low = subject.lower()
        if low in {"they", "them", "he", "she"}:
            return f"the {self.actor}"
        if low in {"it", "this", "these", ""}:
            return self.thing or self.subject
        resolved = re.sub(r"^(?:an?|any|our|this|these)\s+", "the ", subject, flags=re.IGNORECASE)
        if low.startswith("its ") and self.thing:
            return f"{self.thing}'s {subject[4:]}"
        if low in {"you", "we"}:
            return subject
        self.subject = resolved
        last = singular(resolved.split()[-1].lower())
        if last not in ACTORS and not _STAFF.search(last) and len(resolved.split()) <= 4:
            self.thing = resolved
        return resolved

    def enter(self, section: tuple[str, ...], keep: bool = False) -> None:
        """Nothing that an earlier section announced is spoken of in this one."""
        if keep and section == self.section:
            return
        self.section, self.topic, self.previous, self.shapes = section, "", None, {}

    def about(self, topic: str) -> None:
        """What the cases that follow are cases of: 'the kind of item', 'how far it is'."""
        self.topic = topic
        if whether := re.match(r"(?:whether|if)\s+(.*)", topic, re.IGNORECASE):
            self.previous = self.clause(whether[1])
        elif _SORT.search(topic):
            self.mention(_topic_head(topic))

    def other_kind(self, one: Condition, other: Condition) -> bool:
        """Whether two conditions name different kinds of one thing."""
        first, second = self._kind_of(one), self._kind_of(other)
        return first is not None and second is not None and (
            first is not second and first.frame is not None and second.frame is not None
            and first.frame[0] == second.frame[0]
        )  # fmt: skip

    def _kind_of(self, condition: Condition | None) -> Atom | None:
        """The boolean that a condition tests first, if it says what kind something is."""
        if isinstance(condition, And):
            condition = condition.operands[0]
        atom = self.atoms.get(condition.variable) if isinstance(condition, Truth) else None
        return atom if atom is not None and atom.frame is not None else None

    def alike(self, conditions: Sequence[Condition | None], told: bool) -> None:
        """Cases side by side that name kinds of one thing are one category.

        Args:
            conditions: of sibling rules; None is 'otherwise'.
            told: the siblings are the cases of a lead-in.
        """
        groups: dict[str, list[Atom]] = {}
        for atom in map(self._kind_of, conditions):
            if atom is not None and atom.frame is not None:
                groups.setdefault(atom.frame[0], []).append(atom)
        for stem, atoms in groups.items():
            names = tuple(dict.fromkeys(a.name for a in atoms))
            topical = bool(self.topic) and _topic_head(self.topic) in stem.lower().split()
            alone = told and len(atoms) == len(conditions)
            if len(names) < 2:
                continue
            if None in conditions:  # 'otherwise': there are other kinds
                self.kinds.append((names, False))
            elif topical or alone:
                self.kinds.append((names, True))

    def mention(self, noun: str) -> None:
        """What the text speaks of now, for a later 'it' or 'its'."""
        if singular(noun.lower()) not in ACTORS:
            self.thing = f"the {noun.lower()}"

    def _boolean(
        self, text: str, attributive: bool = False, topic: str = "", impersonal: bool = False
    ) -> Condition | None:
        text = _strip(text)
        absence = text if re.match(r"no (?!one\b)", text, re.IGNORECASE) else ""
        anyone = bool(re.match(r"(?:nobody|no one|some(?:one|body)|any(?:one|body))\b", text, re.I))
        text, negative = _without_negation(text)
        if (opposite := self._opposite(text)) is not None:
            return _negate(opposite) if negative else opposite
        words = _content(text) or _content(text, keep_light=True) or frozenset(
            t.lemma_.lower() for t in analyse(text) if t.pos_ in {"NOUN", "ADP", "ADV", "ADJ"}
        )  # fmt: skip
        if not words:
            return None
        subject, _ = _subject(text)
        if not subject and not any(t.pos_ in {"VERB", "AUX"} for t in analyse(text)):
            text = f"there is {text if re.match('(?:an?|the|any) ', text) else 'a ' + text}"
            text = _fix_article(text)
        words = words - {self.actor} or words
        atom = self._known(words, subject, anyone)
        if atom is not None:
            atom.sections.add(self.section)
        if atom is None:
            resolved = "it" if impersonal else self._resolve(subject)
            label = _label(text, subject, resolved)
            name = _name(words_in_order(text, self.actor) or ["it"], self.atoms)
            proper = frozenset(
                t.lemma_.lower() for t in analyse(text) if t.text[:1].isupper() and t.i > 0
            )
            atom = Atom(
                name=name,
                type="boolean",
                words=words,
                subject=resolved,
                label=label,
                negated=negate_clause(label),
                section=self.section,
                proper=proper,
                sections={self.section},
                slot=_slot(label, self.actor, attributive),
                frame=_frame(label),
            )
            if topic and not attributive and atom.slot is None and atom.frame is not None:
                atom.slot = (topic, atom.frame[1])
            if negative and absence:  # what is out of the ordinary is that there is none
                atom.label, atom.negated, atom.absent = _low(absence), label, True
            self.atoms[name] = atom
        truth = Truth(variable=atom.name)
        return Not(operand=truth) if negative is not atom.absent else truth

    def _opposite(self, text: str) -> Condition | None:
        """The denial of a circumstance of which this is the other pole: 'intact' and 'broken'."""
        for pair in opposites.PAIRS:
            for mine, other in (pair, pair[::-1]):
                if not (match := mine.search(text)):
                    continue
                rest = _content(text[: match.start()] + text[match.end() :])
                for atom in self.atoms.of(self.section):
                    if atom.type != "boolean" or (
                        mine.search(atom.label) and not other.search(atom.label)
                    ):  # fmt: skip
                        continue
                    pole = other.search(atom.label)
                    if pole is None:
                        continue
                    left = _content(atom.label[: pole.start()] + atom.label[pole.end() :])
                    pronoun = re.match(r"(?:it|they|this|that)\b", text, re.IGNORECASE)
                    if left == rest or (pronoun and rest and rest <= left):
                        subject, _ = _subject(text)
                        atom.negated = _label(text, subject, self._resolve(subject))
                        return Not(operand=Truth(variable=atom.name))
        return None

    def _known(self, words: frozenset[str], subject: str, anyone: bool = False) -> Atom | None:
        strong = words - _GROUPS or words
        for atom in self.atoms.near(self.section, words):
            if atom.type != "boolean":
                continue
            other = atom.words - _GROUPS or atom.words
            if strong == other or (
                anyone and words <= atom.words and atom.section == self.section
            ):  # fmt: skip
                return atom
            smaller = min(strong, other, key=len)
            if (strong <= other or other <= strong) and smaller & atom.proper:
                return atom
            if len(strong & other) / len(strong | other) >= 0.65 and atom.section == self.section:
                return atom
        return None

    # --- the end -----------------------------------------------------------------------------

    def pair(self, first: str, second: str) -> Condition | None:
        """Make two booleans that exclude each other the two poles of the first."""
        one, other = self.atoms.get(first), self.atoms.get(second)
        if one is None or other is None or one is other or one.slot or other.slot:
            return None
        one.negated = other.label
        return Not(operand=Truth(variable=first))

    def categories(self, text: str) -> dict[str, Condition]:
        """Turn booleans that fill one slot of a frame into a category; what replaces each."""
        groups: dict[str, list[Atom]] = {}
        sentences = [(part, part.lower()) for part in re.split(r"(?<=[.!?])\s", text)]
        lines = [(part, re.sub(r"[*_.]", "", part.lower()))
                 for part in re.split(r"(?<=[.!?])\s|\n\n", text)]  # fmt: skip
        replaced = self._framed()
        for atom in self.atoms.values():
            if atom.type == "boolean" and atom.slot:
                groups.setdefault(atom.slot[0], []).append(atom)
        groups = {
            f"{head} {number}": part
            for head, atoms in groups.items()
            for number, part in enumerate(_together(atoms))
        }
        for key, atoms in groups.items():
            head = key.rsplit(" ", 1)[0]
            kinds = list(dict.fromkeys(a.slot[1] for a in atoms if a.slot and a.slot[1]))
            if any(a.name in self.paired for a in atoms) or len(kinds) < 2:
                continue
            person = head in _GROUPS
            first = next(a for a in atoms if a.slot and a.slot[1])
            values = [f"{article(k)} {k} {head}" for k in kinds] if person else list(kinds)
            rest = f"not {article(head)} {head}" if person else "other"
            if head == self.actor:
                rest = f"another kind of {head}"
            bare = [kind.lower() for kind in kinds]  # a quick look before the patterns
            closed = any(
                all(kind in low for kind in bare)
                and all(re.search(rf"\b{re.escape(k)}\b", sentence, re.IGNORECASE) for k in kinds)
                and re.search(r"\b(?:two|three|four|five|either|types?|kinds?|levels?)\b", sentence)
                for sentence, low in sentences
            ) or any(
                re.search(rf"(?:depends on|by|according to) the (?:\w+ )?{head}\b", line)
                for line, _ in lines
                if head in line
            )
            either = f"(?:{'|'.join(map(re.escape, kinds))})"
            listing = r",? (?:and |or )?(?:an? )?".join([either] * len(kinds))
            closed = closed or (len(kinds) > 2 and bool(re.search(rf"\b{listing}\b", text)))
            for names, every in self.kinds:
                if {a.name for a in atoms} <= set(names):
                    closed = every
                    break
            for line, low in lines:
                if not all(kind in low for kind in bare):
                    continue
                listed = re.search(
                    rf"\b(?:levels?|types?|kinds?|tiers?|{head}s?)\b[^:,]*[:,]\s(.+)", line
                )
                items = [re.sub(r"[*_.]", "", i).strip()
                         for i in re.split(r",\s*(?:and |or )?|\s+(?:and|or)\s+", listed[1])] \
                    if listed else []  # fmt: skip
                low = [item.lower() for item in items]
                if len(items) > len(kinds) and all(k.lower() in low for k in kinds):
                    extra = [i for i in items if i.lower() not in {k.lower() for k in kinds}]
                    values += [f"{article(i)} {i} {head}" if person else i for i in extra]
            member = any(a.slot and not a.slot[1] for a in atoms)
            if member or not closed:
                values.append(rest)
            label = f"the kind of {head}"
            name = _name([head], self.atoms.keys() - {atom.name for atom in atoms})
            subject = first.subject
            spoken = first.label.replace(
                f"{article(kinds[0])} {kinds[0]} {head}" if person else kinds[0], "{value}", 1
            )
            clause = spoken if "{value}" in spoken else f"{subject} is {{value}}"
            for atom in atoms:
                kind = atom.slot[1] if atom.slot else ""
                if not kind:
                    replaced[atom.name] = Not(operand=Membership(variable=name, values=(rest,)))
                else:
                    value = values[kinds.index(kind)]
                    replaced[atom.name] = Membership(variable=name, values=(value,))
                del self.atoms[atom.name]
            self.atoms[name] = Atom(
                name=name, type="category", words=first.words, subject=subject, label=label,
                clause=clause, values=values, section=first.section,
            )  # fmt: skip
        return replaced

    def _framed(self) -> dict[str, Condition]:
        """The kinds that lists tell apart ('if the show is a play / a musical') as categories."""
        replaced: dict[str, Condition] = {}
        groups: list[tuple[list[str], bool]] = []
        for names, closed in self.kinds:
            same = [g for g in groups if set(g[0]) & set(names)]
            merged = list(dict.fromkeys([n for g in same for n in g[0]] + list(names)))
            groups = [g for g in groups if g not in same]
            groups.append((merged, closed and all(g[1] for g in same)))
        for names, closed in groups:
            atoms = [self.atoms[n] for n in names if n in self.atoms]
            framed = all(a.frame is not None for a in atoms)
            if len(atoms) < 2 or not closed or not framed or all(a.slot for a in atoms):
                continue
            stem = atoms[0].frame[0] if atoms[0].frame else ""
            head = re.sub(r"\s(?:is|was|are|were|has been)\b.*", "", stem).split()[-1]
            values = [a.frame[1] for a in atoms if a.frame]
            for atom in atoms:
                del self.atoms[atom.name]
            name = _name([head], self.atoms)
            for atom, value in zip(atoms, values, strict=False):
                replaced[atom.name] = Membership(variable=name, values=(value,))
            self.atoms[name] = Atom(
                name=name, type="category", words=atoms[0].words, subject=f"the {head}",
                label=f"the kind of {head}", clause=f"{stem} {{value}}", values=values,
                section=atoms[0].section,
            )  # fmt: skip
        return replaced

    def is_limit(self, part: Comparison, values: Sequence[tuple[float, str]]) -> bool:
        """Whether a comparison is with one of these limits; with any limit of time if none is."""
        unit = self.atoms[part.variable].unit
        if not values:
            return bool(unit) and singular(unit.lower().split()[-1]) in _TIME
        return any(_convert(value, said, unit) == part.value for value, said in values)

    def variables(self) -> dict[str, Variable]:
        """The circumstances as variables."""
        known = self.lookup()
        return {name: known[name] for name in self.atoms}

    def lookup(self) -> dict[str, Variable]:
        """The same, to be asked for by name only: each is made when it is asked for."""
        return _Variables(self.atoms)


class _Variables(dict[str, Variable]):
    def __init__(self, atoms: Atoms) -> None:
        super().__init__()
        self._atoms = atoms

    def __missing__(self, name: str) -> Variable:
        atom = self._atoms[name]
        self[name] = Variable(
            name=atom.name,
            type=atom.type,  # type: ignore[arg-type]
            label=atom.label,
            negated=atom.negated,
            clause=atom.clause,
            unit=atom.unit,
            values=tuple(atom.values),
            thresholds=tuple(sorted(atom.thresholds)),
            integer=atom.integer,
        )
        return self[name]


_ROLES = set(
    "director manager nurse teacher intern trainee apprentice pilot doctor lawyer chef clerk cook "
    "pensioner senior adult child baby infant teenager veteran freelancer contractor volunteer "
    "pupil learner candidate parent carer trainer coach partner supplier seller landlord "
    "researcher professor lecturer artist musician journalist rider swimmer skater skier climber "
    "donor diver sailor cyclist runner athlete competitor contestant dancer girl boy man woman kid "
    "infant toddler youth minor teen student worker".split()
)  # fmt: skip
_STAFF = re.compile(r"(?:officer|clerk|agent|dentist|doctor|nurse|manager|supervisor|instructor)$")
_GRADED = re.compile(
    r"\b(?:level|grade|stage|floor|number|count|score|rank|category|class)\b", re.IGNORECASE
)


_SORT = re.compile(
    r"\b(?:kind|type|sort|class|category|status|rank|role|level)s? of (?:the |an? )?(.+)", re.I
)


def _topic_head(topic: str) -> str:
    """The noun that a lead-in's topic is about: 'the kind of item' -> 'item'."""
    if not topic or re.match(r"(?:how|whether|if|what|when|where|who|which|why)\b", topic, re.I):
        return ""
    sort = _SORT.search(topic)
    core, _ = _core(sort[1] if sort else topic)
    noun = ""
    for token in analyse(core):
        if token.pos_ in {"NOUN", "PROPN"}:
            noun = token.lower_
        elif noun:
            break
    return singular(noun or core.split()[-1].lower()) if core.strip() else ""


def _measured_by(topic: str, unit: str) -> tuple[str, str]:
    """What stands before and after a number that only a lead-in's topic names.

    'how many cups a day the machine makes' -> ('the machine makes', 'a day').
    """
    many = re.match(r"how (?:many|much) [\w-]+ ?(?P<rest>.*)", topic, re.IGNORECASE)
    if many:
        whose = re.match(r"(?P<tail>.*?)\s?(?P<who>\b(?:the|an?|we|they|you|it) .+)", many["rest"])
        if re.match(r"(?:is|are|was|were|have|has)\b", many["rest"]) or whose is None:
            return "", many["rest"]
        return whose["who"], whose["tail"]
    long = re.match(r"how (long|far|late|old|high|tall|heavy) (.+)", topic, re.IGNORECASE)
    if long:
        return f"{long[2]}{' for' if long[1] == 'long' else ''}", ""
    if re.match(r"(?:what|when|where|who|whether|which|if)\b", topic):
        return "", ""
    return f"{topic if re.match('(?:the|an?|its|their) ', topic) else 'the ' + topic} is", ""


def _only_compares(text: str) -> bool:
    """'6 months or less', 'up to 80 cups a day': nothing but a comparison."""
    found = _comparisons(text)
    if not found:
        return False
    (start, _), (_, end) = found[0][0], found[0][-1]
    return not text[:start].strip() and not re.sub(r"^an? \w+$", "", text[end:].strip())


def _low(kind: str) -> str:
    return kind[:1].lower() + kind[1:] if kind[1:].islower() else kind


_FRAME = re.compile(
    r"(?P<stem>the (?:[\w-]+ ){1,3}(?:is|was|are|were|has been)(?: in| at| on| from| about)?) "
    r"(?P<kind>(?:(?:an?|the) )?[\w-]+(?: (?:of )?[\w-]+){0,2})"
)


def _frame(label: str) -> tuple[str, str] | None:
    """(what is said, of which kind) of 'the show is a play'; None where no kind is told."""
    match = _FRAME.fullmatch(label)
    if match is None or re.search(r"\b(?:who|that|than|for|to|by|with|not)\b", match["kind"]):
        return None
    return match["stem"], match["kind"]


# --- helpers --------------------------------------------------------------------------------


def is_any(cell: str) -> bool:
    return bool(
        re.fullmatch(
            r"\s*(?:any(?:thing| \w+)?|all|[-–—*]*|n/?a|either|does not matter|not relevant|"
            r"no matter|"
            r"irrelevant|everything|everyone)\.?\s*",
            cell,
            re.IGNORECASE,
        )
    )


def _alternatives(cell: str) -> list[str]:
    return [p for p in re.split(r"\s*(?:,|/|\bor\b)\s*", cell.strip()) if p]


def _plain_number(cell: str) -> tuple[str, float, str] | None:
    match = re.fullmatch(_n(), cell.strip(), re.IGNORECASE)
    return ("==", _value(match["num"]), _unit(match, "")) if match else None


# what the rule before has taken: '(later than that, but) not less than 20 minutes before'
_BEYOND_THAT = re.compile(
    rf"\b(?:{_MORE}|{_LESS}) than (?:that|this),? (?:but|yet|and) (?:still )?", re.IGNORECASE
)


def _strip(text: str) -> str:
    text = re.sub(r"\s*\([^()]*\)", "", text)
    text = _BEYOND_THAT.sub("", text)
    text = re.sub(r"(?<=[a-z]s)['’](?= (?:notice|delay|warning)\b)", "", text)  # '24 hours' notice'
    return " ".join(text.split()).strip(" ,;:.–—-")


def _value(text: str) -> float:
    low = text.lower().strip()
    if low in {"a", "an"}:
        return 1.0
    return NUMBER_WORDS[low] if low in NUMBER_WORDS else float(low.replace(",", ""))


def _unit(match: re.Match[str], tag: str) -> str:
    groups = match.groupdict()
    if groups.get(f"cur{tag}"):
        return _CURRENCY[groups[f"cur{tag}"]]
    return "%" if groups.get(f"pct{tag}") else (groups.get(f"unit{tag}") or "").strip()


def _same_unit(one: str, other: str) -> bool:
    a, b = (singular(u.lower().split()[-1]) if u else "" for u in (one, other))
    money = ({"€", "euro"}, {"$", "dollar"}, {"£", "pound"}, {"%", "percent"})
    return a == b or (a in _TIME and b in _TIME) or any({a, b} <= pair for pair in money)


def _convert(value: float, unit: str, target: str) -> float:
    a, b = (singular(u.lower().split()[-1]) if u else "" for u in (unit, target))
    if a != b and a in _TIME and b in _TIME:
        return round(value * _TIME[a] / _TIME[b], 6)
    return value


Tests = list[tuple[str, float, str]]
_REVERSED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _counts_back(comparison: str, after: str) -> bool:
    """Whether a measure is counted back from an event: 'no later than 48 hours before it'.

    Earlier is then more, later less, and 'up to' at least.
    """
    return bool(
        re.search(r"\b(?:later|earlier|up to|until)\b", comparison, re.IGNORECASE)
        and re.match(r"['’]?\s(?:before|ahead|in advance|prior|notice)\b", after, re.IGNORECASE)
    )


def _comparisons(text: str) -> tuple[list[tuple[int, int]], Tests] | None:
    """The comparisons in a phrase: their ranges and (operator, value, unit) triples."""
    found: list[tuple[int, int, Tests]] = []
    for pattern, op in _COMPARATORS:
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end, _ in found):
                continue
            if op == "between":
                unit = _unit(match, "b") or _unit(match, "a")
                tests = [(">=", _value(match["numa"]), unit), ("<=", _value(match["numb"]), unit)]
            else:
                tag = "" if match["num"] else "x"
                tests = [(op, _value(match[f"num{tag}"]), _unit(match, tag))]
            if _counts_back(match[0], text[match.end() :]):
                tests = [(_REVERSED.get(op, op), value, unit) for op, value, unit in tests]
            found.append((match.start(), match.end(), tests))
    if not found:
        return None
    found.sort()
    kept = found[:1]
    for item in found[1:]:
        gap = text[kept[-1][1] : item[0]].strip().lower().strip(",")
        if gap not in {"", "but", "and", "and is", "but is", "yet"}:
            break
        kept.append(item)
    tests = [test for *_, group in kept for test in group]
    unit = next((u for *_, u in tests if u), "")
    return [(s, e) for s, e, _ in kept], [(op, value, u or unit) for op, value, u in tests]


def measures(text: str) -> tuple[int, ...]:
    """Where the comparisons in a phrase begin."""
    found = _comparisons(_SPLIT_COMPARATOR.sub(r"\1 or \3 \2", text))
    return tuple(start for start, _ in found[0]) if found else ()


def _core(text: str) -> tuple[str, str]:
    """(noun phrase, what restricts it after the noun)."""
    match = re.search(
        r"\s(?:(?:of|at|on|in|with|without|from|under|over|above|below|aged?|to|within|for|between|"
        r"outside|after|before)\s|(?:weighing|costing|exceeding|measuring|containing|travelling|"
        r"traveling|booked|purchased|bought|made|cancelled|older|younger|heavier|larger|longer|"
        r"more than|less than|worth|priced|staying|reported|received|placed|paid|returned|"
        r"presented|delivered|handed in|holding|carrying|arriving|"
        r"[a-z]{3,}ed(?= (?:not|no|within|at least|up to|more|less|later|earlier|on|at)\b))\s)",
        text + " ",
    )
    if not match:
        return text, ""
    return text[: match.start()].strip(), text[match.start() :].strip()


def _coordinated(text: str, joiner: str) -> list[str]:
    """Split a clause at coordinated verbs or clauses; the subject is carried over."""
    doc = analyse(text)
    spans = _comparisons(text)
    taken = spans[0] if spans else []
    cuts: list[tuple[int, int, bool]] = []
    for token in doc:
        if token.lower_ != joiner or token.i == 0 or token.i + 1 >= len(doc):
            continue
        if any(start <= token.idx < end for start, end in taken):
            continue
        left = doc[: token.i]
        verbal = any(t.pos_ in {"VERB", "AUX"} for t in left)
        if not verbal and not _subject(text[: token.idx].strip())[0]:
            continue
        following = doc[token.i + 1 :]
        first = following[0]
        k = 1 if first.lower_ in {"who", "that", "which", "if", "when", "either"} else 0
        if k < len(following) and following[k].lower_ in {"also", "then", "not"}:
            k += 1
        if k >= len(following):
            continue
        first = following[k]
        verb = first.tag_ in {"VBZ", "VBP", "VBD", "MD"}
        if first.tag_ == "VBN" and not any(
            t.lemma_ in {"be", "have", "get"} for t in left if t.pos_ == "AUX"
        ):
            verb = True
        whole = not verb and _starts_clause(list(following[k:]))
        denied = re.search(r"\b(?:not|no)\b|n['’]t\b", text[: token.idx])
        if whole or (verb and joiner != "," and (joiner != "but" or denied)):
            start = token.idx
            if text[:start].rstrip().endswith(","):
                start = len(text[:start].rstrip()) - 1
            cuts.append((start, first.idx, whole))
    if not cuts:
        return [text]
    parts, position, subject = [], 0, _subject(text[: cuts[0][0]])[0]
    for start, follow, _ in cuts:
        parts.append(text[position:start])
        position = follow
    parts.append(text[position:])
    wholes = [True] + [whole for *_, whole in cuts]
    return [
        part if whole else f"{subject} {part}" for part, whole in zip(parts, wholes, strict=True)
    ]


def _starts_clause(tokens: list) -> bool:
    """Whether these tokens begin with a subject and its finite verb."""
    for i, token in enumerate(tokens):
        if token.tag_ in {"VBZ", "VBP", "VBD", "MD"}:
            return i > 0
        if token.pos_ not in {"DET", "NOUN", "PROPN", "PRON", "ADJ", "NUM", "PART"}:
            return False
        if token.lower_ in {"who", "which", "that"} and i > 0:
            return False
        if token.pos_ == "PRON" and i == 0 and token.lower_ in {"who", "which"}:
            return False
    return False


def _subject(text: str) -> tuple[str, str]:
    """(subject, the rest from its verb on) of a clause; an empty subject when it has none."""
    doc = analyse(text)
    for wanted in ({"VBZ", "VBP", "VBD", "MD"}, {"VBN", "VB"}):
        for token in doc:
            if token.tag_ in wanted:
                return text[: token.idx].strip(), text[token.idx :].strip()
    if match := re.match(
        r"((?:an?|the|any|their|his|her|our) [\w-]+) ((?:[\w-]+(?:s|ed)|cost|weigh|"
        r"last)\b.*)",
        text,
        re.I,
    ):
        return match[1], match[2]  # a verb taken for a noun
    return "", text.strip()


def _content(text: str, keep_light: bool = False) -> frozenset[str]:
    """Content lemmas, without the light verbs that only say that something is the case."""
    result = set()
    for token in analyse(text):
        lemma = token.lemma_.lower()
        if token.tag_ == "NNPS" or (token.pos_ == "PROPN" and lemma.endswith("s")):
            lemma = singular(lemma)
        if token.pos_ == "PROPN" or token.text[:1].isupper():
            lemma = singular(token.lower_)
        if not token.is_alpha and token.pos_ != "NUM":
            if not re.search(r"\w", token.text):
                continue
        if token.pos_ in {"NOUN", "PROPN", "VERB", "ADJ", "ADV", "NUM", "X", "AUX"}:
            if lemma in _NOISE or token.tag_ in {"WRB"} or lemma in {"not", "n't", "no"}:
                continue
            if lemma in _LIGHT and not (keep_light and token.pos_ == "VERB"):
                continue
            if token.pos_ == "AUX":
                continue
            result.add(lemma)
    return frozenset(result)


def words_in_order(text: str, skip: str = "") -> list[str]:
    keep = _content(text)
    words = []
    for token in analyse(text):
        for lemma in (token.lemma_.lower(), singular(token.lower_)):
            if lemma in keep and lemma != skip and lemma not in words:
                words.append(lemma)
                break
    return words


def _name(words: list[str], taken: Container[str]) -> str:
    slug = "_".join(re.sub(r"[^a-z0-9]+", "", w.lower()) for w in words[:4]).strip("_")
    slug = re.sub(r"_+", "_", slug) or "circumstance"
    if slug[0].isdigit():
        slug = f"n{slug}"
    name, number = slug, 2
    while name in taken:
        name, number = f"{slug}_{number}", number + 1
    return name


def _singular_clause(text: str) -> str:
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


def _without_negation(text: str) -> tuple[str, bool]:
    """(the affirmative clause, whether it was negated)."""
    rules = (
        (r"\b(is|are|was|were|has|have|had|can|could|may|must|should|will|would) not\b", r"\1"),
        (r"\b(is|are|was|were|has|have|had|could|should|would)n['’]t\b", r"\1"),
        (r"\bcannot\b|\bcan['’]t\b", "can"),
        (r"\bwon['’]t\b", "will"),
        (r"^no ((?:[\w-]+ )?[\w-]+) (has|have|is|are|was|were|will|can)\b", r"a \1 \2"),
        (r"\b(has|have|had|is|are|was|were) (?:never|no longer)\b", r"\1"),
        (
            r"\b(has|have|had|is|are|holds?|brings?|brought|shows?|presents?|provides?|"
            r"there is|there are|there was) no\b(?! longer)",
            r"\1 a",
        ),
        (r"\b(receive[sd]?|got|gets?|gives?|gave|sent|sends?|makes?|made|needs?|pays?|paid|owes?|"
         r"wants?|had had|buys?|bought) no (?!longer|more|later)", r"\1 a "),
    )  # fmt: skip
    for pattern, replacement in rules:
        changed, count = re.subn(pattern, replacement, text, count=1, flags=re.IGNORECASE)
        if count:
            return _fix_article(changed), True
    if match := re.search(r"\b(is|are|was|were|been) un(\w{3,}(?:ed|aid|old|orn))\b", text):
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


def _fix_article(text: str) -> str:
    return re.sub(r"\ba ([aeiou]\w*)", lambda m: f"{article(m[1])} {m[1]}", text)


_PAST = {
    "have": "had", "be": "was", "do": "did", "go": "went", "buy": "bought", "pay": "paid",
    "send": "sent", "bring": "brought", "give": "gave", "keep": "kept", "leave": "left",
    "make": "made", "get": "got", "come": "came", "take": "took", "tell": "told", "find": "found",
    "lose": "lost", "meet": "met", "write": "wrote", "fly": "flew", "break": "broke",
    "arrive": "arrived",
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


def _label(text: str, subject: str, resolved: str) -> str:
    """A boolean's clause with its subject named."""
    if subject:
        text = resolved + text[len(subject) :]
    text = re.sub(r"^(?:An?|Any|The|Our)\s", lambda m: m[0].lower(), text)
    if re.match(r"(?:an?|any)\s", text):
        text = re.sub(r"^(?:an?|any)\s", "the ", text)
    if not re.match(r"[A-Z]{2}|[A-Z]\w+ [A-Z]", text) and analyse(text)[0].pos_ != "PROPN":
        text = text[:1].lower() + text[1:]
    return text


def _together(atoms: list[Atom]) -> list[list[Atom]]:
    """Atoms that some section speaks of together."""
    parts: list[list[Atom]] = []
    for atom in atoms:
        linked = [p for p in parts if any(a.sections & atom.sections for a in p)]
        parts = [p for p in parts if p not in linked] + [[a for p in linked for a in p] + [atom]]
    return parts


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
        form = _past(verb) if helper == "did" else third_person(verb) if helper != "do" else verb
        return f"{subject} {form} {tail}".strip()
    return f"{subject} {helper} {predicate}".strip()


def _slot(label: str, actor: str, attributive: bool) -> tuple[str, str] | None:
    """(head, kind) of a clause that says what kind something is."""
    if match := re.fullmatch(rf"the {actor} is (?:an? )?(?:([\w-]+(?: [\w-]+)?) )?([a-z]+)", label):
        return (match[2], match[1] or "") if match[2] in _GROUPS else None
    if match := re.fullmatch(r"the [\w ]+ is (?:at|on|in) (?:the|an?) ([\w-]+) ([a-z]+)", label):
        return match[2], match[1]
    if match := re.fullmatch(
        r"(?:the [\w ]+|they) (?:holds?|has|have|books?|booked|buys?|bought) (?:an?|the) "
        r"([A-Z][\w-]+) ([A-Za-z][a-z]+)", label
    ):  # fmt: skip
        return match[2], match[1]
    match = re.fullmatch(r"the (\w+) is ([\w-]+(?: [\w-]+)?)", label)
    if attributive and match:
        last = match[2].split()[-1]
        return (
            None
            if (last.endswith(("ed", "ing")) and last != "red") or match[1] == actor
            else (match[1], match[2])
        )
    return None


def replace(condition: Condition, by: dict[str, Condition]) -> Condition:
    """The condition with some boolean variables replaced."""
    match condition:
        case Truth(variable=name):
            return by.get(name, condition)
        case Not(operand=operand):
            return _negate(replace(operand, by)) or condition
        case And(operands=operands):
            return _all([replace(o, by) for o in operands]) or condition
        case Or(operands=operands):
            return _any([replace(o, by) for o in operands]) or condition
        case _:
            return condition


def _quantity_texts(
    subject: str, verb: str, after: str, unit: str, phrase: str
) -> tuple[str, str, list[str]]:
    """(label, clause with {value}, words for the name) of a number."""
    spoken = {"%": "percent", "€": "euros", "$": "dollars", "£": "pounds"}.get(unit, unit)
    verb = re.sub(r"\s*\b(?:it|they)\b$", "", verb).strip()
    value = f"{{value}} {spoken}".strip()
    clause = " ".join(f"{subject} {verb} {value} {after}".split())
    doc = analyse(f"{subject} {verb}") if verb else []
    lemma = next((t.lemma_ for t in doc if t.tag_ in {"VBZ", "VBP", "VBD"}), "")
    if plain := re.match(r"(weigh|cost|last|measure)s?\b", verb):
        lemma = plain[1]  # the tagger takes some of these for nouns
    if re.match(r"exceed", phrase, re.IGNORECASE) and not verb:
        label = subject or f"the number of {spoken}"
        return label, f"{label} is {value}", words_in_order(label) or [spoken or "number"]
    if lemma in _MEASURE and not after:
        noun = _MEASURE[lemma][0]
        return f"{subject}'s {noun}", clause, [*words_in_order(subject), noun]
    if re.search(r"\b(?:is|are|was|aged?)( aged?)?$", verb) and not after:
        aged = subject.split()[-1].lower() in {*ACTORS, *_ROLES} or re.search(
            r"\b(?:old|older|newer)\b", phrase
        )
        if unit.lower() in {"years", "year", ""} and aged:
            return f"{subject}'s age", f"{subject} is {{value}} years old", ["age"]
        if singular(spoken) in _MONEY and re.search(
            r"\b(?:difference|price|fee|total|balance|amount|cost|value|charge|sum|bill|debt)$",
            subject,
        ):
            return subject, f"{subject} is {value}", words_in_order(subject)
        if singular(spoken) in _MONEY:
            return f"{subject}'s amount", f"{subject} is for {value}", [
                *words_in_order(subject), "amount"]  # fmt: skip
        if not unit or unit == "%":
            return subject, clause, words_in_order(subject) or ["number"]
    if verb == "is of" and singular(spoken) in _MONEY:
        return (
            f"{subject}'s amount",
            f"{subject} is for {value}",
            [*words_in_order(subject), "amount"],
        )
    if verb == "is of":
        return f"the number of {spoken} in {subject}", f"{subject} is for {value}", [spoken]
    if not verb and re.match(r"(?:is|are|was|were|have|has|had)\b", after):
        return f"the number of {spoken} that {after}", f"{value} {after}", [
            spoken, *words_in_order(after)]  # fmt: skip
    if not verb:
        event = re.sub(r"^(?:of|from|after)\s+", "since ", after)
        rest = f" {event}" if event else " that have passed"
        return f"the number of {spoken}{rest}", f"it is {value} {event}".strip(), [
            spoken, *words_in_order(after)]  # fmt: skip
    if after == "ago" or re.search(r"\b(?:last|past)\b", phrase):
        tail = re.sub(r"^(?:has|have) had\b", "had", verb)
        return (
            f"the number of {spoken} since {subject} {tail}",
            (f"it is {value} since {subject} {tail}"),
            [*words_in_order(tail), spoken],
        )
    if re.match(r"(?:not )?(?:within|after|later)\b", phrase, re.IGNORECASE) and not after:
        clause = f"{subject} {verb} after {value}"
        return f"the number of {spoken} after which {subject} {verb}", clause, [
            *words_in_order(verb), spoken]  # fmt: skip
    tail = re.sub(r"\s+(?:for|by|at|of|in)$", "", verb)
    words = [*words_in_order(tail), *words_in_order(after)] or words_in_order(subject)
    if unit in {"%", "percent"} and after:
        be = verb.split()[0] if verb else "is"
        return f"how {after} {subject} {be} in percent", clause, [*words, "percent"]
    if after and re.match(r"(?:before|after|of|from|since|prior)\b", after):
        after = re.sub(r"^(?:of|from)\b", "after", after)
        clause = " ".join(f"{subject} {verb} {value} {after}".split())
        return f"the number of {spoken} {after} that {subject} {tail}", clause, words
    return (
        f"the number of {spoken} {subject} {tail} {after}".strip(),
        clause,
        [
            *words,
            spoken,
        ],
    )


def _negate(condition: Condition | None) -> Condition | None:
    if condition is None:
        return None
    return condition.operand if isinstance(condition, Not) else Not(operand=condition)


def _flatten(kind: type[And] | type[Or], operands: Sequence[Condition | None]) -> Condition | None:
    flat: list[Condition] = []
    for operand in operands:
        if operand is None:
            continue
        same = isinstance(operand, And | Or) and operand.kind == kind.model_fields["kind"].default
        parts = operand.operands if isinstance(operand, And | Or) and same else (operand,)
        flat += [part for part in dict.fromkeys(parts) if part not in flat]
    return None if not flat else flat[0] if len(flat) == 1 else kind(operands=tuple(flat))


def _all(operands: Sequence[Condition | None]) -> Condition | None:
    return _flatten(And, operands)


def _any(operands: Sequence[Condition | None]) -> Condition | None:
    return _flatten(Or, operands)


conjoin, disjoin, negate = _all, _any, _negate
