import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract import Extracted, extract
from ingest.extract.mojibake import repair
from rag.errors import SourceError

TODAY = date(2026, 11, 23)

FRENCH = (
    "Timothée Lacroix a fondé l’entreprise à Paris ; « Ça », dit-il — c’était l’été, où naïveté et œuvre coûtent 5 €."
)
RUSSIAN = "Стартап привлёк сто миллионов долларов, сообщил Иван Петров."
GERMAN = "Größe über alles: schöne Grüße aus Köln – für 20 Mio. Übernahmen."
JAPANESE = "日本のスタートアップは百億円を調達した。"
SYMBOLS = "The model scores √2 ≈ 1.41 ± 0.1 on “π” tests… and costs ≈£5m – “Élysée” said ‘à la carte’ • ∑ ∆ √π ©2023™."
POLISH = "Łódź i Kraków: spółka zebrała pięć milionów złotych."


def mac_roman(text: str) -> str:
    """What becomes of UTF-8 that is read as Mac Roman."""
    return text.encode().decode("mac_roman")


def extracted(text: str | bytes, name: str = "article.md") -> Extracted:
    return extract(text if isinstance(text, bytes) else text.encode(), name, TODAY)


# A newsletter as it is exported: encoding damage, glued markup, image links, tracking parameters, a byline.
NEWSLETTER = mac_roman("""# How Acme AI rocketed to $2Bn in <12 months

![Author](https://media.example.com/cdn/image/fit=scale-down/thumb.jpg)

[Jane Doe](https://news.example.com/authors/jane)\\
December 14, 2023

👋Hey, this is a**🔒**subscriber-only issue**🔒**of the newsletter. It’s*actually*open.

- **June 13 2023**-[Seed Funding](https://example.com/a/?utm_source=x\\&utm_medium=y)of $113M.

- **Sept 27 2023**- Their first model[Acme 7B](https://example.com/b)released.

  - Founded by Timothée.

<small>monthly search volume for ‘acme’</small>

![](https://media.example.com/shot.png?t=1702498751)

You can play with it on;[One Playground](https://one.example),[Two](https://two.example)and[Three](https://three.example).

### Acme’s Series A:

**This round valued it at $260 million**.

| Round | Amount |
|-------|-------:|
| Seed | **$113M** |
| Series A | [$415M](https://example.com) |
""")


def test_an_exported_newsletter_becomes_readable_text_with_its_metadata() -> None:
    found = extracted(NEWSLETTER, "000_a6c5.txt")
    assert found.title == "How Acme AI rocketed to $2Bn in <12 months"
    assert (found.author, found.published, found.date_source) == ("Jane Doe", "2023-12-14", "text")
    assert (
        found.text
        == """👋Hey, this is a 🔒 subscriber-only issue 🔒 of the newsletter. It’s actually open.

- June 13 2023 - Seed Funding of $113M.
- Sept 27 2023 - Their first model Acme 7B released.
  - Founded by Timothée.

monthly search volume for ‘acme’

You can play with it on; One Playground, Two and Three.

### Acme’s Series A:

This round valued it at $260 million.

| Round | Amount |
| Seed | $113M |
| Series A | $415M |"""
    )


# encodings


@pytest.mark.parametrize("text", [FRENCH, RUSSIAN, GERMAN, JAPANESE, POLISH, "£5 × 3 • “quoted” ‘words’ — €20m ™ 👋🚀"])
def test_damage_of_the_mac_roman_kind_is_repaired(text: str) -> None:
    assert repair(mac_roman(text)) == text


@pytest.mark.parametrize("text", [FRENCH, GERMAN, "It’s — well — “fine”."])
def test_damage_of_the_windows_kind_is_repaired(text: str) -> None:
    assert repair(text.encode().decode("cp1252", "replace")).replace("\ufffd", "") == text or "Ã" not in repair(
        text.encode().decode("latin-1")
    )


def test_a_file_that_is_damaged_in_part_is_repaired_in_part() -> None:
    assert repair(f"{mac_roman('It’s Timothée')}, et {FRENCH} {SYMBOLS}") == f"It’s Timothée, et {FRENCH} {SYMBOLS}"


def test_damage_done_twice_is_repaired() -> None:
    assert repair(mac_roman(mac_roman("It’s Timothée — fine"))) == "It’s Timothée — fine"


def test_an_emoji_that_lost_its_first_byte_on_the_way_is_repaired_beside_other_damage() -> None:
    assert repair(mac_roman("It’s 👋Hey").replace("\uf8ff", "")) == "It’s 👋Hey"


WORDS = sorted({word for text in (FRENCH, RUSSIAN, GERMAN, JAPANESE, SYMBOLS, POLISH) for word in text.split()})


@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join))
def test_right_text_of_several_scripts_comes_back_unchanged(text: str) -> None:
    assert repair(text) == text


@given(st.text())
def test_repairing_twice_changes_nothing_more(text: str) -> None:
    once = repair(text)
    assert repair(once) == once


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("latin-1", "Größe und Übernahme: schöne Grüße aus Köln."),
        ("cp1252", "Timothée a levé 105 M€ à Paris, c’est énorme."),
        ("mac_roman", "Café is where Timothée went — “soon”."),
        ("cp1251", RUSSIAN),
        ("utf-16", FRENCH),
        ("utf-16-le", "Acme raised five million."),
        ("utf-16-be", "Acme raised five million."),
        ("utf-8-sig", FRENCH),
        ("utf-32", FRENCH),
        ("shift_jis", "日本のスタートアップは百億円を調達した。これは記事です。"),
    ],
)
def test_text_is_read_in_the_encoding_it_was_written_in(encoding: str, text: str) -> None:
    assert extracted(f"A title\n\n{text}".encode(encoding), "a.txt").text == text


def test_broken_utf8_is_read_around_the_broken_place() -> None:
    found = extracted(("Café und Grüße. " * 20).encode() + b"\xff end.", "a.txt")
    assert found.text.startswith("Café und Grüße.")
    assert "read as broken UTF-8" in found.notes


def test_a_declared_encoding_is_believed_after_utf8() -> None:
    page = '<html><head><meta charset="{}"><title>Привет</title></head><body><p>' + RUSSIAN * 3 + "</p></body></html>"
    assert extracted(page.format("koi8-r").encode("koi8-r"), "a.html").title == "Привет"
    assert extracted(page.format("koi8-r").encode(), "a.html").title == "Привет"
    assert extracted(page.format("no-such-code").encode("cp1251"), "a.html").title == "Привет"


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n...",
        b"PK\x03\x04" + b"word/document.xml" * 20,
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        b"text\x00with\x00zero\x00bytes, and more of it",
        bytes(range(256)) * 8,
        b"\x01\x02\x03\x04\x05 some text",
    ],
)
def test_what_is_no_text_is_refused_whatever_it_is_called(content: bytes) -> None:
    with pytest.raises(SourceError, match=r"notes\.md is (.*not text|damaged)"):
        extracted(content, "notes.md")


@pytest.mark.parametrize(
    "content", ["<html><body><script>draw()</script></body></html>", "![only](image.png)", "---\ntitle: x\n---\n"]
)
def test_an_article_without_a_word_of_text_is_refused(content: str) -> None:
    with pytest.raises(SourceError, match=r"a\.md holds no readable text"):
        extracted(content, "a.md")


# Markdown


def test_front_matter_is_read() -> None:
    found = extracted(
        """---
title: Acme raises $5 million
author: Jane Doe
site: Acme Weekly
url: https://acme.example/story
published: 2024-03-05
updated: "2024-04"
companies: [Acme, Example Ventures]
facts: [E12]
---
# Acme raises $5 million

Text on 1 January 2020.
"""
    )
    assert found == Extracted(
        text="Text on 1 January 2020.",
        title="Acme raises $5 million",
        author="Jane Doe",
        site="Acme Weekly",
        url="https://acme.example/story",
        published="2024-03-05",
        updated="2024-04",
        date_source="front matter",
        companies=("Acme", "Example Ventures"),
    )


@pytest.mark.parametrize(
    ("written", "name", "value"),
    [
        ("date: 2024-03-05T08:00:00+01:00", "published", "2024-03-05"),
        ("pubDate: 'Tue, 05 Mar 2024 08:00:00 GMT'", "published", "2024-03-05"),
        ("publish-date: 2024-03", "published", "2024-03"),
        ("date: 2024-03-05\npublished: 2024-03-04", "published", "2024-03-04"),
        ("published:\ndate: 2024-03-05", "published", "2024-03-05"),
        ("created: 2024-03-05", "published", None),  # clippers write there when they clipped it
        ("lastmod: 2024-03-05", "updated", "2024-03-05"),
        ("Authors: [Jane Doe, John Roe]", "author", "Jane Doe, John Roe"),
        ("source: https://a.example/story", "url", "https://a.example/story"),
        ("source: The Paper", "site", "The Paper"),
        ("canonical_url: https://a.example/story", "url", "https://a.example/story"),
    ],
)
def test_fields_of_front_matter_go_by_the_names_that_others_give_them(
    written: str, name: str, value: str | None
) -> None:
    assert getattr(extracted(f"---\ntitle: A title\n{written}\n---\nText."), name) == value


@pytest.mark.parametrize(
    ("value", "published"),
    [("2023-06", "2023-06"), ("2023", "2023"), ("2023-06-13T10:00:00Z", "2023-06-13"), ("June 13, 2023", "2023-06-13")],
)
def test_a_date_in_front_matter_keeps_its_precision(value: str, published: str) -> None:
    assert extracted(f"---\npublished: {value}\n---\nText.").published == published


@pytest.mark.parametrize(
    ("front_matter", "note"),
    [
        ("title: [unclosed", "the front matter could not be read"),
        ("title: {a: 1}", "title is no text"),
        ("published: soon", "published is no date"),
        ("companies: {a: b}", "companies is no list"),
        ("published: 2024-02-31", "published is no date"),
        ("author: &loop [*loop]", "the front matter could not be read"),
    ],
)
def test_broken_front_matter_is_a_note_and_the_article_goes_in(front_matter: str, note: str) -> None:
    found = extracted(f"---\n{front_matter}\n---\n# Heading\n\nThe text.")
    assert (found.title, found.text) == ("Heading", "The text.")
    assert note in found.notes[0]


def test_values_in_front_matter_are_taken_as_they_are_written() -> None:
    found = extracted("---\ntitle: 1.10\nauthor: No\nsite: !!python/object/apply:os.getcwd []\n---\nText.")
    assert (found.title, found.author, found.site) == ("1.10", "No", None)


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    assert extracted("---\n\nThe text.\n\n---\n\nMore.").text.endswith("More.")


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("A model[Acme 7B](https://a.b)released.", "A model Acme 7B released."),
        ("It’s*actually*open-source", "It’s actually open-source"),
        ("See [it](https://a.b).", "See it."),
        ("**Acme**’s model", "Acme’s model"),
        ("a **bold**, (**very** bold) end", "a bold, (very bold) end"),
        ("an **open**-source model", "an open-source model"),
        ("**L**arge **L**anguage **M**odel", "Large Language Model"),
        ("snake_case_name and 2 * 3 * 4", "snake_case_name and 2 * 3 * 4"),
        ("価格**百円**です", "価格百円です"),
        ("H<sub>2</sub>O and <small>small</small> print", "H2O and small print"),
        ("one\\\ntwo  \nthree\nfour<br>five", "one two three four five"),
        ("![alt text](a.png)Text", "Text"),
        ("[![badge](a.png)](https://a.b) Text", "Text"),
        ("AT&amp;T &lt; 5 \\* 3", "AT&T < 5 * 3"),
        ("`code`and more", "code and more"),
        ("> quoted\n> words", "> quoted words"),
        ("> one\n>\n> two\n>\n> - three", "> one\n> two\n> - three"),
        ("- item\n\n  > quoted\n  >\n  > words", "- item quoted words"),
        ("1. one\n2. two", "1. one\n2. two"),
        ("- one\n\n- two\n\n  more of two", "- one\n- two more of two"),
        ("Heading\n=======\n\ntext", "# Heading\n\ntext"),
        ("text\n\n***\n\ntext", "text\n\ntext"),
        ("text <!-- comment --> more", "text more"),
        ("    indented paragraph", "indented paragraph"),
        ("```\n# no heading\n```", "    # no heading"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a | b"),
    ],
)
def test_markup_goes_and_words_stay_apart(markdown: str, plain: str) -> None:
    assert extracted(f"---\ntitle: T\n---\n{markdown}").text == plain


@pytest.mark.parametrize(
    ("byline", "author", "published"),
    [
        ("By Jane Doe", "Jane Doe", None),
        ("By Jane Doe and John van der Berg | 14 December 2023", "Jane Doe and John van der Berg", "2023-12-14"),
        ("December 14th, 2023", None, "2023-12-14"),
        ("Published on 2023-12-14", None, "2023-12-14"),
        ("Sept 2023 · 5 min read", None, "2023-09"),
        ("Jane Doe\n14 Dec. 2023", "Jane Doe", "2023-12-14"),
        ("Updated December 14, 2023", None, None),
        ("Acme was founded in December 2023 by Jane Doe.", None, None),
        ("By December 2023, revenue had doubled.", None, None),
    ],
)
def test_author_and_date_are_taken_from_a_byline_and_from_nothing_else(
    byline: str, author: str | None, published: str | None
) -> None:
    found = extracted(f"# Title\n\n{byline}\n\nThe story begins.")
    assert (found.author, found.published) == (author, published)
    assert found.date_source == ("text" if published else None)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# The heading\n\nText.", "The heading"),
        ("The first line\n\nText.", "The first line"),
        ("Intro text here.\n\n# The heading\n\nText.", "The heading"),
        ("A sentence, no title. It goes on.\n\nText.", "A sentence, no title. It goes on."),
        (f"{'word ' * 100}\n\nText.", "word " * 38 + "word…"),
    ],
)
def test_the_title_is_the_first_heading_else_the_first_line(text: str, title: str) -> None:
    assert extracted(text, "a.txt").title == title


@pytest.mark.parametrize("published", ["2026-11-25", "1989-12-31", "2030", "0001-01-01"])
def test_an_impossible_date_is_dropped_with_a_note(published: str) -> None:
    found = extracted(f"---\npublished: {published}\n---\nText.")
    assert (found.published, found.date_source) == (None, None)
    assert "impossible" in found.notes[0]


def test_tomorrow_is_possible_since_it_has_begun_somewhere() -> None:
    assert extracted("---\npublished: 2026-11-24\n---\nText.").published == "2026-11-24"


def test_a_change_before_the_publication_is_dropped() -> None:
    found = extracted("---\npublished: 2024-05-01\nupdated: 2024-04-30\n---\nText.")
    assert (found.published, found.updated) == ("2024-05-01", None)


# plain text


def test_wrapped_lines_are_joined_and_paragraphs_kept() -> None:
    assert extracted("Title\n\nOne line\nand its rest.\n\nTwo.", "a.txt").text == "One line and its rest.\n\nTwo."


def test_long_lines_without_blank_ones_are_paragraphs() -> None:
    lines = [f"Paragraph {i}: {'word ' * 30}end." for i in range(3)]
    assert extracted("\n".join(lines), "a.txt").text == "\n\n".join(lines)


# HTML

STORY = (
    "Acme, a start-up in Paris, raised $5 million on Monday in a round led by Example Ventures, the company said. "
    "The money will pay for servers, and for the twenty engineers whom it means to hire before the summer is over."
)
META = """<meta property="og:title" content="Acme raises $5 million">
<meta property="og:site_name" content="Acme Weekly">
<meta name="author" content="By Jane Doe"><link rel="canonical" href="https://acme.example/story">"""


def page(head: str = META, body: str = "", lang: str = "en-GB") -> str:
    return f"""<!DOCTYPE html><html lang="{lang}"><head><title>Acme raises | Acme Weekly</title>{head}</head><body>
<nav><a href="/">Home</a><a href="/about">About us</a></nav>
<article><h1>Acme raises $5 million</h1><p>{STORY}</p>{body}</article>
<footer>Copyright 2023</footer></body></html>"""


def json_ld(**values: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **values})}</script>'


def test_the_article_of_a_page_comes_with_what_the_page_states() -> None:
    found = extracted(
        page(META + '<meta property="article:published_time" content="2023-12-11T09:00:00+01:00">'), "a.html"
    )
    assert (found.title, found.author, found.site) == ("Acme raises $5 million", "Jane Doe", "Acme Weekly")
    assert (found.url, found.language) == ("https://acme.example/story", "en")
    assert (found.published, found.date_source) == ("2023-12-11", "opengraph")
    assert found.text == STORY


def test_headings_lists_and_tables_of_a_page_stay_readable() -> None:
    body = f"""<h2>The round</h2><p>{STORY}</p><ul><li>Seed: <b>$1 million</b></li><li>Series A: <a href="https://x.y">$5
    million</a></li></ul>
    <table><tr><th>Round</th><th>Amount</th></tr><tr><td>Seed</td><td>$1 million</td></tr></table>"""
    text = extracted(page(body=body), "a.html").text
    assert "## The round\n\n" in text
    assert "- Seed: $1 million\n- Series A: $5 million" in text
    assert "| Round | Amount |\n| Seed | $1 million |" in text


def test_json_ld_goes_before_meta_tags() -> None:
    data = json_ld(
        headline="Acme raises",
        datePublished="2023-12-11T22:00:00Z",
        dateModified="2023-12-20",
        author=[{"name": "Jane Doe"}, {"name": "Joe Roe"}],
    )
    found = extracted(page(META + '<meta name="date" content="2023-12-25">' + data), "a.html")
    assert (found.published, found.updated, found.date_source) == ("2023-12-11", "2023-12-20", "json-ld")
    assert found.author == "Jane Doe, Joe Roe"


@pytest.mark.parametrize(
    "wrapped", ["<![CDATA[{}]]>", "//<![CDATA[\n{}\n//]]>", "[{}]", '{{"@graph": [{{"@type": "WebSite"}}, {}]}}']
)
def test_json_ld_is_found_however_it_is_wrapped(wrapped: str) -> None:
    data = json.dumps({"@type": ["NewsArticle"], "datePublished": "2023-12-11"})
    script = f'<script type="application/ld+json">{wrapped.format(data)}</script>'
    assert extracted(page(META + script), "a.html").published == "2023-12-11"


def test_the_date_of_a_change_is_never_taken_for_that_of_publication() -> None:
    found = extracted(page(META + '<meta property="article:modified_time" content="2024-01-05">'), "a.html")
    assert (found.published, found.updated) == (None, "2024-01-05")


def test_a_page_for_subscribers_is_flagged() -> None:
    long = "".join(f"<p>{STORY} {i}</p>" for i in range(5))
    assert extracted(page(META + json_ld(isAccessibleForFree="False"), long), "a.html").flags == ("paywalled",)
    assert extracted(page(META + json_ld(isAccessibleForFree=True)), "a.html").flags == ()


def test_a_page_without_metadata_has_the_title_of_its_heading() -> None:
    found = extracted(page(head=""), "a.html")
    assert (found.title, found.author, found.url, found.published) == ("Acme raises $5 million", None, None, None)


def test_what_the_content_is_decides_not_what_the_file_is_called() -> None:
    assert extracted(page(), "saved.txt").text == STORY
    assert extracted("# Title\n\nJust **Markdown**.", "wrong.html").text == "Just Markdown."


def test_a_page_in_which_no_article_is_found_gives_all_its_words() -> None:
    found = extracted("<html><body><footer>Some<div>words <b>only</b></div></footer></body></html>", "a.html")
    assert (found.title, found.text) == ("Some", "words only")


def test_broken_linked_data_and_broken_markup_are_no_trouble() -> None:
    broken = '<script type="application/ld+json">{"@type": </script>'
    assert extracted(page(META + broken).replace("</article>", ""), "a.html").title == "Acme raises $5 million"


@pytest.mark.parametrize(
    "content",
    [
        "<html>" + "<div>" * 5000 + "The end." + "</div>" * 5000,
        "> " * 3000 + "The end.",
        "- " * 3000 + "The end.",
        "*" * 20000 + " The end.",
    ],
)
def test_deep_nesting_ends_in_text_or_in_an_error_that_names_the_file(content: str) -> None:
    try:
        outcome = extracted(content, "deep.md").text
    except SourceError as error:
        outcome = str(error)
    assert "The end." in outcome or "deep.md" in outcome
