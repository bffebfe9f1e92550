"""A policy: its tasks with their decision trees, its form, its facts, and the document of them all.

In: a `Setting` (the axes, the seed). Out: `Policy`. The axes are CAP-CPT's (arXiv 2510.11588):
environment, tasks and arguments a task, workflow depth; the fourth, the query, is `queries.py`'s.
What an argument is there is *not stated*: here it is an argument of the task's tool, of which three
are always there (the record, the decision, its value) and six more are filled in by other rules of
the document: facts, defaults, and rules of one condition.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from data.ccgen.blocks import (
    SUFFIXES,
    Block,
    Format,
    Heading,
    Item,
    Listing,
    Paragraph,
    Rendered,
    Table,
    mark,
    render,
)
from data.ccgen.domains import NAMES, Circumstance, Database, Domain, Matter, load
from data.ccgen.layouts import LAYOUTS, Layout
from data.ccgen.procedure import Guard, Node, grow
from data.ccgen.wording import Voice, Wording
from data.generated import check_known, check_limits

Kind = Literal["factual", "behavioral", "simple", "complex"]

ALWAYS = ("record", "decision", "value")
FORM = ("reason_code", "priority", "notify_by", "due_days", "language", "file_note")
"""What a tool's arguments are called after the first three, in the order the axis adds them."""
NOTIFY = {"email": "an email", "letter": "a letter", "call": "a call"}
LANGUAGES = ("English", "French", "Spanish")
SPARE = 3
"""So many more circumstances than the depth may bear on a task."""


@dataclass(frozen=True)
class Style:
    """How a document is laid out: `layouts` are those its tasks take."""

    format: Format
    voice: Voice
    layouts: tuple[str, ...]
    numbered: bool = False


STYLES = {
    "handbook": Style("md", "imperative", ("bullets",)),
    "guide": Style("md", "plain", ("prose",)),
    "formal": Style("txt", "formal", ("clauses",), numbered=True),
    "tables": Style("html", "imperative", ("table",)),
    "procedure": Style("md", "imperative", ("steps",), numbered=True),
    "checklist": Style("html", "plain", ("checklist",)),
    "mixed": Style("md", "imperative", tuple(LAYOUTS), numbered=True),
}


@dataclass(frozen=True)
class Setting:
    """What a benchmark is made from; the same setting makes the same bytes.

    Raises:
        SettingError: a value is out of reach.
    """

    environment: int = 2
    tasks: int = 4
    arguments: int = 5
    workflow: int = 3
    query: int = 2
    seed: int = 0
    train: int = 200
    test: int = 100
    domain: str | None = None
    style: str | None = None

    def __post_init__(self) -> None:
        check_limits(
            self,
            {
                "environment": (1, 4), "tasks": (1, 12), "query": (1, 4), "workflow": (1, 6),
                "arguments": (len(ALWAYS), len(ALWAYS) + len(FORM)), "train": (0, 100_000),
                "test": (0, 100_000),
            },
        )  # fmt: skip
        check_known(self, {"domain": NAMES, "style": STYLES})

    @property
    def name(self) -> str:
        """A folder's name that tells settings apart."""
        parts = [
            f"e{self.environment}", f"t{self.tasks}", f"a{self.arguments}", f"w{self.workflow}",
            f"q{self.query}", f"s{self.seed}", f"n{self.train}+{self.test}",
            self.domain, self.style,
        ]  # fmt: skip
        return "-".join(part for part in parts if part)

    def rng(self, part: str) -> random.Random:
        """A generator of its own for each part, so that one part's needs do not move another."""
        return random.Random(f"{self.seed}/{part}/{self.environment}-{self.tasks}-{self.workflow}")


@dataclass(frozen=True)
class Task:
    matter: Matter
    tree: Node
    reason_code: str
    due_days: int


@dataclass
class Policy:
    """The document with everything it was made from. `statements` gives each rule's kind, and
    `document.spans` where it stands."""

    setting: Setting
    domain: Domain
    style: str
    databases: tuple[Database, ...]
    tasks: tuple[Task, ...]
    priority: Guard
    file_note: Guard
    facts: tuple[tuple[str, str, str, str], ...]
    document: Rendered = field(default_factory=lambda: Rendered(""))
    kinds: dict[str, Kind] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The document's file name."""
        return f"policy{SUFFIXES[STYLES[self.style].format]}"

    @property
    def form(self) -> tuple[str, ...]:
        """The arguments of the tools beyond the first three."""
        return FORM[: self.setting.arguments - len(ALWAYS)]

    @property
    def circumstances(self) -> dict[str, Circumstance]:
        """Those of the databases there are, and those that only users can tell."""
        inside = [c for database in self.databases for c in database.circumstances]
        return {c.name: c for c in (*inside, *self.domain.told)}


def make(setting: Setting) -> Policy:
    """Choose the business and the style, grow the trees, write the document."""
    rng = setting.rng("policy")
    domain_name, style = rng.choice(NAMES), rng.choice(list(STYLES))
    domain = load(setting.domain or domain_name)
    style = setting.style or style
    databases = domain.databases[: setting.environment]
    codes = rng.sample(range(10, 100), setting.tasks)
    tasks = []
    for matter, code in zip(rng.sample(domain.matters, setting.tasks), codes, strict=True):
        pool = _pool(rng, databases, domain, setting.workflow)
        tree = grow(rng, pool, setting.workflow, matter.name, domain.teams)
        assert isinstance(tree, Node)
        tasks.append(Task(matter, tree, f"R{code}", rng.choice([2, 3, 5, 7, 10, 14])))
    booleans = [c.name for d in databases for c in d.circumstances if c.kind == "boolean"]
    flags = [Guard(name, (rng.random() < 0.5,)) for name in rng.sample(booleans, 2)]
    facts = []
    for number, fact in enumerate(rng.sample(domain.facts, len(domain.facts) - 2), 1):
        n = rng.choice(fact.numbers)
        facts.append((f"fact.{number}", fact.text.format(n=n), fact.question,
                      fact.answer.format(n=n)))  # fmt: skip
    policy = Policy(
        setting, domain, style, databases, tuple(tasks), flags[0], flags[1], tuple(facts)
    )
    _write(policy, setting.rng("document"))
    return policy


def _pool(
    rng: random.Random, databases: tuple[Database, ...], domain: Domain, depth: int
) -> list[Circumstance]:
    """The circumstances a task may depend on: of every database some, of what users tell one."""
    each = [list(database.circumstances) for database in databases]
    for own in each:
        rng.shuffle(own)
    mixed = [own[i] for i in range(max(map(len, each))) for own in each if i < len(own)]
    return [*mixed[: depth + SPARE - 1], rng.choice(domain.told)]


# --- the document ---------------------------------------------------------------------------


def _write(policy: Policy, rng: random.Random) -> None:
    style, domain = STYLES[policy.style], policy.domain
    words = Wording(
        domain, style.voice, rng, spelled=rng.random() < 0.3, longer_units=rng.random() < 0.3
    )
    blocks: list[Block] = [Paragraph(domain.about)]
    blocks += _small(policy, rng)
    offered = list(style.layouts)
    rng.shuffle(offered)
    for number, task in enumerate(policy.tasks):
        blocks.append(Heading(task.matter.head))
        blocks.append(Paragraph(_opening(policy, task, rng)))
        layout = Layout(words, task.matter)
        blocks += LAYOUTS[offered[number % len(offered)]](layout, task.tree)
    blocks += _form(policy, words)
    title = domain.titles["formal" if style.voice == "formal" else "handbook"]
    policy.document = render(title, blocks, style.format, style.numbered)
    for rule in policy.document.spans:
        policy.kinds[rule] = _kind(policy, rule)


def _opening(policy: Policy, task: Task, rng: random.Random) -> str:
    """What a section is for and, if the form asks for it, by when the answer is due."""
    request = task.matter.request
    about = rng.choice(
        [
            f"This section decides what becomes of {request}.",
            f"This section is used for {request}.",
            f"This section settles {request}.",
        ]
    )
    if "due_days" not in policy.form:
        return about
    due = f"Requests of this kind are answered within {task.due_days} days."
    return f"{about} {mark(f'form.due_days-{task.matter.name}', due)}"


def _kind(policy: Policy, rule: str) -> Kind:
    group, name = rule.split(".", 1)
    if group == "form":
        return "simple" if name in ("priority", "notify_by", "language", "file_note") else "factual"
    small: dict[str, Kind] = {"fact": "factual", "duty": "behavioral", "everyday": "simple"}
    return small.get(group, "complex" if policy.setting.workflow > 1 else "simple")


def _small(policy: Policy, rng: random.Random) -> Iterator[Block]:
    """Facts, duties, and rules of one condition, as lists or as running text."""
    domain = policy.domain
    duties = [mark(f"duty.{n}", text) for n, text in enumerate(domain.behaviors, 1)]
    duties.append(
        mark("duty.record", f"What our records say counts, even where the {domain.person[0]} says "
             "otherwise.")
    )  # fmt: skip
    everyday = [mark(f"everyday.{n}", rule.text) for n, rule in enumerate(domain.simple, 1)]
    parts = [
        (("Good to know", "About us", "General information"),
         [mark(rule, text) for rule, text, _, _ in policy.facts]),
        (("How we work", "Conduct", "Our duties"), duties),
        (("Everyday situations", "Small matters", "Day to day"), everyday),
    ]  # fmt: skip
    running = policy.style in ("guide", "formal")
    for heads, texts in parts:
        yield Heading(rng.choice(heads))
        texts = rng.sample(texts, len(texts))
        if running:
            half = len(texts) // 2
            yield Paragraph(" ".join(texts[:half]))
            yield Paragraph(" ".join(texts[half:]))
        else:
            yield Listing(tuple(Item(text) for text in texts))


def _form(policy: Policy, words: Wording) -> Iterator[Block]:
    """How the arguments of a tool are filled in."""
    person = policy.domain.person[0]
    yield Heading("Entering a decision")
    yield Paragraph(
        mark("form.value", "Every decision is entered with its value: the amount, the percentage "
             "or the number of days, and 0 where there is none.")
    )  # fmt: skip
    form = policy.form
    if "reason_code" in form:
        yield Paragraph("Each kind of request has its own reason code.")
        codes = [(t.matter.head, mark(f"form.reason_code-{t.matter.name}", t.reason_code))
                 for t in policy.tasks]  # fmt: skip
        if STYLES[policy.style].format == "txt":
            yield Listing(tuple(Item(f"{head}: {code}") for head, code in codes))
        else:
            yield Table(("Request", "Reason code"), tuple(codes))
    texts = {
        "priority": f"If {words.clause(policy.priority)}, enter the priority high; otherwise, "
        "enter the priority normal.",
        "notify_by": f"Tell the {person} the decision by email, unless the {person} asks for "
        "a letter or a call.",
        "language": f"Use English, unless the {person} asks for French or Spanish.",
        "file_note": f"Attach a file note only if {words.clause(policy.file_note)}.",
    }
    for name in form:
        if name in texts:
            yield Paragraph(mark(f"form.{name}", texts[name]))
