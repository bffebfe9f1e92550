"""The file of corrections beside a policy, `NAME.overrides.yaml`, read and checked.

In: YAML of the form below. Out: `Overrides`, which know the line of every key for messages. Every
correction names the text that it is for, whole or by the sha256 of its words, so that it is never
applied to a text that has changed.

    variables:
      frequent_flyer: {type: boolean, label: the customer flies often, negated: ...}
    statements:
      over-32kg-cargo:
        text: A bag that weighs more than 32 kg is refused.
        condition: bag_weight > 32 and not item_mobility_aid
        outcomes: [refuse the bag]
    workflows:
      overweight-bags:
        sha256: 5d41402abc4b
        rows:                           # the first row that holds decides
          - {if: bag_weight <= 23, then: accept it, statements: [max-23kg-charge]}
          - else: refuse the bag
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from parsers.expressions import nearest
from parsers.reading import PolicyError
from parsers.spec import Category, Complexity, Condition

Key = tuple[str | int, ...]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{8,64}$", description="the first digits will do")]


class Correction(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Part(Correction):
    """What a statement says; what is not given stays as it was parsed."""

    text: str | None = None
    category: Category | None = None
    complexity: Complexity | None = None
    condition: str | Condition | None = Field(default=None, union_mode="left_to_right")
    outcomes: tuple[str, ...] | None = None


class StatementFix(Part):
    """A statement's correction; `split` gives its parts, `merge` the statements that go on it."""

    sha256: Digest | None = None
    drop: bool = False
    split: tuple[Part, ...] = ()
    merge: tuple[str, ...] = ()


class Row(Correction):
    """`if: … then: …` or `else: …`; behind both, an outcome or rows of their own.

    `statements` are the ids that the row comes from; a row without them has those of the row that
    it is nested in. `rule` is the one that makes the test: the first of them if it is not given.
    """

    test: str | Condition | None = Field(default=None, alias="if", union_mode="left_to_right")
    then: str | tuple[Row, ...] | None = None
    other: str | tuple[Row, ...] | None = Field(default=None, alias="else")
    statements: tuple[str, ...] = ()
    rule: str = ""


class WorkflowFix(Correction):
    """A decision table, or a tree where rows are nested; `sha256` is that of its statements."""

    sha256: Digest
    rows: tuple[Row, ...] = Field(min_length=1)


class VariableFix(Correction):
    """A new variable, or another wording or domain of one that is there."""

    type: Literal["boolean", "number", "category"]
    label: str
    negated: str = ""
    clause: str = ""
    unit: str = ""
    values: tuple[str, ...] = ()
    integer: bool = False


class _Content(Correction):
    variables: dict[str, VariableFix] = {}
    statements: dict[str, StatementFix] = {}
    workflows: dict[str, WorkflowFix] = {}


_KEYS = {name if field.alias is None else field.alias
         for model in (_Content, StatementFix, Row, WorkflowFix, VariableFix)
         for name, field in model.model_fields.items()}  # fmt: skip


class Overrides:
    """The corrections of one file."""

    def __init__(self, source: str, content: _Content, lines: dict[Key, int]) -> None:
        self.source = source
        self.variables = content.variables
        self.statements = content.statements
        self.workflows = content.workflows
        self._lines = lines

    def place(self, key: Key) -> str:
        """`FILE: line N` of a key, or of the innermost one around it."""
        line = next(n for i in range(len(key), -1, -1) if (n := self._lines.get(key[:i])))
        return f"{self.source}: line {line}"

    def error(self, key: Key, message: str) -> PolicyError:
        return PolicyError(f"{self.place(key)}: {message}")


def beside(policy: Path) -> Path:
    """Where the corrections of a policy are looked for."""
    return policy.with_name(f"{policy.stem}.overrides.yaml")


def text_digest(text: str) -> str:
    """sha256 of a text's words, whatever blanks stand between them."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


def load(path: Path) -> Overrides:
    """Read a file of corrections.

    Raises:
        PolicyError: it cannot be read, is not YAML, or has an unknown key or a wrong value; the
            message names file, line and the nearest right key.
    """
    source = str(path)
    try:
        root = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise PolicyError(f"{source}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise PolicyError(f"{source}: line 1: not UTF-8; save it as UTF-8") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or str(error)
        raise PolicyError(f"{source}: line {line}: not YAML: {problem}") from error
    lines: dict[Key, int] = {(): 1}
    values = {} if root is None else _plain(root, (), lines, source, set())
    try:
        content = _Content.model_validate(values)
    except ValidationError as error:
        bare = Overrides(source, _Content(), lines)
        raise PolicyError("\n".join(_explained(error, bare))) from error
    return Overrides(source, content, lines)


def _plain(node: yaml.Node, key: Key, lines: dict[Key, int], source: str, seen: set[int]) -> Any:
    """A YAML node as Python values; notes the line of every key."""
    lines.setdefault(key, node.start_mark.line + 1)
    if id(node) in seen:
        line = node.start_mark.line + 1
        raise PolicyError(f"{source}: line {line}: an alias; write out what it stands for")
    if isinstance(node, yaml.MappingNode):
        seen.add(id(node))
        result: dict[str, Any] = {}
        for name, value in node.value:
            inner = (*key, str(name.value))
            line = name.start_mark.line + 1
            if not isinstance(name, yaml.ScalarNode):
                raise PolicyError(f"{source}: line {line}: a key is a word, not a list or mapping")
            if name.value in result:
                raise PolicyError(f"{source}: line {line}: {name.value!r} is given twice")
            lines[inner] = line
            result[name.value] = _plain(value, inner, lines, source, seen)
        return result
    if isinstance(node, yaml.SequenceNode):
        seen.add(id(node))
        return [_plain(v, (*key, i), lines, source, seen) for i, v in enumerate(node.value)]
    # 'no' is an outcome and 12345678 a digest; where another type is wanted, pydantic makes it
    return None if node.tag == "tag:yaml.org,2002:null" else node.value


def _explained(error: ValidationError, overrides: Overrides) -> Iterator[str]:
    seen = set()
    for fault in error.errors():
        key = tuple(part for part in fault["loc"])
        known = next(key[:i] for i in range(len(key), -1, -1) if key[:i] in overrides._lines)
        if known in seen:
            continue  # the other ways to read the same value
        seen.add(known)
        name = ".".join(map(str, known)) or "the file"
        if fault["type"] == "extra_forbidden":
            hint = nearest(str(known[-1]), _KEYS)
            yield f"{overrides.place(known)}: unknown key {name!r}{hint}"
        elif fault["type"] == "missing":
            yield f"{overrides.place(known)}: {name}: {key[-1]} is missing"
        else:
            yield f"{overrides.place(known)}: {name}: {fault['msg'].lower()}"
