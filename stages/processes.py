"""The processes of one run, as `accelerate launch` or `torchrun` starts them.

In: the environment that the launcher set. Out: the `Crew`. The main process alone does what is not
training and writes all files; the others wait for it over a process group of their own (gloo, with
no limit of time that an evaluation could reach), so that a fault in training is still noticed by
the training's own group. On several nodes the run folder must lie on a file system that all share.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Crew:
    """This process among those of the run; by default the only one."""

    index: int = 0
    size: int = 1
    group: Any = None

    @property
    def is_main(self) -> bool:
        return self.index == 0

    def from_main(self, work: Callable[[], T]) -> T:
        """What `work` gives, done by the main process while the others wait for the result.

        Raises:
            SystemExit: in the others, where it failed in the main process.
        """
        if self.size == 1:
            return work()
        from torch import distributed

        outcome: list[Any] = [None, True]
        failure = None
        if self.is_main:
            try:
                outcome = [work(), False]
            except BaseException as error:  # the others must not wait for ever
                failure = error
        distributed.broadcast_object_list(outcome, src=0, group=self.group)
        if failure is not None:
            raise failure
        result, failed = outcome
        if failed:
            raise SystemExit(1)
        return result

    def wait(self) -> None:
        """Until all processes are here."""
        if self.size > 1:
            from torch import distributed

            distributed.barrier(group=self.group)


ALONE = Crew()


@cache
def crew() -> Crew:
    """The processes that the launcher started; each has its device after the first call."""
    if int(os.environ.get("WORLD_SIZE", "1")) < 2:
        return ALONE
    import torch
    from accelerate import PartialState

    state = PartialState(cpu=not torch.cuda.is_available())
    group = torch.distributed.new_group(backend="gloo", timeout=timedelta(days=30))
    return Crew(state.process_index, state.num_processes, group)


def goes_on_alone() -> bool:
    """Whether this is the main process, which from here on is the only one; the others end."""
    if "WORLD_SIZE" in os.environ:
        os.environ["WORLD_SIZE"] = "1"
    return os.environ.get("RANK", "0") == "0"


def is_sharded() -> bool:
    """Whether the model's weights are spread over the processes (FSDP, or DeepSpeed's ZeRO)."""
    kinds = ("ACCELERATE_USE_FSDP", "ACCELERATE_USE_DEEPSPEED")
    return any(os.environ.get(kind, "false").lower() == "true" for kind in kinds)
