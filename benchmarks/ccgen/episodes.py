"""A CC-Gen benchmark as conversations: what the model is asked, and what it should write.

In: a `Setting`. Out: `Bench`: the document as the parser understands it, the items of both splits,
and the turns that settle them. A turn is one user message and one answer: a `<think>` block with
the item's gold chain, each step behind the rules it follows, then the tool calls, one JSON object a
line, then what the user is told. Records that must be looked up are calls of turns before; what
they gave stands in the user message of the next turn, below the query (the episode's memory is the
prompt, so every stage sees single turns). Rules are cited by the parser's ids, which pretraining
texts use too; the generator's rules are matched with the parser's statements by their words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from data.ccgen import world
from data.ccgen.policy import Policy, Setting, make
from data.ccgen.queries import Asker, Item, Step
from data.ccgen.world import Call
from data.prompts import THINK_CLOSE, THINK_OPEN, completion, split_completion
from data.recitations import plain
from data.samples import Kind
from internalize.folder import write_text
from parsers import parse
from parsers.spec import PolicySpec, Statement

FORM = (
    f"Answer in three parts. First the chain of thought between {THINK_OPEN} and {THINK_CLOSE}. "
    'Then every tool call as JSON on a line of its own, such as {"name": "a_tool", "arguments": '
    '{"an_argument": "a value"}}. Then tell the user what was decided. If records must be looked '
    "up first, call only the tools that look them up; what they give will be added to the message."
)


@dataclass(frozen=True)
class Turn:
    """One user message and the answer to it. `settles`: it holds the calls that decide."""

    item: str
    kind: Kind
    question: str
    chain: str
    answer: str
    statements: tuple[str, ...]
    settles: bool

    def completion(self, chained: bool = True) -> str:
        return completion(self.chain, self.answer) if chained else self.answer


class Bench:
    """A policy with everything that arms and probes need of it."""

    def __init__(self, setting: Setting, home: Path) -> None:
        """`home` keeps the document, which is parsed from there."""
        self.setting = setting
        self.policy: Policy = make(setting)
        self.asker = Asker(self.policy)
        self.train = tuple(self.asker.items("train", setting.train))
        self.test = tuple(self.asker.items("test", setting.test))
        self.tools = world.tools(self.policy)
        document = home / setting.name / self.policy.name
        write_text(document, self.policy.document.text)
        self.spec: PolicySpec = parse(document, name=setting.name)

    @property
    def identifier(self) -> str:
        return self.spec.identifier

    @cached_property
    def databases(self) -> dict[str, bytes]:
        """As they are before an episode."""
        return world.build(self.policy, self.asker.rows)

    @cached_property
    def manual(self) -> str:
        """What stands in the prompt of who does not know it: document, tools, form of an answer."""
        return f"{self.spec.document.text.strip()}\n\n{self.tooling}"

    @cached_property
    def tooling(self) -> str:
        """The tools, one a line, and the form of an answer."""
        return "\n".join(["Tools:", *map(_signature, self.tools), FORM])

    # --- turns ------------------------------------------------------------------------------

    def turns(self, items: Iterable[Item]) -> list[Turn]:
        return [turn for item in items for turn in self._turns(item)]

    def _turns(self, item: Item) -> list[Turn]:
        question, turns = item.query, []
        kind: Kind = item.category
        for lookups in _rounds(item):
            calls = [(step.call.name, step.call.arguments) for step in lookups if step.call]
            chain = "\n".join(step.text for step in lookups)
            turns.append(Turn(item.id, kind, question, chain, _lines(calls), (), settles=False))
            question = with_results(question, calls, [step.result or {} for step in lookups])
        steps = [step for step in item.chain if step.call is None]
        chain = "\n".join(" ".join([*map(self._cited, step.rules), step.text]) for step in steps)
        decided = [step.text.removeprefix("So: ") for step in steps if step.text.startswith("So:")]
        said = " ".join(text[:1].upper() + text[1:] for text in decided)
        calls = [(call.name, call.arguments) for call in item.calls]
        answer = f"{_lines(calls)}\n{said}"
        turns.append(Turn(item.id, kind, question, chain, answer, self.rules(item), settles=True))
        return turns

    def rules(self, item: Item) -> tuple[str, ...]:
        """The parser's ids of the rules that apply to an item."""
        return tuple(dict.fromkeys(self.ids[rule] for rule in item.rules if rule in self.ids))

    def _cited(self, rule: str) -> str:
        return f"[{self.ids[rule]}]"

    @cached_property
    def ids(self) -> dict[str, str]:
        """The parser's statement for each of the generator's rules: of those in the rule's section,
        the one that holds most of the rule's words, and the shortest of these."""
        text, found = self.policy.document.text, self.policy.document.spans
        words = {s.id: _words(plain(s.full_text)) for s in self.spec.statements}
        heads = {task.matter.name: task.matter.head for task in self.policy.tasks}
        matched = {}
        for rule, spans in found.items():
            wanted = _words(" ".join(text[start:end] for start, end in spans))
            # A reason code stands in a table whose row begins with the task's heading.
            task = rule.partition("-")[2]
            wanted += _words(heads.get(task, "")) if rule.startswith("form.reason") else []
            near = self._near(heads.get(task or rule.split(".")[0]), rule)
            best = max(near, key=lambda s: (_held(wanted, words[s.id]), -len(words[s.id])))
            matched[rule] = best.id
        return matched

    def _near(self, head: str | None, rule: str) -> Sequence[Statement]:
        if head is None or rule.startswith("form.reason"):
            return self.spec.statements
        inside = [s for s in self.spec.statements if any(head in title for title in s.section)]
        return inside or self.spec.statements

    # --- judging ----------------------------------------------------------------------------

    def succeeded(self, item: Item, text: str, tools: Sequence[Any] = ()) -> bool:
        """Whether the last turn of an episode ends it as it should, with these tools or its own."""
        calls, said = spoken(text)
        gold = [(call.name, call.arguments) for call in item.calls]
        tools = tools or self.tools
        return world.succeeded(self.databases, tools, gold, calls, item.must_say, said)


def spoken(text: str) -> tuple[list[Call], str]:
    """The tool calls of an answer, and what is said besides; the chain of thought counts as
    neither, and a call that is not whole JSON is none."""
    _, answer = split_completion(text)
    decoder, calls, said, at = json.JSONDecoder(), [], [], 0
    while (start := answer.find("{", at)) >= 0:
        said.append(answer[at:start])
        try:
            value, end = decoder.raw_decode(answer, start)
        except ValueError:
            value, end = None, start + 1
        if isinstance(value, dict) and isinstance(value.get("name"), str):
            arguments = value.get("arguments")
            calls.append((value["name"], arguments if isinstance(arguments, dict) else {}))
        at = end
    return calls, " ".join(" ".join([*said, answer[at:]]).split())


def fault(item: Item, text: str, correct: bool) -> str:
    """The first thing that is wrong with an answer to a task; '' if nothing."""
    if correct:
        return ""
    calls, _ = spoken(text)
    gold = [(call.name, call.arguments) for call in item.calls]
    if not calls:
        return "no call"
    for (name, arguments), (other, others) in zip(gold, calls, strict=False):
        if name != other:
            return "tool"
        for argument, value in arguments.items():
            if others.get(argument) != value:
                return argument
    return "not said" if len(calls) == len(gold) else "number of calls"


def with_results(question: str, calls: Sequence[Call], results: Sequence[world.Row]) -> str:
    """The user message with what look-ups gave below it."""
    told = [
        f"{name}({', '.join(map(str, arguments.values()))}): {json.dumps(result)}"
        for (name, arguments), result in zip(calls, results, strict=True)
    ]
    return "\n".join([question, *told])


def looks_up(calls: Sequence[Call]) -> bool:
    """Whether these calls only look things up, so that the episode goes on."""
    return bool(calls) and all(name.startswith("get_") for name, _ in calls)


def _rounds(item: Item) -> list[list[Step]]:
    """Look-ups in the order in which their keys are known: those the query names, then those
    whose keys are in a record that was looked up."""
    steps = [step for step in item.chain if step.call is not None]
    keys = {step.text: next(iter(step.call.arguments.values())) for step in steps if step.call}
    first = [step for step in steps if keys[step.text] in item.query]
    others = [step for step in steps if keys[step.text] not in item.query]
    # One row may be needed by several requests of a turn; it is looked up once.
    return [list({step.text: step for step in some}.values()) for some in (first, others) if some]


def _lines(calls: Iterable[Call]) -> str:
    return "\n".join(json.dumps({"name": name, "arguments": args}) for name, args in calls)


def _signature(tool: dict[str, Any]) -> str:
    function = tool["function"]
    properties = function["parameters"]["properties"].items()
    told = [f"{name}: {' | '.join(it['enum']) if 'enum' in it else it['type']}"
            for name, it in properties]  # fmt: skip
    return f"{function['name']}({', '.join(told)}): {function['description']}"


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _held(wanted: Sequence[str], words: Sequence[str]) -> float:
    """The share of the wanted words and word pairs that the others hold."""
    own = {*wanted, *pairwise(wanted)}
    return len(own.intersection({*words, *pairwise(words)})) / max(len(own), 1)
