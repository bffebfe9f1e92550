"""internalize: train a model to follow a policy document without it in the prompt.

    import internalize
    run = internalize.run("policy.md", model="SmolLM2-135M-Instruct")
    print(run.results.score("rl", "generated", "complex"))

Names are imported when they are first used, so that importing the package needs no torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from internalize.config import Config, ConfigError
    from internalize.folder import RunError
    from internalize.pipeline import Event, Run, run

__all__ = ["Config", "ConfigError", "Event", "Run", "RunError", "run"]

_HOMES = {
    "Config": "config",
    "ConfigError": "config",
    "Event": "pipeline",
    "Run": "pipeline",
    "RunError": "folder",
    "run": "pipeline",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
