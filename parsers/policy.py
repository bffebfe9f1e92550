"""The whole way from a `Document` to a `PolicySpec`.

In: a document. Out: its statements, variables, workflows and diagnostics. Text that cannot be
structured stays as a statement, with a diagnostic.
"""

from __future__ import annotations

import re
from dataclasses import replace as replace_rule

from parsers.blocks import Block, blocks
from parsers.conditions import Lexicon, replace
from parsers.doubts import doubts
from parsers.heads import under_heads
from parsers.ids import slugs
from parsers.programs import read
from parsers.shorthand import written_out
from parsers.spec import (
    Carveout,
    Comparison,
    Diagnostic,
    Document,
    Membership,
    Not,
    PolicySpec,
    Statement,
    Truth,
    Workflow,
    variables_of,
)
from parsers.statements import Builder, Draft
from parsers.steps import Case, Flow, flows, leads, walk
from parsers.unrolling import unroll
from parsers.workflows import Rule, compile_group, groups


def specify(document: Document) -> PolicySpec:
    """Parse a document that has been read."""
    lexicon = Lexicon(document.text)
    builder = Builder(lexicon)
    sections: list[tuple[tuple[str, ...], list[Rule]]] = []
    parts = written_out(under_heads(blocks(document)))
    for path, members in _by_matter(parts):
        sections.append((path, builder.section(members)))
    drafts = builder.drafts
    _reach_over(sections, drafts)
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
    ids = slugs([draft.said for draft in drafts])
    spans = [draft.span for draft in drafts]
    starts = [span.start for span in spans]
    _follow_references(sections, drafts)
    workflows: list[Workflow] = []
    diagnostics: list[Diagnostic] = []
    member: dict[int, str] = {}
    taken: set[str] = set()
    stepwise = flows(document, parts, starts)
    for path, rules in sections:
        head = drafts[rules[0].statement].block.matter if rules else ""
        built: list[tuple[list[Rule], Workflow, list[Diagnostic]]] = []
        for group in groups(rules, variables, single=path in builder.matters):
            title = head or (path[-1] if path else document.name)
            slug = _slug(title, taken)
            workflow, found = compile_group(group, ids, spans, variables, path, title, slug)
            if workflow is not None:
                taken.add(slug)
                built.append((group, workflow, found))
        for flow in [flow for flow in stepwise if flow.section == path]:
            inside = [b for b in built if _statements(b[0]) & flow.statements]
            if flow.listed and len(inside) == 1 and _settled(flow, *inside[0]):
                stepwise.remove(flow)
        over = set[int]().union(*(flow.statements for flow in stepwise))
        for group, workflow, found in built:
            if _statements(group) & over:
                taken.discard(workflow.id)
                continue
            workflows.append(workflow)
            diagnostics += found
            for rule in (part for top in group for part in top.walk()):
                member.setdefault(rule.statement, workflow.id)
            for draft in drafts:
                if draft.owner in member and member[draft.owner] == workflow.id:
                    member.setdefault(draft.index, workflow.id)
    asked, unread = read(stepwise, document, starts, variables)
    variables |= asked
    unrolled, found = unroll(stepwise, ids, spans, variables, lambda title: _taken(title, taken))
    workflows += unrolled
    diagnostics += found
    _adopt(stepwise, unrolled, drafts, member)
    for number in unread:
        drafts[number].unparsed = drafts[number].said
    statements = tuple(_statement(draft, ids, mapping, member, document) for draft in drafts)
    diagnostics += _unparsed(drafts, ids)
    diagnostics += doubts(statements, workflows, [draft.block.matter for draft in drafts])
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
        for other_path, others in sections:
            if not head or other_path != path or others is rules or not others:
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
    draft: Draft, ids: list[str], mapping: dict, member: dict[int, str], document: Document
) -> Statement:
    span = draft.span
    outcomes = [rule.outcome for rule in draft.rules if rule.outcome is not None]
    outcomes += [outcome for outcome in draft.more if outcome is not None]
    exceptions = tuple(
        Carveout(condition=replace(condition, mapping), span=where, outcome=rule.outcome)
        for condition, where, rule in draft.exceptions
    )
    workflow = member.get(draft.index)
    complexity = None
    if draft.category == "conditional":
        atomic = isinstance(draft.condition, (Truth, Comparison, Membership)) or (
            isinstance(draft.condition, Not) and isinstance(draft.condition.operand, Truth)
        )
        simple = atomic and len(outcomes) <= 1 and not exceptions and workflow is None
        complexity = "simple" if simple else "complex"
    return Statement(
        id=ids[draft.index],
        category=draft.category,
        complexity=complexity,
        text=document.quote(span),
        span=span,
        section=draft.block.section,
        lead=" ".join(draft.lead.split()),
        condition=draft.condition,
        condition_spans=tuple(draft.condition_spans),
        outcomes=tuple(outcomes),
        exceptions=exceptions,
        images=tuple(i for i in document.images if span.start <= i.span.start < span.end),
        workflow=workflow,
    )


def _unparsed(drafts: list[Draft], ids: list[str]) -> list[Diagnostic]:
    found = []
    for draft in drafts:
        if not draft.unparsed and not (draft.category == "conditional" and not draft.rules
                                       and draft.condition is None):  # fmt: skip
            continue
        found.append(
            Diagnostic(
                kind="unparsed",
                message=f"[{ids[draft.index]}] its condition could not be structured",
                spans=(draft.span,),
                statements=(ids[draft.index],),
                suggestion="word it as 'If …, …'; until then it is trained as text",
            )
        )
    return found
