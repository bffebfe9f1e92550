"""CC-Gen: what it makes hangs together, is the same every time, and keeps its splits apart."""

from __future__ import annotations

import json
import random
import re
from functools import cache

import pytest

from data.ccgen import benchmark, world
from data.ccgen.domains import NAMES, load
from data.ccgen.policy import FORM, STYLES, Setting, make
from data.ccgen.procedure import Guard, case_for, decide, depth, grow, leaves
from data.ccgen.queries import Asker, Item
from data.ccgen.wording import OUTCOMES, Wording, key, meet
from data.ccgen.world import World, succeeded
from data.generated import SettingError

SETTINGS = [
    Setting(1, 1, 3, 1, 1, seed=1, train=20, test=10),
    Setting(2, 4, 5, 3, 2, seed=2, train=40, test=20),
    Setting(3, 3, 7, 4, 3, seed=3, train=30, test=20),
    Setting(4, 12, 9, 6, 4, seed=4, train=60, test=30),
]


@cache
def made(setting: Setting) -> tuple[dict[str, bytes], list[Item]]:
    files = benchmark.generate(setting)
    lines = files["train.jsonl"].splitlines() + files["test.jsonl"].splitlines()
    return files, [Item.model_validate_json(line) for line in lines]


def opened(files: dict[str, bytes]) -> tuple[dict[str, bytes], list[dict]]:
    databases = {
        name.removeprefix("databases/").removesuffix(".sqlite"): content
        for name, content in files.items()
        if name.startswith("databases/")
    }
    return databases, json.loads(files["tools.json"])


@pytest.mark.parametrize("setting", SETTINGS)
def test_same_setting_same_bytes(setting: Setting) -> None:
    assert benchmark.generate(setting) == made(setting)[0]


def test_another_seed_another_policy() -> None:
    assert len({make(Setting(seed=seed)).document.text for seed in range(5)}) == 5


@pytest.mark.parametrize("setting", SETTINGS)
def test_axes_are_what_was_asked_for(setting: Setting) -> None:
    files, items = made(setting)
    databases, tools = opened(files)
    reference = json.loads(files["reference.json"])
    assert len(databases) == setting.environment
    assert len(tools) == setting.environment + setting.tasks
    assert [task["depth"] for task in reference] == [setting.workflow] * setting.tasks
    for tool in tools[setting.environment :]:
        assert len(tool["function"]["parameters"]["properties"]) == setting.arguments
    on_tasks = [item for item in items if item.tasks]
    assert len(on_tasks) == setting.train + setting.test
    requests = {len(item.tasks) for item in on_tasks}
    assert requests == {1} if setting.query < 3 else requests <= {2, 3}


@pytest.mark.parametrize("setting", SETTINGS)
def test_gold_calls_succeed_and_others_do_not(setting: Setting) -> None:
    files, items = made(setting)
    databases, tools = opened(files)
    world = World(databases, tools)
    for item in items:
        answer = " ".join(group[0] for group in item.must_say)
        gold = [(call.name, call.arguments) for call in item.calls]
        for step in item.chain:
            if step.call is not None:
                assert world.call(step.call.name, step.call.arguments) == step.result
        for name, arguments in gold:
            assert world.call(name, arguments) == {"done": True}
        if item.id.endswith("1"):  # each replays the databases twice
            assert succeeded(databases, tools, gold, gold[::-1], item.must_say, answer)
            assert not succeeded(databases, tools, gold, gold, item.must_say, "")
            if gold:
                assert not succeeded(databases, tools, gold, gold[1:], item.must_say, answer)
                name, arguments = gold[0]
                other = (name, {**arguments, "value": arguments["value"] + 1})
                wrong = [other, *gold[1:]]
                assert not succeeded(databases, tools, gold, wrong, item.must_say, answer)
    world.close()


@pytest.mark.parametrize("setting", SETTINGS)
def test_chains_name_each_task_and_compare_numbers(setting: Setting) -> None:
    _, items = made(setting)
    on_tasks = [item for item in items if item.tasks]
    heads = {task.matter.name: f"{task.matter.head}." for task in make(setting).tasks}
    for item in on_tasks:
        named = [step.text for step in item.chain if step.text in heads.values()]
        assert named == [heads[task] for task in item.tasks]
    signs = [
        m.groups()
        for item in on_tasks
        for step in item.chain
        for m in re.finditer(r"(\d+) ([<>=]) (\d+)", step.text)
    ]
    assert setting.workflow == 1 or {sign for _, sign, _ in signs} >= {"<", ">"}
    for number, sign, bound in signs:
        assert {"<": int(number) < int(bound), ">": int(number) > int(bound)}.get(
            sign, number == bound
        )


@pytest.mark.parametrize(
    ("name", "arguments", "fault"),
    [
        ("get_nothing", {}, "no tool"),
        ("get_{record}", {}, "missing"),
        ("get_{record}", {"{record}_id": 3}, "type string"),
        ("get_{record}", {"{record}_id": "none"}, "no {record} none"),
        ("get_{record}", {"{record}_id": "x", "more": 1}, "no argument more"),
    ],
)
def test_a_wrong_call_is_told_and_changes_nothing(name: str, arguments: dict, fault: str) -> None:
    files, _ = made(SETTINGS[1])
    world = World(*opened(files))
    record = make(SETTINGS[1]).databases[0].record
    before = world.state()
    told = {k.format(record=record): v for k, v in arguments.items()}
    assert fault.format(record=record) in world.call(name.format(record=record), told)["error"]
    assert world.state() == before


def test_a_number_must_be_said_whole() -> None:
    files, _ = made(SETTINGS[0])
    databases, tools = opened(files)
    said = {"You pay 51 euros.": True, "51.": True, "151 euros": False, "510": False, "5.51": False}
    for answer, right in said.items():
        assert succeeded(databases, tools, [], [], [("51",)], answer) == right


@pytest.mark.parametrize("setting", SETTINGS)
def test_items_follow_the_reference(setting: Setting) -> None:
    """Its cases end at the leaves it names, whose rules and values its calls have."""
    files, items = made(setting)
    policy = make(setting)
    tasks = {task.matter.name: task for task in policy.tasks}
    known = {json.loads(line)["id"] for line in files["statements.jsonl"].splitlines()}
    for item in items:
        assert set(item.rules) <= known
        for name, case, outcome, call in zip(
            item.tasks, item.cases, item.outcomes, item.calls, strict=True
        ):
            leaf = decide(tasks[name].tree, dict(case))[1]
            assert leaf.id == outcome and outcome in item.rules
            assert call.arguments["decision"] == leaf.outcome.decision
            assert call.arguments["value"] == leaf.outcome.value


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_leaf_is_reached(setting: Setting) -> None:
    policy = make(setting)
    asker = Asker(policy)
    count = sum(len(list(leaves(task.tree))) for task in policy.tasks)
    reached = {item.outcomes[0] for item in asker.items("train", count) if item.outcomes}
    assert reached == {leaf.id for task in policy.tasks for _, leaf in leaves(task.tree)}


@pytest.mark.parametrize("setting", SETTINGS)
def test_splits_share_no_case_no_row_and_no_wording(setting: Setting) -> None:
    _, items = made(setting)
    cases: dict[str, set] = {"train": set(), "test": set()}
    ids: dict[str, set] = {"train": set(), "test": set()}
    sentences: dict[str, set] = {"train": set(), "test": set()}
    for item in items:
        for name, case in zip(item.tasks, item.cases, strict=True):
            cases[item.split].add((name, *sorted(case.items())))
        ids[item.split] |= set(re.findall(r"\b[A-Z]\d{4,}\b", item.model_dump_json()))
        masked = re.sub(r"\b[A-Z]?\d+\b", "#", item.query)
        sentences[item.split] |= set(re.split(r"(?<=[.?!]) ", masked))
    for both in (cases, ids, sentences):
        assert both["train"] and both["test"] and not both["train"] & both["test"]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("domain", NAMES)
def test_every_rule_stands_where_it_is_said_to(style: str, domain: str) -> None:
    policy = make(Setting(4, 6, 9, 4, seed=7, domain=domain, style=style))
    text, spans = policy.document.text, policy.document.spans
    assert not re.search("[\ue000-\ue003]", text)
    for task in policy.tasks:
        for _, leaf in leaves(task.tree):
            said = " ".join(text[start:end] for start, end in spans[leaf.id]).lower()
            assert any(w.lower() in said for w in key(leaf.outcome, task.matter, policy.domain))
    assert {f"form.{name}" for name in FORM if f"form.{name}" in spans} == {
        "form.priority", "form.notify_by", "form.language", "form.file_note"
    }  # fmt: skip
    assert not re.search(
        r"\.\.|\s,|  \w|\b1 [a-z]+s\b|, (?:If|The|Charge)\b", text.split("\n", 1)[1]
    )


def test_wordings_of_an_outcome_tell_it_from_every_other() -> None:
    setting = Setting(workflow=6, tasks=12)
    policy = make(setting)
    for voice in ("imperative", "plain", "formal"):
        words = Wording(policy.domain, voice, random.Random(0))
        for task in policy.tasks:
            outcomes = [leaf.outcome for _, leaf in leaves(task.tree)]
            assert len(set(outcomes)) == len(outcomes)
            for outcome in outcomes:
                for _ in OUTCOMES[outcome.kind][voice] * 4:
                    said = words.outcome(outcome, task.matter)
                    fits = [
                        o for o in outcomes
                        if any(re.search(rf"\b{re.escape(k)}", said)
                               for k in key(o, task.matter, policy.domain))
                    ]  # fmt: skip
                    assert fits == [outcome]


@pytest.mark.parametrize("levels", range(1, 7))
def test_trees_are_as_deep_as_asked_and_exact(levels: int) -> None:
    """Each case fits exactly one branch everywhere, and each leaf has cases."""
    domain = load("courier")
    every = domain.circumstances
    for seed in range(30):
        rng = random.Random(seed)
        tree = grow(rng, list(every.values())[:9], levels, "task", domain.teams)
        assert depth(tree) == levels
        for way, leaf in leaves(tree):
            case = case_for(way, every, rng, {})
            assert case is not None
            assert decide(tree, case)[1] is leaf
            passed, _ = decide(tree, case)
            for node, _ in passed:
                assert sum(g.holds(case[node.circumstance]) for g, _ in node.branches) == 1


def test_meeting_guards_hold_where_both_do() -> None:
    rng = random.Random(0)
    for _ in range(500):
        one, other = (
            Guard("n", (), rng.choice([None, rng.randint(0, 9)]), rng.random() < 0.5,
                  rng.choice([None, rng.randint(0, 9)]), rng.random() < 0.5)
            for _ in range(2)
        )  # fmt: skip
        both = meet(one, other)
        for value in range(-1, 11):
            assert both.holds(value) == (one.holds(value) and other.holds(value))


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ({"workflow": 7}, "--workflow 7"),
        ({"environment": 0}, "--environment 0"),
        ({"arguments": 2}, "--arguments 2"),
        ({"tasks": 13}, "--tasks 13"),
        ({"domain": "zoo"}, "--domain zoo"),
    ],
)
def test_what_cannot_be_made_is_said(setting: dict, told: str) -> None:
    with pytest.raises(SettingError, match=told):
        Setting(**setting)


def test_databases_hold_what_the_tools_read() -> None:
    setting = SETTINGS[2]
    policy = make(setting)
    asker = Asker(policy)
    asker.items("train", 5)
    databases = world.build(policy, asker.rows)
    opened_world = World(databases, world.tools(policy))
    for database in policy.databases:
        for row in asker.rows[database.name]:
            got = opened_world.call(f"get_{database.record}", {database.key: row[database.key]})
            assert got == row
    opened_world.close()
