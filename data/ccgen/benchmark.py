"""A benchmark as files: the document, databases, tools, reference, items, and a datasheet.

In: a `Setting`. Out: file name → content, the same for the same setting; whoever writes them down
does it whole (`internalize bench ccgen`). `README.md` among them describes the others.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import Any

from data.ccgen import world
from data.ccgen.policy import Policy, Setting, make
from data.ccgen.procedure import Guard, Leaf, Tree, depth, leaves
from data.ccgen.queries import Asker, Item
from data.generated import as_json, as_lines, command, setting_file

_README = """\
# CC-Gen benchmark

Made by `{command}`. {axes}

| file | holds |
|---|---|
| `{document}` | the policy, of {company} (style: {style}); {words} words |
| `statements.jsonl` | its rules: id, category, words, `spans` (offsets into the document) |
| `reference.json` | the trees the document was written from; see `data.ccgen.procedure` |
| `databases/*.sqlite` | {databases} |
| `tools.json` | the tools as JSON schemas; `data.ccgen.world.World` runs them on the databases |
| `train.jsonl`, `test.jsonl` | the items |
| `setting.json` | what all this was made from |

An item: `query` is what the user says; `chain` is how it is settled, step by step, with the rules
that each step follows; `calls` are the gold calls that change a database; `must_say` lists groups
of wordings, of each of which the answer must have one; `rules` are the ids of the rules that apply;
`category` is that of the rules (factual, simple, complex). An episode succeeds if the databases are
afterwards as they are after the gold calls, and what must be said is said
(`data.ccgen.world.succeeded`).

{counts}

The splits share no case, no wording of the users and no row of a database. Questions on facts and
on everyday rules are in the test split only. Today is {today}. All persons and firms are made up;
the texts are CC-Gen's own (Apache-2.0).
"""


def generate(setting: Setting) -> dict[str, bytes]:
    """All files of a benchmark.

    Raises:
        SettingError: the setting asks for what cannot be made.
    """
    policy = make(setting)
    asker = Asker(policy)
    train, test = asker.items("train", setting.train), asker.items("test", setting.test)
    files = {
        policy.name: policy.document.text.encode(),
        "statements.jsonl": as_lines(_statements(policy)),
        "reference.json": as_json(_reference(policy)),
        "tools.json": as_json(world.tools(policy)),
        "train.jsonl": as_lines([item.model_dump(mode="json") for item in train]),
        "test.jsonl": as_lines([item.model_dump(mode="json") for item in test]),
        "setting.json": setting_file(setting),
    }
    for name, content in world.build(policy, asker.rows).items():
        files[f"databases/{name}.sqlite"] = content
    files["README.md"] = _readme(policy, asker, train, test).encode()
    return files


def _statements(policy: Policy) -> list[dict[str, Any]]:
    text, found = policy.document.text, policy.document.spans
    return [
        {
            "id": rule,
            "category": policy.kinds[rule],
            "spans": spans,
            "text": " ".join(text[start:end] for start, end in spans),
        }
        for rule, spans in sorted(found.items(), key=lambda pair: pair[1])
    ]


def _reference(policy: Policy) -> list[dict[str, Any]]:
    return [
        {
            "task": task.matter.name,
            "section": task.matter.head,
            "tool": task.matter.tool,
            "depth": depth(task.tree),
            "leaves": len(list(leaves(task.tree))),
            "tree": _tree(task.tree),
        }
        for task in policy.tasks
    ]


def _tree(tree: Tree) -> dict[str, Any]:
    if isinstance(tree, Leaf):
        return {"id": tree.id, "outcome": asdict(tree.outcome)}
    branches = [{"if": _guard(guard), "then": _tree(child)} for guard, child in tree.branches]
    return {"id": tree.id, "circumstance": tree.circumstance, "branches": branches}


def _guard(guard: Guard) -> dict[str, Any]:
    if guard.values:
        return {"values": list(guard.values)}
    return {
        "low": guard.low, "low_open": guard.low_open,
        "high": guard.high, "high_open": guard.high_open,
    }  # fmt: skip


def _readme(policy: Policy, asker: Asker, train: list[Item], test: list[Item]) -> str:
    setting = policy.setting
    axes = (
        f"Axes: {setting.environment} databases, {setting.tasks} task types with "
        f"{setting.arguments} arguments each, workflows {setting.workflow} deep, queries of "
        f"complexity {setting.query}; seed {setting.seed}."
    )
    counts = ["| split | category | items |", "|---|---|---|"]
    for name, items in (("train", train), ("test", test)):
        for category, count in sorted(Counter(item.category for item in items).items()):
            counts.append(f"| {name} | {category} | {count} |")
    databases = [f"{name}: {len(rows)} rows" for name, rows in asker.rows.items()]
    return _README.format(
        command=command("ccgen", setting),
        axes=axes,
        document=policy.name,
        company=policy.domain.company,
        style=policy.style,
        words=len(policy.document.text.split()),
        databases=", ".join(databases),
        counts="\n".join(counts),
        today=policy.domain.today.isoformat(),
    )
