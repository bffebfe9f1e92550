"""Booleans that name kinds of one thing become one category.

In: the circumstances of a document and which of them stand side by side as cases. Out: categories
('the kind of flight': domestic, international) and, for each boolean that went into one, the test
that replaces it. The kinds are all there are where the text says so; else there is an 'other'.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from parsers.atoms import Atom
from parsers.conditions.discourse import Discourse
from parsers.conditions.lead_topics import topic_head
from parsers.conditions.people import GROUPS
from parsers.conditions.words import variable_name
from parsers.language import article, singular
from parsers.opposites import complements
from parsers.spec import And, Condition, Membership, Not, Or, Truth


class Kinds(Discourse):
    """The categories among the circumstances."""

    def other_kind(self, one: Condition, other: Condition) -> bool:
        """Whether two conditions name different kinds of one thing."""
        first, second = self._kind_of(one), self._kind_of(other)
        return first is not None and second is not None and (
            first is not second and first.frame is not None and second.frame is not None
            and first.frame[0] == second.frame[0]
        )  # fmt: skip

    def frame(self, names: Sequence[str]) -> str:
        """How the text has told one of these kinds of what the lead-in names, with {} for it:
        'the passenger has {} status'; '' if it has not."""
        whose = re.search(r"['’]s (?:[\w-]+ )?([\w-]+)$", self.topic)  # 'the member's club'
        head = singular(whose[1].lower()) if whose else topic_head(self.topic)
        for atom in self.atoms.having(self.section, head) if head else ():
            label = atom.label if atom.type == "boolean" else ""
            if head not in label.lower().split():
                continue
            for name in names:
                parts = re.split(rf"\b{re.escape(name)}\b", label)
                if re.fullmatch(r"[\w-]+", name) and len(parts) == 2:
                    return f"{parts[0]}{{}}{parts[1]}"
        return ""

    def _kind_of(self, condition: Condition | None) -> Atom | None:
        """The boolean that a condition tests first, if it says what kind something is."""
        if isinstance(condition, And):
            condition = condition.operands[0]
        atom = self.atoms.get(condition.variable) if isinstance(condition, Truth) else None
        return atom if atom is not None and atom.frame is not None else None

    def alike(
        self, conditions: Sequence[Condition | None], told: bool, listed: bool = False
    ) -> None:
        """Cases side by side that name kinds of one thing are one category.

        Args:
            conditions: of sibling rules; None is 'otherwise'.
            told: the siblings are the cases of a lead-in.
            listed: they are all items of a list, or all shares of one sentence: three kinds or more
                are then all there are, if the document names no other.
        """
        groups: dict[str, list[Atom]] = {}
        told_in: dict[str, set[int]] = {}
        parts = [
            (place, part)
            for place, condition in enumerate(conditions)
            for part in (condition.operands if isinstance(condition, Or) else [condition])
        ]
        for place, part in parts:
            atom = self._kind_of(part)
            if atom is not None and atom.frame is not None:
                groups.setdefault(atom.frame[0], []).append(atom)
                told_in.setdefault(atom.frame[0], set()).add(place)
        for stem, atoms in groups.items():
            names = tuple(dict.fromkeys(a.name for a in atoms))
            topical = bool(self.topic) and topic_head(self.topic) in stem.lower().split()
            alone = told and len(atoms) == len(parts)
            if len(names) < 2 or len(told_in[stem]) < 2:
                continue
            if None in conditions:  # 'otherwise': there are other kinds
                self.kinds.append((names, False))
            elif topical or alone:
                self.kinds.append((names, True))
            elif listed and len(names) > 2 and len(told_in[stem]) == len(conditions):
                self.listed.append(frozenset(names))

    def pair(self, first: str, second: str) -> Condition | None:
        """Make two booleans that exclude each other the two poles of the first."""
        one, other = self.atoms.get(first), self.atoms.get(second)
        if one is None or other is None or one is other or one.slot or other.slot:
            return None
        one.negated = other.label
        return Not(operand=Truth(variable=first))

    def categories(self, text: str) -> dict[str, Condition]:
        """Turn booleans that fill one slot of a frame into a category; what replaces each."""
        groups: dict[str, list[Atom]] = {}
        sentences = [(part, part.lower()) for part in re.split(r"(?<=[.!?])\s", text)]
        lines = [(part, re.sub(r"[*_.]", "", part.lower()))
                 for part in re.split(r"(?<=[.!?])\s|\n\n", text)]  # fmt: skip
        replaced = self._framed()
        for atom in self.atoms.values():
            if atom.type == "boolean" and atom.slot:
                groups.setdefault(atom.slot[0], []).append(atom)
        groups = {
            f"{head} {number}": part
            for head, atoms in groups.items()
            for number, part in enumerate(_together(atoms))
        }
        for key, atoms in groups.items():
            head = key.rsplit(" ", 1)[0]
            kinds = list(dict.fromkeys(a.slot[1] for a in atoms if a.slot and a.slot[1]))
            if len(kinds) < 2:
                continue
            person = head in GROUPS
            first = next(a for a in atoms if a.slot and a.slot[1])
            values = [f"{article(k)} {k} {head}" for k in kinds] if person else list(kinds)
            rest = f"not {article(head)} {head}" if person else "other"
            if head == self.actor:
                rest = f"another kind of {head}"
            bare = [kind.lower() for kind in kinds]  # a quick look before the patterns
            closed = any(
                all(kind in low for kind in bare)
                and all(re.search(rf"\b{re.escape(k)}\b", sentence, re.IGNORECASE) for k in kinds)
                and re.search(r"\b(?:two|three|four|five|either|types?|kinds?|levels?)\b", sentence)
                for sentence, low in sentences
            ) or any(
                re.search(rf"(?:depends on|by|according to) the (?:\w+ )?{head}\b", line)
                for line, _ in lines
                if head in line
            )
            either = f"(?:{'|'.join(map(re.escape, kinds))})"
            listing = r",? (?:and |or )?(?:an? )?".join([either] * len(kinds))
            closed = closed or (len(kinds) > 2 and bool(re.search(rf"\b{listing}\b", text)))
            if not person or head == self.actor:  # a customer need not be a member
                names = {a.name for a in atoms}
                alone = f"{head} 1" not in groups
                told = alone and any(names <= listed for listed in self.listed)
                closed = closed or told or complements(*kinds)
            for names, every in self.kinds:
                if {a.name for a in atoms} <= set(names):
                    closed = every
                    break
            for line, low in lines:
                if not all(kind in low for kind in bare):
                    continue
                listed = re.search(
                    rf"\b(?:levels?|types?|kinds?|tiers?|{head}s?)\b[^:,]*[:,]\s(.+)", line
                )
                items = [re.sub(r"[*_.]", "", i).strip()
                         for i in re.split(r",\s*(?:and |or )?|\s+(?:and|or)\s+", listed[1])] \
                    if listed else []  # fmt: skip
                low = [item.lower() for item in items]
                if len(items) > len(kinds) and all(k.lower() in low for k in kinds):
                    extra = [i for i in items if i.lower() not in {k.lower() for k in kinds}]
                    values += [f"{article(i)} {i} {head}" if person else i for i in extra]
            member = any(a.slot and not a.slot[1] for a in atoms)
            if member or not closed:
                values.append(rest)
            label = f"the kind of {head}"
            name = variable_name([head], self.atoms.keys() - {atom.name for atom in atoms})
            subject = first.subject
            spoken = first.label.replace(
                f"{article(kinds[0])} {kinds[0]} {head}" if person else kinds[0], "{value}", 1
            )
            clause = spoken if "{value}" in spoken else f"{subject} is {{value}}"
            for atom in atoms:
                kind = atom.slot[1] if atom.slot else ""
                if not kind:
                    replaced[atom.name] = Not(operand=Membership(variable=name, values=(rest,)))
                else:
                    value = values[kinds.index(kind)]
                    replaced[atom.name] = Membership(variable=name, values=(value,))
                del self.atoms[atom.name]
            self.atoms[name] = Atom(
                name=name, type="category", words=first.words, subject=subject, label=label,
                clause=clause, values=values, section=first.section,
            )  # fmt: skip
        return replaced

    def _framed(self) -> dict[str, Condition]:
        """The kinds that lists tell apart ('if the show is a play / a musical') as categories."""
        replaced: dict[str, Condition] = {}
        groups: list[tuple[list[str], bool]] = []
        for names, closed in self.kinds:
            same = [g for g in groups if set(g[0]) & set(names)]
            merged = list(dict.fromkeys([n for g in same for n in g[0]] + list(names)))
            groups = [g for g in groups if g not in same]
            groups.append((merged, closed and all(g[1] for g in same)))
        for names, closed in groups:
            atoms = [self.atoms[n] for n in names if n in self.atoms]
            framed = all(a.frame is not None for a in atoms)
            if len(atoms) < 2 or not closed or not framed or all(a.slot for a in atoms):
                continue
            stem = atoms[0].frame[0] if atoms[0].frame else ""
            head = re.sub(r"\s(?:is|was|are|were|has been)\b.*", "", stem).split()[-1]
            values = [a.frame[1] for a in atoms if a.frame]
            for atom in atoms:
                del self.atoms[atom.name]
            name = variable_name([head], self.atoms)
            for atom, value in zip(atoms, values, strict=False):
                replaced[atom.name] = Membership(variable=name, values=(value,))
            self.atoms[name] = Atom(
                name=name, type="category", words=atoms[0].words, subject=f"the {head}",
                label=f"the kind of {head}", clause=f"{stem} {{value}}", values=values,
                section=atoms[0].section,
            )  # fmt: skip
        return replaced


def _together(atoms: list[Atom]) -> list[list[Atom]]:
    """Atoms that some section speaks of together."""
    parts: list[list[Atom]] = []
    for atom in atoms:
        linked = [p for p in parts if any(a.sections & atom.sections for a in p)]
        parts = [p for p in parts if p not in linked] + [[a for p in linked for a in p] + [atom]]
    return parts
