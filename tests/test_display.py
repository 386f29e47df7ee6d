from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Answer, AnswerTable, Citation, Sentence, TableCell
from rag.display import to_lines
from rag.documents import Article

HOSTILE = '<script>alert(1)</script> " onmouseover="x" & \'> ]]> <img src=x onerror=alert(1)>'


def answer(
    text: str = "It raised $415 million.", quote: str = "raised $415\n  million", **of_citation: object
) -> Answer:
    fields: dict[str, object] = {
        "title": "A title",
        "published": "2023-12-11",
        "site": "Example",
        "author": "A. Author",
    }
    citation = Citation(number=1, article_id="a", quote=quote, start=3, end=9, **fields | of_citation)  # type: ignore[arg-type]
    return Answer(
        question="How much?", status="answered", text=f"{text} [1]", sentences=(Sentence(text=text, citations=(1,)),),
        citations=(citation,), model="extractive", warnings=("A warning.",),
    )  # fmt: skip


class Page(HTMLParser):
    """What a browser would make of it: the tags with their attributes, and the words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_as_text_an_answer_shows_its_quotes_sources_dates_and_warnings() -> None:
    assert str(answer()).splitlines() == [
        "It raised $415 million. [1]",
        "",
        "[1] “raised $415 million”",
        "    A title, Example, A. Author, 11 December 2023 (a, 3-9)",
        "! A warning.",
    ]


def test_a_source_without_a_date_says_so() -> None:
    assert "A title, no date" in str(answer(published=None, site=None, author=None))


def test_a_refusal_says_that_nothing_was_found() -> None:
    refused = Answer(question="?", status="not_found", text="The library does not say.", model="extractive")
    assert str(refused) == "Not found. The library does not say."
    assert "Not found." in Page(refused._repr_html_()).text


def test_as_html_an_answer_shows_the_same_and_links_to_its_source() -> None:
    page = Page(answer(url="https://example.org/?a=1&b=2")._repr_html_())
    assert page.links == ["https://example.org/?a=1&b=2"]
    for shown in ("It raised $415 million. [1]", "raised $415 million", "11 December 2023", "A warning.", "How much?"):
        assert shown in page.text


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//example.org", "JAVASCRIPT:alert(1)", " https://example.org", ""],
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert Page(answer(url=url)._repr_html_()).links == []


@given(
    st.one_of(st.just(HOSTILE), st.text(max_size=40)), st.one_of(st.just(f"https://x/{HOSTILE}"), st.text(max_size=40))
)
def test_no_text_of_an_article_becomes_markup(text: str, url: str) -> None:
    shown = answer(text, text, title=text, site=text, author=text, url=url).model_copy(
        update={"question": text, "warnings": (text,)}
    )
    page = Page(shown._repr_html_())
    assert set(page.tags) <= {"div", "p", "small", "ol", "li", "q", "br", "a", "em"}
    assert page.attributes <= {"style", "value", "href", "rel"}
    assert all(link is not None and link.startswith(("https://", "http://")) for link in page.links)


def test_of_an_article_all_that_is_known_is_shown_and_what_is_not_is_left_out() -> None:
    article = Article(
        id="a",
        source="a.eml",
        title="Acme raises\nmoney",
        text="It did.",
        site="Example",
        url="https://example.com/a",
        addresses=("https://example.com/a", "https://example.com/amp/a"),
        published="2023-06",
        updated="2023-07-01",
        date_source="mail header",
        companies=("Acme",),
        flags=("paywalled", "truncated"),
        notes=("read as cp1252", "2 invisible characters removed"),
        origin_id="b",
    )
    assert to_lines(article).splitlines() == [
        "Acme raises money",
        "Example",
        "published June 2023 (known to the month, from the Date header of its message)",
        "updated 1 July 2023",
        "https://example.com/a",
        "also at https://example.com/amp/a",
        "a copy of b",
        "companies: Acme",
        "flags: paywalled, truncated",
        "note: read as cp1252",
        "note: 2 invisible characters removed",
    ]
    assert to_lines(Article(id="a", source="a.md", title="A title", text="")).splitlines() == ["A title", "no date"]


def test_parts_stand_side_by_side_above_the_text() -> None:
    compared = answer().model_copy(
        update={
            "table": AnswerTable(
                columns=("", "headcount"),
                rows=(
                    (TableCell(text="Lumen"), TableCell(text="140 people", citations=(1,))),
                    (TableCell(text="Weft"), TableCell(text=f"not found {HOSTILE}")),
                ),
            )
        }
    )
    lines = str(compared).splitlines()
    assert lines[:3] == ["       headcount", "Lumen  140 people [1]", f"Weft   not found {HOSTILE}"]
    page = Page(compared._repr_html_())
    assert page.tags.count("td") == 4
    assert "script" not in page.tags
    assert "140 people [1]" in page.text


def test_the_thing_asked_for_stands_first() -> None:
    found = answer().model_copy(update={"value": "$415 million"})
    assert str(found).splitlines()[:2] == ["$415 million", ""]
    assert Page(found._repr_html_()).text.index("$415 million") < Page(found._repr_html_()).text.index("It raised")
