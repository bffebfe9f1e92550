"""The hand-written questions agree with the documents, as a human reads them.

In: ``data/policies/*.questions.yaml`` and the references. Out: a failure for each question whose
stated circumstances do not settle the case, whose accepted answers do not name the outcome they
lead to, or which would also accept another outcome of the workflow.
"""

import html
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.reference import airline_baggage, hotel_front_desk, subscription_billing
from tests.reference.forms import Reference, decide

POLICIES = Path(__file__).parents[2] / "data" / "policies"
SAMPLES: dict[str, dict[str, Reference]] = {
    "airline-baggage.md": airline_baggage.WORKFLOWS,
    "hotel-front-desk.txt": hotel_front_desk.WORKFLOWS,
    "subscription-billing.html": subscription_billing.WORKFLOWS,
}
COUNTS = {"complex": 30, "simple": 10, "factual": 10, "behavioral": 10}


def questions(document: str) -> list[dict[str, Any]]:
    path = (POLICIES / document).with_suffix(".questions.yaml")
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def says(answer: str, phrase: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", answer, re.IGNORECASE) is not None


def accepted(question: dict[str, Any], answer: str) -> bool:
    if any(says(answer, phrase) for phrase in question["reject"]):
        return False
    alternatives = [[a] if isinstance(a, str) else a for a in question["accept"]]
    return any(all(says(answer, phrase) for phrase in phrases) for phrases in alternatives)


def words(document: str) -> str:
    text = (POLICIES / document).read_text(encoding="utf-8")
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


COMPLEX = [
    pytest.param(SAMPLES[document][question["case"]["workflow"]], question, id=question["id"])
    for document in SAMPLES
    for question in questions(document)
    if question["category"] == "complex"
]


@pytest.mark.parametrize("document", SAMPLES)
def test_sixty_distinct_questions_in_the_stated_proportions(document: str) -> None:
    items = questions(document)
    assert Counter(item["category"] for item in items) == COUNTS
    assert len({item["id"] for item in items}) == len({item["question"] for item in items}) == 60
    assert all(item["accept"] and item["reject"] for item in items)


@pytest.mark.parametrize("document", SAMPLES)
def test_document_has_a_business_length_and_uses_the_words_of_the_reference(document: str) -> None:
    text = words(document)
    assert 500 <= len(text.split()) <= 900
    for reference in SAMPLES[document].values():
        phrases = [
            phrase for arg in reference.arguments.values() for phrase in arg.phrases.values()
        ]
        for phrase in [reference.heading, *phrases, *reference.outcomes.values()]:
            assert phrase.lower() in text.lower()


@pytest.mark.parametrize("document", SAMPLES)
def test_every_leaf_is_asked_for(document: str) -> None:
    asked: dict[str, set[str]] = {name: set() for name in SAMPLES[document]}
    for item in questions(document):
        if case := item.get("case"):
            stated = {name: value for name, value in case.items() if name != "workflow"}
            asked[case["workflow"]].add(decide(SAMPLES[document][case["workflow"]], stated))
    assert asked == {name: set(ref.outcomes) for name, ref in SAMPLES[document].items()}


@pytest.mark.parametrize(("reference", "question"), COMPLEX)
def test_question_accepts_its_outcome_and_no_other(
    reference: Reference, question: dict[str, Any]
) -> None:
    stated = {name: value for name, value in question["case"].items() if name != "workflow"}
    right = decide(reference, stated)
    found = {name for name, phrase in reference.outcomes.items() if accepted(question, phrase)}
    assert found == {right}


def test_a_case_that_leaves_the_outcome_open_is_refused() -> None:
    overweight = airline_baggage.WORKFLOWS["overweight_bags"]
    with pytest.raises(ValueError, match="state more"):
        decide(overweight, {"mobility_aid": False, "weight_kg": 27})
    with pytest.raises(ValueError, match="no such arguments: colour"):
        decide(overweight, {"colour": "red"})


@pytest.mark.parametrize("document", SAMPLES)
def test_a_sentence_of_the_document_answers_each_other_question(document: str) -> None:
    raw = (POLICIES / document).read_text(encoding="utf-8")
    blocks = re.split(r"\n\s*\n|\n\s*- |</(?:li|p|td|h\d)>", raw)
    plain = (" ".join(html.unescape(re.sub(r"<[^>]+>", " ", b)).split()) for b in blocks)
    sentences = [s for block in plain for s in re.split(r"(?<=[.;])\s+", block)]
    unanswered = [
        item["id"]
        for item in questions(document)
        if item["category"] != "complex" and not any(accepted(item, s) for s in sentences)
    ]
    assert unanswered == []
