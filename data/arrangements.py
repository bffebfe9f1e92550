"""The parts that a message to a desk is put together from, for training and for evaluation.

Tables of wordings by name: how what is told is arranged, openers, asides, small talk, last words,
and the ways to ask. `data.narrate` fills them; no row is on both sides, so that evaluation shares
no phrasing template with training.
"""

from __future__ import annotations

from typing import Literal

Side = Literal["train", "eval"]


def _rows(prefix: str, text: str) -> dict[str, str]:
    rows = [line.strip().strip('"') for line in text.strip().splitlines()]
    return {f"{prefix}{n}": row for n, row in enumerate(rows, 1)}


# {open} opener · {s} circumstances as sentences · {j} joined into one · {J} the same, capitalized ·
# {a} {A} the first circumstance, {r} the others as sentences · {ask} {lask} the asker, the latter
# going on after a comma · {small} small talk · {bye} a last word · {n} notes
ARRANGEMENTS = {
    "train": _rows("t", """
        {open}{s} {ask}
        {open}{s} {ask}
        {open}{s} {ask}
        {open}{J}. {ask}
        {open}{J}. {ask}
        {open}{ask} {s}
        {open}{ask} {J}.
        {open}{A}. {ask} {r}
        {open}{small} {s} {ask}
        {open}{A}. {small} {r} {ask}
        {open}{s} {small} {ask} {bye}
        {open}{s} {ask} {bye}
        {open}if {j}, {lask}
        {open}what happens if {j}?
        {open}what do you do if {j}?
        {open}how does it work when {j}?
        {open}{ask} I mean, {j}.
        {open}{ask} Just so you know, {j}.
        Hello,\\n\\n{s} {ask}\\n\\n{bye}
        {open}{small} {J}, {lask}
        {J}. {ask}
        {J}, {lask}
        {open}here's my situation: {j}. {ask}
        """),
    "eval": _rows("e", """
        {open}so {j}. {ask}
        {open}{s} And so: {lask}
        {open}{J} - {lask}
        {open}{small} {ask} {s}
        {open}{r} {ask} Oh, and {a}.
        {open}say {j}. {ask}
        {open}{ask} You see, {j}.
        {open}what would you do if {j}?
        Dear team,\\n{small} {s}\\n{ask}\\n{bye}
        {open}{J}, and now I wonder: {lask}
        {j} ... {lask}
        """),
}  # fmt: skip
TERSE = {
    "train": _rows("k", """
        {j}. {lask}
        {j}, {lask}
        {lask} {j}
        {open}{j}. {lask}
        {j}
        """),
    "eval": _rows("ek", """
        {j} - {lask}
        {open}{j}: {lask}
        """),
}  # fmt: skip
ASIDES = {
    "train": _rows("p", """
        by the way, {c}
        oh and {c}
        {c}, if that matters
        not sure it matters but {c}
        I should add that {c}
        fyi {c}
        {c}, just to mention it
        honestly, {c}
        as I said, {c}
        and yes, I checked, {c}
        """),
    "eval": _rows("ep", """
        I forgot to say that {c}
        {c}, in case you need to know
        for the record, {c}
        """),
}  # fmt: skip
FILLERS = {  # what tells no circumstance, between others that do
    "train": _rows("z", """
        I've checked twice
        I had to look that up
        we counted again to be sure
        don't ask me why
        as I said on the phone
        I have it here in front of me
        nobody told me anything
        I queued for ages
        it's been quite a day
        I'm typing this on my phone
        I read your website first
        you won't believe it
        I can prove it
        my sister says hello
        that's how it is
        I looked at it myself
        no idea how that happened
        I put it on paper for you
        it's a long story
        we tried everything
        """),
    "eval": _rows("ez", """
        I only noticed just now
        I wasn't sure who to ask
        I took a closer look
        it's the honest truth
        """),
}  # fmt: skip
RELATIVES = {
    "train": {"my mother": "she", "my brother": "he", "my wife": "she", "my dad": "he"},
    "eval": {"my aunt": "she", "my grandfather": "he"},
}
NOTES = {
    "train": _rows("tn", """
        Case: {n}. {ask}
        {n}. {ask}
        {ask} {n}.
        {person}: {n}. {ask}
        {title}: {n}. {ask}
        """),
    "eval": _rows("en", """
        Situation: {n}. {ask}
        Details - {n} - {lask}
        {ask} Facts: {n}.
        """),
}  # fmt: skip
OPENERS = {
    "train": _rows("o", """
        ""
        ""
        ""
        "Hi, "
        "Hello! "
        "Hey, "
        "Good morning. "
        "Excuse me, "
        "Sorry to bother you. "
        "OK so "
        "Right, "
        "Look, "
        "Help! "
        "Hi there! "
        "I have a problem. "
        "I need some advice. "
        "This is about {title}. "
        "A question on {title}: "
        "You're my last hope. "
        "This is so annoying. "
        """),
    "eval": _rows("eo", """
        ""
        "Good evening. "
        "Well, "
        "Hello team, "
        "Could you help me out? "
        "It concerns {title}. "
        "Listen, "
        """),
}  # fmt: skip
COLLEAGUE = {
    "train": _rows("c", """
        ""
        "I have a {person} here. "
        "Quick check, "
        "I'm new at the desk. "
        "Hi, colleague question: "
        "There's a {person} in front of me: "
        "A case of {title}: "
        "A {person} just wrote in. "
        """),
    "eval": _rows("ec", """
        ""
        "One of our {people} has a request. "
        "Need a second opinion: "
        "On the phone I have a {person}. "
        """),
}  # fmt: skip
SMALL = {
    "train": _rows("s", """
        It has been a long day.
        I'm writing this on my phone.
        My sister told me to ask you.
        I hope you can help me.
        I'm a bit nervous about this.
        I tried your phone line but it was busy.
        I've never done this before.
        Sorry for the long message.
        I'm in a hurry.
        I didn't sleep much.
        My neighbour said something else, but never mind.
        I read your website twice and still don't get it.
        It's raining here, by the way.
        I know you're busy.
        I should have asked earlier.
        You've always been nice to me.
        """),
    "eval": _rows("es", """
        My husband thinks I worry too much.
        I could not find this anywhere.
        Anyway, it's a nice day otherwise.
        I'm typing with one hand, so excuse me.
        I've been going round in circles.
        """),
}  # fmt: skip
BYES = {
    "train": _rows("b", """
        Thanks!
        Thank you.
        Please be quick.
        Many thanks in advance.
        I'm waiting.
        Cheers
        Best regards
        """),
    "eval": _rows("eb", """
        Kind regards
        Much appreciated.
        Hope to hear from you soon.
        """),
}  # fmt: skip
ASKERS = {
    "train": {
        "any": _rows("a", """
            What do you do?
            What happens?
            What happens now?
            What happens next?
            What now?
            What can you do for me?
            What can you do about it?
            What are you going to do?
            What will you do?
            What do I get?
            How do you handle this?
            What does this mean for me?
            What can I expect?
            What's your decision?
            How does this work?
            Can you help?
            So?
            What's the deal?
            What do your rules say?
            Where do I stand?
            """),
        "named": _rows("an", """
            What's your policy on {title}?
            How do you deal with {title}?
            What are the rules for {title}?
            What happens with {title} here?
            """),
        "charge": _rows("ac", """
            Do I have to pay?
            How much do I pay?
            What does it cost me?
            Is there a fee?
            How much is it?
            What will you charge me?
            What do I owe you?
            Is it free?
            """),
        "refund": _rows("ar", """
            Do I get my money back?
            Can I have a refund?
            How much do I get back?
            What do I get back?
            """),
        "pay": _rows("ap", """
            Do you pay me anything?
            What help do I get?
            What am I entitled to?
            """),
        "terse": _rows("at", """
            So?
            What now?
            What happens?
            Decision?
            What do I get?
            What's next?
            Options?
            And now?
            """),
        "colleague": _rows("aw", """
            What do we do?
            What do I tell them?
            What should I do?
            How do I handle this?
            What's the right decision?
            What applies here?
            What are we supposed to do?
            What can we offer?
            """),
    },
    "eval": {
        "any": _rows("ea", """
            What is going to happen?
            What do you offer me?
            How will you deal with it?
            What's the outcome?
            What follows from that?
            What would you do in my case?
            """),
        "named": _rows("ean", """
            What do you say about {title}?
            What rule do you have on {title}?
            """),
        "charge": _rows("eac", """
            What's the price for me?
            Will it cost me something?
            What do you want from me for that?
            """),
        "refund": _rows("ear", """
            Is any of my money coming back?
            What sum will you return to me?
            """),
        "pay": _rows("eap", """
            Is there something you give me for this?
            """),
        "terse": _rows("eat", """
            Result?
            What then?
            What does that make?
            """),
        "colleague": _rows("eaw", """
            What is the procedure?
            How should we respond?
            Which rule do we follow, and what comes of it?
            """),
    },
}  # fmt: skip
INTENTS = {
    "charge": r"\bcharg|\bfee\b|\bpays? (?:a|the)\b|\bfree of charge\b|\bcosts?\b",
    "refund": r"\brefund|\bmoney back\b|\breimburs",
    "pay": r"^pay\b|\bcompensat|\bvoucher\b|\bcredit\b",
}
