"""What the cases of a step ask: circumstances, or whether the last check or repair came out.

In: the words of a case and the levels it stands in. Out: a `Case`. 'Yes', 'if not' and 'if the
problem persists' speak of what was asked last; what is asked again behind a repair is asked anew.
"""

from __future__ import annotations

import re

from parsers import opposites
from parsers.clauses.structure import Clause
from parsers.conditions.lexicon import Lexicon
from parsers.conditions.logic import conjoin, negate
from parsers.conditions.rewording import asserted
from parsers.language import analyse
from parsers.programs.poles import poles
from parsers.programs.scopes import Asked, Level, Scope
from parsers.spec import Condition, Not, Truth
from parsers.steps import Case, Check
from parsers.workflows.relations import excludes
from parsers.workflows.rules import outcome_key

_OTHERS = re.compile(
    r"(?:(?:all|any|the) )?(?:[a-z]+(?<!ev)er|other|remaining|more|fewer|less) \w+", re.IGNORECASE
)
_KNOWN = re.compile(
    r"^(?:you|we|they|the agent) (?:have |has |are |is )?(?:now )?(?:confirmed|verified|"
    r"established|made sure|know|sure|certain)(?: that)? ",
    re.IGNORECASE,
)
_MATTER = (
    r"(?:the |this |that |any |basic )?(?:[\w-]+ ){0,2}?(?:issue|problem|fault|error|trouble)s?"
)
_SOLVED = re.compile(
    rf"(?:(?:this|that|it|so|which|{_MATTER}) )?(?:now )?"
    r"(?:(?:is|are|was|has|have|does|did)(?: been| now)? )?"
    r"(?:the case|work(?:s|ed|ing)?|help(?:s|ed)?|succeed(?:s|ed)?|successful|resolved|solved|"
    r"fixed|gone|(?:(?:solve|fixe|resolve)[sd]|fix(?:es|ed)?) (?:it|this|the \w+))(?: now)?",
    re.IGNORECASE,
)
_UNSOLVED = re.compile(
    rf"(?:{_MATTER} (?:still )?(?:persists?|remains?|continues?)\b.*|not (?:yet )?(?:resolved|"
    r"solved|fixed)|(?:it|this|that) (?:still )?fails|"
    r"(?:(?:this|that|it|they|[\w-]+ing(?: (?!did|does)\w+)*) )?(?:(?:did|does|do|is|has|was|are)"
    rf"(?: not|n['’]t)|{_MATTER} (?:is|has|are) not|not)(?: (?:the case|help(?:ed)?|"
    r"work(?:ed|ing)?|been|fix|solve|resolved?|solved|fixed|succeed)\b.*)?)",
    re.IGNORECASE,
)
LASTS = re.compile(r"\b(?:still|persists?|remains?|continues?)\b", re.IGNORECASE)
_FAILING = re.compile(
    r",?\s+(?:but|and) (?:(?:still|it is|it's|is|the \w+ is|\w+ is)\s+)*not (?:working|resolved|"
    r"fixed)\b.*$|,?\s+but (?:still )?(?:fails?|does not work).*$",
    re.IGNORECASE,
)


class Questions:
    """Reads the circumstances of steps into a lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.moments = 0

    def verify(self, level: Level) -> None:
        """A check behind a repair that no case takes up asks whether it helped."""
        asked = level.scope.check
        if level.scope.pending and asked is not None and (condition := self.meant(asked)):
            level.items.append(
                Check(condition, asked.text, asked.statement, asked.solved, asked.moment)
            )
        level.scope.pending = False

    def meant(self, said: Condition | Asked | None) -> Condition | None:
        """The condition that a question stands for, made when something first refers to it."""
        if not isinstance(said, Asked):
            return said
        if said.condition is None:
            said.condition = self._proposition(said.what)
        return said.condition

    def answered(self, level: Level, yes: bool, said: str, number: int) -> Case:
        """'Yes: …' and 'If not, …' by what was asked last."""
        check = level.scope.check
        last = self.meant(level.scope.last or level.scope.asked())
        if last is None:
            return Case(None, "otherwise", number, catches=not yes)
        asked = check.text if check is not None and check.condition == last else (
            next((i.text for i in reversed(level.items) if isinstance(i, Case)), "")
        )  # fmt: skip
        text = asked if yes else f"not: {asked}"
        verified = check is not None and check.condition == last and level.scope.pending
        moment = check.moment if check is not None and check.condition == last else (
            level.scope.moment
        )  # fmt: skip
        condition = last if yes else negate(last)
        return Case(condition, text, number, settles=not yes and verified, moment=moment)

    def case(self, clause: Clause, number: int, levels: list[Level]) -> Case:
        """The case that a clause's circumstances open."""
        pieces = [*clause.pieces, *(e.piece for e in clause.exceptions if not clause.pieces)]
        said = [
            asserted(clause.said(piece)) if piece.form == "inverted" else clause.said(piece)
            for piece in pieces
        ]
        text = ", ".join(said)
        parts: list[Case] = []
        for piece, words in zip(pieces, said, strict=True):
            part = self._condition(words, piece.form in {"phrase", "case"}, number, levels)
            if part.condition is not None and (piece.negative or piece not in clause.pieces):
                part.condition = negate(part.condition)
            parts.append(part)
        for exception in clause.exceptions if clause.pieces else ():
            unless = self._condition(clause.said(exception.piece), False, number, levels)
            unless.condition = negate(unless.condition) if unless.condition is not None else None
            parts.append(unless)
        first = parts[0]
        if (pole := self._pole(text, levels)) is not None:
            first.condition = pole
        if len(parts) > 1:
            told = [part.condition for part in parts]
            first.condition = conjoin(told)
        first.text = text
        if first.condition is not None and not first.settles and len(levels) > 1:
            variables = self.lexicon.lookup()
            for place in range(1, len(levels)):
                over = levels[place].case
                if (
                    over is not None
                    and over.condition is not None
                    and (excludes(over.condition, first.condition, variables))
                ):
                    while len(levels) > place:
                        self.verify(levels.pop())
                    first.moment = levels[-1].scope.moment
                    break
        return first

    def _pole(self, text: str, levels: list[Level]) -> Condition | None:
        """The denial of a case before, or around, of which these words are the other pole."""
        for level in reversed(levels):
            before = [item for item in level.items if isinstance(item, Case)]
            for other in (*before[-1:], *((level.case,) if level.case is not None else ())):
                if other.condition is not None and poles(other.text, text):
                    return negate(other.condition)
        return None

    def _condition(self, said: str, phrase: bool, number: int, levels: list[Level]) -> Case:
        """What a circumstance's words mean here; '' is filled in as its text later."""
        scope = levels[-1].scope
        plain = re.sub(r"\s*\([^)]*\)", "", _KNOWN.sub("", said)).strip()
        plain = re.sub(r"\b(?:is|are) (not )?able to\b", lambda m: "cannot" if m[1] else "can",
                       plain)  # fmt: skip
        lasts = bool(LASTS.search(plain))
        plain = re.sub(r"\bstill\s+", "", plain)
        failing = _FAILING.search(plain)
        head, joined, tail = plain.rpartition(" or ")
        if failing or (joined and _UNSOLVED.fullmatch(tail)):
            plain = plain[: failing.start()] if failing else head
            return Case(self._proposition(plain, phrase), "", number, catches=True,
                        moment=scope.moment)  # fmt: skip
        before = [item for item in levels[-1].items if isinstance(item, Case)]
        if phrase and before and _OTHERS.fullmatch(plain):
            return Case(None, "", number, moment=scope.moment)
        solved, unsolved = _SOLVED.fullmatch(plain), _UNSOLVED.fullmatch(plain)
        if solved or unsolved:
            while len(levels) > 1 and levels[-1].scope.last is None and not (
                levels[-1].scope.check
            ) and not levels[-1].items:  # fmt: skip
                self.verify(levels.pop())
            scope = levels[-1].scope
            cases = any(isinstance(item, Case) for item in levels[-1].items)
            check = scope.check if scope.check is not None or cases else scope.asked()
            if check is not None and (condition := self.meant(check)) is not None:
                condition = condition if check.solved else negate(condition)
                return Case(condition if solved else negate(condition), "", number,
                            settles=bool(unsolved), moment=check.moment)  # fmt: skip
            last = self.meant(scope.last)
            if last is not None and not (cases and lasts):
                return Case(last if solved else negate(last), "", number, moment=scope.moment)
            if cases and unsolved:
                return Case(None, "", number, catches=True, moment=scope.moment)
            if not lasts:
                plain = "the problem is solved" if solved else "the problem is not solved"
        condition = self._echo(plain, scope) or self._proposition(plain, phrase)
        scope.last = condition or scope.last
        moment = self.moment_of(scope, lasts and scope.check is not None)
        return Case(condition, "", number, settles=lasts, moment=moment)

    def _proposition(self, said: str, phrase: bool = False) -> Condition | None:
        """A clause as a condition; a bare predicate ('set to 2G only') is said of 'it'."""
        found = self.lexicon.phrase(said) if phrase else None
        if found is None:
            doc = analyse(said)
            bare = doc and (doc[0].tag_ in {"VBN", "RB", "JJ"} or doc[0].pos_ == "ADP") and not any(
                t.dep_ in {"nsubj", "nsubjpass", "expl"} for t in doc
            )  # fmt: skip
            named = bool(doc) and doc[0].tag_ == "NN" and doc[0].is_lower and len(doc) > 2
            if bare:
                self.lexicon.thing = "it"
            said = f"it is {said}" if bare else f"the {said}" if named else said
            found = self.lexicon.clause(re.sub(r"^(no [\w-]+)$", r"there is \1", said))
        if found is not None:
            self.lexicon.previous = found
        return found

    def moment_of(self, scope: Scope, anew: bool) -> int:
        """The moment of a question; what is 'still' so, or looked at again, is asked anew."""
        if anew and not scope.moment:
            self.moments += 1
            return self.moments
        return scope.moment

    def _echo(self, said: str, scope: Scope) -> Condition | None:
        """'it does not come out' behind 'if the test page comes out', 'there is' behind one."""
        if said.lower().startswith("there ") and (affirmed := opposites.echo(said)) is not None:
            last = self.meant(scope.last)
            last = last.operand if isinstance(last, Not) else last
            return last if affirmed or last is None else negate(last)
        if not re.search(r"\b(?:it|they|them|he|she|this|that)\b", said, re.I):
            return None
        last = self.meant(scope.last)
        last = last.operand if isinstance(last, Not) else last
        if not isinstance(last, Truth):
            return None
        label = self.lexicon.atoms[last.variable].label
        denied = re.search(r"\b(?:not|cannot|never)\b|n['’]t\b", said) is not None
        words = outcome_key(re.sub(r"\b(?:not|never)\b", "", said))
        if not words or not words <= outcome_key(label):
            return None
        return Not(operand=last) if denied else last
