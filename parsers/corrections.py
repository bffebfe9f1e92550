"""Corrections by hand, applied to a parsed specification: `PolicySpec` -> `PolicySpec`, purely.

In: a specification and the `Overrides` of a file. Out: the specification with statements set,
dropped, split and merged and workflows replaced. A correction is applied where its text stands,
whatever has changed elsewhere; where the text is gone, a `stale` diagnostic names the closest one.
A statement's correction reaches the tree of its workflow where its test or outcome stands there as
it was; where it does not, the workflow counts as doubtful until it is corrected itself.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product

from parsers.complexity import complexity
from parsers.conditions import negate_clause
from parsers.expressions import ConditionError, check, condition_of, in_words, nearest, number
from parsers.override_file import (
    Key,
    Overrides,
    Part,
    Row,
    StatementFix,
    VariableFix,
    WorkflowFix,
    text_digest,
)
from parsers.spec import (
    Branch,
    Case,
    Comparison,
    Condition,
    Diagnostic,
    Document,
    Leaf,
    Node,
    Outcome,
    PolicySpec,
    Span,
    Statement,
    Value,
    Variable,
    Workflow,
    atoms,
    holds,
    variables_of,
)

QUOTED = 80
"""Characters of a statement that a message quotes."""


def corrected(spec: PolicySpec, overrides: Overrides) -> PolicySpec:
    """Apply the corrections.

    Raises:
        PolicyError: a correction cannot be: an unknown variable, value, statement or workflow, a
            part that the statement does not hold, or a workflow that leaves a case open.
    """
    state = _State.of(spec, overrides)
    originals = state.statements.copy()
    for name, fix in overrides.statements.items():
        key: Key = ("statements", name)
        if not (fix.text or fix.sha256):
            raise overrides.error(key, f"{name}: give the text (or sha256) that it is for")
        found = corrects(originals, name, fix)
        if found is None:
            state.diagnostics.append(_stale(originals, name, fix, overrides))
        else:
            state.correct(found, fix, key)
    for name, fix in overrides.workflows.items():
        state.replace(name, fix, originals)
    return state.spec(spec)


def workflow_digest(workflow_id: str, statements: Iterable[Statement]) -> str:
    """The digest that a correction of a workflow names: of its statements' words."""
    return text_digest(" ".join(s.text for s in statements if s.workflow == workflow_id))


def corrects(statements: Sequence[Statement], name: str, fix: StatementFix) -> Statement | None:
    """The statement with the correction's text; of several, the one of its name."""
    wanted = fix.sha256 or text_digest(fix.text or "")
    same = [s for s in statements if text_digest(s.text).startswith(wanted)]
    named = [s for s in same if s.id == name]
    return named[0] if named else same[0] if len(same) == 1 else None


def _stale(
    statements: Sequence[Statement], name: str, fix: StatementFix, overrides: Overrides
) -> Diagnostic:
    closest = None
    if fix.text:
        texts = {" ".join(s.text.split()): s for s in statements}
        close = difflib.get_close_matches(" ".join(fix.text.split()), texts, n=1, cutoff=0.5)
        closest = texts[close[0]] if close else None
    if closest is None:
        ids = {s.id: s for s in statements}
        close = difflib.get_close_matches(name, ids, n=1)
        closest = ids[close[0]] if close else None
    where = overrides.place(("statements", name))
    return Diagnostic(
        kind="stale",
        message=f"{where}: the correction of [{name}] is not applied: its text is not there",
        spans=(closest.span,) if closest else (),
        statements=(closest.id,) if closest else (),
        suggestion=f"closest is {_quoted(closest)}; name it instead, or delete the correction"
        if closest
        else "nothing in the document is like it; delete the correction",
    )


def _quoted(statement: Statement) -> str:
    words = " ".join(statement.text.split())
    return f"[{statement.id}] '{words[:QUOTED]}{'…' if len(words) > QUOTED else ''}'"


@dataclass
class _State:
    """The specification while it is being corrected."""

    document: Document
    overrides: Overrides
    variables: dict[str, Variable]
    statements: list[Statement]
    workflows: dict[str, Workflow]
    diagnostics: list[Diagnostic]
    doubtful: dict[str, str] = field(default_factory=dict)
    corrected: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, spec: PolicySpec, overrides: Overrides) -> _State:
        variables = {variable.name: variable for variable in spec.variables}
        for name, fix in overrides.variables.items():
            variables[name] = _variable(name, fix, variables.get(name), overrides)
        workflows = {
            w.id: w.model_copy(update={"variables": tuple(variables[v.name] for v in w.variables)})
            for w in spec.workflows
        }
        return cls(spec.document, overrides, variables, list(spec.statements), workflows,
                   list(spec.diagnostics))  # fmt: skip

    def spec(self, before: PolicySpec) -> PolicySpec:
        """What has come of the specification."""
        for name, told in self.doubtful.items():
            if name in self.workflows:
                self.diagnostics.append(_doubt(self.workflows[name], told))
        kept = {s.id for s in self.statements}
        conditions = [s.condition for s in self.statements if s.condition is not None]
        conditions += [e.condition for s in self.statements for e in s.exceptions]
        conditions += [c for w in self.workflows.values() for c in _conditions(w.root)]
        used = {name for condition in conditions for name in variables_of(condition)}
        return before.model_copy(
            update={
                "statements": tuple(
                    s.model_copy(
                        update={
                            "workflow": s.workflow if s.workflow in self.workflows else None,
                            "references": tuple(r for r in s.references if r in kept),
                        }
                    )
                    for s in self.statements
                ),
                "variables": tuple(
                    limited(v, conditions) for v in self.variables.values() if v.name in used
                ),
                "workflows": tuple(self.workflows.values()),
                "diagnostics": tuple(
                    d.model_copy(update={"statements": tuple(i for i in d.statements if i in kept)})
                    for d in self.diagnostics
                    if d.workflow is None or d.workflow in self.workflows
                ),
            }
        )

    # --- statements --------------------------------------------------------------------------

    def correct(self, statement: Statement, fix: StatementFix, key: Key) -> None:
        """Apply one statement's correction."""
        if statement not in self.statements or statement.id in self.corrected:
            raise self.overrides.error(
                key, f"[{statement.id}] is corrected twice, or merged into another; correct it once"
            )
        self.corrected.add(statement.id)
        place = self.statements.index(statement)
        # what was in doubt about it has been settled by hand
        self.diagnostics = [d for d in self.diagnostics
                            if d.statements != (statement.id,) or d.kind == "stale"]  # fmt: skip
        if fix.drop:
            self.statements.pop(place)
            self._trees(statement, lambda node: _without(node, statement.id))
            self._gap(statement)
            return
        merged = self._merged(place, fix.merge, key) if fix.merge else statement
        changed = self._set(merged, fix, key).model_copy(update={"assisted": None})
        self.statements[place] = changed
        if changed.condition != statement.condition:
            self._retest(statement, changed)
        if changed.outcomes != statement.outcomes:
            self._redirect(statement, changed)
        if fix.split:
            self.statements[place : place + 1] = self._split(changed, fix.split, key)

    def _set(self, statement: Statement, part: Part, key: Key) -> Statement:
        given = part.model_fields_set
        condition, outcomes = statement.condition, statement.outcomes
        if "condition" in given:
            condition = self._condition(part.condition, (*key, "condition"))
        if part.outcomes is not None:
            outcomes = tuple(_outcome(text, statement, self.document) for text in part.outcomes)
        conditional = part.condition is not None
        category = part.category or ("conditional" if conditional else statement.category)
        if category != "conditional":
            for name in ("condition", "outcomes", "complexity"):
                if getattr(part, name):
                    raise self.overrides.error(
                        (*key, name), f"a {category} statement has no {name}; "
                        "leave it out, or set category: conditional",
                    )  # fmt: skip
            return statement.model_copy(
                update={"category": category, "complexity": None, "condition": None,
                        "condition_spans": (), "outcomes": (), "exceptions": ()}
            )  # fmt: skip
        kept = (category, condition, outcomes) == (
            statement.category, statement.condition, statement.outcomes
        )  # fmt: skip
        told = part.complexity or (statement.complexity if kept else None) or complexity(
            condition, outcomes, statement.exceptions, statement.workflow
        )  # fmt: skip
        return statement.model_copy(
            update={"category": category, "complexity": told, "condition": condition,
                    "outcomes": outcomes}
        )  # fmt: skip

    def _condition(self, given: str | Condition | None, key: Key) -> Condition | None:
        if given is None:
            return None
        try:
            if isinstance(given, str):
                return condition_of(given, self.variables)
            check(given, self.variables)
        except ConditionError as error:
            raise self.overrides.error(key, str(error)) from None
        return given

    def _merged(self, place: int, names: Sequence[str], key: Key) -> Statement:
        """The statement with those that follow it made one with it."""
        following = self.statements[place + 1 : place + 1 + len(names)]
        if [s.id for s in following] != list(names):
            told = ", ".join(s.id for s in following) or "nothing"
            raise self.overrides.error((*key, "merge"), f"behind it comes {told}; name just that")
        del self.statements[place + 1 : place + 1 + len(names)]
        one = self.statements[place]
        parts = [one, *following]
        span = Span(start=one.span.start, end=max(s.span.end for s in parts))
        for other in following:
            self._trees(other, lambda node, gone=other.id: _renamed(node, gone, one.id))
        return one.model_copy(
            update={
                "span": span,
                "text": self.document.quote(span),
                "condition": next((s.condition for s in parts if s.condition is not None), None),
                "condition_spans": tuple(x for s in parts for x in s.condition_spans),
                "outcomes": tuple(x for s in parts for x in s.outcomes),
                "exceptions": tuple(x for s in parts for x in s.exceptions),
                "images": tuple(x for s in parts for x in s.images),
                "workflow": next((s.workflow for s in parts if s.workflow is not None), None),
            }
        )

    def _split(self, statement: Statement, parts: Sequence[Part], key: Key) -> list[Statement]:
        """The parts of a statement; what was read of it goes to the part that holds its words."""
        result: list[Statement] = []
        start = statement.span.start
        taken = {s.id for s in self.statements} - {statement.id}
        for index, part in enumerate(parts):
            where: Key = (*key, "split", index)
            rest = Span(start=start, end=statement.span.end)
            span = self.document.find(part.text or "", rest)
            if span is None:
                raise self.overrides.error(
                    where, "its text does not stand in the statement behind the part before it"
                )
            self._all_said(self.document.text[start : span.start], where)
            start = span.end
            name = next(n for i in range(1, len(taken) + 2)
                        if (n := statement.id if i == 1 else f"{statement.id}-{i}")
                        not in taken)  # fmt: skip
            taken.add(name)
            has = [s for s in statement.condition_spans if _inside(s, span)]
            piece = statement.model_copy(
                update={
                    "id": name,
                    "text": self.document.quote(span),
                    "span": span,
                    "condition": statement.condition if has else None,
                    "condition_spans": tuple(has),
                    "outcomes": tuple(o for o in statement.outcomes if _inside(o.span, span)),
                    "exceptions": tuple(e for e in statement.exceptions if _inside(e.span, span)),
                    "images": tuple(i for i in statement.images if _inside(i.span, span)),
                    "workflow": statement.workflow if not result else None,
                }
            )
            result.append(self._set(piece, part, where))
        self._all_said(self.document.text[start : statement.span.end], (*key, "split"))
        return result

    def _all_said(self, between: str, key: Key) -> None:
        if any(character.isalnum() for character in between):
            raise self.overrides.error(
                key, f"no part has the words '{' '.join(between.split())}'; give them to one"
            )

    # --- the trees that a statement is part of -----------------------------------------------

    def _trees(self, statement: Statement, change: Callable[[Node], Node]) -> None:
        """Change the trees that cite a statement; one that decides nothing any more goes."""
        for workflow in list(self.workflows.values()):
            if statement.id not in _cited(workflow.root):
                continue
            root = change(workflow.root)
            if isinstance(root, Branch):
                self.workflows[workflow.id] = _rebuilt(workflow, root, self.variables)
            else:
                del self.workflows[workflow.id]

    def _gap(self, dropped: Statement) -> None:
        workflow = self.workflows.get(dropped.workflow or "")
        case = undecided(workflow) if workflow else None
        if workflow is not None and case is not None:
            self.diagnostics.append(
                Diagnostic(
                    kind="gap",
                    message=f"{workflow.title}: without [{dropped.id}], which was dropped, no rule "
                    f"says what to do when {_told(case)}",
                    workflow=workflow.id,
                    suggestion="add a rule for it, or correct the workflow too",
                )
            )

    def _retest(self, before: Statement, after: Statement) -> None:
        if before.workflow is None:
            return
        found = False

        def change(node: Node) -> Node:
            nonlocal found
            if not isinstance(node, Branch):
                return node
            mine = node.statement == before.id and node.condition == before.condition
            found |= mine
            condition = after.condition if mine and after.condition is not None else node.condition
            text = in_words(condition, self.variables) if mine else node.text
            return node.model_copy(
                update={"condition": condition, "text": text, "yes": change(node.yes),
                        "no": change(node.no)}
            )  # fmt: skip

        self._trees(before, change)
        if not found or after.condition is None:
            self.doubtful[before.workflow] = before.id

    def _redirect(self, before: Statement, after: Statement) -> None:
        if before.workflow is None or (workflow := self.workflows.get(before.workflow)) is None:
            return
        others = [s for s in self.statements if s.workflow == workflow.id and s.id != before.id]
        texts = [outcome.text for outcome in workflow.outcomes]
        pairs = list(zip(before.outcomes, after.outcomes, strict=False))
        clear = len(before.outcomes) == len(after.outcomes) and all(
            old == new or (
                old.text in texts
                and not any(o.text == old.text for s in others for o in s.outcomes)
            )
            for old, new in pairs
        )  # fmt: skip
        if not clear:
            self.doubtful[workflow.id] = before.id
            return
        new = {old.text: new for old, new in pairs}
        self.workflows[workflow.id] = workflow.model_copy(
            update={"outcomes": tuple(new.get(o.text, o) for o in workflow.outcomes)}
        )

    # --- workflows ---------------------------------------------------------------------------

    def replace(self, name: str, fix: WorkflowFix, originals: Sequence[Statement]) -> None:
        """Put rows written by hand in the place of a workflow's tree."""
        key: Key = ("workflows", name)
        old = self.workflows.get(name)
        digests = {s.workflow: workflow_digest(s.workflow, originals)
                   for s in originals if s.workflow is not None}  # fmt: skip
        if old is None or not digests.get(name, "").startswith(fix.sha256):
            same = next((w for w, d in digests.items() if d.startswith(fix.sha256)), None)
            old = self.workflows.get(same) if same else None
        if old is None:
            close = difflib.get_close_matches(name, self.workflows, n=1, cutoff=0.5)
            told = close[0] if close else ""
            ids = tuple(s.id for s in self.statements if told and s.workflow == told)
            self.diagnostics.append(
                Diagnostic(
                    kind="stale",
                    message=f"{self.overrides.place(key)}: the correction of the workflow {name!r} "
                    "is not applied: the text of its statements is not there as it was",
                    spans=tuple(s.span for s in self.statements if s.id in ids),
                    statements=ids,
                    suggestion=f"look at the workflow {told!r} again, then give its sha256: "
                    f"{digests[told][:12]}"
                    if told in digests
                    else "delete the correction",
                )
            )
            return
        own = [s for s in self.statements if s.workflow == old.id]
        outcomes: list[Outcome] = []
        first = own[0].id if own else self.statements[0].id
        root = self._rows(fix.rows, (*key, "rows"), (first,), own, outcomes)
        workflow = _rebuilt(old.model_copy(update={"outcomes": tuple(outcomes)}), root,
                            self.variables)  # fmt: skip
        case = undecided(workflow)
        if case is not None:
            raise self.overrides.error(
                (*key, "rows"),
                f"no row decides when {_told(case)}; add a row, or a last one `else: …`",
            )
        self.workflows[old.id] = workflow
        self.doubtful.pop(old.id, None)
        ids = {s.id for s in own} | set(_cited(root))
        self.diagnostics = [
            d for d in self.diagnostics
            if d.kind == "stale" or (d.workflow != old.id and not (
                d.kind in ("gap", "conflict", "unreachable") and set(d.statements) <= ids))
        ]  # fmt: skip

    def _rows(
        self, rows: Sequence[Row], key: Key, above: tuple[str, ...], own: Sequence[Statement],
        outcomes: list[Outcome],
    ) -> Node:  # fmt: skip
        """Rows as a chain of branches; a last row without `else` leaves a gap."""
        node: Node = Leaf(outcome=None)
        for index, row in reversed(list(enumerate(rows))):
            where: Key = (*key, index)
            ids = [s.id for s in self.statements]
            for name in filter(None, (row.rule, *row.statements)):
                if name not in ids:
                    raise self.overrides.error(where, f"no statement {name!r}{nearest(name, ids)}")
            statements = row.statements or above
            rule = row.rule or statements[0]
            then, name = (row.then, "then") if row.test is not None else (row.other, "else")
            if then is None or (row.test is not None and row.other is not None) or (
                row.test is None and (row.then is not None or index < len(rows) - 1)
            ):  # fmt: skip
                raise self.overrides.error(
                    where, "a row is `if: … then: …`, and the last one may be `else: …`"
                )
            if isinstance(then, str):
                below: Node = Leaf(outcome=_index(then, own, outcomes, self.document),
                                   statements=statements)  # fmt: skip
            else:
                below = self._rows(then, (*where, name), (rule,), own, outcomes)
            condition = self._condition(row.test, (*where, "if"))
            if condition is None:
                node = below
                continue
            text = in_words(condition, self.variables)
            node = Branch(condition=condition, statement=rule, text=text, yes=below, no=node)
        return node


def undecided(workflow: Workflow) -> Case | None:
    """A case that the tree leaves open; None when it decides every one."""
    values = {v.name: _regions(v, workflow.root) for v in workflow.variables}

    def search(node: Node, case: dict[str, Value]) -> Case | None:
        if not isinstance(node, Branch):
            return case if node.outcome is None else None
        names = [name for name in variables_of(node.condition) if name not in case]
        for chosen in product(*(values[name] for name in names)):
            known = case | dict(zip(names, chosen, strict=True))
            found = search(node.yes if holds(node.condition, known) else node.no, known)
            if found is not None:
                return found
        return None

    return search(workflow.root, {})


def _limits(name: str, conditions: Iterable[Condition]) -> set[float]:
    """The numbers that conditions compare a variable with."""
    asked = (atom for condition in conditions for atom in atoms(condition))
    return {a.value for a in asked if isinstance(a, Comparison) and a.variable == name}


def limited(variable: Variable, conditions: Iterable[Condition]) -> Variable:
    """The variable with every number that it is compared with among its thresholds."""
    limits = {*variable.thresholds, *_limits(variable.name, conditions)}
    return variable.model_copy(update={"thresholds": tuple(sorted(limits))})


def _variable(name: str, fix: VariableFix, old: Variable | None, overrides: Overrides) -> Variable:
    """A variable as it is declared, with the wording that was left out."""
    key: Key = ("variables", name)
    if old is not None and old.type != fix.type:
        raise overrides.error(key, f"{name} is a {old.type} already; give it another name")
    if fix.type == "category" and len(fix.values) < 2:
        raise overrides.error(key, f"{name}: a category needs its values, two at least")
    if old is not None and not set(old.values) <= set(fix.values):
        gone = sorted(set(old.values) - set(fix.values))
        raise overrides.error((*key, "values"), f"{name}: {gone} is asked about; keep it")
    variable = worded(Variable(name=name, thresholds=old.thresholds if old else (),
                               **fix.model_dump()))  # fmt: skip
    if fix.type != "boolean" and "{value}" not in variable.clause:
        raise overrides.error((*key, "clause"), f"{name}: put {{value}} where the value goes")
    return variable


def worded(variable: Variable) -> Variable:
    """The variable with the wording that was left out."""
    if variable.type == "boolean":
        wording = {"negated": variable.negated or negate_clause(variable.label)}
    else:
        plain = f"{variable.label} is {{value}} {variable.unit}".rstrip()
        wording = {"clause": variable.clause or plain}
    return variable.model_copy(update=wording)


def _told(case: Case) -> str:
    told = {name: number(v) if isinstance(v, float) else str(v).lower() for name, v in case.items()}
    return ", ".join(f"{name} = {value}" for name, value in told.items()) or "nothing is known"


def _regions(variable: Variable, root: Node) -> tuple[Value, ...]:
    """One value for each region that a tree's comparisons make; all values of other variables."""
    if variable.type == "boolean":
        return (True, False)
    if variable.type == "category":
        return variable.values
    limits = sorted(_limits(variable.name, _conditions(root)))
    if variable.integer:
        return tuple(sorted({limit + step for limit in limits for step in (-1, 0, 1)}))
    between = [(one + other) / 2 for one, other in pairwise(limits)]
    return (limits[0] - 1, *limits, *between, limits[-1] + 1) if limits else (0.0,)


def _rebuilt(workflow: Workflow, root: Node, variables: dict[str, Variable]) -> Workflow:
    """The workflow around another tree, with the variables that it asks about."""
    names = dict.fromkeys(n for c in _conditions(root) for n in variables_of(c))
    conditions = list(_conditions(root))
    used = sorted({leaf.outcome for leaf in _leaves(root) if leaf.outcome is not None})
    return workflow.model_copy(
        update={
            "root": _renumbered(root, {old: new for new, old in enumerate(used)}),
            "variables": tuple(limited(variables[name], conditions) for name in names),
            "outcomes": tuple(workflow.outcomes[index] for index in used),
        }
    )


def _renumbered(node: Node, numbers: dict[int, int]) -> Node:
    if isinstance(node, Branch):
        return node.model_copy(
            update={
                "yes": _renumbered(node.yes, numbers),
                "no": _renumbered(node.no, numbers),
            }
        )
    outcome = None if node.outcome is None else numbers[node.outcome]
    return node.model_copy(update={"outcome": outcome})


def _leaves(node: Node) -> Iterable[Leaf]:
    if isinstance(node, Branch):
        yield from _leaves(node.yes)
        yield from _leaves(node.no)
    else:
        yield node


def _conditions(node: Node) -> Iterable[Condition]:
    if isinstance(node, Branch):
        yield node.condition
        yield from _conditions(node.yes)
        yield from _conditions(node.no)


def _cited(node: Node) -> tuple[str, ...]:
    if isinstance(node, Branch):
        return (node.statement, *_cited(node.yes), *_cited(node.no))
    return node.statements


def _renamed(node: Node, old: str, new: str) -> Node:
    if isinstance(node, Branch):
        return node.model_copy(
            update={
                "statement": new if node.statement == old else node.statement,
                "yes": _renamed(node.yes, old, new),
                "no": _renamed(node.no, old, new),
            }
        )
    names = (new if name == old else name for name in node.statements)
    return node.model_copy(update={"statements": tuple(dict.fromkeys(names))})


def _without(node: Node, gone: str) -> Node:
    """The tree as if a rule were not there: its tests fail, and what it decides is open."""
    if isinstance(node, Branch):
        if node.statement == gone:
            return _without(node.no, gone)
        return node.model_copy(
            update={"yes": _without(node.yes, gone), "no": _without(node.no, gone)}
        )
    decided = node.statements[-1:] == (gone,)
    return node.model_copy(
        update={
            "outcome": None if decided else node.outcome,
            "statements": tuple(name for name in node.statements if name != gone),
        }
    )


def _doubt(workflow: Workflow, statement_id: str) -> Diagnostic:
    return Diagnostic(
        kind="ambiguous",
        message=f"{workflow.title}: [{statement_id}] was corrected, and the tree still decides by "
        "what was read before",
        statements=(statement_id,),
        workflow=workflow.id,
        suggestion=f"correct it too, in the overrides under workflows: {workflow.id}:",
    )


def _outcome(text: str, statement: Statement, document: Document) -> Outcome:
    """An outcome of a statement, with its place if its words stand there."""
    for outcome in statement.outcomes:
        if outcome.text == text:
            return outcome
    return Outcome(text=text, span=document.find(text, statement.span))


def _index(text: str, own: Sequence[Statement], outcomes: list[Outcome], document: Document) -> int:
    """Where an outcome stands among a workflow's, after it was added if it is new."""
    for index, outcome in enumerate(outcomes):
        if outcome.text == text:
            return index
    told = [_outcome(text, statement, document) for statement in own]
    outcomes.append(next((o for o in told if o.span is not None), Outcome(text=text)))
    return len(outcomes) - 1


def _inside(inner: Span | None, outer: Span) -> bool:
    return inner is not None and outer.start <= inner.start and inner.end <= outer.end
