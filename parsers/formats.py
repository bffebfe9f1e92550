"""A specification as text: JSON, one statement a line, Markdown for people, Graphviz.

In: a `PolicySpec`. Out: what `python -m parsers` and `internalize parse` print, by name in
`FORMATS`.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Literal

from parsers.expressions import in_words, number
from parsers.spec import (
    Branch,
    Condition,
    Node,
    PolicySpec,
    Statement,
    Variable,
    Workflow,
    variables_of,
)

Format = Literal["json", "jsonl", "markdown", "dot"]
LABEL_WIDTH = 40
"""Characters in a line of a Graphviz node."""


def as_json(spec: PolicySpec) -> str:
    """The whole specification, as `PolicySpec.model_validate_json` reads it."""
    return spec.model_dump_json(indent=2)


def as_jsonl(spec: PolicySpec) -> str:
    """One statement a line, each to be understood without the others."""
    return "\n".join(
        json.dumps(_row(statement, spec), ensure_ascii=False) for statement in spec.statements
    )


def _row(statement: Statement, spec: PolicySpec) -> dict[str, object]:
    variables = {variable.name: variable for variable in spec.variables}
    conditions = [statement.condition, *(e.condition for e in statement.exceptions)]
    asked = dict.fromkeys(n for c in conditions if c is not None for n in variables_of(c))
    return {
        "policy": spec.document.name,
        "id": statement.id,
        "category": statement.category,
        "complexity": statement.complexity,
        "text": statement.text,
        "lead": statement.lead,
        "line": spec.document.line(statement.span),
        "section": list(statement.section),
        **_told(statement.condition, variables),
        "outcomes": [outcome.text for outcome in statement.outcomes],
        "exceptions": [
            {
                **_told(exception.condition, variables),
                "outcome": None if exception.outcome is None else exception.outcome.text,
            }
            for exception in statement.exceptions
        ],
        "variables": [variables[name].model_dump(mode="json") for name in asked],
        "workflow": statement.workflow,
        "assisted": statement.assisted,
    }


def _told(condition: Condition | None, variables: Mapping[str, Variable]) -> dict[str, object]:
    if condition is None:
        return {"condition": None, "condition_text": None}
    return {
        "condition": condition.model_dump(mode="json"),
        "condition_text": in_words(condition, variables),
    }


def as_markdown(spec: PolicySpec) -> str:
    """The specification for people: statements by section, then the workflows as trees."""
    lines = [f"# {spec.document.name} {spec.identifier}"]
    section: tuple[str, ...] | None = None
    for statement in spec.statements:
        if statement.section != section:
            section = statement.section
            lines += ["", f"## {' / '.join(section) or '(no heading)'}", ""]
        kind = statement.complexity or statement.category
        lines.append(f"- [{statement.id}] {kind}: {' '.join(statement.text.split())}")
        for outcome in statement.outcomes:
            lines.append(f"  - so: {outcome.text}")
    lines += ["", "## Variables", ""]
    for variable in spec.variables:
        details = {
            "boolean": f"or {variable.negated}",
            "number": f"{variable.clause!r}, around "
            + ", ".join(number(threshold) for threshold in variable.thresholds),
            "category": f"{variable.clause!r}, one of {', '.join(variable.values)}",
        }[variable.type]
        lines.append(f"- {variable.name} ({variable.type}): {variable.label}; {details}")
    for workflow in spec.workflows:
        lines += ["", f"## Workflow {workflow.title} [{workflow.id}]", "", *tree(workflow)]
    return "\n".join(lines)


def tree(workflow: Workflow) -> list[str]:
    """A workflow's decision tree as nested Markdown bullets."""

    def told(node: Node, depth: int) -> Iterator[str]:
        indent = "  " * depth
        if not isinstance(node, Branch):
            said = "(no rule)" if node.outcome is None else workflow.outcomes[node.outcome].text
            yield f"{indent}- {said} [{', '.join(node.statements)}]"
            return
        yield f"{indent}- {node.text}? [{node.statement}]"
        yield from told(node.yes, depth + 1)
        yield f"{indent}- else"
        yield from told(node.no, depth + 1)

    return list(told(workflow.root, 0))


def as_dot(spec: PolicySpec) -> str:
    """A Graphviz digraph with a cluster for each workflow's decision tree."""
    numbers = count(1)

    def drawn(node: Node, name: str, workflow: Workflow) -> Iterator[str]:
        if not isinstance(node, Branch):
            gap = node.outcome is None
            said = "(no rule)" if node.outcome is None else workflow.outcomes[node.outcome].text
            style = ', style="rounded,dashed"' if gap else ', style="rounded"'
            yield f"    {name} [shape=box{style}, label={_label(said, *node.statements)}];"
            return
        yield f"    {name} [shape=diamond, label={_label(f'{node.text}?', node.statement)}];"
        for said, child in (("yes", node.yes), ("no", node.no)):
            below = f"n{next(numbers)}"
            yield from drawn(child, below, workflow)
            yield f'    {name} -> {below} [label="{said}"];'

    lines = [f"digraph {_quoted(spec.document.name)} {{", '  node [fontname="sans-serif"];']
    for index, workflow in enumerate(spec.workflows):
        lines += [
            f"  subgraph cluster_{index} {{",
            f"    label={_label(workflow.title)};",
            *drawn(workflow.root, f"n{next(numbers)}", workflow),
            "  }",
        ]
    return "\n".join([*lines, "}"])


def _label(text: str, *ids: str) -> str:
    lines = textwrap.wrap(text, LABEL_WIDTH) + ([f"[{', '.join(ids)}]"] if ids else [])
    return _quoted("\n".join(lines).replace("&", "&amp;"))  # it begins an HTML entity in a label


def _quoted(text: str) -> str:
    for written, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n")):
        text = text.replace(written, escaped)
    return f'"{text}"'


FORMATS: dict[Format, Callable[[PolicySpec], str]] = {
    "json": as_json,
    "jsonl": as_jsonl,
    "markdown": as_markdown,
    "dot": as_dot,
}
"""What a specification can be printed as."""
