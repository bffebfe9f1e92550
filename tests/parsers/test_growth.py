"""Work grows with a document and not with its square.

It is counted in bytecodes, which no clock disturbs.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest
from spacy.tokens import Doc

import parsers
from parsers import language
from parsers.conditions.columns import Column
from parsers.conditions.lexicon import Lexicon
from parsers.ids import slugs
from parsers.policy import specify
from parsers.reading import document, normalize
from parsers.references import MOST, find_references
from parsers.solving import Space
from parsers.spec import Comparison, Membership, Span, Statement, Variable

HOME = str(Path(parsers.__file__).parent)
MOST_GROWTH = 6
"""Fourfold the document, and at most so much work; a square would be sixteen."""


def steps(call: Callable[[], object]) -> int:
    """How many bytecodes of the parsers' own a call runs."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Callable | None:
        nonlocal count
        if event == "call" and not frame.f_code.co_filename.startswith(HOME):
            return None
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


def referring(text: str) -> Callable[[], object]:
    """Looking up the references of a text of which every line that is no heading is a statement."""
    read = document(normalize(text), "growing")
    statements, at = [], 0
    for line in read.text.split("\n"):
        if line and not line.startswith("#"):
            span = Span(start=at, end=at + len(line))
            name = f"statement-{len(statements)}"
            statements.append(Statement(id=name, category="factual", text=line, span=span))
        at += len(line) + 1
    return lambda: find_references(read, statements)


REFERENCES = {
    "numbers": lambda n: "".join(f"# {i}. Fee\n\nPay under section {n - i}.\n\n" for i in range(n)),
    "letters": lambda n: "".join(
        f"# Annex {i}\n\nPay under Annex {n - i}.\n\n" for i in range(1, n)
    ),
    "titles": lambda n: "".join(
        f'# Fee w{i}\n\n**Item v{i}** costs 5 euros, see "Fee w{n - i}".\n\n' for i in range(1, n)
    ),
    "tables": lambda n: "Pay as in the table above.\n\n" * n + "| a | b |\n|---|---|\n| 1 | 2 |\n",
    "anchors": lambda n: "".join(f"# Fee\n\nPay, see [it](#fee-{n - i}).\n\n" for i in range(n)),
    "notes": lambda n: "Pay[^1] now.\n\n" * n + "[^1]: By card.\n",
}


@pytest.mark.parametrize("kind", REFERENCES)
def test_references(kind: str) -> None:
    few, many = (steps(referring(REFERENCES[kind](n))) for n in (50, 200))
    assert many < MOST_GROWTH * few


def test_a_reference_to_a_large_part_leads_to_its_first_statements() -> None:
    text = "# 1. Fees\n\n" + "Pay.\n\n" * (MOST + 50) + "# 2. Rest\n\nPay under section 1.\n"
    spec = specify(document(normalize(text), "large"))
    assert spec.statements[-1].references == tuple(s.id for s in spec.statements[:MOST])


def test_ids_of_a_sentence_said_again_and_again() -> None:
    few, many = (steps(lambda n=n: slugs(["Pay the fee."] * n)) for n in (100, 400))
    assert many < MOST_GROWTH * few


def test_regions_of_a_number() -> None:
    def decided(n: int) -> Callable[[], object]:
        limits = tuple(map(float, range(n)))
        variable = Variable(name="weight", type="number", label="weight", thresholds=limits)
        asked = Comparison(variable="weight", op="<=", value=float(n // 2))
        return lambda: Space({"weight": variable}, [asked]).possible([(asked, True)])

    few, many = (steps(decided(n)) for n in (100, 400))
    assert many < MOST_GROWTH * few


@pytest.mark.parametrize("held", [("b",), ("a", "c"), ("a", "b", "c"), ("d",)])
def test_values_of_a_kind_exclude_each_other(held: tuple[str, ...]) -> None:
    variable = Variable(name="kind", type="category", label="kind", values=tuple("abcd"))
    one = Membership(variable="kind", values=held)
    each = [Membership(variable="kind", values=(value,)) for value in variable.values]
    space = Space({"kind": variable}, [one, *each])
    for value, test in zip(variable.values, each, strict=True):
        assert space.possible([(one, True), (test, True)]) == (value in held)
        assert space.possible([(one, False), (test, True)]) == (value not in held)
        assert space.case([(test, True)]) == {"kind": value}
    assert not space.possible([(test, False) for test in each])


@pytest.mark.parametrize("said", ["the order {} is late", "the order {} weighs more than 3 kg"])
def test_circumstances_that_share_a_word(said: str) -> None:
    def met(n: int) -> Callable[[], object]:
        texts = [said.format(i + 100) for i in range(n)]

        def each() -> None:
            lexicon = Lexicon("")
            for number, text in enumerate(texts):
                lexicon.enter((f"Part {number}",))
                lexicon.clause(text)

        each()  # what the texts are made of is known by now
        return each

    few, many = (steps(met(n)) for n in (50, 200))
    assert many < MOST_GROWTH * few


@pytest.mark.parametrize("cell", ["up to {} kg", "zone {}"])
def test_cells_of_a_column(cell: str) -> None:
    def read(n: int) -> Callable[[], object]:
        cells = [cell.format(i) for i in range(1, n + 1)]

        def each() -> None:
            lexicon, column = Lexicon(""), Column("parcel", cells)
            for said in cells:
                lexicon.cell(said, column)

        each()  # what the texts are made of is known by now
        return each

    few, many = (steps(read(n)) for n in (20, 80))
    assert many < MOST_GROWTH * few


@pytest.mark.parametrize("joint", ["x: ", ", and x"])
def test_a_sentence_of_joints_is_not_analysed_from_each_of_them(
    monkeypatch: pytest.MonkeyPatch, joint: str
) -> None:
    def analysed(n: int) -> int:
        count = 0

        def keep(text: str, doc: Doc) -> Doc:
            nonlocal count
            count += len(text)
            return kept(text, doc)

        monkeypatch.setattr(language, "_keep", keep)
        specify(document(joint * n + "\n", "joints"))
        return count

    kept = language._keep
    few, many = analysed(25), analysed(100)
    assert few and many < MOST_GROWTH * few
