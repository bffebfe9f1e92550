"""User queries with the chain, the tool calls and the words that settle them.

In: a `Policy`. Out: `Item`s of two splits and the databases' rows they are about. The query axis:
1 all facts are told; 2 what databases hold must be looked up; 3 two or three requests in one turn;
4 besides, details that do not matter and claims that the records contradict. The splits share no
case, no wording and no row. Items on facts and on everyday rules are in the test split only.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any, Literal

from data.ccgen.domains import Case, Circumstance, Database, Frozen, Value
from data.ccgen.policy import LANGUAGES, NOTIFY, Kind, Policy, Task
from data.ccgen.procedure import Guard, Leaf, Node, Outcome, case_for, decide, leaves
from data.ccgen.wording import Wording, key, sentence

Split = Literal["train", "test"]
ATTEMPTS = 200
"""So often a case that is already taken is drawn anew before the setting counts as too small."""

NAMES = {
    "train": ("Ana Field", "Ben Okoro", "Carla Nunes", "David Roth", "Elif Kaya", "Farid Aziz"),
    "test": ("Greta Lund", "Hugo Marsh", "Iris Vale", "Jonas Berg", "Kim Doyle", "Lena Frost"),
}
_OPEN: dict[Split, tuple[str, ...]] = {
    "train": ("Hello, I'm {name}.", "Good morning, {name} here.", "Hi! My name is {name}."),
    "test": ("Dear team, this is {name}.", "Good evening, {name} speaking."),
}
_ALSO: dict[Split, tuple[str, ...]] = {
    "train": ("And another thing:", "I have a second matter.", "One more request:"),
    "test": ("While I am writing:", "On top of that:"),
}
_NOTIFY: dict[Split, str] = {
    "train": "I want {way} with the decision, please.",
    "test": "When you have decided, I would prefer {way}.",
}
_LANGUAGE: dict[Split, str] = {
    "train": "Please answer in {language}.",
    "test": "I would rather read your answer in {language}.",
}
_IDLE: dict[Split, tuple[str, ...]] = {
    "train": ("It has rained all week here.", "My sister told me to write to you.",
              "I tried to call first, but the line was busy."),
    "test": ("I have been meaning to write since Sunday.", "My neighbour speaks highly of you.",
             "Your website would not load on my phone."),
}  # fmt: skip
_PROMISE: dict[Split, tuple[str, ...]] = {
    "train": ("A colleague of yours said that it would cost me nothing.",
              "A friend of mine got {n} {currency} for the same thing."),
    "test": ("Somebody on the phone promised me {n} {currency}.",
             "I read on the internet that you always say yes."),
}  # fmt: skip
_BELIEF: dict[Split, str] = {"train": "As far as I know, {said}.", "test": "I am sure that {said}."}


class ToolCall(Frozen):
    name: str
    arguments: dict[str, Any]


class Step(Frozen):
    """One link of a gold chain: a look-up with what it gave, a test that came out so, or an entry
    of the form. `rules` are the rules it follows."""

    text: str
    rules: tuple[str, ...] = ()
    call: ToolCall | None = None
    result: dict[str, Any] | None = None


class Item(Frozen):
    """A query and what settles it.

    `rules` are ids of the rules that apply, in order (their words are in the policy's statements);
    `must_say` lists groups of wordings, one of each must be in the answer; `cases` are the
    circumstances of each request, `outcomes` the ids of the leaves they end at.
    """

    id: str
    split: Split
    category: Kind
    tasks: tuple[str, ...] = ()
    query: str
    chain: tuple[Step, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    must_say: tuple[tuple[str, ...], ...]
    rules: tuple[str, ...]
    cases: tuple[dict[str, Value], ...] = ()
    outcomes: tuple[str, ...] = ()


@dataclass
class _Request:
    """One request of a turn: the task, the case, and what the form takes from the user."""

    task: Task
    case: Case
    id: str
    notify_by: str
    language: str
    ids: dict[str, str]
    way: list[tuple[Node, Guard]] = field(default_factory=list)
    leaf: Leaf | None = None


class Asker:
    """Makes a policy's items and gathers the rows they need."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.rows: dict[str, list[dict[str, Any]]] = {d.name: [] for d in policy.databases}
        self._rng = policy.setting.rng("queries")
        self._words = Wording(policy.domain, "imperative", self._rng)
        self._taken: dict[tuple[str, tuple[Value, ...]], Split] = {}
        self._number = self._rng.randrange(1000, 2000)

    def items(self, split: Split, count: int) -> list[Item]:
        """`count` items on tasks, their leaves in turn; for the test also those on single rules."""
        goals = [(task, goal) for task in self.policy.tasks for goal in leaves(task.tree)]
        result = []
        for number in range(count):
            if number % len(goals) == 0:
                self._rng.shuffle(goals)
            task, (way, leaf) = goals[number % len(goals)]
            result.append(self._item(f"{split}.{number + 1}", split, task, way, leaf))
        return result + (list(self._single()) if split == "test" else [])

    def settle(self, task: Task, case: Case, id: str) -> tuple[ToolCall, tuple[str, ...]]:
        """The call that settles a case of the record `id`, and what must be said of it; the user
        wishes for nothing in particular."""
        request = _Request(task, case, id, "email", LANGUAGES[0], {})
        request.way, request.leaf = decide(task.tree, case)
        return self._call(request), self._must_say(request.leaf.outcome, task)

    # --- cases and rows ---------------------------------------------------------------------

    def _case(self, task: Task, way: tuple[Guard, ...], split: Split, fixed: Case) -> Case | None:
        """A case that no item of the other split has; None if `fixed` rules the way out."""
        every = self.policy.circumstances
        for _ in range(ATTEMPTS):
            case = case_for(way, every, self._rng, fixed)
            if case is None:
                return None
            taken = (task.matter.name, tuple(case[name] for name in every))
            if self._taken.setdefault(taken, split) == split:
                return case
        raise ValueError(f"{task.matter.name}: no case is left for the {split} split")

    def _enter(self, database: Database, case: Case, ids: dict[str, str]) -> str:
        """Write a row for the case; its key."""
        self._number += 1
        row: dict[str, Any] = {database.key: f"{database.prefix}{self._number}"}
        if database is self.policy.databases[0]:
            row |= {other.key: ids[other.name] for other in self.policy.databases[1:]}
            row["status"] = "open"
        for it in database.circumstances:
            value = case[it.name]
            if it.since:
                day = self.policy.domain.today - datetime.timedelta(days=int(value))
                row[it.since] = day.isoformat()
            else:
                row[it.name] = int(value) if it.kind == "boolean" else value
        self.rows[database.name].append(row)
        return row[database.key]

    def _request(self, task: Task, case: Case, split: Split, persons: str | None) -> _Request:
        """Rows for a request; `persons` is the key of the second database's row if it exists."""
        first, *others = self.policy.databases
        ids = {}
        for place, other in enumerate(others):
            known = persons if place == 0 else None
            ids[other.name] = known or self._enter(other, case, ids)
        ids[first.name] = self._enter(first, case, ids)
        pick = self._rng.choice
        asks_way = "notify_by" in self.policy.form and self._rng.random() < 0.5
        asks_language = "language" in self.policy.form and self._rng.random() < 0.3
        request = _Request(
            task, case, ids[first.name],
            pick(list(NOTIFY)[1:]) if asks_way else "email",
            pick(LANGUAGES[1:]) if asks_language else LANGUAGES[0],
            ids,
        )  # fmt: skip
        request.way, request.leaf = decide(task.tree, case)
        return request

    # --- items ------------------------------------------------------------------------------

    def _item(self, id: str, split: Split, task: Task, way: tuple[Guard, ...], leaf: Leaf) -> Item:
        case = self._case(task, way, split, {})
        assert case is not None
        requests = [self._request(task, case, split, None)]
        level = self.policy.setting.query
        if level >= 3:
            requests += self._others(requests[0], split)
        name = self._rng.choice(NAMES[split])
        parts = [self._rng.choice(_OPEN[split]).format(name=name)]
        for number, request in enumerate(requests):
            if number:
                parts.append(self._rng.choice(_ALSO[split]))
            parts += self._told(request, split)
        chain, calls, rules, says = [], [], [], []
        for request in requests:
            steps, call = self._solved(request)
            chain += steps
            calls.append(call)
            rules += [rule for step in steps for rule in step.rules]
            rules += ["duty.record"] if level == 4 else []
            assert request.leaf is not None
            says.append(self._must_say(request.leaf.outcome, request.task))
        depth = self.policy.setting.workflow
        return Item(
            id=id,
            split=split,
            category="complex" if depth > 1 else "simple",
            tasks=tuple(r.task.matter.name for r in requests),
            query=" ".join(parts),
            chain=tuple(chain),
            calls=tuple(calls),
            must_say=tuple(says),
            rules=tuple(dict.fromkeys(rules)),
            cases=tuple(r.case for r in requests),
            outcomes=tuple(r.leaf.id for r in requests if r.leaf),
        )

    def _others(self, first: _Request, split: Split) -> list[_Request]:
        """One or two more requests of the same person, on other records."""
        databases = self.policy.databases
        person = databases[1] if len(databases) > 1 else None
        fixed = {c.name: first.case[c.name] for c in person.circumstances} if person else {}
        others = [task for task in self.policy.tasks if task is not first.task]
        others = others or list(self.policy.tasks)
        wanted = self._rng.randint(1, min(2, len(others)))
        result = []
        for task in self._rng.sample(others, wanted):
            goals = list(leaves(task.tree))
            self._rng.shuffle(goals)
            cases = (self._case(task, way, split, fixed) for way, _ in goals)
            case = next(case for case in cases if case is not None)
            known = first.ids[person.name] if person else None
            result.append(self._request(task, case, split, known))
        return result

    def _told(self, request: _Request, split: Split) -> list[str]:
        """The sentences in which a user makes a request."""
        level, rng = self.policy.setting.query, self._rng
        asks = request.task.matter.asks
        ask = asks[-1] if split == "test" else rng.choice(asks[:-1])
        needed = [node.circumstance for node, _ in request.way]
        needed += [g.circumstance for g in self.flags().values()]
        every = self.policy.circumstances
        told = [every[n] for n in dict.fromkeys(needed) if level == 1 or not every[n].database]
        sentences = [self._said(it, request.case[it.name], split) for it in told]
        if request.notify_by != "email":
            sentences.append(_NOTIFY[split].format(way=NOTIFY[request.notify_by]))
        if request.language != LANGUAGES[0]:
            sentences.append(_LANGUAGE[split].format(language=request.language))
        if level == 4:
            sentences += self._misleading(request, needed, split)
        rng.shuffle(sentences)
        return [ask.format(id=request.id), *sentences]

    def _misleading(self, request: _Request, needed: list[str], split: Split) -> list[str]:
        """Small talk, a fact that does not matter, a promise, and a claim the records deny."""
        rng, every = self._rng, self.policy.circumstances
        idle = [rng.choice(_IDLE[split])]
        spare = [it for name, it in every.items() if name not in needed and it.database]
        if spare:
            it = rng.choice(spare)
            idle.append(self._said(it, request.case[it.name], split))
        promise = rng.choice(_PROMISE[split])
        idle.append(promise.format(n=rng.randint(96, 200), currency=self.policy.domain.currency))
        held = [every[name] for name in needed if every[name].database]
        if held:
            it = rng.choice(held)
            wrong = rng.choice([v for v in it.domain if v != request.case[it.name]])
            idle.append(_BELIEF[split].format(said=self._wording(it, wrong, split)))
        return idle

    def _said(self, it: Circumstance, value: Value, split: Split) -> str:
        return sentence(self._wording(it, value, split))

    def _wording(self, it: Circumstance, value: Value, split: Split) -> str:
        wordings = (it.says_yes if value else it.says_no) if it.kind == "boolean" else it.says
        form = wordings[-1] if split == "test" else self._rng.choice(wordings[:-1])
        return form.format(n=value, v=value)

    # --- what settles them ------------------------------------------------------------------

    def flags(self) -> dict[str, Guard]:
        """What entries of the form depend on, by entry."""
        flags = {"priority": self.policy.priority, "file_note": self.policy.file_note}
        return {name: guard for name, guard in flags.items() if name in self.policy.form}

    def _solved(self, request: _Request) -> tuple[list[Step], ToolCall]:
        """The chain of a request and the call that settles it.

        The task is named first: a small model that has not said which it is takes another's limits.
        """
        policy, leaf = self.policy, request.leaf
        assert leaf is not None
        asked = [node.circumstance for node, _ in request.way]
        asked += [guard.circumstance for guard in self.flags().values()]
        steps = self._lookups(request, asked) if policy.setting.query > 1 else []
        steps.append(Step(text=f"{request.task.matter.head}."))
        spans = policy.document.spans
        for node, guard in request.way:
            rules = (node.id,) if node.id in spans else ()
            value = request.case[node.circumstance]
            found = self._words.finding(guard, value, node.bounds)
            steps.append(Step(text=found, rules=rules))
        outcome = self._words.outcome(leaf.outcome, request.task.matter)
        steps.append(Step(text=sentence(f"so: {outcome}"), rules=(leaf.id,)))
        flags = self.flags()
        for name, (value, rule) in self._entries(request).items():
            entry = f"{name}: {value}"
            if flag := flags.get(name):  # what the entry follows from
                seen = request.case[flag.circumstance]
                entry = f"{self._words.finding(flag, seen, flag.bounds)} {entry}"
            steps.append(Step(text=entry, rules=(rule,)))
        return steps, self._call(request)

    def _call(self, request: _Request) -> ToolCall:
        leaf, entries = request.leaf, self._entries(request)
        assert leaf is not None
        arguments = {
            self.policy.databases[0].key: request.id,
            "decision": leaf.outcome.decision,
            "value": leaf.outcome.value,
            **{name: value for name, (value, _) in entries.items() if name != "value"},
        }
        return ToolCall(name=request.task.matter.tool, arguments=arguments)

    def _lookups(self, request: _Request, asked: list[str]) -> list[Step]:
        """The record itself first, as it holds the keys of the others, then those needed."""
        first, *others = self.policy.databases
        every = self.policy.circumstances
        needed = {every[name].database for name in asked}
        steps = []
        for database in (first, *(d for d in others if d.name in needed)):
            id = request.ids[database.name]
            row = next(r for r in self.rows[database.name] if r[database.key] == id)
            call = ToolCall(name=f"get_{database.record}", arguments={database.key: id})
            steps.append(Step(text=f"Look up {database.record} {id}.", call=call, result=dict(row)))
        return steps

    def _entries(self, request: _Request) -> dict[str, tuple[Any, str]]:
        """Each argument that the form's rules fill in, with the rule."""
        task, case, policy = request.task, request.case, self.policy
        assert request.leaf is not None
        high = policy.priority.holds(case[policy.priority.circumstance])
        noted = policy.file_note.holds(case[policy.file_note.circumstance])
        every = {
            "reason_code": (task.reason_code, f"form.reason_code-{task.matter.name}"),
            "priority": ("high" if high else "normal", "form.priority"),
            "notify_by": (request.notify_by, "form.notify_by"),
            "due_days": (task.due_days, f"form.due_days-{task.matter.name}"),
            "language": (request.language, "form.language"),
            "file_note": (noted, "form.file_note"),
        }
        entries: dict[str, tuple[Any, str]] = {"value": (request.leaf.outcome.value, "form.value")}
        return entries | {name: every[name] for name in policy.form}

    def _must_say(self, outcome: Outcome, task: Task) -> tuple[str, ...]:
        if outcome.kind == "decline":
            return ("declin", "refus", "turn")
        if outcome.kind == "grant":
            return key(outcome, task.matter, self.policy.domain)
        return (outcome.team,) if outcome.kind == "refer" else (str(outcome.value),)

    def _single(self) -> list[Item]:
        """Questions on facts, and situations that one rule of one condition settles."""
        result = []
        for rule, _, question, answer in self.policy.facts:
            result.append(_question(f"test.{rule}", "factual", question, answer, rule))
        for number, rule in enumerate(self.policy.domain.simple, 1):
            id = f"everyday.{number}"
            result.append(_question(f"test.{id}", "simple", rule.situation, rule.answer, id))
        return result


def _question(id: str, category: Kind, query: str, answer: str, rule: str) -> Item:
    return Item(
        id=id, split="test", category=category, query=query, must_say=((answer,),), rules=(rule,)
    )
