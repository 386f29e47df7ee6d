"""`dossier eval`: which library a suite is about, made first where it needs one of its own."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from ingest.pipeline import run as ingest
from ingest.sources import SEPARATOR
from rag.assistant import Assistant
from rag.catalog import Catalog
from rag.embedding import build_embedder
from rag.errors import ConfigurationError
from rag.evaluation.beir import BeirFolder
from rag.evaluation.evaluation import Evaluation, Names
from rag.evaluation.multihop import read_multihop
from rag.evaluation.questions import Asked, Half, of_half, read_questions
from rag.evaluation.records import Record, Run, read_run, start_run
from rag.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent
CORPUS = "corpus"
COLLECTIONS = {"scifact": ("scifact",), "multihop": ("multihop", "multihop-rag")}


@dataclass(frozen=True, slots=True)
class Suite:
    """What is asked, of which documents. `documents` is None where the questions are about the user's own library."""

    name: str
    questions: tuple[Asked, ...]
    documents: Path | None = None
    answers: bool = True


def read_suite(name: str, data: Path | None, scratch: Path, split: str | None = None) -> Suite:
    """A suite by its name, or by the path of a collection in BEIR's layout or of a file of questions.

    What has to be made of a collection goes to `scratch`.

    Raises ConfigurationError that says what is missing and how it is had.
    """
    if name == CORPUS:
        files = sorted((REPOSITORY / "benchmarks" / "questions").glob("*.jsonl"))
        if not files:
            raise ConfigurationError(
                "The sample corpus and its questions come with the repository, not with the package.",
                "Run it in a checkout, or name a file of your own questions.",
            )
        return Suite(name, tuple(read_questions(files)), REPOSITORY / "docs_corpus")
    if name in COLLECTIONS:
        found = (
            next((data / folder for folder in COLLECTIONS[name] if (data / folder).is_dir()), None) if data else None
        )
        if data is None or found is None:
            raise ConfigurationError(
                f"The collection {name} is not in {data or 'any folder'}.",
                f"Give the folder that holds {name}/ with --data.",
            )
        if name == "multihop":
            documents, questions = read_multihop(found, data / "scifact" / "corpus.jsonl", scratch / "multihop.jsonl")
            return Suite(name, tuple(questions), documents, answers=False)
        return _collection(name, found, split)
    path = Path(name)
    if path.is_dir():
        return _collection(path.resolve().name, path, split)
    if path.is_file():
        return Suite(path.stem, tuple(read_questions([path])))
    raise ConfigurationError(
        f"There is no suite {name!r}.",
        f"Suites are {CORPUS}, {', '.join(COLLECTIONS)}, a folder, or a file of questions.",
    )


def _collection(name: str, folder: Path, split: str | None) -> Suite:
    found = BeirFolder.of(folder, split)
    return Suite(name, tuple(found.questions()), found.corpus, answers=False)


def library_for(suite: Suite, settings: Settings, folder: Path, tell: Callable[[str], None]) -> Settings:
    """The settings with the library the suite asks: its documents' own, kept in `folder`, or the user's."""
    if suite.documents is None:
        return settings
    key = f"{settings.embedding_model}-{settings.embedding_precision}".replace("/", "-")
    own = settings.model_copy(update={"library": folder / f"library-{suite.name}-{key}"})
    with closing(Catalog.open(own.library, create=True)) as catalog:
        embedder = build_embedder(own, own.library / "model")
        tell(f"ingesting {suite.documents}")
        report = ingest([str(suite.documents)], catalog, embedder, own, lambda progress: None)
        if report.interrupted:
            raise KeyboardInterrupt
    for failure in report.failed:
        tell(failure.reason)
    return own


def names_in(suite: Suite, catalog: Catalog) -> Names:
    """What the questions call the articles: the id of a document, the name of a file, an address."""
    found: dict[str, str] = {}
    for article in catalog.articles():
        path = PurePosixPath(article.source.partition(SEPARATOR)[0])
        for name in (path.stem, article.source, article.url):
            if name:
                found.setdefault(name, article.id)
    if suite.documents is not None and suite.documents.is_file():
        # A document with the text of another one is known in the ledger only.
        for document in {id_ for asked in suite.questions for id_ in asked.relevance}:
            entry = catalog.ledger(f"{suite.documents.absolute()}{SEPARATOR}{document}")
            if entry and entry.article_id:
                found[document] = entry.article_id
    return Names(found)


def evaluate(
    suite: Suite,
    settings: Settings,
    folder: Path,
    *,
    half: Half | None = None,
    model: str | None = None,
    on_progress: Callable[[Record], None] = lambda record: None,
) -> Run:
    """Runs a suite in `folder`, going on where an earlier run with the same questions and settings stopped."""
    questions = of_half(suite.questions, half)
    if not questions:
        raise ConfigurationError(f"{suite.name} has no questions in the {half} half.")
    with closing(Assistant.open(settings)) as assistant:
        assistant.sync()
        run = start_run(folder, _about(suite, questions, half, model, assistant))
        evaluation = Evaluation(assistant, names_in(suite, assistant.catalog), answers=suite.answers, model=model)
        asyncio.run(evaluation.run(run, questions, on_progress))
    return run


def run_folder(base: Path, suite: Suite, half: Half | None, now: datetime) -> Path:
    """Where a run goes that was given no folder: the newest unfinished one of this suite and half, else a new one."""
    stem = f"{suite.name}-{half}" if half else suite.name
    for folder in sorted(base.glob(f"{stem}-2*"), reverse=True):
        if (folder / "run.json").is_file() and not read_run(folder).finished:
            return folder
    return base / f"{stem}-{now:%Y-%m-%dT%H%M%S}"


def _about(
    suite: Suite, questions: Sequence[Asked], half: Half | None, model: str | None, assistant: Assistant
) -> dict[str, Any]:
    """What a run is about; two runs with the same are the same run."""
    digest = hashlib.sha256("\n".join(asked.model_dump_json() for asked in questions).encode()).hexdigest()[:16]
    articles, chunks = assistant.catalog.counts()
    stamp = assistant.embedder.stamp
    return {
        "suite": suite.name,
        "half": half or "both",
        "questions": len(questions),
        "of": digest,
        "model": (model or assistant.settings.model) if suite.answers else "none",
        "embedding": stamp.name,
        "reranker": assistant.settings.reranker or "none",
        "articles": articles,
        "chunks": chunks,
        "change": assistant.catalog.last_change(),
    }
