"""Sitemaps: which pages a site says it has, and when they last changed."""

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from ingest.extract.dates import to_iso
from rag.errors import SourceError

# What the protocol allows, uncompressed.
LARGEST = 52_428_800


@dataclass(frozen=True, slots=True)
class Listed:
    """An address in a sitemap; `nested` when it is that of another sitemap. `changed` is its lastmod, if it has one."""

    address: str
    changed: str | None
    stamp: str
    nested: bool = False


def read_sitemap(body: bytes, name: str) -> Iterator[Listed]:
    """What a sitemap lists: XML, an index of sitemaps, or text with an address a line; any of them gzipped.

    Raises SourceError, naming the sitemap, for what is none.
    """
    body = _unpacked(body, name)
    start = body[:2000].decode("utf-8-sig", "replace").lstrip()
    if re.match(r"https?://\S+\s*(?:\n|$)", start):
        return _lines(body)
    if not start.startswith("<") or re.match(r"<!doctype html|<html", start, re.IGNORECASE):
        raise SourceError(f"{name} is no sitemap.", "robots.txt of the site may say where it is.")
    return _elements(body, name)


def _lines(body: bytes) -> Iterator[Listed]:
    for line in body.decode("utf-8-sig", "replace").splitlines():
        if line.strip():
            yield Listed(line.strip(), None, "")


def _elements(body: bytes, name: str) -> Iterator[Listed]:
    # Entities are not expanded, nothing is loaded, and what was read is thrown away as it goes.
    events = etree.iterparse(
        io.BytesIO(body), events=("end",), resolve_entities=False, no_network=True, load_dtd=False, recover=True
    )
    found = False
    try:
        for _, element in events:
            kind = etree.QName(element).localname if isinstance(element.tag, str) else ""
            if kind not in ("url", "sitemap"):
                continue
            stated = {
                etree.QName(child).localname: "".join(child.itertext()).strip()
                for child in element.iterchildren(etree.Element)
            }
            if address := stated.get("loc"):
                found = True
                stamp = stated.get("lastmod", "")
                yield Listed(address, to_iso(stamp[:100]), stamp, nested=kind == "sitemap")
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise SourceError(f"{name} breaks off or is damaged: {error.msg}.", "What stands before it goes in.") from error
    if not found and not re.search(rb"<(?:\w+:)?(?:urlset|sitemapindex)\b", body[:20_000]):
        raise SourceError(f"{name} is no sitemap.", "robots.txt of the site may say where it is.")


def _unpacked(body: bytes, name: str) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    packed = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        unpacked = packed.decompress(body, LARGEST)
    except zlib.error as error:
        raise SourceError(f"{name} cannot be unpacked: {error}.", "Try again later.") from error
    if packed.unconsumed_tail:
        raise SourceError(f"{name} is larger than the {LARGEST // 1_000_000} MB a sitemap may have.", "Name another.")
    return unpacked
