"""Variables as corrections declare them, and the numbers that conditions compare them with."""

from __future__ import annotations

from collections.abc import Iterable

from parsers.conditions.rewording import negate_clause
from parsers.override_file import Key, Overrides, VariableFix
from parsers.spec import Comparison, Condition, Variable, atoms


def declared(name: str, fix: VariableFix, old: Variable | None, overrides: Overrides) -> Variable:
    """A variable as it is declared, with the wording that was left out."""
    key: Key = ("variables", name)
    if old is not None and old.type != fix.type:
        raise overrides.error(key, f"{name} is a {old.type} already; give it another name")
    if fix.type == "category" and len(fix.values) < 2:
        raise overrides.error(key, f"{name}: a category needs its values, two at least")
    if old is not None and not set(old.values) <= set(fix.values):
        gone = sorted(set(old.values) - set(fix.values))
        raise overrides.error((*key, "values"), f"{name}: {gone} is asked about; keep it")
    thresholds = old.thresholds if old else ()
    variable = worded(Variable(name=name, thresholds=thresholds, **fix.model_dump()))
    if fix.type != "boolean" and "{value}" not in variable.clause:
        raise overrides.error((*key, "clause"), f"{name}: put {{value}} where the value goes")
    return variable


def worded(variable: Variable) -> Variable:
    """The variable with the wording that was left out."""
    if variable.type == "boolean":
        wording = {"negated": variable.negated or negate_clause(variable.label)}
    else:
        plain = f"{variable.label} is {{value}} {variable.unit}".rstrip()
        wording = {"clause": variable.clause or plain}
    return variable.model_copy(update=wording)


def limits_of(name: str, conditions: Iterable[Condition]) -> set[float]:
    """The numbers that conditions compare a variable with."""
    asked = (atom for condition in conditions for atom in atoms(condition))
    return {a.value for a in asked if isinstance(a, Comparison) and a.variable == name}


def limited(variable: Variable, conditions: Iterable[Condition]) -> Variable:
    """The variable with every number that it is compared with among its thresholds."""
    limits = {*variable.thresholds, *limits_of(variable.name, conditions)}
    return variable.model_copy(update={"thresholds": tuple(sorted(limits))})
