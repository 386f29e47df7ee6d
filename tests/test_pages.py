"""HTML pages as sites really write them: what of a page is the article, and what the page says of it."""

import json

import pytest
from lxml import html

from ingest.clean import clean
from ingest.extract import Extracted
from ingest.extract.article_blocks import leaves_out, match
from ingest.extract.page_blocks import page_blocks
from tests.test_extract import META, STORY, extracted, json_ld, page

SECOND = (
    "The founders, who met at a laboratory in Lyon, said on Tuesday that customers had asked for a smaller model, and "
    "that the larger one would follow in the autumn once the new data centre in the north has been switched on."
)
THIRD = (
    "Analysts called the price high. Example Ventures, which had passed on the seed round two years ago, said it had "
    "looked at forty companies and that this was the only one whose costs fell every month since it was founded."
)


def read(body: str, head: str = META) -> Extracted:
    return extracted(page(head=head, body=body), "a.html")


def story(*between: str) -> str:
    """An article of three paragraphs, with something between the second and the third."""
    return clean(read(f"<p>{SECOND}</p>{''.join(between)}<p>{THIRD}</p>")).text


# what trafilatura loses


def test_a_list_in_a_list_keeps_all_of_its_items() -> None:
    text = story("<ul><li>Models<ul><li>Small one <b>for phones</b></li><li>Large</li></ul></li><li>Servers</li></ul>")
    assert "- Models\n  - Small one for phones\n  - Large\n- Servers" in text


def test_a_table_of_figures_keeps_its_rows() -> None:
    rows = "".join(f"<tr><td>20{n}</td><td>{n}%</td><td>${n}M</td></tr>" for n in range(20, 24))
    text = story(f"<table><tr><th>Year</th><th>Growth</th><th>Revenue</th></tr>{rows}</table>")
    assert "| Year | Growth | Revenue |\n| 2020 | 20% | $20M |\n| 2021 | 21% | $21M |" in text


def test_a_table_that_lays_out_the_page_is_no_table() -> None:
    inner = "<table><tr><td>x</td></tr></table>"
    html = f"<table><tr><td>{inner}<p>{STORY}</p><p>{SECOND}</p><p>{THIRD}</p></td></tr></table>"
    text = extracted(f"<html><body>{html}</body></html>", "a.html").text
    assert f"{STORY}\n\n{SECOND}\n\n{THIRD}" in text
    assert "|" not in text


def test_code_keeps_its_lines() -> None:
    assert "    while acme:\n        raise Money" in story("<pre>while acme:\n    raise Money</pre>")


def test_a_paragraph_that_is_said_twice_in_a_row_stays_twice() -> None:
    assert story(f"<p>{SECOND}</p>").count(SECOND) == 2


def test_a_paragraph_that_is_there_for_another_screen_comes_once() -> None:
    assert story(f'<div class="mobile"><p>{SECOND}</p></div>').count(SECOND) == 1


def test_two_breaks_end_a_paragraph_and_one_does_not() -> None:
    text = extracted(f"<html><body><div>{STORY}<br>and on.<br><br>{SECOND}</div></body></html>", "a.html").text
    assert text == f"{STORY} and on.\n\n{SECOND}"


# what is no part of an article


@pytest.mark.parametrize(
    "between",
    [
        '<p><a href="/x">Rival start-up raises ten million dollars in Berlin</a></p>',
        '<p>Read more: <a href="/x">Rival start-up raises ten million</a></p>',
        '<p><strong>RELATED:</strong> <a href="/x">Rival start-up raises ten million</a></p>',
        '<figure><img src="a.png"><figcaption>The founders in their office in Paris last week.</figcaption></figure>',
        '<div class="wp-caption"><p class="wp-caption-text">The founders in Paris.</p></div>',
        "<p>Photo: Jane Doe/Example Pictures</p>",
        "<p>The founders at a conference in Paris in May. Jane Doe/Getty Images</p>",
        "<p>Advertisement</p>",
        "<p>Story continues below advertisement</p>",
        "<h3>Related stories</h3>",
        "<div>Share this article</div>",
        "<p>Sign up for our newsletter to get stories like this one in your inbox.</p>",
        f'<aside class="pull-quote"><p>{SECOND.partition(",")[0]}</p></aside>',
    ],
)
def test_what_stands_between_paragraphs_and_tells_nothing_goes(between: str) -> None:
    assert story(between) == f"{STORY}\n\n{SECOND}\n\n{THIRD}"


@pytest.mark.parametrize(
    "between",
    [
        "<p>“We are not for sale,” she said.</p>",
        "<h2>What comes next</h2>",
        '<p>Acme has <a href="/x">published its figures</a> since 2021.</p>',
        "<blockquote><p>Growth is a choice, and we made it early.</p></blockquote>",
        "<p>Share prices of its rivals fell.</p>",
        "<p>Related companies in the group are not for sale, he said.</p>",
    ],
)
def test_what_stands_between_paragraphs_and_is_told_stays(between: str) -> None:
    assert story(between).count("\n\n") == 3


def test_a_block_quote_is_marked_and_stays_together() -> None:
    quote = "<blockquote><p>Growth is a choice, and we made it early.</p><p>We would do it again.</p></blockquote>"
    marked = "> Growth is a choice, and we made it early.\n> We would do it again."
    assert story(quote) == f"{STORY}\n\n{SECOND}\n\n{marked}\n\n{THIRD}"


def test_an_article_laid_out_as_a_block_quote_is_none() -> None:
    assert read(f"<blockquote><p>{SECOND}</p><p>{THIRD}</p></blockquote>").text == f"{STORY}\n\n{SECOND}\n\n{THIRD}"


@pytest.mark.parametrize(
    "below",
    [
        "<p>© 2023 Acme Weekly. All rights reserved.</p>",
        "<h3>More stories</h3><ul><li><a href='/a'>Rival raises ten</a></li><li><a href='/b'>A merger</a></li></ul>",
        "<p>Topics: start-ups, money</p>",
        "<p>Follow Jane Doe on Twitter.</p>",
        "<p>Comments are closed.</p>",
        "<p>This article was originally published on Example.</p>",
        "<h3>Leave a comment</h3>",
    ],
)
def test_what_stands_below_the_last_sentence_and_tells_nothing_goes(below: str) -> None:
    assert read(f"<p>{SECOND}</p><p>{THIRD}</p>{below}").text == f"{STORY}\n\n{SECOND}\n\n{THIRD}"


@pytest.mark.parametrize("line", ["By Jane Doe", "14 December 2023", "Jane Doe in Paris", "Published 14 December 2023"])
def test_a_byline_above_the_story_is_no_part_of_it(line: str) -> None:
    body = f"<article><h1>Acme raises $5 million</h1><p>{line}</p><p>{STORY}</p><p>{SECOND}</p></article>"
    assert extracted(f"<html><head>{META}</head><body>{body}</body></html>", "a.html").text == f"{STORY}\n\n{SECOND}"


# linked data


def test_short_lines_that_are_not_in_the_stated_body_go() -> None:
    data = json_ld(headline="T", articleBody=f"{STORY}\n\n{SECOND}\n\n{THIRD}")
    note = "<p>Our reporters work for you, day and night.</p>"
    assert "night" in read(f"<p>{SECOND}</p>{note}<p>{THIRD}</p>").text
    assert "night" not in read(f"<p>{SECOND}</p>{note}<p>{THIRD}</p>", META + data).text


def test_a_body_that_only_the_linked_data_hold_is_the_article() -> None:
    rest = f"{SECOND}\n\n{THIRD}"
    data = json_ld(headline="T", articleBody=f"{STORY}\n\n{rest}")
    assert read("", META + data).text == f"{STORY}\n\n{rest}"


def test_a_stated_body_of_another_story_is_not_believed() -> None:
    data = json_ld(headline="T", articleBody="Quite different words were put here by a plugin of this site. " * 60)
    assert read(f"<p>{SECOND}</p>", META + data).text == f"{STORY}\n\n{SECOND}"


def test_the_linked_data_of_the_article_are_told_from_those_of_the_page() -> None:
    both = [
        {"@type": "WebPage", "datePublished": "2020-01-01", "author": {"name": "Web Team"}},
        {"@type": "NewsArticle", "headline": "Acme raises", "datePublished": "2023-12-11", "author": "Jane &amp; Joe"},
    ]
    found = read("", f'<script type="application/ld+json">{json.dumps(both)}</script>')
    assert (found.title, found.author, found.published) == ("Acme raises", "Jane & Joe", "2023-12-11")


# title, author, site, date


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("Acme raises | Acme Weekly", "Acme raises"),
        ("Acme raises - Acme Weekly", "Acme raises"),
        ("Acme Weekly: Acme raises", "Acme raises"),
        ("Acme raises – and so does Beta", "Acme raises – and so does Beta"),
        ("Acme raises: what it means", "Acme raises: what it means"),
        ("Acme raises $5 million · The Blog", "Acme raises $5 million"),
    ],
)
def test_a_title_loses_the_name_of_the_site_and_nothing_else(stated: str, title: str) -> None:
    assert read("", META.replace('title" content="Acme raises $5 million', f'title" content="{stated}')).title == title


@pytest.mark.parametrize(
    ("head", "body", "author"),
    [
        (
            '<meta name="author" content="https://acme.example/jane">',
            '<a rel="author" href="#">Jane Doe</a>',
            "Jane Doe",
        ),
        ('<meta name="author" content="admin">', "", None),
        ('<meta name="author" content="Jane Doe (http://acme.example/)">', "", "Jane Doe"),
        ('<meta name="author" content="Jane Doe; Joe Roe">', "", "Jane Doe, Joe Roe"),
        ("", '<p class="byline">By <b>Jane Doe</b><br>March 25, 2015</p>', "Jane Doe"),
        ("", '<p class="byline">By Jane Doe, senior reporter</p>', "Jane Doe"),
        ("", '<div id="comments"><span class="byline">By A Reader</span></div>', None),
        (json_ld(headline="T", author=[{"name": "Jane Doe"}, {"name": "Joe Roe"}]), "", "Jane Doe, Joe Roe"),
    ],
)
def test_authors_are_names(head: str, body: str, author: str | None) -> None:
    assert extracted(page(head=head, body=body), "a.html").author == author


@pytest.mark.parametrize(
    ("head", "published", "source"),
    [
        ('<link rel="canonical" href="https://acme.example/2023/12/14/acme">', "2023-12-14", "address"),
        ('<link rel="canonical" href="https://acme.example/2023/12/acme">', "2023-12", "address"),
        ('<link rel="canonical" href="https://acme.example/items/20231399/acme">', None, None),
        ('<meta property="og:title" content="Acme Weekly, issue of March 26, 2015">', "2015-03-26", "text"),
        ('<meta property="og:title" content="What September 11, 2001 meant">', None, None),
    ],
)
def test_a_date_is_read_from_the_address_or_from_the_title_of_an_issue(
    head: str, published: str | None, source: str | None
) -> None:
    found = read("", head)
    assert (found.published, found.date_source) == (published, source)


def test_a_date_that_is_marked_as_that_of_a_change_is_one() -> None:
    found = read(
        '<time datetime="2023-12-14" itemprop="datePublished"></time>'
        '<time datetime="2023-12-20" class="updated"></time>'
    )
    assert (found.published, found.updated) == ("2023-12-14", "2023-12-20")


@pytest.mark.parametrize(
    "head",
    ['<meta property="og:locale" content="fr_FR">', json_ld(headline="T", inLanguage="fr-FR")],
)
def test_the_language_is_read_where_the_page_declares_none(head: str) -> None:
    assert extracted(page(head=head, lang=""), "a.html").language == "fr"


# flags


def test_a_page_that_says_how_long_its_article_is_and_shows_less_is_truncated() -> None:
    assert read("", META + json_ld(headline="T", wordCount=900)).flags == ("truncated",)
    assert read("", META + json_ld(headline="T", wordCount=45)).flags == ()
    assert read("", META + json_ld(headline="T", wordCount="many")).flags == ()


def test_a_part_that_is_for_subscribers_makes_the_page_one() -> None:
    part = {"@type": "WebPageElement", "isAccessibleForFree": "http://schema.org/False"}
    assert "paywalled" in read("", META + json_ld(headline="T", hasPart=part)).flags


def test_the_share_of_words_around_the_article_is_told() -> None:
    assert extracted(f"<html><body><article><p>{STORY}</p></article></body></html>", "a.html").boilerplate_share == 0
    around = "<footer>" + "<p>Words of a footer.</p>" * 50 + "</footer>"
    assert (extracted(page().replace("<footer>", around), "a.html").boilerplate_share or 0) > 0.7


def test_a_first_reading_that_leaves_a_paragraph_or_a_heading_out_is_not_enough() -> None:
    page = html.fromstring(f"<html><body><h1>Title</h1><p>{SECOND}</p><h2>Money</h2><p>{THIRD}.</p></body></html>")
    blocks = page_blocks(page)
    lines = [block.words for block in blocks]

    assert not leaves_out(blocks, match(blocks, lines))
    assert leaves_out(blocks, match(blocks, lines[:-1]))
    assert leaves_out(blocks, match(blocks, [line for line in lines if line != ("money",)]))
    assert leaves_out(blocks, [])
