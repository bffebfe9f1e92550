"""The whole way from a `Document` to a `PolicySpec`.

In: a document, and readings of statements that come from elsewhere, if any. Out: its statements,
variables, workflows and diagnostics. Text that cannot be structured stays as a statement, with a
diagnostic.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace as replace_rule

from parsers.ahead import analysed_ahead, likely
from parsers.blocks import Block, blocks
from parsers.bounds import Unit, units
from parsers.case_heads import with_case_heads
from parsers.case_lists import with_cases
from parsers.categories import Reading, read
from parsers.conditions.lexicon import Lexicon
from parsers.conditions.logic import replace
from parsers.definitions import definitions
from parsers.doubts import doubts
from parsers.going_on import gone_on
from parsers.heads import under_heads
from parsers.ids import slugs
from parsers.programs.reader import read as read_flows
from parsers.readings import Given, enter
from parsers.references import find_references
from parsers.shorthand import written_out
from parsers.spec import (
    Carveout,
    Diagnostic,
    Document,
    Image,
    PolicySpec,
    Span,
    Statement,
    Workflow,
    variables_of,
)
from parsers.statements.builder import Builder
from parsers.statements.drafts import Draft
from parsers.statements.ordered import IN_ORDER
from parsers.steps import Case, Flow, flows, leads, walk
from parsers.unrolling import unroll
from parsers.workflows.compilation import compile_group
from parsers.workflows.groups import groups
from parsers.workflows.rules import Rule
from parsers.workflows.series import joined, series_of

_MARKS = r"(?:\*{1,3}|_{1,3}|`)"


def specify(document: Document, given: Mapping[str, Given] | None = None) -> PolicySpec:
    """Parse a document that has been read.

    Args:
        given: by statement id, readings to take in the place of the parser's own where they fit in
            with what was read around them; `Statement.assisted` tells where they did.
    """
    laid = blocks(document)
    terms = definitions(laid)
    lexicon = Lexicon(document.text, terms)
    builder = Builder(lexicon)
    sections: list[tuple[tuple[str, ...], list[Rule]]] = []
    parts = written_out(under_heads(with_cases(with_case_heads(gone_on(laid)))))
    begins: list[int] = []
    for path, members in analysed_ahead(_by_matter(parts), lambda part: likely(part[1])):
        begins.append(len(builder.drafts))
        sections.append((path, builder.section(members)))
    drafts = builder.drafts
    _reach_over(sections, drafts)
    _define(sections, drafts, lexicon.meant)
    mapping = {**lexicon.categories(document.text)}
    for name, condition in builder.aliases.items():
        mapping[name] = replace(condition, mapping)
        lexicon.atoms.pop(name, None)
    for _, rules in sections:
        for rule in (part for top in rules for part in top.walk()):
            if rule.condition is not None:
                rule.condition = replace(rule.condition, mapping)
    for draft in drafts:
        if draft.condition is not None:
            draft.condition = replace(draft.condition, mapping)
    variables = lexicon.variables()
    bound, at = units(drafts)
    names = slugs([" ".join(draft.said for draft in unit.drafts) for unit in bound])
    ids = [names[number] for number in at]
    spans = [draft.span for draft in drafts]
    starts = [span.start for span in spans]
    taken_in: dict[int, Given] = {}
    for number, (unit, name) in enumerate(zip(bound, names, strict=True)):
        reading = (given or {}).get(name)
        home = bisect_right(begins, unit.first.index) - 1
        if reading is not None and enter(reading, unit, sections[home][1], drafts, variables):
            taken_in[number] = reading
    _follow_references(sections, drafts)
    ordered = {draft.block.section for draft in drafts if IN_ORDER.search(draft.said)}
    laid_out = {draft.block.section for draft in drafts if draft.block.kind != "paragraph"}
    workflows: list[Workflow] = []
    diagnostics: list[Diagnostic] = []
    member: dict[int, str] = {}
    taken: set[str] = set()
    owned: dict[tuple[str, ...], list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.owner >= 0:
            owned[draft.block.section].append(draft)
    stepwise = flows(document, parts, starts)
    over = set[int]().union(*(flow.statements for flow in stepwise))
    for path, rules in analysed_ahead(sections, lambda section: _outcomes(section[1])):
        head = drafts[rules[0].statement].block.matter if rules else ""
        built: list[tuple[list[Rule], Workflow, list[Diagnostic]]] = []
        series = {
            id(rule): series_of(
                rule, drafts[rule.statement].block, path in ordered, path not in laid_out
            )
            for rule in rules
        }
        apart = groups(rules, variables, single=path in builder.matters)
        for group in joined(apart, series, path in ordered):
            title = head or (path[-1] if path else document.name)
            slug = _slug(title, taken)
            workflow, found = compile_group(
                group, ids, spans, variables, path, title, slug, in_order=path in ordered
            )
            if workflow is None:
                diagnostics += [] if _statements(group) & over else found
                continue
            taken.add(slug)
            built.append((group, workflow, found))
        for flow in [flow for flow in stepwise if flow.section == path] if built else ():
            inside = [b for b in built if _statements(b[0]) & flow.statements]
            if flow.listed and len(inside) == 1 and _settled(flow, *inside[0]):
                stepwise.remove(flow)
                over = set[int]().union(*(flow.statements for flow in stepwise))
        for group, workflow, found in built:
            if _statements(group) & over:
                taken.discard(workflow.id)
                continue
            diagnostics += found
            workflows.append(workflow)
            for rule in (part for top in group for part in top.walk()):
                member.setdefault(rule.statement, workflow.id)
            for draft in owned[path]:
                if draft.owner in member and member[draft.owner] == workflow.id:
                    member.setdefault(draft.index, workflow.id)
    asked, unread = read_flows(stepwise, document, starts, variables, terms)
    variables |= asked
    unrolled, found = unroll(stepwise, ids, spans, variables, lambda title: _taken(title, taken))
    workflows += unrolled
    diagnostics += found
    _adopt(stepwise, unrolled, drafts, member)
    for number in unread:
        drafts[number].unparsed = drafts[number].said
    decided = [next((member[d.index] for d in u.drafts if d.index in member), None) for u in bound]
    readings = read(bound, decided)
    for number, reading in taken_in.items():
        readings[number] = reading.as_read(decided[number])
    statements = tuple(
        _statement(*told, mapping, document)
        for told in zip(bound, names, readings, decided, strict=True)
    )
    statements = tuple(
        s.model_copy(update={"assisted": taken_in[n].model}) if n in taken_in else s
        for n, s in enumerate(statements)
    )
    statements = _referring(statements, document)
    diagnostics += _unparsed(drafts, ids, member)
    ruling = [(s, u) for s, u in zip(statements, bound, strict=True) if not u.first.definition]
    matters = [unit.first.block.matter for _, unit in ruling]
    diagnostics += doubts([statement for statement, _ in ruling], workflows, matters)
    used = dict.fromkeys(
        [n for s in statements if s.condition is not None for n in variables_of(s.condition)]
        + [n for s in statements for e in s.exceptions for n in variables_of(e.condition)]
        + [v.name for w in workflows for v in w.variables]
    )
    return PolicySpec(
        document=document,
        statements=statements,
        variables=tuple(variables[name] for name in used),
        workflows=tuple(workflows),
        diagnostics=tuple(diagnostics),
    )


def _define(
    sections: list[tuple[tuple[str, ...], list[Rule]]], drafts: list[Draft], meant: set[str]
) -> None:
    """Definitions that rules go by are no rules themselves: 'a bag counts as lost if …'."""
    for draft in drafts:
        if draft.said.rstrip(" .") in meant:
            draft.definition, draft.category = True, "factual"
            draft.condition, draft.unparsed = None, ""
    for _, rules in sections:
        rules[:] = [rule for rule in rules if not drafts[rule.statement].definition]


def _outcomes(rules: list[Rule]) -> Iterator[str]:
    """The words of all that the rules come to."""
    told = (part.outcome for top in rules for part in top.walk())
    return (outcome.text for outcome in told if outcome is not None)


def _statements(group: list[Rule]) -> set[int]:
    return {rule.statement for top in group for rule in top.walk()}


def _settled(flow: Flow, group: list[Rule], workflow: Workflow, found: list[Diagnostic]) -> bool:
    """Whether the rules of a list have followed its jumps already: none is left, no step is."""
    left = any(leads(outcome.text) for outcome in workflow.outcomes)
    told = _statements(group)
    return not (left or found) and all(told & step.statements for step in flow.steps)


def _adopt(
    stepwise: list[Flow], unrolled: list[Workflow], drafts: list[Draft], member: dict[int, str]
) -> None:
    """What a step does and asks is part of its flow's workflow, and read as the flow reads it."""
    for flow in stepwise:
        own = next((w.id for w in unrolled if w.section == flow.section), None)
        for step in flow.steps:
            for item in walk(step.items) if own else ():
                member.setdefault(item.statement, str(own))
                draft = drafts[item.statement]
                if isinstance(item, Case) and draft.category == "conditional":
                    draft.condition, draft.unparsed = item.condition, ""


def _by_matter(found: list[Block]) -> list[tuple[tuple[str, ...], list[Block]]]:
    """The blocks section by section, and within one from run-in head to run-in head."""
    result: list[tuple[tuple[str, ...], list[Block]]] = []
    for block in found:
        same = result and result[-1][0] == block.section
        if not same or result[-1][1][-1].matter != block.matter:
            result.append((block.section, []))
        result[-1][1].append(block)
    return result


def _reach_over(sections: list[tuple[tuple[str, ...], list[Rule]]], drafts: list[Draft]) -> None:
    """Rules of one run-in head that hold under another: 'nothing, whoever's fault it was'.

    Another head takes them over when they say that it makes no difference to them, or when it
    names theirs: 'same deadline'.
    """
    for path, rules in sections:
        head = drafts[rules[0].statement].block.matter if rules else ""
        lasting = [rule for rule in rules if rule.connective in {"always", "override"}]
        for other_path, others in sections if head and lasting else []:
            if other_path != path or others is rules or not others:
                continue
            block = drafts[others[0].statement].block
            said = " ".join(d.said for d in drafts if d.block.matter == block.matter)
            same = re.search(rf"\bsame {re.escape(head)}\b", said, re.IGNORECASE)
            matter = set(re.findall(r"[a-z]+", block.matter.lower()))
            for rule in lasting:
                if same or rule.about & (matter - {"the", "who", "whose", "what", "it", "s"}):
                    others.append(replace_rule(rule, connective="override", whole=True))


def _slug(title: str, taken: set[str]) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "workflow"
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


def _taken(title: str, taken: set[str]) -> str:
    slug = _slug(title, taken)
    taken.add(slug)
    return slug


def _follow_references(
    sections: list[tuple[tuple[str, ...], list[Rule]]], drafts: list[Draft]
) -> None:
    """'Follow the section X' decides what section X decides."""
    by_title = {path[-1].lower(): (path, rules) for path, rules in sections if path}
    for path, rules in sections:
        for rule in [part for top in rules for part in top.walk() if part.reference]:
            target = by_title.get(rule.reference.lower())
            if target is None or target[0] == path:
                continue
            if any(part.reference for top in target[1] for part in top.walk()):
                continue  # it may lead back here
            if target[1]:
                rule.children = list(target[1])
                rule.outcome = None
                continue
            said = [d for d in drafts if d.block.section == target[0]]
            if len(said) == 1:
                draft = said[0]
                outcome = _consequence(draft)
                rule.children = [Rule(draft.index, None, outcome=outcome)]
                rule.outcome = None


def _consequence(draft: Draft):
    from parsers.spec import Outcome

    text = draft.said.rstrip(" .")
    match = re.search(r"\b(?:is|are) (?:always )?(?=\w+ed\b|sent\b|free\b)", text)
    start = draft.start + (match.end() if match else 0)
    stop = draft.start + len(text)
    if tail := re.search(r",\s+(?:whatever|regardless|because|no matter)\b", text):
        stop = draft.start + tail.start()
    return Outcome(text=draft.prose.text[start:stop], span=draft.prose.span(start, stop))


def _statement(
    unit: Unit, name: str, reading: Reading, workflow: str | None, mapping: dict,
    document: Document,
) -> Statement:  # fmt: skip
    first, span, images = unit.first, _marked(unit.span, document.text), document.images
    exceptions = tuple(
        Carveout(condition=replace(condition, mapping), span=where, outcome=rule.outcome)
        for draft in unit.drafts
        for condition, where, rule in draft.exceptions
        if reading.category == "conditional"
    )
    conditions = [d.condition for d in unit.drafts if d.condition is not None]
    return Statement(
        id=name,
        category=reading.category,
        complexity=reading.complexity,
        text=document.quote(span),
        span=span,
        section=first.block.section,
        lead=" ".join(first.lead.split()),
        condition=conditions[0] if conditions else None,
        condition_spans=tuple(_marked(where, document.text) for where in reading.conditions),
        outcomes=tuple(reading.outcomes),
        exceptions=exceptions,
        images=images[
            bisect_left(images, span.start, key=_start) : bisect_left(images, span.end, key=_start)
        ],
        workflow=workflow,
    )


def _marked(span: Span, text: str) -> Span:
    """A span with the markup that stands around it and has its other half in it: '**Fees.** …'."""
    start, end = span.start, span.end
    opens = re.search(rf"{_MARKS}$", text[max(start - 3, 0) : start])
    if opens is not None and text.count(opens[0], start, end) % 2:
        start -= len(opens[0])
    closes = re.match(_MARKS, text[end : end + 3])
    if closes is not None and text.count(closes[0], start, end) % 2:
        end += len(closes[0])
    return Span(start=start, end=end)


def _start(image: Image) -> int:
    return image.span.start


def _referring(statements: tuple[Statement, ...], document: Document) -> tuple[Statement, ...]:
    """The statements with the ids of those that they refer to."""
    found = find_references(document, statements)
    starts = [reference.span.start for reference in found]
    result = []
    for statement in statements:
        span = statement.span
        own = found[bisect_left(starts, span.start) : bisect_left(starts, span.end)]
        ids = tuple(dict.fromkeys(target for r in own for target in r.targets))
        result.append(statement.model_copy(update={"references": ids}) if ids else statement)
    return tuple(result)


def _unparsed(drafts: list[Draft], ids: list[str], member: dict[int, str]) -> list[Diagnostic]:
    """Circumstances that are not read; the tree that is made beside one is in doubt."""
    found = []
    beside = {
        (drafts[n].block.section, drafts[n].block.matter): workflow
        for n, workflow in member.items()
    }
    for draft in drafts:
        if not draft.unparsed and not (draft.category == "conditional" and not draft.rules
                                       and draft.condition is None):  # fmt: skip
            continue
        near = beside.get((draft.block.section, draft.block.matter))
        found.append(
            Diagnostic(
                kind="unparsed",
                message=f"[{ids[draft.index]}] its condition could not be structured",
                spans=(draft.span,),
                statements=(ids[draft.index],),
                workflow=member.get(draft.index, near),
                suggestion="word it as 'If …, …'; until then it is trained as text",
            )
        )
    return found
