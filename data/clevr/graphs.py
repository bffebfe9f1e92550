"""Scene graphs as questions: what a policy decides on pictures whose content is known.

In: the specification of a policy whose conditions ask what there is in a scene, and a folder with
`images/` and `scenes/CLEVR_*_scenes.json`. Out: `Asked`, decided by the policy's own tree and as
evenly spread over its outcomes as the scenes allow. What pictures in the policy show, only the
`reference.json` of a ClevrPolicy tells.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from data.asked import Asked
from data.chains import answer, chain
from data.clevr.files import SPLITS, Released, Shot, Split
from data.clevr.items import QUESTIONS
from data.clevr.policy import case
from data.clevr.trees import Condition
from data.generated import SettingError
from parsers.spec import Case, Decision, PolicySpec, Workflow


def has_scenes(folder: Path) -> bool:
    return any(folder.glob("scenes/CLEVR_*_scenes.json"))


def from_scenes(
    spec: PolicySpec, folder: Path, reference: Path, counts: Mapping[Split, int], seed: int
) -> dict[Split, list[Asked]]:
    """At most so many questions of each split.

    Args:
        reference: the file that tells what pictures in the policy show; it need not be there.

    Raises:
        SettingError: the folder's files are not what they should be, or the policy does not decide
            on scenes; the message says what to do.
    """
    meanings = _meanings(reference, spec.document.name)
    shots = Released(folder, seed).scenes
    workflow = _deciding(spec, meanings)
    asked: dict[Split, list[Asked]] = {}
    for split in SPLITS:
        rng = random.Random(f"{seed} {spec.document.name} {split}")
        drawn = rng.sample(shots[split], len(shots[split]))
        decided = _spread(workflow, drawn, meanings, counts[split])
        asked[split] = []
        for number, (shot, known, decision) in enumerate(decided):
            template = rng.choice(QUESTIONS[split])
            asked[split].append(
                Asked(
                    id=f"{workflow.id}-{split}-{number}",
                    image=shot.image,
                    question=template.format(name=spec.document.name),
                    template=template,
                    chain=chain(spec, workflow, known, decision),
                    answer=answer(decision),
                )
            )
    return asked


def _deciding(spec: PolicySpec, meanings: Mapping[str, Condition]) -> Workflow:
    """The workflow that asks about scenes and nothing else."""
    reason = "no workflow of it could be read with certainty"
    for workflow in spec.trusted().workflows:
        try:
            case(workflow.variables, (), meanings)
            return workflow
        except ValueError as fault:
            reason = str(fault)
    raise SettingError(
        f"{spec.document.name}: scene graphs are there, but the policy does not decide on them: "
        f"{reason}; give questions with chains and answers in train.jsonl and test.jsonl instead"
    )


def _spread(
    workflow: Workflow, shots: Sequence[Shot], meanings: Mapping[str, Condition], count: int
) -> Iterator[tuple[Shot, Case, Decision]]:
    """`count` scenes, those of each outcome in turn."""
    by_outcome: dict[int | None, list[tuple[Shot, Case, Decision]]] = defaultdict(list)
    for shot in shots:
        known = case(workflow.variables, shot.things, meanings)
        decision = workflow.decide(known)
        by_outcome[decision.index].append((shot, known, decision))
    while count and any(by_outcome.values()):
        for those in by_outcome.values():
            if those and count:
                yield those.pop()
                count -= 1


def _meanings(path: Path, document: str) -> dict[str, Condition]:
    """What the document's pictures show, by their names there."""
    if not path.is_file():
        return {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return {
            name: Condition(shown["attribute"], shown["value"])
            for entry in entries
            if Path(entry["document"]).stem == document
            for name, shown in entry["pictures"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise SettingError(f"{path}: not the reference of a ClevrPolicy ({fault!r})") from None
