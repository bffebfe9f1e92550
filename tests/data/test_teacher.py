"""A teacher is believed only where the oracle agrees."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from data import facts
from data.prompts import Message, completion
from data.samples import Conversation
from data.teacher import Endpoint, TeacherError, teach
from parsers import parse
from parsers.spec import PolicySpec

POLICY = """# Desk

- The cabin allowance is 8 kg.
- The desk opens at 6 am.
- Never accept cash.
"""


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> PolicySpec:
    path = tmp_path_factory.mktemp("teacher") / "desk.md"
    path.write_text(POLICY)
    return parse(path)


@pytest.fixture(scope="module")
def chats(spec: PolicySpec) -> list[Conversation]:
    return facts.conversations(spec, 12, 0)


class Fake:
    """Rephrases by an opener; answers what the conversation says, or what `answer` makes of it."""

    def __init__(self, chats: list[Conversation], change=lambda chain, answer: (chain, answer)):
        self.known = {f"Honestly now: {c.question}": c for c in chats}
        self.change = change

    def __call__(self, prompts: list[list[Message]]) -> list[str]:
        return [self._one(prompt) for prompt in prompts]

    def _one(self, prompt: list[Message]) -> str:
        asked = prompt[-1]["content"]
        if "rewrite" in prompt[0]["content"]:
            return f"Honestly now: {asked}"
        known = self.known[" ".join(asked.split())]
        return completion(*self.change(known.chain, known.answer))


def test_right_answers_are_kept_in_the_teachers_words(spec, chats) -> None:
    taught, rejected = teach(Fake(chats), spec, chats)
    assert len(taught) == len(chats) and not rejected
    assert all(c.question.startswith("Honestly now") and c.template == "teacher" for c in taught)
    assert {c.id for c in taught}.isdisjoint(c.id for c in chats)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda chain, answer: (chain, "It is 99 kg, at 11 pm."), "the oracle says"),
        (lambda chain, answer: ("[no-such-rule] So it is.", answer), "does not exist"),
        (lambda chain, answer: ("I just know.", answer), "does not cite"),
        (lambda chain, answer: (chain, ""), "format"),
    ],
)
def test_wrong_samples_are_rejected_with_the_reason(spec, chats, change, reason) -> None:
    taught, rejected = teach(Fake(chats, change), spec, chats)
    assert not taught
    assert len(rejected) == len(chats)
    assert all(reason in r.reason for r in rejected), {r.reason for r in rejected}


def test_a_rephrasing_that_changes_a_number_is_rejected(spec, chats) -> None:
    numbered = [c for c in chats if any(ch.isdigit() for ch in c.question)]
    assert numbered

    def careless(prompts: list[list[Message]]) -> list[str]:
        return ["Would it be 77 or so?" for _ in prompts]

    taught, rejected = teach(careless, spec, numbered)
    assert not taught and all("numbers changed" in r.reason for r in rejected)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if body["model"] != "tiny":
            self.send_response(404)
            self.end_headers()
            self.wfile.write(b"no such model")
            return
        said = f"{self.headers.get('Authorization', '-')}|{body['messages'][-1]['content']}"
        reply = json.dumps({"choices": [{"message": {"role": "assistant", "content": said}}]})
        self.send_response(200)
        self.end_headers()
        self.wfile.write(reply.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}/v1"
        httpd.shutdown()


def test_an_endpoint_answers_in_order_and_gets_the_key(server, monkeypatch) -> None:
    monkeypatch.setenv("A_KEY", "secret")
    ask = Endpoint(server, "tiny", "A_KEY")
    said = ask([[{"role": "user", "content": str(n)}] for n in range(5)])
    assert said == [f"Bearer secret|{n}" for n in range(5)]


def test_an_endpoint_that_refuses_says_what_to_change(server) -> None:
    with pytest.raises(TeacherError, match=r"404.*no such model.*synth\.teacher\.model"):
        Endpoint(server, "other", "UNSET_KEY")([[{"role": "user", "content": "hi"}]])


def test_an_endpoint_that_is_not_there_says_so() -> None:
    with pytest.raises(TeacherError, match="is the server running"):
        Endpoint("http://127.0.0.1:9", "tiny")([[{"role": "user", "content": "hi"}]])


def test_teacher_through_synthesis(spec, tmp_path: Path) -> None:
    from data.samples import Rejected, read
    from data.synthesize import SynthConfig, synthesize

    config = SynthConfig.model_validate({"sft": 60, "teacher": {"source": "model", "share": 1.0}})

    def useless(prompts: list[list[Message]]) -> list[str]:
        return ["" for _ in prompts]

    counts = synthesize(spec, config, 0, tmp_path, teacher=useless)
    reasons = {r.reason for r in read(tmp_path / "rejected.jsonl", Rejected)}
    assert counts["sft"] > 0 and "teacher: rephrased as nothing" in reasons
