"""`dossier eval`: which library a suite is about, made first where it needs one of its own."""

import hashlib
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from ingest.pipeline import run as ingest
from ingest.prune import Pruning
from ingest.report import Progress
from rag.catalog import Catalog
from rag.embedding import build_embedder
from rag.errors import ConfigurationError
from rag.evaluation.beir import BeirFolder
from rag.evaluation.multihop import read_multihop
from rag.evaluation.questions import read_questions
from rag.evaluation.records import read_run, same
from rag.evaluation.suite import NAMED, Suite
from rag.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent
CORPUS = "corpus"
# Suites that come with the repository: their articles, and their questions.
OWN = {
    CORPUS: ("docs_corpus", "benchmarks/questions"),
    "newsletters": ("benchmarks/newsletters/articles", "benchmarks/newsletters"),
}
COLLECTIONS = {"scifact": ("scifact",), "multihop": ("multihop", "multihop-rag")}


def read_suite(name: str, data: Path | None, scratch: Path, split: str | None = None) -> Suite:
    """A suite by its name, or by the path of a collection in BEIR's layout or of a file of questions.

    What has to be made of a collection goes to `scratch`.

    Raises ConfigurationError that says what is missing and how it is had.
    """
    if split and (name in (*OWN, "multihop") or Path(name).is_file()):
        raise ConfigurationError(f"{name} has no splits.", "--split is for folders in BEIR's layout.")
    if name in OWN:
        articles, asked = (REPOSITORY / folder for folder in OWN[name])
        files = sorted(asked.glob("*.jsonl"))
        if not files:
            raise ConfigurationError(
                f"The suite {name} comes with the repository, not with the package.",
                "Run it in a checkout, or name a file of your own questions.",
            )
        return Suite(name, tuple(read_questions(files)), articles)
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
        f"Suites are {', '.join((*OWN, *COLLECTIONS))}, a folder, or a file of questions.",
    )


def _collection(name: str, folder: Path, split: str | None) -> Suite:
    found = BeirFolder.of(folder, split)
    return Suite(name, tuple(found.questions()), found.corpus, answers=False)


def library_for(
    suite: Suite,
    settings: Settings,
    folder: Path,
    tell: Callable[[str], None],
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> Settings:
    """The settings with the library the suite asks: its documents' own, kept in `folder`, or the user's."""
    if suite.documents is None:
        return settings
    own = settings.model_copy(update={"library": library_folder(suite, settings, folder)})
    with closing(Catalog.open(own.library, create=True)) as catalog:
        embedder = build_embedder(own, own.library / "model")
        tell(f"ingesting {suite.documents}")
        report = ingest([str(suite.documents)], catalog, embedder, own, on_progress, pruning=Pruning.CAREFUL)
        if report.interrupted:
            raise KeyboardInterrupt
        documents = catalog.counts()[0]
    for failure in report.failed[:NAMED]:
        tell(failure.reason)
    if len(report.failed) > NAMED:
        tell(f"{len(report.failed) - NAMED} more documents could not be read")
    if not documents:
        raise ConfigurationError(f"{suite.documents} holds no document that could be read.", "See what was told of it.")
    return own


def library_folder(suite: Suite, settings: Settings, folder: Path) -> Path:
    """Where the library of a suite's documents is kept: folders of the same name in two places are two suites."""
    key = f"library-{suite.name}-{settings.embedding_model}-{settings.embedding_precision}".replace("/", "-")
    if suite.documents is not None and suite.name not in (*OWN, *COLLECTIONS):
        key += "-" + hashlib.sha256(str(suite.documents.absolute()).encode()).hexdigest()[:8]
    return folder / key


def run_folder(base: Path, about: Mapping[str, Any], now: datetime) -> Path:
    """Where a run goes that was given no folder: the newest unfinished one about the same, else a new one."""
    stem = about["suite"] if about["half"] == "both" else f"{about['suite']}-{about['half']}"
    for folder in sorted(base.glob(f"{stem}-2*"), reverse=True):
        if (folder / "run.json").is_file():
            run = read_run(folder)
            if not run.finished and same(run.about, about):
                return folder
    return base / f"{stem}-{now:%Y-%m-%dT%H%M%S}"
