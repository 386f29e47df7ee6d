"""Files that are damaged or made to do harm: an error that names them, or an article; within bounds, always."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
import zlib
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.document import Document
from ingest.extract import extract
from ingest.reading.child import reply_to
from ingest.reading.messages import Request
from rag.errors import SourceError
from tests.conftest import REPOSITORY
from tests.made_files import W, column, docx, epub, mail, paragraph, pdf, pdf_of_objects, table

TODAY = date(2026, 11, 23)
WORDS = "Acme raised five million dollars on Monday, two people said."
VALID = {
    "a.pdf": pdf([column("Acme raises", size=20, top=740) + column(WORDS, WORDS), column(WORDS)], {"Title": "Acme"}),
    "a.docx": docx(
        paragraph("Acme raises", "Title") + paragraph(WORDS) + table([["A", "B"]]), "<dc:title>Acme</dc:title>"
    ),
    "a.epub": epub(
        {"a.xhtml": f"<h1>One</h1><p>{WORDS}</p>", "b.xhtml": f"<p>{WORDS}</p>"}, "<dc:title>Acme</dc:title>"
    ),
    "a.eml": mail(WORDS, f"<p>{WORDS}</p>", List_Id="The Letter <a.example>"),
    "a.json": json.dumps({"title": "Acme", "html": f"<p>{WORDS}</p><p>{WORDS}</p>", "date": "2024-01-01"}).encode(),
}
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + "]>"
)


def refused(body: bytes, name: str) -> str:
    with pytest.raises(SourceError) as caught:
        extract(body, name, TODAY)
    assert name in str(caught.value)
    return str(caught.value)


def refused_or_read(body: bytes, name: str) -> str:
    """The text of the article, or the error that names it and has a remedy."""
    reply = reply_to(
        Request(Document(body), name, TODAY, 60, ""), lambda document, *told: extract(document.body or b"", *told)
    )
    if reply.article:
        return reply.article.text.strip()
    message, remedy = reply.refusal or ("", "")
    return message if name in message and remedy else ""


def stays_in_bounds(body: bytes, name: str) -> None:
    """Extracts in a process that has 20 seconds and little more memory than it takes to start."""
    program = (
        "import resource, sys; from datetime import date\n"
        "from ingest.document import Document; from ingest.extract import extract\n"
        "from ingest.reading.child import reply_to; from ingest.reading.messages import Request\n"
        "import ingest.extract.pdf, ingest.extract.docx, ingest.extract.epub, ingest.extract.mail\n"
        "used = int(open('/proc/self/statm').read().split()[0]) * 4096\n"
        "resource.setrlimit(resource.RLIMIT_AS, (used + 400_000_000,) * 2)\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (20, 20))\n"
        "request = Request(Document(sys.stdin.buffer.read()), sys.argv[1], date(2026, 11, 23), 60, '')\n"
        "reply = reply_to(request, lambda document, *told: extract(document.body, *told))\n"
        "assert not reply.out_of_memory and 'MemoryError' not in str(reply.refusal), reply\n"
        "print('refused' if reply.refusal else 'taken')\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, name], input=body, capture_output=True, cwd=REPOSITORY, timeout=90
    )
    assert ran.returncode == 0, ran.stderr.decode()[-2000:]
    assert ran.stdout.strip() in (b"refused", b"taken")


@pytest.mark.parametrize("name", VALID)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_damaged_file_is_an_error_that_names_it_or_an_article(name: str, data: st.DataObject) -> None:
    body = bytearray(VALID[name])
    for _ in range(data.draw(st.integers(0, 8))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.integers(1, len(body)) | st.just(len(body)))
    assert refused_or_read(bytes(body[:end]), name)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [f"<{tag}>" for tag in ("w:p", "w:tbl", "w:tr", "w:tc", "w:r", "w:t", "w:numPr", "w:fldChar")]
            + [f"</{tag}>" for tag in ("w:p", "w:tbl", "w:tr", "w:tc", "w:r", "w:t")]
            + [
                "<w:tbl><w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr></w:tc></w:tr></w:tbl>",
                '<w:pPr><w:pStyle w:val="?"/></w:pPr>',
                WORDS,
            ]
            + [
                '<w:hyperlink w:anchor="x"/>',
                '<w:footnoteReference w:id="9"/>',
                '<w:gridSpan w:val="99999999"/>',
                "&#0;",
                "&x;",
            ]
        )
    )
)
def test_odd_xml_in_a_whole_archive_is_an_error_that_names_it_or_an_article(pieces: list[str]) -> None:
    for body, name in (docx("".join(pieces)), "a.docx"), (epub({"a.xhtml": "".join(pieces)}), "a.epub"):
        assert refused_or_read(body, name)


@pytest.mark.parametrize("name", VALID)
def test_what_is_damaged_here_is_whole_before(name: str) -> None:
    assert WORDS in extract(VALID[name], name, TODAY).text


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.epub"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_a_file_that_breaks_off_is_an_error_that_names_it_or_an_article(name: str, share: float) -> None:
    body = VALID[name][: int(share * len(VALID[name]))]
    assert refused_or_read(body, name)


def bomb(entry: str, megabytes: int) -> bytes:
    made = io.BytesIO(VALID["a.epub" if entry.startswith("OEBPS") else "a.docx"])
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive, archive.open(entry, "w") as written:
        for _ in range(megabytes):
            written.write(b" " * 1_000_000)
    return made.getvalue()


@pytest.mark.parametrize(("name", "entry"), [("a.docx", "word/media/a.xml"), ("a.epub", "OEBPS/c.xhtml")])
def test_a_zip_bomb_is_refused_before_it_is_inflated(name: str, entry: str) -> None:
    body = bomb(entry, 150)
    assert "would inflate to 150 MB" in refused(body, name)
    stays_in_bounds(body, name)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (docx("", **{"word/document.xml": f"{LAUGHS}<w:document {W}>&j;</w:document>"}), "a.docx"),
        (docx(paragraph("x"), **{"docProps/core.xml": f"{LAUGHS}<c>&j;</c>"}), "a.docx"),
        (epub({}, **{"OEBPS/book.opf": f"{LAUGHS}<package>&j;</package>"}), "a.epub"),
        (epub({}, **{"META-INF/container.xml": f"{LAUGHS}<container>&j;</container>"}), "a.epub"),
        (epub({"a.xhtml": f"{LAUGHS}<html>&j;</html>".encode()}), "a.epub"),
    ],
    ids=["docx", "docx properties", "opf", "container", "chapter"],
)
def test_a_billion_laughs_are_not_laughed(body: bytes, name: str) -> None:
    stays_in_bounds(body, name)
    assert len(refused_or_read(body, name)) < 10_000


def test_an_entity_that_names_a_file_is_not_read() -> None:
    page = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html><body><p>See &x; here.</p></body></html>'
    assert "root:" not in refused_or_read(epub({"a.xhtml": page.encode()}), "a.epub")
    refused(
        docx("", **{"docProps/core.xml": '<!DOCTYPE c [<!ENTITY x SYSTEM "file:///etc/passwd">]><c>&x;</c>'}), "a.docx"
    )


def test_xml_without_a_bottom_is_refused() -> None:
    deep = "<w:p>" * 50_000
    stays_in_bounds(docx(deep), "a.docx")
    refused(docx(deep), "a.docx")
    chapter = epub({"a.xhtml": ("<div>" * 50_000 + WORDS).encode()})
    stays_in_bounds(chapter, "a.epub")


def test_a_document_of_more_elements_than_any_article_is_refused() -> None:
    body = "".join(f'<w:p w:rsidR="{hashlib.sha256(b"%d" % i).hexdigest()[:8]}"/>' for i in range(310_000))
    assert "longer than any article" in refused(docx(body), "a.docx")


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 2_000_000,
        "-" * 2_000_000,
        "boundary" + " " * 2_000_000,
        "unsubscribe\n\n" * 200_000,
        "a-\n" * 500_000,
        "On x\n" * 400_000,
        "<!DOCTYPE" * 200_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_text_that_patterns_could_stumble_over_is_read_in_time(text: str) -> None:
    stays_in_bounds(mail("x").replace(b"The", b"") + text.encode() + WORDS.encode(), "a.eml")
    if not text.isspace():
        stays_in_bounds(epub({"a.xhtml": text.encode()}), "a.epub")


def test_a_pdf_of_one_endless_paragraph_is_read_in_time() -> None:
    lines = [(f"a line of words that goes on and on {i}", 11, 700) for i in range(1_500)]
    stays_in_bounds(pdf([lines] * 10), "a.pdf")


def multipart(depth: int) -> bytes:
    head = "From: a@example.com\nDate: Thu, 14 Dec 2023 10:00:00 +0000\nSubject: x\nMIME-Version: 1.0\n"
    opening = "".join(f'Content-Type: multipart/mixed; boundary="b{i}"\n\n--b{i}\n' for i in range(depth))
    return f"{head}{opening}Content-Type: text/plain\n\n{WORDS}\n".encode()


@pytest.mark.parametrize("depth", [90, 1_000, 20_000])
def test_mail_in_mail_in_mail_is_refused(depth: int) -> None:
    refused(multipart(depth), "a.eml")
    stays_in_bounds(multipart(depth), "a.eml")


def test_mail_that_is_nested_as_mail_is_reads() -> None:
    assert extract(multipart(5), "a.eml", TODAY).text == WORDS


@pytest.mark.parametrize(
    "header",
    [
        "From: " + "(" * 5000,
        "From: " + '"\\' * 900,
        "Date: Mon, 99 Foo 20233 99:99:99 +9999",
        "Subject: =?utf-8?b?////?=",
        "Content-Type: text/plain; " + "a*0*=x;" * 600,
        "List-Id: " + "<" * 3000,
        "Content-Type: ;;;==",
        "From: @@@",
    ],
)
def test_a_header_of_any_kind_takes_nothing_from_the_text(header: str) -> None:
    body = f"To: b@example.com\nX: y\n{header}\n\n{WORDS}\n".encode()
    assert extract(body, "a.eml", TODAY).text == WORDS
    stays_in_bounds(body, "a.eml")


def test_a_pdf_whose_stream_is_a_bomb_stays_in_bounds() -> None:
    packed = zlib.compress(b"BT (x) Tj ET\n" * 10_000_000)
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 5 0 R /Resources << >> >>",
        4: b"<< >>",
        5: b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
    }
    body = pdf_of_objects(objects)
    assert "a.pdf" in refused(body, "a.pdf")
    stays_in_bounds(body, "a.pdf")


FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica %s >>"
DRAWN = b"BT /F1 11 Tf 1 0 0 1 72 700 Tm (Acme has raised five million dollars.) Tj ET"


def stream(drawn: bytes, entries: bytes = b"") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(drawn), drawn)


@pytest.mark.parametrize(
    ("broken", "font"),
    [
        (stream(DRAWN, b"/Filter /Unknown"), b""),
        (stream(DRAWN, b"/Filter /JBIG2Decode"), b""),
        (b"<< /Length /Name >>\nstream\n%s\nendstream" % DRAWN, b""),
        (b"7 0 R", b""),
        (stream(b"BI /W 1 ID"), b""),
        (stream(b"BT 1 0 R Tj ET"), b""),
        (stream(b"BT %s(a)%s TJ ET" % (b"[" * 3_000, b"]" * 3_000)), b""),
        (stream(DRAWN), b"/FirstChar 32 /LastChar 33 /Widths [/a /b]"),
    ],
    ids=["filter", "program", "length", "reference", "image", "drawing", "lists", "widths"],
)
def test_a_broken_page_of_a_pdf_costs_that_page(broken: bytes, font: bytes) -> None:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R"
    page += b" /Resources << /Font << /F1 %d 0 R >> >> >>"
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Count 2 /Kids [3 0 R 5 0 R] >>",
        3: page % (6, 8),
        4: b"<< >>",
        5: page % (7, 9),
        6: broken,
        7: stream(DRAWN),
        8: FONT % font,
        9: FONT % b"",
    }
    found = extract(pdf_of_objects(objects), "a.pdf", TODAY)
    assert (found.text, found.flags) == ("Acme has raised five million dollars.", ("truncated",))
    assert [note.partition(":")[0] for note in found.notes] == ["page 1 could not be read"]


def test_a_pdf_whose_pages_go_round_in_circles_ends() -> None:
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Count 9 /Kids [2 0 R 3 0 R] >>",
        3: b"<< /Type /Pages /Parent 2 0 R /Count 9 /Kids [2 0 R] >>",
        4: b"<< >>",
    }
    stays_in_bounds(pdf_of_objects(objects), "a.pdf")
    refused(pdf_of_objects(objects), "a.pdf")
