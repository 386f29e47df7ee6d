"""Measures ways to find passages: `python -m benchmarks.retrieval DATA_DIR [--write]`.

DATA_DIR holds `scifact` and `multihop-rag` as `dossier eval --data` takes them; the libraries are those that command
makes and keeps in `evaluations/`. Prints Markdown; `--write` puts it into the results.
"""

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import mean

import numpy as np

from benchmarks.command_line import build_parser, existing_folder, made_by, publish, tell
from benchmarks.results import headed, method_of
from benchmarks.retrieval_collections import Collection, read_collection, some_documents
from benchmarks.retrieval_tokens import FinerModel
from benchmarks.retrieval_ways import Row, Ways
from ingest.evaluation import library_for, read_suite
from rag.catalog import Catalog
from rag.embedding import build_embedder
from rag.evaluation.comparison import paired_p
from rag.evaluation.questions import Half, of_half
from rag.settings import load_settings

NAME = "retrieval"
EVALUATIONS = Path("evaluations")
# What is measured on each suite, and on which half of its questions; SciFact's training claims are all for tuning.
SUITES: tuple[tuple[str, str, Half | None], ...] = (
    ("scifact", "nDCG@10", None),
    ("multihop", "evidence@10", "tuning"),
    ("corpus", "evidence@10", "tuning"),
)


def report(data: Path, abstracts: int | None, *, finer: bool) -> str:
    """The table, without heading and method; with only so many of SciFact's abstracts, the relevant ones among them.

    `finer`: with what needs vectors that the product does not have, which takes as long as embedding everything twice.
    """
    collections = [_collection(name, measure, half, data, abstracts) for name, measure, half in SUITES]
    model = FinerModel(EVALUATIONS / "finer", tell)
    ways = Ways(collections, {one.name: model.finer(one) for one in collections} if finer else {})
    rows = []
    for row in ways.rows():
        rows.append(row)
        tell(_line(row, rows[0], collections))
    sizes = "; ".join(f"{one.name}: {len(one.asked)} questions, {len(one.chunks):,} chunks" for one in collections)
    columns = " | ".join(f"{one.name}, {one.measure}" for one in collections)
    head = [f"| way | {columns} |", "| --- |" + " ---: |" * len(collections)]
    return "\n".join([f"{sizes}.", "", *head, *(_line(row, rows[0], collections) for row in rows)])


def _collection(name: str, measure: str, half: Half | None, data: Path, abstracts: int | None) -> Collection:
    suite = read_suite(name, data, EVALUATIONS)
    if abstracts and suite.name == "scifact":
        suite = some_documents(suite, abstracts, EVALUATIONS)
    settings = library_for(suite, load_settings(), EVALUATIONS, tell)
    with closing(Catalog.open(settings.library)) as catalog:
        embedder = build_embedder(settings, settings.library / "model")
        return read_collection(suite, of_half(suite.questions, half), measure, catalog, embedder)


def _line(row: Row, reference: Row, collections: Sequence[Collection]) -> str:
    cells = [_cell(row.figures[one.name], reference.figures[one.name]) for one in collections]
    return f"| {row.name}{f' ({row.note})' if row.note else ''} | {' | '.join(cells)} |"


def _cell(figures: Sequence[float], reference: Sequence[float]) -> str:
    if figures is reference:
        return f"{mean(figures):.4f}"
    p = paired_p(np.asarray(reference), np.asarray(figures))
    return f"{mean(figures):.4f} (p {p:.2g})"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the section; the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    parser = build_parser(NAME, "Measures retrieval.")
    parser.add_argument("folder", type=existing_folder, metavar="DATA_DIR")
    parser.add_argument(
        "--abstracts", type=int, metavar="N", help="of SciFact only so many, the relevant ones among them"
    )
    parser.add_argument("--finer", action="store_true", help="also token vectors, and sentences read alone")
    options = parser.parse_args(given)
    made = made_by(NAME, given, options.folder)
    measured = report(options.folder, options.abstracts, finer=options.finer)
    publish(NAME, headed("Retrieval", method_of(NAME), made, measured), write=options.write)
    return 0


if __name__ == "__main__":
    sys.exit(main())
