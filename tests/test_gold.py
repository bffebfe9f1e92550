"""The gold standard's scorer and anchoring, on cases whose figures are known by hand."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks.gold import fetch as fetching
from benchmarks.gold.anchor import AnchorError, Label, anchor, digest, read_labels, write_labels
from benchmarks.gold.fetch import HERE, FetchError, Source, fetch, sources
from benchmarks.gold.score import (
    Comparison,
    Item,
    against_parser,
    compare,
    confusion_table,
    faults,
    kappa,
    main,
    score,
)
from parsers.reading import document
from parsers.spec import Outcome, PolicySpec, Span, Statement

TEXT = """# Bags

If the bag is *damaged*:

- Fill in a form. Give the
  customer a copy, unless they decline.
- Say sorry.

The desk closes at 11 pm.
"""
LABELS = """\
- {at: Fill in, to: a form, is: simple, under: [the bag is damaged], do: [Fill in a form]}
- {at: Give, to: decline, is: complex, under: [the bag is damaged], if: [they decline], do: [Give … copy]}
- {at: Say sorry, is: simple, under: [the bag is damaged], do: [Say sorry]}
# the desk
- {at: the desk, to: 11 pm, is: factual}
"""  # noqa: E501
SOURCE = Source.model_validate(
    {
        "name": "bags",
        "package": {"pypi": "bags", "version": "1"},
        "path": "bags/policy.md",
        "sha256": "0" * 64,
        "licence": "MIT",
        "from": "If the bag",
        "held_out": False,
    }
)


def labelled(tmp_path: Path, text: str = LABELS) -> Path:
    path = tmp_path / "bags.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def item(low: int, high: int, kind: str, **words: range) -> Item:
    complexity = kind if kind in ("simple", "complex") else None
    return Item(
        words=frozenset(range(low, high)),
        category="conditional" if complexity else kind,  # type: ignore[arg-type]
        complexity=complexity,  # type: ignore[arg-type]
        **{name: frozenset(span) for name, span in words.items()},
    )


# --- anchoring ------------------------------------------------------------------------------


def test_labels_point_at_their_words(tmp_path: Path) -> None:
    labels, gaps = anchor(TEXT, SOURCE, labelled(tmp_path))
    shown = [TEXT[label.start : label.end] for label in labels]
    assert shown == [
        "Fill in a form.",
        "Give the\n  customer a copy, unless they decline.",
        "Say sorry.",
        "The desk closes at 11 pm.",
    ]
    assert [TEXT[a:b] for a, b in labels[1].conditions] == ["they decline"]
    assert [TEXT[a:b] for a, b in labels[1].outcomes] == ["Give the\n  customer a copy"]
    assert [TEXT[a:b] for a, b in labels[1].inherited] == ["the bag is *damaged"]
    assert [(label.category, label.complexity) for label in labels[1::2]] == [
        ("conditional", "complex"),
        ("factual", None),
    ]
    assert [TEXT[a:b] for a, b in gaps] == ["If the bag is *damaged"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("- {at: Say nothing, is: behavioral}", "line 1: `at` 'Say nothing' is not found"),
        ("- {at: Say sorry, to: twice, is: behavioral}", "`to` 'twice' is not found after line 7"),
        ("- {at: Give, to: decline, is: simple, if: [customer they]}", "is found 0 times"),
        ("- {at: Fill in, to: sorry, is: simple, do: [a]}", "is found 2 times"),
        ("- {at: Say sorry, is: factual, do: [sorry]}", "only conditionals have"),
        ("- {at: Say sorry, is: nice}", "line 1: not a label"),
        ("- {at: Say sorry", "line 1: not a label"),
    ],
)
def test_what_cannot_be_placed_is_refused_with_its_line(
    tmp_path: Path, line: str, said: str
) -> None:
    with pytest.raises(AnchorError, match=r"bags\.yaml: line 1") as refused:
        anchor(TEXT, SOURCE, labelled(tmp_path, line))
    assert said in str(refused.value)


def test_labels_come_in_the_order_of_the_text(tmp_path: Path) -> None:
    wrong = "- {at: Say sorry, is: behavioral}\n- {at: Fill in, is: behavioral}\n"
    with pytest.raises(AnchorError, match="line 2"):
        anchor(TEXT, SOURCE, labelled(tmp_path, wrong))


def test_moved_text_is_told(tmp_path: Path) -> None:
    labels, _ = anchor(TEXT, SOURCE, labelled(tmp_path))
    path = tmp_path / "bags.jsonl"
    write_labels(path, labels)
    assert read_labels(path, TEXT) == labels
    with pytest.raises(AnchorError, match="line 1: the text has moved"):
        read_labels(path, "\n" + TEXT)


# --- measures -------------------------------------------------------------------------------


def test_statements_match_from_half_overlap_on_and_only_once() -> None:
    gold = [item(0, 10, "factual"), item(10, 20, "factual"), item(20, 30, "factual")]
    predicted = [
        item(0, 5, "factual"),  # IoU 0.5 with the first
        item(5, 9, "factual"),  # 0.4
        item(10, 20, "factual"),  # the same
        item(20, 24, "factual"),  # 0.4 with the third
    ]
    found = compare(gold, predicted)
    assert found.pairs == ((gold[0], predicted[0]), (gold[1], predicted[2]))
    assert found.missed == (gold[2],)
    assert found.spurious == (predicted[1], predicted[3])
    figures = score([found])
    assert figures.statements == pytest.approx(2 * 2 / (3 + 4))
    assert figures.strict == pytest.approx(2 * 1 / (3 + 4))


def test_category_and_complexity_by_hand() -> None:
    pairs = (
        (item(0, 1, "factual"), item(0, 1, "factual")),
        (item(1, 2, "factual"), item(1, 2, "behavioral")),
        (item(2, 3, "behavioral"), item(2, 3, "behavioral")),
        (item(3, 4, "simple"), item(3, 4, "simple")),
        (item(4, 5, "complex"), item(4, 5, "simple")),
        (item(5, 6, "complex"), item(5, 6, "behavioral")),
        (item(6, 7, "complex"), item(6, 7, "complex")),
    )
    figures = score([Comparison(pairs, (item(7, 8, "simple"),), ())])
    assert figures.by_category == pytest.approx(
        {"factual": 2 / 3, "behavioral": 2 / 4, "conditional": 6 / 7}
    )
    assert figures.category == pytest.approx((2 / 3 + 2 / 4 + 6 / 7) / 3)
    assert figures.complexity == pytest.approx(2 / 4)
    assert figures.confusion["complex"] == {
        "factual": 0,
        "behavioral": 1,
        "simple": 1,
        "complex": 1,
        "none": 0,
    }
    assert figures.confusion["simple"]["none"] == 1
    assert "| complex | 0 | 1 | 1 | 1 | 0 |" in confusion_table(figures)


def test_span_f1_by_hand() -> None:
    pairs = (
        # conditions: 2 of 4 gold words, 1 of 3 found is wrong; outcomes: all 3
        (
            item(0, 10, "simple", conditions=range(4), outcomes=range(5, 8)),
            item(0, 10, "simple", conditions=range(2, 5), outcomes=range(5, 8)),
        ),
        # the lead-in's words are nobody's gain or loss
        (
            item(20, 30, "complex", conditions=range(20, 22), inherited=range(10, 15)),
            item(20, 30, "complex", conditions=range(12, 22)),
        ),
        # a condition where the gold has none counts; outcomes of a plain instruction do not
        (
            item(30, 40, "behavioral"),
            item(30, 40, "behavioral", conditions=range(30, 31), outcomes=range(31, 40)),
        ),
    )
    figures = score([Comparison(pairs, (), ())])
    true, found, gold = 2 + 2 + 0, 3 + 7 + 1, 4 + 2
    assert figures.conditions == pytest.approx(2 * true / (found + gold))
    assert figures.outcomes == pytest.approx(1.0)


def test_kappa_is_the_textbooks() -> None:
    # 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no: kappa 0.4
    table = Counter({("y", "y"): 20, ("y", "n"): 5, ("n", "y"): 10, ("n", "n"): 15})
    assert kappa(list(table.elements())) == pytest.approx(0.4)
    assert kappa([("y", "y")] * 3) == 1.0


def test_the_worst_error_comes_first() -> None:
    found = Comparison(
        pairs=(
            (item(0, 4, "factual"), item(0, 4, "factual")),
            (item(4, 8, "simple"), item(4, 8, "complex")),
            (item(8, 12, "simple"), item(8, 12, "factual")),
        ),
        missed=(item(12, 16, "factual"),),
        spurious=(),
    )
    assert [fault.what for fault in faults(found)] == [
        "missed (factual)",
        "factual instead of simple",
        "complex instead of simple",
    ]


def test_a_spec_is_measured_in_its_own_text(tmp_path: Path) -> None:
    labels, _ = anchor(TEXT, SOURCE, labelled(tmp_path))
    whole = document(TEXT, "bags")

    def span(words: str) -> Span:
        start = TEXT.index(words)
        return Span(start=start, end=start + len(words))

    def statement(words: str, **rest: object) -> Statement:
        return Statement.model_validate(
            {"id": words, "text": words, "span": span(words), "category": "conditional", **rest}
        )

    spec = PolicySpec(
        document=whole,
        statements=(
            statement("# Bags", category="factual"),  # outside of the labelled stretch
            statement("If the bag is *damaged*:", complexity="complex"),  # a lead-in: one too many
            statement(
                "Fill in a form.",
                complexity="simple",
                condition_spans=(span("the bag is *damaged*"),),
                outcomes=(Outcome(text="a form", span=span("a form")),),
            ),
            statement("Say sorry.", category="behavioral"),
            statement("The desk closes at 11 pm.", category="factual"),
        ),
    )
    figures = score([against_parser(SOURCE, spec, labels)])
    assert (figures.gold, figures.predicted) == (4, 4)
    assert figures.statements == pytest.approx(2 * 3 / 8)
    assert figures.complexity == pytest.approx(1 / 2)
    assert figures.conditions == 1.0  # nothing of its own to find; the lead-in's does not count
    assert figures.outcomes == pytest.approx(2 * 2 / (2 + 4 + 2))  # 'a form'; 'Say sorry' unfound


# --- the standard itself --------------------------------------------------------------------


def test_held_out_documents_are_never_scored_by_accident(
    capsys: pytest.CaptureFixture[str],
) -> None:
    held = next(s.name for s in sources() if s.held_out)
    assert main([held]) == 2
    assert "--held-out" in capsys.readouterr().err
    open_ = next(s.name for s in sources() if not s.held_out)
    assert main([open_, "--held-out"]) == 2


def test_some_are_held_out_and_labels_are_in_order() -> None:
    listed = sources()
    assert sum(s.held_out for s in listed) >= 2
    total = 0
    for wanted in listed:
        lines = (HERE / "labels" / f"{wanted.name}.jsonl").read_text(encoding="utf-8").splitlines()
        labels = [Label.model_validate_json(line) for line in lines]
        total += len(labels)
        for before, after in pairwise(labels):
            assert before.end <= after.start
        for label in labels:
            assert (label.complexity is not None) == (label.category == "conditional")
            for start, end in (*label.conditions, *label.outcomes):
                assert label.start <= start < end <= label.end
    assert total >= 450


def test_a_file_of_another_text_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "cache", lambda: tmp_path / "cache")
    (tmp_path / "bags").mkdir()
    policy = tmp_path / "bags" / "policy.md"
    policy.write_text(TEXT, encoding="utf-8")
    with pytest.raises(FetchError, match=r"not the text that was labelled.*--from"):
        fetch(SOURCE, tmp_path)
    right = SOURCE.model_copy(update={"sha256": fetching._sha(policy.read_bytes())})
    assert fetch(right, tmp_path).read_text(encoding="utf-8") == TEXT
    policy.unlink()
    assert fetch(right, tmp_path).exists()  # from the cache
    with pytest.raises(FetchError, match="holds neither"):
        fetch(SOURCE, tmp_path)


def test_digest_is_the_slices() -> None:
    assert digest("") == "e3b0c44298fc"
