"""Word documents: mammoth makes HTML of them, which is read like any other.

mammoth knows what a reader of the file would get wrong: lists that styles number, deletions that are only marked, text
boxes that are stored twice. It reads XML with the standard library and a tree of Python objects, so what it gets is a
copy of the archive that holds nothing but XML, parsed here first, without entities, pictures and the look of letters.
"""

import io
import zipfile
from dataclasses import replace

import mammoth
from lxml import etree

from ingest.extract.archive import Archive
from ingest.extract.extracted import Extracted
from ingest.extract.front_matter import Stated
from ingest.extract.metadata import with_stated
from ingest.extract.properties import language_code, sensible_author, sensible_title
from ingest.extract.whole_text import parse_html, whole_text
from ingest.extract.xml import parse_xml
from rag.errors import SourceError

_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Quote'] => blockquote > p:fresh"
LARGEST_PART = 30_000_000
# mammoth takes about 1 KB and 0.1 ms for each; a novel has 60,000.
MOST_ELEMENTS = 300_000
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LOOKS = ("rPr", "proofErr", "lastRenderedPageBreak", "bookmarkStart", "bookmarkEnd", "sectPr", "tblPrEx")
_REVISIONS = ("rsidR", "rsidRDefault", "rsidP", "rsidRPr", "rsidTr")
_UNREAD = (
    "theme",
    "fontTable",
    "webSettings",
    "settings",
    "glossary",
    "printerSettings",
    "customXml",
    "media",
    "embeddings",
)


def extract_docx(body: bytes, name: str) -> Extracted:
    """The article in a Word document. Raises SourceError for a damaged one and for one that is out of all measure."""
    archive = Archive(body, name)
    page = parse_html(
        mammoth.convert_to_html(_plain_copy(archive, name), convert_image=_no_image, style_map=_STYLES).value
    )
    text = whole_text(page).replace(" ↑", "") if page is not None else ""
    properties = _properties(archive, name)
    has_heading = text.startswith("# ")
    title = None if has_heading else sensible_title(properties.get("title"), text)
    found = with_stated(Stated(title=title), text, name, ())
    return replace(
        found,
        author=found.author or sensible_author(properties.get("creator")),
        language=language_code(properties.get("language")),
    )


_no_image = mammoth.images.img_element(lambda image: {})


def _plain_copy(archive: Archive, name: str) -> io.BytesIO:
    copy = io.BytesIO()
    elements = 0
    with zipfile.ZipFile(copy, "w") as written:
        for entry in archive.names:
            if not entry.endswith((".xml", ".rels")) or any(part in entry for part in _UNREAD):
                continue
            root = parse_xml(archive.read(entry, LARGEST_PART) or b"", f"{entry!r} in {name}")
            etree.strip_elements(root, *(_WORD + tag for tag in _LOOKS), with_tail=False)
            etree.strip_attributes(root, *(_WORD + attribute for attribute in _REVISIONS))
            elements += sum(1 for _ in root.iter())
            if elements > MOST_ELEMENTS:
                raise SourceError(f"{name} is longer than any article.", "Split the document.")
            written.writestr(entry, etree.tostring(root, encoding="utf-8", xml_declaration=True))
    copy.seek(0)
    return copy


def _properties(archive: Archive, name: str) -> dict[str, str]:
    """What `docProps/core.xml` states; its dates are the file's, and say nothing of publication."""
    core = archive.read("docProps/core.xml", 1_000_000)
    if core is None:
        return {}
    return {
        etree.QName(child).localname: child.text or ""
        for child in parse_xml(core, f"'docProps/core.xml' in {name}").iterchildren("*")
    }
