"""Condition phrases to the condition AST, over variables that unify across the document.

In: clauses ('the bag weighs more than 23 kg'), noun phrases ('customers who hold Gold level') and
prepositional phrases ('on a domestic flight'), as the document words them. Out: `Condition`s over
the `Variable`s of one `Lexicon`. Two wordings share a variable when their content words agree, so
'Gold members' and 'the passenger is a Gold member' are one. Booleans that differ in one slot of
the same frame ('on a domestic / an international flight') become one category at the end.
"""

from __future__ import annotations

import re

from parsers.atoms import Atoms
from parsers.conditions.kinds import Kinds
from parsers.conditions.lead_topics import SORT, topic_head
from parsers.conditions.rewording import negate_clause
from parsers.conditions.worded import Worded
from parsers.language import prepare
from parsers.spec import Variable


class Lexicon(Worded, Kinds):
    """The circumstances of one document; conditions are parsed against it and added to it."""

    def about(self, topic: str) -> None:
        """What the cases that follow are cases of: 'the kind of item', 'how far it is'."""
        self.topic = topic
        if whether := re.match(r"(?:whether|if)\s+(.*)", topic, re.IGNORECASE):
            self.previous = self.clause(whether[1])
        elif SORT.search(topic):
            self.mention(topic_head(topic))

    def variables(self) -> dict[str, Variable]:
        """The circumstances as variables."""
        affirmed = [a for a in self.atoms.values() if a.type == "boolean" and not a.negated]
        prepare(atom.label for atom in affirmed)
        for atom in affirmed:
            atom.negated = negate_clause(atom.label)
        known = self.lookup()
        return {name: known[name] for name in self.atoms}

    def lookup(self) -> dict[str, Variable]:
        """The same, to be asked for by name only: each is made when it is asked for."""
        return _Variables(self.atoms)


class _Variables(dict[str, Variable]):
    def __init__(self, atoms: Atoms) -> None:
        super().__init__()
        self._atoms = atoms

    def __missing__(self, name: str) -> Variable:
        atom = self._atoms[name]
        self[name] = Variable(
            name=atom.name,
            type=atom.type,  # type: ignore[arg-type]
            label=atom.label,
            negated=atom.negated,
            clause=atom.clause,
            unit=atom.unit,
            values=tuple(atom.values),
            thresholds=tuple(sorted(atom.thresholds)),
            integer=atom.integer,
        )
        return self[name]
