"""Findings point at the line of the user's file, also when reading it moved the lines."""

from __future__ import annotations

from example import TEXT, make_spec, span

from internalize.places import place


def test_markdown_keeps_its_lines() -> None:
    document = make_spec().document
    assert place(document, "bags.md", TEXT, span("Never discuss")) == "bags.md:5"


def test_leading_blank_lines_count() -> None:
    document = make_spec().document
    assert place(document, "bags.md", "\n\n" + TEXT, span("Never discuss")) == "bags.md:7"


def test_words_are_found_through_html() -> None:
    html = (
        "<h1>Bags</h1>\n<p>The desk opens at\n   6 am.</p>\n\n<p>Never discuss\nother airlines.</p>"
    )
    document = make_spec().document
    assert place(document, "bags.html", html, span("Never discuss other")) == "bags.html:5"


def test_words_torn_apart_by_markup_are_placed_in_the_normalized_text() -> None:
    html = "<p>Never <b>discuss</b> other airlines.</p>"
    document = make_spec().document
    assert place(document, "bags.html", html, span("Never discuss other")) == "policy.md:5"
