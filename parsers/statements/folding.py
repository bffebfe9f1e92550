"""One clause into the rules of its statement.

In: a `Clause` and the `Draft` it belongs to. Out: a rule of the draft, or what the clause adds to
the last one: its outcome, an exception, what is done otherwise.
"""

from __future__ import annotations

import re
from itertools import islice

from parsers.blocks import Block, Prose
from parsers.clauses.analysis import analyse_clause
from parsers.clauses.other_amounts import one_of
from parsers.clauses.structure import Clause, Piece, Range
from parsers.conditions.lexicon import Lexicon
from parsers.conditions.logic import conjoin, disjoin, negate
from parsers.conditions.rewording import asserted
from parsers.language import singular, tokens_of
from parsers.spec import And, Comparison, Condition, Not, Outcome, Span, Truth
from parsers.statements.cases import MOST_CUTS
from parsers.statements.drafts import Draft
from parsers.statements.lapsing import lapse
from parsers.workflows.rules import Rule, Split, outcome_key

_SECTION_REFERENCE = re.compile(
    r"\b(?:follow|see|use|apply|go to|under|per|refer to|handle (?:it|this|them) under|"
    r"according to|"
    r"described in|as in)\s+(?:the )?(?:rules? (?:in|of|under) )?(?:the )?(?:section|chapter|part|"
    r"policy|step|paragraph)s?\s+(?:on |called |titled )?[\"'“‘]?(?P<title>[\w.][\w\s.\-]*?)"
    r"[\"'”’]?(?=$|[,.;)]| instead| above| below)",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"(?:is|are) (?:then |also |always |therefore )?(?=(?:\w+ed|exempt|eligible|entitled|liable|"
    r"seen|taken|held|sold|left|done|sent|given|paid|free|handed|made|"
    r"kept|put|shown|told|not (?:\w+ed|sent|given|paid))\b)",
    re.IGNORECASE,
)
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
_ALWAYS = re.compile(
    r"\b(?:are|is|will|may|can|must) always\b|\bregardless of\b|\bin (?:any|all|every) cases?\b|"
    r"\bno matter (?:how|what|when|which)\b|, [\w-]+(?: [\w-]+)? or not\b|"
    r", (?:however (?:long|late|old|much|many)|whatever|whichever|whoever)\b",
    re.IGNORECASE,
)
_STATE = re.compile(r"(?:is|are|has|have|was|were|lies|falls)\b", re.IGNORECASE)


# 'unless it is a gift, in which case the missing receipt does not stand in the way'
_NO_BAR = re.compile(
    r"(?:(?:do|does|did|will|shall)(?: not|n['’]t) (?:stand in the way|matter|count|apply|prevent "
    r"(?:it|this|that))|makes? no difference|(?:is|are) (?:no (?:obstacle|bar|hindrance)|ignored|"
    r"disregarded|overlooked))(?: here| either| to (?:it|this|that))?$",
    re.IGNORECASE,
)
_PERMITS = re.compile(r"(?:may|can|might)\b", re.IGNORECASE)
_PRICED = re.compile(
    r"(?:it|this|that) (?:is|was|amounts to|comes to|exceeds)\b[^,;]*"
    r"(?:[€$£]|\b(?:euros?|pounds?|dollars?)\b)",
    re.IGNORECASE,
)
"""'Pay the bill if it is below 50 euros': what costs that is what is paid."""

Parts = tuple[Condition, str, Condition, str]
"""The outer condition, its words, the inner one, its words."""


class Folder:
    """Folds clauses into drafts, their circumstances into the lexicon."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.drafts: list[Draft] = []
        self.asked: tuple[Condition, str] | None = None
        self.inner: Parts | None = None

    def draft(self, block: Block, prose: Prose, start: int, end: int, lead: str = "") -> Draft:
        """A new statement, in reading order."""
        draft = Draft(prose, start, end, block, len(self.drafts), lead)
        self.drafts.append(draft)
        return draft

    def fold_kind(self, draft: Draft, clause: Clause, offset: int, kind: Rule) -> None:
        """What is said right behind 'Books:' is the outcome, if nothing restricts it."""
        if clause.scope:
            return  # 'The date makes no difference here'
        if clause.pieces or clause.connective or clause.router:
            self.fold(draft, clause, offset)
            return
        outcome = self.outcome_of(draft, clause.outcome, offset)
        exceptions = self._exceptions(draft, clause, offset)
        if kind.outcome is not None and not exceptions:
            if not clause.imperative:
                return  # 'Letters: put it in the box. The driver is not asked.'
            if analyse_clause(kind.outcome.text).imperative:
                # 'Quality: call the foreman. Give the customer a voucher.'
                kind.outcome, draft.owner = _joined(kind.outcome, outcome), kind.statement
                return
        kind.outcome, kind.exceptions = outcome or kind.outcome, kind.exceptions + exceptions
        draft.rules.append(kind)

    def fold(self, draft: Draft, clause: Clause, offset: int) -> None:
        """Add what a clause says to the draft's rules."""
        last = draft.rules[-1] if draft.rules else None
        lapse(clause, draft.rules, self.lexicon.atoms)
        condition, spans, text = self.condition_of(draft, clause, offset)
        outcome = self.outcome_of(draft, clause.outcome, offset)
        if clause.then and self.asked is not None and last is None and not clause.pieces and (
            clause.connective in {"", "override"}
        ):  # fmt: skip
            condition, text = self.asked  # 'Is it open? Then …'
        within: Parts | None = None
        match clause.connective:
            case "same":
                return
            case "failing" if last is not None and last.condition is not None:
                lacking = self._lacking(last.condition, clause.topic)
                said = clause.text[: clause.outcome[0] if clause.outcome else None]
                draft.rules.append(Rule(draft.index, lacking, said.strip(" ,"), outcome))
                return
            case "exempt":
                rule = Rule(draft.index, condition, text, outcome, "exempt")
                draft.rules.append(rule)
                draft.condition = draft.condition or condition
                return
            case "that case" if last is None and self.asked is not None:
                clause.connective = ""
                (case, said), inner, inner_text = self.asked, condition, text
                condition, text = case, said
                if clause.pieces and inner is not None:  # 'If it is, refund it if …'
                    within = case, said, inner, inner_text
                    condition, text = conjoin([case, inner]), f"{said}, {inner_text}"
            case "that case" if last is not None:
                target = last.exceptions[-1] if last.exceptions else last
                if clause.pieces and condition is not None and target is not last:
                    _narrowed(last, target, condition, outcome)
                    return
                if clause.pieces and condition is not None:
                    draft.rules.append(
                        Rule(draft.index, conjoin([last.condition, condition]), text, outcome)
                    )
                    return
                target.outcome = (
                    outcome
                    if target.outcome is None or target.router
                    else (_joined(target.outcome, outcome))
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
            if clause.connective == "override":  # '…, and none of what follows matters'
                last.connective, last.whole = "override", clause.whole
            if outcome is None or _AS_USUAL.search(outcome.text):
                return
            restated = (
                last.outcome is None
                or (clause.imperative and _restates(outcome.text, last.outcome.text))
                or (clause.imperative and bool(_STATE.match(last.outcome.text)))
            )
            last.outcome = outcome if restated else _joined(last.outcome, outcome)
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
            connective, clause.router = "exception", clause.router or not clause.imperative
        told = not clause.imperative or any(piece.form == "clause" for piece in clause.pieces)
        if not connective and outcome and told and _ALWAYS.search(clause.text):
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
        rule.router |= clause.only and clause.inverted  # '… do we take less; in that case, take 5'
        if outcome and (match := _SECTION_REFERENCE.search(outcome.text)):
            rule.reference = match["title"].strip()
        if connective == "otherwise" and last is not None and self.inner is not None:
            outer, text, inner, inner_text = self.inner  # 'seen only if …; if not, rebook'
            last.condition, last.text = outer, text
            last.children = [
                Rule(draft.index, inner, inner_text, last.outcome),
                Rule(draft.index, None, "", outcome, "otherwise"),
            ]
            last.outcome, last.split = None, None
            draft.more.append(outcome)
            self.inner = None
            return
        self.inner = within
        if within is None and not connective and not exceptions:
            self.inner = self._split(clause)
        rule.split = Split(*self.inner) if self.inner is not None else None
        if condition is not None:
            self.lexicon.previous = rule.split.inner if rule.split is not None else condition
        if draft.condition is None:
            draft.condition = condition
        draft.condition_spans += spans
        other = self.outcome_of(draft, clause.fallback, offset)
        if condition is None and (too := self._likewise(draft, clause)) is not None:
            said = clause.said(clause.likewise) if clause.likewise else ""
            draft.rules.append(Rule(draft.index, too, said, outcome))  # it need not be left over
        if other is None:
            draft.rules.append(rule)
            return
        if self.inner is not None:
            outer, outer_text, inner, inner_text = self.inner
            whole = Rule(draft.index, outer, outer_text)
            whole.children = [
                Rule(draft.index, inner, inner_text, outcome),
                Rule(draft.index, None, "", other, "otherwise"),
            ]
            draft.rules.append(whole)
            draft.more += [outcome, other]
            self.inner = None
            return
        draft.rules += [rule, Rule(draft.index, None, "", other, "otherwise")]

    def _lacking(self, condition: Condition, what: str) -> Condition | None:
        """'Failing such notice': the condition with the part that speaks of it denied."""
        parts = condition.operands if isinstance(condition, And) else (condition,)
        thing = singular(what.lower())
        about = [
            part for part in parts
            if isinstance(part, Comparison | Truth)
            and any(thing in word for word in self.lexicon.atoms[part.variable].words)
        ]  # fmt: skip
        rest = [part for part in parts if part not in about]
        return conjoin([*rest, negate(conjoin(about or parts))])

    def _split(self, clause: Clause) -> Parts | None:
        """The conditions of 'Bags that … only if …'."""
        outer = [p for p in clause.pieces if not p.trailing]
        inner = [p for p in clause.pieces if p.trailing]
        if not inner and len(outer) > 1 and outer[-1].form == "clause":
            outer, inner = outer[:-1], outer[-1:]  # 'For bags that are wet, if …'
        if not outer or not inner or clause.any or clause.likewise is not None:
            return None
        one = conjoin([self._piece(clause, p) for p in outer])
        other = conjoin([self._piece(clause, p) for p in inner])
        if one is None or other is None:
            return None
        return (one, ", ".join(clause.said(p) for p in outer), other,
                ", ".join(clause.said(p) for p in inner))  # fmt: skip

    def condition_of(
        self, draft: Draft, clause: Clause, offset: int
    ) -> tuple[Condition | None, list[Span], str]:
        """What a clause's circumstances come to, where they stand, and their words."""
        operands: list[Condition | None] = []
        spans, texts = [], []
        about = clause.said(clause.outcome) if clause.outcome else ""
        if match := re.match(
            r"(?:an?|the|each|every) ([\w-]+) (?:can|cannot|may|must|is|will|counts)\b",
            about, re.IGNORECASE,
        ):  # fmt: skip
            self.lexicon.mention(match[1])
        elif clause.imperative and any(p.trailing for p in clause.pieces):
            self.lexicon.handle(_handled(about))
        for piece in clause.pieces:
            condition = self._piece(clause, piece)
            if condition is None:
                draft.unparsed = clause.said(piece)
                continue
            operands.append(condition)
            spans.append(draft.prose.span(piece.start + offset, piece.end + offset))
            texts.append(clause.said(piece))
        if clause.likewise is not None and operands:
            operands[-1] = disjoin([operands[-1], self._likewise(draft, clause)])
            where = clause.likewise
            spans.append(draft.prose.span(where.start + offset, where.end + offset))
            texts[-1] += f" or {clause.said(where)}"
        if clause.any:
            loose = [p.trailing for p in clause.pieces]
            chosen = disjoin([o for o, t in zip(operands, loose, strict=False) if t])
            rest = [o for o, t in zip(operands, loose, strict=False) if not t]
            return conjoin([*rest, chosen]), spans, " or ".join(texts)
        return conjoin(operands), spans, ", ".join(texts)

    def _likewise(self, draft: Draft, clause: Clause) -> Condition | None:
        """Who else a clause holds for: '…, and so do students'."""
        if clause.likewise is None:
            return None
        found = self._piece(clause, clause.likewise)
        if found is None:
            draft.unparsed = clause.said(clause.likewise)
        return found

    def _piece(self, clause: Clause, piece: Piece) -> Condition | None:
        said = clause.said(piece)
        if clause.imperative and clause.outcome and piece.trailing and _PRICED.match(said):
            self.lexicon.mention_priced(_priced(clause.said(clause.outcome)))
        if piece.form == "inverted":
            said = asserted(said)
        if piece.form == "lacking":
            said = f"there is {said[:1].lower()}{said[1:]}"
        if piece.form == "person":
            said = f"the {self.lexicon.actor} is {one_of(said)}"
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
                        self.outcome_of(draft, item.outcome, offset))  # fmt: skip
            if rule.outcome is not None and _NO_BAR.search(rule.outcome.text):
                rule.outcome, rule.connective = None, "exempt"
            span = draft.prose.span(item.piece.start + offset, item.piece.end + offset)
            draft.exceptions.append((condition, span, rule))
            result.append(rule)
        return result

    def outcome_of(self, draft: Draft, where: Range | None, offset: int) -> Outcome | None:
        """The consequence without what leads up to it: 'then', its verb 'is', the reason for it."""
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
            r"even (?:if|when|though)|as usual)\b|\s+no matter (?:how|what|which|who)\b",
            text[start:end], re.IGNORECASE,
        ):  # fmt: skip
            end = start + reason.start()
        if consequence := re.search(r",\s+so\s+(?!that\b)(?=\w)", text[start:end]):
            start += consequence.end()
        start = _instruction(text, start, end)
        return Outcome(text=text[start:end], span=draft.prose.span(start, end))


def _narrowed(rule: Rule, exception: Rule, condition: Condition, outcome: Outcome | None) -> None:
    """'…, except that members may have more. For them, add one if there is room.'

    What is done in the exception under a condition goes before what is done in it otherwise; a mere
    permission is nothing that is done.
    """
    text = exception.text
    case = Rule(exception.statement, conjoin([exception.condition, condition]), text, outcome)
    permits = exception.outcome is None or _PERMITS.match(exception.outcome.text)
    place = rule.exceptions.index(exception)
    rule.exceptions[place : place + bool(permits)] = [case]


def _handled(act: str) -> str:
    """What an instruction does something to, where that is any of its kind: 'Reply to a letter'."""
    found = (t for t in tokens_of(act) if t.dep_ in {"dobj", "pobj"} and t.tag_ == "NN")
    noun = next(
        (t for t in found if any(d.lower_ in {"a", "an", "another"} for d in t.lefts)), None
    )
    return noun.text if noun is not None else ""


def _priced(act: str) -> str:
    """What an instruction does something to, where that has a price: 'Waive the full charge'."""
    noun = next((t for t in tokens_of(act) if t.dep_ == "dobj" and t.tag_ == "NN"), None)
    return noun.text if noun is not None else ""


def _joined(one: Outcome | None, other: Outcome | None) -> Outcome | None:
    if one is None or other is None:
        return one or other
    if one.span is None or other.span is None:
        return one
    span = Span(start=one.span.start, end=max(one.span.end, other.span.end))
    return Outcome(text=f"{one.text}; {other.text}", span=span)


def _instruction(text: str, start: int, end: int) -> int:
    """Where the instruction begins behind the reason for it: 'it is lost; refund it'."""
    for match in islice(re.finditer(r"[:;]\s+(?=[a-z])", text[start:end]), MOST_CUTS):
        before, after = text[start : start + match.start()], text[start + match.end() : end]
        nothing = re.fullmatch(r"\w+ nothing", before)  # 'they pay nothing: waive the fee'
        if analyse_clause(after).imperative and (
            nothing or not analyse_clause(before).imperative
        ):  # fmt: skip
            return start + match.end()
    return start


def _restates(instruction: str, declaration: str) -> bool:
    """Whether an instruction says again, as something to do, what was declared before."""
    declared = outcome_key(declaration)
    shared = len(declared & outcome_key(instruction))
    return _remark(declaration) or shared * 2 >= len(declared)


def _remark(text: str) -> bool:
    """A declarative clause that states a reason or a fact rather than what is done."""
    return bool(re.match(r"(?:we need|this is|that is|it is|there)\b", text, re.IGNORECASE))
