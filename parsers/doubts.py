"""What a parsed policy may have got wrong: every doubt is a diagnostic, none stays silent.

In: the statements and the workflows of a document. Out: diagnostics for statements that bear on
what a workflow decides and have no part in it ('This doubles for …', a rule of the same outcome),
for two workflows under one head that come to the same, for counts that may be one number, and for
outcomes and circumstances that still hold a condition ('rebook if the chair is free').
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import permutations

from parsers.leads import INDIFFERENT, OFTEN
from parsers.spec import Diagnostic, Statement, Variable, Workflow
from parsers.workflows.rules import any_akin

_NAMELESS = re.compile(r" is (?:for|of) \{value\}$")
_MODIFIES = re.compile(
    r"\b(?:do(?:es)?(?: not|n['’]t) (?:apply|count|go for)|does not hold|"
    r"none of (?:this|these|it|the)|"
    r"(?:the|an|one|only|sole) exceptions?|except (?:for|if|when|where|that)|unless|"
    r"notwithstanding|save (?:that|for|where)|provided (?:always )?that|counts? as|"
    r"(?:is|are) (?:treated|regarded|handled) (?:as|like)|in which case|"
    r"(?:later|earlier|longer|shorter|more|less|over|above|after|beyond) (?:than )?that\b|"
    r"(?:is|are|be) (?:doubled|halved)|doubles|double (?:it|that|this|them)|"
    r"half of what|anyone else would|anybody else would|"
    r"(?:this|that|the same|these) (?:also )?(?:goes|applies|holds|apply) (?:for|to|even|also|"
    r"only|when|if)|instead of (?:that|this)|only (?:if|when|where)|"
    r"(?:^|[.;] )with (?:less|fewer|more) than)\b",
    re.IGNORECASE,
)
# a limit that another sentence names cannot be understood alone
_REFERS = re.compile(
    r"\b(?:later|earlier|longer|shorter|more|less|fewer) than that\b", re.IGNORECASE
)
_OPEN = re.compile(
    r"\b(?:unless|except (?:for|if|when|that)|otherwise|save that|provided that|in which case|"
    r"in that case|depending on|but only|than that)\b|[,;] (?:or,? )?(?:if|where|when) |"
    r"^(?:if|unless|where|when)\b",
    re.IGNORECASE,
)

MOST_BESIDE = 10
"""Workflows under one head that others are held against: each costs a look at all outcomes."""


def doubts(
    statements: Sequence[Statement], workflows: Sequence[Workflow], matters: Sequence[str]
) -> Iterator[Diagnostic]:
    """Doubts about a document.

    Args:
        matters: the run-in head that each statement stands under, '' for none.
    """
    by_id = {workflow.id: workflow for workflow in workflows}
    decided = {
        (statement.section, matter): by_id[statement.workflow]
        for statement, matter in zip(statements, matters, strict=True)
        if statement.workflow is not None
    }
    beside: dict[tuple[tuple[str, ...], str], dict[str, Workflow]] = defaultdict(dict)
    for statement, matter in zip(statements, matters, strict=True):
        if statement.workflow is not None:
            own, near = by_id[statement.workflow], beside[statement.section, matter]
            if len(near) < MOST_BESIDE:
                near[own.id] = own
    for statement, matter in zip(statements, matters, strict=True):
        workflow = decided.get((statement.section, matter))
        loose = workflow is not None or (
            statement.condition is None and statement.category == "factual"
        )
        loose |= bool(_REFERS.search(statement.text))
        if statement.workflow is None and loose and _MODIFIES.search(statement.text):
            said = statement.text.rstrip(" .")
            if statement.condition is None and (OFTEN.match(said) or INDIFFERENT.match(said)):
                continue
            yield _left_out(statement, workflow)
        elif statement.workflow is None and statement.category == "conditional":
            for other in beside[statement.section, matter].values():
                if any_akin(statement.outcomes, other.outcomes):
                    yield _apart(statement, other)
    for together in beside.values():
        for one, other in permutations(together.values(), 2):
            if any_akin(one.outcomes, other.outcomes):
                yield _torn(one, other, statements)
    for workflow in workflows:
        for outcome in workflow.outcomes:
            if _OPEN.search(outcome.text):
                yield _still_open(workflow, "outcome", outcome.text, statements)
        if uncounted := _uncounted(workflow):
            yield _many_names(workflow, uncounted, statements)
        for variable in workflow.variables:
            if variable.type == "boolean" and _OPEN.search(variable.label):
                yield _still_open(workflow, "circumstance", variable.label, statements)


def _left_out(statement: Statement, workflow: Workflow | None) -> Diagnostic:
    where = f"{workflow.title}: " if workflow else ""
    return Diagnostic(
        kind="unparsed",
        message=f"{where}[{statement.id}] seems to change another rule, and is not read so",
        spans=(statement.span,),
        statements=(statement.id,),
        workflow=workflow.id if workflow else None,
        suggestion="say it in the rule that it changes, or as 'If …, …'",
    )


def _apart(statement: Statement, workflow: Workflow) -> Diagnostic:
    return _ambiguous(
        workflow,
        f"[{statement.id}] comes to the same as rules that are decided together, and has no part "
        "in that decision",
        [statement],
        "say whether it goes before or after them: 'first, …', 'otherwise …'",
    )


def _torn(one: Workflow, other: Workflow, statements: Sequence[Statement]) -> Diagnostic:
    return _ambiguous(
        one,
        "the rules under this head fall into several decisions that come to the same: "
        f"'{one.id}' and '{other.id}' share no circumstance",
        [s for s in statements if s.workflow == one.id],
        "name a circumstance in the same words in each rule, or give them two headings",
    )


def _uncounted(workflow: Workflow) -> list[Variable]:
    """Numbers that are counts in different words, one of which does not say of what.

    'Groups of 10', 'a party of fewer than 20', 'larger than 120' may all be one number.
    """
    counts = [v for v in workflow.variables if v.type == "number" and (v.integer or not v.unit)]
    nameless = any(not v.unit and _NAMELESS.search(v.clause) for v in counts)
    return counts if nameless and len(counts) > 1 else []


def _many_names(
    workflow: Workflow, counts: Sequence[Variable], statements: Sequence[Statement]
) -> Diagnostic:
    told = "', '".join(variable.clause.format(value="…") for variable in counts)
    return _ambiguous(
        workflow,
        f"'{told}' are taken for different numbers and may be one",
        [s for s in statements if s.workflow == workflow.id],
        "say what is counted, in the same words in each rule: 'has 10 people or more'",
    )


def _still_open(
    workflow: Workflow, what: str, text: str, statements: Sequence[Statement]
) -> Diagnostic:
    own = [s for s in statements if s.workflow == workflow.id and text in " ".join(s.text.split())]
    return _ambiguous(
        workflow,
        f"the {what} '{text}' holds a condition that is not read as one",
        own,
        "give each case a sentence of its own: 'If …, …'",
    )


def _ambiguous(
    workflow: Workflow, message: str, about: Sequence[Statement], suggestion: str
) -> Diagnostic:
    return Diagnostic(
        kind="ambiguous",
        message=f"{workflow.title}: {message}",
        spans=tuple(statement.span for statement in about),
        statements=tuple(statement.id for statement in about),
        workflow=workflow.id,
        suggestion=suggestion,
    )
