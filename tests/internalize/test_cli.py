"""Bad input: one message on stderr, exit code 2, nothing left behind."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from internalize.cli import app, explain

ROOT = Path(__file__).parents[2]


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def refused(result: Result, *words: str) -> None:
    """One line on stderr with these words, nothing on stdout, exit code 2."""
    assert result.exit_code == 2, (result.output, result.exception)
    assert result.stdout == ""
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1 and lines[0].startswith("internalize: ")
    assert all(word in lines[0] for word in words), lines[0]


@pytest.mark.parametrize("command", ["parse", "lint", "run"])
def test_a_missing_document(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    refused(call(command, "nope.md"), "nope.md")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.md"),
        (b" \n\n", "blank.md"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "picture.md"),
        (b"# Only\n\n## Headings\n", "headings.md"),
    ],
)
@pytest.mark.parametrize("command", ["parse", "lint", "run"])
def test_a_document_that_is_none(
    command: str, content: bytes, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_bytes(content)
    refused(call(command, name), name)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_parse_gives_json_that_reads_back_and_markdown(policy: Path) -> None:
    from parsers.spec import PolicySpec

    spec = PolicySpec.model_validate_json(call("parse", policy).stdout)
    assert spec.document.name == "bags"
    assert spec.identifier in call("parse", policy, "--format", "markdown").stdout


def test_lint_names_file_and_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from example import TEXT, make_spec

    from parsers.lint import output

    path = tmp_path / "bags.md"
    path.write_text(TEXT)
    monkeypatch.setattr(output, "parse", lambda path, name: make_spec())
    result = call("lint", path)
    assert result.exit_code == 1
    assert f"{path}:7: gap: nothing says" in result.stdout
    assert "Say what light bags cost." in result.stdout and "1 finding: 1 gap" in result.stdout


def test_parse_and_lint_need_no_torch(policy: Path) -> None:
    code = (
        "import sys\n"
        "for name in ('torch', 'transformers', 'trl', 'datasets'): sys.modules[name] = None\n"
        "from internalize.cli import app; app()"
    )
    for command in ("parse", "lint"):
        done = subprocess.run(
            [sys.executable, "-c", code, command, policy],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr


class TestRun:
    """What is refused before or while a run is made."""

    @pytest.fixture(autouse=True)
    def here(self, tmp_path: Path, policy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        pytest.importorskip("torch")
        monkeypatch.chdir(tmp_path)

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--set", "cpt.epoch=2"], ["cpt.epoch", "did you mean cpt.epochs?"]),
            (["--set", "cpt.epochs"], ["key=value"]),
            (["--set", "cpt.epochs=x"], ["cpt.epochs", "number"]),
            (["--preset", "gpuu"], ["gpuu", "did you mean gpu?"]),
            (["--config", "nope.yaml"], ["nope.yaml"]),
            (["--model", "./no-model"], ["no-model"]),
        ],
    )
    def test_settings(self, arguments: list[str], words: list[str], tmp_path: Path) -> None:
        before = sorted(tmp_path.rglob("*"))
        refused(call("run", "bags.md", *arguments), *words)
        assert sorted(tmp_path.rglob("*")) == before

    def test_questions_that_cannot_be_used(self, tmp_path: Path, tiny_model: Path) -> None:
        (tmp_path / "bags.questions.yaml").write_text("- id: a\n  questoin: b\n")
        refused(call("run", "bags.md", "--model", tiny_model), "bags.questions.yaml:1")
        assert not (tmp_path / "runs").exists()

    def test_an_unwritable_folder(self, tmp_path: Path, tiny_model: Path) -> None:
        # A file where a folder should be refuses root too, which permissions do not.
        before = sorted(tmp_path.rglob("*"))
        result = call("run", "bags.md", "--model", tiny_model, "--run", "bags.md/run")
        refused(result, "bags.md/run", "not a directory")
        assert sorted(tmp_path.rglob("*")) == before

    def test_a_folder_of_something_else(self, tmp_path: Path, tiny_model: Path) -> None:
        (tmp_path / "thesis").mkdir()
        (tmp_path / "thesis" / "chapter").write_text("years of work")
        refused(call("run", "bags.md", "--model", tiny_model, "--run", "thesis"), "not a run")
        assert [path.name for path in (tmp_path / "thesis").iterdir()] == ["chapter"]

    @pytest.mark.parametrize("where", ["bytes", "weights"])
    def test_a_full_disk(
        self, where: str, tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object, **__: object) -> None:
            if where == "bytes":
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "runs/bags/policy/policy.md")
            # As safetensors words it.
            raise RuntimeError("I/O error: No space left on device (os error 28)")

        target = "internalize.folder.write_bytes" if where == "bytes" else "stages.cpt.train"
        monkeypatch.setattr(target, full)
        result = call("run", "bags.md", "--model", tiny_model)
        assert result.exit_code == 2
        said = [row for row in result.stderr.splitlines() if row.startswith("internalize: ")]
        assert len(said) == 1 and "no space left" in said[0]
        assert not [p for p in tmp_path.rglob("*") if p.name.endswith(".partial")]

    @pytest.mark.parametrize("command", ["synth", "cpt", "evaluate", "report", "export", "ask"])
    def test_a_folder_that_is_no_run(self, command: str, tmp_path: Path) -> None:
        refused(call(command, "nowhere"), "nowhere", "not a run folder")
        assert not (tmp_path / "nowhere").exists()

    def test_stages_out_of_order(self, tiny_model: Path) -> None:
        assert call("synth", "r", "--policy", "bags.md", "--model", tiny_model).exit_code == 0
        refused(call("sft", "r"), "cpt is not finished", "internalize cpt r")
        refused(call("evaluate", "r"), "cpt is not finished")
        refused(call("report", "r"), "internalize evaluate r")

    def test_damaged_data_is_named_with_its_line(self, tiny_model: Path) -> None:
        assert call("synth", "r", "--policy", "bags.md", "--model", tiny_model).exit_code == 0
        path = Path("r/data/cpt.jsonl")
        path.write_text(path.read_text() + '{"txet": 1}\n')
        number = len(path.read_text().splitlines())
        assert call("cpt", "r").exit_code == 2
        assert f"cpt.jsonl:{number}" in call("cpt", "r").stderr

    def test_another_policy_in_the_same_folder(self, tmp_path: Path, tiny_model: Path) -> None:
        assert call("synth", "r", "--policy", "bags.md", "--model", tiny_model).exit_code == 0
        (tmp_path / "bags.md").rename(tmp_path / "pets.md")
        result = call("synth", "r", "--policy", "pets.md", "--model", tiny_model)
        refused(result, "'bags'", "'pets'")


def test_a_bug_is_not_taken_for_bad_input() -> None:
    assert explain(ValueError("shapes do not match")) is None
    assert explain(KeyError("x")) is None


def test_a_full_disk_is_seen_through_what_libraries_make_of_it() -> None:
    wrapped = RuntimeError("could not save")
    wrapped.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    assert "no space left" in str(explain(wrapped))
