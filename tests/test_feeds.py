from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.fetch.feeds import Entry, read_feed
from rag.errors import SourceError

WORDS = "Acme raised $113 million from Example Ventures in June. " * 30

RSS = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Example News</title><language>en-us</language>
<item><title>Acme &amp;amp; &lt;b&gt;Beta&lt;/b&gt;</title><link>https://example.com/acme?utm_source=rss</link>
<guid isPermaLink="false">7</guid><dc:creator>Jane Doe</dc:creator><pubDate>Tue, 13 Jun 2023 23:30:00 -0800</pubDate>
<description>Acme raised money.</description><content:encoded><![CDATA[<p>{WORDS}</p>]]></content:encoded></item>
<item><title>Short</title><link>/short</link><description>Only the beginning of the story […]</description></item>
</channel></rss>"""

ATOM = f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title type="html">L&amp;#39;Exemple</title>
<entry><title>Bêta</title><link rel="alternate" href="https://example.com/beta"/><id>urn:1</id>
<author><name>Zoé Martin</name><email>z@example.com</email></author>
<published>2023-06-13T08:00:00+02:00</published><updated>2023-07-01T00:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{WORDS}</p></div></content></entry>
<entry><title>Gamma</title><link href="https://example.com/gamma"/><id>urn:2</id>
<updated>2023-07-02T00:00:00Z</updated><summary>Short.</summary></entry></feed>"""

RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/"><channel rdf:about="https://example.com/"><title>Old</title></channel>
<item rdf:about="https://example.com/old"><title>Old one</title><link>https://example.com/old</link></item></rdf:RDF>"""


def entries(feed: str | bytes, seconds: int = 60) -> list[Entry]:
    return list(read_feed(feed.encode() if isinstance(feed, str) else feed, "a feed", seconds))


def channel(items: str) -> str:
    return f"<rss version='2.0'><channel><title>F</title>{items}</channel></rss>"


def test_an_rss_entry_has_the_title_the_author_and_the_day_where_it_was_written() -> None:
    first, second = entries(RSS)
    assert (first.title, first.link, first.id) == ("Acme & Beta", "https://example.com/acme?utm_source=rss", "7")
    assert (first.told.author, first.told.site, first.told.language) == ("Jane Doe", "Example News", "en")
    assert (first.told.published, first.told.updated) == ("2023-06-13", None)
    assert (second.link, second.told.published, second.told.author) == ("/short", None, None)


def test_an_atom_entry_keeps_published_and_updated_apart() -> None:
    first, second = entries(ATOM)
    assert (first.told.author, first.told.site, first.told.language) == ("Zoé Martin", "L'Exemple", "fr")
    assert (first.told.published, first.told.updated) == ("2023-06-13", "2023-07-01")
    assert (second.told.published, second.told.updated) == (None, "2023-07-02")


def test_other_kinds_of_feeds_are_read() -> None:
    (entry,) = entries(RDF)
    assert (entry.title, entry.link, entry.is_whole) == ("Old one", "https://example.com/old", False)
    assert entries('<rss version="2.0"><channel><title>Empty</title></channel></rss>') == []


def test_a_feed_that_gives_the_article_is_told_from_one_that_gives_its_beginning() -> None:
    assert [entry.is_whole for entry in entries(RSS)] == [True, False]
    assert [entry.is_whole for entry in entries(ATOM)] == [True, False]


@pytest.mark.parametrize(
    ("end", "whole"),
    [
        ("", True),
        ("And that was all.", True),
        ("and then […]", False),
        ("and then [&#8230;]", False),
        ("and then...", False),
        ("and then … <a href='x'>Continue reading</a>", False),
        ("<a href='x'>Read more »</a>", False),
        ("<p>The post <a href='x'>Acme</a> appeared first on <a href='y'>Example</a>.</p>", True),
        ("and […] <p>The post <a href='x'>Acme</a> appeared first on <a href='y'>Example</a>.</p>", False),
    ],
)
def test_a_text_that_breaks_off_is_not_the_article(end: str, whole: bool) -> None:
    (entry,) = entries(channel(f"<item><title>A</title><description><![CDATA[{WORDS}{end}]]></description></item>"))
    assert entry.is_whole is whole


def test_a_damaged_feed_gives_what_can_be_read() -> None:
    found = entries(
        "<rss version='2.0'><channel><item><title>A & B</title><link>https://e.com/1</link></item><item><title>C"
    )
    assert [entry.title for entry in found] == ["A & B", None]


@pytest.mark.parametrize(
    "body", ["", "no feed at all", "<html><body><p>A page</p></body></html>", "\0\1\2", "{}", "<rss"]
)
def test_what_is_no_feed_is_told_by_its_name(body: str) -> None:
    with pytest.raises(SourceError, match="a feed is no feed"):
        entries(body)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_feed_that_declares_entities_is_refused(encoding: str) -> None:
    laughs = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {b} "&{a};&{a};&{a};">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    declared = f"<?xml version='1.0' encoding='{encoding}'?><!DOCTYPE rss [{laughs}]>"
    feed = declared + channel("<item><title>&i;</title></item>")
    with pytest.raises(SourceError, match="entities"):
        entries(feed.encode(encoding))


def test_no_file_is_opened_for_a_feed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    feed = f'<!DOCTYPE rss SYSTEM "file://{tmp_path}/secret">' + channel("<item><title>B</title></item>")
    assert [entry.title for entry in entries(feed)] == ["B"]
    with pytest.raises(SourceError, match="no feed"):  # a feed's text is never taken for a path
        entries(str(tmp_path / "secret"))


def test_a_feed_that_takes_too_long_is_stopped() -> None:
    """feedparser's time grows with the square of an author's length: this one would take half an hour."""
    feed = channel(f"<item><title>A</title><author>{'a' * 500_000}</author></item>")
    with pytest.raises(SourceError, match="a feed cannot be read"):
        entries(feed, seconds=2)


def test_an_entry_that_changes_has_another_version() -> None:
    before, changed = entries(RSS), entries(RSS.replace("13 Jun", "14 Jun"))
    assert before[0].version != changed[0].version
    assert before[1].version == changed[1].version
    assert [entry.version for entry in entries(RSS)] == [entry.version for entry in before]


@given(st.text(max_size=300), st.sampled_from(["title", "link", "pubDate", "description", "author", "guid"]))
@settings(max_examples=8, deadline=None)
def test_whatever_stands_in_a_field_an_entry_is_read(text: str, field: str) -> None:
    feed = channel(f"<item><title>T</title><{field}>{text}</{field}></item>")
    for entry in entries(feed.encode(errors="replace")):
        assert entry.document().body


@pytest.mark.slow
def test_a_feed_of_ten_thousand_entries_is_read_whole() -> None:
    item = "<item><title>T {0}</title><link>https://e.com/{0}</link><pubDate>13 Jun 2023 08:00:00 GMT</pubDate></item>"
    feed = channel("".join(map(item.format, range(10_000))))
    links = {entry.link for entry in read_feed(feed.encode(), "a feed")}
    assert len(links) == 10_000
