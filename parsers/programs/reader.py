"""A step's sentences to a small program: acts with jumps and ends, cases with a body, checks.

In: the `Flow`s of a document. Out: the items of their steps, and the circumstances they ask about.
What a document leaves to its reader is read so: a step without a jump goes on with the next one; a
check behind a repair ends the flow if the repair helped; a case whose act disposes of the matter
('reject the application') ends it where the cases beside it jump or leave nothing over; 'still not
resolved' behind other cases takes what they left, and what their repairs did not help.
Simplified: a jump in the middle of a step ('follow Path 1 first, then …') is a call whose way back
is the question that follows it; the called path is a workflow of its own and is not copied in.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence

from parsers.blocks import Block
from parsers.clauses.structure import Clause, Piece
from parsers.conditions.comparisons import compares
from parsers.conditions.lexicon import Lexicon
from parsers.conditions.logic import conjoin, disjoin, negate, replace
from parsers.definitions import Terms
from parsers.language import sentences
from parsers.leftovers import other_kind
from parsers.programs.acts import Acts
from parsers.programs.goers import sent
from parsers.programs.scopes import Level, Scope
from parsers.programs.wording import (
    ASKS,
    CASE,
    END,
    OFFER,
    analysed,
    continues,
    first_verb,
    parts_of,
)
from parsers.spec import And, Document, Variable
from parsers.steps import GO, MARK, Act, Case, Flow, Item, Step, asking, rename
from parsers.workflows.rules import outcome_key

_ARROW = re.compile(r"(?P<case>[^→:;?]{3,80}?)\s*(?:→|[-=]>)\s*(?=\S)")
_ANSWER = re.compile(
    r"\W*(?:if\s+)?(?P<yes>yes|so)\b\s*(?:[:,–—.→-]|[-=]>)+\s*|"
    r"\W*(?:if\s+)?(?:no|not)\b\s*(?:[:,–—.→-]|[-=]>)+\s*",
    re.IGNORECASE,
)
_THEN = re.compile(r"\W*then\b[, ]*", re.IGNORECASE)
_YES_OR_NO = re.compile(
    r"(?:^|[.!?:;]\s+)\W*(?:(?:and|so|now|first|next)\b,? )?(?:is|are|was|were|has|have|had|does|"
    r"do|did|can|could|will|would)\b[^.!?]*\?\W*$",
    re.IGNORECASE,
)
_NARROWS = re.compile(r"\d|\b(?:that|who|which|whose|without|with|no|over|under)\b", re.I)
_NAMED_ONLY = re.compile(
    r"\b(?:another|other|further|later|next) steps? only (?:where|when|if)\b|"
    r"\bonly (?:go|move|continue|proceed|carry)\b[^.]*\bsteps?\b[^.]*\b(?:where|when|if)\b|"
    r"\bfirst (?:decision|outcome|result|answer)\b[^.]*\b(?:ends?|final|counts?)\b|"
    r"\b(?:stop|end|finish) (?:as soon as|once|when|at the first step) [^.]*"
    r"\b(?:gives?|tells?|leads? to|reach(?:es)?|gets?|have|find)\b[^.]*"
    r"\b(?:action|decision|outcome|result|answer|instruction)\b",
    re.IGNORECASE,
)
_ONCE = re.compile(r"(?:once|when|after|as soon as)\b", re.IGNORECASE)


def read(
    stepwise: Sequence[Flow],
    document: Document,
    starts: Sequence[int],
    variables: Mapping[str, Variable],
    terms: Terms,
) -> tuple[dict[str, Variable], list[int]]:
    """Fill in the items of the flows' steps.

    The circumstances of steps are read on their own: a remark or a lead-in that the statements
    around them hold is none of a step's questions.

    Args:
        starts: where each statement begins in the document.
        variables: of the document's rules, whose names are taken.
        terms: what the document defines.

    Returns:
        The steps' variables, and the statements that were not read.
    """
    lexicon = Lexicon(document.text, terms)
    reader = Reader(document, lexicon, starts)
    for flow in stepwise:
        reader.read(flow)
    mapping = lexicon.categories(document.text) if stepwise else {}
    own = lexicon.variables()
    names = {
        name: f"{name}_in_steps" if variables.get(name, variable) != variable else name
        for name, variable in own.items()
    }
    for _, item in asking(stepwise):
        if item.condition is not None:
            item.condition = rename(replace(item.condition, mapping), names.__getitem__)
    told = {names[n]: v.model_copy(update={"name": names[n]}) for n, v in own.items()}
    return told, list(dict.fromkeys(reader.unread))


class Reader(Acts):
    """Reads the blocks of steps into items.

    Args:
        lexicon: takes up the circumstances of the steps.
        starts: where each statement begins in the document.
    """

    # unread: statements behind a jump that only goes on with the path it stands on
    def __init__(self, document: Document, lexicon: Lexicon, starts: Sequence[int]) -> None:
        super().__init__(lexicon)
        self.text = document.text
        self.order = sorted((start, number) for number, start in enumerate(starts))
        self.unread: list[int] = []

    def read(self, flow: Flow) -> None:
        """Fill in the items of the flow's steps."""
        self.path = flow.label
        named = self._only_named(flow)
        for step in flow.steps:
            self.lexicon.enter((*step.blocks[0].section, step.name))
            items: list[Item] = []
            self._blocks(self._dedented(step.blocks), Level(items, Scope()), step)
            step.items = items
            _settle(items, last=step is flow.steps[-1], named=named)

    def _only_named(self, flow: Flow) -> bool:
        """Whether what leads into the steps says that nobody goes on who is not sent on."""
        begin = min(block.prose.offsets[0] for block in flow.steps[0].blocks)
        before = self.text[:begin].rpartition("\n")[0]  # a label stands on the step's own line
        lead = before.rstrip(" \n0123456789.#*-").rpartition("\n\n")[2]
        return bool(_NAMED_ONLY.search(lead))

    def statement(self, offset: int) -> int:
        """The index of the statement at an offset of the document."""
        return self.order[max(bisect_right(self.order, (offset, len(self.order))) - 1, 0)][1]

    def _dedented(self, blocks: Sequence[Block]) -> list[Block]:
        """An unindented 'If …:' right behind a list belongs to none of its items.

        Markdown counts such a line to the item before it.
        """
        result: list[Block] = []
        for block in blocks:
            result.append(block)
            stack = [block]
            while stack and block.kind == "item":
                part = stack.pop()
                stack += part.children
                text = part.prose.text
                for match in re.finditer(r"(?<=\s)(?:if|when|otherwise)\b[^.?!]*:$", text, re.I):
                    start = part.prose.offsets[match.start()]
                    line = self.text.rfind("\n", 0, start) + 1
                    if not self.text[line:start].strip(" *_") and self.text[line : line + 1] != " ":
                        lead = part.prose.cut(match.start(), len(text))
                        result.append(Block("paragraph", lead, part.section))
                        part.prose = part.prose.cut(0, match.start())
        return result

    def _blocks(self, blocks: Sequence[Block], level: Level, step: Step | None = None) -> None:
        """Read blocks into a level's items; what ends in ':' has the blocks behind it as body."""
        i = 0
        while i < len(blocks):
            block = blocks[i]
            i += 1
            inner, opens = self._block(block, level, step)
            step = None
            if block.children:
                inner.scope.held = opens and inner.scope.pending
                self._blocks(block.children, inner)
                inner.scope.held = False
            elif block.kind == "paragraph" and opens and inner is not level:
                behind = []
                while i < len(blocks) and not self._opener(blocks[i]):
                    behind.append(blocks[i])
                    i += 1
                self._blocks(behind, inner)
            self._close(inner, level)
        self.verify(level)

    def _opener(self, block: Block) -> bool:
        text = block.prose.text.rstrip()
        return block.kind == "paragraph" and bool(CASE.match(text.lstrip(" *_")))

    def _close(self, inner: Level, level: Level) -> None:
        if inner is not level:
            self.verify(inner)

    def _block(self, block: Block, level: Level, step: Step | None) -> tuple[Level, bool]:
        """Read a block's own text; the level that what stands under it belongs to."""
        text = block.prose.text
        begin = 0
        if step is not None and (mark := MARK.match(text)) and mark["kind"]:
            begin = mark.end()
        levels = [level]
        opens = False
        for start, end in sentences(text[begin:]):
            start, end = start + begin, end + begin
            plain = not CASE.match(text[start:end]) and not END.search(text, start, end)
            if block.kind == "paragraph" and plain:
                self._leave_disposed(levels)
            for a, b in parts_of(text, start, end):
                if text[a:b].strip(" .:;,*"):
                    self._sentence(block, a, b, levels)
            opens = text[start:end].rstrip(" *_").endswith(":")
        inner = levels.pop()
        for passed in reversed(levels[1:]):
            self.verify(passed)
        return inner, opens

    def _leave_disposed(self, levels: list[Level]) -> None:
        """Behind 'if …, reject it' the flow goes on for the other cases only."""
        while len(levels) > 1 and levels[-1].items:
            last = levels[-1].items[-1]
            if not isinstance(last, Act) or continues(last) or last.kind == "state":
                break
            self.verify(levels.pop())

    def _takes_up(self, level: Level, clause: Clause) -> bool:
        """'If it has lapsed, offer a day pass. If the member buys the pass, …': the same case."""
        last = level.items[-1] if level.items else None
        if (
            not isinstance(last, Act)
            or level.case is None
            or first_verb(last.outcome.text) not in OFFER
        ):
            return False
        told = outcome_key(last.outcome.text) - outcome_key(level.case.text)
        return any(told & outcome_key(clause.said(piece)) for piece in clause.pieces)

    def _sentence(self, block: Block, start: int, end: int, levels: list[Level]) -> None:
        said = block.prose.text[start:end]
        number = self.statement(block.prose.offsets[start])
        if levels[-1].scope.over:
            self.unread.append(number)
            return
        answer = _ANSWER.match(said)
        agreed = None if answer else _agreed(block.prose.text, start, end)
        if answer := answer or agreed:
            while len(levels) > 1 and levels[-1].scope.last is None:
                self.verify(levels.pop())
            yes = bool(agreed or answer["yes"])
            case = self.answered(levels[-1], yes, said, number)
            start += len(answer[0])
            under = analysed(block.prose.text[start:end].rstrip(" *_"))
            if under.pieces or under.exceptions:
                self._body(case, block, end, end, levels)  # 'Then go to 3, provided that …'
                self._sentence(block, start, end, levels)
            else:
                self._body(case, block, start, end, levels)
            return
        clause = analysed(said.rstrip(" *_"))
        if (arrow := _ARROW.match(said)) and not CASE.match(said):
            clause = Clause(said, pieces=[Piece(0, arrow.end("case"), "clause")])
            clause.outcome = (arrow.end(), len(said))
        if other_kind(said, _case_before(levels)):
            clause.connective, clause.pieces = "otherwise", []
        if clause.pieces and not self._takes_up(levels[-1], clause):
            self._leave_disposed(levels)
        otherwise = clause.connective == "otherwise"
        if clause.connective == "that case":
            self.acts(block, start, end, levels[-1], number)
            return
        if not (clause.pieces or clause.exceptions or clause.connective) and (who := sent(said)):
            self._sent(who, block, start, end, levels)
            return
        opened = bool(clause.pieces or clause.exceptions or otherwise)
        if opened and not otherwise and not CASE.match(said) and not any(
            piece.form == "clause" or _narrows(clause.said(piece))
            for piece in (*clause.pieces, *(e.piece for e in clause.exceptions))
        ):  # fmt: skip
            opened = False  # 'Mobile data is required': a subject, no circumstance
        if not opened or (not otherwise and ASKS.match(said) and not CASE.match(said)):
            self.acts(block, start, end, levels[-1], number)
            return
        if clause.outcome is not None and not otherwise and self.remarks(block, clause):
            return
        if otherwise:
            while len(levels) > 1 and not any(isinstance(i, Case) for i in levels[-1].items):
                self.verify(levels.pop())
            case = Case(None, "otherwise", number, moment=levels[-1].scope.moment)
        else:
            case = self.case(clause, number, levels)
            self._spared(case, clause, block, start, levels)
        level = levels[-1]
        if _ONCE.match(said):
            calls = [i for i in level.items if isinstance(i, Act) and i.jump is not None]
            case.call = calls[-1] if calls else None
        start, end = start + len(said), start + len(said)
        if clause.outcome is not None:
            a, b = clause.outcome
            if said[a:b].startswith("("):  # 'for any other speed (poor, fair), …'
                a = said.find(")", a) + 1 or a
            start, end = end - len(said) + a, end - len(said) + b
        self._body(case, block, start, end, levels)
        if clause.connective in {"instead", "override"}:  # it goes before what it replaces
            level.items[:] = [item for item in level.items if item is not case]
            cases = [n for n, item in enumerate(level.items) if isinstance(item, Case)]
            level.items.insert(cases[0] if cases else len(level.items), case)

    def _sent(
        self, who: list[str], block: Block, start: int, end: int, levels: list[Level]
    ) -> None:
        """'Business customers go to step 3': a kind, or several, that a jump is for."""
        number = self.statement(block.prose.offsets[start])
        parts = [self._condition(kind, True, number, levels).condition for kind in who]
        kinds = disjoin(parts)
        if kinds is None or None in parts:
            self.unread.append(number)
            return
        self._leave_disposed(levels)
        jump = GO.search(block.prose.text, start, end)
        begin = jump.start() if jump is not None else end
        text = block.prose.text[start:begin].strip(" ,")
        case = Case(kinds, text, number, moment=levels[-1].scope.moment)
        self._body(case, block, begin, end, levels)

    def _spared(
        self, case: Case, clause: Clause, block: Block, start: int, levels: list[Level]
    ) -> None:
        """'…, unless it is fragile, which goes by hand': the exception is a case beside it."""
        level = levels[-1]
        for exception in clause.exceptions:
            if exception.outcome is None or case.condition is None:
                continue
            spares = self._condition(clause.said(exception.piece), False, case.statement, levels)
            if spares.condition is None:
                continue
            denied = negate(spares.condition)
            over = case.condition.operands if isinstance(case.condition, And) else ()
            kept = [part for part in over if part != denied]
            test = conjoin([*kept, spares.condition])
            beside = Case(test, clause.said(exception.piece), case.statement, moment=case.moment)
            level.items.append(beside)
            a, b = (start + place for place in exception.outcome)
            inner = Level(beside.body, level.scope.inner(), beside)
            self.acts(block, a, b, inner, case.statement, under=True)

    def _body(self, case: Case, block: Block, start: int, end: int, levels: list[Level]) -> None:
        """Read a case's own consequence; what follows is under it unless that disposes of it."""
        level = levels[-1]
        level.items.append(case)
        level.scope.pending = False
        inner = Level(case.body, level.scope.inner(), case)
        if block.prose.text[start:end].strip(" .:,"):
            self.acts(block, start, end, inner, case.statement, under=True)
        last = case.body[-1] if case.body else None
        if block.children or not (isinstance(last, Act) and (last.jump or last.ends)):
            levels.append(inner)


def _agreed(text: str, start: int, end: int) -> re.Match[str] | None:
    """'Is it sealed? Then send it.': 'then' right behind a question says 'if so'."""
    return _THEN.match(text, start, end) if _YES_OR_NO.search(text[:start]) else None


def _narrows(said: str) -> bool:
    """Whether a phrase says which cases are meant: with a relative, or a number, in words too."""
    return bool(_NARROWS.search(said)) or compares(said)


def _case_before(levels: list[Level]) -> str:
    """The words of the last case at hand: one that is open, or one beside it."""
    beside = [item for item in levels[-1].items if isinstance(item, Case)]
    last = beside[-1] if beside else levels[-1].case
    return last.text if last is not None else ""


def _settle(items: list[Item], last: bool, named: bool = False) -> None:
    """Mark calls, and the acts that end the flow without saying so.

    Args:
        last: they are the last step's.
        named: only a step that is named follows.
    """
    cases = [item for item in items if isinstance(item, Case)]
    for place, item in enumerate(items):
        if isinstance(item, Act) and item.jump is not None and place + 1 < len(items):
            item.call = True
    for n, case in enumerate(cases):  # where the denial is a case of its own, it says what follows
        later = [other for other in cases[n + 1 :] if not other.catches]
        case.settles &= not any(o.condition in (None, negate(case.condition)) for o in later)
    closed = any(case.condition is None for case in cases) or any(
        one.condition is not None and one.condition == negate(other.condition)
        for one in cases for other in cases if other.condition is not None
    )  # fmt: skip
    leads = named or closed or last or any(
        isinstance(item, Act) and (item.jump is not None or item.ends)
        for case in cases for item in case.body
    )  # fmt: skip
    for case in cases:
        _settle(case.body, last, named)
        final = case.body[-1] if case.body else None
        if not isinstance(final, Act) or final.jump is not None or not leads:
            continue
        if named or not continues(final):
            final.ends = True
