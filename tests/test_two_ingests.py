"""Two ingests at once: what one writes while the other has its articles ready is not lost and not written twice."""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from ingest.pipeline import run
from ingest.report import Report
from rag.catalog import Catalog
from rag.embedding.embedder import Vectors
from rag.settings import Settings
from tests.hash_embedder import HashEmbedder


class Interrupted(HashEmbedder):
    """Lets something else happen once, when every article that it is to embed has been prepared."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__()
        self._meanwhile: Callable[[], object] | None = meanwhile

    def embed(self, texts: Sequence[str]) -> Vectors:
        if self._meanwhile:
            meanwhile, self._meanwhile = self._meanwhile, None
            meanwhile()
        return super().embed(texts)


def story(name: str) -> str:
    return f"# {name}\n\n{name}, a start-up in Paris, raised money from Example Ventures on Monday, {name} said.\n"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    return tmp_path / "library"


def ingest(library: Path, source: Path, embedder: HashEmbedder) -> Report:
    with closing(Catalog.open(library, create=True)) as catalog:
        return run([str(source)], catalog, embedder, Settings(), lambda _: None)


def at_once(library: Path, one: Path, two: Path) -> tuple[Report, Report]:
    """Both ingests: the second one runs while the first has everything prepared and nothing written."""
    reports: list[Report] = []
    first = ingest(library, one, Interrupted(lambda: reports.append(ingest(library, two, HashEmbedder()))))
    return first, reports[0]


def texts(library: Path) -> list[str]:
    with closing(Catalog.open(library)) as catalog:
        assert catalog.check() == []
        return sorted(catalog.article(article.id).text.partition(",")[0] for article in catalog.articles())


def test_different_articles_of_one_name_are_both_kept(library: Path, tmp_path: Path) -> None:
    for folder in ("one", "two"):
        for number in range(3):
            (tmp_path / folder / f"{number}.md").write_text(story(f"Firm {number} of {folder}"))
    first, second = at_once(library, tmp_path / "one", tmp_path / "two")
    assert (first.added, second.added) == (3, 3)
    assert texts(library) == sorted(f"Firm {number} of {folder}" for folder in ("one", "two") for number in range(3))


def test_the_same_text_under_two_names_is_one_article_seen_in_two_places(library: Path, tmp_path: Path) -> None:
    (tmp_path / "one" / "a.md").write_text(story("Acme"))
    (tmp_path / "two" / "b.md").write_text(story("Acme"))
    first, second = at_once(library, tmp_path / "one", tmp_path / "two")
    assert (first.added, first.unchanged, second.added) == (0, 1, 1)
    assert texts(library) == ["Acme"]
    with closing(Catalog.open(library)) as catalog:
        (article,) = catalog.articles()
        assert len(catalog.locations(article.id)) == 2


def test_one_folder_ingested_by_both_is_written_once(library: Path, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / "one" / f"{number}.md").write_text(story(f"Firm {number}"))
    first, second = at_once(library, tmp_path / "one", tmp_path / "one")
    assert (first.added, first.updated, first.unchanged, second.added) == (0, 0, 3, 3)
    with closing(Catalog.open(library)) as catalog:
        assert catalog.last_change() == 3
    again = ingest(library, tmp_path / "one", HashEmbedder())
    assert (again.unchanged, again.chunks_embedded) == (3, 0)


def test_of_two_versions_of_a_file_the_one_that_was_read_last_is_in_the_end_what_a_further_ingest_finds(
    library: Path, tmp_path: Path
) -> None:
    path = tmp_path / "one" / "a.md"
    path.write_text(story("Old"))

    def meanwhile() -> None:
        path.write_text(story("New"))
        ingest(library, path.parent, HashEmbedder())

    ingest(library, path.parent, Interrupted(meanwhile))
    assert len(texts(library)) == 1
    ingest(library, path.parent, HashEmbedder())
    assert texts(library) == ["New"]
