"""'Go to step 2': rules that others lead to are reached only from there."""

from __future__ import annotations

import re

from parsers.workflows.rules import Rule

_GO_TO = re.compile(
    r"\b(?:go|continue|proceed|move|skip|jump|turn|see|follow)\s+(?:on\s+|on to\s+|directly\s+)?"
    r"(?:to |with |at )?(?:step|rule|case|condition|question|number|point|section|paragraph)?\s*"
    r"(\d+(?:\.\d+)*[a-z]?)\s*$",
    re.IGNORECASE,
)


def jumped(rules: list[Rule], labels: dict[str, list[Rule]]) -> list[Rule]:
    """'Go to step 2' leads to the rules of step 2, which are then reached only from there."""
    order = list(labels)
    reached: set[int] = set()

    def resolve(rule: Rule, at: int) -> None:
        for part in list(rule.walk()):
            match = _GO_TO.search(part.outcome.text) if part.outcome is not None else None
            label = match[1] if match else ""
            if label in labels and order.index(label) > at:
                part.children = labels[label]
                part.outcome = None
                part.reference = ""
                reached.update(id(r) for r in labels[label])

    for position, label in reversed(list(enumerate(order))):
        for rule in labels[label]:
            resolve(rule, position)
    return [rule for rule in rules if id(rule) not in reached]
