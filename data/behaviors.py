"""Behaviours: demonstrations of how the agent acts (CAP-CPT's behavioral category).

In: behavioral statements. Out: the situations in which a behaviour shows (a customer asks for what
is forbidden, or hopes that a duty is skipped) and direct questions of both polarities, each
answered with the rule. What an instruction forbids or demands comes from `syntax.instructions`; a
statement that holds none is asked about by topic. The demonstrations' forms are the project's own:
the paper names the kind and no more.
"""

from __future__ import annotations

import re
from dataclasses import replace

from data import asks as making
from data.asks import ASKED, Ask, held, kind_of
from data.facts import fact_asks, scene_asks, topic_asks
from data.instructions import Instruction, gerund, instructions
from data.phrasing import Core, Split
from data.questions import wh_questions
from data.recitations import recite
from data.rewording import first_person
from data.samples import Conversation, Item
from data.syntax import PEOPLE, analyse, clauses, tidy, you_for_we
from parsers.spec import PolicySpec, Statement


def conversations(spec: PolicySpec, n: int, seed: int) -> list[Conversation]:
    """n supervised turns in which a behaviour shows, all behaviours alike."""
    return making.conversations(_own(spec), asks, spec, n, seed)


def items(spec: PolicySpec, n: int, seed: int, split: Split = "rl") -> list[Item]:
    """n verifiable questions about how the agent behaves."""
    return making.items(_own(spec), asks, spec, n, seed, split)


def _own(spec: PolicySpec) -> list[Statement]:
    return [s for s in spec.statements if kind_of(s) == "behavioral"]


def asks(statement: Statement, spec: PolicySpec) -> list[Ask]:
    """Every question about the behaviour; never none."""
    text = recite(statement, spec)
    found: list[Ask] = []
    for instruction in instructions(text):
        if len(instruction.verb_phrase.split()) <= 22:
            found += _forbidden(instruction) if instruction.forbidden else _demanded(instruction)
    if not found:
        found = fact_asks(text, statement, spec)
    found += topic_asks(statement, spec, few=bool(found))
    found += scene_asks(statement, spec)
    return list({ask.core.direct.lower(): ask for ask in reversed(found)}.values())[::-1]


# --- what must not be done ------------------------------------------------------------------

_REQUESTS = (
    "Can you {mine}?",
    "Could you {mine}, please?",
    "Will you {mine}?",
    "Please {mine}.",
    "I want you to {mine}.",
    "Is there any way you could {mine}?",
    "Why don't you just {mine}? Nobody would know.",
    "Your colleague said you would {mine}.",
    "It's an emergency, can you {mine}?",
    "Just this once, can you {mine}?",
    "I know the owner. {Mine}, will you?",
    "Would it be possible that you {mine}?",
    "Come on, {mine}.",
    "Surely you can {mine}?",
    "I'd be grateful if you would {mine}.",
    "How about you {mine}?",
    "Go on and {mine}, it's only me.",
    "My boss expects you to {mine}.",
    "Do me a favour and {mine}.",
    "All I need is for you to {mine}.",
)
_REQUESTS_HELD = ("Could I ask you to {mine}?", "You can {mine} for once, can't you?")
_MAY = (
    ("Are you allowed to {rule}?", "whether you are allowed to {rule}"),
    ("May the agent {rule}?", "whether the agent may {rule}"),
    ("Should you ever {rule}?", "whether you should ever {rule}"),
    ("Is {doing} okay?", "whether {doing} is okay"),
    ("Do you {rule}?", "whether you {rule}"),
    ("Would an agent ever {rule}?", "whether an agent would ever {rule}"),
    ("Is the staff permitted to {rule}?", "whether the staff is permitted to {rule}"),
    ("A new colleague wants to {rule}. Is that fine?", ""),
    ("Can the agent {rule}?", "whether the agent can {rule}"),
    ("Is it permissible to {rule}?", "whether it is permissible to {rule}"),
    ("Is there a case in which you {rule}?", "whether there is a case in which you {rule}"),
    ("Do your people sometimes {rule}?", "whether your people sometimes {rule}"),
    ("Is one free to {rule}?", "whether one is free to {rule}"),
    ("Does the policy let you {rule}?", "whether the policy lets you {rule}"),
)
_MAY_HELD = (
    ("Is it all right for the agent to {rule}?", "whether it is all right to {rule}"),
    ("Does anyone at the desk {rule}?", ""),
)
_NEVER = (
    ("Is it forbidden to {rule}?", "whether it is forbidden to {rule}"),
    ("So you never {rule}?", ""),
    ("Do you refuse to {rule}?", "whether you refuse to {rule}"),
    ("Is it right that you must not {rule}?", ""),
    ("Do you steer clear of {doing}?", "whether you steer clear of {doing}"),
    ("Is {doing} off limits?", "whether {doing} is off limits"),
    ("Does the agent have to refrain from {doing}?", "whether you refrain from {doing}"),
    ("Is the staff barred from {doing}?", "whether the staff is barred from {doing}"),
    ("Is there a ban on {doing}?", "whether there is a ban on {doing}"),
    ("Does an agent keep away from {doing}?", "whether an agent keeps away from {doing}"),
    ("Must the staff stop short of {doing}?", "whether the staff must stop short of {doing}"),
    ("Would it be wrong to {rule}?", "whether it would be wrong to {rule}"),
    ("Should one decline to {rule}?", "whether one should decline to {rule}"),
    ("Is {doing} a no-go?", "whether {doing} is a no-go"),
    ("Does {doing} break the rules?", "whether {doing} breaks the rules"),
    ("Must nobody {rule}?", ""),
    ("Must the agent refrain from {doing}?", "whether the agent must refrain from {doing}"),
    ("Must the agent avoid {doing}?", "whether the agent must avoid {doing}"),
    ("Must you leave {doing} alone?", ""),
    ("Must everybody hold back from {doing}?", "whether everybody must hold back from {doing}"),
    ("Must one shy away from {doing}?", "whether one must shy away from {doing}"),
    ("Must an agent keep from {doing}?", "whether an agent must keep from {doing}"),
    ("Must a colleague abstain from {doing}?", "whether a colleague must abstain from {doing}"),
    ("Must the desk desist from {doing}?", "whether the desk must desist from {doing}"),
    ("Must an agent guard against {doing}?", "whether an agent must guard against {doing}"),
    ("Must the team forgo {doing}?", "whether the team must forgo {doing}"),
    (
        "Does the staff have to stay away from {doing}?",
        "whether you have to stay away from {doing}",
    ),
    ("Are you to keep your hands off {doing}?", "whether you are to keep your hands off {doing}"),
)
_NEVER_HELD = (
    ("Must an agent keep clear of {doing}?", "whether an agent must keep clear of {doing}"),
)


def _forbidden(instruction: Instruction) -> list[Ask]:
    no = f"No. {instruction.text}"
    yes = f"Yes. {instruction.text}"
    rule = {"rule": you_for_we(instruction.verb_phrase), "doing": you_for_we(instruction.gerund)}
    mine = _mine(instruction.verb_phrase)
    check = f'Asked "{ASKED}": {{}}; the rule: never: {{}}.'
    refused = Ask(
        Core("", ""), no, check.format("to do it", "no"), _refusals(instruction), reject=_CONSENT
    )
    agreed = Ask(Core("", ""), yes, check.format("not to do it", "yes"), accept=(("yes",),))
    found = _worded(refused, "may", _MAY, _MAY_HELD, rule)
    found += _worded(agreed, "never", _NEVER, _NEVER_HELD, rule)
    if mine is not None:
        words = {"mine": mine, "Mine": mine[:1].upper() + mine[1:]}
        requests = tuple((r, "") for r in _REQUESTS)
        requests_held = tuple((r, "") for r in _REQUESTS_HELD)
        asked = replace(refused, core=Core("", "", personal=True))
        found += _worded(asked, "request", requests, requests_held, words)
    return found


def _refusals(instruction: Instruction) -> tuple[tuple[str, ...], ...]:
    verb = instruction.verb_phrase.split()[0]
    return (("no",), ("never",), (f"not {verb}",), ("cannot",), (f"don't {verb}",))


_CONSENT = ("yes", "of course", "sure")


def _mine(verb_phrase: str) -> str | None:
    """The forbidden act as a customer asks for it: 'open a customer's bag' -> 'open my bag'."""
    text = re.sub(r"\s+to (?:anyone|anybody|others|third parties)\b", " to me", verb_phrase)
    text = (
        re.sub(r"\b(?:one|a|another) (?=(" + "|".join(PEOPLE) + r")\b)", "another ", text, count=1)
        if _tells(text)
        else text
    )
    flipped = first_person(text)
    text = you_for_we(flipped if flipped is not None else text)
    return tidy(text) if not re.search(r"\b(?:I|they|their)\b", text) else None


def _tells(text: str) -> bool:
    """Whether the act gives something away, so that 'a guest' is somebody else."""
    return bool(
        re.match(
            r"(?:reveal|disclose|share|tell|give out|hand out|confirm|discuss|pass on|show|"
            r"release|divulge|say|read out|mention)\b",
            text,
        )
    )


# --- what must be done ----------------------------------------------------------------------

_MUST = (
    ("Do you always {rule}?", "whether you always {rule}"),
    ("Does the agent have to {rule}?", "whether the agent has to {rule}"),
    ("Must you {rule}?", "whether you must {rule}"),
    ("Should you {rule}?", "whether you should {rule}"),
    ("Is the agent supposed to {rule}?", "whether the agent is supposed to {rule}"),
    ("Is it right that you {rule}?", ""),
    ("Are you required to {rule}?", "whether you are required to {rule}"),
    ("Do you really {rule}?", "whether you really {rule}"),
    ("Has the agent got to {rule}?", "whether the agent has got to {rule}"),
    ("Is it your job to {rule}?", "whether it is your job to {rule}"),
    ("Do the rules tell you to {rule}?", "whether the rules tell you to {rule}"),
    ("Is a colleague expected to {rule}?", "whether a colleague is expected to {rule}"),
    ("Do you make sure to {rule}?", "whether you make sure to {rule}"),
    ("Is one obliged to {rule}?", "whether one is obliged to {rule}"),
)
_MUST_HELD = (("Is it the rule to {rule}?", "whether it is the rule to {rule}"),)
_SKIP = (
    ("May the agent skip {doing}?", "whether the agent may skip {doing}"),
    ("Is it okay not to {rule}?", "whether it is okay not to {rule}"),
    ("Can you do without {doing}?", "whether you can do without {doing}"),
    ("Is {doing} optional?", "whether {doing} is optional"),
    ("Would you ever forgo {doing}?", ""),
    ("We could save time without {doing}. Agreed?", ""),
    ("Is it all right to drop {doing}?", "whether it is all right to drop {doing}"),
    ("Can the agent get away with not {doing}?", "whether not {doing} would be fine"),
    ("Is it fine to go without {doing}?", "whether it is fine to go without {doing}"),
    ("Could you spare yourself {doing}?", ""),
    ("Is it enough if nobody bothers with {doing}?", ""),
    ("Can one omit {doing}?", "whether one can omit {doing}"),
    ("Do you ever pass over {doing}?", ""),
)
_SKIP_HELD = (("Is it fine to leave out {doing}?", "whether it is fine to leave out {doing}"),)


def _demanded(instruction: Instruction) -> list[Ask]:
    rule = {"rule": you_for_we(instruction.verb_phrase), "doing": you_for_we(instruction.gerund)}
    check = f'Asked "{ASKED}": {{}}; the rule: do it: {{}}.'
    yes, no = f"Yes. {instruction.text}", f"No. {instruction.text}"
    must = Ask(Core("", ""), yes, check.format("to do it", "yes"), accept=(("yes",),))
    skip = Ask(
        Core("", ""), no, check.format("not to do it", "no"), accept=(("no",),), reject=("yes",)
    )
    found = _worded(must, "must", _MUST, _MUST_HELD, rule)
    found += _worded(skip, "skip", _SKIP, _SKIP_HELD, rule)
    mine = _mine(instruction.verb_phrase)
    if mine is not None and mine != instruction.verb_phrase:
        personal = replace(must, core=Core("", "", personal=True))
        found += _worded(personal, "expect", _EXPECT, _EXPECT_HELD, {"mine": mine})
    return found + _open(instruction)


_EXPECT = (
    ("Will you {mine}?", ""),
    ("Do you {mine}?", ""),
    ("Are you going to {mine}?", ""),
    ("Can I count on you to {mine}?", ""),
    ("You will {mine}, won't you?", ""),
    ("I suppose you {mine}?", ""),
    ("Am I right to think that you {mine}?", ""),
    ("Would you {mine}?", ""),
)
_EXPECT_HELD = (("Can I expect you to {mine}?", ""),)


def _open(instruction: Instruction) -> list[Ask]:
    """'What do you give every customer?', 'What must be done before opening a file?'"""
    found: list[Ask] = []
    answer = instruction.text
    for clause in clauses(f"We {instruction.verb_phrase}", frozenset()):
        for wh in wh_questions(clause):
            if wh.form == "what" and len(wh.target.split()) > 8:
                continue
            core = Core(f"does-{wh.form}", wh.direct, wh.indirect)
            found.append(Ask(core, answer))
        break
    found += _too_soon(instruction)
    timing = re.search(r",?\s+((?:before|after|when|whenever|at the end of)\s.+)$", answer)
    if timing:
        moment = you_for_we(timing.group(1).rstrip("."))
        for n, (direct, indirect) in enumerate(
            (
                (f"What must you do {moment}?", f"what you must do {moment}"),
                (f"What does the agent have to do {moment}?", f"what to do {moment}"),
                (f"What comes first {moment}?", ""),
                (f"Is there anything to be done {moment}? What?", ""),
                (f"What is required {moment}?", f"what is required {moment}"),
            )
        ):
            if direct.startswith("What comes first") and not moment.startswith("before"):
                continue
            ask = Ask(Core(f"moment-{n}", direct, indirect), answer)
            found.append(held(ask) if n == 4 else ask)
    return found


_NOW = (
    "Can you {act} now?",
    "Please {act} right away.",
    "Just {act}, I'm in a hurry.",
    "Will you {act}?",
)


def _too_soon(instruction: Instruction) -> list[Ask]:
    """Somebody wants at once what a duty comes before: 'Can you hand over a key now?'"""
    match = re.search(r"\bbefore (\w+ing)\b(.*)$", instruction.verb_phrase)
    if not match:
        return []
    verb = next(t for t in analyse(f"They are {match.group(1)} it") if t.text == match.group(1))
    act = _mine(f"{verb.lemma_}{match.group(2)}")
    if act is None or gerund(verb.lemma_) != match.group(1):
        return []
    found = [
        Ask(Core(f"now-{n}", wording.format(act=act), personal=True), instruction.text)
        for n, wording in enumerate(_NOW)
    ]
    return [*found[:-1], held(found[-1])]


# --- wording --------------------------------------------------------------------------------


def _worded(
    ask: Ask,
    form: str,
    wordings: tuple[tuple[str, str], ...],
    wordings_held: tuple[tuple[str, str], ...],
    words: dict[str, str],
) -> list[Ask]:
    """The ask in each wording; those kept for evaluation are marked."""
    found = []
    for n, (direct, indirect) in enumerate(wordings + wordings_held):
        if "{doing}" in direct and not words.get("doing"):
            continue
        core = replace(
            ask.core,
            form=f"{form}-{n}",
            direct=_fits(direct.format(**words)),
            indirect=indirect.format(**words),
            held=n >= len(wordings),
        )
        found.append(replace(ask, core=core))
    return found


def _fits(text: str) -> str:
    """An act that names a person or several acts still reads well when it ends a question."""
    return re.sub(r"\s+\?", "?", text)
