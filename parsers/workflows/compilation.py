"""Rules that decide one matter together, compiled to an executable decision tree.

In: the rules of a section (`Rule`), in the document's order, nested as the document nests them.
Out: `Workflow`s and diagnostics. What is certain, which cases no rule covers, which rules never
apply and which two disagree is exact: `parsers.solving` decides it.
"""

from __future__ import annotations

from parsers.spec import Diagnostic, Span, Variable, Workflow, variables_of
from parsers.workflows.findings import conflicts, gaps, unreached
from parsers.workflows.groups import space_of
from parsers.workflows.precedence import overriding_first, specific_first
from parsers.workflows.rules import MOST_RULES, Rule
from parsers.workflows.trees import Compiler, conditions, imply, leaves


def compile_group(
    rules: list[Rule],
    ids: list[str],
    spans: list[Span],
    variables: dict[str, Variable],
    section: tuple[str, ...],
    title: str,
    slug: str,
    in_order: bool = False,
) -> tuple[Workflow | None, list[Diagnostic]]:
    """One group of rules as a workflow; None when it decides nothing between outcomes.

    With `in_order` the document says that the first rule that applies decides.
    """
    members = dict.fromkeys(part.statement for top in rules for part in top.walk())
    if sum(1 for top in rules for _ in top.walk()) > MOST_RULES:
        return None, [
            Diagnostic(
                kind="ambiguous",
                message=f"{title}: more than {MOST_RULES} rules decide one matter: no tree is made",
                spans=(spans[rules[0].statement],),
                statements=tuple(ids[statement] for statement in members),
                suggestion="split the section, one matter a section",
            )
        ]
    space = space_of(rules, variables)
    compiler = Compiler(space, ids)
    imply(rules)
    clashes = [] if in_order else conflicts(rules, space, variables, ids, spans, title)
    root = compiler.build(overriding_first(rules) if in_order else specific_first(rules, space))
    if len({leaf.outcome for leaf in leaves(root) if leaf.outcome is not None}) < 2:
        return None, clashes
    names = dict.fromkeys(n for c in conditions(root) for n in variables_of(c))
    workflow = Workflow(
        id=slug,
        title=title,
        section=section,
        variables=tuple(variables[name] for name in names),
        outcomes=tuple(compiler.outcomes),
        root=root,
    )
    return workflow, [
        *gaps(workflow, rules, space, ids, spans),
        *unreached(rules, compiler.used, ids, spans, workflow),
        *clashes,
    ]
