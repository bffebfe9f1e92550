"""Blocks to statements and rules: what each sentence says, and what it hangs on.

In: the blocks of a document. Out: `Draft`s (one a statement, with category, condition, outcomes
and exceptions) and, section by section, the `Rule`s they make. A sentence that only makes sense
with the one before it ('In that case …', 'Pay them 200 euros.') joins that one's statement.
CAP-CPT's categories (arXiv 2510.11588, §3) as DESIGN.md defines them.
"""

from __future__ import annotations

import re

from parsers.blocks import Block
from parsers.clauses.analysis import analyse_clause
from parsers.clauses.other_amounts import other_for
from parsers.clauses.structure import Clause
from parsers.conditions.lexicon import Lexicon
from parsers.conditions.logic import conjoin, negate
from parsers.conditions.rewording import asserted
from parsers.distributed import shares
from parsers.enumerations import follows
from parsers.leads import MATTER
from parsers.leftovers import leftover, other_kind
from parsers.overrides import ANNOUNCES
from parsers.scaling import Stretch, multiplied, multiplies, stretch, stretched
from parsers.scope import Scope, lifted, loosen
from parsers.softening import softened, softening
from parsers.spec import Comparison, Condition, Membership, Outcome, atoms
from parsers.statements.anaphora import ANAPHOR, depends
from parsers.statements.cases import (
    answered,
    closes,
    leads_to,
    opens_case,
    ranges_of,
    segments,
    worked_out,
)
from parsers.statements.drafts import Draft, categorize
from parsers.statements.exemptions import EXEMPT, exempted
from parsers.statements.guards import guard, guarded, passing
from parsers.statements.jumps import jumped
from parsers.statements.lapsing import AFTER_THAT, bounded, lapse
from parsers.statements.lists import Lists
from parsers.statements.occasions import unoccasioned
from parsers.statements.onward import goes_on, passed_on
from parsers.statements.ordered import IN_ORDER
from parsers.statements.replies import Asked, Replies, asks, denies_back, whether
from parsers.statements.stretches import within_stretches
from parsers.statements.surroundings import checked_first, widen
from parsers.statements.tables import Tables
from parsers.topics import topics
from parsers.workflows.precedence import general_last
from parsers.workflows.relations import excludes
from parsers.workflows.rules import Rule, Split

_AMOUNT = re.compile(
    r"(?:the|this|that) (?:\w+ )?(?:fee|charge|amount|price|rate|cost|refund|penalty|surcharge|"
    r"discount|fine|deposit|deadline|limit|allowance|compensation|sum|credit)\b",
    re.IGNORECASE,
)
_DO_SO = re.compile(r"(?:please |always )?do (?:so|this|that|it)\b", re.IGNORECASE)
_JOINS = re.compile(r",\s+(?:and|but)\s+")


class Builder(Lists, Tables):
    """Turns blocks into drafts and rules, in reading order."""

    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__(lexicon)
        self.matters: set[tuple[str, ...]] = set()
        self._counter = 0
        self._stretches: list[tuple[Draft, Condition, Stretch]] = []
        self._softenings: list[tuple[Draft, Rule, tuple[str, ...]]] = []
        self._guards: list[tuple[Draft, Rule, tuple[str, ...]]] = []

    def section(self, blocks: list[Block]) -> list[Rule]:
        """The rules of sibling blocks; a list after a paragraph that leads into it is under it."""
        rules: list[Rule] = []
        owner: Draft | None = None
        opening, decided = len(self.drafts), 0  # behind the table before
        rows: list[Rule] = []
        labels: dict[str, list[Rule]] = {}
        self._stretches, self._softenings, self._guards = [], [], []
        self.labelled = {}
        kinds = topics(blocks)
        i = 0
        while i < len(blocks):
            block = blocks[i]
            if block.kind == "row":
                table = [b for b in blocks[i:] if b.table == block.table]
                ahead = self.drafts[opening:]
                rows = self.table(table, owner)
                rules += checked_first(rules[decided:], rows, ahead)
                opening, decided = len(self.drafts), len(rules)
                i += len(table)
                continue
            if block.kind == "item" and block.depth == 1 and owner is None:
                owner = Draft(block.prose, 0, 0, block, -1)
            if block.kind == "item" and block.depth == 1 and owner is not None:
                items = []
                while i < len(blocks) and blocks[i].kind == "item" and blocks[i].depth == 1:
                    items.append(blocks[i])
                    i += 1
                self.in_order = any(
                    IN_ORDER.search(b.prose.text) for b in blocks[:i] if b.kind == "paragraph"
                )
                listed = self.under(owner, items, following=blocks[i] if i < len(blocks) else None)
                self._counter += 1
                for rule in listed:
                    rule.group = self._counter
                rules += listed
                owner = None
                continue
            following = blocks[i + 1] if i + 1 < len(blocks) else None
            named = self._headed(block, blocks)
            found, last = self.block(block, topic=kinds.get(i, ""), kind=named, ahead=(
                following is not None and leads_to(block, following)))  # fmt: skip
            rules += found
            if not (
                i and (follows(block.label, blocks[i - 1].label) or closes(blocks[i - 1], found))
            ):
                self._counter += 1
            for rule in found:
                rule.group = self._counter
            if block.label and found:
                labels[block.label] = found
            leads = last is not None and (
                last.said.endswith(":") or any(rule.router for rule in last.rules)
            )
            leads = leads or (last is not None and last.said.endswith("?"))
            if following is not None and following.kind == "item" and last is not None:
                leads = leads or not re.search(r"[.!;][\"'”’)]*$", last.said)  # broken off
            owner = last if block.kind == "paragraph" and leads else None
            i += 1
        if any(rule.connective == "otherwise" and leftover(self.drafts[rule.statement].said)
               for rule in rules):  # fmt: skip
            widen(rows, self.lexicon)
        self.alike(rules, False)
        self._stretch(rules, labels)
        for draft, passed, lifted_labels in self._guards:
            if not guarded({**self.labelled, **labels}, lifted_labels, passed):
                draft.unparsed = draft.said
        for draft, favoured, what in self._softenings:
            before = [rule for rule in rules if rule.statement < draft.index]
            if not softened(before, favoured, what):
                draft.unparsed = draft.said
            draft.owner = before[-1].statement if before else -1
        rules = within_stretches(
            lifted(rules), labels, self.lexicon.lookup(), lambda r: self.drafts[r.statement].said
        )
        if goes_on(labels) and blocks:
            self.matters.add(blocks[0].section)  # paragraphs that name the next are one matter
        rules = exempted(loosen(jumped(passed_on(rules, labels), labels)))
        return unoccasioned(rules, self.lexicon)

    def _headed(self, block: Block, blocks: list[Block]) -> Rule | None:
        """'Ours. Under 150 euros: reprint.': the rule of a paragraph whose head is a kind."""
        if not block.kinds:
            return None
        topic = re.sub(r"^(?:whose|which|what)\s+", "the ", block.matter, flags=re.IGNORECASE)
        self.lexicon.enter((*block.section, block.matter), keep=block is not blocks[0])
        atom = self.lexicon.column(topic, list(block.kinds), False)
        test = Membership(variable=atom.name, values=(block.head,))
        return Rule(len(self.drafts), test, block.head)

    def _stretch(self, rules: list[Rule], labels: dict[str, list[Rule]]) -> None:
        """'For vans these periods are doubled': the limits of the rules before, multiplied."""
        for draft, who, told in self._stretches:
            found = labels.get(told.where, []) if told.where else rules
            found = [rule for rule in found if rule.statement < draft.index]
            limits = {
                (part.variable, part.value)
                for top in found for rule in top.walk() if rule.condition is not None
                for part in atoms(rule.condition)
                if isinstance(part, Comparison) and self.lexicon.is_limit(part, told.values)
            }  # fmt: skip
            if not limits:
                draft.unparsed = draft.said
            for rule in (rule for top in found for rule in top.walk()):
                if rule.condition is not None:
                    rule.condition = stretched(
                        rule.condition, who, told.factor,
                        lambda part, limits=limits: (part.variable, part.value) in limits,
                    )  # fmt: skip
            for name, value in limits:
                self.lexicon.atoms[name].thresholds.add(round(value * told.factor, 6))
            draft.owner = found[0].statement if found else -1

    def block(
        self,
        block: Block,
        lead: str = "",
        instruct: bool = False,
        ahead: bool = False,
        kind: Rule | None = None,
        topic: str = "",
    ) -> tuple[list[Rule], Draft | None]:
        """The rules of a block and of what is nested in it, and its last draft.

        `ahead` says that cases come behind it, `kind` is the rule of a label such as 'Books:'.
        """
        ahead = ahead or any(opens_case(child.prose.text) for child in block.children[:1])
        within = (*block.section, block.matter) if block.matter else block.section
        if within != self.lexicon.section:
            self.lexicon.enter(within)
        text = block.prose.text
        scope = Scope(self.lexicon)
        first = len(self.drafts)
        last: Draft | None = None
        previous: Clause | None = None
        replies = Replies()
        self.inner = None
        if kind is not None:
            scope.rules.append(kind)
            scope.open(kind)
        if topic:
            about = Rule(len(self.drafts), self.lexicon.phrase(topic), topic)
            scope.rules.append(about)
            scope.open(about)
        ranges = ranges_of(text)
        head_end = len(block.head) + 2 if block.head else 0
        if head_end:  # a run-in head belongs to the statement that it opens
            ranges = [(a if n else 0, b) for n, (a, b) in enumerate(
                (a, b) for a, b in ranges if b > head_end)]  # fmt: skip
        for number, (start, end) in enumerate(ranges):
            begin = start if kind is None or number or head_end else text.index(":") + 2
            begin = begin if number else max(begin, head_end)
            clauses = [
                (analyse_clause(text[a:b], instruct), a, b) for a, b in segments(text, begin, end)
            ]
            head = clauses[0][0]
            ahead_of = [clause.text for clause, *_ in clauses[1:]]
            ahead_of += [text[slice(*where)] for where in ranges[number + 1 : number + 2]]
            for (clause, *_), following in zip(clauses, ahead_of, strict=False):
                if AFTER_THAT.match(following):
                    bounded(clause)
            rules_before = last.rules if last is not None else []
            lapse(head, rules_before, self.lexicon.atoms)
            if other_kind(head.text, rules_before[-1].text if rules_before else ""):
                head.connective, head.pieces = "otherwise", []
            if denies_back(head, rules_before):
                head.connective = "otherwise"
            announced = last is not None and ANNOUNCES.match(last.said)
            if announced and not head.connective:
                head.connective = "override"
                head.whole = bool(announced["whole"]) or not scope.rules
            if head.connective == "exception" and head.whole and scope.home:
                head.connective = "instead"  # 'The clerk is the exception: …', to all its cases
            self.asked = self._asks(text[slice(*ranges[number - 1])]) if number else None
            self.asked = replies.take(head, self.asked)
            if last is not None and previous is not None and (
                previous.another or not last.rules or last.rules[-1].condition is None
            ):  # fmt: skip
                other_for(head, previous)
            joined = last is not None and depends(head, last, previous)
            if joined and last is not None:
                draft = last
                draft.end = end
            else:
                draft = self.draft(block, block.prose, start, end, lead)
                if announced and last is not None:
                    last.owner = draft.index
                if head.connective == "otherwise" and last is not None:
                    draft.lead = f"{draft.lead} {last.said}".strip()
                elif scope.opened and last is not None:
                    context = scope.opened[-1].statement
                    draft.lead = f"{draft.lead} {self.drafts[context].said}".strip()
            if MATTER.match(text[start:end]):
                self.matters.add(block.section)
            before = len(draft.rules)
            general = None if joined or scope.rules or last is None or last.rules else previous
            excepts = head.connective == "exception" or (head.only and head.inverted)
            if (topic and not number) or self._softening(draft, text[begin:end], begin):
                last, previous = draft, head
                continue
            if (
                self._dealt(draft, text[begin:end], begin, scope)
                or self._stretching(draft, text[begin:end], begin)
                or self._guarding(draft, text[begin:end], begin, scope)
            ):
                last, previous = draft, head
                continue
            following = [text[slice(*where)] for where in ranges[number + 1 : number + 3]]
            for position, (clause, a, _) in enumerate(clauses):
                behind = [text[slice(*where)] for _, *where in clauses[position + 1 :]] + following
                clause.router |= clause.inquiry and (answered(clause, behind) if behind else ahead)
                clause.router |= worked_out(clause, behind)
                if clause.topic and clause.router:
                    self.lexicon.about(clause.topic)
                if clause.connective == "otherwise" and number and not position and (
                    kind is None and not scope.rules and not any(d.rules for d in self.drafts[
                        first:-1])
                ):  # fmt: skip
                    clause.connective, clause.scope = "", True  # what is left of mere facts
                heads = scope.opened[-1] if scope.opened else None
                if kind is not None and heads is kind and not draft.rules:
                    self.fold_kind(draft, clause, a, kind)
                else:
                    fresh = not draft.rules or bool(draft.rules[-1].exceptions)
                    if position and fresh and other_for(clause, previous) and not draft.rules:
                        draft.rules += self._usual(draft, previous, clauses[position - 1][1])
                    self.fold(draft, clause, a)
                    if position:
                        _same_act(draft, clause)
                    if position and _JOINS.fullmatch(text, clauses[position - 1][2], a):
                        _under_what_opens(draft, clause)
                    if clause.router and not clause.pieces and not clause.connective:
                        _step_to_router(draft, previous, last, scope)
                    if clause.router and clause.connective == "that case" and draft.rules:
                        target = draft.rules[-1]
                        scope.open(target.exceptions[-1] if target.exceptions else target)
                previous = clause
            fresh = [rule for rule in draft.rules[before:] if rule is not kind]
            if excepts and general is not None and last is not None and len(fresh) == 1:
                scope.rules += self._excepted(last, general, fresh[0])
            categorize(draft, head, instruct)
            for rule in fresh:
                home = scope.home
                if (
                    not scope.opened and home and not EXEMPT.search(text[start:end])
                    and (_AMOUNT.match(text[start:end]) or _DO_SO.match(text[start:end]))
                    and home[-1].condition is not None and not home[-1].connective
                    and not home[-1].children and rule.condition is not None
                    and last is not None and home[-1] in last.rules and not joined
                    and not rule.connective
                ):  # fmt: skip
                    context = home[-1]  # 'they pay for it. The charge is 15 pounds if …'
                    context.outcome = None
                    scope.open(context)
                    draft.lead = f"{draft.lead} {last.said}".strip()
                rest = rule.connective == "otherwise" and rule.condition is None
                if rule.router and block.kind == "paragraph" and not scope.opened and (
                    rest or self._leaves(block, rule.condition)
                ):  # fmt: skip
                    self.matters.add(block.section)  # it routes what the rules before it left
                if block.led and number and self._narrows(rule, scope.home):
                    rule.connective = "exception"
                scope.place(rule)
            last = draft
        scope.rules = multiplied(scope.rules)
        general_last(scope.rules, self.lexicon.lookup())
        for rule in scope.rules:
            if multiplies(rule.outcome) and ANAPHOR.search(
                rule.outcome.text if rule.outcome else ""
            ):
                self.drafts[rule.statement].unparsed = rule.text  # it does not say what
        if block.children and last is not None:
            open_rule = scope.opened[-1] if scope.opened else None
            if open_rule is not None and last.rules and not any(
                open_rule is part for part in last.rules[-1].walk()
            ):  # fmt: skip
                open_rule = None
            scope.rules += self.under(last, block.children, open_rule)
        for rule in scope.rules:
            for part in rule.walk():
                self.alike(part.children, False)
        return scope.rules, last

    def _narrows(self, rule: Rule, home: list[Rule]) -> bool:
        """Whether a sentence of an item with a case is of that case: 'Late: 9 euros. Members 5.'"""
        if rule.connective or rule.condition is None or rule.outcome is None or not home:
            return False
        case = home[0].condition
        return case is not None and not excludes(rule.condition, case, self.lexicon.lookup())

    def _leaves(self, block: Block, condition: Condition | None) -> bool:
        """Whether a circumstance is what a rule before it in its section leaves."""
        left = condition is not None and negate(condition)
        return any(
            draft.condition == left and draft.rules
            for draft in self.drafts if draft.block.section == block.section
        )  # fmt: skip

    def _excepted(self, draft: Draft, clause: Clause, exception: Rule) -> list[Rule]:
        """'It is refused. The only exception: if …, it is granted': the first holds otherwise."""
        if not draft.prose.text.startswith(clause.text, draft.start):
            return []  # the last of several clauses
        outcome = self.outcome_of(draft, clause.outcome, draft.start)
        told = exception.condition is not None and exception.outcome is not None
        return [Rule(draft.index, None, outcome=outcome)] if told and outcome else []

    def _usual(self, draft: Draft, clause: Clause | None, offset: int) -> list[Rule]:
        """'The fee is 15 euros; for members it is 10 euros': the first holds otherwise."""
        outcome = self.outcome_of(draft, clause.outcome, offset) if clause else None
        return [Rule(draft.index, None, outcome=outcome)]

    def _dealt(self, draft: Draft, said: str, offset: int, scope: Scope) -> bool:
        """'We take 30 pounds on a green tool and 100 on a red one': a rule for each kind."""
        dealt = shares(said.rstrip(" ."))
        for share in dealt:
            start, end = (place + offset for place in share.where)
            condition = self.lexicon.phrase(share.kind)
            span = draft.prose.span(start, end)
            rule = Rule(draft.index, condition, share.kind, Outcome(text=share.outcome, span=span))
            draft.rules.append(rule)
            draft.category, draft.condition = "conditional", draft.condition or condition
            draft.condition_spans.append(span)
            scope.place(rule)
        self.alike(draft.rules, False, listed=True)
        return bool(dealt)

    def _softening(self, draft: Draft, said: str, offset: int) -> bool:
        """'Where anyone else would get nothing, a member gets half': kept for the section's end."""
        told = softening(said)
        clause = analyse_clause(said[slice(*told.main)]) if told else None
        if told is None or clause is None or not (clause.pieces or told.case or told.who):
            return False
        where = told.case or told.who
        if where is None:
            condition, spans, text = self.condition_of(draft, clause, offset + told.main[0])
        else:
            text = said[slice(*where)]
            read = self.lexicon.clause if told.case else self.lexicon.phrase
            condition = read(text)
            spans = [draft.prose.span(*(place + offset for place in where))]
        outcome = self.outcome_of(draft, clause.outcome, offset + told.main[0])
        if condition is None or outcome is None:
            return False
        draft.category, draft.condition, draft.condition_spans = "conditional", condition, spans
        favoured = Rule(draft.index, condition, text, outcome)
        draft.more.append(outcome)
        self._softenings.append((draft, favoured, told.what))
        return True

    def _stretching(self, draft: Draft, said: str, offset: int) -> bool:
        told = stretch(said)
        who = self.lexicon.phrase(said[slice(*told.who)]) if told else None
        if told is None or who is None:
            return False
        draft.category, draft.condition = "conditional", who
        draft.condition_spans = [draft.prose.span(*(place + offset for place in told.who))]
        self._stretches.append((draft, who, told))
        if told.more:
            draft.unparsed = draft.said  # '…, and within that limit it is free'
        return True

    def _guarding(self, draft: Draft, said: str, offset: int, scope: Scope) -> bool:
        """'If it is wet, none of steps 2 to 4 apply; dry it': kept for the section's end."""
        told = guard(said)
        who = said[slice(*told.who)].rstrip(" .") if told else ""
        case = told and (self.lexicon.clause(who) if told.clause else self.lexicon.phrase(who))
        if told is None or not case:
            return False
        draft.category, draft.condition = "conditional", case
        draft.condition_spans = [draft.prose.span(*(place + offset for place in told.who))]
        self._guards.append((draft, passing(draft.index, case, who), told.labels))
        outcome = self.outcome_of(draft, (told.rest, len(said)), offset)
        if outcome is not None:
            draft.rules.append(Rule(draft.index, case, who, outcome))
            scope.place(draft.rules[-1])
        return True

    def _asks(self, sentence: str) -> Asked | None:
        """The condition that 'If yes' affirms, after 'Is it open?' or 'Check if it is open.'"""
        question = sentence.strip()
        said = whether(question)
        condition = self.lexicon.clause(said) if said else None
        if asks(question):
            condition, said = self.question(question), asserted(question)
        return (condition, said) if condition is not None else None


def _under_what_opens(draft: Draft, clause: Clause) -> None:
    """'From 3 days on, pay it if …, and ask the yard if …': both hang on the three days.

    Only where what is joined has no circumstance in front of it.
    """
    if len(draft.rules) < 2 or clause.connective or not clause.pieces:
        return
    before, rule = draft.rules[-2:]
    split = before.split
    if split is None or rule.condition is None or not all(p.trailing for p in clause.pieces):
        return
    rule.split = Split(split.outer, split.outer_text, rule.condition, rule.text)
    rule.condition = conjoin([split.outer, rule.condition])
    rule.text = f"{split.outer_text}, {rule.text}"


def _same_act(draft: Draft, clause: Clause) -> None:
    """'Send it once …; for members, once it has taken 2 days': what is done was said before."""
    if len(draft.rules) < 2 or clause.outcome or not clause.pieces:
        return
    before, rule = draft.rules[-2:]
    if rule.outcome is None and not rule.children and not before.exceptions:
        rule.outcome, rule.router = before.outcome, before.router


def _step_to_router(
    draft: Draft, previous: Clause | None, last: Draft | None, scope: Scope
) -> None:
    """'Take the temperature. What we do depends on it:' – the first is a step, no outcome."""
    rule = scope.home[-1] if scope.home else None
    if (
        previous is not None and previous.inquiry and rule is not None and last is not None
        and rule in last.rules and not rule.children and not rule.exceptions
    ):  # fmt: skip
        rule.outcome, rule.router = None, True
        scope.open(rule)
