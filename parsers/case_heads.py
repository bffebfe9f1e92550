"""Items whose run-in heads name cases: 'Upright. We send two men.' beside 'Grand. Send four.'

In: the blocks of a document. Out: the same blocks, each such item knowing its head and the kinds
that it is one of. A head may as well name a matter ('Parking.'), so the heads of one list are cases
only if all of them measure something, are kinds of one noun ('Small rooms.', 'Large rooms.'), or
are the kinds that the sentences above the list tell ('find out whether the piano is upright or
grand').
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from parsers.blocks import Block
from parsers.clauses.analysis import analyse_clause
from parsers.conditions.comparisons import comparisons
from parsers.language import is_finite, singular, tokens_of

_HEAD = re.compile(r"(?P<head>[^\W_](?:[^.!?:;]|(?<=\d)\.(?=\d)){1,80})\.(?=\s|$)")
_MOST_WORDS = 12
_REST = re.compile(
    r"(?:(?:any|every)(?:thing|one|body) else|(?:all |any |every )?others?(?: [\w-]+){0,2}|"
    r"(?:all |everything )?the rest|(?:in )?(?:all|any) other cases?)",
    re.IGNORECASE,
)
_ARTICLE = r"(?:(?:an?|the) )?"
_COPULA = re.compile(
    r"(?P<topic>\b(?:the|an?|each|every|its|their|your|our|his|her) [\w'’-]+(?: [\w'’-]+){0,3}?) "
    r"(?:is|are|was|were|(?:can|may|must|will) be|counts as)(?: (?:either|one of))?[:]? $",
    re.IGNORECASE,
)
_SORTS = re.compile(
    r"\b(?:kinds?|types?|sorts?|classes|groups?|categor(?:y|ies)|levels?|grades?|reasons?|causes?|"
    r"cases)(?: of (?P<of>[\w-]+))?(?: [\w-]+){0,4}[:,] $",
    re.IGNORECASE,
)

_NAME = re.compile(r"[\w'’-]+(?: (?!(?:or|and)\b)[\w'’-]+){0,3}")
_ONE = _ARTICLE + _NAME.pattern
# what stands behind 'is', 'whether it is' or 'kinds:', up to the last of the row
_ROW = re.compile(
    rf"(?:(?<=\bis )|(?<=\bare )|(?<=\bwas )|(?<=\bwere )|(?<=\bbe )|(?<=\bas )|(?<=either )|"
    rf"(?<=one of )|(?<=[:,] ))(?P<row>{_ONE}(?:, {_ONE})*?,? (?P<by>or|and) {_ONE}?"
    r"(?=[^\w' -]|$| (?:and|or|but|as)\b))",
    re.IGNORECASE,
)
_JOINER = re.compile(rf"(?:, (?:(?:or|and) )?|,? (?:or|and) ){_ARTICLE}", re.IGNORECASE)


@dataclass(frozen=True)
class Told:
    """Kinds that a sentence tells, and what they are kinds of."""

    topic: str
    kinds: tuple[str, ...]


def with_case_heads(found: Sequence[Block], above: str = "") -> list[Block]:
    """The blocks, and the items nested in them, those with a head that names a case knowing it."""
    result: list[Block] = []
    for (item, section), run in groupby(found, key=lambda b: (b.kind == "item", b.section)):
        blocks = list(run)
        if item:
            said = above or _before(result, section)
            blocks = _headed(blocks, said)
            blocks = [replace(b, children=with_case_heads(b.children, b.prose.text or said))
                      if b.children else b for b in blocks]  # fmt: skip
        result += blocks
    return result


def is_rest(name: str) -> bool:
    """Whether a head names what the others leave: 'Anything else.'"""
    return bool(_REST.fullmatch(name))


def _before(blocks: Sequence[Block], section: tuple[str, ...]) -> str:
    """The paragraphs of a section so far."""
    return " ".join(
        block.prose.text for block in blocks
        if block.section == section and block.kind == "paragraph"
    )  # fmt: skip


def _headed(items: list[Block], above: str) -> list[Block]:
    matches = [_HEAD.match(item.prose.text) for item in items]
    heads = [match["head"] if match else "" for match in matches]
    if len(items) < 2 or not all(heads) or any(item.head for item in items):
        return items
    if any(len(head.split()) > _MOST_WORDS for head in heads):
        return items
    names = [head for head in heads if not is_rest(head)]
    if len(names) < 2 or not (any(_goes_on(i, h) for i, h in zip(items, heads, strict=True))):
        return items
    told = _told(above, list(dict.fromkeys(kind_of(name) for name in names)))
    if told is None and not (all(map(_phrase, names)) and _alike(names)):
        return items
    topic, kinds = (told.topic, told.kinds) if told else ("", ())
    return [replace(item, head=head, case=True, topic=topic, kinds=kinds)
            for item, head in zip(items, heads, strict=True)]  # fmt: skip


def kind_of(name: str) -> str:
    """The kind in a head that says more: 'Accident, no waiver'."""
    return name.split(", ")[0]


def _goes_on(item: Block, head: str) -> bool:
    """Whether more than its head stands in an item: else the list only enumerates."""
    return bool(item.children) or len(item.prose.text.rstrip()) > len(head) + 1


def _phrase(name: str) -> bool:
    """Whether a head is a phrase, neither a clause nor an instruction."""
    clause = analyse_clause(name)
    if clause.imperative or clause.connective or any(p.form == "clause" for p in clause.pieces):
        return False
    return not any(is_finite(token) and token.tag_ != "VBD" for token in tokens_of(name))


def _alike(names: Sequence[str]) -> bool:
    """Whether phrases measure something, each of them, or are kinds of one noun."""
    if all(comparisons(name) for name in names):
        return True
    plain = [re.fullmatch(r"(?:[\w-]+ ){1,3}([\w-]+)", name) for name in names]
    return all(plain) and len({singular(m[1].lower()) for m in plain if m}) == 1


def _told(above: str, kinds: Sequence[str]) -> Told | None:
    """The kinds, if a sentence above tells them all in a row, and what they are kinds of."""
    if not all(_NAME.fullmatch(kind) for kind in kinds):
        return None
    for match in _ROW.finditer(above):
        row = _JOINER.split(re.sub(r"^(?:(?:an?|the) )", "", match["row"], flags=re.IGNORECASE))
        named = {name.lower(): name for name in row}
        if not all(kind.lower() in named for kind in kinds):
            continue
        before = above[: match.start("row")]
        told = {name.lower(): name[:1].upper() + name[1:] for name in row}
        told |= {kind.lower(): kind for kind in kinds}
        if (copula := _COPULA.search(before)) and match["by"].lower() == "or":
            return Told(re.sub(r"^\w+", "the", copula["topic"]), tuple(told.values()))
        if sorts := _SORTS.search(before):
            topic = f"the kind of {sorts['of']}" if sorts["of"] else "the case"
            return Told(topic, tuple(told.values()))
    return None
