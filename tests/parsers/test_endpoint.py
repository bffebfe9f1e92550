"""The client of OpenAI-compatible servers: order, key, structured output, faults."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from parsers.endpoint import Endpoint, EndpointError


class Server(HTTPServer):
    structured = True


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if body["model"] != "tiny":
            self.send_response(404)
            self.end_headers()
            self.wfile.write(b"no such model")
            return
        if "response_format" in body and not self.server.structured:
            self.send_response(400)
            self.end_headers()
            self.wfile.write(b"no response_format here")
            return
        if "response_format" in body:
            body["messages"][-1]["content"] = json.dumps(body["response_format"])
        said = f"{self.headers.get('Authorization', '-')}|{body['messages'][-1]['content']}"
        reply = json.dumps({"choices": [{"message": {"role": "assistant", "content": said}}]})
        self.send_response(200)
        self.end_headers()
        self.wfile.write(reply.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def fake() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, daemon=True)
        thread.start()
        yield httpd
        httpd.shutdown()


@pytest.fixture
def server(fake: Server) -> str:
    return f"http://127.0.0.1:{fake.server_port}/v1"


def test_an_endpoint_answers_in_order_and_gets_the_key(server, monkeypatch) -> None:
    monkeypatch.setenv("A_KEY", "secret")
    ask = Endpoint(server, "tiny", "A_KEY")
    said = ask([[{"role": "user", "content": str(n)}] for n in range(5)])
    assert said == [f"Bearer secret|{n}" for n in range(5)]


def test_an_endpoint_that_refuses_says_what_to_change(server) -> None:
    with pytest.raises(EndpointError, match=r"404.*no such model.*synth\.teacher\.model"):
        Endpoint(server, "other", "UNSET_KEY", "synth.teacher")(
            [[{"role": "user", "content": "hi"}]]
        )


def test_an_endpoint_that_is_not_there_says_so() -> None:
    with pytest.raises(EndpointError, match="is the server running"):
        Endpoint("http://127.0.0.1:9", "tiny")([[{"role": "user", "content": "hi"}]])


def test_a_schema_is_sent_and_a_server_that_refuses_it_is_asked_without(fake, server) -> None:
    schema = {"type": "object", "properties": {}}
    ask = Endpoint(server, "tiny", "UNSET_KEY", schema=schema)
    prompt = [{"role": "user", "content": "hi"}]
    (said,) = ask([prompt])
    assert json.loads(said.partition("|")[2])["json_schema"]["schema"] == schema
    fake.structured = False
    assert ask([prompt]) == ["-|hi"]
