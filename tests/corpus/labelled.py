"""A corpus of labelled questions under many policies.

In: `NAME.md`, policies of many businesses, and beside each `NAME.jsonl`, questions put as customers
put them, each labelled either with a case of one of the policy's workflows and the words that tell
it, or with the statement that answers it. Out: `Conversation`s whose chains and verdicts the oracle
makes, as `data.workflows` and `data.asks` make those of a run. It holds parser and oracle to 48
documents; nothing is trained on it.

`python -m tests.corpus.labelled NAME.md` shows how a policy is understood and checks its questions.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pydantic import Field, ValidationError

from data import asks, recitations
from data.cases import asked_on
from data.chains import answer, chain, decisive
from data.samples import Conversation, Record
from data.tellings import Piece
from parsers import parse
from parsers.spec import Branch, Node, PolicySpec, Value, Variable

CORPUS = Path(__file__).parent


class OnCase(Record):
    """A question that a workflow decides.

    `told` gives, for a variable of the case, the question's own words for it, verbatim; a boolean
    that is not told is false.
    """

    workflow: str
    case: dict[str, Value]
    told: dict[str, str]
    question: str


class OnStatement(Record):
    """A question that one statement answers; `check` compares what is asked with what is so.

    `statement` is words of the document that stand in one statement only: ids may change.
    """

    statement: str
    question: str
    check: str = ""
    answer: str = Field(min_length=1)


def policy_of(questions: Path) -> Path:
    """The document, whatever its format, that a file of questions stands beside."""
    (policy,) = (p for p in questions.parent.glob(f"{questions.stem}.*") if p != questions)
    return policy


def conversations(policy: Path) -> tuple[PolicySpec, list[Conversation]]:
    """A policy of the corpus and its labelled questions, as supervised turns.

    Raises:
        ValueError: a question does not fit the policy; the message names file, line and reason.
    """
    spec = parse(policy)
    file = policy.with_suffix(".jsonl")
    made = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            made.append(_conversation(spec, json.loads(line), f"{policy.stem}-{number}"))
        except (ValueError, KeyError, StopIteration) as error:
            raise ValueError(f"{file}:{number}: {_reason(error)}") from error
    return spec, made


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
    if isinstance(error, StopIteration):
        return "no such workflow, statement or variable in the policy"
    return str(error)


def _conversation(spec: PolicySpec, entry: dict[str, object], name: str) -> Conversation:
    if "workflow" in entry:
        return _on_case(spec, OnCase.model_validate(entry), name)
    return _on_statement(spec, OnStatement.model_validate(entry), name)


def _on_case(spec: PolicySpec, given: OnCase, name: str) -> Conversation:
    workflow = spec.workflow(given.workflow)
    case: dict[str, Value] = {v.name: False for v in workflow.variables if v.type == "boolean"}
    for key, value in given.case.items():
        case[key] = _typed(workflow.variable(key), value)
    try:
        decision = workflow.decide(case)
    except KeyError as error:
        raise ValueError(f"the case does not say {error.args[0]!r}, which is asked") from error
    asked = asked_on(decision.tests)
    for key, words in given.told.items():
        if words not in given.question:
            raise ValueError(f"the question does not say {words!r} (told for {key})")
        if key not in case:
            raise ValueError(f"{key!r} is told, but not in the case")
    for key in asked:
        if key not in given.told and case[key] is not False:
            raise ValueError(f"the case rests on {key}={case[key]!r}, which is not told")
    told = [Piece(words, key) for key, words in given.told.items()]
    told.sort(key=lambda piece: given.question.find(piece.words))
    return Conversation(
        id=name,
        kind="complex",
        question=given.question,
        statements=decisive(spec, decision),
        template="",
        workflow=workflow.id,
        case=case,
        chain=chain(spec, workflow, case, decision, told),
        answer=answer(decision),
    )


def _typed(variable: Variable, value: Value) -> Value:
    if variable.type == "number":
        if isinstance(value, bool | str):
            raise ValueError(f"{variable.name} is a number, not {value!r}")
        return float(value)
    if variable.type == "boolean" and not isinstance(value, bool):
        raise ValueError(f"{variable.name} is true or false, not {value!r}")
    if variable.type == "category" and value not in variable.values:
        raise ValueError(f"{variable.name} is one of {', '.join(variable.values)}, not {value!r}")
    return value


def _on_statement(spec: PolicySpec, given: OnStatement, name: str) -> Conversation:
    found = [s for s in spec.statements if given.statement in " ".join(s.text.split())]
    if len(found) != 1:
        raise ValueError(f"{len(found)} statements say {given.statement!r}; quote one")
    (statement,) = found
    return Conversation(
        id=name,
        kind=asks.kind_of(statement),
        question=given.question,
        statements=(statement.id,),
        template="",
        chain=asks.chain(statement, spec, given.check),
        answer=given.answer,
    )


# --- for whoever writes ---------------------------------------------------------------------


def outline(spec: PolicySpec) -> Iterator[str]:
    """How a policy is understood: its statements, and its workflows with variables and branches."""
    for statement in spec.statements:
        if statement.workflow is None:
            told = recitations.recite(statement, spec)
            yield f"{statement.id} ({asks.kind_of(statement)}): {told}"
    for workflow in spec.workflows:
        yield f"\nworkflow {workflow.id}"
        for v in workflow.variables:
            domain = {
                "boolean": f"true = {v.label}",
                "number": f"{v.clause or v.label}; limits {', '.join(map(str, v.thresholds))}",
                "category": f"{v.clause or v.label}; one of {', '.join(v.values)}",
            }[v.type]
            yield f"  {v.name} ({v.type}): {domain}"
        yield from _tree(workflow.root, [o.text for o in workflow.outcomes], 1)
    for diagnostic in spec.diagnostics:
        yield f"! {diagnostic.kind}: {diagnostic.message}"


def _tree(node: Node, outcomes: list[str], depth: int) -> Iterator[str]:
    pad = "  " * depth
    if not isinstance(node, Branch):
        yield f"{pad}=> {'(no rule)' if node.outcome is None else outcomes[node.outcome]}"
        return
    yield f"{pad}{node.text}? yes:"
    yield from _tree(node.yes, outcomes, depth + 1)
    yield f"{pad}no:"
    yield from _tree(node.no, outcomes, depth + 1)


def main(path: str) -> None:
    policy = Path(path)
    if not policy.with_suffix(".jsonl").exists():
        print(*outline(parse(policy)), sep="\n")
        return
    try:
        _, made = conversations(policy)
    except ValueError as error:
        sys.exit(str(error))
    for it in made:
        print(f"Q: {it.question}\n{it.chain}\n=> {it.answer}\n")
    print(Counter(it.kind for it in made))


if __name__ == "__main__":
    main(sys.argv[1])
