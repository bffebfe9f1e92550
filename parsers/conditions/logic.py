"""Conditions put together: denied, joined, and with some of their variables replaced.

Conjunctions and disjunctions are flat and name no part twice; None says nothing and drops out.
"""

from __future__ import annotations

from collections.abc import Sequence

from parsers.spec import And, Condition, Not, Or, Truth


def negate(condition: Condition | None) -> Condition | None:
    """The denial; a denial denied is what was denied."""
    if condition is None:
        return None
    return condition.operand if isinstance(condition, Not) else Not(operand=condition)


def conjoin(operands: Sequence[Condition | None]) -> Condition | None:
    """All of these."""
    return _flatten(And, operands)


def disjoin(operands: Sequence[Condition | None]) -> Condition | None:
    """Any of these."""
    return _flatten(Or, operands)


def _flatten(kind: type[And] | type[Or], operands: Sequence[Condition | None]) -> Condition | None:
    flat: list[Condition] = []
    for operand in operands:
        if operand is None:
            continue
        same = isinstance(operand, And | Or) and operand.kind == kind.model_fields["kind"].default
        parts = operand.operands if isinstance(operand, And | Or) and same else (operand,)
        flat += [part for part in dict.fromkeys(parts) if part not in flat]
    return None if not flat else flat[0] if len(flat) == 1 else kind(operands=tuple(flat))


def replace(condition: Condition, by: dict[str, Condition]) -> Condition:
    """The condition with some boolean variables replaced."""
    match condition:
        case Truth(variable=name):
            return by.get(name, condition)
        case Not(operand=operand):
            return negate(replace(operand, by)) or condition
        case And(operands=operands):
            return conjoin([replace(o, by) for o in operands]) or condition
        case Or(operands=operands):
            return disjoin([replace(o, by) for o in operands]) or condition
        case _:
            return condition
