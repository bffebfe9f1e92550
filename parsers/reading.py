"""A policy file to a `Document`: normalized Markdown with its sections and images.

In: Markdown, plain text or HTML, in UTF-8 (with or without a byte order mark), UTF-16 or Latin-1.
Out: `Document`, whose text all spans point into: NFC, `\\n` line ends, plain-text headings
('2. Refunds', 'Section 3: Fees', 'OPENING HOURS') turned into Markdown headings.
Simplified: numbered plain-text paragraphs keep their numbers; a PDF or Word file is refused.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path

from parsers.spec import Document, Image, Section, Span

_IMAGE = re.compile(r"!\[([^\]]*)\]\(\s*<?([^)>\s]+)>?[^)]*\)")
_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_NUMBERED_TITLE = re.compile(r"^(\d+(?:\.\d+)*)[.)]?\s+(\S.*)$")
_NAMED_TITLE = re.compile(
    r"^(?:section|part|chapter|article|annex|appendix)\s+(?:\d+|[IVXLC]+|[A-Z])\b[.:)\-– ]*.*$",
    re.IGNORECASE,
)


class PolicyError(ValueError):
    """A document that cannot be parsed: what is wrong, where, and what to do."""


def read(file: str | Path, name: str | None = None) -> Document:
    """Read a policy file.

    Args:
        file: path of a Markdown, plain-text or HTML file.
        name: the policy's name; the file's stem when None.

    Raises:
        PolicyError: missing file, a folder, an unreadable, empty or binary file.
    """
    path = Path(file)
    data = _bytes(path)
    raw = _decode(data, path)
    if not raw.strip():
        raise PolicyError(f"{path}: line 1: the document is empty; write the policy into it")
    text = normalize(raw, html=is_html(raw, path))
    return document(text, name or path.stem, hashlib.sha256(data).hexdigest())


def source(path: Path) -> str:
    """A file's own text, before it is normalized.

    Raises:
        PolicyError: missing file, a folder, an unreadable or binary file.
    """
    return _decode(_bytes(path), path)


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
    text = unicodedata.normalize("NFC", raw.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.replace("\u00a0", " ").replace("\u200b", "").replace("\u2028", "\n")
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
    lines = [line.rstrip().expandtabs(4) for line in text.split("\n")]
    if not any(_HEADING.match(line) for line in lines):
        lines = _plain_headings(_setext(lines))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def _bytes(path: Path) -> bytes:
    if path.is_dir():
        raise PolicyError(f"{path}: is a folder; name one Markdown, text or HTML file")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise PolicyError(f"{path}: no such file; check the path") from None
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read: {error.strerror or error}") from error


def _decode(data: bytes, path: Path) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    head = data[:8192]
    control = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
    if b"\0" in data or head.startswith((b"%PDF", b"PK\x03\x04")) or control > len(head) * 0.02:
        line = data[: max(data.find(b"\0"), 0)].count(b"\n") + 1
        raise PolicyError(
            f"{path}: line {line}: binary data, not text; save it as Markdown, plain text or HTML"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def is_html(raw: str, path: Path) -> bool:
    """Whether a file is HTML, by its name or by how it begins."""
    if path.suffix.lower() in {".html", ".htm", ".xhtml"}:
        return True
    return bool(re.match(r"\s*(?:<!doctype html|<html|<\?xml[^>]*>\s*<html)", raw, re.IGNORECASE))


def _setext(lines: list[str]) -> list[str]:
    """Underlined titles (=== and ---) as `#` headings."""
    result: list[str] = []
    for line in lines:
        marker = re.fullmatch(r"(=|-){3,}", line.strip())
        if marker and result and result[-1].strip() and (len(result) < 2 or not result[-2].strip()):
            result[-1] = ("# " if marker[1] == "=" else "## ") + result[-1].strip()
        else:
            result.append(line)
    return result


def _plain_headings(lines: list[str]) -> list[str]:
    """Find the headings of a plain-text policy and set numbered paragraphs apart."""
    titles = {i for i in range(len(lines)) if _is_title(lines, i)}
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


def _is_title(lines: list[str], i: int) -> bool:
    line = lines[i].strip()
    if not line or line.startswith("#") or len(line.split()) > 10 or line[-1] in ".;,!?|":
        return False
    if re.match(r"[-*+•|>]", line):
        return False
    before = lines[i - 1].strip() if i else ""
    after = lines[i + 1].strip() if i + 1 < len(lines) else ""
    alone = not before or (i == 1 and before.isupper())
    if _NAMED_TITLE.match(line):
        return alone
    numbered = _NUMBERED_TITLE.match(line)
    if numbered:
        # a step list's items follow one another; a title has something under it
        content = next((rest.strip() for rest in lines[i + 1 :] if rest.strip()), "")
        below = _NUMBERED_TITLE.match(content)
        sibling = below and below[1].count(".") == numbered[1].count(".")
        return alone and bool(content) and not sibling and line[-1] != ":"
    if line.isupper() and any(c.isalpha() for c in line):
        return (alone or before.isupper()) and len(line) > 3
    if i == 0 or not any(rest.strip() for rest in lines[:i]):
        return line[-1] != ":" and (not after or after.isupper())
    words = line.rstrip(":").split()
    return alone and not after and len(words) <= 6 and line[0].isupper() and line[-1] != ":"


def _sections(text: str) -> tuple[Section, ...]:
    headings: list[tuple[int, int, str]] = []
    offset, fenced = 0, False
    for line in text.split("\n"):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        if not fenced and (match := _HEADING.match(line)):
            headings.append((offset, len(match[1]), plain_title(match[2])))
        offset += len(line) + 1
    sections, path = [], []
    for index, (start, level, title) in enumerate(headings):
        path = [(lv, t) for lv, t in path if lv < level] + [(level, title)]
        end = next((s for s, lv, _ in headings[index + 1 :] if lv <= level), len(text))
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
    title = re.sub(r"[*_`]+", "", title)
    bare = re.sub(
        r"^(?:(?:section|part|chapter|article)\s+)?\d+(?:\.\d+)*[.:)]?\s*[-–:]?\s*",
        "",
        title,
        flags=re.IGNORECASE,
    )
    return (bare or title).strip().rstrip(":")
