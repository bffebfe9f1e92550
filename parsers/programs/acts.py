"""What a step does: its acts, the jumps at their ends, and the questions that they ask."""

from __future__ import annotations

import re

from parsers.blocks import Block
from parsers.clauses.analysis import analyse_clause
from parsers.clauses.structure import Clause
from parsers.conditions.rewording import asserted
from parsers.programs.questions import LASTS, Questions
from parsers.programs.scopes import Asked, Level
from parsers.programs.wording import ASKS, END, bare_order, kind_of_act
from parsers.spec import Outcome
from parsers.steps import ALONE, GO, Act, jump_of

_QUESTION = re.compile(
    r"(?P<what>\b(?:is|are|was|were|has|have|had|does|do|did|can|will)\b[^?]*)\?", re.IGNORECASE
)
_AGAIN = re.compile(
    r"\b(?:again|once more|re-?run|re-?test|re-?check|retry|restored|resolved|improved|persists?|"
    r"fixed|solved|test page)\b",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"(?:\w+ ){0,3}?(?:is|are|will be|must be|get|gets) (?:\w+ed|sent|paid|given|free)\b", re.I
)
_NOT_THE_END = re.compile(r"\b(?:close|finish|complete) the (?:\w+ )?(?:cover|door|lid|app|form)\b")
_ANNOUNCES = re.compile(
    r"(?:do|follow|take|perform|try|proceed as|ask|check)\b[^.]*\b(?:following|follows|these|below)"
    r"|(?:specifically )?check for|then",
    re.IGNORECASE,
)


class Acts(Questions):
    """Reads the acts of steps into items."""

    path = ""
    """The label of the flow that is being read."""

    def acts(
        self, block: Block, start: int, end: int, level: Level, number: int, under: bool = False
    ) -> None:
        """A consequence or a sentence of its own: an act, and the jump at its end."""
        text = block.prose.text
        jump = GO.search(text, start, end) or ALONE.fullmatch(text, start, end)
        if jump is not None and re.search(
            r"(?:\bnot|\bnever|n['’]t) $", text[: jump.start()], re.I
        ):
            jump = None
        stop = end
        if jump is not None:
            stop = jump.start()
            while match := re.search(
                r"[\s,;:]+$|\b(?:and|then|please|must|should|you|agents?|may|also|can|just|"
                r"to)$", text[start:stop], re.IGNORECASE
            ):  # fmt: skip
                stop = start + match.start()
        while stop > start and text[stop - 1] in " .,;:*_→":
            stop -= 1
        while match := re.match(
            r"[\s,;:.–—→>*_-]+|(?:and|but|then|so)\b[ ,]+", text[start:stop], re.I
        ):
            start += match.end()
        if (colon := text.rfind(": ", start, stop)) > 0 and analyse_clause(
            text[colon + 2 : stop]
        ).imperative:  # fmt: skip
            start = colon + 2  # 'cannot be disputed: refer the caller'
        said = text[start:stop]
        rest = text[jump.end() : end].strip(" .,;:()*_") if jump is not None else ""
        if said and not _ANNOUNCES.fullmatch(said):
            self._act(block, start, stop, level, number, under or level.case is not None)
        if jump is not None:
            finish = end
            while text[finish - 1] in " .,;:*_":
                finish -= 1
            where = Outcome(text=text[jump.start() : finish],
                            span=block.prose.span(jump.start(), finish))  # fmt: skip
            lead = jump_of(jump)
            level.items.append(Act(where, number, "jump", jump=lead))
            level.scope.over = lead.path and not lead.back and lead.label == self.path
            level.scope.pending = False
            if rest and (asks := re.search(r"\bto (?:check|see|verify)\b.*", rest)):
                self._ask(asks[0], number, level)

    def _act(
        self, block: Block, start: int, end: int, level: Level, number: int, under: bool
    ) -> None:
        said = block.prose.text[start:end]
        outcome = Outcome(text=said, span=block.prose.span(start, end))
        kind = kind_of_act(said)
        if kind == "state" and not under and not END.search(said):
            return
        ends = bool(END.search(said)) and not _NOT_THE_END.search(said)
        level.items.append(Act(outcome, number, kind, ends=ends))
        asks = kind == "ask" or "?" in said or ASKS.search(said) is not None
        if kind == "do" and not ends and not (asks and ASKS.match(bare_order(said))):
            self.moments += 1
            level.scope.moment = self.moments
        level.scope.pending = level.scope.held
        if asks or (kind == "do" and _AGAIN.search(said)):
            self._ask(said, number, level)

    def _ask(self, said: str, number: int, level: Level) -> None:
        """What a sentence asks is what 'yes', 'if not' and 'it helped' speak of."""
        scope = level.scope
        question = _QUESTION.search(said)
        asked = question or ASKS.search(said)
        verifying = scope.moment > 0 or (bool(_AGAIN.search(said)) and not question)
        calls = any(isinstance(item, Act) and item.jump is not None for item in level.items)
        what, solved = "the problem is solved" if verifying else "", True
        if asked is not None:
            what = asked["what"].strip(' .:"”')
            what = asserted(what) if question else what
            solved = not LASTS.search(what)
            what = re.sub(r"\bstill\s+", "", what)
        if not what or scope.held:  # how to check is told below; what, above
            return
        moment = self.moment_of(scope, verifying)
        scope.last = scope.check = Asked(what, said.strip(" .:"), number, solved, moment)
        called = level.case is not None and level.case.call is not None
        scope.pending = verifying or calls or called

    def remarks(self, block: Block, clause: Clause) -> bool:
        """'If service is available, the status bar shows a signal': a remark decides nothing."""
        said = clause.said(clause.outcome) if clause.outcome else ""
        return (
            block.kind == "paragraph"
            and ":" not in f"{said}{clause.text[-1:]}"
            and kind_of_act(said) == "state"
            and not (GO.search(said) or END.search(said) or _DONE.match(said))
        )
