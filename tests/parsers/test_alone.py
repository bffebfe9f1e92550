"""The parsers alone: what an import costs, what they print, the schema, the README's example."""

from __future__ import annotations

import contextlib
import io
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import jsonschema
import pydot
import pytest
import yaml

from parsers import Branch, Node, PolicySpec, parse
from parsers.__main__ import main
from parsers.formats import FORMATS
from parsers.reading import document
from parsers.schema import FILE, json_schema
from parsers.spec import And, Comparison, Leaf, Or, Outcome, Truth, Variable, Workflow

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "parsers" / "schema" / FILE
POLICIES = [
    path
    for folder in (ROOT / "data" / "policies", ROOT / "tests" / "parsers" / "strangers")
    for path in sorted(folder.iterdir())
    if path.suffix in {".md", ".txt", ".html"}
]
SAMPLES = [path for path in POLICIES if path.parent.name == "policies"]


@cache
def spec_of(path: Path) -> PolicySpec:
    return parse(path)


def name(path: Path) -> str:
    return path.stem


def test_import_brings_no_torch_and_no_spacy() -> None:
    code = (
        "import sys, parsers, parsers.formats, parsers.schema\n"
        "heavy = {'torch', 'transformers', 'spacy', 'numpy'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# --- formats --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SAMPLES, ids=name)
def test_json_reads_back(path: Path) -> None:
    spec = spec_of(path)
    assert PolicySpec.model_validate_json(FORMATS["json"](spec)) == spec


@pytest.mark.parametrize("path", SAMPLES, ids=name)
def test_jsonl_has_every_statement_by_itself(path: Path) -> None:
    spec = spec_of(path)
    rows = [json.loads(line) for line in FORMATS["jsonl"](spec).split("\n")]
    assert [row["id"] for row in rows] == [s.id for s in spec.statements]
    lines = spec.document.text.split("\n")
    for row, statement in zip(rows, spec.statements, strict=True):
        assert statement.text.split("\n")[0] in lines[row["line"] - 1]
        assert (row["condition"] is None) == (statement.condition is None)
        asked = {variable["name"] for variable in row["variables"]}
        assert set(re.findall(r'"variable": "([^"]+)"', json.dumps(row))) == asked
        if statement.condition is not None:
            assert row["condition_text"]
            assert "{value}" not in row["condition_text"]


@pytest.mark.parametrize("path", SAMPLES, ids=name)
def test_dot_is_read_by_graphviz_grammar_and_has_every_node(path: Path) -> None:
    spec = spec_of(path)
    (graph,) = pydot.graph_from_dot_data(FORMATS["dot"](spec)) or ()
    clusters = graph.get_subgraphs()
    assert len(clusters) == len(spec.workflows)
    for cluster, workflow in zip(clusters, spec.workflows, strict=True):
        count = nodes(workflow.root)
        assert len(cluster.get_nodes()) == count
        assert len(cluster.get_edges()) == count - 1


def nodes(node: Node) -> int:
    return 1 + (nodes(node.yes) + nodes(node.no) if isinstance(node, Branch) else 0)


def test_dot_escapes_what_graphviz_would_read() -> None:
    nasty = 'say "hi" \\ & <b>{x|y}</b> \\N\nline ] ; }'
    workflow = Workflow(
        id="w",
        title=nasty,
        variables=(Variable(name="x", type="boolean", label="x"),),
        outcomes=(Outcome(text=nasty),),
        root=Branch(
            condition=Truth(variable="x"),
            statement="s",
            text=nasty,
            yes=Leaf(outcome=0, statements=("s",)),
            no=Leaf(outcome=None),
        ),
    )
    text = document("nothing", 'quoted "name" \\')
    spec = PolicySpec(document=text, statements=(), workflows=(workflow,))
    (graph,) = pydot.graph_from_dot_data(FORMATS["dot"](spec)) or ()
    assert graph.get_name() == '"quoted \\"name\\" \\\\"'
    (cluster,) = graph.get_subgraphs()
    labels = [node.get_label() for node in cluster.get_nodes()]
    assert len(labels) == 3
    for label in labels[:2]:
        assert '\\"hi\\"' in label and "&amp;" in label and "\\\\N" in label


@pytest.mark.parametrize("path", SAMPLES, ids=name)
def test_markdown_has_every_statement_and_outcome(path: Path) -> None:
    spec = spec_of(path)
    text = FORMATS["markdown"](spec)
    for statement in spec.statements:
        assert f"- [{statement.id}] " in text
    for workflow in spec.workflows:
        assert all(f"- {outcome.text} [" in text for outcome in workflow.outcomes)


def test_both_command_lines_print_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from typer.testing import CliRunner

    from internalize.cli import app

    policy = tmp_path / "desk.md"
    policy.write_text("# Desk\n\nIf it rains, close the desk.\n", encoding="utf-8")
    for arguments in (*(["--format", format] for format in FORMATS), ["--review"]):
        assert main([str(policy), *arguments]) == 0
        printed = capsys.readouterr().out
        assert CliRunner().invoke(app, ["parse", str(policy), *arguments]).stdout == printed
        out = tmp_path / "out"
        assert main([str(policy), *arguments, "--output", str(out)]) == 0
        assert out.read_text(encoding="utf-8") == printed
        assert not capsys.readouterr().out


# --- the schema -----------------------------------------------------------------------------


def test_the_published_schema_is_that_of_the_models(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--schema"]) == 0
    printed = capsys.readouterr().out
    assert SCHEMA.read_text(encoding="utf-8") == printed == json_schema() + "\n"
    schema = json.loads(printed)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == "urn:internalize:policy-spec:1"
    assert all("description" in model for model in schema["$defs"].values())


@pytest.mark.parametrize("path", POLICIES, ids=name)
def test_specifications_keep_to_the_schema(path: Path) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    content = json.loads(FORMATS["json"](spec_of(path)))
    validator.validate(content)
    content["statements"][0]["category"] = "opinion"
    assert not validator.is_valid(content)


def test_nested_conditions_keep_to_the_schema() -> None:
    validator = jsonschema.Draft202012Validator(json.loads(json_schema()))
    heavy = Comparison(variable="weight", op=">", value=3)
    nested = And(operands=(Or(operands=(heavy, Truth(variable="x"))), heavy))
    spec = spec_of(SAMPLES[0])
    statement = spec.statements[0].model_copy(update={"condition": nested})
    changed = spec.model_copy(update={"statements": (statement,)})
    validator.validate(json.loads(FORMATS["json"](changed)))


# --- the README -----------------------------------------------------------------------------


def test_the_readmes_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its Python prints what stands below it, and its overrides apply to its policy."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.partition("## The parsers alone\n")[2]
    code = re.findall(r"```python\n(.*?)```", section, re.DOTALL)[0]
    shown = section.partition(code)[2].partition("```\n\n")[2].partition("\n\n`")[0]
    monkeypatch.chdir(tmp_path)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(code, "README.md", "exec"), {})
    assert printed.getvalue().splitlines() == [line[4:] for line in shown.splitlines()]

    overrides = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)[0]
    (tmp_path / "parcels.overrides.yaml").write_text(overrides, encoding="utf-8")
    spec = parse("parcels.md")
    assert not [d for d in spec.diagnostics if d.kind == "stale"], spec.diagnostics
    (name,) = yaml.safe_load(overrides)["statements"]
    assert isinstance(spec.statement(name).condition, And)
    outcome = spec.workflow("fees").decide({"parcel_weight": 7.5, "sender": False}).outcome
    assert outcome == "charge 9 euros"
