"""Questions on pictures as samples: which rule they are tied to, what is refused, masks' texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from data import asked, pictured
from data.asked import Asked, Pictured
from data.grading import grade
from data.samples import Text
from data.synthesize import SynthConfig, synthesize
from parsers.policy import specify
from parsers.reading import document

POLICY = """# Signs

## Board

- If there is a red sign, answer "Stop".
- Otherwise, answer "Go on".

## Colours

Red is the colour shown in ![red](red.png) and in ![red](red.png2).
"""
SPEC = specify(document(POLICY, "signs"))


def question(number: int, answer: str, chain: str = "No sign is red.", text: str = "?") -> Asked:
    return Asked(id=f"q-{number}", image=f"{number}.png", question=text, chain=chain, answer=answer)


def test_a_chain_gets_the_rule_that_decides_if_it_cites_none() -> None:
    (told,), rejected = pictured.conversations(SPEC, [question(1, "Go on")])
    (rule,) = told.statements
    assert not rejected and told.chain == f"No sign is red. [{rule}]"
    assert SPEC.statement(rule).text == 'Otherwise, answer "Go on".'
    (other,), _ = pictured.conversations(SPEC, [question(1, "Stop", f"It is red [{rule}].")])
    assert other.statements == (rule,) and other.chain == f"It is red [{rule}]."
    (loose,), _ = pictured.conversations(SPEC, [question(1, "Blue")])
    assert loose.statements == () and loose.chain == "No sign is red."


def test_chains_that_cite_what_is_not_there_are_refused() -> None:
    told, (refused,) = pictured.conversations(SPEC, [question(1, "Stop", "So it is [rule-9].")])
    assert not told and "['rule-9']" in refused.reason


def test_right_is_what_says_the_answer_and_no_other() -> None:
    (item,), _ = pictured.items(SPEC, [question(1, "Stop")], ("Stop", "Go on", "Stop at once"))
    assert grade(item, "Stop.") and grade(item, "You stop.")
    assert not grade(item, "Stop or go on.") and not grade(item, "Stop at once.")


def test_a_question_on_a_picture_is_not_judged_by_if_it_was_trained_on(tmp_path: Path) -> None:
    train = tuple(question(n, ("Stop", "Go on")[n % 2]) for n in range(6))
    test = (train[0], question(9, "Stop"), question(1, "Stop", text="What now?"))
    small = SynthConfig(cpt=2, sft=4, rl=3, eval_complex=0, eval_other=0)
    counts = synthesize(SPEC, small, 0, tmp_path, pictured=Pictured({}, train, test))
    assert counts["rl"] == 3 and counts["eval"] == 2
    refused = (tmp_path / "rejected.jsonl").read_text()
    assert "the same question on the same picture is trained on" in refused
    rl = (tmp_path / "rl.jsonl").read_text()
    assert [f'"q-{n}"' in rl for n in (4, 5, 0)] == [True] * 3, "RL goes on behind fine-tuning"


def test_texts_show_the_pictures_that_stand_in_them() -> None:
    names = {"red.png": "../pictures/a.png", "red.png2": "../pictures/b.png"}
    text = Text(text="As in ![red](red.png2 'Red'), not (red.png).", kind="document", form="x")
    shown = pictured.illustrated(text, names)
    assert shown.text == "As in ![red](../pictures/b.png 'Red'), not (red.png)."
    assert shown.images == ("../pictures/b.png",)
    plain = Text(text="Red.", kind="document", form="x")
    assert pictured.illustrated(plain, names) is plain and pictured.illustrated(plain, {}) is plain
    (told,), _ = pictured.conversations(SPEC, [question(1, "Stop")])
    (whole,) = pictured.wholes(SPEC, names, [told])
    assert whole.images == ("../pictures/a.png", "../pictures/b.png", "1.png")
    assert all(f"]({name})" in whole.text for name in whole.images)


def test_files_that_are_no_questions_on_pictures_are_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "train.jsonl"
    for content in ("", "[1]\n", "{\n", '{"question": "?", "answer": "!"}\n', "\xff"):
        file.write_bytes(content.encode("latin-1"))
        assert not asked.has_questions(file)
    assert not asked.has_questions(tmp_path / "none.jsonl")
    file.write_text('{"image": "1.png"}\n')
    assert asked.has_questions(file)
    with pytest.raises(ValueError, match=r"train\.jsonl:1: 'question': Field required"):
        asked.read(file, trained=True)
