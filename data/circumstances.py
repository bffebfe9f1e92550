"""How a circumstance of a case is told: in clauses and scraps, in first and third person.

In: a `Workflow`, whose variables carry clauses. Out: for a variable and its value, the ways a
person could put it ('my bag weighs 26 kilos', 'the passenger is not a Gold member', 'no Gold
status'). They come from patterns of English (`data.tellings`) and from the lexicon of what people
say (`data.lexicon`), never from a policy. Ways are dealt out between training and evaluation by
name (`Told.way`).
"""

from __future__ import annotations

import re
from functools import lru_cache

from data.lexicon import NUMBER, wordings
from data.numerals import names_of, number_forms
from data.syntax import decapitalize
from data.tellings import (
    SLOT,
    Told,
    Voice,
    bare,
    boolean,
    categorical,
    distinct,
    of_boolean,
    of_category,
    of_number,
    predicate,
    shorter,
    voiced,
)
from parsers.spec import Atom, Comparison, Membership, Truth, Value, Variable, Workflow

LEXICON, LEXICON_HELD = "lexicon", "lexicon-held"
EVAL_ONLY = frozenset(
    {"got", "no-longer", "thing-of-mine", "comes-to", "ask-yes", "mine-is", LEXICON_HELD}
)
"""Ways of telling that are kept for evaluation."""

_BOUND = {
    "<": "less than {}", "<=": "{} or less", ">": "more than {}", ">=": "{} or more",
    "==": "exactly {}", "!=": "not {}",
}  # fmt: skip


class Teller:
    """Tells the circumstances of one workflow."""

    def __init__(self, workflow: Workflow) -> None:
        self.workflow = workflow
        units = [v.unit.lower() for v in workflow.variables if v.type == "number"]
        self._unit_alone = {u for u in units if u and units.count(u) == 1}

    def clauses(self, name: str, value: Value, voice: Voice) -> list[Told]:
        """Full clauses without a capital or full stop; the number, if any, as `SLOT`."""
        variable = self.workflow.variable(name)
        match variable.type:
            case "boolean":
                plain = Told(boolean(variable, bool(value)), "label")
            case "number":
                plain = Told(self._numeric(variable), "label")
            case "category":
                plain = Told(categorical(variable, str(value)), "label")
        told = [*voiced(plain.text, voice)]
        more: list[Told] = []
        for each in told:
            match variable.type:
                case "boolean":
                    more += of_boolean(variable, bool(value), each.text, voice)
                case "number":
                    more += of_number(
                        each.text, variable.unit, variable.unit.lower() in self._unit_alone, voice
                    )
                case "category":
                    more += of_category(variable, str(value), voice)
                    holds = not str(value).startswith("not ")
                    clause = categorical(variable, re.sub("^not ", "", str(value)))
                    as_boolean = Variable(name=name, type="boolean", label=clause)
                    more += of_boolean(as_boolean, holds, each.text, voice)
        said = self._everyday(variable, value) if voice == "first" else []
        return distinct([*told, *more, *shorter([*told, *more]), *said])

    def _everyday(self, variable: Variable, value: Value) -> list[Told]:
        """What the lexicon has for it."""
        match variable.type:
            case "boolean":
                label, other = (t.strip(" .") for t in (variable.label, variable.negated))
                found = [wordings(label, bool(value)), wordings(other, not value)]
            case "number":
                clause = self._numeric(variable).replace(SLOT, NUMBER)
                found = [wordings(clause, True, variable.unit)]
            case "category":
                plain = str(value).removeprefix("not ")
                found = [wordings(categorical(variable, plain), plain == str(value))]
        ways = (LEXICON, LEXICON_HELD)
        return [
            Told(text.replace(NUMBER, SLOT), way)
            for pair in found
            for way, texts in zip(ways, pair, strict=True)
            for text in texts
        ]

    def fact(self, name: str, value: Value) -> str:
        """The circumstance in the document's terms: 'bag weighs 26 kg', 'not a Gold member'."""
        variable = self.workflow.variable(name)
        match variable.type:
            case "boolean":
                return predicate(boolean(variable, bool(value)))
            case "number":
                written = self._numeric(variable).replace(SLOT, self.value(name, value))
                return predicate(written)
            case "category":
                return predicate(categorical(variable, str(value)))

    def test(self, atom: Atom) -> str:
        """A condition in the document's terms: 'bag weighs 23 kg or less', 'Gold member'."""
        variable = self.workflow.variable(atom.variable)
        match atom:
            case Comparison(op=op, value=limit):
                amount = _BOUND[op].format(self.value(variable.name, limit))
                return predicate(self._numeric(variable).replace(SLOT, amount))
            case Membership(values=values):
                return predicate(categorical(variable, " or ".join(values)))
            case Truth():
                return predicate(boolean(variable, True))

    def key(self, name: str) -> str:
        """A short name of the variable in the document's words: 'Gold member', 'bag's weight'."""
        variable = self.workflow.variable(name)
        return predicate(variable.label) if variable.type == "boolean" else bare(variable.label)

    def value(self, name: str, value: Value) -> str:
        variable = self.workflow.variable(name)
        match variable.type:
            case "boolean":
                return "yes" if value else "no"
            case "number":
                return number_forms(float(value), variable.unit)["plain"]
            case "category":
                return str(value)

    def _numeric(self, variable: Variable) -> str:
        if "{value}" not in variable.clause:
            return f"{decapitalize(variable.label)} is {SLOT}"
        unit = "|".join(map(re.escape, filter(None, names_of(variable.unit))))
        pattern = rf"[€$£]?\{{value\}}(?:\s?(?:{unit})(?!\w))?" if unit else r"\{value\}"
        return decapitalize(re.sub(pattern, SLOT, variable.clause.strip(" .")))


def teller_of(workflow: Workflow) -> Teller:
    """The workflow's, made once."""
    return _teller(workflow.model_dump_json())


@lru_cache(maxsize=64)
def _teller(serialized: str) -> Teller:
    return Teller(Workflow.model_validate_json(serialized))
