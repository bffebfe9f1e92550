"""The labelled corpus: every question fits its policy, and what does not is named by its line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from data.prompts import citations
from tests.corpus.labelled import CORPUS, conversations, policy_of

POLICY = """# Bags

The desk opens at 6 am. Never discuss other airlines.

## Heavy bags

- If a bag weighs more than 32 kg, refuse the bag.
- If a bag weighs more than 23 kg, charge 75 euros, unless the passenger is a Gold member.
- Otherwise, check the bag in free of charge.
"""
HEAVY = {
    "workflow": "heavy-bags",
    "case": {"bag_weight": 26},
    "told": {"bag_weight": "26 kilos"},
    "question": "My trunk is 26 kilos, so?",
}
DESK = {"statement": "opens at 6 am", "question": "From when?", "answer": "At 6 am."}


def corpus(folder: Path, *entries: dict[str, object]) -> Path:
    (folder / "bags.md").write_text(POLICY)
    lines = "".join(json.dumps(entry) + "\n" for entry in entries)
    (folder / "bags.jsonl").write_text(lines)
    return folder / "bags.md"


def test_the_oracle_makes_chain_and_answer(tmp_path: Path) -> None:
    spec, (on_case, on_statement) = conversations(corpus(tmp_path, HEAVY, DESK))
    assert on_case.answer == "Charge 75 euros."
    assert '"26 kilos": bag weighs 26 kg.' in on_case.chain and "26 > 23: yes." in on_case.chain
    assert citations(on_case.chain) == on_case.statements
    assert on_case.case == {"bag_weight": 26.0, **dict.fromkeys(booleans(spec), False)}
    (desk,) = on_statement.statements
    assert on_statement.chain == f"[{desk}] The desk opens at 6 am."
    assert (on_statement.kind, on_statement.answer) == ("factual", "At 6 am.")


def booleans(spec) -> list[str]:  # type: ignore[no-untyped-def]
    return [v.name for v in spec.workflows[0].variables if v.type == "boolean"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"told": {"bag_weight": "27 kilos"}}, "does not say '27 kilos'"),
        ({"told": {}}, "rests on bag_weight=26.0, which is not told"),
        ({"case": {}}, "does not say 'bag_weight', which is asked"),
        ({"case": {"bag_weight": "heavy"}}, "bag_weight is a number, not 'heavy'"),
        ({"case": {"bag_wait": 26}}, "no such workflow, statement or variable"),
        ({"workflow": "light-bags"}, "no such workflow, statement or variable"),
        ({"question": None}, "question: Input should be a valid string"),
    ],
)
def test_what_does_not_fit_is_named_by_its_line(
    tmp_path: Path, change: dict[str, object], reason: str
) -> None:
    policy = corpus(tmp_path, DESK, HEAVY | change)
    with pytest.raises(ValueError, match=re.escape(reason)) as error:
        conversations(policy)
    assert f"{policy.with_suffix('.jsonl')}:2:" in str(error.value)


POLICIES = [policy_of(file) for file in sorted(CORPUS.glob("*.jsonl"))]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda path: path.stem)
def test_the_corpus_fits_its_policies(policy: Path) -> None:
    """And every question on a case is decided as its writer, who read the policy, decided it."""
    _, made = conversations(policy)
    assert len(made) >= 60
    assert len({it.question for it in made}) == len(made)
    assert {it.kind for it in made} >= {"factual", "behavioral", "simple", "complex"}


def test_no_question_of_the_evaluation_is_in_the_corpus() -> None:
    asked = {
        entry["question"]
        for file in Path("data/policies").glob("*.questions.yaml")
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))
    }
    taught = {
        json.loads(line)["question"]
        for file in CORPUS.glob("*.jsonl")
        for line in file.read_text(encoding="utf-8").splitlines()
    }
    assert len(asked) == 180 and not asked & taught
