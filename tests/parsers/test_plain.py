"""English by rules alone, for where no statistical model is installed."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from spacy.tokens import Doc

from benchmarks.words import lines
from parsers.plain.pipeline import pipeline

POLICIES = Path(__file__).parents[2] / "data" / "policies"


def read(text: str) -> Doc:
    return pipeline()(text)


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("Charge 5 euros.", "VB CD NNS ."),
        ("The charge is refunded.", "DT NN VBZ VBN ."),
        ("They charge a fee.", "PRP VBP DT NN ."),
        ("If a bag is over 23 kg, ask us.", "IN DT NN VBZ IN CD NNS , VB PRP ."),
        ("Guests must not run.", "NNS MD RB VB ."),
        ("The glimmerness is frobable.", "DT NN VBZ JJ ."),
    ],
)
def test_what_stands_before_a_word_decides_its_tag(text: str, tags: str) -> None:
    assert [token.tag_ for token in read(text)] == tags.split()


def test_base_forms_of_words_in_the_list_and_of_others() -> None:
    """The list spells out those that the ending does not tell."""
    doc = read("The guests were charged, the bags were thrown, the frobs were glimmed.")
    assert [token.lemma_ for token in doc if token.tag_ in {"NNS", "VBN"}] == [
        "guest", "charge", "bag", "throw", "frob", "glim",
    ]  # fmt: skip


def test_the_word_list_holds_what_rules_do_not_tell() -> None:
    """Rare tags, known closed words and base forms by rule are left out; frequent tags lead."""
    found = {
        "charge": Counter({("VB", "charge"): 30, ("NN", "charge"): 9, ("JJ", "charge"): 1}),
        "over": Counter({("IN", "over"): 5, ("RP", "over"): 5}),
        "thrown": Counter({("VBN", "throw"): 2}),
        "was": Counter({("VBD", "be"): 7}),
        "guests": Counter({("NNS", "guest"): 3}),
        "of": Counter({("IN", "of"): 80}),
    }
    assert lines(found) == ["charge\tVB\tNN", "guests\tNNS", "over\tRP", "thrown\tVBN/throw"]


def test_subjects_objects_and_clauses_hang_on_their_verbs() -> None:
    doc = read("If a guest cancels the booking, bags that weigh more than 32 kg are refused.")
    found = {token.text: (token.dep_, token.head.text) for token in doc}
    assert found["refused"] == ("ROOT", "refused")
    assert found["cancels"] == ("advcl", "refused")
    assert found["guest"] == ("nsubj", "cancels")
    assert found["booking"] == ("dobj", "cancels")
    assert found["weigh"] == ("relcl", "bags")
    assert found["bags"] == ("nsubjpass", "refused")


@pytest.mark.parametrize("text", ["", " ", "?!", "x: " * 50, "to to to", "and the of", "(((", "字"])
def test_every_text_gets_a_tree(text: str) -> None:
    doc = read(text)
    for token in doc:
        assert token.i == token.head.i or token.head.i in {t.i for t in token.ancestors}


def test_a_policy_is_parsed_without_the_model() -> None:
    """In a process of its own, in which the model cannot be imported."""
    code = (
        "import sys, warnings\n"
        "from parsers.language import MODEL\n"
        "sys.modules[MODEL] = None\n"
        "from parsers import parse\n"
        "with warnings.catch_warnings(record=True) as told:\n"
        "    warnings.simplefilter('always')\n"
        "    spec = parse(sys.argv[1])\n"
        "assert any(MODEL in str(w.message) for w in told)\n"
        "(fees,) = [w for w in spec.workflows if 'weight' in w.id or len(w.outcomes) > 2][:1]\n"
        "print(len(spec.statements), len(spec.workflows))\n"
    )
    path = POLICIES / "airline-baggage.md"
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    statements, workflows = map(int, done.stdout.split())
    assert statements > 20 and workflows > 0
