"""Chat completions of an OpenAI-compatible server: `transformers serve`, vLLM, a hosted one.

In: chats, and where the server is. Out: what its model says to each, as text. The teacher of
`data` and the assisted parse ask through it. With a JSON schema the server is asked to keep to it
(`response_format`); one that refuses or ignores that is asked without, so that whoever wants JSON
has to check it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

import httpx
from pydantic import BaseModel, ConfigDict, Field

Message = dict[str, str]
Generate = Callable[[list[list[Message]]], list[str]]
"""Chat prompts in, one completion each out, in order."""

KEY_VARIABLE = "OPENAI_API_KEY"
_TIMEOUT = httpx.Timeout(600.0, connect=10.0)
"""Seconds: a model on a CPU takes its time, and requests wait for one another."""
_REFUSES = (400, 413, 415, 422, 501)
"""Statuses by which a server says that it will not do with this request."""


class EndpointConfig(BaseModel):
    """Where a server is, and which of its models is meant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: str = Field(default="http://localhost:8000/v1", description="of the endpoint")
    model: str = Field(default="", description="the name that the endpoint knows its model by")
    key_variable: str = Field(
        default=KEY_VARIABLE, description="environment variable with the endpoint's key"
    )


class AssistConfig(EndpointConfig):
    """Which model helps to parse, if any; what it proposes is checked all the same."""

    source: Literal["none", "model", "endpoint"] = "none"
    everything: bool = Field(
        default=False,
        description="also ask for what is not in doubt, to hear what is read otherwise",
    )


class EndpointError(RuntimeError):
    """The server cannot be used; the message says what to change.

    `here` tells that it was this one request that the server refused, not any.
    """

    def __init__(self, message: str, here: bool = False) -> None:
        super().__init__(message)
        self.here = here


@dataclass(frozen=True)
class Endpoint:
    """A model behind a URL that ends before `/chat/completions`.

    The key is read from the environment variable `key_variable`; a server of one's own needs none.
    `settings` names, in messages, where URL and model were set.
    """

    base_url: str
    model: str
    key_variable: str = KEY_VARIABLE
    settings: str = ""
    schema: Mapping[str, Any] | None = None
    max_tokens: int | None = None
    parallel: int = 8

    def __call__(self, prompts: list[list[Message]]) -> list[str]:
        """Completions at temperature 0.

        Raises:
            EndpointError: the server cannot be reached, refuses, or answers in another format.
        """
        key = os.environ.get(self.key_variable, "")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        with (
            httpx.Client(headers=headers, timeout=_TIMEOUT) as client,
            ThreadPoolExecutor(self.parallel) as pool,
        ):
            return list(pool.map(lambda prompt: self._ask(client, prompt), prompts))

    def _ask(self, client: httpx.Client, prompt: list[Message]) -> str:
        body: dict[str, Any] = {"model": self.model, "messages": prompt, "temperature": 0.0}
        if self.max_tokens is not None:
            body["max_tokens"] = self.max_tokens
        url = f"{self.base_url.rstrip('/')}/chat/completions"
        try:
            reply = None
            if self.schema is not None:
                shape = {"name": "reply", "strict": True, "schema": dict(self.schema)}
                form = {"type": "json_schema", "json_schema": shape}
                reply = client.post(url, json=body | {"response_format": form})
            if reply is None or reply.status_code in _REFUSES:
                reply = client.post(url, json=body)
            reply.raise_for_status()
            return str(reply.json()["choices"][0]["message"]["content"])
        except httpx.HTTPStatusError as error:
            status = error.response.status_code
            raise EndpointError(
                f"{url}: status {status}: {error.response.text[:200]}; check "
                f"{self._set('model')} and ${self.key_variable}",
                here=status in _REFUSES,
            ) from error
        except httpx.ReadTimeout as error:
            raise EndpointError(
                f"{url}: no answer within {_TIMEOUT.read:g} s; a faster server or a smaller model "
                "will do"
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise EndpointError(
                f"{url}: {error}; is the server running, and {self._set('base_url')} right?"
            ) from error
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise EndpointError(f"{url}: not a chat completion: {error!r}") from error

    def _set(self, name: str) -> str:
        plain = {"model": "the model's name", "base_url": "its URL"}[name]
        return f"{self.settings}.{name}" if self.settings else plain
