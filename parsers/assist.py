"""A model helps where the parser is in doubt: its proposals are checked, and taken or not.

In: a document, corrections by hand, and a source of text (an endpoint, or a local model passed in
as a callable). Out: the specification with the proposals that hold, and an
`assisted` diagnostic for every proposal, taken or not, with the reason. A reply that cannot be so
(`parsers.proposals`) is answered with the reason, a few times. The document is then parsed again
with what is left: a proposal that makes a new conflict, an unreachable rule or another doubt, or
lets an undoubted workflow decide otherwise where the proposal does not apply, is taken back. What
was corrected by hand is neither asked for nor changed.

Replies are kept in a file by what was asked, so that another call asks only what has changed.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path

from parsers.corrections.applying import corrected
from parsers.corrections.matching import find
from parsers.endpoint import AssistConfig, Endpoint, EndpointError, Generate, Message
from parsers.expressions import written
from parsers.override_file import Overrides
from parsers.policy import specify
from parsers.proposals import ProposalError, again, prompt, proposal_of, schema, verified
from parsers.reading import PolicyError
from parsers.readings import Given
from parsers.solving import domain, told
from parsers.spec import (
    Case,
    Comparison,
    Diagnostic,
    Document,
    PolicySpec,
    Statement,
    Workflow,
    atoms,
    holds,
)
from parsers.workflows.rules import outcome_key
from parsers.workflows.trees import conditions

ATTEMPTS = 3
"""Replies to one statement: the first, and those after it was told what cannot be."""
MAX_TOKENS = 400
"""Of a reply; a proposal takes some 150."""
SAMPLES = 400
"""Cases in which a workflow is compared with what it was; all of them if there are fewer."""
DOUBTS = ("unparsed", "ambiguous", "unreachable")
UNWANTED = (*DOUBTS, "conflict", "stale")


@dataclass(frozen=True)
class Assistant:
    """A source of text, the name of its model, and the file that its replies are kept in."""

    generate: Generate
    model: str
    everything: bool = False
    file: Path | None = None
    parallel: int = 1
    on_progress: Callable[[int, int], None] | None = None


def by_endpoint(
    config: AssistConfig,
    file: Path | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Assistant:
    """The assistant behind the configured endpoint, asked to keep to the form of a proposal."""
    endpoint = Endpoint(config.base_url, config.model, config.key_variable, "assist", schema(),
                        MAX_TOKENS)  # fmt: skip
    return Assistant(endpoint, config.model, config.everything, file, endpoint.parallel,
                     on_progress)  # fmt: skip


def assisted(
    document: Document, assistant: Assistant, overrides: Overrides | None = None
) -> PolicySpec:
    """The specification of a document with a model's help, corrected by hand.

    Raises:
        PolicyError: a correction cannot be applied.
        EndpointError: nothing could be had of the model, now or earlier. When it fails later on,
            the proposals up to there count, and a diagnostic tells of the others.
    """
    plain = specify(document)
    spec = plain if overrides is None else corrected(plain, overrides)
    doubted = in_doubt(spec)
    by_hand = _by_hand(spec, plain, overrides)
    wanted = [s for s in spec.statements
              if s.id not in by_hand and (s.id in doubted or assistant.everything)]  # fmt: skip
    heard = _heard(wanted, spec, assistant, doubted)
    refused = {name: reason for name, reason in heard.items() if isinstance(reason, str)}
    given = {name: reading for name, reading in heard.items() if isinstance(reading, Given)}
    after = spec
    while given:
        try:
            after = specify(document, given)
            after = after if overrides is None else corrected(after, overrides)
            wrong = _wrong(spec, after, given)
        except PolicyError as error:
            wrong = dict.fromkeys(given, f"a correction by hand cannot be applied with it: {error}")
        if not wrong:
            break
        refused |= wrong
        given = {name: reading for name, reading in given.items() if name not in wrong}
        after = spec
    found = [_verdict(s, given.get(s.id), refused.get(s.id), assistant.model)
             for s in wanted if s.id in given or s.id in refused]  # fmt: skip
    failed = [(s, error) for s in wanted if isinstance(error := heard[s.id], EndpointError)]
    if failed:
        found.append(_unasked([s for s, _ in failed], failed[0][1], assistant))
    return after.model_copy(update={"diagnostics": (*after.diagnostics, *found)})


def in_doubt(spec: PolicySpec) -> frozenset[str]:
    """Ids of statements that were not read, or perhaps wrongly."""
    named = {name for d in spec.diagnostics if d.kind in DOUBTS for name in d.statements}
    bare = (s for s in spec.statements if s.condition is None and s.workflow is None)
    return frozenset(named | {s.id for s in bare if s.category == "conditional"})


def _by_hand(spec: PolicySpec, plain: PolicySpec, overrides: Overrides | None) -> frozenset[str]:
    """Statements that corrections settle, themselves or through their workflow."""
    if overrides is None:
        return frozenset()
    fixed = [find(plain.statements, *fix) for fix in overrides.statements.items()]
    made = {s.id for s in spec.statements} - {s.id for s in plain.statements}
    inside = {s.id for s in spec.statements if s.workflow in overrides.workflows}
    return frozenset(inside | made | {s.id for s in fixed if s is not None})


# --- asking ---------------------------------------------------------------------------------

Heard = Given | str | EndpointError | None
"""A reading, why there is none, that the model could not be asked, or that it says the same."""


def _heard(
    wanted: list[Statement], spec: PolicySpec, assistant: Assistant, doubted: frozenset[str]
) -> dict[str, Heard]:
    """What the model says of each statement."""
    kept = _Kept(assistant.file)
    result: dict[str, Heard] = {}
    failed: EndpointError | None = None

    def ask(statement: Statement) -> Heard:
        nonlocal failed
        if failed is not None:
            return failed  # what waited is not asked any more
        heard = _ask(statement, spec, assistant, statement.id in doubted, kept)
        if isinstance(heard, EndpointError) and not heard.here:
            failed = heard
        return heard

    with ThreadPoolExecutor(assistant.parallel) as pool:
        futures = {pool.submit(ask, statement): statement for statement in wanted}
        for done, future in enumerate(as_completed(futures), 1):
            result[futures[future].id] = future.result()
            if assistant.on_progress:
                assistant.on_progress(done, len(wanted))
    errors = [heard for heard in result.values() if isinstance(heard, EndpointError)]
    if errors and len(errors) == len(result):
        raise errors[0]
    return result


def _ask(
    statement: Statement, spec: PolicySpec, assistant: Assistant, doubted: bool, kept: _Kept
) -> Heard:
    chat = prompt(statement, spec)
    asked = _key(assistant.model, chat)
    replies = kept.replies(asked)
    reason = ""
    for attempt in range(ATTEMPTS):
        if attempt == len(replies):
            try:
                (said,) = assistant.generate([chat])
            except EndpointError as error:
                return error
            replies = (*replies, said)
            kept.keep(asked, statement.id, assistant.model, chat, replies)
        try:
            proposal = proposal_of(replies[attempt])
            return verified(proposal, statement, spec, assistant.model, doubted)
        except ProposalError as error:
            reason = str(error)
        chat = [*chat, *again(replies[attempt], reason)]
    return reason


def _key(model: str, chat: list[Message]) -> str:
    return hashlib.sha256(json.dumps([model, chat, schema()]).encode()).hexdigest()


class _Kept:
    """The replies of earlier calls, by what was asked; every new one is added to the file."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._replies: dict[str, tuple[str, ...]] = {}
        for line in _lines(file):
            try:
                entry = json.loads(line)
                self._replies[entry["key"]] = tuple(map(str, entry["replies"]))
            except (ValueError, KeyError, TypeError):
                continue  # the last line of a call that was killed

    def replies(self, key: str) -> tuple[str, ...]:
        return self._replies.get(key, ())

    def keep(
        self, key: str, statement: str, model: str, chat: list[Message], replies: tuple[str, ...]
    ) -> None:
        if self._file is None:
            return
        entry = {"key": key, "statement": statement, "model": model, "prompt": chat[-1]["content"],
                 "replies": replies}  # fmt: skip
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")


def _lines(file: Path | None) -> list[str]:
    try:
        return [] if file is None else file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


# --- what comes of it -----------------------------------------------------------------------


def _wrong(before: PolicySpec, after: PolicySpec, given: Mapping[str, Given]) -> dict[str, str]:
    """The readings that are to be taken back, with the reason."""
    names = {s.id: s for s in after.statements}
    wrong: dict[str, str] = {
        name: "other rules hang on how the parser read it, or on what it stands under"
        for name in given
        if name not in names or names[name].assisted is None
    }
    if wrong:
        return wrong
    known = {(d.kind, d.message) for d in before.diagnostics}
    for finding in sorted(after.diagnostics, key=lambda d: d.kind != "stale"):
        if finding.kind in UNWANTED and (finding.kind, finding.message) not in known:
            for name in _to_blame(finding, after, given):
                wrong.setdefault(name, f"it makes a new finding: {finding.kind}: {finding.message}")
    doubtful = before.doubtful
    for workflow in before.workflows:
        if workflow.id not in doubtful and (reason := _changed(workflow, before, after, given)):
            for name in _near(workflow.id, workflow.section, after, given):
                wrong.setdefault(name, reason)
    return wrong


def _to_blame(finding: Diagnostic, after: PolicySpec, given: Mapping[str, Given]) -> Iterable[str]:
    own = [name for name in finding.statements if name in given]
    sections = [s.section for s in after.statements if s.id in finding.statements]
    return own or _near(finding.workflow, sections[0] if sections else (), after, given)


def _near(
    workflow: str | None, section: tuple[str, ...], after: PolicySpec, given: Mapping[str, Given]
) -> Iterable[str]:
    """The readings of a workflow, else those of its section, else all."""
    told = [s for s in after.statements if s.id in given]
    inside = [s.id for s in told if workflow is not None and s.workflow == workflow]
    beside = [s.id for s in told if s.section == section]
    return inside or beside or given


def _changed(
    workflow: Workflow, before: PolicySpec, after: PolicySpec, given: Mapping[str, Given]
) -> str:
    """What a workflow decides otherwise where no new reading applies; '' for nothing."""
    own = {s.id for s in before.statements if s.workflow == workflow.id}
    homes = [s.workflow for s in after.statements if s.id in own and s.workflow is not None]
    if not homes:
        return f"{workflow.title}: its rules decide nothing together any more"
    now = after.workflow(max(set(homes), key=homes.count))
    for case in _cases(workflow, now):
        if any(r.condition is not None and _applies(r, case) for r in given.values()):
            continue
        old, new = workflow.decide(case).outcome, now.decide(case).outcome
        if _meaning(old) != _meaning(new):
            variables = {v.name: v for v in (*workflow.variables, *now.variables)}
            return (
                f"{workflow.title}: when {told(case, variables)} it decides "
                f"'{new or 'nothing'}' instead of '{old or 'nothing'}'"
            )
    return ""


def _applies(reading: Given, case: Case) -> bool:
    """Whether the reading's condition holds; not if it asks what the case does not tell."""
    try:
        return reading.condition is not None and holds(reading.condition, case)
    except KeyError:
        return False


def _meaning(outcome: str | None) -> frozenset[str]:
    return frozenset() if outcome is None else outcome_key(outcome)


def _cases(one: Workflow, other: Workflow) -> Iterator[Case]:
    """Cases over the circumstances of both: all of them, or as many as `SAMPLES`."""
    asked = [a for w in (one, other) for c in conditions(w.root) for a in atoms(c)]
    values = {
        v.name: domain(v, [a for a in asked if isinstance(a, Comparison) and a.variable == v.name])
        for v in (*one.variables, *other.variables)
    }
    if prod(map(len, values.values())) <= SAMPLES:
        yield from (dict(zip(values, chosen, strict=True)) for chosen in product(*values.values()))
        return
    chance = random.Random(one.id)
    for _ in range(SAMPLES):
        yield {name: chance.choice(among) for name, among in values.items()}


def _verdict(
    statement: Statement, reading: Given | None, reason: str | None, model: str
) -> Diagnostic:
    if reading is not None and reading.condition is not None:
        message = f"[{statement.id}] is read as {model} proposes: if {written(reading.condition)}"
        suggestion = "check it, and correct it in the overrides if it is wrong"
    else:
        message = f"[{statement.id}] what {model} proposes is not taken: {reason}"
        suggestion = "word it more plainly, or say in the overrides how it is to be read"
    return Diagnostic(
        kind="assisted", message=message, spans=(statement.span,), statements=(statement.id,),
        suggestion=suggestion,
    )  # fmt: skip


def _unasked(statements: list[Statement], error: EndpointError, assistant: Assistant) -> Diagnostic:
    kept = "; what was answered is kept" if assistant.file is not None else ""
    return Diagnostic(
        kind="assisted",
        message=f"{len(statements)} statements could not be put to {assistant.model}: {error}",
        spans=tuple(s.span for s in statements),
        statements=tuple(s.id for s in statements),
        suggestion=f"mend that and parse again{kept}",
    )
