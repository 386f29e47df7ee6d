"""What is fetched goes into the library as files do."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from ipaddress import ip_network
from pathlib import Path

import pytest

from ingest.fetch import Client, Feed, Remote, Rules, Sitemap
from ingest.pipeline import run
from ingest.reading import Reader
from ingest.report import Report
from rag.catalog import Catalog
from rag.documents import Article
from rag.errors import ConfigurationError
from rag.settings import Settings
from tests.hash_embedder import HashEmbedder
from tests.web_server import ARTICLE, Answer, WebServer

SETTINGS = Settings(fetch_delay=0, fetch_timeout=5, fetch_allow=(ip_network("127.0.0.0/8"),), max_article_mb=1)


def story(name: str, head: str = "") -> str:
    words = (
        f"{name} raised money from Example Ventures, and nobody else in the town has ever raised as much as {name} did."
    )
    body = f"<body><article><h1>{name}</h1><p>{words}</p></article></body>"
    return f"<!doctype html><html><head><title>{name}</title>{head}</head>{body}</html>"


def rss(*items: str) -> Answer:
    body = f"<rss version='2.0'><channel><title>Example News</title>{''.join(items)}</channel></rss>"
    return Answer(body, type="application/rss+xml")


def item(link: str, title: str = "T", text: str = "Short.", day: int = 13) -> str:
    about = f"<title>{title}</title><link>{link}</link><pubDate>{day} Jun 2023 08:00:00 GMT</pubDate>"
    return f"<item>{about}<description>{text}</description></item>"


class Library:
    """A catalog that is filled from the loopback address."""

    def __init__(self, folder: Path, reader: Reader) -> None:
        self.reader = reader
        self.catalog = Catalog.open(folder / "library", create=True)
        self.embedder = HashEmbedder()

    def ingest(self, *sources: str | Remote, settings: Settings = SETTINGS) -> Report:
        return run(
            sources,
            self.catalog,
            self.embedder,
            settings,
            lambda _: None,
            today=lambda: date(2026, 11, 23),
            open_client=lambda: Client(settings, Rules(settings.fetch_allow), sleep=lambda _: None),
            reader=self.reader,
        )

    def articles(self) -> dict[str, Article]:
        return {article.title: self.catalog.article(article.id) for article in self.catalog.articles()}


@pytest.fixture
def library(tmp_path: Path, reader: Reader) -> Iterator[Library]:
    made = Library(tmp_path, reader)
    yield made
    made.catalog.close()


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer().running() as server:
        server.pages["/a"] = Answer(ARTICLE)
        yield server


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, len(report.failed)


def test_an_article_comes_from_its_address(library: Library, web: WebServer) -> None:
    assert counts(library.ingest(f"{web.url}/a?utm_source=mail#top")) == (1, 0, 0, 0)
    (article,) = library.articles().values()
    assert (article.title, article.published, article.date_source) == ("Acme raises", "2023-06-13", "opengraph")
    assert (article.source, article.url) == (f"{web.url}/a", f"{web.url}/a")
    assert counts(library.ingest(f"{web.url}/a?fbclid=1")) == (0, 0, 1, 0)


def test_one_address_that_fails_does_not_stop_the_others(library: Library, web: WebServer, tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("# Beta\n\nBeta has an office in Berlin, and one in Paris as well.")
    web.pages["/picture"] = Answer(b"\x89PNG", type="image/png")
    web.pages["/feed"] = rss()
    web.pages["/empty"] = Answer("")
    bad = [
        f"{web.url}/picture",
        f"{web.url}/feed",
        f"{web.url}/empty",
        f"{web.url}/none",
        "http://169.254.169.254/",
        "http://[",
    ]
    report = library.ingest(
        *bad, Feed(f"{web.url}/none.xml"), Sitemap(f"{web.url}/a"), str(tmp_path / "b.md"), f"{web.url}/a"
    )
    assert counts(report) == (2, 0, 0, 8)
    reasons = dict(zip(bad, ("image/png", "--feed", "empty", "404", "metadata", "Invalid"), strict=True))
    reasons |= {f"{web.url}/none.xml": "404", f"{web.url}/a": "no sitemap"}
    for failure in report.failed:  # those of one host in order, of several hosts as they come
        assert reasons.pop(failure.source) in failure.reason
        assert failure.source in failure.reason
    assert not reasons
    assert counts(library.ingest(f"{web.url}/none")) == (0, 0, 0, 1)


def test_a_page_that_has_not_changed_is_not_sent_again(library: Library, web: WebServer) -> None:
    def page(headers: dict[str, str]) -> Answer:
        if headers.get("if-none-match") == '"1"':
            return Answer(status=304)
        return Answer(ARTICLE, headers={"ETag": '"1"', "Last-Modified": "Tue, 13 Jun 2023 08:00:00 GMT"})

    web.pages["/a"] = page
    library.ingest(f"{web.url}/a")
    assert counts(library.ingest(f"{web.url}/a")) == (0, 0, 1, 0)
    asked = web.requests[-1][1]
    assert (asked["if-none-match"], asked["if-modified-since"]) == ('"1"', "Tue, 13 Jun 2023 08:00:00 GMT")
    library.catalog.remove([article.id for article in library.catalog.articles()])
    assert library.catalog.fetched(f"{web.url}/a") is None  # removed with every trace
    assert counts(library.ingest(f"{web.url}/a")) == (1, 0, 0, 0)
    assert "if-none-match" not in web.requests[-1][1]


def test_a_page_that_was_fetched_and_not_written_is_fetched_again(library: Library, web: WebServer) -> None:
    """A kill between the two leaves a validator of a text that the library does not have."""
    web.pages["/a"] = Answer(story("Acme"), headers={"ETag": '"1"'})
    library.ingest(f"{web.url}/a")
    known = library.catalog.fetched(f"{web.url}/a")
    assert known
    library.catalog.note_fetched(type(known)(known.location, '"2"', None, "0" * 64, None, known.checked))
    web.pages["/a"] = Answer(story("Acme Two"), headers={"ETag": '"2"'})
    assert counts(library.ingest(f"{web.url}/a")) == (0, 1, 0, 0)
    assert "if-none-match" not in web.requests[-1][1]


def test_a_page_is_read_in_the_encoding_that_its_server_names(library: Library, web: WebServer) -> None:
    web.pages["/a"] = Answer(story("Привет").encode("koi8-r"), type="text/html; charset=koi8-r")
    web.pages["/b"] = Answer(story("Łódź").encode(), type="text/html; charset=iso-8859-1")  # a wrong one
    web.pages["/c"] = Answer(story("Café").encode("cp1252"), type="text/html; charset=none-such")
    assert counts(library.ingest(*(f"{web.url}/{name}" for name in "abc"))) == (3, 0, 0, 0)
    assert set(library.articles()) == {"Привет", "Łódź", "Café"}


@pytest.mark.parametrize("canonical", ["https://elsewhere.example/a", "{}/", "https://127.0.0.1.elsewhere.example/a"])
def test_a_page_does_not_take_the_place_of_anothers_article(library: Library, web: WebServer, canonical: str) -> None:
    link = f'<link rel="canonical" href="{canonical.format(web.url)}">'
    web.pages["/a"] = Answer(story("Acme", link))
    library.ingest(f"{web.url}/a")
    assert library.articles()["Acme"].url == f"{web.url}/a"


def test_a_page_names_its_own_address(library: Library, web: WebServer) -> None:
    web.pages["/amp/a"] = Answer(story("Acme", f'<link rel="canonical" href="{web.url}/a">'))
    web.pages["/old"] = Answer(status=301, headers={"Location": "/b?utm_medium=x"})
    web.pages["/b"] = Answer(story("Beta"))
    library.ingest(f"{web.url}/amp/a", f"{web.url}/old")
    assert {title: article.url for title, article in library.articles().items()} == {
        "Acme": f"{web.url}/a",
        "Beta": f"{web.url}/b",
    }


def test_two_addresses_of_one_page_are_one_article(library: Library, web: WebServer) -> None:
    web.pages["/old"] = Answer(status=301, headers={"Location": "/a"})
    assert counts(library.ingest(f"{web.url}/a", f"{web.url}/old")) == (1, 0, 1, 0)
    assert counts(library.ingest(f"{web.url}/old", f"{web.url}/a")) == (0, 0, 2, 0)


def test_a_feed_gives_its_articles_and_follows_the_links_of_the_others(library: Library, web: WebServer) -> None:
    whole = "Gamma raised $7 million from Example Ventures, as people who know of it say. " * 30
    web.pages["/feed"] = rss(item(f"{web.url}/gamma", "Gamma", whole), item("a"), item("/b", day=14))
    web.pages["/b"] = Answer(story("Beta"))
    assert counts(library.ingest(Feed(f"{web.url}/feed"))) == (3, 0, 0, 0)
    assert sorted(web.paths) == ["/a", "/b", "/feed"]
    found = library.articles()
    assert {title: (one.published, one.date_source, one.site, one.url) for title, one in found.items()} == {
        "Gamma": ("2023-06-13", "feed", "Example News", f"{web.url}/gamma"),
        "Acme raises": ("2023-06-13", "opengraph", "Example News", f"{web.url}/a"),
        "Beta": ("2023-06-14", "feed", "Example News", f"{web.url}/b"),
    }
    assert "people who know of it say" in found["Gamma"].text


def test_what_a_feed_calls_unchanged_is_not_asked_for_again(library: Library, web: WebServer) -> None:
    web.pages["/feed"] = rss(item("/a"), item("/b"))
    web.pages["/b"] = Answer(story("Beta"))
    library.ingest(Feed(f"{web.url}/feed"))
    web.pages["/feed"] = rss(item("/c"), item("/b", "Changed"), item("/a"))  # it changes between two runs
    web.pages["/c"] = Answer(story("Gamma"))
    web.requests.clear()
    assert counts(library.ingest(Feed(f"{web.url}/feed"))) == (1, 0, 2, 0)
    assert web.paths == ["/feed", "/c", "/b"]


def test_an_entry_of_a_feed_that_cannot_be_had_is_reported(library: Library, web: WebServer) -> None:
    web.pages["/feed"] = rss(
        item("/none"),
        item("http://169.254.169.254/latest"),
        item("file:///etc/passwd", text=""),
        item("http://[", text=""),
        item("/a"),
    )
    report = library.ingest(Feed(f"{web.url}/feed"))
    assert counts(report) == (1, 0, 0, 4)
    reported = sorted(
        report.failed, key=lambda failure: ("metadata" in failure.reason) + 2 * ("link" in failure.reason)
    )
    assert [
        word
        for failure, word in zip(reported, ("404", "metadata", "without a link", "without a link"), strict=True)
        if word not in failure.reason
    ] == []
    assert not any("passwd" in article.text for article in library.articles().values())


def test_a_feed_may_be_a_file(library: Library, web: WebServer, tmp_path: Path) -> None:
    body = rss(
        item(f"{web.url}/a"), item("", "Delta", "Delta is an entry that has no link, only these few words.")
    ).body
    (tmp_path / "feed.xml").write_text(str(body))
    feed = Feed(str(tmp_path / "feed.xml"))
    assert counts(library.ingest(feed)) == (2, 0, 0, 0)
    assert counts(library.ingest(feed)) == (0, 0, 2, 0)


def sitemap(*pages: tuple[str, str], kind: str = "url") -> Answer:
    listed = "".join(f"<{kind}><loc>{page}</loc><lastmod>{day}</lastmod></{kind}>" for page, day in pages)
    root = "urlset" if kind == "url" else "sitemapindex"
    return Answer(f"<{root}>{listed}</{root}>", type="application/xml")


def unless_known(answer: Answer) -> Callable[[dict[str, str]], Answer]:
    """The answer with a tag made of it, or 304 for who has it."""
    tag = f'"{hash(answer.body)}"'

    def route(headers: dict[str, str]) -> Answer:
        known = headers.get("if-none-match") == tag
        return Answer(status=304, headers={"ETag": tag}) if known else replace(answer, headers={"ETag": tag})

    return route


def statuses_of(web: WebServer, path: str) -> list[bool]:
    """Whether each request for a path was a conditional one."""
    return ["if-none-match" in headers for asked, headers in web.requests if asked == path]


def test_an_unchanged_feed_is_not_sent_again_and_what_failed_of_it_is_tried_again(
    library: Library, web: WebServer
) -> None:
    feed = rss(item("/a"), item("/b"), item("/whole", text="Whole. " + "Zanzibar and other words. " * 80))
    web.pages |= {"/feed": unless_known(feed), "/a": Answer(story("A"))}
    first = library.ingest(Feed(f"{web.url}/feed"))
    assert (first.added, len(first.failed)) == (2, 1)
    web.pages["/b"] = Answer(story("B"))
    second = library.ingest(Feed(f"{web.url}/feed"))
    assert (second.added, second.unchanged, len(second.failed)) == (1, 2, 0)
    web.pages["/feed"] = unless_known(rss(item("/c")))
    web.pages["/c"] = Answer(story("C"))
    assert library.ingest(Feed(f"{web.url}/feed")).added == 1
    assert statuses_of(web, "/feed") == [False, True, True]
    (held,) = library.catalog._rows("SELECT count(*) FROM lists")
    assert held == (1,)


def test_an_unchanged_sitemap_is_not_sent_again_and_other_filters_find_more_in_it(
    library: Library, web: WebServer
) -> None:
    web.pages |= {
        "/map": unless_known(sitemap((f"{web.url}/news/a", ""), (f"{web.url}/about", ""))),
        "/news/a": Answer(story("A")),
    }
    web.pages["/about"] = Answer(story("About"))
    assert library.ingest(Sitemap(f"{web.url}/map", path="/news/")).added == 1
    assert library.ingest(Sitemap(f"{web.url}/map")).added == 1
    assert statuses_of(web, "/map") == [False, True]


def test_links_of_an_unchanged_feed_that_has_moved_lead_where_they_led(library: Library, web: WebServer) -> None:
    web.pages |= {
        "/feed": Answer(status=301, headers={"Location": "/blog/feed"}),
        "/blog/feed": unless_known(rss(item("a"))),
        "/blog/a": Answer(story("A")),
    }
    assert library.ingest(Feed(f"{web.url}/feed")).added == 1
    assert library.ingest(Feed(f"{web.url}/feed")).unchanged == 1


def test_a_feed_that_breaks_off_is_asked_for_again_in_full(library: Library, web: WebServer) -> None:
    whole = rss(item("/a"))
    web.pages |= {"/feed": unless_known(replace(whole, body=str(whole.body)[:-10])), "/a": Answer(story("A"))}
    for _ in range(2):
        library.ingest(Feed(f"{web.url}/feed"))
    assert statuses_of(web, "/feed") == [False, False]


def test_nothing_of_a_removed_article_stays_in_what_is_kept_of_its_feed(library: Library, web: WebServer) -> None:
    web.pages["/feed"] = unless_known(rss(item("/whole", text="Zanzibar and other words. " * 80)))
    library.ingest(Feed(f"{web.url}/feed"))
    source = f"feed:{web.url}/feed"
    kept = library.catalog.kept_list(source)
    assert kept is not None
    assert b"Zanzibar" in kept.body
    library.catalog.remove([article.id for article in library.articles().values()])
    assert library.catalog.kept_list(source) is None


def test_a_sitemap_gives_the_pages_that_are_wanted(library: Library, web: WebServer) -> None:
    names = {"/news/a": "2024-01-31", "/news/b": "2023-12-31", "/news/c": "2024", "/about": "2024-05-01", "/news/d": ""}
    for name in names:
        web.pages[name] = Answer(story(f"Story {name[-1]}"))
    web.pages["/sitemap.xml"] = sitemap((f"{web.url}/1.xml", "2024-06"), (f"{web.url}/old.xml", "2020"), kind="sitemap")
    web.pages["/1.xml"] = sitemap(*((web.url + name, day) for name, day in names.items()))
    wanted = Sitemap(f"{web.url}/sitemap.xml", date(2024, 1, 1), "/news/")
    assert counts(library.ingest(wanted)) == (3, 0, 0, 0)
    assert web.paths == ["/sitemap.xml", "/1.xml", "/news/a", "/news/c", "/news/d"]
    web.requests.clear()
    assert counts(library.ingest(wanted)) == (0, 0, 3, 0)
    assert web.paths == ["/sitemap.xml", "/1.xml", "/news/d"]  # the others have not changed, their sitemap says


def test_a_sitemap_speaks_for_its_own_site_and_not_for_ever(library: Library, web: WebServer) -> None:
    chain = [f"{web.url}/{i}.xml" for i in range(5)]
    for i in range(4):
        web.pages[f"/{i}.xml"] = sitemap((chain[i + 1], ""), (chain[0], ""), kind="sitemap")
    web.pages["/2.xml"] = Answer(
        f"<urlset><url><loc>http://127.0.0.2:9/x</loc></url><url><loc>https://example.com/</loc></url><url><loc>{web.url}/a</loc></url>"
        f"<sitemap><loc>{chain[3]}</loc></sitemap></urlset>"
    )
    report = library.ingest(Sitemap(chain[0]))
    assert counts(report) == (1, 0, 0, 2)
    assert "nested deeper" in report.failed[0].reason
    assert "2 addresses on other sites" in report.failed[1].reason
    assert web.paths == ["/0.xml", "/1.xml", "/2.xml", "/a"]


def test_a_download_that_is_cut_leaves_the_old_article(library: Library, web: WebServer) -> None:
    library.ingest(f"{web.url}/a")
    web.pages["/a"] = Answer(story("Acme Two") * 50, cut=600)
    assert counts(library.ingest(f"{web.url}/a")) == (0, 0, 0, 1)
    assert list(library.articles()) == ["Acme raises"]
    web.pages["/a"] = Answer(story("Acme Two"))
    assert counts(library.ingest(f"{web.url}/a")) == (0, 1, 0, 0)


def test_what_a_feed_has_told_stays_when_the_page_is_fetched_without_it(library: Library, web: WebServer) -> None:
    whole = "Gamma raised $7 million from Example Ventures, as people who know of it say. " * 30
    web.pages["/b"] = web.pages["/gamma"] = Answer(story("Beta"), headers={"ETag": '"1"'})
    web.pages["/feed"] = rss(item("/b"), item("/gamma", "Gamma", whole))
    library.ingest(f"{web.url}/b")
    assert library.articles()["Beta"].published is None
    assert counts(library.ingest(Feed(f"{web.url}/feed"))) == (1, 1, 0, 0)  # not held back by the page's ETag
    assert library.articles()["Beta"].published == "2023-06-13"
    assert counts(library.ingest(f"{web.url}/b")) == (0, 0, 1, 0)
    web.pages["/gamma"] = Answer(story("Gamma"))
    assert counts(library.ingest(f"{web.url}/gamma")) == (0, 1, 0, 0)
    assert library.articles()["Gamma"].date_source == "feed"


WORDS = "Acme raised 113 million dollars from Example Ventures, and means to hire forty people in Paris by spring."


def test_a_page_that_its_site_refuses_is_replaced_by_the_words_of_the_feed_until_it_can_be_had(
    library: Library, web: WebServer
) -> None:
    refused = Answer("no", 403)
    web.pages = {"/feed": rss(item(f"{web.url}/acme", "Acme raises", WORDS)), "/acme": refused}
    assert counts(library.ingest(Feed(f"{web.url}/feed"))) == (1, 0, 0, 0)
    teaser = library.articles()["Acme raises"]
    assert (teaser.text, teaser.flags, teaser.published) == (WORDS, ("truncated",), "2023-06-13")
    assert any("refuses us" in note for note in teaser.notes)
    assert counts(library.ingest(Feed(f"{web.url}/feed"))) == (0, 0, 1, 0)
    web.pages["/acme"] = Answer(ARTICLE)
    assert counts(library.ingest(Feed(f"{web.url}/feed"))) == (0, 1, 0, 0)
    whole = library.articles()["Acme raises"]
    assert (whole.id, whole.flags) == (teaser.id, ())
    web.pages |= {"/feed": rss(item(f"{web.url}/acme", "Acme raises", f"New: {WORDS}")), "/acme": refused}
    assert counts(library.ingest(Feed(f"{web.url}/feed"))) == (0, 0, 0, 1)
    assert library.articles()["Acme raises"].text == whole.text


def test_a_page_that_its_robots_file_forbids_is_replaced_by_the_words_of_the_feed(
    library: Library, web: WebServer
) -> None:
    robots = Answer("User-agent: *\nDisallow: /acme", type="text/plain")
    web.pages = {"/feed": rss(item(f"{web.url}/acme", "Acme raises", WORDS)), "/robots.txt": robots}
    assert counts(library.ingest(Feed(f"{web.url}/feed"))) == (1, 0, 0, 0)
    assert web.paths == ["/feed"]


def test_a_few_words_of_a_feed_and_a_server_in_trouble_are_no_reason_to_make_do(
    library: Library, web: WebServer
) -> None:
    web.pages = {
        "/feed": rss(item(f"{web.url}/short"), item(f"{web.url}/later", text=WORDS)),
        "/later": Answer("busy", 503),
    }
    assert counts(library.ingest(Feed(f"{web.url}/feed"))) == (0, 0, 0, 2)


def test_an_article_that_is_met_at_several_addresses_is_one_with_all_of_them(library: Library, web: WebServer) -> None:
    own = f"{web.url}/2024/acme"
    years = [f"<p>In its year number {n}, Acme opened an office, hired people and paid its rent.</p>" for n in range(9)]
    whole = story("Acme", f"<link rel='canonical' href='{own}'>").replace("</article>", f"{''.join(years)}</article>")
    amp = whole.replace("</article>", "<p>Read the desktop page for the pictures of all nine offices.</p></article>")
    web.pages |= {"/2024/acme": Answer(whole), "/p/17": Answer(whole), "/2024/acme/amp": Answer(amp)}
    web.pages["/feed"] = rss(item(f"{own}?utm_source=feed&utm_medium=rss"), item(f"{web.url}/p/17"))

    report = library.ingest(
        f"{web.url}/p/17", f"{own}?utm_campaign=x", f"{web.url}/2024/acme/amp", Feed(f"{web.url}/feed")
    )

    assert (report.added, report.failed) == (1, [])
    (article,) = library.articles().values()
    assert article.url == own
    assert set(article.addresses) == {own, f"{web.url}/p/17", f"{web.url}/2024/acme/amp"}
    again = library.ingest(f"{web.url}/2024/acme/amp", f"{own}?fbclid=2", f"{web.url}/p/17")
    assert (again.added, again.updated, again.unchanged, again.chunks_embedded) == (0, 0, 3, 0)
    assert len(library.articles()) == 1


SECRET = "s3cret"


def test_a_password_in_an_address_is_neither_stored_nor_shown(library: Library, web: WebServer) -> None:
    at = web.url.removeprefix("http://")
    canonical = f"<link rel='canonical' href='http://jane:{SECRET}@{at}/b'>"
    web.pages |= {
        "/b": Answer(story("Beta", canonical)),
        "/to": Answer("", status=302, headers={"Location": f"http://jane:{SECRET}@{at}/b"}),
        "/feed": rss(item(f"http://jane:{SECRET}@{at}/b"), item(f"http://jane:{SECRET}@[/", "Broken")),
        "/map": Answer(f"<urlset><url><loc>http://jane:{SECRET}@{at}/b</loc></url></urlset>", type="text/xml"),
    }
    for source in (f"http://jane:{SECRET}@{at}/b", f"ftp://jane:{SECRET}@{at}/b"):
        with pytest.raises(ConfigurationError) as refused:
            library.ingest(source)
        assert SECRET not in str(refused.value)
    report = library.ingest(f"{web.url}/to", Feed(f"{web.url}/feed"), Sitemap(f"{web.url}/map"))
    assert {article.url for article in library.articles().values()} == {f"{web.url}/b", None}  # no link: in the feed
    assert any("has a user's name or a password in it" in failure.reason for failure in report.failed)
    assert SECRET not in str(report)
    library.catalog.close()
    stored = b"".join(path.read_bytes() for path in library.catalog.folder.rglob("*") if path.is_file())
    assert SECRET.encode() not in stored
