"""CC-Gen's arms: gold turns are right, probes ask what they say, a grid is run once and whole."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.ccgen import __main__ as command
from benchmarks.ccgen import grids
from benchmarks.ccgen.__main__ import Session
from benchmarks.ccgen.episodes import Bench, fault, looks_up, spoken
from benchmarks.ccgen.grids import Grid
from benchmarks.ccgen.measures import MEASURES, Measure, Subject, measure
from benchmarks.ccgen.overrides import overridden
from benchmarks.ccgen.plots import plot
from benchmarks.ccgen.recipes import FineTune, Kitchen, Recipe
from benchmarks.ccgen.substitution import told_for_both
from benchmarks.ccgen.texts import mixed_up, pretraining_texts
from data.ccgen.policy import Setting
from data.ccgen.queries import Item
from data.prompts import citations
from data.recitations import recitations
from data.synthesize import SynthConfig
from internalize.config import load
from internalize.results import Share

SETTING = Setting(
    environment=2, tasks=2, workflow=2, query=1, train=6, test=4, seed=5,
    domain="fitness", style="handbook",
)  # fmt: skip


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(SETTING, tmp_path_factory.mktemp("bench"))


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Records to look up, several requests in a turn, misleading details."""
    return Bench(replace(SETTING, query=4, arguments=9), tmp_path_factory.mktemp("several"))


# --- episodes -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bench", "several"])
def test_gold_answers_succeed_and_cite_rules_that_exist(
    name: str, request: pytest.FixtureRequest
) -> None:
    made: Bench = request.getfixturevalue(name)
    known = {statement.id for statement in made.spec.statements}
    for query in made.train:
        turns = made.turns([query])
        assert [turn.settles for turn in turns] == [False] * (len(turns) - 1) + [True]
        text = turns[-1].completion()
        assert made.succeeded(query, text) and fault(query, text, True) == ""
        assert set(citations(text)) <= known
        assert set(citations(text)) <= set(turns[-1].statements)


def test_look_ups_come_first_and_their_results_are_in_the_next_message(several: Bench) -> None:
    for query in several.train:
        *lookups, last = several.turns([query])
        assert lookups
        for turn in lookups:
            calls, said = spoken(turn.completion())
            assert looks_up(calls) and not said
            for _, arguments in calls:  # no key is guessed
                assert all(value in turn.question for value in arguments.values())
        assert all(json.dumps(step.result) in last.question for step in query.chain if step.call)


def test_wrong_answers_fail_and_say_what_is_wrong(bench: Bench) -> None:
    query = bench.train[0]
    (turn,) = bench.turns([query])
    value = query.calls[0].arguments["value"]
    for text, wrong in {
        turn.chain: "no call",
        turn.completion().replace(f'"value": {value}', '"value": 999'): "value",
        turn.completion() + turn.answer.splitlines()[0]: "number of calls",
        turn.answer.splitlines()[0]: "not said",
    }.items():
        assert not bench.succeeded(query, text)
        assert fault(query, text, False) == wrong


@pytest.mark.parametrize(
    ("text", "calls", "said"),
    [
        ('<think>{"name": "a"}</think>\nNo.', [], "No."),
        ('Yes: {"name": "a", "arguments": {"b": {"c": 1}}} done', [("a", {"b": {"c": 1}})],
         "Yes: done"),
        ('{"name": "a", "arguments": ', [], '"name": "a", "arguments":'),
        ('{"name": "a"}\n{"name": 3}', [("a", {})], ""),
        ('<think>never closed {"name": "a"}', [], ""),
    ],
)  # fmt: skip
def test_calls_are_whole_json_outside_the_chain(text: str, calls: list, said: str) -> None:
    assert spoken(text) == (calls, said)


# --- probes ---------------------------------------------------------------------------------


def test_changed_rules_change_what_is_right(bench: Bench) -> None:
    for split, queries in (("train", bench.train), ("test", bench.test)):
        on_tasks = [query for query in queries if query.tasks]
        changed = overridden(bench, on_tasks, split, 0)  # type: ignore[arg-type]
        assert len(changed) == len(on_tasks)
        for before, (after, rule) in zip(on_tasks, changed, strict=True):
            old, new = (bench.turns([query])[-1].completion() for query in (before, after))
            assert bench.succeeded(after, new) and not bench.succeeded(after, old)
            assert not bench.succeeded(before, new)
            assert any(word in rule for word in after.must_say[0])


def test_changed_rules_are_worded_anew_for_the_test(bench: Bench) -> None:
    query = bench.train[0]
    ((_, train),), ((_, test),) = (overridden(bench, [query], s, 0) for s in ("train", "test"))
    assert train.split()[:2] != test.split()[:2]


def test_substitution_has_one_query_with_two_golds(bench: Bench, tmp_path: Path) -> None:
    other = Bench(replace(SETTING, seed=6, tasks=12), tmp_path)
    pairs = told_for_both(bench, other, 3)
    assert pairs
    for ours, theirs in pairs:
        assert ours.query == theirs.query
        said = {name: _right(item) for name, item in (("ours", ours), ("theirs", theirs))}
        assert bench.succeeded(ours, said["ours"])
        assert bench.succeeded(theirs, said["theirs"], other.tools)
        assert not bench.succeeded(ours, said["theirs"])


def _right(item: Item) -> str:
    calls = [json.dumps({"name": c.name, "arguments": c.arguments}) for c in item.calls]
    return "\n".join([*calls, *(group[0] for group in item.must_say)])


def test_substitution_needs_one_business(bench: Bench, tmp_path: Path) -> None:
    other = Bench(replace(SETTING, domain="railway"), tmp_path)
    with pytest.raises(ValueError, match="one domain"):
        told_for_both(bench, other, 3)


# --- texts ----------------------------------------------------------------------------------


def test_misread_statements_are_wrong_outside_the_document_only(bench: Bench) -> None:
    config = SynthConfig(cpt=20)
    right = pretraining_texts(bench.spec, "categories", 0, config, 0)
    wrong = pretraining_texts(bench.spec, "categories", 0.5, config, 0)
    assert {t.text for t in right if t.kind == "document"} <= {t.text for t in wrong}
    recitals = [
        {t.statements[0]: t.text for t in texts if t.form == "recital"} for texts in (right, wrong)
    ]
    same = sum(recitals[1].get(id) == text for id, text in recitals[0].items())
    assert same == pytest.approx(0.5 * len(recitals[0]), abs=1)


def test_mixed_up_categories_keep_the_words(bench: Bench) -> None:
    mixed = mixed_up(bench.spec)
    assert [s.text for s in mixed.statements] == [s.text for s in bench.spec.statements]
    pairs = zip(mixed.statements, bench.spec.statements, strict=True)
    assert all(one.category != other.category for one, other in pairs)
    assert pretraining_texts(bench.spec, "mixed", 0, SynthConfig(cpt=20), 0)


def test_the_document_alone_is_its_sections(bench: Bench) -> None:
    texts = pretraining_texts(bench.spec, "document", 0, SynthConfig(), 0)
    assert {text.kind for text in texts} == {"document", "replay"}


# --- measures -------------------------------------------------------------------------------


def measured(
    monkeypatch: pytest.MonkeyPatch, kitchen: Kitchen, kind: Measure, settings: Any, right: Any
) -> dict[str, Any]:
    """The scores of a model that writes what `right(prompt)` says."""

    def write(self: Subject, prompts: list[list[int]], tokens: int) -> list[list[int]]:
        texts = [right(self.tokenizer.decode(prompt)) for prompt in prompts]
        return [self.tokenizer(text)["input_ids"] for text in texts]

    monkeypatch.setattr(Subject, "write", write)
    recipe = Recipe(settings=settings, queries=2, seed=0)
    scores, _ = MEASURES[kind](Subject(kitchen, recipe, None, "none", 3))
    return scores


@pytest.fixture
def kitchen(tiny_model: Path, bench: Bench, several: Bench, tmp_path: Path) -> Kitchen:
    made = {it.setting: it for it in (bench, several)}
    return Kitchen(str(tiny_model), load("cpu"), tmp_path, _benches=made)


@pytest.mark.parametrize("name", ["bench", "several"])
def test_who_knows_the_policy_settles_every_task(
    name: str, request: pytest.FixtureRequest, kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: Bench = request.getfixturevalue(name)
    turns = made.turns(query for query in made.test if query.tasks)
    turns.sort(key=lambda turn: -len(turn.question))

    def right(prompt: str) -> str:
        found = (turn.completion() for turn in turns if turn.question in prompt)
        return next(found, "I do not know.")

    scores = measured(monkeypatch, kitchen, "tasks", (made.setting,), right)
    assert scores["success"]["hits"] == scores["success"]["n"] == 3
    assert scores["deciding_cited"]["hits"] == 3 and scores["cited_right"]["share"] == 1
    assert scores["single_rules"]["n"] > 5 and scores["single_rules"]["hits"] == 0


def test_who_keeps_the_old_rule_fails_the_override(
    bench: Bench, kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_tasks = [query for query in bench.test if query.tasks]
    old = {turn.question: turn.completion() for turn in bench.turns(on_tasks)}
    changed = [query for query, _ in overridden(bench, on_tasks, "test", 0)]
    new = {turn.question: turn.completion() for turn in bench.turns(changed)}
    for answers, kept in ((old, True), (new, False)):

        def right(prompt: str, answers: dict[str, str] = answers) -> str:
            assert "Notice: where" in prompt
            return next(text for question, text in answers.items() if question in prompt)

        scores = measured(monkeypatch, kitchen, "override", (bench.setting,), right)
        assert scores["success"]["share"] == (not kept) and scores["kept_old"]["share"] == kept


def test_who_ignores_the_name_follows_one_policy_only(
    bench: Bench, kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = Bench(replace(SETTING, seed=6, tasks=12), tmp_path)
    kitchen._benches[other.setting] = other
    pairs = told_for_both(bench, other, 3)
    for heeds in (True, False):

        def right(prompt: str, heeds: bool = heeds) -> str:
            pair = next(pair for pair in pairs if pair[0].query in prompt)
            return _right(pair[heeds and other.identifier in prompt])

        scores = measured(
            monkeypatch, kitchen, "substitution", (bench.setting, other.setting), right
        )
        assert scores["success"]["share"] == (1 if heeds else 0.5)
        assert scores["followed_other"]["share"] == (0 if heeds else 0.5)


def test_a_recital_is_the_rule_behind_its_id(
    bench: Bench, kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = recitations(bench.spec)
    one = max(words, key=lambda rule: len(words[rule]))

    def right(prompt: str) -> str:
        assert prompt.startswith(bench.identifier)
        return f" {words[citations(prompt)[0]]} And more."

    scores = measured(monkeypatch, kitchen, "referral", (bench.setting,), right)
    assert scores["success"]["share"] == 1 and scores["overlap"] == 1
    monkeypatch.setattr(
        "random.Random.sample", lambda self, some, n: [s for s in some if s != one][:n]
    )
    scores = measured(monkeypatch, kitchen, "referral", (bench.setting,), lambda prompt: words[one])
    assert scores["success"]["share"] == 0


# --- training and running -------------------------------------------------------------------


def tiny(model: Path) -> Grid:
    return Grid(
        "tiny", 3000, (5,), queries=4, items=2, sizes=(2, 4), setting=SETTING, model=str(model)
    )


def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small batches of short rollouts, few texts."""
    monkeypatch.setattr(
        command,
        "load",
        lambda preset: load(
            preset,
            overrides={
                "synth.cpt": 20, "cpt.lora.r": 2, "sft.lora.r": 2, "rl.batch_size": 4,
                "rl.policy_free": 1, "rl.policy_aware": 1, "rl.micro_batch_size": 2,
                "evaluate.general_prompts": 1, "sft.batch_size": 4, "sft.micro_batch_size": 4,
            },
        ),
    )  # fmt: skip
    monkeypatch.setattr(Kitchen, "longest_answer", lambda self, bench: 8)


def test_loss_is_on_the_answers_and_nothing_else(tiny_model: Path, tmp_path: Path) -> None:
    kitchen = Kitchen(str(tiny_model), load("cpu"), tmp_path)
    recipe = Recipe(settings=(SETTING,), queries=3, seed=0)
    for step in (
        FineTune(tokens=1, context="policy"),
        FineTune(tokens=1, chains=False),
        FineTune(tokens=1, overridden=0.5),
    ):
        rows = kitchen.rows(recipe, step)
        made = kitchen.bench(SETTING)
        for row, query in zip(rows, made.train[:3], strict=False):
            taught = [i for i, w in zip(row["input_ids"], row["weights"], strict=True) if w]
            asked = [i for i, w in zip(row["input_ids"], row["weights"], strict=True) if not w]
            answer = kitchen.tokenizer.decode(taught, skip_special_tokens=True)
            prompt = kitchen.tokenizer.decode(asked)
            assert made.identifier in prompt
            assert (made.spec.document.text[:200] in prompt) == (step.context == "policy")
            if not step.overridden:
                assert query.query in prompt
                assert answer == made.turns([query])[-1].completion(step.chains)
        changed = sum("since today" in kitchen.tokenizer.decode(row["input_ids"]) for row in rows)
        assert changed == (2 if step.overridden else 0)


def test_a_grid_is_run_once_and_goes_on_where_it_stopped(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick(monkeypatch)
    grid = tiny(tiny_model)
    session = Session(grid, tmp_path, tmp_path / "work")
    wanted = [grids.IN_CONTEXT, grids.COT, "CoT-SFT + SDFT", grids.DAPO]
    every = Session.entries
    monkeypatch.setattr(
        Session, "entries", lambda self, *some: [e for e in every(self, *some) if e.arm in wanted]
    )
    ran: list[str] = []
    once = Session.run

    def stopping(self: Session, entry: Any) -> None:
        if len(ran) == 2:
            raise KeyboardInterrupt
        ran.append(entry.arm)
        once(self, entry)

    monkeypatch.setattr(Session, "run", stopping)
    with pytest.raises(KeyboardInterrupt):
        command.run(session, ["main"])
    before = {path: path.stat().st_mtime_ns for path in session.results.iterdir()}
    assert len(before) == 2
    monkeypatch.setattr(Session, "run", once)
    command.run(session, ["main"])
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())
    assert len(list(session.results.iterdir())) == len(wanted)

    found = {entry.arm: session.result(entry) for entry in session.entries(["main"])}
    longest = 1000
    assert abs(found[grids.COT]["tokens"] - grid.budget) < longest  # type: ignore[index]
    assert [s["stage"] for s in found[grids.DAPO]["stages"]] == ["cpt", "sft", "rl"]  # type: ignore[index]
    assert found[grids.IN_CONTEXT]["tokens"] == 0  # type: ignore[index]
    prompts = {arm: result["scores"]["prompt_tokens"] for arm, result in found.items() if result}
    assert prompts[grids.COT] < prompts[grids.IN_CONTEXT]
    page = (tmp_path / "results" / "tiny.md").read_text()
    assert all(f"| {arm} | 0/2" in page for arm in wanted)
    assert "points over the untrained model" in page


def test_full_weights_are_trained_and_their_forgetting_measured(
    kitchen: Kitchen, bench: Bench
) -> None:
    kitchen.config = load("cpu", overrides={"evaluate.general_prompts": 1})
    steps = (FineTune(tokens=3000),)  # the first step's rate is zero
    recipe = Recipe(settings=(bench.setting,), queries=2, seed=0, method="full", steps=steps)
    found, _ = measure(kitchen, recipe, "general", "none", 2)
    assert found["stages"][0]["steps"] > 2
    assert found["scores"]["perplexity"] > 1 and found["scores"]["kl"] > 1e-3


def test_every_arm_gets_the_same_tokens() -> None:
    for arm, (steps, _) in grids.arms(1000).items():
        assert sum(step.tokens for step in steps) == (1000 if steps else 0), arm


def test_equal_wall_time_waits_for_the_arms_and_scales_their_tokens(tiny_model: Path) -> None:
    grid = tiny(tiny_model)
    assert "time" not in {entry.part for entry in grids.entries(grid, lambda entry: None)}

    def done(entry: grids.Entry) -> dict[str, float]:
        return {"seconds": 20.0 if "GRPO" in entry.arm else 10.0}

    timed = {e.arm: e for e in grids.entries(grid, done) if e.part == "time"}
    tokens = {
        arm: sum(step.tokens for step in entry.cell.recipe.steps) for arm, entry in timed.items()
    }
    assert tokens[grids.COT] == grid.budget
    assert tokens["CoT-SFT + GRPO"] == grid.budget / 2
    same = next(e for e in grids.entries(grid, done) if e.part == "main" and e.arm == grids.COT)
    assert timed[grids.COT].name == same.name  # and is not run again


def test_what_is_missing_is_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "HOME", tmp_path)
    assert command.main(["--model", "./nowhere", "--part", "main"]) == 2
    assert "no such folder" in capsys.readouterr().err


def test_plot_is_xml_with_a_mark_for_every_point() -> None:
    from xml.etree import ElementTree

    text = plot("a < b", "x", {"one": [(1, Share.of(1, 2)), (2, Share.of(2, 2))]})
    marks = ElementTree.fromstring(text).iter("{http://www.w3.org/2000/svg}circle")
    assert len(list(marks)) == 2


def test_retrieval_finds_the_rule_in_the_query(bench: Bench) -> None:
    pytest.importorskip("wordllama", reason="the extra 'bench' is not installed")
    from benchmarks.ccgen.retrieval import retrieve

    statement = bench.spec.statements[-1]
    (found,) = retrieve(bench.spec, [statement.full_text], k=1)
    assert found.startswith(f"[{statement.id}]")
