"""The pictures of a run: those that the policy shows, and those that questions are asked on.

In: the policy's file, and a folder: the policy's own, or one that is named. Questions are
`train.jsonl` and `test.jsonl` there (`data.asked`); or, where there are none, they are made of
scene graphs in CLEVR's layout (`data.clevr.graphs`). Out: an `Album`, all of it checked, which puts
itself into the run folder, so that this needs no other:

    pictures/                        the files, each named by its content
    policy/pictures.json             the policy's own: name in the document → file
    policy/train.jsonl, test.jsonl   the questions, on those files

Paths are from `policy/`, and so from `data/` too. Without questions, a run has pictures only if one
of the policy's stands in a statement: others are no part of what it says.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from data import asked
from data.asked import Asked, Pictured
from data.clevr import graphs
from data.clevr.files import SPLITS, Split
from data.prompts import Pictures
from data.samples import Pictured as Sample
from data.samples import lines
from data.synthesize import SynthConfig
from internalize import folder
from internalize.folder import RunError
from parsers.places import Places
from parsers.reading import source
from parsers.spec import PolicySpec
from stages.models import VISUAL_DEFAULT

FITTING = {"model": VISUAL_DEFAULT, "cpt.max_length": 8192}
"""What a run with pictures has where the user sets nothing else: a model that sees, and room for
sequences that begin with the whole policy."""
STORE = "pictures"
NAMES = "pictures.json"
_DIGITS = 16
"""Of a picture's sha256 in its name."""
_STORED = re.compile(rf"[0-9a-f]{{{_DIGITS}}}")


@dataclass
class Album:
    """`files`: where each of the pictures is now, by its name in the run folder's store."""

    pictured: Pictured = field(default_factory=Pictured)
    files: dict[str, Path] = field(default_factory=dict)

    def keep(self, run: Path) -> None:
        """Put everything into the run folder, in place of what an earlier album put there."""
        home, store = run / "policy", run / STORE
        for path in store.glob("*"):
            if _STORED.fullmatch(path.stem) and path.name not in self.files:
                path.unlink()
        for name, path in self.files.items():
            _copy(path, store / name)
        contents = {
            f"{split}.jsonl": "".join(lines(getattr(self.pictured, split))) for split in SPLITS
        }
        own = dict(self.pictured.policy)
        contents[NAMES] = f"{json.dumps(own, indent=1, ensure_ascii=False)}\n" if own else ""
        for name, content in contents.items():
            if content:
                folder.write_text(home / name, content)
            else:
                (home / name).unlink(missing_ok=True)


def find(
    policy: Path, spec: PolicySpec, given: Path | None, config: SynthConfig, seed: int, run: Path
) -> Album:
    """The pictures of a policy.

    Args:
        given: the folder with the questions or scene graphs; the policy's own when None, which
            need not have any.
        run: the run folder; pictures that it has already are not looked at again.

    Raises:
        RunError: a picture is missing or cannot be read, or a question is not what it should be;
            the message names file and line.
        data.generated.SettingError: there are scene graphs, and they cannot be used.
    """
    home = given or policy.parent
    questions = _questions(home, policy, spec, config, seed)
    if given is not None and not questions:
        raise RunError(
            f"{given}: neither questions on pictures (train.jsonl, with 'image', 'question', "
            "'chain' and 'answer') nor scene graphs (scenes/CLEVR_*_scenes.json) are there"
        )
    own = _shown(policy, spec)
    stated = {image.source for statement in spec.statements for image in statement.images}
    if not questions and not any(
        name in stated and file.is_file() for name, (file, _) in own.items()
    ):
        return Album()
    album = Album()

    def take(path: Path, place: str) -> str:
        """A picture's path from `policy/` and `data/`."""
        if not path.is_file():
            raise RunError(f"{place}: the picture {path} is missing; put it there")
        name = stored_name(path)
        if name not in album.files and not (run / STORE / name).exists():
            check_readable(path, place)
        album.files[name] = path
        return f"../{STORE}/{name}"

    names = {name: take(path, place) for name, (path, place) in own.items()}
    taken = {
        split: tuple(it.on(take(home / it.image, place)) for place, it in those)
        for split, those in questions.items()
    }
    album.pictured = Pictured(names, **taken)
    return album


def load(run: Path) -> Pictured:
    """What the run folder has of pictures."""
    questions = {
        split: tuple(it for _, it in asked.read(file))
        for split in SPLITS
        if (file := run / "policy" / f"{split}.jsonl").exists()
    }
    return Pictured(_names(run), **questions)


def of_policy(run: Path) -> Pictures:
    """The files of the policy's pictures, by the names that they have in the document."""
    return {name: run / "policy" / path for name, path in _names(run).items()}


def stored_name(path: Path) -> str:
    """What a picture is called in the store: by its content."""
    return f"{_content(path)[:_DIGITS]}{path.suffix.lower()}"


def digest(paths: Iterable[Path]) -> str:
    """What identifies pictures: their names and contents."""
    listing = "".join(f"{path.name} {_content(path)}\n" for path in sorted(set(paths)))
    return folder.digest_text(listing)


def of_samples(file: Path, samples: Iterable[Sample]) -> list[Path]:
    """The pictures that a data file shows.

    Raises:
        RunError: one is missing or, if it was put there by hand, cannot be read.
    """
    found: dict[Path, None] = {}
    for line, sample in enumerate(samples, 1):
        for path in sample.pictures(file.parent).values():
            if path in found:
                continue
            if not path.is_file():
                raise RunError(f"{file}:{line}: the picture {path} is missing; put it there")
            if stored_name(path) != path.name:
                check_readable(path, f"{file}:{line}")
            found[path] = None
    return list(found)


def check_readable(path: Path, place: str) -> None:
    """Raises RunError, naming the place that asks for it, if this is no whole picture."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            picture.load()
    except (OSError, SyntaxError, ValueError, UnidentifiedImageError) as error:
        raise RunError(f"{place}: the picture {path} cannot be read: {error}") from error


# --- inside ---------------------------------------------------------------------------------


def _questions(
    home: Path, policy: Path, spec: PolicySpec, config: SynthConfig, seed: int
) -> dict[str, list[tuple[str, Asked]]]:
    """Of each split, with the places they come from; none if there are none."""
    if asked.has_questions(home / "train.jsonl"):
        return {split: _asked(home / f"{split}.jsonl", spec, split == "train") for split in SPLITS}
    if graphs.has_scenes(home):
        counts: dict[Split, int] = {"train": config.sft + config.rl, "test": config.eval_complex}
        reference = policy.with_name("reference.json")
        made = graphs.from_scenes(spec, home, reference, counts, seed)
        return {split: [(str(home), it) for it in those] for split, those in made.items()}
    return {}


def _asked(file: Path, spec: PolicySpec, trained: bool) -> list[tuple[str, Asked]]:
    """The questions of a file that are about this policy."""
    if not file.exists():
        raise RunError(f"{file}: missing; hold some of the questions in train.jsonl back for it")
    try:
        those = asked.read(file, trained)
    except ValueError as error:
        raise RunError(str(error)) from error
    name = spec.document.name
    own = [
        (f"{file}:{line}", it)
        for line, it in those
        if not it.policy or it.policy.casefold() == name.casefold()
    ]
    if not own:
        others = sorted({it.policy for _, it in those})
        raise RunError(f"{file}: no question is about the policy {name!r}, but about {others}")
    return own


def _shown(policy: Path, spec: PolicySpec) -> dict[str, tuple[Path, str]]:
    """The document's pictures that are files, by name; each with the place that shows it.

    Not those at addresses, embedded ones, and those inside a Word file or PDF.
    """
    own = [i for i in spec.document.images if ":" not in i.source and "embedded-" not in i.source]
    if not own or not source(policy):
        return {}
    places = Places(spec.document, policy)
    return {
        image.source: (
            policy.parent / unquote(image.source),
            "{}:{}".format(*places.find(image.span)),
        )
        for image in own
    }


def _names(run: Path) -> dict[str, str]:
    """Of the policy's pictures: their paths from `policy/` by their names in the document."""
    file = run / "policy" / NAMES
    return json.loads(file.read_bytes()) if file.exists() else {}


def _content(path: Path) -> str:
    found = path.stat()
    return _digest(path, found.st_size, found.st_mtime_ns)


@cache
def _digest(path: Path, size: int, changed: int) -> str:
    """The sha256 of a file as long as it is as it was."""
    return folder.digest(path)


def _copy(path: Path, to: Path) -> None:
    """A file of the same content, whole or not at all."""
    if to.exists() and _content(to) == _content(path):
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    beside = to.with_name(f".{to.name}.partial")
    try:
        shutil.copyfile(path, beside)
        beside.replace(to)
    finally:
        beside.unlink(missing_ok=True)
