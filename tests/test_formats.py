"""PDF, DOCX, EPUB, mail and JSON: what an article in each of them becomes."""

import json
from datetime import date

import pytest

from ingest.extract import Extracted, extract
from ingest.extract.pdf import extract_pdf
from rag.errors import SourceError
from tests.made_files import column, docx, epub, mail, paragraph, pdf, pdf_of_objects, table, zipped

TODAY = date(2026, 11, 23)
PAGE = "<!doctype html><html><head><title>A page</title></head><body><article><p>{}</p></article></body></html>"
SENTENCE = "Acme, a start-up in Paris, raised five million dollars on Monday in a round that Example Ventures led."


def extracted(body: bytes, name: str = "article") -> Extracted:
    return extract(body, name, TODAY)


# the type


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.md", "a.pdf", "a.docx", "a.epub", "a.eml", "a.jsonl", "a"])
@pytest.mark.parametrize(
    "body",
    [
        pdf([column(SENTENCE)]),
        docx(paragraph(SENTENCE)),
        epub({"one.xhtml": f"<p>{SENTENCE}</p>"}),
        mail(SENTENCE),
        json.dumps({"body": SENTENCE}).encode(),
        PAGE.format(SENTENCE).encode(),
        SENTENCE.encode(),
    ],
    ids=["pdf", "docx", "epub", "mail", "json", "html", "text"],
)
def test_the_bytes_tell_the_type_whatever_the_name_says(body: bytes, name: str) -> None:
    assert extracted(body, name).text == SENTENCE


def test_a_text_that_begins_like_a_header_is_no_mail() -> None:
    assert extracted(b"Note: this is a text\nDate: none\n\nIt goes on.", "a.txt").title.startswith("Note: this is")


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ({"xl/workbook.xml": ""}, "a spreadsheet"),
        ({"ppt/presentation.xml": ""}, "a presentation"),
        ({"a": ""}, "a ZIP"),
    ],
)
def test_an_archive_of_another_kind_is_named(files: dict[str, str], kind: str) -> None:
    with pytest.raises(SourceError, match=f"a.zip is {kind}"):
        extracted(zipped(files), "a.zip")


# PDF

PAPER = [
    column("Acme raises five million dollars", size=20, top=740)
    + column("By Jane Doe", "December 14, 2023", top=715)
    + column(
        "Acme, a start-up in Paris, raised five million dollars on Mon-",
        "day in a round that Example Ventures led, two people said, and",
        "the company will hire.",
        "",
        "The round-table was full, and it was the second round-",
        "table this year for a company that makes (small) things.",
        top=680,
    )
    + column("1", top=30),
    column("Acme Weekly", top=760)
    + column("What is next", size=15, top=730)
    + column(
        "Next year the company wants to grow, says its chief, who is", "not known for his modesty and who", top=700
    )
    + column("2", top=30),
    column("Acme Weekly", top=760)
    + column("has said so before.", "• one thing", "• another thing", "that goes on", top=700)
    + column("3", top=30),
    column("Acme Weekly", top=760) + column("The end.", top=700) + column("4", top=30),
]


def test_a_pdf_becomes_paragraphs_without_what_frames_its_pages() -> None:
    found = extracted(pdf(PAPER))
    assert found.title == "Acme raises five million dollars"
    assert (found.author, found.published, found.date_source) == ("Jane Doe", "2023-12-14", "text")
    assert (
        found.text
        == """Acme, a start-up in Paris, raised five million dollars on Monday in a round that Example Ventures \
led, two people said, and the company will hire.

The round-table was full, and it was the second round-table this year for a company that makes (small) things.

## What is next

Next year the company wants to grow, says its chief, who is not known for his modesty and who has said so before.

- one thing
- another thing that goes on

The end."""
    )


def test_the_date_of_a_pdf_file_is_not_that_of_the_article() -> None:
    found = extracted(pdf([column(SENTENCE)], {"CreationDate": "D:20200101000000Z", "ModDate": "D:20210101000000Z"}))
    assert (found.published, found.updated, found.date_source) == (None, None, None)


@pytest.mark.parametrize(
    ("title", "author", "expected"),
    [
        ("Acme raises in Paris", "Jane Doe; John Roe", ("Acme raises in Paris", "Jane Doe, John Roe")),
        ("Microsoft Word - draft_v3.docx", "admin", (None, None)),
        ("Untitled-1", "Microsoft Office User", (None, None)),
        ("Corporate template for slides", "jane@example.com", (None, None)),
    ],
)
def test_metadata_of_a_pdf_is_believed_where_it_makes_sense(
    title: str, author: str, expected: tuple[str | None, str | None]
) -> None:
    found = extracted(pdf([column(SENTENCE, SENTENCE)], {"Title": title, "Author": author}))
    assert (found.title if found.title == title else None, found.author) == expected


def test_an_encrypted_pdf_says_so() -> None:
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Count 0 /Kids [] >>",
        4: b"<< >>",
        5: b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >>" % (b"41" * 32, b"42" * 32),
    }
    with pytest.raises(SourceError, match=r"a\.pdf is encrypted\. Save it without"):
        extracted(pdf_of_objects(objects, b"/Encrypt 5 0 R /ID [<41> <41>]"), "a.pdf")


def test_a_scan_says_so() -> None:
    with pytest.raises(SourceError, match=r"a\.pdf holds no text \(a scan\?\)"):
        extracted(pdf([[], []]), "a.pdf")


def test_a_pdf_has_limits_of_pages_and_of_time() -> None:
    with pytest.raises(SourceError, match="2 pages, more than 1"):
        extract_pdf(pdf([column("a"), column("b")]), "a.pdf", most_pages=1)
    with pytest.raises(SourceError, match="too long"):
        extract_pdf(pdf([column("a"), column("b")]), "a.pdf", most_seconds=-1)


# DOCX


def test_a_word_document_keeps_headings_lists_and_tables() -> None:
    body = (
        paragraph("Acme raises", "Title")
        + paragraph("By Jane Doe, December 14, 2023")
        + paragraph("It raised &lt;much&gt; money.")
        + paragraph("The round", "Heading2")
        + paragraph("one", number=1)
        + paragraph("two", number=1)
        + paragraph("first", number=2)
        + table([["Round", "Amount"], ["Seed", "$1"]])
    )
    found = extracted(docx(body))
    assert (found.title, found.author, found.published) == ("Acme raises", "Jane Doe", "2023-12-14")
    assert (
        found.text
        == """It raised <much> money.

## The round

- one
- two

1. first

| Round | Amount |
| Seed | $1 |"""
    )


def test_core_properties_give_title_and_author_but_no_date() -> None:
    core = (
        "<dc:title>Acme in Paris</dc:title><dc:creator>Jane Doe</dc:creator><dc:language>en-GB</dc:language>"
        "<dcterms:created>2020-01-01T00:00:00Z</dcterms:created>"
    )
    found = extracted(docx(paragraph(SENTENCE), core))
    assert (found.title, found.author, found.language) == ("Acme in Paris", "Jane Doe", "en")
    assert (found.published, found.updated) == (None, None)


def test_what_was_deleted_with_changes_tracked_is_gone() -> None:
    deleted = (
        "<w:p><w:del><w:r><w:delText>secret</w:delText></w:r></w:del><w:ins><w:r><w:t>public</w:t></w:r></w:ins></w:p>"
    )
    assert extracted(docx(paragraph(SENTENCE) + deleted)).text == f"{SENTENCE}\n\npublic"


# EPUB

BOOK = (
    "<dc:title>The Book</dc:title><dc:creator opf:role='aut'>Jane Doe</dc:creator>"
    "<dc:creator opf:role='ill'>An Illustrator</dc:creator><dc:language>en-GB</dc:language>"
    "<dc:date opf:event='modification'>2022-01-01</dc:date><dc:date opf:event='publication'>2021-05-03</dc:date>"
    "<dc:publisher>A House</dc:publisher>"
)


def test_a_book_is_its_chapters_in_the_order_of_the_spine() -> None:
    chapters = {
        "z.xhtml": "<h1>One</h1><p>The&nbsp;first <a id='p1'/>chapter.</p><aside><p>A note.</p></aside>",
        "sub/a%20b.xhtml": "<h1>Two</h1><ul><li>a</li><li>b</li></ul><table><tr><th>A</th><th>B</th></tr>"
        "<tr><td>1</td><td>2</td></tr></table>",
    }
    body = epub(chapters, BOOK, **{"OEBPS/sub/a b.xhtml": "<html><body><p>The second.</p></body></html>"})
    found = extracted(body)
    assert found.text == "# One\n\nThe first chapter.\n\nA note.\n\nThe second."
    assert (found.title, found.author, found.site, found.language) == ("The Book", "Jane Doe", "A House", "en")
    assert (found.published, found.date_source, found.updated) == ("2021-05-03", "package", None)


def test_a_table_in_a_book_keeps_its_header_row() -> None:
    rows = "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>"
    assert extracted(epub({"a.xhtml": rows})).text == "| A | B |\n| 1 | 2 |"


def test_a_chapter_that_is_missing_or_broken_leaves_the_others() -> None:
    found = extracted(
        epub({"../../etc/passwd": b"", "b.xhtml": b"<p>not <b>closed", "c.xhtml": b"\x00\x01\x02\xff" * 99})
    )
    assert found.text == "not closed"
    assert found.flags == ("truncated",)


def test_a_protected_book_says_so_and_scrambled_fonts_do_not_matter() -> None:
    encryption = (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData '
        'xmlns="http://www.w3.org/2001/04/xmlenc#"><EncryptionMethod Algorithm="{}"/></EncryptedData></encryption>'
    )
    chapters = {"a.xhtml": f"<p>{SENTENCE}</p>"}
    scrambled = encryption.format("http://www.idpf.org/2008/embedding")
    assert extracted(epub(chapters, **{"META-INF/encryption.xml": scrambled})).text == SENTENCE
    locked = encryption.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc")
    with pytest.raises(SourceError, match=r"a\.epub is encrypted"):
        extracted(epub(chapters, **{"META-INF/encryption.xml": locked}), "a.epub")


# mail

LETTER = """<html><body><div style="display:none">preheader</div><p><a href="https://t.example/v">View in browser</a>
</p><table><tr><td><h1>Acme raises $5 million</h1><p>Acme raised <a href="https://track.example/?u=x">five million</a>
dollars, and you can unsubscribe from hope.</p><img src="https://track.example/p.gif" width="1"></td></tr></table>
<h2>Markets</h2><table><tr><th>Index</th><th>Change</th></tr><tr><td>CAC</td><td>-1%</td></tr></table>
<p>You are receiving this because you signed up.</p><p><a href="x">Unsubscribe</a> | Acme, 1 Street</p></body></html>"""


def test_a_newsletter_is_its_story_without_what_it_says_of_itself() -> None:
    found = extracted(mail(html=LETTER, List_Id='"The Letter" <l.example.com>'))
    assert (found.title, found.author, found.site) == ("Acme raises $5 million", "Jane Doe", "The Letter")
    assert (found.published, found.date_source) == ("2023-12-14", "mail header")
    assert (
        found.text
        == """Acme raised five million dollars, and you can unsubscribe from hope.

## Markets

| Index | Change |
| CAC | -1% |"""
    )


def test_headers_are_decoded_and_name_author_and_site() -> None:
    found = extracted(
        mail(SENTENCE, Subject="Levée de fonds — été", From='"Zoé Roux from L’Écho" <z@mail.echo.example>')
    )
    assert (found.title, found.author, found.site) == ("Levée de fonds — été", "Zoé Roux", "L’Écho")
    assert extracted(mail(SENTENCE)).site == "example.com"
    assert extracted(mail(SENTENCE, From="Jane <jane@gmail.com>")).site is None


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "cp1252", "utf-16", "klingon"])
@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
def test_text_is_read_in_any_charset_and_encoding(charset: str, encoding: str) -> None:
    import base64
    import quopri

    text = "L’été à Paris coûte cinq millions.\n\n" + SENTENCE
    text = text.replace("’", "'") if charset == "iso-8859-1" else text
    body = text.encode("utf-8" if charset == "klingon" else charset)
    encode = {"8bit": lambda b: b, "quoted-printable": quopri.encodestring, "base64": base64.encodebytes}[encoding]
    if (charset, encoding) == ("utf-16", "8bit"):
        pytest.skip("line ends in it are none")
    head = "From: a@example.com\nDate: Thu, 14 Dec 2023 10:00:00 +0000\nMIME-Version: 1.0\nSubject: x\n"
    head += f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n"
    assert extracted(head.encode() + encode(body), "a.eml").text == text


def test_attachments_are_left_out_and_noted() -> None:
    from email import message_from_bytes, policy

    message = message_from_bytes(mail(SENTENCE), policy=policy.default)
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="../../x.pdf")
    message.add_attachment("Not the text.", filename="a.txt")
    found = extracted(message.as_bytes())
    assert found.text == SENTENCE
    assert found.notes == ("2 attachments left out",)


def test_a_forwarded_story_is_the_story_of_the_one_who_sent_it_first() -> None:
    text = (
        "FYI\n\n---------- Forwarded message ---------\nFrom: Ann Poe <ann@news.example.org>\n"
        f"Date: Mon, Jan 8, 2024 at 9:00 AM\nSubject: The story\nTo: <me@example.net>\n\n{SENTENCE}\n\nMore."
    )
    found = extracted(mail(text, Subject="Fwd: The story"))
    assert found.text == f"{SENTENCE}\n\nMore."
    assert (found.title, found.author, found.site, found.published) == (
        "The story",
        "Ann Poe",
        "example.org",
        "2024-01-08",
    )


def test_the_mail_that_is_answered_goes_and_quotes_between_lines_stay() -> None:
    below = f"{SENTENCE}\n\nOn Mon, Jan 8, 2024 at 9:00 AM Ann Poe <a@example.org> wrote:\n> what is it\n>\n> no\n"
    assert extracted(mail(below, Subject="Re: Acme")).text == SENTENCE
    between = f"{SENTENCE}\n\n> what is it\n\nIt is this."
    assert "what is it" in extracted(mail(between)).text


def test_a_mail_without_text_says_so() -> None:
    body = b"From: a@example.com\nTo: b@example.com\nSubject: x\nContent-Type: image/png\n\nxyz"
    with pytest.raises(SourceError, match=r"a\.eml holds no text"):
        extracted(body, "a.eml")


# JSON


def test_the_usual_names_of_fields_are_known() -> None:
    made = {
        "headline": "Acme raises",
        "content": SENTENCE,
        "authors": ["Jane Doe", {"name": "John Roe"}],
        "link": "https://a.example/x",
        "published_at": "2023-12-14T08:00:00Z",
        "updated": 1702684800,
        "publisher": "The Paper",
        "language": "en-US",
        "companies": ["Acme"],
    }
    found = extracted(json.dumps(made).encode())
    assert (found.title, found.text, found.author) == ("Acme raises", SENTENCE, "Jane Doe, John Roe")
    assert (found.url, found.published, found.updated) == ("https://a.example/x", "2023-12-14", "2023-12-16")
    assert found.date_source == "field"
    assert (found.site, found.language, found.companies) == ("The Paper", "en", ("Acme",))


def test_html_in_a_field_becomes_text() -> None:
    piece = f"<h2>A round</h2><p>{SENTENCE}</p><ul><li>one</li><li>two</li></ul>"
    assert (
        extracted(json.dumps({"title": "T", "html": piece}).encode()).text
        == f"## A round\n\n{SENTENCE}\n\n- one\n- two"
    )
    page = extracted(json.dumps({"html": PAGE.format(SENTENCE), "date": "2023"}).encode())
    assert (page.title, page.text, page.published) == ("A page", SENTENCE, "2023")
