"""Workflows made by hand, so that these tests need no parser.

In: nothing. Out: `BAGGAGE` and `PAYMENTS`, with numbers, booleans, a category and an exception;
`specification`, which wraps a workflow; `workflows`, a strategy for random ones.
"""

from __future__ import annotations

from hypothesis import strategies as st

from parsers.spec import (
    Branch,
    Comparison,
    Document,
    Leaf,
    Membership,
    Node,
    Outcome,
    PolicySpec,
    Span,
    Statement,
    Truth,
    Variable,
    Workflow,
)


def yes(name: str) -> Truth:
    return Truth(variable=name)


def compare(name: str, op: str, value: float) -> Comparison:
    return Comparison.model_validate({"variable": name, "op": op, "value": value})


def test(condition: object, statement: str, text: str, then: Node, otherwise: Node) -> Branch:
    return Branch.model_validate(
        {"condition": condition, "statement": statement, "text": text, "yes": then, "no": otherwise}
    )


test.__test__ = False  # type: ignore[attr-defined]


def leaf(outcome: int | None, *statements: str) -> Leaf:
    return Leaf(outcome=outcome, statements=statements)


def boolean(name: str, label: str, negated: str) -> Variable:
    return Variable(name=name, type="boolean", label=label, negated=negated)


def number(name: str, label: str, clause: str, unit: str) -> Variable:
    return Variable(name=name, type="number", label=label, clause=clause, unit=unit)


def outcomes(*texts: str) -> tuple[Outcome, ...]:
    return tuple(Outcome(text=text) for text in texts)


BAGGAGE = Workflow(
    id="bags",
    title="Heavy bags",
    variables=(
        boolean("aid", "the item is a mobility aid", "the item is not a mobility aid"),
        number("weight", "the bag's weight", "the bag weighs {value} kg", "kg"),
        boolean("gold", "the customer is a Gold member", "the customer is not a Gold member"),
        Variable(
            name="flight",
            type="category",
            label="the flight",
            clause="the flight is {value}",
            values=("domestic", "international"),
        ),
    ),
    outcomes=outcomes(
        "accept it free of charge", "refuse the bag", "charge 45 euros", "charge 75 euros"
    ),
    root=test(
        yes("aid"), "b-1", "If the item is a mobility aid", leaf(0, "b-0"),
        test(compare("weight", "<=", 23), "b-2", "A bag of 23 kg or less", leaf(0, "b-2"),
        test(compare("weight", ">", 32), "b-3", "more than 32 kg", leaf(1, "b-3"),
        test(yes("gold"), "b-4", "For Gold members", leaf(0, "b-4"),
        test(Membership(variable="flight", values=("domestic",)), "b-5", "On a domestic flight",
             leaf(2, "b-5"), leaf(3, "b-6")))))),
)  # fmt: skip

PAYMENTS = Workflow(
    id="payments",
    title="Late payments",
    variables=(
        boolean("stolen", "the card was reported stolen", "the card was not reported stolen"),
        number("days", "the days overdue", "the payment is overdue by {value} days", "days"),
        number("owed", "the amount owed", "the customer owes {value} dollars", "dollars"),
    ),
    outcomes=outcomes("pass the case to the fraud team", "send a reminder", "pause the account"),
    root=test(
        yes("stolen"), "p-1", "If the card was reported stolen", leaf(0, "p-1"),
        test(compare("days", "<=", 5), "p-2", "5 days or less", leaf(1, "p-2"),
        test(compare("owed", ">", 50), "p-3", "more than 50 dollars", leaf(2, "p-3"), leaf(None)))),
)  # fmt: skip


def specification(workflow: Workflow) -> PolicySpec:
    """A policy that holds the workflow and the statements it rests on, and nothing else."""
    ids = {
        name
        for path in workflow.paths()
        for name in (*path.statements, *(t.statement for t in path.tests))
    }
    statements = (
        Statement(id=name, category="conditional", text="x", span=Span(start=0, end=1))
        for name in sorted(ids)
    )
    return PolicySpec(
        document=Document(name="handmade", sha256="0" * 64, text="x"),
        statements=tuple(statements),
        workflows=(workflow,),
        variables=workflow.variables,
    )


_BOOLEANS = (
    ("the customer is a resident", "the customer is not a resident"),
    ("the customer has a valid receipt", "the customer does not have a valid receipt"),
    ("the parcel was opened", "the parcel was not opened"),
    ("the employee works full-time", "the employee does not work full-time"),
    ("the order contains batteries", "the order does not contain batteries"),
)
_NUMBERS = (
    ("the item's price", "the item costs {value} euros", "euros"),
    ("the number of days since the purchase", "the purchase was {value} days ago", "days"),
    ("the parcel's weight", "the parcel weighs {value} kg", "kg"),
    ("the tenant's age", "the tenant is {value} years old", "years"),
    ("the attendance", "the attendance is {value} percent", "percent"),
)


@st.composite
def workflows(draw: st.DrawFn) -> Workflow:
    """Random decision trees over two booleans and two numbers, three tests deep at most."""
    labels = draw(st.permutations(_BOOLEANS))[:2]
    counted = draw(st.permutations(_NUMBERS))[:2]
    variables = [boolean(f"b{n}", *label) for n, label in enumerate(labels)]
    variables += [number(f"n{n}", *row) for n, row in enumerate(counted)]
    limits = {f"n{n}": draw(st.integers(2, 90)) for n in range(len(counted))}
    made: list[str] = []

    def tree(names: list[str]) -> Node:
        if not names or (len(names) < 3 and draw(st.booleans())):
            made.append(f"grant request number {len(made) + 1}")
            return leaf(len(made) - 1, f"s-{len(made)}")
        name, *rest = names
        condition = (
            compare(name, draw(st.sampled_from(("<", "<=", ">", ">="))), limits[name])
            if name in limits
            else yes(name)
        )
        return test(condition, f"t-{name}-{len(made)}", name, tree(rest), tree(rest))

    root = tree(draw(st.permutations([v.name for v in variables]))[:3])
    return Workflow(
        id="random",
        title="Requests",
        variables=tuple(variables),
        outcomes=outcomes(*made),
        root=root,
    )
