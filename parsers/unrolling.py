"""Step flows unrolled to decision trees: jumps are copied in, loops are cut.

In: `Flow`s whose steps have been read. Out: a `Workflow` a flow, decided like any other. A branch
is a case or a check of a step; an outcome is what the last step on the way does, in order, and a
leaf's statements are those of all acts on the way. A jump back to a step on the way is not
followed: it is the outcome ('go back to step 2'). A tree of more than `LIMIT` branches,
or of more than `DEEP` on one way, is cut in the middle of the steps that it enters; the step there
then begins a workflow of its own.
What is asked again behind a repair is another circumstance than before ('… after step 1.2').
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from parsers.conditions.logic import negate
from parsers.solving import Asked, Space
from parsers.spec import (
    Branch,
    Condition,
    Diagnostic,
    Leaf,
    Node,
    Outcome,
    Span,
    Variable,
    Workflow,
    variables_of,
)
from parsers.steps import Act, Case, Check, Flow, Item, Step, asking, rename
from parsers.workflows.relations import relation
from parsers.workflows.trees import conditions, leaves

LIMIT, DEEP = 400, 60
_NOTHING = Outcome(text="nothing more")


@dataclass(frozen=True)
class _State:
    """A way through the flow so far.

    asked: how the tests on it came out; route: the steps entered; acts: what the current step
    does; ids: statements of all acts;
    failed: a check said that the repair before it did not help.
    """

    asked: tuple[Asked, ...] = ()
    route: tuple[int, ...] = ()
    acts: tuple[Act, ...] = ()
    ids: tuple[str, ...] = ()
    failed: bool = False
    depth: int = 0

    def did(self, act: Act, ids: Sequence[str]) -> _State:
        return replace(self, acts=(*self.acts, act), ids=(*self.ids, ids[act.statement]))


Onward = Callable[[_State], Node]


class _TooBigError(Exception):
    """`step` is where to cut the tree; None if it is one step that is too big."""

    def __init__(self, step: int | None) -> None:
        super().__init__()
        self.step = step


def unroll(
    flows: Sequence[Flow],
    ids: Sequence[str],
    spans: Sequence[Span],
    variables: dict[str, Variable],
    slug: Callable[[str], str],
) -> tuple[list[Workflow], list[Diagnostic]]:
    """Every flow as a workflow; one that decides nothing is left out.

    Args:
        variables: of the document; circumstances that are asked anew are added to it.
        slug: a fresh workflow id for a title.
    """
    _apart(flows, variables)
    workflows: list[Workflow] = []
    diagnostics: list[Diagnostic] = []
    tree = _Unroller(flows, ids, variables)
    for flow in flows:
        entries, built = [flow.steps[0]], []
        cuts: set[int] = set()
        for entry in entries:  # it grows
            while True:
                try:
                    built.append((entry, *tree.build(entry, cuts)))
                    break
                except _TooBigError as error:
                    if error.step is None:
                        diagnostics.append(_too_big(flow, ids, spans))
                        break
                    cuts.add(error.step)
                    if tree.steps[error.step] in flow.steps:
                        entries.append(tree.steps[error.step])
        told = len(workflows) + len(diagnostics)
        for entry, root, outcomes in built:
            if len({leaf.outcome for leaf in leaves(root) if leaf.outcome is not None}) < 2:
                continue
            title = flow.title if entry is flow.steps[0] else f"{flow.title}, from {entry.name}"
            names = dict.fromkeys(n for c in conditions(root) for n in variables_of(c))
            workflows.append(
                Workflow(
                    id=slug(title),
                    title=title,
                    section=flow.section,
                    variables=tuple(variables[name] for name in names),
                    outcomes=tuple(outcomes),
                    root=root,
                )
            )
        decided = told < len(workflows) + len(diagnostics)
        if built and not decided and any(True for _ in asking([flow])):
            diagnostics.append(_undecided(flow, ids, spans))
    for statement, where in dict.fromkeys(tree.dangling):
        owner = next((w.id for w in workflows if _uses(w, ids[statement])), None)
        diagnostics.append(
            Diagnostic(
                kind="ambiguous",
                message=f"[{ids[statement]}] names {where}, which the document does not have; "
                "the step after it is taken to be meant",
                spans=(spans[statement],),
                statements=(ids[statement],),
                workflow=owner,
                suggestion="name the step by its label",
            )
        )
    return workflows, diagnostics


def _too_big(flow: Flow, ids: Sequence[str], spans: Sequence[Span]) -> Diagnostic:
    inside = sorted(flow.statements)
    return Diagnostic(
        kind="unparsed",
        message=f"{flow.title}: one of its steps holds too many cases for a decision tree",
        spans=tuple(spans[n] for n in inside),
        statements=tuple(ids[n] for n in inside),
        suggestion="split the step",
    )


def _undecided(flow: Flow, ids: Sequence[str], spans: Sequence[Span]) -> Diagnostic:
    """Steps that ask something, but come to one outcome at most: their jumps are misread."""
    inside = sorted(flow.statements)
    return Diagnostic(
        kind="unparsed",
        message=f"{flow.title}: its steps come to nothing that differs from case to case",
        spans=tuple(spans[n] for n in inside),
        statements=tuple(ids[n] for n in inside),
        suggestion="say in each step what is done in which case, and where to go on",
    )


def _uses(workflow: Workflow, statement: str) -> bool:
    return any(statement in decision.statements for decision in workflow.paths())


class _Unroller:
    def __init__(
        self, flows: Sequence[Flow], ids: Sequence[str], variables: dict[str, Variable]
    ) -> None:
        self.flows = flows
        self.ids = ids
        self.variables = variables
        self.steps = [step for flow in flows for step in flow.steps]
        self.home = [flow for flow in flows for _ in flow.steps]
        self.place = {id(step): n for n, step in enumerate(self.steps)}
        self.entered: dict[int, None] = {}
        self.dangling: list[tuple[int, str]] = []
        self.outcomes: list[Outcome] = []
        self.cuts: set[int] = set()
        self.branches = 0

    def build(self, entry: Step, cuts: set[int]) -> tuple[Node, list[Outcome]]:
        """The tree from a step on, in which the steps of `cuts` are not copied, and its outcomes.

        Raises:
            _TooBigError: the tree has too many branches, or is too deep.
        """
        self.outcomes, self.cuts, self.branches = [], cuts, 0
        self.entered = {}
        root = self._step(self.place[id(entry)], _State())
        return root, self.outcomes

    def _too_big(self) -> _TooBigError:
        """Cut in the middle of the steps that the tree has entered."""
        inner = list(self.entered)[1:]
        return _TooBigError(inner[len(inner) // 2] if inner else None)

    # --- steps and jumps ----------------------------------------------------------------------

    def _step(self, key: int, state: _State) -> Node:
        if key in state.route or (state.route and key in self.cuts):
            step = self.steps[key]
            text = f"go on with {_spoken(step)}"
            own = min(step.statements, default=0)
            return self._leaf(state.did(Act(Outcome(text=text), own, "jump"), self.ids))
        self.entered[key] = None
        if len(state.route) > DEEP:
            raise self._too_big()
        state = replace(state, route=(*state.route, key), acts=(), failed=False)
        return self._run(self.steps[key].items, state, self._next)

    def _next(self, state: _State) -> Node:
        """What follows when a step ends without a jump."""
        key = state.route[-1] + 1
        if key < len(self.steps) and self.home[key] is self.home[key - 1]:
            return self._step(key, state)
        return self._leaf(state)

    def _jump(self, act: Act, state: _State) -> Node:
        key = self._target(act, state)
        done = state.did(act, self.ids)
        if key is None:
            return self._leaf(done)
        if key in state.route or key in self.cuts:
            return self._leaf(done)
        return self._step(key, done)

    def _target(self, act: Act, state: _State) -> int | None:
        here = state.route[-1]
        flow, jump = self.home[here], act.jump
        if jump is None:
            return None
        first = self.place[id(flow.steps[0])]
        after = here + 1 if here + 1 < first + len(flow.steps) else None
        if jump.label in {"next", "previous", "first"}:
            return {"next": after, "previous": max(here - 1, first), "first": first}[jump.label]
        own = [n for n, s in enumerate(self.steps) if s.label == jump.label]
        near = [n for n in own if self.home[n] is flow]
        paths = [
            self.place[id(f.steps[0])] for f in self.flows if f.label == jump.label and f.label
        ]
        found = [*paths, *near, *own] if jump.path else [*near, *own, *paths]
        if not found:
            self.dangling.append((act.statement, act.outcome.text))
            return after
        if found[0] in paths and self.home[found[0]] is flow and not jump.back:
            return after  # 'follow Path 2' on Path 2: go on with it
        return found[0]

    # --- items --------------------------------------------------------------------------------

    def _run(self, items: Sequence[Item], state: _State, onward: Onward) -> Node:
        for place, item in enumerate(items):
            if not isinstance(item, Act):
                return self._asked(items[place:], state, onward)
            if item.jump is None:
                state = state.did(item, self.ids)
                if item.ends:
                    return self._leaf(state)
                continue
            key = self._target(item, state)
            if not item.call or (key is not None and self.home[key] is self.home[state.route[-1]]):
                return self._jump(item, state)
            state = replace(state, ids=(*state.ids, self.ids[item.statement]))
        return onward(state)

    def _asked(self, items: Sequence[Item], state: _State, onward: Onward) -> Node:
        """A check, or the cases side by side that come first."""
        cases = [*itertools.takewhile(lambda item: isinstance(item, Case), items)]
        behind = items[max(len(cases), 1) :]
        if isinstance(items[0], Check):
            return self._check(items[0], state, lambda s: self._run(behind, s, onward))
        ordered = self._specific_first([item for item in cases if isinstance(item, Case)])
        return self._cases(ordered, state, lambda s: self._run(behind, s, onward))

    def _check(self, item: Check, state: _State, onward: Onward) -> Node:
        helped = item.condition if item.solved else negate(item.condition)
        if helped is None:
            return onward(state)

        def unsolved(state: _State) -> Node:
            return onward(replace(state, failed=True))

        sides = (self._over, unsolved) if item.solved else (unsolved, self._over)
        return self._branch(item.condition, item.text, item.statement, state, *sides)

    def _cases(self, cases: Sequence[Case], state: _State, onward: Onward) -> Node:
        """Cases side by side: the first that holds; the others only if they are another matter."""
        if not cases:
            return onward(state)
        case, later = cases[0], cases[1:]

        def under(state: _State) -> Node:
            return self._run(case.body, replace(state, failed=False), after)

        def after(state: _State) -> Node:
            if state.failed:
                catching = [other for other in later if other.catches]
                if catching:
                    first = min(catching, key=lambda other: other.statement)
                    behind = [o for o in later if o.statement > first.statement]
                    return self._run(
                        first.body, replace(state, failed=False),
                        lambda s: self._cases(self._others(first, behind), s, onward),
                    )  # fmt: skip
            return self._cases(self._others(case, later), state, onward)

        def other(state: _State) -> Node:
            if case.call is not None:
                return self._leaf(replace(state, acts=(case.call,)))
            if case.settles:
                return self._over(state)
            return self._cases(later, state, onward)

        rest = case.catches and not any(o.condition is not None for o in later)
        if case.condition is None or (rest and case is not cases[0]):
            return under(state)
        return self._branch(case.condition, case.text, case.statement, state, under, other)

    def _others(self, taken: Case, later: Sequence[Case]) -> list[Case]:
        """The cases behind one that was taken which are no alternatives to it."""
        kept: list[Case] = []
        closed = False
        mine = taken.condition
        for case in later:
            if not closed:
                closed = case.condition is None or (
                    mine is not None and case.condition == negate(mine)
                )
                shared = mine is None or case.condition is None or self._alike(mine, case.condition)
                if not kept and (closed or shared or case.catches):
                    continue
            kept.append(case)
        return kept

    def _alike(self, one: Condition, other: Condition) -> bool:
        """Whether two conditions speak of one thing: 'the SIM is missing', 'the SIM is locked'."""
        names = set(variables_of(one)) & set(variables_of(other))
        return bool(names) or bool(self._about(one) & self._about(other))

    def _about(self, condition: Condition) -> set[str]:
        words = set()
        for name in variables_of(condition):
            label = re.split(r" (?:is|are|shows?|has|have|was|were) ", self.variables[name].label)[
                0
            ]
            words |= set(re.findall(r"[a-z0-9-]{3,}", label.lower())) - {"the", "user", "there"}
        return words

    def _specific_first(self, cases: list[Case]) -> list[Case]:
        """The document's order, but a narrower case before the wider one it is carved from."""
        ordered: list[Case] = []
        for case in cases:
            place = len(ordered)
            if case.condition is not None:
                for n, earlier in enumerate(ordered):
                    if earlier.condition is not None and self._inside(
                        case.condition, earlier.condition
                    ):
                        place = n
                        break
            ordered.insert(place, case)
        return ordered

    def _inside(self, one: Condition, other: Condition) -> bool:
        if not set(variables_of(one)) & set(variables_of(other)):
            return False
        space = Space(self.variables, (one, other))
        return relation(((one, True),), ((other, True),), space) == "inside"

    def _possible(self, asked: tuple[Asked, ...]) -> bool:
        return Space(self.variables, (condition for condition, _ in asked)).possible(asked)

    def _branch(
        self,
        condition: Condition,
        text: str,
        statement: int,
        state: _State,
        yes: Onward,
        no: Onward,
    ) -> Node:
        true, false = ((*state.asked, (condition, result)) for result in (True, False))
        if not self._possible(true):
            return no(state)
        if not self._possible(false):
            return yes(state)
        self.branches += 1
        if self.branches > LIMIT or state.depth > DEEP:
            raise self._too_big()
        state = replace(state, depth=state.depth + 1)
        return Branch(
            condition=condition,
            statement=self.ids[statement],
            text=text,
            yes=yes(replace(state, asked=true)),
            no=no(replace(state, asked=false)),
        )

    def _over(self, state: _State) -> Node:
        return self._leaf(state, over=True)

    def _leaf(self, state: _State, over: bool = False) -> Node:
        """The end of a way: its outcome is what the last step does.

        With `over` the matter is settled, so that doing nothing more is an outcome, too.
        """
        told = [act.outcome for act in state.acts if act.kind in {"do", "jump"} or act.ends]
        told = told or [act.outcome for act in state.acts if act.kind == "state"]
        told = told or [act.outcome for act in state.acts]
        ids = tuple(dict.fromkeys(state.ids))
        if not told and not over:
            return Leaf(outcome=None, statements=ids)
        told = told or [_NOTHING]
        text = "; ".join(outcome.text for outcome in told)
        places = [outcome.span for outcome in told if outcome.span is not None]
        span = None
        if places:
            span = Span(start=min(p.start for p in places), end=max(p.end for p in places))
        found = next((n for n, o in enumerate(self.outcomes) if o.text == text), None)
        if found is None:
            found = len(self.outcomes)
            self.outcomes.append(Outcome(text=text, span=span))
        return Leaf(outcome=found, statements=ids)


# --- circumstances that are asked anew --------------------------------------------------------


def _apart(flows: Sequence[Flow], variables: dict[str, Variable]) -> None:
    """Give what is asked behind a repair, and elsewhere too, a variable of its own."""
    asked: dict[str, dict[tuple[str, int], Step]] = {}
    found = list(asking(flows))
    for step, item in found:
        for name in variables_of(item.condition) if item.condition is not None else ():
            if variables[name].type == "boolean":
                asked.setdefault(name, {}).setdefault(_moment(step, item), step)
    renamed: dict[tuple[str, tuple[str, int]], str] = {}
    for name, moments in asked.items():
        again = Counter[str]()
        for (where, moment), step in moments.items():
            if not moment or len(moments) == 1:
                continue
            again[where] += 1
            when = f"after {_spoken(step)}" + (", once more" if again[where] > 1 else "")
            old = variables[name]
            fresh = f"{name}_{re.sub('[^a-z0-9]+', '_', when.lower())}"
            variables[fresh] = old.model_copy(update={
                "name": fresh, "label": f"{old.label} {when}", "negated": f"{old.negated} {when}",
            })  # fmt: skip
            renamed[name, (where, moment)] = fresh
    for step, item in found:
        if item.condition is not None:
            moment = _moment(step, item)
            item.condition = rename(
                item.condition, lambda name, m=moment: renamed.get((name, m), name)
            )


def _spoken(step: Step) -> str:
    match = re.match(r"(?:step|stage|phase)\s+[\w.]*\w", step.name, re.IGNORECASE)
    return match[0].lower() if match else f"step {step.label}"


def _moment(step: Step, item: Case | Check) -> tuple[str, int]:
    return (step.name, item.moment) if item.moment else ("", 0)
