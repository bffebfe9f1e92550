"""A policy of a few lines, and settings under which a run with the tiny model takes seconds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

POLICY = """# Bags

The desk opens at 6 am. The desk closes at 10 pm.

Never discuss other airlines. Always greet the passenger by name.

## Heavy bags

- If a bag weighs more than 23 kg, charge 75 euros, unless the passenger is a Gold member.
- If a bag weighs more than 32 kg, refuse the bag.
- Otherwise, check the bag in free of charge.
"""
QUESTIONS = """- id: hand-01
  category: factual
  question: "when do you lot open"
  accept: ["6 am"]
"""


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """A policy with its hand-written questions."""
    path = tmp_path / "bags.md"
    path.write_text(POLICY)
    (tmp_path / "bags.questions.yaml").write_text(QUESTIONS)
    return path


@pytest.fixture
def quick() -> dict[str, Any]:
    """The smallest run that does everything."""
    return {
        "synth.cpt": 40,
        "synth.sft": 40,
        "synth.rl": 20,
        "synth.eval_complex": 4,
        "synth.eval_other": 2,
        "cpt.batch_size": 4,
        "sft.batch_size": 4,
        "rl.steps": 2,
        "rl.batch_size": 8,
        "rl.max_new_tokens": 8,
        "evaluate.max_new_tokens": 8,
        "evaluate.general_prompts": 1,
    }
