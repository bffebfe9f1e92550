"""The command line: `internalize run POLICY` and every part of it alone.

What cannot be done for a reason of the user's (a missing file, a wrong setting, a full disk) is one
message on stderr and exit code 2; anything else is a bug and keeps its traceback. Results go to
stdout, progress to stderr. Modules that need torch are imported where a command needs them, so that
`parse` and `lint` work without it.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from typer.core import TyperGroup

from internalize import bench
from parsers import PolicyError
from parsers.formats import FORMATS, Format

if TYPE_CHECKING:
    from internalize.ask import Answer
    from internalize.pipeline import Run
    from internalize.results import Results

USER_ERROR, INTERRUPTED = 2, 130
USERS = (
    "ConfigError",
    "RunError",
    "ModelError",
    "TeacherError",
    "EndpointError",
    "SettingError",
    "TrainingError",
)
"""Errors that say what the user can do, by name: their modules may need torch."""
PLAIN_WIDTH = 120

# Quiet libraries: what they would say is in the progress, the metrics and the report.
for _name, _value in {
    "TRANSFORMERS_VERBOSITY": "error",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "TOKENIZERS_PARALLELISM": "false",
}.items():
    os.environ.setdefault(_name, _value)


def _console(stderr: bool = False) -> Console:
    console = Console(stderr=stderr)
    return console if console.is_terminal else Console(stderr=stderr, width=PLAIN_WIDTH)


class ClearErrors(TyperGroup):
    """Turns what a user can mend into one message and exit code 2."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _say("interrupted; the same command goes on from here")
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            message = explain(error)
            if message is None:
                raise
            _say(message)
            raise typer.Exit(USER_ERROR) from None


def explain(error: BaseException) -> str | None:
    """What to tell the user about an error; None if it is a bug."""
    if is_full_disk(error):
        return "no space left on the device; free some and run the same command again to go on"
    if isinstance(error, PolicyError) or type(error).__name__ in USERS:
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror[0].lower()}{error.strerror[1:]}"
    return None


def is_full_disk(error: BaseException | None) -> bool:
    """Whether the error, or one it came from, is a full disk; libraries wrap it in their own."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if "no space left on device" in str(error).lower():
            return True
        error = error.__cause__ or error.__context__
    return False


def _hush() -> None:
    """Silence what the training libraries print, for commands that train or evaluate."""
    import warnings

    from transformers.utils import logging

    logging.disable_progress_bar()
    warnings.filterwarnings("ignore", category=FutureWarning)


def _say(message: str) -> None:
    if os.environ.get("RANK", "0") == "0":  # one of the processes that a launcher started
        typer.echo(f"internalize: {message}", err=True)


app = typer.Typer(
    cls=ClearErrors,
    help="Train a model to follow a policy document without it in the prompt.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

app.add_typer(bench.app, name="bench")

Policy = Annotated[Path, typer.Argument(help="The document: Markdown, text, HTML, Word or PDF.")]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="The run folder.")]
Model = Annotated[
    str | None, typer.Option("--model", "-m", help="Hugging Face id or path of the base model.")
]
Preset = Annotated[str, typer.Option("--preset", "-p", help="cpu, gpu or paper.")]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", "-c", help="YAML file of settings, over the preset's.")
]
Overrides = Annotated[
    Path | None,
    typer.Option(
        "--overrides", help="Corrections of the parse; NAME.overrides.yaml beside it by default."
    ),
]
Pictures = Annotated[
    Path | None,
    typer.Option(
        "--pictures",
        help="A folder of pictures with questions (train.jsonl, test.jsonl) or scene graphs "
        "(scenes/); the policy's own, if it has them, by default.",
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", "-s", metavar="KEY=VALUE", help="One setting, e.g. cpt.epochs=2."),
]


class LintFormat(StrEnum):
    text = "text"
    json = "json"


@app.command("run")
def run_command(
    policy: Policy,
    model: Model = None,
    run: Annotated[
        Path | None, typer.Option("--run", "-r", help="Run folder; runs/NAME by default.")
    ] = None,
    preset: Preset = "cpu",
    config: ConfigFile = None,
    corrections: Overrides = None,
    pictures: Pictures = None,
    set_: Set = None,
) -> None:
    """Internalize a policy: every stage, the checkpoint and the report.

    Called again, it does only what has changed; after an interruption it goes on.
    """
    check_readable(policy)
    from internalize.config import parse_overrides
    from internalize.pipeline import run as run_pipeline
    from internalize.progress import watch
    from stages.processes import crew

    _hush()
    with watch(_console(stderr=True)) as on_event:
        done = run_pipeline(
            policy,
            model,
            run,
            preset,
            parse_overrides(set_ or []),
            config,
            on_event,
            corrections,
            pictures,
        )
    if not crew().is_main:
        return
    show_results(done.results)
    typer.echo(f"report: {done.path / 'report.html'}")
    typer.echo(f"checkpoint: {done.path / 'checkpoint'}")


@app.command()
def parse(
    policy: Policy,
    format: Annotated[Format, typer.Option("--format", "-f", help="As what.")] = "json",
    review: Annotated[
        bool, typer.Option("--review", help="A sheet to check it and correct it by, as Markdown.")
    ] = False,
    overrides: Overrides = None,
    assist: Annotated[
        str | None,
        typer.Option(
            metavar="URL|MODEL",
            help="Ask this model where the parser is in doubt, and check what it proposes: the URL "
            "of an OpenAI-compatible endpoint (key in $OPENAI_API_KEY), or a model to load here.",
        ),
    ] = None,
    assist_model: Annotated[
        str, typer.Option(metavar="NAME", help="The model's name at that endpoint.")
    ] = "",
    assist_all: Annotated[
        bool, typer.Option("--assist-all", help="Ask for every statement.")
    ] = False,
    proposals: Annotated[
        Path | None,
        typer.Option(help="Keep the model's replies here; what is kept is not asked again."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file to write to instead of stdout.")
    ] = None,
) -> None:
    """Show what is understood of a policy: its statements, workflows and diagnostics."""
    from parsers import parse as parse_policy
    from parsers import review as sheet
    from parsers.override_file import beside

    helper = None
    if assist is not None:
        from parsers.assist import by_endpoint
        from parsers.endpoint import AssistConfig

        config = AssistConfig(base_url=assist, model=assist_model, everything=assist_all)
        if "://" in assist:
            helper = by_endpoint(config, proposals)
        else:
            from internalize.writing import assistant

            check_readable(policy)
            _hush()
            helper = assistant(config, assist, proposals)
    spec = parse_policy(policy, overrides=overrides, assistant=helper)
    for finding in spec.diagnostics:
        if finding.kind == "assisted":
            typer.echo(finding.message, err=True)
    by_hand = str(overrides or beside(policy))
    text = sheet.review(spec, by_hand) if review else FORMATS[format](spec)
    if output is None:
        typer.echo(text)
    else:
        output.write_text(text + "\n", encoding="utf-8")


@app.command()
def lint(
    policy: Policy,
    format: Annotated[
        LintFormat, typer.Option(help="text for people, json for machines.")
    ] = LintFormat.text,
) -> None:
    """List what a person should mend in a policy, as FILE:LINE: kind: message.

    Exit code 0 when there is nothing, 1 when there are findings.
    """
    from parsers.lint.output import findings, render

    found = findings(policy)
    typer.echo(render(found, format.value))
    raise typer.Exit(1 if found else 0)


@app.command()
def synth(
    run: RunFolder,
    policy: Annotated[
        Path | None, typer.Option("--policy", help="Start the run with this document.")
    ] = None,
    model: Model = None,
    preset: Preset = "cpu",
    config: ConfigFile = None,
    pictures: Pictures = None,
    set_: Set = None,
) -> None:
    """Make the data of all stages; with --policy, in a new run folder."""
    from internalize.config import ConfigError, parse_overrides
    from internalize.folder import locked
    from internalize.pipeline import Run
    from internalize.progress import watch

    if policy is None:
        if preset != "cpu" or any(given is not None for given in (model, config, pictures)):
            raise ConfigError(
                "--model, --preset, --config and --pictures start a run and need --policy; "
                "an existing run's settings are changed with --set"
            )
        with opened(run, set_) as it:
            counts = it.synth()
    else:
        check_readable(policy)
        _main_alone()
        with watch(_console(stderr=True)) as on_event:
            overrides = parse_overrides(set_ or [])
            it = Run.start(
                policy, model, run, preset, overrides, config, on_event, pictures=pictures
            )
            with locked(it.path):
                it.prepare()
                counts = it.synth()
    for name, count in counts.items():
        typer.echo(f"{name}: {count}")


@app.command()
def cpt(run: RunFolder, set_: Set = None) -> None:
    """Continued pretraining on the texts in the run folder."""
    _train(run, "cpt", set_)


@app.command()
def sft(run: RunFolder, set_: Set = None) -> None:
    """Supervised fine-tuning on the conversations in the run folder."""
    _train(run, "sft", set_)


@app.command()
def rl(run: RunFolder, set_: Set = None) -> None:
    """PolicyRollout reinforcement learning on the items in the run folder."""
    _train(run, "rl", set_)


@app.command()
def evaluate(run: RunFolder, set_: Set = None) -> None:
    """Evaluate every condition and show the table."""
    with opened(run, set_) as it:
        found = it.evaluate()
    show_results(found)


@app.command()
def export(run: RunFolder, set_: Set = None) -> None:
    """Write checkpoint/: the adapter, merged weights, chat template and model card."""
    with opened(run, set_) as it:
        it.export()
    typer.echo(f"checkpoint: {run / 'checkpoint'}")


@app.command()
def report(run: RunFolder, set_: Set = None) -> None:
    """Render report.html from what the run folder holds."""
    with opened(run, set_) as it:
        path = it.report()
    typer.echo(f"report: {path}")


@app.command()
def ask(
    run: RunFolder,
    question: Annotated[
        str | None, typer.Argument(help="Without one, questions are read line by line.")
    ] = None,
    picture: Annotated[
        Path | None, typer.Option("--picture", help="A file that the questions are about.")
    ] = None,
) -> None:
    """Ask the tuned model, and see the rules it cites beside what the document says."""
    from internalize.ask import Clerk
    from internalize.pipeline import Run

    it = Run.open(run)
    clerk = Clerk(it.path, it.spec, it.config.evaluate.max_new_tokens)
    if question is not None:
        show_answer(clerk.ask(question, picture))
        return
    for line in _questions():
        show_answer(clerk.ask(line, picture))


def _questions() -> Iterator[str]:
    """Lines from stdin until it ends or one is empty."""
    console = _console(stderr=True)
    while True:
        try:
            line = console.input("[bold]? [/]").strip()
        except EOFError:
            return
        if not line:
            return
        yield line


def _train(run: Path, stage: str, pairs: list[str] | None) -> None:
    with opened(run, pairs, together=True) as it:
        it.train(stage)


def _main_alone() -> None:
    """Let all but the main one of the processes that a launcher started end here."""
    from stages.processes import goes_on_alone

    if not goes_on_alone():
        raise typer.Exit


@contextmanager
def opened(path: Path, pairs: list[str] | None, together: bool = False) -> Iterator[Run]:
    """An existing run, locked, watched, with its settings changed for good by `--set`.

    In the main process alone, unless several are to work `together`.
    """
    from internalize.config import parse_overrides
    from internalize.folder import locked
    from internalize.pipeline import Run
    from internalize.progress import watch
    from stages.processes import crew

    _hush()
    if not together:
        _main_alone()
    hands = crew()
    overrides = parse_overrides(pairs or [])
    with watch(_console(stderr=True)) as on_event, ExitStack() as held:
        it = Run.open(path, overrides, on_event)
        hands.wait()  # until all have read what is changed here

        def take() -> None:
            held.enter_context(locked(it.path))
            if overrides:
                it.save_settings()

        hands.from_main(take)
        yield it


def check_readable(policy: Path) -> None:
    """Fail on a missing file before the slow imports."""
    with policy.open("rb"):
        pass


# --- showing --------------------------------------------------------------------------------


def show_results(found: Results) -> None:
    """The table of conditions and the lines of the stages, on stdout."""
    from internalize.report import in_percent, number, seconds
    from internalize.results import KINDS, SOURCES

    console = _console()
    for source in SOURCES:
        if not any(score.source == source for score in found.scores):
            continue
        table = Table(title=f"{source} items: % right (95 % interval)", title_justify="left")
        table.add_column("condition")
        for kind in (*KINDS, "all"):
            table.add_column(kind, justify="right")
        for condition in found.conditions:
            cells = [in_percent(found.score(condition, source, k)) for k in (*KINDS, "all")]
            style = "bold" if condition == found.tuned else None
            table.add_row(found.label(condition), *cells, style=style)
        console.print(table)
    for line in found.stages:
        console.print(
            f"{line.stage}: {number(line.tokens)} tokens, {seconds(line.seconds)}, "
            f"{100 * line.accuracy.share:.1f} % right after it",
            highlight=False,
        )


def show_answer(answer: Answer) -> None:
    """The answer, then each cited rule in the document's words, then what is known to be right."""
    console = _console()
    if answer.chain:
        console.print(f"[dim]{escape(answer.chain)}[/]", highlight=False, soft_wrap=True)
    console.print(f"[bold]{escape(answer.text) or '(no answer)'}[/]", soft_wrap=True)
    for name, statement in answer.cited.items():
        words = (
            "[red]the document has no such rule[/]"
            if statement is None
            else escape(" ".join(statement.text.split()))
        )
        console.print(f"  {escape(f'[{name}]')} {words}", highlight=False, soft_wrap=True)
    if not answer.cited:
        console.print("  [dim]no rule cited[/]")
    if answer.reference is not None:
        known = answer.reference
        rules = " ".join(f"[{name}]" for name in known.statements)
        line = escape(f"{known.source}: {known.answer} {rules}".rstrip())
        console.print(f"  [green]{line}[/]", highlight=False, soft_wrap=True)
