"""How a policy, a question and an answer are put to a model: the one place that words prompts.

Training, rollouts, evaluation and the shipped chat template all use these, so that what is trained
is what is asked. The policy-free prompt names only the policy identifier (CAP-CPT, arXiv
2510.11588); the policy-aware prompt (PolicyRollout's second half, TriMPI, arXiv 2510.09474 §3; and
the in-context baseline) adds the document. An answer is a `<think>` block that cites the rules
that apply as `[rule-id]`, then what the customer is told.
"""

from __future__ import annotations

import re

from parsers.endpoint import Message

THINK_OPEN, THINK_CLOSE = "<think>", "</think>"
_CITATION = re.compile(r"\[(?P<id>(?P<opening>[a-z0-9][a-z0-9.]*)[a-z0-9.\-]*)\]")


def system_prompt(identifier: str, policy: str | None = None) -> str:
    """The system message: the identifier alone, or with the whole policy under it."""
    named = f"You follow the policy {identifier}."
    return named if policy is None else f"{named}\n\n{policy.strip()}"


def messages(identifier: str, question: str, policy: str | None = None) -> list[Message]:
    """The prompt of one question, in the chat format of transformers and TRL."""
    return [
        {"role": "system", "content": system_prompt(identifier, policy)},
        {"role": "user", "content": question},
    ]


def completion(chain: str, answer: str) -> str:
    """The assistant's turn: the chain of thought in its block, then the answer."""
    return f"{THINK_OPEN}\n{chain.strip()}\n{THINK_CLOSE}\n{answer.strip()}"


def split_completion(text: str) -> tuple[str, str]:
    """(chain, answer) of an assistant's turn; a turn without a closed block is all answer,
    and one with an unclosed block has no answer."""
    if THINK_CLOSE in text:
        chain, _, answer = text.partition(THINK_CLOSE)
        return chain.replace(THINK_OPEN, "", 1).strip(), answer.strip()
    if text.lstrip().startswith(THINK_OPEN):
        return text.replace(THINK_OPEN, "", 1).strip(), ""
    return "", text.strip()


def citations(text: str) -> tuple[str, ...]:
    """Ids cited in the text as `[rule-id]`, in order, each once."""
    return tuple(dict.fromkeys(match["id"] for match in _CITATION.finditer(text)))


def deciding_words(turn: str) -> list[tuple[int, int]]:
    """Spans of the words that open the cited ids, in order.

    No two ids of a policy open with the same word (`parsers.ids`), so each of these few picks a
    rule, and all that is recited follows from it.
    """
    return [match.span("opening") for match in _CITATION.finditer(turn)]
