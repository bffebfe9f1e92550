"""From a policy document to a checkpoint and its report: the stages joined up in a run folder.

In: a document, a model, a configuration, and the run folder, which may hold earlier or unfinished
work. Out: a `Run`, whose folder is laid out as

    run.yaml policy/ pictures/ data/ cpt/ sft/ rl/ checkpoint/ evaluation/ report.html

Each stage is done once per plan (`folder.Plan`), so that calling `run` again does only what has
changed, and calling it after a kill goes on where it stopped. Parsing and the report are always
done again: they take a moment and depend on nothing but what is in the folder. Under `accelerate
launch` all processes train; what is not training the main one does, while the others wait.
"""

from __future__ import annotations

import gc
import json
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import yaml

from internalize import album, evaluation, files, folder, report
from internalize.config import Config, ConfigError, load, reload
from internalize.files import DATA, INPUTS, beside, check_questions
from internalize.folder import Plan, RunError
from internalize.results import Results
from internalize.writing import assistant, writer
from parsers import override_file, parse
from parsers.spec import PolicySpec
from stages.models import VISUAL_DEFAULT, primer, sees
from stages.processes import ALONE, Crew, crew

WEIGHTS = "*.safetensors"
VERSIONED = (
    "internalize",
    "torch",
    "transformers",
    "trl",
    "peft",
    "accelerate",
    "datasets",
    "spacy",
)


@dataclass(frozen=True)
class Event:
    """Something to tell whoever watches: a stage starts, moves, ends, or is kept as it is."""

    stage: str
    state: Literal["start", "step", "done", "kept"]
    done: int = 0
    total: int = 0
    metrics: Mapping[str, Any] = field(default_factory=dict)


OnEvent = Callable[[Event], None]


def run(
    policy: Path | str,
    model: str | None = None,
    run: Path | str | None = None,
    preset: str = "cpu",
    overrides: Mapping[str, Any] | None = None,
    config: Path | None = None,
    on_event: OnEvent | None = None,
    corrections: Path | None = None,
    pictures: Path | None = None,
) -> Run:
    """Internalize a policy: every stage, then the checkpoint and the report.

    Args:
        policy: the document (Markdown, text, HTML, Word or PDF). Questions in `NAME.questions.yaml`
            beside it are evaluated as the hand-written set.
        model: Hugging Face id or path; overrides the configuration's.
        run: the run folder; `runs/NAME` by default.
        overrides: settings by dotted key, e.g. `{"cpt.epochs": 2}`.
        config: a YAML file of settings over the preset's.
        corrections: a YAML file of corrections of the parse; `NAME.overrides.yaml` beside the
            document, if there is one, when None.
        pictures: a folder of pictures with questions or scene graphs (`internalize.album`); the
            document's own, if it has any, when None.

    Raises:
        ConfigError, PolicyError, RunError, SettingError, ModelError: what was given cannot be
            used; nothing has been written.
        EndpointError: the assistant's endpoint cannot be used; the same call goes on from there.
        OSError: a file or folder cannot be read or written.
    """
    it = Run.start(
        Path(policy), model, run, preset, overrides, config, on_event, corrections, pictures
    )
    hands = crew()
    hands.wait()  # until all have looked at the folder, which changes from here on
    with ExitStack() as held:

        def make_data() -> PolicySpec:
            held.enter_context(folder.locked(it.path))
            it.prepare()
            it.synth()
            return it.spec

        def use_weights() -> None:
            it.evaluate()
            if it.adapter is not None:
                it.export()
            it.report()

        it.spec = hands.from_main(make_data)
        for stage in it.config.trained():
            it.train(stage)
        hands.from_main(use_weights)
    return it


class Run:
    """A run folder and what can be done in it, one method a stage."""

    def __init__(
        self,
        path: Path,
        config: Config,
        spec: PolicySpec,
        source: Path,
        on_event: OnEvent | None = None,
    ) -> None:
        self.path = path
        self.config = config
        self.spec = spec
        self.source = source
        self._tell = on_event if on_event and crew().is_main else lambda event: None
        self.corrections = override_file.beside(source)
        self.pictures: Path | None = None
        self.album: album.Album | None = None
        """What the run folder is to have of pictures; None for what it has."""
        self._model_digest: str | None = None

    # --- opening ------------------------------------------------------------------------------

    @classmethod
    def start(
        cls,
        policy: Path,
        model: str | None = None,
        path: Path | str | None = None,
        preset: str = "cpu",
        overrides: Mapping[str, Any] | None = None,
        config: Path | None = None,
        on_event: OnEvent | None = None,
        corrections: Path | None = None,
        pictures: Path | None = None,
    ) -> Run:
        """Check all that is given, and write nothing yet."""
        settings = dict(overrides or {})
        if model is not None:
            settings["model"] = model
        resolved = load(preset, config, settings)
        spec = parse(policy, overrides=corrections)
        path = Path("runs") / policy.stem if path is None else Path(path)
        earlier = path / "policy" / "spec.json"
        if earlier.exists():
            name = PolicySpec.model_validate_json(earlier.read_bytes()).document.name
            if name != spec.document.name:
                raise RunError(
                    f"{path}: holds a run of the policy {name!r}, not {spec.document.name!r}; "
                    "choose another run folder or delete this one"
                )
        elif path.is_dir() and any(entry.name != ".lock" for entry in path.iterdir()):
            raise RunError(f"{path}: is not empty and not a run; choose another run folder")
        it = cls(path, resolved, spec, policy, on_event)
        it.corrections = corrections or override_file.beside(policy)
        it.pictures = pictures
        if policy.parent != path / "policy":
            it.album = crew().from_main(it._find_pictures)
            if it.album.pictured:
                it.config = load(preset, config, settings, album.FITTING)
                if not crew().from_main(it._takes_pictures):
                    it.config, it.album = resolved, album.Album()
        crew().from_main(it.model_digest)
        if (questions := beside(policy)).exists():
            check_questions(questions)
        return it

    @classmethod
    def open(
        cls,
        path: Path | str,
        overrides: Mapping[str, Any] | None = None,
        on_event: OnEvent | None = None,
    ) -> Run:
        """A run folder that is there already, with the configuration it was made with.

        Raises:
            RunError: the folder is not a run.
            ConfigError: an override, or the folder's `run.yaml`, is not valid.
        """
        path = Path(path)
        try:
            saved = yaml.safe_load((path / "run.yaml").read_text(encoding="utf-8"))
            spec = PolicySpec.model_validate_json((path / "policy" / "spec.json").read_bytes())
            values, source = saved["config"], path / "policy" / saved["policy"]
        except (FileNotFoundError, NotADirectoryError) as error:
            raise RunError(
                f"{path}: not a run folder ({error.filename} is missing); "
                "`internalize run POLICY --run ...` makes one"
            ) from error
        except (ValueError, KeyError, TypeError, yaml.YAMLError) as error:
            raise RunError(f"{path}: run.yaml or policy/spec.json is damaged: {error}") from error
        config = reload(values, f"{path / 'run.yaml'} (config)", overrides or {})
        return cls(path, config, spec, source, on_event)

    # --- stages -------------------------------------------------------------------------------

    def prepare(self) -> None:
        """Write `policy/` and `run.yaml`: what this run is about and how it is made."""
        home = self.path / "policy"
        if self.source.parent != home:
            folder.write_bytes(home / self.source.name, self.source.read_bytes())
            if (questions := beside(self.source)).exists():
                folder.write_bytes(home / "questions.yaml", questions.read_bytes())
            else:
                (home / "questions.yaml").unlink(missing_ok=True)
            by_hand = override_file.beside(home / self.source.name)
            if self.corrections.exists():
                folder.write_bytes(by_hand, self.corrections.read_bytes())
            else:
                by_hand.unlink(missing_ok=True)
        if self.config.assist.source != "none":
            if not (home / "spec.json").exists():
                self._save_spec(home)  # by which a call that is cut short knows its folder again
            self.spec = self._assisted(home / "proposals.jsonl")
            if self.album is not None and self.album.pictured:
                self.album = self._find_pictures()  # scene graphs are decided by what was read
        self._save_spec(home)
        if self.album is not None:
            self.album.keep(self.path)
        self.save_settings()
        self._tell(Event("parse", "done", metrics=_counts(self.spec)))

    def synth(self) -> dict[str, int]:
        """Make the data of all stages. Returns the number of samples in each file."""
        from data.synthesize import synthesize

        pictured = album.load(self.path)
        inputs = {"spec": folder.digest(self.path / "policy" / "spec.json")}
        if pictured:
            inputs["pictures"] = folder.digest_text(repr(pictured))
        plan = Plan(
            stage="synth",
            inputs=inputs,
            config=self.config.synth.model_dump(mode="json"),
            seed=self.config.seed,
        )
        out = self.path / "data"

        def work() -> dict[str, int]:
            on_progress = self.on_step("synth")
            return synthesize(
                self.spec,
                self.config.synth,
                self.config.seed,
                out,
                on_progress,
                writer(self.config.model, self.config.evaluate)
                if self.config.synth.teacher.source == "model"
                else None,
                pictured,
            )

        return self.once("synth", out, plan, DATA, work)

    def train(self, stage: str) -> dict[str, Any]:
        """Train one of cpt, sft and rl on what the stage before it left. Returns its summary.

        All processes take part.

        Raises:
            RunError: the data or the parent's weights are not there.
        """
        data, out, seed = self.path / "data", self.path / stage, self.config.seed
        section, hands = getattr(self.config, stage), crew()
        parent, plan = hands.from_main(lambda: self._planned(stage))

        def work() -> dict[str, Any]:
            model, on_step = self.config.model, self.on_step(stage)
            name = self.spec.identifier
            if stage == "cpt":
                from stages import cpt

                return cpt.train(model, parent, data / "cpt.jsonl", out, section, seed, on_step)
            if stage == "sft":
                from stages import sft

                chats, practice, texts = (data / f"{file}.jsonl" for file in INPUTS[stage])
                given = (model, parent, chats, practice, texts, name, out, section, seed)
                return sft.train(*given, on_step)
            from stages import rl

            given = (model, parent, data / "rl.jsonl", self.document, name, out, section, seed)
            return rl.train(*given, on_step, policy_images=album.of_policy(self.path))

        return self.once(stage, out, plan, (), work, weights=True, hands=hands)

    def evaluate(self) -> Results:
        """Evaluate every condition and write `evaluation/results.json`.

        Raises:
            RunError: the data, or the weights of a stage, are not there.
        """
        return evaluation.evaluate(self)

    def export(self) -> Path:
        """Write `checkpoint/`: the adapter, the merged weights, the chat template, the card.

        Raises:
            RunError: there is nothing trained or nothing evaluated to export.
        """
        from internalize.export import export

        if self.adapter is None:
            raise RunError(f"{self.path}: no stage is enabled, so there is no checkpoint to export")
        self.require(self.adapter.name)
        weights, out, found = self.adapter, self.path / "checkpoint", self.results
        evidence = self.path / "evaluation" / "results.json"
        plan = Plan(
            stage="export",
            inputs={
                "model": self.model_digest(),
                "spec.json": folder.digest(self.path / "policy" / "spec.json"),
                "results.json": folder.digest(evidence),
            },
            parent=folder.digest(self.adapter),
        )

        def work() -> dict[str, Any]:
            for left in self.path.glob(".checkpoint.*"):  # by a kill
                shutil.rmtree(left)
            card = {"Results": report.markdown_table(found)}
            export(self.config.model, weights, self.spec, out, card)
            return {}

        # The record stands beside: the checkpoint is what the user takes away, and replaced whole.
        done = ("../checkpoint/merged/config.json", "../checkpoint/README.md")
        self.once("export", self.path / ".export", plan, done, work)
        return out

    def report(self) -> Path:
        """Render `report.html` from what the folder holds."""
        path = self.path / "report.html"
        folder.write_text(path, report.render(self.path, self.spec))
        return path

    # --- what is in the folder ----------------------------------------------------------------

    @property
    def results(self) -> Results:
        """The evaluation's results.

        Raises:
            RunError: nothing has been evaluated yet.
        """
        return report.load_results(self.path)

    @property
    def adapter(self) -> Path | None:
        """The folder of the last stage's weights; None when no stage is to be trained."""
        trained = self.config.trained()
        return self.path / trained[-1] if trained else None

    def model_digest(self) -> str:
        """What identifies the base model: the content of its weights.

        Raises:
            stages.models.ModelError: no such model.
        """
        if self._model_digest is None:
            from stages.models import resolve

            self._model_digest = folder.digest(resolve(self.config.model))
        return self._model_digest

    @property
    def document(self) -> str:
        """The policy's text."""
        return self.spec.document.text

    # --- inside -------------------------------------------------------------------------------

    def _find_pictures(self) -> album.Album:
        """The pictures of the policy and of its questions, if there are any."""
        config = self.config
        return album.find(
            self.source, self.spec, self.pictures, config.synth, config.seed, self.path
        )

    def _takes_pictures(self) -> bool:
        """Whether the model sees; to one that does not, the policy's pictures are their names.

        Raises:
            RunError: it does not, and there are questions on pictures.
        """
        seeing = sees(self.config.model)
        if not seeing and self.album is not None and self.album.pictured.train:
            raise RunError(
                f"{self.config.model} reads text alone, and there are questions on pictures; give "
                f"an image-text-to-text model, or none for the default, {VISUAL_DEFAULT}"
            )
        return seeing

    def _assisted(self, file: Path) -> PolicySpec:
        """The specification with the help of the configured model, whose replies go to the file."""
        self._tell(Event("parse", "start"))
        config, by_hand = self.config.assist, self.corrections
        helper = assistant(config, self.config.model, file, self.on_step("parse"))
        return parse(self.source, None, by_hand if by_hand.exists() else None, helper)

    def _save_spec(self, home: Path) -> None:
        spec = self.spec
        folder.write_text(home / "policy.md", spec.document.text)
        folder.write_text(home / "spec.json", spec.model_dump_json(indent=2) + "\n")
        diagnostics = [diagnostic.model_dump(mode="json") for diagnostic in spec.diagnostics]
        folder.write_text(home / "diagnostics.json", json.dumps(diagnostics, indent=2) + "\n")

    def once(
        self,
        stage: str,
        out: Path,
        plan: Plan,
        outputs: tuple[str, ...],
        work: Callable[[], Mapping[str, Any]],
        weights: bool = False,
        hands: Crew = ALONE,
    ) -> dict[str, Any]:
        """Do the work unless it has been done under the same plan; return its summary.

        Several `hands` do it together, and their main process keeps the folder.
        """

        def done() -> folder.Record | None:
            whole = not weights or any(out.glob(WEIGHTS))
            return folder.finished(out, plan, outputs) if whole else None

        record = hands.from_main(done)
        if record is not None:
            self._tell(Event(stage, "kept", metrics=record.summary))
            return record.summary
        self._tell(Event(stage, "start"))
        hands.from_main(lambda: folder.begin(out, plan))
        summary = dict(work())
        gc.collect()  # a trainer holds its model in reference cycles; the next stage needs the room
        summary = hands.from_main(lambda: folder.finish(out, plan, summary)).summary
        self._tell(Event(stage, "done", metrics=summary))
        return summary

    def on_step(self, stage: str) -> Callable[..., None]:
        """What tells whoever watches of each step of the stage."""

        def on_step(done: int, total: int, metrics: Mapping[str, Any] | None = None) -> None:
            self._tell(Event(stage, "step", done, total, metrics or {}))

        return on_step

    def _planned(self, stage: str) -> tuple[Path | None, Plan]:
        """The parent of a training stage, and all that its result depends on."""
        parent = self._parent(stage)
        inputs = {
            key: value
            for name in INPUTS[stage]
            for key, value in files.digests(self.path, name).items()
        }
        if stage != "cpt":
            inputs["identifier"] = folder.digest_text(self.spec.identifier)
        if stage == "rl":
            inputs |= self.policy_inputs()
        return parent, Plan(
            stage=stage,
            inputs={"model": self.model_digest(), **inputs},
            config=getattr(self.config, stage).model_dump(mode="json"),
            parent=None if parent is None else folder.digest(parent),
            seed=self.config.seed,
        )

    def _parent(self, stage: str) -> Path | None:
        trained = self.config.trained()
        if stage not in trained:
            raise ConfigError(
                f"{stage}.enabled is false in this run; add --set {stage}.enabled=true"
            )
        before = trained[: trained.index(stage)]
        if not before:
            section = getattr(self.config, stage)
            primed = self.config.primer and section.method == "lora"
            return primer(self.config.model, section.lora) if primed else None
        self.require(before[-1])
        return self.path / before[-1]

    def require(self, stage: str) -> None:
        """Raises RunError when the stage is not finished."""
        record = folder.read_record(self.path / stage)
        if record is None or not record.done:
            raise RunError(
                f"{self.path}: {stage} is not finished; do `internalize {stage} {self.path}` "
                f"first, or leave it out with --set {stage}.enabled=false"
            )

    def policy_inputs(self) -> dict[str, str]:
        """The policy as prompts have it."""
        shown = album.of_policy(self.path).values()
        pictures = {"pictures of the policy": album.digest(shown)} if shown else {}
        return {"policy": folder.digest_text(self.document), **pictures}

    def save_settings(self) -> None:
        by_hand = override_file.beside(self.path / "policy" / self.source.name)
        settings = {
            "policy": self.source.name,
            "identifier": self.spec.identifier,
            "overrides": folder.digest(by_hand) if by_hand.exists() else None,
            "config": self.config.model_dump(mode="json"),
            "versions": _versions(),
        }
        text = yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
        folder.write_text(self.path / "run.yaml", text)


def _counts(spec: PolicySpec) -> dict[str, int]:
    return {
        "statements": len(spec.statements),
        "workflows": len(spec.workflows),
        "doubtful": len(spec.doubtful),
        "diagnostics": len(spec.diagnostics),
    }


def _versions() -> dict[str, str]:
    """Of Python, and of the packages that decide what comes out."""
    found = {"python": sys.version.split()[0]}
    for package in VERSIONED:
        with suppress(metadata.PackageNotFoundError):
            found[package] = metadata.version(package)
    return found
