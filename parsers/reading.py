"""A policy file to a `Document`: normalized Markdown with its sections and images.

In: Markdown, plain text, HTML, Word (.docx) or a PDF with a text layer; text in UTF-8, UTF-16 or
UTF-32 (with or without a byte order mark), Windows-1252 or Latin-1. Out: `Document`, whose text all
spans point into: NFC, `\\n` line ends, underlined and plain-text headings ('2. Refunds',
'Section 3: Fees', 'OPENING HOURS') turned into Markdown headings.
Safe: what would fill the memory or take minutes is refused before it does.
Simplified: numbered plain-text paragraphs keep their numbers; a scanned PDF is refused.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_left
from pathlib import Path

from parsers import leaders
from parsers.spec import Document, Image, Section, Span

LARGEST_FILE = 128 << 20
MOST_CHARACTERS = 8_000_000
LONGEST_WORD = 10_000

_IMAGE = re.compile(
    r"!\[([^\]\n]{0,500})\]\([ \t]*<?([^)>\s]{1,2000}+)>?(?:[ \t]+[^)\n]{0,500})?\)"
)
_EMBEDDED = re.compile(r"(?:(?<=\]\()|(?<=src=[\"']))data:image/(\w+)[^)\s\"']*")
_DRAWN = re.compile(r"([^\w\s]|_)\1{40,}")
"""A line drawn with one sign; forty of it draw it as well."""
_HEADING = re.compile(r" {0,3}(#{1,6})(?=[ \t]|$)")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_CONTROL = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_NUMBERED_TITLE = re.compile(r"^(\d{1,4}(?:\.\d{1,4}){0,9})[.)]?\s+(\S.*)$")
_NAMED_TITLE = re.compile(
    r"^(?:section|part|chapter|article|annex|appendix)\s+(?:\d+|[IVXLC]+|[A-Z])\b[.:)\-– ]*.*$",
    re.IGNORECASE,
)
_OTHER_FORMATS = {
    b"\xd0\xcf\x11\xe0": "an old Word (.doc) or a password-protected file; save it as .docx, "
    "without a password",
    b"{\\rtf": "an RTF file; save it as .docx",
}


class PolicyError(ValueError):
    """A document that cannot be parsed: what is wrong, where, and what to do."""


def read(file: str | Path, name: str | None = None) -> Document:
    """Read a policy file.

    Args:
        file: path of a Markdown, plain-text, HTML, Word (.docx) or PDF file.
        name: the policy's name; the file's stem when None.

    Raises:
        PolicyError: missing file, a folder, an unreadable, empty, broken, encrypted or binary
            file, a PDF without text, or a document larger than any policy.
    """
    path = Path(file)
    data = _bytes(path)
    return document(markdown_of(data, path), name or path.stem, hashlib.sha256(data).hexdigest())


def source(path: Path) -> str:
    """A file's own text, before it is normalized; '' for Word and PDF, which have no lines.

    Raises:
        PolicyError: missing file, a folder, an unreadable or binary file.
    """
    data = _bytes(path)
    return "" if _binary_format(data) else _decode(data, path)


def markdown_of(data: bytes, path: Path) -> str:
    """The normalized Markdown of a file's bytes; the path is for its suffix and for messages.

    Raises:
        PolicyError: as `read` does.
    """
    html = False
    match _binary_format(data):
        case "pdf":
            from parsers import pdf

            raw = pdf.to_markdown(data, path)
        case "docx":
            from parsers import docx

            raw = docx.to_markdown(data, path)
        case _:
            raw = _decode(data, path)
            html = is_html(raw, path)
    if not raw.strip():
        raise PolicyError(f"{path}: line 1: the document is empty; write the policy into it")
    if len(raw) > MOST_CHARACTERS:
        raise PolicyError(
            f"{path}: {len(raw):,} characters of text; split it into documents of "
            f"{MOST_CHARACTERS:,} at most"
        )
    text = normalize(raw, html=html)
    if word := re.search(rf"\S{{{LONGEST_WORD}}}", text):
        line = text.count("\n", 0, word.start()) + 1
        raise PolicyError(
            f"{path}: line {line}: more than {LONGEST_WORD:,} characters without a blank, which "
            "are no words; take them out"
        )
    return text


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        raise PolicyError(f"{path}: is a folder; name one Markdown, text, HTML, Word or PDF file")
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE or not path.is_file():
            what = f"{size >> 20} MB" if path.is_file() else "no ordinary file"
            raise PolicyError(f"{path}: {what}; a policy is a file below {LARGEST_FILE >> 20} MB")
        return path.read_bytes()
    except FileNotFoundError:
        raise PolicyError(f"{path}: no such file; check the path") from None
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read: {error.strerror or error}") from error


def _binary_format(data: bytes) -> str:
    """'pdf' or 'docx' by how the file begins; '' for text."""
    if b"%PDF-" in data[:1024]:
        return "pdf"
    return "docx" if data.startswith(b"PK\x03\x04") else ""


def document(text: str, name: str, sha256: str = "") -> Document:
    """A `Document` around text that is already normalized Markdown."""
    return Document(
        name=name,
        sha256=sha256 or hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        sections=_sections(text),
        images=tuple(
            Image(source=m[2], alt=m[1], span=Span(start=m.start(), end=m.end()))
            for m in _IMAGE.finditer(text)
        ),
    )


def normalize(raw: str, html: bool = False) -> str:
    """Markdown with `\\n` line ends, NFC, no trailing blanks, headings as `#` lines."""
    if html:
        from parsers.html import to_markdown

        raw = to_markdown(raw)
    text = _SURROGATE.sub("\ufffd", _CONTROL.sub("", _LINE_END.sub("\n", raw)))
    text = _composed(text).replace("\u00a0", " ")
    text = _DRAWN.sub(lambda m: m[1] * 40, text)
    text = _EMBEDDED.sub(lambda m: f"embedded-{_digest(m[0])}.{m[1]}", text)
    lines = _without_front_matter([line.rstrip().expandtabs(4) for line in text.split("\n")])
    lines = _definitions(_setext(lines if html else leaders.listed(lines)))
    if not any(_HEADING.match(line) for line in lines):
        lines = _plain_headings(lines)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def _composed(text: str) -> str:
    """NFC. Marks beyond thirty on one letter are dropped: sorting them takes quadratic time."""
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= 30:
            kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _decode(data: bytes, path: Path) -> str:
    for start, what in _OTHER_FORMATS.items():
        if data.startswith(start):
            raise PolicyError(f"{path}: line 1: {what}")
    for mark, encoding in (
        (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"),
    ):  # fmt: skip
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if encoding := _wide(data):
        return data.decode(encoding, errors="replace")
    head = data[:8192]
    control = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
    if b"\0" in data or control > len(head) * 0.02:
        line = data[: max(data.find(b"\0"), 0)].count(b"\n") + 1
        raise PolicyError(
            f"{path}: line {line}: binary data, not text; save it as Markdown, plain text, HTML, "
            ".docx or PDF"
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    mended = data.decode("utf-8", errors="replace")
    if sum(c > "\x7f" for c in mended) > 2 * mended.count("\ufffd"):
        return mended  # UTF-8 with a damaged byte or two
    declared = re.search(rb"(?:charset|encoding)\s*=\s*[\"']?([\w-]{2,20})", data[:2048])
    for encoding in (declared[1].decode() if declared else "cp1252", "cp1252"):
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1")


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: every second byte of English text is zero."""
    head = data[:4096]
    half = len(head) // 2
    if half < 2:
        return None
    high, low = head[0::2].count(0), head[1::2].count(0)
    if low > 0.4 * half and high < 0.05 * half:
        return "utf-16-le"
    return "utf-16-be" if high > 0.4 * half and low < 0.05 * half else None


def is_html(raw: str, path: Path) -> bool:
    """Whether a file is HTML, by its name or by how it begins."""
    if path.suffix.lower() in {".html", ".htm", ".xhtml"}:
        return True
    start = raw[:4096].lstrip("\ufeff \t\r\n")
    return bool(
        re.match(r"(?:<!doctype html|<html|<\?xml[^>]*>\s*<(?:!doctype )?html)", start, re.I)
    )


def _without_front_matter(lines: list[str]) -> list[str]:
    """YAML front matter is about the document, not of it; only its title is kept."""
    if not lines or lines[0] != "---" or "---" not in lines[1:60]:
        return lines
    end = lines.index("---", 1)
    if not all(re.match(r"[\w-]+:|[ \-#]|$", line) for line in lines[1:end]):
        return lines
    titles = (line.partition(":")[2].strip(" \"'") for line in lines[1:end] if line[:6] == "title:")
    title = next(titles, "")
    return (["# " + title, ""] if title else []) + lines[end + 1 :]


def _setext(lines: list[str]) -> list[str]:
    """Underlined titles (=== and ---) as `#` headings."""
    result: list[str] = []
    fenced = False
    for line in lines:
        fenced ^= bool(_FENCE.match(line))
        marker = line.strip()[:1]
        underline = marker in {"=", "-"} and len(line.strip()) > 2 and not line.strip(f" {marker}")
        if (
            underline and not fenced and result and result[-1].strip()
            and (len(result) < 2 or not result[-2].strip())
            and not re.match(r"\s*(?:[#>|]|[-*+] |\d+[.)] )", result[-1])
        ):  # fmt: skip
            result[-1] = ("# " if marker == "=" else "## ") + result[-1].strip()
        else:
            result.append(line)
    return result


def _definitions(lines: list[str]) -> list[str]:
    """A term and, on the next line, ': what it means' as a list item of two lines."""
    result = list(lines)
    for i in range(1, len(lines)):
        match = re.match(r" {0,3}:[ \t]+(?=\S)", lines[i])
        before = lines[i - 1]
        if match is None or not re.match(r"\w[^|]{0,80}$", before) or before[-1] in ".:;,!?":
            continue
        result[i - 1] = f"- {before}:"
        result[i] = "  " + lines[i][match.end() :]
    return result


def _plain_headings(lines: list[str]) -> list[str]:
    """Find the headings of a plain-text policy and set numbered paragraphs apart."""
    filled = [i for i, line in enumerate(lines) if line.strip()]
    titles = {i for i in filled if _is_title(lines, i, filled)}
    lines = _unmargined(lines, titles)
    result: list[str] = []
    opening = True
    for i, line in enumerate(lines):
        stripped = line.strip()
        if line.startswith("#"):
            result += [line]
        elif i in titles:
            if opening and result and result[-1].startswith("# ") and i - 1 in titles:
                result[-1] += ": " + stripped  # a title of two lines
                continue
            if result and result[-1]:
                result.append("")
            first = opening and not _NUMBERED_TITLE.match(stripped)
            numbered = _NUMBERED_TITLE.match(stripped)
            level = 1 if first else 2 + (numbered[1].count(".") if numbered else 0)
            result += ["#" * min(level, 6) + " " + stripped, ""]
            if first and i + 1 in titles:
                result.pop()
            opening = opening and first and i + 1 in titles
            continue
        else:
            if re.match(r"\s*\d+(?:\.\d+)+[.)]?\s", line) and result and result[-1]:
                result.append("")
            result.append(line)
        opening = opening and not stripped
    return result


def _unmargined(lines: list[str], titles: set[int]) -> list[str]:
    """The lines without the margin that all have from one title to the next."""
    result = list(lines)
    begin = 0
    for end in [*sorted(titles), len(lines)]:
        body = [i for i in range(begin, end) if lines[i].strip()]
        margin = min((len(lines[i]) - len(lines[i].lstrip(" ")) for i in body), default=0)
        for i in body:
            result[i] = lines[i][margin:]
        begin = end + 1
    return result


def _numbers_below(lines: list[str], i: int, filled: list[int]) -> bool:
    """Whether what is under '3. May it be returned?' is numbered '3.1': it asks for a section."""
    numbered = _NUMBERED_TITLE.match(lines[i].strip())
    place = bisect_left(filled, i) + 1
    if numbered is None or place >= len(filled):
        return False
    return lines[filled[place]].strip().startswith(f"{numbered[1].rstrip('.')}.1")


def _is_title(lines: list[str], i: int, filled: list[int]) -> bool:
    """Whether line i is a heading; `filled` are the indices of the lines that are not blank."""
    line = lines[i].strip()
    if len(line) > 200 or line.startswith("#") or len(line.split()) > 10 or line[-1] in ".;,!|":
        return False
    if line[-1] == "?" and not _numbers_below(lines, i, filled):
        return False
    if re.match(r"[-*+•|>]", line):
        return False
    before = lines[i - 1].strip() if i else ""
    after = lines[i + 1].strip() if i + 1 < len(lines) else ""
    alone = not before or (i == 1 and before.isupper())
    if _NAMED_TITLE.match(line):
        return alone
    place = bisect_left(filled, i)
    numbered = _NUMBERED_TITLE.match(line)
    if numbered:
        # a step list's items follow one another; a title has something under it
        content = lines[filled[place + 1]].strip() if place + 1 < len(filled) else ""
        below = _NUMBERED_TITLE.match(content)
        sibling = below and below[1].count(".") == numbered[1].count(".")
        wrapped = after[:1].islower() or (after and re.search(r"\w[.!?] +[A-Z]", numbered[2]))
        return alone and bool(content) and not sibling and line[-1] != ":" and not wrapped
    if line.isupper() and any(c.isalpha() for c in line):
        return (alone or before.isupper()) and len(line) > 3
    if place == 0:
        return line[-1] != ":" and (not after or after.isupper())
    words = line.rstrip(":").split()
    return alone and not after and len(words) <= 6 and line[0].isupper() and line[-1] != ":"


def _sections(text: str) -> tuple[Section, ...]:
    headings: list[tuple[int, int, str]] = []
    offset, fenced = 0, False
    for line in text.split("\n"):
        fenced ^= bool(_FENCE.match(line))
        match = None if fenced else _HEADING.match(line)
        if match and (title := plain_title(line[match.end() :])):
            headings.append((offset, len(match[1]), title))
        offset += len(line) + 1
    ends, open_at = [len(text)] * len(headings), list[int]()
    for index, (start, level, _) in enumerate(headings):
        while open_at and headings[open_at[-1]][1] >= level:
            ends[open_at.pop()] = start
        open_at.append(index)
    sections, path = [], []
    for (start, level, title), end in zip(headings, ends, strict=True):
        path = [(lv, t) for lv, t in path if lv < level] + [(level, title)]
        sections.append(
            Section(
                title=title,
                level=level,
                path=tuple(t for _, t in path),
                span=Span(start=start, end=end),
            )
        )
    return tuple(sections)


def plain_title(title: str) -> str:
    """A heading's words without its number and without markup."""
    title = title.strip()
    bare = title.rstrip("#")
    title = bare if not bare or bare.endswith((" ", "\t")) else title  # a closed heading: ## A ##
    title = re.sub(r"!?\[([^\]]{0,500})\]\([^)\s]{0,2000}\)|\[\^[^\]\s]{1,40}\]", r"\1", title)
    title = re.sub(r"</?a\b[^>]{0,200}>|[*_`]+", "", title).strip()
    bare = re.sub(
        r"^(?:(?:section|part|chapter|article)\s+)?\d+(?:\.\d+)*[.:)]?\s*[-–:]?\s*",
        "",
        title,
        flags=re.IGNORECASE,
    )
    return (bare or title).strip().rstrip(":")
