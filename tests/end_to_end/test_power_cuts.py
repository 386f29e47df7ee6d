"""A power cut, as far as files show it: what SQLite had not yet brought to the disk of its write-ahead log is gone."""

import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.pipeline import run
from rag.catalog import Catalog
from rag.embedding import Embedder
from rag.indexes import Indexes, state
from rag.library import differences
from rag.settings import Settings
from tests.conftest import REPOSITORY, ingest_into, place_model
from tests.end_to_end.serving import environment

INGEST_AND_DIE = """
import os, sys
from pathlib import Path
from ingest.pipeline import run
from rag.catalog import Catalog
from rag.embedding import build_embedder
from rag.indexes import Indexes
from rag.settings import Settings

library = Path(sys.argv[1])
catalog = Catalog.open(library, create=True)
embedder = build_embedder(Settings(), library / "model")
for article in sorted(Path(sys.argv[2]).iterdir()):  # what the model gives together is one transaction, so one by one
    run([str(article)], catalog, embedder, Settings(), lambda progress: None)
Indexes(catalog).sync()
os._exit(9)
"""
ARTICLES = 8


def story(number: int, version: int) -> str:
    """The same number of chunks in every version, so that the ids of its chunks do not tell the versions apart."""
    return f"# Startup {number}\n\nIn version {version}, Startup {number} raised ${version + 1} million in Paris.\n"


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory, model_folder: Path, embedder: Embedder) -> Path:
    """A library whose last ingest replaced every article and ended without a checkpoint; its indexes are in step."""
    root = tmp_path_factory.mktemp("killed")
    articles, library = root / "articles", root / "library"
    articles.mkdir()
    place_model(model_folder, library)
    for version in (0, 1):
        for number in range(ARTICLES):
            (articles / f"{number}.md").write_text(story(number, version))
        if version == 0:
            ingest_into(library, embedder, articles)
    command = [sys.executable, "-c", INGEST_AND_DIE, library, articles]
    assert subprocess.run(command, env=environment(), cwd=REPOSITORY, check=False, timeout=120).returncode == 9
    assert log_of(library).stat().st_size
    return root


def log_of(library: Path) -> Path:
    return library / "catalog.sqlite-wal"


def frames(log: bytes) -> list[tuple[int, bool]]:
    """Where each frame of a write-ahead log begins, and whether it ends a transaction."""
    (page,) = struct.unpack(">I", log[8:12])
    starts = range(32, len(log) - 23, page + 24)
    return [(at, struct.unpack(">I", log[at + 4 : at + 8])[0] > 0) for at in starts]


def cuts(log: bytes) -> list[int]:
    """Offsets of every kind: in the header, before, in and after the frames that end a transaction, and some others."""
    found = {0, 1, 31, 32, len(log) - 1, len(log)}
    for at, ends_transaction in frames(log):
        if ends_transaction:
            found |= {at, at + 10, at + 24, at + 2000}
    return sorted(cut for cut in found if cut <= len(log))


def versions(library: Path) -> list[int]:
    """Which version each article is of; every one of them is whole."""
    catalog = Catalog.open(library)
    try:
        found = []
        for number in range(ARTICLES):
            (article,) = [a for a in catalog.articles() if a.source == f"{number}.md"]
            text = catalog.article(article.id).text
            (version,) = [v for v in (0, 1, 2) if f"raised ${v + 1} million" in text]
            assert text.strip() == story(number, version).partition("\n\n")[2].strip()
            assert [stored.chunk.text for stored in catalog.chunks_of([article.id])] == [text.strip()]
            found.append(version)
        return found
    finally:
        catalog.close()


def cut_copy(killed: Path, target: Path, cut: int) -> Path:
    """The library as the power left it. SQLite's shared memory is gone too."""
    shutil.copytree(killed / "library", target, ignore=shutil.ignore_patterns("model", "*-shm"))
    place_model(killed / "library" / "model", target)
    with log_of(target).open("r+b") as log:
        log.truncate(cut)
    return target


def test_a_log_that_is_cut_anywhere_leaves_every_article_old_or_new_and_the_ledger_says_which(
    killed: Path, tmp_path: Path
) -> None:
    log = log_of(killed / "library").read_bytes()
    seen = set()
    for number, cut in enumerate(cuts(log)):
        library = cut_copy(killed, tmp_path / f"{number}", cut)
        held = versions(library)
        assert held == sorted(held, reverse=True), "a later transaction outlived an earlier one"
        catalog = Catalog.open(library)
        assert catalog.check() == []
        for place, version in enumerate(held):
            entry = catalog.ledger(str(killed / "articles" / f"{place}.md"))
            assert entry is not None
            assert entry.error is None
            article = catalog.article(entry.article_id or "")
            assert f"raised ${version + 1} million" in article.text
        catalog.close()
        seen.add(sum(held))
        shutil.rmtree(library)
    assert seen == set(range(ARTICLES + 1)), "every number of articles was the last to survive in some cut"


def found_by(indexes: Indexes, embedder: Embedder) -> list[list[tuple[str, float]]]:
    """What both indexes find for some questions, with its scores: another text has another score."""
    questions = [f"In version {version}, Startup {number} raised" for number in range(ARTICLES) for version in (0, 1)]
    vectors = [embedder.embed_question(question) for question in questions]
    hits = [indexes.search_dense(vector, 50) for vector in vectors]
    hits += [indexes.search_lexical(question, 50) for question in questions]
    return [sorted((hit.chunk_id, round(hit.score, 4)) for hit in one) for one in hits]


@pytest.mark.parametrize("then", ["at once", "after other articles", "after newer versions"])
def test_indexes_that_hold_what_the_catalog_lost_are_rebuilt(
    killed: Path, embedder: Embedder, tmp_path: Path, then: str
) -> None:
    """Also when the catalog has come to the same change number again in the meantime, with other changes."""
    log = log_of(killed / "library").read_bytes()
    ends = [at for at, ends_transaction in frames(log) if ends_transaction]
    library = cut_copy(killed, tmp_path / "library", ends[-4])
    held = versions(library)
    assert 0 < sum(held) < ARTICLES
    catalog = Catalog.open(library)
    indexes = Indexes(catalog)
    try:
        if then != "at once":
            folder = tmp_path / "others" if then == "after other articles" else killed / "articles"
            folder.mkdir(exist_ok=True)
            for number in (number for number in range(ARTICLES) if not held[number]):
                (folder / f"{number}.md").write_text(story(number, 2))
            run([str(folder)], catalog, embedder, Settings(library=library), lambda _: None)
            assert catalog.last_change() == state.read(library / "lexical").last_change
        indexes.sync()
        found = found_by(indexes, embedder)
        assert indexes.differences() == []
        indexes.rebuild()
        assert found == found_by(indexes, embedder)
    finally:
        indexes.close()
        catalog.close()
        for number in range(ARTICLES):
            (killed / "articles" / f"{number}.md").write_text(story(number, 1))
    assert differences(Settings(library=library)) == []


def test_an_ingest_after_the_cut_brings_back_what_was_lost_and_embeds_nothing_else(
    killed: Path, embedder: Embedder, tmp_path: Path
) -> None:
    log = log_of(killed / "library").read_bytes()
    ends = [at for at, ends_transaction in frames(log) if ends_transaction]
    library = cut_copy(killed, tmp_path / "library", ends[-3] + 5)
    lost = versions(library).count(0)
    catalog = Catalog.open(library)
    report = run([str(killed / "articles")], catalog, embedder, Settings(library=library), lambda _: None)
    catalog.close()
    assert (report.updated, report.unchanged, report.chunks_embedded) == (lost, ARTICLES - lost, lost)
    assert versions(library) == [1] * ARTICLES
