"""Questions on pictures as samples of all stages, and a policy's own pictures in its texts.

In: a specification, `Asked` (questions on pictures), and the files of the policy's pictures. Out:
`Conversation` and `Item`; the sequences of visually masked pretraining (TriMPI, arXiv 2510.09474
§3.1); and `Rejected`. A chain that cites no rule gets the one that decides, where the policy's
trees lead to its answer by one rule only: rewards and the report go by what is cited.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from data import pretraining
from data.asked import Asked
from data.asks import kind_of
from data.chains import decisive
from data.grading import grade, says
from data.prompts import citations
from data.samples import Conversation, Item, Kind, Rejected, Text
from parsers.spec import PolicySpec

CLOSED = 100
"""Up to so many different answers compete: an answer that says another one too is wrong."""


def conversations(
    spec: PolicySpec, asked: Sequence[Asked]
) -> tuple[list[Conversation], list[Rejected]]:
    """A supervised turn for each question, if its chain cites no rule that the policy lacks."""
    rules = _Rules(spec)
    made: list[Conversation] = []
    rejected: list[Rejected] = []
    for it in asked:
        applying = rules.applying(it)
        chain = it.chain.strip()
        if not citations(chain):
            chain = " ".join([chain, *(f"[{rule}]" for rule in applying)])
        if unknown := set(applying) - rules.statements.keys():
            reason = f"the chain cites rules that the policy does not have: {sorted(unknown)}"
            rejected.append(Rejected(sample=it.model_dump(mode="json"), reason=reason))
            continue
        made.append(
            Conversation(
                id=it.id,
                images=(it.image,),
                kind=rules.kind(applying),
                question=it.question,
                statements=applying,
                template=it.template,
                chain=chain,
                answer=it.answer,
            )
        )
    return made, rejected


def items(
    spec: PolicySpec,
    asked: Sequence[Asked],
    answers: Sequence[str],
    trained: Collection[tuple[str, tuple[str, ...]]] = (),
) -> tuple[list[Item], list[Rejected]]:
    """A question with a verifiable answer for each: right is what says it and, of the `answers`
    that there are, no other.

    Args:
        trained: questions, each with its pictures, that have been used and are refused.
    """
    rules = _Rules(spec)
    competing = answers if len(answers) <= CLOSED else ()
    made: list[Item] = []
    rejected: list[Rejected] = []
    for it in asked:
        applying = rules.applying(it)
        item = Item(
            id=it.id,
            images=(it.image,),
            kind=rules.kind(applying),
            question=it.question,
            statements=tuple(rule for rule in applying if rule in rules.statements),
            template=it.template,
            answer=it.answer,
            accept=((it.answer,),),
            reject=tuple(other for other in competing if not says(it.answer, other)),
        )
        if (item.question, item.images) in trained:
            reason = "the same question on the same picture is trained on"
        elif not grade(item, it.answer):
            reason = "its own answer is not graded as right"
        else:
            made.append(item)
            continue
        rejected.append(Rejected(sample=item.model_dump(mode="json"), reason=reason))
    return made, rejected


class _Rules:
    """Which rules apply: those that a chain cites, or the one by which trees lead to an answer."""

    def __init__(self, spec: PolicySpec) -> None:
        self.statements = {s.id: s for s in spec.statements}
        self.deciding = [
            (path.outcome, decisive(spec, path))
            for workflow in spec.workflows
            for path in workflow.paths()
            if path.outcome is not None
        ]

    def applying(self, it: Asked) -> tuple[str, ...]:
        if cited := citations(it.chain):
            return cited
        found = {rules for outcome, rules in self.deciding if says(outcome, it.answer)}
        return found.pop() if len(found) == 1 else ()

    def kind(self, applying: Sequence[str]) -> Kind:
        """That of the last rule, which decides; without any, what a picture settles is complex."""
        last = self.statements.get(applying[-1]) if applying else None
        return kind_of(last) if last else "complex"


# --- pretraining ----------------------------------------------------------------------------


def wholes(
    spec: PolicySpec, pictures: Mapping[str, str], chats: Sequence[Conversation]
) -> Iterator[Text]:
    """The policy with its pictures, a picture, the question on it, the chain and the answer."""
    policy = renamed(f"{spec.identifier}\n\n{spec.document.text}", pictures)
    own = tuple(dict.fromkeys(pictures.values()))
    for chat in chats:
        yield pretraining.whole(policy, own, chat)


def illustrated(text: Text, pictures: Mapping[str, str]) -> Text:
    """The text with those of the policy's pictures that it shows."""
    shown = dict.fromkeys(pictures[m[0]] for m in _named(pictures).finditer(text.text))
    if not shown:
        return text
    images = tuple(shown)
    return text.model_copy(update={"text": renamed(text.text, pictures), "images": images})


def renamed(text: str, pictures: Mapping[str, str]) -> str:
    """Pictures that the text shows by these names, by their files."""
    return _named(pictures).sub(lambda m: pictures[m[0]], text)


def _named(pictures: Mapping[str, str]) -> re.Pattern[str]:
    """The names where Markdown shows a picture."""
    names = "|".join(map(re.escape, pictures)) or "(?!)"
    return re.compile(rf"(?<=\]\()(?:{names})(?=[\s)])")
