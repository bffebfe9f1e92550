"""What no rewarded answer may do: tricks that the grader lets pass, since people answer freely.

In: an `Item` of the training data, whose right answer is written out, and what the customer is
told. Out: the trick, or None. The evaluation does without, for hand-written questions name only
what a right answer must say. Answers trained by fine-tuning do none of this (see the test), so a
rollout that does has found a way around the question.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Literal

from data.grading import content, normalize, numbers
from data.samples import Item

Trick = Literal["length", "repetition", "figures", "both", "list"]
_ID = re.compile(r"\[[a-z0-9.\-]+\]")


def trick(item: Item, answer: str) -> Trick | None:
    """The first of these that the answer does:

    - length: it is more than thrice the right answer's and 12 words;
    - repetition: three words together come again that do not in the right answer;
    - figures: it has one that neither the right answer nor the question has;
    - both: it says yes and no where the right answer says one of them;
    - list: most of its words are neither the right answer's nor the question's.
    """
    answer = _ID.sub(" ", answer)
    right = f"{item.answer} {' '.join(phrase for phrases in item.accept for phrase in phrases)}"
    if len(answer.split()) > 3 * len(item.answer.split()) + 12:
        return "length"
    said, known = content(answer), content(right) | content(item.question)
    allowed = _triples(item.answer)
    if any(count > max(1, allowed[words]) for words, count in _triples(answer).items()):
        return "repetition"
    if not numbers(said) <= numbers(known):
        return "figures"
    words, wanted = ({"yes", "no"} & set(normalize(text).split()) for text in (answer, item.answer))
    if len(words) > max(1, len(wanted)):
        return "both"
    if len(said - known) > len(said & known):
        return "list"
    return None


def _triples(text: str) -> Counter[tuple[str, ...]]:
    words = normalize(text).split()
    return Counter(zip(words, words[1:], words[2:], strict=False))
