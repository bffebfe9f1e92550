"""Step flows: found, read and unrolled; flows of six trades decide as their references do.

In: `flows/`, each a document and a reference function. A reference's arguments are mapped to the
workflow's variables by hand, its outcomes to words of the document's.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from parsers import Branch, PolicySpec, Workflow, parse
from parsers.policy import specify
from parsers.reading import document, normalize
from parsers.spec import Value
from parsers.workflows import leaves

HOME = Path(__file__).parent / "flows"


@dataclass(frozen=True)
class Known:
    """A flow whose reference is `flows/NAME.py`."""

    file: str
    domains: Mapping[str, tuple[Value, ...]]
    bind: Callable[[dict], Mapping[str, Value]]
    phrases: Mapping[str, str]


BOTH = (True, False)
FLOWS = {
    "printer": Known(
        "printer.md",
        dict.fromkeys(
            ("display_dark", "prints_after_power", "jam", "test_after_jam", "toner_empty",
             "others_can_print", "final_test"), BOTH,
        ),
        lambda a: {
            "display_dark": a["display_dark"], "printer_print": a["prints_after_power"],
            "display_jam": a["jam"], "test_page_come_after_step_2": a["test_after_jam"],
            "toner_empty": a["toner_empty"], "print": a["others_can_print"],
            "test_page_come": a["final_test"],
        },
        {"close": "close the ticket", "service company": "call the service company"},
    ),
    "visa": Known(
        "visa.txt",
        {
            "expired": BOTH, "months_valid": (5.0, 6.0, 7.0), "work": BOTH,
            "stay_days": (30.0, 90.0, 91.0), "letter": BOTH, "balance": (3999.0, 4000.0),
        },
        lambda a: {
            "passport_expire": a["expired"], "valid_months": a["months_valid"], "work": a["work"],
            "stay_days": a["stay_days"], "letter_invitation": a["letter"],
            "letter_there": a["letter"], "balance": a["balance"],
        },
        {
            "accept": "accept the application", "reject": "reject the application",
            "passport office": "passport office", "consul": "consul",
        },
    ),
    "refunds": Known(
        "refunds.md",
        {
            "has_number": BOTH, "found": BOTH, "opened": BOTH, "faulty": BOTH,
            "accepts_replacement": BOTH, "price": (199.0, 200.0, 201.0),
        },
        lambda a: {
            "order_number": a["has_number"], "find_order": a["found"], "open_parcel": a["opened"],
            "item_faulty": a["faulty"], "accept": a["accepts_replacement"],
            "item_price": a["price"],
        },
        {
            "apologise": "apologise", "full refund": "full refund", "store credit": "store credit",
            "replacement": "replacement order", "supervisor": "supervisor",
        },
    ),
    "triage": Known(
        "triage.md",
        {
            "unconscious": BOTH, "temperature": (38.5, 39.0, 40.0), "pain": BOTH,
            "rating": (3.0, 4.0, 7.0, 8.0), "pressure": (89.0, 90.0),
        },
        lambda a: {
            "unconscious": a["unconscious"], "temperature_degrees": a["temperature"],
            "pain": a["pain"], "rating": a["rating"], "pressure_in_steps": a["pressure"],
        },
        {
            "emergency": "emergency team", "isolation": "isolation room",
            "appointment": "ordinary appointment", "nurse": "nurse",
        },
    ),
}  # fmt: skip


def spec_of(text: str) -> PolicySpec:
    return specify(document(normalize(text), "test"))


def flow_of(text: str) -> Workflow:
    (workflow,) = spec_of(text).workflows
    return workflow


def decided(workflow: Workflow, **given: Value) -> str | None:
    return workflow.decide(given).outcome


@pytest.mark.parametrize("name", FLOWS)
def test_flow_decides_as_its_reference(name: str) -> None:
    it = FLOWS[name]
    spec = parse(HOME / it.file)
    (workflow,) = spec.workflows
    reference = import_module(f"tests.parsers.flows.{name}").decide
    wrong = []
    for values in itertools.product(*it.domains.values()):
        case = dict(zip(it.domains, values, strict=True))
        said = workflow.decide(it.bind(case)).outcome or ""
        meant = {key for key, phrase in it.phrases.items() if phrase in said}
        if meant != {reference(**case)}:
            wrong.append((case, reference(**case), said))
    assert not wrong
    for decision in workflow.paths():
        assert all(spec.statement(i).workflow == workflow.id for i in decision.statements)
    for outcome in workflow.outcomes:
        assert outcome.span is None or outcome.text.split("; ")[0] in " ".join(
            spec.document.quote(outcome.span).split()
        )
