"""A teacher rephrases questions and writes chains; nothing it says is believed unchecked.

In: conversations made by templates, and a source of text. Out: conversations in the teacher's
words, and what was refused with the reason. Three sources: templates alone (no teacher), a local
model passed in as a callable, an OpenAI-compatible endpoint (`parsers.endpoint`). A sample counts
only if the numbers of the question are kept, the rules it cites exist and are the ones that apply,
and the answer the teacher reaches from its own wording, with the policy in context, is the oracle's
(the filter behind CAP-CPT's and TriMPI's gold data is not stated; this one is ours).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.chains import NO_RULE
from data.figures import values
from data.grading import grade, normalize, says
from data.prompts import citations, completion, split_completion
from data.recitations import recite
from data.samples import Conversation, Item, Rejected
from data.syntax import sentence
from parsers.endpoint import Generate, Message
from parsers.spec import PolicySpec


class TeacherError(RuntimeError):
    """The source of text gives what is no answer; the message says what."""


def teach(
    generate: Generate, spec: PolicySpec, conversations: Sequence[Conversation]
) -> tuple[list[Conversation], list[Rejected]]:
    """The conversations in the teacher's words, and those refused, with reasons."""
    questions = generate([_rephrase(c.question) for c in conversations])
    _same_length(questions, conversations)
    kept: list[tuple[Conversation, str]] = []
    rejected: list[Rejected] = []
    for conversation, said in zip(conversations, questions, strict=True):
        question = _cleaned(said)
        if reason := _lost(conversation.question, question):
            rejected.append(_refused(conversation, question, "", reason))
        else:
            kept.append((conversation, question))
    replies = generate([_solve(spec, question) for _, question in kept]) if kept else []
    _same_length(replies, kept)
    taught: list[Conversation] = []
    for (conversation, question), reply in zip(kept, replies, strict=True):
        if reason := wrong(spec, conversation, reply):
            rejected.append(_refused(conversation, question, reply, reason))
            continue
        chain, answer = split_completion(reply)
        changed = {
            "id": f"{conversation.id}-taught",
            "question": question,
            "template": "teacher",
            "chain": chain,
            "answer": answer,
        }
        taught.append(conversation.model_copy(update=changed))
    return taught, rejected


def wrong(spec: PolicySpec, conversation: Conversation, reply: str) -> str:
    """Why a teacher's completion is no good for the conversation; empty if it is good."""
    chain, answer = split_completion(reply)
    if not chain or not answer:
        return "format: no chain in its block, or no answer after it"
    known = {statement.id for statement in spec.statements}
    cited = citations(chain)
    if unknown := [rule for rule in cited if rule not in known]:
        return f"cites a rule that does not exist: {unknown[0]}"
    if missing := [rule for rule in conversation.statements if rule not in cited]:
        return f"does not cite a rule that applies: {missing[0]}"
    if not grade(item_of(spec, conversation), completion(chain, answer)):
        return f"answers {answer!r}; the oracle says {conversation.answer!r}"
    return ""


def item_of(spec: PolicySpec, conversation: Conversation) -> Item:
    """A conversation as an item: what any answer to its question must amount to."""
    shared = {
        name: getattr(conversation, name)
        for name in ("id", "kind", "question", "statements", "template", "workflow", "case")
    }
    gold = conversation.answer
    if conversation.workflow is not None and conversation.case is not None:
        workflow = next((w for w in spec.workflows if w.id == conversation.workflow), None)
        if workflow is not None:
            outcomes = [sentence(outcome.text) for outcome in workflow.outcomes]
            return Item(**shared, answer=gold, options=(*dict.fromkeys([*outcomes, NO_RULE]),))
    polarity = re.match(r"(yes|no)\b", gold, re.IGNORECASE)
    needed = tuple(dict.fromkeys(v.text for v in values(gold)))
    if polarity:
        word = polarity.group().lower()
        other = "no" if word == "yes" else "yes"
        reject = () if says(gold, other) else (other,)
        return Item(**shared, answer=gold, accept=((word, *needed),), reject=reject)
    rivals = tuple(recite(s, spec) for s in spec.statements if s.id not in conversation.statements)
    return Item(**shared, answer=gold, options=(gold, *rivals))


# --- what is asked of the teacher -----------------------------------------------------------


def _rephrase(question: str) -> list[Message]:
    return [
        {
            "role": "system",
            "content": "You rewrite messages of customers in other words, as a different person "
            "would write them. Keep every fact and every number. Reply with the message alone.",
        },
        {"role": "user", "content": question},
    ]


def _solve(spec: PolicySpec, question: str) -> list[Message]:
    rules = "\n".join(f"[{s.id}] {recite(s, spec)}" for s in spec.statements)
    return [
        {
            "role": "system",
            "content": f"You follow the policy {spec.identifier}. Its rules, each with its id:\n\n"
            f"{rules}\n\nThe whole text:\n\n{spec.document.text.strip()}\n\n"
            "Think in a <think> block of a few short lines that cites each rule that applies by "
            "its [id], then close the block with </think> and answer in one short sentence, in "
            "the policy's words.",
        },
        {"role": "user", "content": question},
    ]


def _cleaned(said: str) -> str:
    _, text = split_completion(said)
    return " ".join(text.split()).strip("\"“”' ")


def _lost(before: str, after: str) -> str:
    """What a rephrased question lost or got wrong; empty if nothing."""
    if not after:
        return "rephrased as nothing"
    if normalize(after) == normalize(before):
        return "not rephrased"
    if len(after.split()) > 2 * len(before.split()) + 20:
        return "rephrased at too great a length"
    had, has = _numbers(before), _numbers(after)
    if had != has:
        return f"numbers changed from {sorted(had)} to {sorted(has)}"
    return ""


def _numbers(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"t\d{4}|\d+(?:\.\d+)?", normalize(text)))


def _refused(conversation: Conversation, question: str, reply: str, reason: str) -> Rejected:
    sample: dict[str, object] = conversation.model_dump(mode="json")
    sample |= {"question": question, "reply": reply}
    return Rejected(sample=sample, reason=f"teacher: {reason}")


def _same_length(said: Sequence[str], asked: Sequence[object]) -> None:
    if len(said) != len(asked):
        raise TeacherError(f"the teacher gave {len(said)} completions for {len(asked)} prompts")
