"""The databases of a benchmark and the tools that read and change them.

In: a policy, and the rows that its queries are about. Out: SQLite databases as bytes, tools as JSON
schemas, and `World`, which runs calls. Looking up gives a row; settling a request writes it into
the table `decisions` of the first database and the row's status. `succeeded` judges an episode as
tau-bench does: the databases after the model's calls are as after the gold calls, and what must be
said is said.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from data.ccgen.domains import Database
from data.ccgen.policy import LANGUAGES, NOTIFY, Policy
from data.ccgen.procedure import leaves

Arguments = dict[str, Any]
Row = dict[str, Any]
Call = tuple[str, Arguments]
"""A tool's name and the arguments it is called with."""

_TYPES = {"string": str, "integer": int, "boolean": bool}


def columns(policy: Policy, database: Database) -> dict[str, str]:
    """Column → SQL type, in order: the key, the other databases' keys (in the first one), a
    status (there), and the circumstances."""
    first = database is policy.databases[0]
    result = {database.key: "TEXT PRIMARY KEY"}
    if first:
        result |= {other.key: "TEXT NOT NULL" for other in policy.databases[1:]}
        result["status"] = "TEXT NOT NULL"
    for it in database.circumstances:
        kind = "TEXT" if it.since or it.kind == "category" else "INTEGER"
        result[it.since or it.name] = f"{kind} NOT NULL"
    return result


def build(policy: Policy, rows: Mapping[str, Sequence[Row]]) -> dict[str, bytes]:
    """The databases, each a SQLite file's bytes, from the rows of each."""
    result = {}
    for place, database in enumerate(policy.databases):
        connection = sqlite3.connect(":memory:")
        named = columns(policy, database)
        told = ", ".join(f"{name} {kind}" for name, kind in named.items())
        connection.execute(f"CREATE TABLE {database.name} ({told})")
        if place == 0:
            connection.execute(
                "CREATE TABLE decisions (number INTEGER PRIMARY KEY, tool TEXT NOT NULL, "
                "arguments TEXT NOT NULL)"
            )
        slots = ", ".join("?" for _ in named)
        connection.executemany(
            f"INSERT INTO {database.name} VALUES ({slots})",
            [tuple(row[name] for name in named) for row in rows[database.name]],
        )
        connection.commit()
        result[database.name] = connection.serialize()
        connection.close()
    return result


def tools(policy: Policy) -> list[dict[str, Any]]:
    """The tools as JSON schemas, in the form that chat templates take."""
    result = []
    for database in policy.databases:
        result.append(
            _tool(
                f"get_{database.record}",
                f"Look up a {database.record} by its id.",
                {database.key: {"type": "string"}},
            )
        )
    first = policy.databases[0]
    for task in policy.tasks:
        every = dict.fromkeys(leaf.outcome.decision for _, leaf in leaves(task.tree))
        properties: dict[str, Any] = {
            first.key: {"type": "string"},
            "decision": {"type": "string", "enum": sorted(every)},
            "value": {"type": "integer", "description": "amount, percentage or days; 0 if none"},
        }
        fields: dict[str, Any] = {
            "reason_code": {"type": "string"},
            "priority": {"type": "string", "enum": ["normal", "high"]},
            "notify_by": {"type": "string", "enum": list(NOTIFY)},
            "due_days": {"type": "integer", "description": "days within which to answer"},
            "language": {"type": "string", "enum": list(LANGUAGES)},
            "file_note": {"type": "boolean", "description": "whether a file note is attached"},
        }
        properties |= {name: fields[name] for name in policy.form}
        result.append(_tool(task.matter.tool, f"Settle {task.matter.request}.", properties))
    return result


def _tool(name: str, description: str, properties: dict[str, Any]) -> dict[str, Any]:
    parameters = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    function = {"name": name, "description": description, "parameters": parameters}
    return {"type": "function", "function": function}


class World:
    """Databases in memory that tools work on; the files they came from are not touched."""

    def __init__(self, databases: Mapping[str, bytes], tools: Sequence[Mapping[str, Any]]) -> None:
        """`databases` in their order: the first one is where decisions are written."""
        self.tools = {tool["function"]["name"]: tool["function"] for tool in tools}
        self.first = next(iter(databases))
        self.connections: dict[str, sqlite3.Connection] = {}
        self.keys: dict[str, str] = {}
        for name, content in databases.items():
            connection = sqlite3.connect(":memory:")
            connection.deserialize(content)
            connection.row_factory = sqlite3.Row
            self.connections[name] = connection
            self.keys[name] = connection.execute(f"PRAGMA table_info({name})").fetchone()["name"]

    def close(self) -> None:
        for connection in self.connections.values():
            connection.close()

    def call(self, name: str, arguments: Arguments) -> Row:
        """What the tool answers: a row, `{"done": true}`, or `{"error": …}`; never an exception."""
        if name not in self.tools:
            return {"error": f"there is no tool {name}"}
        if fault := _fault(self.tools[name]["parameters"], arguments):
            return {"error": fault}
        lookup = name.removeprefix("get_")
        for database, key in self.keys.items():
            if name != lookup and key == f"{lookup}_id":
                found = self._row(database, arguments[key])
                return dict(found) if found else {"error": f"no {lookup} {arguments[key]}"}
        key = self.keys[self.first]
        if self._row(self.first, arguments[key]) is None:
            return {"error": f"no {key} {arguments[key]}"}
        connection = self.connections[self.first]
        connection.execute(
            "INSERT INTO decisions (tool, arguments) VALUES (?, ?)",
            (name, json.dumps(arguments, sort_keys=True)),
        )
        connection.execute(
            f"UPDATE {self.first} SET status = ? WHERE {key} = ?",
            (arguments["decision"], arguments[key]),
        )
        return {"done": True}

    def _row(self, database: str, value: str) -> sqlite3.Row | None:
        query = f"SELECT * FROM {database} WHERE {self.keys[database]} = ?"
        return self.connections[database].execute(query, (value,)).fetchone()

    def state(self) -> str:
        """A digest of all rows; the order in which decisions were made does not count."""
        digest = hashlib.sha256()
        for name, connection in self.connections.items():
            for table in (name, "decisions") if name == self.first else (name,):
                rows = connection.execute(f"SELECT * FROM {table}").fetchall()
                told = [row[1:] if table == "decisions" else row[:] for row in map(tuple, rows)]
                digest.update(repr((table, sorted(told))).encode())
        return digest.hexdigest()


def _fault(schema: Mapping[str, Any], arguments: object) -> str:
    """What is wrong with a call's arguments; '' if nothing."""
    if not isinstance(arguments, dict):
        return "arguments must be an object"
    known = schema["properties"]
    for name in known:
        if name not in arguments:
            return f"{name} is missing"
    for name, value in arguments.items():
        if name not in known:
            return f"there is no argument {name}"
        kind = _TYPES[known[name]["type"]]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            return f"{name} must be of type {known[name]['type']}"
        if value not in known[name].get("enum", [value]):
            return f"{name} must be one of {', '.join(known[name]['enum'])}"
    return ""


def succeeded(
    databases: Mapping[str, bytes],
    tools: Sequence[Mapping[str, Any]],
    gold: Sequence[Call],
    calls: Sequence[Call],
    must_say: Sequence[Sequence[str]],
    answer: str,
) -> bool:
    """Whether an episode ends as it should: same databases, and of each group in `must_say` one
    wording is in the answer."""
    states = []
    for each in (gold, calls):
        world = World(databases, tools)
        for name, arguments in each:
            world.call(name, arguments)
        states.append(world.state())
        world.close()
    return states[0] == states[1] and all(
        any(_says(answer, wording) for wording in group) for group in must_say
    )


def _says(answer: str, wording: str) -> bool:
    """Whether a word of the answer begins so; a number must be the whole number."""
    end = r"(?!\d|[.,]\d)" if wording[-1].isdigit() else ""
    return bool(re.search(rf"(?<![\w.,]){re.escape(wording)}{end}", answer, re.IGNORECASE))
