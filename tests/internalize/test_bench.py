"""`internalize bench ccgen` writes the same folder each time, whole, or says what is wrong."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from internalize.cli import app

SMALL = ["bench", "ccgen", "--tasks", "1", "--train", "4", "--test", "2", "--workflow", "2"]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_writes_what_its_readme_describes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        result = CliRunner().invoke(app, [*SMALL, "--out", str(tmp_path / name)])
        assert result.exit_code == 0, result.output
    one = contents(tmp_path / "one")
    assert one == contents(tmp_path / "other")
    readme = one["README.md"].decode()
    listed = set(one) - {"README.md"}
    assert listed == {name for name in listed if name in readme or name.startswith("databases/")}
    assert "--tasks 1 --arguments 5 --workflow 2" in readme


def test_what_cannot_be_made_is_one_message_and_no_file(tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(app, [*SMALL, "--query", "9", "--out", str(out)])
    assert result.exit_code == 2
    assert "--query 9: from 1 to 4" in result.output
    assert not out.exists()
