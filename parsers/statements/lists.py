"""Lists to rules: items under the sentence that leads into them.

In: the draft of the lead-in and its items. Out: rules under its condition, or on its own level.
Items may be cases, kinds ('Books: …'), answers ('Yes: …'), conditions all or any of which must
hold, or mere names.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from parsers.blocks import Block
from parsers.case_heads import is_rest
from parsers.clauses.analysis import analyse_clause
from parsers.conditions.lexicon import Lexicon
from parsers.conditions.logic import conjoin, disjoin, negate
from parsers.conditions.phrases import BARE
from parsers.conditions.rewording import asserted
from parsers.language import analyse
from parsers.leads import routes
from parsers.scope import lifted, loosen
from parsers.spec import And, Condition, Or, Outcome, Span, Truth
from parsers.statements.branches import branches
from parsers.statements.cases import KIND, LEAD_DIRECTIVE, leads_to, opens_case
from parsers.statements.drafts import Draft
from parsers.statements.folding import Folder
from parsers.statements.halves import Halves, halves
from parsers.statements.jumps import jumped
from parsers.statements.onward import passed_on
from parsers.statements.ordered import carried_on, head
from parsers.statements.titled import circumstance
from parsers.workflows.precedence import default_last, general_last
from parsers.workflows.rules import Rule

_OTHER_KIND = re.compile(
    r"(?:(?:for|in|with|on|at) )?(?:all |any |every )?(?:others?|other .*|everyone else|anything "
    r"else|everything else|all else|the rest)$",
    re.IGNORECASE,
)
_EXCEPTIONS = re.compile(r"(?:(?:the |some |only )?exceptions?|except)\b[^.]*:$", re.IGNORECASE)
_PERSON = re.compile(r"^(?:he or she|they|he|she)\b", re.IGNORECASE)
_JOINED = re.compile(r"[,;]?\s+(?:and|or)$")
_ANSWER = re.compile(r"(if yes|if no|if so|if not|yes|no)\b\s*[:,–—.-]\s*", re.IGNORECASE)


class Lists(Folder, ABC):
    """Folds lists into drafts."""

    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__(lexicon)
        self.aliases: dict[str, Condition] = {}
        self.labelled: dict[str, list[Rule]] = {}
        self.in_order = False

    @abstractmethod
    def block(
        self,
        block: Block,
        lead: str = "",
        instruct: bool = False,
        ahead: bool = False,
        kind: Rule | None = None,
        topic: str = "",
    ) -> tuple[list[Rule], Draft | None]:
        """The rules of an item and of what is nested in it, and its last draft."""

    def under(
        self,
        owner: Draft,
        items: list[Block],
        opened: Rule | None = None,
        following: Block | None = None,
    ) -> list[Rule]:
        """Items that a lead-in opens: rules under its condition, or on its own level."""
        first = len(self.drafts)
        rules = self._items(owner, items, opened, following)
        for draft in self.drafts[first:]:
            if draft.over < 0 and draft.block in items:
                draft.over = owner.index
        return rules

    def _items(
        self, owner: Draft, items: list[Block], opened: Rule | None, following: Block | None
    ) -> list[Rule]:
        parent = opened or (owner.rules[-1] if owner.rules else None)
        first = len(self.drafts)
        found: list[Rule] = []
        lead = owner.said
        listed = re.search(
            r"\b(any|one|all(?! other)|each|both|either|following reasons|following cases|"
            r"following conditions|following circumstances)\b(?: (?:one )?of)?.*:$",
            owner.said,
            re.IGNORECASE,
        )
        instruct = bool(LEAD_DIRECTIVE.search(owner.said)) or (
            parent is not None and parent.outcome is None
        )
        if parent is not None and listed and re.search(
            r"\b(?:true|met|apply|applies|fulfilled|satisfied|reasons|conditions|cases|"
            r"circumstances|hold|holds)\s*:$|\bany of\b|\ball of\b", owner.said
        ):  # fmt: skip
            return self._listed_conditions(owner, parent, items, listed[1].lower())
        if told := halves(owner.said, [(item.prose.text, item.joint) for item in items]):
            return self._halved(owner, parent, items, told)
        if owner.said.endswith("?") and all(_ANSWER.match(i.prose.text) for i in items):
            return self._answers(owner, items)
        choice = re.search(r"\b(?:depends?|decides?|by|as follows|following|varies)\b", owner.said)
        if (choice or routes(lead) or _same_head(items)) and all(
            KIND.match(i.prose.text) for i in items
        ):
            found = self._kinds(owner, items)
            self.alike(found, True)
            if parent is not None and (parent.condition is not None
                                       or parent.connective == "otherwise"):  # fmt: skip
                parent.children += found
                return []
            return found
        if parent is None and owner.index >= 0 and self._enumerates(owner, items):
            return []
        labels: dict[str, list[Rule]] = {}
        topic = self.lexicon.topic
        names = branches(items, bool(choice or routes(lead)))
        for item, name in zip(items, names, strict=True):
            self.lexicon.topic = topic
            if item.case:
                found += self._titled(owner, item, items)
                continue
            if name:
                found += self._branch(owner, item, name)
                continue
            if self.in_order and item.depth == 1 and (case := head(item)):
                found += self._case(owner, item, case)
                continue
            ahead = item is items[-1] and following is not None and leads_to(item, following)
            at = len(self.drafts)
            rules, _ = self.block(item, lead=lead, instruct=instruct, ahead=ahead)
            found += rules
            opener = self.drafts[at] if at < len(self.drafts) else None
            if opener and self.in_order and item.depth == 1 and not opener.rules and (
                any(opens_case(child.prose.text) for child in item.children[:1])
            ):  # fmt: skip
                opener.unparsed = opener.said  # what its items hang on is not read
            if rules and rules[-1].condition is not None:
                self.lexicon.previous = rules[-1].condition
            if item.label and rules:
                labels[item.label] = rules
        if parent is None:
            self.labelled.update(labels)
        self.lexicon.topic = topic
        self.alike(found, owner.said.endswith(":"), listed=True)
        found = default_last(found) if parent is None else found
        general_last(found, self.lexicon.lookup())
        found = loosen(jumped(passed_on(lifted(found), labels), labels))
        if _EXCEPTIONS.match(lead):
            for rule in found:
                if rule.condition is not None and not rule.connective:
                    rule.connective = "override"
        below = self.drafts[first:]
        direct = [d for d in below if d.block in items]
        if parent is None or (parent.condition is None and parent.connective != "otherwise"):
            return found
        self._opposites(owner, found)
        if not found and direct and parent.outcome is None:
            text = "; ".join(d.said.rstrip(" .;") for d in direct)
            span = Span(start=direct[0].span.start, end=direct[-1].span.end)
            outcome = Outcome(text=text, span=span)
            if len(direct) == 1:
                outcome = self.outcome_of(direct[0], (direct[0].start, direct[0].end), 0)
            parent.children.append(Rule(statement=direct[0].index, condition=None, outcome=outcome))
            return []
        parent.children += found
        if any(rule.connective == "instead" for rule in found):
            plain = next((d for d in direct if not d.rules and d.category == "behavioral"), None)
            if plain is not None:  # 'Refund it. - If it was a gift, give a voucher instead.'
                outcome = self.outcome_of(plain, (plain.start, plain.end), 0)
                parent.children.append(Rule(plain.index, None, "", outcome))
        lettered = all(item.label.isalpha() for item in items)
        if (
            found
            and (parent.router or lettered or owner.said.endswith(":"))
            and not parent.exceptions
        ):
            if all(rule.condition is not None or rule.connective for rule in found):
                parent.outcome = None  # what leads into cases is none of their outcomes
        for draft in direct:
            if not draft.rules and draft.category == "behavioral" and not found:
                draft.category = "conditional"
        return []

    def _branch(
        self, owner: Draft, item: Block, name: str, told: Condition | None = None
    ) -> list[Rule]:
        """An item that names a case, and the rules of the items nested in it under that case."""
        draft = self.draft(item, item.prose, 0, len(item.prose.text), owner.said)
        draft.category, draft.branch = "conditional", True
        other = _OTHER_KIND.match(name)
        draft.condition = None if other else told or self.lexicon.phrase(name)
        if draft.condition is None and not other:
            draft.unparsed = name
            self.under(draft, item.children)
            return []
        rule = Rule(draft.index, draft.condition, name, None, "otherwise" if other else "")
        draft.condition_spans = [] if other else [item.prose.span(0, len(name))]
        draft.rules.append(rule)
        self.under(draft, item.children, rule)
        return [rule]

    def _case(self, owner: Draft, item: Block, said: str) -> list[Rule]:
        """An item that says a case without 'if', and the rules of what is done in it."""
        if item.children:
            found = self._branch(owner, item, said, self.lexicon.clause(said))
            for rule in found:
                carried_on(rule)
            return found
        condition = self.lexicon.clause(said)
        if condition is None:
            return self.block(item, lead=owner.said)[0]
        rule = Rule(len(self.drafts), condition, said)
        self.block(item, lead=owner.said, kind=rule)
        draft = self.drafts[rule.statement]
        draft.category, draft.condition = "conditional", condition
        draft.condition_spans = [item.prose.span(0, len(said))]
        return [rule]

    def _titled(self, owner: Draft, item: Block, items: list[Block]) -> list[Rule]:
        """An item whose run-in head names a case, and the rules of what it says of that case."""
        rest = is_rest(item.head)
        test = None if rest else circumstance(item, items, self.lexicon)
        if item.prose.text.strip(" .") == item.head and item.children:
            return self._branch(owner, item, item.head, test)
        rule = Rule(len(self.drafts), test, item.head, None, "otherwise" if rest else "")
        self.block(item, lead=owner.said, kind=rule)
        draft = self.drafts[rule.statement]
        cases = [child for child in rule.children if child.condition or child.connective]
        if rule.outcome and cases and not analyse_clause(rule.outcome.text).imperative:
            rule.outcome = None  # 'Misuse. The waiver does not apply.' over cases of its own
        draft.category, draft.condition = "conditional", test
        draft.condition_spans = [item.prose.span(0, len(item.head))]
        if test is None and not rest:
            draft.unparsed = item.head
            return []
        return [rule]

    def _enumerates(self, owner: Draft, items: list[Block]) -> bool:
        """Bullets that only name things are facts, whatever verb their words might be."""
        texts = [item.prose.text for item in items]
        if (
            not owner.said.endswith(":")
            or LEAD_DIRECTIVE.search(owner.said)
            or len(owner.said.split()) < 3
            or any(item.children or len(item.prose.text.split()) > 8 for item in items)
            or any(token.tag_ in {"VBZ", "VBP", "VBD", "MD"} and token.pos_ in {"VERB", "AUX"}
                   for text in texts for token in analyse(text))
            or any(re.search(r"[:;?]", text) or analyse_clause(text).pieces for text in texts)
        ):  # fmt: skip
            return False
        for item in items:
            self.draft(item, item.prose, 0, len(item.prose.text), owner.said)
        return True

    def _opposites(self, owner: Draft, found: list[Rule]) -> None:
        """Two cases of 'it depends on …:' exclude each other: two poles of one circumstance."""
        if not re.search(r"\bdepends? on\b|\bdecides?\b", owner.said) or len(found) != 2:
            return
        one, other = (rule.condition for rule in found)
        if isinstance(one, Truth) and isinstance(other, Truth) and one != other:
            if opposite := self.lexicon.pair(one.variable, other.variable):
                self.aliases[other.variable] = opposite

    def _listed_conditions(
        self, owner: Draft, parent: Rule, items: list[Block], word: str
    ) -> list[Rule]:
        operands: list[Condition] = []
        for item in items:
            draft = self.draft(item, item.prose, 0, len(item.prose.text), lead=owner.said)
            draft.category = "conditional"
            draft.owner = owner.index
            condition = self.lexicon.clause(
                re.sub(r",?\s+(?:and|or)$", "", draft.said.rstrip(" ;,."))
            )
            if condition is not None:
                draft.condition = condition
                draft.condition_spans = [draft.span]
                operands.append(condition)
            for child in item.children:
                self.block(child, lead=draft.said)
        if operands:
            unique = tuple(dict.fromkeys(operands))
            kind = And if word in {"all", "both"} else Or
            parent.condition = unique[0] if len(unique) == 1 else kind(operands=unique)
            owner.condition = parent.condition
            owner.category = "conditional"
            joiner = " and " if kind is And else " or "
            parent.text = joiner.join(
                _JOINED.sub("", d.said.rstrip(" .;,"))
                for d in self.drafts
                if d.owner == owner.index
            )
        return []

    def _halved(
        self, owner: Draft, parent: Rule | None, items: list[Block], told: Halves
    ) -> list[Rule]:
        """'Charge nothing if the rider: (a) is under 18; or (b) has a pass' as one rule."""
        read = self.lexicon.phrase if told.relative else self.lexicon.clause
        operands: list[Condition] = []
        for item, said in zip(items, told.conditions, strict=True):
            draft = self.draft(item, item.prose, 0, len(item.prose.text), lead=owner.said)
            draft.category, draft.owner = "conditional", owner.index
            condition = read(_PERSON.sub(f"the {self.lexicon.actor}", said))
            if condition is None:
                draft.unparsed = draft.said
                continue
            draft.condition, draft.condition_spans = condition, [draft.span]
            operands.append(condition)
        whole = (conjoin if told.every else disjoin)(operands)
        if whole is None:
            return []
        owner.condition, owner.category = whole, "conditional"
        if owner.unparsed and len(operands) == len(items):
            owner.unparsed = ""  # 'he or she' says nothing without the items
        text = (" and " if told.every else " or ").join(told.conditions)
        if told.denied:
            whole, text = negate(whole), f"not: {text}"
            owner.condition = whole
        if parent is not None and parent in owner.rules and not told.relative:
            parent.condition, parent.text = whole, text
            return []
        outcome = self.outcome_of(owner, (0, told.cut), owner.start)
        owner.rules.append(Rule(owner.index, whole, text, outcome))
        return owner.rules[-1:]

    def _answers(self, owner: Draft, items: list[Block]) -> list[Rule]:
        """'Is it approved? - Yes: install it. - No: …' as rules."""
        condition = self.question(owner.said)
        rules = []
        for item in items:
            match = _ANSWER.match(item.prose.text)
            draft = self.draft(item, item.prose, 0, len(item.prose.text), owner.said)
            draft.category = "conditional"
            if match is None or condition is None:
                draft.unparsed = draft.said
                for child in item.children:
                    self.block(child, lead=draft.said)
                continue
            yes = match[1].lower().endswith("yes") or match[1].lower() == "if so"
            said = owner.said.rstrip("?")
            test = condition if yes else negate(condition)
            rule = Rule(draft.index, test, said if yes else f"not: {said}")
            draft.condition = test
            rest = item.prose.text[match.end() :].strip()
            if rest.endswith("?") and item.children:
                question = Draft(item.prose, match.end(), draft.end, item, draft.index)
                rule.children = self._answers(question, item.children)
            else:
                rule.outcome = self.outcome_of(draft, (match.end(), draft.end), 0)
                for child in item.children:
                    self.block(child, lead=draft.said)
            draft.rules.append(rule)
            rules.append(rule)
        return rules

    def _kinds(self, owner: Draft, items: list[Block]) -> list[Rule]:
        """'The fee depends on the vehicle: - Electric cars: no fee' as rules."""
        rules: list[Rule] = []
        topic = self.lexicon.topic
        labels = [item.prose.text[: item.prose.text.index(":")].strip() for item in items]
        frame = self.lexicon.frame([name for label in labels for name in label.split(" or ")])
        for item, said in zip(items, labels, strict=True):
            self.lexicon.topic = topic
            if topic:  # labels are of the line above them, whatever labels were of before
                self.lexicon.shapes.pop(BARE, None)
            other = _OTHER_KIND.match(said)
            condition = None if other else self._kind(said, frame)
            rule = Rule(
                len(self.drafts), condition, said, None, "otherwise" if condition is None else ""
            )
            found, _ = self.block(item, owner.said, kind=rule)
            draft = self.drafts[rule.statement]
            draft.category = "conditional"
            draft.condition = condition
            draft.condition_spans = [] if other else [item.prose.span(0, len(said))]
            draft.unparsed = said if condition is None and not other else draft.unparsed
            if not any(rule is other for other in draft.rules):
                draft.rules.append(rule)
            rules += found
        self.lexicon.topic = topic
        return rules

    def _kind(self, said: str, frame: str) -> Condition | None:
        """A label as a condition, put into the words in which the text has told such kinds."""
        if match := re.match(r"(?:if|when|where)\s+", said, re.IGNORECASE):
            return self.lexicon.clause(said[match.end() :])
        names = said.split(" or ")
        if len(names) > 1 and all(re.fullmatch(r"[\w-]+", name) for name in names):
            return disjoin([self._kind(name, frame) for name in names])
        if frame and len(said.split()) == 1:
            return self.lexicon.clause(frame.format(said))
        return self.lexicon.phrase(said)

    def question(self, text: str) -> Condition | None:
        """The last question of a text as a condition."""
        return self.lexicon.clause(asserted(text.split("?")[0].split(". ")[-1]))

    def alike(self, rules: list[Rule], told: bool, listed: bool = False) -> None:
        """Tell the lexicon which rules stand side by side."""
        if len(rules) > 1:
            self.lexicon.alike([rule.condition for rule in rules], told, listed)


def _same_head(items: list[Block]) -> bool:
    """'Routine visit: …', 'Treatment visit: …': labels that name kinds of one thing."""
    heads = [re.match(r"(?:[\w-]+ ){1,2}([\w-]+):", item.prose.text) for item in items]
    return len(items) > 1 and all(heads) and len({head[1].lower() for head in heads if head}) == 1
