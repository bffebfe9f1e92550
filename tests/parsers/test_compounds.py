"""Verbs of two parts, such as 'e-mail' and 're-issue', are imperatives like any other."""

from __future__ import annotations

import pytest

from parsers.clauses.analysis import analyse_clause
from parsers.duties import instructs
from tests.parsers.test_wordings import mistakes


@pytest.mark.parametrize(
    ("said", "case", "act"),
    [
        ("When a guest loses a key, e-mail the locksmith.", "a guest loses a key", "e-mail the"),
        ("If a permit is torn, re-issue it at no cost.", "a permit is torn", "re-issue it"),
        ("If the ward is full, pre-book a bed for them.", "the ward is full", "pre-book a bed"),
        ("If the figures differ, double-check every row.", "the figures differ", "double-check"),
        ("If the sack is lost, re-send it.", "the sack is lost", "re-send it"),
    ],
)
def test_behind_a_circumstance(said: str, case: str, act: str) -> None:
    clause = analyse_clause(said)
    assert [clause.said(piece) for piece in clause.pieces] == [case]
    assert clause.outcome is not None and clause.said(clause.outcome).startswith(act)
    assert clause.imperative


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("E-mail the tenant a copy.", True),
        ("Cross-check the two lists.", True),
        ("E-mail addresses are kept for a year.", False),
        ("Re-entry is free.", False),
        ("Pre-booked seats are held for an hour.", False),
    ],
)
def test_alone(said: str, wanted: bool) -> None:
    assert instructs(said) is wanted


def test_what_is_left() -> None:
    text = "If the meter is broken, replace it. Otherwise, re-read the meter."
    assert not mistakes(text, {"broken": "replace", "not broken": "re-read"})
