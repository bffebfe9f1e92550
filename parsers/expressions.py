"""Conditions as a line of text: in words for people, and as an expression that can be edited.

In: a `Condition` and its variables. Out: 'the bag weighs more than 23 kg and the flight is
domestic', or `bag_weight > 23 and flight in ['domestic']`; and from such an expression, written by
hand, the condition again. The grammar is Python's for comparisons, `in`, `and`, `or` and `not`;
nothing is ever evaluated. A variable named like a word of Python's takes an underscore: `class_`.
"""

from __future__ import annotations

import ast
import difflib
import keyword
from collections.abc import Iterable, Mapping

from parsers.spec import (
    And,
    Comparison,
    Condition,
    Membership,
    Not,
    Or,
    Truth,
    Variable,
)

_WORDS = {
    "<": "less than", "<=": "at most", ">": "more than",
    ">=": "at least", "==": "exactly", "!=": "other than",
}  # fmt: skip
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_OPERATORS = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip


class ConditionError(ValueError):
    """An expression that is no condition on the policy's variables; the message says why."""


def number(value: float) -> str:
    """A number as people write it: 23, 0.5, 1000000."""
    return f"{value:.12g}"


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean …?`, or '' when nothing is near."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def in_words(condition: Condition, variables: Mapping[str, Variable]) -> str:
    """The condition as an English clause, in the variables' own words."""
    match condition:
        case Truth(variable=name):
            return variables[name].label
        case Comparison(variable=name, op=op, value=value):
            return _put(variables[name], f"{_WORDS[op]} {number(value)}")
        case Membership(variable=name, values=values):
            return _put(variables[name], " or ".join(values))
        case Not(operand=Truth(variable=name)) if variables[name].negated:
            return variables[name].negated
        case Not(operand=Comparison(variable=name, op=op, value=value)):
            return in_words(
                Comparison.model_validate({"variable": name, "op": _OPPOSITE[op], "value": value}),
                variables,
            )
        case Not(operand=Membership(variable=name, values=values)):
            return _put(variables[name], "not " + " or ".join(values))
        case Not(operand=operand):
            return f"not ({in_words(operand, variables)})"
        case And(operands=operands) | Or(operands=operands):
            joint = " and " if isinstance(condition, And) else " or "
            compound = Or if isinstance(condition, And) else And
            return joint.join(
                f"({in_words(part, variables)})"
                if isinstance(part, compound)
                else in_words(part, variables)
                for part in operands
            )


def _put(variable: Variable, said: str) -> str:
    if "{value}" in variable.clause:
        return variable.clause.replace("{value}", said)
    return f"{variable.label} is {said} {variable.unit}".rstrip()


def written(condition: Condition) -> str:
    """The condition as an expression that `condition_of` reads back."""
    match condition:
        case Truth(variable=name):
            return _escaped(name)
        case Comparison(variable=name, op=op, value=value):
            return f"{_escaped(name)} {op} {_figure(value)}"
        case Membership(variable=name, values=values):
            return f"{_escaped(name)} in {list(values)}"
        case Not(operand=Truth(variable=name)):
            return f"not {_escaped(name)}"
        case Not(operand=operand):
            return f"not ({written(operand)})"
        case And(operands=operands) | Or(operands=operands):
            joint = " and " if isinstance(condition, And) else " or "
            return joint.join(
                f"({written(part)})" if isinstance(part, And | Or) else written(part)
                for part in operands
            )


def _figure(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def _escaped(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


def _unescaped(name: str) -> str:
    return name[:-1] if name.endswith("_") and keyword.iskeyword(name[:-1]) else name


def condition_of(text: str, variables: Mapping[str, Variable]) -> Condition:
    """An expression as a condition, type-checked.

    Raises:
        ConditionError: not an expression, an unknown variable or value, or a wrong type.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ConditionError(
            f"{text!r} is not a condition; write e.g. `weight > 23 and not fragile`"
        ) from None
    found = _convert(tree, text)
    check(found, variables)
    return found


def check(condition: Condition, variables: Mapping[str, Variable]) -> None:
    """Type-check a condition.

    Raises:
        ConditionError: an unknown variable, a value outside its domain, or a wrong type.
    """
    match condition:
        case Not(operand=operand):
            check(operand, variables)
        case And(operands=operands) | Or(operands=operands):
            if not operands:
                raise ConditionError("`and` or `or` of nothing; give it operands")
            for operand in operands:
                check(operand, variables)
        case Truth(variable=name) | Comparison(variable=name) | Membership(variable=name):
            if name not in variables:
                hint = nearest(name, variables)
                raise ConditionError(f"no variable {name!r}{hint or '; declare it in variables:'}")
            variable = variables[name]
            wanted = {"truth": "boolean", "comparison": "number", "membership": "category"}
            if wanted[condition.kind] != variable.type:
                raise ConditionError(
                    f"{written(condition)!r}: {name} is a {variable.type}; {_usage(variable)}"
                )
            if isinstance(condition, Membership):
                for value in condition.values:
                    if value not in variable.values:
                        hint = nearest(value, variable.values) or f"; {_usage(variable)}"
                        raise ConditionError(f"{name} has no value {value!r}{hint}")


def _usage(variable: Variable) -> str:
    if variable.type == "boolean":
        return f"write `{variable.name}` or `not {variable.name}`"
    if variable.type == "number":
        return f"compare it with a number, e.g. `{variable.name} <= 10`"
    return f"write `{variable.name} in {list(variable.values)}`"


def _convert(node: ast.expr, text: str) -> Condition:
    match node:
        case ast.Name(id=name):
            return Truth(variable=_unescaped(name))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Not(operand=_convert(operand, text))
        case ast.BoolOp(op=op, values=values):
            parts = tuple(_convert(value, text) for value in values)
            return And(operands=parts) if isinstance(op, ast.And) else Or(operands=parts)
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            sides = [left, *comparators]
            parts = tuple(_compare(sides[i], op, sides[i + 1], text) for i, op in enumerate(ops))
            return parts[0] if len(parts) == 1 else And(operands=parts)
    raise ConditionError(f"{_source(node, text)!r} is no condition on a variable")


def _compare(left: ast.expr, op: ast.cmpop, right: ast.expr, text: str) -> Condition:
    match left, op, right:
        case ast.Name(id=name), ast.In() | ast.NotIn(), ast.List() | ast.Tuple() | ast.Set():
            test = Membership(
                variable=_unescaped(name), values=tuple(_value(part, text) for part in right.elts)
            )
            return test if isinstance(op, ast.In) else Not(operand=test)
        case ast.Name(id=name), ast.Eq() | ast.NotEq(), ast.Constant(value=str(value)):
            test = Membership(variable=_unescaped(name), values=(value,))
            return test if isinstance(op, ast.Eq) else Not(operand=test)
    symbol = _OPERATORS.get(type(op))
    if symbol is not None and isinstance(left, ast.Name):
        return _comparison(left.id, symbol, right, text)
    if symbol is not None and isinstance(right, ast.Name):
        return _comparison(right.id, _MIRRORED[symbol], left, text)
    raise ConditionError(f"{_source(left, text)!r}: compare a variable with a value")


def _comparison(name: str, op: str, node: ast.expr, text: str) -> Comparison:
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError):
        value = None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConditionError(f"{_source(node, text)!r} is not a number to compare {name} with")
    return Comparison.model_validate({"variable": _unescaped(name), "op": op, "value": value})


def _value(node: ast.expr, text: str) -> str:
    match node:
        case ast.Constant(value=str(value)):
            return value
        case ast.Name(id=name):  # quotes may be left out of a value that is one word
            return name
    raise ConditionError(f"{_source(node, text)!r} is not a value; put it in quotes")


def _source(node: ast.expr, text: str) -> str:
    return ast.get_source_segment(text.strip(), node) or text
