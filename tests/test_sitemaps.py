import gzip
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.fetch.sitemaps import LARGEST, Listed, read_sitemap
from rag.errors import SourceError

PAGES = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://example.com/a?x=1&amp;y=2 </loc><lastmod>2024-01-31T23:00:00-08:00</lastmod><priority>0.5</priority>
<image:image><image:loc>https://example.com/picture.png</image:loc></image:image></url>
<url><loc><![CDATA[https://example.com/b]]></loc></url><url><lastmod>2024</lastmod></url></urlset>"""

INDEX = """<sitemapindex xmlns="http://www.google.com/schemas/sitemap/0.84">
<sitemap><loc>https://example.com/1.xml.gz</loc><lastmod>2024-02</lastmod></sitemap></sitemapindex>"""


def listed(body: str | bytes) -> list[Listed]:
    return list(read_sitemap(body.encode() if isinstance(body, str) else body, "a sitemap"))


def test_a_sitemap_lists_pages_and_the_day_they_changed() -> None:
    stamp = "2024-01-31T23:00:00-08:00"
    assert listed(PAGES) == [
        Listed("https://example.com/a?x=1&y=2", "2024-01-31", stamp),
        Listed("https://example.com/b", None, ""),
    ]


def test_an_index_lists_sitemaps() -> None:
    assert listed(INDEX) == [Listed("https://example.com/1.xml.gz", "2024-02", "2024-02", nested=True)]


def test_a_sitemap_may_be_packed_or_plain_text_or_empty() -> None:
    assert listed(gzip.compress(PAGES.encode())) == listed(PAGES)
    lines = "\ufeffhttps://example.com/a\r\n\r\nhttps://example.com/b\n"
    assert [found.address for found in listed(lines)] == ["https://example.com/a", "https://example.com/b"]
    assert listed("<urlset/>") == []


def test_a_sitemap_that_breaks_off_gives_what_stands_before() -> None:
    assert [found.address for found in listed(PAGES[: PAGES.index("<url><lastmod>")])] == [
        "https://example.com/a?x=1&y=2",
        "https://example.com/b",
    ]


@pytest.mark.parametrize(
    "body", ["", "words", "<html><body>a page</body></html>", "<!DOCTYPE html><p>", "<rss></rss>", "\0"]
)
def test_what_is_no_sitemap_is_told_by_its_name(body: str) -> None:
    with pytest.raises(SourceError, match="a sitemap is no sitemap"):
        listed(body)


def test_entities_are_not_expanded_and_files_not_read() -> None:
    laughs = '<!ENTITY a "https://">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    for declared in (laughs, '<!ENTITY i SYSTEM "file:///etc/passwd">'):
        body = f"<!DOCTYPE urlset [{declared}]><urlset><url><loc>&i;</loc></url><url><loc>https://e.com/</loc></url></urlset>"
        assert all(len(found.address) < 100 and "root" not in found.address for found in listed(body))


def test_a_packed_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * (4 * LARGEST), compresslevel=1)
    tracemalloc.start()
    try:
        with pytest.raises(SourceError, match="larger than"):
            listed(bomb)
        assert tracemalloc.get_traced_memory()[1] < 3 * LARGEST
    finally:
        tracemalloc.stop()
    with pytest.raises(SourceError, match="cannot be unpacked"):
        listed(b"\x1f\x8b damaged")


def test_a_sitemap_of_fifty_thousand_pages_is_read_as_it_goes() -> None:
    body = "<urlset>" + "".join(f"<url><loc>https://e.com/{i}</loc></url>" for i in range(50_000)) + "</urlset>"
    assert sum(1 for _ in read_sitemap(body.encode(), "a sitemap")) == 50_000


@given(
    st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: f"<urlset><url><loc>{text}".encode(errors="replace"))
)
@settings(deadline=None)
def test_any_bytes_are_a_sitemap_or_an_error_of_it(body: bytes) -> None:
    with suppress(SourceError):
        assert all(found.address for found in listed(body))
