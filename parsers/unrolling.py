"""Step flows unrolled to decision trees: jumps are copied in, loops are cut.

In: `Flow`s whose steps have been read. Out: a `Workflow` a flow, decided like any other. A branch
is a case or a check of a step; an outcome is what the last step on the way does, in order, and a
leaf's statements are those of all acts on the way. A jump back to a step on the way is not
followed: it is the outcome ('go back to step 2'). A tree that would exceed `LIMIT` branches is cut
at the step it enters most often; that step then begins a workflow of its own.
What is asked again behind a repair is another circumstance than before ('… after step 1.2').
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from parsers.conditions import negate
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
from parsers.workflows import conditions, leaves, relation

LIMIT = 400
_NOTHING = Outcome(text="nothing more")


@dataclass(frozen=True)
class _State:
    """A way through the flow so far.

    asked: how the tests on it came out; route: the steps entered; acts: what the current step does; ids: statements of all acts;
    failed: a check said that the repair before it did not help.
    """

    asked: tuple[Asked, ...] = ()
    route: tuple[int, ...] = ()
    acts: tuple[Act, ...] = ()
    ids: tuple[str, ...] = ()
    failed: bool = False

    def did(self, act: Act, ids: Sequence[str]) -> _State:
        return replace(self, acts=(*self.acts, act), ids=(*self.ids, ids[act.statement]))


Onward = Callable[[_State], Node]


class _TooBigError(Exception):
    pass


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
        entries, cuts = [flow.steps[0]], set[int]()
        while True:
            try:
                built = [(entry, *tree.build(flow, entry, cuts)) for entry in entries]
                break
            except _TooBigError:
                often = [key for key, _ in tree.entered.most_common() if key not in cuts]
                often = [key for key in often if tree.steps[key] not in entries]
                if not often:
                    built = []
                    break
                cuts.add(often[0])
                if tree.steps[often[0]] in flow.steps:
                    entries.append(tree.steps[often[0]])
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
        self.entered: Counter[int] = Counter()
        self.dangling: list[tuple[int, str]] = []
        self.outcomes: list[Outcome] = []
        self.cuts: set[int] = set()
        self.branches = 0

    def build(self, flow: Flow, entry: Step, cuts: set[int]) -> tuple[Node, list[Outcome]]:
        self.outcomes, self.cuts, self.branches = [], cuts, 0
        self.entered = Counter()
        root = self._step(self.place[id(entry)], _State())
        return root, self.outcomes

    # --- steps and jumps ----------------------------------------------------------------------

    def _step(self, key: int, state: _State) -> Node:
        if key in state.route or (state.route and key in self.cuts):
            return self._leaf(state)
        self.entered[key] += 1
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
        if not items:
            return onward(state)
        item, rest = items[0], items[1:]
        if isinstance(item, Case):
            several = [item]
            for other in rest:
                if not isinstance(other, Case):
                    break
                several.append(other)
            behind = items[len(several) :]
            return self._cases(
                self._specific_first(several), state, lambda s: self._run(behind, s, onward)
            )
        if isinstance(item, Check):
            return self._check(item, state, lambda s: self._run(rest, s, onward))
        if item.jump is not None:
            key = self._target(item, state)
            if not item.call or (key is not None and self.home[key] is self.home[state.route[-1]]):
                return self._jump(item, state)
            ids = (*state.ids, self.ids[item.statement])
            return self._run(rest, replace(state, ids=ids), onward)
        state = state.did(item, self.ids)
        return self._leaf(state) if item.ends else self._run(rest, state, onward)

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
        if self.branches > LIMIT:
            raise _TooBigError
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
