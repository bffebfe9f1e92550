"""Settings: every preset is valid, and a wrong one is named with its place and the right name."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")

from internalize.config import ConfigError, load, parse_overrides, presets, reload


@pytest.mark.parametrize("name", ["cpu", "gpu", "paper"])
def test_presets_are_valid_and_open_with_their_command(name: str) -> None:
    load(name)
    assert presets()[name].startswith(f"# internalize run POLICY --preset {name}")


def test_the_paper_preset_is_the_papers_table() -> None:
    config = load("paper")
    assert (config.cpt.epochs, config.cpt.learning_rate, config.cpt.batch_size) == (5, 1e-5, 128)
    assert (config.sft.epochs, config.sft.batch_size) == (5, 64)
    assert (config.rl.learning_rate, config.rl.variant) == (1e-6, "dapo")
    group = config.rl.policy_free + config.rl.policy_aware
    assert config.rl.batch_size == 32 * group
    assert config.rl.steps * 32 == 2 * config.synth.rl


def test_overrides_win_over_the_file_and_the_file_over_the_preset(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("seed: 3\nsft:\n  epochs: 4\n  batch_size: 8\n")
    config = load("gpu", file, {"sft.batch_size": 2})
    assert (config.seed, config.sft.epochs, config.sft.batch_size) == (3, 4, 2)
    assert config.sft.lora.r == 32  # still the preset's


def test_stages_can_be_left_out() -> None:
    assert load().trained() == ("cpt", "sft", "rl")
    assert load(overrides={"cpt.enabled": False, "rl.enabled": False}).trained() == ("sft",)


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("cpt.epoch", "did you mean cpt.epochs?"),
        ("ctp.epochs", "did you mean cpt.epochs?"),
        ("sed", "did you mean seed?"),
        ("cpt.lora.rank", "unknown setting 'cpt.lora.rank'"),
        ("variant", "did you mean rl.variant?"),
        ("cpt", "cpt is a section"),
        ("seed.value", "seed has no settings under it"),
    ],
)
def test_an_unknown_key_is_answered_with_the_nearest(key: str, hint: str) -> None:
    with pytest.raises(ConfigError, match="--set") as error:
        load(overrides={key: 1})
    assert hint in str(error.value)


def test_an_unknown_key_in_a_file_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("seed: 3\nsft:\n  epochs: 4\n  learning_rat: 1e-4\n")
    with pytest.raises(ConfigError) as error:
        load("cpu", file)
    assert str(error.value).startswith(f"{file}:4: unknown setting 'sft.learning_rat'")
    assert "did you mean sft.learning_rate?" in str(error.value)


def test_a_bad_value_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("cpt:\n  epochs: many\n")
    with pytest.raises(ConfigError, match=r"mine\.yaml:2: cpt.epochs = 'many': .*number"):
        load("cpu", file)


@pytest.mark.parametrize("text", ["- 1\n- 2\n", "just words", "a: [1"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=r"mine\.yaml"):
        load("cpu", file)


def test_an_unknown_preset_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean gpu"):
        load("gpuu")


def test_scientific_notation_is_a_number() -> None:
    assert load(overrides=parse_overrides(["cpt.learning_rate=1e-4"])).cpt.learning_rate == 1e-4


@pytest.mark.parametrize("pair", ["cpt.epochs", "=3", "a=[1"])
def test_a_malformed_override_is_refused(pair: str) -> None:
    with pytest.raises(ConfigError, match="--set"):
        parse_overrides([pair])


def test_a_resolved_configuration_reads_back_as_itself() -> None:
    config = load("paper", overrides={"seed": 7})
    values = config.model_dump(mode="json")
    assert reload(values, "run.yaml", {}) == config
    assert reload(values, "run.yaml", {"seed": 8}).seed == 8
