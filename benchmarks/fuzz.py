"""Malformed and adversarial documents through the reader and the parser: no crash, no hang.

    python -m benchmarks.fuzz --documents 10000 [--seed 0] [--out benchmarks/parsers/fuzz.json]

Hypothesis makes the documents in batches, batch i from seed + i, so a run that is cut off goes on
with the batch it was in, and `--seed N --documents 50` makes batch N again. A document may be
refused with a PolicyError; any other exception, a span that does not quote the text, or more than
five seconds of processor time is a failure. Documents of more than 2,000 words are only read: they
may take the parser longer, in proportion to their length.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import io
import json
import resource
import signal
import subprocess
import sys
import time
import traceback
import zipfile
from dataclasses import asdict, dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from parsers.policy import specify
from parsers.reading import PolicyError, document, markdown_of, normalize
from parsers.spec import PolicySpec
from tests.parsers.formats import docx_of, pdf_of

BATCH = 50
LIMIT = 5.0
MOST_WORDS = 2000
MEMORY = 6 << 30

POLICIES = Path(__file__).parents[1] / "data" / "policies"
SAMPLES = [
    path.read_text("utf-8") for path in sorted(POLICIES.iterdir()) if "quest" not in path.name
]
WORDS = (
    "if|unless|the bag|weighs more than 23 kg|,|.|:|;|otherwise|guests who are Gold members|pay|"
    "5 euros|# |## Fees\n|- |  - |* |1. |(a) |iv) |3.2(b) |> |***|_|`|~~~|```|\n|\n\n|\t|Never|"
    "always|only|in that case|except|(see 1.2)|“x”|é|and|or|not|no|30 days|<b>|</td>|<li>|[a](b)|"
    "![i](j)|"
    "[^1]|\n[^1]: |go to step 2|yes: || |---|either|\n: |\n===\n|---\n|$5|50 %|½|&amp;|"
    "2024-02-30|half|twice|double it|for vans these periods are doubled|what we do depends on it"
).split("|")
FRAGMENTS = [
    *"# > - * + 1. [ ![ ]( | ` ~ ** _ ( ) \" ' : ; , . ? ! & &# < </ <! 9 x § • é".split(),
    "a|",
    "|-",
    "# ",
    "> ",
    "- ",
    "1. ",
    "\t",
    " ",
    "\n",
    "\n\n",
    "\r",
    "\f",
    "\x00",
    "\x1b",
    "\x85",
    "\u0301",
    "\u0316\u0301",
    "\u202e",
    "\u200b",
    "\ufeff",
    "\u2028",
    "字",
    "ع",
    "🏳️‍🌈",
    "if ",
    "unless ",
    ", and ",
    " or ",
    "not ",
    "the ",
    "Go to step 1. ",
    "(a) ",
    "1.1.",
    "[^1]",
    "[^1]:",
    "\n[^1]: x",
    "<div>",
    "<ul><li>",
    "<table><tr><td>",
    "<b>",
    "<!--",
    "<![CDATA[",
    "<a href='#x'>",
    "<sup>1</sup>",
    "<dl><dt>",
    "<blockquote>",
    "<p",
    "<?",
    "&#xD800;",
    "![](",
    "[](",
    "\\",
    "---\n",
    "===\n",
    "a\n---\n",
    "If x, y. ",
    "If a bag is lost, pay 5 euros, unless it is blue. ",
    "$5 ",
    "http://a.",
    "a@b.",
    "e.g. ",
]
STARTS = [b"", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"%PDF-1.7\n", b"PK\x03\x04", b"<html>",
          b"{\\rtf", b"\xd0\xcf\x11\xe0", b"---\n", b"<?xml version='1.0'?><html>"]  # fmt: skip
SUFFIXES = [".md", ".txt", ".html", ".docx", ".pdf"]


def _repeated(fragment: str, count: int, before: str, after: str) -> bytes:
    return (before + fragment * count + after).encode("utf-8", "surrogatepass")


def _nested(marker: str, depth: int, text: str) -> bytes:
    if marker.startswith("<"):
        closed = "".join(f"</{name}" for name in reversed(marker.split("<")[1:]))
        return (marker * depth + text + closed * depth).encode("utf-8", "surrogatepass")
    depth = min(depth, 1000)
    lines = [("  " * i if marker != ">" else ">" * i) + f"{marker} {text}" for i in range(depth)]
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def _mutated(data: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for at, length, new in edits:
        place = at % (len(data) + 1)
        data = data[:place] + new + data[place + length :]
    return data


def _word_file(body: str) -> bytes:
    """The smallest .docx around the body's XML."""
    space = "http://schemas.openxmlformats.org"
    relations = f"{space}/package/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{space}/package/2006/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
        )
        file.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{relations}"><Relationship Id="r1" Target="word/document.xml" '
            f'Type="{space}/officeDocument/2006/relationships/officeDocument"/></Relationships>',
        )
        file.writestr("word/document.xml", body)
    return stream.getvalue()


_WORD_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_WORD_PARTS = [
    "<w:p>",
    "</w:p>",
    "<w:r>",
    "</w:r>",
    "<w:t>If a bag is lost, pay.</w:t>",
    "<w:tbl>",
    "<w:tr>",
    "<w:tc>",
    "</w:tc>",
    "</w:tr>",
    "</w:tbl>",
    "<w:pPr>",
    "</w:pPr>",
    '<w:numPr><w:numId w:val="1"/></w:numPr>',
    '<w:pStyle w:val="x"/>',
    "<w:rPr><w:b/></w:rPr>",
    "<w:tab/>",
    "<w:drawing/>",
    '<w:footnoteReference w:id="1"/>',
    '<w:ind w:left="99999999999"/>',
    '<w:gridSpan w:val="999999"/>',
    "<w:sdt><w:sdtContent>",
    "<w:txbxContent>",
    "&lol;",
    "\x01",
    "<w:vMerge/>",
]


def _word_xml(parts: list[str], count: int, entity: bool) -> bytes:
    lol = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY lol "&a;&a;&a;&a;">]>' if entity else ""
    inner = "".join(parts) * count
    return _word_file(
        f'{lol}<w:document xmlns:w="{_WORD_NAMESPACE}"><w:body>{inner}</w:body></w:document>'
    )


_counts = st.one_of(
    st.integers(1, 40), st.integers(40, 3000), st.sampled_from([20_000, 200_000, 1_000_000])
)
_short = st.text(max_size=20)
_edits = st.lists(
    st.tuples(st.integers(0, 1 << 20), st.integers(0, 200), st.binary(max_size=8)), max_size=12
)
_sample = st.sampled_from(
    [
        *(text.encode() for text in SAMPLES),
        *(
            make(normalize(text, html=text.startswith("<")))
            for text in SAMPLES
            for make in (docx_of, pdf_of)
        ),
    ]
)
_written = st.lists(st.sampled_from(WORDS), min_size=1, max_size=120)
DOCUMENTS: st.SearchStrategy[tuple[str, bytes]] = st.tuples(
    st.sampled_from(SUFFIXES),
    st.one_of(
        st.builds(lambda words, by: by.join(words).encode(), _written, st.sampled_from(["", " "])),
        st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.builds(
            lambda start, rest: start + rest, st.sampled_from(STARTS), st.binary(max_size=400)
        ),
        st.builds(
            lambda text, code: text.encode(code, "replace"),
            st.sampled_from(SAMPLES),
            st.sampled_from(["utf-16-le", "utf-16-be", "utf-16", "cp1252", "latin-1", "cp500"]),
        ),
        st.builds(_repeated, st.sampled_from(FRAGMENTS), _counts, _short, _short),
        st.builds(
            lambda many, count: "".join(many * min(count, 3000)).encode(),
            st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=6),
            _counts,
        ),
        st.builds(
            _nested,
            st.sampled_from(
                [
                    "-",
                    "1.",
                    ">",
                    "<div>",
                    "<ul><li>",
                    "<table><tr><td>",
                    "<b>",
                    "<blockquote>",
                    "<dl><dd>",
                ]
            ),
            st.sampled_from([3, 30, 300, 3000, 30_000]),
            _short,
        ),
        st.builds(_mutated, _sample, _edits),
        st.builds(
            _word_xml,
            st.lists(st.sampled_from(_WORD_PARTS), max_size=20),
            st.sampled_from([1, 10, 1000]),
            st.booleans(),
        ),
    ),
)


class TooSlow(BaseException):
    """An alarm, which no `except Exception` may swallow."""


def check(name: str, data: bytes) -> str:
    """Read and parse one document of this name; says how that ended.

    Raises:
        AssertionError: a span does not quote the text, or two statements share an id.
        Exception: whatever the reader or the parser raises that is no PolicyError.
    """
    try:
        text = markdown_of(data, Path(name))
    except PolicyError:
        return "refused"
    read = document(text, "fuzzed")
    for image in read.images:
        assert image.source in read.quote(image.span)
    if len(text.split(None, MOST_WORDS)) > MOST_WORDS:
        return "read"
    verify(specify(read))
    return "parsed"


def verify(spec: PolicySpec) -> None:
    """Every span quotes the text and lies where it should."""
    text = spec.document.text
    ids = [statement.id for statement in spec.statements]
    assert len(ids) == len(set(ids)), "two statements share an id"
    for statement in spec.statements:
        assert spec.document.quote(statement.span) == statement.text, "a span does not quote"
        outcomes = [*statement.outcomes, *(e.outcome for e in statement.exceptions if e.outcome)]
        spans = [*statement.condition_spans, *(o.span for o in outcomes if o.span)]
        for span in [*spans, *(exception.span for exception in statement.exceptions)]:
            assert 0 <= span.start <= span.end <= len(text), "a span outside the text"
            away = max(span.start - statement.span.end, statement.span.start - span.end)
            assert away < 5000, "a span far from its statement"
    text.encode()  # no lone surrogate


@dataclass
class Tally:
    """What a run has counted so far; written after every batch."""

    seed: int
    batches: int = 0
    documents: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    failures: list[dict] = field(default_factory=list)
    slowest: list[dict] = field(default_factory=list)
    processor_seconds: float = 0.0
    peak_memory_mb: int = 0

    def batch(self) -> None:
        number = self.seed + self.batches
        position = 0

        @seed(number)
        @settings(max_examples=BATCH, database=None, deadline=None, phases=[Phase.generate],
                  suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(DOCUMENTS)
        def one(made: tuple[str, bytes]) -> None:
            nonlocal position
            self._one(number, position, *made)
            position += 1

        one()
        self.batches += 1
        self.peak_memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10

    def _one(self, number: int, position: int, suffix: str, data: bytes) -> None:
        start = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, 2 * LIMIT, 1)  # again, should it be swallowed
        said = ""
        try:
            outcome = check("fuzzed" + suffix, data)
        except TooSlow:
            outcome, said = "hang", "".join(traceback.format_exc().splitlines(True)[-6:])
        except Exception as error:
            outcome = "crash"
            said = f"{error!r}: " + "".join(traceback.format_exc().splitlines(True)[-6:])
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        seconds = time.process_time() - start
        if seconds > LIMIT and outcome not in {"hang", "crash"}:
            outcome = "slow"
        where = {
            "seed": number, "position": position, "suffix": suffix, "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest()[:16], "seconds": round(seconds, 2),
            "start": repr(data[:60]),
        }  # fmt: skip
        self.documents += 1
        self.processor_seconds += seconds
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        if outcome in {"crash", "hang", "slow"}:
            self.failures.append(where | {"outcome": outcome, "error": said})
            print(f"\n{outcome}: {where} {said}", file=sys.stderr)
        self.slowest = sorted([*self.slowest, where], key=lambda row: -row["seconds"])[:10]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("benchmarks/parsers/fuzz.json"))
    options = parser.parse_args(arguments)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGPROF, _alarm)
    partial = options.out.with_suffix(".partial.json")
    tally = Tally(options.seed)
    if partial.exists():
        before = json.loads(partial.read_text("utf-8"))
        if before["seed"] == options.seed:
            tally = Tally(**before)
    git = ["git", "rev-parse", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True).stdout.strip()
    begun, done = time.monotonic(), tally.documents
    partial.parent.mkdir(parents=True, exist_ok=True)
    while tally.documents < options.documents:
        tally.batch()
        partial.write_text(json.dumps(asdict(tally)), encoding="utf-8")
        spent = time.monotonic() - begun
        left = spent / (tally.documents - done) * max(options.documents - tally.documents, 0)
        print(f"{tally.documents}/{options.documents} documents, {tally.outcomes}, "
              f"{left / 60:.0f} min left", flush=True)  # fmt: skip
    record = {
        "command": f"python -m benchmarks.fuzz --documents {tally.documents} --seed {tally.seed}",
        "date": datetime.date.today().isoformat(),
        "commit": commit,
        "limit_seconds": LIMIT,
    } | asdict(tally)
    options.out.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    partial.unlink()
    print(f"{len(tally.failures)} failures; {options.out}")
    return 1 if tally.failures else 0


def _alarm(*_: object) -> None:
    raise TooSlow


if __name__ == "__main__":
    raise SystemExit(main())
