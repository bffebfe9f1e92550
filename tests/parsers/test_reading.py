"""Any document: formats, encodings, structure, notes, pictures; and documents made to do harm."""

import io
import random
import struct
import zipfile
import zlib
from itertools import islice
from pathlib import Path

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from benchmarks.fuzz import DOCUMENTS, check, verify
from parsers import PolicyError, PolicySpec, parse
from parsers.policy import specify
from parsers.reading import document, markdown_of, normalize, read
from parsers.references import find_references
from parsers.solving import domain
from tests.parsers.formats import docx_of, pdf_of
from tests.parsers.unhurried import UNHURRIED

POLICIES = Path(__file__).parents[2] / "data" / "policies"
SAMPLES = ["airline-baggage.md", "hotel-front-desk.txt", "subscription-billing.html"]


def spec_of(text: str, html: bool = False) -> PolicySpec:
    return specify(document(normalize(text, html=html), "test"))


def text_of(data: bytes, name: str) -> str:
    return markdown_of(data, Path(name))


# --- the samples in other formats -----------------------------------------------------------


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("kind", ["docx", "pdf", "pdf, justified on A4"])
def test_a_sample_as_word_or_pdf_decides_the_same(tmp_path: Path, sample: str, kind: str) -> None:
    original = parse(POLICIES / sample)
    text = original.document.text
    data = docx_of(text) if kind == "docx" else pdf_of(text, **(
        {"size": A4, "justified": True} if "A4" in kind else {}
    ))  # fmt: skip
    path = tmp_path / f"{Path(sample).stem}.{kind[:4].strip(',')}"
    path.write_bytes(data)
    spec = parse(path)
    assert [s.text.split() for s in spec.statements] == [
        s.text.split() for s in original.statements
    ]
    assert [s.category for s in spec.statements] == [s.category for s in original.statements]
    assert [w.title for w in spec.workflows] == [w.title for w in original.workflows]
    chance = random.Random(0)
    for workflow, wanted in zip(spec.workflows, original.workflows, strict=True):
        for _ in range(300):
            case = {v.name: chance.choice(domain(v)) for v in wanted.variables}
            said, expected = workflow.decide(case), wanted.decide(case)
            assert (said.outcome or "").split() == (expected.outcome or "").split()
            assert said.statements == expected.statements


# --- Word -----------------------------------------------------------------------------------


def saved(document: docx.document.Document) -> bytes:  # pyright: ignore[reportAttributeAccessIssue]
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", 40, 40, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * 40) * 40)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_word_numbers_clauses_as_word_shows_them() -> None:
    file = docx.Document()
    numbering = file.part.numbering_part.element
    levels = [
        ("decimal", "%1."),
        ("decimal", "%1.%2"),
        ("lowerLetter", "(%3)"),
        ("lowerRoman", "%4)"),
    ]
    xml = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
        f'<w:lvlText w:val="{text}"/>'
        f'<w:pPr><w:ind w:left="{360 * i}"/></w:pPr></w:lvl>'
        for i, (kind, text) in enumerate(levels)
    )
    numbering.insert(
        0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{xml}</w:abstractNum>')
    )
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>')
    )

    def clause(level: int, text: str, style: str = "Normal") -> None:
        properties = file.add_paragraph(text, style=style)._p.get_or_add_pPr()
        numbers = properties.get_or_add_numPr()
        numbers.get_or_add_ilvl().val = level
        numbers.get_or_add_numId().val = 77

    clause(0, "Scope", "Heading 1")
    clause(0, "Refunds", "Heading 1")
    clause(1, "This clause is about refunds.")
    clause(1, "We refund:")
    clause(2, "half, if the ticket is unused;")
    clause(3, "the fee stays with us;")
    clause(3, "the tax does not;")
    clause(2, "nothing, if the ticket is used.")
    clause(0, "Fees", "Heading 1")
    clause(1, "A bag costs 5 euros.")
    assert text_of(saved(file), "a.docx") == (
        "# 1. Scope\n\n# 2. Refunds\n\n2.1 This clause is about refunds.\n\n2.2 We refund:\n\n"
        "- (a) half, if the ticket is unused;\n    - i) the fee stays with us;\n"
        "    - ii) the tax does not;\n- (b) nothing, if the ticket is used.\n\n# 3. Fees\n\n"
        "3.1 A bag costs 5 euros.\n"
    )


def test_word_keeps_pictures_notes_and_merged_cells_and_drops_what_is_deleted() -> None:
    file = docx.Document()
    file.add_heading("Desk policy", 0)
    file.add_heading("Tags", 1)
    paragraph = file.add_paragraph("A torn tag")
    mark = OxmlElement("w:footnoteReference")
    mark.set(qn("w:id"), "2")
    paragraph.add_run()._r.append(mark)
    paragraph.add_run(" looks like this: ")
    paragraph.add_run().add_picture(io.BytesIO(png()))
    paragraph._p.find(".//" + qn("wp:docPr")).set("descr", "a torn [tag]")
    paragraph.add_run("Always").bold = True
    paragraph.add_run(" print a new one.")
    deleted = OxmlElement("w:del")
    run = OxmlElement("w:r")
    run.append(OxmlElement("w:t"))
    run[0].text = " Never print."
    deleted.append(run)
    paragraph._p.append(deleted)
    footnotes = (
        f'<w:footnotes {nsdecls("w")}><w:footnote w:id="2"><w:p><w:r><w:footnoteRef/></w:r><w:r>'
        "<w:t> A tag is torn if its number cannot be read.</w:t></w:r></w:p></w:footnote>"
        "</w:footnotes>"
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    name = PackURI("/word/footnotes.xml")
    part = Part(name, kind, footnotes.encode(), file.part.package)
    file.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    file.add_heading("Fees", 1)
    table = file.add_table(3, 3)
    for row, texts in zip(
        table.rows, ["Level|Weight|Fee", "Gold|23|none", "|32|5 euros"], strict=True
    ):
        for cell, text in zip(row.cells, texts.split("|"), strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    spec = specify(document(normalize(text_of(saved(file), "a.docx")), "test"))
    text = spec.document.text
    assert text.startswith(
        "# Desk policy\n\n## Tags\n\nA torn tag[^1] looks like this: ![a torn tag]("
    )
    assert "Never" not in text and "| Gold | 32 | 5 euros |" in text
    assert [image.alt for image in spec.document.images] == ["a torn tag"]
    assert spec.statements[0].images == spec.document.images
    note = next(s for s in spec.statements if s.text.startswith("A tag is torn"))
    assert note.section == ("Desk policy", "Tags")


def test_bold_titles_head_a_word_file_without_heading_styles() -> None:
    file = docx.Document()
    file.styles.add_style("Plain", WD_STYLE_TYPE.PARAGRAPH)
    for text in ("Refunds", "We refund a ticket within 30 days.", "Fees", "A bag costs 5 euros."):
        run = file.add_paragraph(style="Plain").add_run(text)
        run.bold = len(text) < 10
    spec = specify(document(normalize(text_of(saved(file), "a.docx")), "test"))
    assert [s.section for s in spec.statements] == [("Refunds",), ("Fees",)]


# --- PDF ------------------------------------------------------------------------------------


def drawn(draw) -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4)
    draw(canvas)
    canvas.save()
    return stream.getvalue()


def test_pdf_mends_words_and_paragraphs_over_lines_and_pages() -> None:
    def draw(canvas: Canvas) -> None:
        for number, lines in enumerate([
            ["If a passenger asks for a refund of a ticket that was bought on board, the con-",
             "ductor gives it back at once. A non-refundable ticket is worth nothing and the"],
            ["clerk says so. The clerk is kind and never argues about it with a passenger, and",
             "never shouts."],
        ], 1):  # fmt: skip
            canvas.setFont("Helvetica-Bold", 9)
            canvas.drawString(72, 800, "Hollen Railway – staff only")
            canvas.drawString(300, 30, f"{number}")
            canvas.setFont("Times-Roman", 12)
            for i, line in enumerate(lines):
                canvas.drawString(72, 760 - 14 * i, line)
            canvas.showPage()

    assert text_of(drawn(draw), "a.pdf") == (
        "If a passenger asks for a refund of a ticket that was bought on board, the conductor "
        "gives it back at once. A non-refundable ticket is worth nothing and the clerk says so. "
        "The clerk is kind and never argues about it with a passenger, and never shouts.\n"
    )


def test_pdf_keeps_pictures_and_notes_in_their_place() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 18)
        canvas.drawString(72, 780, "Tags")
        canvas.setFont("Helvetica", 11)
        canvas.drawString(72, 750, "A torn tag is replaced free of charge")
        width = canvas.stringWidth("A torn tag is replaced free of charge", "Helvetica", 11)
        canvas.setFont("Helvetica", 7)
        canvas.drawString(72 + width, 754, "1")
        canvas.setFont("Helvetica", 11)
        canvas.drawString(72 + width + 4, 750, " at the desk.")
        canvas.drawImage(ImageReader(io.BytesIO(png())), 72, 640, 80, 80)
        canvas.drawString(72, 600, "Never look at the number on a tag in front of a customer.")
        canvas.setFont("Helvetica", 5)
        canvas.drawString(72, 83, "1")
        canvas.setFont("Helvetica", 8)
        canvas.drawString(76, 80, "A tag is torn if its number cannot be read.")

    assert text_of(drawn(draw), "a.pdf") == (
        "# Tags\n\nA torn tag is replaced free of charge[^1] at the desk.\n\n"
        "![](page-1-image-1)\n\n"
        "Never look at the number on a tag in front of a customer.\n\n"
        "[^1]: A tag is torn if its number cannot be read.\n"
    )


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_read_upright(turn: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(300, 400)
        canvas.rotate(turn)
        canvas.drawString(0, 40, "If a bag is lost, call the desk.")
        canvas.drawString(0, 0, "Never run.")

    assert text_of(drawn(draw), "a.pdf").split("\n\n") == [
        "If a bag is lost, call the desk.", "Never run.\n",
    ]  # fmt: skip


def test_pdf_lists_nest_by_indentation_and_tables_go_on_over_pages() -> None:
    rows = "\n".join(f"| Zone {i} | {i} euros |" for i in range(1, 60))
    text = (
        "# Fares\n\nWe charge:\n\n1. first one fare;\n    - for a child half of it;\n"
        "        - for a baby nothing;\n    - for a dog all of it;\n2. then a fee.\n\n"
        f"| Zone | Fare |\n| --- | --- |\n{rows}\n\nThat is **all** there is.\n"
    )
    assert text_of(pdf_of(text), "a.pdf") == text


def test_a_pdf_full_of_drawings_and_bullets_keeps_its_text() -> None:
    def draw(canvas: Canvas) -> None:
        for i in range(20_000):
            canvas.rect(5 * (i % 100), 4 * (i // 100), 3, 14)
        for i in range(2000):
            canvas.drawString(10 + 29 * (i % 20), 8 * (i // 20), "-")
        canvas.drawString(72, 820, "If a bag is lost, call the desk.")

    assert "If a bag is lost, call the desk." in text_of(drawn(draw), "a.pdf")


def test_pdf_tables_without_rules_stand_between_other_text() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 780, "What a day costs depends on the zone, as follows:")
        for i, cells in enumerate([
            "Zone|Bought early|Bought late", "City|4 euros|5 euros and a",
            "||surcharge of 1 euro", "Coast|6 euros|7 euros",
        ]):  # fmt: skip
            for x, cell in zip((72, 200, 320), cells.split("|"), strict=True):
                canvas.drawString(x, 750 - 15 * i, cell)
        canvas.drawString(72, 660, "Never sell a ticket for a day that has passed already.")
        canvas.drawString(72, 630, "# is no number.")

    assert text_of(drawn(draw), "a.pdf") == (
        "What a day costs depends on the zone, as follows:\n\n"
        "| Zone | Bought early | Bought late |\n| --- | --- | --- |\n"
        "| City | 4 euros | 5 euros and a surcharge of 1 euro |\n| Coast | 6 euros | 7 euros |\n\n"
        "Never sell a ticket for a day that has passed already.\n\n\\# is no number.\n"
    )


def test_pdf_that_cannot_be_read_says_what_to_do() -> None:
    def locked(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "If a bag is lost, call the desk.")

    stream = io.BytesIO()
    canvas = Canvas(stream, encrypt=StandardEncryption("secret", "owner"))
    locked(canvas)
    canvas.save()
    scanned = drawn(lambda c: c.drawImage(ImageReader(io.BytesIO(png())), 0, 0, 595, 842))
    whole = drawn(locked)
    for data, said in [
        (stream.getvalue(), "password"), (scanned, "ocrmypdf"), (b"%PDF-1.7\n junk", "broken"),
        (whole[: len(whole) // 3], "broken"),
    ]:  # fmt: skip
        with pytest.raises(PolicyError, match=said):
            text_of(data, "a.pdf")


# --- text -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1"],
)
def test_every_encoding_reads_alike(encoding: str) -> None:
    text = "# Café\n\nThe café’s tea costs £5 – or 6 €.\n"
    if encoding == "latin-1":
        text = "# Café\n\nThe café's tea costs £5.\n"
    for ends in ("\n", "\r\n", "\r"):
        assert text_of(text.replace("\n", ends).encode(encoding), "a.md") == text


def test_a_damaged_byte_does_not_turn_utf8_into_another_encoding() -> None:
    data = "Das Café “Blau” – geöffnet täglich – é.".encode() + b"\xff"
    assert "Café “Blau” – geöffnet" in text_of(data, "a.md")


def test_control_characters_marks_and_surrogates_do_no_harm() -> None:
    marks = "\u0316\u0301" * 100_000
    text = normalize(f"A\x00 bag\x07 is\u202e \ud800 lo{marks}st.\x0cPage\u2028two.")
    text.encode()
    assert text.startswith("A bag is") and "\nPage\ntwo." in text and len(text) < 200


@pytest.mark.parametrize(("data", "said"), [
    (b"\xd0\xcf\x11\xe0 x", "password"), (b"{\\rtf1 x}", "RTF"), (b"PK\x03\x04 x", "zip"),
    (b"ab\0\0cd\0", "binary"), (b"", "empty"),
])  # fmt: skip
def test_what_is_no_policy_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        text_of(data, "a.md")


def test_a_special_file_is_refused() -> None:
    with pytest.raises(PolicyError, match="no ordinary file"):
        read("/dev/null")


# --- structure ------------------------------------------------------------------------------


def test_notes_are_statements_of_the_section_that_refers_to_them() -> None:
    spec = spec_of(
        "# Bags\n\nA lost bag[^1] is traced for 21 days.[^long] We pay.\n\n# Fees\n\n"
        "A bag costs 5 euros.\n\n[^1]: Lost means not on the belt.\n[^long]: Sundays count.\n"
    )
    assert {s.text: s.section for s in spec.statements} == {
        "A lost bag[^1] is traced for 21 days.": ("Bags",), "We pay.": ("Bags",),
        "Lost means not on the belt.": ("Bags",), "Sundays count.": ("Bags",),
        "A bag costs 5 euros.": ("Fees",),
    }  # fmt: skip


@pytest.mark.parametrize("html", [
    '<p>A lost bag<sup><a href="#fn1" id="r1">1</a></sup> is traced.</p><h2>Fees</h2><p>None.</p>'
    '<ol><li id="fn1"><p>Not on the belt. <a href="#r1">↩</a></p></li></ol>',
    "<p>A lost bag<sup>1</sup> is traced.</p><h2>Fees</h2><p>None.</p>"
    "<p><sup>1</sup> Not on the belt.</p>",
    '<p>A lost bag<a class="noteref" href="#n">[1]</a> is traced.</p><h2>Fees</h2><p>None.</p>'
    '<p><a name="n" href="#r">[1]</a> Not on the belt.</p>',
])  # fmt: skip
def test_notes_of_a_page(html: str) -> None:
    text = normalize("<h2>Bags</h2>" + html, html=True)
    assert text == (
        "## Bags\n\nA lost bag[^1] is traced.\n\n## Fees\n\nNone.\n\n[^1]: Not on the belt.\n"
    )


def test_links_within_a_page_are_references() -> None:
    spec = spec_of(
        "<h1>Desk</h1><p>Refunds follow <a href='#sec-3'>the fees</a>.</p>"
        "<p>First obey <a href='#r2'>the second rule</a>, or <a href='#gone'>another</a>.</p>"
        "<p>See <a href='other.html#r1'>elsewhere</a>.</p>"
        "<div id='sec-3'><h2>3. Fees <a class='headerlink' href='#sec-3'>¶</a></h2>"
        "<p>A bag costs 5 euros.</p>"
        "<ol><li id='r1'>Never run.</li><li id='r2'>Always greet the guest. Be kind.<ul>"
        "<li>Never shout.</li></ul></li></ol></div>"
        "<a name='late'></a><h2>Late bags</h2><p>Late bags stay here.</p>"
        "<p>Tag <a href='#late'>late bags</a>.</p>",
        html=True,
    )
    assert [s.title for s in spec.document.sections] == ["Desk", "Fees", "Late bags"]
    texts = {s.id: s.text for s in spec.statements}
    led = {s.text: [texts[i] for i in s.references] for s in spec.statements if s.references}
    fees = ["A bag costs 5 euros.", "Never run.", "Always greet the guest.", "Be kind.",
            "Never shout."]  # fmt: skip
    assert led == {
        "Refunds follow [the fees](#sec-3).": fees,
        "First obey [the second rule](#r2), or [another](#gone).": fees[2:4],
        "Tag [late bags](#late).": ["Late bags stay here."],
    }
    dangling = [r.text for r in find_references(spec.document, spec.statements) if r.dangling]
    assert dangling == ["[another](#gone)"]


def test_anchors_set_by_hand_in_markdown() -> None:
    spec = spec_of(
        "# Desk\n\nPay by [the tariff](#tariff).\n\nObey [this](#run).\n\n"
        '<a id="tariff"></a>\n\n## Fees\n\nA bag costs 5 euros.\n\n'
        '<a name="run"></a>Never run.\n\nBe kind.\n'
    )
    texts = {s.id: s.text for s in spec.statements}
    assert {s.text: [texts[i] for i in s.references] for s in spec.statements if s.references} == {
        "Pay by [the tariff](#tariff).": ["A bag costs 5 euros.", "Never run.", "Be kind."],
        "Obey [this](#run).": ["Never run."],
    }


def test_a_superscript_that_is_no_note_stays() -> None:
    assert "m2 of" in normalize("<p>A room has 20 m<sup>2</sup> of floor.</p>", html=True)


def test_what_a_page_calls_navigation_is_no_text_of_it() -> None:
    text = normalize(
        "<div role='navigation'><ul><li><a href='/fees'>Fees and waivers</a></li></ul></div>"
        "<div role='main'><h1 id='fees'>Fees</h1><p>A bag costs 5 euros.</p></div>"
        "<form role='search'><p>Search these pages.</p></form>",
        html=True,
    )
    assert text.split() == "# Fees A bag costs 5 euros.".split()


def test_pages_write_out_spans_labels_definitions_and_figures() -> None:
    text = normalize(
        "<h1>Fees</h1><table><tr><th>Level</th><th colspan=2>Fee</th></tr>"
        "<tr><td rowspan=2>Gold</td><td>day</td><td>5</td></tr><tr><td>night</td><td>6</td></tr>"
        "</table><table><tr><th>Monday</th><td>9 to 5</td></tr>"
        "<tr><th>Sunday</th><td>closed</td></tr></table><dl><dt>Bag</dt><dd>What is checked.</dd>"
        "<dt>Tag</dt><dd>Its number.<ul><li>ten</li></ul></dd></dl>"
        "<ol type=a start=3><li>half</li><li>all</li></ol><ol start=4><li>four</li></ol>"
        "<figure><img src='tag.png' alt='A tag'><figcaption>A torn tag.</figcaption></figure>"
        "<p>Old <del>rule</del><span hidden>x</span></p><form><p>Kept.</p><input></form>"
        "<img src='data:image/png;base64,AAAA' alt='inside'>",
        html=True,
    )
    assert text.split("\n\n")[:8] == [
        "# Fees",
        "| Level | Fee | Fee |\n| --- | --- | --- |\n| Gold | day | 5 |\n| Gold | night | 6 |",
        "|  |  |\n| --- | --- |\n| Monday | 9 to 5 |\n| Sunday | closed |",
        "- Bag: What is checked.\n- Tag: Its number.\n  - ten",
        "- (c) half\n- (d) all",
        "4. four",
        "![A tag](tag.png)",
        "A torn tag.",
    ]
    images = document(text, "page").images
    assert [image.alt for image in images] == ["A tag", "inside"]
    assert images[1].source.startswith("embedded-")


def test_definitions_and_front_matter_of_markdown() -> None:
    text = normalize(
        "---\ntitle: Fees\ndate: 2024\n---\n\nBag\n: What is checked.\n\nTag\n:   A number.\n"
    )
    assert text == "# Fees\n\n- Bag:\n  What is checked.\n\n- Tag:\n  A number.\n"


def test_underlined_titles_beside_others_are_headings() -> None:
    spec = spec_of("# Desk\n\nFees\n----\n\nA bag costs 5 euros.\n")
    assert [s.section for s in spec.statements] == [("Desk", "Fees")]


@pytest.mark.parametrize("label", ["3.2", "3.2(b)", "(a)", "iv)", "(iv)", "12.", "§ 3.1"])
def test_the_number_of_a_clause_is_no_part_of_its_sentence(label: str) -> None:
    spec = spec_of(f"# Fees\n\n{label} A bag costs 5 euros.\n\nBags are blue.\n")
    assert spec.statements[0].text == "A bag costs 5 euros."


def test_a_comparison_is_no_tag() -> None:
    spec = spec_of("# Fees\n\nIf the weight is < 5 kg and the length is > 3 m, charge 5 euros.\n")
    outcomes = spec.statements[0].outcomes
    assert outcomes[0].text == "charge 5 euros" and spec.statements[0].category == "conditional"
    assert "< 5 kg" in spec.statements[0].text


# --- harm -----------------------------------------------------------------------------------


def archive(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        for name, data in files.items():
            file.writestr(name, data)
    return stream.getvalue()


def test_bombs_are_refused_before_they_go_off() -> None:
    with pytest.raises(PolicyError, match="zip bomb"):
        text_of(archive(bomb=b"\0" * (40 << 20)), "a.docx")
    with pytest.raises(PolicyError, match="zip bomb"):
        text_of(archive(**{f"f{i}": b"" for i in range(6000)}), "a.docx")
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><x>&l11;</x>'
    data = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx_of("Text.\n"))) as old, zipfile.ZipFile(data, "w") as new:
        for file in old.infolist():
            content = old.read(file)
            if file.filename == "word/document.xml":
                content = bomb.encode()
            new.writestr(file, content)
    with pytest.raises(PolicyError, match="docx"):
        text_of(data.getvalue(), "a.docx")


@pytest.mark.parametrize("text", [
    "#" * 2_000_000, "# " * 500_000, "[" * 300_000, "![](" * 100_000, "|" * 100_000,
    "*" * 300_000, "`" * 200_000, "x" * 1_000_000, "a. " * 300, "(" * 300_000 + "a",
    "> " * 5000 + "Never run.", "\n".join("  " * i + "- Never run." for i in range(400)),
    "If x, y. " * 300, "\t" * 100_000 + "Never run.", "=\n" * 50_000, "1. " * 50_000,
], ids=lambda text: repr(text[:12]))  # fmt: skip
def test_monotony_is_parsed_or_refused(text: str) -> None:
    for name in ("a.md", "a.html"):
        check(name, text.encode())


def test_a_word_without_end_is_refused_and_an_embedded_picture_is_none() -> None:
    with pytest.raises(PolicyError, match="line 3: more than 10,000 characters without a blank"):
        text_of(b"# Fees\n\n" + b"QUJD" * 5000, "a.md")
    for picture in ("![tag](data:image/png;base64,{})", "<img src='data:image/png;base64,{}'>"):
        assert "embedded-" in text_of(picture.format("QUJD" * 5000).encode(), "a.md")


@pytest.mark.parametrize(
    "tag", ["<div>", "<ul><li>", "<b>", "<table><tr><td>", "<blockquote>", "<!--"]
)
def test_deep_pages_keep_their_text(tag: str) -> None:
    verify(spec_of(tag * 5000 + "Never run.", html=True))
    if tag != "<!--":
        assert "Never run." in normalize(tag * 5000 + "Never run.", html=True)


# --- generated documents --------------------------------------------------------------------

SENTENCES = st.sampled_from([
    "If a bag is lost, call the desk.", "Never run.", "A bag costs **5 euros**[^1].",
    "Bags over 23 kg are refused, unless the guest is a Gold member.", "Is it late?",
    "If so, pay 30 % (at most €50)", "what we do depends on the flight:", "See ![tag](t.png) here.",
    "Otherwise, charge 75 euros; in all other cases nothing.", "e.g. a “tag” of [the desk](x).",
])  # fmt: skip
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=4).map(" ".join)


@st.composite
def markdown_documents(draw: st.DrawFn) -> str:
    blocks: list[str] = []
    for _ in range(draw(st.integers(1, 8))):
        kind = draw(
            st.sampled_from(["heading", "text", "list", "table", "quote", "note", "clause"])
        )
        said = draw(PARAGRAPHS)
        if kind == "list":
            depths = draw(st.lists(st.integers(0, 3), min_size=1, max_size=5))
            marker = draw(st.sampled_from(["- ", "1. ", "* ", "(a) ", "- iv) "]))
            said = "\n".join("    " * depth + marker + draw(SENTENCES) for depth in depths)
        elif kind == "table":
            cells = draw(st.lists(SENTENCES, min_size=4, max_size=4))
            said = "| A | B |\n|---|---|\n| {} | {} |\n| {} | {} |".format(*cells)
        start = {"heading": "## ", "quote": "> ", "note": "[^1]: ", "clause": "3.2(b) "}.get(
            kind, ""
        )
        blocks.append(start + said)
    return draw(st.sampled_from(["\n\n", "\n"])).join(blocks)


@st.composite
def pages(draw: st.DrawFn) -> str:
    def element(depth: int) -> str:
        tag = draw(
            st.sampled_from(
                "p div ul ol li table tr td th b sup dl dt dd h2 blockquote pre".split()
            )
        )
        many = draw(st.integers(1, 3)) if depth else 0
        inner = "".join(element(depth - 1) for _ in range(many)) or draw(PARAGRAPHS)
        return f"<{tag}>{inner}" + (f"</{tag}>" if draw(st.booleans()) else "")

    return "<html>" + "".join(element(3) for _ in range(draw(st.integers(1, 3))))


@settings(max_examples=60, deadline=None, suppress_health_check=UNHURRIED)
@given(st.one_of(
    markdown_documents().map(lambda text: (text, False)),
    markdown_documents().map(lambda text: (text.replace("#", "").replace("**", ""), False)),
    pages().map(lambda text: (text, True)),
))  # fmt: skip
def test_spans_quote_every_generated_document(made: tuple[str, bool]) -> None:
    verify(spec_of(*made))


@pytest.mark.parametrize("suffix", [".docx", ".pdf"])
@settings(max_examples=15, deadline=None, suppress_health_check=UNHURRIED)
@given(text=markdown_documents())
def test_spans_quote_every_generated_file(suffix: str, text: str) -> None:
    # the title, as the writers have no quotations, and a file of these alone would be empty
    data = (docx_of if suffix == ".docx" else pdf_of)(normalize(f"# Policy\n\n{text}"))
    verify(specify(document(text_of(data, "a" + suffix), "test")))


@settings(max_examples=200, deadline=None, suppress_health_check=UNHURRIED)
@given(DOCUMENTS)
def test_malformed_documents_are_read_or_refused(made: tuple[str, bytes]) -> None:
    suffix, data = made
    assert check("fuzzed" + suffix, data) in {"refused", "read", "parsed"}


def test_every_workflow_of_a_generated_document_decides() -> None:
    spec = spec_of("# A\n\n" + "\n\n".join(f"If bag {i} is lost, pay {i} euros." for i in range(5)))
    for workflow in spec.workflows:
        assert list(islice(workflow.paths(), 5))


_RATES = """RATES

Parcels:
   Under 2 kg ................ charge 4 euros
   2 kg or more,
   but less than 9 kg ........ charge 7 euros
   9 kg or more .............. call the depot
   We weigh every parcel twice.
"""


def test_rows_of_leader_dots_are_items() -> None:
    text = normalize(_RATES)
    assert "- Parcels:\n  - Under 2 kg: charge 4 euros\n" in text
    assert "  - 2 kg or more,\n    but less than 9 kg: charge 7 euros\n" in text
    assert "  - We weigh every parcel twice.\n" in text


def test_rows_of_dots_without_a_line_over_them() -> None:
    text = normalize("The fee goes by weight.\n\nUnder 2 kg . . . . . 4 euros\nMore …… 9 euros\n")
    assert text.endswith("\n\n- Under 2 kg: 4 euros\n- More: 9 euros\n")


def test_dots_that_lead_to_pages_stay() -> None:
    contents = "Contents\n\nFees and fines ........ 3\nRefunds ............... 12\nNotes ... iv\n"
    assert "- " not in normalize(contents)
    assert "- " not in normalize("Wait ..... then ask.\n")
