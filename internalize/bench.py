"""`internalize bench`: make the files of a benchmark.

In: the axes and a seed. Out: a folder whose `README.md` describes it. The files are written one by
one, each whole; `README.md` comes last, so a folder that has it is complete.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import typer

from internalize.folder import write_bytes

app = typer.Typer(help="Make the files of a benchmark.", no_args_is_help=True)

Seed = Annotated[int, typer.Option("--seed", help="The same seed makes the same files.")]
Clevr = Annotated[
    Path | None,
    typer.Option(
        "--clevr", help="Take the pictures from this folder, which CLEVR_v1.0.zip unpacks to."
    ),
]
ClevrOut = Annotated[
    Path | None, typer.Option("--out", "-o", help="The folder; under runs/clevr by default.")
]


@app.command()
def ccgen(
    environment: Annotated[int, typer.Option("--environment", help="Databases: 1 to 4.")] = 2,
    tasks: Annotated[int, typer.Option("--tasks", help="Task types: 1 to 12.")] = 4,
    arguments: Annotated[int, typer.Option("--arguments", help="Of each tool: 3 to 9.")] = 5,
    workflow: Annotated[int, typer.Option("--workflow", help="Depth of if-else: 1 to 6.")] = 3,
    query: Annotated[
        int,
        typer.Option(
            "--query",
            help="1: all facts told; 2: to be looked up; 3: several requests; 4: misleading.",
        ),
    ] = 2,
    seed: Seed = 0,
    train: Annotated[int, typer.Option("--train", help="Items to train on.")] = 200,
    test: Annotated[int, typer.Option("--test", help="Items on tasks to test with.")] = 100,
    domain: Annotated[
        str | None, typer.Option("--domain", help="The business; drawn by the seed by default.")
    ] = None,
    style: Annotated[
        str | None, typer.Option("--style", help="How the document is written; drawn by default.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The folder; under runs/ccgen by default.")
    ] = None,
) -> None:
    """CC-Gen: a policy, its databases and tools, the reference, and user queries."""
    from data.ccgen.benchmark import generate
    from data.ccgen.policy import Setting

    setting = Setting(
        environment, tasks, arguments, workflow, query, seed, train, test, domain, style
    )
    _write(out or Path("runs/ccgen") / setting.name, generate(setting).items())


@app.command("clevr-policy")
def clevr_policy(
    depth: Annotated[int, typer.Option("--depth", help="Of the trees: 2 to 6.")] = 2,
    modality: Annotated[
        Literal["T", "M"],
        typer.Option("--modality", help="T: conditions in words; M: some as pictures."),
    ] = "T",
    policies: Annotated[int, typer.Option("--policies", help="Of different names.")] = 1,
    seed: Seed = 0,
    train: Annotated[int, typer.Option("--train", help="Items to train on, of all policies.")] = (
        2000
    ),
    test: Annotated[int, typer.Option("--test", help="Items to test with, of all policies.")] = 200,
    clevr: Clevr = None,
    out: ClevrOut = None,
) -> None:
    """ClevrPolicy: policies over pictures, the pictures and what is on them, and questions."""
    from data.clevr.benchmark import Setting, generate

    setting = Setting(depth, modality, policies, seed, train, test, str(clevr) if clevr else None)
    _write(out or Path("runs/clevr") / setting.name, generate(setting))


@app.command("clevr-questions")
def clevr_questions(
    seed: Seed = 0,
    train: Annotated[int, typer.Option("--train", help="Pictures to train on.")] = 2000,
    test: Annotated[int, typer.Option("--test", help="Pictures to test with.")] = 200,
    clevr: Clevr = None,
    out: ClevrOut = None,
) -> None:
    """Plain questions on pictures ('Is there a red cube?'), to train and test a model's eyes."""
    from data.clevr.questions import Setting, generate

    setting = Setting(seed, train, test, str(clevr) if clevr else None)
    _write(out or Path("runs/clevr") / setting.name, generate(setting))


def _write(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write a benchmark's files; without its README.md, the folder is not complete."""
    count = 0
    for name, content in files:
        if not count:
            (folder / "README.md").unlink(missing_ok=True)
        write_bytes(folder / name, content)
        count += 1
    typer.echo(f"{folder}: {count} files, described in {folder / 'README.md'}")
