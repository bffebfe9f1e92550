"""The forms in which a reference describes its workflows, and how it decides a partial case.

In: the circumstances a question states. Out: the dataclasses each reference module builds
``WORKFLOWS`` from, and ``decide``, which settles a case only some of whose circumstances are known.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

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


def decide(reference: Reference, stated: dict[str, Value]) -> str:
    """Return the outcome that the ``stated`` circumstances settle, whatever the others are.

    Raises ValueError when an argument is unknown, or the outcome depends on something unstated.
    """
    unknown = stated.keys() - reference.arguments.keys()
    if unknown:
        raise ValueError(f"{reference.heading}: no such arguments: {', '.join(sorted(unknown))}")
    open_names = [name for name in reference.arguments if name not in stated]
    domains = [reference.arguments[name].values for name in open_names]
    outcomes = {
        reference.function(**stated, **dict(zip(open_names, values, strict=True)))
        for values in product(*domains)
    }
    if len(outcomes) > 1:
        raise ValueError(
            f"{reference.heading}: {stated} leaves {', '.join(sorted(outcomes))} open; state more"
        )
    return outcomes.pop()
