"""Blocks to statements and rules: what each sentence says, and what it hangs on.

In: the blocks of a document. Out: `Draft`s (one a statement, with category, condition, outcomes
and exceptions) and, section by section, the `Rule`s they make. A sentence that only makes sense
with the one before it ('In that case …', 'Pay them 200 euros.') joins that one's statement.
CAP-CPT's categories (arXiv 2510.11588, §3) as DESIGN.md defines them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from parsers.blocks import Block, Prose
from parsers.clauses import AGENT, Clause, Piece, Range, analyse_clause
from parsers.conditions.columns import is_any
from parsers.conditions.comparisons import measures
from parsers.conditions.lexicon import Lexicon
from parsers.conditions.logic import conjoin, disjoin, negate
from parsers.conditions.people import ACTORS
from parsers.conditions.rewording import asserted
from parsers.distributed import shares
from parsers.language import analyse, sentences, singular
from parsers.leads import MATTER, asks, fetches, routes
from parsers.matrices import is_matrix
from parsers.scaling import Stretch, multiplied, multiplies, stretch, stretched
from parsers.scope import Scope, lifted, loosen
from parsers.softening import softened, softening
from parsers.spec import (
    And,
    Category,
    Comparison,
    Condition,
    Membership,
    Not,
    Or,
    Outcome,
    Span,
    Truth,
    atoms,
)
from parsers.topics import topics
from parsers.workflows import Rule, Split, general_last, outcome_key

_SEMICOLON = re.compile(
    r";\s+|,\s+(?:and|but)\s+(?=(?:if|when|unless)\b)|"
    r",?\s+(?=(?:and |or |but )?otherwise\b,?\s)|,\s+(?=(?:in that case|if not|if so),)"
)
_COLON = re.compile(r":\s+(?=[a-z])")
_ANAPHOR = re.compile(r"\b(?:them|it|they|those|these|this|that|him|her|such|then)\b", re.I)
_AMOUNT = re.compile(
    r"(?:the|this|that) (?:\w+ )?(?:fee|charge|amount|price|rate|cost|refund|penalty|surcharge|"
    r"discount|fine|deposit|deadline|limit|allowance|compensation|sum|credit)\b",
    re.IGNORECASE,
)
_OUTCOME_HEADER = re.compile(
    r"decision|outcome|action|what (?:to|we|you)|result|response|resolution|then|do this|fee|"
    r"charge|refund|remedy|handling|answer|penalty|compensation|approval|entitlement|fine|next",
    re.IGNORECASE,
)
_SECTION_REFERENCE = re.compile(
    r"\b(?:follow|see|use|apply|go to|under|per|refer to|handle (?:it|this|them) under|"
    r"according to|"
    r"described in|as in)\s+(?:the )?(?:rules? (?:in|of|under) )?(?:the )?(?:section|chapter|part|"
    r"policy|step|paragraph)s?\s+(?:on |called |titled )?[\"'“‘]?(?P<title>[\w.][\w\s.\-]*?)"
    r"[\"'”’]?(?=$|[,.;)]| instead| above| below)",
    re.IGNORECASE,
)
_NUMBER_REFERENCE = re.compile(
    r"\b(?:see|section|step|paragraph|rule|clause|under)\s+(\d+(?:\.\d+)*)", re.IGNORECASE
)
_DIRECTIVE = re.compile(
    r"\b(?:must|should|shall|need to|needs to|has to|have to|never|always|do not|don['’]t|"
    r"must not|may not|are required to|is to be|are to be|is not allowed|"
    r"are not allowed|no \w+ (?:may|should|must))\b",
    re.IGNORECASE,
)
_TABLE_INTRO = re.compile(
    r"\b(?:row|rows|table|below|following|depends?|as follows)\b", re.IGNORECASE
)
_PASSIVE = re.compile(
    r"(?:is|are) (?:then |also |always |therefore )?(?=(?:\w+ed|exempt|eligible|entitled|liable|"
    r"seen|taken|held|sold|left|done|sent|given|paid|free|handed|made|"
    r"kept|put|shown|told|not (?:\w+ed|sent|given|paid))\b)",
    re.IGNORECASE,
)
_LEAD_DIRECTIVE = re.compile(
    r"\b(?:must|should|shall|need to|have to|do not|don['’]t|never|always|required to|"
    r"follow these|as follows|these steps|steps)\b.*:\s*$|"
    r"^(?:steps?|do|don['’]ts?|always|never)\s*:",
    re.IGNORECASE,
)


@dataclass
class Draft:
    """A statement in the making; ranges are into `prose`.

    `owner` is the draft whose rule it belongs to, `over` the one that leads into it.
    """

    prose: Prose
    start: int
    end: int
    block: Block
    index: int
    lead: str = ""
    category: Category = "factual"
    condition: Condition | None = None
    condition_spans: list[Span] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    exceptions: list[tuple[Condition, Span, Rule]] = field(default_factory=list)
    unparsed: str = ""
    more: list[Outcome | None] = field(default_factory=list)
    owner: int = -1
    over: int = -1
    references: tuple[str, ...] = ()

    @property
    def span(self) -> Span:
        return self.prose.span(self.start, self.end)

    @property
    def said(self) -> str:
        return self.prose.text[self.start : self.end].strip()


class Builder:
    """Turns blocks into drafts and rules, in reading order."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.drafts: list[Draft] = []
        self.aliases: dict[str, Condition] = {}
        self._counter = 0
        self._asked: tuple[Condition, str] | None = None
        self._inner: tuple[Condition, str, Condition, str] | None = None
        self.matters: set[tuple[str, ...]] = set()
        self._stretches: list[tuple[Draft, Condition, Stretch]] = []
        self._softenings: list[tuple[Draft, Rule, str]] = []

    # --- sequences of blocks -----------------------------------------------------------------

    def section(self, blocks: list[Block]) -> list[Rule]:
        """The rules of sibling blocks; a list after a paragraph that leads into it is under it."""
        rules: list[Rule] = []
        owner: Draft | None = None
        labels: dict[str, list[Rule]] = {}
        self._stretches, self._softenings = [], []
        kinds = topics(blocks)
        i = 0
        while i < len(blocks):
            block = blocks[i]
            if block.kind == "row":
                table = [b for b in blocks[i:] if b.table == block.table]
                rules += self.table(table, owner)
                i += len(table)
                continue
            if block.kind == "item" and block.depth == 1 and owner is None:
                owner = Draft(block.prose, 0, 0, block, -1)
            if block.kind == "item" and block.depth == 1 and owner is not None:
                items = []
                while i < len(blocks) and blocks[i].kind == "item" and blocks[i].depth == 1:
                    items.append(blocks[i])
                    i += 1
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
                following is not None and _leads_to(block, following)))  # fmt: skip
            rules += found
            lettered = bool(re.fullmatch("[a-z]", block.label))
            if not (lettered and i and re.fullmatch("[a-z]", blocks[i - 1].label)):
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
        self._alike(rules, False)
        self._stretch(rules, labels)
        for draft, favoured, what in self._softenings:
            before = [rule for rule in rules if rule.statement < draft.index]
            if not softened(before, favoured, what):
                draft.unparsed = draft.said
            draft.owner = before[-1].statement if before else -1
        return _exempted(loosen(_steps(lifted(rules), labels)))

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
                self.lexicon.atoms[name].thresholds.add(value * told.factor)
            draft.owner = found[0].statement if found else -1

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
            r"\b(any|one|all|each|both|either|following reasons|following cases|following "
            r"conditions|following circumstances)\b(?: (?:one )?of)?.*:$", owner.said, re.I
        )  # fmt: skip
        instruct = bool(_LEAD_DIRECTIVE.search(owner.said)) or (
            parent is not None and parent.outcome is None
        )
        if parent is not None and listed and re.search(
            r"\b(?:true|met|apply|applies|fulfilled|satisfied|reasons|conditions|cases|"
            r"circumstances|hold|holds)\s*:$|\bany of\b|\ball of\b", owner.said
        ):  # fmt: skip
            return self._listed_conditions(owner, parent, items, listed[1].lower())
        if owner.said.endswith("?") and all(_ANSWER.match(i.prose.text) for i in items):
            return self._answers(owner, items)
        choice = re.search(r"\b(?:depends?|decides?|by|as follows|following|varies)\b", owner.said)
        if (choice or routes(lead) or _same_head(items)) and all(
            _KIND.match(i.prose.text) for i in items
        ):
            found = self._kinds(owner, items)
            self._alike(found, True)
            if parent is not None and (parent.condition is not None
                                       or parent.connective == "otherwise"):  # fmt: skip
                parent.children += found
                return []
            return found
        if parent is None and owner.index >= 0 and self._enumerates(owner, items):
            return []
        labels: dict[str, list[Rule]] = {}
        topic = self.lexicon.topic
        for item in items:
            self.lexicon.topic = topic
            ahead = item is items[-1] and following is not None and _leads_to(item, following)
            rules, _ = self.block(item, lead=lead, instruct=instruct, ahead=ahead)
            found += rules
            if rules and rules[-1].condition is not None:
                self.lexicon.previous = rules[-1].condition
            if item.label and rules:
                labels[item.label] = rules
        self.lexicon.topic = topic
        self._alike(found, owner.said.endswith(":"))
        general_last(found, self.lexicon.lookup())
        found = loosen(_steps(lifted(found), labels))
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
            prose = direct[0].prose if len(direct) == 1 else None
            text = "; ".join(d.said.rstrip(" .;") for d in direct)
            span = Span(start=direct[0].span.start, end=direct[-1].span.end)
            outcome = Outcome(text=text, span=prose.span(direct[0].start, direct[0].end)
                              if prose else span)  # fmt: skip
            parent.children.append(Rule(statement=direct[0].index, condition=None, outcome=outcome))
            return []
        parent.children += found
        lettered = all(re.fullmatch("[a-z]", item.label) for item in items)
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

    def _enumerates(self, owner: Draft, items: list[Block]) -> bool:
        """Bullets that only name things are facts, whatever verb their words might be."""
        texts = [item.prose.text for item in items]
        if (
            not owner.said.endswith(":")
            or _LEAD_DIRECTIVE.search(owner.said)
            or len(owner.said.split()) < 3
            or any(item.children or len(item.prose.text.split()) > 8 for item in items)
            or any(token.tag_ in {"VBZ", "VBP", "VBD", "MD"} and token.pos_ in {"VERB", "AUX"}
                   for text in texts for token in analyse(text))
            or any(re.search(r"[:;?]", text) or analyse_clause(text).pieces for text in texts)
        ):  # fmt: skip
            return False
        for item in items:
            self._draft(item, item.prose, 0, len(item.prose.text), owner.said)
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
            draft = self._draft(item, item.prose, 0, len(item.prose.text), lead=owner.said)
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
                d.said.rstrip(" .;,") for d in self.drafts if d.owner == owner.index
            )
        return []

    # --- one block ---------------------------------------------------------------------------

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
        ahead = ahead or any(_opens_case(child.prose.text) for child in block.children[:1])
        within = (*block.section, block.matter) if block.matter else block.section
        if within != self.lexicon.section:
            self.lexicon.enter(within)
        text = block.prose.text
        scope = Scope(self.lexicon)
        first = len(self.drafts)
        last: Draft | None = None
        previous: Clause | None = None
        self._inner = None
        if kind is not None:
            scope.rules.append(kind)
            scope.open(kind)
        if topic:
            about = Rule(len(self.drafts), self.lexicon.phrase(topic), topic)
            scope.rules.append(about)
            scope.open(about)
        ranges = _ranges(text)
        head_end = len(block.head) + 2 if block.head else 0
        if head_end:  # a run-in head belongs to the statement that it opens
            ranges = [(a if n else 0, b) for n, (a, b) in enumerate(
                (a, b) for a, b in ranges if b > head_end)]  # fmt: skip
        for number, (start, end) in enumerate(ranges):
            begin = start if kind is None or number or head_end else text.index(":") + 2
            begin = begin if number else max(begin, head_end)
            clauses = [
                (analyse_clause(text[a:b], instruct), a, b) for a, b in _segments(text, begin, end)
            ]
            head = clauses[0][0]
            joined = last is not None and self._depends(head, last, previous)
            if joined and last is not None:
                draft = last
                draft.end = end
            else:
                draft = self._draft(block, block.prose, start, end, lead)
                if head.connective == "otherwise" and last is not None:
                    draft.lead = f"{draft.lead} {last.said}".strip()
                elif scope.opened and last is not None:
                    context = scope.opened[-1].statement
                    draft.lead = f"{draft.lead} {self.drafts[context].said}".strip()
            self._asked = self._asks(text[slice(*ranges[number - 1])]) if number else None
            if MATTER.match(text[start:end]):
                self.matters.add(block.section)
            before = len(draft.rules)
            if (topic and not number) or self._softening(draft, text[begin:end], begin):
                last, previous = draft, head
                continue
            if self._dealt(draft, text[begin:end], begin, scope) or self._stretching(
                draft, text[begin:end], begin
            ):
                last, previous = draft, head
                continue
            following = [text[slice(*where)] for where in ranges[number + 1 : number + 3]]
            for position, (clause, a, _) in enumerate(clauses):
                behind = [text[slice(*where)] for _, *where in clauses[position + 1 :]] + following
                clause.router |= clause.inquiry and (_answered(clause, behind) if behind else ahead)
                if clause.topic and clause.router:
                    self.lexicon.about(clause.topic)
                if clause.connective == "otherwise" and number and not position and (
                    kind is None and not scope.rules and not any(d.rules for d in self.drafts[
                        first:-1])
                ):  # fmt: skip
                    clause.connective, clause.scope = "", True  # what is left of mere facts
                heads = scope.opened[-1] if scope.opened else None
                if kind is not None and heads is kind and not draft.rules:
                    self._fold_kind(draft, clause, a, kind)
                else:
                    self._fold(draft, clause, a)
                    if clause.router and not clause.pieces and not clause.connective:
                        _step_to_router(draft, previous, last, scope)
                    if clause.router and clause.connective == "that case" and draft.rules:
                        target = draft.rules[-1]
                        scope.open(target.exceptions[-1] if target.exceptions else target)
                previous = clause
            fresh = [rule for rule in draft.rules[before:] if rule is not kind]
            self._categorize(draft, head, instruct)
            for rule in fresh:
                home = scope.home
                if (
                    not scope.opened and home and not _EXEMPT.search(text[start:end])
                    and _AMOUNT.match(text[start:end])
                    and home[-1].condition is not None and not home[-1].connective
                    and not home[-1].children and rule.condition is not None
                    and last is not None and home[-1] in last.rules and not joined
                    and not rule.connective
                ):  # fmt: skip
                    context = home[-1]  # 'they pay for it. The charge is 15 pounds if …'
                    context.outcome = None
                    scope.open(context)
                    draft.lead = f"{draft.lead} {last.said}".strip()
                if rule.router and rule.connective == "otherwise" and not scope.opened and (
                    block.kind == "paragraph" and rule.condition is None
                ):  # fmt: skip
                    self.matters.add(block.section)  # it routes what the rules before it left
                scope.place(rule)
            last = draft
        scope.rules = multiplied(scope.rules)
        general_last(scope.rules, self.lexicon.lookup())
        for rule in scope.rules:
            if multiplies(rule.outcome) and _ANAPHOR.search(
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
                self._alike(part.children, False)
        return scope.rules, last

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
        return bool(dealt)

    def _softening(self, draft: Draft, said: str, offset: int) -> bool:
        """'Where anyone else would get nothing, a member gets half': kept for the section's end."""
        told = softening(said)
        clause = analyse_clause(said[told.rest :]) if told else None
        if told is None or clause is None or not clause.pieces:
            return False
        condition, spans, text = self._condition(draft, clause, offset + told.rest)
        outcome = self._outcome(draft, clause.outcome, offset + told.rest)
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
        return True

    def _alike(self, rules: list[Rule], told: bool) -> None:
        if len(rules) > 1:
            self.lexicon.alike([rule.condition for rule in rules], told)

    def _question(self, text: str) -> Condition | None:
        return self.lexicon.clause(asserted(text.split("?")[0].split(". ")[-1]))

    def _asks(self, sentence: str) -> tuple[Condition, str] | None:
        """The condition that 'If yes' affirms, after 'Is it open?'."""
        question = sentence.strip()
        if not question.endswith("?") or not _YES_NO.match(question):
            return None
        condition = self._question(question)
        return (condition, asserted(question)) if condition is not None else None

    def _answers(self, owner: Draft, items: list[Block]) -> list[Rule]:
        """'Is it approved? - Yes: install it. - No: …' as rules."""
        condition = self._question(owner.said)
        rules = []
        for item in items:
            match = _ANSWER.match(item.prose.text)
            draft = self._draft(item, item.prose, 0, len(item.prose.text), owner.said)
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
                rule.outcome = self._outcome(draft, (match.end(), draft.end), 0)
                for child in item.children:
                    self.block(child, lead=draft.said)
            draft.rules.append(rule)
            rules.append(rule)
        return rules

    def _kinds(self, owner: Draft, items: list[Block]) -> list[Rule]:
        """'The fee depends on the vehicle: - Electric cars: no fee' as rules."""
        rules: list[Rule] = []
        topic = self.lexicon.topic
        for item in items:
            self.lexicon.topic = topic
            said = item.prose.text[: item.prose.text.index(":")].strip()
            other = _OTHER_KIND.match(said)
            condition = None if other else self._kind(said)
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

    def _kind(self, said: str) -> Condition | None:
        if match := re.match(r"(?:if|when|where)\s+", said, re.IGNORECASE):
            return self.lexicon.clause(said[match.end() :])
        return self.lexicon.phrase(said)

    def _fold_kind(self, draft: Draft, clause: Clause, offset: int, kind: Rule) -> None:
        """What is said right behind 'Books:' is the outcome, if nothing restricts it."""
        if clause.pieces or clause.connective or clause.router:
            self._fold(draft, clause, offset)
            return
        kind.outcome = self._outcome(draft, clause.outcome, offset)
        kind.exceptions = self._exceptions(draft, clause, offset)
        draft.rules.append(kind)

    def _draft(self, block: Block, prose: Prose, start: int, end: int, lead: str = "") -> Draft:
        draft = Draft(prose, start, end, block, len(self.drafts), lead)
        self.drafts.append(draft)
        return draft

    def _depends(self, head: Clause, last: Draft, previous: Clause | None) -> bool:
        """Whether a sentence cannot stand without the statement before it."""
        if head.connective in {"that case", "exception", "same"}:
            return bool(last.rules) or head.connective == "same"
        rule = last.rules[-1] if last.rules else None
        if rule is None or _OF_ITS_OWN.match(head.text):
            return False
        if rule.connective == "override" and rule.outcome is None and not rule.children:
            return not head.pieces and not head.connective and head.outcome is not None
        open_exception = bool(rule.exceptions) and rule.exceptions[-1].outcome is None
        if open_exception and self._follows_exception(head, rule.exceptions[-1]):
            return True
        said = head.said(head.outcome) if head.outcome else ""
        if open_exception and not head.pieces and _ANAPHOR.search(said):
            return True
        if open_exception and head.pieces and re.search(r"\bthen\b", said):
            return True
        unconditional = not head.pieces and not head.connective
        if unconditional and head.imperative and rule.condition is not None:
            if re.match(r"(?:do not|don['’]t|never|always)\b", said, re.IGNORECASE):
                return bool(re.search(r"\b(?:them|it|those \w+|these \w+)\b", said))
            instructed = (
                previous is not None
                and previous.outcome is not None
                and (
                    previous.imperative
                    or (
                        bool(AGENT.match(previous.said(previous.outcome)))
                        and bool(_DIRECTIVE.search(previous.said(previous.outcome)))
                    )
                )
            )
            declared = not instructed
            return declared or bool(re.search(r"\b(?:them|those \w+|these \w+)\b", said))
        return False

    def _follows_exception(self, head: Clause, exception: Rule) -> bool:
        """Whether a sentence says what is done in the case just excepted: it is 'that case'."""
        about = outcome_key(exception.text)
        told = (
            bool(head.pieces)
            and len(head.pieces) == 1
            and not head.exceptions
            and (outcome_key(head.said(head.pieces[0])) <= about)
        )
        said = head.said(head.outcome) if head.outcome else ""
        so = bool(re.search(r",\s+so\s+\w", said))
        plain = not head.pieces and not head.connective and bool(said)
        forbids = re.match(r"(?:do not|don['’]t|never|always)\b", said, re.IGNORECASE)
        again = head.imperative and not forbids and bool(outcome_key(said) & about)
        theirs = re.match(r"(?:its|their|his|her)\b", said, re.IGNORECASE)
        if told or (plain and (head.then or so or again or theirs)):
            head.connective, head.pieces = "that case", []
            return True
        return False

    # --- one clause --------------------------------------------------------------------------

    def _fold(self, draft: Draft, clause: Clause, offset: int) -> None:
        """Add what a clause says to the draft's rules."""
        condition, spans, text = self._condition(draft, clause, offset)
        outcome = self._outcome(draft, clause.outcome, offset)
        last = draft.rules[-1] if draft.rules else None
        match clause.connective:
            case "same":
                return
            case "failing" if last is not None and last.condition is not None:
                lacking = self._lacking(last.condition, clause.topic)
                draft.rules.append(Rule(draft.index, lacking, clause.text, outcome))
                return
            case "exempt":
                rule = Rule(draft.index, condition, text, outcome, "exempt")
                draft.rules.append(rule)
                draft.condition = draft.condition or condition
                return
            case "that case" if last is None and self._asked is not None:
                clause.connective = ""
                condition, text = self._asked
            case "that case" if last is not None:
                target = last.exceptions[-1] if last.exceptions else last
                if clause.pieces and condition is not None:
                    draft.rules.append(
                        Rule(draft.index, conjoin([last.condition, condition]), text, outcome)
                    )
                    return
                target.outcome = (
                    outcome
                    if target.outcome is None or target.router
                    else (self._joined(target.outcome, outcome))
                )
                target.router = clause.router
                usual = target.outcome is not None and _AS_USUAL.match(target.outcome.text)
                if clause.router or usual:
                    target.outcome = None
                return
            case "exception" if last is not None and condition is not None:
                exception = Rule(draft.index, condition, text, outcome)
                last.exceptions.append(exception)
                draft.exceptions.append((condition, spans[0], exception))
                return
            case _:
                pass
        open_exception = (
            last is not None and bool(last.exceptions) and (last.exceptions[-1].outcome is None)
        )
        if last is not None and open_exception and clause.connective != "otherwise":
            if condition is None or condition == last.exceptions[-1].condition:
                last.exceptions[-1].outcome = outcome
                return
        if last is not None and condition is None and clause.connective != "otherwise":
            for exception in self._exceptions(draft, clause, offset):
                last.exceptions.append(exception)
            if outcome is None or _AS_USUAL.search(outcome.text):
                return
            restated = (
                last.outcome is None
                or (clause.imperative and _restates(outcome.text, last.outcome.text))
                or (clause.imperative and bool(_STATE.match(last.outcome.text)))
            )
            last.outcome = outcome if restated else self._joined(last.outcome, outcome)
            return
        if clause.scope or _OF_THE_TEXT.search(text):
            return
        exceptions = self._exceptions(draft, clause, offset)
        if condition is None and clause.connective != "otherwise" and not exceptions:
            return
        if clause.connective == "exception" and outcome is not None:
            clause.connective = "override"  # the rules it excepts from stand before this paragraph
        kept = {"otherwise", "instead", "override"}
        connective = clause.connective if clause.connective in kept else ""
        if clause.also and not connective:
            connective = "also"
        if clause.only and (clause.router or clause.inverted):
            connective, clause.router = "exception", True
        if not connective and outcome and not clause.imperative and _ALWAYS.search(clause.text):
            connective = "always"
        rule = Rule(draft.index, condition, text, outcome, connective, clause.router)
        if connective == "always" and (idle := _IDLE.search(clause.text)):
            rule.about = frozenset(re.findall(r"[a-z]+", idle[0].lower()))
        rule.whole = clause.whole or (  # a numbered clause closes the clauses beside it
            connective == "otherwise"
            and bool(re.fullmatch(r"\d+(?:\.\d+)+", draft.block.label))
            and bool(re.match(r"in (?:all|any|every) other", clause.text, re.IGNORECASE))
        )  # fmt: skip
        rule.exceptions = exceptions
        if clause.router or (outcome and not clause.instruction and _remark(outcome.text)):
            rule.router = True
            rule.outcome = None if clause.router else outcome
        if outcome and (match := _SECTION_REFERENCE.search(outcome.text)):
            rule.reference = match["title"].strip()
        if connective == "otherwise" and last is not None and self._inner is not None:
            outer, text, inner, inner_text = self._inner  # 'seen only if …; if not, rebook'
            last.condition, last.text = outer, text
            last.children = [
                Rule(draft.index, inner, inner_text, last.outcome),
                Rule(draft.index, None, "", outcome, "otherwise"),
            ]
            last.outcome, last.split = None, None
            draft.more.append(outcome)
            self._inner = None
            return
        self._inner = self._split(clause) if not connective and not exceptions else None
        rule.split = Split(*self._inner) if self._inner is not None else None
        if condition is not None:
            self.lexicon.previous = rule.split.inner if rule.split is not None else condition
        if draft.condition is None:
            draft.condition = condition
        draft.condition_spans += spans
        other = self._outcome(draft, clause.fallback, offset)
        if other is None:
            draft.rules.append(rule)
            return
        if self._inner is not None:
            outer, outer_text, inner, inner_text = self._inner
            whole = Rule(draft.index, outer, outer_text)
            whole.children = [
                Rule(draft.index, inner, inner_text, outcome),
                Rule(draft.index, None, "", other, "otherwise"),
            ]
            draft.rules.append(whole)
            draft.more += [outcome, other]
            self._inner = None
            return
        draft.rules += [rule, Rule(draft.index, None, "", other, "otherwise")]

    def _lacking(self, condition: Condition, what: str) -> Condition | None:
        """'Failing such notice': the condition with the part that speaks of it denied."""
        parts = condition.operands if isinstance(condition, And) else (condition,)
        about = [
            part for part in parts
            if isinstance(part, Comparison | Truth)
            and any(what.lower() in word for word in self.lexicon.atoms[part.variable].words)
        ]  # fmt: skip
        rest = [part for part in parts if part not in about]
        return conjoin([*rest, negate(conjoin(about or parts))])

    def _split(self, clause: Clause) -> tuple[Condition, str, Condition, str] | None:
        """(outer condition, its words, inner condition, its words) of 'Bags that … only if …'."""
        outer = [p for p in clause.pieces if not p.trailing]
        inner = [p for p in clause.pieces if p.trailing]
        if not outer or not inner or clause.any:
            return None
        one = conjoin([self._piece(clause, p) for p in outer])
        other = conjoin([self._piece(clause, p) for p in inner])
        if one is None or other is None:
            return None
        return (one, ", ".join(clause.said(p) for p in outer), other,
                ", ".join(clause.said(p) for p in inner))  # fmt: skip

    def _condition(
        self, draft: Draft, clause: Clause, offset: int
    ) -> tuple[Condition | None, list[Span], str]:
        operands: list[Condition | None] = []
        spans, texts = [], []
        about = clause.said(clause.outcome) if clause.outcome else ""
        if match := re.match(r"(?:an?|the|each|every) ([\w-]+) (?:can|cannot|may|must|is|will)\b",
                             about, re.IGNORECASE):  # fmt: skip
            self.lexicon.mention(match[1])
        for piece in clause.pieces:
            condition = self._piece(clause, piece)
            if condition is None:
                draft.unparsed = clause.said(piece)
                continue
            operands.append(condition)
            spans.append(draft.prose.span(piece.start + offset, piece.end + offset))
            texts.append(clause.said(piece))
        if clause.any:
            loose = [p.trailing for p in clause.pieces]
            chosen = disjoin([o for o, t in zip(operands, loose, strict=False) if t])
            rest = [o for o, t in zip(operands, loose, strict=False) if not t]
            return conjoin([*rest, chosen]), spans, " or ".join(texts)
        return conjoin(operands), spans, ", ".join(texts)

    def _piece(self, clause: Clause, piece: Piece) -> Condition | None:
        said = clause.said(piece)
        if piece.form == "inverted":
            said = asserted(said)
        if piece.form == "lacking":
            said = f"there is {said[:1].lower()}{said[1:]}"
        if piece.form == "person":
            said = f"the {self.lexicon.actor} is {said}"
        found = self.lexicon.phrase(said) if piece.form in {"phrase", "case"} else None
        if piece.form != "phrase" and found is None:
            found = self.lexicon.clause(said)
        if found is None or not piece.negative:
            return found
        return found.operand if isinstance(found, Not) else Not(operand=found)

    def _exceptions(self, draft: Draft, clause: Clause, offset: int) -> list[Rule]:
        result = []
        for item in clause.exceptions:
            condition = self._piece(clause, item.piece)
            if condition is None:
                draft.unparsed = clause.said(item.piece)
                continue
            rule = Rule(draft.index, condition, clause.said(item.piece),
                        self._outcome(draft, item.outcome, offset))  # fmt: skip
            span = draft.prose.span(item.piece.start + offset, item.piece.end + offset)
            draft.exceptions.append((condition, span, rule))
            result.append(rule)
        return result

    def _outcome(self, draft: Draft, where: Range | None, offset: int) -> Outcome | None:
        if where is None:
            return None
        start, end = where[0] + offset, where[1] + offset
        text = draft.prose.text
        while start < end and (text[start] in " ,;:.–—-"):
            start += 1
        if match := re.match(r"(?:and|but|then|so|however,?)\s+", text[start:end]):
            start += match.end()
        while end > start and text[end - 1] in " ,;:.":
            end -= 1
        if start == end:
            return None
        if passive := _PASSIVE.match(text[start:end]):
            start += passive.end()
        if reason := re.search(
            r",\s+(?:because|since|however|whatever|whoever|whichever|no matter|regardless|"
            r"even (?:if|"
            r"when|though)|as usual)\b", text[start:end], re.IGNORECASE
        ):  # fmt: skip
            end = start + reason.start()
        if consequence := re.search(r",\s+so\s+(?=\w)", text[start:end]):
            start += consequence.end()
        start = _instruction(text, start, end)
        return Outcome(text=text[start:end], span=draft.prose.span(start, end))

    def _joined(self, one: Outcome | None, other: Outcome | None) -> Outcome | None:
        if one is None or other is None:
            return one or other
        if one.span is None or other.span is None:
            return one
        span = Span(start=one.span.start, end=max(one.span.end, other.span.end))
        return Outcome(text=f"{one.text}; {other.text}", span=span)

    def _categorize(self, draft: Draft, head: Clause, instruct: bool) -> None:
        label = draft.said.endswith(":") and len(draft.said.split()) <= 3
        label = label and not _LEAD_DIRECTIVE.search(draft.said)
        if (head.scope or label) and not draft.rules:
            draft.category = "factual"
        elif any(r.condition is not None or r.exceptions or r.connective == "otherwise"
                 for r in draft.rules) or head.pieces or head.exceptions:  # fmt: skip
            draft.category = "conditional"
        elif head.instruction or instruct or _behaves(draft.said):
            draft.category = "behavioral"

    # --- tables ------------------------------------------------------------------------------

    def table(self, rows: list[Block], owner: Draft | None) -> list[Rule]:
        """The rows of a table: rules when it is a table of cases, else facts."""
        header = rows[0].header
        self.lexicon.enter(rows[0].section)
        drafts = [
            self._draft(row, row.prose, 0, len(row.prose.text), " | ".join(header) + ":")
            for row in rows
        ]
        for draft in drafts:
            draft.over = owner.index if owner is not None and owner.said.endswith(":") else -1
        columns = [
            [row.cells[c].text.strip() if c < len(row.cells) else "" for row in rows]
            for c in range(len(header))
        ]
        named = [c for c, name in enumerate(header) if _OUTCOME_HEADER.search(name)]
        if is_matrix(columns, named, all(measures(cell) for cell in columns[0])):
            return self._matrix(rows, drafts, header, columns)
        target = _outcome_column(header, columns)
        if target is None:
            return []
        cases: list[tuple[Draft, Outcome, dict[int, tuple[Condition, str]]]] = []
        for draft, row in zip(drafts, rows, strict=True):
            tests: dict[int, tuple[Condition, str]] = {}
            spans: list[Span] = []
            for c, name in enumerate(header):
                if c == target or c >= len(row.cells):
                    continue
                condition = self.lexicon.cell(name, row.cells[c].text.strip(), columns[c])
                if condition is None:
                    continue
                cell = row.cells[c]
                tests[c] = (condition, f"{name}: {cell.text.strip()}")
                spans.append(cell.span(0, len(cell.text)))
            cell = row.cells[target]
            if not cell.text.strip():
                continue
            draft.category = "conditional"
            draft.condition = conjoin([condition for condition, _ in tests.values()])
            draft.condition_spans = spans
            outcome = Outcome(
                text=cell.text.strip(" ."), span=cell.span(0, len(cell.text.rstrip(" .")))
            )
            draft.rules.append(Rule(draft.index, draft.condition, "", outcome))
            cases.append((draft, outcome, tests))
        intro = next(
            (
                d
                for d in reversed(self.drafts[: drafts[0].index])
                if d.block.section == rows[0].section and _TABLE_INTRO.search(d.said)
            ),
            None,
        )
        order = [c for c in range(len(header)) if c != target]
        return _by_column(cases, order, intro)

    def _matrix(
        self,
        rows: list[Block],
        drafts: list[Draft],
        header: tuple[str, ...],
        columns: list[list[str]],
    ) -> list[Rule]:
        """A table whose columns are kinds: each cell is the outcome of its row and column."""
        atom = self.lexicon.column(f"the {_kind_noun(header[1:])} in question", [], False)
        atom.values += [name for name in header[1:] if name not in atom.values]
        rules = []
        for draft, row in zip(drafts, rows, strict=True):
            said = row.cells[0].text.strip()
            condition = self.lexicon.cell(header[0], said, columns[0])
            draft.category, draft.condition = "conditional", condition
            draft.condition_spans = [row.cells[0].span(0, len(row.cells[0].text))]
            rule = Rule(draft.index, condition, f"{header[0]}: {said}")
            for name, cell in zip(header[1:], row.cells[1:], strict=False):
                outcome = Outcome(text=cell.text.strip(" ."),
                                  span=cell.span(0, len(cell.text.rstrip(" ."))))  # fmt: skip
                test = Membership(variable=atom.name, values=(name,))
                rule.children.append(Rule(draft.index, test, name, outcome))
            draft.more += [child.outcome for child in rule.children]
            draft.rules.append(rule)
            rules.append(rule)
        return rules


def _kind_noun(names: tuple[str, ...]) -> str:
    """What kinds are kinds of: the noun that most of their names share."""
    nouns = Counter(
        singular(token.lower_)
        for name in names
        for token in analyse(name.lower())
        if token.pos_ in {"NOUN", "PROPN"}
    )
    noun, count = nouns.most_common(1)[0] if nouns else ("", 0)
    return noun if count * 2 > len(names) else "column"


def _by_column(
    cases: list[tuple[Draft, Outcome, dict[int, tuple[Condition, str]]]],
    columns: list[int],
    intro: Draft | None,
) -> list[Rule]:
    """A table's rows as rules, asked column by column where the rows are so grouped.

    A test that several rows share is made by the sentence that introduces the table; without one
    the rows stay whole.
    """
    if intro is not None and columns and len(cases) > 1:
        first, rest = columns[0], columns[1:]
        groups: list[list[tuple[Draft, Outcome, dict[int, tuple[Condition, str]]]]] = []
        for case in cases:
            if groups and groups[-1][0][2].get(first) == case[2].get(first):
                groups[-1].append(case)
            else:
                groups.append([case])
        values = [group[0][2].get(first) for group in groups]
        if len(groups) == 1 and values[0] is None:
            return _by_column(cases, rest, intro)
        if len(groups) < len(cases) and None not in values and len(
            {text for _, text in filter(None, values)}
        ) == len(groups):  # fmt: skip
            rules = []
            for group, value in zip(groups, values, strict=True):
                if value is None:
                    continue
                if len(group) == 1:
                    rules += _by_column(group, columns, intro)
                    continue
                rule = Rule(intro.index, value[0], value[1])
                rule.children = _by_column(group, rest, intro)
                rules.append(rule)
            return rules
    rules = []
    for draft, outcome, tests in cases:
        left = [tests[c] for c in columns if c in tests]
        rule = Rule(
            draft.index,
            conjoin([condition for condition, _ in left]),
            "; ".join(text for _, text in left),
            outcome,
        )
        rule.connective = "" if left else "otherwise"
        rules.append(rule)
    return rules


_KIND = re.compile(r"(?!if|when|where|for )[^:.;,]{2,70}:\s+\S|[^:.;,]{2,70}:\s+\S", re.IGNORECASE)
_OTHER_KIND = re.compile(
    r"(?:(?:for|in|with|on|at) )?(?:all |any |every )?(?:others?|other .*|everyone else|anything "
    r"else|everything else|all else|the rest)$",
    re.IGNORECASE,
)
_EXCEPTIONS = re.compile(r"(?:(?:the |some |only )?exceptions?|except)\b[^.]*:$", re.IGNORECASE)
_IDLE = re.compile(
    r"\b(?:whatever|whichever|whoever|however|no matter|regardless)\b.*", re.IGNORECASE
)
_OF_THE_TEXT = re.compile(
    r"\b(?:the|this) (?:table|list|sheet|page) (?:says|shows|reads|has)\b", re.I
)
_AS_USUAL = re.compile(
    r"(?:the )?(?:usual|normal|ordinary|standard|regular|general)(?: [\w-]+){1,3} (?:then )?"
    r"appl(?:y|ies)\b",
    re.IGNORECASE,
)
_YES_NO = re.compile(
    r"(?:is|are|was|were|has|have|had|does|do|did|can|will|should)\b", re.IGNORECASE
)
_ANSWER = re.compile(r"(if yes|if no|if so|if not|yes|no)\b\s*[:,–—.-]\s*", re.IGNORECASE)
_ALWAYS = re.compile(
    r"\b(?:are|is|will|may|can|must) always\b|\bregardless of\b|\bin (?:any|all|every) cases?\b|"
    r"\bno matter (?:how|what|when|which)\b|, (?:however (?:long|late|old|much|many)|whatever|"
    r"whichever|whoever)\b",
    re.IGNORECASE,
)
_GO_TO = re.compile(
    r"\b(?:go|continue|proceed|move|skip|jump|turn|see|follow)\s+(?:on\s+|on to\s+|directly\s+)?"
    r"(?:to |with |at )?(?:step|rule|case|condition|question|number|point|section|paragraph)?\s*"
    r"(\d+(?:\.\d+)*[a-z]?)\s*$",
    re.IGNORECASE,
)
_OF_ITS_OWN = re.compile(
    r"(?:in particular|so|also|in addition|additionally|furthermore|finally)\b", re.IGNORECASE
)
_EXEMPT = re.compile(
    r"\b(?:exempt from|waived|not charged|does not apply|do not apply|not apply to|"
    r"(?:do|does) not (?:have to )?pay|pay no|no (?:\w+ )*(?:fee|charge|surcharge|cost|fine) "
    r"(?:is|are|applies))\b",
    re.IGNORECASE,
)
_MONEY_WORD = re.compile(
    r"\b(?:fee|charge|surcharge|cost|fine|penalty|deposit|price|rate)s?\b", re.I
)


def _steps(rules: list[Rule], labels: dict[str, list[Rule]]) -> list[Rule]:
    """'Go to step 2' leads to the rules of step 2, which are then reached only from there."""
    order = list(labels)
    reached: set[int] = set()

    def resolve(rule: Rule, at: int) -> None:
        for part in list(rule.walk()):
            match = _GO_TO.search(part.outcome.text) if part.outcome is not None else None
            label = match[1] if match else ""
            if label in labels and order.index(label) > at:
                part.children = labels[label]
                part.outcome = None
                part.reference = ""
                reached.update(id(r) for r in labels[label])

    for position, label in reversed(list(enumerate(order))):
        for rule in labels[label]:
            resolve(rule, position)
    return [rule for rule in rules if id(rule) not in reached]


def _exempted(rules: list[Rule]) -> list[Rule]:
    """'Gold members are exempt from the fee' is an exception of the rules that set the fee."""
    kept: list[Rule] = []
    for rule in rules:
        exempt = (
            rule.outcome is not None
            and rule.condition is not None
            and (_EXEMPT.search(rule.outcome.text))
        )
        charged = [
            part
            for top in kept
            for part in top.walk()
            if exempt
            and part.outcome is not None
            and not part.children
            and re.search(r"\d", part.outcome.text)
            and (
                _MONEY_WORD.search(part.outcome.text) or re.search(r"\bpays?\b", part.outcome.text)
            )
        ]
        for part in charged:
            part.exceptions.append(rule)
        if not charged:
            kept.append(rule)
    return kept


def _same_head(items: list[Block]) -> bool:
    """'Routine visit: …', 'Treatment visit: …': labels that name kinds of one thing."""
    heads = [re.match(r"(?:[\w-]+ ){1,2}([\w-]+):", item.prose.text) for item in items]
    return len(items) > 1 and all(heads) and len({head[1].lower() for head in heads if head}) == 1


def _is_case(clause: Clause) -> bool:
    """Whether a clause tells cases apart: it has a circumstance, or takes what is left."""
    return bool(clause.pieces) or clause.connective == "otherwise"


def _opens_case(text: str) -> bool:
    """Whether a text begins with a case, or with the name of a kind."""
    start, end = _ranges(text)[0]
    return _is_case(analyse_clause(text[start:end])) or bool(_KIND.match(text[start:end]))


def _leads_to(block: Block, following: Block) -> bool:
    """Whether the cases that a paragraph leads to stand in the next block."""
    if following.kind == "row":
        return True
    if following.kind == "item":
        return _opens_case(following.prose.text)
    said = block.prose.text.rstrip()
    last = said[slice(*_ranges(said)[-1])]
    clause = analyse_clause(last)
    said = clause.said(clause.outcome) if clause.outcome else ""
    return (
        clause.inquiry
        and _opens_case(following.prose.text)
        and (asks(said) or (clause.connective == "otherwise" and not fetches(said)))
    )


def _answered(clause: Clause, following: list[str]) -> bool:
    """Whether the sentences behind an inquiry take up its words or each other's: its cases.

    'Look at the label. If the label is red, …' against 'Count the money. If food is handed in, …'.
    """
    if not _opens_case(following[0]):
        return False
    said = clause.said(clause.outcome) if clause.outcome else ""
    if asks(said) or clause.text.rstrip().endswith(":"):
        return True
    first = _case_words(following[0])
    if first & outcome_key(said):
        return True
    if fetches(said):
        return False
    if clause.connective == "otherwise":
        return True
    if len(following) < 2:
        return False
    second = analyse_clause(following[1])
    return second.connective == "otherwise" or bool(first & _case_words(following[1]))


def _case_words(text: str) -> frozenset[str]:
    """The content words of a sentence's circumstances."""
    clause = analyse_clause(text)
    words = frozenset(w for piece in clause.pieces for w in outcome_key(clause.said(piece)))
    return words - set(ACTORS) - {"if", "when", "where"}


def _instruction(text: str, start: int, end: int) -> int:
    """Where the instruction begins behind the reason for it: 'it is lost; refund it'."""
    for match in re.finditer(r"[:;]\s+(?=[a-z])", text[start:end]):
        before, after = text[start : start + match.start()], text[start + match.end() : end]
        nothing = re.fullmatch(r"\w+ nothing", before)  # 'they pay nothing: waive the fee'
        if analyse_clause(after).imperative and (
            nothing or not analyse_clause(before).imperative
        ):  # fmt: skip
            return start + match.end()
    return start


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


def _ranges(text: str) -> list[Range]:
    """The sentences' ranges; a label such as 'Scope.' belongs to the sentence it opens."""
    result: list[Range] = []
    label: int | None = None
    for start, end in sentences(text):
        if len(text[start:end].split()) <= 2 and text[start:end].endswith((".", ":")) and (
            end < len(text.rstrip()) and not _behaves(text[start:end])
            and not re.match(r"(?:nothing|none|free|no|yes|full|half)\b", text[start:end], re.I)
        ):  # fmt: skip
            label = start if label is None else label
            continue
        result.append((start if label is None else label, end))
        label = None
    return result or [(0, len(text))]


def _segments(text: str, start: int, end: int) -> list[Range]:
    """A sentence's parts between semicolons, and behind a colon that leads to cases."""
    result, position = [], start
    cuts = [*_SEMICOLON.finditer(text, start, end), *_COLON.finditer(text, start, end)]
    for match in sorted(cuts, key=lambda match: match.start()):
        if text[match.start()] == ":":
            head = analyse_clause(text[position : match.start()])
            if not (head.router or head.inquiry) or not _is_case(
                analyse_clause(text[match.end() : end])
            ):
                continue
        if match.start() > position:
            result.append((position, match.start()))
            position = match.end()
    return [*result, (position, end)]


def _restates(instruction: str, declaration: str) -> bool:
    """Whether an instruction says again, as something to do, what was declared before."""
    declared = outcome_key(declaration)
    shared = len(declared & outcome_key(instruction))
    return _remark(declaration) or shared * 2 >= len(declared)


def _remark(text: str) -> bool:
    """A declarative clause that states a reason or a fact rather than what is done."""
    return bool(re.match(r"(?:we need|this is|that is|it is|there)\b", text, re.IGNORECASE))


_STATE = re.compile(r"(?:is|are|has|have|was|were|lies|falls)\b", re.IGNORECASE)


def _behaves(text: str) -> bool:
    clause = analyse_clause(text)
    if clause.imperative or clause.instruction:
        return True
    return bool(
        re.match(r"(?:never|always|do not|don['’]t|no\s+\w+\s+(?:may|should|must))\b", text, re.I)
    )


def _outcome_column(header: tuple[str, ...], columns: list[list[str]]) -> int | None:
    """Index of the column that says what to do in a table of cases; None for a table of facts."""
    if len(header) < 2 or not columns or len(columns[0]) < 2:
        return None
    named = [c for c, name in enumerate(header) if _OUTCOME_HEADER.search(name)]
    last = named[-1] if named else len(header) - 1
    from parsers.conditions.comparisons import comparisons

    others = [cell for c, column in enumerate(columns) if c != last for cell in column]
    cases = any(is_any(cell) or comparisons(cell) for cell in others)
    yes_no = any(cell.lower() in {"yes", "no"} for cell in others)
    imperative = any(analyse_clause(cell).imperative for cell in columns[last] if cell)
    return last if cases or yes_no or imperative else None
