"""What the rule of a sentence hangs on: the cases that earlier sentences of its block left open.

In: the rules of one paragraph or item, in order. Out: the same rules, nested. A case without an
outcome ('If it is open, the age decides.') stays open until a rule excludes it; 'When A, do it if
B. Otherwise, …' answers B while A stays in force; 'If it also …' is narrower than the rule before.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from parsers.conditions.lexicon import Lexicon
from parsers.spec import Condition, variables_of
from parsers.workflows.relations import excludes, exhausts
from parsers.workflows.rules import Rule, Split


@dataclass
class Scope:
    """The rules of a block so far, and those of them that still wait for their cases."""

    lexicon: Lexicon
    rules: list[Rule] = field(default_factory=list)
    opened: list[Rule] = field(default_factory=list)

    @property
    def home(self) -> list[Rule]:
        return self.opened[-1].children if self.opened else self.rules

    def open(self, rule: Rule) -> None:
        self.opened.append(rule)

    def place(self, rule: Rule) -> None:
        """Hang a rule where it belongs."""
        while self.opened and self._closes(rule, self.opened[-1]):
            self.opened.pop()
        before = self.home[-1] if self.home else None
        if rule.connective == "exempt" and before is None and self.opened:
            if rule.condition is None and rule.outcome is None:
                return  # 'Misuse. The waiver does not apply.': none of the case's rules is lifted
        if rule.connective == "exempt" and before is not None:
            closed = before.connective == "otherwise" and len(self.home) > 1
            if closed and rule.outcome is not None:
                rule.connective = "override"  # 'this' is all the cases that 'otherwise' closed
            else:
                before.exceptions.append(rule)
                return
        if before is not None and rule.condition is not None:
            if rule.connective == "instead" and not self._apart(rule, before):
                # of what any of the cases beside it says
                for case in self.home:
                    if case is before or _alternatives(case, before):
                        case.exceptions.insert(0, rule)
                return
            if rule.connective in {"exception", "also"}:
                before.exceptions.append(rule)
                return
            waiting = before.exceptions[-1] if before.exceptions else None
            if waiting and waiting.outcome is None and waiting.condition == rule.condition:
                waiting.outcome = rule.outcome  # 'unless it is full. If it is full, …'
                before.exceptions[-1] = rule
                return
        if before is not None and before.split is not None and self._answers(rule, before):
            _nest(before, before.split)
            before.children.append(rule)
            if rule.connective == "otherwise":
                before.split.loose = rule.outcome
            elif rule.router:
                self.opened += [before, rule]
            return
        self.home.append(rule)
        waits = rule.outcome is None and not rule.exceptions and not rule.children
        if waits and (rule.condition is not None or rule.router):
            self.opened.append(rule)

    def _closes(self, rule: Rule, opened: Rule) -> bool:
        """Whether a rule can no longer be one of the cases of what was left open."""
        if opened.connective == "override" and opened.outcome is not None:
            return True
        if rule.condition is None:
            variables = self.lexicon.lookup()
            return rule.connective == "otherwise" and (
                exhausts(opened.children, opened.condition, variables)
            )
        if opened.condition is None or not opened.children:
            return False
        return excludes(rule.condition, opened.condition, self.lexicon.lookup()) or (
            self.lexicon.other_kind(rule.condition, opened.condition)
        )

    def _apart(self, rule: Rule, before: Rule) -> bool:
        """Whether the rules never hold at once: 'up to 7 days: …; but if it is more than 7: …'."""
        if rule.condition is None or before.condition is None:
            return False
        return excludes(rule.condition, before.condition, self.lexicon.lookup())

    def _answers(self, rule: Rule, before: Rule) -> bool:
        """Whether a rule speaks of the circumstance behind the outcome of the one before it."""
        split = before.split
        if split is None or rule.connective not in {"", "otherwise"}:
            return False
        if rule.condition is None:
            return not split.nested or not exhausts(
                before.children, split.outer, self.lexicon.lookup()
            )
        return shares(rule.condition, split.inner) and not shares(rule.condition, split.outer)


def _nest(rule: Rule, split: Split) -> None:
    """'When A, do it if B' as a rule on A with a rule on B under it."""
    if split.nested:
        return
    split.nested = True
    inner = Rule(rule.statement, split.inner, split.inner_text, rule.outcome)
    inner.exceptions, rule.exceptions = rule.exceptions, []
    rule.condition, rule.text, rule.outcome = split.outer, split.outer_text, None
    rule.children = [inner, *rule.children]


def lifted(rules: list[Rule]) -> list[Rule]:
    """'This does not apply to …' at the head of a paragraph lifts the paragraph before it."""
    kept: list[Rule] = []
    for rule in rules:
        if rule.connective == "exempt" and kept and rule.outcome is not None:
            rule.connective = "override"
            kept.append(rule)
        elif rule.connective == "exempt" and kept:
            for other in kept:
                if other.group == kept[-1].group:
                    other.exceptions.append(rule)
        else:
            kept.append(rule)
    return kept


def loosen(rules: list[Rule]) -> list[Rule]:
    """An 'otherwise' behind which nothing more comes takes all that is left, not its case only."""
    last = rules[-1] if rules else None
    if last is None or last.split is None or last.split.loose is None:
        return rules
    other = last.children[-1]
    return [*rules, Rule(other.statement, None, "", last.split.loose, "otherwise")]


def _alternatives(one: Rule, other: Rule) -> bool:
    """Whether two rules are cases of one circumstance, or one takes what the other left."""
    if one.condition is None or other.condition is None:
        return "otherwise" in {one.connective, other.connective}
    return variables_of(one.condition) == variables_of(other.condition)


def shares(one: Condition, other: Condition) -> bool:
    return bool(set(variables_of(one)) & set(variables_of(other)))
