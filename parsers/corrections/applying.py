"""Corrections by hand, applied to a parsed specification: `PolicySpec` -> `PolicySpec`, purely.

In: a specification and the `Overrides` of a file. Out: the specification with statements set,
dropped, split and merged and workflows replaced. A correction is applied where its text stands,
whatever has changed elsewhere; where the text is gone, a `stale` diagnostic names the closest one.
A statement's correction reaches the tree of its workflow where its test or outcome stands there as
it was; where it does not, the workflow counts as doubtful until it is corrected itself.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from parsers.complexity import complexity
from parsers.corrections.matching import find, stale, workflow_digest
from parsers.corrections.trees import cited, rebuilt, renamed, undecided, without
from parsers.corrections.variables import declared, limited
from parsers.expressions import ConditionError, check, condition_of, in_words, nearest, number
from parsers.override_file import Key, Overrides, Part, Row, StatementFix, WorkflowFix
from parsers.spec import (
    Branch,
    Case,
    Condition,
    Diagnostic,
    Document,
    Leaf,
    Node,
    Outcome,
    PolicySpec,
    Span,
    Statement,
    Variable,
    Workflow,
    variables_of,
)
from parsers.workflows.trees import conditions


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
        found = find(originals, name, fix)
        if found is None:
            state.diagnostics.append(stale(originals, name, fix, overrides))
        else:
            state.correct(found, fix, key)
    for name, fix in overrides.workflows.items():
        state.replace(name, fix, originals)
    return state.spec(spec)


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
            variables[name] = declared(name, fix, variables.get(name), overrides)
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
        tested = [s.condition for s in self.statements if s.condition is not None]
        tested += [e.condition for s in self.statements for e in s.exceptions]
        tested += [c for w in self.workflows.values() for c in conditions(w.root)]
        used = {name for condition in tested for name in variables_of(condition)}
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
                    limited(v, tested) for v in self.variables.values() if v.name in used
                ),
                "workflows": tuple(self.workflows.values()),
                "diagnostics": tuple(
                    d.model_copy(update={"statements": tuple(i for i in d.statements if i in kept)})
                    for d in self.diagnostics
                    if d.workflow is None or d.workflow in self.workflows
                ),
            }
        )

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
            self._trees(statement, lambda node: without(node, statement.id))
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
            self._trees(other, lambda node, gone=other.id: renamed(node, gone, one.id))
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

    def _trees(self, statement: Statement, change: Callable[[Node], Node]) -> None:
        """Change the trees that cite a statement; one that decides nothing any more goes."""
        for workflow in list(self.workflows.values()):
            if statement.id not in cited(workflow.root):
                continue
            root = change(workflow.root)
            if isinstance(root, Branch):
                self.workflows[workflow.id] = rebuilt(workflow, root, self.variables)
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
        workflow = rebuilt(old.model_copy(update={"outcomes": tuple(outcomes)}), root,
                            self.variables)  # fmt: skip
        case = undecided(workflow)
        if case is not None:
            raise self.overrides.error(
                (*key, "rows"),
                f"no row decides when {_told(case)}; add a row, or a last one `else: …`",
            )
        self.workflows[old.id] = workflow
        self.doubtful.pop(old.id, None)
        ids = {s.id for s in own} | set(cited(root))
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


def _told(case: Case) -> str:
    told = {name: number(v) if isinstance(v, float) else str(v).lower() for name, v in case.items()}
    return ", ".join(f"{name} = {value}" for name, value in told.items()) or "nothing is known"


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
