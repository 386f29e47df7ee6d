"""XML from anywhere: no entities, no network, no bottomless trees."""

import re
from html import unescape

from lxml import etree

from rag.errors import SourceError

_ENTITIES = re.compile(rb"<!ENTITY", re.IGNORECASE)
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]{1,31};")
_HEAD = 10_000
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>", re.IGNORECASE)


def parse_xml(body: bytes, name: str) -> etree._Element:
    """The root of the document. Raises SourceError, naming it, for what is broken or declares entities."""
    if _ENTITIES.search(body.replace(b"\0", b"")):
        raise SourceError(f"{name} declares XML entities, as attacks do and documents do not.", "Save it again.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(f"{name} is damaged: {error}.", "Save the document again.") from error


def parse_xhtml(text: str, name: str) -> etree._Element | None:
    """A page of XHTML with HTML's plain tags; None for one that is no XML, which HTML's parser may still read.

    HTML's parser does not know that `<title/>` and `<a id="p7"/>` are closed, and would lose what follows.
    """
    plain = _NAMED.sub(
        lambda found: unescape(found[0]).replace("<", "&lt;"), _DOCTYPE.sub("", text[:_HEAD], count=1) + text[_HEAD:]
    )
    try:
        root = parse_xml(re.sub(r"^\s*<\?xml[^>]*\?>", "", plain).encode(errors="replace"), name)
    except SourceError:
        return None
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = etree.QName(element).localname.lower()
    return root
