"""Small files of every format, made here: what each holds can be read in the test that asks for it."""

import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from email.message import EmailMessage

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONSHIPS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
)


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


# PDF


def column(*lines: str, size: int = 11, top: int = 700, leading: int = 14) -> list[tuple[str, int, int]]:
    """Lines below each other; an empty one leaves a gap."""
    return [(line, size, top - i * leading) for i, line in enumerate(lines) if line]


def pdf(pages: Sequence[Sequence[tuple[str, int, int]]], info: Mapping[str, str] | None = None) -> bytes:
    """A PDF whose pages are lines of (text, size, height)."""
    objects: dict[int, bytes] = {
        1: b"<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) >>",
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        4: b"<< %s >>" % b" ".join(b"/%s (%s)" % (k.encode(), v.encode("cp1252")) for k, v in (info or {}).items()),
    }
    kids = []
    for i, lines in enumerate(pages):
        page, stream = 5 + 2 * i, 6 + 2 * i
        drawn = b"\n".join(b"BT /F1 %d Tf 1 0 0 1 72 %d Tm (%s) Tj ET" % (s, y, _escaped(t)) for t, s, y in lines)
        packed = zlib.compress(drawn)
        objects[page] = (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % stream
        )
        objects[stream] = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)
        kids.append(b"%d 0 R" % page)
    objects[2] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    return pdf_of_objects(objects)


def pdf_of_objects(objects: Mapping[int, bytes], trailer: bytes = b"") -> bytes:
    made = b"%PDF-1.4\n"
    offsets = {}
    for number in sorted(objects):
        offsets[number] = len(made)
        made += b"%d 0 obj\n%s\nendobj\n" % (number, objects[number])
    table = b"".join(b"%010d 00000 n \n" % offsets[number] for number in sorted(objects))
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return made + b"trailer\n<< /Size %d /Root 1 0 R /Info 4 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer,
        start,
    )


def _escaped(text: str) -> bytes:
    return text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


# DOCX


def paragraph(text: str, style: str = "", *, number: int | None = None) -> str:
    listed = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{number}"/></w:numPr>' if number else ""
    styled = f"<w:pPr>{f'<w:pStyle w:val={style!r}/>' if style else ''}{listed}</w:pPr>"
    return f"<w:p>{styled}<w:r><w:rPr><w:b/></w:rPr><w:t>{text}</w:t></w:r></w:p>"


def table(rows: Iterable[Sequence[str]]) -> str:
    made = "".join("<w:tr>" + "".join(f"<w:tc>{paragraph(c)}</w:tc>" for c in row) + "</w:tr>" for row in rows)
    return f"<w:tbl>{made}</w:tbl>"


def docx(body: str, core: str = "", **parts: str | bytes) -> bytes:
    """A Word document of this body; `core` are elements of its core properties."""
    names = {"Title": "Title", "Heading1": "heading 1", "Heading2": "heading 2"}
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{i}"><w:name w:val="{n}"/></w:style>' for i, n in names.items()
    )
    formats = {1: "bullet", 2: "decimal"}
    numbering = "".join(
        f'<w:abstractNum w:abstractNumId="{i}"><w:lvl w:ilvl="0"><w:numFmt w:val="{f}"/></w:lvl></w:abstractNum>'
        for i, f in formats.items()
    ) + "".join(f'<w:num w:numId="{i}"><w:abstractNumId w:val="{i}"/></w:num>' for i in formats)
    kinds = {"styles": "styles.xml", "numbering": "numbering.xml"}
    related = "".join(f'<Relationship Id="{k}" Type="{_OFFICE}/{k}" Target="{t}"/>' for k, t in kinds.items())
    main = f'<Relationship Id="r1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": f"{_RELATIONSHIPS}{main}</Relationships>",
        "word/document.xml": f'<?xml version="1.0"?><w:document {W}><w:body>{body}</w:body></w:document>',
        "word/styles.xml": f'<?xml version="1.0"?><w:styles {W}>{styles}</w:styles>',
        "word/numbering.xml": f'<?xml version="1.0"?><w:numbering {W}>{numbering}</w:numbering>',
        "word/_rels/document.xml.rels": f"{_RELATIONSHIPS}{related}</Relationships>",
        "docProps/core.xml": (
            '<?xml version="1.0"?><cp:coreProperties xmlns:dcterms="http://purl.org/dc/terms/" xmlns:cp='
            '"http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/">{core}</cp:coreProperties>'
        ),
    }
    return zipped(files | parts)


# EPUB


def epub(chapters: Mapping[str, str | bytes], metadata: str = "", **parts: str | bytes) -> bytes:
    """A book of these chapters (name: body), in their order; the manifest lists them the other way round."""
    items = "".join(
        f'<item id="c{i}" href="{name}" media-type="application/xhtml+xml"/>'
        for i, name in reversed(list(enumerate(chapters)))
    )
    spine = "".join(f'<itemref idref="c{i}"/>' for i in range(len(chapters)))
    container = (
        '<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    package = (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">'
        f"{metadata}</metadata><manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    files: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": container,
        "OEBPS/book.opf": package,
    }
    return zipped(files | {f"OEBPS/{name}": _page(body) for name, body in chapters.items()} | parts)


def _page(body: str | bytes) -> str | bytes:
    if isinstance(body, bytes):
        return body
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml">'
        f"<head><title/></head><body>{body}</body></html>"
    )


# mail


def mail(text: str = "", html: str = "", **headers: str) -> bytes:
    message = EmailMessage()
    stated = {"From": "Jane Doe <jane@letters.example.com>", "Subject": "Acme raises $5 million"}
    stated |= {"Date": "Thu, 14 Dec 2023 23:30:00 -0800", "To": "reader@example.org", "Message-ID": "<1@example.com>"}
    for name, value in (stated | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        if value:
            message[name] = value
    message.set_content(text or "The plain part.")
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()
