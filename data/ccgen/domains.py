"""The businesses CC-Gen writes policies for: their databases, their tasks, and how they talk.

In: `domains/NAME.yaml`. Out: `Domain`, checked. A circumstance carries the document's phrases for
it (a clause, a relative clause, a question, a table's head) and the users' wordings, of which the
last is kept for the test split and the others for training, so that no wording is in both.

CC-Gen is CAP-CPT's generator (arXiv 2510.11588); its domains and texts are not stated there, these
are our own.
"""

from __future__ import annotations

import datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

HOME = Path(__file__).parent / "domains"
NAMES = tuple(sorted(path.stem for path in HOME.glob("*.yaml")))

Value = bool | int | str
Case = dict[str, Value]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Circumstance(Frozen):
    """What a rule may depend on: a yes or no, a whole number with a unit, or one of some kinds.

    `who`, `who_not` and `clause` are phrases with {q} for a quantity or {v} for a kind in them.
    """

    name: str
    database: str | None = Field(description="None: only the user can tell")
    who: str = Field(description="plural with a relative clause: 'parcels that are insured'")
    ask: str
    head: str
    yes: str = ""
    no: str = ""
    who_not: str = ""
    clause: str = ""
    noun: str = Field(default="", description="'the weight of the parcel'; empty for yes or no")
    unit: str = ""
    range: tuple[int, int, int] | None = Field(
        default=None, description="least and greatest value; thresholds are multiples of the third"
    )
    since: str | None = Field(default=None, description="column that holds the day it counts from")
    values: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    says_yes: tuple[str, ...] = ()
    says_no: tuple[str, ...] = ()

    @property
    def kind(self) -> Literal["boolean", "number", "category"]:
        if self.range is not None:
            return "number"
        return "category" if self.values else "boolean"

    @property
    def domain(self) -> tuple[Value, ...]:
        if self.range is not None:
            return tuple(range(self.range[0], self.range[1] + 1))
        return self.values or (True, False)

    @model_validator(mode="after")
    def _is_whole(self) -> Circumstance:
        """Every phrase its kind needs, and at least two wordings of the users'."""
        told = (self.says,) if self.kind != "boolean" else (self.says_yes, self.says_no)
        if any(len(set(wordings)) < 2 for wordings in told):
            raise ValueError(f"{self.name}: two wordings or more, one for each split")
        need = (self.yes, self.no, self.who_not) if self.kind == "boolean" else (self.clause,)
        if not all(need) or (self.kind == "number" and not self.unit):
            raise ValueError(f"{self.name}: a phrase is missing")
        return self


class Database(Frozen):
    """One SQLite database; its table has the same name, its rows are called `record`."""

    name: str
    record: str
    prefix: str = Field(description="of the keys of its rows")
    circumstances: tuple[Circumstance, ...]

    @property
    def key(self) -> str:
        return f"{self.record}_id"


class Matter(Frozen):
    """A task type: what users ask for, and the tool that settles it."""

    name: str
    head: str
    request: str
    grant: tuple[str, str] = Field(description="giving what was asked for: active, passive")
    tool: str
    asks: tuple[str, ...] = Field(description="with {id}; the last one is for the test split")


class Fact(Frozen):
    text: str
    question: str
    answer: str
    numbers: tuple[int, ...]


class Simple(Frozen):
    """A rule of one condition, a situation it applies to, and words the right answer has."""

    text: str
    situation: str
    answer: str


class Domain(Frozen):
    name: str
    company: str
    titles: dict[Literal["handbook", "formal"], str]
    about: str
    person: tuple[str, str]
    thing: tuple[str, str]
    currency: str
    price: str
    today: datetime.date
    databases: tuple[Database, ...]
    told: tuple[Circumstance, ...]
    teams: tuple[str, ...]
    matters: tuple[Matter, ...]
    facts: tuple[Fact, ...]
    behaviors: tuple[str, ...]
    simple: tuple[Simple, ...]

    @cached_property
    def circumstances(self) -> dict[str, Circumstance]:
        every = (*(c for d in self.databases for c in d.circumstances), *self.told)
        return {c.name: c for c in every}


def load(name: str) -> Domain:
    """Read a domain by its name, one of `NAMES`."""
    raw = yaml.safe_load((HOME / f"{name}.yaml").read_text(encoding="utf-8"))
    raw["name"] = name
    raw["databases"] = [
        {
            "name": database,
            **told,
            "circumstances": _named(told["circumstances"], database=database),
        }
        for database, told in raw["databases"].items()
    ]
    raw["told"] = _named(raw["told"], database=None)
    raw["matters"] = _named(raw.pop("tasks"))
    domain = Domain.model_validate(raw)
    if len(domain.circumstances) < sum(len(d.circumstances) for d in domain.databases):
        raise ValueError(f"{name}: two circumstances have one name")
    return domain


def _named(table: dict[str, dict], **more: object) -> list[dict]:
    return [{"name": name, **more, **row} for name, row in table.items()]
