"""The files that synthesis writes, on each sample policy."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from data import behaviors, vocabulary
from data.asks import is_frame, kind_of
from data.cases import values
from data.chains import NOTHING, reading
from data.circumstances import LEXICON, LEXICON_HELD, Teller
from data.grading import grade
from data.matters import messages
from data.numerals import in_words
from data.prompts import citations
from data.recitations import recite
from data.samples import CHOICE, DRILL, RECITAL, Conversation, Item, Rejected, Text, read
from data.synthesize import SynthConfig, synthesize
from parsers import parse
from parsers.spec import Diagnostic, PolicySpec

POLICIES = Path(__file__).parents[2] / "data" / "policies"
SAMPLES = ("airline-baggage.md", "hotel-front-desk.txt", "subscription-billing.html")
FILES = ("cpt", "exercises", "sft", "rl", "eval", "rejected")


class Made:
    """A sample policy and what was synthesized from it."""

    def __init__(self, policy: str, out: Path) -> None:
        self.spec: PolicySpec = parse(POLICIES / policy)
        self.out = out
        self.ticks: list[tuple[int, int]] = []
        self.counts = synthesize(
            self.spec, SynthConfig(), 0, out, lambda done, total: self.ticks.append((done, total))
        )
        self.texts = read(out / "cpt.jsonl", Text)
        self.exercises = read(out / "exercises.jsonl", Text)
        self.chats = read(out / "sft.jsonl", Conversation)
        self.prompts = read(out / "rl.jsonl", Item)
        self.judged = read(out / "eval.jsonl", Item)
        self.rejected = read(out / "rejected.jsonl", Rejected)


@pytest.fixture(scope="module", params=SAMPLES)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(request.param, tmp_path_factory.mktemp("synth"))


def test_counts_progress_and_no_leftovers(made: Made) -> None:
    assert set(made.counts) == set(FILES)
    assert made.counts["sft"] == len(made.chats)
    assert made.ticks[-1] == (5, 5)
    assert sorted(p.name for p in made.out.iterdir()) == sorted(f"{n}.jsonl" for n in FILES)


def test_identifier_in_every_text_but_replay(made: Made) -> None:
    for text in (*made.texts, *made.exercises):
        assert (made.spec.identifier in text.text) == (text.kind != "replay"), text


def test_every_statement_has_one_recital_word_for_word(made: Made) -> None:
    recitals = [text for text in made.texts if text.form == RECITAL]
    assert sorted(i for text in recitals for i in text.statements) == sorted(
        s.id for s in made.spec.statements
    )
    for text in recitals:
        (rule,) = text.statements
        words = recite(made.spec.statement(rule), made.spec)
        assert text.text.endswith(f"[{rule}] {words}")


def test_the_vocabulary_reads_every_wording_of_training_once_and_none_of_evaluation(
    made: Made,
) -> None:
    read_out: list[str] = []
    said: list[str] = []
    texts = vocabulary.texts(made.spec, 10_000, 0)
    picked = re.findall(r'^"(.+)": \[(.+)\]$', "\n".join(t.text for t in texts), re.MULTILINE)
    assert sorted(picked) == sorted(
        (words, rule.id)
        for rule in made.spec.statements
        for words in messages(rule, made.spec).train
    )
    for text in texts:
        if text.kind == "document":  # messages, each with its rule
            continue
        _, told = text.text.split("\n", 1)
        lines = re.findall(r'^"(.+)": (.+)$', told, re.MULTILINE)
        assert lines and all(quote in told[: told.index('\n"')] for quote, _ in lines)
        said += [quote for quote, meaning in lines if meaning == NOTHING]
        read_out += [
            f"{quote}: {meaning}".lower() for quote, meaning in lines if meaning != NOTHING
        ]
    assert said or not read_out  # what is said in passing is quoted, too
    trained = 0
    for workflow in made.spec.workflows:
        teller = Teller(workflow)
        for variable in workflow.variables:
            numeric = variable.type == "number"
            for value in values(workflow, variable)[: 1 if numeric else None]:
                ways = teller.clauses(variable.name, value, "first")
                trained += sum(told.way == LEXICON for told in ways)
                meaning = reading(teller, variable.name, value)
                held = [f"{told.text}: {meaning}" for told in ways if told.way == LEXICON_HELD]
                assert not {line.lower() for line in held}.intersection(read_out)
    assert len(read_out) == trained > 0


def test_every_rule_that_stands_alone_is_asked_about_in_no_words_of_evaluation(made: Made) -> None:
    texts = [text.text for text in made.exercises if text.form == CHOICE]
    lines = re.findall(r'^"(.+)": \[(.+)\]$', "\n".join(texts), re.MULTILINE)
    assert len(lines) == sum(text.count("\n") for text in texts)
    about = [rule for _, rule in lines]
    alone = [s for s in made.spec.statements if kind_of(s) in ("factual", "behavioral", "simple")]
    assert set(about) == {rule.id for rule in alone}
    # What speaks of the document itself has fewer turns.
    assert min(about.count(rule.id) for rule in alone if not is_frame(rule)) > 8
    assert not {question for question, _ in lines} & {item.question for item in made.judged}


def test_drills_compare_rightly_with_as_many_numbers_below_a_limit_as_above(made: Made) -> None:
    drills = [text for text in made.exercises if text.form == DRILL and text.statements]
    assert drills
    for drill in drills:
        compared = re.findall(r"(\d+) ([<>=]) (\d+)", drill.text)
        signs = [sign for _, sign, _ in compared]
        assert signs == ["=<>"[(int(a) < int(b)) + 2 * (int(a) > int(b))] for a, _, b in compared]
        (limit, *others) = {int(b) for *_, b in compared}
        assert others or limit <= 4 or abs(signs.count("<") - signs.count(">")) <= 2, drill.text


def test_what_is_asked_of_a_behaviour_is_drilled_on_either_side_in_no_words_of_evaluation(
    made: Made,
) -> None:
    drilled = "\n".join(text.text for text in made.exercises if text.form == DRILL)
    lines = re.findall(
        r'^Asked "(.+)": (.+); the rule: (never|do it): (yes|no)\.$', drilled, re.MULTILINE
    )
    for _, asked, rule, verdict in lines:
        assert (verdict == "yes") == ((rule == "do it") == (asked == "to do it"))
    for rule in ("never", "do it"):
        sides = [asked for _, asked, ruled, _ in lines if ruled == rule]
        assert 0.3 < sides.count("to do it") / len(sides) < 0.7
    questions = {question for question, *_ in lines}
    held = {
        ask.core.direct.rstrip("?. ")
        for rule in made.spec.statements
        if kind_of(rule) == "behavioral"
        for ask in behaviors.asks(rule, made.spec)
        if ask.core.held
    }
    assert held and not questions & held


def test_chains_on_behaviours_quote_what_is_asked(made: Made) -> None:
    quoted = 0
    for chat in made.chats:
        if chat.kind == "behavioral":
            for words in re.findall(r'^Asked "(.+)":', chat.chain, re.MULTILINE):
                assert words in chat.question and len(words.split()) > 1
                quoted += 1
    assert quoted > 50


def test_sameness_is_drilled_so_that_no_thing_gives_the_verdict_away(made: Made) -> None:
    drilled = "\n".join(text.text for text in made.exercises if text.form == DRILL)
    lines = re.findall(r"^Asked: (.+); it is (.+): (yes|no)\.$", drilled, re.MULTILINE)
    assert lines and all(
        (asked == stated) == (verdict == "yes") for asked, stated, verdict in lines
    )
    for side in (0, 1):
        for thing in {line[side] for line in lines}:
            verdicts = [line[2] for line in lines if line[side] == thing]
            assert verdicts.count("yes") == verdicts.count("no")


def test_figures_are_drilled_in_words_and_in_longer_units(made: Made) -> None:
    drilled = "\n".join(text.text for text in made.exercises if text.form == DRILL)
    lines = re.findall(
        r'^"([a-z-]+) ([a-z]+)": (?:(\d+) x (\d+): )?(.*\b(\d+) (\w+)\b.*)$',
        drilled,
        re.MULTILINE,
    )
    words = {in_words(number): number for number in range(100)}
    sizes = {("day", "hours"): 24, ("week", "days"): 7, ("year", "months"): 12}
    meanings = {
        reading(Teller(workflow), variable.name, float(number))
        for workflow in made.spec.workflows
        for variable in workflow.variables
        if variable.type == "number"
        for number in range(1, 400)
    }
    for said, unit, count, size, meaning, number, meant in lines:
        assert meaning in meanings
        longer = sizes.get((unit.removesuffix("s"), meant), 1)
        assert int(number) == words[said] * longer
        assert (count, size) == ((str(words[said]), str(longer)) if longer > 1 else ("", ""))
    assert len({number for *_, number, _ in lines}) > 30


def test_every_statement_is_pretrained_and_tuned(made: Made) -> None:
    pretrained = {i for text in made.texts for i in text.statements}
    tuned = {i for chat in made.chats for i in (*chat.statements, *citations(chat.chain))}
    everything = {s.id for s in made.spec.statements}
    assert everything <= pretrained
    assert everything <= tuned


def test_statements_are_trained_about_equally(made: Made) -> None:
    from data.asks import is_frame

    frames = {s.id for s in made.spec.statements if is_frame(s)}
    often: dict[str, int] = {}
    for chat in made.chats:
        if chat.kind != "complex" and chat.statements[0] not in frames:
            often[chat.statements[0]] = often.get(chat.statements[0], 0) + 1
    assert min(often.values()) >= 0.6 * max(often.values()), often


def test_chains_cite_rules_that_exist_and_apply(made: Made) -> None:
    known = {s.id for s in made.spec.statements}
    for chat in made.chats:
        cited = set(citations(chat.chain)) & known
        assert set(chat.statements) <= cited, chat


def test_items_grade_their_own_answer_as_right_and_another_as_wrong(made: Made) -> None:
    for item in (*made.prompts, *made.judged):
        assert grade(item, item.answer), item
        assert not grade(item, "Please hold the line."), item


def test_evaluation_shares_no_question_and_no_template_with_training(made: Made) -> None:
    def words(question: str) -> str:
        return " ".join(re.findall(r"\w+", question.lower()))

    trained = [*made.chats, *made.prompts]
    assert not {words(i.question) for i in made.judged} & {words(t.question) for t in trained}
    assert not {i.template for i in made.judged} & {t.template for t in trained}
    texts = [*made.texts, *made.exercises]
    together = "\n".join(text.text for text in texts if text.kind != "document")
    for item in made.judged:
        assert f"\n{item.question}\n" not in together


def test_both_polarities_occur_in_equal_measure(made: Made) -> None:
    answers = [c.answer for c in made.chats if c.kind != "complex"]
    yes = sum(a.startswith("Yes.") for a in answers)
    no = sum(a.startswith("No.") for a in answers)
    assert 0.4 < yes / (yes + no) < 0.6


def test_questions_are_well_formed(made: Made) -> None:
    for sample in (*made.chats, *made.prompts, *made.judged):
        question = sample.question
        if sample.kind == "complex":
            continue  # narrated elsewhere
        assert "{" not in question and "  " not in question, question
        broken = r"\s[?.,]|\bI (?:is|has|does)\b|\b(?:do|does) does\b"
        assert not re.search(broken, question), question
        assert len(question.split()) <= 110, question


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    spec = parse(POLICIES / SAMPLES[0])
    small = SynthConfig(cpt=40, sft=60, rl=20, eval_complex=6, eval_other=6)
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        synthesize(spec, small, seed, tmp_path / name)
    for file in FILES:
        first = (tmp_path / "a" / f"{file}.jsonl").read_bytes()
        assert first == (tmp_path / "b" / f"{file}.jsonl").read_bytes()
    first, other = ((tmp_path / name / "sft.jsonl").read_bytes() for name in ("a", "c"))
    assert first != other


def test_a_larger_policy_gets_more_and_a_tiny_one_something(tmp_path: Path) -> None:
    tiny = tmp_path / "tiny.md"
    tiny.write_text("# Library\n\n- The library closes at 6 pm.\n- Never lend out an atlas.\n")
    long = tmp_path / "long.md"
    facts = "\n".join(f"- Room {n} has {n % 7 + 2} desks." for n in range(1, 101))
    long.write_text(f"# Rooms\n\n{facts}\n")
    config = SynthConfig(eval_complex=5, eval_other=5)
    few = synthesize(parse(tiny), config, 0, tmp_path / "few")
    many = synthesize(parse(long), config, 0, tmp_path / "many")
    assert 10 <= few["sft"] < many["sft"]
    assert few["cpt"] < many["cpt"]


def test_a_statement_that_nothing_is_known_of_is_still_trained_and_evaluated(
    tmp_path: Path,
) -> None:
    odd = tmp_path / "odd.md"
    odd.write_text(
        "# Odd\n\n- Colourless green ideas furiously, pro rata.\n- The desk shuts at 5 pm.\n"
    )
    spec = parse(odd)
    synthesize(spec, SynthConfig(), 0, tmp_path / "out")
    for file, model in (("sft", Conversation), ("eval", Item)):
        covered = {i for r in read(tmp_path / "out" / f"{file}.jsonl", model) for i in r.statements}
        assert covered == {s.id for s in spec.statements}


def test_no_case_is_made_of_a_workflow_that_may_be_misread(tmp_path: Path) -> None:
    spec = parse(POLICIES / SAMPLES[0])
    one, other = spec.workflows
    doubt = Diagnostic(kind="unreachable", message="a rule never applies", workflow=one.id)
    doubted = spec.model_copy(update={"diagnostics": (doubt,)})
    assert doubted.doubtful == (one.id,) and spec.doubtful == ()
    synthesize(doubted, SynthConfig(sft=300, eval_complex=10), 0, tmp_path)
    chats = read(tmp_path / "sft.jsonl", Conversation)
    items = read(tmp_path / "eval.jsonl", Item)
    assert {it.workflow for it in (*chats, *items)} == {other.id, None}
    rules = {s.id for s in spec.statements if s.workflow == one.id}
    assert rules <= {i for chat in chats for i in chat.statements}  # taught all the same


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    from data.synthesize import _write

    target = tmp_path / "cpt.jsonl"
    target.write_text("before\n")

    def broken():
        yield "half of a li"
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        _write(target, broken())
    assert target.read_text() == "before\n"
    assert [p.name for p in tmp_path.iterdir()] == ["cpt.jsonl"]


def test_unknown_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="replays"):
        SynthConfig.model_validate({"replays": 0.2})


def test_a_local_teacher_must_be_passed_in(tmp_path: Path) -> None:
    config = SynthConfig.model_validate({"teacher": {"source": "model"}})
    with pytest.raises(ValueError, match="no model was passed"):
        synthesize(parse(POLICIES / SAMPLES[0]), config, 0, tmp_path)


def test_replay_topics_are_disjoint() -> None:
    home = POLICIES.parent / "general"

    def topics(name: str) -> set[str]:
        rows = (json.loads(line) for line in (home / name).read_text().splitlines())
        return {r["topic"] for r in rows if r["form"] != "chat"}

    assert topics("train.jsonl") and not topics("train.jsonl") & topics("heldout.jsonl")
