"""The shipped configurations of `accelerate launch`: each setting is one that accelerate knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

pytest.importorskip("torch")

from accelerate.commands import launch
from accelerate.utils import launch as environments

SHIPPED = Path(__file__).parents[2] / "internalize" / "presets" / "accelerate"


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.yaml")), ids=lambda file: file.stem)
def test_accelerate_reads_every_setting(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # It refuses these on a machine without an accelerator.
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    monkeypatch.setattr("accelerate.commands.launch.is_deepspeed_available", lambda: True)
    parser = launch.launch_command_parser()
    free_port = "--main_process_port=0"
    given = parser.parse_args(["--config_file", str(file), free_port, "-m", "internalize"])
    settings: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    nested = settings.get("fsdp_config") or settings["deepspeed_config"]
    assert nested.keys() <= vars(given).keys()
    args, _, _ = launch._validate_launch_command(given)
    for name, value in nested.items():
        told = getattr(args, name)
        assert str(told).lower() == str(value).lower(), name
    assert args.num_processes == settings["num_processes"]
    assert args.num_machines == settings["num_machines"]
    assert args.mixed_precision == "bf16"
    if args.use_fsdp:
        env = environments.prepare_multi_gpu_env(args)
        assert env["ACCELERATE_USE_FSDP"] == "true" and env["FSDP_VERSION"] == "2"
    else:
        args.deepspeed_fields_from_accelerate_config = ",".join(nested)  # as `launch_command` does
        _, env = environments.prepare_deepspeed_cmd_env(args)
        assert env["ACCELERATE_DEEPSPEED_ZERO_STAGE"] == "3"
    header = file.read_text(encoding="utf-8").partition("compute_environment")[0]
    assert f"presets/accelerate/{file.name}" in header and "Not run" in header


def test_one_and_many_nodes_of_both_kinds_are_shipped() -> None:
    names = {file.stem for file in SHIPPED.glob("*.yaml")}
    assert names == {"fsdp2", "fsdp2-nodes", "zero3", "zero3-nodes"}
