"""Changes to decision trees: a rule taken out or renamed; and the cases that one leaves open."""

from __future__ import annotations

from itertools import pairwise, product

from parsers.corrections.variables import limited, limits_of
from parsers.spec import Branch, Case, Node, Value, Variable, Workflow, holds, variables_of
from parsers.workflows.trees import conditions, leaves


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


def _regions(variable: Variable, root: Node) -> tuple[Value, ...]:
    """One value for each region that a tree's comparisons make; all values of other variables."""
    if variable.type == "boolean":
        return (True, False)
    if variable.type == "category":
        return variable.values
    limits = sorted(limits_of(variable.name, conditions(root)))
    if variable.integer:
        return tuple(sorted({limit + step for limit in limits for step in (-1, 0, 1)}))
    between = [(one + other) / 2 for one, other in pairwise(limits)]
    return (limits[0] - 1, *limits, *between, limits[-1] + 1) if limits else (0.0,)


def rebuilt(workflow: Workflow, root: Node, variables: dict[str, Variable]) -> Workflow:
    """The workflow around another tree, with the variables that it asks about."""
    tested = list(conditions(root))
    names = dict.fromkeys(n for c in tested for n in variables_of(c))
    used = sorted({leaf.outcome for leaf in leaves(root) if leaf.outcome is not None})
    return workflow.model_copy(
        update={
            "root": _renumbered(root, {old: new for new, old in enumerate(used)}),
            "variables": tuple(limited(variables[name], tested) for name in names),
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


def cited(node: Node) -> tuple[str, ...]:
    """The statements that a tree names."""
    if isinstance(node, Branch):
        return (node.statement, *cited(node.yes), *cited(node.no))
    return node.statements


def renamed(node: Node, old: str, new: str) -> Node:
    """The tree with one statement's id changed."""
    if isinstance(node, Branch):
        return node.model_copy(
            update={
                "statement": new if node.statement == old else node.statement,
                "yes": renamed(node.yes, old, new),
                "no": renamed(node.no, old, new),
            }
        )
    names = (new if name == old else name for name in node.statements)
    return node.model_copy(update={"statements": tuple(dict.fromkeys(names))})


def without(node: Node, gone: str) -> Node:
    """The tree as if a rule were not there: its tests fail, and what it decides is open."""
    if isinstance(node, Branch):
        if node.statement == gone:
            return without(node.no, gone)
        return node.model_copy(
            update={"yes": without(node.yes, gone), "no": without(node.no, gone)}
        )
    decided = node.statements[-1:] == (gone,)
    return node.model_copy(
        update={
            "outcome": None if decided else node.outcome,
            "statements": tuple(name for name in node.statements if name != gone),
        }
    )
