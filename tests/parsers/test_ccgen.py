"""CC-Gen's policies, parsed, decide as the trees decide that they were written from.

In: policies of depth 1 to 6 in every style (`data.ccgen`); how cases are told to the parsed
workflows is `benchmarks.agreement`'s, by the document's own phrases alone.
"""

from __future__ import annotations

import pytest

from benchmarks.agreement import compared
from data.ccgen.policy import STYLES, Setting, make


@pytest.mark.parametrize("style", [style for style in STYLES if style != "mixed"])
def test_parsed_workflows_decide_as_the_trees(style: str) -> None:
    cases, wrong = 0, []
    for depth in range(1, 7):
        policy = make(Setting(3, 2, workflow=depth, seed=0, style=style))
        for task, count, others in compared(policy, each=10):
            cases += count
            wrong += [(depth, task.matter.name, other) for other in others]
    assert cases > 500
    assert len(wrong) <= cases / 100, wrong[:5]
