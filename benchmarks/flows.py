"""How much of a step flow is recovered: `python -m benchmarks.flows DOCUMENT`.

In: a document and its hand-made list under `benchmarks/gold/flows/` (found by the document's name,
checked by its sha256; the list says how it is to be read). Out, on stdout: the share of decision
points and of transitions that the compiled workflows have, and every one that is missed.

The trees are walked, nothing else is looked at. A decision point is recovered if some branch of
its step tests it; a transition, if some way through its step gives the listed answers and every
such way leads where the list says. Branches are told apart by their step (the heading of their
statement) and by the words they share with an answer.
"""

from __future__ import annotations

import argparse
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from parsers import Branch, Leaf, PolicySpec, Workflow, parse

GOLD = Path(__file__).parent / "gold" / "flows"
_FILLING = set("the a an is are was if of to for with that this it in by your their user".split())
_TRANSFER = re.compile(r"\b(?:escalat|transfer|hand \w+ over|supervisor)", re.IGNORECASE)


@dataclass(frozen=True)
class Visit:
    """A way through one step: what was tested, in words, and what comes next.

    `told` are the words of each test and whether it came out true; `leads` is the step of the next
    test, or '' where the way ends with an outcome.
    """

    step: str
    told: tuple[tuple[str, bool], ...]
    leads: str
    outcome: str


def visits(spec: PolicySpec) -> Iterator[Visit]:
    """Every stay in a step, on every way through every workflow."""
    steps = {s.id: _step(s.section) for s in spec.statements}
    for workflow in spec.workflows:
        yield from _walk(workflow, workflow.root, steps, "", (), spec)


def _step(section: tuple[str, ...]) -> str:
    for title in reversed(section):
        if match := re.match(r"(?:step |path )?(\d+(?:\.\d+)*)", title, re.IGNORECASE):
            return match[1]
    return section[-1] if section else ""


def _walk(
    workflow: Workflow,
    node: Branch | Leaf,
    steps: dict[str, str],
    step: str,
    told: tuple[tuple[str, bool], ...],
    spec: PolicySpec,
) -> Iterator[Visit]:
    if isinstance(node, Leaf):
        outcome = "" if node.outcome is None else workflow.outcomes[node.outcome].text
        yield Visit(step, told, "", outcome)
        return
    here = steps[node.statement]
    if step and here != step:
        yield Visit(step, told, here, "")
        told = ()
    for side, child in ((True, node.yes), (False, node.no)):
        yield from _walk(workflow, child, steps, here, (*told, (node.text, side)), spec)


def _words(text: str) -> frozenset[str]:
    found = re.findall(r"[a-z0-9/]+", re.sub(r"n['’]t\b", " not", text.lower()))
    return frozenset(w for w in found if w not in _FILLING)


def _nearest(text: str, decisions: list[dict]) -> tuple[str, str] | None:
    """(decision, answer) whose words are most like a test's; None below a half."""
    best, found = 0.5, None
    for decision in decisions:
        for answer, said in decision["answers"].items():
            mine, other = _words(text), _words(said)
            if said and mine and other:
                share = len(mine & other) / min(len(mine), len(other))
                share = share * 0.8 + 0.2 * len(mine & other) / len(mine | other)
                if share > best:
                    best, found = share, (decision["id"], answer)
    return found


def _answers(visit: Visit, decisions: list[dict]) -> dict[str, set[str]]:
    """What a visit leaves open of each decision that it tests."""
    left: dict[str, set[str]] = {}
    for text, side in visit.told:
        if (found := _nearest(text, decisions)) is not None:
            name, answer = found
            every = next(set(d["answers"]) for d in decisions if d["id"] == name)
            mine = left.setdefault(name, every)
            left[name] = mine & {answer} if side else mine - {answer}
    return left


def _leads(visit: Visit, to: str, silent: dict[str, str]) -> bool:
    """Whether a visit goes where the list says."""
    kind, _, label = to.partition(" ")
    if kind == "transfer":
        return not visit.leads and bool(_TRANSFER.search(visit.outcome))
    if kind == "resolved":
        named = re.search(r"\b(?:step|path) \d", visit.outcome, re.IGNORECASE)
        return not visit.leads and bool(visit.outcome) and not (
            _TRANSFER.search(visit.outcome) or named
        )  # fmt: skip
    if kind == "path":
        handed = re.search(rf"\bpath {re.escape(label)}\b(?!\.\d)", visit.outcome, re.IGNORECASE)
        return visit.leads.startswith(f"{label}.") or (not visit.leads and bool(handed))
    return visit.leads == silent.get(label, label)


def score(spec: PolicySpec, gold: dict) -> list[tuple[str, str, str, bool, bool]]:
    """(step, 'decision' or 'transition', what it is, whether it is implied, whether recovered)."""
    found = list(visits(spec))
    silent = {}
    for one, other in zip(gold["steps"], gold["steps"][1:], strict=False):
        if not one["decisions"]:
            silent[one["id"]] = other["id"]
    rows = []
    for step in gold["steps"]:
        names = {step["id"], step["title"]}
        here = [(v, _answers(v, step["decisions"])) for v in found if v.step in names]
        for decision in step["decisions"]:
            tested = any(decision["id"] in left for _, left in here)
            rows.append((step["id"], "decision", decision["question"], False, tested))
        for transition in step["transitions"]:
            wanted = dict(when.split(".", 1) for when in transition["when"])
            taken = [
                (v, left) for v, left in here if all(left.get(d) == {a} for d, a in wanted.items())
            ]
            right = bool(taken) and all(_leads(v, transition["to"], silent) for v, _ in taken)
            if transition["to"] == f"step {step['id']}":  # it stays: another question comes next
                right = bool(taken) and all(left.keys() - wanted.keys() for _, left in taken)
            told = f"{', '.join(transition['when'])} -> {transition['to']}"
            implied = bool(transition.get("implied"))
            rows.append((step["id"], "transition", told, implied, right))
    return rows


def load(document: Path) -> dict:
    """The hand-made list of a document.

    Raises:
        SystemExit: there is none, or it was made from another version of the document.
    """
    path = GOLD / f"{document.stem}.yaml"
    if not path.exists():
        raise SystemExit(f"{document}: no list for it; write {path.name} beside the others")
    gold = yaml.safe_load(path.read_text(encoding="utf-8"))
    if hashlib.sha256(document.read_bytes()).hexdigest() != gold["sha256"]:
        raise SystemExit(f"{document}: not the version that {path.name} lists (its sha256 differs)")
    return gold


def main() -> None:
    parser = argparse.ArgumentParser(description="How much of a step flow is recovered.")
    parser.add_argument(
        "document", type=Path, help="the flow, e.g. tau2's tech_support_workflow.md"
    )
    document = parser.parse_args().document
    rows = score(parse(document), load(document))
    for step, kind, told, implied, right in rows:
        if not right:
            print(f"missed  {step:8} {kind:10} {told}{'  (implied)' if implied else ''}")
    for title, part in (
        ("decision points", [r for r in rows if r[1] == "decision"]),
        ("transitions", [r for r in rows if r[1] == "transition"]),
        ("  of them written out", [r for r in rows if r[1] == "transition" and not r[3]]),
        ("all", rows),
    ):
        right = sum(row[4] for row in part)
        print(f"{title:22} {right:3} of {len(part):3}  {right / len(part):.1%}")


if __name__ == "__main__":
    main()
