"""The forms in which a reference describes its workflows.

In: nothing. Out: the dataclasses from which each reference module builds its ``WORKFLOWS``.
"""

from collections.abc import Callable
from dataclasses import dataclass

Value = bool | int | str


@dataclass(frozen=True)
class Argument:
    """One circumstance of a workflow.

    ``phrases`` maps a value to the words the document uses for it; for a number, whose values have
    no words of their own, the single key is ``"*"``. ``values`` is the domain; for a number it
    holds values on, just below and just above every threshold.
    """

    phrases: dict[Value, str]
    values: tuple[Value, ...]
    unit: str = ""


@dataclass(frozen=True)
class Reference:
    """One workflow: its function, its heading, its arguments, and each outcome's words."""

    function: Callable[..., str]
    heading: str
    arguments: dict[str, Argument]
    outcomes: dict[str, str]
