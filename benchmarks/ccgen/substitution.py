"""Queries that two policies of one business settle differently, for the probe of substitution.

In: two benchmarks of one domain whose queries tell all facts. Out: pairs of items with one query,
each with the gold of its own policy. The query is one of the first policy's test split, with the
facts that only the second policy asks about told behind it.
"""

from __future__ import annotations

from benchmarks.ccgen.episodes import Bench
from data.ccgen.domains import Case
from data.ccgen.policy import Task
from data.ccgen.procedure import decide
from data.ccgen.queries import Item
from data.ccgen.wording import sentence


def told_for_both(one: Bench, other: Bench, count: int) -> list[tuple[Item, Item]]:
    """At most `count` pairs: as the first policy settles the query, and as the second does.

    Raises:
        ValueError: the policies have no task in common, or leave facts to be looked up.
    """
    if one.policy.domain != other.policy.domain or one.setting.query > 1:
        raise ValueError("substitution needs two policies of one domain with query=1")
    tasks = [{task.matter.name: task for task in it.policy.tasks} for it in (one, other)]
    shared = tasks[0].keys() & tasks[1].keys()
    if not shared:
        raise ValueError("substitution needs two policies that have a task in common")
    key, pairs = one.policy.databases[0].key, []
    for item in one.test:
        if item.tasks and item.tasks[0] in shared and len(pairs) < count:
            (name,), (case,) = item.tasks, item.cases
            id = item.calls[0].arguments[key]
            known = _needed(one, tasks[0][name], case)
            rest = [n for n in _needed(other, tasks[1][name], case) if n not in known]
            query = " ".join([item.query, *(_said(one, n, case) for n in rest)])
            call, says = other.asker.settle(tasks[1][name], case, id)
            ours = item.model_copy(update={"query": query})
            theirs = ours.model_copy(update={"calls": (call,), "must_say": (says,), "rules": ()})
            if ours.calls != theirs.calls:
                pairs.append((ours, theirs))
    return pairs


def _needed(bench: Bench, task: Task, case: Case) -> list[str]:
    """The circumstances that a policy asks about on a case's way, and for its form."""
    way, _ = decide(task.tree, case)
    asked = [guard.circumstance for guard in bench.asker.flags().values()]
    return list(dict.fromkeys([*(node.circumstance for node, _ in way), *asked]))


def _said(bench: Bench, name: str, case: Case) -> str:
    """A fact in the wording that users of the test split have for it."""
    it, value = bench.policy.circumstances[name], case[name]
    wordings = (it.says_yes if value else it.says_no) if it.kind == "boolean" else it.says
    return sentence(wordings[-1].format(n=value, v=value))
