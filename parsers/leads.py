"""Lead-ins: sentences that say what decides, or what a section is about, but not what is done.

In: what a sentence says after its circumstances. Out: whether it frames ('This section settles what
happens when …'), whether it routes ('The age decides.'), whether it inquires ('Look at the age.'),
which routes when the cases follow it, and the topic that is so announced ('the age').
"""

from __future__ import annotations

import re

_UNIT = r"(?:section|chapter|part|policy|page|guide|table|list|clause|paragraph|rule|step)s?"
FRAME = re.compile(
    rf"(?:this|the following|these|the|each) ?(?:{_UNIT}|bullets?)?(?: below| above| here)? "
    r"(?:is|are|applies|apply|covers?|describes?|decides?|explains?|sets? out|tells?|governs?|"
    r"deals?|shows?|lists?|concerns?|answers?|regulates?|states?)\b|"
    rf"this {_UNIT} \w+ (?:out |on )?(?:what|who|whom|whose|whether|how|when|where|which|the|on)\b|"
    rf"(?:use|read|consult|follow) (?:this|the following) {_UNIT}\b|"
    rf"(?:work|go) (?:down|through) (?:this|the|these) {_UNIT}\b|"
    r"(?:go|move|continue|proceed|carry) on (?:to|with) (?:another|a further|the next) step "
    r"only\b|"
    rf"(?:take|read|follow|apply|try) (?:the|these|all) {_UNIT} (?:one after|in (?:the|their|this)|"
    r"from the)\b|"
    r"here (?:we|you) (?:decide|settle|say|describe|explain|find|read|set out)\b|"
    r"(?:what|who|how|whether) [^,;:]+ is (?:settled|decided|described|explained|set out) "
    r"(?:here|below|in this)\b",
    re.IGNORECASE,
)
MATTER = re.compile(
    rf"(?:this {_UNIT} (?:applies (?:when|if|where|to)|is (?:used|for|about)|"
    r"sets (?:out )?(?:the|what)|answers|\w+ (?:on )?(?:what|who|whom|whether|how|when|which)|"
    r"settles|decides|determines)|"
    r"use this (?:section|chapter|part|list|page)|"
    r"here (?:we|you) (?:decide|settle|say)|"
    r"(?:what|who|how|whether) [^,;:]+ is (?:settled|decided) (?:here|below))\b|"
    rf".*\b(?:first|one) (?:{_UNIT} )?(?:that|which) (?:fits|applies|gives an answer|matches|"
    rf"holds)\b|"
    rf"(?:work|go) (?:down|through) (?:this|the|these) {_UNIT}\b|"
    rf"(?:take|read|follow|apply|try|the) (?:the |these |all )?{_UNIT}\b.*\b(?:in (?:their|this|"
    rf"the) "
    r"order|one after)\b",
    re.IGNORECASE,
)  # fmt: skip

_WH = r"(?:what|who|whom|whose|whether|how|when|where|which|why)"
_DECIDES = (
    r"(?:decides?|matters?|counts?|comes? (?:first|next)|goes first|is decisive|are decisive|"
    r"is what (?:counts|matters|decides))"
)
_ROUTES = re.compile(
    rf"^(?:how|what|which|who|where|when)\b.*\?$|"
    rf"\b(?:depends?|hangs|hinges|turns?) (?:up)?on\b|\bdepends?\b|\b{_DECIDES}(?: (?:first|then|"
    rf"here|most|"
    rf"only|now))?\s*$|\b{_DECIDES}\s*:|\bdecides?\b|\bit matters {_WH}\b|"
    r"\b(?:varies|vary|is determined|are determined|determines?|is decided)\b|"
    r"\b(?:as follows|following (?:rules?|fees?|charges?|steps?|apply|applies))\b|"
    r"\b(?:make an exception|makes? exceptions)\b|"
    r"\b(?:is|are) (?:a )?(?:matter|question)s? of\b|"
    rf"\bwhat (?:counts|matters|decides)\b|\b(?:the )?next (?:question|thing to \w+) is\b|"
    r"\b(?:remains?|ha(?:s|ve)(?: only)?|needs? only|(?:is|are)(?: only)? left) to be (?:then )?"
    r"(?:settled|decided|determined|chosen|fixed|agreed|worked out)\s*$|"
    r"\b(?:is|are) (?:looked at|treated|handled) (?:as follows|apart)\b|"
    rf"\b(?:is|are) asked {_WH}\b|\b(?:is|are) divided by\b|"
    r"\bthe rest of this (?:section|chapter|part|list) applies\b|\baccording to (?:the|their|"
    r"its)\b",
    re.IGNORECASE,
)
# these are remarks as well ('the price follows the market'): they route when cases follow
_MAY_ROUTE = re.compile(
    r"\b(?:(?<=\w )follows?(?! no\b)|goes? by|go by|pays? by|costs? something|pays? as|is examined|"
    r"are examined|"
    r"is judged|comes? down to|must (?:sign|agree|decide|approve))\b|"
    r"^(?:it|this|that|there|such [\w ]+?) (?:is|are|may|can)\b|^(?:it|they) (?:may|can)\b",
    re.IGNORECASE,
)
_VERB = r"(?:ask|check|see|verify|determine|clarify|find out|work out|establish|look)"
_INQUIRES = re.compile(
    rf"(?:first |then |next |now )?(?:(?:look|go|proceed)(?: first| closely)? (?:at|up|into|by|on|"
    rf"through|down)\b|consider\b|count\b|measure\b|compare\b|weigh up\b|proceed by\b|"
    rf"{_VERB} (?:first )?{_WH}\b|{_VERB}\b(?!.* to \w)|(?:take|note|read)\b)",
    re.IGNORECASE,
)
_INDIRECT = re.compile(
    rf"(?:{_VERB}|look at|count|what (?:counts|matters|"
    rf"decides) is)(?: first)? {_WH}\b",
    re.IGNORECASE,
)
_TOPIC = re.compile(
    r"\b(?:(?:depends?|hangs|hinges|turns?) (?:up)?on|(?:matter|question) of|goes? by|go by|by|"
    r"according to|follows?|it matters|what (?:counts|matters|decides) is|"
    r"next question is|(?:look|check|count|compare|measure|consider|ask|see|take)(?: first)?"
    r"(?: at| for| up)?) (?P<after>[^,;:.]+)|"
    rf"^(?:but |then |otherwise,? )?(?P<before>[^,;:.]+?) {_DECIDES}",
    re.IGNORECASE,
)

# 'People often write only when it is due': what is not always so is a remark
OFTEN = re.compile(
    r"(?!you\b|we\b)(?:[\w'’-]+ ){1,3}(?:often|sometimes|frequently|occasionally) (?!be\b)",
    re.IGNORECASE,
)
# 'follow the step that fits the delay': the steps say what is done
_PICKS = re.compile(
    r"(?:please )?(?:follow|use|apply|take|go (?:by|to)|choose|pick|find|see|look up|read|consult) "
    rf"(?:only )?the (?:one )?(?:{_UNIT}|rows?|lines?|bullets?|items?|points?|cases?|entry|entries)"
    r"(?: (?:below|above|here))? (?:that|which) (?:fits?|appl(?:y|ies)|match(?:es)?|covers?|"
    r"corresponds?|is right|holds?|describes?)\b",
    re.IGNORECASE,
)
_HERE = (
    r"(?:(?: either)? (?:here|there|then|(?:in|under|at|for|to) (?:this|that|these|any) [\w ]+))"
)
# 'A reservation makes no difference here': what a rule does not turn on is a remark
INDIFFERENT = re.compile(
    r"(?!(?:if|when|where|unless|for|with|in|on|at|otherwise|it|this|that)\b)[^,;:]{3,90}? (?:"
    rf"(?:makes?|made) no difference{_HERE}?|play(?:s)? no (?:part|role){_HERE}?|"
    r"(?:does not|do not|doesn['’]t|don['’]t) (?:matter|count)"
    rf"{_HERE}|"
    rf"(?:is|are) (?:not (?:considered|counted|relevant|taken into account)|irrelevant|ignored)"
    rf"{_HERE})(?: or the next)?\s*$|"
    rf"neither [^,;:]{{2,60}} nor [^,;:]{{2,60}} (?:makes? (?:a|any) difference|matters?|"
    rf"plays? (?:a|any) (?:part|role)){_HERE}?\s*$|"
    r"(?!(?:if|when|where|unless|for|with|in|on|at|otherwise|it|this|that)\b)[^,;:]{3,90}? "
    r"(?:matters?|counts?|plays? a (?:part|role)|makes? a difference|(?:is|are) relevant) only "
    r"(?:where|when|if) (?:it|this|that|they|we|the [\w ]+) "
    r"(?:(?:is|are) (?:\w+ )?(?:mentioned|named|stated|asked for|written)|"
    r"(?:mentions?|names?|states?|asks? for|says?) (?:it|them|so))(?: (?:here|below|explicitly))?"
    r"\s*$",
    re.IGNORECASE,
)

# 'look up the ticket, which is recorded as paid, open or lost': the cases that follow
_RECORDED = re.compile(
    r"[^,;:]+, (?:which|who) (?:is|are|was|were|(?:may|can|will|must) be|has been|shows?|says?)\b"
    r"[^;:]* or [^;:]+$",
    re.IGNORECASE,
)


def recorded(said: str) -> bool:
    """Whether a main clause tells what may come of what it has one look up."""
    return bool(_INQUIRES.match(said)) and bool(_RECORDED.match(said.strip(" ,;:.")))


def routes(said: str) -> bool:
    """Whether a main clause only names what decides."""
    return bool(_ROUTES.search(said))


def picks(said: str) -> bool:
    """Whether a main clause sends to whichever of the rules fits."""
    return bool(_PICKS.match(said.strip(" ,;:")))


def may_route(said: str) -> bool:
    """Whether a main clause names what decides, provided that cases follow it."""
    said = said.strip(" ,;:.")
    return bool(_MAY_ROUTE.search(said) or _INQUIRES.match(said))


def asks(said: str) -> bool:
    """Whether a main clause asks an indirect question: 'find out how old it is'."""
    return bool(_INDIRECT.search(said))


def fetches(said: str) -> bool:
    """Whether a main clause may as well be all that is done: 'ask for a photo', 'take notes'."""
    return bool(re.match(r"\W*(?:ask|take|note|read)\b", said, re.IGNORECASE)) and not asks(said)


def topic(said: str) -> str:
    """What a lead-in says that it depends on: 'the kind of item', 'how far it is'; or ''."""
    if asked := re.match(r"(how \w+) (is|are|was|were|has|have) ([^?]+)\?", said, re.IGNORECASE):
        return f"{asked[1]} {asked[3]} {asked[2]}"
    match = _TOPIC.search(said.strip(" ,;:."))
    found = (match["after"] or match["before"] or "").strip() if match else ""
    found = re.split(rf" and {_WH} ", found)[0]  # of two things that decide, the first
    if len(found.split()) > 12 or re.match(r"(?:it|that|this|which|them)$", found):
        return ""
    return found
