"""The assisted parse with models of flesh and blood: behind a real server, and loaded here."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from internalize.cli import app
from internalize.pipeline import Run
from internalize.writing import assistant, writer
from parsers import PolicySpec, parse
from parsers.assist import ATTEMPTS, MAX_TOKENS, in_doubt
from parsers.endpoint import AssistConfig
from parsers.proposals import prompt
from stages.evaluate import EvalConfig

POLICY = """# Parcel desk

The desk is in Hall B.

Never hand a parcel to a child unless a parent is there.
"""
PATIENCE = 120.0
"""Seconds that the server may take to start."""


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    path = tmp_path / "desk.md"
    path.write_text(POLICY, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def served(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of `transformers serve` with the tiny model; needs the packages of the dev extra."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", str(tiny_model),
               "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]  # fmt: skip
    log = tmp_path_factory.mktemp("serve") / "log"
    with log.open("w") as output:
        server = subprocess.Popen(
            command, stdout=output, stderr=output, env=os.environ | {"HF_HUB_OFFLINE": "1"}
        )
        try:
            until = time.monotonic() + PATIENCE
            while not _is_up(url):
                assert server.poll() is None and time.monotonic() < until, log.read_text()
                time.sleep(0.2)
            yield f"{url}/v1"
        finally:
            server.terminate()
            server.wait()


def _is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health").is_success
    except httpx.TransportError:
        return False


def replies(file: Path) -> list[list[str]]:
    return [json.loads(line)["replies"] for line in file.read_text("utf-8").splitlines()]


def test_a_real_transformers_serve(served: str, tiny_model: Path, desk: Path) -> None:
    """What a random model says is no proposal; that it was asked and heard is the point."""
    file = desk.with_name("proposals.jsonl")
    config = AssistConfig(source="endpoint", base_url=served, model=str(tiny_model))
    spec = parse(desk, assistant=assistant(config, "", file))
    (name,) = in_doubt(parse(desk))
    told = spec.diagnostics[-1]
    assert (told.kind, told.statements) == ("assisted", (name,))
    assert f"[{name}] what {tiny_model} proposes is not taken: " in told.message
    assert [len(said) for said in replies(file)] == [1, 2, ATTEMPTS]
    local = writer(str(tiny_model), EvalConfig(max_new_tokens=MAX_TOKENS))
    (said,) = local([prompt(spec.statement(name), parse(desk))])
    assert replies(file)[0][0] == said  # what the same model says without a server
    gone = config.model_copy(update={"base_url": "http://127.0.0.1:9/v1"})
    assert parse(desk, assistant=assistant(gone, "", file)) == spec  # from what was kept


def test_parse_with_a_model_loaded_here(tiny_model: Path, desk: Path) -> None:
    file = desk.with_name("proposals.jsonl")
    command = ["parse", str(desk), "--assist", str(tiny_model), "--proposals", str(file)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    spec = PolicySpec.model_validate_json(result.stdout)
    assert spec.diagnostics[-1].kind == "assisted" and "not taken" in result.stderr
    assert len(replies(file)[-1]) == ATTEMPTS


def test_an_endpoint_that_is_not_there_is_one_message(desk: Path) -> None:
    result = CliRunner().invoke(app, ["parse", str(desk), "--assist", "http://127.0.0.1:9/v1"])
    assert result.exit_code == 2 and result.stdout == ""
    assert result.stderr.count("\n") == 1 and "is the server running" in result.stderr


def test_a_run_keeps_the_replies_and_the_verdicts(
    tiny_model: Path, desk: Path, quick: dict[str, Any], tmp_path: Path
) -> None:
    folder, settings = tmp_path / "run", quick | {"assist.source": "model"}

    def prepared() -> PolicySpec:
        run = Run.start(desk, str(tiny_model), folder, overrides=settings)
        run.prepare()
        return Run.open(folder).spec

    spec = prepared()
    assert [d.kind for d in spec.diagnostics] == ["assisted"]
    diagnostics = json.loads((folder / "policy" / "diagnostics.json").read_text("utf-8"))
    assert diagnostics[0]["message"] == spec.diagnostics[0].message
    kept = (folder / "policy" / "proposals.jsonl").read_bytes()
    assert prepared() == spec
    assert (folder / "policy" / "proposals.jsonl").read_bytes() == kept
