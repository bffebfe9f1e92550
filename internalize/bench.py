"""`internalize bench`: make the files of a benchmark.

In: the axes and a seed. Out: a folder whose `README.md` describes it. The files are written one by
one, each whole; `README.md` comes last, so a folder that has it is complete.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from internalize.folder import write_bytes

app = typer.Typer(help="Make the files of a benchmark.", no_args_is_help=True)


@app.callback()
def bench() -> None:
    """Keeps `ccgen` a command of its own while it is the only one."""


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
    seed: Annotated[int, typer.Option("--seed", help="The same seed makes the same files.")] = 0,
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
    folder = out or Path("runs/ccgen") / setting.name
    files = generate(setting)
    (folder / "README.md").unlink(missing_ok=True)
    for name, content in files.items():
        write_bytes(folder / name, content)
    typer.echo(f"{folder}: {len(files)} files, described in {folder / 'README.md'}")
