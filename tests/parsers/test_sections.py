"""Plain policies with numbered sections: '4. Freezing a membership', '4.1 …', and references."""

from __future__ import annotations

from parsers import PolicySpec
from parsers.policy import specify
from parsers.reading import document, normalize
from parsers.steps import GO


def parsed(text: str) -> PolicySpec:
    return specify(document(normalize(text), "policy"))


GARDEN = """GARDEN CENTRE
Guide for the tills

1. About us

1.1 We open at 9 and close at 18.

2. May a plant come back?

2.1 If the plant is dead, refund it. {}

2.2 If the pot is broken, replace the pot.

3. Delivery

3.1 If the order is over 50 euros, deliver it free. Otherwise, charge 5 euros.
"""


def test_sections_with_numbered_paragraphs_are_no_steps() -> None:
    for reference in (
        "Larger plants are handled under 3.1.",
        "If it was a tree, go straight on to 3.1 or 3.2, whatever it cost.",
        "If it was a tree, go on to 3.",
        "For a tree, continue with 3.1, which is free.",
    ):
        spec = parsed(GARDEN.format(reference))
        delivery = spec.workflow("delivery")
        assert len(delivery.variables) == 1, reference
        decision = delivery.decide({delivery.variables[0].name: 60.0})
        assert decision.outcome == "deliver it free"


def test_a_number_with_a_part_is_not_cut_in_a_jump() -> None:
    for text in ("go straight on to 5.3 or 5.4", "go on to 5.3", "continue with 5.3, which is"):
        assert [m["number"] for m in GO.finditer(text)] in ([], ["5.3"]), text
    assert [m["number"] for m in GO.finditer("If it is red, go to 5. Then wait.")] == ["5"]


def test_a_numbered_question_over_numbered_paragraphs_is_a_heading() -> None:
    spec = parsed(GARDEN.format(""))
    titles = [section.title for section in spec.document.sections]
    assert "May a plant come back?" in titles
    asked = parsed("CHECKS\n\n1. Is the lamp lit?\n\nIf not, call the office.\n")
    assert "Is the lamp lit?" not in [section.title for section in asked.document.sections]
