"""A model's proposals: taken where they hold, refused with the reason, never asked for twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import jsonschema
import pytest

from parsers import PolicySpec, Statement, parse
from parsers.__main__ import main
from parsers.assist import ATTEMPTS, Assistant, _changed, in_doubt
from parsers.endpoint import EndpointError, Message
from parsers.expressions import written
from parsers.formats import as_json
from parsers.proposals import prompt, schema
from parsers.review import review
from parsers.schema import json_schema

POLICY = """# Parcel desk

## Conduct

Never hand a parcel to a child unless a parent is there.

Never promise a delivery hour while it is raining.

The desk is in Hall B.

## Fees

- If a parcel weighs 5 kg or less, charge 4 euros.
- If it weighs more than 5 kg, charge 9 euros.

Parcels above 30 kg count as freight.
"""
CHILD, RAIN, FREIGHT = "Never hand", "Never promise", "Parcels above"

Reply = dict[str, object]


def conditional(condition: str, quotes: list[str], outcomes: list[str], **more: object) -> Reply:
    return {"category": "conditional", "complexity": "simple", "condition": condition,
            "variables": [], "condition_quotes": quotes, "outcomes": outcomes} | more  # fmt: skip


def truth(name: str, label: str) -> Reply:
    return {"name": name, "type": "boolean", "label": label, "unit": "", "values": []}


GOOD: dict[str, Reply] = {
    CHILD: conditional(
        "child and not parent_there", ["to a child", "unless a parent is there"],
        ["Never hand a parcel"], variables=[truth("child", "the customer is a child")],
    ),
    RAIN: conditional(
        "raining", ["while it is raining"], ["Never promise a delivery hour"],
        variables=[truth("raining", "it is raining")],
    ),
    FREIGHT: conditional("parcel_weight > 30", ["above 30 kg"], ["count as freight"]),
}  # fmt: skip

ONE: Reply = {"condition_quotes": ["to a child"]}


class Model:
    """Says of each statement what it was given to say, by the statement's opening words."""

    def __init__(self, replies: dict[str, Reply | list[Reply | str] | str]) -> None:
        self.replies = replies
        self.asked: list[str] = []

    def __call__(self, chats: list[list[Message]]) -> list[str]:
        return [self._reply(chat) for chat in chats]

    def _reply(self, chat: list[Message]) -> str:
        statement = chat[3]["content"].rpartition("Statement: ")[2]
        self.asked.append(statement)
        known = (said for opening, said in self.replies.items() if statement.startswith(opening))
        said = next(known, {"category": "factual"})
        if isinstance(said, list):
            said = said[(len(chat) - 4) // 2]
        return said if isinstance(said, str) else json.dumps(said)


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "desk.md"
    path.write_text(POLICY, encoding="utf-8")
    return path


def statement(spec: PolicySpec, opening: str) -> Statement:
    return next(s for s in spec.statements if s.text.startswith(opening))


def said_of(spec: PolicySpec, opening: str) -> str:
    """What became of the proposal for a statement."""
    name = statement(spec, opening).id
    (finding,) = [d for d in spec.diagnostics if d.kind == "assisted" and d.statements == (name,)]
    return finding.message


def test_only_what_is_in_doubt_is_asked_for(policy: Path) -> None:
    spec = parse(policy)
    assert in_doubt(spec) == {statement(spec, s).id for s in (CHILD, RAIN, FREIGHT)}
    model = Model(GOOD)
    parse(policy, assistant=Assistant(model, "tiny"))
    assert [s.partition(" ")[0] for s in model.asked] == ["Never", "Never", "Parcels"]


def test_a_good_proposal_becomes_the_reading(policy: Path) -> None:
    spec = parse(policy, assistant=Assistant(Model(GOOD), "tiny"))
    child = statement(spec, CHILD)
    assert child.assisted == "tiny" and child.condition is not None
    assert written(child.condition) == "child and not parent_there"
    assert (child.category, child.complexity) == ("conditional", "complex")  # by its structure
    assert [spec.document.quote(s) for s in child.condition_spans] == [
        "to a child", "unless a parent is there",
    ]  # fmt: skip
    assert spec.variable("raining").negated == "it is not raining"
    assert "is read as tiny proposes" in said_of(spec, CHILD)
    assert statement(spec, "The desk").assisted is None
    assert "read so by tiny" in review(spec, "desk.overrides.yaml")
    assert PolicySpec.model_validate_json(as_json(spec)) == spec
    jsonschema.validate(json.loads(as_json(spec)), json.loads(json_schema()))


def test_a_rule_that_is_proposed_is_compiled_into_its_workflow(policy: Path) -> None:
    before, after = parse(policy), parse(policy, assistant=Assistant(Model(GOOD), "tiny"))
    assert before.doubtful and not after.doubtful
    (fees,) = after.workflows
    for weight, outcome in (
        (3, "charge 4 euros"),
        (30, "charge 9 euros"),
        (31, "count as freight"),
    ):
        assert fees.decide({"parcel_weight": weight}).outcome == outcome
    assert statement(after, FREIGHT).workflow == fees.id
    assert 30 in after.variable("parcel_weight").thresholds


@pytest.mark.parametrize(
    ("opening", "change", "reason"),
    [
        (CHILD, {"condition_quotes": ["unless a parent is here"]}, "word for word"),
        (CHILD, {"outcomes": ["never hand a parcel"]}, "word for word"),
        (CHILD, {"outcomes": ["Never hand a parcel to a child"]}, "in a condition and in an"),
        (CHILD, {"condition_quotes": []}, "needs condition_quotes"),
        (CHILD, {"condition": None}, "needs a condition"),
        (CHILD, {"condition": "child >"}, "is not a condition"),
        (CHILD, {"condition": "child > 3 and not parent_there"}, "child is a boolean"),
        (CHILD, {"condition": "kid and not parent_there"}, "no variable 'kid'"),
        (
            CHILD,
            {"condition": "child and not child", "condition_quotes": ["to a child"]},
            "can never hold",
        ),
        (
            CHILD,
            {"condition": "child or not child", "condition_quotes": ["to a child"]},
            "always holds",
        ),
        (CHILD, {"condition": "child"}, "leaves out 'unless a parent is there'"),
        (
            CHILD,
            ONE | {"condition": "child"},
            "applies when the customer is a child and the parent is there; for the parser it does",
        ),
        (CHILD, {"condition": "child and parcel_weight > 5"}, "does not speak of parcel_weight"),
        (CHILD, {"variables": [truth("parcel_weight", "a parcel weighs")]}, "is a number"),
        (CHILD, {"variables": [truth("child", " ")]}, "label is empty"),
        (
            RAIN,
            {"condition": "snow", "variables": [truth("snow", "it snows")]},
            "not speak of snow",
        ),
        (
            RAIN,
            {"variables": [truth("raining", "it is raining") | {"type": "category"}]},
            "two val",
        ),
        (FREIGHT, {"condition": "parcel_weight > 20"}, "'above 30 kg' does not say 20"),
        (CHILD, {"category": "behavioral"}, "a behavioral statement has no condition"),
        (CHILD, {"category": "sometimes"}, "category: input should be"),
        (CHILD, {"mood": "good"}, "mood: extra inputs"),
    ],
)
def test_what_cannot_be_is_refused(policy: Path, opening: str, change: Reply, reason: str) -> None:
    model = Model(GOOD | {opening: GOOD[opening] | change})
    spec = parse(policy, assistant=Assistant(model, "tiny"))
    assert reason in said_of(spec, opening) and "not taken" in said_of(spec, opening)
    plain = statement(parse(policy), opening)
    assert statement(spec, opening).condition == plain.condition
    assert statement(spec, opening).assisted is None
    assert len([s for s in model.asked if s.startswith(opening)]) == ATTEMPTS
    others = {CHILD, RAIN, FREIGHT} - {opening}
    assert all(statement(spec, other).assisted == "tiny" for other in others)


def test_a_category_is_not_taken_on_the_models_word(policy: Path) -> None:
    freight = "What weighs more than 30 kg counts as freight."
    policy.write_text(POLICY.replace("Parcels above 30 kg count as freight.", freight))
    replies: dict = {CHILD: {"category": "behavioral"}, "What": {"category": "factual"}}
    spec = parse(policy, assistant=Assistant(Model(replies), "tiny"))
    assert "behavioral it is not: for the parser it is conditional" in said_of(spec, CHILD)
    assert "says no more than the parser read" in said_of(spec, "What")


def test_a_proposal_that_makes_a_conflict_is_taken_back_alone(policy: Path) -> None:
    text = POLICY.replace("more than 5", "more than 10")
    freight = "What weighs 3 kg or more counts as freight."
    policy.write_text(text.replace("Parcels above 30 kg count as freight.", freight))
    clash = conditional("parcel_weight >= 3", ["weighs 3 kg or more"], ["counts as freight"])
    spec = parse(policy, assistant=Assistant(Model(GOOD | {"What": clash}), "tiny"))
    assert "it makes a new finding: conflict: Fees" in said_of(spec, "What")
    assert statement(spec, RAIN).assisted == "tiny"
    assert spec.workflows == parse(policy).workflows


def test_a_proposal_that_never_applies_is_taken_back(policy: Path) -> None:
    freight = "What weighs more than 5 kg counts as freight."
    policy.write_text(POLICY.replace("Parcels above 30 kg count as freight.", freight))
    idle = conditional("parcel_weight > 5", ["weighs more than 5 kg"], ["counts as freight"])
    spec = parse(policy, assistant=Assistant(Model({"What": idle}), "tiny"))
    assert "it makes a new finding: unreachable: Fees" in said_of(spec, "What")
    assert statement(spec, "What").assisted is None


def test_a_workflow_that_decides_otherwise_is_noticed(policy: Path) -> None:
    before = parse(policy)
    policy.write_text(POLICY.replace("9 euros", "8 euros"), encoding="utf-8")
    changed = _changed(before.workflows[0], before, _with_ids_of(before, parse(policy)), {})
    assert "it decides 'charge 8 euros' instead of 'charge 9 euros'" in changed
    assert _changed(before.workflows[0], before, before, {}) == ""


def _with_ids_of(before: PolicySpec, after: PolicySpec) -> PolicySpec:
    named = zip(before.statements, after.statements, strict=True)
    return after.model_copy(
        update={"statements": tuple(s.model_copy(update={"id": b.id}) for b, s in named)}
    )


def test_a_reply_is_mended_when_told_what_is_wrong(policy: Path) -> None:
    lying = GOOD[RAIN] | {"outcomes": ["Promise nothing"]}
    fenced = f"<think>{{ok}}</think>Here it is:\n```json\n{json.dumps(GOOD[RAIN])}\n```"
    model = Model(GOOD | {RAIN: ["I cannot.", lying, fenced]})
    spec = parse(policy, assistant=Assistant(model, "tiny"))
    assert statement(spec, RAIN).assisted == "tiny"
    assert len([s for s in model.asked if s.startswith(RAIN)]) == 3


def test_everything_can_be_asked_for_and_what_is_certain_stays(policy: Path) -> None:
    light = conditional("parcel_weight <= 5", ["a parcel weighs 5 kg or less"], ["charge 4 euros"])
    heavy = conditional("parcel_weight >= 5", ["it weighs more than 5 kg"], ["charge 9 euros"])
    model = Model(GOOD | {"If a parcel": light, "If it": heavy})
    spec = parse(policy, assistant=Assistant(model, "tiny", everything=True))
    assert len(model.asked) == len(spec.statements) + ATTEMPTS - 1
    told = {d.statements[0] for d in spec.diagnostics if d.kind == "assisted"}
    assert statement(spec, "If a parcel").id not in told  # it was read the same
    assert "it applies when the parcel weighs 5 kg; for the parser" in said_of(spec, "If it")
    assert statement(spec, "If it").assisted is None


# --- what is kept ---------------------------------------------------------------------------


def test_replies_are_kept_and_only_what_changed_is_asked_again(policy: Path) -> None:
    file = policy.with_name("proposals.jsonl")
    bad = GOOD | {RAIN: "no"}

    def call() -> tuple[PolicySpec, list[str]]:
        model = Model(bad)
        return parse(policy, assistant=Assistant(model, "tiny", file=file)), model.asked

    first, asked = call()
    assert len(asked) == 2 + ATTEMPTS
    assert call() == (first, [])
    policy.write_text(POLICY.replace("above 30 kg", "above 40 kg"), encoding="utf-8")
    again, asked = call()
    assert {s.partition(" kg")[0] for s in asked} == {"Parcels above 40"}
    assert "word for word" in said_of(again, FREIGHT)
    file.write_text(file.read_text(encoding="utf-8")[:-40], encoding="utf-8")  # killed at work
    assert len(call()[1]) == 1
    parse(policy, assistant=Assistant(other := Model(GOOD), "another", file=file))
    assert other.asked


def test_corrections_by_hand_win(policy: Path) -> None:
    by_hand = policy.with_name("desk.overrides.yaml")
    by_hand.write_text(
        "variables:\n  wet: {type: boolean, label: the street is wet}\n"
        f"statements:\n  rain:\n    text: {statement(parse(policy), RAIN).text}\n"
        "    condition: wet\n",
        encoding="utf-8",
    )
    model = Model(GOOD)
    spec = parse(policy, assistant=Assistant(model, "tiny"))
    assert not any(s.startswith(RAIN) for s in model.asked)
    corrected = statement(spec, RAIN)
    assert corrected.condition is not None and written(corrected.condition) == "wet"
    assert corrected.assisted is None and statement(spec, CHILD).assisted == "tiny"


def test_a_workflow_written_by_hand_stays_as_it_is(policy: Path) -> None:
    from parsers.corrections.matching import workflow_digest

    policy.write_text(
        f"{POLICY}\nNever charge above 40 kg while it is raining.\n", encoding="utf-8"
    )
    plain = parse(policy)
    light, heavy = (statement(plain, s).id for s in ("If a parcel", "If it"))
    policy.with_name("desk.overrides.yaml").write_text(
        f"workflows:\n  fees:\n    sha256: {workflow_digest('fees', plain.statements)[:12]}\n"
        f"    rows:\n    - {{if: parcel_weight < 7, then: charge 4 euros, statements: [{light}]}}\n"
        f"    - {{else: charge 9 euros, statements: [{heavy}]}}\n",
        encoding="utf-8",
    )
    joins = conditional(
        "parcel_weight > 40 and raining", ["above 40 kg", "while it is raining"],
        ["Never charge"], variables=[truth("raining", "it is raining")],
    )  # fmt: skip
    model = Model(GOOD | {"Never charge": joins})
    spec = parse(policy, assistant=Assistant(model, "tiny"))
    assert spec.workflow("fees").decide({"parcel_weight": 6}).outcome == "charge 4 euros"
    assert "it makes a new finding: stale" in said_of(spec, "Never charge")
    assert not any(d.kind == "stale" for d in spec.diagnostics)


# --- a source that fails --------------------------------------------------------------------


class Failing(Model):
    """Fails as told from its nth prompt on."""

    def __init__(self, after: int, here: bool = False) -> None:
        super().__init__(dict(GOOD))
        self.after, self.here = after, here

    def __call__(self, chats: list[list[Message]]) -> list[str]:
        if len(self.asked) >= self.after:
            self.asked.append("")
            raise EndpointError("the server has gone", here=self.here)
        return super().__call__(chats)


def test_an_endpoint_that_was_never_there_is_an_error(policy: Path) -> None:
    with pytest.raises(EndpointError, match="has gone"):
        parse(policy, assistant=Assistant(model := Failing(0), "tiny"))
    assert len(model.asked) == 1  # what waits is not tried in vain


def test_an_endpoint_that_fails_later_leaves_what_was_had(policy: Path) -> None:
    file = policy.with_name("proposals.jsonl")
    spec = parse(policy, assistant=Assistant(Failing(1), "tiny", file=file))
    assert [statement(spec, opening).assisted for opening in GOOD] == ["tiny", None, None]
    told = spec.diagnostics[-1]
    assert told.message == "2 statements could not be put to tiny: the server has gone"
    assert "is kept" in told.suggestion
    model = Model(GOOD)
    whole = parse(policy, assistant=Assistant(model, "tiny", file=file))
    assert [s.startswith(CHILD) for s in model.asked] == [False, False]
    assert whole == parse(policy, assistant=Assistant(Model(GOOD), "tiny"))


def test_a_request_that_is_refused_does_not_stop_the_others(policy: Path) -> None:
    model = Failing(1, here=True)
    parse(policy, assistant=Assistant(model, "tiny"))
    assert len(model.asked) == 3


# --- from the command line ------------------------------------------------------------------


@pytest.fixture
def serve() -> Iterator[Callable[[Model], str]]:
    """Puts a model behind a URL."""
    servers: list[HTTPServer] = []

    def put(model: Model) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert body["response_format"]["json_schema"]["schema"] == schema()
                (said,) = model([body["messages"]])
                reply = {"choices": [{"message": {"role": "assistant", "content": said}}]}
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(reply).encode())

            def log_message(self, *_: object) -> None:
                pass

        servers.append(HTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}/v1"

    yield put
    for server in servers:
        server.shutdown()
        server.server_close()


def test_the_module_asks_an_endpoint(policy: Path, serve, capsys) -> None:
    url, file = serve(model := Model(GOOD)), policy.with_name("p.jsonl")
    arguments = [str(policy), "--format", "json", "--assist", url, "--assist-model", "tiny"]
    assert main([*arguments, "--proposals", str(file)]) == 0
    told = capsys.readouterr()
    spec = PolicySpec.model_validate_json(told.out)
    assert spec == parse(policy, assistant=Assistant(Model(GOOD), "tiny"))
    assert "assisted: line 5: [" in told.err
    assert main([*arguments, "--proposals", str(file)]) == 0
    assert len(model.asked) == 3


def test_an_endpoint_that_is_not_there_is_one_message(policy: Path, capsys) -> None:
    arguments = [str(policy), "--assist", "http://127.0.0.1:9/v1", "--assist-model", "tiny"]
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert (
        told.out == "" and len(told.err.splitlines()) == 1 and "is the server running" in told.err
    )


def test_a_prompt_changes_only_with_what_is_near(policy: Path) -> None:
    before = parse(policy)
    policy.write_text(POLICY.replace("4 euros", "3 euros"), encoding="utf-8")
    after = parse(policy)
    for opening in (CHILD, RAIN):
        assert prompt(statement(before, opening), before) == prompt(
            statement(after, opening), after
        )
