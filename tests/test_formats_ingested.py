"""Files of every kind through the real pipeline, into a real catalog."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ingest.cli import app
from ingest.pipeline import run
from ingest.reading import Reader
from ingest.report import Report
from rag.catalog import Catalog
from rag.documents import Article
from rag.settings import Settings
from tests.hash_embedder import HashEmbedder
from tests.made_files import column, docx, epub, mail, paragraph, pdf

STORY = "{}, a start-up in Paris, raised five million dollars on Monday in a round that Example Ventures led."


class Library:
    """A catalog, and a folder beside it."""

    def __init__(self, folder: Path, reader: Reader) -> None:
        self.reader = reader
        self.articles = folder / "articles"
        self.articles.mkdir()
        self.catalog = Catalog.open(folder / "library", create=True)
        self.embedder = HashEmbedder()

    def write(self, name: str, body: str | bytes) -> None:
        (self.articles / name).write_bytes(body.encode() if isinstance(body, str) else body)

    def write_lines(self, name: str, *lines: object) -> None:
        self.write(name, "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))

    def ingest(self, fields: Mapping[str, str] | None = None) -> Report:
        return run(
            [str(self.articles)],
            self.catalog,
            self.embedder,
            Settings(),
            lambda _: None,
            today=lambda: date(2026, 11, 23),
            fields=fields,
            reader=self.reader,
        )

    def by_name(self) -> dict[str, Article]:
        return {a.source: self.catalog.article(a.id) for a in self.catalog.articles()}


@pytest.fixture
def library(tmp_path: Path, reader: Reader) -> Iterator[Library]:
    made = Library(tmp_path, reader)
    yield made
    made.catalog.close()


def test_a_folder_with_one_of_each_kind_goes_in_with_text_title_author_and_dates(library: Library) -> None:
    names = ["Pia", "Dora", "Eva", "Mia", "Jana", "Hanna", "Mara", "Tina"]
    stories = {name: STORY.format(name) for name in names}
    head = column("Pia raises money", size=20, top=740) + column("By Ann Poe", "14 December 2023", top=715)
    first, second = stories["Pia"][:53], stories["Pia"][54:]
    library.write("a.pdf", pdf([head + column(first, second, top=680)]))
    library.write(
        "b.docx",
        docx(paragraph("Dora raises", "Title") + paragraph("By Ann Poe, 2023-12-14") + paragraph(stories["Dora"])),
    )
    book = "<dc:title>Eva raises</dc:title><dc:creator>Ann Poe</dc:creator><dc:date>2023-12-14</dc:date>"
    library.write("c.epub", epub({"one.xhtml": f"<p>{stories['Eva']}</p>"}, book))
    library.write(
        "d.eml",
        mail(html=f"<p>{stories['Mia']}</p><p>Unsubscribe</p>", Subject="Mia raises", From="Ann Poe <a@b.example>"),
    )
    line = {"headline": "Jana raises", "body": stories["Jana"], "byline": "Ann Poe", "date": "2023-12-14"}
    library.write_lines("e.jsonl", line | {"url": "https://a.example/jana"})
    page = '<!doctype html><html><head><meta property="og:title" content="Hanna raises"><meta name="author" '
    page += 'content="Ann Poe"><meta property="article:published_time" content="2023-12-14"></head>'
    library.write("f.html", f"{page}<body><article><p>{stories['Hanna']}</p></article></body></html>")
    library.write("g.md", f"# Mara raises\n\nBy Ann Poe, December 14, 2023\n\n{stories['Mara']}")
    library.write("h.txt", f"Tina raises\n\nBy Ann Poe\n\n14 December 2023\n\n{stories['Tina']}")
    report = library.ingest()
    assert (report.added, report.failed) == (8, [])
    found = library.by_name()
    assert sorted(found) == [
        *("a.pdf", "b.docx", "c.epub", "d.eml", "e.jsonl#https://a.example/jana", "f.html", "g.md", "h.txt")
    ]
    for name, article in zip(names, (found[source] for source in sorted(found)), strict=True):
        title = "Pia raises money" if name == "Pia" else f"{name} raises"
        assert (article.title, article.author, article.published) == (title, "Ann Poe", "2023-12-14")
        assert article.text == stories[name]
        assert article.updated is None
    assert library.ingest().unchanged == 8
    assert library.catalog.check() == []


def test_lines_that_move_in_their_file_are_not_embedded_again(library: Library) -> None:
    lines = [{"text": STORY.format("Acme")}, {"text": STORY.format("Bolt"), "id": 2}]
    library.write_lines("a.jsonl", *lines)
    assert library.ingest().added == 2
    library.write_lines("a.jsonl", {"text": STORY.format("Cord")}, *reversed(lines))
    report = library.ingest()
    assert (report.added, report.unchanged) == (1, 2)


def test_a_line_that_changes_is_the_new_self_of_its_article(library: Library) -> None:
    library.write_lines("a.jsonl", {"id": 1, "text": STORY.format("Acme")})
    library.ingest()
    library.write_lines("a.jsonl", {"id": 1, "text": STORY.format("Bolt")})
    report = library.ingest()
    assert (report.added, report.updated, len(library.by_name())) == (0, 1, 1)


def test_another_file_with_the_text_of_a_line_does_not_take_its_article(library: Library) -> None:
    library.write_lines("a.jsonl", {"id": 1, "title": "Acme", "text": STORY.format("Acme")})
    library.ingest()
    library.write("b.md", f"# Acme\n\n{STORY.format('Acme')}")
    assert library.ingest().unchanged == 2
    assert list(library.by_name()) == ["a.jsonl#1"]


def test_broken_lines_and_files_are_reported_by_name_and_the_rest_goes_in(library: Library) -> None:
    library.write_lines(
        "a.jsonl", {"id": 1, "text": STORY.format("Acme")}, "{broken", {"id": 3, "text": STORY.format("Bolt")}
    )
    library.write("b\nc.pdf", b"%PDF-1.4 broken")
    library.write("d.docx", b"PK\x03\x04 broken")
    report = library.ingest()
    assert report.added == 2
    assert sorted(failure.source for failure in report.failed) == ["a.jsonl#line 2", "b\\nc.pdf", "d.docx"]
    assert all(failure.source in failure.reason and "\n" not in failure.reason for failure in report.failed)


def test_fields_may_be_named(library: Library) -> None:
    library.write_lines("a.jsonl", {"b": STORY.format("Acme"), "t": "Acme raises"})
    assert len(library.ingest().failed) == 1
    assert library.ingest({"text": "b", "title": "t"}).added == 1


def test_a_wrong_field_is_told_by_the_command(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("{}")
    ran = CliRunner().invoke(
        app, ["ingest", str(tmp_path), "--field", "nothing=x", "--library", str(tmp_path / "library")]
    )
    assert ran.exit_code == 2
    assert "--field nothing=x is no mapping" in ran.output
    assert not (tmp_path / "library").exists()
