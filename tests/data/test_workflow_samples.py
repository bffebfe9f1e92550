"""Questions, chains and samples of workflows: complete, cited, apart from evaluation."""

from __future__ import annotations

import random
import re
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings

from data import arrangements as parts
from data.cases import sample
from data.chains import NO_RULE, chain, decisive, situation
from data.circumstances import Teller
from data.grading import grade
from data.narrate import narrate
from data.numerals import number_forms
from data.prompts import citations, completion
from data.tellings import Piece
from data.turns import Turns
from data.workflows import conversations, items, scenarios
from parsers.spec import Value, Workflow
from tests.data.handmade import BAGGAGE, PAYMENTS, specification, workflows

BOTH = pytest.mark.parametrize("workflow", [BAGGAGE, PAYMENTS], ids=lambda w: w.id)


def squeezed(text: str) -> str:
    return re.sub(r"[^a-z0-9$€%]", "", text.lower())


def mentions(question: str, workflow: Workflow, name: str, value: Value) -> bool:
    variable = workflow.variable(name)
    plain = squeezed(question)
    if variable.type == "number":
        return any(squeezed(f) in plain for f in number_forms(float(value), variable.unit).values())
    words = re.findall(r"[a-z]{4,}", variable.label.split(" ", 2)[2].lower())
    return any(word[:4] in plain for word in words) or str(value).lower() in plain


@settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(workflows())
def test_a_question_mentions_every_value_that_its_path_asks_about(workflow: Workflow) -> None:
    rng = random.Random(0)
    turns = Turns[str](rng)
    for drawn in sample(workflow, 12, 2):
        told = narrate(workflow, drawn, "train", rng, turns)
        assert not any(drawn.case[name] for name in told.unsaid)
        for name in drawn.asked:
            if workflow.variable(name).type == "number":
                assert mentions(told.question, workflow, name, drawn.case[name]), told.question
        telling = [piece for piece in told.told if piece.tells]
        assert len(telling) >= len(drawn.case) - len(told.unsaid)
        assert all(piece.words in told.question for piece in told.told)


@BOTH
def test_samples_are_right_cited_and_complete(workflow: Workflow) -> None:
    made, rejected = conversations(specification(workflow), workflow, 60, 1)
    assert rejected == [] and len(made) >= 50
    for turn in made:
        assert turn.case is not None
        decision = workflow.decide(turn.case)
        assert citations(turn.chain) == turn.statements
        assert set(turn.statements) <= set(decision.statements)
        assert len(turn.statements) == (decision.outcome is not None)
        quotes = re.findall(r'"([^"]+)"', turn.chain)
        assert quotes and all(quote in turn.question for quote in quotes)
        outcome = decision.outcome or NO_RULE
        assert turn.answer.lower().rstrip(".") == outcome.lower().rstrip(".")
        assert turn.chain.split("\n")[-1].startswith(f"So: {outcome.rstrip('.')}.")


@BOTH
def test_every_item_is_answered_by_its_own_option_and_by_no_other(workflow: Workflow) -> None:
    for split in ("rl", "eval"):
        made, _ = items(specification(workflow), workflow, 30, 1, split)
        assert made
        for item in made:
            right = [o for o in item.options if grade(item, completion("", o))]
            assert right == [item.answer]


@BOTH
def test_evaluation_shares_neither_case_nor_phrasing_with_training(workflow: Workflow) -> None:
    spec = specification(workflow)
    trained, _ = conversations(spec, workflow, 150, 1)
    rolled, _ = items(spec, workflow, 80, 2, "rl")
    held, _ = items(spec, workflow, 80, 3, "eval")

    def cases(records: list) -> set:
        return {tuple(sorted(r.case.items())) for r in records}

    def phrasing(records: list) -> set[str]:
        habits = {"neat", "lower", "hasty", "loud", "-"}
        manners = {"first", "third", "kin", "terse", "notes"}
        return {part for r in records for part in r.template.split("/")} - habits - manners

    assert not cases(held) & (cases(trained) | cases(rolled))
    assert not phrasing(held) & (phrasing(trained) | phrasing(rolled))
    assert len({r.template for r in trained}) > 100


@pytest.mark.parametrize(
    "table",
    [parts.ARRANGEMENTS, parts.TERSE, parts.NOTES, parts.OPENERS, parts.COLLEAGUE,
     parts.SMALL, parts.BYES, parts.ASIDES, *(
         {side: parts.ASKERS[side][kind] for side in ("train", "eval")}
         for kind in parts.ASKERS["train"]
     )],
)  # fmt: skip
def test_no_wording_is_in_both_lists(table: dict[str, dict[str, str]]) -> None:
    assert not (set(table["train"].values()) & set(table["eval"].values())) - {""}
    assert not set(table["train"]) & set(table["eval"])


@BOTH
def test_the_same_seed_makes_the_same_samples(workflow: Workflow) -> None:
    spec = specification(workflow)
    assert conversations(spec, workflow, 15, 4) == conversations(spec, workflow, 15, 4)
    assert scenarios(spec, workflow, 15, 4) == scenarios(spec, workflow, 15, 4)
    assert conversations(spec, workflow, 15, 4) != conversations(spec, workflow, 15, 5)


@BOTH
def test_some_clauses_tell_two_circumstances_and_each_is_quoted(workflow: Workflow) -> None:
    made, _ = conversations(specification(workflow), workflow, 120, 1)
    between = []
    for turn in made:
        quotes = re.findall(r'^"(.+)": (?!nothing)', turn.chain, re.MULTILINE)
        found = [(turn.question.find(quote), len(quote)) for quote in quotes]
        between += [turn.question[a + n : b] for (a, n), (b, _) in pairwise(found)]
    assert between.count(" with ") + between.count(" / ") > 1


@BOTH
def test_scenarios_name_the_policy_and_some_contrast_two_cases(workflow: Workflow) -> None:
    spec = specification(workflow)
    made, rejected = scenarios(spec, workflow, 40, 1)
    assert len(made) == 40 and rejected == []
    assert all(spec.identifier in text.text and text.statements for text in made)
    contrasts = [text for text in made if text.form == "contrast"]
    assert contrasts and all("But:" in text.text for text in contrasts)


def test_a_chain_reads_then_tests_and_ends_in_the_outcome_and_its_rule() -> None:
    case: dict[str, Value] = {"aid": False, "weight": 26.0, "gold": False, "flight": "domestic"}
    decision = BAGGAGE.decide(case)
    told = [
        Piece("26 kilos", "weight"),
        Piece("no card", "gold"),
        Piece("it rains", None),
        Piece("within the country", "flight"),
    ]
    assert chain(specification(BAGGAGE), BAGGAGE, case, decision, told).split("\n") == [
        f"{BAGGAGE.title}.",
        '"26 kilos": bag weighs 26 kg.',
        '"no card": Gold member: no.',
        '"it rains": nothing.',
        '"within the country": flight is domestic.',
        "mobility aid? not said: no.",
        "bag of 23 kg or less? 26 > 23: no.",
        "more than 32 kg? 26 < 32: no.",
        "Gold member? no.",
        "domestic flight? domestic: yes.",
        "So: charge 45 euros. [b-5]",
    ]
    plainly = chain(specification(BAGGAGE), BAGGAGE, case, decision).split("\n")
    assert plainly[0] == "mobility aid? no."
    assert situation(BAGGAGE, case, decision) == (
        "Not a mobility aid; bag weighs 26 kg; not a Gold member; flight is domestic."
    )


def test_the_rule_that_words_the_outcome_decides() -> None:
    spec = specification(BAGGAGE)
    for path in BAGGAGE.paths():
        rules = decisive(spec, path)
        assert len(rules) == 1 and rules[0] in path.statements
    assert decisive(spec, path.model_copy(update={"outcome": None})) == ()


def test_a_chain_that_would_cite_an_unknown_statement_is_refused() -> None:
    spec = specification(PAYMENTS)
    case: dict[str, Value] = {"aid": True}
    with pytest.raises(KeyError, match="b-1"):
        chain(spec, BAGGAGE, case, BAGGAGE.decide(case))


@pytest.mark.parametrize(
    ("name", "value", "phrasings"),
    [
        ("gold", True, {"I'm a Gold member", "a Gold member"}),
        ("gold", False, {"I'm not a Gold member", "not a Gold member"}),
        ("weight", 26.0, {"my bag weighs ⟦⟧", "it's ⟦⟧", "⟦⟧ on the scale"}),
        ("flight", "domestic", {"my flight is domestic", "it's a domestic flight"}),
    ],
)
def test_customers_speak_of_themselves(name: str, value: Value, phrasings: set[str]) -> None:
    assert phrasings <= {t.text for t in Teller(BAGGAGE).clauses(name, value, "first")}
