"""What pages say about themselves, and where they mislead."""

import json
from datetime import date

import pytest

from ingest.extract import Extracted, extract
from ingest.extract.dates import to_iso
from ingest.language import language_of

TODAY = date(2026, 11, 23)
TITLE = "Acme raises five million"
STORY = (
    "Acme raised five million dollars from Example Ventures on Monday, and its founders said they would hire.",
    "The company makes robots that fold laundry, and sells them to hotels in the south of France and in Italy.",
)
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in STORY * 3)


def read(head: str = "", before: str = "", after: str = "") -> Extracted:
    """What is found in a page with this in its head, above its story and below it."""
    article = f"<article><h1>{TITLE}</h1>{before}{BODY}</article>"
    page = f"<!doctype html><html><head><title>{TITLE}</title>{head}</head><body>{article}{after}</body></html>"
    return extract(page.encode(), "a.html", TODAY)


def data(*objects: dict[str, object]) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@graph": list(objects)})}</script>'


def story(**stated: object) -> dict[str, object]:
    return {"@type": "NewsArticle", "headline": TITLE, **stated}


OTHER = {"@type": "NewsArticle", "headline": "Another story", "datePublished": "2020-01-01", "author": "Wrong Person"}
OPENGRAPH = '<meta property="article:published_time" content="2023-06-13T08:00:00Z">'


def test_of_several_stories_in_the_linked_data_the_one_that_the_page_shows_is_its_own() -> None:
    person = {"@type": "Person", "@id": "#jane", "name": "Jane Doe"}
    own = story(datePublished="2023-06-13", author={"@id": "#jane"}, publisher={"@id": "#none"})
    found = read(data(OTHER, own, person))
    assert (found.published, found.author, found.date_source) == ("2023-06-13", "Jane Doe", "json-ld")


@pytest.mark.parametrize("wrong", ["2031-01-01", "1970-01-01", "0001-01-01T00:00:00Z"])
def test_an_impossible_date_does_not_hide_a_possible_one(wrong: str) -> None:
    found = read(data(story(datePublished=wrong)) + OPENGRAPH)
    assert (found.published, found.date_source, found.notes) == ("2023-06-13", "opengraph", ())
    alone = read(data(story(datePublished=wrong)))
    assert alone.published is None
    assert any("impossible" in note for note in alone.notes)


@pytest.mark.parametrize(
    "after",
    [
        "<footer>© 2019 Example Media. <time datetime='2019-01-01'>2019</time></footer>",
        "<div class='related-stories'><a href='/x'>Old</a> <time datetime='2018-03-04'>March 4, 2018</time></div>",
        "<div id='comments'><div><time datetime='2024-02-02'>Feb 2, 2024</time><p>Nice.</p></div></div>",
        "<aside><time datetime='2018-03-04'>March 4, 2018</time></aside>",
    ],
)
def test_the_dates_of_other_stories_and_of_comments_are_not_the_articles(after: str) -> None:
    assert (read(after=after).published, read(after=after).date_source) == (None, None)


def test_a_time_in_the_article_is_its_date() -> None:
    found = read(before="<time datetime='2023-06-13T10:00'>2 hours ago</time>")
    assert (found.published, found.date_source) == ("2023-06-13", "text")
    assert read(before="<p>By Jane Doe, 2 hours ago</p>").published is None


def test_an_address_says_more_exactly_what_a_page_says_roughly() -> None:
    canonical = '<link rel="canonical" href="https://news.example/2023/04/03/acme">'
    rough = '<meta name="date" content="03/04/2023">'
    assert (read(rough).published, read(rough + canonical).published) == ("2023", "2023-04-03")
    assert read(rough + canonical).date_source == "address"
    assert read('<meta name="date" content="2022">' + canonical).published == "2022"  # another year: no better known


@pytest.mark.parametrize(
    ("head", "before", "author"),
    [
        ('<meta name="author" content="By Jane Doe and John Roe">', "", "Jane Doe, John Roe"),
        ('<meta name="author" content="Ernst and Young">', "", "Ernst and Young"),
        ('<meta name="author" content="Staff Writer">', "", None),
        ('<meta name="author" content="jane@news.example (Jane Doe)">', "", "Jane Doe"),
        ('<meta name="author" content="Jane Doe, Senior Reporter">', "", "Jane Doe"),
        ("", '<p class="byline">By Jane Doe and John Roe | June 13, 2023</p>', "Jane Doe, John Roe"),
        ("", '<p class="byline">Par Jeanne Dupont, le 13 juin 2023</p>', "Jeanne Dupont"),
        ("", '<p class="autor">Von Karl Müller, 13. Juni 2023</p>', "Karl Müller"),
    ],
)
def test_authors_are_names_without_offices_addresses_and_days(head: str, before: str, author: str | None) -> None:
    assert read(head, before).author == author


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("Vendredi 3 mai 2024 à 9h", "2024-05-03"),
        ("1er juin 2023", "2023-06-01"),
        ("Dienstag, 13. Juni 2023, 14:05 Uhr", "2023-06-13"),
        ("13 de junio de 2023", "2023-06-13"),
        ("25 de diciembre del 2022", "2022-12-25"),
        ("13 июня 2023 г.", "2023-06-13"),
        ("13 czerwca 2023", "2023-06-13"),
        ("13 juil. 2023", "2023-07-13"),
        ("März 2023", "2023-03"),
        ("2023年6月13日", "2023-06-13"),
        ("13.06.2023", "2023-06-13"),
        ("06/13/2023", "2023-06-13"),
        ("13/06/2023", "2023-06-13"),
        ("03/04/2023", "2023"),  # the third of April, or the fourth of March
        ("2023/6/3", "2023-06-03"),
        ("20230613080000", "2023-06-13"),
        ("1686643200000", "2023-06-13"),
        ("2023-06-13T23:30:00-07:00", "2023-06-13"),  # the day where it was written
        ("Tue, 13 Jun 2023 23:30:00 -0700", "2023-06-13"),
        ("2 hours ago", None),
        ("yesterday", None),
        ("iPhone 13 Pro 2023", None),
        ("31/31/2023", None),
        ("v1.2.2023", None),
    ],
)
def test_dates_are_read_as_they_are_written_where_that_is_clear(written: str, iso: str | None) -> None:
    assert to_iso(written) == iso


def test_a_text_that_does_not_say_is_told_its_language_by_its_words() -> None:
    french = (
        "Acme a levé cinq millions d’euros lundi auprès d’investisseurs, et ses fondateurs veulent embaucher à Paris "
        "cet été."
    )
    german = (
        "Das Unternehmen hat am Montag fünf Millionen Euro eingesammelt, und seine Gründer wollen in diesem Sommer "
        "in Köln neue Leute einstellen."
    )
    japanese = (
        "日本のスタートアップは月曜日に百億円を調達した。創業者は東京で新しい社員を雇う予定だと述べた。"
        "この会社はホテルの洗濯物をたたむロボットを作り、世界中に販売している。"
    )
    assert [language_of(text) for text in (" ".join(STORY), french, german, japanese)] == ["en", "fr", "de", "ja"]
    assert language_of("OpenAI GPT-4 Turbo") is None


@pytest.mark.parametrize(
    ("head", "site"),
    [
        ('<meta name="twitter:site" content="@examplenews">', "Examplenews"),
        ('<meta name="publisher" content="The Example"><meta name="twitter:site" content="@ex">', "The Example"),
        ('<link rel="canonical" href="https://www.example.com/story">', "example.com"),
        ('<meta property="og:site_name" content="Example"><meta name="twitter:site" content="@ex">', "Example"),
        ("", None),
    ],
)
def test_a_site_without_a_name_is_called_by_its_publisher_its_handle_or_its_host(head: str, site: str | None) -> None:
    assert read(head).site == site


@pytest.mark.parametrize(
    ("title", "site"),
    [
        ("Acme raises five million | example.com", "example.com"),
        ("Acme raises five million, issue no. 5 | The Paper", None),
        ("Acme raises $1.5 million", None),
    ],
)
def test_a_full_stop_in_a_title_makes_no_site_of_it(title: str, site: str | None) -> None:
    page = f"<!doctype html><html><head><title>{title}</title></head><body><article>{BODY}</article></body></html>"
    assert extract(page.encode(), "a.html", TODAY).site == site
