"""A specification as Markdown for people: `internalize parse --format markdown`.

In: a `PolicySpec`. Out: its statements by section with id and category, each workflow's tree as
nested bullets in the document's words, and the diagnostics.
"""

from __future__ import annotations

from collections.abc import Iterator

from parsers.spec import Branch, Node, PolicySpec, Workflow


def outline(spec: PolicySpec) -> str:
    """The whole specification, headings and bullets."""
    return "\n".join(_lines(spec))


def _lines(spec: PolicySpec) -> Iterator[str]:
    yield f"# {spec.document.name} {spec.identifier}"
    section: tuple[str, ...] | None = None
    for statement in spec.statements:
        if statement.section != section:
            section = statement.section
            yield f"\n## {' / '.join(section) or 'Statements'}\n"
        kind = " ".join(filter(None, (statement.complexity, statement.category)))
        yield f"- `{statement.id}` *{kind}*: {statement.full_text}"
    for workflow in spec.workflows:
        yield f"\n## Workflow: {workflow.title} (`{workflow.id}`)\n"
        yield from _tree(workflow, workflow.root, 0)
    if spec.diagnostics:
        yield "\n## Diagnostics\n"
        for finding in spec.diagnostics:
            hint = f" {finding.suggestion}" if finding.suggestion else ""
            yield f"- **{finding.kind}**: {finding.message}{hint}"


def _tree(workflow: Workflow, node: Node, depth: int) -> Iterator[str]:
    indent = "  " * depth
    if isinstance(node, Branch):
        words = " ".join(node.text.split())
        yield f"{indent}- if {words} (`{node.statement}`)"
        yield from _tree(workflow, node.yes, depth + 1)
        yield f"{indent}- otherwise"
        yield from _tree(workflow, node.no, depth + 1)
        return
    rules = " ".join(f"`{name}`" for name in node.statements)
    said = "no rule covers this" if node.outcome is None else workflow.outcomes[node.outcome].text
    yield f"{indent}- **{' '.join(said.split())}** {rules}".rstrip()
