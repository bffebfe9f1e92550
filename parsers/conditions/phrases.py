"""Noun phrases and prepositional phrases to conditions.

In: 'customers who hold Gold level', 'on a domestic flight', 'aged 18 or over'. Out: what they say
as a condition; a phrase that only names a kind takes its subject from the lead-in before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from parsers.conditions.clauses import Clauses
from parsers.conditions.comparisons import (
    FROM,
    compares,
    comparisons,
    measures,
    only_compares,
)
from parsers.conditions.counts import exactly
from parsers.conditions.lead_topics import SORT, topic_head
from parsers.conditions.logic import conjoin, disjoin, negate
from parsers.conditions.people import ACTORS, ANYONE, ROLES
from parsers.conditions.quantities import compared
from parsers.conditions.rewording import singular_clause, without_negation
from parsers.conditions.syntax import noun_and_restriction
from parsers.conditions.units import convert, same_unit, unit_noun
from parsers.conditions.words import lowered, stripped
from parsers.definitions import key, kind_of, narrows
from parsers.language import analyse, article, singular, tokenized
from parsers.periods import SAID_BEFORE, counted
from parsers.spec import Comparison, Condition, Membership, atoms

_IS_A = re.compile(
    r"(?P<subject>(?:(?!\b(?:and|or)\b)[^,;])*?) (?:is|are|was|were|counts? as|qualif(?:y|ies) as) "
    r"(?P<article>(?:an?|the) )?(?P<term>[^,;]+)"
)
"""'It is a late return', 'the return is late'"""

BARE = " "
"""The shape of a label: neither a preposition nor an article is before it."""
_BESIDES = re.compile(r"(?P<measure>.*\S) (?P<with>with(?:out)? (?:an? |any )?[a-z][a-z -]*)")
"""'over 5 kg with a dent': a measure, and what the thing has besides."""
_EITHER_WAY = re.compile(
    r",\s+(?:at|of|in|with|on|for|by|from|under) (?:either|any|whatever|whichever|every)\b.*$"
)
"""'a claim, by whichever form and for whatever reason': what makes no difference."""
_AND_KIND = re.compile(
    r"(?P<one>(?!.*\b(?:between|either|both)\b)[^,;:]{3,80}), (?:and|or) "
    r"(?!(?:who|that|which|whose|for|is|are|has|have|was|were|not|only|if|when)\b)"
    r"(?P<other>[^,;:]{3,80}?\b(?:who|that|which|whose|with|without|under|over|aged|in|on|of|from|"
    r"[a-z]+ing|at)\b[^;:]*)",
    re.IGNORECASE,
)
_MOST_WORDS = 4
_SINGLE = re.compile(r"s (?:for|on|in|at|with|from) an? ([\w-]+)\s*$")
"""'tickets for a train (that was late)'"""


def _person_behind(rest: str, pronoun: str) -> str:
    """'a request from an applicant who …': who it is that the relative clause tells of, or ''."""
    person = re.fullmatch(r"(?:from|by|of|for) ((?:an?|any) (?:[\w-]+ )?([\w-]+))", rest)
    told = person and singular(person[2].lower()) in {*ACTORS, *ROLES, *ANYONE}
    return person[1] if person and told and pronoun in {"who", "whose", "whom"} else ""


def _measures_apart(text: str) -> tuple[str, str, str] | None:
    """'with 5 kg or more on board and under 3 hours to go': two measures, and how they are joined.

    'more than 2 and fewer than 5 days' and 'between 2 and 5 days' are one; theirs is one unit.
    """
    for match in re.finditer(r",?\s+(and|or)\s+(?:with\s+|but\s+)?", text, re.IGNORECASE):
        left, right = text[: match.start()], text[match.end() :]
        before, behind = comparisons(left), comparisons(right)
        if not before or not behind or behind[0][0][0] > 0:
            continue
        one, other = unit_noun(before[1][-1][2]), unit_noun(behind[1][0][2])
        if one and other and not same_unit(one, other):
            return left, match[1].lower(), f"with {right}"
    return None


def _kinds_apart(text: str) -> tuple[str, str] | None:
    """'Flexible members, and Annual members who have completed a year': what follows is the last's.

    The comma parts them; without it what follows may be both's.
    """
    match = _AND_KIND.fullmatch(text)
    if match is None or "," in match["one"]:
        return None
    first, last = analyse(match["one"]), analyse(match["other"])
    plural = any(t.tag_ in {"NNS", "NNPS"} for t in last[:_MOST_WORDS])
    opens = last[0].pos_ in {"NOUN", "PROPN", "ADJ"} or (
        last[0].lower_ in {"a", "an", "any", "all"} and first[0].lower_ == last[0].lower_
    )
    return (match["one"], match["other"]) if opens and (plural or last[0].pos_ == "DET") else None


class Phrases(Clauses):
    """Phrases as conditions."""

    def clause(
        self, text: str, listed: Callable[..., Condition | None] | None = None
    ) -> Condition | None:
        """A full clause as a condition; what it says of a term is what the term means."""
        said, negative = without_negation(stripped(text)) if self.terms else ("", False)
        if (called := _IS_A.fullmatch(said)) is not None:
            term = called["term"]
            if not called["article"] and key(term) not in self.terms:
                term = f"{term} {self.resolve(called['subject']).split()[-1]}"
            if (meant := self._defined(term)) is not None:
                return negate(meant) if negative else meant
        return super().clause(text, listed)

    def _defined(self, term: str) -> Condition | None:
        """What the document says that a term means, where that is a single measure."""
        name = key(term)
        if (meaning := self.terms.get(name)) is None:
            return None
        del self.terms[name]  # it does not mean itself
        noun = stripped(meaning.noun)
        try:
            if meaning.case:
                self.mention(kind_of(noun))
            narrowed = self._noun_phrase(noun) if narrows(noun) else None
            meant = conjoin([narrowed, self.clause(meaning.case) if meaning.case else None])
        finally:
            self.terms[name] = meaning
        parts = atoms(meant) if meant is not None else ()
        if len({part.variable for part in parts if isinstance(part, Comparison)}) != 1:
            return None
        self.meant.add(meaning.said)
        return meant

    def phrase(self, text: str) -> Condition | None:
        """A noun phrase ('customers who hold Gold') or prepositional phrase as a condition."""
        text = re.sub(r"^whoever\b", "anyone who", stripped(text), flags=re.IGNORECASE)
        if not text:
            return None
        text = exactly(_EITHER_WAY.sub("", text), self.things)
        if (named := self._named(text)) is not None:
            return named
        if (again := SAID_BEFORE.fullmatch(text)) and (same := self._said_before(again)):
            return same
        if start := FROM.fullmatch(counted(text)):
            unit = start["cur"] or start["pct"] or start["unit"] or ""
            aged = not unit and self._aged()
            said = f"at least {start['cur'] or ''}{start['num']}{start['pct'] or ''} "
            said += start["unit"] or ""
            return self.number(f"the {self.actor} is {said}" if aged else said.strip())
        parts = re.split(r",?\s+(?:and|or) for\s+", text)
        if len(parts) > 1:
            return disjoin([self.phrase(part) for part in parts])
        if both := _kinds_apart(text):
            return disjoin([self.phrase(kind) for kind in both])
        if apart := _measures_apart(text):
            left, word, right = apart
            join = conjoin if word == "and" else disjoin
            return join([self.phrase(left), self.phrase(right)])
        match = re.match(
            r"(after|for|to|on|in|at|with|without|within|during|under|over|above|below|from|"
            r"by)\s+(.*)",
            text,
            re.IGNORECASE,
        )
        if not match:
            if (kind := self._topical("", text)) is not None:
                return kind
            if only_compares(text) or measures(text)[:1] == (0,):
                return self.number(text) or self._noun_phrase(text)
            return self._noun_phrase(text)
        preposition, rest = match[1].lower(), match[2]
        if (
            meant := self._defined(re.sub(r"^(?:an?|any|the)\s+", "", rest, flags=re.I))
        ) is not None:
            return meant
        if (kind := self._topical(preposition, rest)) is not None:
            return kind
        if preposition in {"for", "in", "during"} and only_compares(text):
            return self.number(text)  # 'for the first 6 months'
        if only_compares(counted(rest)) and preposition not in {"after", "within", "during"}:
            return self.number(rest)
        if preposition in {"for", "to"}:
            return self._noun_phrase(rest)
        if preposition == "in" and rest.startswith("the case of"):
            return self._noun_phrase(rest[len("the case of") :])
        if number := self.number(f"{text}"):
            return number
        if preposition == "without":
            return negate(self.boolean(f"the {self.actor} has {rest}"))
        if preposition == "with":
            return self.boolean(f"the {self.actor} has {rest}")
        bare = re.sub(r"^(?:an?|any)\s+", "", rest, flags=re.IGNORECASE)
        words = bare.split()
        plain = preposition == "in" and len(words) == 2 and analyse(rest)[0].pos_ == "ADJ"
        if preposition in {"on", "in", "at"} and 1 < len(words) <= 3 and (bare != rest or plain):
            return self.boolean(f"the {words[-1]} is {' '.join(words[:-1])}", attributive=True)
        return self.boolean(f"it is {lowered(text)}", impersonal=True)

    def _said_before(self, again: re.Match[str]) -> Condition | None:
        """'After those 14 days', where this section has put a number to 14 days already."""
        found = comparisons(f"over {again['number']} {again['unit']}")
        if found is None:
            return None
        (_, value, unit), *_ = found[1]
        for atom in reversed(self.atoms.of(self.section)):
            if atom.type != "number" or not same_unit(atom.unit, unit_noun(unit)):
                continue
            if convert(value, unit, atom.unit) in atom.thresholds:
                return compared(atom, [(">" if again["past"] else "<=", value, unit)])
        return None

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
        kind = lowered(re.sub(r"^(?:an?|any|the)\s+", "", rest, flags=re.IGNORECASE))
        words = kind.split()
        shape = f"{preposition} {'a' if articled else ''}"
        topic = self.shapes.get(shape, self.topic)  # parallel wording speaks of the same thing
        head = topic_head(topic)
        if (
            not head or not 0 < len(words) <= 5 or re.search(r"\d|,", rest)
            or re.search(r"\b(?:who|that|which|whose|with|without)\b", rest)
            or only_compares(rest)
        ):  # fmt: skip
            return None
        last = singular(words[-1].lower())
        if last == head and len(words) > 1:
            found = self.boolean(f"the {head} is {' '.join(words[:-1])}", True, head)
        else:
            sort = bool(SORT.search(topic))
            bare = preposition in {"", "for", "on", "in", "at"} or (sort and preposition == "with")
            person = last in ACTORS or last in ANYONE or last in ROLES
            if last in {"night", "day", "noon", "midnight", "weekend"}:
                return None  # a time, not a kind
            if not bare or (len(words) > 1 and not sort) or (person and last != head and not sort):
                return None
            article_ = articled[0].lower() if articled else ""
            found = self.boolean(f"the {head} is {article_}{kind}", False, head)
        self.shapes[shape] = topic
        return found

    def _noun_phrase(self, text: str) -> Condition | None:
        text = re.sub(r"^(?:all|any|every|each|only|other)\s+", "", stripped(text), flags=re.I)
        text = _EITHER_WAY.sub("", text)
        relative = next(
            (t for t in tokenized(text)
             if t.i > 0 and t.lower_ in {"who", "that", "which", "whose", "whom"}),
            None,
        )  # fmt: skip
        head_text = text[: relative.idx] if relative is not None else text
        tail = text[relative.idx + len(relative) :].strip() if relative is not None else ""
        if relative is not None and (inner := _SINGLE.search(head_text)):
            if re.match(r"(?:is|was|has)\b", tail):  # the verb agrees with what is nearer
                return self.clause(f"the {inner[1]} {tail}")
        core, rest = noun_and_restriction(head_text.strip())
        if relative is not None and (whose := _person_behind(rest, relative.lower_)):
            return self._noun_phrase(f"{whose} {text[relative.idx :]}")
        words = core.split()
        if not words:
            return None
        while (words and words[0].lower() in {
            "a", "an", "the", "any", "this", "these", "our", "other", "those", "such", "all",
        } and len(words) > 1) or words[:1] in (["the"], ["a"]):  # fmt: skip
            words = words[1:]
        if not words:
            return None
        meant = self._defined(" ".join(words))
        if meant is not None and not (rest or tail):
            return meant
        head, modifiers = singular(words[-1]), words[:-1]
        if not modifiers and head[1:].islower():
            head = head.lower()  # it stood at the start of the sentence
        noun = head.lower()
        generic = (
            noun in ANYONE
            or noun == self.actor
            or (noun in {"customer", "guest", "user", "passenger", "client", "traveller", "caller"})
        )
        person = generic or noun in ACTORS
        if person and modifiers and modifiers[0] in self.ordinary:
            modifiers[0] = modifiers[0].lower()  # 'New members', where a 'new home' is spoken of
        operands: list[Condition | None] = [meant]
        subject = f"the {self.actor}" if generic else f"the {head}"
        if noun in ROLES and not (modifiers or rest or tail):
            return self.boolean(f"the {self.actor} is {article(noun)} {noun}")
        if not (person or modifiers or rest or tail) and text != "it":
            counted = re.match(r"(?:an?|any)\s", text) or singular(words[-1]) != words[-1]
            return self.boolean(f"it is {article(head) + ' ' if counted else ''}{head}")
        if person and not generic and (tail or modifiers or not rest):
            kind = " ".join([*modifiers, head])
            base = f"the {self.actor} is {article(kind)} {kind}"
            if not tail and not rest:
                return self._classes(modifiers, head) or self.boolean(base)
            whose = relative is not None and relative.lower_ == "whose"
            if tail and not compares(tail) and not whose:
                return self.boolean(f"{base} who {singular_clause(tail)}")
            operands.append(self.boolean(base))
            subject = f"the {self.actor}"
        elif modifiers and meant is None:
            operands.append(self._classes(modifiers, head, person))
        if (both := _BESIDES.fullmatch(rest)) and measures(both["measure"]):
            operands.append(self._restrictor(subject, head, both["measure"]))
            rest = both["with"]
        if rest:
            operands.append(self._restrictor(subject, head, rest))
        if tail and relative is not None:
            if relative.lower_ == "whose":
                operands.append(self.clause(f"the {tail}"))
            else:
                operands.append(self.clause(f"{subject} {singular_clause(tail)}"))
        return conjoin(operands)

    def _classes(self, modifiers: list[str], head: str, person: bool = True) -> Condition | None:
        """'Gold or Platinum members' is a disjunction, 'non-members' a negation."""
        parts = [p for p in re.split(r"\s*(?:,|/|\bor\b|\band\b)\s*", " ".join(modifiers)) if p]
        operands = []
        for part in parts:
            negative = re.match(r"non[- ]?", part, re.IGNORECASE)
            kind = part[negative.end() :] if negative else part
            if person:
                condition = self.boolean(f"the {self.actor} is {article(kind)} {kind} {head}")
            else:
                condition = self.boolean(f"the {head} is {kind}", attributive=True)
            operands.append(negate(condition) if negative else condition)
        return disjoin(operands)

    def _restrictor(self, subject: str, head: str, rest: str) -> Condition | None:
        """What follows a noun: 'at the Saver rate', 'of 5 rooms or more', 'under 18'."""
        bare = re.fullmatch(r"(?:aged? )?(?:under|over|above|below)?\s*[\w ]+", rest)
        age = re.match(r"(?:aged |age |who )?(under|over|above|below|aged)\b", rest, re.IGNORECASE)
        if age and bare and re.search(r"\d", rest):
            found = self.number(f"{subject} is {rest}")
            if found is not None:
                return found
        if not re.match(r"of\b", rest, re.I) and re.search(r"\d", rest) and re.match(
            r"(?:between|under|over|above|below|up to|more than|less than|at least|worth|priced|"
            r"costing|exceeding)\b", rest, re.IGNORECASE
        ):  # fmt: skip
            inner = re.sub(r"^(?:worth|priced(?: at)?|costing)\s+", "", rest)
            if (found := self.number(f"{subject} is {inner}")) is not None:
                return found
        if match := re.match(r"of\s+(.*)", rest, re.IGNORECASE):
            found = self.number(f"{subject} is of {match[1]}")
            return found if found is not None else self.boolean(f"{subject} is of {match[1]}")
        if rest.lower().startswith("with "):
            has = f"{subject} has {rest[5:]}"
            return self.number(has) or self.boolean(has)
        if rest.lower().startswith("without "):
            return negate(self.boolean(f"{subject} has {rest[8:]}"))
        return self.clause(f"{subject} is {rest}")
