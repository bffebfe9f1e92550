"""The word list of `parsers/plain`, made anew: `python -m benchmarks.words`.

In: this repository's own English as the statistical model tags it: the policies of `data/policies`
and `tests/corpus`, and the wordings of `data/everyday`. Out: `parsers/words.tsv`, one word a line,
in alphabetical order: the word in small letters and its tags, the most frequent first, each with
the base form where `regular_base` would not find it (`thrown<tab>VBN/throw`). The questions beside
the policies are for evaluation only, and are not read; neither is anything of `benchmarks/gold`.

The same texts and the same version of the model give the same file. Left out: what stands only with
a capital, words with figures or hyphens, auxiliaries, and the tags that `lexicon` knows of closed
classes.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

import yaml

from parsers.language import MODEL
from parsers.plain.lexicon import AUXILIARIES, CLOSED, regular_base
from parsers.reading import read

HOME = Path(__file__).parents[1]
POLICIES = ("data/policies", "tests/corpus")
LIST = HOME / "parsers" / "words.tsv"
SHARE = 0.1
"""A tag that a word has less often than that is left out: most are the model's slips."""

Uses = dict[str, Counter[tuple[str, str]]]
"""How often each word has which tag and base form."""


def texts() -> Iterator[str]:
    """The English that the list is made from, in a fixed order."""
    for path in (path for folder in POLICIES for path in sorted((HOME / folder).iterdir())):
        if path.suffix in {".md", ".txt", ".html"} and path.stem != "README":
            yield from read(path).text.split("\n\n")
    for path in sorted((HOME / "data" / "everyday").iterdir()):
        said = path.read_text(encoding="utf-8")
        if path.suffix == ".yaml":
            for entry in yaml.safe_load(said):
                yield from (entry["means"], *entry["says"], *entry.get("denies", ()))
            continue
        for line in said.splitlines():
            if not line.startswith("#"):
                yield from filter(None, map(str.strip, re.split(r"^n:|[|,]", line)))


def uses(said: Iterable[str]) -> Uses:
    """The words as the statistical model tags them."""
    model = import_module(MODEL).load(exclude=["ner", "parser"])
    found: Uses = defaultdict(Counter)
    for doc in model.pipe(said, batch_size=256):
        for token in doc:
            if re.fullmatch(r"[a-z][a-z'’]*", token.text):
                found[token.text][token.tag_, token.lemma_.lower()] += 1
    return found


def lines(found: Uses) -> list[str]:
    """The list's lines."""
    closed = {(word, tag) for tag, words in CLOSED.items() for word in words.split()}
    made = []
    for word in sorted(found.keys() - AUXILIARIES.keys()):
        tags: Counter[str] = Counter()
        for (tag, _), count in found[word].items():
            tags[tag] += count
        told = []
        for tag, count in sorted(tags.items(), key=lambda pair: (-pair[1], pair[0])):
            if count < SHARE * tags.total() or (word, tag) in closed or not tag[0].isalpha():
                continue
            bases = {base: n for (t, base), n in found[word].items() if t == tag}
            base = min(bases, key=lambda b: (-bases[b], b))
            told.append(tag if base == regular_base(word, tag) else f"{tag}/{base}")
        if told:
            made.append("\t".join([word, *told]))
    return made


def main() -> None:
    made = lines(uses(texts()))
    LIST.write_text("\n".join(made) + "\n", encoding="utf-8")
    print(f"{len(made)} words in {LIST.relative_to(HOME)}")


if __name__ == "__main__":
    main()
