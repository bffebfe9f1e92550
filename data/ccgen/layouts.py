"""A decision tree as a section of a policy, the ways businesses lay such sections out.

In: a `Tree` and the `Wording` of the document's writer. Out: blocks that say the same as the tree.
Layouts: nested `bullets`, running `prose`, numbered `clauses`, a `table` of cases, `steps` with
jumps, a `checklist` whose first fitting line counts. Inside them the constructs vary: if, when,
unless, except, only if, otherwise, in all other cases, labels, relative clauses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from data.ccgen.blocks import Block, Item, Listing, Paragraph, Table, mark, refer
from data.ccgen.domains import Matter
from data.ccgen.procedure import Guard, Leaf, Node, Tree, asked, leaves
from data.ccgen.wording import Wording, meet, sentence

EXCEPTIONS = 0.4
"""How often two leaves are told as a rule with its exception."""


@dataclass
class Layout:
    """What lays one task's tree out."""

    words: Wording
    matter: Matter

    # --- phrases ----------------------------------------------------------------------------

    def pick(self, *choices: str) -> str:
        return self.words.rng.choice(choices)

    def outcome(self, leaf: Leaf) -> str:
        return self.words.outcome(leaf.outcome, self.matter)

    def opener(self, guards: Sequence[Guard]) -> str:
        """'If the parcel is insured', 'For parcels that are insured'"""
        formal = self.words.voice == "formal"
        if len(guards) == 1 and self.words.rng.random() < 0.25:
            return f"for {self.words.who(guards[0])}"
        return f"{self.pick('where', 'if') if formal else self.pick('if', 'if', 'when')} " + (
            self.words.both(guards)
        )

    def rest(self) -> str:
        if self.words.voice == "formal":
            return self.pick("in all other cases", "in any other case", "otherwise")
        return self.pick("otherwise", "in all other cases", "in every other case")

    def decides(self, node: Node) -> str:
        """That the next circumstance is what it depends on."""
        it = self.words.domain.circumstances[node.circumstance]
        if it.noun:
            return self.pick(
                f"it depends on {it.noun}", f"{it.noun} decides", f"what counts is {it.noun}"
            )
        return self.pick(f"it depends on whether {it.yes}", f"what counts is whether {it.yes}")

    def exception(self, node: Tree, alone: bool = True) -> str:
        """A node of two leaves as a rule with its exception; `alone` in its item or paragraph, so
        that 'this' can mean nothing else."""
        assert isinstance(node, Node)
        (own, usual), (odd, special) = node.branches
        assert isinstance(usual, Leaf) and isinstance(special, Leaf)
        rule, other = self.outcome(usual), self.outcome(special)
        clause, who = self.words.clause(odd), self.words.who(odd)
        forms = [
            f"{rule}, unless {clause}. {sentence(f'in that case, {other}')}",
            f"{rule}, except where {clause}. {sentence(f'in that case, {other}')}",
            f"{rule}. The only exception: if {clause}, {other}",
            f"{other} only if {clause}; otherwise, {rule}",
            f"if {clause}, {other}; otherwise, {rule}",
            f"{other} if {clause}, and {rule} if {self.words.clause(own)}",
        ]
        if alone:
            forms.append(f"{rule}. This does not apply to {who}; for these, {other}")
        said = self.words.rng.choice(forms).removesuffix(".")
        return mark(usual.id, mark(special.id, f"{said}."))

    # --- nested bullets ---------------------------------------------------------------------

    def bullets(self, tree: Node) -> Iterator[Block]:
        yield Paragraph(mark(tree.id, sentence(f"{self.decides(tree)}:")))
        yield Listing(tuple(self._items(tree, named=True)))

    def _items(self, node: Node, named: bool) -> Iterator[Item]:
        """The branches; as mere labels only where the line above has named what they are of."""
        kind = self.words.domain.circumstances[node.circumstance].kind
        labels = named and kind == "category" and self.words.rng.random() < 0.5
        for place, (guard, child) in enumerate(node.branches):
            last = place == len(node.branches) - 1
            if labels:
                opener, after = self.words.cell(guard), ":"
            elif last and self.words.rng.random() < 0.6:
                opener, after = self.rest(), ","
            else:
                opener, after = self.opener([guard]), ","
            yield self._item(f"{opener}{after}", child)

    def _item(self, opener: str, child: Tree) -> Item:
        if isinstance(child, Leaf):
            return Item(mark(child.id, sentence(f"{opener} {self.outcome(child)}")))
        if _is_pair(child) and self.words.rng.random() < EXCEPTIONS:
            return Item(sentence(f"{opener} {self.exception(child)}"))
        bare = not opener.endswith(":") and self.words.rng.random() < 0.3
        text = f"{opener.rstrip(',')}:" if bare else f"{opener} {self.decides(child)}:"
        return Item(mark(child.id, sentence(text)), tuple(self._items(child, not bare)))

    # --- prose ------------------------------------------------------------------------------

    def prose(self, tree: Node) -> Iterator[Block]:
        for sentences in self._paragraphs(tree, ()):
            yield Paragraph(" ".join(sentences))

    def _paragraphs(self, node: Node, way: tuple[Guard, ...]) -> Iterator[list[str]]:
        """One paragraph for each stretch of the tree in which at most one branch goes on."""
        inner = [(guard, child) for guard, child in node.branches if isinstance(child, Node)]
        if len(inner) > 1:
            for guard, child in node.branches:
                if isinstance(child, Node):
                    yield from self._paragraphs(child, (*way, guard))
                else:
                    yield [self._leaf((*way, guard), child)]
            return
        sentences = []
        if way:
            lead = f"{self.opener(way)}, {self.decides(node)}"
            sentences.append(mark(node.id, sentence(lead)))
        yield from self._spine(node, way, sentences)

    def _spine(
        self, node: Node, way: tuple[Guard, ...], sentences: list[str]
    ) -> Iterator[list[str]]:
        """Leaves first, then 'otherwise' and what goes on."""
        ordered = sorted(node.branches, key=lambda branch: isinstance(branch[1], Node))
        opened = ""
        while True:
            *ended, (guard, child) = ordered
            for own, leaf in ended:
                assert isinstance(leaf, Leaf)
                text = f"{self.opener([own])}, {self.outcome(leaf)}"
                sentences.append(mark(leaf.id, sentence(f"{opened}{text}")))
                opened = ""
            way = (*way, guard)
            if isinstance(child, Leaf):
                sentences.append(mark(child.id, sentence(f"{self.rest()}, {self.outcome(child)}")))
                yield sentences
                return
            if _is_pair(child) and self.words.rng.random() < EXCEPTIONS:
                said = sentence(f"{self.rest()}, {self.exception(child, alone=False)}")
                yield [*sentences, said]
                return
            inner = [c for _, c in child.branches if isinstance(c, Node)]
            if len(inner) > 1:
                yield sentences
                yield from self._paragraphs(child, way)
                return
            opened = "otherwise, "
            ordered = sorted(child.branches, key=lambda branch: isinstance(branch[1], Node))

    def _leaf(self, way: Sequence[Guard], leaf: Leaf) -> str:
        return mark(leaf.id, sentence(f"{self.opener(way)}, {self.outcome(leaf)}"))

    # --- numbered clauses -------------------------------------------------------------------

    def clauses(self, tree: Node) -> Iterator[Block]:
        """Each clause states its whole condition; a branch that ends at once comes last and
        overrules the others."""
        ended = [(g, c) for g, c in tree.branches if isinstance(c, Leaf)]
        first = f"{self.matter.name}-first"
        last = f"{self.matter.name}-last"
        over = len(ended) == 1 and len(tree.branches) == 2 and self.words.rng.random() < 0.5
        if not over:
            yield from (block for part in self._clauses(tree, ()) for block in part)
            return
        (guard, leaf) = ended[0]
        other = next(c for _, c in tree.branches if isinstance(c, Node))
        parts = list(self._clauses(other, ()))
        for place, part in enumerate(parts):
            head, *rest = part
            assert isinstance(head, Paragraph)
            label = first if place == 0 else last if place == len(parts) - 1 else ""
            yield Paragraph(head.text, label)
            yield from rest
        named = (
            f"clause {refer(first)}"
            if len(parts) == 1
            else f"clauses {refer(first)} to {refer(last)}"
        )
        text = f"notwithstanding {named}, {self.opener([guard])}, {self.outcome(leaf)}"
        yield Paragraph(mark(leaf.id, sentence(text)))

    def _clauses(self, tree: Tree, way: tuple[Guard, ...]) -> Iterator[list[Block]]:
        if isinstance(tree, Leaf):
            yield [Paragraph(self._leaf(way, tree))]
            return
        if any(isinstance(child, Node) for _, child in tree.branches):
            for guard, child in tree.branches:
                yield from self._clauses(child, (*way, guard))
            return
        opener = self.opener(way) if way else ""
        if _is_pair(tree) and self.words.rng.random() < EXCEPTIONS:
            text = self.exception(tree)
            yield [Paragraph(sentence(f"{opener}, {text}" if opener else text))]
            return
        items = []
        for place, (guard, leaf) in enumerate(tree.branches):
            assert isinstance(leaf, Leaf)
            last = place == len(tree.branches) - 1
            case = self.rest() if last else self.opener([guard])
            end = "." if last else "; and" if place == len(tree.branches) - 2 else ";"
            items.append(Item(mark(leaf.id, f"{case}, {self.outcome(leaf)}") + end))
        lead = f"{opener}:" if opener else "The following shall apply:"
        yield [Paragraph(mark(tree.id, sentence(lead))), Listing(tuple(items), "letters")]

    # --- a table of cases -------------------------------------------------------------------

    def table(self, tree: Node) -> Iterator[Block]:
        names = asked(tree)
        yield Paragraph("Find the row that fits. Every case falls under exactly one row.")
        rows = []
        for way, leaf in leaves(tree):
            cells = []
            for name in names:
                own = [guard for guard in way if guard.circumstance == name]
                met = own[0] if own else None
                for guard in own[1:]:
                    met = meet(met, guard) if met else guard
                cells.append(self.words.cell(met) if met else "any")
            outcome = self.outcome(leaf)
            rows.append((*cells, mark(leaf.id, outcome[0].upper() + outcome[1:])))
        heads = [self.words.domain.circumstances[name].head for name in names]
        yield Table((*heads, "Decision"), tuple(rows))

    # --- steps ------------------------------------------------------------------------------

    def steps(self, tree: Node) -> Iterator[Block]:
        """Either each decision says that it is the end, or nobody goes on who is not sent on."""
        end = self.pick(" and stop", " and close the case", " and end the procedure", "")
        lead = "Go through these steps, beginning with step 1."
        alone = self.pick(
            "Go on to another step only where one is named.",
            "The first decision that you come to ends the procedure.",
        )
        several = any(isinstance(child, Node) for _, child in tree.branches)
        yield Paragraph(f"{lead} {alone}" if several and not end else lead)
        yield Listing(tuple(self._steps(tree, end)), "numbers")

    def _steps(self, node: Node, end: str) -> Iterator[Item]:
        it = self.words.domain.circumstances[node.circumstance]
        parts = [it.ask] if it.kind == "boolean" or self.words.rng.random() < 0.6 else []
        for place, (guard, child) in enumerate(node.branches):
            if it.kind == "boolean":
                case = "if yes" if guard.values[0] else "if no"
            elif place == len(node.branches) - 1 and (not end or self.words.rng.random() < 0.5):
                case = "otherwise"
            else:
                case = f"if {self.words.clause(guard)}"
            if isinstance(child, Leaf):
                parts.append(mark(child.id, sentence(f"{case}, {self.outcome(child)}{end}")))
            else:
                go = self.pick("go to", "go on to", "continue with")
                parts.append(sentence(f"{case}, {go} step {refer(child.id)}"))
        yield Item(mark(node.id, " ".join(parts)), label=node.id)
        for _, child in node.branches:
            if isinstance(child, Node):
                yield from self._steps(child, end)

    # --- a checklist ------------------------------------------------------------------------

    def checklist(self, tree: Node) -> Iterator[Block]:
        yield Paragraph("Go down the list; the first line that applies decides.")
        yield Listing(tuple(self._lines(tree, ())))

    def _lines(self, tree: Tree, way: tuple[Guard, ...]) -> Iterator[Item]:
        """A branch that comes last needs no condition: the lines above have taken the others."""
        if isinstance(tree, Leaf):
            opener = self.opener(way) if way else self.rest()
            yield Item(mark(tree.id, sentence(f"{opener}, {self.outcome(tree)}")))
            return
        for place, (guard, child) in enumerate(tree.branches):
            last = place == len(tree.branches) - 1
            yield from self._lines(child, way if last else (*way, guard))


LAYOUTS: dict[str, Callable[[Layout, Node], Iterator[Block]]] = {
    "bullets": Layout.bullets,
    "prose": Layout.prose,
    "clauses": Layout.clauses,
    "table": Layout.table,
    "steps": Layout.steps,
    "checklist": Layout.checklist,
}


def _is_pair(tree: Tree) -> bool:
    return (
        isinstance(tree, Node)
        and len(tree.branches) == 2
        and all(isinstance(child, Leaf) for _, child in tree.branches)
    )
