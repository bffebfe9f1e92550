"""Full clauses, possibly coordinated, to conditions."""

from __future__ import annotations

import re
from collections.abc import Callable

from parsers import opposites
from parsers.conditions.alternatives import alternatives
from parsers.conditions.comparisons import comparisons
from parsers.conditions.counts import exactly
from parsers.conditions.logic import conjoin, disjoin, negate
from parsers.conditions.people import GROUPS, PEOPLE
from parsers.conditions.quantities import Quantities
from parsers.conditions.rewording import without_negation
from parsers.conditions.syntax import coordinated
from parsers.conditions.words import content, stripped
from parsers.language import analyse, article, is_finite, singular
from parsers.spec import And, Comparison, Condition, variables_of

# 'if it turns out that the form is missing': how one came to know it is no part of the case
_FOUND = re.compile(
    r"it (?:later |then |also |only |afterwards )?(?:turns?(?: later)? out|emerges?|transpires?|"
    r"becomes? (?:clear|known|apparent|evident)|comes? to light|appears|is found|is discovered)"
    r"(?: later| afterwards| on inspection)?,? that (?=\w+ \w)",
    re.IGNORECASE,
)

_ONE = re.compile(r"(?:(?P<none>none)|one) (?P<is>is|was|can be|has)\b", re.IGNORECASE)
_BUT_NOT = re.compile(
    r"(?P<is>[^,;]+? (?:is|are|was|were) )(?P<one>(?!\bnot\b)[^,;]+?),? but not "
    r"(?P<other>(?!(?:by|for|more|less|over|under|at|in|on|within|later|longer|yet|to)\b)[^,;]+)"
)


_AGE = r"(?:aged )?(?:under|over|below|above) \d+"
_AGED_DOES = re.compile(
    rf"(?:(?:some|any)(?:one|body)|(?:an?|any|the) (?:[\w-]+ )?(?P<noun>[a-z]+)) (?P<age>{_AGE}) "
    r"(?P<do>(?:[\w'’-]+ ?)+)",
    re.IGNORECASE,
)
_IS_AGED = re.compile(
    rf"(?P<who>.+?) (?:is|was) (?P<not>not )?(?:an?|the) (?P<noun>[a-z]+) (?P<age>{_AGE})",
    re.IGNORECASE,
)
_YOUNG = {"child", "baby", "infant", "toddler", "kid", "minor", "person", "teenager", "boy", "girl"}
"""What says no more of someone than an age does."""
_IS_THERE = re.compile(r"(?:(?:will|can|may|must) )?(?:be|is|are|was|were|stays?)\b", re.I)
# 'it is a van with no claim in the past 12 months'
_BESIDES = re.compile(
    r"(?P<is>.+ (?:is|was) an? [\w-]+(?: [\w-]+)?) with (?:an?|any|(?P<no>no)) (?P<with>.+)",
    re.IGNORECASE,
)


def _acts(does: re.Match[str]) -> bool:
    """Whether what stands behind someone's age is what they do."""
    if does["noun"] and does["noun"].lower() not in PEOPLE:
        return False
    if not does["noun"] and _IS_THERE.match(does["do"]):
        return False  # 'somebody over 18 is at home' tells who is there
    return is_finite(analyse(f"the {does['noun'] or 'person'} {does['do']}")[2])


class Clauses(Quantities):
    """Clauses as conditions on numbers and booleans."""

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
            stripped(text),
        )
        text = _FOUND.sub("", text)
        if not text:
            return None
        if (referred := self._referred(text)) is not None:
            return referred
        if either := re.fullmatch(
            r"(.+\b(?:is|are) (?:an? )?)([\w-]+)(?: ?/ ?| or )(?:an? )?([\w-]+) ([\w-]+)", text
        ):
            head, kinds = singular(either[4]), (either[2], either[3])
            if head.lower() in GROUPS:
                lead = re.sub(r"\ban? $", "", either[1])
                return disjoin([self.boolean(f"{lead}{article(k)} {k} {head}") for k in kinds])
        if nested := re.fullmatch(r"(.+, or [^,]+), and ([^,]+)", text):
            return conjoin([self.clause(nested[1]), self.clause(nested[2])])  # '(A, or B), and C'
        if (one := _ONE.match(text)) and self.one:  # 'send another lock, provided one is free'
            found = self.clause(f"the {self.one} {one['is']}{text[one.end() :]}")
            return negate(found) if one["none"] else found
        if beside := _BUT_NOT.fullmatch(text):  # 'is dirty but not broken'
            parts = (beside["is"] + beside[part] for part in ("one", "other"))
            one, other = map(self.clause, parts)
            return conjoin([one, negate(other)])
        for joiner, join in (("or", disjoin), ("and", conjoin), ("but", conjoin)):
            parts = coordinated(text, joiner)
            if len(parts) > 1 and all(len(part) < len(text) for part in parts):
                return join([self.clause(part, join) for part in parts])
        if listed is not None and len(parts := coordinated(text, ",")) > 1:
            return listed([self.clause(part) for part in parts])
        if (aged := self._aged_one(text)) is not None:
            return aged
        if (besides := _BESIDES.fullmatch(text)) and comparisons(besides["with"]):
            there = f"there is {besides['no'] or article(besides['with'])} {besides['with']}"
            counts = exactly(there, self.things) != there
            has = self.number(there) if counts else self.boolean(there)
            return conjoin([self.clause(besides["is"]), has])
        if (number := self.number(text)) is not None:
            return number
        said, negative = without_negation(text)
        if kinds := alternatives(said):
            either = disjoin([self.boolean(kind) for kind in kinds])
            return negate(either) if negative else either
        return self.boolean(text)

    def _aged_one(self, text: str) -> Condition | None:
        """'A child under 12 wants to join', 'the caller is a child under 12': how old one is."""
        if (does := _AGED_DOES.fullmatch(text)) and _acts(does):
            who = f"the {does['noun'] or self.actor}"
            return conjoin(
                [self.number(f"{who} is {does['age']}"), self.clause(f"{who} {does['do']}")]
            )
        one = _IS_AGED.fullmatch(text)
        if one is None or one["noun"].lower() not in PEOPLE:
            return None
        a_kind = f"{one['who']} is {article(one['noun'])} {one['noun']}"
        kind = None if one["noun"].lower() in _YOUNG else self.clause(a_kind)
        found = conjoin([kind, self.number(f"{one['who']} is {one['age']}")])
        return negate(found) if one["not"] else found

    def _referred(self, text: str) -> Condition | None:
        """A clause that only affirms or denies the condition before it."""
        if self.previous is None:
            return None
        said = opposites.echo(text)
        if said is not None:
            return self.previous if said else negate(self.previous)
        if opposites.compared(text) and " and " not in text:
            parts = self.previous.operands if isinstance(self.previous, And) else (self.previous,)
            measured = [p for p in parts if isinstance(p, Comparison)]
            if measured:
                return negate(conjoin(measured))
        return negate(self.previous) if self._elsewhere(text, self.previous) else None

    def _elsewhere(self, text: str, before: Condition) -> bool:
        """Whether a clause names the other side of the place or time of the condition before it.

        'If a bike was bought elsewhere' does so only where the condition before was of buying, too.
        """
        if not opposites.elsewhere(text):
            return False
        told = frozenset[str]().union(*(self.atoms[n].words for n in variables_of(before)))
        pronoun = re.match(
            r"(?:it|they|he|she|this|that|these|those|you|we)\b", text, re.IGNORECASE
        )
        return bool(pronoun or content(text) & told)
