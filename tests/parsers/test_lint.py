"""Findings: exact where rules are compiled, precise where words are read, and placed."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from parsers.__main__ import main
from parsers.lint import lint
from parsers.lint.output import findings
from parsers.policy import specify
from parsers.reading import document, normalize
from parsers.solving import Space, told
from parsers.spec import (
    And,
    Comparison,
    Condition,
    Diagnostic,
    Membership,
    Not,
    Or,
    Outcome,
    PolicySpec,
    Span,
    Truth,
    Variable,
    holds,
    variables_of,
)
from parsers.workflows.compilation import compile_group
from parsers.workflows.rules import Rule

ROOT = Path(__file__).parents[2]
VARIABLES = {
    v.name: v
    for v in (
        Variable(name="bags", type="number", label="the number of bags", integer=True),
        Variable(name="weight", type="number", label="the weight", unit="kg"),
        Variable(name="fare", type="category", label="the fare", values=("eco", "flex", "first")),
        Variable(name="gold", type="boolean", label="the guest is Gold", negated="is not Gold"),
    )
}
# every threshold below is a whole number, so that halves reach every region of the weight
CASES = [
    dict(zip(VARIABLES, values, strict=True))
    for values in itertools.product(
        [float(n) for n in range(8)], [n / 2 for n in range(16)], ["eco", "flex", "first"],
        [True, False],
    )
]  # fmt: skip
_compared = st.builds(
    Comparison,
    variable=st.sampled_from(["bags", "weight"]),
    op=st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
    value=st.sampled_from([1.0, 2.0, 3.0, 5.0]),
)
_fares = st.sampled_from([("eco",), ("flex",), ("eco", "first")])
_atoms = st.one_of(
    _compared,
    st.builds(Membership, variable=st.just("fare"), values=_fares),
    st.just(Truth(variable="gold")),
)


def _nested(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    pairs = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Not, operand=inner), st.builds(And, operands=pairs), st.builds(Or, operands=pairs)
    )


CONDITIONS = st.recursive(_atoms, _nested, max_leaves=4)
OUTCOMES = ("accept", "refuse", "charge", "send", "burn")


def true_in(condition: Condition) -> set[int]:
    return {i for i, case in enumerate(CASES) if holds(condition, case)}


# --- exact on the compiled fragment ---------------------------------------------------------


@given(st.lists(st.tuples(CONDITIONS, st.booleans()), min_size=1, max_size=4))
@settings(max_examples=200, deadline=None)
def test_the_solver_finds_a_case_exactly_when_there_is_one(asked: list) -> None:
    found = Space(VARIABLES, [condition for condition, _ in asked]).case(asked)
    there_is = any(all(holds(c, case) is r for c, r in asked) for case in CASES)
    assert (found is not None) is there_is
    if found is not None:
        assert all(holds(condition, found) is result for condition, result in asked)
        assert told(found, VARIABLES)


@given(st.lists(CONDITIONS, min_size=2, max_size=5))
@settings(max_examples=200, deadline=None)
def test_gaps_conflicts_and_unreachable_rules_are_those_of_brute_force(conditions: list) -> None:
    rules = [
        Rule(i, condition, outcome=Outcome(text=f"{OUTCOMES[i]} it"))
        for i, condition in enumerate(conditions)
    ]
    ids = [f"rule-{i}" for i in range(len(rules))]
    spans = [Span(start=i, end=i + 1) for i in range(len(rules))]
    workflow, found = compile_group(rules, ids, spans, VARIABLES, (), "Bags", "bags")
    assume(workflow is not None)
    assert workflow is not None
    regions = [true_in(condition) for condition in conditions]
    parts = [set(c.operands if isinstance(c, And) else [c]) for c in conditions]
    spoken_of = [true_in(part) for part in set.intersection(*parts)]
    meant = set(range(len(CASES))).intersection(*spoken_of)
    assert kinds(found).count("gap") == (not meant <= set().union(*regions))
    reached = {workflow.decide(case).outcome for case in CASES}
    unreached = {ids[i] for i in range(len(rules)) if f"{OUTCOMES[i]} it" not in reached}
    assert {d.statements[0] for d in found if d.kind == "unreachable"} == unreached
    disagree = {
        (ids[i], ids[j])
        for i, j in itertools.combinations(range(len(rules)), 2)
        if regions[i] & regions[j]
        and (conditions[i] == conditions[j]
             or set(variables_of(conditions[i])) & set(variables_of(conditions[j])))
        and (regions[i] == regions[j] or (regions[i] - regions[j] and regions[j] - regions[i]))
    }  # fmt: skip
    assert {d.statements for d in found if d.kind == "conflict"} == disagree


def test_many_circumstances_do_not_make_it_guess() -> None:
    """2^40 cases: the only one that no rule covers is found."""
    names = [f"v{i}" for i in range(40)]
    variables = {n: Variable(name=n, type="boolean", label=n, negated=f"not {n}") for n in names}
    conditions = [Truth(variable=n) for n in names]
    case = Space(variables, conditions).case([(c, False) for c in conditions])
    assert case == dict.fromkeys(names, False)
    assert Space(variables, conditions).case([(Or(operands=tuple(conditions)), False),
                                              (conditions[7], True)]) is None  # fmt: skip


# --- in documents ---------------------------------------------------------------------------


def spec_of(text: str) -> PolicySpec:
    return specify(document(normalize(text), "policy"))


def lint_of(text: str, *, only: str = "") -> list[Diagnostic]:
    return [d for d in lint(spec_of(text)) if not only or d.kind == only]


def kinds(found) -> list[str]:
    return [d.kind for d in found]


@pytest.mark.parametrize(
    "text",
    [
        "- For a Basic ticket, refund 5 euros.\n- For a Flex ticket, refund 9 euros.\n"
        "- For a Business ticket, refund 20 euros.",
        "We take 30 pounds on a green tool, 100 on a yellow one and 250 on a red one.",
        "On a domestic flight, charge 5 euros. On an international flight, charge 9 euros.",
        "For a small room, charge 5 euros. For a big room, charge 9 euros.",
    ],
)
def test_kinds_that_are_all_named_leave_no_other(text: str) -> None:
    (workflow,) = spec_of(text).workflows
    assert len(workflow.outcomes) > 1
    assert lint_of(text, only="gap") == []


@pytest.mark.parametrize(
    "text",
    [
        # another place names a further kind
        "# Fares\n\n- For a Basic ticket, refund 5 euros.\n- For a Flex ticket, refund 9 euros.\n"
        "- For a Business ticket, refund 20 euros.\n\n# Rows\n\nOn a Premium ticket, offer row 1.",
        # a customer need not be a member
        "Customers wait. Customers pay. Customers leave. Customers come back.\n\n"
        "- Silver members pay 10 euros.\n"
        "- Gold members pay 5 euros.\n- Platinum members pay 2 euros.",
        # two kinds of a list may be two of many
        "- For a fragile parcel, charge 3 euros.\n- For a valuable parcel, charge 5 euros.",
    ],
)
def test_kinds_that_leave_others_are_told(text: str) -> None:
    assert kinds(lint_of(text, only="gap")) == ["gap"]


def test_things_counted_leave_no_gap_between_whole_numbers() -> None:
    bags = "Guests with more than 3 bags pay 5 euros. Guests with fewer than 4 bags pay nothing."
    assert lint_of(bags, only="gap") == []
    weight = (
        "If the bag weighs more than 3 kg, charge 5 euros. If it weighs less than 4 kg, keep it."
    )
    assert lint_of(weight.replace("less than 4", "at most 3"), only="gap") == []
    (gap,) = lint_of(weight.replace("less than 4", "less than 3"), only="gap")
    assert "the bag weighs 3 kg" in gap.message


def test_a_conflict_tells_a_case_in_the_documents_words() -> None:
    (found,) = lint_of(
        "If the bag weighs more than 10 kg, refuse it. If the bag weighs less than 20 kg, accept "
        "it.",
        only="conflict",
    )
    assert "e.g. when the bag weighs 15 kg" in found.message
    assert len(found.statements) == len(found.spans) == 2


def test_what_the_document_puts_in_order_is_no_conflict() -> None:
    for text in (
        "If the bag weighs more than 10 kg, refuse it. Otherwise, accept it.",
        "If the bag weighs more than 10 kg, refuse it, unless the guest is a member. If the bag "
        "weighs more than 10 kg and the guest is a member, charge 5 euros.",
        "The first rule that applies decides. If the bag weighs more than 10 kg, refuse it. If "
        "the bag weighs less than 20 kg, accept it.",
    ):
        assert lint_of(text, only="conflict") == []


def test_figures_and_orders_that_contradict_each_other() -> None:
    (money,) = lint_of(
        "# Hire\n\n## Booking\n\nThe deposit is 50 euros.\n\n## Return\n\nThe deposit is 60 euros.",
        only="conflict",
    )
    assert "50" in money.message and "60" in money.message
    (order,) = lint_of("You must lock the door at night.\n\nYou must not lock the door at night.",
                       only="conflict")  # fmt: skip
    assert "must not" in order.message


def test_sections_about_different_things_differ_in_their_figures() -> None:
    text = (
        "# Rooms\n\n## Garden room\n\nThe price is 50 euros. Breakfast costs 8 euros.\n\n"
        "## Sea room\n\nThe price is 70 euros. Breakfast costs 9 euros."
    )
    assert lint_of(text, only="conflict") == []


def test_conditions_of_two_sections_that_meet_in_a_case() -> None:
    text = (
        "# Bags\n\n## Counter\n\nIf the bag weighs more than 20 kg, charge 30 euros.\n\n"
        "## Gate\n\nIf the bag weighs less than 25 kg, charge 40 euros.\n"
    )
    (found,) = lint_of(text, only="conflict")
    assert "e.g. when the bag weighs" in found.message


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Apply the rules of section 9.", "section 9"),
        ("Fees are given in the table below.", "table below"),
        ("Proceed as described in 'Refunds'.", "described in 'Refunds'"),
        ("The form is in Appendix B.", "Appendix B"),
        ("Follow the [refund rules](#refund-rules).", "[refund rules](#refund-rules)"),
        ("Children pay half.[^2]", "[^2]"),
    ],
)
def test_references_to_nothing(text: str, wanted: str) -> None:
    found = lint_of(f"# 1 Desk\n\nThe desk opens at 9.\n\n# 2 Fees\n\n{text}\n", only="dangling")
    (one,) = found
    assert wanted in one.message


def test_references_that_lead_somewhere_are_linked() -> None:
    spec = spec_of(
        "# Shop\n\n## 1 Opening\n\nThe shop opens at 9.\n\n## 2 Refunds\n\n"
        "1. We refund half (see section 1).\n2. Handle the rest as described in 'Opening'. See the "
        "table below and clause 2.1.\n\nThis follows article 6 GDPR and section 8 of the Sale "
        "Act.\n\n"
        "| Day | Fee |\n|---|---|\n| Monday | 3 euros |\n\nMore in [opening](#1-opening) and "
        "Appendix A.\n\n## Appendix A\n\nSend the form by post.\n"
    )
    assert [d for d in lint(spec) if d.kind == "dangling"] == []
    opening, half, post = (
        next(s for s in spec.statements if words in s.text) for words in ("opens", "half", "post")
    )
    assert half.references == (opening.id,)
    rest = next(s for s in spec.statements if "the rest" in s.text)
    assert opening.id in rest.references
    assert half.id in {r for s in spec.statements for r in s.references}
    assert post.id in {r for s in spec.statements for r in s.references}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Return calls as soon as possible.", "as soon as possible"),
        ("If the item is large, charge 5 euros.", "large"),
        ("Answer complaints promptly.", "promptly"),
        ("Refuse excessive claims.", "excessive"),
        ("If the guest calls several times, send a manager.", "several times"),
        ("Refund within a reasonable time.", "within a reasonable time"),
    ],
)
def test_vague_words_where_a_threshold_is_due(text: str, wanted: str) -> None:
    (found,) = lint_of(f"The desk opens at 9.\n\n{text}\n", only="vague")
    assert f"'{wanted}'" in found.message and found.suggestion


@pytest.mark.parametrize(
    "text",
    [
        "We have a large selection of teas.",
        "Answer complaints promptly, within 2 days.",
        "A large item weighs over 30 kg. If the item is large, charge 5 euros.",
        "If the guest books a Large locker, charge 5 euros.",
        "Tell the guest as soon as the taxi arrives.",
        "In high season, charge 5 euros.",
        "If the guest stays as long as they like, thank them.",
    ],
)
def test_words_that_are_harmless(text: str) -> None:
    assert lint_of(text, only="vague") == []


def test_terms() -> None:
    text = (
        "# Hire\n\n“Hirer” means whoever signs. “Depot” means our yard in York.\n\n"
        "The Hirer shows the PNR. The Vendor signs. Ask the Vendor for a stamp.\n\n"
        "Bulk orders (as defined below) are free. Open a GPS map and show the ID.\n\n"
        "The Automated Ticket Gate (ATG) is closed. Do NOT open the ATG.\n"
    )
    found = lint_of(text)
    undefined = {d.message.split("'")[1] for d in found if d.kind == "undefined"}
    assert undefined == {"PNR", "Vendor", "Bulk orders"}
    assert [d.message.split("'")[1] for d in found if d.kind == "unused"] == ["Depot"]


def test_rules_said_twice() -> None:
    (found,) = lint_of(
        "# A\n\nNever give out a guest's room number.\n\n# B\n\nNever give out a guest's room "
        "number!\n", only="duplicate",
    )  # fmt: skip
    assert len(found.spans) == 2


def test_lint_leaves_workflows_trusted() -> None:
    spec = spec_of("If the bag weighs more than 9 kg, answer promptly. Otherwise, see section 9.")
    doubted = spec.model_copy(update={"diagnostics": lint(spec)})
    assert spec.workflows and doubted.doubtful == spec.doubtful == ()


# --- the commands ---------------------------------------------------------------------------

POLICY = """
BAG RULES

1. Bags

Bags are carried
promptly.


2. Fees
If the bag weighs more than 9 kg, charge 5 euros. See section 7.
"""


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "rules.txt"
    file.write_bytes(("\ufeff" + POLICY.replace("\n", "\r\n")).encode())
    (found,) = [f for f in findings(file) if f.kind == "dangling"]
    assert (found.file, found.line) == (str(file), 11)


def test_html_falls_back_to_the_normalized_text(tmp_path: Path) -> None:
    file = tmp_path / "rules.html"
    file.write_text("<p>Hello.</p>\n<p>Answer\nall calls promptly.</p><p>See <b>section</b> 7.</p>")
    lines = {f.kind: (f.file, f.line) for f in findings(file)}
    assert lines["dangling"] == ("policy.md", 5)


def test_exit_codes_and_formats(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clean, dirty = tmp_path / "clean.md", tmp_path / "dirty.md"
    clean.write_text("The desk opens at 9.\n")
    dirty.write_text("The desk opens at 9.\n\nAnswer all calls promptly.\n\nSee section 4.\n")
    assert main([str(clean), "--lint"]) == 0
    assert capsys.readouterr().out == "0 findings\n"
    assert main([str(dirty), "--lint"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{dirty}:3: vague: ") and lines[1].startswith(
        f"{dirty}:5: dangling"
    )
    assert lines[-1] == "2 findings: 1 vague, 1 dangling"
    assert main([str(dirty), "--lint", "--format", "json"]) == 1
    shown = json.loads(capsys.readouterr().out)
    assert [f["line"] for f in shown["findings"]] == [3, 5]
    assert shown["counts"] == {"vague": 1, "dangling": 1}
    assert main([str(tmp_path / "none.md"), "--lint"]) == 2


def test_internalize_lint(tmp_path: Path) -> None:
    file = tmp_path / "dirty.md"
    file.write_text("Answer all calls promptly.\n")
    done = subprocess.run(
        [sys.executable, "-m", "internalize", "lint", str(file)], cwd=ROOT, capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 1 and done.stdout.startswith(f"{file}:1: vague: ")
