"""Does the parsed workflow decide as the document's author meant: `python -m benchmarks.agreement`.

In: policies that CC-Gen writes at depth 1 to 6 in every style (`data.ccgen`), whose decision trees
are known. Out: `benchmarks/parsers/agreement.json` and a table on stdout: the share of sampled
cases that the parsed workflow decides as the tree does, by style and depth.

How a case is told to the parsed workflow: a variable's own words (its label, its clause with a
value put in) are compared with the phrases that the document has for each circumstance; the likest
phrase says which circumstance is meant, and which value of it. Nothing else of the parser is looked
at, and nothing but the case is told: a variable that cannot be recognized is filled wrongly and
counts against the parser. A section counts as decided by its workflow; where it has none or
several, all its cases are wrong.
"""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations, product
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.record import Row, write
from data.ccgen.domains import Case, Circumstance
from data.ccgen.domains import Value as Told
from data.ccgen.policy import STYLES, Policy, Setting, Task, make
from data.ccgen.procedure import case_for, decide, leaves
from data.ccgen.wording import key
from parsers import PolicySpec, Variable, Workflow, parse
from parsers.spec import Value

CASES = 20
"""So many for each leaf of a tree."""
HOURS = {"minutes": 1 / 60, "hours": 1.0, "days": 24.0, "weeks": 168.0}
FILLING = set("a an the is are was were has have had been of to for in on at by it there that who "
              "whose which kind number".split())  # fmt: skip
MONTHS = {"months": 1.0, "years": 12.0}


@dataclass(frozen=True)
class Wrong:
    """A case that the workflow decides otherwise."""

    case: Case
    wanted: str
    said: str


@dataclass(frozen=True)
class Meaning:
    """The circumstance a phrase is about, and the values it gives it; none for a number."""

    circumstance: str
    values: tuple[Told, ...] = ()


@dataclass
class Aligned:
    """One task, the workflow of its section, and how cases are told to it."""

    policy: Policy
    task: Task
    workflow: Workflow

    @cached_property
    def phrases(self) -> list[tuple[str, Meaning]]:
        return list(_phrases(self.policy.circumstances))

    def bind(self, case: Case) -> dict[str, Value]:
        """A value for each variable of the workflow."""
        return {v.name: self._value(v, case) for v in self.workflow.variables}

    def _value(self, variable: Variable, case: Case) -> Value:
        if variable.type == "number":
            meant = self._meant(f"{variable.label} {variable.clause} {variable.unit}", number=True)
            it = self.policy.circumstances[meant.circumstance]
            return float(case[it.name]) * _factor(it.unit, variable.unit)
        if variable.type == "boolean":
            meant = self._meant(variable.label)
            return case[meant.circumstance] in meant.values
        for value in variable.values:
            meant = self._meant(variable.clause.format(value=value))
            if case[meant.circumstance] in meant.values:
                return value
        return ""

    def _meant(self, words: str, number: bool = False) -> Meaning:
        known = self._known.setdefault((words, number), None)
        if known is None:
            fit = [(p, m) for p, m in self.phrases if (not m.values) == number]
            known = max(fit, key=lambda pair: likeness(pair[0], words))[1]
            self._known[words, number] = known
        return known

    @cached_property
    def _known(self) -> dict[tuple[str, bool], Meaning | None]:
        return {}

    def wrong(self, cases: list[Case]) -> list[Wrong]:
        keys = {
            leaf.id: key(leaf.outcome, self.task.matter, self.policy.domain)
            for _, leaf in leaves(self.task.tree)
        }
        result = []
        for case in cases:
            said = self.workflow.decide(self.bind(case)).outcome or ""
            wanted = decide(self.task.tree, case)[1].id
            if [leaf for leaf, words in keys.items() if _named(words, said)] != [wanted]:
                result.append(Wrong(case, " / ".join(keys[wanted]), said))
        return result


def _named(words: tuple[str, ...], said: str) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(w)}", said, re.IGNORECASE) for w in words)


def _phrases(every: Mapping[str, Circumstance]) -> Iterator[tuple[str, Meaning]]:
    """What the document calls each circumstance, and each value of it."""
    for name, it in every.items():
        if it.kind == "boolean":
            yield it.yes, Meaning(name, (True,))
            yield it.who, Meaning(name, (True,))
            yield it.head, Meaning(name, (True,))
            yield it.no, Meaning(name, (False,))
            yield it.who_not, Meaning(name, (False,))
        elif it.kind == "number":
            for phrase in (it.clause, it.who, it.noun, it.head):
                yield f"{phrase.replace('{q}', '')} {it.unit}", Meaning(name)
        else:
            for values in (*permutations(it.values, 1), *permutations(it.values, 2)):
                told = " or ".join(values)
                for phrase in (it.clause.format(v=told), it.who.format(v=told)):
                    yield phrase, Meaning(name, values)
                yield f"{it.head}: {told}", Meaning(name, values)


def _factor(unit: str, other: str) -> float:
    for table in (HOURS, MONTHS):
        if unit in table and other in table:
            return table[unit] / table[other]
    return 1.0


def stems(text: str) -> set[str]:
    words = re.findall(r"[^\W_]+", re.sub(r"n't\b", " not", text.lower()))
    return {word[:5].rstrip("s") for word in words if word not in FILLING}


def likeness(phrase: str, text: str) -> float:
    """How many words are shared, and which share of all these are."""
    one, other = stems(phrase), stems(text)
    return len(one & other) + len(one & other) / len(one | other)


def cases_of(policy: Policy, task: Task, each: int, rng: random.Random) -> list[Case]:
    """Sampled cases, so many for each leaf, on, below and above its thresholds among others."""
    every = policy.circumstances
    found = [case_for(way, every, rng, {}) for way, _ in leaves(task.tree) for _ in range(each)]
    return [case for case in found if case is not None]


def parsed(policy: Policy) -> PolicySpec:
    with TemporaryDirectory() as folder:
        path = Path(folder) / policy.name
        path.write_text(policy.document.text, encoding="utf-8")
        return parse(path)


def aligned(policy: Policy, task: Task, spec: PolicySpec) -> Aligned | None:
    """None if the task's section has not exactly one workflow."""
    head = task.matter.head.lower()
    inside = [w for w in spec.workflows if any(head in part.lower() for part in w.section)]
    return Aligned(policy, task, inside[0]) if len(inside) == 1 else None


def compared(policy: Policy, each: int = CASES) -> Iterator[tuple[Task, int, list[Wrong]]]:
    """Each task with the number of its cases and those decided otherwise."""
    spec = parsed(policy)
    rng = policy.setting.rng("cases")
    for task in policy.tasks:
        cases = cases_of(policy, task, each, rng)
        pair = aligned(policy, task, spec)
        yield (
            task,
            len(cases),
            pair.wrong(cases) if pair else [Wrong(c, "", "no workflow") for c in cases],
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--tasks", type=int, default=4)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    options = parser.parse_args()
    rows: list[Row] = []
    for style, depth in product(STYLES, range(1, 7)):
        cases = agreed = tasks = whole = 0
        for seed in range(options.first, options.first + options.seeds):
            policy = make(Setting(3, options.tasks, workflow=depth, seed=seed, style=style))
            for _, count, wrong in compared(policy):
                cases, agreed = cases + count, agreed + count - len(wrong)
                tasks, whole = tasks + 1, whole + (not wrong)
        rows.append(
            {"style": style, "depth": depth, "tasks": tasks, "wholly_right": whole,
             "cases": cases, "agreed": agreed}
        )  # fmt: skip
        print(f"{style:10} {depth} {whole}/{tasks} tasks, {agreed}/{cases} = {agreed / cases:.1%}")
    write(
        "parsers/agreement", rows,
        f"python -m benchmarks.agreement --seeds {options.seeds} --tasks {options.tasks} "
        f"--first {options.first}",
    )  # fmt: skip


if __name__ == "__main__":
    main()
