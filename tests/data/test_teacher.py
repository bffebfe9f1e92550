"""A teacher is believed only where the oracle agrees."""

from __future__ import annotations

from pathlib import Path

import pytest

from data import facts
from data.prompts import completion
from data.samples import Conversation
from data.teacher import teach
from parsers import parse
from parsers.endpoint import Message
from parsers.spec import PolicySpec

POLICY = """# Desk

- The cabin allowance is 8 kg.
- The desk opens at 6 am.
- Never accept cash.
"""


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> PolicySpec:
    path = tmp_path_factory.mktemp("teacher") / "desk.md"
    path.write_text(POLICY)
    return parse(path)


@pytest.fixture(scope="module")
def chats(spec: PolicySpec) -> list[Conversation]:
    return facts.conversations(spec, 12, 0)


class Fake:
    """Rephrases by an opener; answers what the conversation says, or what `answer` makes of it."""

    def __init__(self, chats: list[Conversation], change=lambda chain, answer: (chain, answer)):
        self.known = {f"Honestly now: {c.question}": c for c in chats}
        self.change = change

    def __call__(self, prompts: list[list[Message]]) -> list[str]:
        return [self._one(prompt) for prompt in prompts]

    def _one(self, prompt: list[Message]) -> str:
        asked = prompt[-1]["content"]
        if "rewrite" in prompt[0]["content"]:
            return f"Honestly now: {asked}"
        known = self.known[" ".join(asked.split())]
        return completion(*self.change(known.chain, known.answer))


def test_right_answers_are_kept_in_the_teachers_words(spec, chats) -> None:
    taught, rejected = teach(Fake(chats), spec, chats)
    assert len(taught) == len(chats) and not rejected
    assert all(c.question.startswith("Honestly now") and c.template == "teacher" for c in taught)
    assert {c.id for c in taught}.isdisjoint(c.id for c in chats)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda chain, answer: (chain, "It is 99 kg, at 11 pm."), "the oracle says"),
        (lambda chain, answer: ("[no-such-rule] So it is.", answer), "does not exist"),
        (lambda chain, answer: ("I just know.", answer), "does not cite"),
        (lambda chain, answer: (chain, ""), "format"),
    ],
)
def test_wrong_samples_are_rejected_with_the_reason(spec, chats, change, reason) -> None:
    taught, rejected = teach(Fake(chats, change), spec, chats)
    assert not taught
    assert len(rejected) == len(chats)
    assert all(reason in r.reason for r in rejected), {r.reason for r in rejected}


def test_a_rephrasing_that_changes_a_number_is_rejected(spec, chats) -> None:
    numbered = [c for c in chats if any(ch.isdigit() for ch in c.question)]
    assert numbered

    def careless(prompts: list[list[Message]]) -> list[str]:
        return ["Would it be 77 or so?" for _ in prompts]

    taught, rejected = teach(careless, spec, numbered)
    assert not taught and all("numbers changed" in r.reason for r in rejected)


def test_teacher_through_synthesis(spec, tmp_path: Path) -> None:
    from data.samples import Rejected, read
    from data.synthesize import SynthConfig, synthesize

    config = SynthConfig.model_validate({"sft": 60, "teacher": {"source": "model", "share": 1.0}})

    def useless(prompts: list[list[Message]]) -> list[str]:
        return ["" for _ in prompts]

    counts = synthesize(spec, config, 0, tmp_path, teacher=useless)
    reasons = {r.reason for r in read(tmp_path / "rejected.jsonl", Rejected)}
    assert counts["sft"] > 0 and "teacher: rephrased as nothing" in reasons
