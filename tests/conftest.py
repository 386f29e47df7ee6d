"""What the tests share: one exported model, one embedder, and libraries made of real articles."""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from filelock import FileLock

from ingest.pipeline import run
from ingest.reading import Reader
from rag.answering.asked import examples
from rag.answering.example_vectors import example_vectors
from rag.catalog import Catalog
from rag.embedding import Embedder, build_embedder
from rag.indexes import Indexes
from rag.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent

os.environ["HF_HUB_OFFLINE"] = "1"  # before any test imports a hub client: looking models up would only wait

MakeLibrary = Callable[[Mapping[str, str]], Path]


@pytest.fixture(scope="session")
def session_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this session, shared by the processes that test in parallel."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def model_folder(session_folder: Path) -> Path:
    """The exported embedding model, with the vectors of the example questions; kept from session to session."""
    folder = session_folder.parent / f"dossier-model-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        embedder = build_embedder(Settings(), folder)
        # Made here once: else the first answer from every library would embed them.
        example_vectors([wording for _, wording in examples()], embedder, folder)
    return folder


@pytest.fixture(scope="session")
def embedder(model_folder: Path) -> Embedder:
    """The real embedding model."""
    return build_embedder(Settings(), model_folder)


@pytest.fixture(scope="session")
def reader() -> Iterator[Reader]:
    """The process that reads articles, shared: starting one takes half a second."""
    with Reader(Settings()) as reading:
        yield reading


def place_model(model_folder: Path, library: Path) -> None:
    """Gives a library the exported model, which spares it ten seconds."""
    library.mkdir(parents=True, exist_ok=True)
    shutil.copytree(model_folder, library / "model", copy_function=os.link, dirs_exist_ok=True)


def ingest_into(library: Path, embedder: Embedder, *sources: Path) -> None:
    """Ingests and indexes, in this process."""
    catalog = Catalog.open(library, create=True)
    indexes = Indexes(catalog)
    try:
        report = run([str(source) for source in sources], catalog, embedder, Settings(library=library), lambda _: None)
        assert not report.failed
        indexes.sync()
    finally:
        indexes.close()
        catalog.close()


def library_made(folder: Path, texts: Mapping[str, str], model_folder: Path, embedder: Embedder) -> Path:
    """A library of texts, by file name, which are written to `folder` too."""
    articles, library = folder / "articles", folder / "library"
    articles.mkdir(exist_ok=True)
    for name, text in texts.items():
        (articles / name).write_text(text, encoding="utf-8")
    place_model(model_folder, library)
    ingest_into(library, embedder, articles)
    return library


@pytest.fixture
def library_of(tmp_path: Path, model_folder: Path, embedder: Embedder) -> MakeLibrary:
    """Makes a library of the given texts, by file name."""
    return lambda texts: library_made(tmp_path, texts, model_folder, embedder)


@pytest.fixture(scope="session")
def shared_library_of(tmp_path_factory: pytest.TempPathFactory, model_folder: Path, embedder: Embedder) -> MakeLibrary:
    """Makes a library of the given texts the first time it is asked for. Shared by the tests: not to be changed."""
    made: dict[frozenset[tuple[str, str]], Path] = {}

    def make(texts: Mapping[str, str]) -> Path:
        key = frozenset(texts.items())
        if key not in made:
            made[key] = library_made(tmp_path_factory.mktemp("shared"), texts, model_folder, embedder)
        return made[key]

    return make


@pytest.fixture(scope="session")
def ingested_corpus(session_folder: Path, embedder: Embedder) -> Path:
    """The sample corpus as a library, without a model; made by the first process that wants it."""
    library, unfinished = session_folder / "ingested-corpus", session_folder / "corpus-being-made"
    with FileLock(library.with_suffix(".lock")):
        if not library.exists():
            ingest_into(unfinished, embedder, REPOSITORY / "docs_corpus")
            unfinished.rename(library)
    return library


@pytest.fixture(scope="session")
def corpus_library(tmp_path_factory: pytest.TempPathFactory, model_folder: Path, ingested_corpus: Path) -> Path:
    """The sample corpus as a library. Shared by the tests of a process: not to be changed (see `corpus_copy`)."""
    library = tmp_path_factory.mktemp("corpus") / "library"
    shutil.copytree(ingested_corpus, library)
    place_model(model_folder, library)
    return library


@pytest.fixture
def corpus_copy(corpus_library: Path, tmp_path: Path) -> Iterator[Path]:
    """A library of the sample corpus that a test may change or destroy."""
    library = tmp_path / "library"
    shutil.copytree(corpus_library, library, ignore=shutil.ignore_patterns("model"))
    place_model(corpus_library / "model", library)
    yield library
    shutil.rmtree(library, ignore_errors=True)
