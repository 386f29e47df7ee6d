"""What it costs to parse articles in a process of their own."""

from collections.abc import Callable, Sequence
from datetime import date
from statistics import median
from time import perf_counter

from benchmarks.measurement import Benchmark, Measurement
from benchmarks.workspace import ARTICLES, Workspace
from ingest.document import Document
from ingest.extract import Extracted
from ingest.reading import Reader
from ingest.reading.article import read_article
from rag.settings import load_settings

DAY = date(2026, 1, 1)
Documents = Sequence[tuple[str, Document]]


def measure(workspace: Workspace) -> Sequence[Measurement]:
    """Reads the same documents here and in the process, by turns."""
    rounds = 3 if workspace.quick else 11
    files = sorted(workspace.articles.rglob("*.md"))
    short = [(file.name, Document(file.read_bytes())) for file in files]
    pages = [(f"{name}.html", Document(_page(document))) for name, document in short]
    large = [("large.txt", Document(b"Acme raised five million dollars on Monday. " * 22_000))]
    with Reader(load_settings()) as reader:
        workspace.tell("reading here and in a process of its own")
        started = perf_counter()
        reader.read(*_arguments(short[0]))
        start = perf_counter() - started
        figures = [
            figure
            for what, documents in (("Markdown", short), ("HTML", pages), ("a text of 1 MB", large))
            for figure in _compared(what, documents, reader.read, rounds)
        ]
    return (Measurement("from nothing to the first article read", 1000 * start, "ms"), *figures)


def _compared(
    what: str, documents: Documents, read: Callable[[Document, str, date], Extracted], rounds: int
) -> tuple[Measurement, ...]:
    here, there = [], []
    for _ in range(rounds):
        here.append(_seconds(documents, read_article))
        there.append(_seconds(documents, read))
    each = 1000 / len(documents)
    return (
        Measurement(f"{what}, in the process, each", each * median(there), "ms"),
        Measurement(f"{what}, here, each", each * median(here), "ms"),
        Measurement(f"{what}, ratio", median(there) / median(here), "x"),
    )


def _seconds(documents: Documents, read: Callable[[Document, str, date], Extracted]) -> float:
    started = perf_counter()
    for named in documents:
        read(*_arguments(named))
    return perf_counter() - started


def _arguments(named: tuple[str, Document]) -> tuple[Document, str, date]:
    name, document = named
    return document, name, DAY


def _page(document: Document) -> bytes:
    """The words of an article as a page, a paragraph for each line."""
    lines = (document.body or b"").decode().partition("\n---\n")[2].splitlines()
    body = "".join(f"<p>{line}</p>\n" for line in lines if line.strip())
    return f"<!doctype html><title>Story</title><body><article>{body}</article></body>".encode()


BENCHMARK = Benchmark(
    "reading",
    "Reading in a process of its own",
    f"The {ARTICLES} articles as Markdown and as plain pages, and one text of 1 MB: extracted and cleaned in this "
    "process, and by the reader's, one document at a time. Here nothing else runs; in an ingest the reader's process "
    "works while the model does, without its interpreter.",
    measure,
)
