"""Pages of the kinds that sites really send, with little markup to go by: what is read of them and what is not."""

from datetime import date

import pytest

from ingest.clean import clean
from ingest.extract import Extracted, extract

FIRST = (
    "Acme Robotics has raised $40 million in a Series B round led by Example Ventures, the company said on Tuesday, "
    "valuing it at $310 million after the money."
)
SECOND = (
    "The company, which was founded in Lyon in 2021 by two former laboratory engineers, sells robots that fold laundry "
    "to hotels in France, Italy and Spain."
)
THIRD = (
    "Chief executive Jane Doe told us that revenue had tripled over the past year to about $12 million, and that the "
    "new money would pay for a second factory."
)
MENU = '<div id="top"><a href="/">Home</a> <a href="/b">Business</a> <a href="/t">Technology</a></div>'
FOOT = (
    '<div id="end"><a href="/about">About</a> <a href="/c">Contact us</a> © 2024 The Paper. All rights reserved.</div>'
)
STORY = f"{FIRST}\n\n{SECOND}\n\n{THIRD}"
TITLE = "Acme raises $40 million"


def read(body: str, head: str = "", language: str = "en") -> Extracted:
    title = f"<title>{TITLE} | The Paper</title>"
    page = f'<!doctype html><html lang="{language}"><head>{title}{head}</head><body>{MENU}{body}{FOOT}</body></html>'
    return clean(extract(page.encode(), "a.html", date(2026, 11, 23)))


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


@pytest.mark.parametrize(
    "body",
    [
        f"<div><h1>{TITLE}</h1>By Ann Writer<br>May 14, 2024<br><br>{FIRST}<br><br>{SECOND}<br><br>{THIRD}</div>",
        f"<div><div>{TITLE}</div><div>By Ann Writer, 14 May 2024</div><div>{FIRST}</div><div>{SECOND}</div>"
        f"<div>{THIRD}</div></div>",
        f"<h1>{TITLE}</h1><p>By Ann Writer | May 14, 2024</p><p>{FIRST}<p>{SECOND}<p>{THIRD}",
        f"<h1>{TITLE}</h1><p>By Ann Writer, published 14 May 2024, updated 16 May 2024</p>"
        f"<p>{FIRST}<p>{SECOND}<p>{THIRD}",
    ],
)
def test_a_story_without_markup_is_read_with_its_title_and_the_byline_above_it(body: str) -> None:
    found = read(body)
    assert (found.title, found.text) == (TITLE, STORY)
    assert (found.author, found.published, found.date_source) == ("Ann Writer", "2024-05-14", "text")


@pytest.mark.parametrize(
    "body",
    [
        f"<p>23 November 2026</p><h1>{TITLE}</h1>{paragraphs(FIRST, SECOND, THIRD)}",
        f"<h1>{TITLE}</h1>{paragraphs(FIRST, SECOND, THIRD)}<p>14 May 2024</p>",
        f"<h1>{TITLE}</h1><p>Updated 14 May 2024</p>{paragraphs(FIRST, SECOND, THIRD)}",
    ],
)
def test_a_day_above_the_heading_or_below_the_story_or_of_a_change_is_not_that_of_the_story(body: str) -> None:
    assert read(f"<div>{body}</div>").published is None


WALL = (
    "<div class='paywall'><h2>This article is for subscribers only</h2><p>Subscribe now to read the full story.</p>"
    "<p>Already a subscriber? <a href='/in'>Log in</a></p></div>"
)


def test_a_wall_below_a_few_paragraphs_means_that_there_is_more() -> None:
    found = read(f"<article><h1>{TITLE}</h1>{paragraphs(FIRST, SECOND)}{WALL}</article>")
    assert found.text == f"{FIRST}\n\n{SECOND}"
    assert found.flags == ("paywalled", "truncated")


def test_an_offer_below_a_long_story_or_in_the_menu_means_nothing() -> None:
    long = paragraphs(*(f"{THIRD} So it was in year {year}, and so it will be." for year in range(20)))
    assert read(f"<article><h1>{TITLE}</h1>{long}</article>{WALL}").flags == ()
    above = f"<div><a href='/in'>Already a subscriber?</a></div><article>{paragraphs(FIRST, SECOND, THIRD)}</article>"
    assert read(above).flags == ()


def test_every_entry_of_a_live_blog_keeps_its_heading() -> None:
    entries = "".join(
        f"<div class='post'><time datetime='2024-05-14T1{n}:05:00Z'>1{n}:05</time><h2>Hour {n}: the judge speaks</h2>"
        f"<p>{text}</p></div>"
        for n, text in enumerate((FIRST, SECOND, THIRD))
    )
    text = read(f"<article><h1>{TITLE}</h1><p>Follow it here.</p>{entries}</article>").text
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        f"## Hour {n}: the judge speaks" for n in range(3)
    ]


def test_of_a_page_of_one_short_sentence_that_sentence_is_read() -> None:
    found = read("<main><h1>Acme closes</h1><p>Acme will close on Friday, it said.</p></main>")
    assert found.text == "Acme will close on Friday, it said."


def test_a_page_that_leaves_out_its_body_is_read() -> None:
    page = f"<!doctype html><title>{TITLE}</title><article><h1>{TITLE}</h1>{paragraphs(FIRST, SECOND)}</article>"
    assert extract(page.encode(), "a.html", date(2026, 11, 23)).text == f"{FIRST}\n\n{SECOND}"


JAPANESE = (
    "アクメ・ロボティクスは火曜日、エグザンプル・ベンチャーズが主導する資金調達で4000万ドルを得たと発表した。",
    "同社は2021年にリヨンで設立され、洗濯物をたたむロボットをフランスやイタリアのホテルに販売している。",
)
GERMAN = (
    "Das Lyoner Unternehmen Acme Robotics hat am Dienstag 40 Millionen Dollar eingesammelt, wie es mitteilte.",
    "Geschäftsführerin Jane Doe sagte, der Umsatz habe sich verdreifacht und das Geld fließe in ein zweites Werk.",
)


@pytest.mark.parametrize(
    ("language", "byline", "story", "below"),
    [
        ("ja", "2024年5月14日", JAPANESE, ""),
        ("de", "Von Anna Schreiber, 14. Mai 2024", GERMAN, "<p>Abonnieren Sie unseren Newsletter</p>"),
        ("de", "14. Mai 2024", GERMAN, "<p><a href='/x'>Lesen Sie auch: Beta stellt ein</a></p>"),
    ],
)
def test_what_stands_around_stories_in_other_languages_goes(
    language: str, byline: str, story: tuple[str, ...], below: str
) -> None:
    body = f"<div class='text'><h1>{story[0][:12]}</h1><p>{byline}</p>{paragraphs(*story)}{below}</div>"
    found = read(body, language=language)
    assert found.text == "\n\n".join(story)
    assert found.published == "2024-05-14"


@pytest.mark.parametrize("broken", ["http://[acme/x", "http://", "https://[::1:9/"])
def test_a_broken_address_costs_the_address_and_not_the_page(broken: str) -> None:
    head = f"<link rel='canonical' href='{broken}'><meta property='og:url' content='https://a.example/story'>"
    found = read(f"<article>{paragraphs(FIRST, SECOND, THIRD)}</article>", head)
    assert (found.text, found.url) == (STORY, "https://a.example/story")
