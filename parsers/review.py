"""A review sheet: what was understood of a policy, for a person to check and correct.

In: a specification, and the name of the overrides file. Out: Markdown. Every statement and workflow
carries the YAML of what was read; a correction is that, edited, in the overrides file
(`parsers.override_file`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import yaml

from parsers.corrections.matching import workflow_digest
from parsers.expressions import ConditionError, condition_of, in_words, written
from parsers.formats import tree
from parsers.spec import (
    Branch,
    Condition,
    Diagnostic,
    Leaf,
    Node,
    PolicySpec,
    Statement,
    Variable,
    Workflow,
)


def review(spec: PolicySpec, overrides: str) -> str:
    """The sheet.

    Args:
        overrides: the file that corrections go into, to be named on the sheet.
    """
    count = len(spec.diagnostics)
    lines = [
        f"# Review of {spec.document.name}",
        "",
        f"{len(spec.statements)} statements, {len(spec.workflows)} workflows, {count} findings. "
        "Line numbers are those of the normalized text.",
        "",
        f"To correct something, put its YAML (under *correct*) into `{overrides}`, edit it there, "
        "and parse again. A correction holds as long as its text stands in the document, whatever "
        "changes elsewhere. Beside the keys shown: `drop: true`, `split: [{text: …}, {text: …}]`, "
        "`merge: [id of the next statement]`, and new circumstances under `variables:`.",
        "",
        "## Findings",
        "",
        *(_finding(d, spec) for d in spec.diagnostics),
        *([] if count else ["None."]),
        "",
        "## Circumstances",
        "",
        "| name | type | said as | values |",
        "| --- | --- | --- | --- |",
        *(_row(_variable(v)) for v in spec.variables),
    ]
    variables = {variable.name: variable for variable in spec.variables}
    section: tuple[str, ...] | None = None
    for statement in spec.statements:
        if statement.section != section:
            section = statement.section
            lines += ["", f"## {' / '.join(section) or '(no heading)'}"]
        lines += ["", *_statement(statement, spec, variables)]
    for workflow in spec.workflows:
        lines += ["", *_workflow(workflow, spec, variables)]
    return "\n".join(lines)


def statement_entry(statement: Statement, variables: Mapping[str, Variable]) -> dict[str, object]:
    """What was read of a statement, as its entry in an overrides file."""
    entry: dict[str, object] = {"text": " ".join(statement.text.split())}
    entry["category"] = statement.category
    if statement.category == "conditional":
        entry["complexity"] = statement.complexity
        entry["condition"] = (
            None if statement.condition is None else _editable(statement.condition, variables)
        )
        entry["outcomes"] = [outcome.text for outcome in statement.outcomes]
    return entry


def workflow_entry(workflow: Workflow, spec: PolicySpec) -> dict[str, object]:
    """A workflow's tree as its entry in an overrides file."""
    variables = {variable.name: variable for variable in spec.variables}

    def rows(node: Node, above: tuple[str, ...]) -> list[dict[str, object]]:
        found = []
        while isinstance(node, Branch):
            row: dict[str, object] = {"if": _editable(node.condition, variables)}
            if isinstance(node.yes, Branch):
                row |= {"then": rows(node.yes, (node.statement,)), "statements": [node.statement]}
            else:
                row |= {"then": outcome(node.yes), "statements": list(node.yes.statements)}
                if node.yes.statements[:1] != (node.statement,):
                    row["rule"] = node.statement
            found.append(row)
            node = node.no
        if node.outcome is not None:
            row = {"else": outcome(node)}
            if node.statements != above:
                row["statements"] = list(node.statements)
            found.append(row)
        return found

    def outcome(leaf: Leaf) -> str | None:
        return None if leaf.outcome is None else workflow.outcomes[leaf.outcome].text

    return {
        "sha256": workflow_digest(workflow.id, spec.statements)[:12],
        "rows": rows(workflow.root, ()),
    }


def _editable(condition: Condition, variables: Mapping[str, Variable]) -> object:
    """An expression where it can be read back, else the condition's tree."""
    text = written(condition)
    try:
        if condition_of(text, variables) == condition:
            return text
    except ConditionError:
        pass
    return condition.model_dump(mode="json")


def _statement(
    statement: Statement, spec: PolicySpec, variables: Mapping[str, Variable]
) -> Iterator[str]:
    kind = " ".join(filter(None, (statement.complexity, statement.category)))
    yield f"### `{statement.id}`"
    yield ""
    yield from (f"> {line}" for line in statement.text.split("\n"))
    yield ""
    yield f"- line {spec.document.line(statement.span)}: **{kind}**"
    if statement.lead:
        yield f"- behind: {statement.lead}"
    if statement.condition is not None:
        yield f"- if: {in_words(statement.condition, variables)}"
    for outcome in statement.outcomes:
        yield f"- then: {outcome.text}"
    for exception in statement.exceptions:
        told = f": {exception.outcome.text}" if exception.outcome else ""
        yield f"- except if: {in_words(exception.condition, variables)}{told}"
    if statement.workflow is not None:
        yield f"- workflow: `{statement.workflow}`"
    if statement.assisted is not None:
        yield f"- read so by {statement.assisted}, not by the parser: check it"
    for diagnostic in spec.diagnostics:
        if statement.id in diagnostic.statements:
            yield f"- **{diagnostic.kind}**: {diagnostic.message}; {diagnostic.suggestion}"
    yield ""
    yield from _correct({"statements": {statement.id: statement_entry(statement, variables)}})


def _workflow(
    workflow: Workflow, spec: PolicySpec, variables: Mapping[str, Variable]
) -> Iterator[str]:
    yield f"## Workflow {workflow.title} `{workflow.id}`"
    yield ""
    yield from tree(workflow)
    yield ""
    yield _row(("case", "outcome", "rules"))
    yield _row(("---",) * 3)
    for decision in workflow.paths():
        case = "; ".join(
            f"{'' if test.result else 'not: '}{in_words(test.condition, variables)}"
            for test in decision.tests
        )
        yield _row((case, decision.outcome or "(no rule)", ", ".join(decision.statements)))
    yield ""
    yield from _correct({"workflows": {workflow.id: workflow_entry(workflow, spec)}})


def _correct(entry: object) -> Iterator[str]:
    yield "<details><summary>correct</summary>"
    yield ""
    yield "````yaml"
    yield yaml.safe_dump(entry, sort_keys=False, allow_unicode=True, width=88).rstrip()
    yield "````"
    yield ""
    yield "</details>"


def _finding(diagnostic: Diagnostic, spec: PolicySpec) -> str:
    lines = sorted({spec.document.line(span) for span in diagnostic.spans})
    where = f"line {', '.join(map(str, lines))}: " if lines else ""
    return f"- **{diagnostic.kind}**: {where}{diagnostic.message}; {diagnostic.suggestion}"


def _variable(variable: Variable) -> tuple[str, ...]:
    said = variable.label if variable.type == "boolean" else variable.clause or variable.label
    other = f"not: {variable.negated}" if variable.type == "boolean" else ", ".join(variable.values)
    limits = ", ".join(f"{limit:g}" for limit in variable.thresholds)
    return f"`{variable.name}`", variable.type, said, limits or other


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
