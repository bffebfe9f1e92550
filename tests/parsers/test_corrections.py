"""Corrections by hand: what they change, what they outlive, and what is said of a wrong one."""

from __future__ import annotations

from functools import cache
from itertools import product
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parsers import PolicyError, PolicySpec, parse
from parsers.corrections.applying import corrected
from parsers.corrections.matching import workflow_digest
from parsers.corrections.trees import undecided
from parsers.expressions import ConditionError, condition_of, in_words, written
from parsers.override_file import load, text_digest
from parsers.review import review, statement_entry, workflow_entry
from parsers.spec import (
    And,
    Comparison,
    Condition,
    Membership,
    Not,
    Or,
    Truth,
    Variable,
    Workflow,
)

ROOT = Path(__file__).resolve().parents[2]
POLICY = """# Parcel desk

## Desk

The desk is in Hall B. It opens at 8 am.

Always greet the sender.

If a label is torn, print a new label.

## Fees

- If a parcel weighs 5 kg or less, charge 4 euros.
- If it weighs more than 5 kg, charge 9 euros, unless the sender is a member. In that case, charge
  6 euros.
"""


@cache
def spec_of(path: Path) -> PolicySpec:
    return parse(path)


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("desk") / "desk.md"
    path.write_text(POLICY, encoding="utf-8")
    return path


def apply(spec: PolicySpec, folder: Path, content: object) -> PolicySpec:
    path = folder / "desk.overrides.yaml"
    text = content if isinstance(content, str) else yaml.safe_dump(content, sort_keys=False)
    path.write_text(text, encoding="utf-8")
    return corrected(spec, load(path))


def named(spec: PolicySpec, words: str) -> str:
    return next(s.id for s in spec.statements if words in s.text)


def entry(spec: PolicySpec, words: str, **fix: object) -> dict[str, object]:
    """A correction of the statement with these words, keyed by its id and text."""
    name = named(spec, words)
    return {"statements": {name: {"text": spec.statement(name).text, **fix}}}


def decisions(workflow: Workflow) -> list[tuple[str | None, tuple[str, ...]]]:
    """What it decides for every combination of values around its thresholds."""
    values = {}
    for v in workflow.variables:
        limits = [limit + step for limit in v.thresholds for step in (-1, 0, 1)]
        values[v.name] = {"boolean": [True, False], "category": v.values, "number": limits}[v.type]
    cases = [dict(zip(values, chosen, strict=True)) for chosen in product(*values.values())]
    return [((d := workflow.decide(case)).outcome, d.statements) for case in cases]


# --- nothing corrected, nothing changed -----------------------------------------------------


@pytest.mark.parametrize("name", ["airline-baggage.md", "hotel-front-desk.txt"])
def test_the_review_sheets_yaml_says_just_what_was_parsed(name: str, tmp_path: Path) -> None:
    """Everything copied from the sheet unedited: the same specification."""
    spec = spec_of(ROOT / "data" / "policies" / name)
    variables = {variable.name: variable for variable in spec.variables}
    statements = {s.id: statement_entry(s, variables) for s in spec.statements}
    assert apply(spec, tmp_path, {"statements": statements}) == spec

    workflows = {w.id: workflow_entry(w, spec) for w in spec.workflows}
    again = apply(spec, tmp_path, {"workflows": workflows})
    assert len(again.workflows) == len(spec.workflows) == 2
    for one, other in zip(spec.workflows, again.workflows, strict=True):
        assert decisions(one) == decisions(other)
        assert {o.text for o in one.outcomes} == {o.text for o in other.outcomes}


def test_the_sheet_tells_of_every_statement_case_and_finding() -> None:
    spec = spec_of(ROOT / "data" / "policies" / "airline-baggage.md")
    sheet = review(spec, "airline-baggage.overrides.yaml")
    for statement in spec.statements:
        assert f"### `{statement.id}`" in sheet
        assert f"- line {spec.document.line(statement.span)}: **" in sheet
    assert "if: the bag weighs more than 32 kg" in sheet
    rows = [line for line in sheet.splitlines() if line.startswith("| ")]
    assert len(rows) >= sum(1 for w in spec.workflows for _ in w.paths())
    blocks = sheet.split("````yaml\n")[1:]
    assert len(blocks) == len(spec.statements) + len(spec.workflows)
    for block in blocks:
        assert set(yaml.safe_load(block.split("````")[0])) <= {"statements", "workflows"}


# --- statements -----------------------------------------------------------------------------


def test_category_condition_and_outcomes_are_set(policy: Path, tmp_path: Path) -> None:
    spec = spec_of(policy)
    name = named(spec, "label is torn")
    fix = entry(spec, "label is torn", outcomes=["print a new label"], condition="not label_lost")
    fix["variables"] = {
        "label_lost": {"type": "boolean", "label": "the label is lost", "negated": "it is there"}
    }
    changed = apply(spec, tmp_path, fix).statement(name)
    assert changed.condition == Not(operand=Truth(variable="label_lost"))
    assert changed.complexity == "simple"
    assert changed.outcomes[0].span is not None
    assert spec.document.quote(changed.outcomes[0].span) == "print a new label"

    greeting = named(spec, "greet")
    made = apply(spec, tmp_path, entry(spec, "greet", category="factual"))
    assert made.statement(greeting).category == "factual"
    assert [s for s in made.statements if s.id != greeting] == [
        s for s in spec.statements if s.id != greeting
    ]


def test_a_new_circumstance_gets_the_wording_and_limits_that_it_needs(
    policy: Path, tmp_path: Path
) -> None:
    spec = spec_of(policy)
    fix = entry(spec, "label is torn", condition="size > 3 and loyal")
    fix["variables"] = {
        "size": {"type": "number", "label": "the parcel's size", "unit": "cm"},
        "loyal": {"type": "boolean", "label": "the sender comes often"},
        "unused": {"type": "boolean", "label": "the moon is full"},
    }
    made = apply(spec, tmp_path, fix)
    size, loyal = made.variable("size"), made.variable("loyal")
    assert (size.clause, size.thresholds) == ("the parcel's size is {value} cm", (3.0,))
    assert loyal.negated == "the sender does not come often"
    assert "unused" not in [variable.name for variable in made.variables]


def test_a_correction_outlives_edits_elsewhere_and_other_ids(policy: Path, tmp_path: Path) -> None:
    spec = spec_of(policy)
    edited = tmp_path / "desk.md"
    edited.write_text(
        POLICY.replace("## Desk\n", "## Desk\n\nThe desk is new. Never greet a dog.\n"),
        encoding="utf-8",
    )
    content = entry(spec, "greet the sender", category="factual")
    other = {"an-older-id": content["statements"][named(spec, "greet the sender")]}  # type: ignore[index]
    (tmp_path / "desk.overrides.yaml").write_text(
        yaml.safe_dump({"statements": other}), encoding="utf-8"
    )
    again = parse(edited)  # the file beside the policy is found
    assert again.statement(named(again, "greet the sender")).category == "factual"
    assert again.statement(named(again, "greet a dog")).category == "behavioral"
    assert not [d for d in again.diagnostics if d.kind == "stale"]


def test_a_changed_text_is_told_with_the_closest_statement(policy: Path, tmp_path: Path) -> None:
    spec = spec_of(policy)
    fix = {"statements": {"greeting": {"text": "Always greet every sender.", "drop": True}}}
    made = apply(spec, tmp_path, fix)
    assert made.statements == spec.statements
    (stale,) = [d for d in made.diagnostics if d.kind == "stale"]
    assert "desk.overrides.yaml: line 2" in stale.message and "[greeting]" in stale.message
    assert stale.statements == (named(spec, "greet the sender"),)
    assert "Always greet the sender." in stale.suggestion

    name = named(spec, "Hall B")
    gone = {"statements": {name: {"sha256": "0" * 12, "drop": True}}}
    (stale,) = [d for d in apply(spec, tmp_path, gone).diagnostics if d.kind == "stale"]
    assert stale.statements == (name,)


def test_the_digest_does_for_the_text(policy: Path, tmp_path: Path) -> None:
    spec = spec_of(policy)
    name = named(spec, "greet")
    digest = text_digest("Always  greet\nthe sender.")
    made = apply(spec, tmp_path, {"statements": {name: {"sha256": digest[:8], "drop": True}}})
    assert [s.id for s in made.statements] == [s.id for s in spec.statements if s.id != name]


def test_split_and_merge(policy: Path, tmp_path: Path) -> None:
    spec = spec_of(policy)
    name = named(spec, "label is torn")
    parts = [{"text": "If a label is torn"}, {"text": "print a new label.", "category": "factual"}]
    made = apply(spec, tmp_path, entry(spec, "label is torn", split=parts))
    one, other = made.statement(name), made.statement(f"{name}-2")
    assert (one.text, other.text) == ("If a label is torn", "print a new label.")
    assert one.condition == spec.statement(name).condition and other.category == "factual"
    for statement in made.statements:
        assert made.document.quote(statement.span) == statement.text

    second = named(spec, "opens at 8")
    made = apply(spec, tmp_path, entry(spec, "Hall B", merge=[second]))
    assert len(made.statements) == len(spec.statements) - 1
    assert made.statement(named(spec, "Hall B")).text == "The desk is in Hall B. It opens at 8 am."


# --- workflows ------------------------------------------------------------------------------


def fees(spec: PolicySpec) -> Workflow:
    (workflow,) = spec.workflows
    return workflow


def test_a_corrected_limit_reaches_the_tree(policy: Path, tmp_path: Path) -> None:
    spec = spec_of(policy)
    weight = next(v.name for v in spec.variables if v.type == "number")
    name = named(spec, "5 kg or less")
    before = fees(spec).root
    made = apply(spec, tmp_path, entry(spec, "5 kg or less", condition=f"{weight} <= 7"))
    case = {v.name: False for v in fees(spec).variables} | {weight: 6.0}
    assert "9" in str(fees(spec).decide(case).outcome)
    assert "4" in str(fees(made).decide(case).outcome)
    assert made.statement(name).complexity == "complex"
    assert not made.doubtful and fees(spec).root == before
    assert 7.0 in made.variable(weight).thresholds or 7.0 in fees(made).variable(weight).thresholds


def test_a_corrected_outcome_reaches_the_tree(policy: Path, tmp_path: Path) -> None:
    spec = spec_of(policy)
    made = apply(spec, tmp_path, entry(spec, "5 kg or less", outcomes=["charge 5 euros"]))
    outcomes = [outcome.text for outcome in fees(made).outcomes]
    assert "charge 5 euros" in outcomes and "charge 4 euros" not in outcomes


def test_what_does_not_reach_the_tree_makes_it_doubtful(policy: Path, tmp_path: Path) -> None:
    spec = spec_of(policy)
    made = apply(
        spec, tmp_path, entry(spec, "more than 5 kg", outcomes=["charge 9 euros", "wave", "bow"])
    )
    assert made.doubtful == (fees(spec).id,)


def test_a_dropped_rule_leaves_a_gap(policy: Path, tmp_path: Path) -> None:
    spec = spec_of(policy)
    name = named(spec, "5 kg or less")
    made = apply(spec, tmp_path, entry(spec, "5 kg or less", drop=True))
    assert name not in [s.id for s in made.statements]
    assert name not in made.model_dump_json()
    assert undecided(fees(made)) is None or any(d.kind == "gap" for d in made.diagnostics)


def test_rows_replace_a_tree(policy: Path, tmp_path: Path) -> None:
    spec = spec_of(policy)
    weight = next(v.name for v in spec.variables if v.type == "number")
    first, second = named(spec, "5 kg or less"), named(spec, "more than 5 kg")
    fix = f"""
variables:
  fragile: {{type: boolean, label: the parcel is fragile, negated: the parcel is sturdy}}
workflows:
  {fees(spec).id}:
    sha256: {workflow_digest(fees(spec).id, spec.statements)[:10]}
    rows:
      - if: fragile
        then:
          - {{if: {weight} <= 5, then: charge 4 euros, statements: [{first}]}}
          - else: refuse it
        statements: [{second}]
      - else: charge 9 euros
        statements: [{second}]
"""
    made = apply(spec, tmp_path, fix)
    decide = fees(made).decide
    assert decide({"fragile": True, weight: 5.0}).outcome == "charge 4 euros"
    assert decide({"fragile": True, weight: 6.0}).outcome == "refuse it"
    assert decide({"fragile": False, weight: 5.0}).outcome == "charge 9 euros"
    assert decide({"fragile": False, weight: 5.0}).statements == (second,)
    assert made.variable("fragile") in made.variables
    assert PolicySpec.model_validate_json(made.model_dump_json()) == made


def test_rows_for_rules_that_have_changed_are_stale(policy: Path, tmp_path: Path) -> None:
    spec = spec_of(policy)
    fix = {"workflows": {fees(spec).id: {"sha256": "0" * 10, "rows": [{"else": "charge 1 euro"}]}}}
    made = apply(spec, tmp_path, fix)
    assert made.workflows == spec.workflows
    (stale,) = [d for d in made.diagnostics if d.kind == "stale"]
    assert workflow_digest(fees(spec).id, spec.statements)[:12] in stale.suggestion


# --- wrong files ----------------------------------------------------------------------------

GREETING = "statements:\n  greeting:\n    text: Always greet the sender.\n"


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("statments: {}\n", 1, "did you mean statements?"),
        (GREETING + "    catgory: factual\n", 4, "did you mean category?"),
        (GREETING + "    category: fact\n", 4, "'factual', 'behavioral' or 'conditional'"),
        (GREETING + "    condition: 3 +\n", 4, "is not a condition"),
        (GREETING + "    condition: sender_is_membre\n", 4, "no variable"),
        (GREETING + "    condition: __import__('os').getcwd()\n", 4, "no condition"),
        (GREETING + "    outcomes: [wave]\n", 4, "a behavioral statement has no outcomes"),
        (GREETING + "    split: [{text: Never}]\n", 4, "does not stand in the statement"),
        (GREETING + "    merge: [nobody]\n", 4, "behind it comes"),
        (
            GREETING + "    split: [{text: Always greet}]\n",
            4,
            "no part has the words 'the sender.'",
        ),
        (GREETING + "  again: {text: Always greet the sender., drop: true}\n", 4, "twice"),
        ("variables: {label_tear: {type: number, label: the tear}}\n", 1, "is a boolean already"),
        ("variables: {size: {type: category, label: the size}}\n", 1, "needs its values"),
        ("variables: {size: {type: number, label: x, clause: it is}}\n", 1, "put {value}"),
        (GREETING + "  greeting: {}\n", 4, "given twice"),
        ("statements:\n  greeting:\n    drop: true\n", 2, "give the text"),
        ("statements: [\n", 2, "not YAML"),
        ("a: &a [1]\nb: *a\n", 1, "an alias"),
        ("- 1\n", 1, "dictionary"),
    ],
)
def test_a_wrong_file_is_told_with_its_line(
    policy: Path, tmp_path: Path, text: str, line: int, told: str
) -> None:
    with pytest.raises(PolicyError) as caught:
        apply(spec_of(policy), tmp_path, text)
    assert f"desk.overrides.yaml: line {line}: " in str(caught.value)
    assert told in str(caught.value)


def test_a_workflow_that_leaves_a_case_open_is_refused(policy: Path, tmp_path: Path) -> None:
    spec = spec_of(policy)
    weight = next(v.name for v in spec.variables if v.type == "number")
    digest = workflow_digest(fees(spec).id, spec.statements)
    rows: list[object] = [
        {"if": f"{weight} < 5", "then": "charge 4 euros"},
        {"if": f"{weight} > 5", "then": "charge 9 euros"},
    ]
    fix = {"workflows": {fees(spec).id: {"sha256": digest, "rows": rows}}}
    with pytest.raises(PolicyError, match=rf"no row decides when {weight} = 5;"):
        apply(spec, tmp_path, fix)
    rows.append({"else": "weigh it again", "statements": ["nowhere"]})
    with pytest.raises(PolicyError, match="no statement 'nowhere'"):
        apply(spec, tmp_path, fix)


def test_a_missing_overrides_file_is_told(policy: Path, tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot be read"):
        parse(policy, overrides=tmp_path / "none.yaml")


# --- conditions as text ---------------------------------------------------------------------

VARIABLES = {
    v.name: v
    for v in (
        Variable(name="fragile", type="boolean", label="it is fragile", negated="it is sturdy"),
        Variable(name="class", type="category", label="the class", clause="the class is {value}",
                 values=("first", "second's \"best\"")),
        Variable(name="weight", type="number", label="the weight", clause="it weighs {value} kg"),
    )
}  # fmt: skip
ATOMS = st.one_of(
    st.just(Truth(variable="fragile")),
    st.sets(st.sampled_from(VARIABLES["class"].values), min_size=1).map(
        lambda values: Membership(variable="class", values=tuple(sorted(values)))
    ),
    st.builds(
        Comparison,
        variable=st.just("weight"),
        op=st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
        value=st.floats(allow_nan=False, allow_infinity=False),
    ),
)


def compound(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    operands = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Not, operand=inner),
        st.builds(And, operands=operands),
        st.builds(Or, operands=operands),
    )


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.recursive(ATOMS, compound, max_leaves=6))
def test_a_condition_written_out_reads_back(condition: Condition) -> None:
    assert condition_of(written(condition), VARIABLES) == condition
    assert in_words(condition, VARIABLES)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not fragile", "it is sturdy"),
        ("5 < weight <= 7", "it weighs more than 5 kg and it weighs at most 7 kg"),
        ("class_ == 'first' or fragile", "the class is first or it is fragile"),
        ("not weight > 5", "it weighs at most 5 kg"),
        ("fragile and (weight > 1 or class_ in [first])",
         "it is fragile and (it weighs more than 1 kg or the class is first)"),
    ],
)  # fmt: skip
def test_a_condition_in_words(text: str, said: str) -> None:
    assert in_words(condition_of(text, VARIABLES), VARIABLES) == said


@pytest.mark.parametrize(
    "text", ["weight", "fragile > 3", "class_ in [third]", "weight < x", "1", "weight + 1 > 3", ""]
)
def test_a_condition_of_the_wrong_type_is_refused(text: str) -> None:
    with pytest.raises(ConditionError):
        condition_of(text, VARIABLES)
