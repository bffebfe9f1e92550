"""The report has all its parts, tells the truth about them, and asks nothing of any host."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from example import make_spec, write_run

from internalize import report
from internalize.folder import RunError


@pytest.fixture
def page(tmp_path: Path) -> str:
    return report.render(tmp_path, write_run(tmp_path))


VOID = {"meta", "link", "br", "rect", "line", "polyline", "img", "input"}


class Tags(HTMLParser):
    """Checks that every element is closed where it should be; collects what is referred to."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-3:]}"
        self.open.pop()


def test_the_page_is_well_formed_and_self_contained(page: str) -> None:
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert all(link.startswith("data:") for link in tags.links)
    assert not re.search(r"https?://|@import|url\(|<script", page)


@pytest.mark.parametrize(
    "part",
    [
        "answers <b>90 %</b> of the held-out complex questions",
        "Generated items, judged by the oracle",
        "Hand-written questions",
        "untrained, policy in context",
        "tuned, no policy (after RL)",
        "tuned, policy in context",
        "77–96 · 36/40",
        "CPT: loss",
        "SFT: loss",
        "RL: accuracy reward",
        "policy-free rollouts",
        "policy-aware rollouts",
        "Branching errors",
        "Never discuss other airlines.",
        "General ability",
        "22.10",
        "12\u202f630 requests",
        "nothing says what a bag of 23 kg or less costs",
        "Say what light bags cost.",
        "epochs: 3",
        "2.13.0",
    ],
)
def test_the_page_has_its_parts(page: str, part: str) -> None:
    assert part in page


def test_ten_transcripts_show_both_answers(page: str) -> None:
    shown = page.partition("Before and after")[2].partition("<details>")[0]
    assert shown.count("<article>") == 10
    assert shown.count("Before: ") == 10 and shown.count("After: ") == 10


def test_what_a_model_said_is_text_and_not_markup(page: str) -> None:
    assert "<b>at all</b>" not in page and "&lt;b&gt;at all" in page


def test_cited_rules_show_their_words_and_invented_ones_that_they_are(page: str) -> None:
    assert '<abbr class="rule" title="Gold members pay nothing.">gold</abbr>' in page
    assert '<abbr class="norule" title="no such rule">ghost</abbr>' in page


def test_diagnostics_give_lines_of_the_policy(page: str) -> None:
    assert "<td>7</td><td>gap</td>" in page


def test_a_training_that_did_not_pay_is_said_to(tmp_path: Path) -> None:
    spec = write_run(tmp_path)
    found = report.load_results(tmp_path)
    path = tmp_path / "evaluation" / "results.json"
    swapped = {"rl": "untrained-policy", "untrained-policy": "rl"}
    scores = tuple(
        score.model_copy(update={"condition": swapped.get(score.condition, score.condition)})
        for score in found.scores
    )
    path.write_text(found.model_copy(update={"scores": scores}).model_dump_json())
    assert "The training did not pay" in report.render(tmp_path, spec)


def test_a_run_without_training_still_has_a_page(tmp_path: Path) -> None:
    spec = write_run(tmp_path)
    found = report.load_results(tmp_path)
    bare = found.model_copy(
        update={
            "tuned": None,
            "stages": (),
            "conditions": ("untrained", "untrained-policy"),
            "general": {"untrained": found.general["untrained"]},
            "break_even": found.break_even.model_copy(
                update={"requests": None, "requests_uncached": None}
            ),
        }
    )
    (tmp_path / "evaluation" / "results.json").write_text(bare.model_dump_json())
    assert "No training stage was enabled" in report.render(tmp_path, spec)


def test_without_an_evaluation_there_is_no_report(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="internalize evaluate"):
        report.render(tmp_path, make_spec())


def test_axes_are_round_and_take_the_data_in() -> None:
    assert report.axis(0.0, 2.8) == [0, 1, 2, 3]
    assert report.axis(0.0, 0.9) == [0, 0.25, 0.5, 0.75, 1.0]
    assert report.axis(5.0, 5.0)[0] <= 5.0 <= report.axis(5.0, 5.0)[-1]
    assert report.axis(0.0, 0.0)[0] == 0.0 < report.axis(0.0, 0.0)[-1]
