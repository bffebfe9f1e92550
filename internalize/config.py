"""The configuration of a run: a preset, a YAML file and `--set stage.key=value`, checked.

In: the names and texts of the three. Out: a `Config`, one section per stage, or a `ConfigError`
that names the place (file and line, or `--set`), the key and the nearest right one.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from data.synthesize import SynthConfig
from parsers.endpoint import AssistConfig
from stages.cpt import CPTConfig
from stages.evaluate import EvalConfig
from stages.models import DEFAULT
from stages.rl import RLConfig
from stages.sft import SFTConfig

Key = tuple[str, ...]


class ConfigError(ValueError):
    """A setting that is unknown or cannot have the value it was given."""


class Config(BaseModel):
    """What a run does. A training stage with `enabled: false` is left out (for ablations)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = DEFAULT
    primer: bool = True
    """Whether training starts from the model's primer (`stages.primer`), where it has one."""
    seed: int = 0
    assist: AssistConfig = AssistConfig()
    synth: SynthConfig = SynthConfig()
    cpt: CPTConfig = CPTConfig()
    sft: SFTConfig = SFTConfig()
    rl: RLConfig = RLConfig()
    evaluate: EvalConfig = EvalConfig()

    def trained(self) -> tuple[str, ...]:
        """The training stages of this run, in order."""
        sections = {"cpt": self.cpt, "sft": self.sft, "rl": self.rl}
        return tuple(name for name, section in sections.items() if section.enabled)


def presets() -> dict[str, str]:
    """The shipped presets: name to YAML text."""
    files = (resources.files("internalize") / "presets").iterdir()
    return {
        file.name.removesuffix(".yaml"): file.read_text(encoding="utf-8")
        for file in sorted(files, key=lambda file: file.name)
        if file.name.endswith(".yaml")
    }


def load(
    preset: str = "cpu",
    file: Path | None = None,
    overrides: Mapping[str, Any] | None = None,
    fitting: Mapping[str, Any] | None = None,
) -> Config:
    """Put a preset, a user's file and overrides (dotted keys) together; the last one wins.

    Args:
        fitting: like overrides, but what suits the policy better than the preset: the user's file
            and overrides go before it.

    Raises:
        ConfigError: unknown preset or key, bad value, or a file that is not YAML.
        OSError: the file cannot be read.
    """
    known = presets()
    if preset not in known:
        raise ConfigError(f"unknown preset {preset!r}{_nearest(preset, known)}")
    settings = dict(_settings(known[preset], f"preset {preset}"))
    settings |= _given(fitting or {})
    if file is not None:
        settings |= _settings(file.read_text(encoding="utf-8"), str(file))
    return _build(settings | _given(overrides or {}))


def reload(values: Mapping[str, Any], source: str, overrides: Mapping[str, Any]) -> Config:
    """A resolved configuration read back from `source`, with overrides on top."""
    settings = _settings(yaml.safe_dump(dict(values)), source)
    return _build(settings | _given(overrides))


def parse_overrides(pairs: Sequence[str]) -> dict[str, Any]:
    """`["cpt.epochs=2", …]` as `{"cpt.epochs": 2, …}`; values are YAML.

    Raises:
        ConfigError: a pair has no `=` or its value is not YAML.
    """
    overrides: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise ConfigError(f"--set {pair}: write it as stage.key=value, e.g. cpt.epochs=2")
        try:
            overrides[key.strip()] = yaml.safe_load(value)
        except yaml.YAMLError as error:
            raise ConfigError(f"--set {pair}: the value is not YAML: {error}") from error
    return overrides


Settings = dict[Key, tuple[Any, str]]
"""Every single setting, with the place it comes from for messages."""


def _given(values: Mapping[str, Any]) -> Settings:
    """Values by dotted key."""
    return {tuple(key.split(".")): (value, f"--set {key}") for key, value in values.items()}


def _settings(text: str, source: str) -> Settings:
    """The leaves of a YAML mapping of mappings, each with its line."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise ConfigError(f"{source}: not YAML: {error}") from error
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise ConfigError(f"{source}:1: expected settings as `key: value`, one a line")

    def leaves(node: yaml.MappingNode, above: Key) -> Iterator[tuple[Key, tuple[Any, str]]]:
        for name, value in node.value:
            key = (*above, str(name.value))
            model = _model_at(key)
            # Only a mapping where the configuration has a section is one; others are values.
            if isinstance(value, yaml.MappingNode) and model is not None:
                yield from leaves(value, key)
            else:
                place = f"{source}:{name.start_mark.line + 1}"
                yield key, (_construct(value), place)

    return dict(leaves(root, ()))


def _construct(node: yaml.Node) -> Any:
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _build(settings: Settings) -> Config:
    tree: dict[str, Any] = {}
    for key, (value, place) in settings.items():
        _check(key, place)
        branch = tree
        for name in key[:-1]:
            branch = branch.setdefault(name, {})
        branch[key[-1]] = value
    try:
        return Config.model_validate(tree)
    except ValidationError as error:
        raise ConfigError("\n".join(_explain(settings, dict(e)) for e in error.errors())) from error


def _check(key: Key, place: str) -> None:
    """Refuse a key that the configuration does not have."""
    for depth, name in enumerate(key):
        model = _model_at(key[:depth])
        if model is None:
            raise ConfigError(f"{place}: {'.'.join(key[:depth])} has no settings under it")
        if name not in model.model_fields:
            above = ".".join(key[:depth])
            hint = _nearest(".".join(key), _all_keys()) if depth < len(key) - 1 else ""
            hint = hint or _nearest(name, model.model_fields, prefix=f"{above}." if above else "")
            hint = hint or _nearest(".".join(key), _all_keys())
            raise ConfigError(f"{place}: unknown setting {'.'.join(key[: depth + 1])!r}{hint}")
    if _model_at(key) is not None:
        fields = ", ".join(_model_at(key).model_fields)  # type: ignore[union-attr]
        raise ConfigError(f"{place}: {'.'.join(key)} is a section; it has the settings {fields}")


def _explain(settings: Settings, error: dict[str, Any]) -> str:
    names = tuple(str(part) for part in error["loc"])
    key = next((names[:n] for n in range(len(names), 0, -1) if names[:n] in settings), names)
    value, place = settings.get(key, (error.get("input"), "configuration"))
    return f"{place}: {'.'.join(key)} = {value!r}: {error['msg']}"


def _model_at(key: Key) -> type[BaseModel] | None:
    """The section that a key names; None if it names a single setting or nothing."""
    model: type[BaseModel] = Config
    for name in key:
        field = model.model_fields.get(name)
        annotation = None if field is None else field.annotation
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            return None
        model = annotation
    return model


@cache
def _all_keys() -> tuple[str, ...]:
    def keys(model: type[BaseModel], above: Key) -> Iterator[str]:
        for name in model.model_fields:
            key = (*above, name)
            section = _model_at(key)
            if section is None:
                yield ".".join(key)
            else:
                yield from keys(section, key)

    return tuple(keys(Config, ()))


def _nearest(name: str, known: Iterable[str], prefix: str = "") -> str:
    """`; did you mean …?`, or '' when nothing is near."""
    known = list(known)
    close = difflib.get_close_matches(name, known, n=1)
    if not close:  # the right word in the wrong section, or in none
        close = [key for key in known if key.rpartition(".")[2] == name.rpartition(".")[2]]
    return f"; did you mean {' or '.join(prefix + key for key in close)}?" if close else ""
