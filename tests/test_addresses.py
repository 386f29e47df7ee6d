"""One article at several addresses, and several articles that claim one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.reading import Reader
from rag.addresses import key_of
from tests.test_pipeline import Library, counts

WORDS = "Acme raised money in Paris on Monday from several funds that had waited for months to be let in at all".split()


def story(seed: int, sentences: int = 8) -> str:
    """Sentences of a story; another seed tells another one."""
    return " ".join(" ".join(f"{word}{seed}{i}" for word in WORDS[:15]).capitalize() + "." for i in range(sentences))


def page(url: str, text: str, title: str = "Acme raises money in Paris", **fields: str) -> str:
    lines = [f"title: {title}", f"url: {url}", *(f"{name}: {value}" for name, value in fields.items())]
    return "---\n" + "\n".join(lines) + f"\n---\n{text}"


@pytest.fixture
def library(tmp_path: Path, reader: Reader) -> Iterator[Library]:
    made = Library(tmp_path, reader)
    yield made
    made.catalog.close()


@pytest.mark.parametrize(
    "spelling",
    [
        "http://a.example/story", "https://www.a.example/story/", "https://m.a.example/story", "https://amp.a.example/story",
        "https://a.example/story/amp/", "https://a.example/story?amp=1", "https://a.example/story?utm_source=x#top",
        "https://A.example:443/story", "https://a.example/story?outputType=amp",
    ],
)  # fmt: skip
def test_these_are_spellings_of_one_address(spelling: str) -> None:
    assert key_of(spelling) == key_of("https://a.example/story")


@pytest.mark.parametrize(
    "other",
    [
        "https://a.example/story2", "https://a.example/story?id=2", "https://b.example/story", "https://a.example/",
        "https://a.example:8443/story", "https://a.example/story/amplifier", "https://m.example/story",
        "not an address",
    ],
)  # fmt: skip
def test_these_are_not(other: str) -> None:
    assert key_of(other) != key_of("https://a.example/story")


def test_the_parameters_that_name_a_page_count_in_any_order() -> None:
    assert key_of("https://a.example/?p=1&q=2") == key_of("http://www.a.example/?q=2&p=1&fbclid=x")
    assert key_of("https://m.example/") == "m.example"


def test_the_same_text_elsewhere_is_a_further_address_of_the_article(library: Library) -> None:
    library.write("a.md", page("https://a.example/story", story(1)))
    library.write("b.md", page("https://b.example/other", story(1)))
    assert counts(library.ingest()) == (1, 0, 1, 0)
    article = library.only()
    assert article.url == "https://a.example/story"
    assert article.addresses == ("https://a.example/story", "https://b.example/other")
    assert article.to_dict()["addresses"] == list(article.addresses)


def test_addresses_outlive_a_change_of_the_article(library: Library) -> None:
    first = library.write("a.md", page("https://a.example/story", story(1)))
    library.write("b.md", page("https://b.example/other", story(1)))
    library.ingest()
    (library.articles / "b.md").unlink()
    first.write_text(page("https://a.example/story", story(1) + " And more."))
    library.ingest()
    assert library.only().addresses == ("https://a.example/story", "https://b.example/other")


@pytest.mark.parametrize("names", [("a.md", "b.md"), ("b.md", "a.md")])
@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"text": story(1), "updated": "2024-02-02"}, {"text": story(1, 12), "updated": "2024-02-01"}),
        ({"text": story(1)}, {"text": story(1, 4) + "\n\nSubscribe to read the rest of this article."}),
        ({"text": story(1, 12)}, {"text": story(1)}),
    ],
)
def test_of_two_selves_of_an_article_the_better_is_kept_for_good_and_the_other_is_noted(
    library: Library, names: tuple[str, str], better: dict[str, str], worse: dict[str, str]
) -> None:
    kept = library.write(names[0], page("https://a.example/story", **better))  # type: ignore[arg-type]
    left = library.write(names[1], page("http://www.a.example/story?amp=1", **worse))  # type: ignore[arg-type]
    for _ in range(3):
        library.ingest()
        article = library.only()
        assert article.text.startswith(better["text"])
        assert article.source == kept.name
        assert [note for note in article.notes if f"of {left.name}, was left out" in note]
    change = library.catalog.last_change()
    library.ingest()
    assert library.catalog.last_change() == change
    kept.unlink()
    left.write_text(left.read_text() + " ")
    library.ingest()
    assert library.only().source == left.name


def test_selves_that_arrive_one_after_the_other_are_one_article_as_well(library: Library) -> None:
    library.ingest(library.write("a.md", page("https://a.example/story", story(1))))
    first = library.only()
    assert counts(library.ingest(library.write("b.md", page("https://m.a.example/story", story(1, 12))))) == (
        0,
        1,
        0,
        0,
    )
    article = library.only()
    assert (article.id, article.source) == (first.id, "b.md")
    assert article.addresses == ("https://m.a.example/story", "https://a.example/story")


def test_pages_that_all_state_one_address_stay_articles_of_their_own(library: Library) -> None:
    for i in range(4):
        library.write(f"{i}.md", page("https://a.example/", story(i), title="The example of all news"))
    for _ in range(2):
        library.ingest()
        assert set(library.texts().values()) == {story(i) for i in range(4)}
    notes = [note for article in library.catalog.articles() for note in article.notes]
    assert sum("the address it states is that of another article" in note for note in notes) == 3


def test_a_front_page_that_has_an_article_in_full_does_not_take_its_place(library: Library) -> None:
    library.write("a.md", page("https://a.example/", story(1)))
    library.write("b.md", page("https://a.example/", "\n\n".join(story(i) for i in range(1, 6)), title="Example"))
    library.ingest()
    assert len(library.texts()) == 2


def test_another_spelling_with_another_text_is_another_article(library: Library) -> None:
    library.write("a.md", page("https://a.example/story", story(1)))
    library.write("b.md", page("https://m.a.example/story", story(2), title="Something else"))
    library.ingest()
    assert set(library.texts().values()) == {story(1), story(2)}


def test_an_article_that_moved_to_another_address_is_not_embedded_again(library: Library) -> None:
    path = library.write("a.md", page("https://a.example/story", story(1)))
    library.ingest()
    path.write_text(page("https://a.example/2024/story", story(1)))
    assert library.ingest().chunks_embedded == 0
    assert library.only().addresses == ("https://a.example/2024/story", "https://a.example/story")


def test_another_title_is_embedded_anew_since_it_is_read_with_each_chunk(library: Library) -> None:
    path = library.write("a.md", page("https://a.example/story", story(1)))
    chunks = library.ingest().chunks_embedded
    path.write_text(page("https://a.example/story", story(1), title="Acme has money"))
    assert library.ingest().chunks_embedded == chunks


def test_a_json_lines_file_that_moved_costs_no_embedding(library: Library) -> None:
    lines = "\n".join(f'{{"id": "{i}", "title": "T{i}", "text": "{story(i)}"}}' for i in range(3))
    path = library.write("all.jsonl", lines)
    assert library.ingest().chunks_embedded > 0
    path.rename(library.articles / "moved.jsonl")
    report = library.ingest()
    assert (report.chunks_embedded, len(library.texts())) == (0, 3)
