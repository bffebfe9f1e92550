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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from parsers.blocks import Block
from parsers.clauses.analysis import analyse_clause
from parsers.clauses.structure import Clause, Piece
from parsers.conditions.lexicon import Lexicon
from parsers.conditions.logic import conjoin, negate, replace
from parsers.conditions.rewording import asserted
from parsers.language import analyse, sentences
from parsers.spec import Condition, Document, Not, Outcome, Truth, Variable
from parsers.steps import (
    ALONE,
    GO,
    MARK,
    Act,
    Case,
    Check,
    Flow,
    Item,
    Step,
    asking,
    jump_of,
    rename,
)
from parsers.workflows.relations import excludes
from parsers.workflows.rules import outcome_key

_ARROW = re.compile(r"(?P<case>[^→:;?]{3,80}?)\s*(?:→|[-=]>)\s*(?=\S)")
_ANSWER = re.compile(
    r"\W*(?:if\s+)?(?P<yes>yes|so)\b\s*(?:[:,–—.→-]|[-=]>)+\s*|"
    r"\W*(?:if\s+)?(?:no|not)\b\s*(?:[:,–—.→-]|[-=]>)+\s*",
    re.IGNORECASE,
)
_PART = re.compile(
    r";\s+(?:and |but )?|,?\s+(?=(?:and |or |but )?otherwise\b,?\s)|"
    r",\s+(?:and |but )?(?=if (?:not|so|yes|no)\b)"
)
_CASE = re.compile(
    r"(?:(?:and|but|then|only|next),?\s+)*(?:if|when|whenever|where|should|unless|once|after|"
    r"as soon as|in case|provided|for|with|without|in all|in any|all other|any other|otherwise|"
    r"else|until)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"(?:(?:all|any|the) )?(?:[a-z]+(?<!ev)er|other|remaining|more|fewer|less) \w+", re.IGNORECASE
)
_NARROWS = re.compile(r"\d|\b(?:that|who|which|whose|without|with|no|over|under)\b", re.I)
_ONCE = re.compile(r"(?:once|when|after|as soon as)\b", re.IGNORECASE)
_ASKS = re.compile(
    r"\b(?:ask|check|verify|confirm|see|find out|determine|establish|test|make sure|ensure|find|"
    r"look|clarify|examine)\b[^.]*?\b(?:if|whether|that)\s+(?P<what>.+)",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"(?P<what>\b(?:is|are|was|were|has|have|had|does|do|did|can|will)\b[^?]*)\?", re.IGNORECASE
)
_AGAIN = re.compile(
    r"\b(?:again|once more|re-?run|re-?test|re-?check|retry|restored|resolved|improved|persists?|"
    r"fixed|solved|test page)\b",
    re.IGNORECASE,
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
_LASTS = re.compile(r"\b(?:still|persists?|remains?|continues?)\b", re.IGNORECASE)
_FAILING = re.compile(
    r",?\s+(?:but|and) (?:(?:still|it is|it's|is|the \w+ is|\w+ is)\s+)*not (?:working|resolved|"
    r"fixed)\b.*$|,?\s+but (?:still )?(?:fails?|does not work).*$",
    re.IGNORECASE,
)
_END = re.compile(
    r"\b(?:stop|that(?: is|['’]s) all|(?:are|is) (?:done|finished|complete|over)|nothing "
    r"(?:more|else|further)|no (?:further|more) (?:steps?|actions?)|not facing|hang up|"
    r"(?:close|end|finish|conclude|resolve|complete) (?:the|this|that|your|it)\s?(?:\w+ )?(?:ticket"
    r"|case|call|incident|claim|request|chat|conversation|check|flow|procedure|process|visit)?\b|"
    r"escalate|transfer|hand (?:\w+ ){1,3}over|the end)\b",
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
_HELPED = re.compile(
    r"(?:please |then |also |first |now |next |and )*(?:(?:ask|tell|instruct|get|guide|advise|"
    r"request) (?:(?!to\b|if\b|whether\b|for\b)[\w']+ ){1,4}to |(?:have|let|help) (?:(?:the|your|"
    r"this) )?\w+ )(?:try (?:and|to) )?(?=[a-z])",
    re.IGNORECASE,
)
_INQUIRE = set(
    "ask check look verify see confirm find measure compare test run rerun print try search "
    "examine inspect review determine identify listen read observe wait note record establish "
    "clarify tell inform explain write".split()
)
_OFFER = {"offer", "propose", "suggest", "recommend", "invite", "request"}
_REPAIR = set(
    "restart reboot replace reset reinstall install turn switch plug clean open remove insert "
    "reinsert re change set enable disable renew delete clear toggle connect disconnect reconnect "
    "update upgrade adjust tighten loosen empty refill pull push press unplug reseat attach detach "
    "warm cool repair fix start".split()
)


def read(
    stepwise: Sequence[Flow],
    document: Document,
    starts: Sequence[int],
    variables: Mapping[str, Variable],
) -> tuple[dict[str, Variable], list[int]]:
    """Fill in the items of the flows' steps.

    The circumstances of steps are read on their own: a remark or a lead-in that the statements
    around them hold is none of a step's questions.

    Args:
        starts: where each statement begins in the document.
        variables: of the document's rules, whose names are taken.

    Returns:
        The steps' variables, and the statements that were not read.
    """
    lexicon = Lexicon(document.text)
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


@dataclass
class _Scope:
    """What a list of items may refer to: the last thing asked, and whether something was done.

    moment: number of the last repair before, 0 for none; what is asked at another moment is
    another circumstance, for a repair may have changed it.
    """

    parent: _Scope | None = None
    last: Condition | _Asked | None = None
    check: _Asked | None = None
    pending: bool = False
    held: bool = False
    over: bool = False
    moment: int = 0

    def inner(self) -> _Scope:
        return _Scope(self, check=None, moment=self.moment)

    def asked(self) -> _Asked | None:
        scope: _Scope | None = self
        while scope is not None:
            if scope.check is not None:
                return scope.check
            scope = scope.parent
        return None


@dataclass
class _Asked:
    """A question; it is a circumstance once something refers to it. `what` is its proposition."""

    what: str
    text: str
    statement: int
    solved: bool
    moment: int
    condition: Condition | None = None


@dataclass
class _Level:
    items: list[Item]
    scope: _Scope
    case: Case | None = None


class Reader:
    """Reads the blocks of steps into items.

    Args:
        lexicon: takes up the circumstances of the steps.
        starts: where each statement begins in the document.
    """

    # unread: statements behind a jump that only goes on with the path it stands on

    def __init__(self, document: Document, lexicon: Lexicon, starts: Sequence[int]) -> None:
        self.text = document.text
        self.lexicon = lexicon
        self.order = sorted((start, number) for number, start in enumerate(starts))
        self.moments = 0
        self.path = ""
        self.unread: list[int] = []

    def read(self, flow: Flow) -> None:
        """Fill in the items of the flow's steps."""
        self.path = flow.label
        for step in flow.steps:
            self.lexicon.enter((*step.blocks[0].section, step.name))
            items: list[Item] = []
            self._blocks(self._dedented(step.blocks), _Level(items, _Scope()), step)
            step.items = items
            _settle(items, last=step is flow.steps[-1])

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

    def _blocks(self, blocks: Sequence[Block], level: _Level, step: Step | None = None) -> None:
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
        self._verify(level)

    def _opener(self, block: Block) -> bool:
        text = block.prose.text.rstrip()
        return block.kind == "paragraph" and bool(_CASE.match(text.lstrip(" *_")))

    def _close(self, inner: _Level, level: _Level) -> None:
        if inner is not level:
            self._verify(inner)

    def _verify(self, level: _Level) -> None:
        """A check behind a repair that no case takes up asks whether it helped."""
        asked = level.scope.check
        if level.scope.pending and asked is not None and (condition := self._meant(asked)):
            level.items.append(
                Check(condition, asked.text, asked.statement, asked.solved, asked.moment)
            )
        level.scope.pending = False

    def _meant(self, said: Condition | _Asked | None) -> Condition | None:
        if not isinstance(said, _Asked):
            return said
        if said.condition is None:
            said.condition = self._proposition(said.what)
        return said.condition

    def _block(self, block: Block, level: _Level, step: Step | None) -> tuple[_Level, bool]:
        """Read a block's own text; the level that what stands under it belongs to."""
        text = block.prose.text
        begin = 0
        if step is not None and (mark := MARK.match(text)) and mark["kind"]:
            begin = mark.end()
        levels = [level]
        opens = False
        for start, end in sentences(text[begin:]):
            start, end = start + begin, end + begin
            plain = not _CASE.match(text[start:end]) and not _END.search(text, start, end)
            if block.kind == "paragraph" and plain:
                self._leave_disposed(levels)
            for a, b in _parts(text, start, end):
                if text[a:b].strip(" .:;,*"):
                    self._sentence(block, a, b, levels)
            opens = text[start:end].rstrip(" *_").endswith(":")
        inner = levels.pop()
        for passed in reversed(levels[1:]):
            self._verify(passed)
        return inner, opens

    def _leave_disposed(self, levels: list[_Level]) -> None:
        """Behind 'if …, reject it' the flow goes on for the other cases only."""
        while len(levels) > 1 and levels[-1].items:
            last = levels[-1].items[-1]
            if not isinstance(last, Act) or _continues(last) or last.kind == "state":
                break
            self._verify(levels.pop())

    def _takes_up(self, level: _Level, clause: Clause) -> bool:
        """'If it has lapsed, offer a day pass. If the member buys the pass, …': the same case."""
        last = level.items[-1] if level.items else None
        if (
            not isinstance(last, Act)
            or level.case is None
            or _verb(last.outcome.text) not in _OFFER
        ):
            return False
        told = outcome_key(last.outcome.text) - outcome_key(level.case.text)
        return any(told & outcome_key(clause.said(piece)) for piece in clause.pieces)

    def _sentence(self, block: Block, start: int, end: int, levels: list[_Level]) -> None:
        said = block.prose.text[start:end]
        number = self.statement(block.prose.offsets[start])
        if levels[-1].scope.over:
            self.unread.append(number)
            return
        if answer := _ANSWER.match(said):
            while len(levels) > 1 and levels[-1].scope.last is None:
                self._verify(levels.pop())
            case = self._answered(levels[-1], bool(answer["yes"]), said, number)
            self._body(case, block, start + answer.end(), end, levels)
            return
        clause = _analysed(said.rstrip(" *_"))
        if (arrow := _ARROW.match(said)) and not _CASE.match(said):
            clause = Clause(said, pieces=[Piece(0, arrow.end("case"), "clause")])
            clause.outcome = (arrow.end(), len(said))
        if clause.pieces and not self._takes_up(levels[-1], clause):
            self._leave_disposed(levels)
        otherwise = clause.connective == "otherwise"
        if clause.connective == "that case":
            self._acts(block, start, end, levels[-1], number)
            return
        opened = bool(clause.pieces or clause.exceptions or otherwise)
        if opened and not otherwise and not _CASE.match(said) and not any(
            piece.form == "clause" or _NARROWS.search(clause.said(piece)) for piece in clause.pieces
        ):  # fmt: skip
            opened = False  # 'Mobile data is required': a subject, no circumstance
        if not opened or (not otherwise and _ASKS.match(said) and not _CASE.match(said)):
            self._acts(block, start, end, levels[-1], number)
            return
        if clause.outcome is not None and not otherwise and self._remarks(block, clause):
            return
        if otherwise:
            while len(levels) > 1 and not any(isinstance(i, Case) for i in levels[-1].items):
                self._verify(levels.pop())
            case = Case(None, "otherwise", number, moment=levels[-1].scope.moment)
        else:
            case = self._case(clause, number, levels)
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

    def _body(self, case: Case, block: Block, start: int, end: int, levels: list[_Level]) -> None:
        """Read a case's own consequence; what follows is under it unless that disposes of it."""
        level = levels[-1]
        level.items.append(case)
        level.scope.pending = False
        inner = _Level(case.body, level.scope.inner(), case)
        if block.prose.text[start:end].strip(" .:,"):
            self._acts(block, start, end, inner, case.statement, under=True)
        last = case.body[-1] if case.body else None
        if block.children or not (isinstance(last, Act) and (last.jump or last.ends)):
            levels.append(inner)

    def _remarks(self, block: Block, clause: Clause) -> bool:
        """'If service is available, the status bar shows a signal': a remark decides nothing."""
        said = clause.said(clause.outcome) if clause.outcome else ""
        return (
            block.kind == "paragraph"
            and ":" not in f"{said}{clause.text[-1:]}"
            and _kind(said) == "state"
            and not (GO.search(said) or _END.search(said) or _DONE.match(said))
        )

    def _answered(self, level: _Level, yes: bool, said: str, number: int) -> Case:
        """'Yes: …' and 'If not, …' by what was asked last."""
        check = level.scope.check
        last = self._meant(level.scope.last or level.scope.asked())
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

    def _case(self, clause: Clause, number: int, levels: list[_Level]) -> Case:
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
                        self._verify(levels.pop())
                    first.moment = levels[-1].scope.moment
                    break
        return first

    def _pole(self, text: str, levels: list[_Level]) -> Condition | None:
        """The denial of a case before, or around, of which these words are the other pole."""
        for level in reversed(levels):
            before = [item for item in level.items if isinstance(item, Case)]
            for other in (*before[-1:], *((level.case,) if level.case is not None else ())):
                if other.condition is not None and poles(other.text, text):
                    return negate(other.condition)
        return None

    def _condition(self, said: str, phrase: bool, number: int, levels: list[_Level]) -> Case:
        """What a circumstance's words mean here; '' is filled in as its text later."""
        scope = levels[-1].scope
        plain = re.sub(r"\s*\([^)]*\)", "", _KNOWN.sub("", said)).strip()
        plain = re.sub(r"\b(?:is|are) (not )?able to\b", lambda m: "cannot" if m[1] else "can",
                       plain)  # fmt: skip
        lasts = bool(_LASTS.search(plain))
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
                self._verify(levels.pop())
            scope = levels[-1].scope
            cases = any(isinstance(item, Case) for item in levels[-1].items)
            check = scope.check if scope.check is not None or cases else scope.asked()
            if check is not None and (condition := self._meant(check)) is not None:
                condition = condition if check.solved else negate(condition)
                return Case(condition if solved else negate(condition), "", number,
                            settles=bool(unsolved), moment=check.moment)  # fmt: skip
            last = self._meant(scope.last)
            if last is not None and not (cases and lasts):
                return Case(last if solved else negate(last), "", number, moment=scope.moment)
            if cases and unsolved:
                return Case(None, "", number, catches=True, moment=scope.moment)
            if not lasts:
                plain = "the problem is solved" if solved else "the problem is not solved"
        condition = self._echo(plain, scope) or self._proposition(plain, phrase)
        scope.last = condition or scope.last
        moment = self._moment(scope, lasts and scope.check is not None)
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

    def _moment(self, scope: _Scope, anew: bool) -> int:
        """The moment of a question; what is 'still' so, or looked at again, is asked anew."""
        if anew and not scope.moment:
            self.moments += 1
            return self.moments
        return scope.moment

    def _echo(self, said: str, scope: _Scope) -> Condition | None:
        """'it does not come out' behind 'if the test page comes out'."""
        if not re.search(r"\b(?:it|they|them|he|she|this|that)\b", said, re.I):
            return None
        last = self._meant(scope.last)
        last = last.operand if isinstance(last, Not) else last
        if not isinstance(last, Truth):
            return None
        label = self.lexicon.atoms[last.variable].label
        denied = re.search(r"\b(?:not|cannot|never)\b|n['’]t\b", said) is not None
        words = outcome_key(re.sub(r"\b(?:not|never)\b", "", said))
        if not words or not words <= outcome_key(label):
            return None
        return Not(operand=last) if denied else last

    # --- acts ---------------------------------------------------------------------------------

    def _acts(
        self, block: Block, start: int, end: int, level: _Level, number: int, under: bool = False
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
        self, block: Block, start: int, end: int, level: _Level, number: int, under: bool
    ) -> None:
        said = block.prose.text[start:end]
        outcome = Outcome(text=said, span=block.prose.span(start, end))
        kind = _kind(said)
        if kind == "state" and not under and not _END.search(said):
            return
        ends = bool(_END.search(said)) and not _NOT_THE_END.search(said)
        level.items.append(Act(outcome, number, kind, ends=ends))
        asks = kind == "ask" or "?" in said or _ASKS.search(said) is not None
        if kind == "do" and not ends and not (asks and _ASKS.match(_bare(said))):
            self.moments += 1
            level.scope.moment = self.moments
        level.scope.pending = level.scope.held
        if asks or (kind == "do" and _AGAIN.search(said)):
            self._ask(said, number, level)

    def _ask(self, said: str, number: int, level: _Level) -> None:
        """What a sentence asks is what 'yes', 'if not' and 'it helped' speak of."""
        scope = level.scope
        question = _QUESTION.search(said)
        asked = question or _ASKS.search(said)
        verifying = scope.moment > 0 or (bool(_AGAIN.search(said)) and not question)
        calls = any(isinstance(item, Act) and item.jump is not None for item in level.items)
        what, solved = "the problem is solved" if verifying else "", True
        if asked is not None:
            what = asked["what"].strip(' .:"”')
            what = asserted(what) if question else what
            solved = not _LASTS.search(what)
            what = re.sub(r"\bstill\s+", "", what)
        if not what or scope.held:  # how to check is told below; what, above
            return
        moment = self._moment(scope, verifying)
        scope.last = scope.check = _Asked(what, said.strip(" .:"), number, solved, moment)
        called = level.case is not None and level.case.call is not None
        scope.pending = verifying or calls or called


def poles(one: str, other: str) -> bool:
    """Whether two cases are the two answers to one question.

    'the display is dark' and 'the display is lit', 'others can print' and 'nobody can print', 'the
    display shows a jam' and 'there is no jam'.
    """
    first, second = _predicate(one), _predicate(other)
    if first is None or second is None or one == other:
        return False
    for (subject, _, rest), (against, _, more) in ((first, second), (second, first)):
        if (
            subject == "there"
            and rest.startswith("no ")
            and rest[3:] in one.lower() + other.lower()
        ):
            if rest[3:] in (more if against != "there" else more.removeprefix("a ")):
                return True
    (subject, verb, rest), (against, head, more) = first, second
    if (verb, rest) == (head, more):
        return bool(_NONE.match(subject)) != bool(_NONE.match(against))
    told = f";{rest};{more}"
    if subject != against or re.search(r"\d|\b(?:more|less|than|and|or)\b|;an? ", told):
        return False
    short = max(len(rest.split()), len(more.split())) <= 3
    return (short and (verb == head or {verb, head} <= _STATES)) or not (rest or more)


_PAIRED = re.compile(r"[\w-]+,? (?:and|or)\b", re.IGNORECASE)
_STATES = {"is", "are", "was", "were", "has", "have"}
_NONE = re.compile(r"(?:no|nobody|none|neither)\b", re.IGNORECASE)


def _predicate(text: str) -> tuple[str, str, str] | None:
    """(subject, first verb, what follows) of a plain clause, in lower case."""
    doc = analyse(text)
    verb = next((t for t in doc if t.tag_ in {"VBZ", "VBP", "VBD", "MD"} and t.i > 0), None)
    if verb is None:
        return None
    low = text.lower()
    return low[: verb.idx].strip(), verb.lower_, low[verb.idx + len(verb) :].strip()


def _analysed(said: str) -> Clause:
    """A sentence's analysis; behind a comma, an order is what is done, not part of the case.

    'if the disk is 95 % full, delete old logs', 'if it is red, repeat step 1'.
    """
    clause = analyse_clause(said)
    for piece in clause.pieces if _CASE.match(said) else ():
        for comma in re.finditer(r",\s+(?:then )?", said[piece.start : piece.end]):
            cut, behind = piece.start + comma.start(), piece.start + comma.end()
            orders = _kind(said[behind:]) != "state" and not _PAIRED.match(said, behind)
            if GO.match(said, behind) or orders:
                clause = analyse_clause(said[:cut] + ":")
                clause.text, clause.outcome = said, (behind, len(said))
                return clause
    return clause


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    position = start
    for match in _PART.finditer(text, start, end):
        if match.start() > position:
            yield position, match.start()
            position = match.end()
    yield position, end


def _bare(said: str) -> str:
    """What is to be done, without whom to ask for it: 'Ask the user to restart' -> 'restart'."""
    return _HELPED.sub("", said, count=1)


def _kind(said: str) -> str:
    """'ask' for what only finds out, 'do' for what is done, 'state' for what is merely so."""
    bare = _bare(said)
    verb = _verb(bare)
    if verb in _INQUIRE or re.search(r"\b(?:again|once more)\b", bare) or (
        re.match(r"(?:do not|don['’]t|never)\b", bare, re.IGNORECASE)
    ):  # fmt: skip
        return "ask"
    if verb in _REPAIR or bare != said or analyse_clause(said).imperative:
        return "do"
    return "ask" if said.endswith("?") else "state"


def _verb(said: str) -> str:
    match = re.match(r"(?:(?:please|then|also|first|now|next|and|to|just|simply|once) )*([\w-]+)",
                     said, re.IGNORECASE)  # fmt: skip
    return re.split("-", match[1].lower())[0] if match else ""


def _continues(act: Act) -> bool:
    """Whether the flow goes on behind an act: a repair or a question, no disposal."""
    verb = _verb(_bare(act.outcome.text))
    return verb in _INQUIRE or verb in _REPAIR or act.kind == "ask"


def _settle(items: list[Item], last: bool) -> None:
    """Mark calls, and the acts that end the flow without saying so."""
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
    leads = closed or last or any(
        isinstance(item, Act) and (item.jump is not None or item.ends)
        for case in cases for item in case.body
    )  # fmt: skip
    for case in cases:
        _settle(case.body, last)
        final = case.body[-1] if case.body else None
        if not isinstance(final, Act) or final.jump is not None or not leads:
            continue
        if not _continues(final):
            final.ends = True
