"""Notes to sentences: cases that people jot down as 'Under 5 kg: free. Above: 4 euros.'

In: the blocks of a document. Out: the same blocks, a label that tells a case opened with 'If', one
that takes what the label before it left with 'Otherwise'. Only labels that stand beside each other,
in one list or paragraph, are taken for cases, and only if one of them measures something or names
an event; 'Parking: behind the house' stays a fact. Words put in stand where the label stands, so
every span still points to what the document says.
"""

from __future__ import annotations

import re
from dataclasses import replace

from parsers.blocks import Block, Prose
from parsers.conditions.comparisons import measures, only_compares
from parsers.language import analyse, article, is_finite, sentences

_LABEL = re.compile(r"(?P<label>[^:;?]{3,140}):(?=\s|$)")
_CASE = re.compile(
    r"(?:if|when|where|unless|except|once|should|for|otherwise|in|step|note|first|then|else)\b",
    re.IGNORECASE,
)
_LEFT = re.compile(
    r"(?:any(?:thing)? |all |everything )?(?:above|below|beyond|over|under|later|earlier|more|less|"
    r"longer|shorter|heavier|lighter|larger|smaller|older|younger)(?: (?:than )?(?:that|this|it))?|"
    r"(?:after|before|with less than|with more than|over|under|beyond) (?:that|this)|"
    r"with (?:less|more)(?: notice)?|(?:all |any |every )?others?(?: [\w-]+){0,2}|"
    r"(?:any|every)thing else|(?:any|every)(?:one|body) else|the rest",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"(?P<event>(?i:(?:not )?[a-z]{2,}(?:ed|ought|aid|sent|lost|left|kept)))"
    r"(?: (?P<rest>[^.]+))?"
)
# 'Cancel two days or more before the start and the money comes back'
_DO_AND = re.compile(
    r"(?P<do>(?:Cancel|Book|Order|Return|Report|Bring|Arrive|Pay|Call|Collect|Apply|Ask|Tell us|"
    r"Give us|Come|Buy|Send)\b[^,;:.]*?)(?P<and>,? and )(?=(?:you|we|it|they|the|all|half|your|"
    r"there|everything|nothing)\b)"
)
# '10 days from delivery. After that: nothing.'
_LIMIT = re.compile(
    r"(?:within )?(?P<limit>(?:\d+|[a-z]+) (?:working )?(?:minutes|hours|days|weeks|months)"
    r"(?: (?:from|after|of|since) [^,.;]+)?)(?:, [^.]*)?\.",
    re.IGNORECASE,
)
# 'Numbered jobs have no tolerance: …'
_KINDS_HAVE = re.compile(
    r"(?P<kind>[A-Z][\w-]+ [a-z]+s)(?: \([^)]*\))? (?:have|get|are|need|know) [^:]*"
)
# 'Repair cost of £75 or less', 'Order value above 100 euros'
_AMOUNT = re.compile(
    r"(?:the )?(?P<what>[A-Za-z-]+(?: [a-z-]+){0,3}?) (?:(?:of|is) )?"
    r"(?P<is>(?:above|below|over|under|up to|more than|less than|fewer than|at least|at most|from|"
    r"between|[€£$]?\d)[^:;]*)",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[A-Z][a-z]+(?:ed|st|en|te) [a-z]+")  # 'Lost ticket', 'Damaged box'
_RELATIVE = re.compile(r"\b(?:later|earlier|less|more|sooner|longer) than (?:that|this)$", re.I)


def written_out(found: list[Block]) -> list[Block]:
    """The blocks with their shorthand written out."""
    result: list[Block] = []
    i = 0
    while i < len(found):
        run = [found[i]]
        while run[0].kind == "item" and i + len(run) < len(found) and (
            found[i + len(run)].kind == "item" and found[i + len(run)].section == run[0].section
        ):  # fmt: skip
            run.append(found[i + len(run)])
        result += _siblings(run) if run[0].kind == "item" else [_paragraph(run[0])]
        i += len(run)
    return result


def _siblings(items: list[Block]) -> list[Block]:
    labels = ["" if item.case else _label(item.prose.text) for item in items]
    named = [label for label in labels if label]
    told = _tell_cases(named) or any(_measured_alike(label, named) for label in named)
    result = []
    for item, label in zip(items, labels, strict=True):
        prose = _conditional(item.prose)
        case = _case(label, first=not result) or _measured_alike(label, named) if told else ""
        if label and case:
            prose = spliced(prose, 0, len(label), case)
        elif len(sentences(prose.text)) > 1:
            prose = _paragraph(item).prose
        result.append(replace(item, prose=prose, children=written_out(item.children)))
    return result


def _paragraph(block: Block) -> Block:
    """A paragraph of several notes, each a sentence of its own."""
    if block.kind == "row":
        return block
    prose = _conditional(block.prose)
    places = sentences(prose.text)
    labels = [_label(prose.text[start:end]) for start, end in places]
    limited = any(
        _LIMIT.fullmatch(prose.text[slice(*place)]) and _LEFT.fullmatch(label)
        for place, label in zip(places, labels[1:], strict=False)
    )
    if limited or _tell_cases([label for label in labels if label]):
        for number in reversed(range(len(places))):
            label, start = labels[number], places[number][0]
            limit = _LIMIT.fullmatch(prose.text[slice(*places[number - 1])]) if number else None
            if limit and _LEFT.fullmatch(label):
                prose = spliced(
                    prose, start, start + len(label), f"If it is more than {limit['limit']}"
                )
            elif label and (case := _case(label, first=number == 0)):
                prose = spliced(prose, start, start + len(label), case)
    return replace(block, prose=prose, children=written_out(block.children))


def _conditional(prose: Prose) -> Prose:
    """'Cancel a day before and …' tells a circumstance if it measures something."""
    for start, end in reversed(sentences(prose.text)):
        match = _DO_AND.match(prose.text, start, end)
        if match is None or not measures(match["do"]):
            continue
        prose = spliced(prose, match.start("and"), match.end("and"), ", ")
        do = match["do"]
        prose = spliced(prose, start, start + len(do), f"If you {do[0].lower()}{do[1:]}")
    return prose


def _label(text: str) -> str:
    match = _LABEL.match(text)
    return match["label"] if match else ""


def _measured_alike(label: str, labels: list[str]) -> str:
    """'Repair cost of £75 or less' beside 'Repair cost above £75': a circumstance, or ''."""
    match = None if _CASE.match(label) else _AMOUNT.fullmatch(label)
    if match is None or not only_compares(match["is"]):
        return ""
    what = match["what"].lower()
    if any(map(is_finite, analyse(f"the {what}"))):
        return ""
    others = [m for other in labels if other != label and (m := _AMOUNT.fullmatch(other))]
    if not any(other["what"].lower() == what for other in others):
        return ""
    return f"If the {what} is {match['is']}"


def _tell_cases(labels: list[str]) -> bool:
    """Whether labels beside each other tell cases apart."""
    if len(labels) < 2:
        return False
    if any(map(_measured, labels)) or any(map(_event, labels)):
        return True
    told = [clause for label in labels if (clause := _clause(label))]
    return len(set(told)) < len(told)


def _clause(label: str) -> tuple[str, str] | None:
    """The subject and verb of a label that says how things are: 'The parcel was late'.

    Two labels that say it of one thing in two ways tell cases apart; what one can or must do, and
    what 'we' or 'you' do, is no case.
    """
    if _CASE.match(label):
        return None
    verb = next((token for token in analyse(label) if is_finite(token)), None)
    if verb is None or verb.tag_ == "MD":
        return None
    heads = (verb, verb.head) if verb.dep_ in {"aux", "auxpass"} else (verb,)
    subject = next((t for h in heads for t in h.lefts if t.dep_ in {"nsubj", "nsubjpass"}), None)
    if subject is None or subject.pos_ not in {"NOUN", "PROPN"} or subject.i > verb.i:
        return None
    return subject.lemma_.lower(), verb.lemma_.lower()


def _measured(label: str) -> bool:
    """'Under 5 kg', 'More than 10 and up to 20 minutes late': a label that opens with a measure."""
    found = measures(label)
    return bool(found) and found[0] == 0


def _event(label: str) -> bool:
    """'Cancelled 48 hours ahead or earlier': something happened, at a measured time."""
    match = _EVENT.fullmatch(label.split(", ")[-1])
    return bool(match and match["rest"] and (measures(label) or _RELATIVE.search(label)))


def _case(label: str, first: bool) -> str:
    """A label as the circumstance of a sentence; '' when it is none."""
    if _CASE.match(label):
        return ""
    low = label[:1].lower() + label[1:]
    if not first and _LEFT.fullmatch(label):
        return "Otherwise"
    if _measured(label):
        return f"If {low}"
    if ", " not in label and _event(label) and (match := _EVENT.fullmatch(label)):
        return f"If it is {match['event'].lower()} and it is {match['rest']}"
    parts = label.split(", ")
    plain = not any(map(is_finite, analyse(parts[0])))
    if len(parts) == 2 and plain and (measures(parts[1]) or _EVENT.match(parts[1])):
        kind = parts[0][:1].lower() + parts[0][1:]
        return f"If it is {article(kind)} {kind} and it is {parts[1]}"
    if re.match(r"(?:the|an?|no)\s", label, re.IGNORECASE) and any(map(is_finite, analyse(label))):
        return f"If {low}"
    if kinds := _KINDS_HAVE.fullmatch(label):
        return f"For {kinds['kind'][0].lower()}{kinds['kind'][1:]}"
    if _PLAIN.fullmatch(label) and not any(map(is_finite, analyse(label))):
        return f"If it is {article(low)} {low}"
    if _clause(label):
        return f"If {label if analyse(label)[0].pos_ == 'PROPN' else low}"
    return ""


def inserted(prose: Prose, words: str) -> Prose:
    """The prose with words before it, which stand where it begins."""
    return Prose(words + prose.text, (prose.offsets[0],) * len(words) + prose.offsets)


def spliced(prose: Prose, start: int, end: int, words: str) -> Prose:
    """The prose with other words in a place; they stand where the words they replace stood."""
    old = prose.text[start:end]
    kept = len(words) - len(old) if words.lower().endswith(old.lower()) else None
    if kept is not None:
        inner = (prose.offsets[start],) * kept + prose.offsets[start:end]
    else:
        last = len(old) - 1
        inner = tuple(prose.offsets[start + min(i, last)] for i in range(len(words)))
    return Prose(
        prose.text[:start] + words + prose.text[end:],
        prose.offsets[:start] + inner + prose.offsets[end:],
    )
