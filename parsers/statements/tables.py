"""Tables to rules: a table of cases gives a rule a row, a matrix a rule a row and column.

A table whose columns only tell facts gives statements without rules.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import takewhile

from parsers.blocks import Block, Prose
from parsers.case_heads import is_rest
from parsers.clauses.analysis import analyse_clause
from parsers.conditions.columns import Column, is_any
from parsers.conditions.comparisons import comparisons, measures
from parsers.conditions.logic import conjoin, disjoin, negate
from parsers.conditions.units import MONEY
from parsers.language import analyse, singular
from parsers.matrices import (
    is_matrix,
    measure_of,
    measured_heads,
    names_rows,
    neighbours,
    past_those,
)
from parsers.spec import Condition, Membership, Outcome, Span
from parsers.statements.cells import Cells
from parsers.statements.drafts import Draft
from parsers.worded_cells import takes_rest
from parsers.workflows.rules import Rule

_OUTCOME_HEADER = re.compile(
    r"decision|outcome|action|what (?:to|we|you)|result|response|resolution|then|do this|fee|"
    r"charge|refund|remedy|handling|answer|penalty|compensation|approval|entitlement|fine|next",
    re.IGNORECASE,
)
_TABLE_INTRO = re.compile(
    r"\b(?:row|rows|table|below|following|depends?|as follows)\b", re.IGNORECASE
)

_IN_TURN = re.compile(
    r"\b(?:first|second|third|1st|2nd|3rd|next|then|last|later|steps?|stages?|phases?|tasks?)\b",
    re.I,
)
_NON = re.compile(r"non[- ]?", re.IGNORECASE)


class Tables(Cells):
    """Folds rows of tables into drafts."""

    def table(self, rows: list[Block], owner: Draft | None) -> list[Rule]:
        """The rows of a table: rules when it is a table of cases, else facts."""
        header = rows[0].header
        self.lexicon.enter(rows[0].section)
        drafts = [
            self.draft(row, row.prose, 0, len(row.prose.text), " | ".join(header) + ":")
            for row in rows
        ]
        for draft in drafts:
            draft.over = owner.index if owner is not None and owner.said.endswith(":") else -1
        columns = [
            [row.cells[c].text.strip() if c < len(row.cells) else "" for row in rows]
            for c in range(len(header))
        ]
        named = [c for c, name in enumerate(header) if _OUTCOME_HEADER.search(name)]
        ranged = any(measures(cell) for cell in columns[0]) and all(
            measures(cell) or neighbours(cell) for cell in columns[0]
        )
        if is_matrix(columns, named, ranged):
            return self._matrix(rows, drafts, header, columns, self._kinds_across(header))
        if not set(named) - {0} and measured_heads(header, columns):
            return self._matrix(rows, drafts, header, columns, self._ranges_across(header))
        target = _outcome_column(header, columns)
        if target is None:
            return []
        kinds = acts_by_kind(header, columns, named)
        tests_of = self._of_kinds([header[c] for c in kinds])
        cases: list[tuple[Draft, Outcome, dict[int, tuple[Condition, str]]]] = []
        excepted: dict[int, list[Rule]] = {}
        unasked = {target, *kinds} | (
            {0} if names_rows(header, columns) and len(header) > 2 else set()
        )
        asked = [c for c in range(len(header)) if c not in unasked]
        rest = _rest_row(columns, asked)
        read = [Column(name, cells[: len(cells) - rest])
                for name, cells in zip(header, columns, strict=True)]  # fmt: skip
        for draft, row in zip(drafts, rows, strict=True):
            tests: dict[int, tuple[Condition, str]] = {}
            spans: list[Span] = []
            for c, name in enumerate(header):
                if c in unasked or c >= len(row.cells) or (rest and row is rows[-1]):
                    continue
                condition = self.lexicon.cell(row.cells[c].text.strip(), read[c])
                if condition is None:
                    continue
                cell = row.cells[c]
                tests[c] = (condition, f"{name}: {cell.text.strip()}")
                spans.append(cell.span(0, len(cell.text)))
            if tests_of:
                cases += self._dealt_by_kind(draft, row, kinds, tests_of, tests)
                draft.condition_spans = spans
                continue
            cell = row.cells[target]
            if not cell.text.strip():
                continue
            draft.category = "conditional"
            draft.condition = conjoin([condition for condition, _ in tests.values()])
            draft.condition_spans = spans
            outcome, excepted[draft.index] = self.done(draft, cell)
            draft.rules.append(Rule(draft.index, draft.condition, "", outcome))
            draft.rules[-1].exceptions = excepted[draft.index]
            cases.append((draft, outcome, tests))
        intro = next(
            (
                d
                for d in takewhile(
                    lambda d: d.block.section == rows[0].section,
                    map(self.drafts.__getitem__, range(drafts[0].index - 1, -1, -1)),
                )
                if _TABLE_INTRO.search(d.said)
            ),
            None,
        )
        order = asked + (kinds[:1] if tests_of else [])
        worded = any(read[c].worded for c in asked)
        if worded:
            intro = None  # circumstances may overlap: what one row leaves may fit a later one
        if rest:
            self._open(read, asked)
        made = _by_column(cases, order, intro)
        for rule in made:
            rule.table = rows[0].table if worded else -1
        for rule in [part for top in made for part in top.walk()]:
            if rule.outcome is not None:
                rule.exceptions = list(excepted.get(rule.statement, ()))
        return made

    def _open(self, read: list[Column], asked: list[int]) -> None:
        """A row for every other case: the kinds in the rows above it are not all there are."""
        for atom in (read[c].atom for c in asked):
            if atom is not None and atom.type == "category" and not any(
                value.lower().startswith("other") for value in atom.values
            ):  # fmt: skip
                atom.values.append("other")

    def _of_kinds(self, names: list[str]) -> list[tuple[Condition, str]]:
        """For each column that is of a kind, the test for that kind; [] where there are none."""
        if not names:
            return []
        if not any(is_rest(name) or _NON.match(name) for name in names):
            atom = self.lexicon.column(f"the {_kind_noun(tuple(names))} in question", names, False)
            return [(Membership(variable=atom.name, values=(name,)), name) for name in names]
        found = {name: self.lexicon.phrase(name) for name in names if not is_rest(name)}
        left = negate(disjoin(list(found.values())))
        tests = [(left if is_rest(name) else found[name], name) for name in names]
        return [(test, name) for test, name in tests if test] if None not in found.values() else []

    def _dealt_by_kind(
        self,
        draft: Draft,
        row: Block,
        kinds: list[int],
        tests_of: list[tuple[Condition, str]],
        tests: dict[int, tuple[Condition, str]],
    ) -> list[tuple[Draft, Outcome, dict[int, tuple[Condition, str]]]]:
        """A row that says for each of several kinds what is done: a case a kind, or one for all."""
        draft.category = "conditional"
        draft.condition = conjoin([condition for condition, _ in tests.values()])
        cells = [row.cells[c] for c in kinds if c < len(row.cells)]
        if len({cell.text.strip(" .") for cell in cells}) == 1 == len(cells) - len(kinds) + 1:
            dealt = [(_outcome(cells[0]), tests)]
        else:
            dealt = [
                (_outcome(cell), {**tests, kinds[0]: test})
                for cell, test in zip(cells, tests_of, strict=False) if cell.text.strip()
            ]  # fmt: skip
        for outcome, told in dealt:
            test = conjoin([condition for condition, _ in told.values()])
            draft.rules.append(Rule(draft.index, test, "", outcome))
        draft.more += [outcome for outcome, _ in dealt[1:]]
        return [(draft, outcome, told) for outcome, told in dealt]

    def _matrix(
        self,
        rows: list[Block],
        drafts: list[Draft],
        header: tuple[str, ...],
        columns: list[list[str]],
        across: list[Condition | None],
    ) -> list[Rule]:
        """A table of two dimensions: each cell is the outcome of its row and column."""
        first = Column(header[0], columns[0])
        rules = []
        for draft, row in zip(drafts, rows, strict=True):
            said = row.cells[0].text.strip()
            condition = self.lexicon.cell(said, first)
            draft.category, draft.condition = "conditional", condition
            draft.condition_spans = [row.cells[0].span(0, len(row.cells[0].text))]
            rule = Rule(draft.index, condition, f"{header[0]}: {said}")
            for name, test, cell in zip(header[1:], across, row.cells[1:], strict=False):
                if not re.search(r"\w", cell.text):
                    continue  # a dash: the document says nothing of this case
                child = Rule(draft.index, test, name, _outcome(cell))
                child.connective = "" if test is not None else "otherwise"
                rule.children.append(child)
            draft.more += [child.outcome for child in rule.children if child.outcome]
            draft.rules.append(rule)
            rules.append(rule)
        return rules

    def _kinds_across(self, header: tuple[str, ...]) -> list[Condition | None]:
        """Columns that are kinds of one thing: for each, the test for its kind."""
        atom = self.lexicon.column(f"the {_kind_noun(header[1:])} in question", [], False)
        atom.values += [name for name in header[1:] if name not in atom.values]
        return [Membership(variable=atom.name, values=(name,)) for name in header[1:]]

    def _ranges_across(self, header: tuple[str, ...]) -> list[Condition | None]:
        """Columns that are ranges of one measure: for each, its test, None for the rest."""
        before, unit, behind = measure_of(header[1])
        what = "amount" if unit in MONEY else f"number of {unit}{'s' * (len(unit) > 2)}"
        words = (before.lower() or (what if unit else "number"), behind)
        heads = [name for name in header[1:] if not past_those(name)]
        column = Column(" ".join(("the", *filter(None, words))), heads)
        return [
            None if past_those(name) else self.lexicon.cell(name, column) for name in header[1:]
        ]


def _rest_row(columns: list[list[str]], asked: list[int]) -> int:
    """1 where the last row takes what those above leave, in all of several columns; else 0."""
    last = [columns[c][-1] for c in asked if columns[c][-1]]
    return int(len(last) > 1 and all(map(takes_rest, last)))


def _outcome(cell: Prose) -> Outcome:
    return Outcome(text=cell.text.strip(" ."), span=cell.span(0, len(cell.text.rstrip(" ."))))


def acts_by_kind(header: tuple[str, ...], columns: list[list[str]], named: list[int]) -> list[int]:
    """The last columns, where each says what is done for one kind: 'Members', 'Everyone else'.

    Their cells are acts, and their names kinds: of one noun, or one of them takes the rest.
    """
    acts = {cell for column in columns for cell in column if analyse_clause(cell).imperative}
    first = len(header)
    while first > 1 and first - 1 not in named and all(
        cell in acts or cell in columns[-1] for cell in columns[first - 1]
    ) and any(cell in acts for cell in columns[first - 1]):  # fmt: skip
        first -= 1
    found = list(range(first, len(header)))
    names = tuple(header[c] for c in found)
    kinds = any(is_rest(name) or _NON.match(name) for name in names) or (
        _kind_noun(names) != "column"
    )
    ordered = any(_IN_TURN.search(name) for name in names)
    return found if len(found) > 1 and kinds and not ordered else []


def _kind_noun(names: tuple[str, ...]) -> str:
    """What kinds are kinds of: the noun that most of their names share."""
    nouns = Counter(
        singular(token.lower_)
        for name in names
        for token in analyse(name.lower())
        if token.pos_ in {"NOUN", "PROPN"}
    )
    noun, count = nouns.most_common(1)[0] if nouns else ("", 0)
    return noun if count * 2 > len(names) else "column"


def _by_column(
    cases: list[tuple[Draft, Outcome, dict[int, tuple[Condition, str]]]],
    columns: list[int],
    intro: Draft | None,
) -> list[Rule]:
    """A table's rows as rules, asked column by column where the rows are so grouped.

    A test that several rows share is made by the sentence that introduces the table; without one
    the rows stay whole.
    """
    if intro is not None and columns and len(cases) > 1:
        first, rest = columns[0], columns[1:]
        groups: list[list[tuple[Draft, Outcome, dict[int, tuple[Condition, str]]]]] = []
        for case in cases:
            if groups and groups[-1][0][2].get(first) == case[2].get(first):
                groups[-1].append(case)
            else:
                groups.append([case])
        values = [group[0][2].get(first) for group in groups]
        if len(groups) == 1 and values[0] is None:
            return _by_column(cases, rest, intro)
        if len(groups) < len(cases) and None not in values and len(
            {text for _, text in filter(None, values)}
        ) == len(groups):  # fmt: skip
            rules = []
            for group, value in zip(groups, values, strict=True):
                if value is None:
                    continue
                if len(group) == 1:
                    rules += _by_column(group, columns, intro)
                    continue
                rule = Rule(intro.index, value[0], value[1])
                rule.children = _by_column(group, rest, intro)
                rules.append(rule)
            return rules
    rules = []
    for draft, outcome, tests in cases:
        left = [tests[c] for c in columns if c in tests]
        rule = Rule(
            draft.index,
            conjoin([condition for condition, _ in left]),
            "; ".join(text for _, text in left),
            outcome,
        )
        rule.connective = "" if left else "otherwise"
        rules.append(rule)
    return rules


def _outcome_column(header: tuple[str, ...], columns: list[list[str]]) -> int | None:
    """Index of the column that says what to do in a table of cases; None for a table of facts."""
    if len(header) < 2 or not columns or len(columns[0]) < 2:
        return None
    named = [c for c, name in enumerate(header) if _OUTCOME_HEADER.search(name)]
    last = named[-1] if named else len(header) - 1
    others = [cell for c, column in enumerate(columns) if c != last for cell in column]
    cases = any(is_any(cell) or comparisons(cell) for cell in others)
    yes_no = any(cell.lower() in {"yes", "no"} for cell in others)
    imperative = any(analyse_clause(cell).imperative for cell in columns[last] if cell)
    return last if cases or yes_no or imperative else None
