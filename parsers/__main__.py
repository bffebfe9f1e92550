"""`python -m parsers POLICY [--format json|markdown]`: print the specification of a policy.

The specification goes to stdout, diagnostics to stderr. With `--lint`, what a person should mend in
the document instead (`--format json` for machines): exit code 0 when there is nothing, else 1. Exit
code 2 and one message for bad input.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from parsers import Branch, Node, PolicySpec, parse
from parsers.reading import PolicyError


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m parsers", description=(__doc__ or "").strip())
    parser.add_argument("policy", help="a Markdown, plain-text, HTML, Word (.docx) or PDF file")
    parser.add_argument("--name", help="the policy's name (default: the file's stem)")
    parser.add_argument("--format", choices=("json", "markdown"), default="markdown")
    parser.add_argument("--lint", action="store_true", help="list what to mend, by file and line")
    options = parser.parse_args(arguments)
    try:
        if options.lint:
            from parsers.lint.output import findings, render

            found = findings(Path(options.policy), options.name)
            print(render(found, "json" if options.format == "json" else "text"))
            return 1 if found else 0
        spec = parse(options.policy, options.name)
    except PolicyError as error:
        print(error, file=sys.stderr)
        return 2
    print(spec.model_dump_json(indent=2) if options.format == "json" else markdown(spec))
    for diagnostic in spec.diagnostics:
        line = ""
        if diagnostic.spans:
            line = f"line {spec.document.text.count(chr(10), 0, diagnostic.spans[0].start) + 1}: "
        print(f"{diagnostic.kind}: {line}{diagnostic.message}; {diagnostic.suggestion}",
              file=sys.stderr)  # fmt: skip
    return 0


def markdown(spec: PolicySpec) -> str:
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
            + ", ".join(f"{threshold:g}" for threshold in variable.thresholds),
            "category": f"{variable.clause!r}, one of {', '.join(variable.values)}",
        }[variable.type]
        lines.append(f"- {variable.name} ({variable.type}): {variable.label}; {details}")
    for workflow in spec.workflows:
        lines += ["", f"## Workflow {workflow.title} [{workflow.id}]", ""]
        lines += _tree(workflow.root, [outcome.text for outcome in workflow.outcomes], 0)
    return "\n".join(lines)


def _tree(node: Node, outcomes: list[str], depth: int) -> list[str]:
    indent = "  " * depth
    if not isinstance(node, Branch):
        said = "(no rule)" if node.outcome is None else outcomes[node.outcome]
        return [f"{indent}- {said} [{', '.join(node.statements)}]"]
    return [
        f"{indent}- {node.text}? [{node.statement}]",
        *_tree(node.yes, outcomes, depth + 1),
        f"{indent}- else",
        *_tree(node.no, outcomes, depth + 1),
    ]


if __name__ == "__main__":
    raise SystemExit(main())
