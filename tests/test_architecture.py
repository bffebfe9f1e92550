"""The house as it was drawn: imports go backwards only, and the front rooms need no torch."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("parsers", "data", "stages", "internalize")
MODULES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
HEAVY = ("torch", "transformers", "trl", "peft", "datasets", "accelerate")


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, module) of every import, those inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.lineno, node.module


@pytest.mark.parametrize("path", MODULES, ids=names(MODULES))
def test_imports_go_only_backwards(path: Path) -> None:
    room = ROOMS.index(path.relative_to(ROOT).parts[0])
    later = {*ROOMS[room + 1 :], "tests", "benchmarks"}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    wrong = [f"line {line}: {name}" for line, name in imported(tree) if name.split(".")[0] in later]
    assert not wrong


@pytest.mark.parametrize("path", MODULES, ids=names(MODULES))
def test_modules_say_what_they_are(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_all_rooms_are_there() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in MODULES} == set(ROOMS)


def test_front_rooms_and_the_command_line_need_no_torch() -> None:
    """Every module of parsers and data, and what `internalize parse` imports."""
    front = [path for path in MODULES if path.relative_to(ROOT).parts[0] in ROOMS[:2]]
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in front
        if path.name != "__main__.py"
    ]
    code = (
        "import importlib, sys\n"
        f"for name in {HEAVY!r}: sys.modules[name] = None\n"  # importing one now fails
        f"for name in {[*modules, 'internalize', 'internalize.cli']!r}:\n"
        "    importlib.import_module(name)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
