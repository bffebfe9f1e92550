"""Step flows: 'Step 1.2: check X. If yes, go to Step 1.3; if not, go to Path 2.'

In: a document's blocks and where its statements begin. Out: `Flow`s, sequences of `Step`s that
name one another; their items are read by `parsers.programs` and unrolled to decision trees by
`parsers.unrolling`. Steps are headings ('Step 2', '2.1 Disk space'), paragraphs ('Step A. …',
'3. …') or the items of a numbered list; a heading with steps under it is a path ('Path 1: No
service'). Numbered rules none of which sends to another are no flow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from parsers.blocks import Block, Prose
from parsers.language import NUMBER_WORDS
from parsers.spec import (
    And,
    Comparison,
    Condition,
    Document,
    Membership,
    Not,
    Or,
    Outcome,
    Truth,
)

_STEPS = r"steps?|stages?|phases?|questions?|points?|numbers?|items?|tasks?|conditions?"
_PATHS = r"paths?|parts?|flows?|branch(?:es)?|scenarios?|tracks?|sections?|procedures?|chapters?"
_DIGITS = r"\d+(?:\.\d+)*[a-z]?"
_WORDS = "|".join(w for w, n in NUMBER_WORDS.items() if 1 <= n <= 20)
_NAME = rf"{_DIGITS}|(?:{_WORDS})\b|[A-Za-z]\b"
MARK = re.compile(
    rf"\W*(?:(?:(?P<kind>{_STEPS}|{_PATHS})\s+(?:no\.?\s*|#\s*)?(?P<label>{_NAME}))|"
    rf"(?P<number>{_DIGITS}))(?:\s*[:.)–—-]+\s*|\s+|$)",
    re.IGNORECASE,
)
GO = re.compile(
    r"\b(?P<verb>go(?:es)?|proceeds?|continues?|carry on|carries on|moves?|skips?|jumps?|turn|"
    r"advances?|returns?|come|start|"
    r"restart|repeat|resume|follow|use|work through|run through|see|try)\b"
    r"(?P<way>(?:\s+(?:on|back|ahead|straight|directly|over|down|forward|again|through|right|"
    r"instead|immediately|then))*)"
    r"(?:\s+(?:to|with|at|from|in))?(?:\s+the)?\s+"
    rf"(?:(?P<kind>{_STEPS}|{_PATHS})\s+(?P<label>{_NAME})|(?P<number>{_DIGITS})"
    r"(?=\s*(?:$|[,;)]|\.(?!\d))|\s(?:but )?(?:only )?(?:if|when|unless|provided)\b)|"
    r"(?P<next>next|following|subsequent) (?:step|stage|question|point)\b|"
    r"(?P<previous>previous|preceding|last) (?:step|stage|question|point)\b|"
    r"(?P<first>(?:first step|beginning|start|top)\b))",
    re.IGNORECASE,
)
ALONE = re.compile(  # 'Yes → Stage 2'
    rf"[\s*_]*(?P<verb>)(?P<way>)(?P<next>)(?P<previous>)(?P<first>)(?P<kind>{_STEPS}|{_PATHS})\s+"
    rf"(?P<label>{_NAME})[\s.*_]*",
    re.IGNORECASE,
)
_REFERS = re.compile(  # these may name a rule as well as a step
    r"(?:follow|use|see|try)\b|.*\b(?:sections?|chapters?|parts?)\b", re.IGNORECASE
)


# --- what a step is -------------------------------------------------------------------------


@dataclass
class Act:
    """Something done, asked or stated; `jump` leads elsewhere, `call` comes back."""

    outcome: Outcome
    statement: int
    kind: str
    jump: Jump | None = None
    ends: bool = False
    call: bool = False


@dataclass(frozen=True)
class Jump:
    """Where a wording leads: `label` of a step or path, or 'next', 'previous', 'first'."""

    label: str
    path: bool = False
    back: bool = False


@dataclass
class Case:
    """A condition and what is done under it; a condition of None takes what is left.

    catches: taken up, too, when a repair in a case before it did not help.
    settles: a check that it is denied ends the flow: 'if there is still no connection, …'.
    call: the call that the condition is the way back from.
    """

    condition: Condition | None
    text: str
    statement: int
    body: list[Item] = field(default_factory=list)
    catches: bool = False
    settles: bool = False
    call: Act | None = None
    moment: int = 0


@dataclass
class Check:
    """Whether a repair helped: the flow ends when the condition is as `solved` says."""

    condition: Condition
    text: str
    statement: int
    solved: bool = True
    moment: int = 0


Item = Act | Case | Check


@dataclass
class Step:
    label: str
    name: str
    blocks: list[Block]
    items: list[Item] = field(default_factory=list)
    statements: set[int] = field(default_factory=set)

    def prose(self) -> Iterator[Prose]:
        stack = [*self.blocks]
        while stack:
            block = stack.pop()
            yield block.prose
            stack += block.children


@dataclass
class Flow:
    """Steps of one path, in order; `label` is the path's, '' when it has none."""

    label: str
    title: str
    section: tuple[str, ...]
    steps: list[Step]
    listed: bool = False

    @property
    def statements(self) -> set[int]:
        return set[int]().union(*(step.statements for step in self.steps))


def walk(items: Sequence[Item]) -> Iterator[Item]:
    for item in items:
        yield item
        if isinstance(item, Case):
            yield from walk(item.body)


def asking(flows: Sequence[Flow]) -> Iterator[tuple[Step, Case | Check]]:
    seen: set[int] = set()
    for flow in flows:
        for step in flow.steps:
            for item in walk(step.items):
                if not isinstance(item, Act) and id(item) not in seen:
                    seen.add(id(item))
                    yield step, item


def rename(condition: Condition, name: Callable[[str], str]) -> Condition:
    match condition:
        case Truth(variable=old) | Comparison(variable=old) | Membership(variable=old):
            return condition.model_copy(update={"variable": name(old)})
        case Not(operand=operand):
            return Not(operand=rename(operand, name))
        case And(operands=operands):
            return And(operands=tuple(rename(o, name) for o in operands))
        case Or(operands=operands):
            return Or(operands=tuple(rename(o, name) for o in operands))
        case _:
            return condition


# --- finding them ---------------------------------------------------------------------------


def flows(document: Document, blocks: Sequence[Block], starts: Sequence[int]) -> list[Flow]:
    """The step flows of a document: steps of which some text names another; without items yet.

    Args:
        starts: where each statement begins in the document.
    """
    apart = [flow for flow in _listed(blocks) if _closed(flow)]
    inside = _blocks(apart)
    found = [*_headed(document, [block for block in blocks if id(block) not in inside])]
    inside |= _blocks(found)
    found += _listed([block for block in blocks if id(block) not in inside])
    found += apart
    found = [flow for flow in found if len(flow.steps) > 1 or flow.label]
    for flow in found:
        flow.title = flow.title or document.name
    paths = {flow.label for flow in found if flow.label}
    kept: set[int] = set()
    named: set[str] = set()
    for flow in found:
        labels = {step.label for step in flow.steps}
        for match in (m for step in flow.steps for m in _mentions(step.blocks)):
            jump = jump_of(match)
            if jump.path:
                named.add(jump.label)
            if not _REFERS.match(match[0]) and jump.label in (
                paths if jump.path else labels | paths
            ):
                kept.add(id(flow))
    if not kept:
        return []
    at = {start: number for number, start in enumerate(starts)}
    found = [flow for flow in found if id(flow) in kept or (flow.label and flow.label in named)]
    for step in (step for flow in found for step in flow.steps):
        offsets = (offset for prose in step.prose() for offset in prose.offsets)
        step.statements = {at[offset] for offset in offsets if offset in at}
    return found


def _blocks(found: Sequence[Flow]) -> set[int]:
    return {id(block) for flow in found for step in flow.steps for block in step.blocks}


def _closed(flow: Flow) -> bool:
    """Whether a list's steps name one another and nothing else, under no heading that is itself
    called a step: 'step 2' is then the list's, whatever number a heading has."""
    if any((mark := MARK.match(title)) and mark["kind"] for title in flow.section):
        return False
    jumps = [jump_of(match) for step in flow.steps for match in _mentions(step.blocks)]
    labels = {step.label for step in flow.steps}
    return bool(jumps) and all(not jump.path and jump.label in labels for jump in jumps)


def _headed(document: Document, blocks: Sequence[Block]) -> Iterator[Flow]:
    """Sections whose headings are labelled; one with labelled sections under it is a path."""
    marks: dict[tuple[str, ...], re.Match[str]] = {}
    for section in document.sections:
        start = section.span.start
        line = document.text[start : document.text.find("\n", start)].lstrip("# ")
        if mark := MARK.match(line):
            marks[section.path] = mark
    over = {path[:n] for path in marks for n in range(1, len(path))}
    own: dict[tuple[str, ...], list[Block]] = {}
    for block in blocks:
        for n in range(1, len(block.section) + 1):
            own.setdefault(block.section[:n], []).append(block)
    homes: dict[tuple[str, ...], list[Step]] = {}
    for path, mark in marks.items():
        if path not in over and path in own and not _sectional(mark, own[path]):
            name = path[-1] if MARK.match(path[-1]) else f"{_label(mark)} {path[-1]}"
            homes.setdefault(path[:-1], []).append(Step(_label(mark), name, own[path]))
    for home, steps in homes.items():
        label = _label(marks[home]) if home in marks else ""
        yield Flow(label, home[-1] if home else document.name, home, steps)


def _sectional(mark: re.Match[str], blocks: Sequence[Block]) -> bool:
    """Whether a heading, '4. Freezing', numbers a section whose paragraphs are numbered, '4.1 …'.

    The sections of a policy are no steps of one procedure; their paragraphs may be.
    """
    return not mark["kind"] and any(
        block.label.startswith(f"{mark['number']}.") and block.kind == "paragraph"
        for block in blocks
    )


def _listed(blocks: Sequence[Block]) -> Iterator[Flow]:
    """Labelled paragraphs, or the items of a numbered list, section by section."""
    steps: list[Step] = []
    section: tuple[str, ...] = ()
    for block in [*blocks, None]:
        other = steps and block and block.label and block.kind != steps[0].blocks[0].kind
        if block is None or block.section != section or other:
            if steps:
                yield Flow("", section[-1] if section else "", section, steps, listed=True)
            steps, section = [], block.section if block else ()
        if block is None or block.kind == "row":
            continue
        mark = MARK.match(block.prose.text)
        label = ""
        if mark and mark["kind"] and re.search(r"[:.)–—-]\s*$", mark[0]):
            label = _label(mark)
        elif re.fullmatch(_DIGITS, block.label):
            label = block.label.lower()
        if label and label not in {step.label for step in steps}:
            steps.append(Step(label, f"Step {label}", [block]))
        elif steps and steps[-1].blocks[0].kind == "paragraph":
            steps[-1].blocks.append(block)


def _label(mark: re.Match[str]) -> str:
    said = (mark["label"] or mark["number"]).lower()
    return f"{NUMBER_WORDS[said]:g}" if said in NUMBER_WORDS else said


def jump_of(match: re.Match[str]) -> Jump:
    back = bool(
        re.search(r"\b(?:back|again)\b", match["way"] or "")
        or match["verb"].lower() in {"return", "restart", "repeat", "start", "come"}
    )
    for name in ("next", "previous", "first"):
        if match[name]:
            return Jump(name, back=back)
    path = bool(match["kind"] and re.fullmatch(_PATHS, match["kind"], re.IGNORECASE))
    return Jump(_label(match), path, back)


def _mentions(blocks: Sequence[Block]) -> Iterator[re.Match[str]]:
    for block in blocks:
        yield from GO.finditer(block.prose.text)
        yield from _mentions(block.children)


def leads(text: str) -> bool:
    """Whether a text tells to go to a step."""
    return GO.search(text) is not None
