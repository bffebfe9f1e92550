"""What a lead-in says that its cases are cases of: 'the kind of item', 'how far it is'."""

from __future__ import annotations

import re

from parsers.conditions.syntax import noun_and_restriction
from parsers.language import analyse, singular

SORT = re.compile(
    r"\b(?:kind|type|sort|class|category|status|rank|role|level)s? of (?:the |an? )?(.+)", re.I
)


def topic_head(topic: str) -> str:
    """The noun that a lead-in's topic is about: 'the kind of item' -> 'item'."""
    if not topic or re.match(r"(?:how|whether|if|what|when|where|who|which|why)\b", topic, re.I):
        return ""
    sort = SORT.search(topic)
    named = re.split(r" (?:the|an?|that|which|they|we|you) ", sort[1])[0] if sort else topic
    core, _ = noun_and_restriction(named)  # 'the sort of place the runner has': place
    noun = ""
    for token in analyse(core):
        if token.pos_ in {"NOUN", "PROPN"}:
            noun = token.lower_
        elif noun:
            break
    return singular(noun or core.split()[-1].lower()) if core.strip() else ""


def measured_by(topic: str) -> tuple[str, str]:
    """What stands before and after a number that only a lead-in's topic names.

    'how many cups a day the machine makes' -> ('the machine makes', 'a day').
    """
    many = re.match(r"how (?:many|much) [\w-]+ ?(?P<rest>.*)", topic, re.IGNORECASE)
    if many:
        whose = re.match(r"(?P<tail>.*?)\s?(?P<who>\b(?:the|an?|we|they|you|it) .+)", many["rest"])
        if re.match(r"(?:is|are|was|were|have|has)\b", many["rest"]) or whose is None:
            return "", many["rest"]
        return whose["who"], whose["tail"]
    long = re.match(r"how (long|far|late|old|high|tall|heavy) (.+)", topic, re.IGNORECASE)
    if long:
        return f"{long[2]}{' for' if long[1] == 'long' else ''}", ""
    if re.match(r"(?:what|when|where|who|whether|which|if)\b", topic):
        return "", ""
    return f"{topic if re.match('(?:the|an?|its|their) ', topic) else 'the ' + topic} is", ""


# 'the months completed', 'the books on loan', 'how many cups it makes' is told by `measured_by`
_COUNTED = re.compile(
    r"(?:the|its|their|his|her|your|any|all) (?:number of )?(?P<what>(?:[a-z-]+ )?[a-z-]+s)"
    r"(?P<rest>(?: (?:[a-z]+(?:ed|en|ght|ld|wn)|on|in|at|per|with|under)\b[\w ]*)?)$"
)


def counted_by(topic: str) -> str:
    """What a lead-in's topic counts, to stand behind a bare number: 'months completed', or ''."""
    match = _COUNTED.fullmatch(topic.strip())
    if match is None or singular(match["what"]) == match["what"]:
        return ""
    return f"{match['what']}{match['rest']}"
