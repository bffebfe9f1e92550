"""How a policy, a question and an answer are put to a model: the one place that words prompts.

Training, rollouts, evaluation and the shipped chat template all use these, so that what is trained
is what is asked. The policy-free prompt names only the policy identifier (CAP-CPT, arXiv
2510.11588); the policy-aware prompt (PolicyRollout's second half, TriMPI, arXiv 2510.09474 §3; and
the in-context baseline) adds the document. An answer is a `<think>` block that cites the rules
that apply as `[rule-id]`, then what the customer is told.

Where there are pictures, a message's content is a list of parts in the form of transformers' chat
templates for processors; where there are none, it is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

Part = dict[str, str]
"""`{"type": "text", "text": …}` or `{"type": "image", "image": path}`."""
Message = dict[str, Any]
Span = tuple[int, int]
"""First character and the one behind the last."""
Pictures = Mapping[str, Path]
"""Files of pictures by the names they have in a text."""
NO_PICTURES: Pictures = MappingProxyType({})

THINK_OPEN, THINK_CLOSE = "<think>", "</think>"
CONCLUDES = "So: "
"""What opens the last line of a chain on a workflow: the outcome, and the rule that decides."""
_SHOWN = re.compile(r"!\[[^\]]*\]\((?P<name>[^)\s]+)[^)]*\)")
_CITATION = re.compile(r"\[(?P<id>(?P<word>[a-z0-9][a-z0-9.]*)[a-z0-9.\-]*)\]")
_DECIDES = (
    re.compile(rf"^{THINK_OPEN}\n(?P<word>\[|\S+)"),  # a case of which matter, or a rule
    _CITATION,  # which rule
    re.compile(r'^Asked ".*": (?P<word>\w+)', re.MULTILINE),  # which way a question asks
    re.compile(r'^Asked ".*; the rule: (?P<word>\w+)', re.MULTILINE),  # which way the rule says
    re.compile(r"^Here: .*?: (?P<word>(?:yes|no)\.\s)", re.MULTILINE),  # is it so; is more asked
    re.compile(r"^(?:Here.* )?Asked.*: (?P<word>yes|no)\.$", re.MULTILINE),  # is it as the rule is
    re.compile(r"^\[[a-z0-9.\-]+\] .*\n(?P<word>.)", re.MULTILINE),  # is there anything to check
)
_WORKED = r"(?: (?:\d+ x \d+|(?:the )?[A-Z][\w ]+(?:, (?:the )?[A-Z][\w ]+)+):)?"
"""What a reading that is not seen at once is worked out from (`data.chains.worked_out`)."""
_READING = re.compile(rf'".*":{_WORKED}(?P<term> (?!\[).+?)(?P<verdict>: (?:yes|no))?\.')
_TESTED = re.compile(r'(?P<test>[^"\[].*\?) (?:.*: )?(?:yes|no)\.')
_CITED = re.compile(r"\[(?P<id>[a-z0-9][a-z0-9.\-]*\](?: .*)?)")
_ANSWERED = re.compile(r"(?:(?:Yes|No)\.)?(?P<answer>.+)")
_GOES_ON = (re.compile(r'(?<=\n)(?P<word>["\w])'),)
_COMPARES = (
    re.compile(r"\d (?P<word>[<>=]) -?\d"),
    re.compile(r"\d [<>=] -?[\d.]+[^:\n]*: (?P<word>yes|no)\.$", re.MULTILINE),
)


def system_prompt(identifier: str, policy: str | None = None) -> str:
    """The system message: the identifier alone, or with the whole policy under it."""
    named = f"You follow the policy {identifier}."
    return named if policy is None else f"{named}\n\n{policy.strip()}"


def messages(
    identifier: str,
    question: str,
    policy: str | None = None,
    images: Pictures = NO_PICTURES,
    policy_images: Pictures = NO_PICTURES,
) -> list[Message]:
    """The prompt of one question, in the chat format of transformers and TRL.

    Args:
        images: those of the question.
        policy_images: those of the policy; they count if the policy is in the prompt.
    """
    system = system_prompt(identifier, policy)
    if policy is None:
        policy_images = NO_PICTURES
    pictured = bool(images or policy_images)
    return [
        {"role": "system", "content": parts(system, policy_images) if pictured else system},
        {"role": "user", "content": parts(question, images) if pictured else question},
    ]


def parts(text: str, images: Pictures = NO_PICTURES) -> list[Part]:
    """The text cut where it shows one of the pictures as Markdown; the other pictures come first.

    What stands between the brackets is left out: the picture is shown in its place.
    """
    shown = [match for match in _SHOWN.finditer(text) if match["name"] in images]
    named = {match["name"] for match in shown}
    cut: list[Part] = [_picture(path) for name, path in images.items() if name not in named]
    at = 0
    for match in shown:
        if before := text[at : match.start()]:
            cut.append({"type": "text", "text": before})
        cut.append(_picture(images[match["name"]]))
        at = match.end()
    if rest := text[at:]:
        cut.append({"type": "text", "text": rest})
    return cut


def _picture(path: Path) -> Part:
    return {"type": "image", "image": str(path)}


def completion(chain: str, answer: str) -> str:
    """The assistant's turn: the chain of thought in its block, then the answer."""
    return f"{THINK_OPEN}\n{chain.strip()}\n{THINK_CLOSE}\n{answer.strip()}"


def split_completion(text: str) -> tuple[str, str]:
    """(chain, answer) of an assistant's turn; a turn without a closed block is all answer,
    and one with an unclosed block has no answer."""
    if THINK_CLOSE in text:
        chain, _, answer = text.partition(THINK_CLOSE)
        return chain.replace(THINK_OPEN, "", 1).strip(), answer.strip()
    if text.lstrip().startswith(THINK_OPEN):
        return text.replace(THINK_OPEN, "", 1).strip(), ""
    return "", text.strip()


def citations(text: str) -> tuple[str, ...]:
    """Ids cited in the text as `[rule-id]`, in order, each once."""
    return tuple(dict.fromkeys(match["id"] for match in _CITATION.finditer(text)))


def deciding_words(turn: str) -> list[Span]:
    """The words that open the cited ids, and the few others that an answer hangs on.

    No two ids of a policy open with the same word (`parsers.ids`), so each of these picks a rule,
    and all that is recited follows from it.
    """
    return _words(_DECIDES, turn)


def comparing_words(turn: str) -> list[Span]:
    """How numbers compare, and what that means."""
    return _words(_COMPARES, turn)


def next_words(turn: str) -> list[Span]:
    """What opens the lines: is there another piece to be read, a test, the outcome?"""
    return _words(_GOES_ON, turn)


def policys_words(turn: str) -> list[Span]:
    """What only the policy can tell: ids and the rules behind them, its matters, its terms for what
    was quoted, which test comes next, outcomes."""
    found: list[Span] = []
    at, before = 0, ""
    for line in turn.split("\n"):
        if before == THINK_CLOSE:
            told = _ANSWERED.match(line)
            found += [(at + told.start("answer"), at + len(line))] if told else []
        elif line.startswith(CONCLUDES) or (before == THINK_OPEN and line[:1] not in '["'):
            found.append((at, at + len(line)))
        elif match := _READING.fullmatch(line):
            start, end = match.span("term")
            number = None if match["verdict"] else re.search(r"\d[\d.]*(?<!\.)", match["term"])
            if number is None:
                found.append((at + start, at + end))
            else:
                found += [(at + start, at + start + number.start())]
                found += [(at + start + number.end(), at + end)]
        elif match := _TESTED.fullmatch(line):
            first = before.startswith('"')  # that reading has ended is no matter of the policy
            found.append((at + first, at + match.end("test")))
        else:
            found += [(at + m.start("id"), at + m.end("id")) for m in _CITED.finditer(line)]
        at, before = at + len(line) + 1, line
    return found


def conclusion(chain: str) -> str:
    """The line that a chain on a workflow ends in; '' of any other."""
    last = chain[chain.rfind("\n") + 1 :]
    return last if last.startswith(CONCLUDES) else ""


def parting_words(turn: str, line: str, lines: Iterable[str]) -> list[Span]:
    """Words of a line of the turn at which another line, the same up to there, goes on otherwise:
    where one outcome parts from the others."""
    start = turn.index(line)
    words = list(re.finditer(r"\S+", line))
    said = [word.group() for word in words]
    others = [other.split() for other in lines]
    return [
        (start + word.start(), start + word.end())
        for at, word in enumerate(words)
        if any(other[:at] == said[:at] and other[at : at + 1] != [said[at]] for other in others)
    ]


def _words(patterns: Iterable[re.Pattern[str]], turn: str) -> list[Span]:
    return [match.span("word") for it in patterns for match in it.finditer(turn)]
