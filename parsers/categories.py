"""What kind of statement each is, and the words of its conditions and outcomes.

In: the statements (`Unit`s) of a document and which of them share a workflow. Out: a `Reading` of
each: factual, behavioral or conditional, simple or complex, with spans. The categories are
CAP-CPT's (arXiv 2510.11588, §3) as DESIGN.md defines them; `benchmarks/gold/GUIDELINES.md` draws
the lines. A statement that no condition of ours can structure still is conditional here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise

from parsers.bounds import Unit, unjoined
from parsers.circumstances.marking import mark
from parsers.circumstances.phrases import fronted_phrase
from parsers.circumstances.structure import Marks
from parsers.contrasts import alike, parallel, plain_subject
from parsers.labels import NAMED, label
from parsers.language import BATCH, analyse, is_finite, prepare, sentences, tokens_of
from parsers.leads import routes
from parsers.restrictions import MEASURED
from parsers.segments import MOST_JOINTS, main_verb, masked
from parsers.spec import Category, Comparison, Complexity, Membership, Outcome, Span, atoms
from parsers.statements.drafts import Draft
from parsers.workflows.rules import outcome_key

_THE_CASES = re.compile(
    r"\bfollowing (?:reasons|conditions|cases|circumstances|situations|is true|are true|holds?|"
    r"apply|applies|is met|are met)\b|"
    r"\b(?:any|one|all|both|either|each) of (?:the following|these|them)\b|"
    r"\b(?:any|one|all|both|either) (?:is|are) (?:true|met)\b|\b(?:if|when|where|unless)\s*:?$",
    re.IGNORECASE,
)
_STEPS = re.compile(r"\b(?:steps|do the following|as follows|procedure)\b|^(?:do|never|always)\W*$",
                    re.IGNORECASE)  # fmt: skip
_PERMITS = re.compile(r"\bfollowing\b|"
                      r"\b(?:may|can|could|might|will|would)(?: also| help \w+)*\s*:?$|"
                      r"\b(?:may|can) [^.]*:?$", re.IGNORECASE)  # fmt: skip


_BROKEN = re.compile(
    r"\b(?:may|can|could|must|should|shall|will|to)(?: also| not| never)?\W*$", re.IGNORECASE
)


_EACH = re.compile(r"\s+(?P<each>for (?:each|every) [\w-]+(?: [\w-]+){0,3})\W*$")


_RULED = re.compile(r"\b(?:may|can|will|shall|is|are)\b|\bno\b", re.IGNORECASE)

_APPLIES = re.compile(
    r"(?:for|to|in|on|upon|at|where|during|pending|after|within)\s", re.IGNORECASE
)


_ANSWERS = re.compile(
    r"(?:(?:for|in|on|at|with) )?(?:(?:every|all|any) )?other\b|(?:yes|no)\s*[:,–-]", re.IGNORECASE
)
_NEAR = 16
_WORKFLOW = 3
"""Statements that paragraphs must have to be a workflow: two may share a word by chance."""
_JOINT = re.compile(r",\s+(?:and|but|so)\s+")


@dataclass
class Reading:
    category: Category
    complexity: Complexity | None = None
    conditions: list[Span] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)


@dataclass
class _Sense:
    """What a unit's lead-ins make of it, and its own marks."""

    conditions: list[Span] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    parts: int = 0
    acts: int = 0
    tested: list[str] = field(default_factory=list)
    exception: bool = False
    rest: bool = False
    directive: bool = False
    inherited: bool = False
    case: bool = False


def read(statements: Sequence[Unit], workflows: Sequence[str | None]) -> list[Reading]:
    """The reading of each statement.

    Args:
        workflows: for each, the workflow in which it decides something together with others.
    """
    shared = Counter(workflows)
    deciding = [slug is not None for slug in workflows]
    settled = [slug is not None and shared[slug] >= _WORKFLOW for slug in workflows]
    senses: list[_Sense] = []
    for start in range(0, len(statements), BATCH):
        some = statements[start : start + BATCH]
        prepare(text for unit in some for text in _asked(unit))
        senses += map(_sense, some)
        prepare(text for sense in senses[start:] for text in sense.tested)
    _contrast(statements, senses)
    conditional = [
        not unit.first.definition and (bool(s.parts or s.inherited or s.case) or _told(unit, *told))
        for s, unit, *told in zip(senses, statements, deciding, settled, strict=True)
    ]
    own = [
        is_so and bool(sense.parts or sense.case or not sense.inherited)
        for is_so, sense in zip(conditional, senses, strict=True)
    ]
    result = []
    for i, (unit, sense) in enumerate(zip(statements, senses, strict=True)):
        if not conditional[i]:
            result.append(Reading("behavioral" if sense.directive else "factual"))
            continue
        drafts = unit.drafts
        if not sense.parts and not sense.case and any(d.condition_spans for d in drafts):
            sense.conditions = [span for d in drafts for span in d.condition_spans]
            sense.outcomes = [o for d in drafts for o in _outcomes(d)] or sense.outcomes
        many = (
            sense.case or sense.exception
            or settled[i] or (deciding[i] and unit.first.block.kind == "row")
            or sense.parts + sense.inherited > 1 or sense.acts > 1
            or _alternative(i, statements, own) or any(
                sense.rest or (senses[j].rest and j > i) or _counters(sense, senses[j])
                or alike(sense.tested, senses[j].tested)
                for j in _beside(i, statements) if conditional[j]
            )
        )  # fmt: skip
        result.append(Reading("conditional", "complex" if many else "simple",
                              sense.conditions, [] if sense.case else sense.outcomes))  # fmt: skip
    return result


def _outcomes(draft: Draft) -> list[Outcome]:
    found = [rule.outcome for rule in draft.rules] + draft.more
    return [outcome for outcome in found if outcome is not None]


def _told(unit: Unit, decides: bool, settled: bool) -> bool:
    """Whether structure makes it conditional: a row, a kind ('Books: …'), part of a workflow."""
    drafts = unit.drafts
    if not any(d.category == "conditional" for d in drafts):
        return False
    kind = any(d.block.kind == "row" or d.block.kinds for d in drafts)
    headed = any(
        span.start == d.span.start
        and (
            d.said[span.end - span.start :].startswith(":")
            or MEASURED.search(d.said[: span.end - span.start])
        )
        for d in drafts
        for span in d.condition_spans
    )
    opens = decides and any(_opens(d) for d in drafts)
    return kind or headed or opens or (settled and any(_valued(d) for d in drafts))


def _valued(draft: Draft) -> bool:
    """Whether it is for one value of several: a fare, a level, a number of days."""
    found = atoms(draft.condition) if draft.condition is not None else ()
    return any(isinstance(atom, (Comparison, Membership)) for atom in found)


def _opens(draft: Draft) -> bool:
    """Whether a draft opens with its circumstance ('Yes: …', 'On a day trip, …')."""
    if _ANSWERS.match(draft.said):
        return True
    return any(
        span.start == draft.span.start
        and draft.said[span.end - span.start :].lstrip()[:1] in {",", ":", ""}
        for span in draft.condition_spans
    )


def _asked(unit: Unit) -> Iterator[str]:
    """The texts that its marks will ask the language pipeline about, or most of them."""
    for draft in unit.drafts if unit.first.block.kind != "row" else ():
        said = unjoined(draft)
        for start, end in sentences(said):
            named = NAMED.match(said, start, end)
            if named is not None:
                yield named["name"]
            sentence = masked(said[named.end() if named else start : end])
            yield sentence
            yield sentence.rstrip(" .;:!,")
            for joint in islice(_JOINT.finditer(sentence), MOST_JOINTS):
                yield sentence[joint.end() :].rstrip(" .;:!,")
    for lead in unit.leads:
        said = masked(_last(lead.said).rstrip(" :") + " ")
        yield said
        yield said.rstrip(" .;:!,")


def _sense(unit: Unit) -> _Sense:
    sense = _Sense()
    first = unit.first
    if first.block.kind == "row":
        return sense
    leads = [(lead, mark(_last(lead.said).rstrip(" :") + " ")) for lead in unit.leads]
    sense.inherited = any(
        m.conditions or d.branch or _THE_CASES.search(d.said) or _fronts(_last(d.said))
        for d, m in leads
    )
    sense.tested = [_last(d.said)[a:b] for d, m in leads for a, b in m.conditions]
    commanded = bool(leads) and _commands(leads[-1])
    for draft in unit.drafts:
        if _asks(draft, unit):
            sense.conditions.append(draft.span)
            sense.parts += 1
            continue
        for start, end in sentences(unjoined(draft)):
            _add(sense, draft, start, end, leads, commanded)
    if leads and routes(leads[-1][0].said) and not sense.parts and not sense.directive:
        _class(sense, first)
    if leads and (_THE_CASES.search(leads[-1][0].said.rstrip(" :")) or _applied(leads[-1], first)):
        sense.case = True
        sense.parts = max(sense.parts, 1)
        sense.conditions = [unit.span]
    return sense


def _fronts(lead: str) -> bool:
    """Whether a lead-in only names a case: 'For vans classified as old:'."""
    words = tokens_of(lead.rstrip(" :"))
    verb = main_verb(words)
    return bool(words) and fronted_phrase(words) and (verb is None or verb.dep_ == "relcl")


def _applied(lead: tuple[Draft, Marks], item: Draft) -> bool:
    """Whether an item says to what a whole rule above it applies: 'No fee is due: – for guests'."""
    said = _last(lead[0].said).rstrip(" :")
    words = tokens_of(said)
    whole = main_verb(words) is not None and words[-1].pos_ in {"NOUN", "PROPN", "VERB", "ADJ"}
    ruled = lead[1].directive or _RULED.search(said)
    phrase = bool(_APPLIES.match(item.said)) and "," not in item.said
    return bool(whole and ruled and phrase and item.block.kind == "item")


def _last(said: str) -> str:
    start, end = (sentences(said) or [(0, len(said))])[-1]
    return said[start:end]


def _commands(lead: tuple[Draft, Marks]) -> bool:
    draft, marks = lead
    return marks.directive or bool(_STEPS.search(draft.said))


def _asks(draft: Draft, unit: Unit) -> bool:
    """Whether a draft asks what the rest of its statement answers: 'A torn page? Call the desk.'"""
    return draft.said.endswith("?") and draft is not unit.drafts[-1]


def _add(
    sense: _Sense, draft: Draft, start: int, end: int, leads: list[tuple[Draft, Marks]],
    commanded: bool,
) -> None:  # fmt: skip
    """One sentence's part in the sense of its statement."""
    said = unjoined(draft)[start:end]
    offset = start + draft.start
    fragment = bool(leads) and not offset and (
        bool(_BROKEN.search(leads[-1][0].said)) or _fragment(said)
    )  # fmt: skip
    marks = mark(said, commanded and fragment)
    for first, last in marks.conditions:
        sense.conditions.append(draft.prose.span(first + offset, last + offset))
        sense.tested.append(said[first:last])
    for first, last in marks.outcomes:
        span = draft.prose.span(first + offset, last + offset)
        sense.outcomes.append(Outcome(text=said[first:last], span=span))
    if fragment and sense.inherited and not marks.parts and (each := _EACH.search(said)):
        begin, last = each.start("each") + offset, each.end("each") + offset
        sense.conditions.append(draft.prose.span(begin, last))
        sense.tested.append(each["each"])
        span = draft.prose.span(offset, each.start() + offset)
        sense.outcomes = [Outcome(text=said[: each.start()], span=span)]
        sense.parts += 1
    sense.parts += marks.parts
    sense.acts += marks.acts if marks.parts else marks.acts * (sense.parts > 0 or bool(
        leads and leads[-1][1].conditions))  # fmt: skip
    sense.exception |= marks.exception and (marks.parts + sense.parts > 1 or marks.acts > 1)
    sense.rest |= marks.rest
    if fragment and not commanded and _completed(leads[-1][0].said):
        return
    sense.directive |= marks.directive


def _fragment(said: str) -> bool:
    """Whether a text has no subject and finite verb of its own: a step, a name, a verb phrase."""
    if said[:1].islower():
        return True
    tokens = tokens_of(said)
    subject = next((t for t in tokens if t.dep_ in {"nsubj", "nsubjpass", "expl"}), None)
    finite = next((t for t in tokens if is_finite(t)), None)
    root = next((t for t in tokens if t.dep_ == "ROOT"), None)
    if root is not None and root.pos_ in {"NOUN", "PROPN"} and finite is not None and (
        (finite.head if finite.dep_ in {"aux", "auxpass"} else finite).dep_
        in {"relcl", "acl", "pcomp", "ccomp"}
    ):  # fmt: skip
        return True  # a name with a clause: 'The form that you signed'
    return finite is None or subject is None or subject.i > finite.i + 1 or finite.i == tokens[0].i


def _completed(lead: str) -> bool:
    """Whether items complete a lead-in that does not instruct: 'Each bill has:', 'They may:'."""
    said = lead.rstrip(" :")
    last = tokens_of(said)[-1:]
    return bool(_PERMITS.search(said)) or any(t.pos_ in {"VERB", "AUX", "ADP"} for t in last)


def _alternative(i: int, statements: Sequence[Unit], told: Sequence[bool]) -> bool:
    """Whether it is one of the cases that items under one lead-in tell apart."""
    unit = statements[i]
    if not unit.leads or unit.first.block.kind != "item":
        return False
    lead = unit.leads[-1]
    named = label(unit.first.said)
    leads = any(is_finite(t) for t in analyse(lead.said)) or (named is not None and named[1])
    if not leads or _STEPS.search(lead.said):
        return False
    beside = [j for j, other in enumerate(statements) if other.leads
              and other.leads[-1] is lead]  # fmt: skip
    return len(beside) > 1 and all(told[j] for j in beside)


def _beside(i: int, statements: Sequence[Unit]) -> list[int]:
    """The statements next to it in its section: before and behind, and beyond its list."""
    section, lead = statements[i].first.block.section, statements[i].leads[-1:]
    found = []
    for step in (-1, 1):
        j, beyond = i + step, False
        while 0 <= j < len(statements) and abs(j - i) <= _NEAR and (
            statements[j].first.block.section == section
        ):  # fmt: skip
            same = bool(lead) and statements[j].leads[-1:] == lead
            if not beyond or not same:
                found.append(j)
            if not same:
                break
            j, beyond = j + step, True
    return found


def _contrast(statements: Sequence[Unit], senses: Sequence[_Sense]) -> None:
    """Take a plain subject for a case where the next sentence is of another or of the others."""
    for (one, here), (other, there) in pairwise(zip(statements, senses, strict=True)):
        if here.parts or there.parts or one.first.block is not other.first.block:
            continue
        if parallel(unjoined(one.first), unjoined(other.first)):
            _class(here, one.first)
            _class(there, other.first)
    for unit, sense, behind in zip(statements, senses, senses[1:], strict=False):
        if not behind.rest or sense.parts or len(unit.drafts) > 1:
            continue
        draft = unit.first
        if found := plain_subject(unjoined(draft)):
            _case(sense, draft, *found)


def _class(sense: _Sense, draft: Draft) -> None:
    """Take a plain subject for a case: of an item that decides, or beside another class."""
    if found := plain_subject(unjoined(draft), phrases=True):
        _case(sense, draft, *found)


def _case(sense: _Sense, draft: Draft, subject: tuple[int, int], verb: int) -> None:
    first, last = (place + draft.start for place in subject)
    sense.conditions = [draft.prose.span(first, last)]
    sense.tested = [draft.said[slice(*subject)]]
    sense.parts, sense.exception = 1, True
    text = unjoined(draft)[verb:].rstrip(" .;:!,")
    span = draft.prose.span(verb + draft.start, verb + draft.start + len(text))
    sense.outcomes, sense.acts = [Outcome(text=text, span=span)], 1


def _counters(one: _Sense, other: _Sense) -> bool:
    """Whether two statements say the contrary of one matter, each under its circumstance."""
    matter = _matter(one)
    return bool(other.parts and matter) and matter == _matter(other) and (
        _negated(one) != _negated(other)
    )  # fmt: skip


def _matter(sense: _Sense) -> frozenset[str]:
    words = frozenset(w for outcome in sense.outcomes for w in outcome_key(outcome.text))
    return words - {"not", "never", "no", "cannot", "allowed", "allow"}


def _negated(sense: _Sense) -> bool:
    return any(re.search(r"\b(?:not|never|no|cannot)\b", o.text) for o in sense.outcomes)
